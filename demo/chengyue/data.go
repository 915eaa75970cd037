package chengyue

import (
	"embed"
	"encoding/csv"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed data guide
var files embed.FS

// The tables as an operator would import them.
var (
	Places     = table("places.csv")
	Categories = table("categories.csv")
	Bodies     = table("bodies.csv")
	Duties     = table("duty.csv")
)

func table(name string) []byte {
	text, err := files.ReadFile("data/" + name)
	if err != nil {
		panic("chengyue: " + err.Error()) // it is built in
	}
	return text
}

// Articles are the texts of the demonstration's guide, by file. They are invented, and say so.
func Articles() (map[string][]byte, error) {
	out := map[string][]byte{}
	names, err := fs.Glob(files, "guide/*.yaml")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if out[name], err = files.ReadFile(name); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// rows reads a table as lines by column.
func rows(name string, data []byte) ([]map[string]string, error) {
	lines, err := csv.NewReader(strings.NewReader(string(data))).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	out := make([]map[string]string, 0, len(lines))
	for _, line := range lines[1:] {
		row := make(map[string]string, len(line))
		for i, cell := range line {
			row[lines[0][i]] = cell
		}
		out = append(out, row)
	}
	return out, nil
}
