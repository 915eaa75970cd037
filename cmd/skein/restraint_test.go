package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"skein/frame/civic"
	"skein/frame/outward"
	"skein/rooms/matter"
)

// What Skein will not do, tried on a running realm; docs/restraint.md says which line of the mission each test is of.

// aVerdict is a word of a column or a field by which somebody would be judged.
var aVerdict = regexp.MustCompile(`(?i)(?:^|_)(?:score|rank|ranking|risk|reputation|credit|grade|watchlist|blacklist|suspicion|suspect|trust|visit|watch|educate)(?:_|$|s$|level$)`)

// judged lists the columns of all tables that are a verdict.
func (c *city) judged() (found []string, columns int) {
	c.Helper()
	query := "SELECT m.name, p.name FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table'"
	if c.app.where.Database != "" {
		query = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
	}
	rows, err := c.app.db.R.QueryContext(c.Context(), query)
	if err != nil {
		c.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			c.Fatal(err)
		}
		if columns++; aVerdict.MatchString(column) {
			found = append(found, table+"."+column)
		}
	}
	if err := rows.Err(); err != nil {
		c.Fatal(err)
	}
	return found, columns
}

// Line 1 and 6: no table of a migrated database, on either engine, has room for a verdict on anybody, and no field of the API speaks of one.
func TestNobodyIsScored(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		found, columns := c.judged()
		if len(found) > 0 || columns < 100 {
			c.Errorf("of %d columns, verdicts: %v", columns, found)
		}
		c.do2("CREATE TABLE visits (person TEXT, risk_level INTEGER)")
		if found, _ := c.judged(); len(found) != 1 {
			c.Errorf("a planted column is not found: %v", found)
		}
		fields := regexp.MustCompile(`"([a-z_]+)":\{[^{}]*"type"|"name":"([a-z_]+)"`)
		judging := func(text string) (out []string) {
			for _, m := range fields.FindAllStringSubmatch(text, -1) {
				if name := m[1] + m[2]; name != "rank" && aVerdict.MatchString(name) { // of a layer of places
					out = append(out, name)
				}
			}
			return out
		}
		text := c.must(200, "GET", "/api/openapi.json", "", nil).text
		if found := judging(text); len(found) > 0 || len(fields.FindAllString(text, -1)) < 100 {
			c.Errorf("fields of the API that judge: %v", found)
		}
		if found := judging(`{"properties":{"resident_` + "score" + `":{"type":"integer"}}}`); len(found) != 1 {
			c.Error("a planted field is not found")
		}
	})
}

// sink is a mail server that takes connections and lets nothing be sent; it counts them.
func sink(t *testing.T) (port int, connections func() int) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	came := make(chan struct{}, 1000)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			came <- struct{}{}
			conn.Write([]byte("554 closed\r\n"))
			conn.Close()
		}
	}()
	t.Cleanup(func() { l.Close() })
	return l.Addr().(*net.TCPAddr).Port, func() int { return len(came) }
}

// carried lets the courier carry what waits, for so long.
func (c *city) carried(d time.Duration) {
	c.Helper()
	post, err := c.app.courier(c.realm, c.site)
	if err != nil {
		c.Fatal(err)
	}
	ctx, stop := context.WithTimeout(c.Context(), d)
	defer stop()
	if err := post.Run(ctx); err != nil && ctx.Err() == nil {
		c.Fatal(err)
	}
}

