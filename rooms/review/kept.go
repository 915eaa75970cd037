package review

import (
	"context"
	"slices"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/procedure"
)

// reviewing are the commands by which somebody reviews.
var reviewing = []string{"review.take", "review.call_hearing", "review.hold_hearing", "review.extend", "review.decide", "review.publish"}

// sides are the policies by which the sides of an appeal read its file. By no other may an officer read who is kept out of it.
var sides = []string{"review.respondent", "review.body_appeals"}

const policyOwnJudge = "review.no_own_judge"

// keptOut reports whether whoever asks is kept out of reviewing an appeal by any post of hers, of today or earlier: by one in which
// she sat since the matter began, or within the year before. Of a key nobody knows who holds it: there the post alone counts.
func (a *API) keptOut(ctx context.Context, s State) bool {
	session := face.SessionOf(ctx)
	if session == nil {
		return false
	}
	bodies := a.Ports.Bodies(a.Site.Realm.View())
	any := func(posts []civic.PostID) bool {
		return slices.ContainsFunc(posts, func(p civic.PostID) bool { return s.kept(bodies, p) })
	}
	if any(session.Posts) {
		return true
	}
	if !any(session.Since(0)) {
		return false
	}
	m, err := a.Ports.Matter(ctx, a.Site.Realm, s.Matter, s.Of)
	if err != nil {
		a.Site.Log.Error("when a matter under review began cannot be read", "err", err)
		return true
	}
	return any(session.Since(procedure.Since(m.Began)))
}

// reads says whether somebody's post may read the file of an appeal, and whether she is kept out all the same: she is one person.
func (a *API) reads(ctx context.Context, s State, actor civic.Actor) (may, kept bool) {
	answer := a.Site.Realm.View().Ask(actor, ActionRead, s.ID, s, a.Site.Realm.Now())
	return answer.Allowed, answer.Allowed && !slices.Contains(sides, answer.Policy) && a.keptOut(ctx, s)
}

// ownJudge refuses an officer one of whose posts is kept out, in whichever she acts.
func (a *API) ownJudge(ctx context.Context, s State, actor civic.Actor, action string) error {
	if actor.Kind != civic.Post || !slices.Contains(reviewing, action) || !a.keptOut(ctx, s) {
		return nil
	}
	p := a.Site.Realm.View().Powers.Policy(policyOwnJudge)
	return civic.Refuse(civic.Forbidden, "power.forbidden", "action", action, "policy", p.ID, "law", p.Law, "title_en", p.Titles["en"], "title_zh", p.Titles["zh"])
}

// Reviewing reports whether a post has taken an appeal of a matter that is not at its end, decided and published, and whoever asks is not
// kept out of it.
func (a *API) Reviewing(ctx context.Context, matter civic.DossierID, post civic.PostID) (bool, error) {
	states, err := a.OfMatter(ctx, matter)
	return slices.ContainsFunc(states, func(s State) bool {
		return s.Reviewer == post && (s.Status == StatusTaken || s.Status == StatusDecided && s.Published == 0) && !a.keptOut(ctx, s)
	}), err
}
