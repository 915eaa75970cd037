package numbers

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"

	"skein/frame/civic"
	"skein/science/disclosure"
)

// Codes of a table that are no category and no place.
const (
	All       = "*" // every category, every district
	Elsewhere = "-" // in no district
)

// Frame is what a table has rows and columns of. It depends on no private matter.
type Frame struct {
	Categories []civic.Category // top ones, retired too
	Districts  []civic.PlaceID
}

// Tally is one matter: its category and its district, "" for none.
type Tally struct {
	Category civic.Category
	District civic.PlaceID
}

// Sheet is a published table: counts by district and top category, with totals; -1 is withheld.
type Sheet struct {
	Month      Month
	Least      int
	Method     string
	Categories []string // columns; the last is All
	Districts  []string // rows; the last two are Elsewhere and All
	Counts     [][]int  // by row, then column
}

// Withheld stands for a count that is not published.
const Withheld = -1

// Make counts matters in a frame and withholds what must be. chance gives so many random bytes: they are used
// once and not kept.
func Make(month Month, least int, frame Frame, tallies []Tally, chance func(n int) ([]byte, error)) (*Sheet, error) {
	s := &Sheet{Month: month, Least: least, Method: disclosure.Method}
	for _, c := range frame.Categories {
		s.Categories = append(s.Categories, string(c))
	}
	s.Categories = append(s.Categories, Elsewhere, All) // what has no category yet has none
	for _, d := range frame.Districts {
		s.Districts = append(s.Districts, string(d))
	}
	s.Districts = append(s.Districts, Elsewhere, All)
	rows, columns := len(s.Districts)-1, len(s.Categories)-1
	counts := make([][]int, rows)
	for r := range counts {
		counts[r] = make([]int, columns)
	}
	for _, t := range tallies {
		counts[frame.row(t.District)][frame.column(t.Category)]++
	}
	table, err := disclosure.New(counts)
	if err != nil {
		return nil, err
	}
	random, err := chance(table.Cells())
	if err != nil {
		return nil, err
	}
	p := disclosure.Protect(table, least, random)
	for r := range rows + 1 {
		row := make([]int, columns+1)
		for c := range row {
			if row[c] = p.At(r, c); p.Withheld(r, c) {
				row[c] = Withheld
			}
		}
		s.Counts = append(s.Counts, row)
	}
	return s, nil
}

func (f Frame) row(district civic.PlaceID) int {
	if i := slices.Index(f.Districts, district); i >= 0 {
		return i
	}
	return len(f.Districts)
}

func (f Frame) column(c civic.Category) int {
	for i, top := range f.Categories {
		if c != "" && c.Within(top) {
			return i
		}
	}
	return len(f.Categories)
}

// Count is how many cells the table has, and how many of them are withheld.
func (s *Sheet) Count() (cells, withheld int) {
	for _, row := range s.Counts {
		for _, n := range row {
			if cells++; n == Withheld {
				withheld++
			}
		}
	}
	return cells, withheld
}

var header = []string{"month", "district", "category", "count", "least", "method"}

// CSV is the canonical form, whose digest names the table: RFC 4180, a row a cell, by district, then category; count
// is empty where it is withheld.
func (s *Sheet) CSV() []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write(header) // to memory: it cannot fail
	for r, district := range s.Districts {
		for c, category := range s.Categories {
			count := ""
			if n := s.Counts[r][c]; n != Withheld {
				count = strconv.Itoa(n)
			}
			w.Write([]string{string(s.Month), district, category, count, strconv.Itoa(s.Least), s.Method})
		}
	}
	w.Flush()
	return b.Bytes()
}

// ParseSheet reads what CSV wrote, and nothing else; what publishes a count below its own k is not read either.
func ParseSheet(text []byte) (*Sheet, error) {
	lines, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(lines) < 2 || !slices.Equal(lines[0], header) {
		return nil, fmt.Errorf("numbers: no table")
	}
	s := &Sheet{Month: Month(lines[1][0]), Method: lines[1][5]}
	if s.Least, err = strconv.Atoi(lines[1][4]); err != nil || !s.Month.Valid() || s.Least < 1 {
		return nil, fmt.Errorf("numbers: month %q, least %q", lines[1][0], lines[1][4])
	}
	for _, line := range lines[1:] {
		if len(s.Districts) == 0 || s.Districts[len(s.Districts)-1] != line[1] {
			s.Districts, s.Counts = append(s.Districts, line[1]), append(s.Counts, nil)
		}
		r := len(s.Districts) - 1
		if r == 0 {
			s.Categories = append(s.Categories, line[2])
		}
		n := Withheld
		if line[3] != "" {
			if n, err = strconv.Atoi(line[3]); err != nil || n < s.Least {
				return nil, fmt.Errorf("numbers: a count of %q with a least of %d", line[3], s.Least)
			}
		}
		s.Counts[r] = append(s.Counts[r], n)
	}
	for _, row := range s.Counts {
		if len(row) != len(s.Categories) {
			return nil, fmt.Errorf("numbers: a row has %d cells of %d", len(row), len(s.Categories))
		}
	}
	if !bytes.Equal(s.CSV(), text) {
		return nil, fmt.Errorf("numbers: not in canonical form")
	}
	return s, nil
}
