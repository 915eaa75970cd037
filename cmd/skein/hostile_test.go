package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"image"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"skein/frame/vault"
	"skein/rooms/matter"
)

// Bad input is refused with a sentence or stored inertly; nothing of it takes the server down.

func TestHostileTexts(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		for _, text := range []string{
			"'; DROP TABLE acts; --", `<script>alert(1)</script>`, "\x00\x01\x1b[31mred", "\u202egnp.exe\u202c \u2066x\u2069",
			strings.Repeat("垃", 10_000), "a\r\nb\tc", "{{.}} ${x} %s %n", strings.Repeat("\u0301", 500),
		} {
			m := c.report(lamp(text))
			a := c.status(m, "assigned")
			for _, r := range []string{"\u0000", "\u001b", "\u202e", "\u2066"} {
				if raw, _ := json.Marshal(r); strings.Contains(a.text, strings.Trim(string(raw), `"`)) || strings.Contains(a.text, r) {
					t.Errorf("%q came back with %q", text, r)
				}
			}
		}
		for what, body := range map[string]string{
			"too long":         fmt.Sprintf(`{"text":%q,"lat":42.33,"lon":-71.09}`, strings.Repeat("x", 10_001)),
			"unknown category": `{"category":"no.such","lat":42.33,"lon":-71.09}`,
			"unknown kind":     `{"kind":"riot","lat":42.33,"lon":-71.09}`,
			"no such latitude": `{"lat":142.33,"lon":-71.09}`,
			"half a point":     `{"lat":42.33}`,
			"nowhere":          `{"text":"x"}`,
			"unknown place":    `{"place":"atlantis","text":"x"}`,
			"unknown member":   `{"lat":42.33,"lon":-71.09,"reporter":"somebody"}`,
			"no JSON":          `{"lat":`,
			"a list":           `[]`,
			"deep":             strings.Repeat(`{"contact":`, 5000) + "1" + strings.Repeat("}", 5000),
			"bad mail":         `{"lat":42.33,"lon":-71.09,"contact":{"email":"a b@c\r\nBcc: d"}}`,
			"bad phone":        `{"lat":42.33,"lon":-71.09,"contact":{"phone":"call me"}}`,
			"no complaint":     `{"kind":"complaint","lat":42.33,"lon":-71.09}`,
		} {
			r, _ := http.NewRequest("POST", c.url+"/api/matters", strings.NewReader(body))
			r.Header.Set("Content-Type", "application/json")
			a := c.send(r)
			if a.status < 400 || a.status >= 500 || a.header.Get("Content-Type") != "application/problem+json" || a.get("detail") == "" {
				t.Errorf("%s: %d %s %.300s", what, a.status, a.header.Get("Content-Type"), a.text)
			}
		}
		// a point in the sea is taken and waits for the desk
		if m := c.report(map[string]any{"text": "x", "lat": 41.0, "lon": -60.0}); c.status(m, "received").get("waiting") != "outside" {
			t.Error("a point outside the realm does not wait for the desk")
		}
		for _, number := range []string{"000-000-0000", "1", "999-999-9999", "../../etc/passwd", "%00", strings.Repeat("9", 300)} {
			if a := c.do("GET", "/api/matters/"+strings.ReplaceAll(number, "/", "%2F"), "", nil); a.status < 400 || a.status >= 500 {
				t.Errorf("number %q: %d", number, a.status)
			}
		}
		for path, want := range map[string]int{
			"/api/matters?limit=0": 422, "/api/matters?limit=100000": 422, "/api/matters?after=x": 422, "/api/matters?status=odd": 422, "/api/none": 404,
		} {
			if a := c.do("GET", path, "", nil); a.status != want {
				t.Errorf("%s: %d, want %d", path, a.status, want)
			}
		}
		c.holds()
	})
}

