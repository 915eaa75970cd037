package shares

import (
	"math"
	"strconv"
	"strings"
)

// maxDecimals and maxNumber bound what is read, so that sums over all ballots stay whole numbers of 64 bits.
const (
	maxDecimals = 6
	maxNumber   = 1_000_000_000_000_000 // smallest units
)

// number is a decimal as it was read: value / 10^decimals.
type number struct {
	value    int64
	decimals int
}

type fault int

const (
	sound     fault = iota
	malformed       // not a number
	ambiguous       // "1,000": a thousand, or one with three decimals
	outOfRange
)

// parseNumber reads a decimal number exactly. The decimal mark is a point, or a comma
// where that has one meaning; spaces may part groups of three digits.
func parseNumber(s string) (number, fault) {
	s = strings.TrimSpace(s)
	negative := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(strings.TrimPrefix(s, "-"), "+")
	whole, fraction := s, ""
	if at := strings.IndexAny(s, ".,"); at >= 0 {
		whole, fraction = s[:at], s[at+1:]
		if s[at] == ',' && len(fraction) == 3 && strings.Trim(whole, "0") != "" {
			return number{}, ambiguous
		}
	}
	whole, ok := ungroup(whole)
	if !ok || whole == "" && fraction == "" || !digits(whole) || !digits(fraction) {
		return number{}, malformed
	}
	fraction = strings.TrimRight(fraction, "0")
	if len(fraction) > maxDecimals {
		return number{}, outOfRange
	}
	text := strings.TrimLeft(whole+fraction, "0")
	if text == "" {
		return number{}, sound
	}
	value, err := strconv.ParseInt(text, 10, 64)
	if err != nil || value > maxNumber {
		return number{}, outOfRange
	}
	if negative {
		value = -value
	}
	return number{value, len(fraction)}, sound
}

// ungroup takes the spaces out of "1 000 000".
func ungroup(s string) (string, bool) {
	groups := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\u00a0' || r == '\u202f' })
	for i, g := range groups {
		if i > 0 && len(g) != 3 || i == 0 && len(groups) > 1 && len(g) > 3 {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// in is the number in units of 10^-decimals; false where it is too large for them.
func (n number) in(decimals int) (int64, bool) {
	factor := power10(decimals - n.decimals)
	if n.value > maxNumber/factor || n.value < -maxNumber/factor {
		return 0, false
	}
	return n.value * factor, true
}

func power10(n int) int64 { return int64(math.Round(math.Pow10(n))) }

// decimal writes value / 10^decimals without superfluous zeros.
func decimal(value int64, decimals int) string {
	if decimals == 0 {
		return strconv.FormatInt(value, 10)
	}
	sign := ""
	if value < 0 {
		sign, value = "-", -value
	}
	unit := power10(decimals)
	text := strconv.FormatInt(value/unit, 10)
	rest := value % unit
	if rest == 0 {
		return sign + text
	}
	fraction := strconv.FormatInt(unit+rest, 10)[1:]
	return sign + text + "." + strings.TrimRight(fraction, "0")
}
