package standing

import (
	"slices"

	"skein/face/words"
	"skein/frame/civic"
)

// in is a title in a language; the first that there is where it has none.
func in(titles map[string]string, lang string) string {
	if t := titles[lang]; t != "" {
		return t
	}
	for _, l := range words.Languages {
		if t := titles[l]; t != "" {
			return t
		}
	}
	return ""
}

// of is what a report is of.
func (f Frozen) of(v words.Voice) string {
	if f.Place != "" {
		return in(f.Name, v.Lang)
	}
	return in(f.Titles, v.Lang)
}

// heading is a report's title.
func (f Frozen) heading(v words.Voice) string {
	return v.Say("report.heading", "of", f.of(v), "month", string(f.Month))
}

// title is a row's name; a category's names those above it too where they are told.
func (g FrozenGroup) title(v words.Voice, r FrozenRow) string {
	if t := in(r.Titles, v.Lang); t != "" {
		return t
	}
	return thing(v, g.By, r.Code)
}

// told are the rows that are told in words: of categories, the top ones. The CSV has all.
func (g FrozenGroup) told(v words.Voice) (out []reportRow) {
	for _, r := range g.Rows {
		if g.By != ByCategory || civic.Category(r.Code).Parent() == "" {
			out = append(out, reportRow{g.title(v, r), r.Code, r.month()})
		}
	}
	slices.SortFunc(out, func(a, b reportRow) int {
		return slices.Compare([]string{a.title, a.code}, []string{b.title, b.code})
	})
	return out
}

type reportRow struct {
	title, code string
	MonthOfFigures
}

// month are the figures of a month that is over.
func (c Counts) month() MonthOfFigures {
	return MonthOfFigures{Over: true, Counts: c, Rates: c.Rates(true), Days: c.Days()}
}

// Sentences say a month's figures in plain words: each is made of counts alone, and says no share of fewer than ten.
func (f Frozen) Sentences(v words.Voice) (out []string) {
	c, m := f.Counts, f.Counts.month()
	say := func(key string, args ...any) {
		for i, arg := range args {
			if n, ok := arg.(int); ok {
				args[i] = v.Count(n)
			}
		}
		out = append(out, v.Say("report.say_"+key, args...))
	}
	switch now, before := c[Reported], f.Before[Reported]; {
	case before == 0:
		say("reported", "count", now)
	case now > before:
		say("reported_more", "count", now, "before", before, "difference", now-before)
	case now < before:
		say("reported_fewer", "count", now, "before", before, "difference", before-now)
	default:
		say("reported_same", "count", now)
	}
	if d := m.Days; d.Median != nil {
		say("answered_days", "count", c[Answered], "median", *d.Median, "ninety", *d.Ninety)
	} else {
		say("answered", "count", c[Answered])
	}
	rate := func(name string) {
		switch r := m.rate(name); {
		case r.Of == 0:
		case r.Share == nil:
			say(name+"_few", "had", r.Had, "of", r.Of)
		default:
			say(name, "had", r.Had, "of", r.Of, "share", percent(*r.Share), "low", percent(r.Interval.Low), "high", percent(r.Interval.High))
		}
	}
	rate("on_time")
	rate("response")
	rate("resolution")
	rate("satisfaction")
	if n := c[Reopened]; n > 0 {
		say("reopened", "count", n)
	}
	if n := c[Lapsed]; n > 0 {
		say("lapsed", "count", n)
	}
	if n := c[Declined]; n > 0 {
		say("declined", "count", n)
	}
	if n := c[HandedOver]; n > 0 {
		say("handed_over", "count", n)
	}
	if n := c[Rulings]; n > 0 {
		say("rulings", "count", n, "late", c[RulingsLate], "silent", c[RulingsSilent])
	}
	if n := c[Appeals]; n > 0 {
		say("appeals", "count", n, "overturned", c[AppealsUpset])
	}
	return out
}

// cells are a row of a table, in the order of reportHead.
func (r reportRow) cells(v words.Voice) []string {
	return []string{r.title, v.Count(r.Counts[Reported]), v.Count(r.Counts[Answered]), share(v, r.rate("on_time"), true), share(v, r.rate("resolution"), true), days(v, r.Days)}
}
