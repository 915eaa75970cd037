package main

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"slices"
	"strings"
	"testing"

	"skein/demo/boston"
)

// Open data are whole, hold nothing private, and every column has a meaning in both languages.
func TestOpenData(t *testing.T) {
	onBothEngines(t, 300, func(c *city) {
		p := c.reader()
		m := c.report(lamp("Dark"))
		hidden := lamp("Dark")
		hidden["visibility"] = "private"
		secret := c.report(hidden)
		for _, lang := range []string{"en", "zh-Hans"} {
			page := p.get("/data?lang=" + lang)
			if page.status != 200 || rawKey.MatchString(page.html) || strings.Contains(page.html, "pages.column_") {
				t.Errorf("%s: %d\n%v", lang, page.status, rawKey.FindAllString(page.html, -1))
			}
		}
		table := p.get("/data/matters.csv")
		lines, err := csv.NewReader(strings.NewReader(table.html)).ReadAll()
		if err != nil || len(lines) < 200 {
			t.Fatal(len(lines), err)
		}
		table.has(t, m.number)
		table.lacks(t, secret.number)
		jsonl := p.get("/data/matters.jsonl")
		if got := strings.Count(jsonl.html, "\n"); got != len(lines)-1 {
			t.Errorf("%d lines of JSON, %d rows", got, len(lines)-1)
		}
		for line := range strings.Lines(jsonl.html) {
			if !json.Valid([]byte(line)) {
				t.Fatal(line)
			}
		}
		var shapes struct {
			Features []struct{ Geometry, Properties map[string]any }
		}
		if err := json.Unmarshal([]byte(p.get("/data/matters.geojson").html), &shapes); err != nil || len(shapes.Features) != len(lines)-1 {
			t.Error(len(shapes.Features), err)
		}
		meaning := map[string]bool{}
		dictionary, err := csv.NewReader(strings.NewReader(p.get("/data/dictionary.csv").html)).ReadAll()
		if err != nil || !slices.Equal(dictionary[0], []string{"table", "column", "en", "zh-Hans"}) {
			t.Fatal(dictionary, err)
		}
		for _, row := range dictionary[1:] {
			if meaning[row[0]+" "+row[1]] = true; row[2] == row[3] || strings.Contains(row[2]+row[3], "pages.column_") || row[3] == "" {
				t.Errorf("what a column means: %v", row)
			}
		}
		for _, table := range []string{"matters", "places", "bodies", "duties"} {
			columns, err := csv.NewReader(strings.NewReader(p.get("/data/" + table + ".csv").html)).Read()
			if err != nil {
				t.Fatal(err)
			}
			for _, column := range columns {
				if !meaning[table+" "+column] {
					t.Errorf("%s has a column %s that nobody explains", table, column)
				}
			}
		}
		places := p.get("/data/places.geojson")
		if !json.Valid([]byte(places.html)) || !strings.Contains(places.html, "Polygon") {
			t.Error("places")
		}
		for _, file := range []string{"duties.csv", "duties.jsonl", "bodies.csv", "bodies.jsonl", "places.csv", "places.jsonl"} {
			if got := p.get("/data/" + file); got.status != 200 || strings.Count(got.html, "\n") < 5 {
				t.Errorf("%s: %d", file, got.status)
			}
		}
		// what the registers alone change is sent as it was kept, until they change, and not again to who has it
		again := func(etag string) answer {
			r, _ := http.NewRequest("GET", c.url+"/data/places.geojson", nil)
			r.Header.Set("If-None-Match", etag)
			return c.send(r)
		}
		if got := again(places.header.Get("ETag")); got.status != 304 {
			t.Errorf("the same places again: %d", got.status)
		}
		c.must(201, "POST", "/api/places/boston/rename", string(boston.Chair), object{"titles": object{"en": "Boston Renamed", "zh": "波士顿"}})
		for _, file := range []string{"places.geojson", "places.csv", "places.jsonl"} {
			if got := p.get("/data/" + file); !strings.Contains(got.html, "Boston Renamed") {
				t.Errorf("%s is old", file)
			}
		}
		if got := again(places.header.Get("ETag")); got.status != 200 {
			t.Errorf("other places: %d", got.status)
		}
		for _, file := range []string{"none.csv", "duties.geojson", "matters", "matters.exe", "..%2fx.csv"} {
			if got := p.get("/data/" + file); got.status != 404 {
				t.Errorf("%s: %d", file, got.status)
			}
		}
	})
}

