package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"
)

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
