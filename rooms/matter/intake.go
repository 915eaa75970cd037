package matter

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/mail"
	"slices"
	"strings"
	"unicode/utf8"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/store"
	"skein/frame/vault"
	"skein/frame/vault/photo"
)

// Ground is what this room must know of places, as of a view.
type Ground interface {
	// Holding lists all places that hold a point, most specific first; none outside the realm.
	Holding(lat, lon float64) []civic.PlaceID
	// Above lists a place and all above it; none for an unknown place.
	Above(civic.PlaceID) []civic.PlaceID
	// Snap moves a point to the realm's fixed grid, for blurring.
	Snap(lat, lon float64) (sLat, sLon float64, ok bool)
	// Root is the place that holds all others.
	Root() (civic.PlaceID, bool)
}

// Contact is how a reporter wants to be reached; it goes to the vault and nowhere else.
type Contact struct {
	Name  string `json:"name,omitempty" maxLength:"200"`
	Email string `json:"email,omitempty" maxLength:"320"`
	Phone string `json:"phone,omitempty" maxLength:"40"`
	// Language is how she wants to be written to.
	Language string `json:"language,omitempty" maxLength:"35"`
	Device   string `json:"-"`
}

// Empty reports whether there is no way to reach her.
func (c Contact) Empty() bool { return c.Email == "" && c.Phone == "" && c.Name == "" }

// Submission is a report in clear, as it came through a door.
type Submission struct {
	Kind       Kind
	Category   civic.Category
	Text       string
	Lat, Lon   *float64
	Place      civic.PlaceID // where no point is known
	Home       bool
	Address    string
	Visibility Visibility
	Against    civic.BodyID
	Channel    string
	External   string
	Contact    Contact
	MediaURL   string // kept, never fetched
	Photos     []photo.Photo
	// Via names the client that brought the report, so that it can bring more; it is no name of a person.
	Via string
	// Anonymous asks for a secret code to come back with. With a Seed, unguessable and used
	// once, the same submission sent twice gets the same code.
	Anonymous bool
	Seed      string
}

// Intake takes what people say in clear, seals it and makes tasks of it.
type Intake struct {
	Vault  *vault.Vault
	Ground func(*clerk.View) Ground
	// Private reports whether matters of a category are private by default; nil where no
	// command on a matter is taken.
	Private func(*clerk.View, civic.Category) bool
}

// longest bounds texts, in characters.
const longest = 10_000

// Report makes the task of a new matter. The tracking code is given once, to the reporter.
func (in Intake) Report(ctx context.Context, v *clerk.View, actor civic.Actor, s Submission) (clerk.Task, string, error) {
	var refusals civic.Refusals
	text := clean(s.Text, "text", &refusals)
	address := clean(s.Address, "address", &refusals)
	s.Contact.check(&refusals)
	box := vault.NewBox(in.Vault.Master, v.Realm, "matter")
	person := civic.PersonID(box.ID)
	c := Report{
		Kind: s.Kind, Category: s.Category, Visibility: s.Visibility, Channel: s.Channel, External: s.External, Against: s.Against,
		Reporter: person, Contact: !s.Contact.Empty(),
	}
	c.Where = in.where(v, s, &refusals)
	if len(refusals) > 0 {
		return clerk.Task{}, "", refusals
	}
	if text != "" {
		c.Text = box.Seal("text", []byte(text))
	}
	if address != "" {
		c.Address = box.Seal("address", []byte(address))
	}
	if c.Contact {
		sealed, err := json.Marshal(s.Contact)
		if err != nil {
			return clerk.Task{}, "", err
		}
		box.Seal("contact", sealed)
	}
	if s.MediaURL != "" {
		box.Seal("media_url", []byte(s.MediaURL))
	}
	if s.Via != "" {
		box.Seal("via", []byte(s.Via))
	}
	if s.Lat != nil && (s.Home || s.Visibility != Public) {
		box.Seal("point", append(append(appendFloat(nil, *s.Lat), ' '), appendFloat(nil, *s.Lon)...))
	}
	var err error
	if c.Attached, err = in.attach(ctx, box, s.Photos); err != nil {
		return clerk.Task{}, "", err
	}
	var code string
	if s.Anonymous {
		if code, c.Tracking, err = NewTracking(in.random(v.Realm, s.Seed)); err != nil {
			return clerk.Task{}, "", err
		}
	}
	if actor.Kind == civic.Post {
		actor.For = person
	} else if actor.Kind == civic.Resident {
		actor.Person = person
	}
	return clerk.Task{Command: c, Actor: actor, Writes: box.Writes()}, code, nil
}

