package calendar

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"skein/frame/civic"
)

func refused(t *testing.T, err error) []string {
	t.Helper()
	refusals, ok := civic.AsRefusals(err)
	if err != nil && !ok {
		t.Fatalf("%v is no refusal", err)
	}
	var list []string
	for _, r := range refusals {
		list = append(list, r.Field+" "+r.Key)
		sentence(t, r.Key, r.Args)
	}
	return list
}

// sentence checks that a message exists in both languages and that its arguments fill it.
func sentence(t *testing.T, key string, args map[string]any) {
	t.Helper()
	for lang, messages := range texts() {
		text, ok := messages[key]
		if !ok {
			t.Errorf("%s: no message %s", lang, key)
		}
		for _, name := range placeholder.FindAllString(text, -1) {
			if _, ok := args[strings.Trim(name, "{}")]; !ok {
				t.Errorf("%s: %s wants %s, has %v", lang, key, name, args)
			}
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*Spec)
		want   []string
	}{
		{"nothing", func(*Spec) {}, nil},
		{"no id", func(s *Spec) { s.ID = "" }, []string{"id calendar.id_invalid"}},
		{"an id with a slash", func(s *Spec) { s.ID = "a/../b" }, []string{"id calendar.id_invalid"}},
		{"no version", func(s *Spec) { s.Version = "" }, []string{"version calendar.version_invalid"}},
		{"no title", func(s *Spec) { s.Title = Title{"en": ""} }, []string{"title calendar.title_missing"}},
		{"no zone", func(s *Spec) { s.TimeZone = "" }, []string{"time_zone calendar.zone_unknown"}},
		{"the machine's zone", func(s *Spec) { s.TimeZone = "Local" }, []string{"time_zone calendar.zone_unknown"}},
		{"a zone outside the database", func(s *Spec) { s.TimeZone = "../../etc/passwd" }, []string{"time_zone calendar.zone_unknown"}},
		{"no working weekday", func(s *Spec) { s.WorkingWeekdays = nil }, []string{"working_weekdays calendar.weekdays_missing"}},
		{"odd weekdays", func(s *Spec) { s.WorkingWeekdays = []string{"mon", "Tue", "mon"} },
			[]string{"working_weekdays[1] calendar.weekday_unknown", "working_weekdays[2] calendar.weekday_twice"}},
		{"a time of 25:00", func(s *Spec) { s.Opens = "25:00" }, []string{"opens calendar.time_invalid"}},
		{"a time of 9:00", func(s *Spec) { s.Opens = "9:00" }, []string{"opens calendar.time_invalid"}},
		{"no opening hour to move to", func(s *Spec) { s.Opens = "" }, []string{"opens calendar.opens_missing"}},
		{"cut-off before opening", func(s *Spec) { s.CutOff = "08:00" }, []string{"cut_off calendar.cut_off_before_opening"}},
		{"closed before opening", func(s *Spec) { s.Closes = "08:00" }, []string{"closes calendar.closes_before_opening"}},
		{"an unknown choice", func(s *Spec) { s.FirstDay = "maybe" }, []string{"first_day calendar.choice_unknown"}},
		{"no moves, due at the same time", func(s *Spec) { s.OffDayFiling, s.CutOff = AsFiled, "" }, []string{"off_day_filing calendar.as_filed_needs_end_of_day"}},
		{"no moves, but a cut-off", func(s *Spec) { s.OffDayFiling, s.DueTime = AsFiled, EndOfDay }, []string{"cut_off calendar.as_filed_excludes_cut_off"}},
		{"first day counts, due at the same time", func(s *Spec) { s.FirstDay = Included }, []string{"first_day calendar.included_needs_end_of_day"}},
		{"next working day, due at the same time", func(s *Spec) { s.DueOffDay = NextWorkingDay }, []string{"due_off_day calendar.next_working_day_needs_end_of_day"}},
		{"no coverage", func(s *Spec) { s.CoveredFrom, s.CoveredTo = 0, 0 }, []string{"covered_from calendar.coverage_missing"}},
		{"coverage backwards", func(s *Spec) { s.CoveredFrom = 2025 }, []string{"covered_to calendar.coverage_range"}},
		{"coverage for ever", func(s *Spec) { s.CoveredTo = 9999 }, []string{"covered_to calendar.coverage_range"}},
		{"bad rows, each named", func(s *Spec) {
			s.Adjustments = []Adjustment{
				{Date: "2024-02-30", Kind: Holiday},
				{Date: "2024-03-01", Kind: "feast"},
				{Date: "2024-03-01", Kind: Holiday},
				{Date: "2042-10-01", Kind: Holiday},
				{Date: "2023-12-31", Kind: Holiday}, // the month before may be named
			}
		}, []string{"adjustments[0].date calendar.date_invalid", "adjustments[1].kind calendar.kind_unknown",
			"adjustments[2].date calendar.date_twice", "adjustments[3].date calendar.date_uncovered"}},
		{"everything at once", func(s *Spec) { *s = Spec{} }, []string{"id calendar.id_invalid", "version calendar.version_invalid",
			"title calendar.title_missing", "time_zone calendar.zone_unknown", "working_weekdays calendar.weekdays_missing",
			"opens calendar.opens_missing", "covered_from calendar.coverage_missing"}},
	} {
		s := office()
		row.change(&s)
		c, err := New(s)
		if got := refused(t, err); !slices.Equal(got, row.want) {
			t.Errorf("%s: refused %q, want %q", row.name, got, row.want)
		}
		if (c == nil) != (err != nil) {
			t.Errorf("%s: calendar %v with error %v", row.name, c, err)
		}
	}
}

