package main

import (
	"context"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"skein/face/front"
	"skein/internal/browser"
	"skein/internal/pgtest"
)

func TestOfficerSignsIn(t *testing.T) {
	withSignIn(t, `{"passwords": true}`, func(c *city) {
		token := c.invite("pwd/head", "head@pwd.example")
		v := c.visitor()
		if p := v.want(200, "GET", "/invitation", nil); !strings.Contains(p.text, `name="invitation"`) {
			t.Error("nowhere to paste an invitation")
		}
		for _, bad := range []string{"short", "passwordpassword", "aaaaaaaaaaaaaaaa", "1qaz2wsx3edc", "Mailcreated5240"} {
			v.want(422, "POST", "/invitation", url.Values{"invitation": {token}, "password": {bad}})
		}
		v.want(404, "POST", "/invitation", url.Values{"invitation": {strings.ToUpper(token)}, "password": {goodPassword}})
		v.want(404, "GET", "/invitation/"+token, nil)
		if p := v.want(303, "POST", "/invitation", url.Values{"invitation": {" https://skein.example/invitation#" + token}, "password": {goodPassword}}); p.to != "/me" {
			t.Errorf("on to %s", p.to)
		}
		s := v.session()
		if s == nil || !s.HttpOnly || !s.Secure || s.SameSite != http.SameSiteLaxMode || s.Path != "/" || s.Domain != "" {
			t.Fatalf("the session's cookie: %+v", s)
		}
		c.visitor().want(404, "POST", "/invitation", url.Values{"invitation": {token}}) // taken once
		v.enrol("head@pwd.example")
		if p := v.want(200, "GET", "/me", nil); !strings.Contains(p.text, "Public Works") || !strings.Contains(p.text, "here") || p.header.Get("Cache-Control") != "no-store" {
			t.Errorf("the page of the account: %v\n%s", p.header, p.text)
		}
		// It acts in its post, and in no other.
		m := c.report(lamp("x"))
		json := []string{"Content-Type", "application/json", "Accept", "application/json"}
		if p := v.ask("POST", "/api/matters/"+m.number+"/accept", nil, json...); p.status != 400 { // no body
			t.Errorf("without a body: %d %s", p.status, p.text)
		}
		accept := func(v *visitor, headers ...string) shown {
			r, err := http.NewRequest("POST", c.url+"/api/matters/"+m.number+"/accept", strings.NewReader("{}"))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/json")
			for i := 0; i+1 < len(headers); i += 2 {
				r.Header.Set(headers[i], headers[i+1])
			}
			if s := v.session(); s != nil {
				r.AddCookie(s)
			}
			a := c.send(r)
			return shown{status: a.status, text: a.text}
		}
		if p := accept(v, "Sec-Fetch-Site", "cross-site"); p.status != 403 {
			t.Errorf("another site acts with her session: %d %s", p.status, p.text)
		}
		if p := accept(v, "Origin", "https://evil.example"); p.status != 403 {
			t.Errorf("another origin acts with her session: %d %s", p.status, p.text)
		}
		if p := accept(c.visitor()); p.status != 403 {
			t.Errorf("nobody accepts: %d %s", p.status, p.text)
		}
		if p := accept(v); p.status != 201 {
			t.Errorf("she does not: %d %s", p.status, p.text)
		}
		v.want(403, "POST", "/me/post", url.Values{"post": {"coord/chair"}})
		v.want(303, "POST", "/me/post", url.Values{"post": {""}})
		c.act(403, m, "answer", "", map[string]any{"outcome": "fixed", "reason": "r"})
		v.want(303, "POST", "/me/post", url.Values{"post": {"pwd/head"}})
		// The way in is her own now, so there is no second link.
		if out := mustRun(t, 0, append([]string{"officer", "new", "--post", "pwd/head", "--email", "head@pwd.example"}, c.at()...)...); out.out != "" {
			t.Errorf("a link for whoever has the command: %s", out.out)
		}
		// Signing in again makes a new token, whatever the browser brought.
		planted := c.visitor()
		planted.jar = []*http.Cookie{{Name: "__Host-session", Value: strings.Repeat("A", 43), Path: "/"}}
		planted.want(422, "POST", "/sign-in/password", url.Values{"address": {"head@pwd.example"}, "password": {"not this one at all"}})
		planted.want(422, "POST", "/sign-in/password", url.Values{"address": {"nobody@pwd.example"}, "password": {goodPassword}})
		planted.want(303, "POST", "/sign-in/password", url.Values{"address": {" Head@PWD.example "}, "password": {goodPassword}})
		planted.second("head@pwd.example")
		if s := planted.session(); s == nil || s.Value == strings.Repeat("A", 43) || s.Value == v.session().Value {
			t.Error("the token was planted")
		}
		// She sees both sessions and ends the other; the stolen token of one that ended opens nothing.
		stolen := &visitor{city: c, jar: slices.Clone(planted.jar)}
		stolen.want(200, "GET", "/me", nil)
		v.want(303, "POST", "/me/sessions/end", url.Values{})
		stolen.want(303, "GET", "/me", nil)
		v.want(200, "GET", "/me", nil)
		gone := &visitor{city: c, jar: slices.Clone(v.jar)}
		if p := v.want(303, "POST", "/sign-out", url.Values{}); p.to != "/" || v.session() != nil {
			t.Errorf("signed out: %+v", p)
		}
		if p := gone.want(303, "GET", "/me", nil); !strings.HasPrefix(p.to, "/sign-in") {
			t.Errorf("a session that was ended: %s", p.to)
		}
		c.holds()
	})
}