// random is what a tracking code is made of.
func (in Intake) random(realm civic.Realm, seed string) []byte {
	if seed == "" {
		b := make([]byte, TrackingBytes)
		rand.Read(b) // never fails
		return b
	}
	key := in.Vault.Master.Derive("tracking codes", realm)
	mac := hmac.New(sha256.New, key[:])
	mac.Write([]byte(seed))
	return mac.Sum(nil)
}

func (in Intake) attach(ctx context.Context, box *vault.Box, photos []photo.Photo) ([]Attachment, error) {
	var out []Attachment
	for _, p := range photos {
		digest, err := box.SealBlob(ctx, in.Vault.Blobs, part("photo"), p.JPEG)
		if err != nil {
			return nil, err
		}
		out = append(out, Attachment{Digest: digest, Media: p.Media, W: p.W, H: p.H})
	}
	return out, nil
}

// part names one of many contents of a kind.
func part(kind string) string {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return kind + "/" + hex.EncodeToString(b[:])
}

func (in Intake) where(v *clerk.View, s Submission, refusals *civic.Refusals) Where {
	w := Where{Home: s.Home}
	ground := in.Ground(v)
	switch {
	case s.Lat != nil && s.Lon != nil:
		lat, lon := *s.Lat, *s.Lon
		if !(lat >= -90 && lat <= 90) || !(lon >= -180 && lon <= 180) {
			*refusals = append(*refusals, civic.Refuse(civic.Invalid, "matter.point_invalid").In("point"))
			return w
		}
		w.Places = ground.Holding(lat, lon)
		if len(w.Places) == 0 {
			w.Outside = true
		}
		w.Point = &Point{micro(lat), micro(lon)}
		if sLat, sLon, ok := ground.Snap(lat, lon); ok {
			w.Snapped = &Point{micro(sLat), micro(sLon)}
		}
	case s.Lat != nil || s.Lon != nil:
		*refusals = append(*refusals, civic.Refuse(civic.Invalid, "matter.point_half").In("point"))
	}
	if s.Place != "" { // what somebody who knows says of the place goes before the point
		w.Places = ground.Above(s.Place)
		w.Outside = false
		if len(w.Places) == 0 {
			*refusals = append(*refusals, civic.Refuse(civic.Invalid, "matter.place_unknown", "place", clip(string(s.Place))).In("place"))
		}
	}
	if len(w.Places) > 0 {
		w.Place = w.Places[0]
	}
	return w
}

func micro(degrees float64) int64 { return int64(math.Round(degrees * 1e6)) }

// check refuses a contact that cannot be one.
func (c *Contact) check(refusals *civic.Refusals) {
	c.Name = clean(c.Name, "contact.name", refusals)
	c.Email = strings.TrimSpace(c.Email)
	if c.Email != "" {
		a, err := mail.ParseAddress(c.Email)
		if err != nil || a.Address != c.Email || !plain(c.Email, 320) {
			*refusals = append(*refusals, civic.Refuse(civic.Invalid, "matter.email_invalid").In("contact.email"))
		}
	}
	c.Phone = strings.TrimSpace(c.Phone)
	if c.Phone != "" {
		digits := 0
		for _, r := range c.Phone {
			switch {
			case r >= '0' && r <= '9':
				digits++
			case strings.ContainsRune("+-() ./#*xX", r):
			default:
				digits = -100
			}
		}
		if digits < 3 || len(c.Phone) > 40 {
			*refusals = append(*refusals, civic.Refuse(civic.Invalid, "matter.phone_invalid").In("contact.phone"))
		}
	}
}

// clean takes a text as it came: control characters and overrides of direction go, they
// can only deceive; line breaks stay. It refuses what is no text or too long.
func clean(text, field string, refusals *civic.Refusals) string {
	if !utf8.ValidString(text) {
		*refusals = append(*refusals, civic.Refuse(civic.Invalid, "matter.text_encoding", "field", field).In(field))
		return ""
	}
	if utf8.RuneCountInString(text) > longest {
		*refusals = append(*refusals, civic.Refuse(civic.Invalid, "matter.text_long", "field", field, "most", longest).In(field))
		return ""
	}
	text = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		if r < 0x20 || r == 0x7f || (r >= 0x80 && r < 0xa0) || (r >= 0x202a && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069) || r == 0x200e || r == 0x200f {
			return -1
		}
		return r
	}, strings.ReplaceAll(text, "\r\n", "\n"))
	return strings.TrimSpace(text)
}

