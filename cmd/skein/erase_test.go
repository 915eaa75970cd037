package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"skein/frame/civic"
	"skein/frame/seal"
	"skein/frame/store"
	"skein/frame/vault"
	"skein/rooms/matter"
)

// sealedBytes are pieces of what is sealed in a box, and the names of its blobs.
func (c *city) sealedBytes(box string) (needles [][]byte, blobs []string) {
	c.Helper()
	for query, db := range map[string]*store.DB{
		"SELECT sealed FROM vault_items WHERE realm = $1 AND box = $2": c.app.db,
		"SELECT wrapped FROM key_boxes WHERE realm = $1 AND box = $2":  c.app.vault.Keys.DB,
	} {
		rows, err := db.R.QueryContext(context.Background(), query, string(c.realm.ID), box)
		if err != nil {
			c.Fatal(err)
		}
		for rows.Next() {
			var b []byte
			if err := rows.Scan(&b); err != nil {
				c.Fatal(err)
			}
			needles = append(needles, b[:24], b[len(b)-24:])
		}
		rows.Close()
	}
	rows, err := c.app.db.R.QueryContext(context.Background(), "SELECT blob FROM vault_blobs WHERE realm = $1 AND box = $2", string(c.realm.ID), box)
	if err != nil {
		c.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			c.Fatal(err)
		}
		blobs = append(blobs, name)
	}
	return needles, blobs
}

func (c *city) box(m told) string {
	c.Helper()
	state, _, err := c.realm.State(context.Background(), c.dossier(m))
	if err != nil {
		c.Fatal(err)
	}
	return state.(matter.State).Box
}

func (c *city) blobFiles() map[string]bool {
	out := map[string]bool{}
	filepath.WalkDir(filepath.Join(c.app.where.Data, "blobs"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out[filepath.Base(filepath.Dir(path))+d.Name()] = true
		}
		return nil
	})
	return out
}

// staying are words that are not to be erased, by where they were planted.
type staying map[string]string

func (s staying) word(where string) string {
	s[where] = fmt.Sprintf("wq%02dstays", len(s))
	return s[where]
}

// filled is a matter in which all that can be said was said, released where it can be.
func (c *city) filled(p planted, visibility string) told {
	c.Helper()
	fields := lamp(p.word(visibility + " text"))
	fields["visibility"], fields["address"] = visibility, p.word(visibility+" address")
	fields["contact"] = map[string]any{"name": p.word(visibility + " name"), "email": p.word(visibility+" mail") + "@example.org"}
	m := c.report(fields)
	c.act(201, m, "accept", "pwd/head", nil)
	c.act(201, m, "ask", "pwd/head", map[string]any{"text": p.word(visibility + " question")})
	c.convenedWith(p.word(visibility+" agenda"), "park", m)
	c.act(201, m, "supply", "code:"+m.code, map[string]any{"text": p.word(visibility + " supplied")})
	c.act(201, m, "tell", "pwd/head", map[string]any{"text": p.word(visibility + " told"), "release": visibility != "private"})
	if a := c.upload(m, "x.jpg", bytes.NewReader(exif("x"))); a.status != 201 {
		c.Fatal(a.text)
	}
	if visibility != "private" {
		digests := c.digests(m)
		c.release(m, digests["image/jpeg"])
		var texts []string
		for _, t := range c.must(200, "GET", "/api/matters/"+m.number, "info/desk", nil).json["texts"].([]any) {
			if t := t.(map[string]any); t["media"] == "text/plain" && t["from"] == "reporter" {
				texts = append(texts, t["digest"].(string))
			}
		}
		c.release(m, texts...)
	}
	c.act(201, m, "answer", "pwd/head", map[string]any{"outcome": "fixed", "reason": p.word(visibility + " answer"), "release": visibility != "private"})
	return m
}

