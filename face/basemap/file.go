package basemap

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

// File is a file of tiles that was found good, open as long as it is served.
type File struct {
	about

	file    *os.File
	size    int64
	changed time.Time
	etag    string
}

// read checks a file of tiles.
func read(f *os.File) (*File, error) {
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
	// A whole country is too much to read at each start: the directory, which names every tile or every directory of tiles by length, and when the file was
	// written stand for it.
	begin, err := io.ReadAll(io.NewSectionReader(f, 0, rootEnd))
	if err != nil {
		return nil, err
	}
	b := &File{about: said, file: f, size: info.Size(), changed: info.ModTime()}
	b.etag = tag(fmt.Append(begin, b.size, b.changed.UnixNano()))
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
