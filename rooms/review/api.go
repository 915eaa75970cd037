package review

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"strings"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/clerk"
)

// API is this room's doors for programs.
type API struct {
	Site  *face.Site
	Ports Ports
	// Seen says what who asks is to a matter: the reporter's id for whoever has shown to be her, and whether its
	// existence may be known.
	Seen func(ctx context.Context, matter civic.DossierID, tracking string) (reporter civic.PersonID, visible bool)
}

// Register adds the doors.
func (a *API) Register() {
	s := a.Site
	face.Get(s, "/api/appeals", "appeals", "The public register of appeals, newest first", a.list, "reviews")
	face.Get(s, "/api/appeals/queue", "appeals-queue", "What waits for a reviewer, by when it runs out", a.queue, "reviews")
	face.Get(s, "/api/appeals/rules", "appeals-rules", "Grounds, limits, stays and possible results, with their law", a.rules, "reviews")
	face.Get(s, "/api/appeals/{appeal}", "appeal", "One appeal", a.one, "reviews")
	face.Get(s, "/api/appeals/{appeal}/possible", "appeal-possible", "What whoever asks may do with it now", a.possible, "reviews")
	command[Take](a, "take", "Take it as its reviewer, and tell the body whose act it is")
	command[Recuse](a, "recuse", "Step back; another takes it")
	command[Reply](a, "reply", "Reply as the body whose act it is")
	command[AskHearing](a, "ask-hearing", "Ask to be heard")
	command[CallHearing](a, "call-hearing", "Call a hearing")
	command[HoldHearing](a, "hold-hearing", "Record a hearing")
	command[WaiveHearing](a, "waive-hearing", "Give up a hearing that one asked for")
	command[Extend](a, "extend", "Extend the limit for deciding, once")
	command[Settle](a, "decide", "Decide, with reasons")
	command[Publish](a, "publish", "Publish the decision, in words without names")
	command[Withdraw](a, "withdraw", "Withdraw it, as whoever appealed")
	a.registerFindings()
	a.registerRequests()
}

// Tracked shows that one is the reporter of the matter.
type Tracked struct {
	Tracking string `header:"Skein-Tracking" maxLength:"100" doc:"The secret code of an anonymous report"`
}

// AppealIn names an appeal, and shows who asks.
type AppealIn struct {
	Tracked
	Appeal string `path:"appeal" maxLength:"60" doc:"Its number: that of the matter, and a count"`
}

var none = civic.Refuse(civic.Missing, "review.none")

// Find reads the appeal with a number.
func (a *API) Find(ctx context.Context, number string) (State, error) {
	n := Number(strings.TrimSpace(number))
	if _, _, ok := n.ofMatter(); !ok {
		return State{}, none
	}
	var id civic.DossierID
	err := a.Site.Realm.DB.R.QueryRowContext(ctx, "SELECT dossier FROM appeals WHERE realm = $1 AND number = $2", string(a.Site.Realm.ID), string(n)).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return State{}, none
	}
	if err != nil {
		return State{}, err
	}
	return a.state(ctx, id)
}

func (a *API) state(ctx context.Context, id civic.DossierID) (State, error) {
	s, _, err := a.Site.Realm.State(ctx, id)
	if err != nil {
		return State{}, err
	}
	appeal, _ := s.(State)
	if !appeal.Exists() {
		return State{}, none
	}
	return appeal, nil
}

// Eyes says what somebody may see of an appeal, and whether she may know of it at all.
func (a *API) Eyes(ctx context.Context, s State, tracking string) (Eyes, bool) {
	actor := face.Actor(ctx)
	if actor.Kind == civic.Post {
		switch may, kept := a.reads(ctx, s, actor); {
		case may && !kept:
			return Eyes{Post: actor.Post}, true
		case may && actor.Post == s.Reviewer:
			return Eyes{Leaving: true}, true
		}
	}
	reporter, visible := a.Seen(ctx, s.Matter, tracking)
	if actor.Kind == civic.Post {
		reporter = ""
	}
	return Eyes{Appellant: reporter}, visible || reporter != ""
}

