package basemap

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"skein/science/geo"
)

// Path is where the file is served: mux.Handle("GET "+basemap.Path, file).
const Path = "/basemap.pmtiles"

// File is a basemap that was found good, open as long as it is served.
type File struct {
	Credit string     // whom the map names, as plain text
	Covers geo.Bounds // the part of the world that it says it covers

	file    *os.File
	size    int64
	changed time.Time
	etag    string
}

// Open checks a file and opens it to be served. A credit that the operator says goes before that of the file's metadata.
func Open(name, credit string) (*File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	b, err := read(f, credit)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s %w", name, err)
	}
	return b, nil
}

func read(f *os.File, credit string) (*File, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("is no file")
	}
	said, err := check(f, info.Size())
	if err != nil {
		return nil, err
	}
	b := &File{Credit: cmp.Or(Plain(credit), said.credit), Covers: said.covers, file: f, size: info.Size(), changed: info.ModTime()}
	if err := fits(b.Credit); err != nil {
		return nil, err
	}
	// A whole country is too much to read at each start: the directory, which names every tile or every directory of tiles by length, and when the file was
	// written stand for it.
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(f, 0, rootEnd)); err != nil {
		return nil, err
	}
	fmt.Fprint(sum, b.size, b.changed.UnixNano())
	b.etag = `"` + hex.EncodeToString(sum.Sum(nil)[:12]) + `"`
	return b, nil
}

// ServeHTTP gives out the part that is asked for. Tiles are compressed within the file, so nobody on the way need compress it, and parts of what was compressed
// anew would be of no use (no-transform, RFC 9111, 5.2.2.6). A browser that has parts of an earlier file sees by the ETag that they do not fit.
func (b *File) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "application/vnd.pmtiles") // PMTiles 3, chapter 1
	h.Set("Cache-Control", "public, max-age=86400, no-transform")
	h.Set("ETag", b.etag)
	http.ServeContent(w, r, "", b.changed, io.NewSectionReader(b.file, 0, b.size))
}

// Close lets go of the file; of none it does nothing.
func (b *File) Close() error {
	if b == nil {
		return nil
	}
	return b.file.Close()
}
