package similar

import (
	"math"
	"slices"
)

// sampler draws partitions of requests into matters from their posterior, by Gibbs sampling (Neal 2000): each request in turn leaves
// its matter and joins another, or is one by itself, as likely as the ties to it say.
//
// The model behind it: matters arise at a constant rate, some share of them is told k times, and the reports of one
// matter lie about it as Model says. Of k reports one may be anywhere, and the others are bound by it. So the log likelihood of k
// reports being one matter, against k matters told once, is k−1 times the mean log odds of its pairs, and what its size says.
type sampler struct {
	ties    [][]end
	cut     []bool // requests of which there are more ties than were kept: a tie that is not there says nothing
	matter  []int32
	matters []matter
	free    []int32 // matters without requests
	size    []float64
	random  uint64

	// while requests choose
	moved  matter
	met    []tally // of each matter
	choice []int32
	odds   []float64
}

// end is a tie as one of its ends sees it.
type end struct {
	other int32
	tie   int32
	odds  float32
}

type matter struct {
	reports, whole int32   // whole: not cut
	pairs          int32   // of which something is known
	sum            float64 // of their log odds
}

// tally is what a request has to do with a matter.
type tally struct {
	ties, whole int32
	sum         float64
	choice      int32 // its position in odds
}

const (
	burnIn    = 100 // sweeps in which it is learnt how often matters are told
	sweeps    = 200 // that are counted
	strangers = -8  // log odds of a pair without a tie
	imagined  = 10  // matters that are as if seen before, told 20 times in all
)

// posterior returns for each tie how probable it is that its ends are one matter, given all of the n requests and the ties
// between them, of which the weights are log odds by themselves. How often matters are told is learnt only if the
// odds are those of this list; otherwise a report joins one of k reports k times as readily as one of one (Ewens 1972).
func posterior(n int, ties []tie, cut []bool, calibrated bool) []float64 {
	s := sampler{ties: make([][]end, n), cut: cut, matter: make([]int32, n), matters: make([]matter, n), met: make([]tally, n), random: 1, size: ewens(n)}
	for k, t := range ties {
		s.ties[t.a] = append(s.ties[t.a], end{t.b, int32(k), t.weight})
		s.ties[t.b] = append(s.ties[t.b], end{t.a, int32(k), t.weight})
	}
	s.begin(ties)
	out := make([]float64, len(ties))
	for sweep := range burnIn + sweeps {
		if calibrated && sweep <= burnIn {
			s.learn()
		}
		for i := range int32(n) {
			if len(s.ties[i]) == 0 {
				continue
			}
			s.weigh(i)
			if sweep >= burnIn {
				// What it may choose counts, not what it does: that leaves less to chance (Rao–Blackwell).
				for _, t := range s.ties[i] {
					out[t.tie] += s.odds[s.met[s.matter[t.other]].choice] / (2 * sweeps)
				}
			}
			s.choose(i)
			// Two may be better off elsewhere when neither is alone: where matters are told three or five times and never four.
			if t := s.ties[i][int(s.draw()*float64(len(s.ties[i])))]; s.matter[t.other] == s.matter[i] {
				s.weigh(i, t.other)
				s.choose(i, t.other)
			}
		}
	}
	return out
}

// ewens is what sizes say where nothing was learnt of them.
func ewens(n int) []float64 {
	size := []float64{0, 0}
	for k := 2; k <= max(2, n); k++ {
		size = append(size, size[k-1]+math.Log(float64(k-1)))
	}
	return size
}

// begin has each request by itself, but for groups of which not all ties were kept: these would hardly find together one by one.
func (s *sampler) begin(ties []tie) {
	for i := range s.matter {
		s.matter[i] = int32(i)
	}
	above := slices.Clone(ties)
	for k := range above {
		above[k].weight -= strangers
	}
	for _, group := range groups(len(s.matter), above, s.cut, -strangers) {
		if slices.ContainsFunc(group, func(i int) bool { return s.cut[i] }) {
			for _, i := range group {
				s.matter[i] = int32(group[0])
			}
		}
	}
	for i, m := range s.matter {
		var t tally
		for _, tie := range s.ties[i] {
			if tie.other < int32(i) && s.matter[tie.other] == m {
				s.meet(&t, int32(i), tie)
			}
		}
		s.matters[m] = s.matters[m].plus(s.one(int32(i)), t)
	}
	for m := range s.matters {
		if s.matters[m].reports == 0 {
			s.free = append(s.free, int32(m))
		}
	}
}

// plus returns the matter with the reports of another, by what the two have to do with each other.
func (m matter) plus(o matter, t tally) matter {
	strange := m.whole*o.whole - t.whole
	return matter{m.reports + o.reports, m.whole + o.whole, m.pairs + o.pairs + t.ties + strange, m.sum + o.sum + t.sum + strangers*float64(strange)}
}

// minus is the reverse.
func (m matter) minus(o matter, t tally) matter {
	strange := (m.whole-o.whole)*o.whole - t.whole
	return matter{m.reports - o.reports, m.whole - o.whole, m.pairs - o.pairs - t.ties - strange, m.sum - o.sum - t.sum - strangers*float64(strange)}
}

