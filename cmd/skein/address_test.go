package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"skein/demo/boston"
	"skein/face/front"
	"skein/internal/browser"
	"skein/internal/pgtest"
	"skein/rooms/matter"
	"skein/rooms/place"
)

func (c *city) addresses(all ...place.Address) {
	c.Helper()
	if err := place.PutAddresses(context.Background(), c.app.db, c.realm.ID, all, c.realm.Now()); err != nil {
		c.Fatal(err)
	}
}

var spotValue = regexp.MustCompile(`name="spot" value="([0-9.]+)"`)

// Addresses are found by every door, the next import is seen by a server that runs, and what was typed stands in no log.
func TestAddresses(t *testing.T) {
	onBothEngines(t, 60, func(c *city) {
		type shown struct {
			Addresses []place.ShownAddress
			Near      bool
		}
		find := func(words string) (out shown) {
			t.Helper()
			if err := json.Unmarshal([]byte(c.must(200, "POST", "/api/addresses/find", "", map[string]any{"words": words}).text), &out); err != nil {
				t.Fatal(err)
			}
			return out
		}
		if got := find("corner of Dartmouth and Warren"); len(got.Addresses) == 0 || got.Addresses[0].Address != "Dartmouth Pl & Warren Ave" || got.Addresses[0].Whole || len(got.Addresses[0].Places) < 2 {
			t.Errorf("%+v", got)
		}
		if got := find("77 Danville Street"); len(got.Addresses) == 0 || !got.Near || !got.Addresses[0].Whole || got.Addresses[0].Zip != "02132" {
			t.Errorf("%+v", got)
		}
		if got := find("quillwort"); got.Addresses == nil || len(got.Addresses) != 0 {
			t.Errorf("%+v", got)
		}
		for _, bad := range []map[string]any{{}, {"words": ""}, {"words": strings.Repeat("x", 201)}, {"words": "x", "limit": 51}, {"words": "x", "limit": -1}} {
			if a := c.do("POST", "/api/addresses/find", "", bad); a.status != 422 {
				t.Errorf("%v: %d", bad, a.status)
			}
		}
		if a := c.do("GET", "/api/addresses/find?words=quillwort", "", nil); a.status != 405 && a.status != 404 {
			t.Error("a half-typed address can stand in ours:", a.status)
		}

		c.addresses(place.Address{Text: "12 Quillwort Street", Zip: "02118", At: place.Spot{Lat: 42_335_000, Lon: -71_075_000}}, place.Address{Text: "学府路<b>5号", Also: "5 Xuefu Road", At: place.Spot{Lat: 42_336_000, Lon: -71_076_000}})
		if got := find("quillwort"); len(got.Addresses) != 1 {
			t.Errorf("an import is not seen: %+v", got)
		}
		if got := find("学府"); len(got.Addresses) != 1 || got.Addresses[0].Also != "5 Xuefu Road" {
			t.Errorf("%+v", got)
		}
		p := c.reader()
		form := p.get("/report")
		fields := map[string]string{"once": form.once(), "text": "street light out", "address": "12 quillwort", "look": "address", "category": "street_lights.street_light_outages"}
		back := p.fill("/report", fields)
		back.has(t, "12 Quillwort Street, 02118", "None of these")
		key := spotValue.FindStringSubmatch(back.html)
		if key == nil {
			t.Fatal(back.html)
		}
		fields["spot"] = key[1]
		p.fill("/report", fields).has(t, `value="`+key[1]+`" id="spot-0" data-lat="42.335000" data-lon="-71.075000" checked`, "The point is set to this address")
		delete(fields, "look")
		m := p.fill("/report", fields).receipt(t)
		a := c.must(200, "GET", "/api/matters/"+m.number, "code:"+m.code, nil)
		if !strings.Contains(a.text, "42.335") || !strings.Contains(a.text, "-71.075") {
			t.Error("the address does not set the point:", a.text)
		}
		p.get("/matters/"+m.number+"/data").has(t, "12 Quillwort Street, 02118")
		if a := c.must(200, "GET", "/api/matters/"+m.number, "", nil); strings.Contains(a.text, "Quillwort") {
			t.Error("everybody reads her address:", a.text)
		}
		escaped := p.look("address", "学府路")
		escaped.has(t, "学府路&lt;b&gt;5号")
		p.look("address", "nowhere at all").has(t, "No address with these words is known here")

		c.addresses(place.Address{Text: "12 Quillwort Street", Zip: "02118", At: place.Spot{Lat: 42_335_000, Lon: -71_075_000}})
		fields["once"], fields["spot"] = p.get("/report").once(), key[1]
		gone := p.fill("/report", fields)
		gone.has(t, "The list of addresses has changed")
		if gone.status != 422 {
			t.Error(gone.status)
		}
		for _, wrong := range []string{"x", "1.999999999999999999999", "<script>", "-1.0"} {
			fields["once"], fields["spot"] = p.get("/report").once(), wrong
			if got := p.fill("/report", fields); got.status != 422 {
				t.Errorf("%q: %d", wrong, got.status)
			}
		}
		if strings.Contains(strings.ToLower(c.said.String()), "quillwort") || strings.Contains(c.said.String(), "学府") {
			t.Error("what was typed is in the log")
		}
	})
}

