package classify

import (
	"math"
	"slices"
)

// Report is how good a model is on texts that it has not learnt from and was not calibrated on.
type Report struct {
	Learnt, Calibrated, Tested int // texts
	LeftOut                    int // rows without a category, or of one too rare to learn
	// Confusion[i][j] is how many texts of category i were given category j; of Unsure[i] texts of category i it was unsure.
	Confusion [][]int
	Unsure    []int
	Accuracy  float64 // share of texts whose likeliest category is right
	Answered  float64 // share of texts about which it is not unsure
	Precision float64 // share of those that are right
	// Calibration is the expected calibration error in ten bins (Naeini, Cooper & Hauskrecht 2015), 0 to 1: how far probabilities
	// are from how often they come true. Raw is the same without calibration.
	Calibration, Raw float64
}

// calibrate sets temperature and floor so that the texts' categories are likeliest, then the threshold. By temperature alone (Guo
// et al. 2017) a few labels that are wrong make it doubt all of them; the floor takes them up.
func (m *Model) calibrate(list []document, precision float64) {
	z := make([][]float64, len(list))
	for i, d := range list {
		z[i] = m.scores(d.grams)
	}
	p := make([]float64, len(m.Categories))
	loss := func(temperature, floor float64) float64 {
		sum := 0.0
		for i, d := range list {
			copy(p, z[i])
			softmax(p, temperature, floor)
			sum -= math.Log(p[d.category])
		}
		return sum
	}
	// so many wrong labels as one more text would be
	least := 1 / float64(len(list)+2)
	m.Temperature, m.Floor = 1, least
	for range 4 {
		m.Temperature = math.Exp(golden(func(x float64) float64 { return loss(math.Exp(x), m.Floor) }, math.Log(0.05), math.Log(20)))
		m.Floor = math.Exp(golden(func(x float64) float64 { return loss(m.Temperature, math.Exp(x)) }, math.Log(least), math.Log(0.5)))
	}
	type answer struct {
		probability float64
		right       bool
	}
	var answers []answer
	for i, d := range list {
		softmax(z[i], m.Temperature, m.Floor)
		best := ranked(z[i])[0]
		if len(d.grams) > 0 {
			answers = append(answers, answer{z[i][best], best == d.category})
		}
	}
	slices.SortStableFunc(answers, func(a, b answer) int {
		switch {
		case a.probability > b.probability:
			return -1
		case a.probability < b.probability:
			return 1
		}
		return 0
	})
	// never below one half: then another category may be as likely
	m.Threshold = 1
	right := 0
	for i, a := range answers {
		if a.right {
			right++
		}
		next := 0.0
		if i+1 < len(answers) {
			next = answers[i+1].probability
		}
		if next < a.probability && float64(right) >= precision*float64(i+1) {
			m.Threshold = max(0.5, (a.probability+next)/2)
		}
	}
}

// golden finds the least value of a function with one valley between a and b (golden-section search, Kiefer 1953).
func golden(f func(float64) float64, a, b float64) float64 {
	ratio := (math.Sqrt(5) - 1) / 2
	c, d := b-ratio*(b-a), a+ratio*(b-a)
	fc, fd := f(c), f(d)
	for b-a > 1e-3 {
		if fc < fd {
			b, d, fd = d, c, fc
			c = b - ratio*(b-a)
			fc = f(c)
		} else {
			a, c, fc = c, d, fd
			d = a + ratio*(b-a)
			fd = f(d)
		}
	}
	return (a + b) / 2
}

func (m *Model) report(list []document) Report {
	n := len(m.Categories)
	r := Report{Tested: len(list), Confusion: make([][]int, n), Unsure: make([]int, n)}
	for i := range r.Confusion {
		r.Confusion[i] = make([]int, n)
	}
	var bins, raw [10][3]float64 // texts, right ones, probabilities
	answered, right, rightAnswered := 0, 0, 0
	for _, d := range list {
		z := m.scores(d.grams)
		best := ranked(z)[0]
		plain := slices.Clone(z)
		softmax(plain, 1, 0)
		softmax(z, m.Temperature, m.Floor)
		put(&raw, plain[best], best == d.category)
		put(&bins, z[best], best == d.category)
		if best == d.category {
			right++
		}
		if len(d.grams) == 0 || z[best] < m.Threshold {
			r.Unsure[d.category]++
			continue
		}
		answered++
		r.Confusion[d.category][best]++
		if best == d.category {
			rightAnswered++
		}
	}
	if len(list) > 0 {
		r.Accuracy, r.Answered = float64(right)/float64(len(list)), float64(answered)/float64(len(list))
		r.Calibration, r.Raw = gap(bins, len(list)), gap(raw, len(list))
	}
	if answered > 0 {
		r.Precision = float64(rightAnswered) / float64(answered)
	}
	return r
}

func put(bins *[10][3]float64, p float64, right bool) {
	b := &bins[min(9, int(p*10))]
	b[0]++
	b[2] += p
	if right {
		b[1]++
	}
}

func gap(bins [10][3]float64, n int) float64 {
	sum := 0.0
	for _, b := range bins {
		sum += math.Abs(b[1] - b[2])
	}
	return sum / float64(n)
}
