package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"skein/face"
	"skein/face/signin"
	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/courier"
	"skein/rooms/body"
	"skein/rooms/matter"
	"skein/rooms/matter/pages"
)

// signInFile is DIR/signin.json, by which an operator says how people may sign in. Passkeys are
// always there; codes are where courier.json names a way to send them.
type signInFile struct {
	Passwords bool   `json:"passwords"`
	Breached  string `json:"breached"` // a list of passwords that may not be one
	breached  *signin.Breached
	Phones    bool               `json:"phones"` // residents may have codes by SMS
	Providers []*signin.Provider `json:"providers"`
}

// accounts are those of a realm.
func (a *app) accounts(realm civic.Realm) *signin.Accounts {
	return &signin.Accounts{DB: a.db, Vault: a.vault, Realm: realm}
}

// signInSettings reads DIR/signin.json, if there is one, and how codes are sent.
func (a *app) signInSettings() (file signInFile, send sendCode, err error) {
	path := filepath.Join(a.where.Data, "signin.json")
	text, err := readSecret(path)
	if err == nil {
		d := json.NewDecoder(strings.NewReader(string(text)))
		d.DisallowUnknownFields()
		if err := d.Decode(&file); err != nil {
			return file, nil, fmt.Errorf("%s: %w", path, err)
		}
	} else if !errors.Is(err, os.ErrNotExist) {
		return file, nil, err
	}
	if list := file.Breached; list != "" {
		if !filepath.IsAbs(list) {
			list = filepath.Join(a.where.Data, list)
		}
		if file.breached, err = signin.OpenBreached(list); err != nil {
			return file, nil, fmt.Errorf("%s: breached: %w", path, err)
		}
	}
	codes := map[string]bool{}
	for _, p := range file.Providers {
		if err := p.Check(); err != nil {
			return file, nil, fmt.Errorf("%s: %w", path, err)
		}
		if codes[p.Code] {
			return file, nil, fmt.Errorf("%s: provider %q stands there twice", path, p.Code)
		}
		codes[p.Code] = true
	}
	send, err = a.sender()
	return file, send, err
}

// signIn puts the sign-in before a site.
func (a *app) signIn(site *face.Site, matters *matter.API) error {
	file, send, err := a.signInSettings()
	if err != nil {
		return err
	}
	site.PathOf = func(d civic.DossierID) string {
		if s := matters.State(d); s.Exists() {
			return pages.PathOf(s.Number)
		}
		return "/matters"
	}
	site.TitleOf = func(v words.Voice, d civic.DossierID) string {
		s := matters.State(d)
		return v.Say("skein.told_matter", "number", s.Number.String(), "category", v.Name("category", string(s.Category)),
			"status", v.Say("matter.status."+string(s.Status)))
	}
	site.Erase = matters.EraseAll
	site.Gone = func(d civic.DossierID) bool {
		s := matters.State(d)
		return s.Exists() && s.Reporter == ""
	}
	a.signedIn = signin.New(&signin.Service{
		Sessions: &signin.Sessions{Accounts: a.accounts(site.Realm.ID), Site: site, Seats: seats, Served: served, Trials: a.seated(site.Realm)}, Passwords: file.Passwords, Phones: file.Phones,
		Providers: file.Providers, Send: send, Breached: file.breached,
	})
	return nil
}

// seats says in which posts people sit.
func seats(v *clerk.View, persons []civic.PersonID, at civic.Instant) []civic.PostID {
	return body.CatalogIn(v).PostsOf(persons, at)
}

// served says in which posts people sat, closed ones too.
func served(v *clerk.View, persons []civic.PersonID, since, until civic.Instant) []civic.PostID {
	return body.CatalogIn(v).PostsBetween(persons, since, until)
}

type sendCode = func(ctx context.Context, email, phone, lang, subject, text string) error

