// Package paper writes documents as PDF (ISO 32000-1): for what is handed over, filed or signed.
//
// A document has a title, a language, an author, a time, and blocks: headings, paragraphs with links, lists, tables whose heads are repeated
// where they go on, photos with captions, and numbered pages. The same document gives the same bytes: its times are the content's and
// nothing is left to chance, so a file can be signed by its digest.
//
// Text is text: it can be searched, copied and read aloud in the order it stands in, in the document's language; headings
// are the file's outline. Files are not tagged (PDF/UA, ISO 14289), since the library cannot: whoever needs that is better served by the page.
//
// The font is Noto Sans SC, by `make build` from the npm package in package-lock.json (font.mjs). A file holds the
// characters it uses, and is written with the whole font only where it has one that is not common. What the font does not have is written as its
// number, [U+1F600], and the file's end says how many there are: nothing is left out in silence.
package paper

import (
	"embed"
	"time"
)

// Messages holds this package's texts, messages.<language>.json.
//
//go:embed messages.en.json messages.zh-Hans.json
var Messages embed.FS

// Media is the media type (RFC 8118).
const Media = "application/pdf"

// Document is what a file is made of.
type Document struct {
	Title  string
	Lang   string // BCP 47
	Author string // the realm
	Made   time.Time
	Footer string // on every page, before its number
	Blocks []Block
	Say    func(key string, args ...any) string // texts in the document's language
}

// Block is a part of a document.
type Block interface{ put(*writer) }

// Heading is a heading; Level 1 is the title's own, and 2 the first below it.
type Heading struct {
	Level int
	Text  string
}

// Span is a run of text; Href makes it a link.
type Span struct{ Text, Href string }

// Paragraph is text that runs on; a line break in it breaks the line.
type Paragraph []Span

// Quiet is a paragraph of lesser weight: notes, digests.
type Quiet []Span

// List is a list of points.
type List []Paragraph

// Column is a column of a table. Right is for numbers.
type Column struct {
	Title string
	Right bool
}

// Table is a table. A table whose columns have no titles has no head: pairs of a term and what it is.
type Table struct {
	Caption string
	Columns []Column
	Rows    [][]string
}

// Photo is a JPEG, as large as the page and its own pixels allow, with a caption below it.
type Photo struct {
	JPEG    []byte
	Caption string
}

// Text is a paragraph of plain text.
func Text(s string) Paragraph { return Paragraph{{Text: s}} }
