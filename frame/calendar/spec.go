package calendar

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"skein/frame/civic"
)

// Title is a text by language tag: "en" → "Spring Festival", "zh-Hans" → "春节".
type Title map[string]string

// In returns the title in a language, else in English, else in the first language by tag.
func (t Title) In(lang string) string {
	if text := t[lang]; text != "" {
		return text
	}
	if text := t["en"]; text != "" {
		return text
	}
	for _, tag := range slices.Sorted(maps.Keys(t)) {
		if t[tag] != "" {
			return t[tag]
		}
	}
	return ""
}

// String is the English title, for logs.
func (t Title) String() string { return t.In("en") }

// The values that rules in a Spec may take. An empty field means the first that is named beside it.
const (
	Excluded = "excluded" // the day of filing is day zero
	Included = "included" // the day of filing is day one

	Opening  = "opening"   // filed on a day off: counts from the next working day at the opening hour; filed before opening: from that hour
	KeepTime = "keep_time" // filed on a day off: counts from the next working day at the same time of day, to which the cut-off applies; filed before opening: from then
	AsFiled  = "as_filed"  // no filing moves; after one on a day off the next working day is day one

	Same     = "same"       // due at the time of day of the effective start
	EndOfDay = "end_of_day" // due at closing time of the last day; AsFiled, Included and NextWorkingDay need it

	Stays          = "stays"            // a limit in calendar days may end on a day off
	NextWorkingDay = "next_working_day" // … or ends on the next working day instead
)

// The kinds an Adjustment can have.
const (
	Holiday       = "holiday"
	MakeupWorkday = "makeup_workday"
)

// Adjustment makes one date differ from its weekday.
type Adjustment struct {
	Date string `json:"date" yaml:"date"` // "2006-01-02"
	Kind string `json:"kind" yaml:"kind"` // Holiday or MakeupWorkday
	Name Title  `json:"name,omitempty" yaml:"name,omitempty"`
}

// Spec is a calendar as data, for JSON and YAML. Times of day are "HH:MM" or "HH:MM:SS" by
// the local wall clock, "24:00" being the end of the day.
type Spec struct {
	ID      string `json:"id" yaml:"id"`
	Version string `json:"version" yaml:"version"`
	Title   Title  `json:"title" yaml:"title"`
	// TimeZone is a name of the IANA time zone database: "America/New_York".
	TimeZone string `json:"time_zone" yaml:"time_zone"`
	// WorkingWeekdays are "mon", "tue", "wed", "thu", "fri", "sat", "sun".
	WorkingWeekdays []string `json:"working_weekdays" yaml:"working_weekdays"`
	Opens           string   `json:"opens,omitempty" yaml:"opens,omitempty"`
	// Closes is the due time of day under EndOfDay; empty means 24:00.
	Closes string `json:"closes,omitempty" yaml:"closes,omitempty"`
	// CutOff is the time of day at which a filing counts from the next working day; empty means none.
	CutOff string `json:"cut_off,omitempty" yaml:"cut_off,omitempty"`

	FirstDay     string `json:"first_day,omitempty" yaml:"first_day,omitempty"`           // Excluded or Included
	OffDayFiling string `json:"off_day_filing,omitempty" yaml:"off_day_filing,omitempty"` // Opening, KeepTime or AsFiled
	EarlyFiling  string `json:"early_filing,omitempty" yaml:"early_filing,omitempty"`     // KeepTime or Opening
	DueTime      string `json:"due_time,omitempty" yaml:"due_time,omitempty"`             // Same or EndOfDay
	DueOffDay    string `json:"due_off_day,omitempty" yaml:"due_off_day,omitempty"`       // Stays or NextWorkingDay
	// MoveCalendarDays and MoveHours say whether limits in these units too run from the
	// effective start; otherwise they run from the filing itself.
	MoveCalendarDays bool `json:"move_calendar_days,omitempty" yaml:"move_calendar_days,omitempty"`
	MoveHours        bool `json:"move_hours,omitempty" yaml:"move_hours,omitempty"`

	// HolidaysCount says that public holidays are working days like others.
	HolidaysCount bool         `json:"holidays_count,omitempty" yaml:"holidays_count,omitempty"`
	Adjustments   []Adjustment `json:"adjustments,omitempty" yaml:"adjustments,omitempty"`
	// CoveredFrom and CoveredTo are the first and last year whose adjustments are all known.
	// Both may be left out only where HolidaysCount, since there is then nothing to know.
	CoveredFrom int `json:"covered_from,omitempty" yaml:"covered_from,omitempty"`
	CoveredTo   int `json:"covered_to,omitempty" yaml:"covered_to,omitempty"`
	// Sources are the decrees or data sets the adjustments were taken from.
	Sources []string `json:"sources,omitempty" yaml:"sources,omitempty"`
}

