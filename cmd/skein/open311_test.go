package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"skein/face"
	"skein/frame/vault"
	"skein/rooms/matter"
)

// The Open311 door, by what clients send and read.

const lights = "street_lights.street_light_outages"

func (c *city) openKey() string {
	c.Helper()
	key, err := c.site.Keys.New(context.Background(), face.Key{Use: "open311"}, "", *c.now, 0)
	if err != nil {
		c.Fatal(err)
	}
	return key
}

// open gets a resource.
func (c *city) open(want int, resource string) answer {
	c.Helper()
	r, err := http.NewRequest("GET", c.url+"/open311/v2/"+resource, nil)
	if err != nil {
		c.Fatal(err)
	}
	a := c.send(r)
	if a.status != want {
		c.Fatalf("%s: %d, want %d\n%s", resource, a.status, want, a.text)
	}
	return a
}

// rows gets a resource that is a list.
func (c *city) rows(resource string) []map[string]any {
	c.Helper()
	var out []map[string]any
	a := c.open(200, resource)
	if err := json.Unmarshal([]byte(a.text), &out); err != nil {
		c.Fatalf("%s: %v\n%.500s", resource, err, a.text)
	}
	return out
}

// post sends a form as a client of 2010 does: pairs of names and values.
func (c *city) post(resource string, pairs ...string) answer {
	c.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	r, err := http.NewRequest("POST", c.url+"/open311/v2/"+resource, strings.NewReader(v.Encode()))
	if err != nil {
		c.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	return c.send(r)
}

// filed posts a request and returns its id.
func (c *city) filed(key string, pairs ...string) told {
	c.Helper()
	a := c.post("requests.json", append([]string{"api_key", key}, pairs...)...)
	var out []map[string]any
	if err := json.Unmarshal([]byte(a.text), &out); err != nil || a.status != 200 || len(out) != 1 {
		c.Fatalf("POST %q: %d %s", pairs, a.status, a.text)
	}
	return told{out[0]["service_request_id"].(string), a.header.Get("Skein-Tracking")}
}

// public counts the matters that are not private.
func public(c *city) int {
	c.Helper()
	var n int
	if err := c.app.db.R.QueryRow("SELECT count(*) FROM matters WHERE visibility <> 'private'").Scan(&n); err != nil {
		c.Fatal(err)
	}
	return n
}

// digests are those of what the desk sees of a matter, by media type.
func (c *city) digests(m told) map[string]string {
	c.Helper()
	var got struct {
		Texts []struct{ Digest, Media, From string }
	}
	if err := json.Unmarshal([]byte(c.must(200, "GET", "/api/matters/"+m.number, "info/desk", nil).text), &got); err != nil {
		c.Fatal(err)
	}
	out := map[string]string{}
	for _, t := range got.Texts {
		out[t.Media] = t.Digest
	}
	return out
}

func (c *city) release(m told, digests ...string) {
	c.Helper()
	c.act(201, m, "release", "info/desk", map[string]any{"items": digests})
}

// releaseUnmasked releases what points to a person, by a deliberate word.
func (c *city) releaseUnmasked(m told, digests ...string) {
	c.Helper()
	c.act(201, m, "release", "info/desk", map[string]any{"items": digests, "unmasked": true})
}

// node is XML as it stands.
type node struct {
	XMLName xml.Name
	Text    string `xml:",chardata"`
	Nodes   []node `xml:",any"`
}

func parseXML(t *testing.T, text string) node {
	t.Helper()
	if !strings.HasPrefix(text, `<?xml version="1.0" encoding="utf-8"?>`) {
		t.Fatalf("no declaration: %.80s", text)
	}
	var n node
	if err := xml.Unmarshal([]byte(text), &n); err != nil {
		t.Fatalf("%v\n%.500s", err, text)
	}
	return n
}

// spark is what XML becomes in JSON by the standard's convention, all values texts.
func spark(n node, lists map[string]bool) any {
	if lists[n.XMLName.Local] {
		out := []any{}
		for _, c := range n.Nodes {
			out = append(out, spark(c, lists))
		}
		return out
	}
	if len(n.Nodes) == 0 {
		return n.Text
	}
	out := map[string]any{}
	for _, c := range n.Nodes {
		if v := spark(c, lists); !reflect.DeepEqual(v, "") {
			out[c.XMLName.Local] = v
		}
	}
	return out
}

// texts makes all values of JSON texts and leaves the empty ones out.
func texts(v any) any {
	switch v := v.(type) {
	case []any:
		out := []any{}
		for _, e := range v {
			out = append(out, texts(e))
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for name, e := range v {
			if e := texts(e); !reflect.DeepEqual(e, "") {
				out[name] = e
			}
		}
		return out
	case json.Number:
		return v.String()
	default:
		return fmt.Sprint(v)
	}
}

// Each resource is the same in both formats, by suffix and by Accept, under its own root.
func TestOpen311Formats(t *testing.T) {
	onBothEngines(t, 300, func(c *city) {
		t := c.T
		key := c.openKey()
		m := c.filed(key, "service_code", lights, "lat", "42.33", "long", "-71.09", "description", `<b>"Ünïcode" & 灯坏了</b>`)
		c.release(m, c.digests(m)["text/plain"])
		lists := map[string]bool{"services": true, "attributes": true, "service_requests": true, "errors": true, "endpoints": true, "formats": true, "service_request_updates": true}
		for resource, root := range map[string]string{
			"discovery": "discovery", "services": "services", "services/" + lights: "service_definition", "requests?page_size=50": "service_requests",
			"requests/" + m.number: "service_requests", "request/" + m.number: "service_requests", "requests?extensions=true&page_size=3": "service_requests",
			"servicerequestupdates?page_size=20": "service_request_updates", "services/none": "errors", "tokens/12345": "errors", "requests/1": "errors",
			"requests?status=odd&page=0": "errors", "nothing": "errors", "requests?service_code=none": "service_requests", "../discovery": "discovery",
		} {
			name, args, _ := strings.Cut(resource, "?")
			get := func(suffix, accept string) (answer, string) {
				r, err := http.NewRequest("GET", c.url+"/open311/v2/"+name+suffix+"?"+args, nil)
				if err != nil {
					t.Fatal(err)
				}
				if strings.HasPrefix(name, "../") {
					r.URL.Path = "/open311/discovery" + suffix
				}
				r.Header.Set("Accept", accept)
				a := c.send(r)
				return a, a.header.Get("Content-Type")
			}
			inXML, kind := get(".xml", "*/*")
			if kind != "text/xml; charset=utf-8" || inXML.header.Get("Access-Control-Allow-Origin") != "*" {
				t.Errorf("%s as XML: %q", resource, kind)
			}
			inJSON, kind := get(".json", "")
			if kind != "application/json; charset=utf-8" {
				t.Errorf("%s as JSON: %q", resource, kind)
			}
			if a, _ := get("", "text/html, application/json;q=0.5"); a.text != inJSON.text {
				t.Errorf("%s by Accept differs: %.300s", resource, a.text)
			}
			if a, _ := get("", "*/*"); a.text != inXML.text { // XML is what every server must have
				t.Errorf("%s without suffix is not XML: %.300s", resource, a.text)
			}
			n := parseXML(t, inXML.text)
			if n.XMLName.Local != root || n.XMLName.Space != "" {
				t.Errorf("%s has the root %v, want %s", resource, n.XMLName, root)
			}
			var fromJSON any
			d := json.NewDecoder(strings.NewReader(inJSON.text))
			d.UseNumber()
			if err := d.Decode(&fromJSON); err != nil {
				t.Fatalf("%s: %v\n%s", resource, err, inJSON.text)
			}
			fromXML := spark(n, lists)
			if !reflect.DeepEqual(fromXML, texts(fromJSON)) {
				t.Errorf("%s says another thing in XML\n%v\nthan in JSON\n%v", resource, fromXML, texts(fromJSON))
			}
			_, isList := fromJSON.([]any)
			if isObject := root == "discovery" || root == "service_definition"; isList == isObject {
				t.Errorf("%s: a list is %v", resource, isList)
			}
		}
		if got := c.rows("requests/" + m.number + ".json")[0]["description"]; got != `<b>"Ünïcode" & 灯坏了</b>` {
			t.Errorf("the description came back as %q", got)
		}
	})
}

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

// Everything that is refused, with its status, and the sentence that says so.
func TestOpen311Errors(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		t := c.T
		key := c.openKey()
		at := []string{"lat", "42.33", "long", "-71.09"}
		here := func(pairs ...string) []string { return append(append([]string{"api_key", key}, at...), pairs...) }
		long := strings.Repeat("垃", 4001)
		for name, x := range map[string]struct {
			resource string // a POST if there are pairs
			pairs    []string
			status   int
			says     string
		}{
			"span":              {"requests.json?start_date=2011-01-01T00:00:00Z&end_date=2011-04-02T00:00:00Z", nil, 400, "90 days"},
			"span of updates":   {"servicerequestupdates.json?start_date=2011-01-01T00:00:00Z&end_date=2011-04-02T00:00:00Z", nil, 400, "90 days"},
			"backwards":         {"requests.json?start_date=2011-02-02T00:00:00Z&end_date=2011-02-01T00:00:00Z", nil, 400, "before"},
			"no zone":           {"requests.json?start_date=2011-02-02T00:00:00", nil, 400, "zone"},
			"no date":           {"requests.json?end_date=yesterday", nil, 400, "yesterday"},
			"far date":          {"requests.json?start_date=9999-12-31T00:00:00Z", nil, 400, "9999"},
			"status":            {"requests.json?status=open,solved", nil, 400, "solved"},
			"page 0":            {"requests.json?page=0", nil, 400, "page"},
			"page -1":           {"requests.json?page=-1", nil, 400, "page"},
			"page x":            {"requests.json?page=x", nil, 400, "page"},
			"page_size 0":       {"requests.json?page_size=0", nil, 400, "page_size"},
			"page_size 1001":    {"requests.json?page_size=1001", nil, 400, "1000"},
			"jurisdiction":      {"services.json?jurisdiction_id=sfgov.org", nil, 404, "sfgov.org"},
			"jurisdiction list": {"requests.json?jurisdiction_id=sfgov.org", nil, 404, "sfgov.org"},
			"service":           {"services/none.json", nil, 404, "none"},
			"group is none":     {"services/street_lights.json", nil, 404, "street_lights"},
			"token":             {"tokens/12345.json", nil, 404, "12345"},
			"request":           {"requests/999-999-9999.json", nil, 404, "999-999-9999"},
			"no number":         {"requests/abc.json", nil, 404, "abc"},
			"other format":      {"services.yaml", nil, 404, "resource"},
			"percent":           {"requests.json?status=%zz", nil, 400, "%"},
			"no UTF-8":          {"requests.json?status=%ff", nil, 400, "UTF-8"},

			"no key":            {"requests.json", append(at, "service_code", lights), 403, "api_key"},
			"wrong key":         {"requests.json", append(at, "service_code", lights, "api_key", "skein_wrong"), 403, "api_key"},
			"a post's key":      {"requests.json", append(at, "service_code", lights, "api_key", c.key("pwd/head")), 403, "api_key"},
			"no key, no code":   {"requests.json", []string{"x", "y"}, 403, "api_key"},
			"no service_code":   {"requests.json", here(), 400, "service_code"},
			"empty code":        {"requests.json", here("service_code", ""), 400, "service_code"},
			"unknown code":      {"requests.json", here("service_code", "none"), 404, "none"},
			"no place":          {"requests.json", []string{"api_key", key, "service_code", lights}, 400, "location"},
			"half a place":      {"requests.json", []string{"api_key", key, "service_code", lights, "lat", "42.33"}, 400, "long"},
			"latitude 91":       {"requests.json", []string{"api_key", key, "service_code", lights, "lat", "91", "long", "0"}, 400, "lat"},
			"latitude NaN":      {"requests.json", []string{"api_key", key, "service_code", lights, "lat", "NaN", "long", "0"}, 400, "lat"},
			"longitude 0x1p4":   {"requests.json", []string{"api_key", key, "service_code", lights, "lat", "1", "long", "0x1p4"}, 400, "long"},
			"4,001 characters":  {"requests.json", here("service_code", lights, "description", long), 400, "4001"},
			"bad mail":          {"requests.json", here("service_code", lights, "email", "a b"), 400, "email"},
			"bad phone":         {"requests.json", here("service_code", lights, "phone", "call me"), 400, "phone"},
			"jurisdiction POST": {"requests.json", here("service_code", lights, "jurisdiction_id", "x.org"), 404, "x.org"},
			"another resource":  {"services.json", here(), 404, "resource"},

			"update, no key":   {"servicerequestupdates.json", []string{"service_request_id", "1", "description", "x"}, 403, "api_key"},
			"update of nobody": {"servicerequestupdates.json", []string{"api_key", key, "service_request_id", "999-999-9999", "description", "x"}, 404, "999"},
			"update of none":   {"servicerequestupdates.json", []string{"api_key", key, "description", "x"}, 400, "service_request_id"},
			"empty update":     {"servicerequestupdates.json", []string{"api_key", key, "service_request_id", "1"}, 400, "description"},
		} {
			ask := func(resource string) answer {
				if x.pairs == nil {
					r, _ := http.NewRequest("GET", c.url+"/open311/v2/"+resource, nil)
					return c.send(r)
				}
				return c.post(resource, x.pairs...)
			}
			a := ask(x.resource)
			var list []struct {
				Code        int
				Description string
			}
			if err := json.Unmarshal([]byte(a.text), &list); (err != nil || len(list) == 0) && name != "other format" {
				t.Errorf("%s: %d %v %s", name, a.status, err, a.text)
				continue
			}
			if a.status != x.status || !strings.Contains(a.text, x.says) {
				t.Errorf("%s: %d, want %d and %q\n%s", name, a.status, x.status, x.says, a.text)
			}
			for _, e := range list {
				if e.Code < 400 || e.Description == "" || strings.HasPrefix(e.Description, "open311.") || strings.Contains(e.Description, "{") {
					t.Errorf("%s: %+v", name, e)
				}
			}
			if name == "other format" {
				continue
			}
			n := parseXML(t, ask(strings.Replace(x.resource, ".json", ".xml", 1)).text)
			if n.XMLName.Local != "errors" || len(n.Nodes) != len(list) || n.Nodes[0].XMLName.Local != "error" ||
				n.Nodes[0].Nodes[0].Text != fmt.Sprint(list[0].Code) || n.Nodes[0].Nodes[1].Text != list[0].Description {
				t.Errorf("%s in XML: %+v", name, n)
			}
		}
		// every reason at once
		if a := c.post("requests.json", "api_key", key, "lat", "x", "long", "y", "description", long); strings.Count(a.text, `"code":400`) != 4 {
			t.Errorf("all reasons: %s", a.text)
		}
		for what, f := range map[string]func(*http.Request){
			"a wrong bearer": func(r *http.Request) { r.Header.Set("Authorization", "Bearer skein_wrong") },
			"a post":         func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+c.key("pwd/head")) },
			"another site":   func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		} {
			r, _ := http.NewRequest("POST", c.url+"/open311/v2/requests.json", strings.NewReader(url.Values{"service_code": {lights}}.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			f(r)
			if a := c.send(r); a.status != 403 || !strings.HasPrefix(a.text, `[{"code":403,"description":"`) {
				t.Errorf("%s: %d %s", what, a.status, a.text)
			}
		}
		send := func(kind string, body io.Reader) answer {
			r, _ := http.NewRequest("POST", c.url+"/open311/v2/requests.json", body)
			r.Header.Set("Content-Type", kind)
			r.Header.Set("Authorization", "Bearer "+key)
			return c.send(r)
		}
		// Neither a key nor what somebody says of herself is taken from an address.
		for name, value := range map[string]string{"api_key": key, "API_KEY": key, "email": "ann@example.org", "description": "x", "tracking": "x"} {
			r, _ := http.NewRequest("POST", c.url+"/open311/v2/requests.json?jurisdiction_id=boston&"+url.Values{name: {value}}.Encode(),
				strings.NewReader(url.Values{"api_key": {key}, "service_code": {lights}, "lat": {"42.33"}, "long": {"-71.09"}}.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if a := c.send(r); a.status != 400 || !strings.Contains(a.text, strings.ToLower(name)+" belongs in the form") || strings.Contains(a.text, value+"\"") {
				t.Errorf("%s in the address: %d %s", name, a.status, a.text)
			}
		}
		if a := send("application/json", strings.NewReader("{}")); a.status != 400 || !strings.Contains(a.text, `"code":415`) {
			t.Errorf("JSON: %d %s", a.status, a.text)
		}
		if a := send("application/x-www-form-urlencoded", strings.NewReader("description="+strings.Repeat("x", 2<<20))); a.status != 400 || !strings.Contains(a.text, `"code":413`) {
			t.Errorf("2 MB: %d %s", a.status, a.text)
		}
		if a := send("application/x-www-form-urlencoded", io.MultiReader(strings.NewReader("description="), strings.NewReader(strings.Repeat("x", 2<<20)))); a.status != 400 {
			t.Errorf("2 MB without a length: %d %s", a.status, a.text)
		}
		if a := send("multipart/form-data; boundary=b", strings.NewReader("--b\r\nContent-Disposition: form-data; name=\"lat\"\r\n\r\n4")); a.status != 400 {
			t.Errorf("cut off: %d %s", a.status, a.text)
		}
		r, _ := http.NewRequest("DELETE", c.url+"/open311/v2/requests.json", nil)
		if a := c.send(r); a.status != 405 || !strings.HasPrefix(a.text, `[{"code":405`) || a.header.Get("Allow") == "" {
			t.Errorf("DELETE: %d %s", a.status, a.text)
		}
		c.holds()
	})
}

// Pages: all rows, each once, the newest first; filters part the whole.
func TestOpen311Pages(t *testing.T) {
	onBothEngines(t, 300, func(c *city) {
		t := c.T
		span := "start_date=2011-07-01&end_date=2011-09-28"
		all := c.rows("requests.json?" + span)
		n := public(c)
		if len(all) != n || n < 250 {
			t.Fatalf("%d rows of %d", len(all), n)
		}
		when := func(r map[string]any, field string) time.Time {
			at, err := time.Parse(time.RFC3339, r[field].(string))
			if err != nil {
				t.Fatal(err)
			}
			return at
		}
		for i := 1; i < len(all); i++ {
			if when(all[i], "requested_datetime").After(when(all[i-1], "requested_datetime")) {
				t.Fatalf("row %d is newer than the one before it", i)
			}
		}
		var paged []map[string]any
		for page := 1; ; page++ {
			a := c.open(200, fmt.Sprintf("requests.json?%s&page_size=70&page=%d", span, page))
			var rows []map[string]any
			if err := json.Unmarshal([]byte(a.text), &rows); err != nil {
				t.Fatal(err)
			}
			paged = append(paged, rows...)
			if next := a.header.Get("Link"); (next != "") != (len(rows) == 70) || next != "" && !strings.Contains(next, fmt.Sprintf("page=%d", page+1)) {
				t.Errorf("page %d of %d rows links to %q", page, len(rows), next)
			}
			if len(rows) < 70 {
				break
			}
		}
		if !reflect.DeepEqual(all, paged) {
			t.Error("the pages are not the whole")
		}
		ids := func(rows []map[string]any) []string {
			out := make([]string, len(rows))
			for i, r := range rows {
				out[i] = r["service_request_id"].(string)
			}
			sort.Strings(out)
			return out
		}
		open, closed := c.rows("requests.json?"+span+"&status=open"), c.rows("requests.json?"+span+"&status=closed")
		if len(open) == 0 || len(closed) == 0 || len(open)+len(closed) != n || len(c.rows("requests.json?"+span+"&status=open,closed")) != n ||
			len(c.rows("requests.json?"+span+"&status=open&status=closed&service_code=&page=")) != n {
			t.Errorf("%d open and %d closed", len(open), len(closed))
		}
		for _, r := range open {
			if r["status"] != "open" {
				t.Errorf("%v among the open", r)
			}
		}
		for _, r := range closed {
			if r["status"] != "closed" || r["status_notes"] != "Fixed." && r["status_notes"] != "Answered with an explanation." {
				t.Errorf("%v among the closed", r)
			}
		}
		byCode := map[string]int{}
		for _, r := range all {
			byCode[r["service_code"].(string)]++
		}
		var codes []string
		for code, some := range byCode {
			codes = append(codes, code)
			if got := c.rows("requests.json?" + span + "&service_code=" + code); len(got) != some {
				t.Errorf("%d of %s, want %d", len(got), code, some)
			}
		}
		if got := c.rows("requests.json?" + span + "&service_code=" + strings.Join(codes, ",")); len(got) != n {
			t.Errorf("all codes: %d", len(got))
		}
		// dates bound inclusively, to the second shown
		first, last := all[len(all)-1]["requested_datetime"].(string), all[0]["requested_datetime"].(string)
		if got := c.rows("requests.json?start_date=" + url.QueryEscape(first) + "&end_date=" + url.QueryEscape(last)); len(got) != n {
			t.Errorf("from the first to the last: %d", len(got))
		}
		if got := c.rows("requests.json?start_date=" + first + "&end_date=" + strings.Replace(last, "+", " ", 1)); len(got) != n {
			t.Errorf("unescaped: %d", len(got))
		}
		if got := c.rows("requests.json?start_date=2011-07-01T00:00:00-04:00&end_date=2011-09-29T00:00:00-04:00"); len(got) != n {
			t.Errorf("90 days to the second: %d", len(got))
		}
		for _, q := range []string{"start_date=2011-07-01T04:00:00Z", "end_date=2011-09-28T23:00Z"} { // one date: 90 days from it
			if got := c.rows("requests.json?" + q); len(got) != n {
				t.Errorf("%s: %d", q, len(got))
			}
		}
		if got := c.rows("requests.json"); len(got) != 0 {
			t.Errorf("%d rows of the last 90 days", len(got))
		}
		// ids override everything else
		some := append(ids(open)[:3], ids(closed)[:2]...)
		sort.Strings(some)
		got := c.rows("requests.json?service_request_id=" + strings.Join(some[:4], ",") + "&service_request_id=" + some[4] +
			",999-999-9999,x&status=closed&start_date=2001-01-01T00:00:00Z&end_date=2010-01-01T00:00:00Z")
		if !reflect.DeepEqual(ids(got), some) {
			t.Errorf("by id: %v, want %v", ids(got), some)
		}
		if got := c.rows("requests.json?service_request_id=999-999-9999"); len(got) != 0 {
			t.Error(got)
		}
		// what changed
		m := c.filed(c.openKey(), "service_code", lights, "lat", "42.33", "long", "-71.09")
		c.turn(2 * time.Hour)
		c.act(201, m, "accept", "pwd/head", nil)
		if got := c.rows("requests.json?updated_after=2012-01-02T13:00:00-05:00"); !reflect.DeepEqual(ids(got), []string{m.number}) ||
			got[0]["requested_datetime"] != "2012-01-02T12:00:00-05:00" || got[0]["updated_datetime"] != "2012-01-02T14:00:00-05:00" {
			t.Errorf("what changed: %v", got)
		}
		if got := c.rows("requests.json?updated_after=2012-01-02T15:00:00-05:00"); len(got) != 0 {
			t.Errorf("nothing changed: %v", got)
		}
		c.act(201, m, "answer", "pwd/head", map[string]any{"outcome": "fixed", "reason": "r"})
		c.turn(24 * time.Hour)
		c.act(201, m, "confirm", "code:"+m.code, map[string]any{"solved": true})
		if r := c.rows("requests/" + m.number + ".json")[0]; r["status"] != "closed" || r["updated_datetime"] != "2012-01-02T14:00:00-05:00" || r["status_notes"] != "Fixed." {
			t.Errorf("closed when it was answered: %v", r)
		}
	})
}

// A private matter is in no resource, whoever asks with whatever.
func TestOpen311PrivateIsNowhere(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		t := c.T
		key := c.openKey()
		offered := c.open(200, "services.json").text
		if !strings.Contains(offered, `"rights.wages"`) {
			t.Fatal("wages are not offered")
		}
		a := c.post("requests.json", "api_key", key, "service_code", "rights.wages", "lat", "42.33", "long", "-71.09", "description", "unpaid since May")
		var posted []map[string]string
		if err := json.Unmarshal([]byte(a.text), &posted); err != nil || a.status != 200 {
			t.Fatalf("%d %s", a.status, a.text)
		}
		m := told{posted[0]["service_request_id"], a.header.Get("Skein-Tracking")}
		if !strings.Contains(posted[0]["service_notice"], "private") {
			t.Errorf("the notice does not say so: %s", a.text)
		}
		shown := c.filed(key, "service_code", lights, "lat", "42.33", "long", "-71.09")
		c.turn(3 * 24 * time.Hour)
		for _, suffix := range []string{".json", ".xml"} {
			for _, resource := range []string{
				"requests%s", "requests%s?service_code=rights.wages", "requests%s?status=open", "requests%s?service_request_id=" + m.number, "requests%s?extensions=true",
				"requests%s?updated_after=2012-01-01T00:00:00Z", "servicerequestupdates%s", "requests%s?service_request_id=" + m.number + "," + shown.number,
			} {
				got := c.open(200, fmt.Sprintf(resource, suffix))
				for _, secret := range []string{m.number, strings.ReplaceAll(m.number, "-", ""), "rights.wages", "unpaid"} {
					if strings.Contains(got.text, secret) || strings.Contains(got.header.Get("Link"), secret) && !strings.Contains(resource, secret) {
						t.Errorf(resource+" shows %s", suffix, secret)
					}
				}
			}
			c.open(404, "requests/"+m.number+suffix)
		}
		other := c.openKey()
		if a := c.post("servicerequestupdates.json", "api_key", other, "service_request_id", m.number, "description", "x"); a.status != 404 {
			t.Errorf("another client learns that it exists: %d %s", a.status, a.text)
		}
		if a := c.post("servicerequestupdates.json", "api_key", key, "service_request_id", m.number, "description", "and June"); a.status != 200 {
			t.Errorf("its own client: %d %s", a.status, a.text)
		}
		// a matter that becomes private goes
		c.act(201, shown, "correct", "info/desk", map[string]any{"visibility": "private", "reason": "A home."})
		c.open(404, "requests/"+shown.number+".json")
		if strings.Contains(c.open(200, "requests.json").text+c.open(200, "servicerequestupdates.json").text, shown.number) {
			t.Error("a matter that was made private is still listed")
		}
	})
}

