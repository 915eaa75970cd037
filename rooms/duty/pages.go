package duty

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"skein/face"
	"skein/face/words"
	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/frame/clerk"
)

// Pages show the responsibility list to people.
type Pages struct {
	Site *face.Site
	// Realm is what the list is checked against.
	Realm func(v *clerk.View, at civic.Instant) Realm
	// Limits are the realm's own, which a row without some takes.
	Limits func(*clerk.View) Limits
}

// Limits are those of a realm: to accept, to answer, to object.
type Limits struct{ Response, Resolution, Objection calendar.Limit }

// Register adds the doors.
func (p *Pages) Register() {
	p.Site.Mux.HandleFunc("GET /duties", p.list)
	p.Site.Mux.HandleFunc("GET /duties/check", p.check)
}

// rowsOf is how many rows a page has.
const rowsOf = 60

type listView struct {
	Voice                      words.Voice
	Form                       face.Form
	Version                    Version
	Limits                     Limits // the realm's own
	None                       bool
	Rows                       []Row
	Chapters                   []chapter // the rows by the root of their category
	Whole                      bool      // no pages: to print, to search in
	All                        string    // address of the whole
	Categories, Places, Bodies []face.Group
	Total                      int
	Next, First                string
}

// list shows the list in force: who answers for what, where, by which law, by when.
func (p *Pages) list(w http.ResponseWriter, r *http.Request) {
	v := p.Site.Voice(r.Context())
	catalog := CatalogIn(p.Site.Realm.View())
	q := r.URL.Query()
	l := listView{Voice: v, Form: face.Form{Voice: v, Values: q}, Limits: p.Limits(p.Site.Realm.View())}
	sheet := face.Sheet{Title: v.Say("duty.pages.title"), Section: "/duties", Crumbs: []face.Crumb{}}
	list, version, ok := catalog.ListAt(p.Site.Realm.Now())
	if !ok {
		l.None = true
		p.Site.Page(w, r, sheet, listPage(l))
		return
	}
	l.Version = version
	l.choices(list, catalog, p.Site.Realm.Now())
	category, place, body := civic.Category(q.Get("category")), civic.PlaceID(q.Get("place")), civic.BodyID(q.Get("body"))
	for _, row := range list.Rows() {
		concerns := func(b civic.BodyID) bool {
			return b == "" || row.Lead == b || slices.ContainsFunc(row.Joint, func(j Joint) bool { return j.Body == b })
		}
		if (category == "" || covers(row.Category, category) || row.Category.Within(category)) && (place == "" || row.Place == place) && concerns(body) {
			l.Rows = append(l.Rows, row)
		}
	}
	l.Total = len(l.Rows)
	from, _ := strconv.Atoi(q.Get("from")) // what is no number begins at the first
	from = max(0, min(from, l.Total))
	l.Whole, l.All = q.Get("whole") == "yes", pageAt(q, 0)
	if l.All += "?whole=yes"; strings.Count(l.All, "?") > 1 {
		l.All = strings.TrimSuffix(l.All, "?whole=yes") + "&whole=yes"
	}
	until := min(from+rowsOf, l.Total)
	if l.Whole {
		from, until = 0, l.Total
	}
	l.Rows = l.Rows[from:until]
	l.Chapters = chapters(l.Rows)
	if from > 0 {
		l.First = pageAt(q, 0)
	}
	if until < l.Total {
		l.Next = pageAt(q, from+rowsOf)
	}
	p.Site.Page(w, r, sheet, listPage(l))
}

// chapter is what the list says of a root category and all below it.
type chapter struct {
	Category civic.Category
	Rows     []Row
}

func chapters(rows []Row) (out []chapter) {
	at := map[civic.Category]int{}
	for _, r := range rows {
		root := r.Category
		for up := root.Parent(); up != ""; up = root.Parent() {
			root = up
		}
		i, begun := at[root]
		if !begun {
			i = len(out)
			at[root] = i
			out = append(out, chapter{Category: root})
		}
		out[i].Rows = append(out[i].Rows, r)
	}
	return out
}

// choices are what the list can be narrowed to: what stands in it.
func (l *listView) choices(list *List, catalog *Catalog, now civic.Instant) {
	tree, _ := catalog.CategoriesAt(now)
	var categories, places, bodies face.Group
	seen := map[string]bool{}
	add := func(g *face.Group, kind, code, title string) {
		if !seen[kind+code] {
			seen[kind+code] = true
			g.Options = append(g.Options, face.Option{Value: code, Title: title})
		}
	}
	for _, c := range tree.All() {
		if c.Code.Parent() == "" && !c.Retired {
			add(&categories, "c", string(c.Code), c.Title(l.Voice.Lang))
		}
	}
	for _, r := range list.Rows() {
		add(&places, "p", string(r.Place), l.Voice.Value(r.Place))
		add(&bodies, "b", string(r.Lead), l.Voice.Value(r.Lead))
		for _, j := range r.Joint {
			add(&bodies, "b", string(j.Body), l.Voice.Value(j.Body))
		}
	}
	if c := civic.Category(l.Form.Value("category")); c != "" && tree.Has(c) { // the page of a matter asks for its own
		add(&categories, "c", string(c), l.Voice.Value(c))
	}
	for _, g := range []*face.Group{&categories, &places, &bodies} {
		slices.SortFunc(g.Options, func(a, b face.Option) int { return strings.Compare(a.Title, b.Title) })
	}
	l.Categories, l.Places, l.Bodies = []face.Group{categories}, []face.Group{places}, []face.Group{bodies}
}

func pageAt(q url.Values, from int) string {
	next := url.Values{}
	for _, name := range []string{"category", "place", "body"} {
		if q.Get(name) != "" {
			next.Set(name, q.Get(name))
		}
	}
	if from > 0 {
		next.Set("from", strconv.Itoa(from))
	}
	if len(next) == 0 {
		return "/duties"
	}
	return "/duties?" + next.Encode()
}