// A feed and a calendar show what everyone sees, whoever asks.
func TestFeeds(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 60)
	p := c.reader()
	m := p.fill("/report", map[string]string{"once": p.get("/report").once(), "text": "Dark", "category": "street_lights.street_light_outages", "lat": "42.33", "lon": "-71.09"}).receipt(t)
	secret := p.fill("/report", map[string]string{"once": p.get("/report").once(), "text": "Dark", "category": "street_lights.street_light_outages", "lat": "42.33", "lon": "-71.09", "visibility": "private"}).receipt(t)
	var feed struct {
		Entries []struct {
			Title string `xml:"title"`
		} `xml:"entry"`
	}
	list := p.get("/matters.atom?status=open")
	if err := xml.Unmarshal([]byte(list.html), &feed); err != nil || len(feed.Entries) == 0 || !strings.Contains(feed.Entries[0].Title, m.number) {
		t.Error(err, list.html)
	}
	list.lacks(t, secret.number)
	story := p.get("/matters/" + m.number + "/feed.atom")
	if err := xml.Unmarshal([]byte(story.html), &feed); err != nil || story.status != 200 {
		t.Error(err, story.html)
	}
	dates := p.get("/matters.ics?body=pwd")
	dates.has(t, "BEGIN:VCALENDAR\r\n", "UID:"+m.number+"@", "DTSTART:")
	dates.lacks(t, secret.number)
	for line := range strings.SplitSeq(dates.html, "\r\n") {
		if len(line) > 75 {
			t.Errorf("a line of %d octets: %s", len(line), line)
		}
	}
	p.get("/matters/"+m.number+"/due.ics").has(t, "BEGIN:VEVENT")
	for _, path := range []string{"/feed.atom", "/due.ics"} { // her own browser too: a feed has no eyes
		if got := p.get("/matters/" + secret.number + path); got.status != 404 {
			t.Errorf("%s of a private matter: %d", path, got.status)
		}
	}
	if got := p.get("/matters.atom?status=odd"); got.status != 400 {
		t.Error(got.status)
	}
	if etag := list.header.Get("ETag"); etag == "" || !slices.Contains([]string{"public, max-age=300"}, list.header.Get("Cache-Control")) {
		t.Error(list.header)
	}
}

// A realm that is there says under which licence it gives its open data away, and can take that back.
func TestRealmLicence(t *testing.T) {
	t.Parallel()
	slow(t)
	c := newCity(t, "", 30)
	says := func(c *city) string { return mainOf(c.must(200, "GET", "/data", "", nil).text) }
	unsaid := says(c)
	if strings.Contains(unsaid, "CC BY 4.0") {
		t.Fatal("it says a licence that nobody said")
	}
	licence := func(code int, words ...string) {
		t.Helper()
		if r := runSkein(append(append([]string{"realm", "licence"}, words...), c.at()...)...); r.code != code {
			t.Errorf("%v: %+v", words, r)
		}
	}
	for _, wrong := range [][]string{nil, {" "}, {"CC BY 4.0", "--none"}, {"two\nlines"}, {strings.Repeat("x", 201)}} {
		licence(2, wrong...)
	}
	licence(0, "CC BY 4.0")
	licence(0, "知识共享 署名 4.0")
	anew := cityAt(t, c.app.where)
	if !strings.Contains(says(anew), "知识共享 署名 4.0") {
		t.Error("the page does not say it")
	}
	licence(0, "--none")
	if says(cityAt(t, c.app.where)) != unsaid {
		t.Error("it still says one")
	}
}
