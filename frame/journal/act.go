// Package journal keeps the acts of a realm: appended once, never changed, read forward.
//
// An act is one thing somebody did: who, under which power, on which dossier, when,
// what. Every act of a realm has a dense position (one realm, one order) and every
// act of a dossier a dense sequence number; a dossier's state is its acts folded.
//
// An act has two times. Happened is claimed: law and clocks go by it. Recorded is the
// server's own and never decreases along positions. Only the power to import may set
// them apart, and such acts say so wherever they are shown.
package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"skein/frame/civic"
)

// Draft is an act that a decision asks for, before the journal has given it its place.
type Draft struct {
	// Dossier is the dossier acted on; empty means the command's own.
	Dossier civic.DossierID
	// Event is what happened: a registered event type of the room, by value.
	Event Event
	// Actor is set where somebody else than the asker acts (the clock, in the same commit).
	Actor *civic.Actor
	// Power is set with Actor: the policy that lets that other actor do it.
	Power string
	// Private acts show nothing but their commitment.
	Private bool
	// Happened is set where the act is not of the command's own time (a limit that ran out earlier).
	Happened civic.Instant
	// Inferred marks a step that an imported source does not have; it counts in no figure.
	Inferred bool
	// Erases names boxes of the vault that are erased in the commit of the act.
	Erases []string
}

// Event is what an act says happened. Type is its stable name ("matter.reported") and
// Version the version of its shape; both are in the journal for ever.
type Event interface {
	Type() string
	Version() int
}

// Act is an act in its place.
type Act struct {
	Realm    civic.Realm
	Position civic.Position
	Dossier  civic.DossierID
	Seq      int64
	Type     string
	Version  int
	Actor    string // civic.Actor.String
	Power    string // id of the policy that allowed it
	Policies string // digest of the policy set in force
	Happened civic.Instant
	Recorded civic.Instant
	Cause    civic.Position // the act that a reactor answered, or 0
	Imported bool
	Inferred bool
	Private  bool
	Data     json.RawMessage // the event as canonical JSON

	// Salt is 32 fresh random bytes, and Commitment is SHA-256(Opening() ‖ Canonical()).
	Salt       []byte
	Commitment []byte

	// Label is what the dossier is called where positions must not be told, see Canonical; it is not stored.
	Label string `json:"-"`
	// Event is Data decoded; it is not stored.
	Event Event `json:"-"`
}

// Canonical is the text that the commitment covers: one field a line in this order, "name value\n". No value can hold
// a line break, so the text reads back in one way only.
//
// Whoever may read an act may be shown this text, and it tells no position: two positions would tell how many private acts lie between
// them. So the dossier goes by its label, and position, cause and data are there as digests under salts of their own, which the salt of
// the text says nothing of: Hidden shows one of them.
func (a *Act) Canonical() []byte { return a.appendCanonical(make([]byte, 0, 768)) }

func (a *Act) appendCanonical(b []byte) []byte {
	line := func(name, value string) {
		b = append(b, name...)
		b = append(b, ' ')
		b = append(b, value...)
		b = append(b, '\n')
	}
	number := func(name string, value int64) {
		b = append(b, name...)
		b = append(b, ' ')
		b = strconv.AppendInt(b, value, 10)
		b = append(b, '\n')
	}
	label := a.Label
	if label == "" {
		label = string(a.Dossier)
	}
	b = append(b, "skein act 1\n"...)
	line("realm", string(a.Realm))
	line("dossier", label)
	number("seq", a.Seq)
	line("type", a.Type)
	number("version", int64(a.Version))
	line("actor", a.Actor)
	line("power", a.Power)
	line("policies", a.Policies)
	number("happened", int64(a.Happened))
	number("recorded", int64(a.Recorded))
	line("flags", a.Flags())
	line("place", a.hidden("place", a.place()))
	line("data", a.hidden("data", a.Data))
	return b
}

func (a *Act) place() []byte {
	b := append(make([]byte, 0, 64), a.Dossier...)
	b = strconv.AppendInt(append(b, ' '), int64(a.Position), 10)
	return strconv.AppendInt(append(b, ' '), int64(a.Cause), 10)
}