// Line 2: a resident's whole way and an officer's day connect to no other machine; what she asked for, a letter, connects once
// a letter to the mail server and nowhere else; and no page takes anything from another host.
func TestNothingAsksElsewhere(t *testing.T) {
	slow(t)
	onBothEngines(t, 60, func(c *city) {
		before := outward.Connections()
		day := func(contact map[string]any) {
			fields := lamp("x")
			if contact != nil {
				fields["contact"] = contact
			}
			m := c.report(fields)
			c.act(201, m, "accept", "pwd/head", nil)
			c.act(201, m, "ask", "pwd/head", map[string]any{"text": "Which side?"})
			c.act(201, m, "supply", "code:"+m.code, map[string]any{"text": "See https://example.org/lamp"})
			c.act(201, m, "answer", "pwd/head", map[string]any{"outcome": "fixed", "reason": "r"})
			c.act(201, m, "confirm", "code:"+m.code, map[string]any{"solved": true})
			c.turn(24 * time.Hour)
			if err := c.realm.CatchUp(c.Context()); err != nil {
				c.Fatal(err)
			}
			if err := c.site.Seal.CatchUp(c.Context()); err != nil {
				c.Fatal(err)
			}
			c.carried(time.Second)
		}
		foreign := regexp.MustCompile(`<(?:script|img|link|iframe|source|video|form|object|embed)\b[^>]*\b(?:src|href|action|data)="(?:https?:)?//`)
		c.everything("", []string{"/numbers"}, func(path string, a answer) {
			if found := foreign.FindString(strings.ReplaceAll(a.text, c.site.PublicURL, "")); found != "" { // feeds name themselves in full (RFC 4287)
				c.Errorf("%s takes from elsewhere: %s", path, found)
			}
		})
		if !foreign.MatchString(`<script src="https://cdn.example/x.js">`) {
			c.Error("a planted script from elsewhere is not found")
		}
		day(nil)
		day(map[string]any{"email": "ann@example.org"}) // and there is no mail server
		if n := outward.Connections() - before; n != 0 {
			c.Errorf("%d connections to other machines were begun that nobody asked for", n)
		}
		port, connections := sink(c.T)
		settings := fmt.Sprintf(`{"mail":{"host":"127.0.0.1","port":%d,"security":"none","from":"a@example.org"}}`, port)
		if err := os.WriteFile(filepath.Join(c.app.where.Data, "courier.json"), []byte(settings), 0o600); err != nil {
			c.Fatal(err)
		}
		day(nil)
		if n := outward.Connections() - before; n != 0 {
			c.Errorf("%d connections for somebody who gave no contact", n)
		}
		day(map[string]any{"email": "ann@example.org"})
		if n := outward.Connections() - before; n == 0 || int(n) != connections() {
			c.Errorf("%d connections were begun for letters that were asked for, and %d came to the mail server", n, connections())
		}
	})
}

// Line 7: an officer's name, planted in the register, is told nowhere where the realm's law is silent, and on the body's page where it is not.
func TestOfficersAreNotNamed(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		seat := func(post, name string, public bool) {
			c.realm.View().Settings.PublicOfficers = public
			c.must(201, "POST", "/api/bodies/pwd/create-post", "coord/chair", map[string]any{"post": post, "titles": map[string]any{"en": "X", "zh-Hans": "职"}, "roles": []string{"handler"}})
			c.must(201, "POST", "/api/bodies/pwd/seat", "coord/chair", map[string]any{"post": post, "officer": name, "from": "2012-01-02"})
		}
		seat("pwd/silent", "Zebulon Quince", false)
		m := c.report(lamp("x"))
		c.act(201, m, "accept", "pwd/silent", nil)
		for _, public := range []bool{false, true} { // a law that changes makes nobody public afterwards
			c.realm.View().Settings.PublicOfficers = public
			for _, who := range []string{"", "isd/head"} {
				n := 0
				c.everything(who, []string{"/bodies/pwd", "/api/bodies/pwd", "/matters/" + m.number, "/api/matters/" + m.number + "/story"}, func(path string, a answer) {
					if n++; strings.Contains(a.text, "Quince") {
						c.Errorf("%s names an officer to %q", path, who)
					}
				})
				if n < 50 {
					c.Errorf("only %d pages were read", n)
				}
			}
		}
		seat("pwd/open", "Ottilie Marsh", true)
		if text := c.must(200, "GET", "/bodies/pwd", "", nil).text; !strings.Contains(text, "Ottilie Marsh") {
			c.Error("a name that the law publishes is not found: the test looks in the wrong place")
		}
	})
}

// token is what could tie two files: an id, a digest, a code.
var token = regexp.MustCompile(`[0-9A-Za-z_-]{10,}`)