func TestCalendarKeepsNothingOfItsSpec(t *testing.T) {
	s := office()
	c := mustNew(t, s)
	s.Title["en"], s.Adjustments[0].Name["en"] = "changed", "changed"
	c.Title()["en"] = "changed"
	if name, kind, listed := c.HolidayName(DateOf(2024, 5, 1)); c.Title().In("en") != "Office" || name.In("en") != "Labour Day" || kind != Holiday || !listed {
		t.Errorf("title %q, holiday %q %s %v", c.Title(), name, kind, listed)
	}
}

func TestSpecAsText(t *testing.T) {
	for _, want := range []Spec{boston(), china(t), office()} {
		data, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var fromJSON, fromYAML Spec
		if err := json.Unmarshal(data, &fromJSON); err != nil || !reflect.DeepEqual(fromJSON, want) {
			t.Errorf("%s: JSON read back as %+v, %v", want.ID, fromJSON, err)
		}
		if data, err = yaml.Marshal(want); err != nil {
			t.Fatal(err)
		}
		if err := yaml.Unmarshal(data, &fromYAML); err != nil || !reflect.DeepEqual(fromYAML, want) {
			t.Errorf("%s: YAML read back as %+v, %v", want.ID, fromYAML, err)
		}
	}
	// As people write it, without quotation marks.
	var s Spec
	if err := yaml.Unmarshal([]byte("opens: 08:30\ncut_off: 17:00\nadjustments:\n- {date: 2024-05-01, kind: holiday}\n"), &s); err != nil ||
		s.Opens != "08:30" || s.CutOff != "17:00" || s.Adjustments[0].Date != "2024-05-01" {
		t.Errorf("YAML without quotation marks: %+v, %v", s, err)
	}
}

func TestLimits(t *testing.T) {
	for text, want := range map[string]Limit{
		"10wd": {10, WorkingDays}, "30d": {30, CalendarDays}, "4h": {4, Hours},
		"10 working days": {10, WorkingDays}, "1 Working Day": {1, WorkingDays}, " 2  business  days ": {2, WorkingDays},
		"30 days": {30, CalendarDays}, "1 calendar day": {1, CalendarDays}, "24 hours": {24, Hours}, "007d": {7, CalendarDays},
		"10个工作日": {10, WorkingDays}, "30日": {30, CalendarDays}, "30 天": {30, CalendarDays}, "4小时": {4, Hours},
	} {
		got, err := ParseLimit(text)
		if err != nil || got != want {
			t.Errorf("%q: %v, %v, want %v", text, got, err, want)
		}
		for _, form := range []string{got.String(), got.Long()} {
			if again, err := ParseLimit(form); err != nil || again != want {
				t.Errorf("%q prints %q, which reads %v, %v", text, form, again, err)
			}
		}
	}
	for text, key := range map[string]string{
		"": "calendar.limit_unreadable", "wd": "calendar.limit_unreadable", "10": "calendar.limit_unreadable",
		"-1d": "calendar.limit_unreadable", "1.5d": "calendar.limit_unreadable", "10 weeks": "calendar.limit_unreadable",
		"99999999999999999999d": "calendar.limit_unreadable", "10wd; DROP": "calendar.limit_unreadable",
		"0d": "calendar.limit_range", "36526d": "calendar.limit_range", "876601h": "calendar.limit_range",
	} {
		if _, err := ParseLimit(text); !slices.Equal(refused(t, err), []string{" " + key}) {
			t.Errorf("%q: %v, want %s", text, err, key)
		}
	}
	type duty struct {
		Resolution Limit `json:"resolution" yaml:"resolution"`
	}
	for _, want := range []duty{{Limit{10, WorkingDays}}, {}} {
		data, err := json.Marshal(want)
		var fromJSON, fromYAML duty
		if err != nil || json.Unmarshal(data, &fromJSON) != nil || fromJSON != want {
			t.Errorf("%s reads %v, %v", data, fromJSON, err)
		}
		data, err = yaml.Marshal(want)
		if err != nil || yaml.Unmarshal(data, &fromYAML) != nil || fromYAML != want {
			t.Errorf("%s reads %v, %v", data, fromYAML, err)
		}
	}
	var d duty
	if err := json.Unmarshal([]byte(`{"resolution":"soon"}`), &d); !slices.Equal(refused(t, err), []string{" calendar.limit_unreadable"}) {
		t.Errorf("a limit of soon: %v", err)
	}
}

