package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"skein/frame/civic"
	"skein/rooms/matter"
)

// What every answer carries, whatever the door and whatever came of it.
func TestHeadersOfEveryDoor(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	m := c.report(lamp("x"))
	charset := regexp.MustCompile(`^text/.*; charset=utf-8(;|$)`)
	ask := func(method, path string) {
		r, err := http.NewRequest(method, c.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		h := res.Header
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
			"Strict-Transport-Security": "max-age=63072000; includeSubDomains", "Access-Control-Allow-Origin": "",
		} {
			if name == "Access-Control-Allow-Origin" && method == "GET" && strings.HasPrefix(path, "/open311/") {
				want = "*" // nothing is there but what is public
			}
			if name == "Cross-Origin-Opener-Policy" && h.Get("Cache-Control") == "private, no-cache" && strings.HasPrefix(h.Get("Content-Type"), "text/html") {
				want = "" // a page that everyone sees alike
			}
			if got := h.Get(name); got != want {
				t.Errorf("%s %s: %s is %q", method, path, name, got)
			}
		}
		for _, want := range []string{"default-src 'self'", "base-uri 'none'", "object-src 'none'", "frame-ancestors 'none'", "form-action 'self'"} {
			if !strings.Contains(h.Get("Content-Security-Policy"), want) {
				t.Errorf("%s %s: no %s", method, path, want)
			}
		}
		if strings.Contains(h.Get("Content-Security-Policy"), "unsafe") {
			t.Errorf("%s %s: %s", method, path, h.Get("Content-Security-Policy"))
		}
		kind := h.Get("Content-Type")
		if res.ContentLength != 0 && (kind == "" || strings.HasPrefix(kind, "text/") && !charset.MatchString(kind)) {
			t.Errorf("%s %s: %d is of type %q", method, path, res.StatusCode, kind)
		}
	}
	for _, pattern := range c.site.Mux.Patterns() {
		method, path, _ := strings.Cut(pattern, " ")
		if d := otherDoors[pattern]; d.path != "" {
			path = d.path
		}
		path = strings.NewReplacer("{number}", m.number, "{$}", "", "{digest}", "x", "{photo}", "x.jpg", "{id}", "pwd", "{token}", "none").Replace(path)
		ask(method, path)
	}
	ask("GET", "/none")
	for _, folder := range []string{"/assets/", "/assets", "/.git/config", "/assets/../go.mod"} {
		if a := c.do("GET", folder, "", nil); a.status != 404 {
			t.Errorf("%s: %d", folder, a.status)
		}
	}
	for _, method := range []string{"TRACE", "TRACK", "CONNECT", "DELETE", "OPTIONS"} {
		r, _ := http.NewRequest(method, c.url+"/matters", nil)
		if a := c.send(r); a.status != 405 && a.status != 404 || strings.Contains(a.text, "User-Agent") {
			t.Errorf("%s: %d %.200s", method, a.status, a.text)
		}
	}
}

// Who does what cannot follow now is told so in her language, the act and where the matter stands too.
func TestNotNowIsSaidInWords(t *testing.T) {
	t.Parallel()
	book, err := newBook()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range matter.Transitions {
		for _, status := range matter.Statuses {
			said := book.Voice("zh-Hans", time.UTC).Refusal(civic.Refuse(civic.Conflict, "matter.not_now", "act", row.Act, "status", string(status)))
			if strings.ContainsFunc(said, func(r rune) bool { return 'a' <= r && r <= 'z' }) {
				t.Errorf("%s from %s: %s", row.Act, status, said)
			}
		}
	}
}

// Every cookie is kept to https, to this host and from scripts.
func TestCookies(t *testing.T) {
	withSignIn(t, `{"passwords": true}`, func(c *city) {
		v := c.visitor()
		v.takes(c.invite("pwd/head", "head@pwd.example"), "head@pwd.example")
		for path, status := range map[string]int{"/": 200, "/matters": 200, "/me": 200, "/report": 200, "/none": 404} { // out from everywhere
			if p := v.want(status, "GET", path, nil); !strings.Contains(p.text, `action="/sign-out"`) {
				t.Errorf("no way out of %s", path)
			} else if p.header.Get("Cross-Origin-Opener-Policy") != "same-origin" || p.header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s of one signed in: %v", path, p.header)
			}
		}
		v.want(200, "GET", "/?lang=zh-Hans", nil)
		if p := v.want(200, "GET", "/", nil); !strings.Contains(p.text, `lang="zh-Hans"`) {
			t.Error("the language that was chosen is not kept")
		}
		v.ask("POST", "/sign-in/passkey/begin", url.Values{})
		teller := c.visitor()
		teller.want(200, "GET", "/report", nil)
		teller.want(303, "POST", "/report", url.Values{"kind": {"request"}, "category": {"street_lights.street_light_outages"}, "text": {"x"}, "lat": {"42.33"}, "lon": {"-71.09"}})
		res := c.form("/report", "kind", "request", "category", "street_lights.street_light_outages", "text", "x", "lat", "42.33", "lon", "-71.09")
		all := slices.Concat(v.jar, teller.jar, res.Cookies())
		if len(all) != 8 {
			t.Errorf("%d cookies: %v", len(all), all)
		}
		for _, k := range all {
			if !strings.HasPrefix(k.Name, "__Host-") || k.Path != "/" || !k.Secure || !k.HttpOnly || k.SameSite < http.SameSiteLaxMode || k.Domain != "" {
				t.Errorf("%+v", k)
			}
		}
	})
}

