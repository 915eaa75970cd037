package body

import (
	"skein/frame/civic"
	"skein/frame/journal"
)

// Titles is a text by language tag.
type Titles = civic.Titles

// Founded is the first act of a body: it exists from now on.
type Founded struct {
	Body        civic.BodyID    `json:"body"`
	Kind        Kind            `json:"kind"`
	Titles      Titles          `json:"titles"`
	Parent      civic.BodyID    `json:"parent,omitempty"`
	Place       civic.PlaceID   `json:"place"`
	Coordinates []civic.PlaceID `json:"coordinates,omitempty"`
}

// PostCreated adds a post to the body.
type PostCreated struct {
	Post       civic.PostID `json:"post"`
	Titles     Titles       `json:"titles"`
	Roles      []Role       `json:"roles"`
	Supervisor civic.PostID `json:"supervisor,omitempty"`
}

// PostChanged gives a post its whole new title, roles and supervisor.
type PostChanged struct {
	Post       civic.PostID `json:"post"`
	Titles     Titles       `json:"titles"`
	Roles      []Role       `json:"roles"`
	Supervisor civic.PostID `json:"supervisor,omitempty"`
}

// PostClosed ends a post for ever; its code is not used again.
type PostClosed struct {
	Post civic.PostID `json:"post"`
}

// OfficerSeated puts a person in a post for a term. The name is in the vault under
// Person and Digest; PublicName stands here only where the realm's law wants it published.
type OfficerSeated struct {
	Post       civic.PostID   `json:"post"`
	Person     civic.PersonID `json:"person"`
	Digest     string         `json:"digest"`
	PublicName string         `json:"public_name,omitempty"`
	// From is the first moment of the term and Until the first moment after it: local
	// midnight in the realm's zone. Until 0 is a term without an end.
	From  civic.Instant `json:"from"`
	Until civic.Instant `json:"until,omitempty"`
}

// OfficerLeft ends a term before its day, at the act's own time.
type OfficerLeft struct {
	Post   civic.PostID   `json:"post"`
	Person civic.PersonID `json:"person"`
	At     civic.Instant  `json:"at"`
}

// Renamed gives the body its whole new title.
type Renamed struct {
	Titles Titles `json:"titles"`
}

// Moved puts the body under another one, or under none.
type Moved struct {
	Parent civic.BodyID `json:"parent,omitempty"`
}

// CoordinationSet makes the body the coordinating body of a place.
type CoordinationSet struct {
	Place civic.PlaceID `json:"place"`
}

// CoordinationLifted ends that; it stands on the body that coordinated before.
type CoordinationLifted struct {
	Place civic.PlaceID `json:"place"`
	// To is the body that coordinates the place from now on.
	To civic.BodyID `json:"to"`
}

// Merged ends the body; the one it goes into answers for its open matters.
type Merged struct {
	Into civic.BodyID `json:"into"`
}

// Abolished ends the body; its successor answers for its open matters.
type Abolished struct {
	Successor civic.BodyID `json:"successor"`
}

func (Founded) Type() string            { return "body.founded" }
func (PostCreated) Type() string        { return "body.post_created" }
func (PostChanged) Type() string        { return "body.post_changed" }
func (PostClosed) Type() string         { return "body.post_closed" }
func (OfficerSeated) Type() string      { return "body.officer_seated" }
func (OfficerLeft) Type() string        { return "body.officer_left" }
func (Renamed) Type() string            { return "body.renamed" }
func (Moved) Type() string              { return "body.moved" }
func (CoordinationSet) Type() string    { return "body.coordination_set" }
func (CoordinationLifted) Type() string { return "body.coordination_lifted" }
func (Merged) Type() string             { return "body.merged" }
func (Abolished) Type() string          { return "body.abolished" }

func (Founded) Version() int            { return 1 }
func (PostCreated) Version() int        { return 1 }
func (PostChanged) Version() int        { return 1 }
func (PostClosed) Version() int         { return 1 }
func (OfficerSeated) Version() int      { return 1 }
func (OfficerLeft) Version() int        { return 1 }
func (Renamed) Version() int            { return 1 }
func (Moved) Version() int              { return 1 }
func (CoordinationSet) Version() int    { return 1 }
func (CoordinationLifted) Version() int { return 1 }
func (Merged) Version() int             { return 1 }
func (Abolished) Version() int          { return 1 }

// Register tells the journal every act type of this room.
func Register(r *journal.Registry) { r.Register(Events()...) }

// Events is one example of every event type.
func Events() []journal.Event {
	return []journal.Event{Founded{}, PostCreated{}, PostChanged{}, PostClosed{}, OfficerSeated{}, OfficerLeft{}, Renamed{}, Moved{}, CoordinationSet{}, CoordinationLifted{}, Merged{}, Abolished{}}
}
