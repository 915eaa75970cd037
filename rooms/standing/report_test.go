package standing

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/paper"
)

type tree struct{}

func (tree) HasPlace(p civic.PlaceID) bool           { return p == "ward-1" }
func (tree) Ancestors(civic.PlaceID) []civic.PlaceID { return []civic.PlaceID{"city"} }
func (tree) Children(civic.PlaceID) []civic.PlaceID  { return nil }

func moment(day string) civic.Instant {
	t, err := time.Parse("2006-01-02 15:04", day)
	if err != nil {
		panic(err)
	}
	return civic.At(t)
}

// step decides a command and folds what it leads to.
func step(s Report, now civic.Instant, c ReportCommand) (Report, civic.Refusals) {
	drafts, refused := DecideReport(s, c, ReportFacts{Now: now, Zone: time.UTC, Places: tree{}})
	for _, d := range drafts {
		s = EvolveReport(s, journal.Act{Dossier: "report/2011-12", Seq: s.Seq + 1, Happened: now, Actor: "post:coord/chair", Event: d.Event})
	}
	return s, refused
}

func TestDecideReport(t *testing.T) {
	files := map[string]string{"csv": "c"}
	draft := DraftReport{Month: "2011-12", Figures: "f1", Upto: 7}
	drafted, _ := step(Report{}, moment("2012-01-01 00:00"), draft)
	signed, _ := step(drafted, moment("2012-01-02 00:00"), SignReport{Figures: "f1", Files: files})
	if drafted.Status() != ReportDrafted || signed.Status() != ReportSigned || signed.Done[0].Signer != "coord/chair" || signed.Done[0].Upto != 7 || signed.Done[0].Act != 2 {
		t.Fatalf("%+v\n%+v", drafted, signed)
	}
	for _, c := range []struct {
		name    string
		state   Report
		now     string
		command ReportCommand
		want    string // keys of the refusals
	}{
		{"over", Report{}, "2012-01-01 00:00", draft, ""},
		{"the last minute", Report{}, "2011-12-31 23:59", draft, "report.month_open"},
		{"no month", Report{}, "2012-01-01 00:00", DraftReport{Month: "2011-13", Figures: "f"}, "report.month_form"},
		{"no figures", Report{}, "2012-01-01 00:00", DraftReport{Month: "2011-12"}, "report.nothing"},
		{"no place", Report{}, "2012-01-01 00:00", DraftReport{Month: "2011-12", Place: "moon", Figures: "f"}, "report.place_unknown"},
		{"all reasons", signed, "2011-12-31 23:59", DraftReport{Month: "2012-02", Place: "moon"}, "report.month_open report.place_unknown report.reason_missing"},
		{"a place", Report{}, "2012-01-01 00:00", DraftReport{Month: "2011-12", Place: "ward-1", Figures: "f"}, ""},
		{"drafted anew", drafted, "2012-01-03 00:00", draft, ""},
		{"a second without why", signed, "2012-01-03 00:00", draft, "report.reason_missing"},
		{"remarks on nothing", signed, "2012-01-03 00:00", RemarkReport{Text: "t"}, "report.no_draft"},
		{"no remarks again", drafted, "2012-01-03 00:00", RemarkReport{}, "report.same_remarks"},
		{"nothing to sign", signed, "2012-01-03 00:00", SignReport{Figures: "f1", Files: files}, "report.no_draft"},
		{"other figures", drafted, "2012-01-03 00:00", SignReport{Figures: "f0", Files: files}, "report.other_figures"},
		{"no files", drafted, "2012-01-03 00:00", SignReport{Figures: "f1"}, "report.no_files"},
	} {
		_, refused := step(c.state, moment(c.now), c.command)
		var keys []string
		for _, r := range refused {
			keys = append(keys, r.Key)
		}
		if got := strings.Join(keys, " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Whatever is done, in whatever order: what is signed stays as it was, versions are dense, and nothing is signed that was not drafted.
func TestSignedVersionsStay(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		var s Report
		now := moment("2012-01-01 00:00")
		for range 30 {
			now += civic.Instant(r.Int64N(int64(aDay)))
			before := s
			pick := func(prefix string) string { return fmt.Sprint(prefix, r.IntN(3)) }
			var c ReportCommand = DraftReport{Month: "2011-12", Figures: pick("f"), Reason: pick("r")}
			switch r.IntN(3) {
			case 1:
				c = RemarkReport{Text: pick("t")}
			case 2:
				c = SignReport{Figures: pick("f"), Files: map[string]string{"csv": pick("c")}}
			}
			s, _ = step(s, now, c)
			if len(s.Done) < len(before.Done) || len(s.Done) > len(before.Done)+1 {
				t.Fatalf("seed %d: %d versions after %d", seed, len(s.Done), len(before.Done))
			}
			for i := range before.Done {
				if fmt.Sprint(before.Done[i]) != fmt.Sprint(s.Done[i]) {
					t.Fatalf("seed %d: version %d changed", seed, i+1)
				}
			}
			if len(s.Done) > len(before.Done) {
				newest := s.Done[len(s.Done)-1]
				if before.Draft == nil || newest.Figures != before.Draft.Figures || newest.Remarks != before.Draft.Remarks || newest.Signed == 0 {
					t.Fatalf("seed %d: signed %+v, drafted %+v", seed, newest, before.Draft)
				}
			}
		}
	}
}

func TestReportCodes(t *testing.T) {
	for code, want := range map[string]string{
		"2011-12": "2011-12 ", "2011-12.ward-1": "2011-12 ward-1", "2011-12.a.b": "2011-12 a.b",
		"2011-12.": "", "2011-13": "", "": "", "x": "", "2011-12.." + strings.Repeat("x", 300): "",
	} {
		m, place, ok := ParseReport(code)
		got := ""
		if ok {
			got = string(m) + " " + string(place)
			if ReportID(m, place).Key() != code {
				t.Errorf("%s is called %s", code, ReportID(m, place))
			}
		}
		if got != want {
			t.Errorf("%q: %q, want %q", code, got, want)
		}
	}
}

// voices are those of all languages.
func voices(t *testing.T) (out []words.Voice) {
	t.Helper()
	book := words.NewBook()
	for _, files := range []fs.FS{Messages, paper.Messages} {
		if err := book.Add(files); err != nil {
			t.Fatal(err)
		}
	}
	for _, lang := range words.Languages {
		out = append(out, book.Voice(lang, time.UTC))
	}
	return out
}

func frozenSample(n int) Frozen {
	row := func(code string) FrozenRow {
		return FrozenRow{Code: code, Titles: map[string]string{"en": "Name of " + code, "zh-Hans": code + "的名称"}, Counts: Counts{Reported: n, Answered: n, Due: n, InTime: n / 2, Fixed: n / 3, "days.3": n}}
	}
	return Frozen{
		Format: frozenFormat, Realm: "city", Titles: map[string]string{"en": "City", "zh-Hans": "某市"}, Month: "2011-12",
		Counts: Counts{Reported: n, Answered: n, Due: n, InTime: n / 2, ResponseDue: n, Solved: n / 2, Unsolved: n - n/2, "days.3": n, Reopened: 1}, Before: Counts{Reported: 5},
		Groups: []FrozenGroup{{By: ByBody, Rows: []FrozenRow{row("pwd"), row("park")}}, {By: ByCategory, Rows: []FrozenRow{row("lamps"), row("lamps.dark")}}},
	}
}

// Of fewer than ten no share is told, in no language; from ten on it is.
func TestSentencesTellNoShareOfFew(t *testing.T) {
	for _, v := range voices(t) {
		for n, want := range map[int]bool{0: false, 1: false, 9: false, 10: true, 4000: true} {
			f := frozenSample(n)
			all := strings.Join(f.Sentences(v), "\n")
			for _, g := range f.Groups {
				for _, r := range g.told(v) {
					all += strings.Join(r.cells(v), " ")
				}
			}
			if strings.Contains(all, "%") != want {
				t.Errorf("%s, of %d: %s", v.Lang, n, all)
			}
			if strings.Contains(all, "report.") || strings.Contains(all, "{") {
				t.Errorf("%s: a text is missing: %s", v.Lang, all)
			}
		}
	}
}

// Frozen figures read back in one way only, and of categories the CSV has all and the words the top ones.
func TestFrozen(t *testing.T) {
	f := frozenSample(12)
	text := f.Document()
	got, err := ReadFrozen(text)
	if err != nil || string(got.Document()) != string(text) {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "{}", strings.Replace(string(text), "\n", "\n\n", 1), strings.Replace(string(text), `"skein_report": 2`, `"skein_report": 3`, 1)} {
		if _, err := ReadFrozen([]byte(bad)); err == nil {
			t.Errorf("%.40q is read", bad)
		}
	}
	if csv := string(f.CSV()); !strings.Contains(csv, "2011-12,category,lamps.dark,reported,12\n") {
		t.Error(csv)
	}
	if rows := f.Groups[1].told(voices(t)[0]); len(rows) != 1 || rows[0].code != "lamps" {
		t.Errorf("%+v", rows)
	}
	sums := Sums{
		{Month: "2011-12", By: ByAll}: f.Counts, {Month: "2011-11", By: ByAll}: f.Before,
		{Month: "2011-12", By: ByBody, Code: "pwd"}: f.Groups[0].Rows[0].Counts, {Month: "2011-12", By: ByBody, Code: "park"}: f.Groups[0].Rows[1].Counts,
		{Month: "2011-12", By: ByCategory, Code: "lamps"}: f.Groups[1].Rows[0].Counts, {Month: "2011-12", By: ByCategory, Code: "lamps.dark"}: f.Groups[1].Rows[1].Counts,
	}
	if where := f.Differs(sums); len(where) > 0 {
		t.Errorf("the same differs: %v", where)
	}
	sums[Cell{Month: "2011-12", By: ByChannel, Code: "web"}] = Counts{Reported: 1}
	sums[Cell{Month: "2011-12", By: ByBody, Code: "pwd"}] = Counts{Reported: 13}
	sums[Cell{Month: "2011-12", By: ByLanguage, Code: "vi"}] = Counts{Reported: 1}
	if where := f.Differs(sums); strings.Join(where, ",") != "body pwd,channel web,language vi" {
		t.Errorf("%v", where)
	}
	// What was signed before languages were counted is held against what was counted then.
	f.Format = frozenBefore
	if got, err = ReadFrozen(f.Document()); err != nil {
		t.Fatal(err)
	}
	if where := got.Differs(sums); strings.Join(where, ",") != "body pwd,channel web" {
		t.Errorf("of the format before: %v", where)
	}
}

// The same version gives the same file; other remarks give another.
func TestReportPaper(t *testing.T) {
	for _, v := range voices(t) {
		p := reportPaper{Frozen: frozenSample(40), Number: 1, Drafted: moment("2012-01-02 09:00"), Post: "coord/chair", Remarks: "说明 and words"}
		first, err := p.document(v).PDF()
		if err != nil {
			t.Fatal(err)
		}
		again, err := p.document(v).PDF()
		if err != nil || string(first) != string(again) {
			t.Errorf("%s: the same version gives another file (%v)", v.Lang, err)
		}
		p.Remarks = "others"
		if other, err := p.document(v).PDF(); err != nil || string(first) == string(other) {
			t.Errorf("%s: other remarks give the same file (%v)", v.Lang, err)
		}
	}
}
