package standing

import (
	"context"
	"slices"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/science/equity"
)

// Equal is one comparison: how one group was served beside all others, like with like.
type Equal struct {
	By       string          `json:"by" enum:"place,channel"`
	Code     string          `json:"code"`
	Of       string          `json:"of" enum:"on_time,wait" doc:"Answered in time, or how long it took"`
	Group    int             `json:"group" doc:"Matters of the group that could be compared: due in these months, of a kind that others have too"`
	Others   int             `json:"others"`
	Differs  float64         `json:"difference" doc:"on_time: the group's share less the others', by Mantel and Haenszel over kinds of matter. wait: share of pairs in which the group waited longer less that in which it waited shorter"`
	Interval equity.Interval `json:"interval" doc:"95 %, of this comparison alone"`
	P        float64         `json:"p" doc:"Of this comparison alone"`
	Adjusted float64         `json:"adjusted" doc:"After Holm, over all comparisons of the answer"`
	Shown    bool            `json:"shown" doc:"A difference can be shown: adjusted is at most 0.05"`
	Seen     float64         `json:"seen" doc:"So large a difference would have been found four times in five, in a comparison alone"`
}

// leastGroup is how many matters a group must have to be compared.
const leastGroup = 30

// Compare compares every place and channel with all others, over months from and until inclusive.
func Compare(ctx context.Context, q journal.Querier, realm civic.Realm, from, until Month) ([]Equal, error) {
	var out []Equal
	var p []float64
	for _, by := range []string{ByPlace, ByChannel} {
		sums, err := read(ctx, q, realm, by, "", true)
		if err != nil {
			return nil, err
		}
		whole, err := read(ctx, q, realm, ByAll, "", true) // every kind, over all groups
		if err != nil {
			return nil, err
		}
		groups, all := map[string]map[civic.Category]Counts{}, map[civic.Category]Counts{}
		for cell, counts := range whole {
			if cell.Month >= from && cell.Month <= until {
				all[cell.Within] = all[cell.Within].And(counts)
			}
		}
		for cell, counts := range sums {
			if cell.Month < from || cell.Month > until {
				continue
			}
			if groups[cell.Code] == nil {
				groups[cell.Code] = map[civic.Category]Counts{}
			}
			groups[cell.Code][cell.Within] = groups[cell.Code][cell.Within].And(counts)
		}
		for _, code := range sorted(groups) {
			var two []equity.Two
			var waits []equity.Waits
			for _, kind := range sorted(groups[code]) {
				g, a := groups[code][kind], all[kind]
				two = append(two, equity.Two{Had: g[InTime], Of: g[Due], OtherHad: a[InTime] - g[InTime], OtherOf: a[Due] - g[Due]})
				waits = append(waits, waiting(g, a))
			}
			for of, c := range map[string]equity.Compared{"on_time": equity.Rates(two), "wait": equity.Times(waits)} {
				if c.OK && c.Of >= leastGroup && c.OtherOf >= leastGroup {
					out = append(out, Equal{By: by, Code: code, Of: of, Group: c.Of, Others: c.OtherOf, Differs: c.Difference, Interval: c.Interval, P: c.P, Seen: c.Seen})
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b Equal) int {
		return slices.Compare([]string{a.By, a.Of, a.Code}, []string{b.By, b.Of, b.Code})
	})
	for _, e := range out {
		p = append(p, e.P)
	}
	for i, adjusted := range equity.Holm(p) {
		out[i].Adjusted, out[i].Shown = adjusted, adjusted <= equity.Level
	}
	return out, nil
}

// waiting is a stratum of times: of the group, and of all less the group. What is due and not answered waits longest of all.
func waiting(group, all Counts) equity.Waits {
	full := func(c Counts) equity.Histogram {
		h := make(equity.Histogram, most+2)
		copy(h, c.histogram(waitStem))
		h[most+1] = c[Due] - c[InTime] - c[Late]
		return h
	}
	w := equity.Waits{Group: full(group), Other: full(all)}
	for i, n := range w.Group {
		w.Other[i] -= n
	}
	return w
}

func sorted[K ~string, V any](m map[K]V) []K {
	var keys []K
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