// On makes the task of a command on an existing matter: its texts, given in clear, are
// sealed into the matter's box; what the command releases is copied out.
func (in Intake) On(ctx context.Context, v *clerk.View, actor civic.Actor, s State, c Command, photos []photo.Photo) (clerk.Task, error) {
	t := clerk.Task{Dossier: s.ID, Actor: actor}
	var refusals civic.Refusals
	c = in.located(v, c, &refusals)
	c = s.attached(c, &refusals)
	var box *vault.Box
	open := func() error {
		if box != nil {
			return nil
		}
		var err error
		box, err = in.open(ctx, v.Realm, s)
		return err
	}
	var fault error
	seal := func(kind, field, text string) string {
		text = clean(text, field, &refusals)
		if text == "" || fault != nil || len(refusals) > 0 {
			return ""
		}
		if fault = open(); fault != nil {
			return ""
		}
		return box.Seal(part(kind), []byte(text))
	}
	if split, ok := c.(Split); ok {
		c, t.Writes = in.parts(v, split, &refusals)
	}
	c, released := sealed(c, seal)
	if len(photos) > 0 && fault == nil && len(refusals) == 0 {
		if fault = open(); fault == nil {
			var as []Attachment
			if as, fault = in.attach(ctx, box, photos); fault == nil {
				c = withPhotos(c, as)
			}
		}
	}
	if fault != nil {
		return t, fault
	}
	if len(refusals) > 0 {
		return t, refusals
	}
	if box != nil {
		if s.Visibility == Private {
			released = nil // nothing of it is ever copied out
		}
		for _, digest := range released {
			if p, ok := box.Find(digest); ok {
				t.Writes = append(t.Writes, vault.Release(v.Realm, box.ID, p.Part, vault.Copy{
					Media: textMedia, Text: string(p.Text), Salt: p.Salt, Digest: digest,
				}))
			}
		}
		t.Writes = append(t.Writes, box.Writes()...)
	}
	if r, ok := c.(Release); ok {
		t.Seq = s.Seq // a masked version that comes in between must not be passed over
		writes, err := in.release(ctx, v, s, r.Items)
		if err != nil {
			return t, err
		}
		t.Writes = append(t.Writes, writes...)
	}
	if after, ok := in.unshown(v, s, c); ok {
		writes, err := in.follow(ctx, v, s, after)
		if err != nil {
			return t, err
		}
		if len(writes) > 0 {
			t.Seq = s.Seq
		}
		t.Writes = append(t.Writes, writes...)
	}
	t.Command = c
	return t, nil
}

// open opens the box of a matter to seal more into it.
func (in Intake) open(ctx context.Context, realm civic.Realm, s State) (*vault.Box, error) {
	box, err := in.Vault.OpenBox(ctx, realm, string(s.Reporter))
	if errors.Is(err, vault.ErrErased) {
		return nil, civic.Refuse(civic.Conflict, "matter.erased")
	}
	return box, err
}

// parts gives each part of a matter a box of its own, with its text.
func (in Intake) parts(v *clerk.View, c Split, refusals *civic.Refusals) (Split, []store.Write) {
	var writes []store.Write
	parts := make([]Part, len(c.Parts))
	for i, p := range c.Parts {
		box := vault.NewBox(in.Vault.Master, v.Realm, "matter")
		p.Box = civic.PersonID(box.ID)
		if p.Text = clean(p.Text, fmt.Sprintf("parts[%d].text", i), refusals); p.Text != "" {
			p.Text = box.Seal("text", []byte(p.Text))
		}
		writes = append(writes, box.Writes()...)
		parts[i] = p
	}
	c.Parts = parts
	return c, writes
}

// attached holds a command to files that the matter has: those who name others by their
// digest would have them pass for evidence.
func (s State) attached(c Command, refusals *civic.Refusals) Command {
	known := func(field string, as []Attachment) []Attachment {
		out := make([]Attachment, 0, len(as))
		for _, a := range as {
			i := slices.IndexFunc(s.Items, func(it Item) bool { return it.Digest == a.Digest && it.Media != textMedia })
			if i < 0 {
				*refusals = append(*refusals, civic.Refuse(civic.Invalid, "matter.item_unknown", "item", clip(a.Digest)).In(field))
				continue
			}
			it := s.Items[i]
			out = append(out, Attachment{Digest: it.Digest, Media: it.Media, W: it.W, H: it.H})
		}
		return out
	}
	switch c := c.(type) {
	case Supply:
		c.Attached = known("attached", c.Attached)
		return c
	case Attach:
		c.Attached = known("attached", c.Attached)
		return c
	case Contribute:
		c.Attached = known("attached", c.Attached)
		return c
	case Answer:
		c.Evidence = known("evidence", c.Evidence)
		return c
	}
	return c
}

