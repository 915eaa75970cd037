package open311

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"skein/frame/civic"
)

func TestPath(t *testing.T) {
	for _, c := range []struct {
		url, accept, parts string
		format             format
	}{
		{"/open311/v2/services.xml", "application/json", "services", formatXML},
		{"/open311/v2/services.json", "", "services", formatJSON},
		{"/open311/v2/services.JSON", "", "services", formatJSON},
		{"/open311/v2/services", "", "services", formatXML},
		{"/open311/v2/services/", "*/*", "services", formatXML},
		{"/open311/v2/services", "application/json", "services", formatJSON},
		{"/open311/v2/services", "text/html,application/xml;q=0.9,application/json", "services", formatXML},
		{"/open311/v2/services", "text/html, Text/JSON;q=0.1", "services", formatJSON},
		{"/open311/v2/services/rights.wages.json", "", "services|rights.wages", formatJSON},
		{"/open311/v2/services/rights.wages", "", "services|rights.wages", formatXML},
		{"/open311/v2/services.yaml", "", "services.yaml", formatXML},
		{"/open311/v2/requests/412-338-0957.xml", "", "requests|412-338-0957", formatXML},
		{"/open311/v2", "", "", formatXML},
		{"/open311/v2/.json", "", "", formatJSON},
	} {
		r := httptest.NewRequest("GET", c.url, nil)
		r.Header.Set("Accept", c.accept)
		parts, f := path(r)
		if strings.Join(parts, "|") != c.parts || f != c.format {
			t.Errorf("%s accepting %q: %q as %s, want %s as %s", c.url, c.accept, parts, f, c.parts, c.format)
		}
	}
}

func TestInstant(t *testing.T) {
	boston, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][2]string{
		"2010-01-01T00:00:00Z":        {"2010-01-01T00:00:00Z", "2010-01-01T00:00:01Z"},
		"2010-01-01T00:00:00-05:00":   {"2010-01-01T05:00:00Z", "2010-01-01T05:00:01Z"},
		"2010-01-01T00:00:00+0100":    {"2009-12-31T23:00:00Z", "2009-12-31T23:00:01Z"},
		"2010-01-01T00:00:00 01:00":   {"2009-12-31T23:00:00Z", "2009-12-31T23:00:01Z"}, // + in a query
		"2010-01-01T00:00Z":           {"2010-01-01T00:00:00Z", "2010-01-01T00:01:00Z"},
		"2010-04-19T14:37:38.500Z":    {"2010-04-19T14:37:38.5Z", "2010-04-19T14:37:39.5Z"},
		"2010-11-07":                  {"2010-11-07T04:00:00Z", "2010-11-08T05:00:00Z"}, // a day of 25 hours
		"1970-01-01T00:00:00Z":        {"1970-01-01T00:00:00Z", "1970-01-01T00:00:01Z"},
		"2010-01-01T00:00:00":         {},
		"2010-01-01 00:00:00":         {},
		"2010":                        {},
		"2010-02-30":                  {},
		"":                            {},
		"9999-01-01":                  {},
		"0001-01-01T00:00:00Z":        {},
		"2010-01-01T00:00:00Z; DROP":  {},
		"２０１０-01-01":                  {},
		"20100101T000000Z":            {},
		"2010-01-01T24:00:00Z":        {},
		"2010-01-01T00:00:60Z":        {},
		"Fri, 01 Jan 2010 00:00:00 Z": {},
	} {
		from, until, ok := instant(text, boston)
		if ok != (want[0] != "") {
			t.Errorf("%q is read: %v", text, ok)
		}
		if ok {
			show := func(i civic.Instant) string { return time.UnixMicro(int64(i)).UTC().Format(time.RFC3339Nano) }
			if show(from) != want[0] || show(until) != want[1] {
				t.Errorf("%q is %s to %s, want %s", text, show(from), show(until), want)
			}
		}
	}
}

