package review

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/science/mask"
)

// Appeal is what is shown of an appeal.
type Appeal struct {
	Number     string        `json:"number"`
	Matter     string        `json:"matter" doc:"The number of the matter, or the code of the merit or fault"`
	Of         string        `json:"of"`
	Ground     string        `json:"ground,omitempty"`
	Law        string        `json:"law,omitempty"`
	Status     Status        `json:"status"`
	Result     Result        `json:"result,omitempty"`
	ResultLaw  string        `json:"result_law,omitempty"`
	Outcome    string        `json:"outcome,omitempty" doc:"What the answer says instead"`
	Within     Limit         `json:"within,omitempty" doc:"Within which limit is decided anew"`
	Respondent civic.BodyID  `json:"respondent,omitempty"`
	Reviewer   civic.PostID  `json:"reviewer,omitempty"`
	Place      civic.PlaceID `json:"place,omitempty"`
	Stay       *Stay         `json:"stay,omitempty"`
	Opened     face.Time     `json:"opened"`
	Due        *face.Time    `json:"due,omitempty" doc:"The limit that runs now"`
	ReplyBy    *face.Time    `json:"reply_by,omitempty"`
	Replied    *face.Time    `json:"replied,omitempty"`
	HearingAt  *face.Time    `json:"hearing_at,omitempty"`
	Decided    *face.Time    `json:"decided,omitempty"`
	ContestBy  *face.Time    `json:"contest_by,omitempty" doc:"Until when a court can be asked"`
	Published  *face.Time    `json:"published,omitempty"`
	Late       bool          `json:"late,omitempty" doc:"The limit for deciding ran out before it was decided"`
	Texts      []Text        `json:"texts,omitempty"`
	Held       int           `json:"held,omitempty" doc:"Texts that are not shown to you"`
	Withheld   []string      `json:"withheld,omitempty" doc:"Digests of what a decision can order to be shown"`
}

// Text is a text that these eyes may read.
type Text struct {
	Digest string `json:"digest"`
	From   string `json:"from"`
	Text   string `json:"text,omitempty" doc:"Empty where it was erased"`
	// Marks are where it looks as if it named somebody, for the reviewer who publishes.
	Marks []Mark `json:"marks,omitempty" doc:"What looks like a person's data, by bytes; for the reviewer"`
}

// Mark is a stretch of a text that looks like somebody's data.
type Mark struct {
	Kind  mask.Kind `json:"kind"`
	Start int       `json:"start"`
	End   int       `json:"end"`
}

type appealOut struct{ Body Appeal }

func (a *API) one(ctx context.Context, in *AppealIn) (*appealOut, error) {
	s, v, actor, err := a.look(ctx, *in)
	if err != nil {
		return nil, err
	}
	out := a.show(s, v)
	texts, err := a.Texts(ctx, s, v, actor)
	if err != nil {
		return nil, err
	}
	for _, it := range v.Items {
		t := Text{Digest: it.Digest, From: it.From, Text: texts[it.Digest]}
		if actor.Kind == civic.Post && actor.Post == s.Reviewer && (it.From == FromFound || it.From == FromReasons) {
			for _, m := range mask.Find(t.Text) {
				t.Marks = append(t.Marks, Mark{m.Kind, m.Start, m.End})
			}
		}
		out.Texts = append(out.Texts, t)
	}
	out.Withheld = v.Withheld
	return &appealOut{out}, nil
}

func (a *API) show(s State, v View) Appeal {
	matter, _, _ := v.Number.ofMatter()
	return Appeal{
		Number: v.Number.String(), Matter: matter, Of: v.Of, Ground: v.Ground, Law: v.Law, Status: v.Status, Result: v.Result, ResultLaw: v.ResultLaw,
		Outcome: v.Outcome, Within: v.Within, Respondent: v.Respondent, Reviewer: v.Reviewer, Place: v.Place, Stay: v.Stay,
		Opened: a.Site.Time(v.Case.Opened), Due: a.Site.TimeOrNil(s.Due()), ReplyBy: a.Site.TimeOrNil(v.Case.ReplyBy), Replied: a.Site.TimeOrNil(v.Case.Replied),
		HearingAt: a.Site.TimeOrNil(v.Case.Hearing.At), Decided: a.Site.TimeOrNil(v.Case.Decided), ContestBy: a.Site.TimeOrNil(v.Contest.Due),
		Published: a.Site.TimeOrNil(v.Published), Late: s.Late(a.Site.Realm.Now()), Held: v.Held,
	}
}

