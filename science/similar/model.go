package similar

import (
	"math"
	"slices"
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
// one matter than between a report and another report within Around metres and Over days
// (Fellegi & Sunter 1969). The zero Model is not useful; start from Default, or Calibrate it.
type Model struct {
	Prior         float64           // share, 0 to 1, of those other reports that are about the same matter
	Scatter       float64           // metres: standard deviation, along each axis, of a report's place around its matter
	Around        float64           // metres
	Shared        float64           // share of the reports of different matters that are scattered about the same place; the others lie anywhere
	Lag           float64           // days: mean time between two reports of one matter
	Over          float64           // days
	Agree         float64           // share of the reports of one matter that name the same category
	Chance        float64           // share of the reports of different matters that name the same category
	NumbersAgree  float64           // share of the reports of one matter that hold the same numbers, where both texts hold some
	NumbersChance float64           // the same of the reports of different matters
	Words         [agreements]Curve // what the words say, by Agreement of the categories
}

// agreements is how many values an Agreement has.
const agreements = 3

// Curve is a log ratio at the Jaccard coefficients 0, 0.1, …, 1, and straight between.
type Curve [knots]float64

const knots = 11

// knot returns the place of a Jaccard coefficient on a curve: between i and i+1, f of the way.
func knot(jaccard float64) (i int, f float64) {
	at := jaccard * (knots - 1)
	i = min(int(at), knots-2)
	return i, at - float64(i)
}

func (c *Curve) at(jaccard float64) float64 {
	i, f := knot(jaccard)
	return c[i]*(1-f) + c[i+1]*f
}

// line is steep·(Jaccard−even), cut off at ±most.
func line(steep, even, most float64) (c Curve) {
	for i := range c {
		c[i] = max(-most, min(most, steep*(float64(i)/(knots-1)-even)))
	}
	return c
}

// Default suits reports of a city's streets made by telephone or browser: places about 30 m off,
// repeated within days. A realm whose open matters are told again for weeks sets a longer Lag.
// How much words say depends on what is known besides. Where place and category are the same, reports of other matters read
// the same too, and other words for one matter are common, so the line is flat. Where the category does not say what it is about, words must.
var Default = Model{
	Prior: 0.01, Scatter: 30, Around: 300, Lag: 1.5, Over: 30, Agree: 0.9, Chance: 0.15, NumbersAgree: 0.8, NumbersChance: 0.3,
	Words: [agreements]Curve{Unknown: line(10, 0.25, 3), Same: line(5, 0.2, 1), Different: line(10, 0.25, 3)},
}

// Probability returns how probable it is, 0 to 1, that two reports with this evidence are
// about the same matter.
func (m Model) Probability(e Evidence) float64 {
	return logistic(m.logOdds(e))
}

// Compare collects the evidence of two requests from their exact sets of shingles.
func Compare(a, b requests.Request) Evidence {
	f := features([]requests.Request{a, b})
	return compare(a, b, f[0], f[1])
}

// feature is what is compared of a text.
type feature struct {
	shingles Grams
	scripts  uint8
	numbers  uint16
}

func features(list []requests.Request) []feature {
	out := make([]feature, len(list))
	for i, r := range list {
		g := Shingles(r.Text)
		out[i] = feature{g, scripts(g), numbers(r.Text)}
	}
	return out
}

func compare(a, b requests.Request, x, y feature) Evidence {
	e := Evidence{Compared: x.scripts&y.scripts != 0, Metres: math.NaN(), Days: math.NaN()}
	if e.Compared {
		e.Jaccard = Jaccard(x.shingles, y.shingles)
	}
	if a.Placed && b.Placed {
		e.Metres = math.Hypot(a.X-b.X, a.Y-b.Y)
	}
	if !a.Time.IsZero() && !b.Time.IsZero() {
		e.Days = math.Abs(float64(a.Time.Unix()-b.Time.Unix())) / 86_400
	}
	e.Category = agreement(a.Category, b.Category, "")
	e.Numbers = agreement(x.numbers, y.numbers, 0)
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
	sum := m.apartFromWords(e)
	if e.Compared {
		sum += m.words(e)
	}
	return sum
}

func (m Model) apartFromWords(e Evidence) float64 {
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
		sum += math.Log(m.NumbersAgree / m.NumbersChance)
	case Different:
		sum += math.Log((1 - m.NumbersAgree) / (1 - m.NumbersChance))
	}
	return sum
}

// scattered is the ratio of two densities of d: places scattered normally around one place
// (d is then Rayleigh distributed), and places anywhere in the disc.
func (m Model) scattered(d float64) float64 {
	twice := 4 * m.Scatter * m.Scatter
	return m.Around * m.Around / twice * math.Exp(-d*d/twice)
}

// distance is the log ratio for reports of one matter, and of different matters.
func (m Model) distance(d float64) float64 {
	if m.Shared == 0 {
		twice := 4 * m.Scatter * m.Scatter
		return math.Log(m.Around*m.Around/twice) - d*d/twice
	}
	r := max(m.scattered(d), math.SmallestNonzeroFloat64)
	return math.Log(r / (m.Shared*r + 1 - m.Shared))
}

// sharing is how probable it is that two reports of different matters, so far apart, are scattered about the same place.
func (m Model) sharing(d float64) float64 {
	r := m.Shared * m.scattered(d)
	return r / (r + 1 - m.Shared)
}

// lag is the same of the time between: exponential for one matter, uniform for others.
func (m Model) lag(days float64) float64 {
	return math.Log(m.Over/m.Lag) - days/m.Lag
}

// words is the same of the Jaccard coefficient. Where no distance says where it is, the words must name the place: then only nearly the same ones count.
func (m Model) words(e Evidence) float64 {
	if math.IsNaN(e.Metres) {
		return max(-4, min(5, 25*(e.Jaccard-0.8)))
	}
	return m.Words[e.Category].at(e.Jaccard)
}

// reach returns the greatest distance and the longest time at which the rest of the evidence,
// at its best, still makes these odds; both are 0 when nothing does.
func (m Model) reach(logOdds float64) (metres, days float64) {
	rest := math.Inf(-1) // but for the distance
	best := math.Inf(-1)
	for _, category := range []Agreement{Unknown, Same, Different} {
		for _, numbers := range []Agreement{Unknown, Same, Different} {
			e := Evidence{Metres: math.NaN(), Category: category, Numbers: numbers}
			without := m.apartFromWords(e)
			best = max(best, without+5) // of words where there is no place
			rest = max(rest, without+max(0, slices.Max(m.Words[category][:])))
		}
	}
	best = max(best, rest+m.distance(0))
	return m.within(logOdds - rest), m.Lag * max(0, best-logOdds)
}

// within is how far two places may be apart for that log ratio.
func (m Model) within(ratio float64) float64 {
	odds := math.Exp(ratio)
	if m.Shared*odds >= 1 {
		return 0
	}
	return 2 * m.Scatter * math.Sqrt(max(0, math.Log(m.scattered(0)*(1-m.Shared*odds)/(odds*(1-m.Shared)))))
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
