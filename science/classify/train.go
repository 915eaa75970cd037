package classify

import (
	"cmp"
	"math"
	"runtime"
	"slices"
	"sync"

	"skein/frame/civic"
	"skein/science/requests"
)

// Options are how a model is made. Zero values mean the defaults.
type Options struct {
	K         int     // a gram, and a category, is kept if at least so many matters with different texts share it; 5
	Precision float64 // share, 0 to 1, of answers that shall be right; 0.9
	MostGrams int     // 60,000; fewer where the categories are many, so that the model stays below 5 MB
}

const (
	mostGrams      = 60_000
	mostCategories = 1_000
	mostBytes      = 4_500_000 // of the weights and grams as they are written
	passes         = 4
	rate           = 0.5
)

// document is a text as it is learnt from.
type document struct {
	grams    []uint32 // numbers of known grams, each once
	category int
}

// Train learns from the requests that have a category. Eight in ten of the texts are learnt from, one in ten calibrates, one in ten is
// reported on; the same text is always in the same part. Categories of fewer than K different texts are left
// out. It refuses a list from which at least two categories cannot be learnt.
func Train(list []requests.Request, o Options) (*Model, Report, error) {
	o.K, o.MostGrams = or(o.K, 5), or(o.MostGrams, mostGrams)
	if o.Precision <= 0 || o.Precision >= 1 {
		o.Precision = 0.9
	}
	texts := prepare(list)
	parts := make([]int, len(list)) // 0 to 7 learn, 8 calibrate, 9 report
	different := map[string]map[uint64]bool{}
	for i, r := range list {
		h := hash(texts[i])
		parts[i] = int(h >> 32 % 10)
		if r.Category != "" && parts[i] < 8 {
			if different[r.Category] == nil {
				different[r.Category] = map[uint64]bool{}
			}
			different[r.Category][h] = true
		}
	}
	m := &Model{K: o.K, Temperature: 1}
	for name, texts := range different {
		if len(texts) >= o.K {
			m.Categories = append(m.Categories, name)
		}
	}
	slices.Sort(m.Categories)
	if len(m.Categories) < 2 {
		return nil, Report{}, civic.Refuse(civic.Invalid, "classify.too_few", "k", o.K, "categories", len(m.Categories))
	}
	if len(m.Categories) > mostCategories {
		return nil, Report{}, civic.Refuse(civic.TooLarge, "classify.too_many_categories", "most", mostCategories, "categories", len(m.Categories))
	}
	perGram := len(m.Categories)*4/3 + 24
	m.choose(texts, list, parts, o.K, min(o.MostGrams, mostBytes/perGram))
	if len(m.Grams) == 0 {
		return nil, Report{}, civic.Refuse(civic.Invalid, "classify.no_grams", "k", o.K)
	}
	learn, calibrate, test := m.documents(texts, list, parts)
	m.quantise(fit(learn, len(m.Grams), len(m.Categories)))
	m.calibrate(calibrate, o.Precision)
	report := m.report(test)
	report.Learnt, report.Calibrated, report.LeftOut = len(learn), len(calibrate), len(list)-len(learn)-len(calibrate)-len(test)
	return m, report, nil
}

// prepare masks and normalises every text, on all processors.
func prepare(list []requests.Request) []string {
	out := make([]string, len(list))
	var group sync.WaitGroup
	const stretch = 512
	next := make(chan int)
	for range min(runtime.GOMAXPROCS(0), len(list)/stretch+1) {
		group.Go(func() {
			for from := range next {
				for i := from; i < min(from+stretch, len(list)); i++ {
					out[i] = Prepare(list[i].Text)
				}
			}
		})
	}
	for from := 0; from < len(list); from += stretch {
		next <- from
	}
	close(next)
	group.Wait()
	return out
}

