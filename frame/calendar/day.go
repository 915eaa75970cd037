package calendar

import (
	"fmt"
	"time"

	"skein/frame/civic"
)

// Day is a date of the Gregorian calendar, as days since 1970-01-01.
type Day int32

const (
	microsecond = int64(1)
	second      = 1_000_000 * microsecond
	hour        = 3_600 * second
	fullDay     = 24 * hour

	firstYear = 1900
	lastYear  = 2200
)

// DateOf returns the day of a year, month and day of the month.
func DateOf(year int, month time.Month, day int) Day {
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// ParseDay reads "2006-01-02", years 1900 to 2200.
func ParseDay(text string) (Day, error) {
	t, err := time.Parse("2006-01-02", text)
	if err != nil || len(text) != 10 || t.Year() < firstYear || t.Year() > lastYear {
		return 0, civic.Refuse(civic.Invalid, "calendar.date_invalid", "value", clip(text))
	}
	return Day(floorDiv(t.Unix(), 86400)), nil
}

// Date returns year, month and day of the month.
func (d Day) Date() (int, time.Month, int) { return d.utc().Date() }

// Year returns the year of the day.
func (d Day) Year() int { return d.utc().Year() }

// Weekday returns the day of the week.
func (d Day) Weekday() time.Weekday { return time.Weekday(floorMod(int64(d)+4, 7)) }

// String is "2006-01-02".
func (d Day) String() string { return d.utc().Format("2006-01-02") }

func (d Day) utc() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// parseTime reads "HH:MM" or "HH:MM:SS" as microseconds since midnight. "24:00" is the
// last microsecond of the day.
func parseTime(text string) (int64, error) {
	if text == "24:00" {
		return fullDay - 1, nil
	}
	for _, layout := range []string{"15:04", "15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil && len(text) == len(layout) {
			return int64(t.Hour())*hour + int64(t.Minute())*60*second + int64(t.Second())*second, nil
		}
	}
	return 0, civic.Refuse(civic.Invalid, "calendar.time_invalid", "value", clip(text))
}

// clock prints a time of day as "15:04", with seconds only where there are some.
func clock(tod int64) string {
	if tod == fullDay-1 {
		return "24:00"
	}
	s := tod / second
	if s%60 == 0 {
		return fmt.Sprintf("%02d:%02d", s/3600, s/60%60)
	}
	return fmt.Sprintf("%02d:%02d:%02d", s/3600, s/60%60, s%60)
}

// clip keeps what a refusal repeats of its input short.
func clip(text string) string {
	const most = 60
	if len(text) <= most {
		return text
	}
	cut := most
	for cut > 0 && text[cut]&0xC0 == 0x80 {
		cut--
	}
	return text[:cut] + "…"
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func floorMod(a, b int64) int64 { return a - floorDiv(a, b)*b }
