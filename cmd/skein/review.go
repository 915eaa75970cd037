package main

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"skein/face"
	"skein/face/words"
	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/rooms/body"
	"skein/rooms/duty"
	"skein/rooms/matter"
	"skein/rooms/matter/pages"
	"skein/rooms/place"
	"skein/rooms/review"
	"skein/rooms/standing"
)

// reviewPorts are the other rooms' answers to the review room.
func reviewPorts(rules *review.Rules) review.Ports {
	return review.Ports{
		Rules:     func(*clerk.View) *review.Rules { return rules },
		Bodies:    func(v *clerk.View) review.Bodies { return benches{body.CatalogIn(v), place.CatalogIn(v)} },
		Calendars: func(v *clerk.View) review.Calendars { return limits{place.CatalogIn(v).Calendar} },
		Rows:      func(v *clerk.View, now civic.Instant) review.DutyRows { return listRows{duty.CatalogIn(v), now} },
		Matter:    reviewed,
		Written:   func(number string) string { return matter.Number(number).String() },
		NewCode:   matter.NewTracking,
		CodeFits:  matter.CheckTracking,
	}
}

// limits reckons by the realm's calendars, as the matter room does.
type limits struct {
	calendar func(id string) *calendar.Calendar
}

func (l limits) Due(id string, start civic.Instant, limit review.Limit) (civic.Instant, bool, error) {
	due, err := matter.CalendarBy(l.calendar).Due(id, start, matter.Limit(limit), nil)
	return due.At, due.Provisional, err
}

// listRows answers the review room from the duty list in force.
type listRows struct {
	lists *duty.Catalog
	now   civic.Instant
}

func (l listRows) Row(id string) (string, bool) {
	list, version, ok := l.lists.ListAt(l.now)
	if !ok {
		return "", false
	}
	_, there := list.Row(id)
	return version.Digest, there
}

// benches answers the review room from the register of bodies.
type benches struct {
	all    *body.Catalog
	places *place.Catalog
}

func (b benches) Reviewers() []civic.PostID {
	var out []civic.PostID
	for s := range b.all.Bodies() {
		for _, p := range s.Posts {
			if s.Lives() && p.Open() && p.Has(body.Reviewer) {
				out = append(out, p.Post)
			}
		}
	}
	return out
}

func (b benches) Over(post civic.PostID) ([]civic.BodyID, []civic.PostID) {
	bodies := append([]civic.BodyID{post.Body()}, b.all.Above(post.Body())...)
	var posts []civic.PostID
	for at := post; len(posts) < 64; {
		over, ok := b.all.Supervisor(at)
		if !ok || slices.Contains(posts, over) {
			break
		}
		posts, at = append(posts, over), over
	}
	return bodies, posts
}

func (b benches) Supervisor(of civic.BodyID) civic.PostID {
	post, _ := b.all.SupervisorOf(of)
	return post
}

func (b benches) Coordinator(places []civic.PlaceID) civic.BodyID {
	if root := b.Root(); len(places) == 0 {
		places = []civic.PlaceID{root}
	}
	if all := b.all.Coordinators(places, b.places.Within); len(all) > 0 {
		return all[0]
	}
	return ""
}

func (b benches) Root() civic.PlaceID {
	root, _ := b.places.Root()
	return root
}

// reviewed is a matter as whoever reviews it must know it: above all, who had a hand in it.
func reviewed(ctx context.Context, r *clerk.Realm, id civic.DossierID, of string) (review.Matter, error) {
	state, _, err := r.State(ctx, id)
	if err != nil {
		return review.Matter{}, err
	}
	if f, ok := state.(standing.Finding); ok {
		return reviewedMerit(f), nil
	}
	acts, err := r.Acts(ctx, id)
	if err != nil {
		return review.Matter{}, err
	}
	s, catalog := state.(matter.State), bodyIn(r)
	m := review.Matter{
		ID: s.ID, Number: s.Number.String(), Private: s.Visibility == matter.Private, Reporter: s.Reporter, Contact: s.Contact,
		Place: s.Place, Places: s.Places, Calendar: s.Calendar, Began: s.Reported,
	}
	body := func(b civic.BodyID) {
		if b != "" && !slices.Contains(m.Bodies, b) {
			m.Bodies = append(m.Bodies, b)
		}
	}
	var withheld, masked civic.BodyID
	for _, a := range acts {
		kind, name, _ := strings.Cut(a.Actor, ":")
		name, _, _ = strings.Cut(name, " ")
		if post := civic.PostID(name); civic.ActorKind(kind) == civic.Post {
			if !slices.Contains(m.Posts, post) {
				m.Posts = append(m.Posts, post)
			}
			body(post.Body())
			switch a.Event.(type) {
			case matter.Withheld:
				withheld = post.Body()
			case matter.Redacted:
				masked = post.Body()
			}
		}
		switch e := a.Event.(type) {
		case matter.Assigned:
			body(e.Lead)
			for _, j := range e.Joint {
				body(j.Body)
			}
		case matter.Reassigned:
			body(e.Lead)
		}
	}
	for b, n := s.Against, 0; b != "" && n < 16; n++ { // nor does a body complained of, nor who answers for it since
		body(b)
		next, ended := catalog.Successor(b)
		if b = ""; ended {
			b = next
		}
	}
	switch of {
	case "decline":
		m.Respondent = s.Coordinator
	case "withholding":
		m.Respondent = withheld
	case "masking":
		m.Respondent = masked
	default:
		m.Respondent = s.Lead
	}
	for _, it := range s.Items {
		if it.Showing == matter.ShowWithheld {
			m.Withheld = append(m.Withheld, it.Digest)
		}
	}
	return m, nil
}

