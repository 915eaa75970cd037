package opinion

import (
	"math"
	"slices"
)

// significant is the 90 % point of the normal distribution, one-sided.
const significant = 1.2816

// Statistic is how a group voted on a statement, against all other participants of the conversation.
// Each count has one added, as in a beta prior of one agreement and one other vote.
type Statistic struct {
	Agrees, Disagrees, Votes          int     // na, nd, ns; votes with those that passed
	AgreeChance, DisagreeChance       float64 // pa = (na+1)/(ns+2), pd
	AgreeTest, DisagreeTest           float64 // pat, pdt: z of the chance against ½
	AgreeRatio, DisagreeRatio         float64 // ra, rd: representativeness, the chance over that of the others
	AgreeRatioTest, DisagreeRatioTest float64 // rat, rdt: z of the difference to the others
}

// newStatistic compares a group's votes on a statement with those of the others.
func newStatistic(in, others tally) Statistic {
	s := Statistic{Agrees: in.agree, Disagrees: in.disagree, Votes: in.votes()}
	s.AgreeChance, s.DisagreeChance = chance(in.agree, s.Votes), chance(in.disagree, s.Votes)
	s.AgreeTest, s.DisagreeTest = chanceTest(in.agree, s.Votes), chanceTest(in.disagree, s.Votes)
	s.AgreeRatio = s.AgreeChance / chance(others.agree, others.votes())
	s.DisagreeRatio = s.DisagreeChance / chance(others.disagree, others.votes())
	s.AgreeRatioTest = ratioTest(in.agree, s.Votes, others.agree, others.votes())
	s.DisagreeRatioTest = ratioTest(in.disagree, s.Votes, others.disagree, others.votes())
	return s
}

func chance(success, votes int) float64 { return float64(success+1) / float64(votes+2) }

// chanceTest is z of a share against ½.
func chanceTest(success, votes int) float64 {
	n := float64(votes + 1)
	return 2 * math.Sqrt(n) * (float64(success+1)/n - 0.5)
}

// ratioTest is z of the difference of two shares with pooled variance, 0 where all agree.
func ratioTest(success, votes, otherSuccess, otherVotes int) float64 {
	s, n := float64(success+1), float64(votes+1)
	t, m := float64(otherSuccess+1), float64(otherVotes+1)
	pooled := (s + t) / (n + m)
	if pooled == 1 {
		return 0
	}
	return (s/n - t/m) / math.Sqrt(pooled*(1-pooled)*(1/n+1/m))
}

// Representative is a statement that speaks for a group, by agreement or by disagreement.
type Representative struct {
	Statement int  // column
	Side      Vote // Agree or Disagree
	Best      bool // the agreement that speaks best; it stands first
	Successes int  // n-success: votes of the side
	Votes     int  // n-trials
	Chance    float64
	Test      float64
	Ratio     float64
	RatioTest float64
}

func (s Statistic) representative(statement int, side Vote) Representative {
	if side == Agree {
		return Representative{statement, Agree, false, s.Agrees, s.Votes, s.AgreeChance, s.AgreeTest, s.AgreeRatio, s.AgreeRatioTest}
	}
	return Representative{statement, Disagree, false, s.Disagrees, s.Votes, s.DisagreeChance, s.DisagreeTest, s.DisagreeRatio, s.DisagreeRatioTest}
}

const (
	mostRepresentative = 5
	mostConsensus      = 5
)

// side is the one on which the group differs more from the others.
func (s Statistic) side() Vote {
	if s.AgreeRatioTest > s.DisagreeRatioTest {
		return Agree
	}
	return Disagree
}

// passes says whether a statement speaks for the group at all.
func (s Statistic) passes() bool {
	return s.AgreeRatioTest > significant && s.AgreeTest > significant || s.DisagreeRatioTest > significant && s.DisagreeTest > significant
}

