package classify

import (
	"math"
	"slices"
)

// Model suggests categories. It may be used by several goroutines at once.
type Model struct {
	K           int      // every gram was shared by at least so many different texts
	Categories  []string // sorted
	Grams       []Gram
	Temperature float64 // log odds are divided by it
	Floor       float64 // share of labels that are as good as drawn by lot, 0 to 1
	Threshold   float64 // below this probability it is unsure

	// weights[g*categories+c]·scale[c] is what gram g speaks for category c; the row after the last gram is the constant.
	weights []int8
	scale   []float32
	numbers map[string]uint32
}

// Gram is what the model knows, and how many different texts held it.
type Gram struct {
	Gram  string
	Texts int
}

// Suggestion is a category for a text.
type Suggestion struct {
	Unsure bool     // nothing is suggested: no category is likely enough, or no gram is known
	Ranked []Likely // all categories, the likeliest first
}

// Likely is a category and its probability, 0 to 1.
type Likely struct {
	Category    string
	Probability float64
}

// Suggest masks a text and says which category it likely has.
func (m *Model) Suggest(text string) Suggestion {
	known := m.known(Prepare(text))
	p := m.scores(known)
	softmax(p, m.Temperature, m.Floor)
	out := Suggestion{Ranked: make([]Likely, len(p))}
	for i, c := range ranked(p) {
		out.Ranked[i] = Likely{m.Categories[c], p[c]}
	}
	out.Unsure = len(known) == 0 || out.Ranked[0].Probability < m.Threshold
	return out
}

// ranked are the positions of p, the greatest first, equal ones in order.
func ranked(p []float64) []int {
	out := make([]int, len(p))
	for i := range out {
		out[i] = i
	}
	slices.SortStableFunc(out, func(a, b int) int {
		switch {
		case p[a] > p[b]:
			return -1
		case p[a] < p[b]:
			return 1
		}
		return 0
	})
	return out
}

// known returns the numbers of the grams of a prepared text that the model has, each once, sorted.
func (m *Model) known(text string) []uint32 {
	var out []uint32
	grams(text, func(gram string) {
		if n, ok := m.numbers[gram]; ok {
			out = append(out, n)
		}
	})
	slices.Sort(out)
	return slices.Clip(slices.Compact(out))
}

func (m *Model) number() {
	m.numbers = make(map[string]uint32, len(m.Grams))
	for i, g := range m.Grams {
		m.numbers[g.Gram] = uint32(i)
	}
}

// scores returns the log odds of each category before the temperature.
func (m *Model) scores(known []uint32) []float64 {
	n := len(m.Categories)
	sums := make([]int, n)
	for _, g := range known {
		for c, v := range m.weights[int(g)*n:][:n] {
			sums[c] += int(v)
		}
	}
	constant := m.weights[len(m.Grams)*n:]
	z := make([]float64, n)
	x := 1 / math.Sqrt(float64(max(1, len(known))))
	for c := range z {
		z[c] = (float64(sums[c])*x + float64(constant[c])) * float64(m.scale[c])
	}
	return z
}

// quantise rounds weights to a 127th of the greatest of their category. All that follows is measured on what is kept.
func (m *Model) quantise(w []float32) {
	n := len(m.Categories)
	m.scale = make([]float32, n)
	for i, v := range w {
		m.scale[i%n] = max(m.scale[i%n], float32(math.Abs(float64(v)))/127)
	}
	m.weights = make([]int8, len(w))
	for i, v := range w {
		if s := m.scale[i%n]; s > 0 {
			m.weights[i] = int8(math.Round(float64(v / s)))
		}
	}
}
