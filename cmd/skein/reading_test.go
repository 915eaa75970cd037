package main

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// Whoever reads too much is told when to come back, in her language; she can still report, and
// others, and those who work here, read on.
func TestReadingIsBounded(t *testing.T) {
	t.Parallel()
	c := newCity(t, sqlite, 50)
	c.site.Reading.At, c.site.Reading.Share = 20*time.Millisecond, 1e-6
	ask := func(path, from string, header ...string) answer {
		r, err := http.NewRequest("GET", c.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Forwarded-For", from)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		return c.send(r)
	}
	const greedy, neighbour = "203.0.113.7", "203.0.113.8"
	refused := answer{}
	for range 5 {
		if refused = ask("/api/matters?limit=200", greedy); refused.status == 429 {
			break
		}
	}
	if refused.status != 429 || refused.header.Get("Retry-After") != "60" || !strings.Contains(refused.text, "face.too_much_read") {
		t.Fatalf("%d %v %s", refused.status, refused.header, refused.text)
	}
	for lang, want := range map[string]string{"en": "Reporting is open", "zh": "上报不受影响"} {
		if a := ask("/", greedy, "Accept", "text/html", "Accept-Language", lang); a.status != 429 || a.header.Get("Retry-After") == "" || !strings.Contains(a.text, want) {
			t.Errorf("%s: %d %s", lang, a.status, a.text)
		}
	}
	if a := ask("/open311/v2/services.json", greedy); a.status != 429 || a.header.Get("Retry-After") == "" {
		t.Errorf("Open311: %d", a.status)
	}
	if a := ask("/", neighbour); a.status != 200 {
		t.Errorf("a neighbour: %d", a.status)
	}
	if a := ask("/", greedy, "Authorization", "Bearer "+c.key("pwd/head")); a.status != 200 {
		t.Errorf("a post: %d", a.status)
	}
	r, err := http.NewRequest("POST", c.url+"/api/matters", strings.NewReader(`{"category":"street_lights.street_light_outages","text":"Dark","lat":42.33,"lon":-71.09}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Forwarded-For", greedy)
	r.Header.Set("Content-Type", "application/json")
	if a := c.send(r); a.status != 201 {
		t.Errorf("a report: %d %s", a.status, a.text)
	}
}