// sender sends codes by the channels that notes take; nil where there is none.
func (a *app) sender() (sendCode, error) {
	settings, err := a.courierSettings()
	if err != nil || settings.Mail == nil && settings.SMS == nil {
		return nil, err
	}
	var mail, sms courier.Channel
	if settings.Mail != nil {
		if mail, err = courier.NewMail(*settings.Mail); err != nil {
			return nil, err
		}
	}
	if settings.SMS != nil {
		if sms, err = courier.NewSMS(*settings.SMS); err != nil {
			return nil, err
		}
	}
	return func(ctx context.Context, email, phone, lang, subject, text string) error {
		m := courier.Message{Subject: subject, Text: text, To: courier.Address{Channel: "mail", To: email, Lang: lang}}
		channel := mail
		if phone != "" {
			m.To, channel = courier.Address{Channel: "sms", To: phone, Lang: lang}, sms
		}
		if channel == nil {
			return fmt.Errorf("there is no channel %s in courier.json", m.To.Channel)
		}
		return channel.Deliver(ctx, m)
	}, nil
}

type officerCommand struct {
	End endOfficerCommand `cmd:"" help:"End an officer's sessions, and with --close her account."`
	New newOfficerCommand `cmd:"" help:"Invite somebody to sign in for a post, and print the link that does so once."`
}

type endOfficerCommand struct {
	where
	Email    string `xor:"who" required:"" help:"The mail address by which the account is found."`
	Everyone bool   `xor:"who" required:"" help:"End every session of the realm, residents' too."`
	Close    bool   `help:"Nobody signs in to the account any more. The same address can be invited anew."`
}

func (c *endOfficerCommand) Run(g *global) error {
	if c.Close && c.Email == "" {
		return misuseError{errors.New("--close wants one account: say --email")}
	}
	return c.work(g, func(a *app, realm *clerk.Realm) error {
		ok, err := a.accounts(realm.ID).End(g.ctx, c.Email, c.Close)
		if err == nil && !ok {
			err = civic.Refuse(civic.Missing, "skein.officer_unknown").In("--email")
		}
		return err
	})
}

type newOfficerCommand struct {
	where
	Post  civic.PostID `required:"" placeholder:"BODY/POST" help:"The post. Where nobody sits in it, --name is seated from today."`
	Name  string       `help:"The officer's name; it is sealed in the vault."`
	Email string       `required:"" help:"The mail address by which the account is found."`
	To    string       `placeholder:"YYYY-MM-DD" help:"Last day of the term; none is no end."`
}

func (c *newOfficerCommand) Run(g *global) error {
	return c.work(g, func(a *app, realm *clerk.Realm) error {
		v, now := realm.View(), realm.Now()
		post, ok := body.CatalogIn(v).Post(c.Post)
		if !ok || !body.CatalogIn(v).HasPost(c.Post) {
			return civic.Refuse(civic.Missing, "skein.post_unknown", "post", string(c.Post)).In("--post")
		}
		term, seated := post.Seated(now)
		if seated && c.Name != "" {
			return civic.Refuse(civic.Conflict, "skein.officer_seated", "post", string(c.Post)).In("--name")
		}
		if !seated {
			if strings.TrimSpace(c.Name) == "" {
				return civic.Refuse(civic.Invalid, "skein.officer_nameless", "post", string(c.Post)).In("--name")
			}
			seat := body.Seat{Post: c.Post, From: now.In(v.Settings.Location()).Format(time.DateOnly), To: c.To}
			seat, writes, err := body.Seal(g.ctx, a.vault, v, seat, c.Name)
			if err != nil {
				return err
			}
			if _, err := a.enter(g, realm, clerk.Task{Command: seat, Dossier: body.ID(c.Post.Body()), Writes: writes}); err != nil {
				return err
			}
			term.Person = seat.Person
		}
		lang := "en"
		if len(v.Settings.Languages) > 0 {
			lang = v.Settings.Languages[0]
		}
		token, err := a.accounts(realm.ID).Invite(g.ctx, term.Person, c.Email, lang)
		if err != nil {
			return err
		}
		if token == "" {
			fmt.Fprintln(os.Stderr, g.voice().Say("skein.officer_known"))
			return nil
		}
		fmt.Println(cmp.Or(v.Settings.PublicURL, "http://127.0.0.1:8311") + "/invitation#" + token)
		return nil
	})
}
