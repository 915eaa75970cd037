package review

import (
	"context"

	"skein/frame/civic"
	"skein/frame/clerk"
)

// Limit is a length of time as a law writes it ("10wd", "60d").
type Limit string

// Calendars reckons limits; the value is an immutable snapshot.
type Calendars interface {
	// Due returns when a limit that begins at start runs out by the calendar id ("" is the realm's own), and whether the
	// calendar is not yet known that far ahead. The error is a civic.Refusal.
	Due(calendar string, start civic.Instant, limit Limit) (due civic.Instant, provisional bool, err error)
}

// Bodies is an immutable snapshot of the register of bodies.
type Bodies interface {
	// Reviewers are the open posts that may review.
	Reviewers() []civic.PostID
	// Over are the bodies that a post lies under, its own first, and the posts that supervise it, nearest first.
	Over(post civic.PostID) (bodies []civic.BodyID, posts []civic.PostID)
	// Supervisor is the post that answers for a body's handlers, "" for none.
	Supervisor(body civic.BodyID) civic.PostID
	// Coordinator is the coordinating body of the first place in a chain that has one; without a chain the realm's.
	Coordinator(places []civic.PlaceID) civic.BodyID
	// Root is the place that holds all others.
	Root() civic.PlaceID
}

// Matter is what this room must know of a matter.
type Matter struct {
	ID       civic.DossierID `json:"id"`
	Number   string          `json:"number"`
	Private  bool            `json:"private,omitempty"`
	Reporter civic.PersonID  `json:"reporter"`
	// Appealing is the body that appeals, where nobody reported anything: of what was found of it.
	Appealing civic.BodyID    `json:"appealing,omitempty"`
	Contact   bool            `json:"contact,omitempty"` // the vault holds a way to reach her
	Place     civic.PlaceID   `json:"place,omitempty"`
	Places    []civic.PlaceID `json:"places,omitempty"`
	Calendar  string          `json:"calendar,omitempty"`
	// Respondent is the body whose act is appealed.
	Respondent civic.BodyID `json:"respondent,omitempty"`
	// Posts and Bodies are all that had a hand in it.
	Posts  []civic.PostID `json:"posts,omitempty"`
	Bodies []civic.BodyID `json:"bodies,omitempty"`
	// Began is when what is looked at again began: an officer's terms since about then may have had a hand in it.
	Began civic.Instant `json:"-"`
	// Withheld are the texts and photos that everyone is kept from, by digest.
	Withheld []string `json:"withheld,omitempty"`
}

// DutyRows is an immutable snapshot of the duty list in force.
type DutyRows interface {
	// Row is the digest of the list in force, if it has a row.
	Row(id string) (digest string, ok bool)
}

// Ports are the other rooms' answers.
type Ports struct {
	Rules     func(*clerk.View) *Rules
	Bodies    func(*clerk.View) Bodies
	Calendars func(*clerk.View) Calendars
	Rows      func(v *clerk.View, now civic.Instant) DutyRows
	// NewCode makes the code with which somebody comes back, of randomness, and the digest that is kept of it; CodeFits holds one
	// against a digest.
	NewCode  func(random []byte) (code, digest string, err error)
	CodeFits func(code, digest string) bool
	// Written is the number of a matter as people write it.
	Written func(number string) string
	// Matter reads a matter as it is; of is what is appealed.
	Matter func(ctx context.Context, r *clerk.Realm, id civic.DossierID, of string) (Matter, error)
}
