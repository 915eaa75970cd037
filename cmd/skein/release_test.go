package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/frame/store"
	"skein/internal/pgtest"
	"skein/rooms/body"
)

// A journal that a release wrote stays in testdata/journals and must be read, verified and
// rebuilt for ever. To add that of a new release: go test ./cmd/skein -run Release -write 0.2

var writeJournal = flag.String("write", "", "write the journal of this release to testdata/journals")

// line is one line of a kept journal.
type line struct {
	Document *kept   `json:"document,omitempty"`
	Act      *oldAct `json:"act,omitempty"`
	Matter   string  `json:"matter,omitempty"` // what the tables held: number status lead due round
}

type kept struct {
	Digest, Media string
	Content       []byte
}

type oldAct struct {
	Position                      int64
	Dossier                       string
	Seq                           int64
	Type                          string
	Version                       int
	Actor, Power, Policies, Flags string
	Happened, Recorded, Cause     int64
	Data                          json.RawMessage
	Salt, Commitment              []byte
}

func TestJournalOfEveryRelease(t *testing.T) {
	t.Parallel()
	if *writeJournal != "" {
		writeRelease(t, filepath.Join("testdata", "journals", *writeJournal+".jsonl.gz"))
	}
	files, err := filepath.Glob("testdata/journals/*.jsonl.gz")
	if err != nil || len(files) == 0 {
		t.Fatalf("no journals are kept (%v)", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Run("sqlite", func(t *testing.T) { readRelease(t, file, "") })
			t.Run("postgres", func(t *testing.T) { readRelease(t, file, pgtest.URL(t)) })
		})
	}
}

func matterLines(ctx context.Context, t *testing.T, db *store.DB) []string {
	t.Helper()
	rows, err := db.R.QueryContext(ctx, "SELECT number, status, ending, lead, coalesce(due, 0), round, place, visibility FROM matters ORDER BY dossier")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var number, status, ending, lead, place, visibility string
		var due, round int64
		if err := rows.Scan(&number, &status, &ending, &lead, &due, &round, &place, &visibility); err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprint(number, " ", status, " ", ending, " ", lead, " ", due, " ", round, " ", place, " ", visibility))
	}
	return out
}

