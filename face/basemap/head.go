package basemap

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/microcosm-cc/bluemonday"

	"skein/science/geo"
)

// Layers are those of the schema that the pages' map draws (Protomaps basemap schema, version 4).
var Layers = []string{"earth", "landuse", "water", "roads", "boundaries", "places"}

// MostCredit is how many letters a credit may have: it stands in the corner of a map on a phone.
const MostCredit = 200

const (
	headBytes = 127     // PMTiles 3, chapter 3
	rootEnd   = 16384   // chapter 4: the root directory lies within the first 16 KiB
	mostText  = 4 << 20 // what metadata or a root directory may be, unpacked; those of the whole planet are below 100 kB
)

// Codes of PMTiles 3, chapter 3.
const plain, gzipped = 1, 2

// kinds are the codes of tiles that browsers read here, by the kind of a style's source that shows them: Mapbox Vector Tiles; PNG, JPEG, WebP, AVIF.
var kinds = map[byte]string{1: "vector", 2: "raster", 3: "raster", 4: "raster", 5: "raster"}

// section is a part of the file.
type section struct{ at, length uint64 }

// end is where it ends; false where it lies outside a file of so many bytes.
func (s section) end(size int64) (uint64, bool) {
	sum := s.at + s.length
	return sum, sum >= s.at && sum <= uint64(size)
}

// about is what a file says of itself: whom to credit, as plain text, which part of the world it covers, what kind of tiles it holds and with which layers.
type about struct {
	credit string
	covers geo.Bounds
	kind   string // vector or raster
	layers []string
}

// check reads what a file says of itself, and refuses one that the map could not draw.
func check(file io.ReaderAt, size int64) (about, error) {
	head := make([]byte, headBytes)
	n, err := file.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return about{}, err
	}
	if !bytes.HasPrefix(head[:n], []byte("PMTiles")) {
		return about{}, errors.New("is no PMTiles file: it does not begin with that word")
	}
	if n > 7 && head[7] != 3 {
		return about{}, fmt.Errorf("is of version %d of PMTiles, and version 3 is wanted: `pmtiles convert` makes one", head[7])
	}
	if n < headBytes {
		return about{}, errors.New("is cut off within its first 127 bytes")
	}
	number := func(at int) uint64 { return binary.LittleEndian.Uint64(head[at:]) }
	root, metadata, leaves, tiles := section{number(8), number(16)}, section{number(24), number(32)}, section{number(40), number(48)}, section{number(56), number(64)}
	for _, s := range []section{root, metadata, leaves, tiles} {
		if _, ok := s.end(size); !ok {
			return about{}, fmt.Errorf("is cut off: it has %d bytes, and parts that it names lie beyond them", size)
		}
	}
	if end, _ := root.end(size); root.at < headBytes || root.length == 0 || end > rootEnd {
		return about{}, errors.New("does not have its root directory where the format wants it, within its first 16,384 bytes")
	}
	kind, ok := kinds[head[99]]
	if !ok {
		return about{}, fmt.Errorf("holds tiles of a type that the map does not read (%d): vector tiles (1, MVT) or pictures (2 to 5) are wanted", head[99])
	}
	for _, packed := range head[97:99] {
		if packed != plain && packed != gzipped {
			return about{}, fmt.Errorf("is compressed in a way that browsers do not read here (%d): none (1) or gzip (2) is wanted", packed)
		}
	}
	if head[100] > head[101] || head[101] > 26 {
		return about{}, fmt.Errorf("says that its zooms go from %d to %d", head[100], head[101])
	}
	if _, err := unpacked(file, root, head[97]); err != nil {
		return about{}, fmt.Errorf("has a root directory that cannot be read: %w", err)
	}
	text, err := unpacked(file, metadata, head[97])
	if err != nil {
		return about{}, fmt.Errorf("has metadata that cannot be read: %w", err)
	}
	credit, layers, err := told(text)
	if err != nil {
		return about{}, fmt.Errorf("has metadata that cannot be read: %w", err)
	}
	degrees := func(at int) float64 { return float64(int32(binary.LittleEndian.Uint32(head[at:]))) / 1e7 }
	return about{credit, geo.Bounds{West: degrees(102), South: degrees(106), East: degrees(110), North: degrees(114)}, kind, layers}, nil
}

// unpacked reads a part of the file.
func unpacked(file io.ReaderAt, s section, packed byte) ([]byte, error) {
	if s.length > mostText {
		return nil, fmt.Errorf("%d bytes are too many", s.length)
	}
	var r io.Reader = io.NewSectionReader(file, int64(s.at), int64(s.length))
	if packed == gzipped {
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, err
		}
		r = z
	}
	text, err := io.ReadAll(io.LimitReader(r, mostText+1))
	if err == nil && len(text) > mostText {
		err = fmt.Errorf("more than %d bytes unpacked are too many", mostText)
	}
	return text, err
}

// told reads the metadata (PMTiles 3, chapter 5): whom to credit, and which layers there are.
func told(text []byte) (credit string, layers []string, err error) {
	var m struct {
		Attribution string `json:"attribution"`
		Layers      []struct {
			ID string `json:"id"`
		} `json:"vector_layers"`
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return "", nil, err
	}
	for _, l := range m.Layers {
		layers = append(layers, l.ID)
	}
	return Plain(m.Attribution), layers, nil
}

// Plain is what HTML says, without its tags: makers of tiles write their credit as HTML, and what a file says is not put into a page as markup.
func Plain(credit string) string {
	text := html.UnescapeString(bluemonday.StrictPolicy().Sanitize(strings.ToValidUTF8(credit, "")))
	return strings.Join(strings.Fields(text), " ")
}

// fits refuses a credit that is missing, or too long to stand on a map.
func fits(credit string) error {
	switch {
	case credit == "":
		return errors.New("does not say whom to credit: say it by --basemap-credit, for example \"© OpenStreetMap\", or your own name where the data are yours")
	case utf8.RuneCountInString(credit) > MostCredit:
		return fmt.Errorf("has a credit of more than %d letters: say a shorter one by --basemap-credit", MostCredit)
	}
	return nil
}
