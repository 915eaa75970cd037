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
	"bytes"
	"crypto/sha256"
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

	// Salt is 32 fresh random bytes; Commitment is SHA-256(Salt ‖ Canonical()).
	Salt       []byte
	Commitment []byte

	// Event is Data decoded; it is not stored.
	Event Event `json:"-"`
}

// Canonical is the text that the commitment covers: one field a line in this order,
// "name value\n", data last. No value but data can hold a line break, and data is
// compact JSON, which cannot either; so the text reads back in one way only.
func (a *Act) Canonical() []byte {
	b := make([]byte, 0, 320+len(a.Data))
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
	b = append(b, "skein act 1\n"...)
	line("realm", string(a.Realm))
	number("position", int64(a.Position))
	line("dossier", string(a.Dossier))
	number("seq", a.Seq)
	line("type", a.Type)
	number("version", int64(a.Version))
	line("actor", a.Actor)
	line("power", a.Power)
	line("policies", a.Policies)
	number("happened", int64(a.Happened))
	number("recorded", int64(a.Recorded))
	number("cause", int64(a.Cause))
	line("flags", a.Flags())
	b = append(b, "data "...)
	b = append(b, a.Data...)
	return append(b, '\n')
}

// ParseCanonical reads what Canonical wrote; salt, commitment and event are not in it.
func ParseCanonical(text []byte) (*Act, error) {
	bad := errors.New("journal: this is not the text of an act")
	head, data, ok := bytes.Cut(text, []byte("\ndata "))
	lines := strings.Split(string(head), "\n")
	if !ok || len(lines) != 14 || lines[0] != "skein act 1" {
		return nil, bad
	}
	a := &Act{Data: bytes.TrimSuffix(data, []byte("\n"))}
	var version, position, happened, recorded, cause int64
	var realm, dossier, flags string
	fields := []struct {
		name   string
		text   *string
		number *int64
	}{
		{"realm", &realm, nil}, {"position", nil, &position}, {"dossier", &dossier, nil}, {"seq", nil, &a.Seq}, {"type", &a.Type, nil},
		{"version", nil, &version}, {"actor", &a.Actor, nil}, {"power", &a.Power, nil}, {"policies", &a.Policies, nil},
		{"happened", nil, &happened}, {"recorded", nil, &recorded}, {"cause", nil, &cause}, {"flags", &flags, nil},
	}
	for i, f := range fields {
		value, ok := strings.CutPrefix(lines[i+1], f.name+" ")
		if !ok {
			return nil, bad
		}
		if f.text != nil {
			*f.text = value
			continue
		}
		var err error
		if *f.number, err = strconv.ParseInt(value, 10, 64); err != nil {
			return nil, bad
		}
	}
	a.Realm, a.Dossier, a.Version = civic.Realm(realm), civic.DossierID(dossier), int(version)
	a.Position, a.Happened, a.Recorded, a.Cause = civic.Position(position), civic.Instant(happened), civic.Instant(recorded), civic.Position(cause)
	if a.SetFlags(flags) != nil || !bytes.Equal(a.Canonical(), text) || !json.Valid(a.Data) {
		return nil, bad
	}
	return a, nil
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

// Commit returns SHA-256(salt ‖ canonical text).
func (a *Act) Commit() []byte {
	h := sha256.New()
	h.Write(a.Salt)
	h.Write(a.Canonical())
	return h.Sum(nil)
}

// Digest commits to private content that an act must not hold: SHA-256(salt ‖ content),
// written as hex. The salt and the content live in the vault; erasing both leaves every
// proof standing.
func Digest(salt, content []byte) string {
	h := sha256.New()
	h.Write(salt)
	h.Write(content)
	return fmt.Sprintf("%x", h.Sum(nil))
}
