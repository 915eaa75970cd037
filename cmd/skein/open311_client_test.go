package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"skein/rooms/matter"
)

// schema is what of a Swagger definition can be held.
type schema struct {
	Type       string
	Ref        string `yaml:"$ref"`
	Required   []string
	Properties map[string]schema
	Items      *schema
	Enum       []string
	Format     string
}

type swagger struct{ Definitions map[string]schema }

func (s swagger) check(d schema, v any, at string) []string {
	if d.Ref != "" {
		return s.check(s.Definitions[strings.TrimPrefix(d.Ref, "#/definitions/")], v, at)
	}
	var wrong []string
	fail := func(format string, args ...any) { wrong = append(wrong, at+": "+fmt.Sprintf(format, args...)) }
	switch x := v.(type) {
	case map[string]any:
		if len(d.Properties) == 0 {
			fail("an object")
		}
		for _, r := range d.Required {
			if _, ok := x[r]; !ok {
				fail("lacks %s", r)
			}
		}
		for name, e := range x {
			p, ok := d.Properties[name]
			if !ok {
				fail("has %s, which the standard does not", name)
				continue
			}
			wrong = append(wrong, s.check(p, e, at+"."+name)...)
		}
	case []any:
		if d.Type != "array" {
			fail("an array")
			break
		}
		for i, e := range x {
			wrong = append(wrong, s.check(*d.Items, e, fmt.Sprint(at, "[", i, "]"))...)
		}
	case string:
		if d.Type != "string" || len(d.Enum) > 0 && !slices.Contains(d.Enum, x) {
			fail("%q", x)
		}
		if d.Format == "date-time" {
			if _, err := time.Parse(time.RFC3339, x); err != nil || !regexp.MustCompile(`([+-]\d\d:\d\d|Z)$`).MatchString(x) {
				fail("%q is no date-time with a zone", x)
			}
		}
	case bool:
		if d.Type != "boolean" {
			fail("a truth")
		}
	case float64:
		if d.Type != "number" {
			fail("a number")
		}
	default:
		fail("%v", v)
	}
	return wrong
}

// A strict client holds what it gets against the schemas of the standard's draft of v2.1.
func TestOpen311StrictClient(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/open311/georeport_v2-1.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var s swagger
	if err := yaml.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	c := newCity(t, "", 300)
	key := c.openKey()
	list := func(of string) schema { return schema{Type: "array", Items: &schema{Ref: "#/definitions/" + of}} }
	hold := func(what string, d schema, text string) int {
		t.Helper()
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		for _, w := range s.check(d, v, what) {
			t.Error(w)
		}
		rows, _ := v.([]any)
		return len(rows)
	}
	if n := hold("services", list("Service"), c.open(200, "services.json").text); n < 100 {
		t.Errorf("%d services", n)
	}
	hold("definition", schema{Ref: "#/definitions/ServiceDefinition"}, c.open(200, "services/"+lights+".json").text)
	posted := c.post("requests.json", "api_key", key, "service_code", lights, "lat", "42.33", "long", "-71.09")
	hold("posted", list("RequestResponse"), posted.text)
	c.filed(key, "service_code", lights, "address_string", "1234 5th Street") // no point, no lead
	from := "requests.json?start_date=2011-07-01T00:00:00-04:00&end_date=2011-09-28T00:00:00-04:00"
	if n := hold("requests", list("Request"), c.open(200, from).text); n != public(c)-2 {
		t.Errorf("%d requests of %d", n, public(c)-2)
	}
	if n := hold("new requests", list("Request"), c.open(200, "requests.json").text); n != 2 {
		t.Errorf("%d new requests of 2", n)
	}
	if w := s.check(list("Request"), []any{map[string]any{"service_request_id": 1.0, "status": "gone"}}, "x"); len(w) != 4 {
		t.Errorf("the checker finds %q", w)
	}
}