// reviewDoors puts reviews before people and programs.
func reviewDoors(site *face.Site, matters *matter.API, people *pages.Pages, ports review.Ports, merits *standing.FindingAPI) *review.Pages {
	api := &review.API{
		Site: site, Ports: ports,
		Seen: func(ctx context.Context, id civic.DossierID, tracking string) (civic.PersonID, bool) {
			if id.Kind() == standing.KindFinding {
				return "", merits.Known(ctx, id)
			}
			s := matters.State(id)
			eyes := matters.Eyes(ctx, s, tracking)
			_, visible := matter.Visible(s, eyes)
			return eyes.Reporter, visible
		},
	}
	matters.Reviewing = func(ctx context.Context, id civic.DossierID, post civic.PostID) bool {
		is, err := api.Reviewing(ctx, id, post)
		return err == nil && is
	}
	matters.Reviews = func(ctx context.Context, id civic.DossierID, reporter civic.PersonID) ([]matter.HeldReview, error) {
		held, err := api.HeldOn(ctx, id, reporter)
		out := []matter.HeldReview{}
		for _, h := range held {
			out = append(out, heldReview(site, site.Voice(ctx), h))
		}
		return out, err
	}
	api.Register()
	people.Ports.Examine = api.ActPath
	people.Ports.Reviews = func(ctx context.Context, v words.Voice, id civic.DossierID, tracking string) ([]pages.Review, error) {
		states, err := api.OfMatter(ctx, id)
		var out []pages.Review
		for _, s := range states {
			eyes, may := api.Eyes(ctx, s, tracking)
			if _, visible := review.Visible(s, eyes); may && visible {
				out = append(out, pages.Review{Href: review.PathOf(s.Number), Title: review.TitleOf(v, s)})
			}
		}
		return out, err
	}
	return &review.Pages{API: api, Code: func(r *http.Request, number string) string { return people.Code(r, matter.Number(number)) }, Bodies: allBodies}
}

// heldReview is an appeal as the matter room gives it to whoever appealed.
func heldReview(site *face.Site, voice words.Voice, h review.Held) matter.HeldReview {
	v := h.View
	at := func(i civic.Instant) matter.Time { return matter.Time(site.Time(i)) }
	maybe := func(i civic.Instant) *matter.Time {
		if i == 0 {
			return nil
		}
		t := at(i)
		return &t
	}
	out := matter.HeldReview{
		Number: v.Number.String(), Title: h.Title, Of: v.Of, Ground: v.Ground, Law: v.Law, Status: string(v.Status), Result: string(v.Result), ResultLaw: v.ResultLaw,
		Opened: at(v.Case.Opened), Decided: maybe(v.Case.Decided), ContestBy: maybe(v.Contest.Due), Texts: []matter.HeldReviewText{}, Acts: []matter.StoryLine{},
	}
	for _, it := range v.Items {
		t := matter.HeldReviewText{Title: review.FromOf(voice, it.From)}
		if t.Digest, t.From, t.Act = it.Digest, it.From, it.Seq; it.Public {
			t.Showing = matter.ShowReleased
		}
		out.Texts = append(out.Texts, t)
	}
	for i, l := range h.Lines {
		out.Acts = append(out.Acts, matter.StoryLine{
			Act: l.Act, At: at(l.Happened), Recorded: at(h.Acts[i].Recorded), By: l.By, Who: string(l.Who), Words: voice.Fill(l.Key, l.Args),
		})
	}
	return out
}

// allBodies are the living bodies, those that coordinate among them.
func allBodies(v *clerk.View, lang string) []face.Option {
	var out []face.Option
	for s := range body.CatalogIn(v).Bodies() {
		if s.Lives() {
			out = append(out, face.Option{Value: string(s.Body), Title: s.Titles.In(lang)})
		}
	}
	slices.SortFunc(out, func(a, b face.Option) int { return strings.Compare(a.Title, b.Title) })
	return out
}
