package body

import (
	"strings"
	"testing"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/sheet"
)

const goodCSV = "\ufeffid,title.en,title.zh-Hans,kind,parent,place,coordinates,roles,supervisor,officer,from,to\n" +
	"roads/crew,Crew,班组,,,,,handler,roads/head,,,\n" +
	"roads/head,Head,主任,,,,,supervisor,pwd/head,Demo Officer 2 (invented),2011-07-01,\n" +
	"roads,Roads,道路处,public,pwd,city,,,,,,\n" +
	"pwd,Public Works,市政工程局,public,,city,,,,,,\n" +
	"pwd/head,Head,局长,,,,,supervisor;registrar,,Demo Officer 1 (invented),2011-07-01,2011-12-31\n" +
	"coord,Coordination,统筹办,coordinating,,city,city;ward-03,,,,,\n"

const goodYAML = `
- id: roads/crew
  title: {en: Crew, zh-Hans: 班组}
  roles: [handler]
  supervisor: roads/head
- {id: roads/head, title: {en: Head, zh-Hans: 主任}, roles: supervisor, supervisor: pwd/head, officer: Demo Officer 2 (invented), from: 2011-07-01}
- {id: roads, title: {en: Roads, zh-Hans: 道路处}, kind: public, parent: pwd, place: city}
- {id: pwd, title: {en: Public Works, zh-Hans: 市政工程局}, kind: public, place: city}
- {id: pwd/head, title: {en: Head, zh-Hans: 局长}, roles: [supervisor, registrar], officer: Demo Officer 1 (invented), from: 2011-07-01, to: 2011-12-31}
- {id: coord, title: {en: Coordination, zh-Hans: 统筹办}, kind: coordinating, place: city, coordinates: [city, ward-03]}
`

func fileFacts(t interface{ Fatal(...any) }) Facts {
	return Facts{Now: at("2011-07-01 09:00"), Calendar: realmCalendar(t), Places: places{"city": true, "ward-03": true}}
}

// obey runs the steps of a file as the clerk would and returns the realm they make.
func obey(t *testing.T, steps []Step, f Facts) *Catalog {
	t.Helper()
	for _, step := range steps {
		c := step.Command
		if seat, ok := c.(Seat); ok {
			if step.Officer == "" {
				t.Fatalf("row %d seats nobody", step.Row)
			}
			seat.Person, seat.Digest = "p", digest
			c = seat
		}
		s, _ := f.Catalog.Body(civic.BodyID(step.Dossier.Key()))
		drafts, refusals := Decide(s, c, f)
		if len(refusals) > 0 {
			t.Fatalf("row %d: %v", step.Row, refusals)
		}
		for _, d := range drafts {
			f.Catalog = f.Catalog.With(journal.Act{Dossier: step.Dossier, Event: d.Event, Happened: f.Now})
		}
	}
	return f.Catalog
}

func TestFile(t *testing.T) {
	for format, text := range map[sheet.Format]string{sheet.CSV: goodCSV, sheet.YAML: goodYAML} {
		f := fileFacts(t)
		steps, refusals := ReadFile(format, []byte(text), f)
		if len(refusals) > 0 {
			t.Fatalf("%s: %v", format, refusals)
		}
		c := obey(t, steps, f)
		if s, _ := c.Supervisor("roads/crew"); s != "roads/head" || !c.Occupied("pwd/head", f.Now) || c.Occupied("pwd/head", at("2012-01-01 00:00")) || !c.Under("roads", "pwd") {
			t.Errorf("%s: the realm is not what the file says", format)
		}
		if b, _ := c.Coordinator("ward-03"); b != "coord" {
			t.Errorf("%s: ward-03 is coordinated by %q", format, b)
		}
		f.Catalog = c
		if _, refusals := ReadFile(format, []byte(text), f); len(refusals) != 8 {
			t.Errorf("%s a second time: %v", format, refusals)
		}
	}
}

func TestFileRefused(t *testing.T) {
	head := "id,title.en,kind,parent,place,coordinates,roles,supervisor,officer,from,to\n"
	for _, test := range []struct{ name, text, want string }{
		{"empty", "", "sheet.empty"},
		{"only a first line", head, "body.file_empty"},
		{"unknown column", "id,title.en,colour\n", "sheet.column_unknown [row 1, colour]"},
		{"missing column", "id,kind\n", "sheet.column_missing [row 1, title.*]"},
		{"utf-16", "\xff\xfei\x00d\x00", "sheet.utf16"},
		{"gbk", head + "pwd,\xca\xd0\xd5\xfe,public,,city,,,,,,\n", "sheet.gbk row=2"},
		{"unknown place", head + "pwd,X,public,,mars,,,,,,\n", "body.place_unknown [row 2, place]"},
		{"unknown kind", head + "pwd,X,guild,,city,,,,,,\n", "body.kind_unknown [row 2, kind]"},
		{"twice", head + "pwd,X,public,,city,,,,,,\npwd,X,public,,city,,,,,,\n", "body.id_twice [row 3, id]"},
		{"parents in a circle", head + "a,X,public,b,city,,,,,,\nb,X,public,a,city,,,,,,\n", "body.body_unknown [row 3, parent]"},
		{"supervisors in a circle", head + "a,X,public,,city,,,,,,\na/x,X,,,,,supervisor,a/y,,,\na/y,X,,,,,supervisor,a/x,,,\n", "body.post_unknown [row 4, supervisor]"},
		{"a post of nobody", head + "a/x,X,,,,,handler,,,,\n", "body.body_unknown [row 2, id]"},
		{"a body with roles", head + "a,X,public,,city,,handler,,,,\n", "body.cell_elsewhere [row 2, roles]"},
		{"a post with a place", head + "a,X,public,,city,,,,,,\na/x,X,,,city,,handler,,,,\n", "body.cell_elsewhere [row 3, place]"},
		{"a coordinating body handles", head + "a,X,coordinating,,city,,,,,,\na/x,X,,,,,handler,,,,\n", "body.coordinating_handles [row 3, roles]"},
		{"two bodies coordinate a place", head + "a,X,coordinating,,city,city,,,,,\nb,X,coordinating,,city,city,,,,,\n", "body.place_coordinated [row 3, coordinates]"},
		{"a bad day", head + "a,X,public,,city,,,,,,\na/x,X,,,,,handler,,N,31.12.2011,\n", "body.day_form [row 3, from]"},
		{"a term without an officer", head + "a,X,public,,city,,,,,,\na/x,X,,,,,handler,,,2011-07-01,\n", "body.officer_missing [row 3, officer]"},
		{"a control character", head + "pwd,a\x07b,public,,city,,,,,,\n", "sheet.cell_control [row 2, title.en]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			steps, refusals := ReadFile(sheet.CSV, []byte(test.text), fileFacts(t))
			if steps != nil || !strings.Contains(refusals.Error(), test.want) {
				t.Errorf("want %s, got %v", test.want, refusals)
			}
		})
	}
}

func fuzzFile(f *testing.F, format sheet.Format, seeds ...string) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	facts := fileFacts(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		steps, refusals := ReadFile(format, data, facts)
		if (len(steps) == 0) == (len(refusals) == 0) {
			t.Fatalf("%d steps and %d refusals", len(steps), len(refusals))
		}
		obey(t, steps, facts)
	})
}

func FuzzCSV(f *testing.F)  { fuzzFile(f, sheet.CSV, goodCSV) }
func FuzzYAML(f *testing.F) { fuzzFile(f, sheet.YAML, goodYAML) }
