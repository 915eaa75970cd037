package main

import (
	"cmp"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"skein/frame/civic"
)

// visitor is a browser without scripts: it keeps cookies by the paths they are for, and follows nothing.
type visitor struct {
	*city
	jar  []*http.Cookie
	host string // she asks for, if not the server's
}

func (c *city) visitor() *visitor { return &visitor{city: c} }

// shown is what a visitor is shown.
type shown struct {
	status int
	to     string // Location
	text   string
	header http.Header
}

func (v *visitor) ask(method, path string, fields url.Values, headers ...string) shown {
	v.Helper()
	var body io.Reader
	if fields != nil {
		body = strings.NewReader(fields.Encode())
	}
	r, err := http.NewRequest(method, v.url+strings.TrimPrefix(path, "https://skein.example"), body)
	if err != nil {
		v.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	r.Host = cmp.Or(v.host, r.Host)
	if fields != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	for _, c := range v.jar {
		if strings.HasPrefix(r.URL.Path, c.Path) {
			r.AddCookie(c)
		}
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		v.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		v.Fatal(err)
	}
	for _, c := range res.Cookies() {
		v.jar = slices.DeleteFunc(v.jar, func(old *http.Cookie) bool { return old.Name == c.Name && old.Path == c.Path })
		if c.MaxAge >= 0 {
			v.jar = append(v.jar, c)
		}
	}
	return shown{res.StatusCode, res.Header.Get("Location"), string(text), res.Header}
}

func (v *visitor) want(status int, method, path string, fields url.Values, headers ...string) shown {
	v.Helper()
	p := v.ask(method, path, fields, headers...)
	if p.status != status {
		v.Fatalf("%s %s: %d, want %d\n%s", method, path, p.status, status, p.text)
	}
	return p
}

func (v *visitor) session() *http.Cookie {
	for _, c := range v.jar {
		if strings.TrimPrefix(c.Name, "__Host-") == "session" {
			return c
		}
	}
	return nil
}

// invite makes an officer's account and returns what its link carries.
func (c *city) invite(post civic.PostID, email string) string {
	c.Helper()
	out := mustRun(c.T, 0, append([]string{"officer", "new", "--post", string(post), "--email", email}, c.at()...)...).out
	return c.invitation(out)
}

// invitation is what a link that was printed carries.
func (c *city) invitation(out string) string {
	c.Helper()
	_, token, ok := strings.Cut(strings.TrimSpace(out), "/invitation#")
	if !ok {
		c.Fatalf("no link: %s", out)
	}
	return token
}

// withSignIn says how people sign in before the site is made.
func withSignIn(t *testing.T, file string, f func(c *city)) {
	t.Helper()
	onBothEngines(t, 30, f, settings{signIn: file})
}

const goodPassword = "plum lantern otter 47 harbour"
