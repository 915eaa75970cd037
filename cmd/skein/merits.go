package main

import (
	"context"
	"strings"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/rooms/body"
	"skein/rooms/matter"
	"skein/rooms/place"
	"skein/rooms/review"
	"skein/rooms/standing"
)

// meritPorts are the other rooms' answers to merits and findings of fault.
func meritPorts(rules *standing.FindingRules, numbers func(civic.Realm) *matter.Numbers) standing.FindingPorts {
	return standing.FindingPorts{
		Rules:     func(*clerk.View) *standing.FindingRules { return rules },
		Bodies:    func(v *clerk.View) standing.FindingBodies { return benches{body.CatalogIn(v), place.CatalogIn(v)} },
		Calendars: func(v *clerk.View) standing.FindingCalendars { return meritLimits{limits{place.CatalogIn(v).Calendar}} },
		Act: func(ctx context.Context, r *clerk.Realm, number string, act int64) (standing.Cited, error) {
			return citedAct(ctx, r, numbers(r.ID), number, act)
		},
		Review: citedReview,
		Openly: citedOpenly,
	}
}

// meritLimits reckons by the realm's calendars.
type meritLimits struct{ limits }

func (l meritLimits) Due(id string, start civic.Instant, limit string) (civic.Instant, bool, error) {
	return l.limits.Due(id, start, review.Limit(limit))
}

// Deciders are the open posts of coordinating bodies that rule.
func (b benches) Deciders() []civic.PostID {
	var out []civic.PostID
	for s := range b.all.Bodies() {
		for _, p := range s.Posts {
			if s.Lives() && s.Kind == body.Coordinating && p.Open() && p.Has(body.Coordinator) {
				out = append(out, p.Post)
			}
		}
	}
	return out
}

var citedNone = civic.Refuse(civic.Invalid, "merit.cited_unknown").In("matter")

// citedAct is an act of a matter that everyone may see: what a post did, or a limit that a body let run out.
func citedAct(ctx context.Context, r *clerk.Realm, numbers *matter.Numbers, number string, act int64) (standing.Cited, error) {
	n, err := matter.ParseNumber(number)
	if err != nil {
		return standing.Cited{}, citedNone
	}
	first, ok := numbers.Position(n)
	if !ok {
		return standing.Cited{}, citedNone
	}
	id := matter.ID(first)
	acts, err := r.Acts(ctx, id)
	if err != nil {
		return standing.Cited{}, err
	}
	if act < 1 || act > int64(len(acts)) || acts[act-1].Private {
		return standing.Cited{}, citedNone
	}
	a := acts[act-1]
	c := standing.Cited{Matter: n.String(), Act: act, Dossier: id, Type: a.Type, Happened: a.Happened}
	if kind, post, _ := strings.Cut(a.Actor, ":"); civic.ActorKind(kind) == civic.Post {
		post, _, _ = strings.Cut(post, " ")
		c.Post, c.Body = civic.PostID(post), civic.PostID(post).Body()
	} else if e, ok := a.Event.(matter.Escalated); ok {
		c.Body = e.Of
	}
	if c.Body == "" || !citedOpenly(ctx, r, c) {
		return standing.Cited{}, citedNone
	}
	return c, nil
}

// citedReview is a legal review that came to unlawful.
func citedReview(ctx context.Context, r *clerk.Realm, code string) (standing.Cited, error) {
	state, _, err := r.State(ctx, civic.DossierID(review.KindFinding+"/"+code))
	if err != nil {
		return standing.Cited{}, err
	}
	f, _ := state.(review.Finding)
	if !f.Exists() || f.Recommended || len(f.Aspects) == 0 {
		return standing.Cited{}, citedNone
	}
	c := standing.Cited{Review: f.Code(), Dossier: f.ID, Type: review.Found{}.Type(), Happened: f.Case.Decided, Body: f.Subject.Body}
	if len(f.Subject.Posts) > 0 {
		c.Post = f.Subject.Posts[0]
	}
	return c, nil
}

// citedOpenly reports whether everyone may see now what is cited.
func citedOpenly(ctx context.Context, r *clerk.Realm, c standing.Cited) bool {
	if c.Dossier.Kind() != matter.Name {
		return true // legal reviews are public
	}
	state, _, err := r.State(ctx, c.Dossier)
	s, ok := state.(matter.State)
	if err != nil || !ok {
		return false
	}
	_, visible := matter.Visible(s, matter.Eyes{})
	return visible
}

// reviewedMerit is a merit or a fault as whoever reviews it must know it: who found it, and of whom.
func reviewedMerit(f standing.Finding) review.Matter {
	m := review.Matter{
		ID: f.ID, Number: f.Code(), Appealing: f.Cited.Body, Respondent: f.Decider.Body(), Began: f.Cited.Happened,
		Posts: []civic.PostID{f.Decider}, Bodies: []civic.BodyID{f.Decider.Body(), f.Cited.Body},
	}
	for _, p := range []civic.PostID{f.Proposer, f.Cited.Post} {
		if p != "" {
			m.Posts = append(m.Posts, p)
		}
	}
	return m
}
