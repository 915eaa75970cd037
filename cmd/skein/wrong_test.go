package main

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// A bad report is told everything that is wrong with it at once, each reason with its field, and leaves nothing behind.
func TestEverythingWrongAtOnce(t *testing.T) {
	onBothEngines(t, 2, func(c *city) {
		before := c.head()
		fields := func(a answer) (out []string) {
			t.Helper()
			var p struct {
				Errors []struct{ Field, Message string }
			}
			if err := json.Unmarshal([]byte(a.text), &p); err != nil || a.status != 422 {
				t.Fatal(a.status, a.text)
			}
			for _, e := range p.Errors {
				if e.Message == "" || slices.Contains(out, e.Field) {
					t.Errorf("%s is told twice, or not in words: %s", e.Field, a.text)
				}
				out = append(out, e.Field)
			}
			slices.Sort(out)
			return out
		}
		for _, tt := range []struct {
			body object
			want string
		}{
			{object{"kind": "rant", "lat": 99, "lon": -71.09, "category": "no.such", "visibility": "x", "contact": object{"email": "nobody"}}, "category contact.email kind point visibility"},
			{object{"kind": "complaint", "lat": 42.33, "category": "no.such", "contact": object{"phone": "x"}}, "against category contact.phone point"},
			{object{"category": "no.such", "place": "nowhere", "against": "none"}, "against category place"},
			{object{"category": "no.such"}, "category place"},
			{object{"lat": 99, "lon": -71.09, "channel": "pigeon"}, "channel point"},
		} {
			if got := strings.Join(fields(c.do("POST", "/api/matters", "", tt.body)), " "); got != tt.want {
				t.Errorf("%v: told of %q, want %q", tt.body, got, tt.want)
			}
		}
		a := c.office("", "en", "/report", url.Values{"kind": {"rant"}, "category": {"no.such"}, "text": {" "}, "lat": {"99"}, "lon": {"-71.09"}, "visibility": {"x"}, "contact.email": {"nobody"}})
		for _, id := range []string{"kind", "category", "text", "lat", "visibility", "contact-email"} {
			if n := strings.Count(a.text, `href="#`+id+`"`); a.status != 422 || n != 1 {
				t.Errorf("the form tells %d times of %s (%d)", n, id, a.status)
			}
		}
		b := c.post("requests.json", "api_key", c.openKey(), "service_code", "no.such", "lat", "99", "long", "-71.09", "email", "nobody", "phone", "x")
		var told []struct {
			Code        int
			Description string
		}
		if err := json.Unmarshal([]byte(b.text), &told); err != nil || len(told) != 4 || b.status < 400 {
			t.Errorf("Open311: %d %s", b.status, b.text)
		}
		if c.head() != before {
			t.Error("what was refused left acts behind")
		}
	})
}
