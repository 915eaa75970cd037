package body

import (
	"slices"
	"strings"

	"skein/frame/civic"
)

// Kind says what sort of body it is.
type Kind string

const (
	Coordinating Kind = "coordinating" // plans, convenes and rules on who is responsible; never handles
	Public       Kind = "public"       // an authority or department
	Committee    Kind = "committee"    // the self-governing committee of a neighbourhood or village
	Mass         Kind = "mass"         // a mass organisation
	Social       Kind = "social"       // a social organisation
	Enterprise   Kind = "enterprise"   // a company with a public duty
)

// Kinds lists every kind of body.
var Kinds = []Kind{Coordinating, Public, Committee, Mass, Social, Enterprise}

// Role is what a post may do.
type Role string

const (
	Desk        Role = "desk"         // takes reports for others, triages, releases
	Handler     Role = "handler"      // accepts, works and answers matters
	Supervisor  Role = "supervisor"   // answers for handlers: extends, is told when a limit has run out
	Coordinator Role = "coordinator"  // rules on who is responsible; only in a coordinating body
	Registrar   Role = "registrar"    // keeps places, bodies, posts and officers
	ListKeeper  Role = "list_keeper"  // adopts versions of the duty list
	Reviewer    Role = "reviewer"     // decides appeals of what others did
	Judicial    Role = "judicial"     // of a court or a procuratorate: reads, recommends, changes nothing
	GuideEditor Role = "guide_editor" // drafts, publishes and reviews articles of its body
)

// Roles lists every role.
var Roles = []Role{Desk, Handler, Supervisor, Coordinator, Registrar, ListKeeper, Reviewer, Judicial, GuideEditor}

// ID returns the dossier of a body.
func ID(b civic.BodyID) civic.DossierID { return civic.DossierID("body/" + string(b)) }

// State is one body: its acts folded. The zero State is a body that was never founded.
type State struct {
	Body        civic.BodyID    `json:"body"`
	Kind        Kind            `json:"kind"`
	Titles      Titles          `json:"titles"`
	Parent      civic.BodyID    `json:"parent,omitempty"`
	Place       civic.PlaceID   `json:"place"`
	Coordinates []civic.PlaceID `json:"coordinates,omitempty"` // sorted
	Posts       []PostState     `json:"posts,omitempty"`       // in the order of their codes, closed ones too
	Founded     civic.Instant   `json:"founded"`
	// Ended is when the body was merged or abolished, 0 while it lives; Successor is who then answers.
	Ended     civic.Instant `json:"ended,omitempty"`
	Merged    bool          `json:"merged,omitempty"`
	Successor civic.BodyID  `json:"successor,omitempty"`
}

// PostState is one post of a body.
type PostState struct {
	Post       civic.PostID  `json:"post"`
	Titles     Titles        `json:"titles"`
	Roles      []Role        `json:"roles"`
	Supervisor civic.PostID  `json:"supervisor,omitempty"`
	Created    civic.Instant `json:"created"`
	Closed     civic.Instant `json:"closed,omitempty"`
	Terms      []Term        `json:"terms,omitempty"` // in the order of From
}

// Term is the time that a person sits in a post: From ≤ t < Until, Until 0 for no end.
type Term struct {
	Person     civic.PersonID `json:"person"`
	Digest     string         `json:"digest"`
	PublicName string         `json:"public_name,omitempty"`
	From       civic.Instant  `json:"from"`
	Until      civic.Instant  `json:"until,omitempty"`
}

// Exists reports whether the body was ever founded.
func (s State) Exists() bool { return s.Body != "" }

// Lives reports whether the body exists and has not ended.
func (s State) Lives() bool { return s.Body != "" && s.Ended == 0 }

// Post finds a post by its code, closed ones too.
func (s State) Post(p civic.PostID) (PostState, bool) {
	i, ok := s.find(p)
	if !ok {
		return PostState{}, false
	}
	return s.Posts[i], true
}

func (s State) find(p civic.PostID) (int, bool) {
	return slices.BinarySearchFunc(s.Posts, p, func(q PostState, p civic.PostID) int {
		return strings.Compare(string(q.Post), string(p))
	})
}

// Open reports whether the post has not been closed.
func (p PostState) Open() bool { return p.Post != "" && p.Closed == 0 }

// Has reports whether the post has a role.
func (p PostState) Has(r Role) bool { return slices.Contains(p.Roles, r) }

// Seated returns the term that runs at a moment. A post whose term has run out is an
// empty chair from that midnight on, without any act.
func (p PostState) Seated(at civic.Instant) (Term, bool) {
	for _, t := range p.Terms {
		if t.Runs(at) {
			return t, true
		}
	}
	return Term{}, false
}

// Runs reports whether the term holds a moment.
func (t Term) Runs(at civic.Instant) bool {
	return t.From <= at && (t.Until == 0 || at < t.Until)
}

func (t Term) meets(u Term) bool {
	return (t.Until == 0 || u.From < t.Until) && (u.Until == 0 || t.From < u.Until)
}

// Wake is when the clock next has business with a body: never, terms end by themselves.
func Wake(State) civic.Instant { return 0 }
