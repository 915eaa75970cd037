package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"skein/demo/boston"
	"skein/face"
	"skein/face/signin"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/frame/store"
	"skein/rooms/body"
	"skein/rooms/duty"
	"skein/rooms/matter"
	"skein/rooms/place"
)

// Whole tests: a demonstration city of some rows, served, on both engines, with a clock
// that is turned by hand.

type city struct {
	*testing.T
	app   *app
	realm *clerk.Realm
	site  *face.Site
	url   string
	now   *civic.Instant
	keys  map[civic.PostID]string
	said  *said // to the log, at every level

	signIn *signin.Service
	apps   map[string]string // the secrets of officers' authenticator apps, by mail address
}

// signInOf is what signin.json says in the cities that are made next.
var signInOf string

// basemapFile and mapStyle lie under their maps.
var basemapFile, mapStyle string

func onBothEngines(t *testing.T, rows int, f func(c *city)) {
	t.Run("sqlite", func(t *testing.T) { f(newCity(t, "", rows)) })
	t.Run("postgres", func(t *testing.T) { f(newCity(t, postgres, rows)) })
}

// The engines of newCity.
const sqlite, postgres = "", "postgres"

// newCity is a demonstration filled with some rows.
func newCity(t *testing.T, engine string, rows int) *city {
	t.Helper()
	return cityAt(t, copyOf(t, modelKey{engine == postgres, rows}))
}