// Calendar answers questions about working days. It never changes and may be shared.
type Calendar struct {
	id, version string
	title       Title
	zone        *zone
	weekdays    [7]bool // by time.Weekday

	opens, closes, cutOff int64 // microseconds since midnight; cutOff fullDay where there is none
	included              bool
	offDay                string
	keepEarly             bool
	endOfDay, rollDue     bool
	moveDays, moveHours   bool
	holidaysCount         bool

	covered            bool // false: nothing to know, always certain
	coveredFrom, until Day  // first covered day, first day no longer covered
	adjusted           map[Day]adjustment
	counts
}

type adjustment struct {
	working bool
	name    Title
}

const mostAdjustments = 20_000

var (
	weekdayNames = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	idShape      = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)
)

// New makes a Calendar, or returns civic.Refusals that name every field and row that is wrong.
func New(s Spec) (*Calendar, error) {
	v := &validation{}
	c := &Calendar{
		id: s.ID, version: s.Version, title: maps.Clone(s.Title),
		included:      v.choice("first_day", s.FirstDay, Excluded, Included) == Included,
		offDay:        v.choice("off_day_filing", s.OffDayFiling, Opening, KeepTime, AsFiled),
		keepEarly:     v.choice("early_filing", s.EarlyFiling, KeepTime, Opening) == KeepTime,
		endOfDay:      v.choice("due_time", s.DueTime, Same, EndOfDay) == EndOfDay,
		rollDue:       v.choice("due_off_day", s.DueOffDay, Stays, NextWorkingDay) == NextWorkingDay,
		moveDays:      s.MoveCalendarDays,
		moveHours:     s.MoveHours,
		holidaysCount: s.HolidaysCount,
	}
	v.check(idShape.MatchString(s.ID), "id", "calendar.id_invalid", "value", clip(s.ID))
	v.check(s.Version != "" && len(s.Version) <= 64, "version", "calendar.version_invalid")
	v.check(c.title.In("en") != "", "title", "calendar.title_missing")
	c.zone = v.zone(s.TimeZone)
	c.weekdays = v.weekdays(s.WorkingWeekdays)
	v.hours(s, c)
	if !c.endOfDay {
		v.check(c.offDay != AsFiled, "off_day_filing", "calendar.as_filed_needs_end_of_day")
		v.check(!c.included, "first_day", "calendar.included_needs_end_of_day")
		v.check(!c.rollDue, "due_off_day", "calendar.next_working_day_needs_end_of_day")
	}
	v.check(c.offDay != AsFiled || s.CutOff == "", "cut_off", "calendar.as_filed_excludes_cut_off")
	v.coverage(s, c)
	c.adjusted = v.adjustments(s)
	if err := v.refusals.Err(); err != nil {
		return nil, err
	}
	c.counts = newCounts(c.weekdays, c.adjusted, s.HolidaysCount)
	return c, nil
}

// validation gathers everything that is wrong with a Spec.
type validation struct{ refusals civic.Refusals }

func (v *validation) check(ok bool, field, key string, args ...any) {
	if !ok {
		v.refusals = append(v.refusals, civic.Refuse(civic.Invalid, key, args...).In(field))
	}
}

func (v *validation) choice(field, value string, choices ...string) string {
	if value == "" {
		return choices[0]
	}
	v.check(slices.Contains(choices, value), field, "calendar.choice_unknown",
		"value", clip(value), "choices", strings.Join(choices, ", "))
	return value
}

func (v *validation) zone(name string) *zone {
	// "" and "Local" would mean whatever the machine is set to.
	if name != "" && name != "Local" {
		if z, err := loadZone(name); err == nil {
			return z
		}
	}
	v.check(false, "time_zone", "calendar.zone_unknown", "value", clip(name))
	return nil
}

