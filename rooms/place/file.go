package place

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"maps"
	"strconv"

	"skein/frame/civic"
	"skein/frame/sheet"
	"skein/science/geo"
)

// File is what a file says of places: the command that brings them in and the boundaries it needs.
type File struct {
	Import Import
	// Documents are canonical boundaries by digest; their media type is MediaBoundary.
	Documents map[string][]byte
}

// Add puts another file's places behind these. name, if any, goes before what refusals call
// the other's rows or features: "wards.geojson: features[3]".
func (f *File) Add(name string, other File) {
	for _, p := range other.Import.Places {
		if name != "" {
			p.Source = name + ": " + p.Source
		}
		f.Import.Places = append(f.Import.Places, p)
	}
	if f.Documents == nil {
		f.Documents = map[string][]byte{}
	}
	maps.Copy(f.Documents, other.Documents)
}

// ReadGeoJSON reads places with boundaries from a GeoJSON text, as a mapping tells. Every reason
// against it names the feature (counted from 0 in fields, as in the text, and from 1 in sentences).
func ReadGeoJSON(data []byte, m Mapping) (File, civic.Refusals) {
	reasons := m.check()
	collection, err := geo.Parse(data, geo.Options{ArealOnly: true})
	if err != nil {
		refused, _ := civic.AsRefusals(err)
		return File{}, sheet.Limit(append(reasons, refused...))
	}
	if len(reasons) > 0 {
		return File{}, reasons
	}
	f := File{Documents: map[string][]byte{}}
	for i, feature := range collection.Features {
		p, refused := m.place(fmt.Sprintf("features[%d]", i), feature.Properties)
		reasons = append(reasons, refused...)
		digest, document := Document(feature.Area)
		p.Boundary, f.Documents[digest] = digest, document
		f.Import.Places = append(f.Import.Places, p)
	}
	if len(f.Import.Places) == 0 {
		reasons = append(reasons, civic.Refuse(civic.Invalid, "place.import_empty"))
	}
	if len(reasons) > 0 {
		return File{}, sheet.Limit(reasons)
	}
	return f, nil
}

var treeShape = sheet.Shape{
	Columns:  []string{"code", "parent", "kind", "title.*", "rank"},
	Required: []string{"code", "kind", "title.*"},
}

// ReadTree reads places without boundaries from a table of our own columns: code, parent,
// kind, title.<language>, rank. An empty parent is the root.
func ReadTree(format sheet.Format, data []byte) (File, civic.Refusals) {
	table, reasons := sheet.Read(format, data, treeShape)
	var f File
	for _, row := range table.Rows {
		p := Found{
			Place: civic.PlaceID(row.Cells["code"]), Kind: Kind(row.Cells["kind"]), Titles: row.ByLanguage("title"),
			Parent: civic.PlaceID(row.Cells["parent"]), Source: fmt.Sprintf("row %d", row.Line),
		}
		if cell := row.Cells["rank"]; cell != "" {
			var err error
			if p.Rank, err = strconv.Atoi(cell); err != nil {
				reasons = append(reasons, row.Refuse("rank", "place.rank_range", "value", clip(cell), "most", mostRank))
			}
		}
		f.Import.Places = append(f.Import.Places, p)
	}
	return f.unless(reasons)
}

// ReadTable reads places without boundaries from a CSV file with any columns, as a mapping
// tells: {code: "cn-{code}", parent: "cn-{cityCode}"} derives the parents of China's districts.
func ReadTable(data []byte, m Mapping) (File, civic.Refusals) {
	reasons := m.check()
	head := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	columns, _ := head.Read() // sheet.Read says what is wrong with it
	for i := range columns {
		columns[i] = string(bytes.TrimSpace([]byte(columns[i])))
	}
	table, refused := sheet.Read(sheet.CSV, data, sheet.Shape{Columns: columns, Required: m.Properties()})
	if reasons = append(reasons, refused...); len(reasons) > 0 {
		return File{}, sheet.Limit(reasons)
	}
	var f File
	for _, row := range table.Rows {
		p, refused := m.place(fmt.Sprintf("row %d", row.Line), row.Cells)
		reasons = append(reasons, refused...)
		f.Import.Places = append(f.Import.Places, p)
	}
	return f.unless(reasons)
}

// unless refuses a file with reasons against it, or without a place.
func (f File) unless(reasons civic.Refusals) (File, civic.Refusals) {
	if len(f.Import.Places) == 0 && len(reasons) == 0 {
		reasons = append(reasons, civic.Refuse(civic.Invalid, "place.import_empty"))
	}
	if len(reasons) > 0 {
		return File{}, sheet.Limit(reasons)
	}
	return f, nil
}