// A term ends on its day, and with it what its holder may do, without anybody doing anything.
func TestPowersEndWithTheTerm(t *testing.T) {
	withSignIn(t, `{"passwords": true}`, func(c *city) {
		c.must(201, "POST", "/api/bodies/pwd/create-post", "coord/chair", map[string]any{"post": "pwd/deputy", "titles": map[string]string{"en": "Deputy", "zh-Hans": "副职"}, "roles": []string{"handler"}})
		link := strings.TrimSpace(mustRun(t, 0, append([]string{"officer", "new", "--post", "pwd/deputy", "--name", "Ines Example", "--email", "deputy@pwd.example", "--to", c.realm.Now().Add(2 * day).In(c.realm.View().Settings.Location()).Format(time.DateOnly)}, c.at()...)...).out)
		if err := c.realm.Sync(context.Background()); err != nil {
			t.Fatal(err)
		}
		v := c.visitor()
		v.takes(c.invitation(link), "deputy@pwd.example")
		if p := v.want(200, "GET", "/me", nil); !strings.Contains(p.text, "Deputy") {
			t.Fatalf("no post: %s", p.text)
		}
		c.turn(4 * day)
		if p := v.want(200, "GET", "/me", nil); strings.Contains(p.text, "Deputy") || !strings.Contains(p.text, "No term of yours") {
			t.Errorf("after the term: %s", p.text)
		}
	})
}

