package standing

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/frame/procedure"
	"skein/frame/store"
	"skein/science/mask"
)

// FindingAPI is the doors of merits and findings of fault for programs.
type FindingAPI struct {
	Site  *face.Site
	Ports FindingPorts
}

// Register adds the doors.
func (a *FindingAPI) Register() {
	s := a.Site
	face.Get(s, "/api/merits", "merits", "Merits and findings of fault that stand, newest first", a.list, "merits")
	face.Get(s, "/api/merits/queue", "merits-queue", "What is proposed and not decided, as far as whoever asks may read it", a.queue, "merits")
	face.Get(s, "/api/merits/{merit}", "merit", "One of them, with its texts", a.one, "merits")
	face.Post(s, "/api/merits", "merit-propose", "Propose a merit or a fault of a body, on one act", func(ctx context.Context, in *findingBegin) (*findingReceiptOut, error) {
		return a.run(ctx, in.Keyed, Finding{}, in.Body)
	}, "merits")
	findingDoor[DropFinding](a, "drop", "Take back what one proposed")
	findingDoor[ReplyFinding](a, "reply", "Reply as the body concerned")
	findingDoor[AskFindingHearing](a, "ask-hearing", "Ask to be heard, as the body concerned")
	findingDoor[WaiveFindingHearing](a, "waive-hearing", "Give up a hearing that one asked for")
	findingDoor[CallFindingHearing](a, "call-hearing", "Call a hearing")
	findingDoor[HoldFindingHearing](a, "hold-hearing", "Record a hearing")
	findingDoor[DecideOnFinding](a, "decide", "Decide, with reasons")
	findingDoor[AppealFinding](a, "appeal", "Appeal, as the body concerned")
}

// FindingIn names a finding.
type FindingIn struct {
	Merit string `path:"merit" maxLength:"20" doc:"Its code"`
}

type findingBegin struct {
	face.Keyed
	Body ProposeFinding
}

type findingOn[C any] struct {
	face.Keyed
	FindingIn
	Body C
}

func findingDoor[C FindingCommand](a *FindingAPI, name, summary string) {
	face.Post(a.Site, "/api/merits/{merit}/"+name, "merit-"+name, summary, func(ctx context.Context, in *findingOn[C]) (*findingReceiptOut, error) {
		f, err := a.Look(ctx, in.Merit)
		if err != nil {
			return nil, err
		}
		return a.run(ctx, in.Keyed, f, in.Body)
	}, "merits")
}

// FindingReceipt says what a command on a finding led to.
type FindingReceipt struct {
	Merit    string              `json:"merit"`
	Status   FindingStatus       `json:"status"`
	Recorded *face.Time          `json:"recorded,omitempty"`
	Again    bool                `json:"again,omitempty" doc:"The command had run before under its key"`
	Acts     []FindingReceiptAct `json:"acts"`
}

// FindingReceiptAct proves that an act was recorded: whoever has the salt can show that the commitment is of this act.
type FindingReceiptAct struct {
	Type       string `json:"type"`
	Power      string `json:"power"`
	Commitment string `json:"commitment"`
	Salt       string `json:"salt"`
	Receipt    string `json:"receipt,omitempty" doc:"Where its receipt is, if it is public"`
}

type findingReceiptOut struct{ Body FindingReceipt }

func (a *FindingAPI) run(ctx context.Context, k face.Keyed, f Finding, c FindingCommand) (*findingReceiptOut, error) {
	t, err := a.task(ctx, f, c)
	if err != nil {
		return nil, err
	}
	if err := a.Site.Once(&t, k, c); err != nil {
		return nil, err
	}
	r, err := a.Site.Realm.Do(ctx, t)
	if err != nil {
		return nil, err
	}
	s := r.State.(Finding)
	out := &findingReceiptOut{FindingReceipt{Merit: s.Code(), Status: s.Status, Again: r.Again, Acts: []FindingReceiptAct{}}}
	for i := range r.Acts {
		act := &r.Acts[i]
		out.Body.Recorded = a.Site.TimeOrNil(act.Recorded)
		out.Body.Acts = append(out.Body.Acts, FindingReceiptAct{
			Type: act.Type, Power: act.Power, Commitment: hex.EncodeToString(act.Commitment), Salt: hex.EncodeToString(act.Opening()), Receipt: a.Site.ReceiptPath(act),
		})
	}
	return out, nil
}

// powerless reports whether a task is refused for want of power.
func (a *FindingAPI) powerless(ctx context.Context, t clerk.Task) (bool, error) {
	return powerless(ctx, a.Site.Realm, t)
}

func powerless(ctx context.Context, realm *clerk.Realm, t clerk.Task) (bool, error) {
	refused, err := realm.Try(ctx, t)
	return slices.ContainsFunc(refused, func(r civic.Refusal) bool { return strings.HasPrefix(r.Key, "power.") }), err
}

// task makes the task of a command. Its texts become documents; what looks like somebody's data is refused unless it was
// looked at. Whoever has no power for it gets nothing filed.
func (a *FindingAPI) task(ctx context.Context, f Finding, c FindingCommand) (clerk.Task, error) {
	actor := face.Actor(ctx)
	t := clerk.Task{Actor: actor, Dossier: f.ID, Command: c}
	if p, ok := c.(ProposeFinding); ok {
		cited, err := a.cited(ctx, p)
		if rs, refused := civic.AsRefusals(err); err != nil && (!refused || rs.Kind() == civic.Unavailable) {
			return t, err
		}
		p.Cited = cited
		t.Command, t.Dossier = p, FindingID(p.Nature, cited)
		if powerless, fault := a.powerless(ctx, t); powerless || fault != nil {
			return t, fault // her turn says so
		}
		if err != nil {
			return t, err
		}
	} else if powerless, err := a.powerless(ctx, t); powerless || err != nil {
		return t, err // her turn says so
	}
	if err := a.ownJudge(ctx, f, c.Name()); err != nil {
		return t, err
	}
	var refusals civic.Refusals
	t.Command = a.filed(t.Command, &t, &refusals)
	if len(refusals) > 0 {
		return t, refusals
	}
	return t, nil
}

