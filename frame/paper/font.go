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

// dist holds the font, packed, and its licence.
//
//go:embed all:dist
var dist embed.FS

// ErrNotBuilt says that the font was not there when the program was compiled.
var ErrNotBuilt = errors.New("the font of PDFs is not built into this program: run `make build`")

// Built returns ErrNotBuilt if the font is missing; a server asks before it listens.
func Built() error {
	if _, err := fs.Stat(dist, "dist/font.ttf.gz"); err != nil {
		return ErrNotBuilt
	}
	return nil
}

// font gives each file a copy of its own of the font, since the library writes to it; give it back with spare.Put. It stays unpacked from the first
// file on (10 MB): unpacking took three quarters of what a file takes.
func font() (*[]byte, error) {
	whole, err := unpacked()
	if err != nil {
		return nil, err
	}
	face, ok := spare.Get().(*[]byte)
	if !ok {
		face = new([]byte)
	}
	*face = append((*face)[:0], whole...)
	return face, nil
}

// spare are copies that no file is written with: a new one for each was a tenth of all that a busy server allocates.
var spare sync.Pool

var unpacked = sync.OnceValues(unpack)

func unpack() ([]byte, error) {
	packed, err := dist.ReadFile("dist/font.ttf.gz")
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
