package chart

import (
	"math"
	"strconv"
)

// scale maps values to pixels.
type scale struct {
	low, high float64 // values
	from, to  float64 // pixels
}

func (s scale) at(v float64) float64 {
	if s.high == s.low {
		return (s.from + s.to) / 2
	}
	return s.from + (v-s.low)/(s.high-s.low)*(s.to-s.from)
}

// span is the range of the finite values; ok is false without any.
func span(values ...[]float64) (low, high float64, ok bool) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, list := range values {
		for _, v := range list {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				low, high, ok = math.Min(low, v), math.Max(high, v), true
			}
		}
	}
	if !ok {
		return 0, 1, false
	}
	return low, high, true
}

// round finds a step of 1, 2 or 5 times a power of ten that cuts a range into at most n pieces, and
// the range widened to its multiples. Whole asks for steps of at least one.
func round(low, high float64, n int, whole bool) (from, to, step float64) {
	if !(high > low) {
		if low == 0 {
			high = 1
		} else {
			half := math.Abs(low) / 2
			low, high = low-half, high+half
		}
	}
	rough := (high - low) / float64(n)
	ten := math.Pow(10, math.Floor(math.Log10(rough)))
	step = 10 * ten
	for _, m := range []float64{1, 2, 5} {
		if m*ten >= rough*(1-1e-9) {
			step = m * ten
			break
		}
	}
	if whole && step < 1 {
		step = 1
	}
	return math.Floor(low/step+1e-9) * step, math.Ceil(high/step-1e-9) * step, step
}

// ticks are the multiples of step from low to high, with their labels.
func ticks(low, high, step float64) (values []float64, labels []string) {
	decimals := 0
	if step < 1 {
		decimals = int(math.Ceil(-math.Log10(step) - 1e-9))
	}
	n := int(math.Round((high - low) / step))
	for i := 0; i <= n && i < 100; i++ {
		v := low + float64(i)*step
		label := strconv.FormatFloat(v, 'f', decimals, 64)
		if math.Abs(v) >= 1e7 {
			label = strconv.FormatFloat(v, 'g', 4, 64)
		}
		if v == 0 || math.Abs(v) < step/1e6 {
			label = "0"
		}
		values, labels = append(values, v), append(labels, label)
	}
	return values, labels
}

// box is the plotting area inside the axes.
type box struct{ left, top, right, bottom float64 }

// yAxis draws the horizontal lines of the grid with their numbers, and returns the scale.
func (p *pen) yAxis(b box, low, high float64, n int, whole bool) scale {
	from, to, step := round(low, high, n, whole)
	s := scale{from, to, b.bottom, b.top}
	values, labels := ticks(from, to, step)
	for i, v := range values {
		p.line("grid", b.left, s.at(v), b.right, s.at(v))
		p.text("small", b.left-6, s.at(v)+4, "end", labels[i])
	}
	return s
}

// xAxis does so for the vertical lines.
func (p *pen) xAxis(b box, low, high float64, n int) scale {
	from, to, step := round(low, high, n, false)
	s := scale{from, to, b.left, b.right}
	values, labels := ticks(from, to, step)
	for i, v := range values {
		p.line("grid", s.at(v), b.top, s.at(v), b.bottom)
		p.text("small", s.at(v), b.bottom+15, "middle", labels[i])
	}
	return s
}
