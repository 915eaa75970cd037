package opinion

import (
	"math"
	"strconv"
	"testing"
)

func TestDegenerate(t *testing.T) {
	for _, c := range []struct {
		name string
		make func(*Votes)
		k    int // of Polis's answer
		told bool
	}{
		{"nothing", func(*Votes) {}, 0, false},
		{"one vote", func(v *Votes) { v.Set("a", "1", Agree) }, 1, false},
		{"a statement without votes", func(v *Votes) { v.AddStatement("1") }, 0, false},
		{"all alike", func(v *Votes) {
			for i := range 20 {
				for j := range 9 {
					v.Set(strconv.Itoa(i), strconv.Itoa(j), Agree)
				}
			}
		}, 1, false},
		{"two camps in one direction", func(v *Votes) {
			for i := range 20 {
				for j := range 9 {
					v.Set(strconv.Itoa(i), strconv.Itoa(j), Vote(2*(i%2)-1))
				}
			}
		}, 2, true},
		{"one statement", func(v *Votes) {
			for i := range 30 {
				v.Set(strconv.Itoa(i), "1", Vote(i%3-1))
			}
		}, 2, false}, // one vote does not say enough about anyone
		{"all moderated out", func(v *Votes) {
			for i := range 30 {
				v.Set(strconv.Itoa(i), "out", Vote(i%3-1))
			}
		}, 1, false},
		{"nobody has seen what another has", func(v *Votes) {
			for i := range 30 {
				v.Set(strconv.Itoa(i), strconv.Itoa(i), Vote(i%3-1))
			}
		}, 1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := NewVotes()
			c.make(v)
			polis, steady := Both(v, Options{ModeratedOut: []string{"out"}})
			if polis.K != c.k {
				t.Errorf("%d groups, want %d", polis.K, c.k)
			}
			if steady.Steadiness.Told != c.told {
				t.Errorf("the steady answer tells %d groups: %+v", steady.K, steady.Steadiness)
			}
			for _, m := range []*Map{polis, steady} {
				checkFinite(t, m)
			}
		})
	}
}

// checkFinite holds what must be true of any map.
func checkFinite(t testing.TB, m *Map) {
	t.Helper()
	finite := func(what string, of ...float64) {
		for _, v := range of {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Errorf("%s: %v", what, of)
			}
		}
	}
	in := 0
	for _, p := range m.Participants {
		finite("position", p.At.X, p.At.Y)
		if p.Group < -1 || p.Group >= max(len(m.Groups), 1) {
			t.Errorf("%s is in group %d of %d", p.ID, p.Group, len(m.Groups))
		}
		if p.Group >= 0 {
			in++
		}
	}
	members := 0
	for _, g := range m.Groups {
		members += len(g.Members)
		finite("centre", g.Centre.X, g.Centre.Y)
		for _, s := range g.Statistics {
			finite("statistic", s.AgreeChance, s.DisagreeChance, s.AgreeTest, s.DisagreeTest, s.AgreeRatio, s.DisagreeRatio, s.AgreeRatioTest, s.DisagreeRatioTest)
		}
		if len(g.Representative) > mostRepresentative {
			t.Errorf("%d statements speak for a group", len(g.Representative))
		}
	}
	if members != in {
		t.Errorf("groups have %d members, %d participants a group", members, in)
	}
	for _, s := range m.Statements {
		finite("statement", s.Projection.X, s.Projection.Y, s.Extremity, s.GroupAgree, s.GroupDisagree, s.Priority)
	}
	for c := range 2 {
		finite("loadings", m.Components.Loadings[c]...)
		if n := norm(m.Components.Loadings[c]); n != 0 && math.Abs(n-1) > 1e-12 {
			t.Errorf("the length of component %d is %g", c, n)
		}
	}
	for _, c := range m.Candidates {
		finite("candidate", c.Silhouette, c.Inertia)
	}
}

func TestInTheConversation(t *testing.T) {
	votes := func(counts ...int) *Votes {
		v := NewVotes()
		for i, n := range counts {
			for j := range n {
				v.Set(strconv.Itoa(i), strconv.Itoa(j), Agree)
			}
		}
		return v
	}
	many := make([]int, 20)
	for i := range many {
		many[i] = i // 0 … 19 votes: 13 have seven or more
	}
	if m := Polis(votes(many...), Options{}); len(m.In) != fewPeople || m.Participants[m.In[0]].ID != "5" {
		t.Errorf("%d are in, from %s on; want the 15 with most votes", len(m.In), m.Participants[m.In[0]].ID)
	}
	for i := range many {
		many[i] = 6 + i%3
	}
	if m := Polis(votes(append(many, 8, 8, 8)...), Options{}); len(m.In) != 16 {
		t.Errorf("%d are in, want the 16 with seven votes or more", len(m.In))
	}
	if m := Polis(votes(2, 3, 3), Options{}); len(m.In) != 3 {
		t.Errorf("%d are in, want all of few", len(m.In))
	}
	// Once in, always in: statements come that they have not voted on, and more people.
	s := NewStream(votes(3, 3, 3, 3), Options{})
	s.Map()
	for i := range 20 {
		for j := range 10 {
			if err := s.Set("new"+strconv.Itoa(i), strconv.Itoa(j), Agree); err != nil {
				t.Fatal(err)
			}
		}
	}
	if m := s.Map(); len(m.In) != 24 {
		t.Errorf("%d are in, want the 20 and the 4 of before", len(m.In))
	}
}

