package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"image"
	"image/jpeg"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"skein/frame/civic"
	"skein/frame/store"
)

// planted are the words, by where they were planted.
type planted map[string]string

// word makes a marker for a place, spelled so that no coding of it is left out by chance.
func (p planted) word(where string) string {
	w := fmt.Sprintf("zq%02dplanted", len(p))
	p[where] = w
	return w
}

// find lists where planted words stand in a text, be it in hex too.
func (p planted) find(text string) []string {
	var out []string
	for where, word := range p {
		if strings.Contains(text, word) || strings.Contains(text, hex.EncodeToString([]byte(word))) {
			out = append(out, where)
		}
	}
	slices.Sort(out)
	return out
}

// exif is a small JPEG whose camera noted a word.
func exif(word string) []byte {
	var picture bytes.Buffer
	if err := jpeg.Encode(&picture, image.NewGray(image.Rect(0, 0, 64, 48)), nil); err != nil {
		panic(err)
	}
	note := []byte("Exif\x00\x00GPS " + word)
	raw := append([]byte{0xff, 0xd8, 0xff, 0xe1, 0, byte(len(note) + 2)}, note...)
	return append(raw, picture.Bytes()[2:]...)
}

// everything gets all that can be read as somebody, beginning with the doors of the API and
// the front page and going on by links, and calls each answer.
func (c *city) everything(who string, more []string, each func(path string, a answer)) {
	c.Helper()
	var api struct {
		Paths map[string]map[string]any
	}
	if err := json.Unmarshal([]byte(c.must(200, "GET", "/api/openapi.json", "", nil).text), &api); err != nil {
		c.Fatal(err)
	}
	queue := append([]string{
		"/", "/matters", "/report", "/track", "/duties", "/figures", "/figures/equal", "/figures/body/pwd", "/figures/language/und", "/api/equal-treatment", "/reports", "/powers", "/metrics", "/healthz", "/readyz", "/api/openapi.json",
		"/open311/v2/requests.json", "/open311/v2/requests.xml", "/open311/v2/requests.json?extensions=true",
		"/open311/v2/servicerequestupdates.json", "/open311/v2/servicerequestupdates.xml", "/open311/v2/services.json",
		"/tiles/0/0/0.mvt", "/tiles/12/1238/1515.mvt", "/tiles/16/19819/24246.mvt", "/tiles/16/19818/24246.mvt",
		"/api/acts?limit=1000", "/api/matters?limit=500",
	}, more...)
	for path, methods := range api.Paths {
		if methods["get"] != nil && !strings.Contains(path, "{") {
			queue = append(queue, path)
		}
	}
	link := regexp.MustCompile(`(?:href|src|action)="(/[^"#]*)"|<https://skein\.example(/[^>]*)>`)
	seen := map[string]bool{}
	for n := 0; len(queue) > 0 && n < 350; n++ {
		path := queue[0]
		queue = queue[1:]
		if seen[path] {
			n--
			continue
		}
		seen[path] = true
		r, err := http.NewRequest("GET", c.url+path, nil)
		if err != nil {
			continue
		}
		if who != "" {
			r.Header.Set("Authorization", "Bearer "+c.key(civic.PostID(who)))
		}
		a := c.send(r)
		each(path, a)
		text := fmt.Sprint(a.header["Link"])
		if !strings.Contains(a.header.Get("Content-Type"), "json") { // where links stand in other quotes
			text += a.text
		}
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if next := html.UnescapeString(m[1] + m[2]); !strings.Contains(next, "lang=") && !strings.HasPrefix(next, "/front/") && !strings.HasPrefix(next, "/api/duties") {
				queue = append(queue, next)
			}
		}
	}
}

// stored is all that lies in the tables of the realm's database and of the key store, a line a row.
func (c *city) stored() string {
	c.Helper()
	out, tables := c.lies(c.app.db)
	if tables < 12 || len(out) < 10_000 {
		c.Fatalf("only %d tables with %d bytes were read", tables, len(out))
	}
	keys, tables := c.lies(c.app.vault.Keys.DB)
	if tables < 7 || len(keys) < 1_000 {
		c.Fatalf("of the key store, only %d tables with %d bytes were read", tables, len(keys))
	}
	return out + keys
}

// lies is all that lies in the tables of a database.
func (c *city) lies(db *store.DB) (text string, of int) {
	c.Helper()
	ctx := context.Background()
	list, row := "SELECT name FROM sqlite_master WHERE type = 'table'", ""
	if db.Engine == store.Postgres {
		list, row = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()", "x::text"
	}
	var tables []string
	rows, err := db.R.QueryContext(ctx, list)
	if err != nil {
		c.Fatal(err)
	}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			c.Fatal(err)
		}
		tables = append(tables, name)
	}
	rows.Close()
	var out strings.Builder
	for _, table := range tables {
		what := "*"
		if row != "" {
			what = row
		}
		rows, err := db.R.DB.QueryContext(ctx, "SELECT "+what+" FROM "+table+" x")
		if err != nil {
			c.Fatal(table, err)
		}
		names, _ := rows.Columns()
		for rows.Next() {
			cells := make([]any, len(names))
			for i := range cells {
				cells[i] = new([]byte)
			}
			if err := rows.Scan(cells...); err != nil {
				c.Fatal(table, err)
			}
			out.WriteString(table)
			for _, cell := range cells {
				out.WriteByte(' ')
				out.Write(*cell.(*[]byte))
			}
			out.WriteByte('\n')
		}
		rows.Close()
	}
	return out.String(), len(tables)
}

