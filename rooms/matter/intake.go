package matter

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"math"
	"net/mail"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"

	"skein/frame/access"
	"skein/frame/civic"
	"skein/frame/clerk"
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
	Vault *vault.Vault
	// Access opens what a command makes public; nil where no command on a matter is taken.
	Access *access.Record
	Ground func(*clerk.View) Ground
	// Private reports whether matters of a category are private by default; nil where no
	// command on a matter is taken.
	Private func(*clerk.View, civic.Category) bool
}

// longest bounds texts, in characters.
const longest = 10_000

// Report makes the task of a new matter. The tracking code is given once, to the reporter.
func (in Intake) Report(ctx context.Context, v *clerk.View, actor civic.Actor, s Submission) (clerk.Task, string, error) {
	c, text, address, refusals := in.read(v, &s)
	if len(refusals) > 0 {
		return clerk.Task{}, "", refusals
	}
	box, err := in.Vault.NewBox(ctx, v.Realm, "matter")
	if err != nil {
		return clerk.Task{}, "", err
	}
	person := civic.PersonID(box.ID)
	c.Reporter = person
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

// read makes the command of a report, all but what is sealed: its text and address are given back in clear.
func (in Intake) read(v *clerk.View, s *Submission) (c Report, text, address string, refusals civic.Refusals) {
	text = clean(s.Text, "text", &refusals)
	address = clean(s.Address, "address", &refusals)
	s.Contact.check(&refusals)
	c = Report{
		Kind: s.Kind, Category: s.Category, Visibility: s.Visibility, Channel: s.Channel, External: s.External, Against: s.Against,
		Contact: !s.Contact.Empty(),
	}
	c.Where = in.where(v, *s, &refusals)
	return c, text, address, refusals
}

// random is what a tracking code is made of.
func (in Intake) random(realm civic.Realm, seed string) []byte {
	if seed == "" {
		b := make([]byte, TrackingBytes)
		rand.Read(b) // never fails
		return b
	}
	key := in.Vault.Keys.Master.Derive("tracking codes", realm)
	mac := hmac.New(sha256.New, key[:])
	mac.Write([]byte(seed))
	return mac.Sum(nil)
}

func (in Intake) attach(ctx context.Context, box *vault.Box, photos []photo.Photo) ([]Attachment, error) {
	var out []Attachment
	for _, p := range photos {
		digest, err := box.SealBlob(ctx, in.Vault.Blobs, vault.NewPart("photo"), p.JPEG)
		if err != nil {
			return nil, err
		}
		out = append(out, Attachment{Digest: digest, Media: p.Media, W: p.W, H: p.H})
	}
	return out, nil
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
	c.Email = strings.TrimSpace(width.Fold.String(c.Email)) // full-width, as a Chinese keyboard gives it, is ASCII
	if c.Email != "" {
		a, err := mail.ParseAddress(c.Email)
		if err != nil || a.Address != c.Email || !civic.Plain(c.Email, 320) {
			*refusals = append(*refusals, civic.Refuse(civic.Invalid, "matter.email_invalid").In("contact.email"))
		}
	}
	c.Phone = strings.TrimSpace(width.Fold.String(c.Phone))
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
	return civic.Clean(text)
}

func appendFloat(b []byte, f float64) []byte {
	j, _ := json.Marshal(f)
	return append(b, j...)
}
