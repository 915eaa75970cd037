package basemap

import (
	"bytes"
	"encoding/binary"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"skein/internal/tinymap"
)

func written(t *testing.T, content []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "a.pmtiles")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// What the map could not draw is refused at start, by a sentence that says what is wrong.
func TestOpenTiles(t *testing.T) {
	good := tinymap.PMTiles()
	set := func(at int, to ...byte) func([]byte) []byte {
		return func(b []byte) []byte { copy(b[at:], to); return b }
	}
	number := func(at int, to uint64) func([]byte) []byte {
		return set(at, binary.LittleEndian.AppendUint64(nil, to)...)
	}
	metadata := func(text string) func([]byte) []byte { // plain, at the end; the root directory is made plain too, which its bytes stand for
		return func(b []byte) []byte {
			number(24, uint64(len(b)))(b)
			number(32, uint64(len(text)))(b)
			b[97] = 1
			return append(b, text...)
		}
	}
	for name, bad := range map[string]struct {
		change func([]byte) []byte
		says   string
	}{
		"empty":             {func([]byte) []byte { return nil }, "is no PMTiles file"},
		"another format":    {set(0, []byte("SQLite format 3")...), "is no PMTiles file"},
		"version 2":         {set(7, 2), "is of version 2 of PMTiles"},
		"a head alone":      {func(b []byte) []byte { return b[:60] }, "is cut off within its first 127 bytes"},
		"cut off":           {func(b []byte) []byte { return b[:len(b)-1] }, "is cut off: it has"},
		"beyond all":        {number(56, 1<<64-1), "is cut off: it has"},
		"pictures":          {set(99, 2), "holds no vector tiles but pictures: a style can show them"},
		"MapLibre's tiles":  {set(99, 6), "holds tiles of a type that the map does not read (6)"},
		"brotli":            {set(98, 3), "is compressed in a way"},
		"zooms":             {set(100, 13), "says that its zooms go from 13 to 12"},
		"root far away":     {number(8, 1000000), "is cut off"},
		"root in the head":  {number(8, 3), "does not have its root directory"},
		"no root":           {number(16, 0), "does not have its root directory"},
		"root is no gzip":   {set(127, 0, 0), "has a root directory that cannot be read"},
		"metadata no JSON":  {metadata("{"), "has metadata that cannot be read"},
		"metadata no gzip":  {number(24, 127+200), "has metadata that cannot be read"},
		"another schema":    {metadata(`{"attribution":"A","vector_layers":[{"id":"transportation"}]}`), "has none of the layers earth, landuse, water"},
		"nobody's":          {metadata(`{"vector_layers":[{"id":"earth"}]}`), "does not say whom to credit"},
		"empty markup":      {metadata(`{"attribution":"<a href=''> </a>","vector_layers":[{"id":"earth"}]}`), "does not say whom to credit"},
		"too long a credit": {metadata(`{"attribution":"` + strings.Repeat("名", MostCredit+1) + `","vector_layers":[{"id":"earth"}]}`), "has a credit of more than 200 letters"},
	} {
		f, err := OpenTiles(written(t, bad.change(bytes.Clone(good))), "")
		if err == nil || !strings.Contains(err.Error(), "a.pmtiles "+bad.says) {
			t.Errorf("%s: %v, want %q", name, err, bad.says)
		}
		f.Close()
	}
	if _, err := OpenTiles(t.TempDir(), ""); err == nil || !strings.Contains(err.Error(), "is no file") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := OpenTiles(filepath.Join(t.TempDir(), "none"), ""); !os.IsNotExist(err) {
		t.Errorf("nothing: %v", err)
	}
}

