package matter

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"skein/frame/civic"
	"skein/frame/clerk"
)

// What was told leaves a matter at its reporter's word, or when the time for keeping it has run out; a legal hold
// delays that. What stays is what acts hold: codes, places, instants, and figures.

// Why something was erased.
const (
	ErasedAsked     = "asked"     // at the reporter's word
	ErasedRetention = "retention" // the time for keeping it ran out
	ErasedMain      = "main"      // with the matter that it is a part of
)

// Erasure is what is known of an erasure.
type Erasure struct {
	At     civic.Instant
	Ground string
	Law    string // of retention
}

// Hold delays erasures on a ground of the law, until an instant.
type Hold struct {
	Ground string
	Law    string
	From   civic.Instant
	Until  civic.Instant
}

// Retention is for how long what was told is kept after the end of a matter.
type Retention struct {
	Kinds []Kind `json:"kinds"`
	Days  int    `json:"days"`
	Law   string `json:"law"`
}

// Holds are the grounds of legal holds, and the longest time of one; it can be said again.
type Holds struct {
	Grounds []string `json:"grounds"`
	Days    int      `json:"days"`
}

// Keeping is the retention of a kind of matter; false where the rules say none, and nothing is erased by the clock.
func (r *Rules) Keeping(k Kind) (Retention, bool) {
	i := slices.IndexFunc(r.Retention, func(x Retention) bool { return slices.Contains(x.Kinds, k) })
	if i < 0 {
		return Retention{}, false
	}
	return r.Retention[i], true
}

// Under are the rules with a realm's own times of keeping before the founding ones.
func (r *Rules) Under(own map[string]clerk.Keep) *Rules {
	if len(own) == 0 {
		return r
	}
	out := *r
	out.Retention = nil
	for _, k := range Kinds {
		if keep, ok := own[string(k)]; ok {
			out.Retention = append(out.Retention, Retention{Kinds: []Kind{k}, Days: keep.Days, Law: keep.Law})
		}
	}
	out.Retention = append(out.Retention, r.Retention...)
	return &out
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// Spent reports whether a matter was erased and nothing was said in it since.
func (s State) Spent() bool { return s.Erased != nil && !s.since && len(s.Items) == 0 }

// erase forgets all that leads to what was told, or to who told it. The digest of the code stays, as it stands in the
// first act: it opens nothing but the word that the matter was erased. So does the name under which the source of an
// import knows the matter, or importing again would bring back what it said.
func (s *State) erase(e Erased, at civic.Instant) {
	s.Reporter, s.Contact, s.Push, s.Address = "", false, false, ""
	s.Items, s.ReleaseBy, s.Questions = nil, Term{}, 0
	s.Asking, s.Hold = 0, nil
	s.Erased = &Erasure{At: at, Ground: e.Ground, Law: e.Law}
	s.Box = nextBox(s.Box)
	s.undo, s.since = nil, false
	s.Appeals = slices.Clone(s.Appeals)
	for i := range s.Appeals {
		s.Appeals[i].Over = true // what she said for them is gone
	}
	if s.apart != nil {
		was := *s.apart
		was.erase(e, at)
		s.apart = &was
	}
}

// nextBox names the box for what is said after an erasure.
func nextBox(box string) string {
	if box == "" {
		return ""
	}
	base, n, _ := strings.Cut(box, ".")
	count, _ := strconv.Atoi(n)
	return base + "." + strconv.Itoa(count+1)
}

// unplaced takes the point from an erased matter that nobody has to find any more.
func (s *State) unplaced() {
	if s.Erased != nil && !s.Status.Open() && s.Status != StatusAnswered {
		s.Point = nil
	}
}
