package classify

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strings"

	"skein/frame/civic"
)

// MostFile bounds a model's file, in bytes. Encode stays below it.
const MostFile = 5_000_000

const format = "skein category model 1"

// file is a model as it is written: everything but the weights can be read by eye.
type file struct {
	Format      string    `json:"format"`
	K           int       `json:"k"`
	Temperature float64   `json:"temperature"`
	Floor       float64   `json:"floor"`
	Threshold   float64   `json:"threshold"`
	Categories  []string  `json:"categories"`
	Scale       []float32 `json:"scale"`
	Weights     []byte    `json:"weights"` // rows of categories: one a gram, then the constant
	Texts       []int     `json:"texts"`   // how many different texts held each gram
	Grams       []string  `json:"grams"`
}

// Encode writes the model as JSON.
func (m *Model) Encode() []byte {
	f := file{Format: format, K: m.K, Temperature: m.Temperature, Floor: m.Floor, Threshold: m.Threshold, Categories: m.Categories, Scale: m.scale}
	f.Weights = make([]byte, len(m.weights))
	for i, w := range m.weights {
		f.Weights[i] = byte(w)
	}
	for _, g := range m.Grams {
		f.Grams, f.Texts = append(f.Grams, g.Gram), append(f.Texts, g.Texts)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(f); err != nil {
		panic(err) // only finite numbers and valid texts are in it
	}
	return b.Bytes()
}

// Decode reads what Encode wrote. It refuses anything else, and a model with a gram that fewer than its k texts share.
func Decode(data []byte) (*Model, error) {
	if len(data) > MostFile {
		return nil, civic.Refuse(civic.TooLarge, "classify.model_large", "bytes", len(data), "most", MostFile)
	}
	var f file
	if err := json.Unmarshal(data, &f); err != nil || f.Format != format {
		return nil, civic.Refuse(civic.Invalid, "classify.model_unknown", "format", format)
	}
	broken := func(part string) (*Model, error) {
		return nil, civic.Refuse(civic.Invalid, "classify.model_broken", "part", part)
	}
	if f.K < 1 {
		return broken("k")
	}
	if n := len(f.Categories); n < 2 || n > mostCategories || !slices.IsSorted(f.Categories) || len(slices.Compact(slices.Clone(f.Categories))) != n || f.Categories[0] == "" {
		return broken("categories")
	}
	if !(f.Temperature > 0) || f.Temperature > 1e6 {
		return broken("temperature")
	}
	if !(f.Floor >= 0 && f.Floor <= 1) {
		return broken("floor")
	}
	if !(f.Threshold >= 0 && f.Threshold <= 1) {
		return broken("threshold")
	}
	if len(f.Scale) != len(f.Categories) || slices.ContainsFunc(f.Scale, func(s float32) bool { return !(s >= 0) || math.IsInf(float64(s), 1) || s > 1e6 }) {
		return broken("scale")
	}
	if len(f.Weights) != (len(f.Grams)+1)*len(f.Categories) {
		return broken("weights")
	}
	if len(f.Texts) != len(f.Grams) || slices.ContainsFunc(f.Texts, func(n int) bool { return n < f.K }) {
		return broken("texts")
	}
	m := &Model{K: f.K, Categories: f.Categories, Temperature: f.Temperature, Floor: f.Floor, Threshold: f.Threshold, scale: f.Scale, weights: make([]int8, len(f.Weights))}
	for i, w := range f.Weights {
		m.weights[i] = int8(w)
	}
	for i, gram := range f.Grams {
		m.Grams = append(m.Grams, Gram{strings.Clone(gram), f.Texts[i]})
	}
	m.number()
	if len(m.numbers) != len(m.Grams) {
		return broken("grams")
	}
	return m, nil
}