// What a client of 2010 sends: the standard's own example, in our city; and how it reads.
func TestOpen311OldClient(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		t := c.T
		key := c.openKey()
		body := "api_key=" + key + "&jurisdiction_id=Boston&service_code=" + lights + "&lat=42.33524078&long=-71.0912043&address_string=1234+5th+street&" +
			"email=smit333%40sfgov.edu&device_id=tt222111&account_id=123456&first_name=john&last_name=smith&phone=111111111&" +
			"description=A+large+sinkhole+is+destroying+the+street&media_url=http%3A%2F%2Ffarm3.static.flickr.com%2F2002%2F2212426634_5ed477a060.jpg&" +
			"attribute[WHISPAWN]=123456&attribute[WHISDORN]=COISL001&attribute[M][]=a&attribute[M][]=b&unknown=x&lat="
		r, _ := http.NewRequest("POST", c.url+"/open311/v2/requests.xml", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		a := c.send(r)
		if a.status != 200 {
			t.Fatalf("%d %s", a.status, a.text)
		}
		n := parseXML(t, a.text)
		if n.XMLName.Local != "service_requests" || len(n.Nodes) != 1 || n.Nodes[0].XMLName.Local != "request" {
			t.Fatalf("%s", a.text)
		}
		field := map[string]string{}
		for _, f := range n.Nodes[0].Nodes {
			field[f.XMLName.Local] = f.Text
		}
		if !strings.Contains(field["service_notice"], "Public Works Department") || field["token"] != "" {
			t.Errorf("the notice is %q", field["service_notice"])
		}
		m := told{field["service_request_id"], a.header.Get("Skein-Tracking")}
		c.status(m, "assigned") // the code lets her come back
		if !strings.Contains(field["service_notice"], m.code) {
			t.Error("an app shows the notice, and the notice lacks the tracking code")
		}
		for _, resource := range []string{"requests/" + m.number + ".xml", "requests/" + m.number + ".json", "requests.xml", "requests.json", "servicerequestupdates.xml"} {
			for _, secret := range []string{"sinkhole", "smit333", "john", "smith", "111111111", "tt222111", "123456", "5th", "flickr", m.code} {
				if got := c.open(200, resource).text; strings.Contains(got, secret) && !strings.Contains(m.number, secret) {
					t.Errorf("%s shows %s", resource, secret)
				}
			}
		}
		got := c.rows("requests/" + strings.ReplaceAll(m.number, "-", "") + ".json")[0] // without the hyphens too
		for name, want := range map[string]any{
			"service_request_id": m.number, "status": "open", "service_code": lights, "service_name": "Street Light Outages", "description": "",
			"agency_responsible": "Public Works Department", "requested_datetime": "2012-01-02T12:00:00-05:00", "lat": 42.335241, "long": -71.091204,
		} {
			if got[name] != want {
				t.Errorf("%s is %v, want %v", name, got[name], want)
			}
		}
		if due := c.status(m, "assigned").get("due"); got["expected_datetime"] != due || due == "" {
			t.Errorf("expected %v, due %v", got["expected_datetime"], due)
		}
		// what was sealed: contact and media_url, and nothing of the device
		state, _, err := c.realm.State(context.Background(), c.dossier(m))
		if err != nil {
			t.Fatal(err)
		}
		s := state.(matter.State)
		if s.Channel != "open311" || !s.Contact {
			t.Errorf("channel %q, contact %v", s.Channel, s.Contact)
		}
		contents, err := c.app.vault.ReadAll(context.Background(), c.realm.ID, string(s.Reporter))
		if err != nil {
			t.Fatal(err)
		}
		sealed := map[string]string{}
		for _, p := range contents {
			sealed[p.Part] = string(p.Text)
			if strings.Contains(string(p.Text), "tt222111") {
				t.Errorf("the device's id was kept in %s", p.Part)
			}
		}
		if sealed["media_url"] != "http://farm3.static.flickr.com/2002/2212426634_5ed477a060.jpg" || !strings.Contains(sealed["contact"], "john smith") ||
			sealed["address"] != "1234 5th street" || !strings.Contains(sealed["text"], "sinkhole") {
			t.Errorf("the vault holds %v", sealed)
		}
		// names in other letters, HEAD
		if a := c.post("Requests.JSON", "API_KEY", key, "Service_Code", lights, "LAT", "42.33", "Long", "-71.09"); a.status != 404 {
			t.Errorf("another resource: %d", a.status)
		}
		if a := c.post("requests.JSON?Jurisdiction_ID=Boston", "API_KEY", key, "Service_Code", lights, "LAT", "42.33", "Long", "-71.09"); a.status != 200 {
			t.Errorf("names in other letters: %d %s", a.status, a.text)
		}
		h, _ := http.NewRequest("HEAD", c.url+"/open311/v2/services.xml", nil)
		if a := c.send(h); a.status != 200 || a.text != "" || a.header.Get("Content-Length") == "0" {
			t.Errorf("HEAD: %d %q", a.status, a.text)
		}
		c.holds()
	})
}
