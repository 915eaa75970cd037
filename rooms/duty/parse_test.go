package duty

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/frame/sheet"
)

func drawLimit(t *rapid.T, name string) calendar.Limit {
	n := rapid.IntRange(0, 500).Draw(t, name)
	if n == 0 {
		return calendar.Limit{}
	}
	return calendar.Limit{N: n, Unit: rapid.SampledFrom([]calendar.Unit{calendar.WorkingDays, calendar.CalendarDays, calendar.Hours}).Draw(t, name)}
}

// drawText draws what a person may write in a cell, YAML's special words among it.
func drawText(t *rapid.T, name string) string {
	return rapid.OneOf(
		rapid.SampledFrom([]string{"", "yes", "null", "~", "1e3", "2011-07-01", "a: b", "# no", "\"q\", 'r'", "'; DROP TABLE", "【条例】第三条；", "0x1f", "<<", "*a", "&a", "!t", "%", "`", "|", ">"}),
		rapid.StringMatching(`[ -~]{0,30}`), rapid.StringMatching(`[一-龥，。、]{0,12}`),
	).Filter(func(s string) bool { return s == strings.TrimSpace(s) && !sheet.Formula(s) }).Draw(t, name)
}

func drawRows(t *rapid.T) []Row {
	code := rapid.StringMatching(`[a-z0-9][a-z0-9_-]{0,6}`)
	var rows []Row
	for i := range rapid.IntRange(1, 8).Draw(t, "rows") {
		r := Row{
			ID: fmt.Sprintf("r%d%s", i, rapid.StringMatching(`[A-Za-z0-9*@/._-]{0,5}`).Draw(t, "id")), Place: civic.PlaceID(code.Draw(t, "place")),
			Category: civic.Category(rapid.StringMatching(`[a-z][a-z0-9_-]{0,4}(\.[a-z0-9][a-z_-]{0,3}){0,3}|\*`).Draw(t, "category")),
			Lead:     civic.BodyID(fmt.Sprintf("lead%d", i)), Law: drawText(t, "law"), Budget: drawText(t, "budget"), Standard: drawText(t, "standard"), Notes: drawText(t, "notes"),
			Staff:    rapid.SampledFrom([]string{"", "0", "12", "3.5", "3.50"}).Draw(t, "staff"),
			Response: drawLimit(t, "response"), Resolution: drawLimit(t, "resolution"), Objection: drawLimit(t, "objection"),
			Calendar: rapid.SampledFrom([]string{"", "city"}).Draw(t, "calendar"),
		}
		if rapid.Bool().Draw(t, "has post") {
			r.Post = civic.PostID(code.Draw(t, "body") + "/" + code.Draw(t, "post"))
		}
		for j := range rapid.IntRange(0, 3).Draw(t, "joint") {
			r.Joint = append(r.Joint, Joint{Body: civic.BodyID(fmt.Sprintf("j%d", j)), Limit: drawLimit(t, "sub-limit")})
		}
		rows = append(rows, r)
	}
	return rows
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := NewList(drawRows(t))
		asYAML, err := l.YAML()
		if err != nil {
			t.Fatal(err)
		}
		for format, text := range map[Format][]byte{CSV: l.CSV(), YAML: asYAML} {
			again, refusals := ParseList(format, text, Known{})
			if len(refusals) > 0 {
				t.Fatalf("%s refused: %v\n%s", format, refusals, text)
			}
			if diff := cmp.Diff(l.Rows(), again.Rows()); diff != "" {
				t.Fatalf("%s: %s\n%s", format, diff, text)
			}
			if !bytes.Equal(again.CSV(), l.CSV()) || again.Digest() != l.Digest() {
				t.Fatalf("%s: other bytes", format)
			}
		}
	})
}

func TestCategoriesRoundTrip(t *testing.T) {
	asYAML, err := founding.YAML()
	if err != nil {
		t.Fatal(err)
	}
	for format, text := range map[Format][]byte{CSV: founding.CSV(), YAML: asYAML} {
		again, refusals := ParseCategories(format, text)
		if len(refusals) > 0 {
			t.Fatal(refusals)
		}
		if diff := cmp.Diff(founding.All(), again.All()); diff != "" || again.Digest() != founding.Digest() {
			t.Error(format, diff)
		}
	}
}

