// Package civic holds the nouns that every part of Skein shares: realms, places,
// bodies, posts, actors, instants and refusals. It imports nothing of ours, does no
// I/O and reads no clock.
package civic

import (
	"strings"
	"time"
)

// Realm names one self-governing community; it is the first column of every primary key.
type Realm string

// PlaceID is the code of a place in the realm's tree, such as "boston" or "ward-03".
type PlaceID string

// BodyID is the code of a body: public, coordinating, or of society.
type BodyID string

// PostID is the code of a post in a body, written "body/post".
type PostID string

// Category is the stable code of a kind of matter, a path with dots: "housing.repairs".
type Category string

// DossierID names all the acts on one thing. It begins with its kind and a slash:
// "matter/00001z4k", "place/ward-03".
type DossierID string

// PersonID is a fresh random name for one person in one dossier; it links nothing across dossiers.
type PersonID string

// Position is the place of an act in the one order of its realm: dense, from 1.
type Position int64

// Instant is a moment in microseconds since the Unix epoch, UTC. Zero means "none".
type Instant int64

// Body returns the body that a post belongs to.
func (p PostID) Body() BodyID {
	body, _, _ := strings.Cut(string(p), "/")
	return BodyID(body)
}

// Kind returns the part of a dossier's name before the slash.
func (d DossierID) Kind() string {
	kind, _, _ := strings.Cut(string(d), "/")
	return kind
}

// Key returns the part of a dossier's name after the first slash.
func (d DossierID) Key() string {
	_, key, _ := strings.Cut(string(d), "/")
	return key
}

// Within reports whether c is the category parent or lies under it in the tree of codes.
func (c Category) Within(parent Category) bool {
	return parent == "" || c == parent || strings.HasPrefix(string(c), string(parent)+".")
}

// Parent returns the category one step up, or "" at the root.
func (c Category) Parent() Category {
	i := strings.LastIndexByte(string(c), '.')
	if i < 0 {
		return ""
	}
	return c[:i]
}

// At turns a time into an Instant, dropping what is finer than a microsecond.
func At(t time.Time) Instant {
	if t.IsZero() {
		return 0
	}
	return Instant(t.UnixMicro())
}

// Time returns the moment in UTC; the zero time for the zero Instant.
func (i Instant) Time() time.Time {
	if i == 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(i)).UTC()
}

// In returns the moment in a time zone; the zero time for the zero Instant.
func (i Instant) In(zone *time.Location) time.Time {
	if i == 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(i)).In(zone)
}

// Add moves an instant by a duration.
func (i Instant) Add(d time.Duration) Instant { return i + Instant(d/time.Microsecond) }

// Sub returns i − j.
func (i Instant) Sub(j Instant) time.Duration { return time.Duration(i-j) * time.Microsecond }
