package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

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
