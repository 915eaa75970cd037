package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"skein/demo/boston"
	"skein/face"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/rooms/matter"
)

func (c *city) key(post civic.PostID) string {
	c.Helper()
	if c.keys[post] == "" {
		key, err := c.site.Keys.New(context.Background(), face.Key{Use: "post", Post: post}, "", *c.now, 0)
		if err != nil {
			c.Fatal(err)
		}
		c.keys[post] = key
	}
	return c.keys[post]
}

// answer is what a door answers.
type answer struct {
	status int
	header http.Header
	text   string
	json   map[string]any
}

func (a answer) get(name string) string {
	v, ok := a.json[name]
	if !ok || v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// do sends a request; who is "" for a resident, a post, or "code:…" for a reporter.
func (c *city) do(method, path, who string, body any) answer {
	c.Helper()
	var reader io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			c.Fatal(err)
		}
		reader = bytes.NewReader(raw)
	}
	r, err := http.NewRequest(method, c.url+path, reader)
	if err != nil {
		c.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if code, ok := strings.CutPrefix(who, "code:"); ok {
		r.Header.Set("Skein-Tracking", code)
	} else if who != "" {
		r.Header.Set("Authorization", "Bearer "+c.key(civic.PostID(who)))
	}
	return c.send(r)
}

func (c *city) send(r *http.Request) answer {
	c.Helper()
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		c.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		c.Fatal(err)
	}
	a := answer{status: res.StatusCode, header: res.Header, text: string(raw)}
	json.Unmarshal(raw, &a.json) // what is no object has none
	return a
}

// must is do that fails the test unless the status is as wanted.
func (c *city) must(want int, method, path, who string, body any) answer {
	c.Helper()
	a := c.do(method, path, who, body)
	if a.status != want {
		c.Fatalf("%s %s as %q: %d, want %d\n%s", method, path, who, a.status, want, a.text)
	}
	return a
}

// told is a matter that was just reported.
type told struct{ number, code string }

func (c *city) report(fields map[string]any) told {
	c.Helper()
	a := c.must(201, "POST", "/api/matters", "", fields)
	return told{a.get("number"), a.get("tracking")}
}

// lamp is a report that goes to Public Works, in ward 9.
func lamp(text string) map[string]any {
	return map[string]any{"category": "street_lights.street_light_outages", "text": text, "lat": 42.33, "lon": -71.09}
}

func (c *city) status(m told, want string) answer {
	c.Helper()
	a := c.must(200, "GET", "/api/matters/"+m.number, "code:"+m.code, nil)
	if a.get("status") != want {
		c.Fatalf("matter %s is %s, want %s\n%s", m.number, a.get("status"), want, a.text)
	}
	return a
}

func (c *city) act(want int, m told, command, who string, body map[string]any) answer {
	c.Helper()
	if body == nil {
		body = map[string]any{}
	}
	return c.must(want, "POST", "/api/matters/"+m.number+"/"+command, who, body)
}

// holds runs what an operator would: verify and rebuild --check.
func (c *city) holds() {
	c.Helper()
	ctx := context.Background()
	if err := c.app.vault.Check(ctx, c.realm.ID, func(where, format string, args ...any) {
		c.Errorf("verify: %s: %s", where, fmt.Sprintf(format, args...))
	}); err != nil {
		c.Fatal(err)
	}
	for name, check := range map[string]func() (*clerk.Report, error){
		"verify":          func() (*clerk.Report, error) { return clerk.Verify(ctx, c.app.house, c.app.db, c.realm.ID, nil) },
		"rebuild --check": func() (*clerk.Report, error) { return clerk.CheckTables(ctx, c.app.house, c.app.db, c.realm.ID) },
	} {
		report, err := check()
		if err != nil {
			c.Fatal(name, err)
		}
		for _, f := range report.Findings {
			c.Errorf("%s: %s %s", name, f.Where, f.What)
		}
	}
}

const day = 24 * time.Hour

func (c *city) command(t clerk.Task) {
	c.Helper()
	if _, err := c.realm.Do(context.Background(), t); err != nil {
		c.Fatalf("%s: %v", t.Command.Name(), err)
	}
}

var chair = civic.Actor{Kind: civic.Post, Post: boston.Chair}

// dossier finds a matter by its number.
func (c *city) dossier(m told) civic.DossierID {
	c.Helper()
	n, err := matter.ParseNumber(m.number)
	if err != nil {
		c.Fatal(err)
	}
	first, ok := c.app.ports.Numbers(c.realm.ID).Position(n)
	if !ok {
		c.Fatal(m.number, "is no number here")
	}
	return matter.ID(first)
}
