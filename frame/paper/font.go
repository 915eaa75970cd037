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
	spare    sync.Pool // of *[]byte: copies that no file is written with
}

// fonts are the same font with alphabets alone, with the common Chinese characters too (3 MB), and whole (10 MB), since the library goes
// through all characters of a font for each file: the first that has all that a file needs is taken.
var fonts = []*face{newFace("dist/alphabets.ttf.gz"), newFace("dist/common.ttf.gz"), newFace("dist/whole.ttf.gz")}

func newFace(file string) *face {
	return &face{file: file, unpacked: sync.OnceValues(func() ([]byte, error) { return unpack(file) })}
}

// take gives each file a copy of its own, since the library writes to it; spare takes it back.
func (f *face) take() (*[]byte, error) {
	whole, err := f.unpacked()
	if err != nil {
		return nil, err
	}
	own, ok := f.spare.Get().(*[]byte)
	if !ok {
		own = new([]byte)
	}
	*own = append((*own)[:0], whole...)
	return own, nil
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
