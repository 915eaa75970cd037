package opinion

import (
	"fmt"
	"math"
	"runtime"
	"strconv"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

// drawVotes makes a small conversation with groups in it.
func drawVotes(t *rapid.T) *Votes {
	participants, statements := rapid.IntRange(1, 40).Draw(t, "participants"), rapid.IntRange(1, 25).Draw(t, "statements")
	v, _ := made(rapid.Uint64().Draw(t, "seed"), participants, statements, rapid.IntRange(1, 4).Draw(t, "groups"), statements/2+1)
	if v.count == 0 {
		v.Set("0", "0", Agree)
	}
	return v
}

// dense is the matrix of votes with missing ones imputed by the mean and the means taken off.
func dense(v *Votes) *mat.Dense {
	m := mat.NewDense(len(v.rows), len(v.statements), nil)
	for j := range v.statements {
		var t tally
		for _, row := range v.rows {
			if at, ok := find(row, j); ok {
				t.add(row[at].vote(), 1)
			}
		}
		for i, row := range v.rows {
			if at, ok := find(row, j); ok {
				m.Set(i, j, float64(row[at].vote())-t.mean())
			}
		}
	}
	return m
}

// TestComponentsAreThoseOfTheImputedMatrix compares with a singular value decomposition of the whole matrix, by both ways of taking products.
func TestComponentsAreThoseOfTheImputedMatrix(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawVotes(t).sorted()
		var svd mat.SVD
		if !svd.Factorize(dense(v), mat.SVDThin) {
			t.Fatal("no decomposition")
		}
		values := svd.Values(nil)
		var right mat.Dense
		svd.VTo(&right)
		for _, e := range []*engine{newEngine(v, Options{}), prepare(v, Options{})} {
			c := e.components(exact)
			for k := range min(2, len(values)) {
				want := 0.0
				if len(v.rows) > 1 {
					want = values[k] * values[k] / float64(len(v.rows)-1)
				}
				if math.Abs(c.Variance[k]-want) > 1e-9*max(1, want) {
					t.Fatalf("variance %d is %g, want %g", k, c.Variance[k], want)
				}
				apart := math.Inf(1)
				for l, other := range values {
					if l != k {
						apart = min(apart, math.Abs(values[k]*values[k]-other*other))
					}
				}
				if len(values) < len(v.statements) {
					apart = min(apart, values[k]*values[k])
				}
				if apart < 1e-3*values[0]*values[0] || want < 1e-9 {
					continue // any vector of the space will do
				}
				column := mat.Col(nil, k, &right)
				if d := math.Abs(dot(column, c.Loadings[k])); math.Abs(d-1) > 1e-9 {
					t.Fatalf("component %d: cosine %g with that of the decomposition", k, d)
				}
			}
		}
	})
}

// renamed gives participants and statements other names, which puts them in another order.
func renamed(v *Votes, seed uint64) (*Votes, map[string]string) {
	r := newRandom(seed)
	shuffle := func(n int) []int {
		p := make([]int, n)
		for i := range p {
			p[i] = i
			j := r.below(i + 1)
			p[i], p[j] = p[j], p[i]
		}
		return p
	}
	person, statement := shuffle(len(v.participants)), shuffle(len(v.statements))
	name := map[string]string{}
	out := NewVotes()
	for _, i := range shuffle(len(v.rows)) {
		name[v.participants[i]] = "p" + strconv.Itoa(person[i])
		for _, c := range v.rows[i] {
			out.Set(name[v.participants[i]], "s"+strconv.Itoa(statement[c.column()]), c.vote())
		}
	}
	return out, name
}

func byName(m *Map) map[string]Participant {
	out := map[string]Participant{}
	for _, p := range m.Participants {
		out[p.ID] = p
	}
	return out
}

// TestNamesChangeNothingButNames permutes people and statements.
func TestNamesChangeNothingButNames(t *testing.T) {
	rounds := 12
	if testing.Short() {
		rounds = 3
	}
	r := newRandom(3)
	for range rounds {
		v, _ := made(r.Next(), 30+r.below(100), 30, 3, 20)
		for i := len(v.rows) - 1; i >= 0; i-- { // people without votes have no name to change
			if len(v.rows[i]) == 0 {
				v.Set(v.participants[i], "0", Pass)
			}
		}
		other, name := renamed(v, r.Next())
		for _, answer := range []func(*Votes, Options) *Map{Polis, Steady} {
			a, b := answer(v, Options{}), answer(other, Options{})
			if a.K != b.K || len(a.In) != len(b.In) {
				t.Fatalf("%d groups of %d, renamed %d of %d", a.K, len(a.In), b.K, len(b.In))
			}
			there := byName(b)
			var own, theirs []int
			for _, p := range a.Participants {
				q := there[name[p.ID]]
				if math.Abs(p.At.X-q.At.X) > 1e-7 || math.Abs(p.At.Y-q.At.Y) > 1e-7 || p.Votes != q.Votes {
					t.Fatalf("%s lies at %v, renamed at %v", p.ID, p.At, q.At)
				}
				own, theirs = append(own, p.Group), append(theirs, q.Group)
			}
			if r := adjustedRand(own, theirs); r < 1 {
				t.Fatalf("the groups of %d changed: adjusted Rand index %g", a.K, r)
			}
		}
	}
}

