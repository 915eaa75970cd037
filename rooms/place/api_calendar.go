package place

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"

	"skein/face"
	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
)

// ShownCalendar is a calendar as programs read it.
type ShownCalendar struct {
	ID       string         `json:"id"`
	Place    civic.PlaceID  `json:"place,omitempty"`
	Body     civic.BodyID   `json:"body,omitempty"`
	Versions []ShownEdition `json:"versions" doc:"The last is in force"`
	Spec     *calendar.Spec `json:"spec,omitempty" doc:"The data in force, for one calendar"`
}

// ShownEdition is one version of a calendar.
type ShownEdition struct {
	Version string    `json:"version"`
	Digest  string    `json:"digest"`
	Set     face.Time `json:"set"`
	Act     string    `json:"act" doc:"As /api/acts names it"`
}

func (a *API) showCalendar(s CalendarState) ShownCalendar {
	out := ShownCalendar{ID: s.ID, Place: s.Place, Body: s.Body, Versions: []ShownEdition{}}
	for _, e := range s.Editions {
		out.Versions = append(out.Versions, ShownEdition{e.Version, e.Digest, a.Site.Time(e.Set), a.Site.ActName(e.Act)})
	}
	return out
}

type calendarsIn struct {
	After string `query:"after" maxLength:"64" doc:"The id of the last calendar of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"200"`
}

type calendarsOut struct {
	Link string `header:"Link"`
	Body CalendarList
}

// CalendarList is a page of calendars.
type CalendarList struct {
	Calendars []ShownCalendar `json:"calendars"`
	Next      string          `json:"next,omitempty" doc:"Give it as after to get the next page"`
}

func (a *API) calendars(_ context.Context, in *calendarsIn) (*calendarsOut, error) {
	states := slices.Collect(a.catalog().CalendarStates())
	states = slices.DeleteFunc(states, func(s CalendarState) bool { return s.ID <= in.After })
	out := &calendarsOut{Body: CalendarList{Calendars: []ShownCalendar{}}}
	for _, s := range states[:min(in.Limit, len(states))] {
		out.Body.Calendars = append(out.Body.Calendars, a.showCalendar(s))
	}
	if len(states) > in.Limit {
		out.Body.Next = states[in.Limit-1].ID
		out.Link = a.Site.NextPage(fmt.Sprintf("/api/calendars?limit=%d&after=%s", in.Limit, url.QueryEscape(out.Body.Next)))
	}
	return out, nil
}

type calendarIn struct {
	ID string `path:"id" maxLength:"64"`
}

type calendarOut struct{ Body ShownCalendar }

func (a *API) calendar(ctx context.Context, in *calendarIn) (*calendarOut, error) {
	s, ok := a.catalog().CalendarState(in.ID)
	if !ok {
		return nil, civic.Refuse(civic.Missing, "place.calendar_unknown", "calendar", clip(in.ID))
	}
	out := &calendarOut{a.showCalendar(s)}
	if e, ok := s.Current(); ok {
		_, content, err := journal.Document(ctx, a.Site.Realm.DB.R, a.Site.Realm.ID, e.Digest)
		if err != nil {
			return nil, err
		}
		out.Body.Spec = &calendar.Spec{}
		if err := json.Unmarshal(content, out.Body.Spec); err != nil {
			return nil, err
		}
	}
	return out, nil
}

type setCalendarIn struct {
	face.Keyed
	Body struct {
		Place civic.PlaceID `json:"place,omitempty" maxLength:"64" doc:"Whose calendar it is: a place, or a body, or neither"`
		Body  civic.BodyID  `json:"body,omitempty" maxLength:"64"`
		Spec  calendar.Spec `json:"spec"`
	}
}

func (a *API) setCalendar(ctx context.Context, in *setCalendarIn) (*face.ReceiptOut, error) {
	digest, content, refusals := CalendarDocument(in.Body.Spec)
	for i, r := range refusals {
		refusals[i] = r.In(within("spec", r.Field))
	}
	if len(refusals) > 0 {
		return nil, refusals
	}
	c := SetCalendar{ID: in.Body.Spec.ID, Digest: digest, Place: in.Body.Place, Body: in.Body.Body}
	t := clerk.Task{Command: c, Dossier: DossierOf(c)}
	a.document(&t, MediaCalendar, digest, content)
	return a.Site.Command(ctx, t, in.Keyed, in.Body)
}