// A description and a photo are withheld until released, gone when withheld, masked when redacted.
func TestOpen311Released(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		t := c.T
		key := c.openKey()
		var picture bytes.Buffer
		if err := jpeg.Encode(&picture, image.NewGray(image.Rect(0, 0, 64, 48)), nil); err != nil {
			t.Fatal(err)
		}
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		for name, value := range map[string]string{"api_key": key, "service_code": lights, "lat": "42.33", "long": "-71.09", "description": "Mr. Smith's lamp"} {
			w.WriteField(name, value)
		}
		part, _ := w.CreateFormFile("media", "lamp.jpg")
		part.Write(picture.Bytes())
		w.CreateFormFile("file", "") // left empty
		w.Close()
		r, _ := http.NewRequest("POST", c.url+"/open311/v2/requests.json", &body)
		r.Header.Set("Content-Type", w.FormDataContentType())
		a := c.send(r)
		if a.status != 200 {
			t.Fatalf("%d %s", a.status, a.text)
		}
		var posted []map[string]string
		json.Unmarshal([]byte(a.text), &posted)
		m := told{posted[0]["service_request_id"], a.header.Get("Skein-Tracking")}
		one := func() map[string]any { return c.rows("requests/" + m.number + ".json")[0] }
		if got := one(); got["description"] != "" || got["media_url"] != nil {
			t.Errorf("before: %v", got)
		}
		d := c.digests(m)
		c.releaseUnmasked(m, d["text/plain"])
		if got := one(); got["description"] != "Mr. Smith's lamp" || got["media_url"] != nil {
			t.Errorf("the text alone: %v", got)
		}
		c.release(m, d["image/jpeg"])
		address, _ := one()["media_url"].(string)
		path, ok := strings.CutPrefix(address, "https://skein.example")
		if !ok {
			t.Fatalf("media_url is %q", address)
		}
		p := c.must(200, "GET", path, "", nil)
		if p.header.Get("Content-Type") != "image/jpeg" || p.header.Get("ETag") == "" || !strings.HasPrefix(p.text, "\xff\xd8") {
			t.Errorf("the photo: %v", p.header)
		}
		if !strings.Contains(c.open(200, "requests.xml").text, "<media_url>"+address+"</media_url>") {
			t.Error("the list lacks the photo")
		}
		c.act(201, m, "redact", "info/desk", map[string]any{"item": d["text/plain"], "text": "[…]'s lamp", "ground": "personal_data"})
		if got := one(); got["description"] != "[…]'s lamp" {
			t.Errorf("after the name was masked: %v", got)
		}
		c.act(201, m, "withhold", "info/desk", map[string]any{"items": []string{d["image/jpeg"]}, "ground": "personal_data", "law": "l"})
		if got := one(); got["media_url"] != nil {
			t.Errorf("after it was withheld: %v", got)
		}
		c.must(404, "GET", path, "", nil)
		for _, other := range []string{
			strings.Replace(path, d["image/jpeg"], d["text/plain"], 1), strings.Replace(path, ".jpg", "", 1), strings.Replace(path, ".jpg", ".png", 1),
			strings.Replace(path, m.number, "999-999-9999", 1), "/matters/x/photos/../../etc.jpg",
		} {
			if a := c.do("GET", other, "", nil); a.status != 404 && a.status != 422 {
				t.Errorf("%s: %d", other, a.status)
			}
		}
		c.holds()
	})
}