// Who signs in and who is refused is logged: an officer's account and place, of a resident nothing,
// and nobody's secret.
func TestSignInIsLogged(t *testing.T) {
	withSignIn(t, `{"passwords": true}`, func(c *city) {
		v := c.visitor()
		v.takes(c.invite("pwd/head", "head@pwd.example"), "head@pwd.example", "X-Forwarded-For", "198.51.100.9")
		v.want(422, "POST", "/sign-in/password", url.Values{"address": {"head@pwd.example"}, "password": {"wrong wrong wrong"}}, "X-Forwarded-For", "203.0.113.77")
		m := c.report(lamp("x"))
		c.act(403, m, "accept", "isd/head", map[string]any{})
		if p := v.want(303, "POST", "/sign-out", url.Values{}, "X-Forwarded-For", "198.51.100.9"); p.header.Get("Clear-Site-Data") != `"cache"` {
			t.Errorf("what the browser keeps: %v", p.header)
		}
		for range 8 {
			c.visitor().ask("POST", "/sign-in/password", url.Values{"address": {"head@pwd.example"}, "password": {"wrong wrong wrong"}}, "X-Forwarded-For", "203.0.113.77")
		}
		log := c.said.String()
		for _, want := range []string{
			`msg="signed in" how=invitation kind=officer account=`, "from=198.51.100.9", `msg="a sign-in was refused" how=password`, `msg="signed out"`,
			`msg="too many tries at signing in" pattern="POST /sign-in/password"` + "\n",
			`msg=refused pattern="POST /api/matters/{number}/accept" status=403 actor=post post=isd/head`,
		} {
			if !strings.Contains(log, want) {
				t.Errorf("not logged: %s", want)
			}
		}
		for _, secret := range []string{goodPassword, "wrong wrong", v.url + "/invitation", "head@pwd.example", m.number, m.code, "203.0.113.77"} {
			if strings.Contains(log, secret) {
				t.Errorf("logged: %s", secret)
			}
		}
	})
}

// A code that was sent is good for ten minutes.
func TestCodeEnds(t *testing.T) {
	withSignIn(t, `{}`, func(c *city) {
		sent := make(chan string, 2)
		c.signIn.Send = func(_ context.Context, _, _, _, _, text string) error { sent <- text; return nil }
		digits := regexp.MustCompile(`\d{4} \d{4}`)
		for after, want := range map[time.Duration]int{9 * time.Minute: 303, 11 * time.Minute: 422} {
			c.signIn.Wall = time.Now
			v := c.visitor()
			v.want(303, "POST", "/sign-in/code", url.Values{"contact": {"ann@example.org"}})
			code := digits.FindString(<-sent)
			c.signIn.Wall = func() time.Time { return time.Now().Add(after) }
			v.want(want, "POST", "/sign-in/code/check", url.Values{"code": {code}})
		}
	})
}

// Where one request ends and the next begins is nothing that two readers could read in two ways.
func TestMessageBoundaries(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 1)
	ask := func(raw string) string {
		conn, err := net.Dial("tcp", strings.TrimPrefix(c.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(10 * time.Second))
		if _, err := io.WriteString(conn, raw); err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(conn) // until it closes
		return string(text)
	}
	const head = "POST /track HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n"
	// Chunks go before a length, and what follows them is not read as a body.
	if got := ask(head + "Content-Length: 900\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 4") || strings.Count(got, "HTTP/1.1") != 1 {
		t.Errorf("chunks and a length: %.200s", got)
	}
	for what, lines := range map[string]string{
		"two lengths":        "Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde",
		"an unknown coding":  "Transfer-Encoding: chunked, odd\r\n\r\n0\r\n\r\n",
		"a length with sign": "Content-Length: +3\r\n\r\nabc",
		"a space in a name":  "Content-Length : 3\r\n\r\nabc",
	} {
		if got := ask(head + lines); !strings.HasPrefix(got, "HTTP/1.1 400") && !strings.HasPrefix(got, "HTTP/1.1 501") {
			t.Errorf("%s: %.200s", what, got)
		}
	}
}

