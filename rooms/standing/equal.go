package standing

import (
	"context"
	"maps"
	"slices"
	"time"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/journal"
	"skein/science/equity"
)

// Equal is one comparison: how one group was served beside all others, like with like.
type Equal struct {
	By       string          `json:"by" enum:"place,channel,language"`
	Code     string          `json:"code"`
	Of       string          `json:"of" enum:"on_time,resolution,wait" doc:"Answered in time, answered that it is fixed, or how long it took"`
	Group    int             `json:"group" doc:"Matters of the group that could be compared: due in these months (resolution: answered), of a kind that others have too"`
	Others   int             `json:"others"`
	Differs  float64         `json:"difference" doc:"on_time, resolution: the group's share less the others', by Mantel and Haenszel over kinds of matter. wait: share of pairs in which the group waited longer less that in which it waited shorter"`
	Interval equity.Interval `json:"interval" doc:"95 %, of this comparison alone, by the bootstrap"`
	P        float64         `json:"p" doc:"Of this comparison alone"`
	Adjusted float64         `json:"adjusted" doc:"After Holm, over all comparisons of the answer"`
	Shown    bool            `json:"shown" doc:"A difference can be shown: adjusted is at most 0.05"`
	Seen     float64         `json:"seen" doc:"So large a difference would have been found four times in five, in a comparison alone"`
}

// leastGroup is how many matters a group must have to be compared.
const leastGroup = 30

// equalRests is how long what was compared is shown before it is looked whether the tallies of its months have moved. They do, since what is
// answered late counts in the month that it was due in.
const equalRests = 5 * time.Minute

// drawn is what was compared last. Drawing intervals takes up to a second, so that nobody waits for it but the first: the others are shown the last, and
// when it was drawn.
type drawn struct {
	Equality
	from, until Month // inclusive
	when        civic.Instant
	at          civic.Position // the tallies of these months are the same up to here
	of          uint64         // the sums that were compared, by their digest
}

type comparing struct{ last face.Fresh[*drawn] }

func (k *comparing) now(ctx context.Context, site *face.Site) (*drawn, error) {
	at, err := upto(ctx, site.Realm.DB.R, site.Realm.ID)
	if err != nil {
		return nil, err
	}
	month := MonthOf(site.Realm.Now(), site.Zone())
	from, until := month.Plus(-12), month.Plus(-1)
	var last *drawn
	return k.last.Judged(ctx, func(d *drawn, old time.Duration) (fresh, shown bool) {
		last = d
		return d.until == until && (d.at == at || old < equalRests), true
	}, func(ctx context.Context) (*drawn, error) {
		of, err := compared(ctx, site.Realm.DB.R, site.Realm.ID, from, until)
		if err != nil {
			return nil, err
		}
		next := &drawn{from: from, until: until, at: at, of: of.digest()}
		if last != nil && last.until == until && next.of == last.of {
			next.Equality, next.when = last.Equality, last.when
		} else {
			next.Equality, next.when = compare(of), site.Realm.Now()
		}
		return next, nil
	})
}

// compared are the sums of months, from and until inclusive, that every place, channel and language is compared with all others by.
func compared(ctx context.Context, q journal.Querier, realm civic.Realm, from, until Month) (Sums, error) {
	all := Sums{}
	for _, by := range []string{ByAll, ByPlace, ByChannel, ByLanguage} {
		sums, err := read(ctx, q, realm, by, "", true, from, until)
		if err != nil {
			return nil, err
		}
		maps.Copy(all, sums)
	}
	return all, nil
}

// Equality is every comparison there can be made of some months.
type Equality struct {
	Comparisons []Equal
	NotSaid     int // of how many that were due nobody said the language: they are in no comparison by language
}

// kinds of matter and their counts.
type strata map[civic.Category]Counts

// compare compares every group with all others within the same kinds of matter.
func compare(all Sums) (out Equality) {
	whole := strata{}
	groups := map[string]map[string]strata{ByPlace: {}, ByChannel: {}, ByLanguage: {}}
	for cell, counts := range all {
		switch by := groups[cell.By]; {
		case cell.Within == "":
		case cell.By == ByAll:
			whole[cell.Within] = whole[cell.Within].And(counts)
		case by != nil:
			if by[cell.Code] == nil {
				by[cell.Code] = strata{}
			}
			by[cell.Code][cell.Within] = by[cell.Code][cell.Within].And(counts)
		}
	}
	for _, counts := range groups[ByLanguage][NotSaid] {
		out.NotSaid += counts[Due]
	}
	delete(groups[ByLanguage], NotSaid) // it says nothing of any language, neither as a group nor among the others
	said := strata{}
	for _, kinds := range groups[ByLanguage] {
		for kind, counts := range kinds {
			said[kind] = said[kind].And(counts)
		}
	}
	for by, of := range groups {
		others := whole
		if by == ByLanguage {
			others = said
		}
		for code, kinds := range of {
			out.Comparisons = append(out.Comparisons, kinds.beside(others, by, code)...)
		}
	}
	slices.SortFunc(out.Comparisons, func(a, b Equal) int {
		return slices.Compare([]string{a.By, a.Of, a.Code}, []string{b.By, b.Of, b.Code})
	})
	var p []float64
	for _, e := range out.Comparisons {
		p = append(p, e.P)
	}
	for i, adjusted := range equity.Holm(p) {
		e := &out.Comparisons[i]
		e.Adjusted, e.Shown = adjusted, adjusted <= equity.Level
	}
	return out
}

// beside compares a group with what all have less what it has.
func (g strata) beside(all strata, by, code string) (out []Equal) {
	var onTime, fixed []equity.Two
	var waits []equity.Waits
	for _, kind := range sorted(g) {
		c, a := g[kind], all[kind]
		onTime = append(onTime, two(c, a, InTime, Due))
		fixed = append(fixed, two(c, a, Fixed, Answered))
		waits = append(waits, waiting(c, a))
	}
	add := func(of string, c equity.Compared, interval func() equity.Interval) {
		if c.OK && c.Of >= leastGroup && c.OtherOf >= leastGroup {
			out = append(out, Equal{By: by, Code: code, Of: of, Group: c.Of, Others: c.OtherOf, Differs: c.Difference, Interval: interval(), P: c.P, Seen: c.Seen})
		}
	}
	add("on_time", equity.Rates(onTime), func() equity.Interval { return equity.RatesInterval(onTime) })
	add("resolution", equity.Rates(fixed), func() equity.Interval { return equity.RatesInterval(fixed) })
	add("wait", equity.Times(waits), func() equity.Interval { return equity.TimesInterval(waits) })
	return out
}

// two is a stratum of shares: of a group, and of all less the group.
func two(group, all Counts, had, of string) equity.Two {
	return equity.Two{Had: group[had], Of: group[of], OtherHad: all[had] - group[had], OtherOf: all[of] - group[of]}
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
