package similar

import (
	"math"
	"strings"

	"golang.org/x/text/unicode/norm"

	"skein/science/requests"
)

// Evidence is what two reports have in common, each part on its own.
type Evidence struct {
	Jaccard  float64 // of their Shingles, 0 to 1
	Compared bool    // both have text, in a script that they share: else Jaccard says nothing
	Metres   float64 // between their places, NaN when a place is not known
	Days     float64 // between their times, at least 0, NaN when a time is not known
	Category Agreement
	Numbers  Agreement // of the numbers in the texts, such as house numbers, days, bus lines; all or none
}

// Agreement is how two categories compare.
type Agreement int8

// Categories agree, differ, or one of them is not known.
const (
	Unknown Agreement = iota
	Same
	Different
)

// Model turns evidence into the probability that two reports are about the same matter. Each
// part of the evidence multiplies the odds by how much likelier it is between two reports of
// one matter than between a report and another open matter within Around metres and Over days
// (Fellegi & Sunter 1969). The zero Model is not useful; start from Default.
type Model struct {
	Prior   float64 // share, 0 to 1, of those other reports that are about the same matter
	Scatter float64 // metres: standard deviation, along each axis, of a report's place around its matter
	Around  float64 // metres
	Lag     float64 // days: mean time between two reports of one matter
	Over    float64 // days
	Agree   float64 // share of the reports of one matter that name the same category
	Chance  float64 // share of the reports of different matters that name the same category
}

// Default suits reports of a city's streets made by telephone or browser: places about 30 m off,
// repeated within days. A realm whose open matters are told again for weeks sets a longer Lag.
var Default = Model{Prior: 0.01, Scatter: 30, Around: 300, Lag: 1.5, Over: 30, Agree: 0.9, Chance: 0.15}

// Where both texts hold numbers: how often they are the same ones, in reports of one matter and of different ones.
const (
	numbersAgree  = 0.8
	numbersChance = 0.3
)

// Probability returns how probable it is, 0 to 1, that two reports with this evidence are
// about the same matter.
func (m Model) Probability(e Evidence) float64 {
	return logistic(m.logOdds(e))
}

// Compare collects the evidence of two requests from their exact sets of shingles.
func Compare(a, b requests.Request) Evidence {
	return compare(a, b, Shingles(a.Text), Shingles(b.Text))
}

func compare(a, b requests.Request, x, y Grams) Evidence {
	e := Evidence{Jaccard: Jaccard(x, y), Compared: scripts(x)&scripts(y) != 0, Metres: math.NaN(), Days: math.NaN()}
	if a.Placed && b.Placed {
		e.Metres = math.Hypot(a.X-b.X, a.Y-b.Y)
	}
	if !a.Time.IsZero() && !b.Time.IsZero() {
		e.Days = math.Abs(float64(a.Time.Unix()-b.Time.Unix())) / 86_400
	}
	e.Category = agreement(a.Category, b.Category, "")
	e.Numbers = agreement(numbers(a.Text), numbers(b.Text), 0)
	return e
}

// agreement compares two values of which unknown says nothing.
func agreement[T comparable](a, b, unknown T) Agreement {
	switch {
	case a == unknown || b == unknown:
		return Unknown
	case a == b:
		return Same
	default:
		return Different
	}
}

// numbers is the set of the numbers in a text, hashed to 1…65,535; 0 when there are none.
func numbers(text string) uint16 {
	var h uint64
	for _, number := range strings.FieldsFunc(norm.NFKC.String(text), func(c rune) bool { return c < '0' || c > '9' }) {
		var n uint64
		for _, digit := range number {
			n = n*10 + uint64(digit-'0')
		}
		h += mix(n)
	}
	if h == 0 {
		return 0
	}
	return uint16(h%math.MaxUint16) + 1
}

func (m Model) logOdds(e Evidence) float64 {
	sum := math.Log(m.Prior / (1 - m.Prior))
	if !math.IsNaN(e.Metres) {
		sum += m.distance(e.Metres)
	}
	if !math.IsNaN(e.Days) {
		sum += m.lag(e.Days)
	}
	switch e.Category {
	case Same:
		sum += math.Log(m.Agree / m.Chance)
	case Different:
		sum += math.Log((1 - m.Agree) / (1 - m.Chance))
	}
	switch e.Numbers {
	case Same:
		sum += math.Log(numbersAgree / numbersChance)
	case Different:
		sum += math.Log((1 - numbersAgree) / (1 - numbersChance))
	}
	if e.Compared {
		sum += words(e)
	}
	return sum
}

// distance is the log ratio of two densities of d: places scattered normally around one matter
// (d is then Rayleigh distributed), and places anywhere in the disc.
func (m Model) distance(d float64) float64 {
	twice := 4 * m.Scatter * m.Scatter
	return math.Log(m.Around*m.Around/twice) - d*d/twice
}

// lag is the same of the time between: exponential for one matter, uniform for others.
func (m Model) lag(days float64) float64 {
	return math.Log(m.Over/m.Lag) - days/m.Lag
}

// words is the log ratio of a Jaccard coefficient, as a line with both ends cut off. How much words say depends on what is
// known besides. Where place and category are the same, reports of other matters read the same too,
// and other words for one matter are common, so the line is flat. Where the category does not say what it is about, words must.
// Where no distance says where it is, the words must name the place: then only nearly the same ones count.
func words(e Evidence) float64 {
	switch {
	case math.IsNaN(e.Metres):
		return max(-4, min(5, 25*(e.Jaccard-0.8)))
	case e.Category == Same:
		return max(-1, min(1, 5*(e.Jaccard-0.2)))
	default:
		return max(-3, min(3, 10*(e.Jaccard-0.25)))
	}
}

// reach returns the greatest distance and the longest time at which the rest of the evidence,
// at its best, still makes these odds; both are 0 when nothing does.
func (m Model) reach(logOdds float64) (metres, days float64) {
	best := math.Inf(-1)
	for _, category := range []Agreement{Unknown, Same, Different} {
		for _, d := range []float64{0, math.NaN()} {
			best = max(best, m.logOdds(Evidence{Jaccard: 1, Compared: true, Metres: d, Category: category, Numbers: Same}))
		}
	}
	rest := max(0, best-logOdds)
	return 2 * m.Scatter * math.Sqrt(rest), m.Lag * rest
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func logit(p float64) float64 { return math.Log(p / (1 - p)) }

// scripts says whether a set holds grams with ideographs (1) and without (2). Two sets without a common kind cannot share
// anything: reports in different languages, which is no sign that they are about different matters.
func scripts(g Grams) uint8 {
	var s uint8
	for _, gram := range g {
		if ideographic(rune(gram&(1<<21-1))) || ideographic(rune(gram>>21&(1<<21-1))) {
			s |= 1
		} else {
			s |= 2
		}
	}
	return s
}
