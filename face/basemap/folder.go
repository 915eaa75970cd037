package basemap

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"
	"time"

	"skein/face/front"
)

// mostFile is how large a file may be that browsers fetch as a whole; tiles are fetched in parts.
const mostFile = 32 << 20

// folder is where a style lies: what it names lies there too, and nothing outside is read, by no name and by no link (os.Root).
type folder struct {
	*os.Root
	tiles  map[string]*File // opened so far
	served map[string]http.Handler
}

// local is the file that an address in a style names.
func local(address string) (string, error) {
	u, err := url.Parse(address)
	switch {
	case address == "":
		return "", errors.New("is empty")
	case err != nil:
		return "", fmt.Errorf("cannot be read as an address: %w", err)
	case u.Scheme != "" || u.Host != "" || strings.HasPrefix(address, "//"):
		return "", fmt.Errorf("names another server, %q: pages ask the realm alone. Put the file beside the style, and its name here, such as %q", address, "files/"+path.Base(u.Path))
	case u.RawQuery != "" || u.Fragment != "":
		return "", fmt.Errorf("%q has something after ? or #: say the name of a file beside the style alone", address)
	case strings.HasPrefix(u.Path, "/") || strings.Contains(u.Path, `\`):
		return "", fmt.Errorf("%q is no name relative to the style: say %q", address, strings.TrimLeft(strings.ReplaceAll(u.Path, `\`, "/"), "/"))
	}
	name := path.Clean(u.Path)
	if !fs.ValidPath(name) || name == "." {
		return "", fmt.Errorf("%q leads out of the style's folder: put the file into it", address)
	}
	return name, nil
}

// at is the address of a file, with a style's {placeholders} as they are.
func at(name string) string {
	return Prefix + strings.NewReplacer("%7B", "{", "%7D", "}").Replace((&url.URL{Path: name}).EscapedPath())
}

// tilesOf opens a file of tiles, once.
func (f *folder) tilesOf(name string) (*File, error) {
	if t := f.tiles[name]; t != nil {
		return t, nil
	}
	file, err := f.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s %w", name, short(err))
	}
	t, err := read(file)
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("%s %w", name, err)
	}
	f.tiles[name], f.served[name] = t, t
	return t, nil
}

// whole offers a file that browsers fetch as a whole, if it is what it should be.
func (f *folder) whole(name, kind, age string, good func([]byte) error) error {
	content, err := f.content(name)
	if err == nil {
		err = good(content)
	}
	if err != nil {
		return fmt.Errorf("%s %w", name, err)
	}
	f.served[name] = onDisk{f.Root, name, kind, age}
	return nil
}

// content is what a file holds.
func (f *folder) content(name string) ([]byte, error) {
	file, err := f.Open(name)
	if err != nil {
		return nil, short(err)
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("is no file")
	case info.Size() > mostFile:
		return nil, fmt.Errorf("has %d bytes, and a browser is sent %d at once at most: make tiles of it", info.Size(), mostFile)
	}
	return io.ReadAll(io.LimitReader(file, mostFile))
}

// short leaves out of an error which call it was of, and on which file.
func short(err error) error {
	var of *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("is not there")
	case errors.As(err, &of):
		return fmt.Errorf("cannot be opened: %w", of.Err)
	}
	return err
}

// onDisk is a file of the folder, read when it is asked for.
type onDisk struct {
	root            *os.Root
	name, kind, age string
}

// How long browsers keep a file without asking. Icons go with their style, so they are asked for each time; glyphs are many, and each is much like the last.
const (
	askAgain = "no-cache"
	keep     = "public, max-age=86400"
)

func (d onDisk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	file, err := d.root.Open(d.name)
	if err != nil {
		http.NotFound(w, r) // taken away since the start
		return
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", d.kind)
	w.Header().Set("Cache-Control", d.age)
	w.Header().Set("ETag", tag(fmt.Append(nil, info.Size(), info.ModTime().UnixNano())))
	http.ServeContent(w, r, "", info.ModTime(), file)
}

// held is what is served from memory: a style, whose addresses are no longer those on the disk.
type held struct {
	plain, packed []byte
	etag          string
}

func hold(content []byte) held {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(content) // into memory
	z.Close()
	return held{content, b.Bytes(), tag(content)}
}

func (h held) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header, content, etag := w.Header(), h.plain, h.etag
	header.Set("Content-Type", "application/json")
	header.Set("Cache-Control", askAgain)
	header.Set("Vary", "Accept-Encoding")
	if front.AcceptsGzip(r.Header.Get("Accept-Encoding")) {
		header.Set("Content-Encoding", "gzip")
		content, etag = h.packed, strings.TrimSuffix(etag, `"`)+`.gz"` // a representation of its own (RFC 9110, 8.8.3)
	}
	header.Set("ETag", etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

func isJSON(content []byte) error {
	if !json.Valid(content) {
		return errors.New("is no JSON")
	}
	return nil
}

func isPNG(content []byte) error {
	if _, err := png.DecodeConfig(bytes.NewReader(content)); err != nil {
		return errors.New("is no PNG")
	}
	return nil
}
