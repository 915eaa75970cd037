package opinion

import "slices"

const (
	resamples  = 50
	mostDrawn  = 5000      // participants drawn a resample: a larger conversation is judged as one of this size
	mostCast   = 1_000_000 // or of as many participants as cast about so many votes
	fewStarts  = 4         // of k-means in a resample
	fewSure    = 5         // members that a group must have for sure; of fewer nothing is told, as of any count of people
	steadyFrom = 0.75      // mean Jaccard index from which Hennig calls a cluster stable
	mostLine   = 1000      // participants that are compared with an even spread
	evenDraws  = 199
	evenLevel  = 0.05
)

// Steadiness tells how it was judged whether there are groups.
type Steadiness struct {
	Told      bool // some number of groups passed; else it cannot be told yet
	Resamples int
	Trials    []Trial
	Spread    [2]float64 // estimated variance of positions along the components
	Noise     float64    // estimated variance of a vote around what the position predicts
}

// Trial is the judgement on one number of groups.
type Trial struct {
	K         int
	Stability []float64 // per group, the largest first: mean Jaccard index with its best match over the resamples, 0 to 1
	Sure      int       // members of the smallest group whose votes say that they are
	Even      float64   // the largest chance, over pairs of groups, that an even spread of people splits as well
	Passed    bool
}

// Steady maps a conversation as Polis does, but for three things. Positions are the best guess given the votes, so those of people with few votes lie
// near the middle instead of far out, and count for less when groups are formed. Groups are shown only if each comes back, with a mean
// Jaccard index of 0.75, when the conversation is drawn anew from its participants and everything is computed again (Hennig 2007, Comput. Stat. Data
// Anal. 52:258), and if each has five members for sure; of the numbers of groups that pass, that with the highest silhouette; if none does K is 0. A
// participant is a member for sure, and shown in a group, only if her votes put her on its side with a chance of 90 %. Whether the groups are camps or the ends of one
// spread is told by Trial.Apart.
func Steady(v *Votes, o Options) *Map {
	return newEngine(v.sorted(), o).steady()
}

func (e *engine) steady() *Map {
	m, places := e.locate()
	s := e.estimate(m.In, &m.Components)
	at, weight := make([]Point, len(m.In)), make([]float64, len(m.In))
	for n := range m.In {
		at[n], weight[n] = s.posteriors[n].at, s.certainty[n]
	}
	for i, row := range e.votes.rows {
		m.Participants[i].At = s.prior.place(newEvidence(row, &m.Components, e.active)).at
	}
	e.warm = nil
	crowd := newCrowd(at, weight, true)
	e.cluster(m, crowd)
	m.Steadiness = e.judge(m, s, crowd.order)
	var passed []Candidate
	for n, t := range m.Steadiness.Trials {
		if t.Passed {
			passed = append(passed, m.Candidates[n])
		}
	}
	m.Steadiness.Told = len(passed) > 0
	m.show(bestK(passed))
	s.withdraw(m.Groups, m.In)
	e.describe(m, places)
	return m
}

// estimates are the positions of some rows and what is known of them.
type estimates struct {
	prior      prior
	posteriors []posterior
	certainty  []float64
}

func (e *engine) estimate(rows []int, c *Components) estimates {
	all := make([]evidence, len(rows))
	for n, i := range rows {
		all[n] = newEvidence(e.votes.rows[i], c, e.active)
	}
	s := estimates{fit(all, c), make([]posterior, len(rows)), make([]float64, len(rows))}
	for n := range all {
		s.posteriors[n] = s.prior.place(all[n])
		s.certainty[n] = s.prior.certainty(s.posteriors[n])
	}
	return s
}

// withdraw takes those out of their group who may as well belong to another.
func (s estimates) withdraw(groups []Group, in []int) {
	place := make(map[int]int, len(in))
	for n, i := range in {
		place[i] = n
	}
	for g := range groups {
		own := &groups[g]
		own.Members = slices.DeleteFunc(own.Members, func(i int) bool {
			for h := range groups {
				if h != g && s.posteriors[place[i]].margin(own.Centre, groups[h].Centre) < significant {
					return true
				}
			}
			return false
		})
	}
}

// judge tries each number of groups. Resamples are drawn from the conversation in the given order of places, which does not depend on names.
func (e *engine) judge(m *Map, s estimates, order []int) *Steadiness {
	out := &Steadiness{Resamples: resamples, Spread: s.prior.spread, Noise: s.prior.noise}
	stability := e.stability(m, s, order)
	for n, c := range m.Candidates {
		t := Trial{K: c.K, Stability: stability[n], Even: 1}
		if c.K > 1 {
			t.Even = e.even(m, c, s)
			groups := groupsOf(c.label, m.In, m.Participants)
			s.withdraw(groups, m.In)
			t.Sure = len(slices.MinFunc(groups, func(a, b Group) int { return len(a.Members) - len(b.Members) }).Members)
			t.Passed = slices.Min(t.Stability) >= steadyFrom && t.Sure >= fewSure
		}
		out.Trials = append(out.Trials, t)
	}
	return out
}

// Apart says whether between any two groups there are fewer people than an even spread would have.
func (t Trial) Apart() bool { return t.Even <= evenLevel }
