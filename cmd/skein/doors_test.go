package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"skein/face"
)

// A tracking code cannot be guessed on and on; the reporter, who comes from elsewhere, and her
// neighbours behind the same address, who have codes of their own, are not locked out.
func TestGuessingTrackingCodes(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 1)
	m, neighbours := c.report(lamp("Quillwort")), c.report(lamp("Quillwort"))
	ask := func(m told, code, from string) bool {
		r, err := http.NewRequest("GET", c.url+"/api/matters/"+m.number, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Skein-Tracking", code)
		r.Header.Set("X-Forwarded-For", from)
		return strings.Contains(c.send(r).text, "Quillwort")
	}
	const attacker, elsewhere = "203.0.113.7", "198.51.100.9"
	if !ask(m, m.code, attacker) {
		t.Fatal("the code does not fit")
	}
	for range 20 {
		if ask(m, "0000-0000-0000-0000", attacker) {
			t.Fatal("a wrong code fits")
		}
	}
	if ask(m, m.code, attacker) {
		t.Error("after twenty wrong codes the right one is found from there")
	}
	if !ask(m, m.code, elsewhere) {
		t.Error("the reporter is locked out by somebody who guesses")
	}
	for range 60 { // at many other matters, from many networks
		other := c.report(lamp("x"))
		ask(other, "0000-0000-0000-0000", attacker)
		ask(m, "0000-0000-0000-0000", fmt.Sprintf("2001:db8:%x::1", len(other.number)+len(other.code)))
	}
	if !ask(m, m.code, elsewhere) {
		t.Error("the reporter is locked out by guesses from everywhere")
	}
	if !ask(neighbours, neighbours.code, attacker) {
		t.Error("a neighbour behind the same address is locked out")
	}
}

// One realm's keys and sessions open nothing in another of the same deployment.
func TestRealmsApart(t *testing.T) {
	slow(t)
	onBothEngines(t, 1, func(c *city) {
		v := c.visitor()
		v.takes(c.invite("pwd/head", "head@pwd.example"), "head@pwd.example")
		sessions := *c.signIn.Sessions.Accounts
		sessions.Realm = "elsewhere"
		theirs := &face.Keys{DB: c.app.db, Realm: "elsewhere"}
		if _, found, err := theirs.Find(context.Background(), c.key("pwd/head"), *c.now); found || err != nil {
			t.Errorf("a key of this realm is found in the other: %v %v", found, err)
		}
		if found, err := sessions.Known(context.Background(), v.session().Value); found || err != nil {
			t.Errorf("a session of this realm is found in the other: %v %v", found, err)
		}
		if found, err := c.signIn.Sessions.Accounts.Known(context.Background(), v.session().Value); !found || err != nil {
			t.Errorf("nor in its own: %v %v", found, err)
		}
	}, settings{signIn: `{"passwords": true}`})
}
