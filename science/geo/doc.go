// Package geo reads boundaries and answers questions about them: which areas hold a
// point, how large an area is, where a point inside it lies, how it looks on a map tile.
// It does no I/O: bytes and numbers in, values out. Every value is safe for use by
// several goroutines at once.
//
// # Words
//
//   - A position, Point, is a longitude and a latitude in degrees, WGS 84 (OGC:CRS84).
//   - A ring is a closed line of positions; its edges are straight in longitude and
//     latitude, as RFC 7946 §3.1.1 has it, not great circles.
//   - An Area is one or more parts without common inside, each an outer ring less its
//     holes. Outer rings run counterclockwise, holes clockwise (RFC 7946 §3.1.6).
//   - The boundary belongs to the area. A point on the border of two neighbours lies in
//     both; whoever asks decides between them.
//
// # What is read, what is mended, what is refused
//
// Mended without a word, because only one meaning is possible: ring direction, a position
// given twice running, a third coordinate, a byte order mark, longitudes up to 1e-9°
// beyond ±180, and a ring that steps over the antimeridian (neighbours more than 180°
// apart), which is cut in two at ±180° as RFC 7946 §3.1.9 asks.
//
// A ring may touch itself, its hole or another part at single points: the area is plain,
// and the ward and neighbourhood maps of real cities do it. It may not cross or retrace
// them.
//
// Refused, always with the feature, part, ring and place at fault: projected metres or
// feet, swapped coordinates, another coordinate reference system, an unclosed or
// self-crossing ring, a hole outside its part or within another hole, overlapping parts,
// a ring around a pole that is not cut down to the pole.
//
// Decisions on which side of an edge a point lies are exact (Shewchuk 1997), so neither
// containment nor a refusal depends on rounding.
package geo

import "embed"

// Messages holds the texts behind the refusals' keys, one flat JSON object a language.
//
//go:embed messages.*.json
var Messages embed.FS
