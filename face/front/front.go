// Package front holds the front-end that `make build` bundles from src/: style, script
// and map, embedded under names that carry a hash of their content, and served for ever.
// Pages name a file by what it is, front.URL("app.css"), and load nothing else: the
// policy in ContentSecurityPolicy forbids inline script, and every inline style but Shell.
package front

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Prefix is the path under which Handler is mounted: mux.Handle("GET "+front.Prefix, front.Handler()).
const Prefix = "/assets/"

// ContentSecurityPolicy is what every page is served with (W3C CSP Level 3). It allows
// our own files only, of which the map's worker is one, and Shell by its hash.
var ContentSecurityPolicy = sync.OnceValue(func() string {
	policy := "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
	if shell := Shell(); shell != "" {
		sum := sha256.Sum256([]byte(shell))
		policy += "; style-src 'self' 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return policy
})

// Shell is the style of what a page shows first. It stands in the page itself, so that a reader on a slow line sees the
// page with its first answer instead of after a second one; "" where nothing was bundled.
var Shell = sync.OnceValue(func() string {
	names, err := manifest()
	if err != nil {
		return ""
	}
	text, err := fs.ReadFile(FS(), names["shell.css"])
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
})

// dist holds the bundled files, manifest.json and, beside each file, its .br and .gz form.
//
//go:embed all:dist
var dist embed.FS

// ErrNotBuilt says that the front-end was not bundled before the program was compiled.
var ErrNotBuilt = errors.New("the front-end is not built into this program: run `make build`")

// Built returns ErrNotBuilt if the front-end is missing; a server asks before it listens.
func Built() error {
	_, err := manifest()
	return err
}

// FS returns the bundled files as they lie in dist/.
func FS() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // "dist" is a valid path
	}
	return sub
}

// URL returns the address of a bundled file by its plain name: "app.css", "app.js", "mark.svg".
// A name that is not in the bundle gets an address that Handler answers with 404, or
// with 503 and a sentence when nothing was bundled.
func URL(name string) string {
	files, err := manifest()
	if err != nil {
		return Prefix + name
	}
	if file, ok := files[name]; ok {
		return Prefix + file
	}
	return Prefix + name
}

var manifest = sync.OnceValues(func() (map[string]string, error) { return read(FS()) })

func read(files fs.FS) (map[string]string, error) {
	text, err := fs.ReadFile(files, "manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotBuilt
	}
	if err != nil {
		return nil, err
	}
	var names map[string]string
	if err := json.Unmarshal(text, &names); err != nil {
		return nil, err
	}
	return names, nil
}

// Handler serves the bundled files under Prefix, compressed as the client accepts.
func Handler() http.Handler { return handler(FS()) }

// Worker serves the service worker. It stands at the top of the site, since a worker sees what lies below it, and is asked for anew each time:
// what it keeps has hashes in its names.
func Worker() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		names, err := manifest()
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		text, err := fs.ReadFile(FS(), names["sw.js"])
		if err != nil {
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
			return
		}
		header := w.Header()
		header.Set("Content-Type", types[".js"])
		header.Set("Cache-Control", "no-cache")
		header.Set("ETag", `"`+names["sw.js"]+`"`)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(text))
	})
}

var types = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

func handler(files fs.FS) http.Handler {
	names, err := read(files)
	served := make(map[string]bool, len(names))
	for _, file := range names {
		served[file] = true
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		file := strings.TrimPrefix(r.URL.Path, Prefix)
		if !served[file] {
			http.NotFound(w, r)
			return
		}
		encoding, ending := encodingFor(r.Header.Get("Accept-Encoding"))
		f, err := files.Open(file + ending)
		if err != nil {
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
			return
		}
		defer f.Close()
		header := w.Header()
		header.Set("Content-Type", types[path.Ext(file)])
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
		header.Set("Vary", "Accept-Encoding")
		header.Set("ETag", `"`+file+ending+`"`) // the name holds the hash; each encoding is a representation of its own (RFC 9110, 8.8.3)
		if encoding != "" {
			header.Set("Content-Encoding", encoding)
		}
		http.ServeContent(w, r, "", time.Time{}, f.(io.ReadSeeker)) // files of an embed.FS and of os can seek
	})
}

// AcceptsGzip reports whether a client takes gzip, by its Accept-Encoding header (RFC 9110, 12.5.3).
func AcceptsGzip(accept string) bool {
	_, gz := weights(accept)
	return gz > 0
}

// encodingFor chooses what to send for an Accept-Encoding header: Brotli, else gzip, else the plain file.
func encodingFor(accept string) (encoding, ending string) {
	br, gz := weights(accept)
	switch {
	case br > 0 && br >= gz:
		return "br", ".br"
	case gz > 0:
		return "gzip", ".gz"
	}
	return "", ""
}

// weights are those of Brotli and gzip in an Accept-Encoding header; below 0 where it names neither.
func weights(accept string) (br, gz float64) {
	br, gz = -1, -1
	any := -1.0
	for part := range strings.SplitSeq(accept, ",") {
		name, parameter, _ := strings.Cut(part, ";")
		weight := 1.0
		if key, value, ok := strings.Cut(strings.TrimSpace(parameter), "="); ok && strings.EqualFold(key, "q") {
			w, err := strconv.ParseFloat(value, 64)
			if err != nil {
				continue
			}
			weight = w
		}
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "br":
			br = weight
		case "gzip", "x-gzip":
			gz = weight
		case "*":
			any = weight
		}
	}
	if br < 0 {
		br = any
	}
	if gz < 0 {
		gz = any
	}
	return br, gz
}
