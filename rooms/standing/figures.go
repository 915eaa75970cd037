package standing

import (
	"strconv"
	"strings"

	"skein/science/equity"
)

// TooFew is below how many a rate or a percentile is not told: it would say next to nothing.
const TooFew = 10

// Rate is a share with its fixed denominator.
type Rate struct {
	Name     string           `json:"name" doc:"response, on_time, resolution, satisfaction, overturned, rulings_late, rulings_silent"`
	Had      int              `json:"had"`
	Of       int              `json:"of" doc:"The denominator"`
	Share    *float64         `json:"share,omitempty" doc:"Had over of; none where there are fewer than ten, or the month is not over"`
	Interval *equity.Interval `json:"interval,omitempty" doc:"Wilson's, 95 %"`
}

// Days are percentiles of the working days to an answer.
type Days struct {
	Of     int  `json:"of" doc:"Answers whose time is known"`
	Median *int `json:"median,omitempty" doc:"Half were answered within so many; none where there are fewer than ten"`
	Low    *int `json:"median_low,omitempty" doc:"From here to median_high lies the median at 95 %, by order statistics"`
	High   *int `json:"median_high,omitempty"`
	Ninety *int `json:"ninety,omitempty" doc:"Nine in ten were answered within so many"`
}

// rates are each rate's name, what is counted and its denominators: each a sum of measures.
var rates = []struct {
	name    string
	had, of []string
	rises   bool // while the month runs
}{
	{"response", []string{ResponseInTime}, []string{ResponseDue}, true},
	{"on_time", []string{InTime}, []string{Due}, true},
	{"resolution", []string{Fixed}, []string{Answered}, false},
	{"satisfaction", []string{Solved}, []string{Solved, Unsolved}, false},
	{"overturned", []string{AppealsUpset}, []string{Appeals}, false},
	{"rulings_late", []string{RulingsLate, RulingsSilent}, []string{Rulings}, false},
	{"rulings_silent", []string{RulingsSilent}, []string{Rulings}, false},
}

// Rates are the rates of some counts. What is due in a month that is not over is not told as a share: it could only rise.
func (c Counts) Rates(over bool) (out []Rate) {
	for _, r := range rates {
		rate := Rate{Name: r.name}
		for _, had := range r.had {
			rate.Had += c[had]
		}
		for _, of := range r.of {
			rate.Of += c[of]
		}
		if rate.Of >= TooFew && (over || !r.rises) {
			share, interval := float64(rate.Had)/float64(rate.Of), equity.Wilson(rate.Had, rate.Of)
			rate.Share, rate.Interval = &share, &interval
		}
		out = append(out, rate)
	}
	return out
}

// histogram is a histogram among the counts.
func (c Counts) histogram(stem string) (h equity.Histogram) {
	for measure, n := range c {
		if value, is := strings.CutPrefix(measure, stem); is {
			v, err := strconv.Atoi(value)
			if err != nil || v < 0 || v > most {
				continue
			}
			for len(h) <= v {
				h = append(h, 0)
			}
			h[v] += n
		}
	}
	return h
}

// Days are the percentiles of what was answered.
func (c Counts) Days() Days {
	h := c.histogram(daysStem)
	d := Days{Of: h.N()}
	if d.Of < TooFew {
		return d
	}
	median, low, high, ok := h.Quantile(0.5)
	ninety, _, _, _ := h.Quantile(0.9)
	d.Median, d.Ninety = &median, &ninety
	if ok {
		d.Low, d.High = &low, &high
	}
	return d
}