// What is erased is nowhere: not in a table, a file, a page, a list or a feed; and every proof still holds.
func TestErasedIsNowhere(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		p, stays := planted{}, staying{}
		public, private := c.filled(p, "public"), c.filled(p, "private")
		open := c.report(lamp(p.word("an open one")))
		c.act(201, open, "accept", "pwd/head", nil)
		other := c.report(lamp(stays.word("somebody else's")))
		for _, m := range []told{public, private, open} {
			p["code of "+m.number] = m.code
		}
		c.seal()
		key := c.logKey()
		var receipts []string
		for n := 1; n <= 9; n++ {
			receipts = append(receipts, c.keep(fmt.Sprint("receipt", n), fmt.Sprintf("/matters/%s/acts/%d/receipt", public.number, n), "code:"+public.code))
		}
		if found := p.find(c.stored() + c.must(200, "GET", "/matters/"+public.number, "", nil).text); len(found) < 4 {
			c.Fatalf("the test does not see what it looks for: %v", found)
		}
		var needles [][]byte
		var blobs []string
		for _, m := range []told{public, private, open} {
			n, b := c.sealedBytes(c.box(m))
			needles, blobs = append(needles, n...), append(blobs, b...)
		}
		if len(blobs) != 2 || len(needles) < 12 {
			c.Fatalf("%d blobs, %d needles", len(blobs), len(needles))
		}

		for _, m := range []told{public, private, open} {
			for again := range 2 { // a second time is no error
				a := c.act(201, m, "erase", "code:"+m.code, nil)
				if acts, _ := a.json["acts"].([]any); len(acts) != 1-again {
					c.Errorf("erased: %s", a.text)
				}
			}
		}
		// after the commit nothing opens; the files follow
		boxes, err := c.app.vault.Clean(context.Background(), c.realm.ID)
		if err != nil || boxes != 3 {
			c.Fatalf("%d boxes cleaned up after: %v", boxes, err)
		}
		for _, b := range blobs {
			if c.blobFiles()[b] {
				c.Errorf("the attachment %s is still there", b)
			}
		}
		look := func(where, text string) {
			if found := p.find(text); len(found) > 0 {
				c.Errorf("%s holds what was erased: %s", where, strings.Join(found, ", "))
			}
			for _, n := range needles {
				if strings.Contains(text, string(n)) || strings.Contains(text, hex.EncodeToString(n)) {
					c.Errorf("%s holds what was sealed", where)
				}
			}
		}
		look("a table", c.stored())
		err = filepath.WalkDir(c.app.where.Data, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			raw, err := os.ReadFile(path)
			look(filepath.Base(path), string(raw))
			return err
		})
		if err != nil {
			c.Fatal(err)
		}
		var paths []string
		for _, m := range []told{public, private, open} {
			paths = append(paths, "/matters/"+m.number, "/matters/"+m.number+"/erase", "/api/matters/"+m.number, "/api/matters/"+m.number+"/story",
				"/open311/v2/requests/"+m.number+".json", "/open311/v2/requests.json?service_request_id="+m.number)
		}
		seen := 0
		for _, who := range []string{"", "info/desk", "pwd/head"} {
			c.everything(who, paths, func(path string, a answer) {
				seen++
				look(fmt.Sprintf("%s as %q", path, who), a.text+fmt.Sprint(a.header))
			})
		}
		if seen < 150 || !strings.Contains(c.stored()+c.do("GET", "/api/matters/"+other.number, "code:"+other.code, nil).text, stays["somebody else's"]) {
			c.Errorf("%d pages; or what somebody else told went too", seen)
		}

		// what stays
		a := c.must(200, "GET", "/api/matters/"+public.number, "", nil)
		if e, _ := a.json["erased"].(map[string]any); e == nil || e["ground"] != "asked" || a.get("outcome") != "fixed" || a.get("lead") != "pwd" || a.json["texts"] != nil {
			c.Errorf("%s", a.text)
		}
		c.act(403, public, "confirm", "code:"+public.code, map[string]any{"solved": true})
		if a := c.do("GET", "/api/matters/"+private.number, "code:"+private.code, nil); a.status != 404 {
			c.Errorf("the code still opens a private matter: %d", a.status)
		}
		// the open one goes on, with words of the body's own in a box of their own
		c.act(409, open, "ask", "pwd/head", map[string]any{"text": "where?"})
		c.act(201, open, "answer", "pwd/head", map[string]any{"outcome": "fixed", "reason": stays.word("a later answer"), "release": true})
		if a := c.must(200, "GET", "/api/matters/"+open.number, "", nil); !strings.Contains(a.text, stays["a later answer"]) {
			c.Errorf("a later answer is not shown: %s", a.text)
		}

		// proofs
		c.seal()
		for _, r := range receipts {
			mustRun(c.T, 0, "verify", "receipt", r, "--key", key)
		}
		c.holds()
		mustRun(c.T, 0, append([]string{"verify"}, c.at()...)...)
		mustRun(c.T, 0, "verify", "log", c.url+"/log/boston", "--key", key, "--acts")
		mustRun(c.T, 0, append([]string{"rebuild"}, c.at()...)...)
		look("a table made anew", c.stored())
		if got, err := seal.ParseReceipt([]byte(c.must(200, "GET", "/matters/"+public.number+"/acts/1/receipt", "", nil).text)); err != nil || got == nil {
			c.Errorf("an erased matter's act has no receipt: %v", err)
		}
	})
}

