// Package science is `skein science`: the pure mathematics of science/ on files, for
// whoever wants to check an answer or use a method without a realm. Each subject has a
// file of its own here, with its command and what `skein bench science` measures of it.
package science

import (
	"context"
	"embed"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"

	"skein/face/words"
	"skein/frame/civic"
)

// Messages holds this package's texts, messages.<language>.json.
//
//go:embed messages.en.json messages.zh-Hans.json
var Messages embed.FS

// Command lists the subjects.
type Command struct {
	Similar  Similar  `cmd:"" help:"Which reports are about the same matter: by their words, places and times."`
	Classify Classify `cmd:"" help:"What a report is about, learnt from closed matters."`
	Mask     Mask     `cmd:"" help:"Find and hide what points to a person: numbers, addresses, names."`
	Requests Requests `cmd:"" help:"Generate requests in English and Chinese, with their category and cluster."`
	Opinion  Opinion  `cmd:"" help:"Where opinions meet: groups, what speaks for each, what all agree on."`
	Count    Count    `cmd:"" help:"Count ballots: single and multiple choice, approval, score, instant runoff, transferable vote, Schulze, quadratic."`
	Share    Share    `cmd:"" help:"Divide a participatory budget: greedy, Equal Shares, Phragmén."`
	Warn     Warn     `cmd:"" help:"Early warning: where counts of a series are higher than its past lets one expect."`
	Scan     Scan     `cmd:"" help:"Where and when at once: clusters of cases in areas and the last days."`
}

// Desk is what a command works with: where it prints, and in whose language it speaks.
type Desk struct {
	Context  context.Context
	In       io.Reader
	Out      io.Writer
	Terminal bool // Out is a terminal
	Voice    words.Voice
}

// mostBytes bounds a file that is read whole.
const mostBytes = 1 << 30

// read returns a file's bytes; "-" is standard input.
func (d *Desk) read(file string) ([]byte, error) {
	from := d.In
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, unreadable(file, err)
		}
		defer f.Close()
		from = f
	}
	data, err := io.ReadAll(io.LimitReader(from, mostBytes+1))
	if err != nil {
		return nil, unreadable(file, err)
	}
	if len(data) > mostBytes {
		return nil, civic.Refuse(civic.TooLarge, "science.file_large", "file", file, "most", mostBytes>>20)
	}
	return data, nil
}

// write makes a file of its own, a picture for instance.
func (d *Desk) write(file string, data []byte) error {
	if err := os.WriteFile(file, data, 0o666); err != nil {
		return civic.Refuse(civic.Unavailable, "science.file_unwritable", "file", file, "cause", cause(err))
	}
	return nil
}

func unreadable(file string, err error) error {
	return civic.Refuse(civic.Missing, "science.file_unreadable", "file", file, "cause", cause(err))
}

func cause(err error) string {
	var at *os.PathError
	if errors.As(err, &at) {
		return at.Err.Error()
	}
	return err.Error()
}

// Output is how a table is printed.
type Output struct {
	Format string `enum:"text,csv,json," default:"" help:"text, csv or json; without it, text on a terminal and csv elsewhere."`
}

func (o Output) format(d *Desk) string {
	switch {
	case o.Format != "":
		return o.Format
	case d.Terminal:
		return "text"
	default:
		return "csv"
	}
}

// table prints rows under their columns. A cell is a string, an int, a bool, a float64, or nil where
// nothing can be told: empty in text and CSV, null in JSON. A JSON row is an object.
func (o Output) table(d *Desk, columns []string, rows [][]any) error {
	switch o.format(d) {
	case "json":
		return d.json(objects(columns, rows))
	case "csv":
		w := csv.NewWriter(d.Out)
		if err := w.Write(columns); err != nil {
			return err
		}
		for _, row := range rows {
			if err := w.Write(cells(row, 'g', -1)); err != nil {
				return err
			}
		}
		w.Flush()
		return w.Error()
	default:
		w := tabwriter.NewWriter(d.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, strings.Join(columns, "\t"))
		for _, row := range rows {
			fmt.Fprintln(w, strings.Join(cells(row, 'g', 6), "\t"))
		}
		return w.Flush()
	}
}

// json prints a value, indented.
func (d *Desk) json(v any) error {
	e := json.NewEncoder(d.Out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// object is a row whose members keep the order of the columns.
type object struct {
	columns []string
	row     []any
}

func objects(columns []string, rows [][]any) []object {
	out := make([]object, len(rows))
	for i, row := range rows {
		out[i] = object{columns, row}
	}
	return out
}

func (o object) MarshalJSON() ([]byte, error) {
	var b strings.Builder
	b.WriteByte('{')
	for i, column := range o.columns {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(column)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(o.row[i])
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return []byte(b.String()), nil
}

func cells(row []any, format byte, digits int) []string {
	out := make([]string, len(row))
	for i, cell := range row {
		switch cell := cell.(type) {
		case nil:
		case string:
			out[i] = cell
		case float64:
			out[i] = strconv.FormatFloat(cell, format, digits, 64)
		default:
			out[i] = fmt.Sprint(cell)
		}
	}
	return out
}