// Both languages have the same messages with the same placeholders, and none is unused.
func TestMessages(t *testing.T) {
	en, zh := texts()["en"], texts()["zh-Hans"]
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var code strings.Builder
	for _, name := range files {
		if !strings.HasSuffix(name, "_test.go") {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			code.Write(data)
		}
	}
	used := map[string]bool{}
	for _, key := range regexp.MustCompile(`"calendar\.[a-z0-9_]+`).FindAllString(code.String(), -1) {
		used[key[1:]] = true
	}
	for _, unit := range []Unit{WorkingDays, CalendarDays, Hours} {
		used["calendar.step_paused_"+string(unit)] = true
	}
	delete(used, "calendar.step_paused_")
	for key := range used {
		if en[key] == "" {
			t.Errorf("no message %s", key)
		}
	}
	for key, text := range en {
		if !used[key] && !used[strings.TrimSuffix(key, "_named")] {
			t.Errorf("%s is never said", key)
		}
		a, b := placeholder.FindAllString(text, -1), placeholder.FindAllString(zh[key], -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(a, b) {
			t.Errorf("%s: placeholders %v in English, %v in Chinese", key, a, b)
		}
	}
	if len(en) != len(zh) {
		t.Errorf("%d messages in English, %d in Chinese", len(en), len(zh))
	}
}

func ExampleCalendar_Reckon() {
	c, err := New(Spec{
		ID: "boston-311", Version: "2011-1", Title: Title{"en": "Boston 311", "zh-Hans": "波士顿311"},
		TimeZone:        "America/New_York",
		WorkingWeekdays: []string{"mon", "tue", "wed", "thu", "fri"},
		Opens:           "08:30", CutOff: "17:00",
		OffDayFiling: KeepTime, HolidaysCount: true,
	})
	if err != nil {
		panic(err)
	}
	filed := c.Midnight(DateOf(2011, 7, 2)).Add(86_334e9) // Saturday 23:58:54
	r := c.Reckon(filed, Limit{10, WorkingDays}, nil)
	for _, step := range r.Steps {
		fmt.Println(step.In("en"))
	}
	fmt.Println(r.In("zh-Hans"))
	// Output:
	// Calendar: Boston 311, version 2011-1.
	// Filed on 2011-07-02 at 23:58:54 (America/New_York).
	// 2011-07-02 is no working day.
	// It counts as filed on 2011-07-04 at 23:58:54.
	// 23:58:54 is not before the daily cut-off, 17:00.
	// It counts as filed on 2011-07-05 at 08:30.
	// Limit in working days: 10. Counted from the day after 2011-07-05, the last of them is 2011-07-19.
	// Weekly days off until then, not counted: 4.
	// Due on 2011-07-19 at 08:30 (America/New_York).
	// 日历：波士顿311，版本 2011-1。2011-07-02 23:58:54 提出（America/New_York）。2011-07-02 不是工作日。视为 2011-07-04 23:58:54 提出。23:58:54 不早于当日截止收件时间 17:00。视为 2011-07-05 08:30 提出。期限为 10 个工作日，自 2011-07-05 的次日起算，最后一日为 2011-07-19。其间每周休息日 4 天，不计入。2011-07-19 08:30 届满（America/New_York）。
}

func TestReckoning(t *testing.T) {
	named := china(t)
	y, err := ParseYear(read(t, "holiday-cn/2021.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := named.Merge(y); err != nil {
		t.Fatal(err)
	}
	included := office()
	included.FirstDay, included.DueTime, included.Closes = Included, EndOfDay, ""
	for _, row := range []struct {
		spec         Spec
		filed, limit string
		pauses       []string // from, to, ground …
		want         string
	}{
		{named, "2021-02-06 15:00", "5wd", []string{"2021-02-08 09:00", "2021-02-09 12:00", "matter.ground.expert_opinion"},
			"Filed on 2021-02-06 at 15:00 (Asia/Shanghai). 2021-02-06 is no working day. The first day that counts is the next working day, 2021-02-07. " +
				"Limit in working days: 5. Counted from the day after 2021-02-06, the last of them is 2021-02-18. " +
				"Counted as a working day in exchange for a holiday: 2021-02-07 (春节). " +
				"Public holidays, not counted: 2021-02-11 to 2021-02-17 (春节). " +
				"Counted as a working day in exchange for a holiday: 2021-02-20 (春节). " +
				"The clock stood still from 2021-02-08 09:00 to 2021-02-09 12:00; in working days: 1.125. Ground of the pause: matter.ground.expert_opinion. " +
				"The limit ends at 24:00 of its last day. Due on 2021-02-20 at 24:00 (Asia/Shanghai)."},
		{named, "2021-01-13 09:00", "30d", nil,
			"Filed on 2021-01-13 at 09:00 (Asia/Shanghai). Limit in calendar days: 30. Counted from the day after 2021-01-13, the last of them is 2021-02-12. " +
				"The limit ends at 24:00 of its last day. 2021-02-12 is no working day, so the limit ends on 2021-02-18. Due on 2021-02-18 at 24:00 (Asia/Shanghai)."},
		{named, "2021-12-30 09:00", "3wd", nil,
			"Filed on 2021-12-30 at 09:00 (Asia/Shanghai). Limit in working days: 3. Counted from the day after 2021-12-30, the last of them is 2022-01-04. " +
				"Weekly days off until then, not counted: 2. The limit ends at 24:00 of its last day. Due on 2022-01-04 at 24:00 (Asia/Shanghai). " +
				"Provisional: holidays are known for 2021 to 2021 only. The date is reckoned anew when more are published."},
		{included, "2024-05-01 12:00", "2wd", nil,
			"Filed on 2024-05-01 at 12:00 (Europe/Berlin). 2024-05-01 is no working day: Labour Day. It counts as filed on 2024-05-02 at 09:00. " +
				"Limit in working days: 2. The first of them is 2024-05-02, the last is 2024-05-03. The limit ends at 24:00 of its last day. Due on 2024-05-03 at 24:00 (Europe/Berlin)."},
		{office(), "2024-12-23 07:00", "2wd", nil,
			"Filed on 2024-12-23 at 07:00 (Europe/Berlin). 07:00 is before the opening hour, 09:00. It counts as filed on 2024-12-23 at 09:00. " +
				"Limit in working days: 2. Counted from the day after 2024-12-23, the last of them is 2024-12-27. " +
				"Public holidays, not counted: 2024-12-25 to 2024-12-26 (Christmas). Due on 2024-12-27 at 09:00 (Europe/Berlin)."},
		{office(), "2024-12-23 10:00", "4h", []string{"2024-12-23 11:00", "", "matter.ground.reply_awaited"},
			"Filed on 2024-12-23 at 10:00 (Europe/Berlin). Limit in hours: 4, counted without a break from 2024-12-23 10:00. " +
				"The clock has stood still since 2024-12-23 11:00. Ground of the pause: matter.ground.reply_awaited. The due date is set when it runs again."},
		{boston(), "2024-03-09 02:30", "1d", nil,
			"Filed on 2024-03-09 at 02:30 (America/New_York). This limit runs from the filing itself, whatever the day and hour. " +
				"Limit in calendar days: 1. Counted from the day after 2024-03-09, the last of them is 2024-03-10. " +
				"On 2024-03-10 the clocks skip 02:30; 03:00 takes its place. Due on 2024-03-10 at 03:00 (America/New_York)."},
	} {
		c := mustNew(t, row.spec)
		var pauses []Pause
		for i := 0; i < len(row.pauses); i += 3 {
			pauses = append(pauses, Pause{at(t, c, row.pauses[i]), at(t, c, row.pauses[i+1]), row.pauses[i+2]})
		}
		r := c.Reckon(at(t, c, row.filed), limit(t, row.limit), pauses)
		want := fmt.Sprintf("Calendar: %s, version %s. ", row.spec.Title, row.spec.Version) + row.want
		if got := r.String(); got != want {
			t.Errorf("filed %s, %s:\n got %s\nwant %s", row.filed, row.limit, got, want)
		}
		for _, step := range r.Steps {
			sentence(t, step.Key, step.Args)
		}
	}
}