// look reads an appeal for who asks. What she may not know of is as what is not there.
func (a *API) look(ctx context.Context, in AppealIn) (State, View, civic.Actor, error) {
	s, err := a.Find(ctx, in.Appeal)
	if err != nil {
		return State{}, View{}, civic.Actor{}, err
	}
	eyes, may := a.Eyes(ctx, s, in.Tracking)
	v, visible := Visible(s, eyes)
	if !may || !visible {
		return State{}, View{}, civic.Actor{}, none
	}
	actor := face.Actor(ctx)
	if actor.Kind == civic.Resident {
		actor.Person = eyes.Appellant
	}
	return s, v, actor, nil
}

func (a *API) may(s State, actor civic.Actor, action string) bool {
	return a.Site.Realm.View().May(actor, action, s.ID, s, a.Site.Realm.Now())
}

type commandIn[C any] struct {
	face.Keyed
	AppealIn
	Body C
}

// command registers the door of one command: texts come in clear and are sealed.
func command[C Command](a *API, name, summary string) {
	face.Post(a.Site, "/api/appeals/{appeal}/"+name, "appeal-"+name, summary, func(ctx context.Context, in *commandIn[C]) (*receiptOut, error) {
		s, _, actor, err := a.look(ctx, in.AppealIn)
		if err != nil {
			return nil, err
		}
		t, err := a.task(ctx, actor, s, in.Body)
		if err != nil {
			return nil, err
		}
		if err := a.Site.Once(&t, in.Keyed, in.Body); err != nil {
			return nil, err
		}
		r, err := a.Site.Realm.Do(ctx, t)
		if err != nil {
			return nil, err
		}
		return &receiptOut{a.receipt(r)}, nil
	}, "reviews")
}

// task makes the task of a command. For whoever has no power for it nothing is read or sealed: her turn says so, or finds
// what she did before under the same key, as when she stepped back.
func (a *API) task(ctx context.Context, actor civic.Actor, s State, c Command) (clerk.Task, error) {
	if !a.may(s, actor, c.Name()) {
		return clerk.Task{Command: c, Dossier: s.ID, Actor: actor}, nil
	}
	if err := a.ownJudge(ctx, s, actor, c.Name()); err != nil {
		return clerk.Task{}, err
	}
	return a.On(ctx, actor, s, c)
}

// Receipt says what a command led to.
type Receipt struct {
	Number   string       `json:"number"`
	Status   Status       `json:"status"`
	Recorded *face.Time   `json:"recorded,omitempty"`
	Again    bool         `json:"again,omitempty" doc:"The command had run before under its key"`
	Acts     []ReceiptAct `json:"acts"`
}

// ReceiptAct proves that an act was recorded: whoever has the salt can show that the commitment is of this act.
type ReceiptAct struct {
	Type       string `json:"type"`
	Power      string `json:"power"`
	Commitment string `json:"commitment"`
	Salt       string `json:"salt"`
	Receipt    string `json:"receipt,omitempty" doc:"Where its receipt is, if it is public"`
}

type receiptOut struct{ Body Receipt }

func (a *API) receipt(r clerk.Receipt) Receipt {
	s := r.State.(State)
	out := a.receiptActs(r)
	out.Number, out.Status = s.Number.String(), s.Status
	return out
}

// receiptActs are the acts that a task led to, as whoever did them is told.
func (a *API) receiptActs(r clerk.Receipt) Receipt {
	out := Receipt{Again: r.Again, Acts: []ReceiptAct{}}
	for i := range r.Acts {
		act := &r.Acts[i]
		out.Recorded = a.Site.TimeOrNil(act.Recorded)
		out.Acts = append(out.Acts, ReceiptAct{
			Type: act.Type, Power: act.Power, Commitment: hex.EncodeToString(act.Commitment), Salt: hex.EncodeToString(act.Opening()),
			Receipt: a.Site.ReceiptPath(act),
		})
	}
	return out
}
