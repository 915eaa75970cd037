package matter

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/procedure"
)

// API is this room's doors for programs.
type API struct {
	Site   *face.Site
	Intake Intake
	Ports  Ports
	// Officer is the name of who sat in a post at a moment, where the realm's law has such names published; otherwise "".
	Officer func(v *clerk.View, post civic.PostID, at civic.Instant) string
	// Reviewing reports whether a post reviews an appeal of a matter that has not come to its end.
	Reviewing func(ctx context.Context, matter civic.DossierID, post civic.PostID) bool

	cut atomic.Pointer[titles]
	// Reviews are the appeals that a matter's reporter made, with the texts of them that she may read by their digests, for herself; nil where nobody reviews.
	Reviews func(ctx context.Context, matter civic.DossierID, reporter civic.PersonID) ([]HeldReview, error)

	roll     Roll
	kept     keptRows
	enrolled sync.Once
}

// policyReviewer permits reviewers to read; which of them, the review room knows.
const policyReviewer = "matter.reviewer_reads"

// Register adds the doors.
func (a *API) Register() {
	s := a.Site
	face.Post(s, "/api/matters", "report", "Report a matter", a.report, "matters")
	face.Get(s, "/api/matters", "matters", "List matters, newest first", a.list, "matters")
	face.Get(s, "/api/matters/{number}", "matter", "One matter", a.one, "matters")
	face.Get(s, "/api/matters/{number}/story", "matter-story", "Its acts in plain words, oldest first", a.story, "matters")
	face.Get(s, "/api/matters/{number}/chain", "matter-chain", "Who held it, from when until when, under what, and how long", a.chain, "matters")
	face.Get(s, "/api/matters/{number}/data", "matter-data", "All that is held on its reporter, for herself: what she told, what became of it, who read it", a.held, "matters")
	face.Get(s, "/api/me/data", "me-data", "All that is held on whoever is signed in: the account, and what was told with it", a.allHeld, "matters")
	face.Get(s, "/api/matters/{number}/possible", "matter-possible", "What whoever asks may do with it now", a.possible, "matters")
	face.Get(s, "/api/work", "work", "What one's body, or the desk, owes, by its clocks", a.work, "matters")
	face.Get(s, "/api/matters/{number}/contact", "matter-contact", "How its reporter can be reached, for the body that answers for it; written down before it is shown", a.contact, "matters")
	command[Triage](a, "triage", "Set right what a report lacks")
	command[Correct](a, "correct", "Correct category, place or kind")
	command[Accept](a, "accept", "Accept an assignment")
	command[Object](a, "object", "Object to an assignment")
	command[Rule](a, "rule", "Rule on an objection")
	command[Ask](a, "ask", "Ask the reporter")
	command[Supply](a, "supply", "Answer a question as the reporter")
	command[Amend](a, "amend", "Correct, as the reporter, what she told")
	command[Tell](a, "tell", "Tell the reporter an interim word")
	command[Contribute](a, "contribute", "Contribute as a joint body")
	command[Attach](a, "attach", "Add texts or files")
	command[Pause](a, "pause", "Pause the clock on a ground of the law")
	command[Resume](a, "resume", "Resume the clock")
	command[Extend](a, "extend", "Extend the limit, once")
	command[Join](a, "join", "Join into another matter")
	command[Split](a, "split", "Split into parts")
	command[Answer](a, "answer", "Answer the resident")
	command[ProposeDecline](a, "propose-decline", "Propose that no body of this realm holds the power")
	command[Decline](a, "decline", "Rule on that proposal")
	command[Confirm](a, "confirm", "Confirm, as the reporter, whether it is solved")
	command[Reopen](a, "reopen", "Reopen as the reporter")
	command[Appeal](a, "appeal", "Appeal as the reporter")
	command[Withdraw](a, "withdraw", "Withdraw as the reporter")
	command[Erase](a, "erase", "Have what was told erased, as the reporter, or at the desk for her")
	command[PutHold](a, "hold", "Put a legal hold on what was told, or prolong it")
	command[Unhold](a, "unhold", "End a legal hold")
	command[Release](a, "release", "Release texts and photos to everyone")
	command[Withhold](a, "withhold", "Withhold texts and photos")
	face.Post(s, "/api/matters/{number}/redact", "matter-redact", "Put a masked version before an original", a.redact, "matters")
	face.Upload(s, "/api/matters/{number}/photos", "matter-photos", "Add photos", &photosForm, a.photos, "matters")
	command[Retract](a, "retract", "Retract an act entered by mistake")
	a.registerMeetings()
}

// Tracked shows that one is the reporter.
type Tracked struct {
	Tracking string `header:"Skein-Tracking" maxLength:"100" doc:"The secret code of an anonymous report"`
}

// Time is a moment as programs read it: RFC 3339 with the realm's offset.
type Time string

func (a *API) time(i civic.Instant) Time {
	return Time(i.In(a.Site.Zone()).Format("2006-01-02T15:04:05-07:00"))
}

func (a *API) timeOrNil(i civic.Instant) *Time {
	if i == 0 {
		return nil
	}
	t := a.time(i)
	return &t
}

// Find reads the matter with a public number.
func (a *API) Find(ctx context.Context, number string) (State, error) {
	none := civic.Refuse(civic.Missing, "matter.none")
	n, err := ParseNumber(number)
	if err != nil {
		return State{}, err
	}
	first, ok := a.Ports.Numbers(a.Site.Realm.ID).Position(n)
	if !ok {
		return State{}, none
	}
	s, _, err := a.Site.Realm.State(ctx, ID(first))
	if err != nil {
		return State{}, err
	}
	m := s.(State)
	if !m.Exists() || m.Number != n {
		return State{}, none
	}
	return m, nil
}

