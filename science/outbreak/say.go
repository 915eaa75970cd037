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

// chance writes a probability with two digits.
func chance(p float64) string {
	if p < 1e-4 {
		return strconv.FormatFloat(p, 'e', 1, 64)
	}
	return strconv.FormatFloat(p, 'g', 2, 64)
}