// An address alone is placed where it is one that is known, and never shown exactly; whatever else is written goes to the desk.
func TestOpen311Address(t *testing.T) {
	onBothEngines(t, 60, func(c *city) {
		at := func(lon int64) place.Spot { return place.Spot{Lat: 42_335_000, Lon: lon} }
		c.addresses(place.Address{Text: "12 Quillwort Street", Zip: "02118", At: at(-71_075_000)}, place.Address{Text: "14 Quillwort Street", Zip: "02118", At: at(-71_075_500)},
			place.Address{Text: "14 Quillwort Street", Zip: "02119", At: at(-71_085_500)}, place.Address{Text: "Quillwort Street", Zip: "02118", At: at(-71_076_000), Whole: true})
		key := c.openKey()
		state := func(pairs ...string) matter.State {
			t.Helper()
			return c.state(c.filed(key, append([]string{"service_code", "street_lights.street_light_outages"}, pairs...)...))
		}
		known := state("address_string", "12 Quillwort St, 02118")
		if known.Lead == "" || known.Triage != "" || known.Point == nil || *known.Point == (matter.Point{Lat: 42_335_000, Lon: -71_075_000}) {
			t.Errorf("%+v", known)
		}
		for _, other := range []string{"14 Quillwort Street", "Quillwort Street, 02118", "1234 5th Street", "12 Quillwort"} {
			if s := state("address_string", other); s.Point != nil || s.Triage == "" {
				t.Errorf("%q is placed at %v", other, s.Point)
			}
		}
		if s := state("address_string", "12 Quillwort St, 02118", "lat", "42.33", "long", "-71.09"); *s.Point != (matter.Point{Lat: 42_330_000, Lon: -71_090_000}) {
			t.Errorf("the point that was given does not go first: %+v", s)
		}
	})
}

// The city's list is made of what anybody reported: it names no house, nothing from private matters alone, and every point lies in the city.
func TestAddressesOfBoston(t *testing.T) {
	t.Parallel()
	rows, err := boston.Rows(nil)
	if err != nil {
		t.Fatal(err)
	}
	all := boston.Addresses(rows)
	if len(all) < 4000 {
		t.Fatal(len(all))
	}
	house := regexp.MustCompile(`^\d|& \d+ `)
	public := map[string]bool{}
	for _, r := range rows {
		if r.Subject != "" && r.Reason != "Housing" && r.Type != "General Comments For An Employee" {
			public[strings.Join(strings.Fields(r.Street), " ")] = true
		}
	}
	whole := 0
	for _, a := range all {
		if house.MatchString(a.Text) {
			t.Errorf("%s is a house", a.Text)
		}
		if a.Whole {
			whole++
		} else if !public["INTERSECTION "+a.Text] {
			t.Errorf("%s is of a private matter alone", a.Text)
		}
	}
	if whole < 1000 {
		t.Error(whole)
	}
	one := func(n int, category [2]string, lat float64) []boston.Row {
		var out []boston.Row
		for i := range n {
			out = append(out, boston.Row{Street: fmt.Sprintf("%d Quiet St", i), Zip: "02118", Lat: lat + float64(i)/1000, Lon: -71, Reason: category[0], Type: category[1]})
		}
		return out
	}
	for _, x := range []struct {
		rows []boston.Row
		want int
	}{{one(4, [2]string{"Street Lights", "Street Light Outages"}, 42.3), 0}, {one(5, [2]string{"Street Lights", "Street Light Outages"}, 42.3), 1}, {one(50, [2]string{"Housing", "Heat"}, 42.3), 0}} {
		if got := boston.Addresses(x.rows); len(got) != x.want {
			t.Errorf("%d rows: %v", len(x.rows), got)
		}
	}
}

// The command takes a list whole or says which row is wrong, and leaves the old one then.
func TestImportAddresses(t *testing.T) {
	t.Parallel()
	slow(t)
	c := newCity(t, "", 30)
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "addresses.csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	held := &place.Addresses{DB: c.app.db, Realm: c.realm.ID}
	count := func() int {
		g, err := held.Gazetteer(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return g.Len()
	}
	before := count()
	take := func(args ...string) ran {
		return runSkein(append([]string{"place", "import", "--data", c.app.where.Data}, args...)...)
	}
	bad := take("--addresses", file("address,longitude,latitude\nA St,-71.09,42.33\nB St,42.33,-71.09\nC St,east,42\n"))
	if bad.code == 0 || !strings.Contains(bad.errs, `Row 3: "B St" lies outside`) || !strings.Contains(bad.errs, `Row 4: "east" is no longitude`) || count() != before {
		t.Errorf("%+v", bad)
	}
	good := take("--addresses", file("address,longitude,latitude\nA St,-71.09,42.33\n"))
	if good.code != 0 || count() != 1 {
		t.Errorf("%+v", good)
	}
	for _, args := range [][]string{{}, {"--addresses", "x.csv", "y.csv"}} {
		if got := take(args...); got.code == 0 {
			t.Errorf("%v is taken", args)
		}
	}
	if missing := take("--addresses", "none.csv"); missing.code == 0 || count() != 1 {
		t.Errorf("%+v", missing)
	}
}

// An address is looked up in a real browser, with script and without, in both languages.
func TestAddressesInBrowser(t *testing.T) {
	t.Parallel()
	slow(t)
	if err := front.Built(); err != nil {
		pgtest.Missing(t, err.Error())
	}
	c := newCity(t, "", 60)
	c.addresses(place.Address{Text: "12 Quillwort Street", Zip: "02118", At: place.Spot{Lat: 42_335_000, Lon: -71_075_000}},
		place.Address{Text: "120 Quillwort Street", Zip: "02118", At: place.Spot{Lat: 42_336_000, Lon: -71_076_000}}, place.Address{Text: "学府路5号", Also: "5 Xuefu Road", At: place.Spot{Lat: 42_337_000, Lon: -71_077_000}})
	browser.Run(t, "address_test.mjs", c.url, c.key("info/desk"))
	if strings.Contains(strings.ToLower(c.said.String()), "quillwort") {
		t.Error("what was typed is in the log")
	}
}
