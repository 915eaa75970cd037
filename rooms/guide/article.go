package guide

import (
	"regexp"
	"slices"

	"skein/frame/civic"
)

// Kind is that of an article's dossier.
const Kind = "article"

// codeForm is how an article's code is written: it stands in addresses.
var codeForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

const mostCode = 60

// ID is the dossier of an article.
func ID(code string) civic.DossierID { return civic.DossierID(Kind + "/" + code) }

// ValidCode reports whether a text can be an article's code. Codes of one word that are pages of this room are none.
func ValidCode(code string) bool {
	return len(code) <= mostCode && codeForm.MatchString(code) && !slices.Contains(pagesOwn, code)
}

// pagesOwn are the addresses under /guide and /api/guide that are no article.
var pagesOwn = []string{"work", "new", "suggest", "draft", "drafts"}

// State is an article: its acts folded. The zero State is one that nobody has drafted.
type State struct {
	ID   civic.DossierID
	Seq  int64
	Last civic.Instant
	// Body is the owner: it drafted the article first, and answers for it.
	Body      civic.BodyID
	Drafts    int // how many there were
	Draft     *Draft
	Versions  []Version // in the order of their numbers
	Withdrawn *Withdrawal
}

// Draft is what waits to be published.
type Draft struct {
	Number int
	Digest string
	By     civic.PostID // "" for an import
	At     civic.Instant
}

// Version is what was published.
type Version struct {
	Number    int
	Digest    string
	Published civic.Instant
	Drafter   civic.PostID // "" for an import
	Publisher civic.PostID
	Act       civic.Position
	// From and Until are between when it is valid; Until is 0 where it has no end.
	From, Until civic.Instant
	// Review is by when somebody looks at it again; Reviewed when somebody last did.
	Review, Reviewed civic.Instant
	// Effected, Ended and Overdue are that the clock has said so, the last of this review date.
	Effected, Ended, Overdue bool
	// Over is when it was withdrawn.
	Over civic.Instant
}

// Withdrawal is why an article is off the pages.
type Withdrawal struct {
	At      civic.Instant
	Reason  string // document
	Instead string // the code of an article
}

// Exists reports whether there is such an article.
func (s State) Exists() bool { return s.Seq > 0 }

// Code is what an article is called in addresses.
func (s State) Code() string { return s.ID.Key() }

// InForce is the version that is valid at a moment. A version that has ended leaves none, not the one before it.
func (s State) InForce(at civic.Instant) (Version, bool) {
	for _, v := range slices.Backward(s.Versions) {
		if v.Over != 0 || v.From > at {
			continue
		}
		return v, v.Until == 0 || at < v.Until
	}
	return Version{}, false
}

// Version is a version by its number.
func (s State) Version(number int) (Version, bool) {
	if number < 1 || number > len(s.Versions) {
		return Version{}, false
	}
	return s.Versions[number-1], true
}

// Late reports whether a version's review date has passed at a moment.
func (v Version) Late(at civic.Instant) bool { return v.Review <= at }

// Wake is when the clock next has business with an article; 0 for never.
func Wake(s State) civic.Instant {
	at, _ := next(s)
	return at
}

// next is what the clock owes an article, and when.
func next(s State) (civic.Instant, func(*Version)) {
	var first civic.Instant
	var mark func(*Version)
	for i := range s.Versions {
		v := &s.Versions[i]
		if v.Over != 0 || v.Ended {
			continue
		}
		superseded := slices.ContainsFunc(s.Versions[i+1:], func(later Version) bool { return later.Over == 0 && later.Effected })
		owed := func(at civic.Instant, f func(*Version)) {
			if at != 0 && (first == 0 || at < first) {
				number := v.Number
				first, mark = at, func(w *Version) { *w = s.Versions[number-1]; f(w) }
			}
		}
		switch {
		case superseded:
		case !v.Effected:
			owed(v.From, func(v *Version) { v.Effected = true })
		default:
			owed(v.Until, func(v *Version) { v.Ended = true })
			if !v.Overdue {
				owed(v.Review, func(v *Version) { v.Overdue = true })
			}
		}
	}
	return first, mark
}
