package review

import (
	"context"
	"fmt"

	"skein/face"
	"skein/frame/access"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
)

// ReadRequest opens what somebody wrote: for whoever shows the code, and for a reviewer who may read it, once that is written down. It is
// empty for everyone else, and where it is erased.
func (a *API) ReadRequest(ctx context.Context, s Request, code string) (text string, hers bool, err error) {
	if hers = code != "" && a.Ports.CodeFits(code, s.Back); s.Box == "" {
		return "", hers, nil
	}
	if hers {
		part, err := a.Site.Access.OwnPart(ctx, s.Box, s.Text)
		if access.Gone(err) {
			return "", true, nil
		}
		return string(part.Text), true, err
	}
	actor := face.Actor(ctx)
	if actor.Kind != civic.Post || a.ownRequest(ctx, s) != nil {
		return "", false, nil
	}
	answer := a.Site.Realm.View().Ask(actor, ActionReadRequest, s.ID, s, a.Site.Realm.Now())
	if !answer.Allowed {
		return "", false, nil
	}
	contents, err := a.Site.Access.Open(ctx, access.Who{Actor: actor, Power: answer.Policy, Purpose: access.Review}, s.Box, s.Text)
	if err != nil || len(contents) == 0 {
		if access.Gone(err) {
			err = nil
		}
		return "", false, err
	}
	return string(contents[0].Text), false, nil
}

var requestNone = civic.Refuse(civic.Missing, "review.request_none")

// FindRequest reads a request by its code.
func (a *API) FindRequest(ctx context.Context, code string) (Request, error) {
	s, err := clerk.Find[Request](ctx, a.Site.Realm, KindRequest, code)
	if err == nil && !s.Exists() {
		err = requestNone
	}
	return s, err
}

// ShownRequest is what is shown of a request.
type ShownRequest struct {
	Request string        `json:"request"`
	Subject Subject       `json:"subject"`
	Aspects []string      `json:"aspects,omitempty"`
	Status  RequestStatus `json:"status"`
	Asked   face.Time     `json:"asked"`
	Due     *face.Time    `json:"due,omitempty" doc:"Until when a reviewer takes it up or says why not"`
	Finding string        `json:"finding,omitempty" doc:"The review of it"`
	Law     string        `json:"law,omitempty"`
	Reasons string        `json:"reasons,omitempty" doc:"Why it is not examined"`
	Text    string        `json:"text,omitempty" doc:"What was written: for whoever asked, and for reviewers"`
	// Readings are for whoever asked.
	Readings []RequestReading `json:"readings,omitempty" doc:"Who read what was written, the latest first: for whoever asked"`
}

// RequestReading is one time that a post read it.
type RequestReading struct {
	At      face.Time      `json:"at" doc:"To the minute"`
	Post    civic.PostID   `json:"post"`
	Body    civic.BodyID   `json:"body"`
	Power   string         `json:"power" doc:"The policy that permits it; /powers/{power}"`
	Purpose access.Purpose `json:"purpose" enum:"review,own_rule"`

	minute civic.Instant
}

// RequestReadings are who read what somebody wrote, for whoever has shown to be her. They go with what they are of.
func (a *API) RequestReadings(ctx context.Context, s Request) ([]RequestReading, error) {
	if s.Box == "" {
		return nil, nil
	}
	rows, err := a.Site.Access.Of(ctx, s.Box)
	var out []RequestReading
	for _, r := range rows {
		out = append(out, RequestReading{At: a.Site.Time(r.Minute), Post: r.Post(), Body: r.Post().Body(), Power: r.Power, Purpose: r.Purpose, minute: r.Minute})
	}
	return out, err
}

func (a *API) shownRequest(s Request) ShownRequest {
	return ShownRequest{
		Request: s.Code(), Subject: a.shownSubject(s.Subject), Aspects: s.Aspects, Status: s.Status, Asked: a.Site.Time(s.Asked), Due: a.Site.TimeOrNil(s.Due()),
		Finding: s.Finding, Law: s.Law,
	}
}

// RequestReasons is why a request is not taken up; "" where nothing was said.
func (a *API) RequestReasons(ctx context.Context, s Request) (string, error) {
	if s.Reasons == "" {
		return "", nil
	}
	_, text, err := journal.Document(ctx, a.Site.Realm.DB.R, a.Site.Realm.ID, s.Reasons)
	return string(text), err
}

type requestOut struct{ Body ShownRequest }

func (a *API) request(ctx context.Context, in *RequestIn) (*requestOut, error) {
	s, err := a.FindRequest(ctx, in.Request)
	if err != nil {
		return nil, err
	}
	out := &requestOut{a.shownRequest(s)}
	if out.Body.Reasons, err = a.RequestReasons(ctx, s); err != nil {
		return nil, err
	}
	var hers bool
	if out.Body.Text, hers, err = a.ReadRequest(ctx, s, in.Tracking); err == nil && hers {
		out.Body.Readings, err = a.RequestReadings(ctx, s)
	}
	return out, err
}

type requestsOut struct{ Body RequestList }

// RequestList is the requests that wait.
type RequestList struct {
	Requests []ShownRequest `json:"requests"`
}

// mostRequests bounds a list of requests.
const mostRequests = 100

// WaitingRequests are those that nobody has said anything to, by when that is due.
func (a *API) WaitingRequests(ctx context.Context) ([]Request, error) {
	ids, err := journal.DossierIDs(ctx, a.Site.Realm.DB.R, fmt.Sprintf("SELECT dossier FROM review_requests WHERE realm = $1 AND status = $2 ORDER BY due, dossier LIMIT %d", mostRequests),
		string(a.Site.Realm.ID), string(RequestWaits))
	if err != nil {
		return nil, err
	}
	var out []Request
	for _, id := range ids {
		s, err := a.FindRequest(ctx, id.Key())
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func (a *API) requests(ctx context.Context, _ *struct{}) (*requestsOut, error) {
	all, err := a.WaitingRequests(ctx)
	if err != nil {
		return nil, err
	}
	out := &requestsOut{RequestList{Requests: []ShownRequest{}}}
	for _, s := range all {
		out.Body.Requests = append(out.Body.Requests, a.shownRequest(s))
	}
	return out, nil
}
