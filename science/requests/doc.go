// Package requests is what residents told, as a table: it reads and writes the CSV files on which
// the methods of similar, classify and mask work, and generates such tables.
//
// # The file
//
// A CSV file in UTF-8 (RFC 4180) with a header; the columns in any order, others are ignored:
//
//	id        what the row is called; without the column, its number
//	text      what was told
//	category  what kind of matter it is; empty if not known
//	x_m, y_m  metres east and north on a plane; both empty if the place is not known
//	time      2026-03-27T01:57:40, with or without seconds and offset, or a date; empty if not known
//	lang      the language of the text
//	cluster   which rows are truly about the same matter, where that is known
//
// # What is generated
//
// No city known to us publishes what its residents wrote together with who wrote about the same
// thing. Generate makes texts from a grammar in English and Chinese. They are not real, are more regular than real
// ones, and figures measured on them are figures on them.
package requests

import "embed"

// Messages holds the texts behind the refusals' keys, one flat JSON object a language.
//
//go:embed messages.*.json
var Messages embed.FS
