package place

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/frame/store"
)

// API is this room's doors for programs.
type API struct {
	Site      *face.Site
	Addresses *Addresses
}

// Register adds the doors.
func (a *API) Register() {
	s := a.Site
	face.Get(s, "/api/places", "places", "List places in the order of their codes", a.list, "places")
	face.Get(s, "/api/places/at", "places-at", "Which places hold this point? The most specific first", a.at, "places")
	face.Get(s, "/api/places/{id}", "place", "One place with those above and right below it", a.one, "places")
	face.Get(s, "/api/places/{id}/boundary", "place-boundary", "Its boundary as GeoJSON (RFC 7946)", a.boundary, "places")
	face.Post(s, "/api/places", "place-found", "Found a place", a.found, "places")
	face.Post(s, "/api/places/import", "place-import", "Found and update many places, all or none", a.imports, "places")
	face.Post(s, "/api/places/{id}/redraw", "place-redraw", "Give it another boundary", a.redraw, "places")
	change[Rename](a, "rename", "Give it new titles")
	change[Move](a, "move", "Put it under another place")
	change[Reclassify](a, "reclassify", "Give it another kind and rank")
	change[Close](a, "close", "Close it and name its successor")
	face.Ask(s, "/api/addresses/find", "addresses-find", "Find addresses by their words; nothing of what is asked is kept", a.findAddresses, "places")
	face.Get(s, "/api/calendars", "calendars", "List calendars in the order of their ids", a.calendars, "calendars")
	face.Get(s, "/api/calendars/{id}", "calendar", "One calendar with its data and versions", a.calendar, "calendars")
	face.Post(s, "/api/calendars", "calendar-set", "Give a calendar a version", a.setCalendar, "calendars")
}

// Shown is a place as programs read it.
type Shown struct {
	Place     civic.PlaceID   `json:"place"`
	Kind      Kind            `json:"kind"`
	Titles    Titles          `json:"titles"`
	Parent    civic.PlaceID   `json:"parent,omitempty"`
	Rank      int             `json:"rank"`
	Depth     *int            `json:"depth,omitempty" doc:"Steps from the root; none where the place is closed"`
	Boundary  string          `json:"boundary,omitempty" doc:"Digest of its boundary"`
	Square    float64         `json:"square_metres,omitempty"`
	Founded   face.Time       `json:"founded"`
	Closed    *face.Time      `json:"closed,omitempty"`
	Successor civic.PlaceID   `json:"successor,omitempty"`
	Above     []civic.PlaceID `json:"above,omitempty" doc:"Nearest first"`
	Below     []civic.PlaceID `json:"below,omitempty" doc:"Open places right below"`
}

func (a *API) show(c *Catalog, s State) Shown {
	out := Shown{
		Place: s.Place, Kind: s.Kind, Titles: s.Titles, Parent: s.Parent, Rank: s.Rank, Boundary: s.Boundary(),
		Founded: a.Site.Time(s.Founded), Closed: a.Site.TimeOrNil(s.Closed), Successor: s.Successor,
	}
	if p, open := c.Place(s.Place); open {
		out.Depth = &p.Depth
	}
	if area := c.Area(s.Place); area != nil {
		out.Square = area.SquareMetres()
	}
	return out
}

func (a *API) catalog() *Catalog { return CatalogIn(a.Site.Realm.View()) }

type listIn struct {
	Parent civic.PlaceID `query:"parent" maxLength:"64" doc:"Only those right below this place"`
	Within civic.PlaceID `query:"within" maxLength:"64" doc:"Only this place and those below it"`
	Kind   Kind          `query:"kind" maxLength:"32"`
	Closed bool          `query:"closed" doc:"Closed places too"`
	After  civic.PlaceID `query:"after" maxLength:"64" doc:"The code of the last place of the page before"`
	Limit  int           `query:"limit" minimum:"1" maximum:"1000" default:"200"`
}

