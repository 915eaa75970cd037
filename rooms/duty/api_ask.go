package duty

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"skein/face/words"
	"skein/frame/civic"
)

type resolveIn struct {
	Category civic.Category `query:"category" required:"true" maxLength:"128"`
	Place    civic.PlaceID  `query:"place" maxLength:"64"`
	Lat      float64        `query:"lat" minimum:"-90" maximum:"90"`
	Lon      float64        `query:"lon" minimum:"-180" maximum:"180"`
	located  bool
}

// Resolve notes whether a point was given, for 0, 0 is one.
func (in *resolveIn) Resolve(ctx huma.Context) []error {
	in.located = ctx.Query("lat") != "" && ctx.Query("lon") != ""
	return nil
}

type resolveOut struct{ Body Resolved }

// Resolved says who answers, and why.
type Resolved struct {
	Outcome  Outcome         `json:"outcome" enum:"one,gap,overlap"`
	Why      string          `json:"why" doc:"In words"`
	Places   []civic.PlaceID `json:"places" doc:"Those that were asked for, the most specific first"`
	Version  int             `json:"version,omitempty"`
	Digest   string          `json:"digest,omitempty"`
	Lead     civic.BodyID    `json:"lead,omitempty"`
	LeadName string          `json:"lead_name,omitempty"`
	Row      *ShownRow       `json:"row,omitempty" doc:"The row that decides"`
	Tied     []Near          `json:"tied,omitempty" doc:"Rows of equal standing that name different leads"`
	Near     []Near          `json:"near,omitempty" doc:"Rows that miss by one thing"`
}

// Near is a row that does not decide, and why in words.
type Near struct {
	Miss
	Why string `json:"why"`
}

func (a *API) resolve(ctx context.Context, in *resolveIn) (*resolveOut, error) {
	v := a.Site.Realm.View()
	now := a.Site.Realm.Now()
	c := CatalogIn(v)
	tree, _ := c.CategoriesAt(now)
	if !tree.Has(in.Category) {
		return nil, civic.Refuse(civic.Invalid, "duty.category_none", "category", string(in.Category)).In("category")
	}
	q := Query{Category: in.Category, At: now}
	switch {
	case in.Place != "" && in.located:
		return nil, civic.Refuse(civic.Invalid, "duty.where_both").In("place")
	case in.Place != "":
		if q.Places = a.Ground(v).Chain(in.Place); len(q.Places) == 0 {
			return nil, civic.Refuse(civic.Invalid, "duty.place_none", "place", string(in.Place)).In("place")
		}
	case in.located:
		if q.Places = a.Ground(v).Holding(in.Lat, in.Lon); len(q.Places) == 0 {
			return nil, civic.Refuse(civic.Invalid, "duty.point_outside").In("lat")
		}
	default:
		return nil, civic.Refuse(civic.Invalid, "duty.where_missing").In("place")
	}
	answer := c.Resolve(q)
	voice := a.Site.Voice(ctx)
	out := &resolveOut{Resolved{
		Outcome: answer.Outcome, Why: say(voice, answer.Why(q)), Places: []civic.PlaceID{}, Version: answer.Version, Digest: answer.Digest,
		Lead: answer.Lead, Near: near(voice, answer.Near), Tied: near(voice, answer.Tied),
	}}
	for _, p := range q.Places {
		out.Body.Places = append(out.Body.Places, p.ID)
	}
	if answer.Outcome == One {
		out.Body.LeadName = voice.Value(answer.Lead)
		if list, ok := c.List(answer.Version); ok {
			row, _ := list.Row(answer.Row)
			shown := showRow(row)
			out.Body.Row = &shown
		}
	}
	return out, nil
}

// say puts a sentence into words, codes by their titles.
func say(voice words.Voice, w Why) string {
	args := make(map[string]any, len(w.Args))
	for name, value := range w.Args {
		text, ok := value.(string)
		switch {
		case !ok || text == "" || text == string(Any):
		case name == "category", name == "row_category":
			value = civic.Category(text)
		case name == "place":
			value = civic.PlaceID(text)
		case name == "lead":
			value = civic.BodyID(text)
		}
		args[name] = value
	}
	return voice.Fill(w.Key, args)
}

func near(voice words.Voice, misses []Miss) []Near {
	out := make([]Near, len(misses))
	for i, m := range misses {
		out[i] = Near{m, voice.Say("duty.near_"+m.But, "row", m.Row, "lead", m.Lead, "version", m.Version)}
	}
	return out
}

type checkOut struct{ Body Checked }

// Checked is what a check found, and in words.
type Checked struct {
	Report
	Sentences []string `json:"sentences"`
}

