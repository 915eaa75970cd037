package place

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"skein/frame/civic"
	"skein/frame/sheet"
)

var (
	wards = Mapping{Code: "ward-{WARD:02}", Titles: map[string]string{"en": "Ward {WARD}", "zh-Hans": "第{WARD}选区"}, Kind: Ward, Parent: "boston"}
	hoods = Mapping{Code: "nbhd-{Name}", Titles: map[string]string{"en": "{Name}"}, Kind: Neighbourhood, Parent: "boston", Rank: 1}
)

// TestBoston brings in the committed part of the real city, twice, and asks it.
func TestBoston(t *testing.T) {
	w := newWorld(t)
	file := File{Import: Import{Places: []Found{{Place: "boston", Kind: City, Titles: en("Boston"), Boundary: w.box(-71.2, 42.2, -70.9, 42.45)}}}}
	for name, m := range map[string]Mapping{"boston-wards.geojson": wards, "boston-neighborhoods.geojson": hoods} {
		f, refusals := ReadGeoJSON(testdata(t, name), m)
		if len(refusals) > 0 {
			t.Fatal(refusals)
		}
		file.Add(name, f)
	}
	if n := len(w.file(file)); n != 14 {
		t.Errorf("%d acts", n)
	}
	if drafts := w.file(file); len(drafts) != 0 {
		t.Errorf("the same file again leads to %s", told(drafts))
	}
	for _, c := range []struct {
		name     string
		lat, lon float64
		want     []civic.PlaceID
	}{
		{"the gate in Chinatown", 42.3513, -71.0597, []civic.PlaceID{"ward-03", "nbhd-chinatown", "boston"}},
		{"the State House", 42.3587, -71.0638, []civic.PlaceID{"ward-05", "nbhd-beacon-hill", "boston"}},
		{"Blackstone Square", 42.3392, -71.0728, []civic.PlaceID{"ward-08", "nbhd-south-end", "boston"}},
		{"the harbour", 42.33, -70.95, []civic.PlaceID{"boston"}},
		{"Cambridge, Massachusetts, in the box", 42.3736, -71.1097, []civic.PlaceID{"boston"}},
		{"Worcester", 42.2626, -71.8023, nil},
	} {
		if diff := cmp.Diff(c.want, w.c.Holding(c.lat, c.lon)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
	if got := w.c.Title("ward-03", "zh-Hans"); got != "第3选区" {
		t.Error(got)
	}
	s, _ := w.c.State("ward-03")
	if s.Shape.SquareMetres < 1e6 || s.Shape.SquareMetres > 2e7 || s.Shape.Box.West > s.Shape.Inner.Lon || s.Shape.Box.North < s.Shape.Inner.Lat {
		t.Errorf("%+v", s.Shape)
	}
}

// TestChina derives the parents of real districts from the columns of the source.
func TestChina(t *testing.T) {
	w := newWorld(t)
	file, refusals := ReadTree(sheet.CSV, []byte("code,parent,kind,title.en,title.zh-Hans,rank\ncn,,country,China,中国,\ncn-13,cn,province,Hebei,河北省,0\ncn-51,cn,province,Sichuan,四川省,0\n"))
	if len(refusals) > 0 {
		t.Fatal(refusals)
	}
	for name, m := range map[string]Mapping{
		"china-cities.csv":    {Code: "cn-{code}", Titles: map[string]string{"zh-Hans": "{name}"}, Kind: City, Parent: "cn-{provinceCode}"},
		"china-districts.csv": {Code: "cn-{code}", Titles: map[string]string{"zh-Hans": "{name}"}, Kind: District, Parent: "cn-{cityCode}"},
	} {
		f, refusals := ReadTable(testdata(t, name), m)
		if len(refusals) > 0 {
			t.Fatal(refusals)
		}
		file.Add(name, f)
	}
	if n := len(w.file(file)); n != 21 {
		t.Errorf("%d acts", n)
	}
	if diff := cmp.Diff([]civic.PlaceID{"cn-5101", "cn-51", "cn"}, w.c.Ancestors("cn-510104")); diff != "" {
		t.Error(diff)
	}
	if got := w.c.Title("cn-510104", "en"); got != "锦江区" {
		t.Error(got)
	}
	if got := w.c.Children("cn-1302"); len(got) != 3 || got[0] != "cn-130202" {
		t.Error(got)
	}
}

func TestReadTree(t *testing.T) {
	for _, c := range []struct{ name, text, no string }{
		{"fine", "code,parent,kind,title.en,rank\na,,city,A,\nb,a,ward,B,1\n", ""},
		{"empty", "code,parent,kind,title.en\n", "import_empty@"},
		{"nothing", "", "sheet.empty@"},
		{"no kind", "code,title.en\na,A\n", "sheet.column_missing@row_1,_kind"},
		{"another column", "code,kind,title.en,score\na,city,A,1\n", "sheet.column_unknown@row_1,_score"},
		{"a rank in words", "code,kind,title.en,rank\na,city,A,first\n", "rank_range@row_2,_rank"},
		{"text turned around", "code,kind,title.en\na,city,A\u202eB\n", "sheet.cell_control@row_2,_title.en"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, refusals := ReadTree(sheet.CSV, []byte(c.text))
			if got := keys(refusals); got != c.no {
				t.Errorf("refused %q, want %q", got, c.no)
			}
			if c.no == "" && (len(f.Import.Places) != 2 || f.Import.Places[1].Source != "row 3" || f.Import.Places[1].Rank != 1) {
				t.Errorf("%+v", f)
			}
		})
	}
	f, refusals := ReadTree(sheet.YAML, []byte("- code: a\n  kind: city\n  title: {en: A, zh-Hans: 甲}\n"))
	if len(refusals) > 0 || f.Import.Places[0].Titles["zh-Hans"] != "甲" {
		t.Error(f, refusals)
	}
}

func TestMapping(t *testing.T) {
	feature := func(properties string) string {
		return `{"type":"FeatureCollection","features":[{"type":"Feature","properties":` + properties +
			`,"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}]}`
	}
	for _, c := range []struct {
		name, text string
		m          Mapping
		place, no  string
	}{
		{"a number", feature(`{"WARD":7}`), wards, "ward-07", ""},
		{"a long number", feature(`{"WARD":123}`), wards, "ward-123", ""},
		{"words", feature(`{"Name":"  Jamaica Plain (South) "}`), hoods, "nbhd-jamaica-plain-south", ""},
		{"no property", feature(`{"other":7}`), wards, "", "property_missing@features[0].WARD"},
		{"null", feature(`{"WARD":null}`), wards, "", "property_missing@features[0].WARD"},
		{"no mapping", feature(`{}`), Mapping{}, "", "mapping_code@mapping.code mapping_kind@mapping.kind mapping_titles@mapping.titles"},
		{"no features", `{"type":"FeatureCollection","features":[]}`, wards, "", "import_empty@"},
		{"a point", `{"type":"Point","coordinates":[0,0]}`, wards, "", "geo.not_areal@"},
		{"swapped", strings.Replace(feature(`{"WARD":7}`), "[1,0]", "[42,-171]", 1), wards, "", "geo.swapped@features[0].geometry.coordinates[0][1]"},
		{"bent over itself", strings.Replace(feature(`{"WARD":7}`), "[[0,0],[1,0],[1,1],[0,0]]", "[[0,0],[2,2],[2,0],[0,2],[0,0]]", 1), wards, "", "geo.ring_crosses_itself@features[0].geometry.coordinates[0]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, refusals := ReadGeoJSON([]byte(c.text), c.m)
			if got := keys(refusals); got != c.no {
				t.Fatalf("refused %q, want %q", got, c.no)
			}
			if c.no != "" {
				return
			}
			p := f.Import.Places[0]
			if string(p.Place) != c.place || f.Documents[p.Boundary] == nil || p.Parent != "boston" || p.Source != "features[0]" {
				t.Errorf("%+v", p)
			}
		})
	}
	if _, refusals := ReadTable([]byte("code,name\n1,\n,B\n"), Mapping{Code: "c-{code}", Kind: "ward", Titles: map[string]string{"en": "{name}"}}); keys(refusals) != "property_missing@row_2,_name property_missing@row_3,_code" {
		t.Error(refusals)
	}
	if _, refusals := ReadTable([]byte("code\n1\n"), Mapping{Code: "c-{code}", Kind: "ward", Titles: map[string]string{"en": "{name}"}}); keys(refusals) != "sheet.column_missing@row_1,_name" {
		t.Error(refusals)
	}
}