func TestFounding(t *testing.T) {
	private := []civic.Category{"dispute", "rights.demolition", "rights.housing", "rights.wages", "safety"}
	for _, code := range []civic.Category{"rights.wages", "rights.housing", "rights.education", "rights.medical", "rights.land", "rights.demolition", "rights.labour", "rights.migrants", "dispute", "safety"} {
		if !founding.Has(code) {
			t.Errorf("no %s", code)
		}
	}
	for _, c := range founding.All() {
		want := slices.ContainsFunc(private, func(p civic.Category) bool { return c.Code.Within(p) })
		if c.Private != want {
			t.Errorf("%s: private is %v", c.Code, c.Private)
		}
		if c.Titles["en"] == "" || c.Titles["zh-Hans"] == "" {
			t.Errorf("%s has no title in a language", c.Code)
		}
	}
	if founding.Leaf("rights") || !founding.Leaf("rights.wages") || founding.Leaf("none") {
		t.Error("leaves")
	}
}

func TestInheritance(t *testing.T) {
	c, refusals := ParseCategories(CSV, []byte("code,title.en,kind,private,group,retired\na,A,dispute,yes,g,\na.b,B,,,,\na.b.c,C,request,no,h,yes\na-b,D,,,,\n"))
	if len(refusals) > 0 {
		t.Fatal(refusals)
	}
	var got []string
	for _, x := range c.All() {
		got = append(got, fmt.Sprintf("%s %s private=%v group=%q retired=%v leaf=%v", x.Code, x.Kind, x.Private, x.Group, x.Retired, c.Leaf(x.Code)))
	}
	want := []string{
		`a dispute private=true group="g" retired=false leaf=false`,
		`a-b request private=false group="" retired=false leaf=true`,
		`a.b dispute private=true group="g" retired=false leaf=true`,
		`a.b.c request private=false group="h" retired=true leaf=false`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if doc, tree := ReadCategories(CSV, []byte("code,title.en\na,A\n"), c); tree != nil || len(doc.Refusals) != 3 || doc.Refusals[0].Key != "duty.category_dropped" {
		t.Errorf("codes are dropped: %v", doc.Refusals)
	}
}

func TestListRefused(t *testing.T) {
	known := Known{
		Place: func(p civic.PlaceID) bool { return p == "city" }, Body: func(b civic.BodyID) bool { return b == "pwd" || b == "parks" },
		Post: func(p civic.PostID) bool { return p == "pwd/head" }, Category: func(c civic.Category) bool { return c == "street" },
		Calendar: func(c string) bool { return c == "city" },
	}
	head := "id,category,place,lead,joint,post,staff,response,calendar,law\n"
	for _, test := range []struct {
		name, text string
		want       []string // all of them, in order
	}{
		{"right", head + "r1,street,city,pwd,parks:3 working days,pwd/head,3.5,1wd,city,Law\n", nil},
		{"the catch-all", "category,place,lead\n*,city,pwd\n", nil},
		{"empty", "", []string{"sheet.empty "}},
		{"only a first line", head, []string{"duty.no_rows "}},
		{"unknown column", "category,place,lead,colour\n", []string{"sheet.column_unknown row 1, colour"}},
		{"missing columns", "category\n", []string{"sheet.column_missing row 1, place", "sheet.column_missing row 1, lead"}},
		{"a column twice", "category,place,lead,lead\n", []string{"sheet.column_twice row 1, lead"}},
		{"unknown codes", head + "r1,noise,mars,isd,fire,isd/head,,,county,\n", []string{
			"duty.category_unknown row 2, category", "duty.place_unknown row 2, place", "duty.body_unknown row 2, lead",
			"duty.body_unknown row 2, joint", "duty.post_unknown row 2, post", "duty.calendar_unknown row 2, calendar",
		}},
		{"bad forms", head + "r 1,Street,ci ty,PWD,,head,many,soon,,\n", []string{
			"duty.id_form row 2, id", "duty.code_form row 2, category", "duty.code_form row 2, place", "duty.code_form row 2, lead",
			"duty.post_form row 2, post", "duty.staff_form row 2, staff", "duty.limit_form row 2, response",
		}},
		{"bad sub-limit, lead as joint, joint twice", head + "r1,street,city,pwd,parks:0wd;pwd;parks,,,,,\n", []string{"duty.limit_form row 2, joint", "duty.joint_lead row 2, joint", "duty.joint_twice row 2, joint"}},
		{"empty cells", "category,place,lead\n,,pwd\n", []string{"sheet.cell_missing row 2, category", "sheet.cell_missing row 2, place"}},
		{"an id twice", head + "r1,street,city,pwd,,,,,,\nr1,street,city,parks,,,,,,\n", []string{"duty.id_twice row 3, id"}},
		{"a row twice", "category,place,lead\nstreet,city,pwd\nstreet,city,pwd\n", []string{"duty.row_twice row 3, lead"}},
		{"an overlap is data, not an error", "category,place,lead\nstreet,city,pwd\nstreet,city,parks\n", nil},
		{"a row too wide", "category,place,lead\nstreet,city,pwd,x\n", []string{"sheet.row_wide row 2"}},
		{"a row too narrow", "category,place,lead\nstreet,city\n", []string{"sheet.row_narrow row 2", "sheet.cell_missing row 2, lead"}},
		{"an open quotation mark", "category,place,lead\nstreet,\"city,pwd\n", []string{"sheet.csv_quote row 2"}},
		{"UTF-16", "\xff\xfec\x00a\x00", []string{"sheet.utf16 "}},
		{"UTF-16 without a mark", "c\x00a\x00t\x00e\x00", []string{"sheet.utf16 "}},
		{"GBK", head + "r1,street,city,pwd,,,,,,\xb3\xc7\xca\xd0\n", []string{"sheet.gbk "}},
		{"Latin-1", head + "r1,street,city,pwd,,,,,,caf\xe9\n", []string{"sheet.not_utf8 "}},
		{"a line break in a cell", head + "r1,street,city,pwd,,,,,,\"a\nb\"\n", []string{"sheet.cell_break row 2, law"}},
		{"text turned around", head + "r1,street,city,pwd,,,,,,a\u202eb\n", []string{"sheet.cell_control row 2, law"}},
		{"a long cell", head + "r1,street,city,pwd,,,,,," + strings.Repeat("x", 5000) + "\n", []string{"sheet.cell_long row 2, law"}},
		{"too many rows", "category,place,lead\n" + strings.Repeat("street,city,pwd\n", listShape.MostRows+1), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			list, refusals := ParseList(CSV, []byte(test.text), known)
			if test.name == "too many rows" {
				if len(refusals) != 101 || !slices.ContainsFunc(refusals, func(r civic.Refusal) bool { return r.Key == "sheet.too_many" }) {
					t.Fatalf("%d reasons, the first %v", len(refusals), refusals[0])
				}
				return
			}
			var got []string
			for _, r := range refusals {
				got = append(got, r.Key+" "+r.Field)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if (list == nil) != (len(refusals) > 0) {
				t.Error("a list and refusals")
			}
		})
	}
}

func TestYAMLRefused(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"{category: street}", "sheet.yaml_sequence [row 1]"},
		{"- street\n", "sheet.yaml_mapping [row 1]"},
		{"- {category: street, place: city}\n", "sheet.cell_missing [row 1, lead]"},
		{"- category: street\n  place: city\n  lead: pwd\n  colour: red\n", "sheet.column_unknown [row 4, colour]"},
		{"- &a {category: street, place: city, lead: pwd}\n- *a\n", "sheet.yaml_mapping [row 2]"},
		{"- {category: street, place: city, lead: [pwd, isd]}\n", "sheet.yaml_value [row 1, lead]"},
		{"- {category: street, place: city, lead: pwd, joint: [{a: b}]}\n", "sheet.yaml_value [row 1, joint]"},
		{"- category: street\n place: city\n", "sheet.yaml [row"},
		{"- {category: street, category: trees, place: city, lead: pwd}\n", "sheet.column_twice [row 1, category]"},
		{"- {category: street, place: city, lead: pwd, standard: \"a\\nb\"}\n", "sheet.cell_break [row 1, standard]"},
		{"", "sheet.empty"},
	} {
		if _, refusals := ParseList(YAML, []byte(test.text), Known{}); !strings.Contains(refusals.Error(), test.want) {
			t.Errorf("%q: want %s, got %v", test.text, test.want, refusals)
		}
	}
}

