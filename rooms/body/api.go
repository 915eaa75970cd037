package body

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/store"
	"skein/frame/vault"
)

// API is this room's doors for programs.
type API struct{ Site *face.Site }

// Register adds the doors.
func (a *API) Register() {
	s := a.Site
	face.Get(s, "/api/bodies", "bodies", "List bodies in the order of their codes", a.list, "bodies")
	face.Get(s, "/api/bodies/{id}", "body", "One body with its posts", a.one, "bodies")
	face.Post(s, "/api/bodies", "body-found", "Found a body", a.found, "bodies")
	change[CreatePost](a, "create-post", "Add a post")
	change[ChangePost](a, "change-post", "Give a post another title, other roles or another supervisor")
	change[ClosePost](a, "close-post", "Close a post")
	change[Rename](a, "rename", "Give it new titles")
	change[Move](a, "move", "Put it under another body, or under none")
	change[SetCoordination](a, "set-coordination", "Make it the coordinating body of a place")
	change[Merge](a, "merge", "End it into another body")
	change[Abolish](a, "abolish", "End it and name its successor")
	face.Post(s, "/api/bodies/{id}/seat", "body-seat", "Seat an officer in a post", a.seat, "bodies")
	face.Post(s, "/api/bodies/{id}/leave", "body-leave", "End an officer's term before its day", a.leave, "bodies")
}

// Shown is a body as programs read it.
type Shown struct {
	Body        civic.BodyID    `json:"body"`
	Kind        Kind            `json:"kind"`
	Titles      Titles          `json:"titles"`
	Parent      civic.BodyID    `json:"parent,omitempty"`
	Place       civic.PlaceID   `json:"place"`
	Coordinates []civic.PlaceID `json:"coordinates,omitempty" doc:"The places that it is the coordinating body of"`
	Founded     face.Time       `json:"founded"`
	Ended       *face.Time      `json:"ended,omitempty"`
	Merged      bool            `json:"merged,omitempty"`
	Successor   civic.BodyID    `json:"successor,omitempty"`
	Posts       []ShownPost     `json:"posts,omitempty"`
}

// ShownPost is a post. Who sits in it is said by name only where the realm's law has
// officers' names published.
type ShownPost struct {
	Post       civic.PostID `json:"post"`
	Titles     Titles       `json:"titles"`
	Roles      []Role       `json:"roles"`
	Supervisor civic.PostID `json:"supervisor,omitempty"`
	Closed     *face.Time   `json:"closed,omitempty"`
	Occupied   bool         `json:"occupied"`
	Officer    string       `json:"officer,omitempty"`
	Since      *face.Time   `json:"since,omitempty"`
	Until      *face.Time   `json:"until,omitempty"`
}

func (a *API) show(s State) Shown {
	return Shown{
		Body: s.Body, Kind: s.Kind, Titles: s.Titles, Parent: s.Parent, Place: s.Place, Coordinates: s.Coordinates,
		Founded: a.Site.Time(s.Founded), Ended: a.Site.TimeOrNil(s.Ended), Merged: s.Merged, Successor: s.Successor,
	}
}

func (a *API) posts(s State) []ShownPost {
	now := a.Site.Realm.Now()
	named := a.Site.Realm.View().Settings.PublicOfficers
	out := make([]ShownPost, 0, len(s.Posts))
	for _, p := range s.Posts {
		shown := ShownPost{Post: p.Post, Titles: p.Titles, Roles: p.Roles, Supervisor: p.Supervisor, Closed: a.Site.TimeOrNil(p.Closed)}
		if t, seated := p.Seated(now); seated && p.Open() && s.Lives() {
			shown.Occupied, shown.Since, shown.Until = true, a.Site.TimeOrNil(t.From), a.Site.TimeOrNil(t.Until)
			if named {
				shown.Officer = t.PublicName
			}
		}
		out = append(out, shown)
	}
	return out
}

type listIn struct {
	Kind  Kind          `query:"kind" enum:"coordinating,public,committee,mass,social,enterprise"`
	Place civic.PlaceID `query:"place" maxLength:"64" doc:"Only those at home in this place"`
	Under civic.BodyID  `query:"under" maxLength:"64" doc:"Only this body and those under it"`
	Ended bool          `query:"ended" doc:"Merged and abolished bodies too"`
	After civic.BodyID  `query:"after" maxLength:"64" doc:"The code of the last body of the page before"`
	Limit int           `query:"limit" minimum:"1" maximum:"1000" default:"200"`
}

type listOut struct {
	Link string `header:"Link"`
	Body List
}

// List is a page of bodies.
type List struct {
	Bodies []Shown      `json:"bodies"`
	Next   civic.BodyID `json:"next,omitempty" doc:"Give it as after to get the next page"`
}