// cited is the act or legal review that a proposal is about.
func (a *FindingAPI) cited(ctx context.Context, p ProposeFinding) (Cited, error) {
	none := civic.Refuse(civic.Invalid, "merit.cited_unknown").In("matter")
	switch {
	case (p.Review != "") == (p.Matter != ""):
		return Cited{}, none
	case p.Review != "":
		c, err := a.Ports.Review(ctx, a.Site.Realm, strings.TrimSpace(p.Review))
		return c, err
	}
	return a.Ports.Act(ctx, a.Site.Realm, strings.TrimSpace(p.Matter), p.Act)
}

// ownJudge refuses an officer one of whose posts, of today or of then, is kept out, in whichever she acts: she is one person.
func (a *FindingAPI) ownJudge(ctx context.Context, f Finding, action string) error {
	session := face.SessionOf(ctx)
	if session == nil || !slices.Contains([]string{"merit.call_hearing", "merit.hold_hearing", "merit.decide"}, action) {
		return nil
	}
	v := a.Site.Realm.View()
	bodies := a.Ports.Bodies(v)
	if !slices.ContainsFunc(session.Since(procedure.Since(f.Cited.Happened)), func(p civic.PostID) bool { return f.kept(bodies, p) }) {
		return nil
	}
	p := v.Powers.Policy("merit.no_own_judge")
	return civic.Refuse(civic.Forbidden, "power.forbidden", "action", action, "policy", p.ID, "law", p.Law, "title_en", p.Titles["en"], "title_zh", p.Titles["zh"])
}

// longestFinding bounds texts, in characters.
const longestFinding = 10_000

// filing files texts of a task as documents and gives their digests; what cannot be taken is refused.
func filing(realm civic.Realm, t *clerk.Task, refusals *civic.Refusals) func(field, text string, looked bool) string {
	return func(field, text string, looked bool) string {
		switch {
		case !utf8.ValidString(text):
			*refusals = append(*refusals, civic.Refuse(civic.Invalid, "merit.text_unplain", "most", longestFinding).In(field))
			return ""
		case utf8.RuneCountInString(text) > longestFinding:
			*refusals = append(*refusals, civic.Refuse(civic.Invalid, "merit.text_long", "most", longestFinding).In(field))
			return ""
		}
		text = civic.Clean(text)
		if n := len(mask.Find(text)); n > 0 && !looked {
			*refusals = append(*refusals, civic.Refuse(civic.Invalid, "merit.still_marked", "count", n).In(field))
			return ""
		}
		if text == "" {
			return ""
		}
		return fileDocument(realm, t, "text/plain", []byte(text))
	}
}

// fileDocument has a task write a document and gives its digest.
func fileDocument(realm civic.Realm, t *clerk.Task, media string, content []byte) string {
	digest := journal.DocumentDigest(content)
	t.Writes = append(t.Writes, store.Write{Table: journal.DocumentTable, Row: store.Row{string(realm), digest, media, content}})
	return digest
}

// filed replaces the texts of a command by the digests of the documents that the task writes.
func (a *FindingAPI) filed(c FindingCommand, t *clerk.Task, refusals *civic.Refusals) FindingCommand {
	file := filing(a.Site.Realm.ID, t, refusals)
	switch c := c.(type) {
	case ProposeFinding:
		c.Why = file("why", c.Why, c.Looked)
		return c
	case ReplyFinding:
		c.Text = file("text", c.Text, c.Looked)
		return c
	case CallFindingHearing:
		at, err := time.Parse(time.RFC3339, c.Time)
		if err != nil {
			at, err = time.ParseInLocation("2006-01-02T15:04", c.Time, a.Site.Zone())
		}
		if err != nil {
			*refusals = append(*refusals, civic.Refuse(civic.Invalid, "merit.time_unreadable").In("at"))
		}
		c.At, c.Place = civic.At(at), file("place", c.Place, c.Looked)
		return c
	case HoldFindingHearing:
		c.Record = file("record", c.Record, c.Looked)
		return c
	case DecideOnFinding:
		c.Facts, c.Reasons = file("facts", c.Facts, c.Looked), file("reasons", c.Reasons, c.Looked)
		return c
	case AppealFinding:
		c.Reason = file("reason", c.Reason, c.Looked)
		return c
	}
	return c
}

// findingText is a text of a finding.
type findingText struct {
	From string `json:"from" doc:"why, reply, hearing_place, record, facts, reasons or appeal"`
	Text string `json:"text"`
}

func (a *FindingAPI) texts(ctx context.Context, v FindingView) ([]findingText, error) {
	var out []findingText
	for _, d := range v.Texts {
		_, text, err := journal.Document(ctx, a.Site.Realm.DB.R, a.Site.Realm.ID, d.Digest)
		if err != nil {
			return nil, fmt.Errorf("text of %s: %w", v.Code, err)
		}
		out = append(out, findingText{d.From, string(text)})
	}
	return out, nil
}
