package standing

import (
	"context"
	"fmt"
	"strings"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
)

var findingNone = civic.Refuse(civic.Missing, "merit.none")

// find reads a finding by its code.
func (a *FindingAPI) find(ctx context.Context, code string) (Finding, error) {
	f, err := clerk.Find[Finding](ctx, a.Site.Realm, KindFinding, code)
	if err == nil && !f.Exists() {
		err = findingNone
	}
	return f, err
}

func (a *FindingAPI) may(f Finding, actor civic.Actor, action string) bool {
	return a.Site.Realm.View().May(actor, action, f.ID, f, a.Site.Realm.Now())
}

// view is what whoever asks may see of a finding.
func (a *FindingAPI) view(ctx context.Context, f Finding) (FindingView, bool) {
	actor := face.Actor(ctx)
	concerned := actor.Kind == civic.Post && a.may(f, actor, ActionReadFinding)
	return VisibleFinding(f, concerned, a.Ports.Openly(ctx, a.Site.Realm, f.Cited), a.Site.Realm.Now())
}

// Look finds a finding for whoever asks. What she may not know of is as what is not there.
func (a *FindingAPI) Look(ctx context.Context, code string) (Finding, error) {
	f, err := a.find(ctx, code)
	if err != nil {
		return Finding{}, err
	}
	if _, visible := a.view(ctx, f); !visible {
		return Finding{}, findingNone
	}
	return f, nil
}

// Known reports whether everyone may know of a finding, by its dossier.
func (a *FindingAPI) Known(ctx context.Context, id civic.DossierID) bool {
	f, err := a.find(ctx, id.Key())
	if err != nil {
		return false
	}
	_, visible := VisibleFinding(f, false, a.Ports.Openly(ctx, a.Site.Realm, f.Cited), a.Site.Realm.Now())
	return visible
}

// ShownFinding is what is shown of a merit or a finding of fault. Lists leave out posts, cited acts and texts.
type ShownFinding struct {
	Merit     string        `json:"merit" doc:"Its code"`
	Nature    Nature        `json:"nature,omitempty"`
	Status    FindingStatus `json:"status"`
	Body      civic.BodyID  `json:"body,omitempty"`
	Law       string        `json:"law,omitempty"`
	Cited     *Cited        `json:"cited,omitempty"`
	Proposer  civic.PostID  `json:"proposer,omitempty"`
	Decider   civic.PostID  `json:"decider,omitempty"`
	Proposed  *face.Time    `json:"proposed,omitempty"`
	ReplyBy   *face.Time    `json:"reply_by,omitempty"`
	Replied   *face.Time    `json:"replied,omitempty"`
	HearingAt *face.Time    `json:"hearing_at,omitempty"`
	DecideBy  *face.Time    `json:"decide_by,omitempty"`
	Decided   *face.Time    `json:"decided,omitempty"`
	ContestBy *face.Time    `json:"contest_by,omitempty" doc:"Until when the body can appeal"`
	Appealed  bool          `json:"appealed,omitempty" doc:"An appeal waits for its decision"`
	Expires   *face.Time    `json:"expires,omitempty" doc:"Until when it is shown"`
	Quashed   *face.Time    `json:"quashed,omitempty"`
	Texts     []findingText `json:"texts,omitempty"`
}

// listed is a finding as a list shows it: by body.
func (a *FindingAPI) listed(v FindingView) ShownFinding {
	s := a.Site
	return ShownFinding{
		Merit: v.Code, Nature: v.Nature, Status: v.Status, Body: v.Cited.Body, Law: v.Law, Proposed: s.TimeOrNil(v.Case.Opened), Decided: s.TimeOrNil(v.Case.Decided),
		Appealed: v.Appealed, Expires: s.TimeOrNil(v.Expires), Quashed: s.TimeOrNil(v.Quashed),
	}
}

type findingOut struct{ Body ShownFinding }

func (a *FindingAPI) one(ctx context.Context, in *FindingIn) (*findingOut, error) {
	f, err := a.Look(ctx, in.Merit)
	if err != nil {
		return nil, err
	}
	v, _ := a.view(ctx, f)
	out, s := &findingOut{a.listed(v)}, a.Site
	if v.Cited.Dossier != "" {
		cited := v.Cited
		cited.Dossier = "" // its name tells a position
		out.Body.Cited = &cited
	}
	out.Body.Proposer, out.Body.Decider, out.Body.ReplyBy, out.Body.Replied = v.Proposer, v.Decider, s.TimeOrNil(v.Case.ReplyBy), s.TimeOrNil(v.Case.Replied)
	out.Body.HearingAt, out.Body.DecideBy, out.Body.ContestBy = s.TimeOrNil(v.Case.Hearing.At), s.TimeOrNil(v.Case.DecideBy), s.TimeOrNil(v.Case.Contest)
	out.Body.Texts, err = a.texts(ctx, v)
	return out, err
}