// A hold delays an erasure, shows to the reporter with its law and its end in both languages, and when it ends what
// waited is erased.
func TestHoldDelaysErasure(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		p := planted{}
		m := c.filled(p, "private")
		law, until := "Code of Civil Procedure § 44", c.now.Add(20*day)
		hold := map[string]any{"ground": "court", "law": law, "until": until}
		for _, who := range []string{"pwd/head", "info/desk", "code:" + m.code} {
			if a := c.do("POST", "/api/matters/"+m.number+"/hold", who, hold); a.status != 403 {
				c.Errorf("%s holds it: %d %s", who, a.status, a.text)
			}
		}
		c.act(422, m, "hold", "coord/chair", map[string]any{"ground": "court", "law": law, "until": c.now.Add(400 * day)})
		c.act(201, m, "hold", "coord/chair", hold)
		for range 2 {
			c.act(201, m, "erase", "code:"+m.code, nil)
		}
		a := c.status(m, "answered")
		if h, _ := a.json["hold"].(map[string]any); h == nil || h["law"] != law || h["asked"] == nil || a.json["erased"] != nil {
			c.Errorf("%s", a.text)
		}
		for _, lang := range []string{"en", "zh-Hans"} {
			r := c.reader()
			r.lang = lang
			r.fill("/track", map[string]string{"number": m.number, "code": m.code})
			for _, path := range []string{"/matters/" + m.number, "/matters/" + m.number + "/erase"} {
				if page := r.get(path); !strings.Contains(page.html, law) || !strings.Contains(page.html, "2012") || !strings.Contains(page.html, map[string]string{"en": "You asked on", "zh-Hans": "请求删除"}[lang]) {
					c.Errorf("%s in %s does not show the hold:\n%s", path, lang, page.html)
				}
			}
		}
		c.turn(19 * day)
		if a := c.status(m, "closed"); a.json["erased"] != nil {
			c.Fatalf("erased under a hold: %s", a.text)
		}
		c.turn(2 * day)
		if n, err := c.app.vault.Clean(context.Background(), c.realm.ID); err != nil || n != 1 {
			c.Errorf("%d boxes: %v", n, err)
		}
		if found := p.find(c.stored()); len(found) > 0 || c.do("GET", "/api/matters/"+m.number, "code:"+m.code, nil).status != 404 {
			c.Errorf("the hold ended, and there still is %v", found)
		}
		c.holds()
	})
}

