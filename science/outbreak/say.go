package outbreak

import (
	"math"
	"strconv"
	"strings"
)

// number writes a figure for a sentence: whole numbers as they are, others with two decimals.
func number(x float64) string {
	switch {
	case math.IsNaN(x):
		return "?"
	case x == math.Trunc(x) && math.Abs(x) < 1e15:
		return strconv.FormatFloat(x, 'f', 0, 64)
	case math.Abs(x) >= 1e6:
		return strconv.FormatFloat(x, 'g', 4, 64)
	}
	return strings.TrimRight(strings.TrimRight(strconv.FormatFloat(x, 'f', 2, 64), "0"), ".")
}

// chance writes a probability with two digits. Below a millionth the methods' approximations tell nothing more.
func chance(p float64) string {
	if p < 1e-6 {
		return "< 0.000001"
	}
	digits := int(math.Ceil(-math.Log10(p))) + 1
	return strings.TrimRight(strings.TrimRight(strconv.FormatFloat(p, 'f', max(digits, 2), 64), "0"), ".")
}
