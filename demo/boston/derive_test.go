package boston

import (
	"bytes"
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/peterstace/simplefeatures/geom"

	"skein/frame/calendar"
	"skein/frame/civic"
)

var update = flag.Bool("update", false, "write the tables instead of comparing them")

var land = sync.OnceValues(Places)

func geography(t testing.TB) *Geography {
	t.Helper()
	g, err := land()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestTables(t *testing.T) {
	rows := requests(t)
	tables, err := Tables(rows)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Tables(rows)
	if err != nil {
		t.Fatal(err)
	}
	for name, made := range tables {
		if !bytes.Equal(made, again[name]) {
			t.Errorf("%s differs from one making to the next", name)
		}
		if *update {
			if err := os.WriteFile(name, made, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		kept, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(made, kept) {
			t.Errorf("%s is not what the code makes: run go generate ./demo/boston", name)
		}
	}
}

func TestPlaces(t *testing.T) {
	g := geography(t)
	kinds := map[string]int{}
	var repaired []string
	ids := map[civic.PlaceID]bool{}
	for _, p := range g.Places {
		kinds[p.Kind]++
		if ids[p.ID] {
			t.Errorf("%s twice", p.ID)
		}
		ids[p.ID] = true
		if p.Repaired {
			repaired = append(repaired, string(p.ID))
		}
		if p.Title["en"] == "" || p.Title["zh-Hans"] == "" {
			t.Errorf("%s lacks a title", p.ID)
		}
		if (p.Parent == City) != (p.ID != City) {
			t.Errorf("%s is under %q", p.ID, p.Parent)
		}
		if _, err := geom.UnmarshalGeoJSON(p.Boundary); err != nil {
			t.Errorf("%s: %v", p.ID, err)
		}
	}
	if kinds["city"] != 1 || kinds["ward"] != 22 || kinds["neighbourhood"] != 26 {
		t.Errorf("kinds %v", kinds)
	}
	if want := []string{"ward-05", "ward-16", "ward-17", "nbhd-hyde-park"}; !slices.Equal(repaired, want) {
		t.Errorf("repaired %v, want %v", repaired, want)
	}
	for n := range wards {
		if n > 0 && !ids[wards[n]] {
			t.Errorf("no %s", wards[n])
		}
	}
	for _, name := range names().order["neighbourhood"] {
		for _, id := range HoodsNamed(name) {
			if !ids[id] {
				t.Errorf("%q: no polygon %s", name, id)
			}
		}
	}
}

func TestPlacesOfRows(t *testing.T) {
	g := geography(t)
	rows := requests(t)
	outline, err := geom.UnmarshalGeoJSON(g.Places[0].Boundary)
	if err != nil {
		t.Fatal(err)
	}
	city := newArea(City, outline)
	var located, inCity, warded, sameWard, named, sameHood int
	for i := range rows {
		r := &rows[i]
		if _, known := names().of[[2]string{"neighbourhood", r.Neighbourhood}]; r.Neighbourhood != "" && !known {
			t.Fatalf("line %d: neighbourhood %q has no mapping", r.Line, r.Neighbourhood)
		}
		if !r.Located() {
			continue
		}
		located++
		if city.holds(r.Lon, r.Lat) {
			inCity++
		}
		if r.Ward != "" {
			warded++
			if g.WardAt(r.Lon, r.Lat) == r.Ward {
				sameWard++
			}
		}
		if list := HoodsNamed(r.Neighbourhood); len(list) > 0 {
			named++
			if slices.Contains(list, g.HoodAt(r.Lon, r.Lat)) {
				sameHood++
			}
		}
	}
	t.Logf("of %d located rows %d lie in the city; %d of %d in the ward they name; %d of %d in a polygon of the neighbourhood they name",
		located, inCity, sameWard, warded, sameHood, named)
	if located-inCity > 13 || float64(sameWard) < 0.99*float64(warded) || float64(sameHood) < 0.98*float64(named) {
		t.Error("too many rows lie elsewhere")
	}
}

func TestWhereARowIs(t *testing.T) {
	g := geography(t)
	for _, tt := range []struct {
		name       string
		row        Row
		ward, hood civic.PlaceID
	}{
		{"point and ward", Row{Ward: "ward-17", Neighbourhood: "Greater Mattapan", Lat: 42.2715, Lon: -71.0772}, "ward-17", "nbhd-mattapan"},
		{"point alone, on the other side of the street", Row{Lat: 42.2715, Lon: -71.0772}, "ward-18", "nbhd-mattapan"},
		{"default point, ward written", Row{Ward: "ward-22", Neighbourhood: "Allston / Brighton", Lat: DefaultLat, Lon: DefaultLon}, "ward-22", "nbhd-brighton"},
		{"default point alone", Row{Lat: DefaultLat, Lon: DefaultLon}, City, City},
		{"default point, whole city", Row{Neighbourhood: "Boston", Lat: DefaultLat, Lon: DefaultLon}, City, City},
		{"outside", Row{Lat: 42.5, Lon: -72}, City, City},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if w, h := g.Ward(&tt.row), g.Hood(&tt.row); w != tt.ward || h != tt.hood {
				t.Errorf("got %s and %s, want %s and %s", w, h, tt.ward, tt.hood)
			}
		})
	}
}

func TestCategories(t *testing.T) {
	code := regexp.MustCompile(`^[a-z0-9_]+(\.[a-z0-9_]+)?$`)
	seen := map[civic.Category]bool{}
	reasons := 0
	for _, c := range Categories(requests(t)) {
		if seen[c.Code] || !code.MatchString(string(c.Code)) || c.Code.Within("rights") {
			t.Errorf("code %q", c.Code)
		}
		seen[c.Code] = true
		if c.Code.Parent() == "" {
			reasons++
		} else if !seen[c.Code.Parent()] {
			t.Errorf("%s before its parent", c.Code)
		} else if c.Kind == "" {
			t.Errorf("%s makes no kind of matter", c.Code)
		}
		if c.Title["en"] == "" || !hasHan(c.Title["zh-Hans"]) {
			t.Errorf("%s: titles %v", c.Code, c.Title)
		}
	}
	if reasons != 35 || len(seen) != 35+141 || !seen["street_lights.street_light_outages"] {
		t.Errorf("%d reasons, %d in all", reasons, len(seen))
	}
}

func hasHan(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 0x4e00 && r <= 0x9fff }) >= 0
}

