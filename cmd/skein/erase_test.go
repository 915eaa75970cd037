package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"skein/frame/seal"
	"skein/frame/store"
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
	slow(t)
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

// Words that everyone could find leave the index in the commit that erases them, so that the scrub for it covers them: whatever follows the
// journal comes too late for that.
func TestErasedWordsLeaveTheIndex(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		ctx := context.Background()
		p, stays := planted{}, staying{}
		m := c.filled(p, "public")
		other := c.report(lamp("x"))
		c.act(201, other, "accept", "pwd/head", nil)
		c.act(201, other, "answer", "pwd/head", map[string]any{"outcome": "fixed", "reason": stays.word("an answer"), "release": true})
		if err := c.realm.CatchUp(ctx); err != nil {
			c.Fatal(err)
		}
		indexed := func() (out string) {
			rows, err := c.app.db.R.QueryContext(ctx, "SELECT title, body FROM search_docs WHERE realm = $1", string(c.realm.ID))
			if err != nil {
				c.Fatal(err)
			}
			defer rows.Close()
			for rows.Next() {
				var title, body string
				if err := rows.Scan(&title, &body); err != nil {
					c.Fatal(err)
				}
				out += title + " " + body + "\n"
			}
			return out
		}
		files := func() string {
			if c.app.db.Engine == store.Postgres {
				var raw []byte
				c.do2("CHECKPOINT")
				if err := c.app.db.R.QueryRowContext(ctx, "SELECT pg_read_binary_file(pg_relation_filepath('search_docs'))").Scan(&raw); err != nil {
					c.Fatal(err)
				}
				return string(raw)
			}
			names, _ := filepath.Glob(filepath.Join(c.app.where.Data, "*.db*"))
			var out []byte
			for _, n := range names {
				raw, err := os.ReadFile(n)
				if err != nil {
					c.Fatal(err)
				}
				out = append(out, raw...)
			}
			return string(out)
		}
		if len(p.find(indexed())) < 3 || len(p.find(files())) < 3 {
			c.Fatalf("the test does not see what it looks for: %v, %v", p.find(indexed()), p.find(files()))
		}
		c.act(201, m, "erase", "code:"+m.code, nil)
		if found := p.find(indexed()); len(found) > 0 {
			c.Errorf("after the commit the index holds %v", found)
		}
		if _, err := c.app.vault.Clean(ctx, c.realm.ID); err != nil {
			c.Fatal(err)
		}
		if found := p.find(files()); len(found) > 0 {
			c.Errorf("after the scrub the files hold %v", found)
		}
		if err := c.realm.CatchUp(ctx); err != nil {
			c.Fatal(err)
		}
		if found := p.find(indexed() + files()); len(found) > 0 || !strings.Contains(indexed(), stays["an answer"]) {
			c.Errorf("later they came back: %v; or others went", found)
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