func (v *validation) weekdays(names []string) (days [7]bool) {
	v.check(len(names) > 0, "working_weekdays", "calendar.weekdays_missing")
	for i, name := range names {
		field := fmt.Sprintf("working_weekdays[%d]", i)
		day := slices.Index(weekdayNames, name)
		if day < 0 {
			v.check(false, field, "calendar.weekday_unknown", "value", clip(name))
			continue
		}
		v.check(!days[day], field, "calendar.weekday_twice", "value", name)
		days[day] = true
	}
	return days
}

func (v *validation) time(field, text string, absent int64) int64 {
	if text == "" {
		return absent
	}
	tod, err := parseTime(text)
	v.check(err == nil, field, "calendar.time_invalid", "value", clip(text))
	return tod
}

func (v *validation) hours(s Spec, c *Calendar) {
	c.opens = v.time("opens", s.Opens, 0)
	c.closes = v.time("closes", s.Closes, fullDay-1)
	c.cutOff = v.time("cut_off", s.CutOff, fullDay)
	v.check(s.Opens != "" || (s.CutOff == "" && c.offDay != Opening), "opens", "calendar.opens_missing")
	v.check(c.opens < c.cutOff, "cut_off", "calendar.cut_off_before_opening", "opens", s.Opens, "cut_off", s.CutOff)
	v.check(c.opens < c.closes, "closes", "calendar.closes_before_opening", "opens", s.Opens, "closes", s.Closes)
}

func (v *validation) coverage(s Spec, c *Calendar) {
	if s.CoveredFrom == 0 && s.CoveredTo == 0 {
		v.check(s.HolidaysCount, "covered_from", "calendar.coverage_missing")
		return
	}
	if s.CoveredFrom < firstYear || s.CoveredTo > lastYear || s.CoveredFrom > s.CoveredTo {
		v.check(false, "covered_to", "calendar.coverage_range",
			"from", s.CoveredFrom, "to", s.CoveredTo, "first", firstYear, "last", lastYear)
		return
	}
	c.covered = true
	c.coveredFrom, c.until = DateOf(s.CoveredFrom, 1, 1), DateOf(s.CoveredTo+1, 1, 1)
}

// adjustments reads the rows. A row may lie in the month before or after the covered
// years, because a year's decree often names the days around New Year; elsewhere it is
// taken for a slip of the pen.
func (v *validation) adjustments(s Spec) map[Day]adjustment {
	if len(s.Adjustments) > mostAdjustments {
		v.check(false, "adjustments", "calendar.too_many_rows", "most", mostAdjustments)
		return nil
	}
	days := make(map[Day]adjustment, len(s.Adjustments))
	rows := make(map[Day]int, len(s.Adjustments))
	for i, a := range s.Adjustments {
		field := fmt.Sprintf("adjustments[%d]", i)
		v.check(a.Kind == Holiday || a.Kind == MakeupWorkday, field+".kind", "calendar.kind_unknown", "value", clip(a.Kind))
		day, err := ParseDay(a.Date)
		if err != nil {
			v.check(false, field+".date", "calendar.date_invalid", "value", clip(a.Date))
			continue
		}
		if first, twice := rows[day]; twice {
			v.check(false, field+".date", "calendar.date_twice", "date", a.Date, "first", fmt.Sprintf("adjustments[%d]", first))
			continue
		}
		if s.CoveredFrom >= firstYear && s.CoveredTo <= lastYear && s.CoveredFrom <= s.CoveredTo {
			v.check(day >= DateOf(s.CoveredFrom-1, 12, 1) && day < DateOf(s.CoveredTo+1, 2, 1), field+".date",
				"calendar.date_uncovered", "date", a.Date, "from", s.CoveredFrom, "to", s.CoveredTo)
		}
		rows[day] = i
		days[day] = adjustment{working: a.Kind == MakeupWorkday, name: maps.Clone(a.Name)}
	}
	return days
}

// ID names the calendar.
func (c *Calendar) ID() string { return c.id }

// Version names the edition of its data.
func (c *Calendar) Version() string { return c.version }

// Title is what people call it.
func (c *Calendar) Title() Title { return maps.Clone(c.title) }

// Location is its time zone.
func (c *Calendar) Location() *time.Location { return c.zone.location }