// one is a request as a matter.
func (s *sampler) one(i int32) matter {
	if s.cut[i] {
		return matter{reports: 1}
	}
	return matter{reports: 1, whole: 1}
}

// meet counts a tie of request i.
func (s *sampler) meet(t *tally, i int32, e end) {
	t.ties++
	t.sum += float64(e.odds)
	if !s.cut[i] && !s.cut[e.other] {
		t.whole++
	}
}

// likelihood is that of the reports being one matter.
func (s *sampler) likelihood(m matter) float64 {
	if m.reports < 2 {
		return 0
	}
	last := len(s.size) - 1
	size := s.size[min(int(m.reports), last)] + float64(max(0, int(m.reports)-last))*(s.size[last]-s.size[last-1])
	return size + float64(m.reports-1)*m.sum/float64(max(1, m.pairs))
}

// weigh takes requests of one matter out of it, together, and finds how probable each choice is: odds[0] of being by themselves, odds[k] of choice[k-1].
func (s *sampler) weigh(requests ...int32) {
	s.choice, s.moved = s.choice[:0], matter{}
	for k, i := range requests {
		var within tally
		for _, t := range s.ties[i] {
			if at := slices.Index(requests, t.other); at >= 0 {
				if at < k {
					s.meet(&within, i, t)
				}
				continue
			}
			m := s.matter[t.other]
			met := &s.met[m]
			if met.ties == 0 {
				s.choice = append(s.choice, m)
				met.choice = int32(len(s.choice))
			}
			s.meet(met, i, t)
		}
		s.moved = s.moved.plus(s.one(i), within)
	}
	own := s.matter[requests[0]]
	s.matters[own] = s.matters[own].minus(s.moved, s.met[own])
	if s.matters[own].reports == 0 {
		s.matters[own], s.free = matter{}, append(s.free, own)
	}
	s.odds = append(s.odds[:0], s.likelihood(s.moved))
	most := s.odds[0]
	for _, m := range s.choice {
		v := s.likelihood(s.matters[m].plus(s.moved, s.met[m])) - s.likelihood(s.matters[m])
		s.odds = append(s.odds, v)
		most = max(most, v)
	}
	total := 0.0
	for k, v := range s.odds {
		s.odds[k] = math.Exp(v - most)
		total += s.odds[k]
	}
	for k := range s.odds {
		s.odds[k] /= total
	}
}

// choose puts them where chance says.
func (s *sampler) choose(requests ...int32) {
	u := s.draw()
	to := 0
	for ; to < len(s.choice) && u >= s.odds[to]; to++ {
		u -= s.odds[to]
	}
	var m int32
	if to > 0 {
		m = s.choice[to-1]
	} else {
		// there are as many matters as requests, so one is free
		last := len(s.free) - 1
		m, s.free = s.free[last], s.free[:last]
	}
	s.matters[m] = s.matters[m].plus(s.moved, s.met[m])
	for _, i := range requests {
		s.matter[i] = m
	}
	for _, m := range s.choice {
		s.met[m] = tally{}
	}
}

// draw is uniform from 0 to below 1.
func (s *sampler) draw() float64 {
	s.random += 0x9e3779b97f4a7c15
	return float64(mix(s.random)>>11) / (1 << 53)
}

// learn sets what sizes say from those that matters have now, and some that are as if seen before, told again with the same
// probability however often they were told. If w[k] is the share of matters told k times, their rate is r, and reports of one
// matter come with a lag of mean L, then k times within S days after the first in sum have the density r·w[k]·k!·exp(−S/L)/(k·Lᵏ⁻¹),
// and k matters told once (r·w[1])ᵏ. The pairs' odds have r in them as the prior: of Σw[k]·k·(k−1)/Σw[k]·k reports of the same matter
// to 2L·r·Σw[k]·k reports of others in 2L days.
func (s *sampler) learn() {
	count := []float64{0, 0}
	reports, matters := 0.0, 0.0
	for _, m := range s.matters {
		for int(m.reports) >= len(count) {
			count = append(count, 0)
		}
		if m.reports > 0 {
			count[m.reports]++
			matters++
			reports += float64(m.reports)
		}
	}
	again := 1 - (matters+imagined)/(reports+2*imagined)
	imaginary := imagined * (1 - again) // of size 1
	var mean, others float64
	for k := 1; k < len(count)+64; k++ {
		n := imaginary
		if k < len(count) {
			n += count[k]
			count[k] = n / (matters + imagined)
		}
		mean += float64(k) * n / (matters + imagined)
		others += float64(k*(k-1)) * n / (matters + imagined)
		imaginary *= again
	}
	each := math.Log(2 * mean * mean / others / count[1])
	factorial := 0.0
	s.size = append(s.size[:0], 0, 0)
	for k := 2; k <= len(count); k++ {
		share := imagined * (1 - again) * math.Pow(again, float64(k-1)) / (matters + imagined)
		if k < len(count) {
			share = count[k]
		}
		factorial += math.Log(float64(k - 1))
		s.size = append(s.size, float64(k-1)*each+factorial+math.Log(share/count[1]))
	}
}