// Updates: the reporter's further words by her client, and what happened since, for all who follow.
func TestOpen311Updates(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		t := c.T
		key, other := c.openKey(), c.openKey()
		m := c.filed(key, "service_code", lights, "lat", "42.33", "long", "-71.09", "email", "ann@example.org")
		update := func(want int, pairs ...string) answer {
			t.Helper()
			a := c.post("servicerequestupdates.json", append([]string{"service_request_id", m.number}, pairs...)...)
			if a.status != want {
				t.Fatalf("update %q: %d, want %d\n%s", pairs, a.status, want, a.text)
			}
			return a
		}
		// as FixMyStreet sends it
		fms := []string{
			"api_key", key, "update_id", "123", "updated_datetime", "2012-01-02T12:30:00Z", "status", "CLOSED", "description", "It flickers now.",
			"first_name", "Ann", "last_name", "Lee", "email", "ANN@example.org", "media_url", "http://fms.example/1.jpg", "public_anonymity_required", "TRUE",
		}
		first := update(200, fms...)
		if !strings.Contains(first.text, m.number+"-") {
			t.Errorf("no update_id: %s", first.text)
		}
		if again := update(200, fms...); again.text != first.text {
			t.Errorf("sent again: %s, before %s", again.text, first.text)
		}
		update(400, append(slices.Clone(fms), "description", "another text under the same id", "x", "y")[:10]...)
		c.status(m, "assigned") // whatever its status says
		update(403, "api_key", other, "description", "I am she.")
		update(403, "api_key", key, "description", "A neighbour says too.", "email", "bob@example.org")
		update(403, "api_key", other, "description", "From another app.", "email", "ann@example.org") // an address proves nothing
		update(200, "api_key", other, "description", "By her code.", "tracking", m.code)
		c.act(201, m, "accept", "pwd/head", nil)
		c.act(201, m, "ask", "pwd/head", map[string]any{"text": "Which side?"})
		x := c.post("servicerequestupdates.xml", "service_request_id", m.number, "api_key", key, "description", "The north side.")
		n := parseXML(t, x.text)
		if x.status != 200 || n.XMLName.Local != "service_request_updates" || n.Nodes[0].XMLName.Local != "request_update" || n.Nodes[0].Nodes[0].XMLName.Local != "update_id" {
			t.Errorf("%d %s", x.status, x.text)
		}
		state, _, err := c.realm.State(context.Background(), c.dossier(m))
		if err != nil {
			t.Fatal(err)
		}
		s := state.(matter.State)
		if s.Questions != 0 {
			t.Error("her words did not answer the question")
		}
		contents, err := c.app.vault.ReadAll(context.Background(), c.realm.ID, string(s.Reporter))
		if err != nil || !slices.ContainsFunc(contents, func(p vault.Content) bool {
			return string(p.Text) == "It flickers now.\n\nhttp://fms.example/1.jpg"
		}) {
			t.Errorf("the address of the picture is not with her words (%v)", err)
		}
		c.turn(time.Hour)
		c.act(201, m, "answer", "pwd/head", map[string]any{"outcome": "fixed", "reason": "A new lamp.", "release": true})
		update(400, "api_key", key, "description", "Thanks.")
		list := func(q string) []map[string]any { return c.rows("servicerequestupdates.json?" + q) }
		var got []string
		for _, u := range list("start_date=2012-01-02T12:00:00-05:00&end_date=2012-01-02T14:00:00-05:00") {
			if u["service_request_id"] != m.number {
				continue
			}
			got = append(got, fmt.Sprint(u["status"], " ", u["updated_datetime"], " ", u["description"]))
			for _, secret := range []string{"flickers", "another app", "her code", "north", "Which side", "ann@", "fms.example"} {
				if strings.Contains(fmt.Sprint(u), secret) {
					t.Errorf("%v shows what nobody released", u)
				}
			}
		}
		at, later := "2012-01-02T12:00:00-05:00", "2012-01-02T13:00:00-05:00"
		if len(got) != 7 || !strings.HasPrefix(got[0], "open "+at+" Public Works Department") || !strings.HasPrefix(got[6], "closed "+later) || !strings.HasSuffix(got[6], "A new lamp.") {
			t.Errorf("the updates are\n%s", strings.Join(got, "\n"))
		}
		for i := range s.Items {
			if s.Items[i].Media == "text/plain" && s.Items[i].From == "reporter" {
				c.release(m, s.Items[i].Digest)
				break
			}
		}
		if u := list(""); !strings.Contains(fmt.Sprint(u), "It flickers now.") {
			t.Error("what was released is not in its update")
		}
		if u := list("page_size=1"); len(u) != 1 || u[0]["status"] != "closed" {
			t.Errorf("the first page has the latest: %v", u)
		}
		if u := list("page_size=1&page=2"); len(u) != 1 || u[0]["status"] != "open" {
			t.Errorf("the second page goes back: %v", u)
		}
		if u := list("start_date=2012-01-02T13:00:01-05:00"); len(u) != 0 {
			t.Errorf("nothing since: %v", u)
		}
		// steps that an importer only inferred are no news
		for _, u := range c.rows("servicerequestupdates.json?start_date=2011-07-01&end_date=2011-09-28") {
			if strings.Contains(fmt.Sprint(u["description"]), "confirmed") {
				t.Errorf("the city's records do not say %v", u)
			}
		}
		// reopened: open again
		c.act(201, m, "confirm", "code:"+m.code, map[string]any{"solved": false})
		c.act(201, m, "reopen", "code:"+m.code, map[string]any{"reason": "dark"})
		u := list("page_size=2")
		if u[0]["status"] != "open" || u[1]["status"] != "open" {
			t.Errorf("after reopening: %v", u)
		}
		c.holds()
	})
}