func (a *Act) hidden(name string, value []byte) string { return Digest(a.Sub(name), value) }

// Sub is the salt of one part of the act: SHA-256(salt ‖ name). Parts are "text", "place" and "data"; one says nothing of another.
func (a *Act) Sub(name string) []byte {
	sum := sha256.Sum256(append(append(make([]byte, 0, 64), a.Salt...), name...))
	return sum[:]
}

// Opening is the salt under which the commitment covers the text; with it anyone holds the one against the other.
func (a *Act) Opening() []byte { return a.Sub("text") }

// Shown is an act as its text shows it.
type Shown struct {
	Realm    civic.Realm   `json:"realm"`
	Dossier  string        `json:"dossier"` // its label
	Seq      int64         `json:"seq"`
	Type     string        `json:"type"`
	Version  int64         `json:"version"`
	Actor    string        `json:"actor"`
	Power    string        `json:"power"`
	Policies string        `json:"policies"`
	Happened civic.Instant `json:"happened"`
	Recorded civic.Instant `json:"recorded"`
	Flags    string        `json:"flags"`
	Place    string        `json:"place"` // digests, hex
	Data     string        `json:"data"`
}

// ParseCanonical reads what Canonical wrote.
func ParseCanonical(text []byte) (*Shown, error) {
	bad := errors.New("journal: this is not the text of an act")
	lines := strings.Split(string(text), "\n")
	if len(lines) != 15 || lines[0] != "skein act 1" || lines[14] != "" {
		return nil, bad
	}
	s := &Shown{}
	var realm string
	var happened, recorded int64
	for i, f := range []struct {
		name   string
		text   *string
		number *int64
	}{
		{"realm", &realm, nil}, {"dossier", &s.Dossier, nil}, {"seq", nil, &s.Seq}, {"type", &s.Type, nil}, {"version", nil, &s.Version},
		{"actor", &s.Actor, nil}, {"power", &s.Power, nil}, {"policies", &s.Policies, nil}, {"happened", nil, &happened}, {"recorded", nil, &recorded},
		{"flags", &s.Flags, nil}, {"place", &s.Place, nil}, {"data", &s.Data, nil},
	} {
		value, ok := strings.CutPrefix(lines[i+1], f.name+" ")
		if !ok {
			return nil, bad
		}
		if f.text != nil {
			*f.text = value
			continue
		}
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || strconv.FormatInt(n, 10) != value {
			return nil, bad
		}
		*f.number = n
	}
	s.Realm, s.Happened, s.Recorded = civic.Realm(realm), civic.Instant(happened), civic.Instant(recorded)
	var flags Act
	if flags.SetFlags(s.Flags) != nil || flags.Flags() != s.Flags {
		return nil, bad
	}
	return s, nil
}

// Flags writes imported, inferred and private as letters, "-" for none.
func (a *Act) Flags() string {
	f := make([]byte, 0, 3)
	if a.Imported {
		f = append(f, 'i')
	}
	if a.Inferred {
		f = append(f, 'n')
	}
	if a.Private {
		f = append(f, 'p')
	}
	if len(f) == 0 {
		return "-"
	}
	return string(f)
}

// SetFlags reads what Flags wrote.
func (a *Act) SetFlags(flags string) error {
	for _, f := range flags {
		switch f {
		case 'i':
			a.Imported = true
		case 'n':
			a.Inferred = true
		case 'p':
			a.Private = true
		case '-':
		default:
			return fmt.Errorf("journal: act %d has the unknown flag %q", a.Position, f)
		}
	}
	return nil
}

// Commit returns SHA-256(Opening ‖ canonical text).
func (a *Act) Commit() []byte {
	sum := sha256.Sum256(a.appendCanonical(append(make([]byte, 0, 1024), a.Opening()...)))
	return sum[:]
}

// Digest commits to private content that an act must not hold: SHA-256(salt ‖ content),
// written as hex. The salt and the content live in the vault; erasing both leaves every
// proof standing.
func Digest(salt, content []byte) string {
	h := sha256.New()
	h.Write(salt)
	h.Write(content)
	return hex.EncodeToString(h.Sum(nil))
}
