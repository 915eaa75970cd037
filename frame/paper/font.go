package paper

import (
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/font/sfnt"
)

// dist holds the font and its licence.
//
//go:embed all:dist
var dist embed.FS

// ErrNotBuilt says that the font was not there when the program was compiled.
var ErrNotBuilt = errors.New("the font of PDFs is not built into this program: run `make build`")

const fontFile = "dist/font.ttf"

// Built returns ErrNotBuilt if the font is missing; a server asks before it listens.
func Built() error {
	if _, err := fs.Stat(dist, fontFile); err != nil {
		return ErrNotBuilt
	}
	return nil
}

// font is the font as it lies in the program's file, and of it in memory what says where a character is.
type font struct {
	file    io.ReaderAt
	tables  map[string]section
	known   *sfnt.Font
	places  []uint32 // of the outlines, and where the last ends
	metrics []byte
	wide    int // how many outlines have a width of their own: those after them are as wide as the last
}

// section is where a table of the font lies.
type section struct{ at, size uint32 }

var theFont = sync.OnceValues(openFont)

func openFont() (*font, error) {
	file, err := dist.Open(fontFile)
	if err != nil {
		return nil, ErrNotBuilt
	}
	f := &font{file: file.(io.ReaderAt), tables: map[string]section{}}
	if f.known, err = sfnt.ParseReaderAt(f.file); err != nil {
		return nil, err
	}
	head, err := f.read(section{0, 12})
	if err != nil {
		return nil, err
	}
	entries, err := f.read(section{12, 16 * uint32(binary.BigEndian.Uint16(head[4:]))})
	if err != nil {
		return nil, err
	}
	for ; len(entries) > 0; entries = entries[16:] {
		f.tables[string(entries[:4])] = section{binary.BigEndian.Uint32(entries[8:]), binary.BigEndian.Uint32(entries[12:])}
	}
	var loca, kind, lines []byte
	for name, into := range map[string]*[]byte{"loca": &loca, "hmtx": &f.metrics, "head": &kind, "hhea": &lines} {
		if *into, err = f.read(f.tables[name]); err != nil {
			return nil, err
		}
	}
	f.wide = int(binary.BigEndian.Uint16(lines[34:]))
	f.places = make([]uint32, f.known.NumGlyphs()+1)
	long := binary.BigEndian.Uint16(kind[50:]) == 1
	for i := range f.places {
		if long {
			f.places[i] = binary.BigEndian.Uint32(loca[4*i:])
		} else {
			f.places[i] = 2 * uint32(binary.BigEndian.Uint16(loca[2*i:]))
		}
	}
	return f, nil
}

func (f *font) read(s section) ([]byte, error) {
	out := make([]byte, s.size)
	n, err := f.file.ReadAt(out, int64(s.at))
	if n == len(out) {
		err = nil
	}
	return out, err
}

// glyphs knows which characters the font has, and which of them a document uses.
type glyphs struct {
	font    *font
	buffer  sfnt.Buffer
	used    map[rune]sfnt.GlyphIndex // 0 for what the font does not have
	missing int
}

// newGlyphs begins with the characters of ASCII: numbers of pages and of characters are written with them.
func newGlyphs(f *font) *glyphs {
	g := &glyphs{font: f, used: map[rune]sfnt.GlyphIndex{}}
	for r := ' '; r <= '~'; r++ {
		g.has(r)
	}
	return g
}

// has reports whether a character can be shown: files address those of the Basic Multilingual Plane alone.
func (g *glyphs) has(r rune) bool {
	if r > 0xFFFF {
		return false
	}
	i, ok := g.used[r]
	if !ok {
		var err error
		if i, err = g.font.known.GlyphIndex(&g.buffer, r); err != nil {
			i = 0
		}
		g.used[r] = i
	}
	return i != 0
}

// shown is a text with what the font does not have written as numbers, counted. Characters that are no more than a hint to a renderer are dropped.
func (g *glyphs) shown(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteRune(r)
		case r == '\t' || r == '\u00a0' || unicode.Is(unicode.Zs, r) && !g.has(r):
			b.WriteRune(' ')
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Variation_Selector, r):
		case g.has(r):
			b.WriteRune(r)
		default:
			g.missing++
			fmt.Fprintf(&b, "[U+%04X]", r)
		}
	}
	return b.String()
}

// quietly is what can be shown of a text that stands on every page, or elsewhere too: what is missing is said once.
func (g *glyphs) quietly(s string) string {
	missing := g.missing
	defer func() { g.missing = missing }()
	return g.shown(s)
}

func (g *glyphs) spans(of []Span) []Span {
	out := make([]Span, len(of))
	for i, s := range of {
		out[i] = Span{g.shown(s.Text), s.Href}
	}
	return out
}

// cells is what can be shown of a row.
func (g *glyphs) cells(row []string) []string {
	out := make([]string, len(row))
	for i, s := range row {
		out[i] = g.shown(s)
	}
	return out
}

func (h Heading) shown(g *glyphs) Block   { return Heading{h.Level, g.shown(h.Text)} }
func (t Paragraph) shown(g *glyphs) Block { return Paragraph(g.spans(t)) }
func (t Quiet) shown(g *glyphs) Block     { return Quiet(g.spans(t)) }
func (p Photo) shown(g *glyphs) Block     { return Photo{p.JPEG, g.shown(p.Caption)} }

func (l List) shown(g *glyphs) Block {
	g.has(bullet)
	out := make(List, len(l))
	for i, item := range l {
		out[i] = g.spans(item)
	}
	return out
}

func (t Table) shown(g *glyphs) Block {
	out := Table{Caption: g.shown(t.Caption)}
	for _, c := range t.Columns {
		out.Columns = append(out.Columns, Column{g.shown(c.Title), c.Right})
	}
	for _, r := range t.Rows {
		out.Rows = append(out.Rows, g.cells(r))
	}
	return out
}