func TestDegrees(t *testing.T) {
	for text, want := range map[string]float64{"42.36": 42.36, "-71": -71, "1e1": 10, "+3.5": 3.5, ".5": .5, "0": 0} {
		if got, ok := degrees(text); !ok || got != want {
			t.Errorf("%q is %v, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "NaN", "Inf", "-inf", "0x1p4", "1_0", "42,36", "4 2", "1e999", "٤٢", strings.Repeat("1", 41), "--1", "e"} {
		if got, ok := degrees(text); ok {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func TestParams(t *testing.T) {
	p, refusals := query("A=1&a=2&b=&c=x,+y,,z&C=w&attribute[K][]=v&d=%20e%20")
	want := params{"a": {"1", "2"}, "c": {"x, y,,z", "w"}, "attribute[k][]": {"v"}, "d": {" e "}}
	for _, v := range p { // which of the letters comes first is nobody's business
		if len(v) == 2 && v[0] > v[1] && v[0] != "x, y,,z" {
			v[0], v[1] = v[1], v[0]
		}
	}
	if len(p["c"]) == 2 && p["c"][0] == "w" {
		p["c"][0], p["c"][1] = p["c"][1], p["c"][0]
	}
	if len(refusals) > 0 || !reflect.DeepEqual(p, want) {
		t.Errorf("%v %v", p, refusals)
	}
	if p.get("d") != "e" || p.get("none") != "" || !reflect.DeepEqual(p.list("c"), []string{"x", "y", "z", "w"}) || p.list("b") != nil {
		t.Errorf("%q %q %q", p.get("d"), p.list("c"), p.list("b"))
	}
	for _, raw := range []string{"a=%", "a=%zz", "%gg=1", "a=%ff", "%ff=a", "a;b"} {
		if p, refusals := query(raw); len(refusals) != 1 || refusals[0].Kind != civic.Malformed {
			t.Errorf("%s: %v %v", raw, p, refusals)
		}
	}
	var many strings.Builder
	for range mostParams + 1 {
		many.WriteString("&x" + strings.Repeat("y", many.Len()%17) + string(rune('a'+many.Len()%26)) + "=1")
	}
	if _, refusals := query(many.String()); len(refusals) > 1 {
		t.Error(refusals)
	}
}

func picture(t testing.TB) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func post(kind string, body []byte) *http.Request {
	r := httptest.NewRequest("POST", "/open311/v2/requests.json?jurisdiction_id=query&lang=zh", bytes.NewReader(body))
	r.Header.Set("Content-Type", kind)
	return r
}

func TestMultipart(t *testing.T) {
	build := func(f func(*multipart.Writer)) (string, []byte) {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		f(w)
		w.Close()
		return w.FormDataContentType(), b.Bytes()
	}
	file := func(w *multipart.Writer, field string, content []byte) {
		p, _ := w.CreateFormFile(field, "../x.png")
		p.Write(content)
	}
	kind, body := build(func(w *multipart.Writer) {
		w.WriteField("Description", "垃圾")
		file(w, "media", picture(t))
		file(w, "file", nil)
		file(w, "media[]", picture(t))
		w.WriteField("lat", "42")
	})
	f, err := readForm(context.Background(), post(kind, body))
	if err != nil || f.get("description") != "垃圾" || f.get("lat") != "42" || f.get("jurisdiction_id") != "query" || len(f.photos) != 2 || f.photos[0].W != 3 {
		t.Errorf("%v %+v", err, f)
	}
	for what, x := range map[string]struct {
		build func(*multipart.Writer)
		key   string
	}{
		"no picture": {func(w *multipart.Writer) { file(w, "media", []byte("#!/bin/sh")) }, "photo.unknown_type"},
		"many files": {func(w *multipart.Writer) {
			for range mostFiles + 1 {
				file(w, "m", picture(t))
			}
		}, "open311.files"},
		"a long value": {func(w *multipart.Writer) { w.WriteField("description", strings.Repeat("x", mostValue+1)) }, "open311.value_large"},
		"no UTF-8":     {func(w *multipart.Writer) { w.WriteField("description", "\xff") }, "open311.encoding"},
		"many fields": {func(w *multipart.Writer) {
			for range mostParams + 1 {
				w.WriteField("x", "y")
			}
		}, "open311.form_large"},
	} {
		kind, body := build(x.build)
		_, err := readForm(context.Background(), post(kind, body))
		if rs, ok := civic.AsRefusals(err); !ok || rs[0].Key != x.key {
			t.Errorf("%s: %v, want %s", what, err, x.key)
		}
	}
	for kind, key := range map[string]string{
		"multipart/form-data": "open311.content_type", "text/plain": "open311.content_type", "application/json": "open311.content_type", "x/;;": "open311.content_type",
		"multipart/form-data; boundary=z": "open311.form",
	} {
		_, err := readForm(context.Background(), post(kind, []byte("--y\r\n\r\nx")))
		if rs, ok := civic.AsRefusals(err); !ok || rs[0].Key != key {
			t.Errorf("%s: %v, want %s", kind, err, key)
		}
	}
	if f, err := readForm(context.Background(), post("", []byte("a=1"))); err != nil || f.get("a") != "1" {
		t.Errorf("without a type: %v %v", f, err)
	}
	for query, want := range map[string]int{"": 0, "lat=": 0, "JURISDICTION_ID=x&lang=en": 0, "api_key=x&lat=1": 2, "Email=a%40b.example": 1, "x=%ff": 1} {
		r := httptest.NewRequest("POST", "/open311/v2/requests.json?"+query, strings.NewReader("a=1"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		f, err := readForm(context.Background(), r)
		if rs, _ := civic.AsRefusals(err); len(rs) != want || want == 0 && (err != nil || f.get("a") != "1") {
			t.Errorf("%q in the address: %v", query, err)
		}
	}
}

// whole holds what every form that was taken must be.
func whole(t *testing.T, f form, err error) {
	if err != nil {
		if rs, ok := civic.AsRefusals(err); !ok || len(rs) == 0 || rs[0].Key == "" {
			t.Fatalf("no refusal: %v", err)
		}
		return
	}
	for name, values := range f.params {
		if name != strings.ToLower(name) || !utf8.ValidString(name) || len(values) == 0 {
			t.Errorf("parameter %q: %q", name, values)
		}
		for _, v := range values {
			if v == "" || !utf8.ValidString(v) {
				t.Errorf("%q is %q", name, v)
			}
		}
	}
	var refusals civic.Refusals
	if text := f.description(&refusals); len(refusals) == 0 && utf8.RuneCountInString(text) > mostDescription {
		t.Error("a long description was taken")
	}
	page(f.params, &refusals)
	f.mediaURL(&refusals)
	instant(f.get("start_date"), time.UTC)
	if d, ok := degrees(f.get("lat")); ok && d != d {
		t.Error("NaN was taken")
	}
}

func FuzzForm(f *testing.F) {
	for _, s := range []string{
		"api_key=xyz&jurisdiction_id=city.gov&service_code=001&lat=37.76524078&long=-122.4212043&address_string=1234+5th+street&email=smit333%40sfgov.edu&device_id=tt222111&account_id=123456&first_name=john&last_name=smith&phone=111111111&description=A+large+sinkhole+is+destroying+the+street&media_url=http%3A%2F%2Ffarm3.static.flickr.com%2F2002%2F2212426634_5ed477a060.jpg&attribute[WHISPAWN]=123456&attribute[WHISDORN]=COISL001",
		"", "&&&", "=", "a", "a=%", "a=%ff", "lat=NaN&long=1e999", "start_date=2010-01-01T00:00:00Z&page=0&page_size=99999999999999999999", "attribute[a][]=1&attribute[a][]=2", "description=%E7%81%AF%00%1b",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		form, err := readForm(context.Background(), post("application/x-www-form-urlencoded; charset=utf-8", body))
		whole(t, form, err)
	})
}

func FuzzMultipart(f *testing.F) {
	f.Add([]byte("--b\r\nContent-Disposition: form-data; name=\"lat\"\r\n\r\n42\r\n--b\r\nContent-Disposition: form-data; name=\"media\"; filename=\"x.png\"\r\n\r\n" + string(picture(f)) + "\r\n--b--\r\n"))
	for _, s := range []string{"", "--b", "--b--", "--b\r\n\r\n\r\n--b--", "--b\r\nContent-Disposition: form-data; name=\"\xff\"\r\n\r\nx\r\n--b--", "--b\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: form-data; name=\"media\"; filename=\"a\"\r\n\r\nR0lGODlh\r\n--b--"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		form, err := readForm(context.Background(), post("multipart/form-data; boundary=b", body))
		whole(t, form, err)
		if len(form.photos) > mostFiles {
			t.Errorf("%d photos", len(form.photos))
		}
	})
}