// When the time for keeping them has run out, ended matters are erased; open ones, and those of a kind that is kept longer, are not.
func TestRetention(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		p, stays := planted{}, staying{}
		ended := c.filled(p, "public")
		c.act(201, ended, "confirm", "code:"+ended.code, map[string]any{"solved": true})
		fields := lamp(stays.word("a complaint"))
		fields["kind"], fields["against"] = "complaint", "isd"
		complaint := c.report(fields)
		c.act(201, complaint, "withdraw", "code:"+complaint.code, nil)
		open := c.report(lamp(stays.word("an open one")))
		round := func() {
			if err := c.realm.GoRound(context.Background()); err != nil {
				c.Fatal(err)
			}
		}
		reads := func(m told) bool {
			return c.do("GET", "/api/matters/"+m.number, "", nil).json["erased"] == nil
		}
		c.turn(729 * day)
		round()
		if !reads(ended) {
			c.Error("erased before its time")
		}
		c.turn(2 * day)
		round()
		round()
		a := c.must(200, "GET", "/api/matters/"+ended.number, "", nil)
		if e, _ := a.json["erased"].(map[string]any); e == nil || e["ground"] != "retention" || !strings.Contains(fmt.Sprint(e["law"]), "rule 11") {
			c.Errorf("%s", a.text)
		}
		if found := p.find(c.stored()); len(found) > 0 {
			c.Errorf("there still is %v", found)
		}
		if !reads(complaint) || !reads(open) {
			c.Error("what is to be kept longer was erased")
		}
		page := c.reader().get("/matters/" + ended.number)
		if !strings.Contains(page.html, "the time for keeping it had run out") {
			c.Errorf("its page does not say so: %s", page.html)
		}
		r := c.reader()
		if page := r.fill("/track", map[string]string{"number": ended.number, "code": ended.code}); page.status != 200 || !strings.Contains(page.html, "the time for keeping it had run out") {
			c.Errorf("who comes with the code is not told: %d %s", page.status, page.html)
		}
		c.turn(1100 * day)
		round()
		if reads(complaint) || !reads(open) {
			c.Error("a complaint is kept for five years, and an open matter for as long as it is open")
		}
		c.holds()
	})
}

// The same key again gives the same receipt, also when nobody knows any more whose it was; another key gives none and no error.
func TestErasingAgain(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		for _, who := range []string{"reporter", "info/desk"} {
			fields, body := lamp("x"), map[string]any{}
			fields["visibility"] = "private"
			m := c.report(fields)
			if who == "reporter" {
				who = "code:" + m.code
			} else {
				body = map[string]any{"request": "2012/7", "checked": "document"}
			}
			path := "/api/matters/" + m.number + "/erase"
			first := c.keyed("POST", path, who, "k"+m.number, body)
			again := c.keyed("POST", path, who, "k"+m.number, body)
			if first.status != 201 || len(first.json["acts"].([]any)) != 1 || again.status != 201 || fmt.Sprint(again.json["acts"]) != fmt.Sprint(first.json["acts"]) {
				c.Errorf("%s\n%s", first.text, again.text)
			}
			if other := c.keyed("POST", path, who, "other"+m.number, body); other.status != 201 || len(fmt.Sprint(other.json["acts"])) > 5 {
				c.Errorf("%d %s", other.status, other.text)
			}
			if stranger := c.keyed("POST", path, "", "k"+m.number, body); stranger.status != 404 {
				c.Errorf("a stranger: %d %s", stranger.status, stranger.text)
			}
			if wrong := c.keyed("POST", path, "code:AAAAA-AAAAA", "k"+m.number, body); wrong.status != 404 || !strings.Contains(wrong.header.Get("Content-Type"), "problem+json") {
				c.Errorf("a wrong code: %d %s", wrong.status, wrong.text)
			}
		}
	})
}

// A realm says its own times of keeping, with their law.
func TestRealmKeeps(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	m := c.report(lamp("x"))
	c.act(201, m, "withdraw", "code:"+m.code, nil)
	mustRun(t, 0, append([]string{"realm", "keep", "request", "--days", "10", "--law", "Archives Act 12"}, c.at()...)...)
	for _, wrong := range [][]string{{"rant", "--days", "10", "--law", "l"}, {"request", "--days", "0", "--law", "l"}, {"request", "--days", "10", "--law", " "}} {
		if r := runSkein(append(append([]string{"realm", "keep"}, wrong...), c.at()...)...); r.code != 2 {
			t.Errorf("%v: %+v", wrong, r)
		}
	}
	anew := cityAt(t, c.app.where)
	anew.turn(11 * day)
	if err := anew.realm.GoRound(context.Background()); err != nil {
		t.Fatal(err)
	}
	a := anew.must(200, "GET", "/api/matters/"+m.number, "", nil)
	if e, _ := a.json["erased"].(map[string]any); e == nil || e["law"] != "Archives Act 12" {
		t.Errorf("%s", a.text)
	}
	anew.holds()
}