// A credit is text, whoever says it, and the operator's goes first.
func TestCredit(t *testing.T) {
	for said, want := range map[string]string{
		"": "Invented & drawn for tests <b>", "Town  of\nRiverside 河边镇": "Town of Riverside 河边镇",
		`<img src=x onerror="alert(1)">© OpenStreetMap`: "© OpenStreetMap", "<script>alert(1)</script>Us": "Us",
	} {
		f, err := OpenTiles(written(t, tinymap.PMTiles()), said)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if at := f.Covers[0]; at.West != -71.25 || at.North != 42.45 {
			t.Errorf("it covers %v", at)
		}
		if f.Credit != want {
			t.Errorf("%q: %q, want %q", said, f.Credit, want)
		}
	}
}

// Parts are given out as a browser asks for them (RFC 9110, 14), and nothing is sent again that has not changed.
func TestRanges(t *testing.T) {
	content := tinymap.PMTiles()
	name := written(t, content)
	f, err := OpenTiles(name, "")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	ask := func(f *Map, method string, header ...string) (*http.Response, []byte) {
		r := httptest.NewRequest(method, f.Tiles, nil)
		r.SetPathValue("file", strings.TrimPrefix(f.Tiles, Prefix))
		r.Header.Set("Accept-Encoding", "gzip, br")
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		f.ServeHTTP(w, r)
		body, _ := io.ReadAll(w.Result().Body)
		return w.Result(), body
	}
	res, body := ask(f, "GET", "Range", "bytes=127-255")
	if res.StatusCode != 206 || !bytes.Equal(body, content[127:256]) || res.Header.Get("Content-Encoding") != "" {
		t.Errorf("a part: %d %v", res.StatusCode, res.Header)
	}
	if res.Header.Get("Content-Type") != "application/vnd.pmtiles" || !strings.Contains(res.Header.Get("Cache-Control"), "no-transform") {
		t.Errorf("%v", res.Header)
	}
	etag := res.Header.Get("ETag")
	if res, _ := ask(f, "GET", "Range", "bytes=99999999-"); res.StatusCode != 416 {
		t.Errorf("beyond the end: %d", res.StatusCode)
	}
	if res, body := ask(f, "GET", "If-None-Match", etag); res.StatusCode != 304 || len(body) > 0 {
		t.Errorf("not changed: %d", res.StatusCode)
	}
	if res, body := ask(f, "GET", "Range", "bytes=0-9", "If-Range", `"another"`); res.StatusCode != 200 || len(body) != len(content) {
		t.Errorf("a part of another file: %d, %d bytes", res.StatusCode, len(body))
	}
	if res, body := ask(f, "HEAD"); res.StatusCode != 200 || len(body) > 0 || res.Header.Get("Accept-Ranges") != "bytes" {
		t.Errorf("its head: %d %v", res.StatusCode, res.Header)
	}
	// a new file takes the name: this one goes on as it was, and the next start has another ETag
	again := written(t, append(bytes.Clone(content), 0))
	if err := os.Rename(again, name); err != nil {
		t.Fatal(err)
	}
	if res, body := ask(f, "GET"); res.StatusCode != 200 || !bytes.Equal(body, content) || res.Header.Get("ETag") != etag {
		t.Errorf("while another takes its name: %d", res.StatusCode)
	}
	next, err := OpenTiles(name, "")
	if err != nil {
		t.Fatal(err)
	}
	defer next.Close()
	if res, _ := ask(next, "GET", "If-None-Match", etag); res.StatusCode != 200 {
		t.Errorf("another file: %d", res.StatusCode)
	}
}

// FuzzCheck holds that any bytes are refused by a sentence or have a credit that is one line of text.
func FuzzCheck(f *testing.F) {
	good := tinymap.PMTiles()
	f.Add(good)
	f.Add(good[:127])
	f.Add([]byte("PMTiles\x03"))
	f.Add([]byte("PMTiles\x02"))
	f.Fuzz(func(t *testing.T, content []byte) {
		said, err := check(bytes.NewReader(content), int64(len(content)))
		if said.credit != strings.Join(strings.Fields(said.credit), " ") {
			t.Errorf("%q", said.credit)
		}
		if err != nil && (said.credit != "" || said.layers != nil || !strings.Contains(err.Error(), " ")) {
			t.Errorf("%v %v", said, err)
		}
	})
}