func (a *API) check(ctx context.Context, _ *struct{}) (*checkOut, error) {
	v, now := a.Site.Realm.View(), a.Site.Realm.Now()
	list, version, ok := CatalogIn(v).ListAt(now)
	if !ok {
		list = NewList(nil)
	}
	r := Check(list, a.Realm(v, now))
	r.Version = version.Number
	out := &checkOut{Checked{Report: r, Sentences: []string{}}}
	voice := a.Site.Voice(ctx)
	for _, w := range r.Sentences() {
		out.Body.Sentences = append(out.Body.Sentences, voice.Fill(w.Key, w.Args))
	}
	return out, nil
}

type categoriesIn struct {
	Under   civic.Category `query:"under" maxLength:"128" doc:"Only this category and those below it"`
	Leaves  bool           `query:"leaves" doc:"Only those that a report can be filed under"`
	Retired bool           `query:"retired" doc:"Retired ones too"`
	After   civic.Category `query:"after" maxLength:"128" doc:"The code of the last category of the page before"`
	Limit   int            `query:"limit" minimum:"1" maximum:"1000" default:"500"`
}

type categoriesOut struct {
	Link string `header:"Link"`
	Body CategoryList
}

// CategoryList is a page of the categories in force.
type CategoryList struct {
	Version    int            `json:"version,omitempty" doc:"None for the founding categories"`
	Digest     string         `json:"digest"`
	Categories []Category     `json:"categories"`
	Next       civic.Category `json:"next,omitempty" doc:"Give it as after to get the next page"`
}

func (a *API) categories(_ context.Context, in *categoriesIn) (*categoriesOut, error) {
	tree, v := a.catalog().CategoriesAt(a.Site.Realm.Now())
	out := &categoriesOut{Body: CategoryList{Version: v.Number, Digest: tree.Digest(), Categories: []Category{}}}
	for _, c := range tree.All() {
		if c.Code <= in.After || !c.Code.Within(in.Under) || c.Retired && !in.Retired || in.Leaves && !tree.Leaf(c.Code) {
			continue
		}
		if len(out.Body.Categories) == in.Limit {
			out.Body.Next = out.Body.Categories[in.Limit-1].Code
			out.Link = a.Site.NextPage(fmt.Sprintf("/api/categories?limit=%d&under=%s&leaves=%t&retired=%t&after=%s",
				in.Limit, url.QueryEscape(string(in.Under)), in.Leaves, in.Retired, url.QueryEscape(string(out.Body.Next))))
			break
		}
		out.Body.Categories = append(out.Body.Categories, c)
	}
	return out, nil
}

type precedentsIn struct {
	Open  bool   `query:"open" doc:"Only those that no version has answered"`
	After string `query:"after" maxLength:"32" doc:"The ruling of the last precedent of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"200"`
}

type precedentsOut struct {
	Link string `header:"Link"`
	Body PrecedentList
}

// PrecedentList is a page of precedents, in the order of their rulings. Those of private
// matters are not shown.
type PrecedentList struct {
	Precedents []ShownPrecedent `json:"precedents"`
	Next       string           `json:"next,omitempty" doc:"Give it as after to get the next page"`
}

// ShownPrecedent is a ruling that named another lead than the list.
type ShownPrecedent struct {
	Ruling   string         `json:"ruling" doc:"The act that ruled, as /api/acts names it"`
	Category civic.Category `json:"category"`
	Place    civic.PlaceID  `json:"place"`
	Lead     civic.BodyID   `json:"lead"`
	Version  int            `json:"version"`
	Row      string         `json:"row,omitempty"`
	Before   civic.BodyID   `json:"before,omitempty"`
	Settled  int            `json:"settled,omitempty" doc:"The version that answered it"`
}

func (a *API) precedents(_ context.Context, in *precedentsIn) (*precedentsOut, error) {
	after, ok := a.Site.ActAt(in.After)
	if !ok {
		return nil, civic.Refuse(civic.Invalid, "duty.ruling_unknown").In("after")
	}
	out := &precedentsOut{Body: PrecedentList{Precedents: []ShownPrecedent{}}}
	all := slices.Clone(a.catalog().ListState().Precedents)
	slices.SortFunc(all, func(x, y Precedent) int { return int(x.Ruling - y.Ruling) })
	for _, p := range all {
		if p.Private || p.Ruling <= after || in.Open && p.Settled != 0 {
			continue
		}
		if len(out.Body.Precedents) == in.Limit {
			out.Body.Next = out.Body.Precedents[in.Limit-1].Ruling
			out.Link = a.Site.NextPage(fmt.Sprintf("/api/duties/precedents?limit=%d&open=%t&after=%s", in.Limit, in.Open, out.Body.Next))
			break
		}
		out.Body.Precedents = append(out.Body.Precedents, ShownPrecedent{
			Ruling: a.Site.ActName(p.Ruling), Category: p.Category, Place: p.Place, Lead: p.Lead, Version: p.Number, Row: p.Row, Before: p.Before, Settled: p.Settled,
		})
	}
	return out, nil
}
