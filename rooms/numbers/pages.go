package numbers

import (
	"net/http"
	"slices"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
)

// Pages show the tables to people.
type Pages struct{ API *API }

// Register adds the doors.
func (p *Pages) Register() {
	p.API.Site.Mux.HandleFunc("GET /numbers", p.numbers)
}

type pageView struct {
	Voice   words.Voice
	State   State
	Form    face.Form
	Months  []face.Group
	Kinds   []face.Group
	Places  []face.Group
	Release Release
	Sheet   *Sheet // nil where there is none yet

	Category, District string // that are chosen: All or one of the sheet's
}

type countRow struct {
	title string
	count int
}

// byDistrict are the counts of the chosen kind, byKind those of the chosen district.
func (o pageView) byDistrict() (rows []countRow) {
	c := slices.Index(o.Sheet.Categories, o.Category)
	for r, d := range o.Sheet.Districts {
		rows = append(rows, countRow{o.district(d), o.Sheet.Counts[r][c]})
	}
	return rows
}

func (o pageView) byKind() (rows []countRow) {
	r := slices.Index(o.Sheet.Districts, o.District)
	for c, k := range o.Sheet.Categories {
		rows = append(rows, countRow{o.category(k), o.Sheet.Counts[r][c]})
	}
	return rows
}

// choices are the codes of one side of the sheet, but All, which stands first by itself; chosen is the one asked for.
func choices(codes []string, title func(string) string, asked string) (group []face.Group, chosen string, known bool) {
	var g face.Group
	for _, code := range codes {
		if code != All {
			g.Options = append(g.Options, face.Option{Value: code, Title: title(code)})
		}
	}
	if asked == "" {
		asked = All
	}
	return []face.Group{g}, asked, slices.Contains(codes, asked)
}

// numbers shows the table of a month, the newest if none is asked for.
func (p *Pages) numbers(w http.ResponseWriter, r *http.Request) {
	site := p.API.Site
	v := site.Voice(r.Context())
	o := pageView{Voice: v, State: p.API.state(), Form: face.Form{Voice: v, Values: r.URL.Query()}}
	n := len(o.State.Releases)
	if asked := Month(r.URL.Query().Get("month")); asked != "" {
		var known bool
		if o.Release, known = o.State.Release(asked); !known {
			site.Error(w, r, civic.Refuse(civic.Missing, "numbers.table_none"))
			return
		}
	} else if n > 0 {
		o.Release = o.State.Releases[n-1]
	}
	if n > 0 {
		var err error
		if _, o.Sheet, err = p.API.read(r.Context(), o.Release); err != nil {
			site.Error(w, r, err)
			return
		}
		var months face.Group
		for _, r := range slices.Backward(o.State.Releases) {
			months.Options = append(months.Options, face.Option{Value: string(r.Month), Title: string(r.Month)})
		}
		o.Months = []face.Group{months}
		var kind, place bool
		o.Kinds, o.Category, kind = choices(o.Sheet.Categories, o.category, r.URL.Query().Get("category"))
		o.Places, o.District, place = choices(o.Sheet.Districts, o.district, r.URL.Query().Get("district"))
		if !kind || !place {
			site.Error(w, r, civic.Refuse(civic.Missing, "numbers.table_none"))
			return
		}
	}
	site.Page(w, r, face.Sheet{Title: v.Say("numbers.title"), Section: "/matters", Crumbs: []face.Crumb{{Href: "/matters", Title: v.Say("numbers.public")}}}, numbersPage(o))
}

// district and category are the titles of a table's codes.
func (o pageView) district(code string) string {
	switch code {
	case All:
		return o.Voice.Say("numbers.all_districts")
	case Elsewhere:
		return o.Voice.Say("numbers.no_district")
	}
	return o.Voice.Value(civic.PlaceID(code))
}

func (o pageView) category(code string) string {
	switch code {
	case All:
		return o.Voice.Say("numbers.all_categories")
	case Elsewhere:
		return o.Voice.Say("numbers.no_category")
	}
	return o.Voice.Value(civic.Category(code))
}

// least is k: of the table that is shown, or of the first to come.
func (o pageView) least() int {
	if o.Sheet != nil {
		return o.Sheet.Least
	}
	return max(o.State.Least, LeastLeast)
}