// Seen reads a matter as far as who asks may see it, for questions about powers. To others than
// its reporter and the posts that may read it, it names no body complained of, and whole is false.
func (a *API) Seen(ctx context.Context, number, tracking string) (s State, whole bool, err error) {
	if s, err = a.Find(ctx, number); err != nil {
		return State{}, false, err
	}
	eyes := a.Eyes(ctx, s, tracking)
	if _, ok := Visible(s, eyes); !ok {
		return State{}, false, civic.Refuse(civic.Missing, "matter.none")
	}
	whole = eyes.Reporter != "" || eyes.Post != ""
	if !whole {
		s.Against = ""
	}
	return s, whole, nil
}

// State is a matter as it is now; the zero State for none, or one that cannot be read.
func (a *API) State(id civic.DossierID) State {
	s, _, err := a.Site.Realm.State(context.Background(), id)
	if err != nil {
		return State{}
	}
	m, _ := s.(State)
	return m
}

// Keep lets a reporter who is signed in find the matter of a task again.
func (a *API) Keep(ctx context.Context, t *clerk.Task) error {
	report, ok := t.Command.(Report)
	if !ok || a.Site.Keep == nil {
		return nil
	}
	tied, err := a.Site.Keep(ctx, report.Reporter)
	t.Tied = tied
	return err
}

// Forget lets go, in the commit that erases a matter, of what lets its reporter find it again when she is signed in.
func (a *API) Forget(ctx context.Context, s State, t *clerk.Task) error {
	if _, ok := t.Command.(Erase); !ok || a.Site.Forget == nil || s.Hold != nil {
		return nil
	}
	writes, err := a.Site.Forget(ctx, s.ID)
	t.Writes = append(t.Writes, writes...)
	return err
}

// Tracked reports whether a tracking code is that of a matter. Wrong ones are counted against
// the matter and where they come from; beyond the bounds no code fits for a while.
func (a *API) Tracked(ctx context.Context, s State, code string) bool {
	if s.Reporter == "" {
		return false // it was erased: see Remembers
	}
	return a.fits(ctx, s, code)
}

// Remembers reports whether a tracking code is that of a matter which was erased. It opens nothing but that word.
func (a *API) Remembers(ctx context.Context, s State, code string) bool {
	return s.Erased != nil && a.fits(ctx, s, code)
}

func (a *API) fits(ctx context.Context, s State, code string) bool {
	secret := "code " + string(s.ID)
	if code == "" || s.Tracking == "" || !a.Site.MayGuess(ctx, secret) {
		return false
	}
	if CheckTracking(code, s.Tracking) {
		return true
	}
	a.Site.WrongGuess(ctx, secret)
	return false
}

// Eyes says what somebody may see of a matter: whoever shows the tracking code, or told it
// while signed in, is its reporter; a post sees what its powers say.
func (a *API) Eyes(ctx context.Context, s State, tracking string) Eyes {
	actor := face.Actor(ctx)
	if actor.Kind == civic.Post {
		answer := a.Site.Realm.View().Ask(actor, ActionRead, s.ID, s, a.Site.Realm.Now())
		if !answer.Allowed {
			return Eyes{}
		}
		if answer.Policy == policyReviewer && (a.Reviewing == nil || !a.Reviewing(ctx, s.ID, actor.Post)) {
			return Eyes{} // only who took the appeal has the file before her, and nobody who is kept out can take it
		}
		return Eyes{Post: actor.Post, Bodies: a.bodiesOf(ctx, s, actor), Power: answer.Policy, For: purposeOf(answer.Policy)}
	}
	if a.Tracked(ctx, s, tracking) {
		return Eyes{Reporter: s.Reporter}
	}
	if a.Site.Mine != nil && s.Reporter != "" {
		if person, ok := a.Site.Mine(ctx, s.ID); ok && person == s.Reporter {
			return Eyes{Reporter: s.Reporter}
		}
	}
	return Eyes{}
}

// bodiesOf are the bodies that somebody acts for and those above them: of the post that is acted in
// and, for an officer who is signed in, of every other post of hers, since she is one person; where somebody complains of a body, also
// of those in which she sat since then or within the year before.
func (a *API) bodiesOf(ctx context.Context, s State, actor civic.Actor) []civic.BodyID {
	out := a.above(actor.Post.Body())
	session := face.SessionOf(ctx)
	if session == nil || s.Against == "" {
		return out
	}
	for _, p := range session.Since(procedure.Since(s.Reported)) {
		if p != actor.Post {
			out = append(out, a.above(p.Body())...)
		}
	}
	return out
}

// OwnJudge refuses an officer one of whose posts, of today or of then, is of the body complained of, in whichever she acts.
func (a *API) OwnJudge(ctx context.Context, s State, actor civic.Actor, action string) error {
	if s.Against == "" || actor.Kind != civic.Post || !slices.Contains(a.bodiesOf(ctx, s, actor), s.Against) {
		return nil
	}
	p := a.Site.Realm.View().Powers.Policy(policyOwnJudge)
	return civic.Refuse(civic.Forbidden, "power.forbidden", "action", action, "policy", p.ID, "law", p.Law, "title_en", p.Titles["en"], "title_zh", p.Titles["zh"])
}

const policyOwnJudge = "matter.no_own_judge"

func (a *API) above(b civic.BodyID) []civic.BodyID {
	v := a.Site.Realm.View()
	f, _ := a.Ports.Bodies(v).Body(b, a.Site.Realm.Now())
	return append([]civic.BodyID{b}, f.Above...)
}

// May asks the powers whether somebody may do something with a matter as it is.
func (a *API) May(s State, actor civic.Actor, action string) bool {
	return a.Site.Realm.View().May(actor, action, s.ID, s, a.Site.Realm.Now())
}