func (a *API) list(_ context.Context, in *listIn) (*listOut, error) {
	c := CatalogIn(a.Site.Realm.View())
	out := &listOut{Body: List{Bodies: []Shown{}}}
	for s := range c.Bodies() {
		if s.Body <= in.After || !s.Lives() && !in.Ended || in.Kind != "" && s.Kind != in.Kind ||
			in.Place != "" && s.Place != in.Place || in.Under != "" && !c.Under(s.Body, in.Under) {
			continue
		}
		if len(out.Body.Bodies) == in.Limit {
			out.Body.Next = out.Body.Bodies[in.Limit-1].Body
			q := url.Values{"limit": {fmt.Sprint(in.Limit)}, "after": {string(out.Body.Next)}}
			for name, value := range map[string]string{"kind": string(in.Kind), "place": string(in.Place), "under": string(in.Under)} {
				if value != "" {
					q.Set(name, value)
				}
			}
			if in.Ended {
				q.Set("ended", "true")
			}
			out.Link = a.Site.NextPage("/api/bodies?" + q.Encode())
			break
		}
		out.Body.Bodies = append(out.Body.Bodies, a.show(s))
	}
	return out, nil
}

// Named is the body that a path names.
type Named struct {
	ID civic.BodyID `path:"id" maxLength:"64"`
}

type bodyOut struct{ Body Shown }

func (a *API) one(_ context.Context, in *Named) (*bodyOut, error) {
	s, ok := CatalogIn(a.Site.Realm.View()).Body(in.ID)
	if !ok {
		return nil, civic.Refuse(civic.Missing, "body.missing")
	}
	out := a.show(s)
	out.Posts = a.posts(s)
	return &bodyOut{out}, nil
}

type foundIn struct {
	face.Keyed
	Body Found
}

func (a *API) found(ctx context.Context, in *foundIn) (*face.ReceiptOut, error) {
	return a.Site.Command(ctx, clerk.Task{Command: in.Body, Dossier: ID(in.Body.Body)}, in.Keyed, in.Body)
}

type changeIn[C Command] struct {
	face.Keyed
	Named
	Body C
}

// change registers the door of a command on a body that needs nothing but itself.
func change[C Command](a *API, name, summary string) {
	face.Post(a.Site, "/api/bodies/{id}/"+name, "body-"+name, summary,
		func(ctx context.Context, in *changeIn[C]) (*face.ReceiptOut, error) {
			return a.Site.Command(ctx, clerk.Task{Command: in.Body, Dossier: ID(in.ID)}, in.Keyed, in.Body)
		}, "bodies")
}

type seatIn struct {
	face.Keyed
	Named
	Body struct {
		Post    civic.PostID `json:"post" maxLength:"129"`
		Officer string       `json:"officer" minLength:"1" maxLength:"200" doc:"The name; it is sealed in the vault, and published only where the realm's law says so"`
		From    string       `json:"from" format:"date" doc:"First day of the term"`
		To      string       `json:"to,omitempty" format:"date" doc:"Last day of the term; none is no end"`
	}
}

func (a *API) seat(ctx context.Context, in *seatIn) (*face.ReceiptOut, error) {
	v := a.Site.Realm.View()
	c := Seat{Post: in.Body.Post, From: in.Body.From, To: in.Body.To}
	c, writes, err := Seal(ctx, a.Site.Vault, v, c, in.Body.Officer)
	if err != nil {
		return nil, err
	}
	return a.Site.Command(ctx, clerk.Task{Command: c, Dossier: ID(in.ID), Writes: writes}, in.Keyed, in.Body)
}

// Seal puts an officer's name into a box of its own in the vault and completes the command
// that seats her; the rows go with its acts. The name stands in the command only where the realm's law
// has officers' names published.
func Seal(ctx context.Context, vault *vault.Vault, v *clerk.View, c Seat, officer string) (Seat, []store.Write, error) {
	box, err := vault.NewBox(ctx, v.Realm, "officer")
	if err != nil {
		return c, nil, err
	}
	c.Digest, c.Person = box.Seal("name", []byte(officer)), civic.PersonID(box.ID)
	if v.Settings.PublicOfficers {
		c.PublicName = officer
	}
	return c, box.Writes(), nil
}

type leaveIn struct {
	face.Keyed
	Named
	Body struct {
		Post civic.PostID `json:"post" maxLength:"129"`
		// From tells a coming term from the one that runs.
		From string `json:"from,omitempty" format:"date" doc:"First day of the term to be ended; none is the one that runs, or else the next"`
	}
}

func (a *API) leave(ctx context.Context, in *leaveIn) (*face.ReceiptOut, error) {
	v := a.Site.Realm.View()
	c := Leave{Post: in.Body.Post}
	if p, ok := CatalogIn(v).Post(in.Body.Post); ok {
		now, zone := a.Site.Realm.Now(), a.Site.Zone()
		i := slices.IndexFunc(p.Terms, func(t Term) bool {
			if in.Body.From != "" {
				return t.From.In(zone).Format("2006-01-02") == in.Body.From
			}
			return t.Until == 0 || now < t.Until
		})
		if i >= 0 {
			c.Person = p.Terms[i].Person
		}
	}
	return a.Site.Command(ctx, clerk.Task{Command: c, Dossier: ID(in.ID)}, in.Keyed, in.Body)
}