// TestIDs holds that a file without ids gives rows ids that do not hang on the lead.
func TestIDs(t *testing.T) {
	l, _ := ParseList(CSV, []byte("category,place,lead\nstreet,city,pwd\n*,city,info\nstreet,city,isd\n"), Known{})
	var ids []string
	for _, r := range l.Rows() {
		ids = append(ids, r.ID)
	}
	if diff := cmp.Diff([]string{"*@city", "street@city", "street@city/isd"}, ids); diff != "" {
		t.Error(diff)
	}
}

// TestListReadsForEver holds the canonical form: a list adopted once keeps its bytes and its digest.
func TestListReadsForEver(t *testing.T) {
	for name, read := range map[string]func([]byte) ([]byte, civic.Refusals){
		"list-v1.csv": func(b []byte) ([]byte, civic.Refusals) {
			l, r := ParseList(CSV, b, Known{})
			if len(r) > 0 {
				return nil, r
			}
			return l.CSV(), nil
		},
		"categories-v1.csv": func(b []byte) ([]byte, civic.Refusals) {
			c, r := ParseCategories(CSV, b)
			if len(r) > 0 {
				return nil, r
			}
			return c.CSV(), nil
		},
	} {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		again, refusals := read(text)
		if len(refusals) > 0 || !bytes.Equal(again, text) {
			t.Errorf("%s is not read as it was: %v", name, refusals)
		}
	}
}

