package count

import "testing"

func BenchmarkApproval(b *testing.B) {
	text := Generate(1, 20, 1_000_000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		e, err := ReadCSV(text)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := Count(e, Options{Rule: Approval}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRanked counts 100,000 rankings of 20 options.
func BenchmarkRanked(b *testing.B) {
	seed := uint64(1)
	e := &Election{Withdrawn: make([]bool, 20), Ranked: true}
	for i := range 20 {
		e.Options = append(e.Options, string(rune('a'+i)))
	}
	for range 100_000 {
		marks := []Mark{}
		used := [20]bool{}
		for rank := int32(1); rank <= 6; rank++ {
			i := int32(next(&seed)%20) * int32(next(&seed)%20) / 20
			if !used[i] {
				used[i] = true
				marks = append(marks, Mark{i, rank})
			}
		}
		e.Ballots = append(e.Ballots, Ballot{1, marks})
	}
	for _, rule := range []Rule{IRV, STV, Schulze} {
		b.Run(string(rule), func(b *testing.B) {
			for b.Loop() {
				if _, err := Count(e, Options{Rule: rule, Seats: 5}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
