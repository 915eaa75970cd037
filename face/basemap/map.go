package basemap

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"

	"skein/science/geo"
)

// Prefix is where all files of a map are served: mux.Handle("GET "+basemap.Prefix+"{file...}", m).
const Prefix = "/basemap/"

// tilesName is what the one file of OpenTiles is served as, whatever it is called on the disk.
const tilesName = "tiles.pmtiles"

// Map is a map that was found good, with all files that it is made of, by the names under which browsers ask for them.
type Map struct {
	Credit string       // whom the map names, as plain text
	Covers []geo.Bounds // the parts of the world that its files of tiles say they cover

	Tiles  string            // the address of tiles that pages draw in colours of their own; "" where there is a style
	Styles map[string]string // the addresses of styles, by the set of colours that each is made for (Sets); none where pages draw

	files map[string]http.Handler
	open  []io.Closer
}

// OpenTiles opens one file of tiles that pages draw in colours of their own. A credit that the operator says goes before that of the file's metadata.
func OpenTiles(name, credit string) (*Map, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	m := &Map{Tiles: Prefix + tilesName, open: []io.Closer{f}}
	tiles, err := read(f)
	if err == nil {
		err = drawn(tiles)
	}
	if err == nil {
		m.Credit, m.Covers, m.files = cmp.Or(Plain(credit), tiles.credit), []geo.Bounds{tiles.covers}, map[string]http.Handler{tilesName: tiles}
		err = fits(m.Credit)
	}
	if err != nil {
		m.Close()
		return nil, errors.New(name + " " + err.Error())
	}
	return m, nil
}

// drawn refuses tiles that pages have no colours for.
func drawn(tiles *File) error {
	switch {
	case tiles.kind != "vector":
		return errors.New("holds no vector tiles but pictures: a style can show them (--map-style)")
	case !slices.ContainsFunc(Layers, func(l string) bool { return slices.Contains(tiles.layers, l) }):
		return errors.New("has none of the layers " + strings.Join(Layers, ", ") + ": the map draws those of the Protomaps basemap schema, version 4; for others bring a style (--map-style)")
	}
	return nil
}

// ServeHTTP gives out a file of the map by its name; there is no other.
func (m *Map) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	file, ok := m.files[r.PathValue("file")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	file.ServeHTTP(w, r)
}

// Close lets go of the files; of none it does nothing.
func (m *Map) Close() error {
	if m == nil {
		return nil
	}
	var all error
	for _, f := range m.open {
		all = errors.Join(all, f.Close())
	}
	return all
}

// tag is the ETag of what some bytes stand for.
func tag(of []byte) string {
	sum := sha256.Sum256(of)
	return `"` + hex.EncodeToString(sum[:12]) + `"`
}
