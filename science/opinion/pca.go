package opinion

import (
	"math"
	"sync"
)

// Point is a place on the map of opinions, without unit.
type Point struct{ X, Y float64 }

// Components are the first two principal components of the votes, after a missing vote is
// taken for the mean of its statement (Small et al. 2021). Where people differ in fewer than
// two directions the loadings of the others are 0. The largest loading of each is positive.
type Components struct {
	Mean     []float64    // m: the mean vote of each statement, 0 for those moderated out
	Loadings [2][]float64 // m each, of length 1 (or 0)
	Variance [2]float64   // variance of the n participants along each, denominator n−1
}

// newComponents makes them of eigenpairs of the scatter matrix of n rows.
func newComponents(means []float64, pairs []eigenpair, n int) Components {
	c := Components{Mean: means}
	for i := range c.Loadings {
		c.Loadings[i] = make([]float64, len(means))
		if i < len(pairs) && n > 1 {
			c.Variance[i] = pairs[i].value / float64(n-1)
			copy(c.Loadings[i], pairs[i].vector)
			orient(c.Loadings[i])
		}
	}
	return c
}

// orient turns a vector so that its largest entry is positive; of entries equal up to rounding the first.
func orient(x []float64) {
	var largest float64
	for _, v := range x {
		largest = max(largest, math.Abs(v))
	}
	for _, v := range x {
		if math.Abs(v) >= largest*(1-1e-9) {
			if v < 0 {
				scale(-1, x)
			}
			return
		}
	}
}

// projector turns rows of votes into places.
type projector struct {
	out   int     // columns moderated out: 0 from everybody, and a vote from everybody in the scaling
	all   float64 // columns
	shift []Point // per cell: (vote − mean)·loading
	votes []int8  // per cell: 1, or 0 where the column is moderated out, for it is in out already
}

func newProjector(c *Components, active []bool) *projector {
	p := &projector{all: float64(len(active)), shift: make([]Point, 4*len(active)), votes: make([]int8, 4*len(active))}
	for j, is := range active {
		if !is {
			p.out++
			continue
		}
		for v := Disagree; v <= Agree; v++ {
			d := float64(v) - c.Mean[j]
			p.shift[newCell(j, v)] = Point{d * c.Loadings[0][j], d * c.Loadings[1][j]}
			p.votes[newCell(j, v)] = 1
		}
	}
	return p
}

// place projects a row: Σ (vote − mean)·loading over its votes, times √(statements / votes).
func (p *projector) place(row []cell) Point {
	var x, y float64
	for _, c := range row {
		s := &p.shift[c]
		x += s.X
		y += s.Y
	}
	votes := len(row)
	if p.out > 0 {
		votes = p.out
		for _, c := range row {
			votes += int(p.votes[c])
		}
	}
	f := math.Sqrt(p.all / float64(max(votes, 1)))
	return Point{x * f, y * f}
}

// statement projects a statement as a participant who cast one vote, agreeing with it (−1 in
// the server's sign). One moderated out lies at 0.
func (p *projector) statement(j int) Point {
	s := p.shift[newCell(j, Agree)]
	f := math.Sqrt(p.all)
	return Point{s.X * f, s.Y * f}
}

// halves runs work on the two halves of [0, n) at once; the work on one place must not depend on another.
func halves(n int, work func(from, to int)) {
	var second sync.WaitGroup
	second.Go(func() { work(n/2, n) })
	work(0, n/2)
	second.Wait()
}
