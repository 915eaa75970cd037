package disclosure

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func poisson(r *rand.Rand, mean float64) int {
	n, p := 0, r.ExpFloat64()
	for p < mean {
		n++
		p += r.ExpFloat64()
	}
	return n
}

// TestLoss says what protection costs on tables like a city's: a few categories and districts that have most of the cases.
func TestLoss(t *testing.T) {
	for _, s := range []struct {
		rows, columns int
		cases, most   float64 // percent
	}{{8, 6, 30, 2}, {8, 6, 120, 8}, {8, 6, 600, 20}, {12, 23, 300, 1}, {12, 23, 2000, 2}, {12, 23, 20000, 15}} {
		var cells, below, besides, totals, shown int
		for seed := range 20 {
			table := likeACity(s.rows, s.columns, s.cases, uint64(seed))
			p := Protect(table, 5, chanceOf(table, byte(seed)))
			a, b, c := p.Loss()
			cells, below, besides = cells+a, below+b, besides+c
			for i := range s.rows + 1 {
				for j := range s.columns + 1 {
					if i == s.rows || j == s.columns {
						totals++
						if !p.Withheld(i, j) {
							shown++
						}
					}
				}
			}
		}
		lost := 100 * float64(besides) / float64(cells)
		t.Logf("%d×%d, about %g cases: of %d cells %.1f%% below k, %.1f%% withheld besides; %.0f%% of the totals published", s.rows, s.columns, s.cases, cells/20,
			100*float64(below)/float64(cells), lost, 100*float64(shown)/float64(totals))
		if lost > s.most {
			t.Errorf("more than %g%% is withheld besides", s.most)
		}
	}
}

// likeACity is a table in which a few rows and columns have most of the cases.
func likeACity(rows, columns int, cases float64, seed uint64) *Table {
	r := rand.New(rand.NewPCG(1, seed))
	share := func(i, of int) float64 {
		total := 0.0
		for j := range of {
			total += 1 / float64(j+2)
		}
		return 1 / float64(i+2) / total
	}
	counts := make([][]int, rows)
	for i := range counts {
		counts[i] = make([]int, columns)
		for j := range counts[i] {
			counts[i][j] = poisson(r, cases*share(i, rows)*share(j, columns))
		}
	}
	t, err := New(counts)
	if err != nil {
		panic(err)
	}
	return t
}

func BenchmarkProtect(b *testing.B) {
	for _, s := range []struct {
		rows, columns int
		cases         float64
	}{{12, 23, 300}, {12, 23, 20000}, {30, 120, 5000}} {
		table := likeACity(s.rows, s.columns, s.cases, 1)
		b.Run(fmt.Sprintf("%dx%d,%g", s.rows, s.columns, s.cases), func(b *testing.B) {
			for b.Loop() {
				Protect(table, 5, chanceOf(table, 0))
			}
		})
	}
}

// FuzzProtect has the bounds recomputed on tables of bytes.
func FuzzProtect(f *testing.F) {
	f.Add([]byte{3, 5, 9, 2, 7, 8, 6, 11, 5, 9, 6}, byte(1))
	f.Add([]byte{1, 5, 6}, byte(0))
	f.Fuzz(func(t *testing.T, data []byte, seed byte) {
		if len(data) < 3 || len(data) > 40 {
			return
		}
		columns, k := 1+int(data[0]%6), 1+int(data[1]%9)
		var counts [][]int
		for rest := data[2:]; len(rest) >= columns; rest = rest[columns:] {
			row := make([]int, columns)
			for c := range row {
				row[c] = int(rest[c])
			}
			counts = append(counts, row)
		}
		table, err := New(counts)
		if len(counts) == 0 {
			if err == nil {
				t.Fatal("a table without rows was made")
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range holds(t, Protect(table, k, chanceOf(table, seed))) {
			t.Error(b)
		}
	})
}