const boston = `
id: city
version: 2011-1
title: {en: Boston city calendar, zh-Hans: 波士顿市历}
time_zone: America/New_York
working_weekdays: [mon, tue, wed, thu, fri]
opens: 08:30
cut_off: 17:00
holidays_count: true
place: city
`

func TestCalendars(t *testing.T) {
	w := newWorld(t)
	w.must("", Found{Place: "city", Kind: City, Titles: en("City")})
	w.must("", Found{Place: "ward", Kind: Ward, Titles: en("Ward"), Parent: "city"})
	w.must("", Found{Place: "block", Kind: GridCell, Titles: en("Block"), Parent: "ward"})
	read := func(text string) SetCalendar {
		t.Helper()
		f, refusals := ReadCalendars([]byte(text))
		if len(refusals) > 0 {
			t.Fatal(refusals)
		}
		for d, content := range f.Documents {
			w.docs[d] = content
		}
		return f.Commands[0]
	}
	if w.c.DefaultCalendar() != nil {
		t.Error("no calendar yet")
	}
	city := read(boston)
	if got := told(w.must("", city)); got != "calendar_set" {
		t.Error(got)
	}
	if got := told(w.must("", city)); got != "" {
		t.Errorf("the same calendar again leads to %s", got)
	}
	first := w.c.Calendar("city")
	if first == nil || w.c.Calendar("") != first || first.Version() != "2011-1" || first.Location().String() != "America/New_York" {
		t.Fatal("the root's calendar is the realm's own")
	}
	ward := read(strings.NewReplacer("id: city", "id: ward", "place: city", "place: ward").Replace(boston))
	w.must("", ward)
	body := read(strings.NewReplacer("id: city", "id: works", "place: city", "body: pwd").Replace(boston))
	w.must("", body)
	for p, want := range map[civic.PlaceID]string{"city": "city", "ward": "ward", "block": "ward"} {
		if got, ok := w.c.CalendarOf(p); !ok || got != want {
			t.Errorf("%s goes by %q", p, got)
		}
	}
	if _, ok := w.c.CalendarOf("nowhere"); ok {
		t.Error("an unknown place has a calendar")
	}
	if got, ok := w.c.CalendarOfBody("pwd"); !ok || got != "works" {
		t.Error(got)
	}
	changed := strings.Replace(boston, "17:00", "16:00", 1)
	for _, c := range []struct {
		name string
		do   SetCalendar
		no   string
	}{
		{"changed data, old version", read(changed), "calendar_version@version"},
		{"another id", SetCalendar{ID: "town", Digest: city.Digest}, "calendar_other@id"},
		{"no such id", SetCalendar{ID: "The Calendar", Digest: city.Digest}, "calendar_form@id calendar_other@id"},
		{"no document", SetCalendar{ID: "city", Digest: "x"}, "calendar_missing@digest"},
		{"taken place", SetCalendar{ID: "ward", Digest: ward.Digest, Place: "city"}, "calendar_taken@place"},
		{"taken body", SetCalendar{ID: "ward", Digest: ward.Digest, Body: "pwd"}, "calendar_taken@body"},
		{"both", SetCalendar{ID: "ward", Digest: ward.Digest, Place: "block", Body: "who"}, "calendar_both@body body_unknown@body"},
		{"unknown place", SetCalendar{ID: "ward", Digest: ward.Digest, Place: "x"}, "unknown@place"},
	} {
		if _, refusals := w.do("", c.do); keys(refusals) != c.no {
			t.Errorf("%s: refused %q, want %q", c.name, keys(refusals), c.no)
		}
	}
	w.must("", read(strings.Replace(changed, "2011-1", "2012-1", 1)))
	if now := w.c.Calendar("city"); now == first || now.Version() != "2012-1" || w.c.CalendarEdition("city", "2011-1") != first {
		t.Error("a new version is in force and the old one can still be asked")
	}
	w.must("", SetCalendar{ID: "ward", Digest: ward.Digest})
	if got, _ := w.c.CalendarOf("block"); got != "city" {
		t.Errorf("block goes by %q", got)
	}
	var none *Catalog
	again, err := none.With(w.document, w.acts...)
	if err != nil || again.Calendar("").Version() != "2012-1" || again.CalendarEdition("city", "2011-1") == nil {
		t.Error("learned again", err)
	}
}