// A session that is not young any more changes no way in; nobody turns one that she found open into one that stays.
func TestOldSessionChangesNoWayIn(t *testing.T) {
	withSignIn(t, `{"passwords": true}`, func(c *city) {
		v := c.visitor()
		v.takes(c.invite("pwd/head", "head@pwd.example"), "head@pwd.example")
		c.later(20 * time.Minute)
		const other = "copper walrus 93 meadow sonata"
		if p := v.want(403, "POST", "/me/password", url.Values{"old": {goodPassword}, "password": {other}}); !strings.Contains(p.text, "15 minutes") {
			t.Errorf("%s", p.text)
		}
		v.want(403, "POST", "/me/passkey/begin", url.Values{})
		v.want(403, "POST", "/me/credentials/remove", url.Values{"kind": {"password"}, "name": {"x"}})
		v.want(403, "POST", "/me/second/begin", url.Values{})
		v.want(403, "POST", "/me/recovery", url.Values{})
		v.want(403, "POST", "/me/sessions/end", url.Values{})
		if p := v.want(200, "GET", "/sign-in?again=yes&next=/me", nil); !strings.Contains(p.text, `action="/sign-in/password"`) {
			t.Error("who is signed in cannot sign in anew")
		}
		v.want(200, "GET", "/me", nil)
		v.signsIn("head@pwd.example")
		v.want(303, "POST", "/me/sessions/end", url.Values{})
		v.want(422, "POST", "/me/password", url.Values{"old": {"wrong wrong wrong"}, "password": {other}})
		v.want(422, "POST", "/me/password", url.Values{"old": {goodPassword}, "password": {"skein.example1"}})
		v.want(303, "POST", "/me/password", url.Values{"old": {goodPassword}, "password": {other}})
		c.visitor().want(422, "POST", "/sign-in/password", url.Values{"address": {"head@pwd.example"}, "password": {goodPassword}})
		c.visitor().want(303, "POST", "/sign-in/password", url.Values{"address": {"head@pwd.example"}, "password": {other}})
	})
}

// Sessions lie unused for so long and last so long, and no longer.
func TestSessionsEnd(t *testing.T) {
	withSignIn(t, `{"passwords": true}`, func(c *city) {
		v := c.visitor()
		v.takes(c.invite("pwd/head", "head@pwd.example"), "head@pwd.example")
		began := time.Now()
		at := func(d time.Duration, want int) {
			t.Helper()
			c.signIn.Wall = func() time.Time { return began.Add(d) }
			v.want(want, "GET", "/me", nil)
		}
		for d := time.Duration(0); d < 12*time.Hour; d += 3 * time.Hour {
			at(d, 200)
		}
		at(12*time.Hour+time.Minute, 303) // in all
		v.signsIn("head@pwd.example")
		at(15*time.Hour, 200)
		at(19*time.Hour+time.Minute, 303) // unused
	})
}

// The operator ends an officer's sessions, or her account, or everybody's sessions.
func TestOfficerEnd(t *testing.T) {
	slow(t)
	withSignIn(t, `{"passwords": true}`, func(c *city) {
		signIn := url.Values{"address": {"head@pwd.example"}, "password": {goodPassword}}
		v := c.visitor()
		v.takes(c.invite("pwd/head", "head@pwd.example"), "head@pwd.example")
		end := func(code int, args ...string) {
			t.Helper()
			mustRun(t, code, append(append([]string{"officer", "end"}, args...), c.at()...)...)
		}
		v.want(200, "GET", "/me", nil)
		end(1, "--email", "nobody@pwd.example")
		end(2, "--everyone", "--close")
		end(0, "--email", "head@pwd.example")
		time.Sleep(5100 * time.Millisecond) // as long as a server believes what it looked up
		v.want(303, "GET", "/me", nil)
		v.signsIn("head@pwd.example")
		w := c.visitor()
		w.signsIn("head@pwd.example")
		end(0, "--everyone")
		if left := c.dump("sessions"); left != "" {
			t.Errorf("there are sessions: %s", left)
		}
		end(0, "--email", "head@pwd.example", "--close")
		c.visitor().want(422, "POST", "/sign-in/password", signIn)
		// The address can be invited anew, to a new account.
		n := c.visitor()
		n.takes(c.invite("pwd/head", "head@pwd.example"), "head@pwd.example")
		n.want(200, "GET", "/me", nil)
	})
}

// A proxy on this machine that nobody named passes nobody off as the operator.
func TestUnnamedProxy(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 1)
	c.site.Proxies = nil
	if a := c.do("GET", "/metrics", "", nil); a.status != 200 {
		t.Errorf("from this machine: %d", a.status)
	}
	for _, name := range []string{"X-Forwarded-For", "Forwarded"} {
		r, _ := http.NewRequest("GET", c.url+"/metrics", nil)
		r.Header.Set(name, "for=203.0.113.7")
		if a := c.send(r); a.status != 404 {
			t.Errorf("through a proxy that sets %s: %d", name, a.status)
		}
	}
	if n := strings.Count(c.said.String(), "--trusted-proxy"); n != 1 {
		t.Errorf("warned %d times", n)
	}
}
