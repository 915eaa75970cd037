package geo

import (
	"encoding/binary"
	"math"
)

// layer writes one layer of a vector tile (Mapbox Vector Tile Specification 2.1,
// vector_tile.proto): features are encoded as they come, keys and values gathered.
type layer struct {
	name     string
	keys     []string
	features []byte
	values   []byte
	texts    map[string]uint64
	counts   map[int64]uint64
	known    uint64 // values so far

	// the feature being written
	tags, geometry []byte
	x, y           int64
	snapped        [][2]int64
	scratch        []byte
}

const (
	point   = 1 // GeomType
	polygon = 3

	moveTo    = 1
	lineTo    = 2
	closePath = 7
)

func newLayer(name string, keys ...string) *layer {
	return &layer{name: name, keys: keys, texts: map[string]uint64{}, counts: map[int64]uint64{}}
}

func (l *layer) begin() {
	l.tags, l.geometry, l.x, l.y = l.tags[:0], l.geometry[:0], 0, 0
}

func command(id, count int) uint64 { return uint64(id | count<<3) }

// step appends the move from the cursor to (x, y).
func (l *layer) step(x, y int64) {
	l.geometry = binary.AppendVarint(l.geometry, x-l.x) // zigzag, as the specification's parameters
	l.geometry = binary.AppendVarint(l.geometry, y-l.y)
	l.x, l.y = x, y
}

func (l *layer) point(p Point) {
	l.geometry = binary.AppendUvarint(l.geometry, command(moveTo, 1))
	l.step(int64(math.Floor(p.Lon)), int64(math.Floor(p.Lat)))
}

// ring appends a closed ring in units, backwards: the specification wants outer rings
// clockwise on the page, where RFC 7946 has them counterclockwise on the globe. A ring
// that vanishes on whole units is left out.
func (l *layer) ring(line []Point) {
	at := l.snapped[:0]
	for i := len(line) - 1; i >= 0; i-- {
		p := line[i]
		u := [2]int64{int64(math.Round(p.Lon)), int64(math.Round(p.Lat))}
		if len(at) == 0 || at[len(at)-1] != u {
			at = append(at, u)
		}
	}
	l.snapped = at
	if len(at) > 1 && at[0] == at[len(at)-1] {
		at = at[:len(at)-1]
	}
	area := int64(0)
	for i, u := range at {
		w := at[(i+1)%len(at)]
		area += u[0]*w[1] - w[0]*u[1]
	}
	if len(at) < 3 || area == 0 {
		return
	}
	l.geometry = binary.AppendUvarint(l.geometry, command(moveTo, 1))
	l.step(at[0][0], at[0][1])
	l.geometry = binary.AppendUvarint(l.geometry, command(lineTo, len(at)-1))
	for _, u := range at[1:] {
		l.step(u[0], u[1])
	}
	l.geometry = binary.AppendUvarint(l.geometry, command(closePath, 1))
}

func (l *layer) tag(key uint64, text string) {
	id, seen := l.texts[text]
	if !seen {
		id = l.known
		l.known++
		l.texts[text] = id
		l.scratch = appendBytes(l.scratch[:0], 1, text)
		l.values = appendBytes(l.values, 4, l.scratch)
	}
	l.tags = binary.AppendUvarint(binary.AppendUvarint(l.tags, key), id)
}

func (l *layer) tagCount(key uint64, count int64) {
	id, seen := l.counts[count]
	if !seen {
		id = l.known
		l.known++
		l.counts[count] = id
		l.scratch = appendNumber(l.scratch[:0], 5, uint64(count))
		l.values = appendBytes(l.values, 4, l.scratch)
	}
	l.tags = binary.AppendUvarint(binary.AppendUvarint(l.tags, key), id)
}

// end closes the feature; one without geometry is left out.
func (l *layer) end(geometryType uint64) {
	if len(l.geometry) == 0 {
		return
	}
	f := appendBytes(l.scratch[:0], 2, l.tags)
	f = appendNumber(f, 3, geometryType)
	f = appendBytes(f, 4, l.geometry)
	l.scratch = f
	l.features = appendBytes(l.features, 2, f)
}

// append adds the layer to a tile, unless it is empty: the specification wants none such.
func (l *layer) append(tile []byte) []byte {
	if len(l.features) == 0 {
		return tile
	}
	body := appendNumber(nil, 15, 2)
	body = appendBytes(body, 1, l.name)
	body = append(body, l.features...)
	for _, key := range l.keys {
		body = appendBytes(body, 3, key)
	}
	body = append(body, l.values...)
	body = appendNumber(body, 5, Extent)
	return appendBytes(tile, 3, body)
}

// appendNumber and appendBytes write protobuf fields: a varint, and one with a length.
func appendNumber(b []byte, field, v uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(b, field<<3), v)
}

func appendBytes[B string | []byte](b []byte, field uint64, v B) []byte {
	b = binary.AppendUvarint(binary.AppendUvarint(b, field<<3|2), uint64(len(v)))
	return append(b, v...)
}
