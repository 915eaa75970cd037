package count

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"skein/frame/civic"
)

func TestReadersRefuse(t *testing.T) {
	for _, c := range []struct {
		read func([]byte) (*Election, error)
		text string
		want string // key and line
	}{
		{ReadBLT, "3 2\n4 1 7 0\n0\n", "count.option_unknown 2"},
		{ReadBLT, "3 2\n4 1 2\n", "count.blt_end 3"},
		{ReadBLT, "3 2\n4 1 1 0\n0\n\"a\" \"b\" \"c\"", "count.marked_twice 2"},
		{ReadBLT, "3 2\n4 1 0\n0\n\"a\"\n\"b\"\n", "count.blt_names 6"},
		{ReadBLT, "2 1\n1 1 0\n0\n\"a\"\n\"a\"\n", "count.option_twice 5"},
		{ReadBLT, "two 1\n", "count.blt_number 1"},
		{ReadBLT, "2 1\n1 1 0\n0\n\"a\"\n\"b\n", "count.quote 5"},
		{ReadBLT, "", "count.blt_number 1"},
		{ReadPrefLib, "# NUMBER ALTERNATIVES: 2\n# NUMBER VOTERS: 3\n# ALTERNATIVE NAME 1: a\n# ALTERNATIVE NAME 2: b\n1: 1,2\n", "count.preflib_voters 2"},
		{ReadPrefLib, "# NUMBER ALTERNATIVES: 2\n# ALTERNATIVE NAME 1: a\n1: 1\n", "count.preflib_names 3"},
		{ReadPrefLib, "# ALTERNATIVE NAME 1: a\n1: {1,{1}}\n", "count.preflib_braces 2"},
		{ReadPrefLib, "# ALTERNATIVE NAME 2: a\n", "count.preflib_number 1"},
		{ReadPrefLib, "# ALTERNATIVE NAME 1: a\n1: 2\n", "count.option_unknown 2"},
		{ReadCSV, "a,b\n1,x\n", "count.mark 2"},
		{ReadCSV, "a,b\n1\n", "count.fields 2"},
		{ReadCSV, "a,b,a\n", "count.option_twice 1"},
		{ReadCSV, "vote,a\n", "count.csv_both 1"},
		{ReadCSV, "count,vote\n-1,a\n", "count.times 2"},
		{ReadCSV, "count,vote\n1,a>b>a\n", "count.marked_twice 2"},
		{ReadCSV, "\xff", "count.utf8 1"},
		{ReadCSV, "", "count.csv_empty 1"},
	} {
		_, err := c.read([]byte(c.text))
		refused, ok := civic.AsRefusals(err)
		if !ok {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if got := fmt.Sprint(refused[0].Key, " ", refused[0].Args["line"]); got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
	}
}

func TestFormsOfOneElection(t *testing.T) {
	forms := []struct {
		read func([]byte) (*Election, error)
		text string
	}{
		{ReadBLT, "\ufeff3 1 # candidates, seats\r\n2 1 2=3 0\r\n3 3 0\r\n0\r\n\"a\" \"b\" \"c\"\r\n\"title\"\r\n"},
		{ReadPrefLib, "3\r\n1,a\r\n2,b\r\n3,c\r\n5,5,2\r\n2,1,{2,3}\r\n3,3\r\n"},
		{ReadPrefLib, "# NUMBER ALTERNATIVES: 3\n# ALTERNATIVE NAME 1: a\n# ALTERNATIVE NAME 2: b\n# ALTERNATIVE NAME 3: c\n2: 1,{2, 3}\n3: 3\n"},
		{ReadCSV, "count;a;b;c\n2;1;2;2\n3;;;1\n"},
		{ReadCSV, "count,vote\n2,a > b = c\n3,\"c\"\n"},
	}
	for _, f := range forms {
		e, err := f.read([]byte(f.text))
		if err != nil {
			t.Fatalf("%q: %v", f.text, err)
		}
		r, err := Count(e, Options{Rule: Schulze})
		if err != nil {
			t.Fatal(err)
		}
		if names(e, r.Winners) != "c" || r.Ballots != 5 || !slices.Equal(r.Pairs[0], []int64{0, 2, 2}) || !slices.Equal(r.Pairs[2], []int64{3, 3, 0}) {
			t.Errorf("%q: %s %v", f.text, names(e, r.Winners), r.Pairs)
		}
	}
}

func TestBlankSpoiledAndQuadratic(t *testing.T) {
	e, r := count(t, "count,a,b,c\n1,9,4,\n1,6,8,\n1,,-3,\n2,,,\n1,10,1,\n", Options{Rule: Quadratic})
	if told(e, r) != "a 15, b 9, c 0" || r.Blank != 2 || r.Spoiled != 1 { // 9²+4² = 97, 6²+8² = 100, 10²+1² = 101
		t.Errorf("%s, %d blank, %d spoiled", told(e, r), r.Blank, r.Spoiled)
	}
	e, r = count(t, "a,b,c\n1,1,1\n1,1,\n2,,\n0,0,0\n", Options{Rule: Multiple, Most: 2})
	if told(e, r) != "a 1, b 1, c 0" || r.Blank != 1 || r.Spoiled != 2 || len(r.Ties) != 1 || names(e, r.Winners) != "a" {
		t.Errorf("%s, %d blank, %d spoiled, %v", told(e, r), r.Blank, r.Spoiled, r.Ties)
	}
	_, r = count(t, "a,b\n1,\n,1\n", Options{Rule: Single, Quorum: Quorum{Electorate: 10, Turnout: big.NewRat(1, 4)}})
	if len(r.Winners) != 0 || len(r.Missed) != 1 || r.Missed[0].Condition != "turnout" {
		t.Errorf("%+v", r)
	}
	if _, err := Count(e, Options{Rule: Approval, Seats: 4}); err == nil {
		t.Error("four seats from three options")
	}
}

// draw draws a small ranked election, with ties and equal ranks.
func draw(t *rapid.T) *Election {
	n := rapid.IntRange(1, 5).Draw(t, "options")
	e := &Election{Withdrawn: make([]bool, n)}
	for i := range n {
		e.Options = append(e.Options, string(rune('a'+i)))
	}
	for range rapid.IntRange(0, 8).Draw(t, "ballots") {
		b := Ballot{Count: int64(rapid.IntRange(1, 4).Draw(t, "count"))}
		for i := range n {
			if rank := rapid.IntRange(0, n).Draw(t, "rank"); rank > 0 {
				b.Marks = append(b.Marks, Mark{int32(i), int32(rank)})
			}
		}
		e.Ballots = append(e.Ballots, b)
	}
	return e
}

func counted(t *rapid.T, e *Election, opt Options) *Result {
	r, err := Count(e, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var rules = []Rule{Approval, Score, IRV, STV, Schulze, Quadratic}

// TestAnonymousAndNeutral: neither the order of the ballots, nor splitting one, nor the order of the options matters.
func TestAnonymousAndNeutral(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := draw(t)
		opt := Options{Rule: rapid.SampledFrom(rules).Draw(t, "rule")}
		want := names(e, counted(t, e, opt).Winners)
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 0))
		place := random.Perm(len(e.Options)) // old → new
		other := &Election{Options: make([]string, len(place)), Withdrawn: e.Withdrawn}
		for i, name := range e.Options {
			other.Options[place[i]] = name
		}
		for _, b := range e.Ballots {
			var moved []Mark
			for _, m := range b.Marks {
				moved = append(moved, Mark{int32(place[m.Option]), m.Value})
			}
			for range b.Count {
				other.Ballots = append(other.Ballots, Ballot{1, moved})
			}
		}
		random.Shuffle(len(other.Ballots), func(i, j int) { other.Ballots[i], other.Ballots[j] = other.Ballots[j], other.Ballots[i] })
		if got := names(other, counted(t, other, opt).Winners); got != want {
			t.Fatalf("%s: %s, then %s", opt.Rule, want, got)
		}
	})
}

