package chengyue

import (
	"encoding/json"
	"fmt"
	"time"

	"skein/frame/calendar"
	"skein/frame/civic"
)

// Closes is the hour at which offices close, in Asia/Shanghai: a limit ends with its last working day then
// (Civil Code, article 203, second paragraph).
const Closes = 18

// Days says of each day whether it is a working day. It reads the file of holidays by itself and shares nothing with
// frame/calendar, whose results it is held against.
type Days struct{ off map[string]bool }

// NewDays reads data/holiday-cn.
func NewDays() (*Days, error) {
	var file struct {
		Days []struct {
			Date     string `json:"date"`
			IsOffDay bool   `json:"isOffDay"`
		} `json:"days"`
	}
	if err := json.Unmarshal(table("holiday-cn/2026.json"), &file); err != nil {
		return nil, fmt.Errorf("holiday-cn: %w", err)
	}
	d := &Days{off: map[string]bool{}}
	for _, day := range file.Days {
		d.off[day.Date] = day.IsOffDay
	}
	return d, nil
}

// Working reports whether offices are open on the day of a moment.
func (d *Days) Working(at time.Time) bool {
	at = at.In(Zone)
	if off, decreed := d.off[at.Format(time.DateOnly)]; decreed {
		return !off
	}
	return at.Weekday() != time.Saturday && at.Weekday() != time.Sunday
}

// After is the midnight before the n-th working day strictly after the day of a moment.
func (d *Days) After(at time.Time, n int) time.Time {
	at = at.In(Zone)
	day := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, Zone)
	for n > 0 {
		day = day.AddDate(0, 0, 1)
		if d.Working(day) {
			n--
		}
	}
	return day
}

// Due is when a limit of n working days runs out that begins at a moment: the day itself is not counted (Civil Code,
// article 201), and the last day ends when the office closes.
func (d *Days) Due(from civic.Instant, n int) civic.Instant {
	return civic.At(d.After(from.Time(), n).Add(Closes * time.Hour))
}

// festivals are the names of the days in English, by those of the file.
var festivals = map[string]string{
	"元旦": "New Year's Day", "春节": "Spring Festival", "清明节": "Qingming Festival", "劳动节": "Labour Day",
	"端午节": "Dragon Boat Festival", "中秋节": "Mid-Autumn Festival", "国庆节": "National Day",
}

// Calendar is the district's calendar, as the realm takes it: the State Council's days off and make-up workdays.
func Calendar() (calendar.Spec, error) {
	spec := calendar.Spec{
		ID: CalendarID, Version: "2026-1",
		Title: calendar.Title{
			"en":      "Working days by the State Council's decree for 2026, with make-up workdays; 9:00–12:00 and 14:00–18:00",
			"zh-Hans": "国务院办公厅2026年节假日安排（含调休上班日），工作时间9:00—12:00、14:00—18:00",
		},
		TimeZone: ZoneName, WorkingWeekdays: []string{"mon", "tue", "wed", "thu", "fri"},
		Opens: "09:00", Closes: fmt.Sprintf("%02d:00", Closes),
		FirstDay: calendar.Excluded, OffDayFiling: calendar.AsFiled, DueTime: calendar.EndOfDay, DueOffDay: calendar.NextWorkingDay,
	}
	year, err := calendar.ParseYear(table("holiday-cn/2026.json"))
	if err != nil {
		return spec, err
	}
	for i, a := range year.Adjustments {
		if en := festivals[a.Name["zh-Hans"]]; en != "" {
			year.Adjustments[i].Name["en"] = en
		}
	}
	err = spec.Merge(year)
	return spec, err
}
