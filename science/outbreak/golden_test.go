package outbreak

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"skein/internal/shared"
)

// golden reads a CSV file of the golden data as maps.
func golden(t testing.TB, file string) []map[string]string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, r := range records[1:] {
		m := map[string]string{}
		for i, name := range records[0] {
			m[name] = r[i]
		}
		out = append(out, m)
	}
	return out
}

// value reads a figure; NA is NaN.
func value(t testing.TB, s string) float64 {
	t.Helper()
	if s == "NA" || s == "" {
		return math.NaN()
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// apart is how far two figures differ, relative to the larger of the wanted one and 1e-6; 0 where both are NaN.
func apart(got, want float64) float64 {
	switch {
	case math.IsNaN(got) && math.IsNaN(want):
		return 0
	case math.IsNaN(got) || math.IsNaN(want):
		return math.Inf(1)
	case got == want: // infinities too
		return 0
	}
	return math.Abs(got-want) / math.Max(math.Abs(want), 1e-6)
}

// column reads a series of an input file.
func column(t testing.TB, dir, name, series string) []float64 {
	var xs []float64
	for _, r := range golden(t, filepath.Join(dir, name)) {
		xs = append(xs, value(t, r[series]))
	}
	return xs
}

// at is the folder with a file of the golden data: testdata for what is shipped, else beside the project.
func at(t testing.TB, name string) string {
	if _, err := os.Stat(filepath.Join("testdata", name)); err == nil {
		return "testdata"
	}
	return shared.Dir(t, "golden/early-warning")
}