func TestBodies(t *testing.T) {
	rows := requests(t)
	posts := map[civic.PostID]bool{}
	officers := map[string]bool{}
	held := 0
	bodies := Bodies(rows)
	for _, b := range bodies {
		held += b.Cases
		if b.Title["en"] == "" || !hasHan(b.Title["zh-Hans"]) {
			t.Errorf("%s: titles %v", b.ID, b.Title)
		}
		for _, p := range b.Posts {
			if p.ID.Body() != b.ID || posts[p.ID] {
				t.Errorf("post %s of %s", p.ID, b.ID)
			}
			posts[p.ID] = true
			if p.Title["en"] == "" || !hasHan(p.Title["zh-Hans"]) {
				t.Errorf("%s: titles %v", p.ID, p.Title)
			}
			name := p.Officer.Name
			if officers[name["en"]] || !strings.HasSuffix(name["en"], "(invented)") || !strings.HasSuffix(name["zh-Hans"], "（虚构）") {
				t.Errorf("%s: officer %v", p.ID, name)
			}
			officers[name["en"]] = true
		}
		if !posts[Head(b.ID)] {
			t.Errorf("%s has no supervisor", b.ID)
		}
	}
	// 102 queues ("No Q" is none), ten heads, the desk, the chair.
	if len(bodies) != 11 || len(posts) != 102+10+1+1 || held != Total-1 || !posts[Desk] {
		t.Errorf("%d bodies, %d posts, %d cases", len(bodies), len(posts), held)
	}
	for i := range rows {
		post, ok := PostOf(rows[i].Department, rows[i].Queue)
		if ok != (rows[i].Department != "No Q") || ok && !posts[post] {
			t.Fatalf("line %d: queue %q of %q has no post", rows[i].Line, rows[i].Queue, rows[i].Department)
		}
	}
}

func cityCalendar(t testing.TB) *calendar.Calendar {
	t.Helper()
	cal, err := calendar.New(CalendarSpec())
	if err != nil {
		t.Fatal(err)
	}
	return cal
}

func report(t *testing.T, a Agreement) {
	t.Helper()
	t.Logf("%s %.5f (%d of %d)", a.Name, a.Share(), a.Agree, a.Of)
	for _, c := range a.Types[:min(12, len(a.Types))] {
		t.Logf("  %-70s %6d of %6d", c.Category, c.Agree, c.Of)
	}
}

func TestDueDatesAgreeWithTheCity(t *testing.T) {
	rows := requests(t)
	o := Options{Geography: geography(t)}
	versions, cal := Versions(rows, o), cityCalendar(t)
	a := DueAgreement(rows, versions, cal, o, Tolerance)
	report(t, a)
	if a.Of != 47270 || a.Share() < 0.993 {
		t.Errorf("%.5f of %d rows, want 0.993 of 47270", a.Share(), a.Of)
	}
	for _, tolerance := range []int{0, 5, 60, 120, 600, 3600} {
		t.Logf("within %d s: %.5f", tolerance, DueAgreement(rows, versions, cal, o, tolerance).Share())
	}
	verdict := OnTimeAgreement(rows, versions, cal, o)
	report(t, verdict)
	if verdict.Of != 58093 || verdict.Share() < 0.995 {
		t.Errorf("%.5f of %d rows, want 0.995 of 58093", verdict.Share(), verdict.Of)
	}
	// The limits are no memory of the half year: those of July to September hold for the rest.
	early := o
	early.Until = Autumn
	var later []Row
	for _, r := range rows {
		if r.Opened >= Autumn {
			later = append(later, r)
		}
	}
	b := DueAgreement(later, Versions(rows, early), cal, o, Tolerance)
	report(t, b)
	if b.Share() < 0.99 {
		t.Errorf("limits of the summer hold for %.5f of the autumn, want 0.99", b.Share())
	}
}

