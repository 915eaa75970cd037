package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"skein/demo/boston"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/store"
	"skein/internal/pgtest"
	"skein/rooms/matter/records"
)

// at is where a city's realm is, as flags.
func (c *city) at() []string {
	flags := []string{"--data", c.app.where.Data}
	if c.app.where.Database != "" {
		flags = append(flags, "--database", c.app.where.Database)
	}
	return flags
}

// cases writes some rows of the city's export, from one on, to a file.
func cases(t *testing.T, from, until int) string {
	t.Helper()
	f, err := os.Open("../../demo/boston/data/boston-311-2011h2.csv.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(z)
	var out bytes.Buffer
	for n := 0; lines.Scan() && n < until; n++ {
		if n == 0 || n >= from {
			out.Write(lines.Bytes())
			out.WriteByte('\n')
		}
	}
	path := filepath.Join(t.TempDir(), "boston.csv")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const (
	bostonMapping = "../../demo/boston/mapping.yaml"
	filledAt      = "2012-01-01T00:00:00-05:00"
)

func imported(t *testing.T, c *city, how, file string) summary {
	t.Helper()
	args := append([]string{"import", file, "--mapping", bostonMapping, how, "--as-of", filledAt, "--format", "json"}, c.at()...)
	var s summary
	if err := json.Unmarshal([]byte(mustRun(t, 0, args...).out), &s); err != nil {
		t.Fatal(err)
	}
	if s.Rows != s.TakenOver+s.Already+s.Rejected {
		t.Errorf("rows are lost: %+v", s)
	}
	return s
}

// standing is what the tables say of each case: lead, due date, status.
func (c *city) standing() map[string]string {
	c.Helper()
	rows, err := c.app.db.R.Query("SELECT external, lead, coalesce(due, 0), status, reported, coalesce(answered, 0) FROM matters WHERE realm = $1 AND external <> ''", string(demoRealm))
	if err != nil {
		c.Fatal(err)
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var external, lead, status string
		var due, reported, answered int64
		if err := rows.Scan(&external, &lead, &due, &status, &reported, &answered); err != nil {
			c.Fatal(err)
		}
		if out[external] != "" {
			c.Errorf("case %s is there twice", external)
		}
		out[external] = fmt.Sprint(lead, due, status, reported, answered)
	}
	if err := rows.Err(); err != nil {
		c.Fatal(err)
	}
	return out
}

func (c *city) head() civic.Position {
	c.Helper()
	var at civic.Position
	if err := c.app.db.R.QueryRow("SELECT position FROM heads WHERE realm = $1", string(demoRealm)).Scan(&at); err != nil {
		c.Fatal(err)
	}
	return at
}

// A replay of the city's export by its mapping leads to the same leads, due dates and
// standings as the demonstration; run again it does nothing.
func TestReplayedAsTheDemonstration(t *testing.T) {
	slow(t)
	const rows = 400
	file := cases(t, 2, rows+1) // the first row is in the realm from its filling
	demo := newCity(t, "", rows)
	onBothEngines(t, 1, func(c *city) {
		s := imported(c.T, c, "--replay", file)
		if s.TakenOver != rows-1 || s.Rejected != 0 || s.Steps != 0 {
			c.Errorf("%+v", s)
		}
		want, got := demo.standing(), c.standing()
		for id, w := range want {
			if got[id] != w {
				c.Errorf("case %s: %s, in the demonstration %s", id, got[id], w)
			}
		}
		head := c.head()
		if again := imported(c.T, c, "--replay", file); again.Already != rows-1 || again.TakenOver != 0 || c.head() != head {
			c.Errorf("again: %+v, %d acts more", again, c.head()-head)
		}
		c.holds()
	})
}

// A replay does not begin while somebody serves the realm: its clock would act between the steps.
func TestNoReplayWhileServed(t *testing.T) {
	slow(t)
	onBothEngines(t, 1, func(c *city) {
		lease := func(until time.Time) {
			err := c.app.db.Update(context.Background(), func(tx *store.Tx) error {
				_, err := tx.ExecContext(context.Background(), "INSERT INTO courier_leases (realm, holder, until) VALUES ($1, 'x', $2) "+
					"ON CONFLICT (realm) DO UPDATE SET until = excluded.until", string(demoRealm), until.UnixMicro())
				return err
			})
			if err != nil {
				c.Fatal(err)
			}
		}
		file := cases(c.T, 2, 4)
		lease(time.Now().Add(time.Minute))
		head := c.head()
		args := append([]string{"import", file, "--mapping", bostonMapping, "--replay", "--as-of", filledAt}, c.at()...)
		if said := mustRun(c.T, 1, args...).errs; !strings.Contains(said, "being served") || c.head() != head {
			c.Errorf("%d acts: %s", c.head()-head, said)
		}
		lease(time.Now().Add(-time.Second)) // it was killed, and the lease ran out
		if s := imported(c.T, c, "--replay", file); s.TakenOver == 0 || s.TakenOver != s.Rows {
			c.Errorf("%+v", s)
		}
	})
}

func TestImportedAsRecords(t *testing.T) {
	slow(t)
	const rows = 400
	file := cases(t, 2, rows+1)
	onBothEngines(t, 1, func(c *city) {
		head := c.head()
		s := imported(c.T, c, "--as-records", file)
		if s.TakenOver != rows-1 || s.Rejected != 0 || int64(c.head()-head) != s.TakenOver {
			c.Errorf("%+v, %d acts", s, c.head()-head)
		}
		if n := len(c.standing()); n != rows {
			c.Errorf("%d cases", n)
		}
		head = c.head()
		if again := imported(c.T, c, "--as-records", file); again.Already != rows-1 || again.TakenOver != 0 || c.head() != head {
			c.Errorf("again: %+v", again)
		}
		var acts int
		err := c.app.db.R.QueryRow("SELECT count(*) FROM acts WHERE realm = $1 AND type = 'matter.imported' AND flags NOT LIKE '%i%'", string(demoRealm)).Scan(&acts)
		if err != nil || acts != 0 {
			c.Errorf("%d records do not say that they are imported %v", acts, err)
		}
		c.holds()
	})
}

// Killed at any moment and begun again, an import loses nothing and takes nothing over twice.
func TestImportKilled(t *testing.T) {
	slow(t)
	for _, how := range []struct {
		flag string
		rows int
	}{{"--as-records", 9_000}, {"--replay", 3_000}} {
		t.Run(strings.TrimPrefix(how.flag, "--"), func(t *testing.T) {
			onBothEngines(t, 1, func(c *city) {
				file := cases(c.T, 2, how.rows+1)
				kills := 0
				for range 6 {
					head := c.head()
					p, _, errs := skein(append([]string{"import", file, "--mapping", bostonMapping, how.flag, "--as-of", filledAt}, c.at()...)...)
					if err := p.Start(); err != nil {
						c.Fatal(err)
					}
					ended := make(chan error, 1)
					go func() { ended <- p.Wait() }()
					deadline := time.Now().Add(time.Minute)
					for c.head() == head && time.Now().Before(deadline) && len(ended) == 0 {
						time.Sleep(5 * time.Millisecond)
					}
					time.Sleep(time.Duration(rand.IntN(300)) * time.Millisecond)
					p.Process.Kill()
					if err := <-ended; err == nil {
						break
					} else if !strings.Contains(err.Error(), "killed") {
						if !strings.Contains(errs.String(), "clerk.unavailable") {
							c.Fatalf("%v\n%s", err, errs)
						}
						continue // the database cut off a process that a busy machine let starve: begun again like any other
					}
					kills++
				}
				s := imported(c.T, c, how.flag, file)
				if int(s.TakenOver+s.Already+s.Rejected) != how.rows-1 || kills == 0 {
					c.Errorf("%d kills, then %+v", kills, s)
				}
				if n := len(c.standing()); n != how.rows-int(s.Rejected) {
					c.Errorf("%d cases of %d rows, %d set aside", n, how.rows, s.Rejected)
				}
				left, err := filepath.Glob(filepath.Join(c.app.where.Data, ".sort-*"))
				if err != nil || len(left) > 0 {
					c.Errorf("a killed import leaves texts in clear: %v %v", left, err)
				}
				c.holds()
			})
		})
	}
}

// springfield makes a realm by the commands that an operator would use.
func springfield(t *testing.T, database string) []string {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	at := []string{"--data", data}
	if database != "" {
		at = append(at, "--database", database)
	}
	cmd := func(args ...string) ran { return mustRun(t, 0, append(args, at...)...) }
	sample := func(name string) string { return filepath.Join("testdata", "springfield", name) }
	cmd("realm", "new", "--name", "Springfield", "--name-zh", "斯普林菲尔德", "--zone", "America/Chicago", "--public-url", "https://springfield.example")
	cmd("place", "import", sample("city.geojson"), "--mapping", sample("city-mapping.yaml"))
	cmd("place", "import", sample("wards.csv"), sample("calendars.yaml"))
	cmd("body", "import", sample("bodies.csv"))
	founding := cmd("duty", "export", "--categories").out
	more, err := os.ReadFile(sample("categories-more.csv"))
	if err != nil {
		t.Fatal(err)
	}
	categories := filepath.Join(t.TempDir(), "categories.csv")
	if err := os.WriteFile(categories, append([]byte(founding), more...), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd("duty", "import", categories, "--categories", "--effective", "2012-01-01")
	cmd("duty", "check", "--file", sample("list.csv"))
	cmd("duty", "import", sample("list.csv"), "--effective", "2012-01-01")
	cmd("duty", "check")
	return at
}

func onBothDatabases(t *testing.T, f func(t *testing.T, database string)) {
	t.Run("sqlite", func(t *testing.T) { f(t, "") })
	t.Run("postgres", func(t *testing.T) { f(t, pgtest.URL(t)) })
}

// Dirty rows are set aside with the reason and nothing else is touched; mended, they are taken.
func TestDirtyExport(t *testing.T) {
	t.Parallel()
	slow(t)
	onBothDatabases(t, func(t *testing.T, database string) {
		at := springfield(t, database)
		export, err := os.ReadFile("../../rooms/matter/records/testdata/springfield.csv")
		if err != nil {
			t.Fatal(err)
		}
		row := func(id, lat, ward, kind string) string {
			return id + ";7/4/2012 9:05 AM;;;Streets;" + kind + ";" + ward + ";" + lat + ";-89.65;12;Main St;A hole;PW;www;New;\r\n"
		}
		export = append(export, row("S-1", "39.79", "Ward 3", "Pothole")+ // an id that was there
			row("S-30", "48.1", "-", "Pothole")+ // outside
			row("S-31", "48.1", "Ward 4", "Lamp")+ // outside, but it says where
			row("S-32", "39.79", "Ward 9", "Pothole")+ // no such ward
			row(`"S-33'; DROP TABLE matters"`, "39.79", "Ward 3", "Pothole")...)
		file := filepath.Join(t.TempDir(), "export.csv")
		if err := os.WriteFile(file, export, 0o600); err != nil {
			t.Fatal(err)
		}
		take := func(how, file string) summary {
			var s summary
			r := mustRun(t, 0, append([]string{"import", file, "--mapping", "../../rooms/matter/records/testdata/springfield.yaml", how, "--format", "json"}, at...)...)
			if err := json.Unmarshal([]byte(r.out), &s); err != nil {
				t.Fatal(err)
			}
			return s
		}
		s := take("--as-records", file)
		if s.Rows != 28 || s.TakenOver != 14 || s.Rejected != 14 || s.Rejects != file+".rejects.csv" {
			t.Errorf("%+v", s)
		}
		rejected := readRejects(t, s.Rejects)
		if raw, err := os.ReadFile(s.Rejects); err != nil || strings.Contains(string(raw), ",=") {
			t.Errorf("a cell that a spreadsheet would run stands there as it is: %v", err)
		}
		for line, words := range map[string]string{
			"4": "is not a time", "6": "does not say what", "7": "not a latitude", "10": "quote", "12": "17 cells... 18", "15": "control character",
			"17": "no closing time", "18": "before it was reported", "20": "is empty", "25": "is not text in utf-8", "27": "already", "28": "outside the realm", "30": "no place ward-09",
		} {
			text, there := rejected[line]
			first, _, _ := strings.Cut(words, "...")
			if first == "17 cells" {
				first = "cells, but there are"
			}
			if !there || !strings.Contains(text, first) {
				t.Errorf("row %s: %q says nothing of %q", line, text, words)
			}
			delete(rejected, line)
		}
		delete(rejected, "16") // an unknown department, and a NUL in the id
		if len(rejected) > 0 {
			t.Errorf("set aside and not expected: %v", rejected)
		}
		again := take("--as-records", file)
		if again.TakenOver != 0 || again.Already != s.TakenOver || again.Rejected != s.Rejected {
			t.Errorf("again: %+v", again)
		}
		mended := filepath.Join(t.TempDir(), "mended.csv")
		mend(t, s.Rejects, mended)
		if m := take("--as-records", mended); m.TakenOver != 1 {
			t.Errorf("mended: %+v", m)
		}
		mustRun(t, 0, append([]string{"verify"}, at...)...)
		mustRun(t, 0, append([]string{"rebuild", "--check"}, at...)...)
	})
}

// rowsOf are the lines of a file of rows, whatever their lengths.
func rowsOf(t *testing.T, path string) [][]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func readRejects(t *testing.T, path string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, row := range rowsOf(t, path)[1:] {
		out[row[0]] = row[2]
	}
	return out
}

// mend sets the date of row 4 right and leaves the rest; the mapping's delimiter is a semicolon.
func mend(t *testing.T, rejects, to string) {
	t.Helper()
	var out strings.Builder
	for _, row := range rowsOf(t, rejects) {
		if row[0] == "skein_row" || row[0] == "4" {
			out.WriteString(strings.ReplaceAll(strings.Join(row, ";"), "31/12/2012", "7/4/2012") + "\n")
		}
	}
	if err := os.WriteFile(to, []byte(out.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Rows come back sorted by time however many files they went through.
func TestSortedByTime(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	const n = 1000
	rows := func(yield func(records.Row, error) bool) {
		for i := range n {
			if !yield(records.Row{Line: i + 2, Cells: []string{fmt.Sprint(i)}, Record: records.Record{Reported: civic.Instant(1 + i*7919%100)}}, nil) {
				return
			}
		}
	}
	for _, chunk := range []int{7, 100, 999, 1000, 5000} {
		s, err := sortedByTime(folder, chunk, iter.Seq2[records.Row, error](rows))
		if err != nil {
			t.Fatal(err)
		}
		if entries, _ := os.ReadDir(folder); len(entries) > 0 {
			t.Errorf("files with names hold texts: %v", entries)
		}
		var got []records.Row
		for row, err := range s.each() {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, row)
		}
		s.close()
		if len(got) != n || !slices.IsSortedFunc(got, byTime) || got[0].Cells[0] == "" {
			t.Errorf("chunks of %d: %d rows", chunk, len(got))
		}
		seen := map[int]bool{}
		for _, r := range got {
			seen[r.Line] = true
		}
		if len(seen) != n {
			t.Errorf("chunks of %d: %d different rows", chunk, len(seen))
		}
	}
}

// The demonstration check holds on what is filled, by the numbers it prints at its end.
func TestDemoCheck(t *testing.T) {
	t.Parallel()
	slow(t)
	c := newCity(t, "", 1500)
	r := mustRun(t, 0, append([]string{"demo", "check"}, c.at()...)...)
	lines := strings.Split(strings.TrimSpace(r.out), "\n")
	got := map[string]float64{}
	for _, l := range lines[len(lines)-5:] {
		var name string
		var value float64
		if _, err := fmt.Sscan(l, &name, &value); err != nil {
			t.Fatalf("%q: %v", l, err)
		}
		got[name] = value
	}
	for _, name := range []string{"rows_in_realm", "due_date_agreement", "ontime_agreement", "lead_agreement", "lead_best_possible"} {
		if _, there := got[name]; !there {
			t.Errorf("no %s in %v", name, slices.Sorted(maps.Keys(got)))
		}
	}
	if got["due_date_agreement"] < leastDue || got["ontime_agreement"] < leastOnTime {
		t.Errorf("%v", got)
	}
	// What is done to one due date is seen.
	rows, err := boston.Rows(nil)
	if err != nil {
		t.Fatal(err)
	}
	geography, err := boston.Places()
	if err != nil {
		t.Fatal(err)
	}
	told, err := tell(context.Background(), c.realm)
	if err != nil {
		t.Fatal(err)
	}
	before := compareWithCity(c.realm.View(), rows, geography, told)
	for i := range rows {
		if rows[i].Target != 0 && rows[i].OnTime == "ONTIME" && rows[i].Closed != 0 {
			told[rows[i].ID].due = rows[i].Closed - 1
			break
		}
	}
	after := compareWithCity(c.realm.View(), rows, geography, told)
	for _, i := range []int{1, 2} {
		if after[i].Agree != before[i].Agree-1 {
			t.Errorf("%s: %d agreed, now %d", after[i].Name, before[i].Agree, after[i].Agree)
		}
	}
}

// Commands say what is wrong, where, and end as scripts expect.
func TestCommandsRefuse(t *testing.T) {
	t.Parallel()
	slow(t)
	at := springfield(t, "")
	write := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	before, _ := clerkHead(t, at[1])
	for _, k := range []struct {
		code int
		args []string
		says string
	}{
		{2, []string{"place", "import"}, "file"},
		{2, []string{"place", "import", write("p.geojson", "{}")}, "--mapping"},
		{2, []string{"place", "import", write("p.txt", "")}, ".geojson"},
		{1, []string{"place", "import", "nowhere.csv"}, "nowhere.csv"},
		{1, []string{"place", "import", write("p.csv", "code,parent,kind,title.en\nok,springfield,grid,Fine\nBad Code,springfield,grid,x\n")}, "p.csv: row 3"},
		{1, []string{"place", "import", write("c.yaml", "- id: x\n  version: 1\n  title: {en: x}\n  time_zone: Mars\n")}, "c.yaml: calendars[0]"},
		{1, []string{"body", "import", write("b.csv", "id,title.en,kind,parent,place,coordinates,roles,supervisor,officer,from,to\nx,X,public,,springfield,,,,,,\ny,Y,dragon,,springfield,,,,,,\n")}, "b.csv: row 3"},
		{1, []string{"duty", "import", write("d.csv", "category,place,lead\nstreets,springfield,works\ndragons,springfield,works\n")}, "d.csv: row 3, category"},
		{1, []string{"duty", "check", "--file", write("d.csv", "category,place,lead\nstreets,springfield,works\n")}, ""},
		{2, []string{"duty", "export", "--format", "xml"}, "format"},
		{1, []string{"duty", "export", "--version", "9"}, "no such version"},
		{2, []string{"import", write("x.csv", "a\n"), "--as-records"}, "mapping"},
		{2, []string{"import", write("x.csv", "a\n"), "--mapping", write("m.yaml", "")}, "as-records"},
		{1, []string{"import", write("x.csv", "a\n"), "--as-records", "--mapping", write("m.yaml", "name: x\ncolour: red\n")}, "m.yaml"},
		{1, []string{"import", write("x.csv", "a\n"), "--as-records", "--mapping", "../../rooms/matter/records/testdata/springfield.yaml"}, `no column "Ticket"`},
	} {
		r := runSkein(append(k.args, at...)...)
		if r.code != k.code || !strings.Contains(strings.ToLower(r.errs+r.out), strings.ToLower(k.says)) || r.code == 2 && r.out != "" && !strings.Contains(r.out, "Usage") {
			t.Errorf("skein %s: exit %d\n%s%s", strings.Join(k.args, " "), r.code, r.out, r.errs)
		}
	}
	if after, _ := clerkHead(t, at[1]); after != before {
		t.Errorf("files that were refused left %d acts", after-before)
	}
	if r := mustRun(t, 1, "realm", "new", "--data", at[1], "--name", "Other", "--zone", "UTC", "--public-url", "https://x.example"); !strings.Contains(r.errs, "already") {
		t.Errorf("%s", r.errs)
	}
	nothing := filepath.Join(t.TempDir(), "none")
	mustRun(t, 1, "realm", "new", "--data", nothing, "--name", "Other", "--zone", "Mars", "--public-url", "x")
	if _, err := os.Stat(nothing); !os.IsNotExist(err) {
		t.Errorf("a realm that was refused left its folder: %v", err)
	}
}

func clerkHead(t *testing.T, data string) (civic.Position, error) {
	t.Helper()
	w := where{Data: data}
	a, err := w.open(context.Background(), false)
	if err != nil {
		t.Fatal(err)
	}
	defer a.close()
	realms, err := clerk.Realms(context.Background(), a.db)
	if err != nil {
		t.Fatal(err)
	}
	var at civic.Position
	err = a.db.R.QueryRow("SELECT position FROM heads WHERE realm = $1", string(realms[0])).Scan(&at)
	return at, err
}
