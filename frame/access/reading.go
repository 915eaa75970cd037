package access

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"skein/frame/civic"
	"skein/frame/store"
)

// Purpose is what somebody reads for; it follows from the power and the door, nobody types it.
type Purpose string

const (
	Handling     Purpose = "handling"     // by the body that answers for it
	Desk         Purpose = "desk"         // to complete, correct, join or split it
	Joint        Purpose = "joint"        // by a joint body, for its part
	Supervision  Purpose = "supervision"  // by the post that watches over the clock
	Coordination Purpose = "coordination" // by the body that rules on who is responsible
	Release      Purpose = "release"      // to decide what everyone may see, or to publish it
	Review       Purpose = "review"       // by whoever reviews it
	OwnRule      Purpose = "own_rule"     // under a rule of the realm's own
)

// Purposes are all of them.
var Purposes = []Purpose{Handling, Desk, Joint, Supervision, Coordination, Release, Review, OwnRule}

// Who is somebody who reads, and by what right.
type Who struct {
	Actor   civic.Actor
	Power   string // id of the policy that permits it
	Purpose Purpose
}

// Reading is a row of the record. An emptied one has a digest and an hour alone.
type Reading struct {
	Hour    civic.Instant
	Digest  string
	Minute  civic.Instant
	Box     string
	Parts   []string
	Reader  string
	Power   string
	Purpose Purpose
	Salt    []byte

	n int64 // within its hour
}

// Post is the post that read, "" for none.
func (r Reading) Post() civic.PostID {
	post, ok := strings.CutPrefix(r.Reader, "post:")
	if !ok {
		return ""
	}
	post, _, _ = strings.Cut(post, " ")
	return civic.PostID(post)
}

// emptied reports whether nothing but the digest is kept.
func (r Reading) emptied() bool { return r.Salt == nil }

// line is the one text of a reading that its digest is of.
func (r Reading) line(realm civic.Realm) string {
	return fmt.Sprintf("skein reading 1\nrealm %s\nminute %d\nbox %s\nparts %s\nreader %s\npower %s\npurpose %s\n",
		realm, int64(r.Minute), r.Box, strings.Join(r.Parts, " "), r.Reader, r.Power, r.Purpose)
}

func (r Reading) sum(realm civic.Realm) string {
	h := sha256.New()
	h.Write(r.Salt)
	h.Write([]byte(r.line(realm)))
	return hex.EncodeToString(h.Sum(nil))
}

// key is what makes two readings within a minute one.
func (r Reading) key() string {
	return strings.Join([]string{r.Box, strings.Join(r.Parts, " "), r.Reader, r.Power, string(r.Purpose)}, "\n")
}

func newReading(who Who, box string, parts []string) Reading {
	slices.Sort(parts)
	actor := who.Actor
	actor.For, actor.Person = "", ""
	return Reading{Box: box, Parts: slices.Compact(parts), Reader: actor.String(), Power: who.Power, Purpose: who.Purpose}
}

// at places a reading in time, under a fresh salt.
func (r *Reading) at(realm civic.Realm, minute civic.Instant) {
	r.Minute, r.Hour = minute, hourOf(minute)
	r.Salt = make([]byte, 32)
	rand.Read(r.Salt) // never fails
	r.Digest = r.sum(realm)
}

func (r Reading) row(realm civic.Realm) store.Row {
	return store.Row{string(realm), int64(r.Hour), r.n, r.Digest, int64(r.Minute), r.Box, strings.Join(r.Parts, " "), r.Reader, r.Power, string(r.Purpose), r.Salt}
}

func minuteOf(i civic.Instant) civic.Instant { return civic.At(i.Time().Truncate(time.Minute)) }
func hourOf(i civic.Instant) civic.Instant   { return civic.At(i.Time().Truncate(time.Hour)) }