func fuzzList(f *testing.F, format Format) {
	f.Fuzz(func(t *testing.T, data []byte) {
		l, refusals := ParseList(format, data, Known{})
		if (l == nil) == (len(refusals) == 0) {
			t.Fatalf("a list %v and %d refusals", l != nil, len(refusals))
		}
		if l == nil {
			for _, r := range refusals {
				if !utf8.ValidString(r.Error()) {
					t.Fatalf("a reason that is no text: %q", r.Error())
				}
			}
			return
		}
		again, refusals := ParseList(CSV, l.CSV(), Known{})
		if len(refusals) > 0 || !bytes.Equal(again.CSV(), l.CSV()) {
			t.Fatalf("the canonical form does not read back: %v", refusals)
		}
		asYAML, err := l.YAML()
		if err != nil {
			t.Fatal(err)
		}
		again, refusals = ParseList(YAML, asYAML, Known{})
		if len(refusals) > 0 || !bytes.Equal(again.CSV(), l.CSV()) {
			t.Fatalf("the YAML does not read back: %v\n%s", refusals, asYAML)
		}
	})
}

func FuzzListCSV(f *testing.F)  { fuzzList(f, CSV) }
func FuzzListYAML(f *testing.F) { fuzzList(f, YAML) }

func FuzzCategories(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, format := range []Format{CSV, YAML} {
			c, refusals := ParseCategories(format, data)
			if (c == nil) == (len(refusals) == 0) {
				t.Fatalf("a tree %v and %d refusals", c != nil, len(refusals))
			}
			if c == nil {
				continue
			}
			if again, refusals := ParseCategories(CSV, c.CSV()); len(refusals) > 0 || !bytes.Equal(again.CSV(), c.CSV()) {
				t.Fatalf("the canonical form does not read back: %v", refusals)
			}
		}
	})
}
