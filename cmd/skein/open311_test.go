package main

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"skein/face"
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
