package matter

import (
	"cmp"
	"context"
	"slices"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/store"
)

// What somebody owes a matter next. It is what the queue of a body is put in order by.
const (
	OweTriage     = "triage"     // the desk: something stands in the way of a lead
	OweRelease    = "release"    // the desk: texts or photos that nobody has decided on
	OweAccept     = "accept"     // the lead: to accept or object
	OweAnswer     = "answer"     // the lead
	OweResume     = "resume"     // the lead, before the longest pause is over
	OweContribute = "contribute" // a joint body
	OweRule       = "rule"       // the coordinating body: who is responsible
	OweDecline    = "decline"    // the coordinating body: whether no body here holds the power
)

// Owes lists all of it.
var Owes = []string{OweTriage, OweRelease, OweAccept, OweAnswer, OweResume, OweContribute, OweRule, OweDecline}

// Owing is what a body owes a matter, and by when; Body is empty for whoever sits at the desk.
type Owing struct {
	Body civic.BodyID
	What string
	Due  civic.Instant
}

// Owed is what is owed on a matter by people, each with the limit that runs for it.
func Owed(s State) []Owing {
	var out []Owing
	add := func(body civic.BodyID, what string, due civic.Instant) { out = append(out, Owing{body, what, due}) }
	switch s.Status {
	case StatusReceived:
		add("", OweTriage, s.TriageBy.Due)
		if s.Coordinator != "" && (s.Triage == TriageGap || s.Triage == TriageOverlap || s.Triage == TriageConflict) {
			add(s.Coordinator, OweRule, s.TriageBy.Due)
		}
	case StatusAssigned:
		add(s.Lead, OweAccept, s.Response.Due)
	case StatusObjected:
		add(s.Coordinator, OweRule, s.Ruling.Due)
	case StatusWorking:
		add(s.Lead, OweAnswer, s.Resolution.Due)
		if s.Declining {
			add(s.Coordinator, OweDecline, s.Ruling.Due)
		}
	case StatusPaused:
		if n := len(s.Pauses); n > 0 {
			add(s.Lead, OweResume, s.Pauses[n-1].Until)
		}
	}
	if s.Status == StatusWorking || s.Status == StatusPaused {
		for _, j := range s.Round.Joint {
			if j.Contributed == 0 {
				add(j.Body, OweContribute, j.Term.Due)
			}
		}
	}
	if s.ReleaseBy.Due != 0 && s.Visibility != Private && slices.ContainsFunc(s.Items, func(it Item) bool { return it.Showing == ShowUndecided }) {
		add("", OweRelease, s.ReleaseBy.Due)
	}
	return out
}

// OwedTable has a row for each of them, numbered within its matter by what is owed and by whom.
var OwedTable = &store.Table{Name: "matter_owed", Key: 3, Replace: true, Columns: store.Columns("realm:t dossier:t n:i body:t what:t due:i")}

func owedRows(realm civic.Realm, id civic.DossierID, s State) []store.Write {
	owed := Owed(s)
	slices.SortFunc(owed, func(a, b Owing) int { return cmp.Or(cmp.Compare(a.What, b.What), cmp.Compare(a.Body, b.Body)) })
	out := make([]store.Write, len(owed))
	for i, o := range owed {
		out[i] = store.Write{Table: OwedTable, Row: store.Row{string(realm), string(id), int64(i), string(o.Body), o.What, int64(o.Due)}}
	}
	return out
}

// Work is a matter in a queue: what is owed, by when, and the matter as who asks may see it.
type Work struct {
	Owing
	State State
	View  View
}

// Queue narrows what is owed; zero fields do not.
type Queue struct {
	Body civic.BodyID // empty for the desk
	What []string     // any of these
	From int          // so many are passed over
	Most int
}

// mostWork bounds a page of a queue.
const mostWork = 200

