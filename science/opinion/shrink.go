package opinion

import "math"

// evidence is what a row of votes says about its participant's position, given the loadings L of the statements she voted on
// and her votes r less the means: LᵀL, Lᵀr and rᵀr.
type evidence struct {
	xx, xy, yy, x, y, square float64
	votes                    int
}

func newEvidence(row []cell, c *Components, active []bool) evidence {
	var e evidence
	for _, cell := range row {
		j := cell.column()
		if !active[j] {
			continue
		}
		a, b := c.Loadings[0][j], c.Loadings[1][j]
		r := float64(cell.vote()) - c.Mean[j]
		e.xx += a * a
		e.xy += a * b
		e.yy += b * b
		e.x += a * r
		e.y += b * r
		e.square += r * r
		e.votes++
	}
	return e
}

// prior is what is known of a participant before she votes: her position is normal around the middle, independent along the
// components, and each vote is the position's prediction and normal noise (probabilistic principal components with
// missing values: Tipping & Bishop 1999, J. R. Stat. Soc. B 61:611; Ilin & Raiko 2010, JMLR 11:1957).
type prior struct {
	spread [2]float64 // variance of positions along each component
	noise  float64    // variance of a vote around its prediction
}

// posterior is a position and its covariance.
type posterior struct {
	at         Point
	xx, xy, yy float64
}

// place is the best guess of a position: the fewer the votes, the nearer to the middle, instead of farther out as with Polis's √(n/votes).
func (p prior) place(e evidence) posterior {
	a, d := e.xx+p.ridge(0), e.yy+p.ridge(1)
	det := a*d - e.xy*e.xy
	return posterior{
		at: Point{(d*e.x - e.xy*e.y) / det, (a*e.y - e.xy*e.x) / det},
		xx: p.noise * d / det, xy: -p.noise * e.xy / det, yy: p.noise * a / det,
	}
}

// ridge is noise over spread, kept away from 0 and infinity.
func (p prior) ridge(c int) float64 {
	return min(max(p.noise/max(p.spread[c], 1e-12), 1e-9), 1e12)
}

// certainty is how much of the spread of positions the votes explain, up to 1; it is never quite 0, so that it can be a weight.
func (p prior) certainty(q posterior) float64 {
	const least = 1e-6
	total := p.spread[0] + p.spread[1]
	if total <= 0 {
		return least
	}
	return min(1, max(least, 1-(q.xx+q.yy)/total))
}

// fitSteps is ample: what the steps still change by then is far below what a few participants more would.
const fitSteps = 30

// fit finds the prior under which the evidence of all is likeliest, by expectation and maximisation (Dempster, Laird & Rubin 1977),
// the loadings held fixed.
func fit(all []evidence, c *Components) prior {
	p := prior{spread: c.Variance, noise: 1}
	for range fitSteps {
		var next prior
		var votes, people float64
		for _, e := range all {
			if e.votes == 0 {
				continue
			}
			q := p.place(e)
			x, y := q.at.X, q.at.Y
			next.spread[0] += x*x + q.xx
			next.spread[1] += y*y + q.yy
			rest := e.square - 2*(x*e.x+y*e.y) + x*x*e.xx + 2*x*y*e.xy + y*y*e.yy
			next.noise += max(0, rest) + e.xx*q.xx + 2*e.xy*q.xy + e.yy*q.yy
			votes += float64(e.votes)
			people++
		}
		if votes == 0 {
			return p
		}
		p = prior{[2]float64{next.spread[0] / people, next.spread[1] / people}, next.noise / votes}
	}
	return p
}

// margin is by how many standard deviations a position lies on its own side of the line halfway between two centres.
func (q posterior) margin(own, other Point) float64 {
	dx, dy := other.X-own.X, other.Y-own.Y
	ahead := ((own.X+other.X)/2-q.at.X)*dx + ((own.Y+other.Y)/2-q.at.Y)*dy
	variance := dx*dx*q.xx + 2*dx*dy*q.xy + dy*dy*q.yy
	if variance <= 0 {
		return math.Inf(1)
	}
	return ahead / math.Sqrt(variance)
}