type listOut struct {
	Link string `header:"Link"`
	Body List
}

// List is a page of places.
type List struct {
	Places []Shown       `json:"places"`
	Next   civic.PlaceID `json:"next,omitempty" doc:"Give it as after to get the next page"`
}

func (a *API) list(_ context.Context, in *listIn) (*listOut, error) {
	c := a.catalog()
	out := &listOut{Body: List{Places: []Shown{}}}
	for s := range c.States() {
		switch {
		case s.Place <= in.After, !s.Open() && !in.Closed, in.Kind != "" && s.Kind != in.Kind, in.Parent != "" && s.Parent != in.Parent,
			in.Within != "" && !c.Within(s.Place, in.Within):
			continue
		}
		if len(out.Body.Places) == in.Limit {
			out.Body.Next = out.Body.Places[in.Limit-1].Place
			q := url.Values{}
			for name, value := range map[string]string{"parent": string(in.Parent), "within": string(in.Within), "kind": string(in.Kind)} {
				if value != "" {
					q.Set(name, value)
				}
			}
			if in.Closed {
				q.Set("closed", "true")
			}
			q.Set("limit", fmt.Sprint(in.Limit))
			q.Set("after", string(out.Body.Next))
			out.Link = a.Site.NextPage("/api/places?" + q.Encode())
			break
		}
		out.Body.Places = append(out.Body.Places, a.show(c, s))
	}
	return out, nil
}

// Named is the place that a path names.
type Named struct {
	ID civic.PlaceID `path:"id" maxLength:"64"`
}

type placeOut struct{ Body Shown }

func (a *API) find(id civic.PlaceID) (*Catalog, State, error) {
	c := a.catalog()
	s, ok := c.State(id)
	if !ok {
		return c, s, civic.Refuse(civic.Missing, "place.missing")
	}
	return c, s, nil
}

func (a *API) one(_ context.Context, in *Named) (*placeOut, error) {
	c, s, err := a.find(in.ID)
	if err != nil {
		return nil, err
	}
	out := a.show(c, s)
	out.Above, out.Below = c.Ancestors(s.Place), c.Children(s.Place)
	return &placeOut{out}, nil
}

func (a *API) boundary(ctx context.Context, in *Named) (*face.Document, error) {
	_, s, err := a.find(in.ID)
	if err != nil {
		return nil, err
	}
	if s.Boundary() == "" {
		return nil, civic.Refuse(civic.Missing, "place.no_boundary", "place", string(in.ID))
	}
	_, content, err := journal.Document(ctx, a.Site.Realm.DB.R, a.Site.Realm.ID, s.Boundary())
	if err != nil {
		return nil, err
	}
	return &face.Document{ContentType: MediaBoundary, Body: content}, nil
}

type atIn struct {
	Lat float64 `query:"lat" required:"true" minimum:"-90" maximum:"90"`
	Lon float64 `query:"lon" required:"true" minimum:"-180" maximum:"180"`
}

type atOut struct{ Body Held }

// Held is the places that hold a point, the most specific first; none outside the realm.
type Held struct {
	Places []Shown `json:"places"`
}

func (a *API) at(_ context.Context, in *atIn) (*atOut, error) {
	c := a.catalog()
	out := &atOut{Held{Places: []Shown{}}}
	for _, id := range c.Holding(in.Lat, in.Lon) {
		s, _ := c.State(id)
		out.Body.Places = append(out.Body.Places, a.show(c, s))
	}
	return out, nil
}

// document puts a public document with a task, in the same commit.
func (a *API) document(t *clerk.Task, media, digest string, content []byte) {
	if t.Documents == nil {
		t.Documents = map[string][]byte{}
	}
	t.Documents[digest] = content
	t.Writes = append(t.Writes, store.Write{
		Table: journal.DocumentTable, Row: store.Row{string(a.Site.Realm.ID), digest, media, content},
	})
}