// TestOrderOfRowsChangesNothing holds the answer to the last bit.
func TestOrderOfRowsChangesNothing(t *testing.T) {
	v, _ := made(7, 120, 30, 3, 15)
	r := newRandom(8)
	other := NewVotes()
	for range 3 * v.count { // any order, some told more than once
		i := r.below(len(v.rows))
		if row := v.rows[i]; len(row) > 0 {
			c := row[r.below(len(row))]
			other.Set(v.participants[i], v.statements[c.column()], c.vote())
		}
	}
	for i, row := range v.rows {
		v.AddStatement("0")
		for _, c := range row {
			other.Set(v.participants[i], v.statements[c.column()], c.vote())
		}
	}
	if text(clone(v)) != text(other) {
		t.Error("the order of rows changed the answer")
	}
}

// text is both answers, to the last bit.
func text(v *Votes) string {
	polis, steady := Both(v, Options{Seed: 5})
	judged := *steady.Steadiness
	steady.Steadiness = nil
	return fmt.Sprintf("%+v %+v %+v", polis, steady, judged)
}

// clone leaves out participants without votes.
func clone(v *Votes) *Votes {
	out := NewVotes()
	for i, row := range v.rows {
		for _, c := range row {
			out.Set(v.participants[i], v.statements[c.column()], c.vote())
		}
	}
	return out
}

// TestWorkersChangeNothing holds the answer to the last bit on one processor and on several.
func TestWorkersChangeNothing(t *testing.T) {
	v, _ := made(9, 400, 40, 3, 25)
	one := func(n int) string {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(n))
		return text(v)
	}
	if one(1) != one(4) {
		t.Error("the number of workers changed the answer")
	}
}

// TestStreamKeepsUp compares a stream with the answer from nothing after each of many votes, changed votes among them.
func TestStreamKeepsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		begin := drawVotes(t)
		s := NewStream(begin, Options{ModeratedOut: []string{"3", "31"}, Meta: []string{"5"}})
		for range rapid.IntRange(1, 60).Draw(t, "votes") {
			participant, statement := strconv.Itoa(rapid.IntRange(0, 45).Draw(t, "participant")), strconv.Itoa(rapid.IntRange(0, 32).Draw(t, "statement"))
			if err := s.Set(participant, statement, Vote(rapid.IntRange(-1, 1).Draw(t, "vote"))); err != nil {
				t.Fatal(err)
			}
			if rapid.IntRange(0, 9).Draw(t, "look") == 0 {
				s.Map()
			}
		}
		m := s.Map()
		e := s.engine
		whole := newEngine(e.votes, e.options)
		for j := range e.tallies {
			if e.tallies[j] != whole.tallies[j] || e.means[j] != whole.means[j] || e.active[j] != whole.active[j] || e.meta[j] != whole.meta[j] {
				t.Fatalf("statement %d: %+v, from nothing %+v", j, e.tallies[j], whole.tallies[j])
			}
			for k := j; k < len(e.tallies); k++ {
				if a, b := e.gram.pairs[j*e.gram.wide+k], whole.gram.pairs[j*whole.gram.wide+k]; a != b {
					t.Fatalf("statements %d and %d: %+v, from nothing %+v", j, k, a, b)
				}
				if a, b := e.gram.matrix[k*e.gram.wide+j], whole.gram.matrix[j*whole.gram.wide+k]; a != b {
					t.Fatalf("statements %d and %d: %g, from nothing %g", j, k, a, b)
				}
			}
		}
		c := whole.components(exact)
		for k := range 2 {
			if math.Abs(c.Variance[k]-m.Components.Variance[k]) > 1e-9*max(1, c.Variance[0]) {
				t.Fatalf("variance %g, from nothing %g", m.Components.Variance[k], c.Variance[k])
			}
		}
		for i, row := range e.votes.rows {
			if m.Participants[i].Votes != len(row) {
				t.Fatalf("%d votes of %d", m.Participants[i].Votes, len(row))
			}
		}
	})
}
