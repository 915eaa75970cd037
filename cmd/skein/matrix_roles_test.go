package main

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"skein/demo/boston"
	"skein/face"
	"skein/frame/civic"
)

// role is who asks.
type role struct {
	name string
	as   func(r *http.Request, m *told)
}

// roles are everybody whom a door may meet.
func (c *city) roles() []role {
	ctx, now := context.Background(), *c.now
	bearer := func(key string) func(*http.Request, *told) {
		return func(r *http.Request, _ *told) { r.Header.Set("Authorization", "Bearer "+key) }
	}
	post := func(p civic.PostID) func(*http.Request, *told) { return bearer(c.key(p)) }
	made := func(keys *face.Keys, what face.Key, ends civic.Instant) string {
		key, err := keys.New(ctx, what, "", now, ends)
		if err != nil {
			c.Fatal(err)
		}
		return key
	}
	elsewhere := &face.Keys{DB: c.app.db, Realm: "elsewhere"}
	officer := c.visitor()
	officer.takes(c.invite("isd/head", "head@isd.example"), "head@isd.example")
	half := c.visitor()
	half.want(303, "POST", "/invitation", url.Values{"invitation": {c.invite("pwd/head", "head@pwd.example")}, "password": {goodPassword}})
	halfAs := func(r *http.Request, _ *told) {
		if half.ask("GET", "/me", nil).status != 200 {
			half.want(303, "POST", "/sign-in/password", url.Values{"address": {"head@pwd.example"}, "password": {goodPassword}})
		}
		r.AddCookie(half.session())
	}
	resident, codes := c.visitor(), make(chan string, 1)
	c.signIn.Send = func(_ context.Context, _, _, _, _, text string) error {
		select {
		case codes <- text[:9]:
		default:
		}
		return nil
	}
	resident.want(303, "POST", "/sign-in/code", url.Values{"contact": {"ann@example.org"}})
	resident.want(303, "POST", "/sign-in/code/check", url.Values{"code": {<-codes}})
	last := "" // what was asked before: a session that signed out is begun anew
	officerAs := func(r *http.Request, _ *told) {
		if last == "/sign-out" {
			c.site.Guesses = face.Guesses{} // tries from one network are bounded, and every role comes from it
			officer.signsIn("head@isd.example")
		}
		last = r.URL.Path
		r.AddCookie(officer.session())
	}
	return []role{
		{"nobody", func(*http.Request, *told) {}},
		{"reporter", func(r *http.Request, m *told) {
			if m != nil {
				r.Header.Set("Skein-Tracking", m.code)
				r.AddCookie(&http.Cookie{Name: "__Host-codes", Value: m.number + "." + strings.ReplaceAll(m.code, "-", "")})
			}
		}},
		{"guesser", func(r *http.Request, m *told) {
			if m != nil {
				r.Header.Set("Skein-Tracking", "0000-0000-0000-0000")
				r.AddCookie(&http.Cookie{Name: "__Host-codes", Value: m.number + ".00000000000000000000000000"})
			}
		}},
		{"desk", post("info/desk")},
		{"lead", post("pwd/head")},
		{"otherbody", post("btdt/head")},
		{"against", post("isd/head")},
		{"session", officerAs}, // of isd/head
		{"onefactor", halfAs},  // of pwd/head, who has not shown a second
		{"resident", func(r *http.Request, _ *told) { r.AddCookie(resident.session()) }},
		{"chair", post(boston.Chair)},
		{"reviewer", post("review/first")},
		{"court", post("court/judge")},
		{"narrow", bearer(made(c.site.Keys, face.Key{Use: "post", Post: "pwd/head", Scope: "matter.read"}, 0))},
		{"open311", bearer(made(c.site.Keys, face.Key{Use: "open311"}, 0))},
		{"ended", bearer(made(c.site.Keys, face.Key{Use: "post", Post: "pwd/head"}, now))},
		{"elsewhere", bearer(made(elsewhere, face.Key{Use: "post", Post: "pwd/head"}, 0))},
	}
}

// photoForm is a photo as a form brings it.
func photoForm() (body, media string) {
	var b, picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		panic(err)
	}
	form := multipart.NewWriter(&b)
	file, err := form.CreateFormFile("photo", "a.png")
	if err != nil {
		panic(err)
	}
	file.Write(picture.Bytes())
	form.Close()
	return b.String(), form.FormDataContentType()
}

// photo adds one to a matter, as its reporter.
func (c *city) photo(m told) {
	c.Helper()
	body, media := photoForm()
	r, err := http.NewRequest("POST", c.url+"/api/matters/"+m.number+"/photos", strings.NewReader(body))
	if err != nil {
		c.Fatal(err)
	}
	r.Header.Set("Content-Type", media)
	r.Header.Set("Skein-Tracking", m.code)
	if a := c.send(r); a.status != 201 {
		c.Fatalf("a photo: %d %s", a.status, a.text)
	}
}
