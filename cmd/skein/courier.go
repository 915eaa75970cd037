package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/courier"
	"skein/frame/vault"
	"skein/rooms/guide"
	"skein/rooms/matter"
	"skein/rooms/matter/pages"
	"skein/rooms/review"
)

// courierFile is DIR/courier.json: how messages leave the house. Without it they are kept.
type courierFile struct {
	Mail *courier.MailConfig `json:"mail,omitempty"`
	SMS  *courier.SMSConfig  `json:"sms,omitempty"`
	// PrivateWebhooks lets webhooks go to private and loopback addresses.
	PrivateWebhooks bool `json:"private_webhooks,omitempty"`
	// Unencrypted lets mail and codes go to another machine in plain, for everybody in between to read.
	Unencrypted bool `json:"unencrypted_to_other_machines,omitempty"`
}

// plain lists what would leave for another machine unencrypted.
func (f courierFile) plain() (out []string) {
	if f.Mail != nil && f.Mail.Security == "none" && !here(f.Mail.Host) {
		out = append(out, "mail")
	}
	if f.SMS != nil {
		if u, err := url.Parse(f.SMS.URL); err == nil && u.Scheme == "http" && !here(u.Hostname()) {
			out = append(out, "sms")
		}
	}
	return out
}

// courier makes the courier of a realm.
func (a *app) courier(realm *clerk.Realm, site *face.Site) (*courier.Courier, error) {
	settings, err := a.courierSettings()
	if err != nil {
		return nil, err
	}
	channels := map[string]courier.Channel{"webhook": courier.NewWebhook(settings.PrivateWebhooks, time.Now)}
	if settings.Mail != nil {
		if channels["mail"], err = courier.NewMail(*settings.Mail); err != nil {
			return nil, err
		}
	}
	push, err := a.push(site, settings.PrivateWebhooks)
	if err != nil {
		return nil, err
	}
	if push != nil {
		channels["push"] = push
	}
	if settings.SMS != nil {
		if channels["sms"], err = courier.NewSMS(*settings.SMS); err != nil {
			return nil, err
		}
	}
	return courier.New(courier.Config{
		DB: a.db, Realm: realm.ID, Contacts: contacts{a, realm, settings.Mail == nil && settings.SMS == nil}, Texts: letters{site}, Channels: channels, Now: realm.Now, Log: a.log,
	}), nil
}

// push is the channel to browsers; nil where the realm is not reached by https, since push services want to know whose it is.
func (a *app) push(site *face.Site, private bool) (*courier.Push, error) {
	if !site.Secure() {
		return nil, nil
	}
	realm := site.Realm
	return courier.NewPush(a.vault.Keys.Master.Derive("web push", realm.ID), site.PublicURL, private,
		func(lang string) string { return realm.View().Settings.Title(site.VoiceIn(lang).Lang) },
		func(lang, key string, args map[string]any) string { return site.VoiceIn(lang).Fill(key, args) })
}

// readSecret reads a file of settings that may hold passwords, unless others on the machine could too.
func readSecret(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, civic.Refuse(civic.Invalid, "skein.file_open", "path", path, "mode", fmt.Sprintf("%04o", mode))
	}
	return io.ReadAll(f)
}

// courierSettings reads DIR/courier.json, if there is one.
func (a *app) courierSettings() (settings courierFile, err error) {
	path := filepath.Join(a.where.Data, "courier.json")
	text, err := readSecret(path)
	if errors.Is(err, os.ErrNotExist) {
		return settings, nil
	}
	if err != nil {
		return settings, err
	}
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.DisallowUnknownFields()
	if err := d.Decode(&settings); err != nil {
		return settings, fmt.Errorf("%s: %w", path, err)
	}
	if plain := settings.plain(); len(plain) > 0 && !settings.Unencrypted {
		return settings, civic.Refuse(civic.Invalid, "skein.courier_plain", "path", path, "what", strings.Join(plain, ", "))
	}
	return settings, nil
}

// contacts finds where a recipient wants to be told.
type contacts struct {
	app   *app
	realm *clerk.Realm
	mute  bool // there is no way to reach a resident, so her contact is not even opened
}

func (c contacts) Resolve(ctx context.Context, realm civic.Realm, to courier.To) (courier.Address, error) {
	kind, code, _ := strings.Cut(string(to), ":")
	settings := c.realm.View().Settings
	lang := "en"
	if len(settings.Languages) > 0 {
		lang = settings.Languages[0]
	}
	if kind == "push" {
		return c.browser(ctx, realm, code)
	}
	if kind != "box" {
		return addressOf(settings.Addresses[code], lang, c.app, realm)
	}
	if c.mute {
		return courier.Address{Channel: "mail"}, nil
	}
	content, err := c.app.vault.Read(ctx, realm, vault.Ref{Box: code, Part: "contact"})
	if errors.Is(err, vault.ErrErased) || errors.Is(err, vault.ErrMissing) {
		return courier.Address{}, courier.ErrNobody
	}
	if err != nil {
		return courier.Address{}, err
	}
	var contact matter.Contact
	if err := json.Unmarshal(content.Text, &contact); err != nil {
		return courier.Address{}, err
	}
	if contact.Language != "" {
		lang = contact.Language
	}
	switch {
	case contact.Email != "":
		return courier.Address{Channel: "mail", To: contact.Email, Lang: lang}, nil
	case contact.Phone != "":
		return courier.Address{Channel: "sms", To: contact.Phone, Lang: lang}, nil
	}
	return courier.Address{}, courier.ErrNobody
}