// The page by the code: a second step, a choice for an open matter, both languages, no script; sent twice it is done once.
func TestErasingByPage(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	for _, lang := range []string{"en", "zh-Hans"} {
		for _, visibility := range []string{"public", "private"} {
			fields := lamp("灯坏了")
			fields["visibility"] = visibility
			m := c.report(fields)
			path := "/matters/" + m.number + "/erase"
			r := c.reader()
			r.lang = lang
			if page := r.get(path); visibility == "private" && page.status != 404 || visibility == "public" && page.path != "/track" {
				t.Errorf("a stranger: %d %s", page.status, page.path)
			}
			r.fill("/track", map[string]string{"number": m.number, "code": m.code})
			if page := r.get("/matters/" + m.number); !strings.Contains(page.html, path) {
				t.Error("her page does not lead there")
			}
			page := r.get(path)
			_, once, _ := strings.Cut(page.html, `name="once" value="`)
			once, _, _ = strings.Cut(once, `"`)
			if page := r.fill(path, map[string]string{"once": once}); page.status != 422 || strings.Count(page.html, `class="error"`) < 2 {
				t.Errorf("without a second step: %d\n%s", page.status, page.html)
			}
			if c.status(m, "assigned").json["erased"] != nil {
				t.Fatal("erased at once")
			}
			sure := map[string]string{"sure": "yes", "then": "withdraw", "once": once}
			for range 2 {
				page := r.fill(path, sure)
				if page.status != 200 || !strings.Contains(page.html, map[string]string{"en": "at the reporter&#39;s word", "zh-Hans": "应反映人要求删除"}[lang]) {
					t.Errorf("%s %s: %d\n%s", lang, visibility, page.status, page.html)
				}
			}
			if page := r.get("/matters/" + m.number); visibility == "private" && page.status != 404 || strings.Contains(page.html, "灯坏了") {
				t.Errorf("%s %s: afterwards %d\n%s", lang, visibility, page.status, page.html)
			}
			if page := c.reader().fill(path, map[string]string{"once": strings.Repeat("A", 26), "sure": "yes"}); visibility == "private" && page.status != 404 {
				t.Errorf("a stranger learns that there was a private matter: %d", page.status)
			}
		}
	}
	c.holds()
}

// resident signs somebody in by a code to her mail.
func (c *city) resident(mail string) *visitor {
	c.Helper()
	sent := make(chan string, 1) // it is sent beside the answer
	c.signIn.Send = func(_ context.Context, _, _, _, _, text string) error {
		select {
		case sent <- text[:9]:
		default: // a message of another kind
		}
		return nil
	}
	v := c.visitor()
	v.want(303, "POST", "/sign-in/code", url.Values{"contact": {mail}})
	v.want(303, "POST", "/sign-in/code/check", url.Values{"code": {<-sent}})
	return v
}

// tells reports as somebody who is signed in.
func (v *visitor) tells(text, visibility string) told {
	v.Helper()
	p := v.want(303, "POST", "/report", url.Values{"kind": {"request"}, "category": {"street_lights.street_light_outages"}, "text": {text},
		"lat": {"42.33"}, "lon": {"-71.09"}, "visibility": {visibility}})
	number := strings.Split(p.to, "/")[2]
	for _, cookie := range v.jar {
		if cookie.Name == "__Host-codes" {
			return told{number, strings.Split(cookie.Value, ".")[1]}
		}
	}
	v.Fatal("no code")
	return told{}
}