// form sends a form as a browser does.
func (c *city) form(path string, pairs ...string) *http.Response {
	c.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	r, err := http.NewRequest("POST", c.url+path, strings.NewReader(v.Encode()))
	if err != nil {
		c.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		c.Fatal(err)
	}
	io.Copy(io.Discard, res.Body)
	res.Body.Close()
	return res
}

// sought plants words in what people ask of reviewers, who alone read it.
func (c *city) sought(p planted) {
	c.Helper()
	ask := func(where string) object {
		return object{"kind": "act", "thing": c.newestAct(), "aspects": []string{"power"}, "text": p.word("request " + where)}
	}
	waits := c.must(201, "POST", "/api/review-requests", "", ask("that waits"))
	down := c.must(201, "POST", "/api/review-requests", "", ask("turned down"))
	c.must(201, "POST", "/api/review-requests/"+down.get("request")+"/turn-down", "review/first", object{"law": "l", "reasons": "It was lawful."})
	back := c.must(201, "POST", "/api/review-requests", "", ask("taken back"))
	c.must(201, "POST", "/api/review-requests/"+back.get("request")+"/take-back", "code:"+back.get("tracking"), nil)
	desk := c.must(201, "POST", "/api/review-requests", "info/desk", ask("of a caller"))
	for i, a := range []answer{waits, down, back, desk} {
		p[fmt.Sprint("code of request ", i)] = a.get("tracking")
	}
	c.must(422, "POST", "/api/review-requests", "", object{"kind": p.word("kind of a request"), "thing": p.word("thing of a request"), "text": p.word("refused request")})
	if res := c.form("/reviews/ask", "once", strings.Repeat("B", 26), "kind", "act", "thing", c.newestAct(), "text", p.word("request by form")); res.StatusCode != 201 || len(p.find(fmt.Sprint(res.Header))) != 0 {
		c.Fatalf("the form: %d %v", res.StatusCode, res.Header)
	}
	if res := c.form("/reviews/requests/"+waits.get("request"), "act", "show", "code", p.word("wrong code of a request")); res.StatusCode != 422 {
		c.Errorf("a wrong code: %d", res.StatusCode)
	}
	if a := c.must(200, "GET", "/api/review-requests/"+waits.get("request"), "review/first", nil); a.get("text") != p["request that waits"] {
		c.Errorf("a reviewer does not read what is asked of her: %s", a.text)
	}
}

// accused plants words in what is said of a fault that nobody decided, and of one that was none: posts write them, into documents, and they
// stay between the body, the coordinating body and who proposed it.
func (c *city) accused(p planted) {
	c.Helper()
	word := func(where string) string {
		w := fmt.Sprintf("zx%02daccused", len(p))
		p[where] = w
		return w
	}
	propose := func() string {
		m := c.accepted()
		return c.must(201, "POST", "/api/merits", "info/desk", object{
			"nature": "fault", "matter": m.number, "act": c.actOf(m, "accepted"), "law": "Duty list, row 1", "why": word(fmt.Sprint("why of a fault ", len(p))),
		}).get("merit")
	}
	f := propose()
	c.onMerit(201, f, "reply", "pwd/head", object{"text": word("reply to a fault")})
	c.onMerit(201, f, "decide", "coord/chair", object{"result": "unproved", "law": "l", "facts": word("facts of what is no fault"), "reasons": word("reasons of what is no fault")})
	f = propose()
	c.onMerit(201, f, "ask-hearing", "pwd/head", nil)
	c.onMerit(201, f, "call-hearing", "coord/chair", object{"at": c.now.Add(8 * day).Time().Format(time.RFC3339), "place": word("where she is heard")})
	c.must(422, "POST", "/api/merits", "info/desk", object{"nature": word("nature of a fault"), "matter": word("matter of a fault"), "act": 1, "law": "l", "why": word("refused fault")})
	if a := c.must(200, "GET", "/api/merits/"+f, "pwd/head", nil); len(p.find(a.text)) == 0 {
		c.Errorf("the body does not read why: %s", a.text)
	}
}

// inBackup is what lies in a backup, by name; a dump of PostgreSQL as the statements that it is made of.
func inBackup(t *testing.T, file string) map[string]string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if h.Name == dumpName {
			dump := exec.Command("pg_restore", "--file=-")
			dump.Stdin = bytes.NewReader(content)
			if content, err = dump.Output(); err != nil {
				t.Fatal(err)
			}
		}
		out[h.Name] = string(content)
	}
	if len(out) < 2 || len(out[liteName])+len(out[dumpName]) < 100_000 {
		t.Fatalf("a backup of %d files, with %d bytes of a database", len(out), len(out[liteName])+len(out[dumpName]))
	}
	return out
}