// Late reports whether the limit for deciding ran out before the appeal was decided.
func (s State) Late(now civic.Instant) bool {
	if s.Case.Decided != 0 {
		return s.Case.Decided > s.Case.DecideBy
	}
	return s.Case.Late(now)
}

type listIn struct {
	Status     string `query:"status" enum:"open,taken,decided,withdrawn"`
	Result     string `query:"result" enum:"upheld,varied,quashed,sent_back"`
	Of         string `query:"of" enum:"answer,decline,withholding,masking,merit,fault"`
	Respondent string `query:"respondent" maxLength:"128"`
	After      string `query:"after" maxLength:"60" doc:"The number of the last appeal of the page before"`
	Limit      int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type listOut struct {
	Link string `header:"Link"`
	Body List
}

// List is a page of appeals.
type List struct {
	Appeals []Appeal `json:"appeals"`
	Next    string   `json:"next,omitempty" doc:"Give it as after to get the next page"`
}

func (a *API) list(ctx context.Context, in *listIn) (*listOut, error) {
	states, err := a.Public(ctx, *in)
	if err != nil {
		return nil, err
	}
	out := &listOut{Body: List{Appeals: []Appeal{}}}
	for _, s := range states {
		v, _ := Visible(s, Eyes{})
		out.Body.Appeals = append(out.Body.Appeals, a.show(s, v))
	}
	if len(states) == in.Limit {
		out.Body.Next = states[len(states)-1].Number.String()
		out.Link = a.Site.NextPage(fmt.Sprintf("/api/appeals?limit=%d&after=%s", in.Limit, out.Body.Next))
	}
	return out, nil
}

// Public reads a page of the register: appeals of matters that everyone may see, newest first.
func (a *API) Public(ctx context.Context, in listIn) ([]State, error) {
	args := []any{string(a.Site.Realm.ID)}
	where := "realm = $1 AND private = 0"
	add := func(column, value string) {
		if value != "" {
			args = append(args, value)
			where += fmt.Sprintf(" AND %s = $%d", column, len(args))
		}
	}
	add("status", in.Status)
	add("result", in.Result)
	add("of_act", in.Of)
	add("respondent", in.Respondent)
	if in.After != "" {
		s, err := a.Find(ctx, in.After)
		if err != nil || s.Private { // a private one tells no place in the list
			return nil, none
		}
		args = append(args, int64(s.Case.Opened), string(s.ID))
		where += fmt.Sprintf(" AND (opened < $%d OR opened = $%d AND dossier < $%d)", len(args)-1, len(args)-1, len(args))
	}
	args = append(args, in.Limit)
	return a.states(ctx, fmt.Sprintf("SELECT dossier FROM appeals WHERE %s ORDER BY opened DESC, dossier DESC LIMIT $%d", where, len(args)), args...)
}

func (a *API) states(ctx context.Context, query string, args ...any) ([]State, error) {
	ids, err := journal.DossierIDs(ctx, a.Site.Realm.DB.R, query, args...)
	if err != nil {
		return nil, err
	}
	out := make([]State, 0, len(ids))
	for _, id := range ids {
		s, err := a.state(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// OfMatter are the appeals of a matter that some eyes may know of.
func (a *API) OfMatter(ctx context.Context, matter civic.DossierID) ([]State, error) {
	return a.states(ctx, "SELECT dossier FROM appeals WHERE realm = $1 AND matter = $2 ORDER BY opened, dossier", string(a.Site.Realm.ID), string(matter))
}

// Waiting are the appeals on which somebody owes something, that a post may read: what runs out first comes first.
func (a *API) Waiting(ctx context.Context, actor civic.Actor, after string, limit int) ([]State, error) {
	if actor.Kind != civic.Post {
		return nil, civic.Refuse(civic.Forbidden, "review.posts_only")
	}
	reads := func(s State) bool {
		may, kept := a.reads(ctx, s, actor)
		return may && !kept
	}
	args := []any{string(a.Site.Realm.ID)}
	where := "realm = $1 AND due > 0"
	if after != "" {
		s, err := a.Find(ctx, after)
		if err != nil || !reads(s) {
			return nil, none
		}
		args = append(args, int64(s.Due()), string(s.ID))
		where += " AND (due > $2 OR due = $2 AND dossier > $3)"
	}
	all, err := a.states(ctx, "SELECT dossier FROM appeals WHERE "+where+" ORDER BY due, dossier LIMIT 1000", args...)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(s State) bool { return !reads(s) })
	return all[:min(len(all), limit)], nil
}

type queueIn struct {
	After string `query:"after" maxLength:"60" doc:"The number of the last appeal of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (a *API) queue(ctx context.Context, in *queueIn) (*listOut, error) {
	actor := face.Actor(ctx)
	states, err := a.Waiting(ctx, actor, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &listOut{Body: List{Appeals: []Appeal{}}}
	for _, s := range states {
		v, _ := Visible(s, Eyes{Post: actor.Post})
		out.Body.Appeals = append(out.Body.Appeals, a.show(s, v))
	}
	if len(states) == in.Limit {
		out.Body.Next = states[len(states)-1].Number.String()
		out.Link = a.Site.NextPage(fmt.Sprintf("/api/appeals/queue?limit=%d&after=%s", in.Limit, out.Body.Next))
	}
	return out, nil
}

type rulesOut struct{ Body *Rules }

func (a *API) rules(context.Context, *struct{}) (*rulesOut, error) {
	return &rulesOut{a.Ports.Rules(a.Site.Realm.View())}, nil
}

// Possible is something that somebody may do with an appeal now.
type Possible struct {
	Command string `json:"command" doc:"The last part of its door: /api/appeals/{appeal}/{command}"`
}

// Possible says what somebody may do with an appeal now, by trying it: the powers in force, and the decision on the
// appeal as it is. What is only wrong with what is still to be written is no reason not to offer it.
func (a *API) Possible(ctx context.Context, s State, actor civic.Actor) ([]string, error) {
	words := strings.Repeat("0", 64) // the form of a digest
	var out []string
	for _, c := range []Command{
		Take{}, Reply{Text: words}, AskHearing{}, WaiveHearing{}, CallHearing{Place: words}, HoldHearing{Record: words}, Extend{Reason: words},
		Settle{Result: Upheld, Law: "law", Found: words, Reasons: words}, Publish{Found: words, Reasons: words}, Recuse{Reason: words}, Withdraw{},
	} {
		if a.ownJudge(ctx, s, actor, c.Name()) != nil {
			continue
		}
		refusals, err := a.Site.Realm.Try(ctx, clerk.Task{Command: c, Dossier: s.ID, Actor: actor})
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(refusals, func(r civic.Refusal) bool { return r.Kind != civic.Invalid }) {
			out = append(out, strings.ReplaceAll(strings.TrimPrefix(c.Name(), "review."), "_", "-"))
		}
	}
	return out, nil
}

type possibleOut struct{ Body []Possible }

func (a *API) possible(ctx context.Context, in *AppealIn) (*possibleOut, error) {
	s, _, actor, err := a.look(ctx, *in)
	if err != nil {
		return nil, err
	}
	names, err := a.Possible(ctx, s, actor)
	out := &possibleOut{Body: []Possible{}}
	for _, n := range names {
		out.Body = append(out.Body, Possible{n})
	}
	return out, err
}