// unshown is the matter as a command would leave it that takes something from the public,
// or gives it back; false for every other command.
func (in Intake) unshown(v *clerk.View, s State, c Command) (State, bool) {
	narrowed := func(to SetRight) (State, bool) {
		private := to.Visibility == Private || to.Category != "" && in.Private != nil && in.Private(v, to.Category)
		s.Visibility = Private
		return s, private
	}
	switch c := c.(type) {
	case Withhold:
		s.show(c.Items, ShowWithheld, c.Ground)
		return s, true
	case Retract:
		if s.undo == nil || s.undo.seq != c.Act {
			return s, false // Decide refuses it
		}
		s.retract()
		return s, true
	case Triage:
		return narrowed(c.SetRight)
	case Correct:
		return narrowed(c.SetRight)
	}
	return s, false
}

// public lists the digests of what everyone may see.
func (s State) public() []string {
	var out []string
	for _, it := range s.Items {
		if s.Visibility != Private && it.Showing == ShowReleased {
			out = append(out, it.digest())
		}
	}
	return out
}

// follow takes back the copies of what is public before and not after, and makes those of
// what is public again.
func (in Intake) follow(ctx context.Context, v *clerk.View, before, after State) ([]store.Write, error) {
	box := string(before.Reporter)
	was, is := before.public(), after.public()
	var out []store.Write
	for _, digest := range append(slices.Clip(was), is...) {
		now := slices.Contains(is, digest)
		if now == slices.Contains(was, digest) {
			continue
		}
		content, err := in.Vault.Read(ctx, v.Realm, vault.Ref{Box: box, Digest: digest})
		if errors.Is(err, vault.ErrErased) {
			return nil, nil // its copies went with it
		}
		if err != nil {
			return nil, err
		}
		if !now {
			out = append(out, vault.Unrelease(v.Realm, box, content.Part))
			continue
		}
		i := slices.IndexFunc(after.Items, func(it Item) bool { return it.digest() == digest })
		out = append(out, copyOf(v.Realm, box, after.Items[i].Media, digest, content))
	}
	return out, nil
}

// copyOf is the row that makes a content public.
func copyOf(realm civic.Realm, box, media, digest string, content vault.Content) store.Write {
	c := vault.Copy{Media: media, Salt: content.Salt, Digest: digest, Blob: content.Blob}
	if content.Blob == "" {
		c.Text = string(content.Text)
	}
	return vault.Release(realm, box, content.Part, c)
}

// located fills in all places that hold what a command says of where.
func (in Intake) located(v *clerk.View, c Command, refusals *civic.Refusals) Command {
	find := func(w Where) Where {
		s := Submission{Place: w.Place, Home: w.Home}
		if w.Point != nil {
			lat, lon := float64(w.Point.Lat)/1e6, float64(w.Point.Lon)/1e6
			s.Lat, s.Lon = &lat, &lon
		}
		if s.Place == "" && s.Lat == nil {
			return Where{}
		}
		return in.where(v, s, refusals)
	}
	switch c := c.(type) {
	case Triage:
		c.Where = find(c.Where)
		return c
	case Correct:
		c.Where = find(c.Where)
		return c
	case Split:
		parts := make([]Part, len(c.Parts))
		for i, p := range c.Parts {
			p.Where = find(p.Where)
			parts[i] = p
		}
		c.Parts = parts
		return c
	}
	return c
}

