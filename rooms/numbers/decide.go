package numbers

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"skein/frame/civic"
	"skein/frame/journal"
)

// Facts is what a decision needs to know besides the tables so far.
type Facts struct {
	Now civic.Instant
	// Zone is the realm's: months begin and end in it.
	Zone *time.Location
	// Sheet is the document of a Publish, and Digest its digest; nil where there is none or it cannot be read.
	Sheet  *Sheet
	Digest string
}

const longestLaw = 200

// Decide says which acts a command leads to, or every reason why it leads to none.
func Decide(s State, c Command, f Facts) ([]journal.Draft, civic.Refusals) {
	if _, begins := c.(Begin); !begins && !s.Begun() {
		if _, ticks := c.(Close); ticks {
			return nil, nil
		}
		return nil, civic.Refusals{civic.Refuse(civic.Conflict, "numbers.not_begun")}
	}
	switch c := c.(type) {
	case Begin:
		return begin(s, c, f)
	case Close:
		return closing(s, f), nil
	case Publish:
		return publish(s, c, f)
	case SetLeast:
		return setLeast(s, c)
	}
	return nil, civic.Refusals{civic.Refuse(civic.Invalid, "numbers.command_unknown", "command", c.Name())}
}

func begin(s State, c Begin, f Facts) ([]journal.Draft, civic.Refusals) {
	if s.Begun() {
		return nil, nil
	}
	if !c.First.Valid() || c.First.Start(f.Zone) > f.Now {
		return nil, civic.Refusals{civic.Refuse(civic.Invalid, "numbers.month_form", "value", string(c.First)).In("first")}
	}
	return []journal.Draft{{Event: Begun{First: c.First, Least: LeastLeast, Due: c.First.due(f.Zone)}}}, nil
}

func closing(s State, f Facts) (drafts []journal.Draft) {
	for month, due := s.Next, s.Due; due <= f.Now; {
		next := month.Next()
		due = next.due(f.Zone)
		drafts = append(drafts, journal.Draft{Event: Closed{Month: month, Due: due}})
		month = next
	}
	return drafts
}

func publish(s State, c Publish, f Facts) ([]journal.Draft, civic.Refusals) {
	var reasons civic.Refusals
	refuse := func(kind civic.Kind, field, key string, args ...any) {
		reasons = append(reasons, civic.Refuse(kind, key, args...).In(field))
	}
	if _, done := s.Release(c.Month); done {
		refuse(civic.Conflict, "month", "numbers.month_published", "month", string(c.Month))
	} else if !slices.Contains(s.Waiting, c.Month) {
		refuse(civic.Conflict, "month", "numbers.month_open", "month", string(c.Month))
	}
	sheet := f.Sheet
	switch {
	case sheet == nil || f.Digest != c.Digest:
		refuse(civic.Missing, "digest", "numbers.document_missing", "digest", c.Digest)
	case sheet.Month != c.Month:
		refuse(civic.Invalid, "digest", "numbers.document_month", "month", string(c.Month))
	case sheet.Least < s.Least:
		refuse(civic.Invalid, "digest", "numbers.document_least", "least", s.Least)
	}
	if len(reasons) > 0 {
		return nil, reasons
	}
	cells, withheld := sheet.Count()
	return []journal.Draft{{Event: Published{
		Month: c.Month, Digest: c.Digest, Least: sheet.Least, Method: sheet.Method, Cells: cells, Withheld: withheld,
	}}}, nil
}

func setLeast(s State, c SetLeast) ([]journal.Draft, civic.Refusals) {
	var reasons civic.Refusals
	refuse := func(kind civic.Kind, field, key string, args ...any) {
		reasons = append(reasons, civic.Refuse(kind, key, args...).In(field))
	}
	if c.Least < LeastLeast || c.Least > MostLeast {
		refuse(civic.Invalid, "least", "numbers.least_range", "least", LeastLeast, "most", MostLeast)
	} else if c.Least == s.Least {
		refuse(civic.Conflict, "least", "numbers.least_same", "least", s.Least)
	}
	if law := strings.TrimSpace(c.Law); law == "" || utf8.RuneCountInString(law) > longestLaw {
		refuse(civic.Invalid, "law", "numbers.law_missing", "most", longestLaw)
	}
	if len(reasons) > 0 {
		return nil, reasons
	}
	return []journal.Draft{{Event: LeastSet{Least: c.Least, Law: strings.TrimSpace(c.Law)}}}, nil
}
