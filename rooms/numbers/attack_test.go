package numbers

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize/convex/lp"
	"pgregory.net/rapid"

	"skein/frame/civic"
)

// reader is an attacker: somebody who keeps every table of every release. She reads the CSV by the letter of its dictionary and knows that "*" is the sum of the others. An unknown is a count that is
// not published; all releases are in one system of equations.
type reader struct {
	unknown map[string]int
	rows    [][]float64 // coefficients of the unknowns
	other   []float64   // the other sides
}

type equation struct {
	terms map[int]float64
	side  float64
}

// read takes documents, and what else she knows: equations of cells, with "=" for the other side.
func read(t testing.TB, documents [][]byte, more ...map[string]float64) *reader {
	r := &reader{unknown: map[string]int{}}
	known := map[string]float64{}
	type axis struct{ districts, categories []string }
	axes := map[string]*axis{}
	name := func(month, district, category string) string { return month + "|" + district + "|" + category }
	for _, document := range documents {
		lines, err := csv.NewReader(bytes.NewReader(document)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range lines[1:] {
			month, district, category := line[0], line[1], line[2]
			if axes[month] == nil {
				axes[month] = &axis{}
			}
			a := axes[month]
			if n := len(a.districts); n == 0 || a.districts[n-1] != district {
				a.districts = append(a.districts, district)
			}
			if len(a.districts) == 1 {
				a.categories = append(a.categories, category)
			}
			if cell := name(month, district, category); line[3] == "" {
				r.unknown[cell] = len(r.unknown)
			} else if known[cell], err = strconv.ParseFloat(line[3], 64); err != nil {
				t.Fatal(err)
			}
		}
	}
	var equations []equation
	sum := func(total string, parts []string) {
		e := equation{terms: map[int]float64{}}
		add := func(cell string, sign float64) {
			if i, is := r.unknown[cell]; is {
				e.terms[i] += sign
			} else {
				e.side -= sign * known[cell]
			}
		}
		add(total, -1)
		for _, p := range parts {
			add(p, 1)
		}
		equations = append(equations, e)
	}
	for month, a := range axes {
		for _, d := range a.districts {
			var parts []string
			for _, c := range a.categories {
				if c != All {
					parts = append(parts, name(month, d, c))
				}
			}
			sum(name(month, d, All), parts)
		}
		for _, c := range a.categories {
			var parts []string
			for _, d := range a.districts {
				if d != All {
					parts = append(parts, name(month, d, c))
				}
			}
			sum(name(month, All, c), parts)
		}
	}
	for _, terms := range more {
		e := equation{terms: map[int]float64{}, side: terms["="]}
		for cell, sign := range terms {
			if i, is := r.unknown[cell]; is {
				e.terms[i] += sign
			} else if cell != "=" {
				e.side -= sign * known[cell]
			}
		}
		equations = append(equations, e)
	}
	r.eliminate(t, equations)
	return r
}

// eliminate keeps what is independent, in echelon form.
func (r *reader) eliminate(t testing.TB, equations []equation) {
	n := len(r.unknown)
	var rows [][]float64
	for _, e := range equations {
		row := make([]float64, n+1)
		for i, sign := range e.terms {
			row[i] = sign
		}
		row[n] = e.side
		rows = append(rows, row)
	}
	done := 0
	for c := 0; c < n && done < len(rows); c++ {
		pivot := done
		for pivot < len(rows) && math.Abs(rows[pivot][c]) < 1e-9 {
			pivot++
		}
		if pivot == len(rows) {
			continue
		}
		rows[done], rows[pivot] = rows[pivot], rows[done]
		for i := range rows {
			if f := rows[i][c] / rows[done][c]; i != done && f != 0 {
				for k := range rows[i] {
					rows[i][k] -= f * rows[done][k]
				}
			}
		}
		done++
	}
	for _, row := range rows[done:] {
		if math.Abs(row[n]) > 1e-6 {
			t.Fatal("what is published contradicts itself")
		}
	}
	for _, row := range rows[:done] {
		r.rows, r.other = append(r.rows, row[:n]), append(r.other, row[n])
	}
}

// bounds are what a count that is not published can be.
func (r *reader) bounds(t testing.TB, cell string) (low, high float64) {
	i := r.unknown[cell]
	var used []int // unknowns that stand in an equation: of the others nothing is known
	at := -1
	for j := range len(r.unknown) {
		for _, row := range r.rows {
			if row[j] != 0 {
				if j == i {
					at = len(used)
				}
				used = append(used, j)
				break
			}
		}
	}
	if at < 0 {
		return 0, math.Inf(1)
	}
	if len(used) == len(r.rows) { // as many equations as unknowns: one solution
		for k, row := range r.rows {
			if row[i] != 0 {
				return r.other[k] / row[i], r.other[k] / row[i]
			}
		}
	}
	a := mat.NewDense(len(r.rows), len(used), nil)
	for k, row := range r.rows {
		for l, j := range used {
			a.Set(k, l, row[j])
		}
	}
	solve := func(sign float64) float64 {
		cost := make([]float64, len(used))
		cost[at] = sign
		got, _, err := lp.Simplex(cost, a, r.other, 1e-9, nil)
		if err == lp.ErrUnbounded {
			return math.Inf(1)
		}
		if err != nil {
			t.Fatal("the attacker's linear program: ", err)
		}
		return got * sign
	}
	return solve(1), solve(-1)
}

// caught lists what she finds that nobody may know.
func (r *reader) caught(t testing.TB, truth map[string]int, least int) (out []string) {
	for cell := range r.unknown {
		low, high := r.bounds(t, cell)
		if n := truth[cell]; n < least && (low > 1e-6 || high < float64(least)-1e-6) {
			out = append(out, fmt.Sprintf("%s is %d, and she knows %g…%g", cell, n, low, high))
		}
	}
	return out
}

// world is a realm's private matters over some months.
type world struct {
	frame   Frame
	months  []Month
	matters []monthly
}

type monthly struct {
	Tally
	month Month
}

func someWorld(t *rapid.T) *world {
	w := &world{}
	for i := range rapid.IntRange(1, 3).Draw(t, "categories") {
		w.frame.Categories = append(w.frame.Categories, civic.Category(rune('a'+i)))
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "districts") {
		w.frame.Districts = append(w.frame.Districts, civic.PlaceID(rune('x'+i)))
	}
	month := Month("2011-12")
	for range rapid.IntRange(1, 3).Draw(t, "months") {
		month = month.Next()
		w.months = append(w.months, month)
		for _, c := range append(w.frame.Categories, "") {
			for _, d := range append(w.frame.Districts, "") {
				for range rapid.SampledFrom([]int{0, 0, 1, 2, 5, 7, 12}).Draw(t, "private") {
					w.matters = append(w.matters, monthly{Tally{c, d}, month})
				}
			}
		}
	}
	return w
}

// publish makes every month's table of the matters that count.
func (w *world) publish(t testing.TB, least int, seed byte) (documents [][]byte, truth map[string]int) {
	truth = map[string]int{}
	chance := rand.NewChaCha8([32]byte{seed})
	for _, month := range w.months {
		var tallies []Tally
		for _, m := range w.matters {
			if m.month != month {
				continue
			}
			tallies = append(tallies, m.Tally)
			d, c := string(m.District), string(m.Category)
			if d == "" {
				d = Elsewhere
			}
			if c == "" {
				c = Elsewhere
			}
			for _, cell := range []string{d + "|" + c, d + "|" + All, All + "|" + c, All + "|" + All} {
				truth[string(month)+"|"+cell]++
			}
		}
		s, err := Make(month, least, w.frame, tallies, func(n int) ([]byte, error) {
			b := make([]byte, n)
			chance.Read(b)
			return b, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		documents = append(documents, s.CSV())
	}
	return documents, truth
}

// TestDifferencing attacks all tables, levels and releases at once. What she knows of public matters is in no equation with
// a table, for no matter is in both: that the tables hold to that, whatever turns private when, is TestNumbers of cmd/skein.
func TestDifferencing(t *testing.T) {
	outer := t
	rapid.Check(t, func(t *rapid.T) {
		w := someWorld(t)
		least := rapid.IntRange(1, 6).Draw(t, "least")
		seed := rapid.Byte().Draw(t, "seed")
		documents, truth := w.publish(outer, least, seed)
		r := read(outer, documents)
		for _, found := range r.caught(outer, truth, least) {
			t.Error(found)
		}
	})
}

// TestDifferencingCanWin plants what the rules exclude, two releases of a month, and the same attacker wins.
func TestDifferencingCanWin(t *testing.T) {
	frame := Frame{Categories: []civic.Category{"a"}, Districts: []civic.PlaceID{"x"}}
	sheet := func(month Month, n int) []byte {
		s, err := Make(month, 5, frame, some(n, "a", "x"), steady)
		if err != nil {
			t.Fatal(err)
		}
		return s.CSV()
	}
	// Two releases of one month with six matters between: read as two months, tied by what she knows of the difference.
	documents := [][]byte{sheet("2012-01", 3), sheet("2012-02", 9)}
	tied := read(t, documents, map[string]float64{"2012-02|*|*": 1, "2012-01|*|*": -1, "=": 6})
	if found := tied.caught(t, map[string]int{"2012-01|*|*": 3}, 5); len(found) == 0 {
		t.Error("two releases of a month give nothing away: the attack finds nothing")
	}
	if found := read(t, documents).caught(t, map[string]int{"2012-01|*|*": 3}, 5); len(found) != 0 {
		t.Errorf("untied they do: %v", found)
	}
}
