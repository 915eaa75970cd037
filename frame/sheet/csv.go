package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"skein/frame/civic"
)

func readCSV(text []byte, shape Shape) (Table, civic.Refusals) {
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord = -1
	r.ReuseRecord = true
	var reasons civic.Refusals
	stop := func(err error) civic.Refusals {
		var bad *csv.ParseError
		row := Row{Line: 1}
		if errors.As(err, &bad) {
			row.Line = bad.Line
		}
		return append(reasons, row.Refuse("", "sheet.csv_quote"))
	}
	names, err := r.Read()
	if errors.Is(err, io.EOF) {
		return Table{}, civic.Refusals{civic.Refuse(civic.Malformed, "sheet.empty")}
	}
	if err != nil {
		return Table{}, stop(err)
	}
	t := Table{Columns: make([]string, len(names))}
	line, _ := r.FieldPos(0)
	for i, n := range names {
		name, refusal := clean(Row{Line: line}, "", n)
		if refusal != nil {
			reasons = append(reasons, *refusal)
		}
		t.Columns[i] = strings.Clone(name)
	}
	// A spreadsheet leaves empty columns at the right.
	for len(t.Columns) > 0 && t.Columns[len(t.Columns)-1] == "" {
		t.Columns = t.Columns[:len(t.Columns)-1]
	}
	if reasons = append(reasons, shape.header(line, t.Columns)...); len(reasons) > 0 {
		return t, reasons
	}
	most := orElse(shape.MostRows, mostRows)
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return t, reasons
		}
		if err != nil {
			return t, stop(err)
		}
		line, _ := r.FieldPos(0)
		row := Row{Line: line, Cells: make(map[string]string, len(t.Columns))}
		for i, cell := range cells {
			if i >= len(t.Columns) {
				if strings.TrimSpace(cell) != "" {
					reasons = append(reasons, row.Refuse("", "sheet.row_wide", "cells", len(cells), "columns", len(t.Columns)))
					break
				}
				continue
			}
			text, refusal := clean(row, t.Columns[i], cell)
			if refusal != nil {
				reasons = append(reasons, *refusal)
			} else if text != "" {
				row.Cells[t.Columns[i]] = strings.Clone(text)
			}
		}
		if len(cells) < len(t.Columns) {
			reasons = append(reasons, row.Refuse("", "sheet.row_narrow", "cells", len(cells), "columns", len(t.Columns)))
		}
		if len(row.Cells) == 0 && len(reasons) == 0 {
			continue // a line of commas
		}
		if len(t.Rows) == most {
			return t, append(reasons, civic.Refuse(civic.TooLarge, "sheet.too_many", "most", most))
		}
		t.Rows = append(t.Rows, row)
	}
}

// WriteCSV writes the canonical form: the columns given, every row in the order given,
// "\n" at the end of each line, quotes only where RFC 4180 needs them. The same table always gives the same bytes.
func WriteCSV(columns []string, rows []map[string]string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	line := slices.Clone(columns)
	w.Write(line)
	for _, row := range rows {
		for i, c := range columns {
			line[i] = row[c]
		}
		w.Write(line)
	}
	w.Flush()
	return b.Bytes()
}