func TestHostileBodies(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	send := func(kind string, body io.Reader, head ...string) answer {
		r, err := http.NewRequest("POST", c.url+"/api/matters", body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", kind)
		for i := 0; i+1 < len(head); i += 2 {
			r.Header.Set(head[i], head[i+1])
		}
		return c.send(r)
	}
	if a := send("application/json", strings.NewReader(`{"text":"`+strings.Repeat("x", 2<<20)+`"}`)); a.status != 413 {
		t.Errorf("2 MB of JSON: %d", a.status)
	}
	if a := send("application/json", io.MultiReader(strings.NewReader(`{"text":"`), strings.NewReader(strings.Repeat("x", 2<<20)))); a.status != 413 {
		t.Errorf("2 MB of JSON without a length: %d %.200s", a.status, a.text)
	}
	if a := send("text/plain", strings.NewReader("hello")); a.status != 415 {
		t.Errorf("plain text: %d", a.status)
	}
	if a := send("application/json", strings.NewReader(`{}`), "Sec-Fetch-Site", "cross-site"); a.status != 403 {
		t.Errorf("from another site: %d", a.status)
	}
	if a := send("application/json", strings.NewReader(`{}`), "Authorization", "Bearer skein_wrong"); a.status != 401 || a.header.Get("WWW-Authenticate") == "" {
		t.Errorf("a wrong key: %d", a.status)
	}
}

func (c *city) upload(m told, name string, file io.Reader) answer {
	c.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("photo", name)
	if err == nil {
		_, err = io.Copy(part, file)
	}
	if err != nil {
		c.Fatal(err)
	}
	w.Close()
	r, err := http.NewRequest("POST", c.url+"/api/matters/"+m.number+"/photos", &body)
	if err != nil {
		c.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Skein-Tracking", m.code)
	return c.send(r)
}

// A photo that is sent by the API is written anew as it arrives, and nothing of it as it came lies on the disk: not while it is read, nor
// of what is refused, or of who may add none.
func TestUploadsStayOffTheDisk(t *testing.T) {
	t.Parallel()
	c := newCity(t, sqlite, 30)
	word, filler := rand.Text(), bytes.Repeat([]byte{0}, 1<<15)
	m, stranger := c.report(lamp("x")), c.report(lamp("y"))
	stranger.code = m.code
	for _, sent := range []struct {
		to     told
		file   []byte
		status int
	}{{m, exif(word), 201}, {stranger, exif(word), 403}, {m, []byte(word), 415}} {
		if a := c.upload(sent.to, "x.jpg", bytes.NewReader(append(sent.file, filler...))); a.status != sent.status {
			t.Errorf("%d, not %d: %s", a.status, sent.status, a.text)
		}
	}
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range left { // those of other programs too
		if raw, err := os.ReadFile(path); err == nil && bytes.Contains(raw, []byte(word)) {
			t.Errorf("%s holds what was sent", filepath.Base(path))
		}
	}
}

// A form whose end did not arrive is refused, however much of it did: what came may be less than was written.
func TestCutOffForms(t *testing.T) {
	t.Parallel()
	c := newCity(t, sqlite, 30)
	m := c.report(lamp("x"))
	for path, fields := range map[string][]string{
		"/report":                              {"kind", "request", "category", lights, "text", "x", "lat", "42.33", "lon", "-71.09", "visibility", "public"},
		"/api/matters/" + m.number + "/photos": {"text", "x"},
	} {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		for i := 0; i < len(fields); i += 2 {
			w.WriteField(fields[i], fields[i+1])
		}
		part, err := w.CreateFormFile(map[bool]string{true: "photos", false: "photo"}[path == "/report"], "x.jpg")
		if err != nil {
			t.Fatal(err)
		}
		part.Write(exif("x"))
		w.Close()
		before, _ := clerkHead(t, c.app.where.Data)
		for _, end := range []int{4, len(w.Boundary()) + 6, len(w.Boundary()) + 30} { // in the last boundary, before it, in the photo
			r, err := http.NewRequest("POST", c.url+path, bytes.NewReader(body.Bytes()[:body.Len()-end]))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", w.FormDataContentType())
			r.Header.Set("Skein-Tracking", m.code)
			if a := c.send(r); a.status != 400 {
				t.Errorf("%s without its last %d bytes: %d %.300s", path, end, a.status, a.text)
			}
		}
		if after, _ := clerkHead(t, c.app.where.Data); after != before {
			t.Errorf("%s: %d acts of a form that did not arrive", path, after-before)
		}
	}
}

// bomb is a PNG of a few bytes that says it has 60,000 × 60,000 pixels.
func bomb() []byte {
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	head := binary.BigEndian.AppendUint32([]byte("IHDR"), 60_000)
	head = append(binary.BigEndian.AppendUint32(head, 60_000), 8, 6, 0, 0, 0)
	binary.Write(&b, binary.BigEndian, uint32(13))
	b.Write(head)
	binary.Write(&b, binary.BigEndian, crc32.ChecksumIEEE(head))
	return b.Bytes()
}

func TestPhotos(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	m := c.report(lamp("x"))
	for what, file := range map[string][]byte{
		"a bomb": bomb(), "no picture": []byte("#!/bin/sh\nrm -rf /"), "empty": nil, "HTML": []byte("<html><script>"),
	} {
		if a := c.upload(m, "../../x.php", bytes.NewReader(file)); a.status < 400 || a.status >= 500 || a.get("detail") == "" {
			t.Errorf("%s: %d %.200s", what, a.status, a.text)
		}
	}
	if a := c.upload(m, "big.jpg", io.LimitReader(zeros{}, 40<<20)); a.status != 413 {
		t.Errorf("40 MB: %d", a.status)
	}
	var picture bytes.Buffer
	if err := jpeg.Encode(&picture, image.NewGray(image.Rect(0, 0, 640, 480)), nil); err != nil {
		t.Fatal(err)
	}
	// an EXIF segment that says where it was taken
	gps := []byte("Exif\x00\x00GPSLatitude=42.3300N,PLANTED")
	raw := append([]byte{0xff, 0xd8, 0xff, 0xe1, 0, byte(len(gps) + 2)}, gps...)
	raw = append(raw, picture.Bytes()[2:]...)
	stranger := told{m.number, "0000-0000-0000-0000"}
	if a := c.upload(stranger, "x.jpg", bytes.NewReader(raw)); a.status != 403 {
		t.Errorf("a stranger adds a photo: %d", a.status)
	}
	if a := c.upload(m, "x.jpg", bytes.NewReader(raw)); a.status != 201 {
		t.Fatalf("a photo: %d %s", a.status, a.text)
	}
	state, _, err := c.realm.State(context.Background(), c.dossier(m))
	if err != nil {
		t.Fatal(err)
	}
	s := state.(matter.State)
	var shown int
	for _, it := range s.Items {
		if it.Media != "image/jpeg" {
			continue
		}
		content, err := c.app.vault.Read(context.Background(), c.realm.ID, vault.Ref{Box: string(s.Reporter), Digest: it.Digest})
		if err != nil || bytes.Contains(content.Text, []byte("PLANTED")) || len(content.Text) == 0 {
			t.Errorf("the photo in the vault: %d bytes, %v", len(content.Text), err)
		}
		path := matter.PhotoPath(s.Number, it.Digest)
		if a := c.do("GET", path, "", nil); a.status != 404 {
			t.Errorf("%s is shown before it was released: %d", path, a.status)
		}
		c.act(403, m, "release", "code:"+m.code, map[string]any{"items": []string{it.Digest}})
		c.act(201, m, "release", "info/desk", map[string]any{"items": []string{it.Digest}})
		if a := c.do("GET", path, "", nil); a.status != 200 || strings.Contains(a.text, "PLANTED") || a.header.Get("Content-Disposition") != `inline; filename="`+m.number+`.jpg"` {
			t.Errorf("%s after its release: %d", path, a.status)
		}
		c.act(201, m, "withhold", "info/desk", map[string]any{"items": []string{it.Digest}, "ground": "personal_data", "law": "l"})
		if a := c.do("GET", path, "", nil); a.status != 404 {
			t.Errorf("%s after it was withheld: %d", path, a.status)
		}
		shown++
	}
	if shown != 1 {
		t.Errorf("%d photos, want 1", shown)
	}
	c.holds()
}

// A masked version goes before the original, for everyone.
func TestRedaction(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		m := c.report(lamp("The lamp at Mr Brown's, 617-555-0100, is out"))
		a := c.status(m, "assigned")
		text := a.json["texts"].([]any)[0].(map[string]any)["digest"].(string)
		see := func(want, not string) {
			t.Helper()
			if a := c.must(200, "GET", "/api/matters/"+m.number, "", nil); !strings.Contains(a.text, want) || not != "" && strings.Contains(a.text, not) {
				t.Errorf("everyone sees %s", a.text)
			}
		}
		c.act(201, m, "release", "info/desk", map[string]any{"items": []string{text}, "unmasked": true})
		see("617-555", "")
		c.act(403, m, "redact", "isd/head", map[string]any{"item": text, "text": "y", "ground": "personal_data"})
		c.act(201, m, "redact", "info/desk", map[string]any{"item": text, "text": "The lamp at [name], [phone], is out", "ground": "personal_data"})
		if a := c.must(200, "GET", "/api/matters/"+m.number, "", nil); strings.Contains(a.text, "617-555") {
			t.Errorf("the original is still shown: %s", a.text)
		}
		if a := c.status(m, "assigned"); !strings.Contains(a.text, "617-555") {
			t.Errorf("the reporter does not see what she wrote: %s", a.text)
		}
		c.holds()
	})
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }
