package paper

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/sfnt"
)

// dist holds the font, packed, whole and in parts, and its licence.
//
//go:embed all:dist
var dist embed.FS

// ErrNotBuilt says that the font was not there when the program was compiled.
var ErrNotBuilt = errors.New("the font of PDFs is not built into this program: run `make build`")

// Built returns ErrNotBuilt if the font is missing; a server asks before it listens.
func Built() error {
	for _, f := range fonts {
		if _, err := fs.Stat(dist, f.file); err != nil {
			return ErrNotBuilt
		}
	}
	return nil
}

// face is a font that files are written with. It stays unpacked from its first file on: unpacking took three quarters of what a file takes.
type face struct {
	file     string
	unpacked func() ([]byte, error)
	spare    sync.Pool   // of *[]byte: copies that no file is written with
	next     chan *blank // the one that the next file is written in; nil where the font is too large to be kept read
}

// blank is a file in which nothing is written yet.
type blank struct {
	pdf    *fpdf.Fpdf
	glyphs *glyphs
	font   *[]byte
}

// fonts are the same font with alphabets alone, with the common Chinese characters too (3 MB), and whole (10 MB), since the library goes
// through all characters of a font for each file: the first that has all that a file needs is taken.
var fonts = []*face{
	newFace("dist/alphabets.ttf.gz", make(chan *blank, 1)),
	newFace("dist/common.ttf.gz", make(chan *blank, 1)),
	newFace("dist/whole.ttf.gz", nil),
}

func newFace(file string, next chan *blank) *face {
	return &face{file: file, unpacked: sync.OnceValues(func() ([]byte, error) { return unpack(file) }), next: next}
}

// take gives what a file is written in: what was made after the file before, so that nobody waits while the library reads the font.
func (f *face) take() (*blank, error) {
	select {
	case b := <-f.next:
		return b, nil
	default:
		return f.blank()
	}
}

// give takes back what a file was written in.
func (f *face) give(b *blank) {
	f.spare.Put(b.font)
	if f.next == nil || len(f.next) > 0 {
		return
	}
	go func() {
		busy <- struct{}{}
		defer func() { <-busy }()
		next, err := f.blank()
		if err != nil {
			return // whoever takes one makes it, and is told
		}
		select {
		case f.next <- next:
		default:
			f.spare.Put(next.font)
		}
	}()
}

// blank has a copy of the font of its own, since the library writes to it.
func (f *face) blank() (*blank, error) {
	whole, err := f.unpacked()
	if err != nil {
		return nil, err
	}
	font, ok := f.spare.Get().(*[]byte)
	if !ok {
		font = new([]byte)
	}
	*font = append((*font)[:0], whole...)
	b := &blank{pdf: fpdf.New("P", "mm", "A4", ""), font: font}
	b.pdf.AddUTF8FontFromBytes(family, "", *font)
	b.glyphs, err = newGlyphs(*font)
	return b, err
}

func unpack(file string) ([]byte, error) {
	packed, err := dist.ReadFile(file)
	if err != nil {
		return nil, ErrNotBuilt
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	font := make([]byte, binary.LittleEndian.Uint32(packed[len(packed)-4:])) // its size stands at the end (RFC 1952)
	_, err = io.ReadFull(z, font)
	return font, err
}

// glyphs knows which characters the font has.
type glyphs struct {
	font    *sfnt.Font
	buffer  sfnt.Buffer
	missing int
	rare    bool // something is missing that another font may have
}

func newGlyphs(font []byte) (*glyphs, error) {
	f, err := sfnt.Parse(font)
	return &glyphs{font: f}, err
}

// has reports whether a character can be shown: files address those of the Basic Multilingual Plane alone.
func (g *glyphs) has(r rune) bool {
	if r > 0xFFFF {
		return false
	}
	i, err := g.font.GlyphIndex(&g.buffer, r)
	return err == nil && i != 0
}

// wideSpace is as wide as a Chinese character, and in the fonts that have those.
const wideSpace = '\u3000'

// shown is a text with what the font does not have written as numbers, counted. Characters that are no more than a hint to a renderer are dropped.
func (g *glyphs) shown(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteRune(r)
		case r == '\t' || r == '\u00a0' || unicode.Is(unicode.Zs, r) && !g.has(r):
			g.rare = g.rare || r == wideSpace
			b.WriteRune(' ')
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Variation_Selector, r):
		case g.has(r):
			b.WriteRune(r)
		default:
			g.missing++
			g.rare = g.rare || r <= 0xFFFF
			fmt.Fprintf(&b, "[U+%04X]", r)
		}
	}
	return b.String()
}