// Line 8: two reports of one person, from one browser, with one name and contact, share nothing that a post which may read both, the
// public, or whoever reads the tables is shown, that a third person's report does not share with them.
func TestReportsOfOneAreNotTied(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		tell := func(name string) told {
			fields := lamp("Lamp out")
			fields["contact"] = map[string]any{"name": name, "email": "ann@example.org", "phone": "617 555 0100"}
			return c.report(fields)
		}
		one, other, two := tell("Ann Green"), tell("Bo Brown"), tell("Ann Green")
		seen := func(m told) map[string]bool {
			all := map[string]bool{}
			state, _, err := c.realm.State(c.Context(), c.dossier(m))
			if err != nil {
				c.Fatal(err)
			}
			dossier, box := string(c.dossier(m)), string(state.(matter.State).Reporter)
			var text strings.Builder
			for _, who := range []string{"", "info/desk", "pwd/head"} {
				for _, path := range []string{"/api/matters/" + m.number, "/api/matters/" + m.number + "/story", "/matters/" + m.number, "/api/matters/" + m.number + "/possible"} {
					text.WriteString(c.do("GET", path, who, nil).text)
				}
			}
			for line := range strings.Lines(c.stored()) { // all rows of all tables
				if strings.Contains(line, dossier) || strings.Contains(line, box) || strings.Contains(line, strings.ReplaceAll(m.number, "-", "")) {
					text.WriteString(line)
				}
			}
			for _, word := range token.FindAllString(text.String(), -1) {
				all[word] = true
			}
			return all
		}
		first, third, second := seen(one), seen(other), seen(two)
		tied := func(a, b, not map[string]bool) (out []string) {
			for word := range a {
				if b[word] && !not[word] {
					out = append(out, word)
				}
			}
			return out
		}
		if found := tied(first, second, third); len(found) > 0 || len(first) < 40 {
			slices.Sort(found)
			c.Errorf("of %d words, these tie her two reports: %v", len(first), found)
		}
		first["planted-box-of-ann"], second["planted-box-of-ann"] = true, true
		if found := tied(first, second, third); len(found) != 1 {
			c.Error("a planted tie is not found")
		}
		// No list is narrowed by who told it.
		whole := c.must(200, "GET", "/api/matters?limit=500", "info/desk", nil).text
		for _, q := range []string{"name=Ann+Green", "email=ann@example.org", "reporter=x", "contact=617+555+0100", "search=Green", "text=Green"} {
			if a := c.do("GET", "/api/matters?limit=500&"+q, "info/desk", nil); a.status == 200 && a.text != whole {
				c.Errorf("%s narrows the list", q)
			}
		}
		// Words find what everyone may read, and her name is not in that.
		for _, number := range c.wordsFind("Green") {
			if number == one.number || number == two.number {
				c.Errorf("her name finds what she told: %s", number)
			}
		}
	})
}

// Line 9: private matters, complaints among them, are closed at every door to the posts that keep registers and the list, and
// answer as one that does not exist; and no power gives the operator of the machine anything of them.
func TestPrivateIsClosedToAdministrators(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		posts := []string{"coord/registrar", "coord/keeper", "pwd/registrar", "isd/registrar"}
		for i, role := range []string{"registrar", "list_keeper", "registrar", "registrar"} {
			body, _, _ := strings.Cut(posts[i], "/")
			c.must(201, "POST", "/api/bodies/"+body+"/create-post", "coord/chair", map[string]any{"post": posts[i], "titles": map[string]any{"en": "X", "zh-Hans": "职"}, "roles": []string{role}})
		}
		opened := 0
		for _, about := range abouts {
			m := c.report(about.fields())
			c.photo(m)
			var none matter.Number
			for i := civic.Position(800_000); none == ""; i++ {
				none, _ = c.app.ports.Numbers(c.realm.ID).Of(i)
			}
			digest := c.digests(m)["image/jpeg"]
			for _, pattern := range c.site.Mux.Patterns() {
				method, path, _ := strings.Cut(pattern, " ")
				if method != "GET" || !strings.Contains(path, "{number}") {
					continue
				}
				for _, post := range posts {
					ask := func(number string) (int, string) {
						a := c.do("GET", strings.NewReplacer("{number}", number, "{photo}", digest+".jpg", "{digest}", digest, "{n}", "1").Replace(path), post, nil)
						if strings.Contains(a.text, secretWord) {
							c.Errorf("%s shows %s the words of a %s matter", pattern, post, about.name)
						}
						return a.status, strings.NewReplacer(number, "N", strings.ReplaceAll(number, "-", ""), "N").Replace(a.text)
					}
					status, text := ask(m.number)
					if about.name != "private" && about.name != "hidden" {
						if status == 200 {
							opened++
						}
						continue
					}
					if noStatus, noText := ask(none.String()); status != noStatus || text != noText {
						c.Errorf("%s tells %s that there is a private matter: %d and %d", pattern, post, status, noStatus)
					}
				}
			}
			if about.name == "private" {
				state, _, err := c.realm.State(c.Context(), c.dossier(m))
				if err != nil {
					c.Fatal(err)
				}
				for _, action := range []string{"matter.read", "matter.read_reporter", "matter.tell", "matter.answer", "matter.release", "matter.redact", "matter.join"} {
					if c.realm.View().May(civic.Actor{Kind: civic.Operator}, action, c.dossier(m), state, c.Now()) {
						c.Errorf("the operator of the machine may %s", action)
					}
					if action == "matter.read" && !c.realm.View().May(civic.Actor{Kind: civic.Post, Post: "pwd/head"}, action, c.dossier(m), state, c.Now()) {
						c.Error("its lead may not read it: the test asks nothing")
					}
				}
			}
		}
		if opened == 0 {
			c.Error("public matters are closed to them as well: the test looks at nothing")
		}
	})
}