// Docket is what a body, or the desk, owes: what runs out first comes first, and only what who asks may read. next is where the
// page after begins, 0 on the last.
func (a *API) Docket(ctx context.Context, q Queue) (work []Work, next int, err error) {
	q.Most = min(max(q.Most, 1), mostWork)
	page, more, err := a.enrolledRoll().Owed(ctx, q)
	if err != nil {
		return nil, 0, err
	}
	if more {
		next = max(q.From, 0) + q.Most
	}
	work = make([]Work, 0, len(page))
	for _, o := range page {
		state, _, err := a.Site.Realm.State(ctx, o.id)
		if err != nil {
			return nil, 0, err
		}
		s := state.(State)
		eyes := a.Eyes(ctx, s, "")
		if v, ok := Visible(s, eyes); ok && eyes.Post != "" && v.Concerned() {
			work = append(work, Work{Owing{q.Body, o.what, o.due}, s, v})
		}
	}
	return work, next, nil
}

// would asks the powers about a matter as it could be: what a post may do with none at hand.
func (a *API) would(actor civic.Actor, s State, action string) bool {
	s.ID = ID(0)
	return actor.Kind == civic.Post && a.May(s, actor, action)
}

// Desk reports whether who asks sits at the desk, by asking the powers.
func (a *API) Desk(actor civic.Actor) bool {
	return a.would(actor, State{}, Triage{}.Name())
}

// Coordinates reports whether who asks rules for her body on who is responsible.
func (a *API) Coordinates(actor civic.Actor) bool {
	return a.would(actor, State{Coordinator: actor.Post.Body()}, Rule{}.Name())
}

// Handles reports whether who asks handles matters that her body leads.
func (a *API) Handles(actor civic.Actor) bool {
	return a.would(actor, State{Round: Round{Lead: actor.Post.Body()}}, Accept{}.Name())
}

// postsOnly refuses whoever acts in no post.
func postsOnly(actor civic.Actor) error {
	if actor.Kind == civic.Post {
		return nil
	}
	return civic.Refuse(civic.Forbidden, "matter.posts_only")
}

type workIn struct {
	Desk bool   `query:"desk" doc:"What the desk owes, instead of one's own body"`
	What string `query:"what" enum:"triage,release,accept,answer,resume,contribute,rule,decline" doc:"Only this"`
	From int    `query:"from" minimum:"0" maximum:"1000000" doc:"So many are passed over"`
	Most int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type workOut struct{ Body WorkList }

// WorkList is a page of what a body owes.
type WorkList struct {
	Work []WorkRow `json:"work"`
	Next int       `json:"next,omitempty" doc:"Give it as from to get the next page"`
}

// WorkRow is what is owed on a matter.
type WorkRow struct {
	What     string         `json:"what"`
	By       Time           `json:"by"`
	Late     bool           `json:"late,omitempty"`
	Number   string         `json:"number"`
	Category civic.Category `json:"category,omitempty"`
	Place    civic.PlaceID  `json:"place,omitempty"`
	Status   Status         `json:"status"`
}

// work is the door for programs.
func (a *API) work(ctx context.Context, in *workIn) (*workOut, error) {
	actor := face.Actor(ctx)
	if err := postsOnly(actor); err != nil {
		return nil, err
	}
	q := Queue{Body: actor.Post.Body(), From: in.From, Most: in.Most}
	if in.Desk {
		if !a.Desk(actor) {
			return nil, civic.Refuse(civic.Forbidden, "power.none", "action", Triage{}.Name(), "policies", "")
		}
		q.Body = ""
	}
	if in.What != "" {
		q.What = []string{in.What}
	}
	all, next, err := a.Docket(ctx, q)
	if err != nil {
		return nil, err
	}
	out := &workOut{WorkList{Work: []WorkRow{}, Next: next}}
	now := a.Site.Realm.Now()
	for _, w := range all {
		out.Body.Work = append(out.Body.Work, WorkRow{w.What, a.time(w.Due), w.Due < now, w.View.Number.String(), w.View.Category, w.View.Place, w.View.Status})
	}
	return out, nil
}