// cityAt is a demonstration that was filled before.
func cityAt(t *testing.T, w where) *city {
	t.Helper()
	ctx := context.Background()
	a, err := w.open(ctx, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.close)
	said := &said{}
	a.log = slog.New(slog.NewTextHandler(io.MultiWriter(testLog{t}, said), &slog.HandlerOptions{Level: slog.LevelDebug}))
	now := boston.Filled.Add(36 * time.Hour) // Monday 2012-01-02, 12:00
	c := &city{T: t, app: a, now: &now, keys: map[civic.PostID]string{}, said: said, apps: map[string]string{}}
	c.realm, err = clerk.Open(ctx, a.house, a.db, demoRealm, clerk.Options{Log: a.log, Still: true, Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.realm.Close)
	if signInOf != "" {
		if err := os.WriteFile(filepath.Join(a.where.Data, "signin.json"), []byte(signInOf), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if logOf != "" {
		if err := os.WriteFile(filepath.Join(a.where.Data, "log.json"), []byte(logOf), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c.served()
	return c
}

// served puts the doors before the realm as it is open now.
func (c *city) served() {
	c.Helper()
	book, err := newBook()
	if err != nil {
		c.Fatal(err)
	}
	if c.site, err = c.app.site(&global{ctx: context.Background(), book: book}, c.realm, server{PublicURL: "https://skein.example", TrustedProxy: []string{"127.0.0.0/8"}, Basemap: basemapFile, MapStyle: mapStyle}); err != nil {
		c.Fatal(err)
	}
	c.signIn = c.app.signedIn
	server := httptest.NewServer(c.site.Handler())
	c.Cleanup(server.Close)
	c.url = server.URL
}

type testLog struct{ t *testing.T }

func (l testLog) Write(b []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

// said keeps what was logged.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func (c *city) Now() civic.Instant { return *c.now }

// turn moves the clock on and lets it act.
func (c *city) turn(d time.Duration) {
	c.Helper()
	*c.now = c.now.Add(d)
	if err := c.realm.Tick(context.Background(), *c.now, false); err != nil {
		c.Fatal(err)
	}
}

func (c *city) key(post civic.PostID) string {
	c.Helper()
	if c.keys[post] == "" {
		key, err := c.site.Keys.New(context.Background(), face.Key{Use: "post", Post: post}, "", *c.now, 0)
		if err != nil {
			c.Fatal(err)
		}
		c.keys[post] = key
	}
	return c.keys[post]
}

// answer is what a door answers.
type answer struct {
	status int
	header http.Header
	text   string
	json   map[string]any
}

func (a answer) get(name string) string {
	v, ok := a.json[name]
	if !ok || v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// do sends a request; who is "" for a resident, a post, or "code:…" for a reporter.
func (c *city) do(method, path, who string, body any) answer {
	c.Helper()
	var reader io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			c.Fatal(err)
		}
		reader = bytes.NewReader(raw)
	}
	r, err := http.NewRequest(method, c.url+path, reader)
	if err != nil {
		c.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if code, ok := strings.CutPrefix(who, "code:"); ok {
		r.Header.Set("Skein-Tracking", code)
	} else if who != "" {
		r.Header.Set("Authorization", "Bearer "+c.key(civic.PostID(who)))
	}
	return c.send(r)
}

func (c *city) send(r *http.Request) answer {
	c.Helper()
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		c.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		c.Fatal(err)
	}
	a := answer{status: res.StatusCode, header: res.Header, text: string(raw)}
	json.Unmarshal(raw, &a.json) // what is no object has none
	return a
}

// must is do that fails the test unless the status is as wanted.
func (c *city) must(want int, method, path, who string, body any) answer {
	c.Helper()
	a := c.do(method, path, who, body)
	if a.status != want {
		c.Fatalf("%s %s as %q: %d, want %d\n%s", method, path, who, a.status, want, a.text)
	}
	return a
}

// told is a matter that was just reported.
type told struct{ number, code string }

func (c *city) report(fields map[string]any) told {
	c.Helper()
	a := c.must(201, "POST", "/api/matters", "", fields)
	return told{a.get("number"), a.get("tracking")}
}

// lamp is a report that goes to Public Works, in ward 9.
func lamp(text string) map[string]any {
	return map[string]any{"category": "street_lights.street_light_outages", "text": text, "lat": 42.33, "lon": -71.09}
}

func (c *city) status(m told, want string) answer {
	c.Helper()
	a := c.must(200, "GET", "/api/matters/"+m.number, "code:"+m.code, nil)
	if a.get("status") != want {
		c.Fatalf("matter %s is %s, want %s\n%s", m.number, a.get("status"), want, a.text)
	}
	return a
}

func (c *city) act(want int, m told, command, who string, body map[string]any) answer {
	c.Helper()
	if body == nil {
		body = map[string]any{}
	}
	return c.must(want, "POST", "/api/matters/"+m.number+"/"+command, who, body)
}

// holds runs what an operator would: verify and rebuild --check.
func (c *city) holds() {
	c.Helper()
	ctx := context.Background()
	if err := c.app.vault.Check(ctx, c.realm.ID, func(where, format string, args ...any) {
		c.Errorf("verify: %s: %s", where, fmt.Sprintf(format, args...))
	}); err != nil {
		c.Fatal(err)
	}
	for name, check := range map[string]func() (*clerk.Report, error){
		"verify":          func() (*clerk.Report, error) { return clerk.Verify(ctx, c.app.house, c.app.db, c.realm.ID, nil) },
		"rebuild --check": func() (*clerk.Report, error) { return clerk.CheckTables(ctx, c.app.house, c.app.db, c.realm.ID) },
	} {
		report, err := check()
		if err != nil {
			c.Fatal(name, err)
		}
		for _, f := range report.Findings {
			c.Errorf("%s: %s %s", name, f.Where, f.What)
		}
	}
}

const day = 24 * time.Hour

// The loop, from a resident's word to her confirmation, and what must not be shown on the way.
func TestLoop(t *testing.T) {
	onBothEngines(t, 60, func(c *city) {
		secret := "Lamp out, call me at 617-555-0100"
		m := c.report(lamp(secret))
		if a := c.status(m, "assigned"); a.get("lead") != "pwd" || a.get("due") == "" {
			t.Fatalf("who answers, by when: %s", a.text)
		}
		for _, path := range []string{"/api/matters/" + m.number, "/api/matters/" + m.number + "/story", "/api/matters"} {
			if a := c.must(200, "GET", path, "", nil); strings.Contains(a.text, "617-555") {
				t.Errorf("%s shows what nobody released", path)
			}
		}
		if a := c.status(m, "assigned"); !strings.Contains(a.text, "617-555") {
			t.Errorf("the reporter does not see her own words: %s", a.text)
		}
		c.act(403, m, "accept", "isd/head", nil)
		c.act(403, m, "accept", "", nil)
		c.act(201, m, "accept", "pwd/head", nil)
		c.act(409, m, "accept", "pwd/head", nil)
		c.act(201, m, "ask", "pwd/head", map[string]any{"text": "Which side of the street?"})
		c.act(201, m, "supply", "code:"+m.code, map[string]any{"text": "The north side."})
		c.act(403, m, "supply", "", map[string]any{"text": "I am she, believe me."})
		c.act(201, m, "pause", "pwd/head", map[string]any{"ground": "weather"})
		c.status(m, "paused")
		c.turn(2 * day)
		c.act(201, m, "resume", "pwd/head", nil)
		c.act(201, m, "answer", "pwd/head", map[string]any{"outcome": "fixed", "reason": "A new lamp was put in.", "release": true})
		if a := c.must(200, "GET", "/api/matters/"+m.number, "", nil); !strings.Contains(a.text, "A new lamp") || strings.Contains(a.text, "north side") {
			t.Errorf("released and unreleased texts: %s", a.text)
		}
		c.act(201, m, "confirm", "code:"+m.code, map[string]any{"solved": false, "rating": 2, "words": "Still dark."})
		c.act(201, m, "reopen", "code:"+m.code, map[string]any{"reason": "It is still dark."})
		c.status(m, "assigned")
		c.act(201, m, "accept", "pwd/head", nil)
		c.act(201, m, "answer", "pwd/head", map[string]any{"outcome": "fixed", "reason": "The cable was changed.", "release": true})
		c.act(201, m, "confirm", "code:"+m.code, map[string]any{"solved": true, "rating": 5})
		c.status(m, "closed")
		c.holds()
	})
}

// An objection is ruled on by the coordinating body, which does nothing else; the ruling is kept as a precedent.
func TestObjectionAndRuling(t *testing.T) {
	onBothEngines(t, 60, func(c *city) {
		m := c.report(lamp("x"))
		c.act(201, m, "object", "pwd/head", map[string]any{"ground": "another_body", "proposed": "btdt", "reason": "A traffic lamp."})
		c.act(403, m, "rule", "pwd/head", map[string]any{"lead": "btdt", "law": "l", "reason": "r"})
		c.act(201, m, "rule", "coord/chair", map[string]any{"lead": "btdt", "law": "Charter 4", "reason": "Traffic lamps are theirs."})
		if a := c.status(m, "assigned"); a.get("lead") != "btdt" || a.get("hand_overs") != "1" {
			t.Errorf("after the ruling: %s", a.text)
		}
		c.act(403, m, "answer", "coord/chair", map[string]any{"outcome": "fixed", "reason": "r"})
		if err := c.realm.CatchUp(context.Background()); err != nil {
			t.Fatal(err)
		}
		if p := duty.CatalogIn(c.realm.View()).ListState().Precedents; len(p) != 1 || p[0].Lead != "btdt" {
			t.Errorf("precedents: %+v", p)
		}
		// A version answers it by the name of the ruling, which tells no position; another act is none.
		shown := c.must(200, "GET", "/api/duties/precedents", "", nil).json["precedents"].([]any)
		ruling := shown[len(shown)-1].(map[string]any)["ruling"].(string)
		versions := c.must(200, "GET", "/api/duties/versions", "", nil).json["versions"].([]any)
		list := c.must(200, "GET", fmt.Sprintf("/api/duties/versions/%v.csv", versions[len(versions)-1].(map[string]any)["version"]), "", nil).text
		adopt := func(settles string) map[string]any {
			return map[string]any{"format": "csv", "document": list + "settled,street_lights,ward-09,park,,,,,,,,,,,\n", "effective": "2030-01-02", "settles": []string{settles}}
		}
		other := c.must(200, "GET", "/api/acts?limit=1", "", nil).json["acts"].([]any)[0].(map[string]any)["id"].(string)
		if a := c.must(422, "POST", "/api/duties", "coord/chair", adopt(other)); !strings.Contains(a.text, "duty.ruling_unknown") {
			t.Errorf("an act that is no precedent: %s", a.text)
		}
		c.must(201, "POST", "/api/duties", "coord/chair", adopt(ruling))
		if open := c.must(200, "GET", "/api/duties/precedents?open=true", "", nil).text; strings.Contains(open, ruling) {
			t.Error("a precedent that was settled is open")
		}
		c.holds()
	})
}

// Every reporter stays told: of the answer to the matter that hers was joined into, also
// through another one, in her story and by a note, once.
func TestJoinedReportersStayTold(t *testing.T) {
	onBothEngines(t, 60, func(c *city) {
		var ms [3]told
		for i := range ms {
			fields := lamp("Lamp out")
			fields["contact"] = map[string]any{"email": fmt.Sprintf("neighbour%d@example.org", i)}
			ms[i] = c.report(fields)
		}
		c.act(201, ms[0], "join", "info/desk", map[string]any{"into": ms[1].number})
		c.act(201, ms[1], "join", "info/desk", map[string]any{"into": ms[2].number})
		c.act(201, ms[2], "accept", "pwd/head", nil)
		c.act(201, ms[2], "answer", "pwd/head", map[string]any{"outcome": "fixed", "reason": "A new lamp was put in.", "release": true})
		for range 2 { // answering twice answers once
			if err := c.realm.CatchUp(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		for i, m := range ms[:2] {
			c.status(m, "joined")
			story := c.must(200, "GET", "/api/matters/"+m.number+"/story", "code:"+m.code, nil).text
			if n := strings.Count(story, "is answered."); n != 1 {
				t.Errorf("the story of report %d tells of the answer %d times: %s", i+1, n, story)
			}
			var notes int
			err := c.app.db.R.QueryRowContext(context.Background(), "SELECT count(*) FROM outbox o JOIN matters m ON m.realm = o.realm "+
				"AND o.recipient = 'box:' || m.box WHERE m.realm = $1 AND m.number = $2 AND o.data LIKE '%relayed_answered%'",
				string(c.realm.ID), plainNumber(m.number)).Scan(&notes)
			if err != nil || notes != 1 {
				t.Errorf("notes to reporter %d: %d, %v", i+1, notes, err)
			}
		}
		c.holds()
	})
}

// Silence: the clock accepts, reminds, tells the supervisor, tells the coordinator, each once.
func TestSilence(t *testing.T) {
	onBothEngines(t, 60, func(c *city) {
		m := c.report(lamp("x"))
		for range 60 {
			c.turn(day)
		}
		a := c.must(200, "GET", "/api/matters/"+m.number+"/story", "code:"+m.code, nil)
		var lines []struct{ Act, Words string }
		if err := json.Unmarshal([]byte(a.text), &lines); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, l := range lines {
			got = append(got, l.Act)
		}
		want := "reported assigned accepted escalated escalated escalated escalated"
		if strings.Join(got, " ") != want { // half, release, due, half over
			t.Errorf("the story is %q, want %q\n%s", got, want, a.text)
		}
		c.status(m, "working")
		c.holds()
	})
}

// A private matter appears nowhere but to its reporter and the posts concerned.
func TestPrivateIsNowhere(t *testing.T) {
	onBothEngines(t, 60, func(c *city) {
		m := c.report(map[string]any{"kind": "complaint", "category": "rights.wages", "text": "unpaid since May", "against": "prop", "lat": 42.33, "lon": -71.09})
		for _, path := range []string{"/api/matters/" + m.number, "/api/matters/" + m.number + "/story"} {
			c.must(404, "GET", path, "", nil)
			c.must(404, "GET", path, "code:0000-0000-0000-0000", nil)
			c.must(404, "GET", path, "prop/head", nil)
			c.must(200, "GET", path, "code:"+m.code, nil)
		}
		for _, path := range []string{"/api/matters?limit=500", "/api/matters?category=rights", "/open311/v2/requests.json", "/", "/matters"} {
			if a := c.do("GET", path, "", nil); strings.Contains(a.text, m.number) || strings.Contains(a.text, strings.ReplaceAll(m.number, "-", "")) {
				t.Errorf("%s shows a private matter", path)
			}
		}
		acts, err := c.realm.Acts(context.Background(), "matter/"+"00000000")
		if err != nil || len(acts) != 0 {
			t.Error(acts, err)
		}
		rows, err := journal.After(context.Background(), c.app.db.R, nil, c.realm.ID, 0, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range rows {
			if strings.Contains(string(a.Data), "unpaid since May") {
				t.Errorf("act %d holds what was told", a.Position)
			}
			if strings.Contains(string(a.Data), "rights.wages") && strings.HasPrefix(a.Type, "matter.") && !a.Private {
				t.Errorf("act %d of a private matter is public", a.Position)
			}
		}
		c.holds()
	})
}

// The same key and body again get the same receipt; another body under the key is refused.
func TestIdempotencyKey(t *testing.T) {
	onBothEngines(t, 60, func(c *city) {
		post := func(text string) answer {
			raw, _ := json.Marshal(lamp(text))
			r, _ := http.NewRequest("POST", c.url+"/api/matters", bytes.NewReader(raw))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Idempotency-Key", "once")
			return c.send(r)
		}
		first, again, other := post("a"), post("a"), post("b")
		if first.status != 201 || again.status != 201 || first.get("number") != again.get("number") || other.status != 409 {
			t.Errorf("%d %s, %d %s, %d", first.status, first.get("number"), again.status, again.get("number"), other.status)
		}
		if again.get("tracking") != "" {
			t.Error("the secret code was given a second time")
		}
	})
}

func (c *city) command(t clerk.Task) {
	c.Helper()
	if _, err := c.realm.Do(context.Background(), t); err != nil {
		c.Fatalf("%s: %v", t.Command.Name(), err)
	}
}

var chair = civic.Actor{Kind: civic.Post, Post: boston.Chair}

// A body that ends hands its open matters to its successor.
func TestAbolishedBodyHandsOver(t *testing.T) {
	onBothEngines(t, 200, func(c *city) {
		m := c.report(lamp("x"))
		c.act(201, m, "accept", "pwd/head", nil)
		c.command(clerk.Task{Command: body.Abolish{Successor: "park"}, Dossier: body.ID("pwd"), Actor: chair})
		if err := c.realm.CatchUp(context.Background()); err != nil {
			t.Fatal(err)
		}
		if a := c.status(m, "working"); a.get("lead") != "park" || a.get("hand_overs") != "0" {
			t.Errorf("after its body ended: %s", a.text)
		}
		var left int
		err := c.app.db.R.QueryRow("SELECT count(*) FROM matters WHERE lead = 'pwd' AND status NOT IN ('closed', 'declined', 'answered')").Scan(&left)
		if err != nil || left != 0 {
			t.Errorf("%d open matters are left with a body that ended (%v)", left, err)
		}
		if err := c.realm.CatchUp(context.Background()); err != nil { // answering twice answers once
			t.Fatal(err)
		}
		c.act(201, m, "answer", "park/head", map[string]any{"outcome": "explained", "reason": "Taken over."})
		c.holds()
	})
}

// A new version of the list moves open matters on its day, and only if it says so.
func TestNewListMovesOnItsDay(t *testing.T) {
	onBothEngines(t, 60, func(c *city) {
		adopt := func(lead civic.BodyID, in time.Duration, moves bool) {
			list, _, _ := duty.CatalogIn(c.realm.View()).ListAt(c.now.Add(1000 * day))
			rows := append([]duty.Row{}, list.Rows()...)
			for i := range rows {
				if rows[i].Category == "street_lights.street_light_outages" {
					rows[i].Lead, rows[i].Post = lead, ""
				}
			}
			content := duty.NewList(rows).CSV()
			digest := journal.DocumentDigest(content)
			c.command(clerk.Task{
				Command: duty.Adopt{Digest: digest, Effective: c.now.Add(in).In(boston.Zone()).Format("2006-01-02"), MovesOpen: moves},
				Dossier: duty.ListID, Actor: chair, Documents: map[string][]byte{digest: content},
				Writes: []store.Write{{Table: journal.DocumentTable, Row: store.Row{string(c.realm.ID), digest, "text/csv", content}}},
			})
			if err := c.realm.CatchUp(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		after := func(d time.Duration) {
			c.turn(d)
			if err := c.realm.CatchUp(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		m := c.report(lamp("x"))
		adopt("btdt", 2*day, false)
		after(3 * day)
		if a := c.must(200, "GET", "/api/matters/"+m.number, "", nil); a.get("lead") != "pwd" {
			t.Errorf("a list that moves nothing moved it to %s", a.get("lead"))
		}
		if n := c.report(lamp("y")); c.status(n, "assigned").get("lead") != "btdt" {
			t.Error("the new list does not name the lead of a new matter")
		}
		adopt("park", 2*day, true)
		if a := c.must(200, "GET", "/api/matters/"+m.number, "", nil); a.get("lead") != "pwd" {
			t.Errorf("it moved to %s before its day", a.get("lead"))
		}
		after(3 * day)
		if a := c.must(200, "GET", "/api/matters/"+m.number, "", nil); a.get("lead") != "park" {
			t.Errorf("on its day it is with %s", a.get("lead"))
		}
		c.holds()
	})
}

// A holiday that is added moves due dates, never to an earlier day.
func TestCalendarChangeMovesDueDates(t *testing.T) {
	onBothEngines(t, 60, func(c *city) {
		// a pothole: two working days
		m := c.report(map[string]any{"category": "highway_maintenance.request_for_pothole_repair", "text": "x", "lat": 42.33, "lon": -71.09})
		before := c.status(m, "assigned").get("due")
		spec := boston.CalendarSpec()
		spec.Version, spec.WorkingWeekdays = "2012", []string{"thu"}
		digest, content, refusals := place.CalendarDocument(spec)
		if len(refusals) > 0 {
			t.Fatal(refusals)
		}
		set := place.SetCalendar{ID: boston.CalendarID, Digest: digest, Place: boston.City}
		c.command(clerk.Task{
			Command: set, Dossier: place.DossierOf(set), Actor: chair, Documents: map[string][]byte{digest: content},
			Writes: []store.Write{{Table: journal.DocumentTable, Row: store.Row{string(c.realm.ID), digest, "application/json", content}}},
		})
		if err := c.realm.CatchUp(context.Background()); err != nil {
			t.Fatal(err)
		}
		if after := c.status(m, "assigned").get("due"); after <= before {
			t.Errorf("due %s, before %s", after, before)
		}
		c.holds()
	})
}

// What is thrown away and made anew is the same.
func TestRebuild(t *testing.T) {
	onBothEngines(t, 120, func(c *city) {
		c.report(lamp("x"))
		if _, err := clerk.Rebuild(context.Background(), c.app.house, c.app.db, c.realm.ID); err != nil {
			t.Fatal(err)
		}
		c.holds()
		// and a change that nobody made is found
		err := c.app.db.Update(context.Background(), func(tx *store.Tx) error {
			_, err := tx.ExecContext(context.Background(), "UPDATE matters SET lead = 'isd' WHERE dossier = (SELECT min(dossier) FROM matters)")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		r, err := clerk.CheckTables(context.Background(), c.app.house, c.app.db, c.realm.ID)
		if err != nil || len(r.Findings) != 1 {
			t.Errorf("a changed row: %v %v", r, err)
		}
		for _, change := range []string{
			"UPDATE acts SET data = '{}' WHERE position = 70", "UPDATE acts SET happened = happened + 1 WHERE position = 71",
			"UPDATE acts SET power = 'matter.none' WHERE position = 72", "DELETE FROM acts WHERE position = 73",
		} {
			err := c.app.db.Update(context.Background(), func(tx *store.Tx) error {
				_, err := tx.ExecContext(context.Background(), change)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		v, err := clerk.Verify(context.Background(), c.app.house, c.app.db, c.realm.ID, nil)
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]bool{}
		for _, f := range v.Findings {
			found[f.Where] = true
		}
		for _, where := range []string{"act 70", "act 71", "act 72", "act 74"} {
			if !found[where] {
				t.Errorf("%s was changed and verify does not say so: %v", where, v.Findings)
			}
		}
	})
}

func TestSlowFolderNames(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a b%20c#d")
	if code := run(context.Background(), []string{"demo", "--data", dir, "--no-serve", "--rows", "30"}); code != 0 {
		t.Fatalf("exit %d", code)
	}
	for _, args := range [][]string{{"verify", "--data", dir}, {"rebuild", "--check", "--data", dir}, {"rebuild", "--data", dir}, {"key", "new", "--data", dir, "--post", "pwd/head"}} {
		if code := run(context.Background(), args); code != 0 {
			t.Errorf("%v: exit %d", args, code)
		}
	}
	for _, args := range [][]string{{"serve"}, {"verify"}, {"key", "new", "--data", dir}, {"nonsense"}, {"serve", "--data", dir, "--listen", "nowhere"}} {
		if code := run(context.Background(), args); code != 2 {
			t.Errorf("%v: exit %d, want 2", args, code)
		}
	}
	if code := run(context.Background(), []string{"verify", "--data", filepath.Join(dir, "none")}); code != 1 {
		t.Errorf("no data: exit %d, want 1", code)
	}
}

// dossier finds a matter by its number.
func (c *city) dossier(m told) civic.DossierID {
	c.Helper()
	n, err := matter.ParseNumber(m.number)
	if err != nil {
		c.Fatal(err)
	}
	first, ok := c.app.ports.Numbers(c.realm.ID).Position(n)
	if !ok {
		c.Fatal(m.number, "is no number here")
	}
	return matter.ID(first)
}
