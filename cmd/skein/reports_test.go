package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/frame/store"
	"skein/rooms/standing"
)

// monthly drafts, remarks on and signs a month's report, and says its code.
func (c *city) monthly(month, place, remarks string) string {
	c.Helper()
	c.drafted(month, place, "")
	code := month
	if place != "" {
		code += "." + place
	}
	if remarks != "" {
		c.must(201, "POST", "/api/reports/"+code+"/remark", "coord/chair", object{"text": remarks})
	}
	c.must(201, "POST", "/api/reports/"+code+"/sign", "coord/chair", object{"figures": c.draftOf(code)})
	return code
}

func (c *city) drafted(month, place, reason string) {
	c.Helper()
	c.tabled()
	c.must(201, "POST", "/api/reports", "coord/chair", object{"month": month, "place": place, "reason": reason})
}

// draftOf is the digest of the figures of a draft.
func (c *city) draftOf(code string) string {
	c.Helper()
	draft, ok := c.must(200, "GET", "/api/reports/"+code, "", nil).json["draft"].(object)
	if !ok {
		c.Fatalf("%s has no draft", code)
	}
	return draft["figures"].(string)
}

func sha(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// A report is drafted from the running figures and signed in the log: its files are those that the act names, its figures are what the journal adds up to there, and
// stay so when the running figures move on; a correction is another version, and the one before stays.
func TestMonthlyReport(t *testing.T) {
	onBothEngines(t, 120, func(c *city) {
		const month = "2011-07"
		running := func() string {
			c.tabled()
			var lines []string
			for _, line := range strings.SplitAfter(c.must(200, "GET", "/api/figures/figures.csv", "", nil).text, "\n") {
				if strings.HasPrefix(line, "month,") || strings.HasPrefix(line, month+",") {
					lines = append(lines, line)
				}
			}
			return strings.Join(lines, "")
		}
		before := running()
		code := c.monthly(month, "", "The storm of the 3rd is in these figures.\n三日有暴雨。")
		first := c.must(200, "GET", "/api/reports/"+code, "", nil)
		signed := first.json["versions"].([]any)[0].(object)
		files := map[string]string{}
		for name, digest := range signed["files"].(object) {
			files[name] = c.must(200, "GET", "/api/reports/"+code+"/1."+name, "", nil).text
			if sha(files[name]) != digest {
				t.Errorf("%s is not what the act names", name)
			}
		}
		if len(files) != 3 || !strings.HasPrefix(files["en.pdf"], "%PDF-") || !strings.HasPrefix(files["zh-Hans.pdf"], "%PDF-") || len(files["en.pdf"]) > 300_000 {
			t.Errorf("files: %d, English %d bytes", len(files), len(files["en.pdf"]))
		}
		if files["csv"] != before || strings.Count(before, "\n") < 50 {
			t.Errorf("the CSV is not what the running figures were: %d and %d lines", strings.Count(files["csv"], "\n"), strings.Count(before, "\n"))
		}
		figures := c.must(200, "GET", "/api/reports/"+code+"/1.json", "", nil).text
		if sha(figures) != signed["figures"] {
			t.Error("the frozen figures are not what the act names")
		}
		c.recountReport(code)

		// from outside, by the log
		c.seal()
		keep := func(name string) string { return c.keep(name, "/api/reports/"+code+"/"+name, "") }
		key, receipt := c.logKey(), keep("1.receipt.txt")
		for _, name := range []string{"1.csv", "1.json", "1.en.pdf", "1.zh-Hans.pdf"} {
			if r := mustRun(c.T, 0, "verify", "report", keep(name), "--receipt", receipt, "--key", key); !strings.Contains(r.out, "report.signed") {
				t.Errorf("%s: %s", name, r.out)
			}
		}
		other := filepath.Join(c.TempDir(), "other.csv")
		if err := os.WriteFile(other, []byte(strings.Replace(files["csv"], "reported,", "reported,1", 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		if r := mustRun(c.T, 1, "verify", "report", other, "--receipt", receipt, "--key", key); !strings.Contains(r.errs, "not what was signed") {
			t.Errorf("changed bytes: %s", r.errs)
		}
		forged := filepath.Join(c.TempDir(), "forged.txt")
		text, err := os.ReadFile(receipt)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(forged, bytes.Replace(text, []byte(sha(files["csv"])), []byte(sha("x")), 1), 0o600); err != nil {
			t.Fatal(err)
		}
		mustRun(c.T, 1, "verify", "report", other, "--receipt", forged, "--key", key)
		m := c.accepted()
		mustRun(c.T, 1, "verify", "report", other, "--receipt", c.keep("matter.txt", "/matters/"+m.number+"/acts/1/receipt", "code:"+m.code), "--key", key)

		// the figures move on, the report does not
		moved := c.aPublicOf(month)
		c.act(201, told{number: moved}, "correct", "info/desk", map[string]any{"category": lamps, "visibility": "private", "reason": "r"})
		if running() == before {
			t.Fatal("the running figures have not moved")
		}
		c.recountReport(code)
		if got := c.must(200, "GET", "/api/reports/"+code+"/1.csv", "", nil).text; got != files["csv"] {
			t.Error("a signed file changed")
		}
		if page := c.must(200, "GET", "/reports/"+code, "", nil).text; !strings.Contains(page, "others by now") || strings.Contains(page, moved) {
			t.Error("the page does not say that the running figures moved, or names a matter")
		}

		// a correction is another version
		c.must(422, "POST", "/api/reports", "coord/chair", object{"month": month})
		c.drafted(month, "", "Late entries of Public Works.")
		c.must(409, "POST", "/api/reports/"+code+"/sign", "coord/chair", object{"figures": signed["figures"]}) // of the version before
		c.must(201, "POST", "/api/reports/"+code+"/sign", "coord/chair", object{"figures": c.draftOf(code)})
		c.must(409, "POST", "/api/reports/"+code+"/sign", "coord/chair", object{"figures": sha("x")})
		if got := c.must(200, "GET", "/api/reports/"+code+"/1.csv", "", nil).text; got != files["csv"] {
			t.Error("the version before does not stay")
		}
		if got := c.must(200, "GET", "/api/reports/"+code+"/2.csv", "", nil).text; got != running() || got == files["csv"] {
			t.Error("the second version does not say the figures of now")
		}
		if page := c.must(200, "GET", "/reports/"+code, "", nil).text; !strings.Contains(page, "Late entries of Public Works.") || !strings.Contains(page, "?version=1") {
			t.Error("the page does not say why there is another version, or where the first one is")
		}
		c.recountReport(code)
		c.holds()
		mustRun(c.T, 0, append([]string{"verify", "reports"}, c.at()...)...)
		if _, err := clerk.Rebuild(context.Background(), c.app.house, c.app.db, c.realm.ID); err != nil {
			t.Fatal(err)
		}
		c.holds()

		// what lies in the database is changed
		wrong := strings.Replace(files["csv"], "reported,", "reported,1", 1)
		if err := c.app.db.Update(context.Background(), func(tx *store.Tx) error {
			_, err := tx.ExecContext(context.Background(), "UPDATE documents SET content = $1 WHERE digest = $2", []byte(wrong), sha(files["csv"]))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if a := c.do("GET", "/api/reports/"+code+"/1.csv", "", nil); a.status != 503 || strings.Contains(a.text, "reported,1") {
			t.Errorf("changed bytes are given out: %d", a.status)
		}
		if r := mustRun(c.T, 1, append([]string{"verify", "reports"}, c.at()...)...); !strings.Contains(r.out, "csv") {
			t.Errorf("changed bytes are not found: %s%s", r.out, r.errs)
		}
	})
}

// aPublicOf is the number of a public matter that was reported in a month.
func (c *city) aPublicOf(month string) string {
	c.Helper()
	for _, row := range c.must(200, "GET", "/api/matters?limit=500", "", nil).json["matters"].([]any) {
		m := row.(object)
		if reported, _ := m["reported"].(string); strings.HasPrefix(reported, month) && m["status"] != "closed" {
			return m["number"].(string)
		}
	}
	c.Fatalf("no public matter of %s", month)
	return ""
}

// recountReport holds every signed version's figures against the journal, counted anew up to where they were frozen.
func (c *city) recountReport(code string) {
	c.Helper()
	ctx := context.Background()
	s, _, err := c.realm.State(ctx, civic.DossierID("report/"+code))
	if err != nil {
		c.Fatal(err)
	}
	for i, v := range s.(standing.Report).Done {
		_, text, err := journal.Document(ctx, c.app.db.R, c.realm.ID, v.Figures)
		if err != nil {
			c.Fatal(err)
		}
		frozen, err := standing.ReadFrozen(text)
		if err != nil {
			c.Fatal(err)
		}
		sums, err := standing.Ports{Case: standingCase, Appeal: standingAppeal}.Recount(ctx, c.realm.View(), c.app.db.R, v.Upto)
		if err != nil {
			c.Fatal(err)
		}
		if where := frozen.Differs(sums); len(where) > 0 || len(frozen.Counts) < 3 {
			c.Errorf("version %d is not a recount: %v", i+1, where)
		}
		// and line by line, with nothing of the report's own code
		lines, err := csv.NewReader(bytes.NewReader(frozen.CSV())).ReadAll()
		if err != nil {
			c.Fatal(err)
		}
		n := 0
		for cell, counts := range sums {
			if cell.Month == frozen.Month && cell.Within == "" && (frozen.Place == "" || cell.By == standing.ByPlace && cell.Code == string(frozen.Place)) {
				n += len(counts)
				for _, line := range lines[1:] {
					if line[1] == cell.By && line[2] == cell.Code && line[4] != fmt.Sprint(counts[line[3]]) {
						c.Errorf("%v %s: %s, recounted %d", cell, line[3], line[4], counts[line[3]])
					}
				}
			}
		}
		if n != len(lines)-1 {
			c.Errorf("the CSV has %d counts, a recount %d", len(lines)-1, n)
		}
	}
}

// Who may report, and when: the coordinating body of the place alone, of a month that is over, whatever a realm's own rules say.
func TestWhoReports(t *testing.T) {
	onBothEngines(t, 40, func(c *city) {
		c.tabled()
		others := []string{"", "pwd/head", "info/desk", "review/first", "court/judge", "code:none"}
		for _, who := range others {
			if a := c.do("POST", "/api/reports", who, object{"month": "2011-07"}); a.status != 403 && a.status != 401 {
				t.Errorf("%q drafts: %d %s", who, a.status, a.text)
			}
		}
		for month, want := range map[string]int{"2012-01": 409, "2030-01": 409, "1999-01": 404, "2011-13": 422, "July": 422, "水": 422, "": 422} {
			if a := c.do("POST", "/api/reports", "coord/chair", object{"month": month}); a.status != want {
				t.Errorf("a report of %q: %d %s", month, a.status, a.text)
			}
		}
		c.must(422, "POST", "/api/reports", "coord/chair", object{"month": "2011-07", "place": "nowhere"})
		c.must(404, "POST", "/api/reports/2011-07/sign", "coord/chair", object{"figures": sha("x")})
		c.drafted("2011-07", "", "")
		if a := c.must(422, "POST", "/api/reports/2011-07/remark", "coord/chair", object{"text": "Call 617-555-0134."}); !strings.Contains(a.text, "merit.still_marked") {
			t.Errorf("what looks like somebody's data is filed: %s", a.text)
		}
		c.must(409, "POST", "/api/reports/2011-07/remark", "coord/chair", object{"text": ""})
		digest := c.draftOf("2011-07")
		for _, who := range others {
			for command, body := range map[string]object{"sign": {"figures": digest}, "remark": {"text": "x"}} {
				if a := c.do("POST", "/api/reports/2011-07/"+command, who, body); a.status != 403 && a.status != 401 {
					t.Errorf("%q %ss: %d %s", who, command, a.status, a.text)
				}
			}
		}
		if a := c.must(200, "GET", "/api/reports/2011-07", "", nil); a.get("status") != "drafted" || len(a.json["versions"].([]any)) != 0 {
			t.Errorf("after all that: %s", a.text)
		}
		for _, path := range []string{"/api/reports/2011-07/1.csv", "/api/reports/2011-07/2.csv", "/api/reports/2011-08", "/api/reports/..%2f", "/reports/2011-08", "/reports/2011-07?version=3", "/reports/2011-07?version=x", "/reports/2011-07.", "/reports/%E6%B0%B4"} {
			if a := c.do("GET", path, "", nil); a.status != 404 {
				t.Errorf("%s: %d", path, a.status)
			}
		}
		c.deputized()
		rule := `@id("own.all_sign") @law("none") @title_en("All sign") @title_zh("皆可签发")
permit (principal is Post, action in [Action::"report.draft", Action::"report.remark", Action::"report.sign"], resource is Report);
`
		c.rules(rule)
		c.must(403, "POST", "/api/reports/2011-07/sign", "pwd/head", object{"figures": digest})
		c.must(201, "POST", "/api/reports/2011-07/sign", string(deputy), object{"figures": digest}) // of the coordinating body, to whom the rule gives it
		if power, _ := c.lastAct(); power != "own.all_sign" {
			t.Errorf("signed under %s", power)
		}
		c.holds()
	})
}

// A report of one place tells its figures and those of the places below, and nothing of other places, bodies or channels.
func TestReportOfAPlace(t *testing.T) {
	t.Parallel()
	c := newCity(t, sqlite, 300)
	code := c.monthly("2011-07", "ward-09", "")
	lines := strings.Split(strings.TrimSpace(c.must(200, "GET", "/api/reports/"+code+"/1.csv", "", nil).text), "\n")
	for _, line := range lines[1:] {
		if !strings.HasPrefix(line, "2011-07,place,ward-09,") {
			t.Errorf("in the report of ward 9: %s", line)
		}
	}
	if len(lines) < 5 {
		t.Errorf("%d lines", len(lines))
	}
	c.recountReport(code)
	if a := c.must(200, "GET", "/api/reports", "", nil); !strings.Contains(a.text, `"report":"2011-07.ward-09"`) || !strings.Contains(a.text, `"place":"ward-09"`) {
		t.Error(a.text)
	}
	if d := c.must(200, "GET", "/api/reports/"+code+"/1.csv-metadata.json", "", nil); d.get("url") != "1.csv" {
		t.Error(d.text)
	}
}

// No private matter, and no post or officer, is in any report; a share of fewer than ten is told nowhere.
func TestReportKeepsToBodies(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	c.private(12, wages)
	c.report(lamp("x"))
	c.turn(40 * day) // they are due
	code := c.monthly("2012-01", "", "")
	text := c.must(200, "GET", "/api/reports/"+code+"/1.json", "", nil).text
	var frozen standing.Frozen
	if err := json.Unmarshal([]byte(text), &frozen); err != nil {
		t.Fatal(err)
	}
	if n := frozen.Counts[standing.Reported]; n != 1 {
		t.Errorf("of 12 private matters and one public one, %d are counted", n)
	}
	for _, path := range []string{"/api/reports/" + code + "/1.json", "/api/reports/" + code + "/1.csv", "/reports/" + code, "/api/reports/" + code} {
		if page := c.must(200, "GET", path, "", nil).text; strings.Contains(page, "wages") || strings.Contains(page, "Quillwort") || path[:5] != "/api/" && regexp.MustCompile(`[0-9.]+ %`).MatchString(page) {
			t.Errorf("%s tells of private matters, or a share of few", path)
		}
	}
	for _, post := range []string{"pwd/head", "coord/chair", "\"post\"", "officer"} {
		if strings.Contains(text, post) || strings.Contains(c.must(200, "GET", "/api/reports/"+code+"/1.csv", "", nil).text, post) {
			t.Errorf("the figures name %s", post)
		}
	}
}

// A person drafts, remarks and signs by the pages, in either language; who may not is offered nothing.
func TestReportPages(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 120)
	c.tabled()
	if page := c.must(200, "GET", "/reports", "pwd/head", nil).text; strings.Contains(page, "<form method=\"post\" action=\"/reports\"") {
		t.Error("Public Works is offered to draft")
	}
	if page := c.must(200, "GET", "/reports", "coord/chair", nil).text; !strings.Contains(page, `value="2011-07"`) || strings.Contains(page, `value="2012-01"`) {
		t.Error("the form does not offer the months that are over, or offers others")
	}
	send := func(want int, path string, fields url.Values) answer {
		t.Helper()
		r, err := http.NewRequest("POST", c.url+path, strings.NewReader(fields.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Authorization", "Bearer "+c.key("coord/chair"))
		res, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != want {
			t.Fatalf("%s %v: %d, want %d (%v)\n%s", path, fields, res.StatusCode, want, err, text)
		}
		return answer{status: res.StatusCode, text: string(text)}
	}
	if a := send(409, "/reports", url.Values{"month": {"2012-01"}}); !strings.Contains(a.text, "2012-01 is not over") {
		t.Error("the page does not say why")
	}
	send(303, "/reports", url.Values{"month": {"2011-07"}, "place": {"boston"}})
	if a := send(422, "/reports/2011-07", url.Values{"act": {"remark"}, "text": {"617-555-0134"}}); !strings.Contains(a.text, "617-555-0134") {
		t.Error("what was written is lost")
	}
	send(303, "/reports/2011-07", url.Values{"act": {"remark"}, "text": {"三日有暴雨 <b>"}})
	send(303, "/reports/2011-07", url.Values{"act": {"sign"}, "figures": {c.draftOf("2011-07")}})
	send(400, "/reports/2011-07", url.Values{"act": {"burn"}})
	send(422, "/reports/2011-07", url.Values{"act": {"draft"}})
	for lang, wants := range map[string][]string{
		"en":      {"report for 2011-07", "matters were reported", "三日有暴雨 &lt;b&gt;", "How to check this", "1.en.pdf"},
		"zh-Hans": {"2011-07 月报", "本月收到事项", "三日有暴雨 &lt;b&gt;", "如何核验", "1.zh-Hans.pdf"},
	} {
		page := c.reader().get("/reports/2011-07?lang=" + lang)
		for _, want := range wants {
			page.has(t, want)
		}
	}
	if page := c.must(200, "GET", "/reports/2011-07", "", nil).text; strings.Contains(page, `method="post" action="/reports/`) {
		t.Error("everyone is offered to act")
	}
}