// TestMonotone: one who wins still wins when a ballot ranks her higher, all else being in
// the same order. That holds for sums and for Schulze; not for runoffs, so they are not tested.
func TestMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := draw(t)
		opt := Options{Rule: rapid.SampledFrom([]Rule{Approval, Score, Schulze}).Draw(t, "rule")}
		if counted(t, e, opt).Valid() == 0 {
			return
		}
		winner := int32(counted(t, e, opt).Winners[0])
		at := rapid.IntRange(0, len(e.Ballots)-1).Draw(t, "ballot")
		better := slices.Clone(e.Ballots[at].Marks)
		k := slices.IndexFunc(better, func(m Mark) bool { return m.Option == winner })
		switch {
		case opt.Rule == Schulze && k >= 0: // to the very top
			for i := range better {
				better[i].Value++
			}
			better[k].Value = 1
		case opt.Rule == Score && k >= 0:
			better[k].Value = 10
		case k < 0:
			better = append(better, Mark{winner, int32(len(e.Options)) + 1})
			if opt.Rule == Approval {
				better[len(better)-1].Value = 1
			}
		}
		other := *e
		other.Ballots = slices.Clone(e.Ballots)
		other.Ballots[at].Marks = better
		if got := counted(t, &other, opt).Winners[0]; int32(got) != winner {
			t.Fatalf("%s: %s won, then %s", opt.Rule, e.Options[winner], e.Options[got])
		}
	})
}

