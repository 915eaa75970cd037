package paper

import (
	"encoding/binary"
	"maps"
	"slices"

	"golang.org/x/image/font/sfnt"
)

// What an outline of several says of each part (OpenType, glyf).
const (
	partWords   = 1 << 0
	partScaled  = 1 << 3
	partFollows = 1 << 5
	partTwo     = 1 << 6
	partFour    = 1 << 7
)

// cut is a font of its own of some characters, by their outlines. The library takes a font apart whenever it writes a file, twice, which takes
// some 25 ms for one of 30,000 characters; what it makes of this one is byte for byte what it makes of the whole
// (TestCut).
func (f *font) cut(used map[rune]sfnt.GlyphIndex) ([]byte, error) {
	outlines, err := f.outlines(used)
	if err != nil {
		return nil, err
	}
	order := slices.Sorted(maps.Keys(outlines)) // of the whole, which the library goes by
	index := make(map[sfnt.GlyphIndex]int, len(order))
	for i, g := range order {
		index[g] = i
	}
	tables := map[string][]byte{"cmap": characters(used, index)}
	for _, g := range order {
		tables["loca"] = binary.BigEndian.AppendUint32(tables["loca"], uint32(len(tables["glyf"])))
		outline := outlines[g]
		for _, at := range parts(outline) {
			part := outline[at+2:]
			binary.BigEndian.PutUint16(part, uint16(index[sfnt.GlyphIndex(binary.BigEndian.Uint16(part))]))
		}
		tables["glyf"] = padded(append(tables["glyf"], outline...))
		tables["hmtx"] = append(tables["hmtx"], f.width(int(g))...)
	}
	tables["loca"] = binary.BigEndian.AppendUint32(tables["loca"], uint32(len(tables["glyf"])))
	for _, name := range []string{"head", "hhea", "maxp", "OS/2", "name", "post", "cvt ", "fpgm", "prep", "gasp"} {
		if s, ok := f.tables[name]; ok {
			if tables[name], err = f.read(s); err != nil {
				return nil, err
			}
		}
	}
	binary.BigEndian.PutUint16(tables["head"][50:], 1) // places of 32 bits
	binary.BigEndian.PutUint16(tables["hhea"][34:], uint16(len(order)))
	binary.BigEndian.PutUint16(tables["maxp"][4:], uint16(len(order)))
	return assembled(tables), nil
}

// outlines are those of some characters, of their parts, and that of what is missing, which comes first in every font.
func (f *font) outlines(used map[rune]sfnt.GlyphIndex) (map[sfnt.GlyphIndex][]byte, error) {
	out, next := map[sfnt.GlyphIndex][]byte{}, []sfnt.GlyphIndex{0}
	for _, g := range used {
		next = append(next, g)
	}
	for len(next) > 0 {
		g := next[len(next)-1]
		next = next[:len(next)-1]
		if _, there := out[g]; there {
			continue
		}
		outline, err := f.read(section{f.tables["glyf"].at + f.places[g], f.places[g+1] - f.places[g]})
		if err != nil {
			return nil, err
		}
		out[g] = outline
		for _, at := range parts(outline) {
			next = append(next, sfnt.GlyphIndex(binary.BigEndian.Uint16(outline[at+2:])))
		}
	}
	return out, nil
}

// parts are where an outline names each of those it is put together of: flags, and then which.
func parts(outline []byte) (at []int) {
	if len(outline) == 0 || outline[0]&0x80 == 0 {
		return nil
	}
	for i, follows := 10, true; follows; {
		flags := binary.BigEndian.Uint16(outline[i:])
		at = append(at, i)
		follows = flags&partFollows != 0
		i += 6
		if flags&partWords != 0 {
			i += 2
		}
		switch {
		case flags&partScaled != 0:
			i += 2
		case flags&partTwo != 0:
			i += 4
		case flags&partFour != 0:
			i += 8
		}
	}
	return at
}

// width is how wide an outline is and where it begins.
func (f *font) width(g int) []byte {
	if g < f.wide {
		return f.metrics[4*g : 4*g+4]
	}
	last, begins := 4*(f.wide-1), 4*f.wide+2*(g-f.wide)
	return append(slices.Clone(f.metrics[last:last+2]), f.metrics[begins:begins+2]...)
}

// characters says which outline each character has: format 4, one segment for each stretch of both.
func characters(used map[rune]sfnt.GlyphIndex, index map[sfnt.GlyphIndex]int) []byte {
	var ends, begins, deltas, none []byte
	add := func(to *[]byte, n int) { *to = binary.BigEndian.AppendUint16(*to, uint16(n)) }
	last, segments := 0, 0
	close := func() {
		if segments > 0 {
			add(&ends, last)
		}
	}
	delta := -1 << 20
	for _, r := range slices.Sorted(maps.Keys(used)) {
		if used[r] == 0 || r == 0xFFFF {
			continue
		}
		if d := index[used[r]] - int(r); d != delta || int(r) != last+1 {
			close()
			add(&begins, int(r))
			add(&deltas, d)
			add(&none, 0)
			delta, segments = d, segments+1
		}
		last = int(r)
	}
	close()
	add(&ends, 0xFFFF) // the last is always this one
	add(&begins, 0xFFFF)
	add(&deltas, 1)
	add(&none, 0)
	segments++
	var out []byte
	for _, n := range []int{0, 1, 3, 1, 0, 12, 4, 16 + 8*segments, 0, 2 * segments, 0, 0, 0} { // three numbers for a search by halves, which nobody makes
		add(&out, n)
	}
	return slices.Concat(out, ends, []byte{0, 0}, begins, deltas, none)
}

// assembled writes a font; its checksums are left out, since it is only what the library cuts from.
func assembled(tables map[string][]byte) []byte {
	head := binary.BigEndian.AppendUint32(nil, 0x00010000)
	head = binary.BigEndian.AppendUint16(head, uint16(len(tables)))
	head = append(head, make([]byte, 6)...)
	var rest []byte
	begin := 12 + 16*len(tables)
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		head = append(head, name...)
		head = binary.BigEndian.AppendUint32(head, 0)
		head = binary.BigEndian.AppendUint32(head, uint32(begin+len(rest)))
		head = binary.BigEndian.AppendUint32(head, uint32(len(tables[name])))
		rest = padded(append(rest, tables[name]...))
	}
	return append(head, rest...)
}

func padded(b []byte) []byte { return append(b, make([]byte, -len(b)&3)...) }
