package similar

import (
	"math"
	"slices"

	"skein/science/requests"
)

// Calibrate returns m as the list bears it out, for a list that has places and times, over more than 24 times m.Lag; another comes
// back as it is. No column says which reports are truly of one matter; what is used is that matters pass. Reports near in
// place and long apart are of different matters, and show what any two reports around one corner have in common. As many of that
// kind as fits how times are spread lie near in time too; what is over is of one matter. What
// such pairs have in common is found by expectation–maximisation (Dempster, Laird & Rubin 1977; for records, Winkler 1988) in which the
// share and the likeness of the different ones are held fixed, so that it cannot drift into taking all at one place for one matter.
//
// Each estimate counts m as if seen on 25 pairs before, so a short list changes little. Around stays and Over becomes 6 times m.Lag.
func Calibrate(list []requests.Request, m Model) Model {
	return calibrate(list, features(list), m)
}

const (
	longApart  = 6      // times the lag; twice that is surely another matter
	seenBefore = 25     // pairs
	mostNear   = 96     // earlier reports that one is compared with; if there are more, every so many
	mostTested = 1024   // … and of which the distance is looked at
	mostLater  = 20_000 // reports that are compared with earlier ones; if there are more, every so many
	rounds     = 20     // of expectation–maximisation
)

// sample is a pair of reports near in place, and how many pairs it stands for.
type sample struct {
	Evidence
	weight float64
}

// samples are pairs within Around, up to longApart in time and beyond its double.
type samples struct {
	given     Model
	near, far []sample
	expected  float64 // how many of near, by weight, are of different matters
	words     [agreements]Curve
}

func calibrate(list []requests.Request, f []feature, m Model) Model {
	s := samples{given: m}
	if s.collect(list, f); len(s.near) == 0 || len(s.far) == 0 {
		return m
	}
	m.Over = longApart * m.Lag
	m = s.different(m)
	for range rounds {
		m = s.same(m)
	}
	return m
}

func (s *samples) collect(list []requests.Request, f []feature) {
	var order []int
	for i, r := range list {
		if r.Placed && !r.Time.IsZero() {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return list[a].Time.Compare(list[b].Time) })
	day := func(i int) float64 { return float64(list[i].Time.Unix()) / 86_400 }
	window := longApart * s.given.Lag
	if len(order) == 0 || day(order[len(order)-1])-day(order[0]) < 4*window {
		return
	}
	around := s.given.Around
	at := func(r requests.Request) cell {
		return cell{int32(math.Floor(r.X / around)), int32(math.Floor(r.Y / around))}
	}
	cells := map[cell][]int{}
	each := (len(order)-1)/mostLater + 1
	var tested, close []int
	for k, b := range order {
		c := at(list[b])
		if k%each == 0 {
			tested = tested[:0]
			for dx := int32(-1); dx <= 1; dx++ {
				for dy := int32(-1); dy <= 1; dy++ {
					tested = append(tested, cells[cell{c.x + dx, c.y + dy}]...)
				}
			}
			skip := len(tested)/mostTested + 1
			close = close[:0]
			for i := 0; i < len(tested); i += skip {
				if a := tested[i]; math.Hypot(list[a].X-list[b].X, list[a].Y-list[b].Y) <= around {
					close = append(close, a)
				}
			}
			further := len(close)/mostNear + 1
			for i := 0; i < len(close); i += further {
				a := close[i]
				p := sample{compare(list[a], list[b], f[a], f[b]), float64(skip * further)}
				switch {
				case p.Days <= window:
					s.near = append(s.near, p)
				case p.Days > 2*window:
					s.far = append(s.far, p)
				}
			}
		}
		cells[c] = append(cells[c], b)
	}
	// Reports at different places show how much oftener two times are near than far.
	var near, far, farHere float64
	from, until := 0, 0
	for k, b := range order {
		for day(b)-day(order[from]) > window {
			from++
		}
		for day(b)-day(order[until]) > 2*window {
			until++
		}
		if k%each == 0 {
			near, far = near+float64(k-from), far+float64(until)
		}
	}
	for _, p := range s.near {
		near -= p.weight
	}
	for _, p := range s.far {
		farHere += p.weight
	}
	s.expected = farHere * max(0, near) / max(1, far-farHere)
}

// different estimates what two reports of different matters have in common, and how many such pairs there are.
func (s *samples) different(m Model) Model {
	m.Shared = 0.5
	for range rounds {
		shared, all := s.given.Shared*seenBefore, float64(seenBefore)
		for _, p := range s.far {
			shared += p.weight * m.sharing(p.Metres)
			all += p.weight
		}
		m.Shared = shared / all
	}
	var same, known, alike, numbered float64
	for _, p := range s.far {
		w := p.weight * m.sharing(p.Metres) // those that have the place in common are the ones to be told apart
		if p.Category != Unknown {
			known += w
		}
		if p.Category == Same {
			same += w
		}
		if p.Numbers != Unknown && p.Category != Different {
			numbered += w
			if p.Numbers == Same {
				alike += w
			}
		}
		if p.Compared {
			s.words[p.Category].add(p.Jaccard, w)
		}
	}
	m.Chance = blend(same, known, s.given.Chance)
	m.NumbersChance = blend(alike, numbered, s.given.NumbersChance)
	all := 0.0
	for _, p := range s.near {
		all += p.weight
	}
	m.Prior = max(1e-6, blend(max(0, all-s.expected), all, s.given.Prior))
	return m
}

// same is one round of expectation–maximisation of what two reports of one matter have in common.
func (s *samples) same(m Model) Model {
	var pairs, square, days, same, known, alike, numbered float64
	var words Curve
	for _, p := range s.near {
		w := p.weight * m.Probability(p.Evidence)
		pairs += w
		square += w * p.Metres * p.Metres
		days += w * p.Days
		if p.Category != Unknown {
			known += w
		}
		if p.Category == Same {
			same += w
		}
		if p.Numbers != Unknown {
			numbered += w
		}
		if p.Numbers == Same {
			alike += w
		}
		if p.Compared {
			words.add(p.Jaccard, w)
		}
	}
	given := s.given
	m.Lag = (days + seenBefore*given.Lag) / (pairs + seenBefore)
	m.Scatter = math.Sqrt((square/4 + seenBefore*given.Scatter*given.Scatter) / (pairs + seenBefore))
	m.Agree = blend(same, known, given.Agree)
	m.NumbersAgree = blend(alike, numbered, given.NumbersAgree)
	for a, other := range s.words {
		m.Words[a] = given.Words[a].against(words, other)
	}
	return m
}

// blend is a share, the given one counting as seen on some pairs before.
func blend(part, whole, given float64) float64 {
	return (part + seenBefore*given) / (whole + seenBefore)
}

// add counts a coefficient at the two knots around it.
func (c *Curve) add(jaccard, weight float64) {
	i, f := knot(jaccard)
	c[i] += weight * (1 - f)
	c[i+1] += weight * f
}

// against returns the log ratio of two counts, to both of which the ratio c was added as if seen before.
func (c Curve) against(same, other Curve) Curve {
	var allSame, allOther float64
	for i := range c {
		allSame += same[i]
		allOther += other[i]
	}
	for i, ratio := range c {
		const each = seenBefore / float64(knots)
		c[i] = math.Log((same[i] + each*math.Exp(ratio/2)) / (allSame + seenBefore) /
			((other[i] + each*math.Exp(-ratio/2)) / (allOther + seenBefore)))
	}
	return c
}