// browser is that of whoever reported, if she wants it told.
func (c contacts) browser(ctx context.Context, realm civic.Realm, box string) (courier.Address, error) {
	content, err := c.app.vault.Read(ctx, realm, vault.Ref{Box: box, Part: "push"})
	if errors.Is(err, vault.ErrErased) || errors.Is(err, vault.ErrMissing) {
		return courier.Address{}, courier.ErrNobody
	}
	var push matter.Push
	if err == nil {
		err = json.Unmarshal(content.Text, &push)
	}
	switch {
	case err != nil:
		return courier.Address{}, err
	case push.Endpoint == "":
		return courier.Address{}, courier.ErrNobody
	}
	keys, err := json.Marshal(push)
	return courier.Address{Channel: "push", To: push.Endpoint, Lang: push.Language, Secret: keys}, err
}

func addressOf(address, lang string, a *app, realm civic.Realm) (courier.Address, error) {
	if mail, ok := strings.CutPrefix(address, "mailto:"); ok {
		return courier.Address{Channel: "mail", To: mail, Lang: lang}, nil
	}
	if strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://") {
		secret := a.vault.Keys.Master.Derive("webhooks", realm)
		return courier.Address{Channel: "webhook", To: address, Lang: lang, Secret: secret[:]}, nil
	}
	return courier.Address{}, courier.ErrNobody
}

// letters puts notes into words.
type letters struct{ site *face.Site }

func (l letters) Render(lang, key string, args map[string]any) string {
	voice := l.site.VoiceIn(lang)
	filled := make(map[string]any, len(args))
	for name, value := range args {
		switch at, number := instantIn(value); {
		case number && (name == "due" || name == "until" || name == "begins"):
			filled[name] = at
		case name == "body":
			filled[name] = civic.BodyID(fmt.Sprint(value))
		default:
			filled[name] = value
		}
	}
	text := voice.Fill(key, filled)
	if strings.HasSuffix(key, ".subject") {
		return text
	}
	number, ofNumber := args["number"].(string)
	merit, ofMerit := args["merit"].(string)
	request, ofRequest := args["request"].(string)
	finding, ofFinding := args["finding"].(string)
	article, ofArticle := args["article"].(string)
	meeting, ofMeeting := args["meeting"].(string)
	switch {
	case ofMeeting:
		text += "\n\n" + l.site.PublicURL + "/meetings/" + meeting + "\n"
	case ofArticle:
		text += "\n\n" + l.site.PublicURL + guide.PathOf(article) + "/edit\n"
	case ofFinding:
		text += "\n\n" + l.site.PublicURL + "/findings/" + finding + "\n"
	case ofRequest:
		text += "\n\n" + l.site.PublicURL + review.RequestPath(request) + "\n"
	case ofMerit:
		text += "\n\n" + l.site.PublicURL + "/merits/" + merit + "\n"
	case ofNumber && strings.HasPrefix(key, "review."):
		text += "\n\n" + l.site.PublicURL + review.PathOf(review.Number(number)) + "\n"
	case ofNumber:
		text += "\n\n" + l.site.PublicURL + "/matters/" + number + "\n"
	}
	return text
}

// Calendar is the invitation that a note on a meeting brings, for mail alone.
func (l letters) Calendar(to courier.Address, recipient courier.To, args map[string]any) (*courier.Calendar, error) {
	if args["invitation"] == nil || to.Channel != "mail" {
		return nil, nil
	}
	text, err := json.Marshal(args["invitation"])
	if err != nil {
		return nil, err
	}
	var i matter.Invitation
	if err := json.Unmarshal(text, &i); err != nil {
		return nil, err
	}
	voice := l.site.VoiceIn(to.Lang)
	kind, code, _ := strings.Cut(string(recipient), ":")
	method, ics := pages.InvitationTo(voice, l.site.PublicURL, i, pages.Guest{Name: voice.Name(kind, code), Mail: to.To}, pages.OrganizerOf(l.site.Realm.View().Settings.Addresses, i.By))
	return &courier.Calendar{Method: method, Text: ics}, nil
}

// instantIn reads an instant as the courier gives arguments: as a number in the digits that it was written with.
func instantIn(value any) (civic.Instant, bool) {
	n, ok := value.(json.Number)
	if !ok {
		return 0, false
	}
	i, err := n.Int64()
	return civic.Instant(i), err == nil
}
