package review

import (
	"context"
	"slices"
	"strings"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/frame/procedure"
	"skein/frame/store"
	"skein/science/mask"
)

// findingTask makes the task of a command on a finding. Its texts are public documents; what looks like somebody's data is
// refused unless it was looked at. Whoever has no power for it gets nothing filed.
func (a *API) findingTask(ctx context.Context, f Finding, c Command) (clerk.Task, error) {
	v, now, actor := a.Site.Realm.View(), a.Site.Realm.Now(), face.Actor(ctx)
	t := clerk.Task{Actor: actor, Dossier: f.ID}
	if !f.Exists() {
		about, refusals, err := a.about(ctx, v, now, c)
		if err != nil {
			return t, err
		}
		switch e := c.(type) {
		case Examine:
			e.About = about
			c = e
		case Recommend:
			e.About = about
			c = e
		}
		if t.Dossier = FindingID(about); len(refusals) > 0 {
			if may, err := a.mayBegin(ctx, actor, c); !may || err != nil {
				t.Command = c
				return t, err // her turn says so
			}
			return t, refusals
		}
		state, _, err := a.Site.Realm.State(ctx, t.Dossier)
		if err != nil {
			return t, err
		}
		f, _ = state.(Finding)
	}
	t.Command = c
	refused, err := a.Site.Realm.Try(ctx, clerk.Task{Command: c, Dossier: t.Dossier, Actor: actor})
	if err != nil || slices.ContainsFunc(refused, func(r civic.Refusal) bool { return strings.HasPrefix(r.Key, "power.") }) {
		return t, err // her turn says so
	}
	if err := a.ownFinding(ctx, subjectOf(c, f), c.Name()); err != nil {
		return t, err
	}
	var refusals civic.Refusals
	file := func(field, text string, looked bool) string {
		text = clean(text, field, &refusals)
		if n := len(mask.Find(text)); n > 0 && !looked {
			refusals = append(refusals, civic.Refuse(civic.Invalid, "review.still_marked", "count", n).In(field))
		}
		if text == "" || len(refusals) > 0 {
			return ""
		}
		digest := journal.DocumentDigest([]byte(text))
		t.Writes = append(t.Writes, store.Write{Table: journal.DocumentTable, Row: store.Row{string(a.Site.Realm.ID), digest, textMedia, []byte(text)}})
		return digest
	}
	switch e := c.(type) {
	case Examine:
		e.Why = file("why", e.Why, e.Looked)
		t.Command = e
	case Account:
		e.Text = file("text", e.Text, e.Looked)
		t.Command = e
	case Find:
		e.Reasons = file("reasons", e.Reasons, e.Looked)
		t.Command = e
	case Recommend:
		e.Text = file("text", e.Text, e.Looked)
		t.Command = e
	case Respond:
		e.Text = file("text", e.Text, e.Looked)
		t.Command = e
	}
	if len(refusals) > 0 {
		return t, refusals
	}
	return t, nil
}

// mayBegin reports whether somebody could begin such a dossier on something.
func (a *API) mayBegin(ctx context.Context, actor civic.Actor, c Command) (bool, error) {
	refusals, err := a.Site.Realm.Try(ctx, clerk.Task{Command: c, Dossier: FindingID(Subject{}), Actor: actor})
	return !slices.ContainsFunc(refusals, func(r civic.Refusal) bool { return strings.HasPrefix(r.Key, "power.") }), err
}

// ownFinding refuses an officer one of whose posts, of today or earlier, had a hand in what is examined, in whichever she acts.
func (a *API) ownFinding(ctx context.Context, about Subject, action string) error {
	session := face.SessionOf(ctx)
	if session == nil || action != "review.examine" && action != "review.find" {
		return nil
	}
	v := a.Site.Realm.View()
	bodies := a.Ports.Bodies(v)
	for _, p := range session.Since(0) { // what is examined may be years old
		if procedure.KeptOut(bodies, p, about.Posts, []civic.BodyID{about.Body}) {
			policy := v.Powers.Policy("review.no_own_finding")
			return civic.Refuse(civic.Forbidden, "power.forbidden", "action", action, "policy", policy.ID, "law", policy.Law, "title_en", policy.Titles["en"], "title_zh", policy.Titles["zh"])
		}
	}
	return nil
}

// about is what a command wants examined or recommended, as everyone knows it. What rules the whole realm answers for is its
// coordinating body's.
func (a *API) about(ctx context.Context, v *clerk.View, now civic.Instant, c Command) (Subject, civic.Refusals, error) {
	bodies := a.Ports.Bodies(v)
	unknown := civic.Refusals{civic.Refuse(civic.Invalid, "review.subject_unknown").In("thing")}
	switch c := c.(type) {
	case Recommend:
		if a.Site.Voice(ctx).Name("body", string(c.Body)) == "" {
			return Subject{}, civic.Refusals{civic.Refuse(civic.Invalid, "review.body_unknown").In("body")}, nil
		}
		// Each recommendation is a dossier of its own, by what it says.
		return Subject{Kind: OnBody, ID: string(c.Body), Digest: journal.DocumentDigest([]byte(strings.TrimSpace(c.Text))), Body: c.Body}, nil, nil
	case Examine:
		switch c.Kind {
		case OnAct:
			act, err := a.Site.PublicAct(ctx, c.Thing)
			if rs, refused := civic.AsRefusals(err); refused && rs.Kind() != civic.Unavailable {
				return Subject{}, unknown, nil
			} else if err != nil {
				return Subject{}, nil, err
			}
			if act.Dossier.Kind() == "matter" && !a.openly(act.Dossier) {
				return Subject{}, unknown, nil // it turned private since
			}
			s := Subject{Kind: OnAct, ID: c.Thing, Type: act.Type, Power: act.Power, Happened: act.Happened, Digest: act.Policies, Body: bodies.Coordinator(nil)}
			if kind, post, _ := strings.Cut(act.Actor, ":"); civic.ActorKind(kind) == civic.Post {
				post, _, _ = strings.Cut(post, " ")
				s.Posts, s.Body = []civic.PostID{civic.PostID(post)}, civic.PostID(post).Body()
			}
			if number, ok := strings.CutPrefix(act.Label, "matter/"); ok && act.Dossier.Kind() == "matter" {
				s.Matter = number
			}
			return s, nil, nil
		case OnPolicy:
			if p := v.Powers.Policy(c.Thing); p != nil {
				return Subject{Kind: OnPolicy, ID: p.ID, Digest: v.Powers.Digest, Body: bodies.Coordinator(nil)}, nil, nil
			}
		case OnRow:
			if digest, ok := a.Ports.Rows(v, now).Row(c.Thing); ok {
				return Subject{Kind: OnRow, ID: c.Thing, Digest: digest, Body: bodies.Coordinator(nil)}, nil, nil
			}
		}
	}
	return Subject{}, unknown, nil
}