func TestLeadsAgreeWithTheCity(t *testing.T) {
	rows := requests(t)
	o := Options{Geography: geography(t), Until: Autumn}
	list := DeriveList(rows, o)
	a, bound := LeadAgreement(rows, list, Autumn, o), LeadBound(rows, Autumn, o)
	report(t, a)
	report(t, bound)
	if a.Of != 26423 || a.Share() < 0.95 {
		t.Errorf("%.5f of %d rows, want 0.95 of 26423", a.Share(), a.Of)
	}
	if bound.Of != a.Of || bound.Agree < a.Agree {
		t.Errorf("bound %d of %d lies below %d of %d", bound.Agree, bound.Of, a.Agree, a.Of)
	}
}

func TestVersions(t *testing.T) {
	rows := requests(t)
	versions := Versions(rows, Options{Geography: geography(t)})
	if len(versions) != 2 || versions[0].Effective != Start || versions[1].Effective.In(Zone()).Format("2006-01-02 15:04:05") != "2011-11-10 11:19:05" {
		t.Fatalf("%d versions, the last from %s", len(versions), versions[len(versions)-1].Effective.In(Zone()))
	}
	posts := map[civic.PostID]bool{}
	for _, b := range Bodies(rows) {
		for _, p := range b.Posts {
			posts[p.ID] = true
		}
	}
	for _, v := range versions {
		covered := map[civic.Category]bool{}
		for _, r := range v.Rows {
			if r.Place == City {
				if covered[r.Category] {
					t.Errorf("version %d: %q twice", v.Number, r.Category)
				}
				covered[r.Category] = true
			}
			if r.Lead == "" || r.Post.Body() != r.Lead || !posts[r.Post] || r.Staff < 1 || r.Calendar != CalendarID || r.Response.N == 0 || r.Objection.N == 0 {
				t.Errorf("version %d: row %+v", v.Number, r)
			}
			if r.Place == City && strings.Contains(string(r.Post), "/district-") {
				t.Errorf("version %d: %s answers for %s in the whole city", v.Number, r.Post, r.Category)
			}
			for _, text := range []string{r.Law, r.Budget, r.Standard} {
				if !strings.HasPrefix(text, "demo") {
					t.Errorf("%s: %q does not say that it is the demo's", r.Category, text)
				}
			}
			for _, j := range r.Joint {
				if j.Body == r.Lead || j.Body == "" {
					t.Errorf("%s: joint %s", r.Category, j.Body)
				}
			}
		}
		for _, c := range Categories(rows) {
			if !covered[c.Code] {
				t.Errorf("version %d: no row for %s", v.Number, c.Code)
			}
		}
	}
	bulk := civic.Category("sanitation.schedule_a_bulk_item_pickup")
	before, after := NewResolver(versions[0].Rows).Resolve(bulk, City), NewResolver(versions[1].Rows).Resolve(bulk, City)
	if before.Resolution.String() != "2wd" || after.Resolution.N != 0 || after.Lead != "pwd" {
		t.Errorf("bulk items: %s, then %s by %s", before.Resolution, after.Resolution, after.Lead)
	}
}

func TestResolve(t *testing.T) {
	v := NewResolver([]DutyRow{
		{Place: City, Lead: "root"},
		{Place: City, Category: "a", Lead: "a"},
		{Place: City, Category: "a.b", Lead: "ab"},
		{Place: "ward-04", Category: "a", Lead: "ward"},
	})
	for _, tt := range []struct {
		category civic.Category
		place    civic.PlaceID
		want     civic.BodyID
	}{
		{"a.b", City, "ab"},
		{"a.c", City, "a"},
		{"x.y", City, "root"},
		{"a.b", "ward-04", "ward"}, // the place goes before the category
		{"x.y", "ward-04", "root"},
		{"a.b", "ward-05", "ab"},
	} {
		if r := v.Resolve(tt.category, tt.place, City); r == nil || r.Lead != tt.want {
			t.Errorf("%s in %s: %+v, want %s", tt.category, tt.place, r, tt.want)
		}
	}
	if r := NewResolver(nil).Resolve("a", City); r != nil {
		t.Errorf("an empty list answers %+v", r)
	}
}

func BenchmarkDerive(b *testing.B) {
	for b.Loop() {
		rows, err := Rows(nil)
		if err != nil {
			b.Fatal(err)
		}
		g, err := Places()
		if err != nil {
			b.Fatal(err)
		}
		Categories(rows)
		Versions(rows, Options{Geography: g})
	}
}
