package pages

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/search"
	"skein/rooms/matter"
)

// pageOf is how many matters a page of the list has.
const pageOf = 30

// mostFrom bounds where a page of what words find begins.
const mostFrom = 10_000

type listView struct {
	Form       face.Form
	Voice      words.Voice
	Categories []face.Group
	Places     []face.Group
	Bodies     []face.Group
	States     []face.Group
	Items      []item
	Next       string // address of the next page, "" on the last
	Onward     string // key of what leads there
	First      string // address of the first page, "" there
	Newest     bool   // words find more than is listed
	Feed       string // of what is listed, and Dates of its open matters
	Dates      string
}

// list shows public matters, newest first. Filters and page stand in the address.
func (p *Pages) list(w http.ResponseWriter, r *http.Request) {
	site := p.API.Site
	v := site.Voice(r.Context())
	view := site.Realm.View()
	q := r.URL.Query()
	f, err := filterOf(q)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	f.Limit = pageOf + 1
	if f.Words != "" { // the best first: a page is told by its place among them
		if from, err := strconv.Atoi(q.Get("from")); err == nil && from > 0 {
			f.Offset = min(from, mostFrom)
		}
	} else if after := q.Get("after"); after != "" {
		before, err := p.API.After(r.Context(), after)
		if err != nil {
			site.Error(w, r, err)
			return
		}
		f.Before = before
	}
	rows, err := p.API.List(r.Context(), f)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	l := listView{
		Form: face.Form{Voice: v, Values: q}, Voice: v, Categories: filterGroups(p.Ports.Categories(view, v.Lang)),
		Places: p.Ports.Places(view, v), Bodies: []face.Group{{Options: p.Ports.Bodies(view, v.Lang)}}, States: states(v),
	}
	l.Onward = "pages.older"
	more := len(rows) > pageOf
	rows = rows[:min(len(rows), pageOf)]
	switch {
	case f.Words != "":
		l.Onward = "pages.more_found"
		if more {
			l.Next = address("/matters", q, "from", strconv.Itoa(f.Offset+pageOf))
		}
		if f.Offset > 0 {
			l.First = address("/matters", q, "from", "")
		}
		l.Newest = !more && f.Offset+len(rows) >= search.MostRanked
	case more:
		l.Next = address("/matters", q, "after", rows[pageOf-1].Number.String())
	}
	if f.Before != "" {
		l.First = address("/matters", q, "after", "")
	}
	l.Items = p.items(v, rows)
	l.Feed, l.Dates = address("/matters.atom", narrowed(q), "", ""), address("/matters.ics", narrowed(q), "", "")
	site.Page(w, r, face.Sheet{Title: v.Say("pages.matters"), Section: "/matters", Crumbs: []face.Crumb{}}, listPage(l))
}

// filterOf reads the filters of a list from its address.
func filterOf(q url.Values) (matter.Filter, error) {
	f := matter.Filter{
		Category: civic.Category(q.Get("category")), Place: civic.PlaceID(q.Get("place")), Lead: civic.BodyID(q.Get("body")),
		Words: strings.TrimSpace(q.Get("q")),
	}
	switch state := matter.Status(q.Get("status")); {
	case state == "":
	case state == "open":
		f.Open = true
	case state == "late":
		f.Late = true
	case slices.Contains(matter.Statuses, state):
		f.Status = state
	default:
		return f, civic.Refuse(civic.Malformed, "pages.filter_unknown")
	}
	return f, nil
}

// narrowed is an address's filters alone.
func narrowed(q url.Values) url.Values {
	out := url.Values{}
	for _, name := range []string{"category", "place", "body", "status", "q", "lang"} {
		if q.Get(name) != "" {
			out.Set(name, q.Get(name))
		}
	}
	return out
}

// filterGroups is the tree of categories for a filter: whole branches can be chosen too.
func filterGroups(branches []Branch) []face.Group {
	var out []face.Group
	for _, b := range branches {
		g := face.Group{Title: b.Title, Options: append([]face.Option{b.Option}, b.Leaves...)}
		out = append(out, g)
	}
	return out
}

func states(v words.Voice) []face.Group {
	shown := face.Group{Options: []face.Option{
		{Value: "open", Title: v.Say("pages.filter_open")}, {Value: "late", Title: v.Say("pages.filter_late")},
	}}
	each := face.Group{Title: v.Say("pages.filter_states")}
	for _, s := range matter.Statuses {
		each.Options = append(each.Options, face.Option{Value: string(s), Title: v.Say("pages.state_" + string(s))})
	}
	return []face.Group{shown, each}
}

// address is a path with a query in which one value is set, or left out where it is empty.
func address(path string, q url.Values, name, value string) string {
	set := url.Values{}
	for k, vs := range q {
		if len(vs) > 0 && vs[0] != "" {
			set.Set(k, vs[0])
		}
	}
	set.Del(name)
	if value != "" {
		set.Set(name, value)
	}
	if len(set) == 0 {
		return path
	}
	return path + "?" + set.Encode()
}
