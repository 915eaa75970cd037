package outbreak

import "math"

// Reason says why nothing can be told at a point; "" where something can.
type Reason string

const (
	Short     Reason = "short"     // the series does not reach back as far as the method looks
	Unknown   Reason = "unknown"   // the count itself, or one the method needs, is missing
	Flat      Reason = "flat"      // the baseline does not vary at all, which leaves the statistic undefined
	Few       Reason = "few"       // fewer cases lately than the method asks for
	Unfit     Reason = "unfit"     // no model could be fitted to the baseline
	Unbounded Reason = "unbounded" // no finite count would be an alarm
)

// Point is what a method says of one point of a series.
type Point struct {
	Observed float64 // the count; NaN if missing
	Expected float64 // what the baseline lets one expect; NaN if it cannot be told
	Bound    float64 // how far the count could go without an alarm; NaN if it cannot be told
	PValue   float64 // the chance of such a count or a higher one if nothing changed, as far as the method has one; else NaN
	Alarm    bool
	Reason   Reason // why there is no bound

	// few is how many points mean and spread come from, where PValue leaves out that they do; 0 where it does not. score is then how
	// far the count is above the mean, in standard deviations.
	few      int
	score    float64
	sentence string // key of what an alarm is in words, if it is not the usual
}

// Silent is a point at which nothing can be told.
func Silent(observed float64, why Reason) Point {
	nan := math.NaN()
	return Point{Observed: observed, Expected: nan, Bound: nan, PValue: nan, Reason: why}
}

// Sentence is the message key and its arguments that put an alarm into words, with what was observed and expected and the
// bound, and the p-value where there is one. ok is false where there is no alarm.
func (p Point) Sentence() (key string, args []any, ok bool) {
	if !p.Alarm {
		return "", nil, false
	}
	args = []any{"observed", number(p.Observed), "expected", number(p.Expected), "bound", number(p.Bound)}
	switch {
	case p.sentence != "":
		return p.sentence, args, true
	case math.IsNaN(p.PValue) && p.Bound < 0.005:
		return "outbreak.alarm_bound_zero", args, true
	case math.IsNaN(p.PValue):
		return "outbreak.alarm", args, true
	default:
		return "outbreak.alarm_p", append(args, "p", chance(p.PValue)), true
	}
}
