package main

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
)

// A real provider on this machine: code flow with PKCE, state and nonce.
func TestProvider(t *testing.T) {
	provider := httptest.NewUnstartedServer(nil)
	issuer := "http://" + strings.Replace(provider.Listener.Addr().String(), "127.0.0.1", "localhost", 1)
	client := storage.WebClient("skein", "secret", "https://skein.example/sign-in/with/town/back")
	store := storage.NewStorageWithClients(storage.NewUserStore(issuer), map[string]*storage.Client{"skein": client})
	provider.Config.Handler = exampleop.SetupServer(issuer, store, slog.New(slog.DiscardHandler), false)
	provider.Start()
	defer provider.Close()
	file := `{"passwords": true, "providers": [{"code": "town", "title": "Town ID", "issuer": "` + issuer + `", "client_id": "skein", "client_secret": "secret", "officers": true, "residents": true}]}`
	withSignIn(t, file, func(c *city) {
		// away signs in at the provider and returns the address it sends the browser back to.
		away := func(to, user string) string {
			jar := map[string]string{}
			for range 10 {
				r, _ := http.NewRequest("GET", to, nil)
				for name, value := range jar {
					r.AddCookie(&http.Cookie{Name: name, Value: value})
				}
				res, err := http.DefaultTransport.RoundTrip(r)
				if err != nil {
					c.Fatal(err)
				}
				res.Body.Close()
				for _, k := range res.Cookies() {
					jar[k.Name] = k.Value
				}
				if res.StatusCode == 200 && strings.Contains(to, "/login/username") {
					u, _ := url.Parse(to)
					res, err = http.DefaultTransport.RoundTrip(must(http.NewRequest("POST", issuer+"/login/username", strings.NewReader(url.Values{
						"username": {user}, "password": {"verysecure"}, "id": {u.Query().Get("authRequestID")},
					}.Encode()))).form())
					if err != nil {
						c.Fatal(err)
					}
					res.Body.Close()
				}
				next := res.Header.Get("Location")
				if strings.HasPrefix(next, "https://skein.example/") {
					return next
				}
				if strings.HasPrefix(next, "/") {
					next = issuer + next
				}
				if next == "" {
					c.Fatalf("the provider stops at %s: %d", to, res.StatusCode)
				}
				to = next
			}
			c.Fatal("the provider goes in circles")
			return ""
		}
		v := c.visitor()
		begin := func(v *visitor, next string) string {
			p := v.want(200, "POST", "/sign-in/with/town", url.Values{"next": {next}})
			return strings.TrimPrefix(p.header.Get("Refresh"), "0; url=")
		}
		begun := begin(v, "/matters")
		u, err := url.Parse(begun)
		if err != nil || !strings.HasPrefix(begun, issuer) || u.Query().Get("code_challenge_method") != "S256" || u.Query().Get("nonce") == "" || u.Query().Get("state") == "" {
			t.Fatalf("sent to %s", begun)
		}
		back := away(begun, "test-user@localhost")
		// Somebody else's browser, another state: nothing (login CSRF).
		c.visitor().want(403, "GET", back, nil)
		if p := v.want(303, "GET", back, nil); p.to != "/matters" {
			t.Errorf("on to %s", p.to)
		}
		if p := v.want(200, "GET", "/me", nil); !strings.Contains(p.text, "Town ID") {
			t.Errorf("her page: %s", p.text)
		}
		replay := &visitor{city: c, jar: slices.Clone(v.jar)}
		replay.want(403, "GET", back, nil)

		// Who has a way in of her own is not whoever a provider says has her address.
		own := c.visitor()
		own.takes(c.invite("pwd/head", "test-user2@zitadel.ch"), "test-user2@zitadel.ch")
		taker := c.visitor()
		taker.want(403, "GET", away(begin(taker, ""), "test-user2"), nil)
		mustRun(t, 0, append([]string{"officer", "end", "--close", "--email", "test-user2@zitadel.ch"}, c.at()...)...)

		// An officer who was invited comes in by the address that the provider has verified.
		c.invite("pwd/head", "test-user2@zitadel.ch")
		w := c.visitor()
		w.want(303, "GET", away(begin(w, ""), "test-user2"), nil)
		// Its word is one factor: it opens no office, and from then on leads to the second.
		if got := w.accepts(); got != 403 {
			t.Errorf("by a provider's word alone: %d", got)
		}
		w.enrol("test-user2@zitadel.ch")
		if p := w.want(200, "GET", "/me", nil); !strings.Contains(p.text, "Public Works") || w.accepts() != 201 {
			t.Errorf("the officer's page: %s", p.text)
		}
		w.want(303, "POST", "/sign-out", url.Values{})
		if p := w.want(303, "GET", away(begin(w, ""), "test-user2"), nil); p.to != "/sign-in/second" || w.session() != nil {
			t.Errorf("the provider's word leads to %s", p.to)
		}
		// Unless it says that it asked for two, by a word that the operator takes for that (RFC 8176).
		town := c.signIn.Providers[0]
		town.ACR, town.AMR = []string{"urn:two"}, []string{"mfa", "hwk"}
		begun = begin(w, "")
		if u, err := url.Parse(begun); err != nil || u.Query().Get("acr_values") != "urn:two" {
			t.Errorf("what is asked for: %s", begun)
		}
		if p := w.want(303, "GET", away(begun, "test-user2"), nil); p.to != "/sign-in/second" {
			t.Errorf("a word that it does not say: %s", p.to)
		}
		town.AMR = []string{"pwd"} // what this one says
		w.want(303, "GET", away(begin(w, ""), "test-user2"), nil)
		if got := w.accepts(); got != 201 {
			t.Errorf("by a provider that vouches for two: %d", got)
		}
		town.ACR, town.AMR = nil, nil
		// Who is asked to prove herself anew is asked there too.
		p := w.want(200, "POST", "/sign-in/with/town", url.Values{"again": {"yes"}, "next": {"/me"}})
		again := strings.TrimPrefix(p.header.Get("Refresh"), "0; url=")
		if u, err := url.Parse(again); err != nil || u.Query().Get("prompt") != "login" || u.Query().Get("max_age") != "0" {
			t.Errorf("sent to %s", again)
		}
		// A provider that is added leaves the session as it is.
		adds := c.visitor()
		adds.takes(c.invite("isd/head", "other@isd.example"), "other@isd.example")
		before := adds.session().Value
		p = adds.want(200, "POST", "/sign-in/with/town", url.Values{"add": {"yes"}})
		adds.want(409, "GET", away(strings.TrimPrefix(p.header.Get("Refresh"), "0; url="), "test-user2"), nil) // it is somebody else's
		if adds.session().Value != before {
			t.Error("another session")
		}
		// Unless it is by one factor, and the provider vouches for two.
		mustRun(t, 0, append([]string{"officer", "end", "--close", "--email", "test-user2@zitadel.ch"}, c.at()...)...)
		x := c.visitor()
		x.want(303, "POST", "/invitation", url.Values{"invitation": {c.invite("pwd/head", "third@pwd.example")}, "password": {goodPassword}})
		weak := &visitor{city: c, jar: slices.Clone(x.jar)}
		town.AMR = []string{"pwd"}
		p = x.want(200, "POST", "/sign-in/with/town", url.Values{"add": {"yes"}})
		x.want(303, "GET", away(strings.TrimPrefix(p.header.Get("Refresh"), "0; url="), "test-user2"), nil)
		if got := x.accepts(); got != 201 {
			t.Errorf("by a provider that was added and vouches for two: %d", got)
		}
		weak.want(303, "GET", "/me", nil)
		x.want(303, "POST", "/sign-out", url.Values{})
		x.want(403, "POST", "/sign-in/password", url.Values{"address": {"third@pwd.example"}, "password": {goodPassword}}) // one factor where she has a way of two
		bad := c.visitor()
		to := begin(bad, "")
		b, _ := url.Parse(away(to, "test-user@localhost"))
		q := b.Query()
		q.Set("code", "x"+q.Get("code"))
		b.RawQuery = q.Encode()
		bad.want(403, "GET", b.String(), nil)
	})
}

type request struct{ *http.Request }

func must(r *http.Request, err error) request {
	if err != nil {
		panic(err)
	}
	return request{r}
}

func (r request) form() *http.Request {
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r.Request
}