// Redact makes the task of putting a masked version, given in clear, before an original.
func (in Intake) Redact(ctx context.Context, v *clerk.View, actor civic.Actor, s State, item, masked, ground string) (clerk.Task, error) {
	var refusals civic.Refusals
	masked = clean(masked, "text", &refusals)
	if masked == "" && len(refusals) == 0 {
		refusals = append(refusals, civic.Refuse(civic.Invalid, "matter.missing", "field", "text").In("text"))
	}
	if len(refusals) > 0 {
		return clerk.Task{}, refusals
	}
	box, err := in.open(ctx, v.Realm, s)
	if err != nil {
		return clerk.Task{}, err
	}
	c := Redact{Item: item, Shown: Attachment{Digest: box.Seal(part("masked"), []byte(masked)), Media: textMedia}, Ground: ground}
	sealed, _ := box.Find(c.Shown.Digest)
	t := clerk.Task{Command: c, Dossier: s.ID, Actor: actor, Seq: s.Seq, Writes: box.Writes()}
	for _, it := range s.Items { // the masked version is shown instead of what was, be that masked already
		if it.Digest != item || it.Showing != ShowReleased || s.Visibility == Private {
			continue
		}
		content, err := in.Vault.Read(ctx, v.Realm, vault.Ref{Box: box.ID, Digest: it.digest()})
		if err != nil {
			return t, err
		}
		t.Writes = append(t.Writes, vault.Unrelease(v.Realm, box.ID, content.Part), copyOf(v.Realm, box.ID, textMedia, c.Shown.Digest, sealed))
	}
	return t, nil
}

// release copies items out of the box: the masked version where there is one.
func (in Intake) release(ctx context.Context, v *clerk.View, s State, digests []string) ([]store.Write, error) {
	var out []store.Write
	for _, digest := range digests {
		for _, it := range s.Items {
			if it.Digest != digest {
				continue
			}
			content, err := in.Vault.Read(ctx, v.Realm, vault.Ref{Box: string(s.Reporter), Digest: it.digest()})
			if errors.Is(err, vault.ErrErased) {
				return nil, civic.Refuse(civic.Conflict, "matter.erased")
			}
			if err != nil {
				return nil, err
			}
			out = append(out, copyOf(v.Realm, string(s.Reporter), it.Media, it.digest(), content))
		}
	}
	return out, nil
}

// sealed replaces the texts of a command by their digests, and says which of them the
// command shows to everyone at once.
func sealed(c Command, seal func(kind, field, text string) string) (Command, []string) {
	switch c := c.(type) {
	case Object:
		c.Reason = seal("objection", "reason", c.Reason)
		return c, nil
	case Rule:
		c.Reason = seal("ruling", "reason", c.Reason)
		return c, []string{c.Reason}
	case Triage:
		c.Reason = seal("triage", "reason", c.Reason)
		return c, nil
	case Correct:
		c.Reason = seal("correction", "reason", c.Reason)
		return c, nil
	case Ask:
		c.Text = seal("question", "text", c.Text)
		return c, nil
	case Supply:
		c.Text = seal("supplied", "text", c.Text)
		return c, nil
	case Tell:
		c.Text = seal("word", "text", c.Text)
		if c.Release {
			return c, []string{c.Text}
		}
		return c, nil
	case Contribute:
		c.Text = seal("contribution", "text", c.Text)
		return c, nil
	case Attach:
		c.Text = seal("added", "text", c.Text)
		return c, nil
	case Pause:
		c.Reason = seal("pause", "reason", c.Reason)
		return c, nil
	case Extend:
		c.Reason = seal("extension", "reason", c.Reason)
		return c, nil
	case Join:
		c.Reason = seal("joining", "reason", c.Reason)
		return c, nil
	case Answer:
		c.Reason = seal("answer", "reason", c.Reason)
		if c.Release {
			return c, []string{c.Reason}
		}
		return c, nil
	case ProposeDecline:
		c.Reason = seal("decline", "reason", c.Reason)
		return c, nil
	case Decline:
		c.Reason = seal("ruling", "reason", c.Reason)
		return c, nil
	case Confirm:
		c.Words = seal("words", "words", c.Words)
		return c, nil
	case Reopen:
		c.Reason = seal("reopening", "reason", c.Reason)
		return c, nil
	case Appeal:
		c.Reason = seal("appeal", "reason", c.Reason)
		return c, nil
	case Withdraw:
		c.Reason = seal("withdrawal", "reason", c.Reason)
		return c, nil
	case Retract:
		c.Reason = seal("retraction", "reason", c.Reason)
		return c, nil
	}
	return c, nil
}

func withPhotos(c Command, as []Attachment) Command {
	switch c := c.(type) {
	case Supply:
		c.Attached = as
		return c
	case Attach:
		c.Attached = as
		return c
	case Contribute:
		c.Attached = as
		return c
	case Answer:
		c.Evidence = as
		return c
	}
	return c
}

func appendFloat(b []byte, f float64) []byte {
	j, _ := json.Marshal(f)
	return append(b, j...)
}