// TestCondorcet: Schulze elects whoever beats all others one by one.
func TestCondorcet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := draw(t)
		r := counted(t, e, Options{Rule: Schulze})
		for i := range e.Options {
			all := true
			for j := range e.Options {
				all = all && (i == j || r.Pairs[i][j] > r.Pairs[j][i])
			}
			if all && r.Valid() > 0 && r.Winners[0] != i {
				t.Fatalf("%s beats all, %s is elected", e.Options[i], e.Options[r.Winners[0]])
			}
		}
	})
}

// TestSeatsFilled: the transferable vote fills its seats and no vote is lost: those that options have and those exhausted are all ballots.
func TestSeatsFilled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := draw(t)
		seats := rapid.IntRange(1, len(e.Options)).Draw(t, "seats")
		for _, rule := range []Rule{STV, IRV} {
			r := counted(t, e, Options{Rule: rule, Seats: seats})
			if want := min(seats, r.Seats); len(r.Winners) != want && r.Valid() > 0 {
				t.Fatalf("%s: %d elected, %d seats", rule, len(r.Winners), want)
			}
			for _, round := range r.Rounds {
				sum := new(big.Rat).Set(round.Exhausted)
				for _, v := range round.Votes {
					if v != nil {
						sum.Add(sum, v)
					}
				}
				if sum.Cmp(new(big.Rat).SetInt64(r.Valid())) != 0 {
					t.Fatalf("%s: %s votes of %d", rule, sum.RatString(), r.Valid())
				}
			}
			if len(r.Tallies) != len(e.Options) {
				t.Fatalf("%s: %d tallies", rule, len(r.Tallies))
			}
		}
	})
}

// TestProportional: under the single transferable vote a group that ranks the same options
// first, in any order, gets as many of them as it has whole Droop quotas.
func TestProportional(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		group, rest := rapid.IntRange(1, 30).Draw(t, "group"), rapid.IntRange(1, 30).Draw(t, "rest")
		seats := rapid.IntRange(1, 3).Draw(t, "seats")
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 0))
		e := &Election{Options: strings.Split("abcdef", ""), Withdrawn: make([]bool, 6)}
		ballot := func(first []int) {
			var marks []Mark
			for rank, i := range random.Perm(3) {
				marks = append(marks, Mark{int32(first[i]), int32(rank + 1)})
			}
			e.Ballots = append(e.Ballots, Ballot{1, marks})
		}
		for range group {
			ballot([]int{0, 1, 2})
		}
		for range rest {
			ballot([]int{3, 4, 5})
		}
		r := counted(t, e, Options{Rule: STV, Seats: seats})
		won := 0
		for _, i := range r.Winners {
			if i < 3 {
				won++
			}
		}
		// more than k quotas of total/(seats+1), with room for the rounding
		for k := 1; k <= seats; k++ {
			if group*(seats+1) > k*(group+rest) && won < k {
				t.Fatalf("%d of %d ballots, %d seats: %d won", group, group+rest, seats, won)
			}
		}
	})
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{tennessee, tennesseeTwo, schulze45, party, vegetables, "3\n1,a\n2,b\n3,c\n5,5,2\n2,1,{2,3}\n3,3\n", "a;\"b;\"\"\";count\n1;-2;3\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, read := range []func([]byte) (*Election, error){ReadBLT, ReadPrefLib, ReadCSV} {
			e, err := read(text)
			if err != nil {
				if _, ok := civic.AsRefusals(err); !ok {
					t.Fatalf("not a refusal: %v", err)
				}
				continue
			}
			if len(e.Options) > 12 {
				continue
			}
			for _, rule := range []Rule{Single, Multiple, Approval, Score, IRV, STV, Schulze, Quadratic} {
				r, err := Count(e, Options{Rule: rule})
				if err != nil {
					continue
				}
				if r.Valid() < 0 || len(r.Winners) > r.Seats {
					t.Fatalf("%s: %+v", rule, r)
				}
			}
		}
	})
}