// drawn takes a boundary given in a request into the task and returns its digest.
func (a *API) drawn(t *clerk.Task, field string, geojson json.RawMessage) (string, error) {
	if len(geojson) == 0 || string(geojson) == "null" {
		return "", nil
	}
	digest, content, refusals := Boundary(geojson)
	for i, r := range refusals {
		refusals[i] = r.In(within(field, r.Field))
	}
	if len(refusals) > 0 {
		return "", refusals
	}
	a.document(t, MediaBoundary, digest, content)
	return digest, nil
}

// Draft is a place to be founded, its boundary in clear.
type Draft struct {
	Place    civic.PlaceID   `json:"place" maxLength:"64"`
	Kind     Kind            `json:"kind" maxLength:"32"`
	Titles   Titles          `json:"titles"`
	Parent   civic.PlaceID   `json:"parent,omitempty" maxLength:"64"`
	Rank     int             `json:"rank,omitempty"`
	Boundary json.RawMessage `json:"boundary,omitempty" doc:"GeoJSON: a polygon or multipolygon, WGS 84"`
}

func (a *API) founding(t *clerk.Task, field string, d Draft) (Found, error) {
	digest, err := a.drawn(t, within(field, "boundary"), d.Boundary)
	return Found{
		Place: d.Place, Kind: d.Kind, Titles: d.Titles, Parent: d.Parent, Rank: d.Rank, Boundary: digest, Source: field,
	}, err
}

type foundIn struct {
	face.Keyed
	Body Draft
}

func (a *API) found(ctx context.Context, in *foundIn) (*face.ReceiptOut, error) {
	var t clerk.Task
	c, err := a.founding(&t, "", in.Body)
	if err != nil {
		return nil, err
	}
	t.Command, t.Dossier = c, DossierOf(c)
	return a.Site.Command(ctx, t, in.Keyed, in.Body)
}

type importIn struct {
	face.Keyed
	Body struct {
		Places []Draft `json:"places" minItems:"1"`
	}
}

func (a *API) imports(ctx context.Context, in *importIn) (*face.ReceiptOut, error) {
	var t clerk.Task
	var c Import
	var refusals civic.Refusals
	for i, d := range in.Body.Places {
		f, err := a.founding(&t, fmt.Sprintf("places[%d]", i), d)
		if rs, refused := civic.AsRefusals(err); refused {
			refusals = append(refusals, rs...)
		} else if err != nil {
			return nil, err
		}
		c.Places = append(c.Places, f)
	}
	if len(refusals) > 0 {
		return nil, refusals
	}
	t.Command, t.Dossier = c, DossierOf(c)
	return a.Site.Command(ctx, t, in.Keyed, in.Body)
}

type redrawIn struct {
	face.Keyed
	Named
	Body struct {
		Boundary json.RawMessage `json:"boundary" doc:"GeoJSON: a polygon or multipolygon, WGS 84"`
	}
}

func (a *API) redraw(ctx context.Context, in *redrawIn) (*face.ReceiptOut, error) {
	t := clerk.Task{Dossier: ID(in.ID)}
	digest, err := a.drawn(&t, "boundary", in.Body.Boundary)
	if err != nil {
		return nil, err
	}
	t.Command = Redraw{Boundary: digest}
	return a.Site.Command(ctx, t, in.Keyed, in.Body)
}

type changeIn[C Command] struct {
	face.Keyed
	Named
	Body C
}

// change registers the door of a command on a place that needs nothing but itself.
func change[C Command](a *API, name, summary string) {
	face.Post(a.Site, "/api/places/{id}/"+name, "place-"+name, summary,
		func(ctx context.Context, in *changeIn[C]) (*face.ReceiptOut, error) {
			return a.Site.Command(ctx, clerk.Task{Command: in.Body, Dossier: ID(in.ID)}, in.Keyed, in.Body)
		}, "places")
}
