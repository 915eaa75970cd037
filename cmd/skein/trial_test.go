package main

import (
	"net/url"
	"strings"
	"testing"
)

// A demonstration on one's own machine lets whoever opens it work from an invented officer's seat. Nothing else does, and what was begun so
// is worth nothing elsewhere.
func TestTrial(t *testing.T) {
	onBothEngines(t, 60, func(c *city) {
		v := c.visitor()
		p := v.want(200, "GET", "/sign-in", nil)
		for _, tr := range demoCities["boston"].trials {
			if !strings.Contains(p.text, `value="`+string(tr.post)+`"`) {
				t.Errorf("%s is not offered:\n%s", tr.post, p.text)
			}
		}
		for _, post := range []string{"", "info/head", "pwd/none", "isd/head"} {
			v.want(404, "POST", "/sign-in/trial", url.Values{"post": {post}})
		}
		if p := v.ask("POST", "/sign-in/trial", url.Values{"post": {"pwd/head"}}, "Sec-Fetch-Site", "cross-site"); p.status < 400 || v.session() != nil {
			t.Errorf("from another site: %d", p.status)
		}
		first := ""
		for _, tr := range demoCities["boston"].trials {
			if p := v.want(303, "POST", "/sign-in/trial", url.Values{"post": {string(tr.post)}}); p.to != tr.next {
				t.Errorf("%s is led to %s", tr.post, p.to)
			}
			v.want(200, "GET", tr.next, nil)
			if me := v.want(200, "GET", "/me", nil); !strings.Contains(me.text, "To look at a demonstration") {
				t.Errorf("/me does not say how she came in:\n%s", me.text)
			}
			if tr.post == "pwd/head" {
				first = v.session().Value
			}
		}
		// The same officer again is the same account; her posts are hers.
		v.want(303, "POST", "/sign-in/trial", url.Values{"post": {"pwd/head"}})
		if v.session().Value == first {
			t.Error("a session was used again")
		}
		var accounts int
		if err := c.app.db.R.QueryRow("SELECT count(*) FROM accounts WHERE kind = 'officer'").Scan(&accounts); err != nil || accounts != 3 {
			t.Errorf("%d accounts, %v", accounts, err)
		}
		m := c.report(lamp("The lamp is out"))
		v.want(200, "GET", "/matters/"+m.number+"/work", nil)
		v.want(303, "POST", "/matters/"+m.number+"/work", url.Values{"act": {"accept"}})
		if who := c.must(200, "GET", "/api/matters/"+m.number+"/story", "", nil).text; !strings.Contains(who, "pwd/head") {
			t.Errorf("the act is not that of the post: %s", who)
		}

		// Served otherwise, the same data offer nothing, and the session is over.
		c.app.trials = nil
		c.served()
		v.want(404, "POST", "/sign-in/trial", url.Values{"post": {"pwd/head"}})
		v.want(303, "GET", "/me", nil)
		v.want(403, "GET", "/matters/"+m.number+"/work", nil)
		if p := v.want(200, "GET", "/sign-in", nil); strings.Contains(p.text, "/sign-in/trial") {
			t.Error("it is still offered")
		}
	}, settings{trials: demoCities["boston"].trials})
}

// It is offered to those on the machine alone.
func TestTrialsOnOwnMachine(t *testing.T) {
	for _, k := range []struct {
		server server
		own    bool
	}{
		{server{Listen: "127.0.0.1:8311"}, true}, {server{Listen: "localhost:0"}, true}, {server{Listen: "[::1]:8311"}, true},
		{server{Listen: ":8311"}, false}, {server{Listen: "0.0.0.0:8311"}, false}, {server{Listen: "192.0.2.1:8311"}, false}, {server{Listen: "x"}, false},
		{server{Listen: "127.0.0.1:8311", PublicURL: "https://skein.example"}, false}, {server{Listen: "127.0.0.1:8311", TrustedProxy: []string{"127.0.0.1/32"}}, false},
	} {
		if k.server.ownMachine() != k.own {
			t.Errorf("%+v: %v", k.server, !k.own)
		}
	}
	c := newCity(t, "", 30, settings{trials: demoCities["boston"].trials})
	for host, status := range map[string]int{"skein.example": 404, "127.0.0.1.example": 404, "localhost:1": 303, "[::1]:1": 303} {
		v := c.visitor()
		v.host = host
		if p := v.ask("POST", "/sign-in/trial", url.Values{"post": {"pwd/head"}}); p.status != status {
			t.Errorf("as %s: %d", host, p.status)
		}
	}
}
