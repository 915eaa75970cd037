// Package records reads another system's export, a CSV file, by a mapping that says which
// column is what. It reads row by row and keeps no more than one row in memory; a row that
// cannot be read is handed on with every reason why, never dropped and never guessed at.
//
// A mapping is a YAML file. Each field names one column or several, and how what stands
// there becomes ours: a table ("map"), a pattern ("code") or as it is.
//
//	name: Springfield 311
//	zone: America/Chicago
//	external: ticket
//	reported: {column: created, formats: ["M/d/yyyy h:mm a", rfc3339]}
//	category: {columns: [group, type], join: " / ", map: {"Streets / Pothole": streets.potholes}}
//	place: {column: ward, strip: ["Ward "], code: "ward-{ward:02}"}
//	status: {column: state, map: {New: open, Done: closed}}
package records

import "embed"

// Messages holds this package's texts, messages.<language>.json.
//
//go:embed messages.en.json messages.zh-Hans.json
var Messages embed.FS
