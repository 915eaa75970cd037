// Package tinymap makes a basemap for tests: a PMTiles file (version 3) of a few kilobytes over Boston's frame with every layer that the map
// draws. Its geometry is invented: a river where there is none, a straight road and a round number of trees. It is test support; nothing that ships imports it.
package tinymap

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"slices"
	"sync"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/maptile"
	"github.com/paulmach/orb/maptile/tilecover"
)

// Credit is what the file's metadata say, in HTML as makers of tiles write it, with markup that must not become any.
const Credit = `<a href="https://maps.example/" onclick="alert(1)">Invented</a> &amp; drawn for tests &lt;b&gt;`

// Bound is what the file covers.
var Bound = orb.Bound{Min: orb.Point{-71.25, 42.2}, Max: orb.Point{-70.9, 42.45}}

const minZoom, maxZoom = 8, 12

// PMTiles is the file.
func PMTiles() []byte { return bytes.Clone(made()) }

var made = sync.OnceValue(func() []byte {
	var entries []entry
	var tiles []byte
	for z := maptile.Zoom(minZoom); z <= maxZoom; z++ {
		for at := range tilecover.Bound(Bound, z) {
			entries = append(entries, entry{id: tileID(at), tile: draw(at)})
		}
	}
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.id, b.id) })
	for _, e := range entries {
		tiles = append(tiles, e.tile...)
	}
	root := pack(directory(entries))
	type layer struct {
		ID     string            `json:"id"`
		Fields map[string]string `json:"fields"`
	}
	said := map[string]any{"name": "tinymap", "attribution": Credit, "vector_layers": []layer{
		{"earth", map[string]string{}}, {"landuse", map[string]string{"kind": "String"}}, {"water", map[string]string{"kind": "String"}},
		{"roads", map[string]string{"kind": "String", "name": "String"}}, {"boundaries", map[string]string{"kind": "String"}}, {"places", map[string]string{"kind": "String", "name": "String"}},
	}}
	text, err := json.Marshal(said)
	if err != nil {
		panic(err)
	}
	metadata := pack(text)
	var b bytes.Buffer
	b.WriteString("PMTiles\x03")
	at := uint64(127)
	for _, length := range []int{len(root), len(metadata), 0, len(tiles)} { // root, metadata, leaves, tiles
		b.Write(binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, at), uint64(length)))
		at += uint64(length)
	}
	for range 3 { // tiles addressed, entries, contents
		b.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(entries))))
	}
	b.Write([]byte{1, 2, 2, 1, minZoom, maxZoom}) // clustered; gzip within and of tiles; MVT
	degrees := func(of ...float64) {
		for _, d := range of {
			b.Write(binary.LittleEndian.AppendUint32(nil, uint32(int32(d*1e7))))
		}
	}
	degrees(Bound.Min[0], Bound.Min[1], Bound.Max[0], Bound.Max[1])
	b.WriteByte(11)
	degrees(Bound.Center()[0], Bound.Center()[1])
	b.Write(root)
	b.Write(metadata)
	b.Write(tiles)
	return b.Bytes()
})

type entry struct {
	id   uint64
	tile []byte
}

// directory writes the entries column by column: ids by difference, runs, lengths, places (0: right after the one before).
func directory(entries []entry) []byte {
	out := binary.AppendUvarint(nil, uint64(len(entries)))
	last := uint64(0)
	for _, e := range entries {
		out = binary.AppendUvarint(out, e.id-last)
		last = e.id
	}
	for range entries {
		out = binary.AppendUvarint(out, 1)
	}
	for _, e := range entries {
		out = binary.AppendUvarint(out, uint64(len(e.tile)))
	}
	for i := range entries {
		place := uint64(0)
		if i == 0 {
			place = 1
		}
		out = binary.AppendUvarint(out, place)
	}
	return out
}

// tileID is where a tile stands on the Hilbert curve of its zoom, after all tiles of the zooms before it.
func tileID(t maptile.Tile) uint64 {
	id := uint64(0)
	for z := maptile.Zoom(0); z < t.Z; z++ {
		id += 1 << (2 * z)
	}
	x, y := t.X, t.Y
	for s := uint32(1) << t.Z >> 1; s > 0; s >>= 1 {
		var right, down uint32
		if x&s > 0 {
			right = 1
		}
		if y&s > 0 {
			down = 1
		}
		id += uint64(s) * uint64(s) * uint64((3*right)^down)
		x, y = x&(s-1), y&(s-1)
		if down == 0 {
			if right == 1 {
				x, y = s-1-x, s-1-y
			}
			x, y = y, x
		}
	}
	return id
}

// draw draws one tile.
func draw(at maptile.Tile) []byte {
	named := func(g orb.Geometry, kind, name string) *geojson.Feature {
		f := geojson.NewFeature(g)
		f.Properties["kind"] = kind
		if name != "" {
			f.Properties["name"] = name
		}
		return f
	}
	west, south, east, north := Bound.Min[0], Bound.Min[1], Bound.Max[0], Bound.Max[1]
	across := func(lat float64) orb.LineString { return orb.LineString{{west, lat}, {east, lat}} }
	box := func(w, s, e, n float64) orb.Polygon {
		return orb.Bound{Min: orb.Point{w, s}, Max: orb.Point{e, n}}.ToPolygon()
	}
	collection := func(features ...*geojson.Feature) *geojson.FeatureCollection {
		c := geojson.NewFeatureCollection()
		c.Features = features
		return c
	}
	layers := mvt.Layers{
		mvt.NewLayer("earth", collection(named(Bound.ToPolygon(), "earth", ""))),
		mvt.NewLayer("landuse", collection(named(box(-71.12, 42.29, -71.08, 42.32), "park", ""))),
		mvt.NewLayer("water", collection(named(box(west, 42.35, east, 42.36), "water", ""), named(across(42.27), "river", ""))),
		mvt.NewLayer("roads", collection(
			named(across(42.30), "highway", "Straight Road"), named(across(42.33), "major_road", "Long Street"), named(orb.LineString{{-71.06, south}, {-71.06, north}}, "minor_road", "Side Street"),
		)),
		mvt.NewLayer("boundaries", collection(named(orb.LineString{{-71.2, south}, {-71.2, north}}, "county", ""))),
		mvt.NewLayer("places", collection(named(orb.Point{-71.02, 42.40}, "locality", "Inventon 新城"))),
	}
	layers.ProjectToTile(at)
	layers.Clip(mvt.MapboxGLDefaultExtentBound)
	out, err := mvt.MarshalGzipped(layers)
	if err != nil {
		panic(err)
	}
	return out
}

func pack(text []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(text)
	z.Close()
	return b.Bytes()
}
