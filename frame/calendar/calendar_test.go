package calendar

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"skein/frame/civic"
)

// boston is the calendar that the city's own target dates of 2011 follow.
func boston() Spec {
	return Spec{
		ID: "boston-311", Version: "2011-1", Title: Title{"en": "Boston 311"},
		TimeZone:        "America/New_York",
		WorkingWeekdays: []string{"mon", "tue", "wed", "thu", "fri"},
		Opens:           "08:30", CutOff: "17:00",
		OffDayFiling: KeepTime, DueTime: Same, HolidaysCount: true,
	}
}

// china counts as China's laws on administrative procedure do: the day of filing is day
// zero, a limit ends with its last day.
func china(t testing.TB) Spec {
	t.Helper()
	rows, err := ParseCSV(read(t, "working-days/cn_adjustments.csv"))
	if err != nil {
		t.Fatal(err)
	}
	return Spec{
		ID: "cn", Version: "2022-1", Title: Title{"en": "Mainland China", "zh-Hans": "中国大陆"},
		TimeZone:        "Asia/Shanghai",
		WorkingWeekdays: []string{"mon", "tue", "wed", "thu", "fri"},
		OffDayFiling:    AsFiled, DueTime: EndOfDay, DueOffDay: NextWorkingDay,
		Adjustments: rows, CoveredFrom: 2019, CoveredTo: 2022,
	}
}

// office moves everything to office hours, in a place that has holidays.
func office() Spec {
	return Spec{
		ID: "office", Version: "1", Title: Title{"en": "Office"},
		TimeZone:        "Europe/Berlin",
		WorkingWeekdays: []string{"mon", "tue", "wed", "thu", "fri"},
		Opens:           "09:00", Closes: "17:00", CutOff: "16:00",
		OffDayFiling: Opening, EarlyFiling: Opening, MoveCalendarDays: true, MoveHours: true,
		Adjustments: []Adjustment{
			{Date: "2024-05-01", Kind: Holiday, Name: Title{"en": "Labour Day"}},
			{Date: "2024-12-25", Kind: Holiday, Name: Title{"en": "Christmas"}},
			{Date: "2024-12-26", Kind: Holiday, Name: Title{"en": "Christmas"}},
		},
		CoveredFrom: 2024, CoveredTo: 2024,
	}
}

func mustNew(t testing.TB, s Spec) *Calendar {
	t.Helper()
	c, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func table(t testing.TB, name string) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// at reads a local time of a calendar, the first of two where it happens twice.
func at(t testing.TB, c *Calendar, text string) civic.Instant {
	t.Helper()
	if text == "" {
		return 0
	}
	when, err := time.Parse("2006-01-02 15:04:05", text+":00"[:max(0, 19-len(text))])
	if err != nil {
		t.Fatal(err)
	}
	return c.zone.instant(when.UnixMicro())
}

func show(c *Calendar, when civic.Instant) string {
	if when == 0 {
		return ""
	}
	return when.In(c.Location()).Format("Mon 2006-01-02 15:04:05")
}

func limit(t testing.TB, text string) Limit {
	t.Helper()
	l, err := ParseLimit(text)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestGoldenDueDates(t *testing.T) {
	holidayCN := china(t)
	var years []Year
	for _, name := range []string{"2023", "2022", "2021", "2020", "2019", "2027"} {
		y, err := ParseYear(read(t, "holiday-cn/"+name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		years = append(years, y)
	}
	if err := holidayCN.Merge(years...); err != nil {
		t.Fatal(err)
	}
	if holidayCN.CoveredFrom != 2019 || holidayCN.CoveredTo != 2023 {
		t.Errorf("covered %d to %d, want 2019 to 2023: a year without a decree covers nothing",
			holidayCN.CoveredFrom, holidayCN.CoveredTo)
	}
	rows := table(t, "working-days/cn_due_dates_expected.csv")
	if len(rows) != 150 {
		t.Fatalf("%d golden rows, want 150", len(rows))
	}
	for name, spec := range map[string]Spec{"chinese-days": china(t), "holiday-cn": holidayCN} {
		c := mustNew(t, spec)
		for _, row := range rows {
			n, _ := strconv.Atoi(row[1])
			from, _ := ParseDay(row[0])
			want, _ := ParseDay(row[2])
			if got := c.AddWorking(from, n); got != want {
				t.Errorf("%s: %d working days after %s: %s, want %s", name, n, from, got, want)
			}
			if got := c.CountWorking(from, want); got != n {
				t.Errorf("%s: working days from %s to %s: %d, want %d", name, from, want, got, n)
			}
			for _, hour := range []string{" 00:00", " 11:30", " 23:59"} {
				due := c.Due(at(t, c, row[0]+hour), Limit{n, WorkingDays}, nil)
				if c.DayOf(due.At) != want || due.Provisional {
					t.Errorf("%s: %swd from %s%s: due %s, provisional %v, want %s", name, row[1], row[0], hour, show(c, due.At), due.Provisional, want)
				}
			}
		}
	}
}

// The rows were drawn at random, those that the city changed by hand included: 395 of the
// 400 fit within a minute. The city's own arithmetic loses a second here and there.
func TestBostonDueDates(t *testing.T) {
	c := mustNew(t, boston())
	fit := 0
	rows := table(t, "boston311/due_dates.csv")
	for _, row := range rows {
		due := c.Due(at(t, c, row[0]), limit(t, row[1]), nil)
		if due.At.Sub(at(t, c, row[2])).Abs() <= time.Minute {
			fit++
		}
		if due.Provisional {
			t.Errorf("opened %s: provisional, though holidays count", row[0])
		}
	}
	if fit < 395 {
		t.Errorf("%d of %d due dates fit, want 395", fit, len(rows))
	}
	with := boston()
	with.HolidaysCount, with.CoveredFrom, with.CoveredTo = false, 2011, 2012
	for _, day := range []string{"2011-07-04", "2011-09-05", "2011-10-10", "2011-11-11", "2011-11-24", "2011-12-26", "2012-01-02", "2012-01-16"} {
		with.Adjustments = append(with.Adjustments, Adjustment{Date: day, Kind: Holiday})
	}
	c, fit = mustNew(t, with), 0
	for _, row := range rows {
		if due := c.Due(at(t, c, row[0]), limit(t, row[1]), nil); due.At.Sub(at(t, c, row[2])).Abs() <= time.Minute {
			fit++
		}
	}
	if fit > 340 {
		t.Errorf("%d due dates fit with holidays off; the rows do not tell the two rules apart", fit)
	}
}