// betterAgree says whether s speaks better, by agreement, than the best so far (nil: there is none).
func (s Statistic) betterAgree(best *Statistic) bool {
	switch {
	case s.Agrees+s.Disagrees == 0:
		return false
	case best == nil:
		return s.AgreeTest > significant || s.AgreeRatio > 1 && s.AgreeChance > 0.5
	case best.AgreeRatio > 1:
		return s.AgreeRatio*s.AgreeRatioTest*s.AgreeChance*s.AgreeTest > best.AgreeRatio*best.AgreeRatioTest*best.AgreeChance*best.AgreeTest
	default:
		return s.AgreeChance*s.AgreeTest > best.AgreeChance*best.AgreeTest
	}
}

// representatives chooses at most five statements that speak for a group from its statistics, one a column; skip tells
// columns that are not to be chosen. Agreements come before disagreements, the best agreement first.
func representatives(stats []Statistic, skip func(int) bool) []Representative {
	var passing []Representative
	bestAgree, likeliest := -1, -1
	for j, s := range stats {
		if skip(j) {
			continue
		}
		if s.passes() {
			passing = append(passing, s.representative(j, s.side()))
		}
		var best *Statistic
		if bestAgree >= 0 {
			best = &stats[bestAgree]
		}
		if s.betterAgree(best) {
			bestAgree = j
		}
		if likeliest < 0 || max(s.AgreeRatioTest, s.DisagreeRatioTest) > max(stats[likeliest].AgreeRatioTest, stats[likeliest].DisagreeRatioTest) {
			likeliest = j
		}
	}
	var out []Representative
	if bestAgree >= 0 {
		r := stats[bestAgree].representative(bestAgree, Agree)
		r.Best = true
		out = append(out, r)
	}
	if len(passing) == 0 {
		if bestAgree < 0 && likeliest >= 0 {
			out = append(out, stats[likeliest].representative(likeliest, stats[likeliest].side()))
		}
		return out
	}
	slices.SortStableFunc(passing, func(a, b Representative) int {
		x, y := a.Ratio*a.RatioTest*a.Chance*a.Test, b.Ratio*b.RatioTest*b.Chance*b.Test
		switch {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return a.Statement - b.Statement
	})
	for _, r := range passing {
		if r.Statement != bestAgree {
			out = append(out, r)
		}
	}
	out = out[:min(mostRepresentative, len(out))]
	slices.SortStableFunc(out, func(a, b Representative) int { return int(b.Side) - int(a.Side) })
	return out
}

// Agreement is a statement on which all agree, or all disagree.
type Agreement struct {
	Statement    int // column
	Successes    int
	Votes        int
	Chance, Test float64
}

// Consensus is what all participants agree and disagree with, the clearest first, at most five each.
type Consensus struct{ Agree, Disagree []Agreement }

func consensus(tallies []tally, skip func(int) bool) Consensus {
	pick := func(successes func(tally) int) []Agreement {
		var out []Agreement
		for j, t := range tallies {
			n, s := t.votes(), successes(t)
			a := Agreement{j, s, n, chance(s, n), chanceTest(s, n)}
			if !skip(j) && a.Chance > 0.5 && a.Test > significant {
				out = append(out, a)
			}
		}
		slices.SortStableFunc(out, func(a, b Agreement) int {
			x, y := a.Chance*a.Test, b.Chance*b.Test
			switch {
			case x > y:
				return -1
			case x < y:
				return 1
			}
			return a.Statement - b.Statement
		})
		return out[:min(mostConsensus, len(out))]
	}
	return Consensus{pick(func(t tally) int { return t.agree }), pick(func(t tally) int { return t.disagree })}
}

// priority is the weight with which a statement is drawn to be shown next: high for those that few have voted on,
// that few pass, that most agree with and that set people apart. Extremity is the length of its projection.
func priority(t tally, extremity float64, meta bool) float64 {
	if meta {
		return 49
	}
	s := float64(t.votes())
	p, a := float64(t.pass+1)/(s+2), float64(t.agree+1)/(s+2)
	x := (1 - p) * (extremity + 1) * a * (1 + 8*math.Exp2(-s/5))
	return x * x
}