// choose keeps the grams that at least k different texts of those learnt from share, at most most, the commonest first.
func (m *Model) choose(texts []string, list []requests.Request, parts []int, k, most int) {
	type count struct {
		texts int
		last  int // the text that was counted last, from 1
	}
	counts, seen := map[string]*count{}, map[uint64]bool{}
	for i, text := range texts {
		if h := hash(text); parts[i] >= 8 || list[i].Category == "" || seen[h] {
			continue
		} else {
			seen[h] = true
		}
		grams(text, func(gram string) {
			c := counts[gram]
			if c == nil {
				c = &count{}
				counts[gram] = c
			}
			if c.last != i+1 {
				c.texts, c.last = c.texts+1, i+1
			}
		})
	}
	for gram, c := range counts {
		if c.texts >= k {
			m.Grams = append(m.Grams, Gram{gram, c.texts})
		}
	}
	slices.SortFunc(m.Grams, func(a, b Gram) int { return cmp.Or(cmp.Compare(b.Texts, a.Texts), cmp.Compare(a.Gram, b.Gram)) })
	m.Grams = slices.Clip(m.Grams[:min(len(m.Grams), most)])
	m.number()
}

// documents turns texts into the numbers of their grams and puts them into the three parts.
func (m *Model) documents(texts []string, list []requests.Request, parts []int) (learn, calibrate, test []document) {
	for i, text := range texts {
		category, ok := slices.BinarySearch(m.Categories, list[i].Category)
		if !ok {
			continue
		}
		d := document{m.known(text), category}
		switch parts[i] {
		case 8:
			calibrate = append(calibrate, d)
		case 9:
			test = append(test, d)
		default:
			learn = append(learn, d)
		}
	}
	return learn, calibrate, test
}

// fit returns the weights of each gram, and of the constant, for each category: rows of categories, the constant last. The documents are
// taken in an order that is random but always the same. Gradients below 1/500 are not worth their time.
func fit(list []document, grams, categories int) []float32 {
	w := make([]float32, (grams+1)*categories)
	sum := make([]float32, len(w)) // of squared gradients
	z := make([]float64, categories)
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	state := uint64(1)
	for range passes {
		for i := len(order) - 1; i > 0; i-- {
			state = mix(state)
			j := int(state % uint64(i+1))
			order[i], order[j] = order[j], order[i]
		}
		for _, at := range order {
			d := list[at]
			x := float32(1 / math.Sqrt(float64(max(1, len(d.grams)))))
			copyConstant(z, w[grams*categories:])
			for _, g := range d.grams {
				row := w[int(g)*categories:][:categories]
				for c, v := range row {
					z[c] += float64(v * x)
				}
			}
			softmax(z, 1, 0)
			z[d.category]--
			for c, gradient := range z {
				if math.Abs(gradient) < 0.002 {
					continue
				}
				step(&w[grams*categories+c], &sum[grams*categories+c], float32(gradient))
				for _, g := range d.grams {
					at := int(g)*categories + c
					step(&w[at], &sum[at], float32(gradient)*x)
				}
			}
		}
	}
	return w
}

func step(w, sum *float32, gradient float32) {
	*sum += gradient * gradient
	*w -= rate * gradient / float32(math.Sqrt(float64(*sum)+1e-8))
}

func copyConstant(z []float64, row []float32) {
	for c, v := range row {
		z[c] = float64(v)
	}
}

// softmax makes of log odds, in place, probabilities: at a temperature, and none below its share of the floor.
func softmax(z []float64, temperature, floor float64) {
	most, sum := slices.Max(z), 0.0
	for i, v := range z {
		z[i] = math.Exp((v - most) / temperature)
		sum += z[i]
	}
	for i := range z {
		z[i] = z[i]/sum*(1-floor) + floor/float64(len(z))
	}
}

func or(value, instead int) int {
	if value <= 0 {
		return instead
	}
	return value
}

// hash is FNV-1a (Fowler, Noll & Vo) with mix over it.
func hash(text string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * 1099511628211
	}
	return mix(h)
}

// mix is SplitMix64 (Steele, Lea & Flood 2014).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