func readRelease(t *testing.T, file, database string) {
	ctx := context.Background()
	a, err := where{Data: t.TempDir(), Database: database}.open(ctx, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.close)
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := clerk.Found(ctx, a.db, demoRealm, clerk.Settings{Zone: "America/New_York", Languages: []string{"en"}}); err != nil {
		t.Fatal(err)
	}
	var acts, documents []store.Row
	var want []string
	var head journal.Head
	types := map[string]bool{}
	in := bufio.NewScanner(z)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		var l line
		if err := json.Unmarshal(in.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		switch {
		case l.Document != nil:
			documents = append(documents, store.Row{string(demoRealm), l.Document.Digest, l.Document.Media, l.Document.Content})
		case l.Act != nil:
			o := l.Act
			acts = append(acts, store.Row{
				string(demoRealm), o.Position, o.Dossier, o.Seq, o.Type, int64(o.Version), o.Actor, o.Power, o.Policies, o.Happened, o.Recorded,
				o.Cause, o.Flags, string(o.Data), o.Salt, o.Commitment,
			})
			head = journal.Head{Position: civic.Position(o.Position), Recorded: civic.Instant(o.Recorded)}
			types[o.Type] = true
		default:
			want = append(want, l.Matter)
		}
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	err = a.db.Update(ctx, func(tx *store.Tx) error {
		if err := tx.Write(ctx, journal.DocumentTable, documents); err != nil {
			return err
		}
		if err := tx.Write(ctx, journal.ActTable, acts); err != nil {
			return err
		}
		return journal.SetHead(ctx, tx, demoRealm, head)
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := clerk.Rebuild(ctx, a.house, a.db, demoRealm); err != nil {
		t.Fatal(err)
	}
	report, err := clerk.Verify(ctx, a.house, a.db, demoRealm, nil)
	if err != nil || !report.OK() {
		t.Errorf("verify: %v %v", report, err)
	}
	if got := matterLines(ctx, t, a.db); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%d matters were rebuilt to something else than the %d they were", len(got), len(want))
	}
	if len(types) < 30 {
		t.Errorf("the journal holds %d types of act only", len(types))
	}
	r, err := clerk.Open(ctx, a.house, a.db, demoRealm, clerk.Options{Still: true}) // catalogs learn from it
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
}

// writeRelease lives through as many kinds of act as it can and keeps the journal.
func writeRelease(t *testing.T, file string) {
	c := newCity(t, "", 40)
	handle := func(want int, m told, who string, steps ...any) {
		for i := 0; i+1 < len(steps); i += 2 {
			c.act(want, m, steps[i].(string), who, steps[i+1].(map[string]any))
		}
	}
	type b = map[string]any
	const pwd = "pwd/head"
	m := c.report(lamp("first"))
	handle(201, m, pwd, "accept", b{}, "ask", b{"text": "Where?"})
	c.act(201, m, "supply", "code:"+m.code, b{"text": "There."})
	handle(201, m, pwd, "tell", b{"text": "We come on Friday."}, "pause", b{"ground": "weather"}, "resume", b{})
	handle(201, m, "pwd/head", "extend", b{"limit": "2d", "reason": "Snow."})
	c.act(201, m, "attach", "code:"+m.code, b{"text": "One more thing."})
	items := c.status(m, "working").json["texts"].([]any)
	item := items[0].(map[string]any)["digest"].(string)
	c.act(201, m, "release", "info/desk", b{"items": []string{item}})
	c.act(201, m, "withhold", "info/desk", b{"items": []string{item}, "ground": "personal_data", "law": "l"})
	c.act(201, m, "redact", "info/desk", b{"item": item, "text": "masked", "ground": "personal_data"})
	handle(201, m, pwd, "answer", b{"outcome": "fixed", "reason": "Done.", "release": true})
	c.act(201, m, "appeal", "code:"+m.code, b{"of": "answer", "ground": "facts_unclear", "reason": "Too slow."})
	c.act(201, m, "confirm", "code:"+m.code, b{"solved": false, "words": "No."})
	c.act(201, m, "reopen", "code:"+m.code, b{"reason": "Still dark."})

	o := c.report(lamp("second"))
	c.act(201, o, "object", pwd, b{"ground": "another_body", "proposed": "btdt", "reason": "Theirs."})
	c.act(201, o, "rule", "coord/chair", b{"lead": "btdt", "law": "Charter 4", "reason": "Yes."})
	c.act(201, o, "correct", "info/desk", b{"category": "graffiti.graffiti_removal", "reason": "It is paint."})

	d := c.report(lamp("third"))
	handle(201, d, pwd, "accept", b{}, "propose-decline", b{"law": "State law", "reason": "The state's road.", "elsewhere": "massdot"})
	c.act(201, d, "decline", "coord/chair", b{"decline": true, "law": "State law", "reason": "So it is."})
	e := c.report(lamp("fourth"))
	handle(201, e, pwd, "accept", b{}, "propose-decline", b{"law": "State law", "reason": "The state's road.", "elsewhere": "massdot"})
	c.act(201, e, "decline", "coord/chair", b{"decline": false, "law": "Charter 4", "reason": "It is ours."})

	into, joins := c.report(lamp("main")), c.report(lamp("the same"))
	n := c.status(into, "assigned")
	_ = n
	c.act(201, joins, "join", "info/desk", b{"into": string(c.dossier(into)), "reason": "Twice."})
	c.act(201, joins, "retract", "info/desk", b{"act": 3, "reason": "Not the same."})
	handle(201, into, pwd, "accept", b{}, "split", b{"parts": []b{{"category": "graffiti.graffiti_removal", "text": "The paint."}}})

	w := c.report(lamp("withdrawn"))
	c.act(201, w, "withdraw", "code:"+w.code, b{"reason": "Solved itself."})
	outside := c.report(map[string]any{"text": "where?", "lat": 41.0, "lon": -60.0})
	c.act(201, outside, "triage", "info/desk", b{"place": "ward-03", "category": "street_lights.street_light_outages"})
	c.report(map[string]any{"kind": "complaint", "category": "rights.wages", "text": "unpaid", "against": "prop", "lat": 42.33, "lon": -71.09})
	for range 30 {
		c.turn(24 * time.Hour)
	}
	c.command(clerk.Task{Command: body.Abolish{Successor: "park"}, Dossier: body.ID("btdt"), Actor: chair})
	if err := c.realm.CatchUp(context.Background()); err != nil {
		t.Fatal(err)
	}
	c.holds()

	ctx := context.Background()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	enc := json.NewEncoder(z)
	write := func(l line) {
		if err := enc.Encode(l); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := c.app.db.R.QueryContext(ctx, "SELECT digest, media, content FROM documents ORDER BY digest")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var k kept
		if err := rows.Scan(&k.Digest, &k.Media, &k.Content); err != nil {
			t.Fatal(err)
		}
		write(line{Document: &k})
	}
	acts, err := journal.After(ctx, c.app.db.R, nil, c.realm.ID, 0, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range acts {
		write(line{Act: &oldAct{
			int64(a.Position), string(a.Dossier), a.Seq, a.Type, a.Version, a.Actor, a.Power, a.Policies, a.Flags(),
			int64(a.Happened), int64(a.Recorded), int64(a.Cause), a.Data, a.Salt, a.Commitment,
		}})
	}
	for _, m := range matterLines(ctx, t, c.app.db) {
		write(line{Matter: m})
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