// A resident closes her account, and all that she told goes with it, but for what a hold keeps, as she is told.
func TestAccountClosed(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		p := planted{}
		v := c.resident("ann@example.org")
		one, two := v.tells(p.word("one"), "public"), v.tells(p.word("two"), "private")
		held, single := v.tells("held word", "private"), v.tells(p.word("single"), "private")
		c.act(201, held, "hold", "coord/chair", map[string]any{"ground": "audit", "law": "Audit Act 7", "until": c.now.Add(30 * day)})
		v.jar = v.jar[:0:0]
		v = c.resident("ann@example.org") // known by her account alone
		if page := v.want(200, "GET", "/me", nil); strings.Count(page.text, `href="/matters/`) != 4 {
			c.Fatalf("%s", page.text)
		}
		// one is erased from its own page: the account forgets it
		v.want(200, "POST", "/matters/"+single.number+"/erase", url.Values{"sure": {"yes"}, "then": {"goes_on"}})
		if page := v.want(200, "GET", "/me", nil); strings.Count(page.text, `href="/matters/`) != 3 {
			c.Errorf("%s", page.text)
		}
		// and one by the desk, which cannot know whose it is
		c.act(201, two, "erase", "info/desk", map[string]any{"request": "2012/7", "checked": "document"})
		if page := v.want(200, "GET", "/me", nil); strings.Count(page.text, `href="/matters/`) != 2 {
			c.Errorf("%s", page.text)
		}
		third := v.tells(p.word("third"), "private")
		v.want(422, "POST", "/me/close", url.Values{"matters": {"erase"}})
		v.want(422, "POST", "/me/close", url.Values{"sure": {"yes"}})
		page := v.want(200, "POST", "/me/close", url.Values{"sure": {"yes"}, "matters": {"erase"}})
		for _, want := range []string{"Erased matters: 2", held.number, "1 February 2012"} {
			if !strings.Contains(page.text, want) {
				c.Errorf("%q is not in\n%s", want, page.text)
			}
		}
		v.want(303, "GET", "/me", nil)
		if c.do("GET", "/api/matters/"+third.number, "code:"+third.code, nil).status != 404 {
			c.Error("a matter is still there")
		}
		for _, table := range []string{"accounts", "credentials", "sessions", "account_links", "attempts"} {
			var n int
			if err := c.app.db.R.QueryRow("SELECT count(*) FROM " + table).Scan(&n); err != nil || n != 0 {
				c.Errorf("%s has %d rows: %v", table, n, err)
			}
		}
		c.app.vault.Clean(context.Background(), c.realm.ID)
		if found := p.find(c.stored()); len(found) > 0 {
			c.Errorf("there still is %v", found)
		}
		if a := c.status(held, "assigned"); !strings.Contains(a.text, "held word") {
			c.Errorf("the hold did not hold: %s", a.text)
		}
		c.turn(31 * day)
		if a := c.do("GET", "/api/matters/"+held.number, "code:"+held.code, nil); a.status != 404 {
			c.Errorf("the hold ended: %d %s", a.status, a.text)
		}
		c.must(200, "GET", "/api/matters/"+one.number, "", nil)
		c.holds()
	})
}

// An officer's account is not closed while a term runs.
func TestOfficersAccountStays(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30, settings{signIn: `{"passwords": true}`})
	v := c.visitor()
	v.takes(c.invite("pwd/head", "head@pwd.example"), "head@pwd.example")
	v.want(409, "GET", "/me/close", nil)
	v.want(409, "POST", "/me/close", url.Values{"sure": {"yes"}})
	v.want(200, "GET", "/me", nil)
}

