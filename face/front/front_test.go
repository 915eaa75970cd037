package front

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

func bundle(t *testing.T) fs.FS {
	t.Helper()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write([]byte("body{}"))
	z.Close()
	return fstest.MapFS{
		"manifest.json":  {Data: []byte(`{"app.css":"app-1A.css"}`)},
		"app-1A.css":     {Data: []byte("body{}")},
		"app-1A.css.gz":  {Data: packed.Bytes()},
		"app-1A.css.br":  {Data: []byte("brotli")},
		"app-OLD.css":    {Data: []byte("old")},
		"app-OLD.css.gz": {Data: []byte("old")},
	}
}

func ask(h http.Handler, path string, headers ...string) *http.Response {
	r := httptest.NewRequest("GET", path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func TestEncodingIsWhatTheClientAccepts(t *testing.T) {
	for _, c := range []struct{ accept, encoding string }{
		{"", ""},
		{"identity", ""},
		{"gzip", "gzip"},
		{"gzip, deflate, br, zstd", "br"},
		{"gzip;q=1.0, br;q=0.5", "gzip"},
		{"br;q=0, gzip", "gzip"},
		{"br;q=0, gzip;q=0", ""},
		{"*", "br"},
		{"br;q=0, *", "gzip"},
		{"*;q=0", ""},
		{"BR", "br"},
		{"br;q=nonsense", ""},
	} {
		res := ask(handler(bundle(t)), Prefix+"app-1A.css", "Accept-Encoding", c.accept)
		if got := res.Header.Get("Content-Encoding"); res.StatusCode != 200 || got != c.encoding {
			t.Errorf("Accept-Encoding %q: %d %q, want 200 %q", c.accept, res.StatusCode, got, c.encoding)
		}
	}
}

func TestFilesAreKeptForEverAndAskedOnce(t *testing.T) {
	h := handler(bundle(t))
	res := ask(h, Prefix+"app-1A.css", "Accept-Encoding", "gzip")
	for name, want := range map[string]string{
		"Content-Type":           "text/css; charset=utf-8",
		"Cache-Control":          "public, max-age=31536000, immutable",
		"Vary":                   "Accept-Encoding",
		"X-Content-Type-Options": "nosniff",
	} {
		if got := res.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	z, err := gzip.NewReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(z); err != nil || string(text) != "body{}" {
		t.Errorf("unpacked: %q, %v", text, err)
	}
	tag := res.Header.Get("ETag")
	if again := ask(h, Prefix+"app-1A.css", "Accept-Encoding", "gzip", "If-None-Match", tag); again.StatusCode != http.StatusNotModified {
		t.Errorf("asked again with its ETag: %d, want 304", again.StatusCode)
	}
	if other := ask(h, Prefix+"app-1A.css", "Accept-Encoding", "br", "If-None-Match", tag); other.StatusCode != 200 {
		t.Errorf("ETag of gzip asked for Brotli: %d, want 200", other.StatusCode)
	}
}

func TestOnlyTheBundleIsServed(t *testing.T) {
	for _, path := range []string{"", "manifest.json", ".keep", "app-OLD.css", "app.css", "app-1A.css.gz", "../front.go", "app-1A.css/"} {
		if res := ask(handler(bundle(t)), Prefix+path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%q: %d, want 404", path, res.StatusCode)
		} else if res.Header.Get("Cache-Control") != "" {
			t.Errorf("%q: a missing file is cached", path)
		}
	}
}

func TestNotBuiltSaysWhatToDo(t *testing.T) {
	empty := fstest.MapFS{".keep": {}}
	if _, err := read(empty); !errors.Is(err, ErrNotBuilt) {
		t.Errorf("read: %v", err)
	}
	res := ask(handler(empty), Prefix+"app.css")
	text, _ := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(text), "make build") {
		t.Errorf("%d %s", res.StatusCode, text)
	}
}

// The real bundle: every name of the manifest is there, plain and compressed, and small enough for a cheap phone.
func TestBundle(t *testing.T) {
	needBuilt(t)
	names, err := manifest()
	if err != nil {
		t.Fatal(err)
	}
	limits := map[string]int64{"shell.css": 5 << 10, "app.css": 6 << 10, "app.js": 16 << 10, "mark.svg": 1 << 10, "icons.svg": 3 << 10, "basemap.js": 10 << 10} // bytes with gzip, before anything is seen; of the last, where there is a basemap
	for _, name := range []string{"shell.css", "app.css", "app.js", "map.js", "map-worker.js", "basemap.js", "mark.svg", "icons.svg"} {
		file, ok := names[name]
		if !ok {
			t.Errorf("%s is not in the manifest", name)
			continue
		}
		if URL(name) != Prefix+file || types[file[strings.LastIndexByte(file, '.'):]] == "" {
			t.Errorf("%s: address %s has no known type", name, URL(name))
		}
		for _, ending := range []string{"", ".br", ".gz"} {
			info, err := fs.Stat(FS(), file+ending)
			if err != nil {
				t.Error(err)
			} else if limit := limits[name]; ending == ".gz" && limit > 0 && info.Size() > limit {
				t.Errorf("%s: %d bytes, the limit is %d", name, info.Size(), limit)
			}
		}
	}
	parts := 0
	for _, file := range names {
		if strings.HasPrefix(file, "receipts-") {
			parts++
			if info, err := fs.Stat(FS(), file+".gz"); err != nil || info.Size() > 16<<10 {
				t.Errorf("what reads receipts: %v %v", info, err)
			}
		}
	}
	if parts != 1 {
		t.Errorf("what reads receipts is in %d files", parts)
	}
	for _, name := range []string{"shell.css", "app.css"} {
		css, err := fs.ReadFile(FS(), names[name])
		if err != nil {
			t.Fatal(err)
		}
		for _, address := range regexp.MustCompile(`url\(([^)]*)\)`).FindAllSubmatch(css, -1) {
			if name == "shell.css" || string(address[1]) != URL("icons.svg") {
				t.Errorf("%s fetches %s: all that a sheet has to fetch are the icons, and nothing before the first look", name, address[1])
			}
		}
		if bytes.Contains(css, []byte("</")) {
			t.Errorf("%s has an end tag in it", name) // shell.css stands within a page
		}
	}
	sum := sha256.Sum256([]byte(Shell()))
	if want := "style-src 'self' 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; Shell() == "" || !strings.HasSuffix(ContentSecurityPolicy(), want) {
		t.Errorf("the policy %q does not end with %q", ContentSecurityPolicy(), want)
	}
}