func TestReadCalendars(t *testing.T) {
	for _, c := range []struct{ name, text, no string }{
		{"one", boston, ""},
		{"json", `[{"id":"a","version":"1","title":{"en":"A"},"time_zone":"Asia/Shanghai","working_weekdays":["mon"],"opens":"09:00","covered_from":2026,"covered_to":2026,"adjustments":[{"date":"2026-10-01","kind":"holiday"}]}]`, ""},
		{"nothing", "", "calendars_empty@"},
		{"an empty list", "[]", "calendars_empty@"},
		{"an unknown field", boston + "score: 5\n", "calendar_field@row_11,_score"},
		{"a list for a text", strings.Replace(boston, "id: city", "id: [city]", 1), "calendar_value@row_2"},
		{"no yaml", "id: [", "calendar_yaml@row_1"},
		{"a text", "calendar", "calendar_value@row_1"},
		{"no zone", strings.Replace(boston, "America/New_York", "Mars/North", 1), "calendar.zone_unknown@calendars[0].time_zone"},
		{"twice", `[{id: a}, {id: a}]`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, refusals := ReadCalendars([]byte(c.text))
			if c.name == "twice" {
				if last := refusals[len(refusals)-1]; last.Key != "place.calendar_twice" || last.Field != "calendars[1].id" {
					t.Error(last)
				}
				return
			}
			if got := keys(refusals); got != c.no {
				t.Errorf("refused %q, want %q", got, c.no)
			}
		})
	}
}
