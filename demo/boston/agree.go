package boston

import (
	"sort"

	"skein/frame/calendar"
	"skein/frame/civic"
)

// Agreement compares one answer of ours with the city's over many rows.
type Agreement struct {
	Name      string
	Agree, Of int
	// Types is the same by type of service, most disagreements first.
	Types []TypeAgreement
	// Differ holds the indexes of the rows that disagree.
	Differ []int
}

// TypeAgreement is an agreement over the rows of one type.
type TypeAgreement struct {
	Category  civic.Category
	Agree, Of int
}

// Share is Agree ÷ Of, 0 of no rows.
func (a Agreement) Share() float64 {
	if a.Of == 0 {
		return 0
	}
	return float64(a.Agree) / float64(a.Of)
}

// Compare asks judge about every row; it answers whether the row counts and agrees.
func Compare(name string, rows []Row, judge func(i int, r *Row) (counts, agrees bool)) Agreement {
	a := Agreement{Name: name}
	types := map[civic.Category]*TypeAgreement{}
	for i := range rows {
		counts, agrees := judge(i, &rows[i])
		if !counts {
			continue
		}
		c := rows[i].Category()
		t := types[c]
		if t == nil {
			t = &TypeAgreement{Category: c}
			types[c] = t
		}
		t.Of++
		a.Of++
		if agrees {
			t.Agree++
			a.Agree++
		} else {
			a.Differ = append(a.Differ, i)
		}
	}
	for _, t := range types {
		a.Types = append(a.Types, *t)
	}
	sort.Slice(a.Types, func(i, j int) bool {
		x, y := a.Types[i], a.Types[j]
		if x.Of-x.Agree != y.Of-y.Agree {
			return x.Of-x.Agree > y.Of-y.Agree
		}
		return x.Category < y.Category
	})
	return a
}

// dues reckons every row's due time by the version in force when it was opened; 0 where
// the list gives no limit.
func dues(rows []Row, versions []Version, cal *calendar.Calendar, o Options) []civic.Instant {
	resolvers := make([]*Resolver, len(versions))
	for i, v := range versions {
		resolvers[i] = NewResolver(v.Rows)
	}
	due := make([]civic.Instant, len(rows))
	for i := range rows {
		r := &rows[i]
		n := sort.Search(len(versions), func(n int) bool { return versions[n].Effective > r.Opened }) - 1
		if n < 0 {
			continue
		}
		row := resolvers[n].Resolve(r.Category(), o.ward(r), City)
		if row != nil && row.Resolution.N > 0 {
			due[i] = cal.Due(r.Opened, row.Resolution, nil).At
		}
	}
	return due
}

// DueAgreement is the share of rows with a target whose due time by our list and calendar
// lies within tolerance seconds of it.
func DueAgreement(rows []Row, versions []Version, cal *calendar.Calendar, o Options, tolerance int) Agreement {
	due := dues(rows, versions, cal, o)
	most := civic.Instant(tolerance) * 1_000_000
	return Compare("due_date_agreement", rows, func(i int, r *Row) (bool, bool) {
		d := due[i] - r.Target
		return r.Target != 0, due[i] != 0 && d <= most && d >= -most
	})
}

// OnTimeAgreement is the share of rows with a verdict for which ours is the same: late is
// what was closed after its due time, by instant, or never; what has no due time is not late.
func OnTimeAgreement(rows []Row, versions []Version, cal *calendar.Calendar, o Options) Agreement {
	due := dues(rows, versions, cal, o)
	return Compare("ontime_agreement", rows, func(i int, r *Row) (bool, bool) {
		late := due[i] != 0 && (r.Closed == 0 || r.Closed > due[i])
		return r.OnTime != "", late == (r.OnTime == "OVERDUE")
	})
}

// LeadAgreement is the share of rows opened from a moment on whose lead by the list is the
// department that held the case last. Make the list from earlier rows (Options.Until).
func LeadAgreement(rows []Row, list []DutyRow, from civic.Instant, o Options) Agreement {
	v := NewResolver(list)
	return Compare("lead_agreement", rows, func(_ int, r *Row) (bool, bool) {
		if r.Opened < from {
			return false, false
		}
		body, ok := BodyOf(r.Department)
		row := v.Resolve(r.Category(), o.ward(r), City)
		return true, ok && row != nil && row.Lead == body
	})
}

// LeadBound is the best that any list by type and ward could reach on the rows opened from
// a moment on: for each type in each ward, the department that these very rows have most.
func LeadBound(rows []Row, from civic.Instant, o Options) Agreement {
	type key struct {
		category civic.Category
		ward     civic.PlaceID
	}
	counts := map[key]map[string]int{}
	most := map[key]string{}
	for i := range rows {
		r := &rows[i]
		if r.Opened < from {
			continue
		}
		k := key{r.Category(), o.ward(r)}
		if counts[k] == nil {
			counts[k] = map[string]int{}
		}
		counts[k][r.Department]++
		if counts[k][r.Department] > counts[k][most[k]] {
			most[k] = r.Department
		}
	}
	return Compare("lead_bound", rows, func(_ int, r *Row) (bool, bool) {
		return r.Opened >= from, most[key{r.Category(), o.ward(r)}] == r.Department
	})
}
