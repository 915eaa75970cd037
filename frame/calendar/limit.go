package calendar

import (
	"strconv"
	"strings"

	"skein/frame/civic"
)

// Unit is what a limit counts.
type Unit string

const (
	WorkingDays  Unit = "working_days"
	CalendarDays Unit = "calendar_days"
	// Hours are elapsed hours, night and weekend included.
	Hours Unit = "hours"
)

const (
	// MostDays bounds limits in days: a hundred years.
	MostDays = 36_525
	// MostHours bounds limits in hours: a hundred years.
	MostHours = MostDays * 24
)

// Limit is how long something may take: 10 working days. The zero Limit is no limit.
type Limit struct {
	N    int
	Unit Unit
}

// unitWords are the forms a limit may be written in; the first of each is the short form
// that String prints. A bare "days" means calendar days, as statutes have it.
var unitWords = []struct {
	unit  Unit
	words []string
}{
	{WorkingDays, []string{"wd", "working days", "working day", "working_days", "business days", "business day", "个工作日", "工作日"}},
	{CalendarDays, []string{"d", "days", "day", "calendar days", "calendar day", "calendar_days", "个自然日", "自然日", "天", "日"}},
	{Hours, []string{"h", "hours", "hour", "个小时", "小时"}},
}

// ParseLimit reads "10wd", "30d", "4h", or the long forms "10 working days", "30 calendar
// days", "30 days", "4 hours", "10个工作日". N is at least 1 and at most a hundred years.
func ParseLimit(text string) (Limit, error) {
	trimmed := strings.TrimSpace(text)
	digits := 0
	for digits < len(trimmed) && trimmed[digits] >= '0' && trimmed[digits] <= '9' {
		digits++
	}
	n, err := strconv.Atoi(trimmed[:digits])
	if err != nil {
		return Limit{}, civic.Refuse(civic.Invalid, "calendar.limit_unreadable", "value", clip(text))
	}
	word := strings.ToLower(strings.Join(strings.Fields(trimmed[digits:]), " "))
	for _, u := range unitWords {
		for _, w := range u.words {
			if w == word {
				l := Limit{n, u.unit}
				return l, l.check()
			}
		}
	}
	return Limit{}, civic.Refuse(civic.Invalid, "calendar.limit_unreadable", "value", clip(text))
}

func (l Limit) check() error {
	most := MostDays
	if l.Unit == Hours {
		most = MostHours
	}
	if l.N < 1 || l.N > most {
		return civic.Refuse(civic.Invalid, "calendar.limit_range", "n", l.N, "most", most)
	}
	return nil
}

// String is the short form, "10wd"; "" for no limit.
func (l Limit) String() string {
	for _, u := range unitWords {
		if u.unit == l.Unit {
			return strconv.Itoa(l.N) + u.words[0]
		}
	}
	return ""
}

// Long is the limit in English words: "10 working days", "1 calendar day".
func (l Limit) Long() string {
	if l.Unit == "" {
		return ""
	}
	text := strconv.Itoa(l.N) + " " + strings.ReplaceAll(string(l.Unit), "_", " ")
	if l.N == 1 {
		text = strings.TrimSuffix(text, "s")
	}
	return text
}

// MarshalText writes the short form.
func (l Limit) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads any form; empty text is no limit.
func (l *Limit) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*l = Limit{}
		return nil
	}
	read, err := ParseLimit(string(text))
	if err != nil {
		return err
	}
	*l = read
	return nil
}