// A resident signs in by a code; what she tells then is hers on her page, and nobody else's.
func TestResidentSignsInByCode(t *testing.T) {
	withSignIn(t, `{"phones": true}`, func(c *city) {
		sent := make(chan string, 10)
		c.signIn.Send = func(_ context.Context, email, phone, _, _, text string) error {
			sent <- email + phone + ": " + text
			return nil
		}
		digits := regexp.MustCompile(`\d{4} \d{4}`)
		code := func(v *visitor, address string) string {
			v.want(303, "POST", "/sign-in/code", url.Values{"contact": {address}, "next": {"//evil.example/"}})
			return digits.FindString(<-sent)
		}
		v := c.visitor()
		v.want(422, "POST", "/sign-in/code", url.Values{"contact": {"nonsense"}})
		v.want(422, "POST", "/sign-in/code", url.Values{"contact": {"a@b.example\r\nBcc: c@d.example"}})
		right := code(v, "ann@example.org")
		v.want(422, "POST", "/sign-in/code/check", url.Values{"code": {"0000 0000"}})
		other := c.visitor() // knows the code, but not the attempt
		other.want(422, "POST", "/sign-in/code/check", url.Values{"code": {right}})
		if p := v.want(303, "POST", "/sign-in/code/check", url.Values{"code": {right}}); p.to != "/me" {
			t.Errorf("an open redirect to %s", p.to)
		}
		again := &visitor{city: c, jar: slices.Clone(v.jar)}
		again.want(422, "POST", "/sign-in/code/check", url.Values{"code": {right}}) // taken once

		// Five wrong codes, and the right one is worth nothing.
		w := c.visitor()
		right = code(w, "bob@example.org")
		for range 5 {
			w.want(422, "POST", "/sign-in/code/check", url.Values{"code": {"00000000"}})
		}
		w.want(422, "POST", "/sign-in/code/check", url.Values{"code": {right}})
		w.want(303, "POST", "/sign-in/code/check", url.Values{"code": {code(w, "+49 30 1234567")}})

		report := func(v *visitor) string {
			p := v.want(303, "POST", "/report", url.Values{"kind": {"request"}, "category": {"street_lights.street_light_outages"}, "text": {"Lamp out in front of my door"}, "lat": {"42.33"}, "lon": {"-71.09"}})
			return strings.TrimSuffix(p.to, "/receipt")
		}
		hers := report(v)
		v.jar = slices.DeleteFunc(v.jar, func(c *http.Cookie) bool { return c.Name == "__Host-codes" }) // she has no code any more
		if p := v.want(200, "GET", "/me", nil); !strings.Contains(p.text, hers) {
			t.Errorf("her page does not list %s:\n%s", hers, p.text)
		}
		if p := v.want(200, "GET", hers, nil); !strings.Contains(p.text, "in front of my door") {
			t.Error("she does not see her own words")
		}
		if p := w.want(200, "GET", "/me", nil); strings.Contains(p.text, hers) {
			t.Error("somebody else's page lists it")
		}
		if p := w.want(200, "GET", hers, nil); strings.Contains(p.text, "in front of my door") {
			t.Error("somebody else sees her words")
		}
		// Nothing that can be read says whose it is.
		for _, table := range []string{"accounts", "account_terms", "credentials", "sessions", "attempts", "matters", "acts"} {
			if dumped := c.dump(table); strings.Contains(dumped, "ann@example.org") || table != "matters" && table != "acts" && strings.Contains(dumped, strings.TrimPrefix(hers, "/matters/")) {
				t.Errorf("%s tells: %s", table, dumped)
			}
		}
		c.holds()
	})
}

// dump is a table as text.
func (c *city) dump(table string) string {
	c.Helper()
	rows, err := c.app.db.R.Query("SELECT * FROM " + table)
	if err != nil {
		c.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		c.Fatal(err)
	}
	var b strings.Builder
	for rows.Next() {
		cells := make([]any, len(names))
		for i := range cells {
			cells[i] = new(any)
		}
		if err := rows.Scan(cells...); err != nil {
			c.Fatal(err)
		}
		for _, cell := range cells {
			switch v := (*cell.(*any)).(type) {
			case []byte:
				b.Write(v)
			case string:
				b.WriteString(v)
			}
			b.WriteByte('|')
		}
	}
	return b.String()
}

// Guessing is slowed down by where it comes from; whoever comes from elsewhere gets in.
func TestGuessingIsSlowedDown(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 1, settings{signIn: `{"passwords": true}`})
	v := c.visitor()
	v.takes(c.invite("pwd/head", "head@pwd.example"), "head@pwd.example")
	guess := func(password, from string) int {
		return c.visitor().ask("POST", "/sign-in/password", url.Values{"address": {"head@pwd.example"}, "password": {password}}, "X-Forwarded-For", from).status
	}
	for i := range 8 {
		if got, want := guess("wrong wrong wrong", "203.0.113.7"), 422; i < 5 && got != want || i >= 5 && got != 429 {
			t.Errorf("guess %d: %d", i+1, got)
		}
	}
	if got := guess(goodPassword, "203.0.113.7"); got != 429 {
		t.Errorf("the right one from there: %d", got)
	}
	if got := guess(goodPassword, "198.51.100.9"); got != 303 {
		t.Errorf("the owner, from elsewhere: %d", got)
	}
}