type findingsIn struct {
	Of     string `query:"body" maxLength:"128" doc:"Of one body"`
	Nature string `query:"nature" enum:"merit,fault"`
	After  string `query:"after" maxLength:"20" doc:"The code of the last finding of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type findingsOut struct {
	Link string `header:"Link"`
	Body FindingList
}

// FindingList is a page of merits and findings of fault.
type FindingList struct {
	Merits []ShownFinding `json:"merits"`
	Next   string         `json:"next,omitempty" doc:"Give it as after to get the next page"`
}

func (a *FindingAPI) list(ctx context.Context, in *findingsIn) (*findingsOut, error) {
	all, next, err := a.Standing(ctx, *in)
	if err != nil {
		return nil, err
	}
	out := &findingsOut{Body: FindingList{Merits: []ShownFinding{}, Next: next}}
	for _, v := range all {
		out.Body.Merits = append(out.Body.Merits, a.listed(v))
	}
	if next != "" {
		out.Link = a.Site.NextPage(fmt.Sprintf("/api/merits?limit=%d&body=%s&nature=%s&after=%s", in.Limit, in.Of, in.Nature, next))
	}
	return out, nil
}

// Standing is a page of what everyone may read, newest first, and where it goes on.
func (a *FindingAPI) Standing(ctx context.Context, in findingsIn) (out []FindingView, next string, err error) {
	now := a.Site.Realm.Now()
	args := []any{string(a.Site.Realm.ID), int64(now)}
	where := "realm = $1 AND status = 'stands' AND expires >= $2"
	add := func(column, value string) {
		if value != "" {
			args = append(args, value)
			where += fmt.Sprintf(" AND %s = $%d", column, len(args))
		}
	}
	add("body", in.Of)
	add("nature", in.Nature)
	if in.After != "" {
		f, err := a.find(ctx, in.After)
		if err != nil || !a.Known(ctx, f.ID) || f.Status != FindingStands {
			return nil, "", findingNone
		}
		args = append(args, int64(f.Case.Decided), string(f.ID))
		where += fmt.Sprintf(" AND (decided < $%d OR decided = $%d AND dossier < $%d)", len(args)-1, len(args)-1, len(args))
	}
	all, err := a.findings(ctx, "SELECT dossier FROM merits WHERE "+where+" ORDER BY decided DESC, dossier DESC LIMIT 5000", args...)
	if err != nil {
		return nil, "", err
	}
	for _, f := range all {
		v, visible := VisibleFinding(f, false, a.Ports.Openly(ctx, a.Site.Realm, f.Cited), now)
		if !visible {
			continue
		}
		if len(out) == in.Limit {
			return out, out[len(out)-1].Code, nil
		}
		out = append(out, v)
	}
	return out, "", nil
}

func (a *FindingAPI) findings(ctx context.Context, query string, args ...any) ([]Finding, error) {
	ids, err := journal.DossierIDs(ctx, a.Site.Realm.DB.R, query, args...)
	if err != nil {
		return nil, err
	}
	var out []Finding
	for _, id := range ids {
		f, err := a.find(ctx, id.Key())
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// Waiting is what is proposed and not decided, as far as whoever asks may read it.
func (a *FindingAPI) Waiting(ctx context.Context) ([]FindingView, error) {
	if face.Actor(ctx).Kind != civic.Post {
		return nil, nil
	}
	all, err := a.findings(ctx, "SELECT dossier FROM merits WHERE realm = $1 AND status = 'proposed' ORDER BY dossier LIMIT 1000", string(a.Site.Realm.ID))
	var out []FindingView
	for _, f := range all {
		if v, visible := a.view(ctx, f); visible {
			out = append(out, v)
		}
	}
	return out, err
}

func (a *FindingAPI) queue(ctx context.Context, _ *struct{}) (*findingsOut, error) {
	if face.Actor(ctx).Kind != civic.Post {
		return nil, civic.Refuse(civic.Forbidden, "merit.posts_only")
	}
	all, err := a.Waiting(ctx)
	out := &findingsOut{Body: FindingList{Merits: []ShownFinding{}}}
	for _, v := range all {
		out.Body.Merits = append(out.Body.Merits, a.listed(v))
	}
	return out, err
}

// possible says what whoever asks may do with a finding now, by trying it.
func (a *FindingAPI) possible(ctx context.Context, f Finding) ([]string, error) {
	digest, actor := strings.Repeat("0", 64), face.Actor(ctx)
	var out []string
	for _, c := range []FindingCommand{
		ReplyFinding{Text: digest}, AskFindingHearing{}, WaiveFindingHearing{}, CallFindingHearing{Place: digest}, HoldFindingHearing{Record: digest},
		DecideOnFinding{Result: ResultUnproved, Law: "law", Facts: digest, Reasons: digest}, AppealFinding{Reason: digest}, DropFinding{},
	} {
		if actor.Kind != civic.Post || a.ownJudge(ctx, f, c.Name()) != nil {
			continue
		}
		refusals, err := a.Site.Realm.Try(ctx, clerk.Task{Command: c, Dossier: f.ID, Actor: actor})
		if err != nil {
			return nil, err
		}
		offered := true
		for _, r := range refusals {
			offered = offered && r.Kind == civic.Invalid
		}
		if offered {
			out = append(out, strings.ReplaceAll(strings.TrimPrefix(c.Name(), "merit."), "_", "-"))
		}
	}
	return out, nil
}
