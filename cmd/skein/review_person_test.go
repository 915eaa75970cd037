package main

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"skein/frame/civic"
)

// asks asks a door for programs as somebody who is signed in.
func (v *visitor) asks(method, path, body string) answer {
	v.Helper()
	r, err := http.NewRequest(method, v.url+path, strings.NewReader(body))
	if err != nil {
		v.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.AddCookie(v.session())
	return v.send(r)
}

// sits gives somebody who has an account another post, and signs her in there.
func (v *visitor) sits(post civic.PostID, mail string, more ...string) {
	v.Helper()
	mustRun(v.T, 0, append([]string{"officer", "new", "--post", string(post), "--email", mail}, append(more, v.at()...)...)...)
	if err := v.realm.Sync(context.Background()); err != nil {
		v.Fatal(err)
	}
	v.want(303, "POST", "/sign-out", url.Values{})
	v.signsIn(mail) // the terms are read anew
	v.want(303, "POST", "/me/post", url.Values{"post": {string(post)}})
}

// Whoever handled a matter, or sat under who did, reads and does nothing as its reviewer, in whichever post she acts today: also when she has
// left the other one. Who left it long before, and who never sat there, reviews.
func TestOnePersonOverTime(t *testing.T) {
	withSignIn(t, `{"passwords": true}`, func(c *city) {
		fields := lamp("Quillwort")
		fields["visibility"] = "private"
		first := c.answered(fields)
		open := c.appealed(first, "answer", "Quillwort")
		mails := map[string]civic.PostID{"left@city.example": "pwd/head", "other@city.example": "park/head"}
		who := map[string]*visitor{}
		for mail, post := range mails {
			who[mail] = c.visitor()
			who[mail].takes(c.invite(post, mail), mail)
		}
		for _, post := range []string{"pwd/head", "park/head"} {
			c.must(201, "POST", "/api/bodies/"+strings.Split(post, "/")[0]+"/leave", "coord/chair", object{"post": post})
		}
		c.turn(day)
		left, other := who["left@city.example"], who["other@city.example"]
		other.sits("review/second", "other@city.example", "--name", "Sam Sample (invented)")
		left.sits("review/first", "left@city.example", "--name", "Kim Sample (invented)")
		reads := func(v *visitor, n string) map[string]int {
			out := map[string]int{"api": v.asks("GET", "/api/appeals/"+n, "").status, "page": v.ask("GET", "/reviews/"+n, nil).status,
				"possible": v.asks("GET", "/api/appeals/"+n+"/possible", "").status}
			for _, path := range []string{"/api/appeals/queue", "/reviews/queue", "/api/appeals/queue?after=" + n, "/matters/" + strings.TrimSuffix(n, "-1"), "/api/matters/" + strings.TrimSuffix(n, "-1")} {
				a := v.asks("GET", path, "")
				if strings.Contains(a.text, "Quillwort") {
					out["texts"]++
				}
				if strings.Contains(a.text, n) {
					out["known"]++
				}
			}
			return out
		}
		if got := reads(left, open); got["api"] != 404 || got["page"] != 404 || got["possible"] != 404 || got["texts"]+got["known"] != 0 {
			t.Errorf("she reads what her earlier post did: %v", got)
		}
		if a := left.asks("POST", "/api/appeals/"+open+"/take", "{}"); a.status != 404 {
			t.Errorf("she takes it: %d %s", a.status, a.text)
		}
		if got := reads(other, open); got["api"] != 200 || got["page"] != 200 || got["known"] == 0 {
			t.Errorf("who never sat there does not read it: %v", got)
		}
		// a public one she sees as everyone does, and does nothing with it
		second := c.answered(lamp("The lamp is out"))
		public := c.appealed(second, "answer", "Quillwort")
		if a := left.asks("GET", "/api/appeals/"+public, ""); a.status != 200 || strings.Contains(a.text, "Quillwort") {
			t.Errorf("a public one: %d %s", a.status, a.text)
		}
		if a := left.asks("POST", "/api/appeals/"+public+"/take", "{}"); a.status != 403 || !strings.Contains(a.text, "review.no_own_judge") {
			t.Errorf("she takes a public one: %d %s", a.status, a.text)
		}
		if a := left.asks("GET", "/api/appeals/"+public+"/possible", ""); a.text != "[]\n" && a.text != "[]" {
			t.Errorf("she is offered %s", a.text)
		}
		// one that a key of her post took she knows, reads nothing of, and steps back from
		c.on(201, open, "take", "review/first", nil)
		if got := reads(left, open); got["api"] != 200 || got["page"] != 200 || got["texts"] != 0 {
			t.Errorf("as its reviewer: %v", got)
		}
		if a := left.asks("GET", "/api/appeals/"+open, ""); strings.Contains(a.text, "Quillwort") {
			t.Errorf("as its reviewer she reads %s", a.text)
		}
		if a := left.asks("POST", "/api/appeals/"+open+"/decide", `{"result":"upheld","law":"x","found":"x","reasons":"x"}`); a.status != 403 {
			t.Errorf("she decides: %d %s", a.status, a.text)
		}
		if a := left.asks("POST", "/api/appeals/"+open+"/recuse", `{"reason":"I answered it."}`); a.status != 201 {
			t.Errorf("she does not step back: %d %s", a.status, a.text)
		}
		if got := reads(left, open); got["api"] != 404 || got["texts"]+got["known"] != 0 {
			t.Errorf("after she stepped back: %v", got)
		}
		if a := other.asks("POST", "/api/appeals/"+open+"/take", "{}"); a.status != 201 {
			t.Errorf("who never sat there does not take it: %d %s", a.status, a.text)
		}
		if a := other.asks("GET", "/api/appeals/"+open, ""); a.status != 200 || !strings.Contains(a.text, "Quillwort") {
			t.Errorf("its reviewer does not read it: %d %s", a.status, a.text)
		}
		c.holds()
	})
}

// Whoever sat in the body complained of when somebody complained, or within the year before, reads and does nothing of it in her post of today.
func TestComplainedOfOverTime(t *testing.T) {
	withSignIn(t, `{"passwords": true}`, func(c *city) {
		const mail = "left@city.example"
		v := c.visitor()
		v.takes(c.invite("isd/head", mail), mail)
		fields := lamp("Quillwort")
		fields["kind"], fields["against"], fields["visibility"] = "complaint", "isd", "private"
		during := c.report(fields)
		c.must(201, "POST", "/api/bodies/isd/leave", "coord/chair", object{"post": "isd/head"})
		c.turn(day)
		v.sits("pwd/head", mail)
		soon := c.report(fields)
		for name, m := range map[string]told{"while she sat there": during, "soon after": soon} {
			if a := v.asks("GET", "/api/matters/"+m.number, ""); a.status != 404 {
				t.Errorf("%s she reads it: %d %s", name, a.status, a.text)
			}
			if a := v.asks("POST", "/api/matters/"+m.number+"/accept", "{}"); a.status != 404 {
				t.Errorf("%s she handles it: %d %s", name, a.status, a.text)
			}
			for _, path := range []string{"/work", "/api/matters/queue", "/matters/" + m.number, "/api/matters/" + m.number + "/story"} {
				if a := v.asks("GET", path, ""); strings.Contains(a.text, m.number) || strings.Contains(a.text, "Quillwort") {
					t.Errorf("%s %s tells of it", name, path)
				}
			}
		}
		c.turn(366 * 24 * time.Hour)
		later := c.report(fields)
		if a := v.asks("GET", "/api/matters/"+later.number, ""); a.status != 200 || !strings.Contains(a.text, "Quillwort") {
			t.Errorf("more than a year after she left: %d %s", a.status, a.text)
		}
		if a := v.asks("GET", "/api/matters/"+soon.number, ""); a.status != 404 {
			t.Errorf("she reads the older one once a year is over: %d", a.status)
		}
	})
}
