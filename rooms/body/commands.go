package body

import "skein/frame/civic"

// Command is what somebody wants of a body. Name is the power it needs: the Cedar action.
type Command interface {
	Name() string
}

// Found starts a body. The dossier is ID(Body).
type Found struct {
	Body        civic.BodyID    `json:"body"`
	Kind        Kind            `json:"kind"`
	Titles      Titles          `json:"titles"`
	Parent      civic.BodyID    `json:"parent,omitempty"`
	Place       civic.PlaceID   `json:"place"`
	Coordinates []civic.PlaceID `json:"coordinates,omitempty"`
}

// CreatePost adds a post.
type CreatePost struct {
	Post       civic.PostID `json:"post"`
	Titles     Titles       `json:"titles"`
	Roles      []Role       `json:"roles"`
	Supervisor civic.PostID `json:"supervisor,omitempty"`
}

// ChangePost replaces title, roles and supervisor of a post.
type ChangePost struct {
	Post       civic.PostID `json:"post"`
	Titles     Titles       `json:"titles"`
	Roles      []Role       `json:"roles"`
	Supervisor civic.PostID `json:"supervisor,omitempty"`
}

// ClosePost ends a post.
type ClosePost struct {
	Post civic.PostID `json:"post"`
}

// Seat puts a person in a post. The name has been sealed in the vault: Person and
// Digest point at it. From and To are days, "2012-01-31", in the realm's zone; To is
// the last day of the term and may be empty.
type Seat struct {
	Post       civic.PostID   `json:"post"`
	Person     civic.PersonID `json:"person"`
	Digest     string         `json:"digest"`
	PublicName string         `json:"public_name,omitempty"`
	From       string         `json:"from"`
	To         string         `json:"to,omitempty"`
}

// Leave ends the term that now runs, or a coming one, before its day.
type Leave struct {
	Post   civic.PostID   `json:"post"`
	Person civic.PersonID `json:"person"`
}

// Rename gives the body a new title.
type Rename struct {
	Titles Titles `json:"titles"`
}

// Move puts the body under another one; an empty Parent puts it under none.
type Move struct {
	Parent civic.BodyID `json:"parent,omitempty"`
}

// SetCoordination makes the body the coordinating body of a place; whoever
// coordinated it before no longer does.
type SetCoordination struct {
	Place civic.PlaceID `json:"place"`
}

// Merge ends the body into another.
type Merge struct {
	Into civic.BodyID `json:"into"`
}

// Abolish ends the body and names who answers for its open matters.
type Abolish struct {
	Successor civic.BodyID `json:"successor"`
}

func (Found) Name() string           { return "body.found" }
func (CreatePost) Name() string      { return "body.create_post" }
func (ChangePost) Name() string      { return "body.change_post" }
func (ClosePost) Name() string       { return "body.close_post" }
func (Seat) Name() string            { return "body.seat" }
func (Leave) Name() string           { return "body.leave" }
func (Rename) Name() string          { return "body.rename" }
func (Move) Name() string            { return "body.move" }
func (SetCoordination) Name() string { return "body.set_coordination" }
func (Merge) Name() string           { return "body.merge" }
func (Abolish) Name() string         { return "body.abolish" }

// Commands is one example of every command.
func Commands() []Command {
	return []Command{
		Found{}, CreatePost{}, ChangePost{}, ClosePost{}, Seat{}, Leave{}, Rename{}, Move{}, SetCoordination{}, Merge{}, Abolish{},
	}
}
