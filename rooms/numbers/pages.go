package numbers

import (
	"net/http"
	"slices"
	"strconv"

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
	Release Release
	Sheet   *Sheet // nil where there is none yet
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

func count(n int) string { return strconv.Itoa(n) }