// Killed between the commit and the cleaning up, the next start makes good.
func TestErasureKilled(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		p := planted{}
		m := c.filled(p, "private")
		_, blobs := c.sealedBytes(c.box(m))
		c.act(201, m, "erase", "code:"+m.code, nil) // the cleaner of the process below has not begun, as if it were killed here
		if len(blobs) != 1 || !c.blobFiles()[blobs[0]] {
			c.Fatal("the test does not see what it looks for")
		}
		starts := func(until func() bool) {
			c.Helper()
			cmd, _, errs := skein(append([]string{"serve", "--listen", "127.0.0.1:0", "--unsealed"}, c.at()...)...)
			if err := cmd.Start(); err != nil {
				c.Fatal(err)
			}
			for deadline := time.Now().Add(30 * time.Second); !until() && time.Now().Before(deadline); {
				time.Sleep(5 * time.Millisecond)
			}
			cmd.Process.Kill()
			cmd.Wait()
			if !until() {
				c.Fatalf("never\n%s", errs)
			}
		}
		owed := func() (n int) {
			if err := c.app.db.R.QueryRow("SELECT count(*) FROM vault_erasures").Scan(&n); err != nil {
				c.Fatal(err)
			}
			return n
		}
		starts(func() bool { return !c.blobFiles()[blobs[0]] }) // killed again in the midst of it
		starts(func() bool { return owed() == 0 })
		if found := p.find(c.stored()); len(found) > 0 {
			c.Errorf("there still is %v", found)
		}
	})
}

// What was sealed for a box that is erased meanwhile is refused, and writes nothing.
func TestNothingIsWrittenIntoAnErasedBox(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		ctx := context.Background()
		m := c.report(lamp("x"))
		c.act(201, m, "accept", "pwd/head", nil)
		state, _, err := c.realm.State(ctx, c.dossier(m))
		if err != nil {
			c.Fatal(err)
		}
		intake := matter.Intake{Vault: c.app.vault}
		late, err := intake.On(ctx, c.realm.View(), civic.Actor{Kind: civic.Post, Post: "pwd/head"}, state.(matter.State), matter.Tell{Text: "a late word", Release: true}, nil)
		if err != nil {
			c.Fatal(err)
		}
		c.act(201, m, "erase", "code:"+m.code, nil)
		if _, err := c.realm.Do(ctx, late); err == nil {
			c.Error("it was written")
		}
		if strings.Contains(c.stored(), "a late word") {
			c.Error("what was released in clear stands in a table")
		}
		c.holds()
	})
}

// Two processes on one database: what one erases the other does not show.
func TestErasedInAnotherProcess(t *testing.T) {
	t.Parallel()
	c := newCity(t, postgres, 30)
	p := planted{}
	m := c.filled(p, "public")
	there := cityAt(t, c.app.where)
	if !strings.Contains(there.do("GET", "/matters/"+m.number, "", nil).text, p["public text"]) {
		t.Fatal("the other process does not show it at all")
	}
	c.act(201, m, "erase", "code:"+m.code, nil)
	for _, path := range []string{"/matters/" + m.number, "/api/matters/" + m.number, "/open311/v2/requests/" + m.number + ".json", "/open311/v2/servicerequestupdates.json"} {
		if found := p.find(there.do("GET", path, "", nil).text); len(found) > 0 {
			t.Errorf("%s still shows %v", path, found)
		}
	}
	if err := there.realm.Sync(context.Background()); err != nil {
		t.Fatal(err)
	}
	if a := there.do("GET", "/api/matters/"+m.number, "", nil); a.json["erased"] == nil {
		t.Errorf("it never learns: %s", a.text)
	}
}

// A role that does not own the tables says so, and what is owed waits for one that does.
func TestScrubNeedsTheOwner(t *testing.T) {
	t.Parallel()
	c := newCity(t, postgres, 1)
	c.do2("DROP ROLE IF EXISTS erase_serves", "CREATE ROLE erase_serves LOGIN PASSWORD 'serves'", "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO erase_serves")
	t.Cleanup(func() { c.do2("DROP OWNED BY erase_serves", "DROP ROLE erase_serves") })
	u, err := url.Parse(c.app.where.Database)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword("erase_serves", "serves")
	db, err := store.Open(context.Background(), u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := (&vault.Vault{DB: db, Keys: c.app.vault.Keys}).Scrub(context.Background()); err == nil || !strings.Contains(err.Error(), store.ErrNotOwner.Error()) {
		t.Errorf("scrubbing as somebody else: %v", err)
	}
	if err := c.app.vault.Scrub(context.Background()); err != nil {
		t.Errorf("as the owner: %v", err)
	}
}
