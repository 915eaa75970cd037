package main

import (
	"context"
	"net/url"
	"strings"
	"testing"
)

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
