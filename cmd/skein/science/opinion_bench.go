package science

import (
	"strconv"

	"skein/science/opinion"
)

// opinionTrials measure opinion mapping on drawn conversations: the size at which the reference was measured, and a large one. Drawing and parsing count.
func opinionTrials() []trial {
	const large = "100000 participants, 1000 statements, 5 million votes"
	return []trial{
		{"opinion polis", "1921 participants, 197 statements, 49 thousand votes", 0.6, "red-dwarf, whole pipeline", func() error {
			votes, err := opinion.Parse(drawnVotes(1921, 197, 26))
			if err != nil {
				return err
			}
			opinion.Polis(votes, opinion.Options{})
			return nil
		}, nil},
		{"opinion steady", "the same", 0, "", func() error {
			votes, err := opinion.Parse(drawnVotes(1921, 197, 26))
			if err != nil {
				return err
			}
			opinion.Steady(votes, opinion.Options{})
			return nil
		}, nil},
		{"opinion both", large, 0, "", func() error {
			votes, err := opinion.Parse(drawnVotes(100_000, 1000, 50))
			if err != nil {
				return err
			}
			opinion.Both(votes, opinion.Options{})
			return nil
		}, nil},
		{"opinion stream", large + ", and 1000 more with a map after each", 0, "", func() error {
			votes, err := opinion.Parse(drawnVotes(100_000, 1000, 50))
			if err != nil {
				return err
			}
			stream := opinion.NewStream(votes, opinion.Options{})
			random := drawing(2)
			for range 1000 {
				if err := stream.Set(strconv.Itoa(random.below(100_000)), strconv.Itoa(random.below(1000)), opinion.Vote(random.below(3)-1)); err != nil {
					return err
				}
				stream.Map()
			}
			return nil
		}, nil},
	}
}

// drawing is a linear congruential generator modulo 2⁶⁴ with Knuth's multiplier (MMIX), of which the high bits are used.
type drawing uint64

func (d *drawing) below(n int) int {
	*d = *d*6364136223846793005 + 1442695040888963407
	return int(uint64(*d>>33) * uint64(n) >> 31)
}

// drawnVotes is a file of votes by people of four minds, each voting on as many statements on average.
func drawnVotes(participants, statements, each int) []byte {
	random := drawing(1)
	agrees := make([][4]int, statements) // in a hundred, by mind
	for j := range agrees {
		for g := range agrees[j] {
			agrees[j][g] = 5 + random.below(91)
		}
	}
	out := []byte("participant,statement,vote\n")
	for i := range participants {
		mind, few := random.below(4), 1+random.below(2*each) // how many statements she votes on, about
		for j := random.below(2 * statements / few); j < statements; j += 1 + random.below(2*statements/few) {
			vote := int64(-1)
			if random.below(100) < agrees[j][mind] {
				vote = 1
			} else if random.below(4) == 0 {
				vote = 0
			}
			out = strconv.AppendInt(out, int64(i), 10)
			out = strconv.AppendInt(append(out, ','), int64(j), 10)
			out = append(strconv.AppendInt(append(out, ','), vote, 10), '\n')
		}
	}
	return out
}