// Passkeys in a real browser, whose host is a name: an address has none.
func TestPasskeysInBrowser(t *testing.T) {
	t.Parallel()
	slow(t)
	if err := front.Built(); err != nil {
		pgtest.Missing(t, err.Error())
	}
	c := newCity(t, "", 30, settings{signIn: `{"passwords": true}`})
	c.site.PublicURL = strings.Replace(c.url, "127.0.0.1", "localhost", 1)
	browser.Run(t, "signin_test.mjs", c.site.PublicURL, "/invitation#"+c.invite("pwd/head", "head@pwd.example"),
		c.invite("isd/head", "one@isd.example"), c.invite("btdt/head", "two@btdt.example"))
}

// An officer who sits in the body complained of neither reads nor touches the complaint by acting
// in another post of hers.
func TestTwoPostsAreOnePerson(t *testing.T) {
	withSignIn(t, `{"passwords": true}`, func(c *city) {
		v := c.visitor()
		v.takes(c.invite("isd/head", "both@city.example"), "both@city.example")
		fields := lamp("Quillwort")
		fields["kind"], fields["against"], fields["visibility"] = "complaint", "isd", "private"
		m := c.report(fields)
		ask := func(method, path, body string) answer {
			r, err := http.NewRequest(method, c.url+path, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/json")
			r.AddCookie(v.session())
			return c.send(r)
		}
		v.want(303, "POST", "/me/post", url.Values{"post": {"isd/head"}})
		if a := ask("GET", "/api/matters/"+m.number, ""); a.status != 404 {
			t.Errorf("the body complained of: %d", a.status)
		}
		mustRun(t, 0, append([]string{"officer", "new", "--post", "pwd/head", "--email", "both@city.example"}, c.at()...)...)
		v.want(303, "POST", "/sign-out", url.Values{})
		v.signsIn("both@city.example") // the terms are read anew
		v.want(303, "POST", "/me/post", url.Values{"post": {"pwd/head"}})
		if a := ask("GET", "/api/matters/"+m.number, ""); a.status != 404 || strings.Contains(a.text, "Quillwort") {
			t.Errorf("in her other post she reads it: %d %s", a.status, a.text)
		}
		delete(fields, "visibility")
		public := c.report(fields)
		if a := ask("POST", "/api/matters/"+public.number+"/accept", "{}"); a.status != 403 {
			t.Errorf("in her other post she handles it: %d %s", a.status, a.text)
		}
		if a := c.must(200, "GET", "/api/matters/"+m.number, "pwd/head", nil); a.get("lead") != "pwd" {
			t.Errorf("the lead does not read it: %s", a.text)
		}
	})
}

// A backup brings back no session and no invitation.
func TestRestoreEndsSessions(t *testing.T) {
	t.Parallel()
	c := newCity(t, sqlite, 1, settings{signIn: `{"passwords": true}`})
	c.visitor().takes(c.invite("pwd/head", "head@pwd.example"), "head@pwd.example")
	c.invite("isd/head", "head@isd.example")
	file, to := filepath.Join(t.TempDir(), "b"), filepath.Join(t.TempDir(), "new")
	mustRun(t, 0, append([]string{"backup", file}, c.at()...)...)
	mustRun(t, 0, append([]string{"restore", file, "--no-checkpoint", "--data", to}, c.withKeys()...)...)
	a, err := where{Data: to}.open(context.Background(), false)
	if err != nil {
		t.Fatal(err)
	}
	defer a.close()
	var sessions, attempts, accounts int
	for table, n := range map[string]*int{"sessions": &sessions, "attempts": &attempts, "accounts": &accounts} {
		if err := a.db.R.QueryRow("SELECT count(*) FROM " + table).Scan(n); err != nil {
			t.Fatal(err)
		}
	}
	if sessions != 0 || attempts != 0 || accounts != 2 {
		t.Errorf("%d sessions, %d attempts, %d accounts", sessions, attempts, accounts)
	}
}