func TestBufferHoldsBack(t *testing.T) {
	var b buffer
	best := []int{3, 2, 2, 2, 3, 2, 2, 2, 2, 2, 4, 5, 5, 5, 4, 5, 5, 5, 5}
	want := []int{3, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 5}
	for i, k := range best {
		if got := b.next(k); got != want[i] {
			t.Fatalf("update %d: %d groups, want %d", i, got, want[i])
		}
	}
}

// TestStreamMayLag holds that a map is renewed with every vote until there are very many.
func TestStreamMayLag(t *testing.T) {
	s := NewStream(NewVotes(), Options{})
	for i := range 30 {
		if err := s.Set(strconv.Itoa(i), "1", Vote(i%3-1)); err != nil {
			t.Fatal(err)
		}
		if m := s.Map(); len(m.Participants) != i+1 {
			t.Fatalf("after %d votes the map has %d participants", i+1, len(m.Participants))
		}
	}
	if a, b := s.Map(), s.Map(); a != b {
		t.Error("a map was made without a vote")
	}
	s.engine.votes.count = 2 * lagging // as if
	last := s.Map()
	for i := range 3 {
		if err := s.Set("late"+strconv.Itoa(i), "1", Agree); err != nil {
			t.Fatal(err)
		}
		if m := s.Map(); (m != last) != (i == 2) {
			t.Errorf("vote %d of three: a new map: %t", i+1, m != last)
		}
	}
}

func TestSilhouette(t *testing.T) {
	at := []Point{{0, 0}, {0, 1}, {5, 0}, {9, 9}}
	// a = 1; b = 5 and √26; the third is nearest to the first two, the others are alone.
	want := ((5-1.0)/5 + (math.Sqrt(26)-1)/math.Sqrt(26)) / 4
	if got := silhouette(at, []int{0, 0, 1, 2}, 3); math.Abs(got-want) > 1e-12 {
		t.Errorf("silhouette %g, want %g", got, want)
	}
}

// TestSteady holds what the steady answer is for: groups that are there are told, and only those.
func TestSteady(t *testing.T) {
	for seed := range uint64(3) {
		v, of := made(seed, 300, 60, 3, 40)
		polis, steady := Both(v, Options{})
		if steady.K != 3 {
			t.Errorf("seed %d: %d groups, want 3", seed, steady.K)
		}
		rand := func(m, in *Map) (float64, int) { // of those who are in a group of the second map
			var a, b []int
			for i, p := range m.Participants {
				if p.Group >= 0 && in.Participants[i].Group >= 0 {
					id, _ := strconv.Atoi(p.ID)
					a, b = append(a, p.Group), append(b, of[id])
				}
			}
			return adjustedRand(a, b), len(a)
		}
		all, people := rand(polis, polis)
		same, sure := rand(polis, steady)
		ours, _ := rand(steady, steady)
		t.Logf("seed %d: adjusted Rand index with the truth: Polis %.3f of the %d in the conversation and %.3f of the %d whom the steady answer puts in a group, steady %.3f of these", seed, all, people, same, sure, ours)
		if ours < 0.95 || ours < same || sure < people/2 {
			t.Errorf("seed %d: adjusted Rand index %g of %d, Polis %g", seed, ours, sure, same)
		}
		// Votes without any structure.
		r := newRandom(seed, 1)
		none := NewVotes()
		for i := range 200 {
			for j := range 40 {
				if r.below(2) == 0 {
					none.Set(strconv.Itoa(i), strconv.Itoa(j), Vote(r.below(3)-1))
				}
			}
		}
		polis, steady = Both(none, Options{})
		if steady.Steadiness.Told || steady.K != 0 || len(steady.Groups) != 0 {
			t.Errorf("seed %d: %d groups in noise", seed, steady.K)
		}
		t.Logf("seed %d, noise: Polis tells %d groups, steady %d", seed, polis.K, steady.K)
	}
}

// TestShrinkage hides most votes of some people and asks which answer comes nearer to where all their votes would have put them.
func TestShrinkage(t *testing.T) {
	r := newRandom(6)
	for _, kept := range []int{3, 7, 15} {
		all, _ := made(5, 300, 60, 2, 600) // nearly everybody votes on everything
		some := NewVotes()
		for i, row := range all.rows {
			for n, c := range row {
				if i >= 100 || r.below(len(row)-n) < kept-len(some.rowsOf(all.participants[i])) {
					some.Set(all.participants[i], all.statements[c.column()], c.vote())
				}
			}
		}
		polis, steady := Both(some, Options{})
		var errorPolis, errorSteady float64
		for i, p := range polis.Participants {
			row := all.rows[all.row[p.ID]]
			if all.row[p.ID] >= 100 || len(row) < 60 {
				continue
			}
			var truth Point // from all 60 votes no scaling is needed
			for _, c := range row {
				j := c.column()
				d := float64(c.vote()) - polis.Components.Mean[j]
				truth.X += d * polis.Components.Loadings[0][j]
				truth.Y += d * polis.Components.Loadings[1][j]
			}
			errorPolis += distance2(p.At, truth)
			errorSteady += distance2(steady.Participants[i].At, truth)
		}
		t.Logf("%d votes of 60: mean squared error of Polis is %.2f times that of the steady answer", kept, errorPolis/errorSteady)
		if errorSteady > errorPolis {
			t.Errorf("%d votes: the steady answer is farther from the truth", kept)
		}
	}
}

func (v *Votes) rowsOf(id string) []cell {
	if i, ok := v.row[id]; ok {
		return v.rows[i]
	}
	return nil
}