// The same Idempotency-Key and form again file one matter; and keys do not meet.
func TestOpen311Once(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		t := c.T
		key, other := c.openKey(), c.openKey()
		send := func(key, once, text string) (answer, string) {
			r, _ := http.NewRequest("POST", c.url+"/open311/v2/requests.json",
				strings.NewReader(url.Values{"service_code": {lights}, "lat": {"42.33"}, "long": {"-71.09"}, "description": {text}}.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Authorization", "Bearer "+key)
			r.Header.Set("Idempotency-Key", once)
			a := c.send(r)
			var out []map[string]any
			json.Unmarshal([]byte(a.text), &out)
			id, _ := "", 0
			if len(out) == 1 {
				id, _ = out[0]["service_request_id"].(string)
			}
			return a, id
		}
		a, first := send(key, "1", "x")
		b, again := send(key, "1", "x")
		_, otherKey := send(other, "1", "x")
		_, second := send(key, "2", "x")
		d, _ := send(key, "1", "y")
		if first == "" || first != again || otherKey == first || second == first || d.status != 400 {
			t.Errorf("%q %q %q %q %d %s", first, again, otherKey, second, d.status, d.text)
		}
		if a.header.Get("Skein-Tracking") == "" || b.header.Get("Skein-Tracking") != "" {
			t.Error("the code is given once")
		}
	})
}

// Languages: by Accept-Language, the realm's first otherwise.
func TestOpen311Languages(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	r, _ := http.NewRequest("GET", c.url+"/open311/v2/services.json", nil)
	r.Header.Set("Accept-Language", "zh-CN,zh;q=0.9")
	if a := c.send(r); !strings.Contains(a.text, "收入与工资") {
		t.Errorf("%.300s", a.text)
	}
	if a := c.open(200, "services.json"); !strings.Contains(a.text, "Income and wages") {
		t.Errorf("%.300s", a.text)
	}
	r.URL.Path, r.URL.RawQuery = "/open311/v2/requests.json", "page=0"
	if a := c.send(r); a.status != 400 || !strings.Contains(a.text, "整数") {
		t.Errorf("%s", a.text)
	}
}
