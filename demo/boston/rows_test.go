package boston

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"skein/frame/calendar"
)

var all = sync.OnceValues(func() ([]Row, error) { return Rows(nil) })

func requests(t testing.TB) []Row {
	t.Helper()
	rows, err := all()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestRowsReadsEveryRequest(t *testing.T) {
	var told, last int
	rows, err := Rows(func(done, total int) {
		if done < last || done > total {
			t.Errorf("progress %d of %d after %d", done, total, last)
		}
		told, last = told+1, done
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != Total || last != Total || told < 10 {
		t.Fatalf("%d rows, told %d times up to %d; want %d", len(rows), told, last, Total)
	}
	ids := map[string]bool{}
	count := map[string]int{}
	for i := range rows {
		r := &rows[i]
		if r.Line != i+2 {
			t.Fatalf("row %d says line %d", i, r.Line)
		}
		if ids[r.ID] {
			t.Errorf("id %s twice", r.ID)
		}
		ids[r.ID] = true
		if i > 0 && r.Opened < rows[i-1].Opened {
			t.Errorf("line %d: opened before the line above", r.Line)
		}
		if r.Opened < Start || r.Opened >= Filled {
			t.Errorf("line %d: opened %s", r.Line, r.OpenedText)
		}
		if r.Closed != 0 && r.Closed < r.Opened {
			t.Errorf("line %d: closed before it was opened", r.Line)
		}
		for name, is := range map[string]bool{
			"target": r.Target != 0, "closed": r.Closed != 0, "closed by the end": r.Closed != 0 && r.Closed < Filled,
			"ward": r.Ward != "", "located": r.Located(), "verdict": r.OnTime != "", "open": r.Status == "Open",
		} {
			if is {
				count[name]++
			}
		}
	}
	want := map[string]int{
		"target": 47270, "closed": 54570, "closed by the end": 48372, "ward": 55384, "located": 53476, "verdict": 58093, "open": 3681,
	}
	for name, n := range want {
		if count[name] != n {
			t.Errorf("%s: %d rows, want %d", name, count[name], n)
		}
	}
}

func TestFirstRowIsReadWhole(t *testing.T) {
	r := requests(t)[0]
	want := Row{
		Line: 2, ID: "101000295613",
		OpenedText: "2011-07-01 01:32:33", TargetText: "2011-07-15 01:32:32", ClosedText: "2011-07-01 05:06:58",
		Opened: clock{civil(2011, 7, 1), 5553}.instant(), Target: clock{civil(2011, 7, 15), 5552}.instant(), Closed: clock{civil(2011, 7, 1), 18418}.instant(),
		OnTime: "ONTIME", Status: "Closed", Title: "Street Light Outages", Subject: "Public Works Department",
		Reason: "Street Lights", Type: "Street Light Outages", Queue: "PWDx_Street Light Outages", Department: "PWDx",
		Neighbourhood: "Greater Mattapan", Ward: "ward-17", Street: "INTERSECTION Groveland St & River St",
		Lat: 42.2715, Lon: -71.0772, Source: "Employee Generated",
	}
	if r != want {
		t.Errorf("got  %+v\nwant %+v", r, want)
	}
	if got := r.Opened.Time().Format(time.RFC3339); got != "2011-07-01T05:32:33Z" {
		t.Errorf("opened at %s", got)
	}
}

func TestDirtyRowsAreNamed(t *testing.T) {
	head := strings.Join(columns[:], ",") + "\n"
	good := "1,2011-07-01 01:32:33,,,ONTIME,Open,T,S,R,T,Q_q,Q,N,Ward 3,,,42.1,-71.1,Src\n"
	for _, tt := range []struct{ name, text, want string }{
		{"whole", head + good, ""},
		{"no column", "case_enquiry_id\n1\n", `no column "open_dt"`},
		{"bad time", head + strings.Replace(good, "01:32:33", "25:32:33", 1), "line 2"},
		{"no such day", head + good + strings.Replace(good, "2011-07-01", "2011-02-29", 1), "line 3"},
		{"letters", head + strings.Replace(good, "2011-07-01", "2011-o7-01", 1), "line 2"},
		{"ward 23", head + strings.Replace(good, "Ward 3", "Ward 23", 1), "22 wards"},
		{"latitude", head + strings.Replace(good, "42.1", "north", 1), "latitude"},
		{"short row", head + "1,2\n", "wrong number of fields"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rows, err := readRows(strings.NewReader(tt.text), nil)
			if tt.want == "" {
				if err != nil || len(rows) != 1 || rows[0].Ward != "ward-03" {
					t.Fatalf("%v %+v", err, rows)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestWardSpellings(t *testing.T) {
	for text, want := range map[string]string{"Ward 3": "ward-03", "3": "ward-03", "03": "ward-03", "Ward 22": "ward-22", " ": "", "": ""} {
		if got, err := wardCode(text); err != nil || string(got) != want {
			t.Errorf("%q: %q %v, want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"0", "23", "Ward", "Ward x", "-1"} {
		if got, err := wardCode(text); err == nil && got != "" {
			t.Errorf("%q: taken as %q", text, got)
		}
	}
}

func TestClockReadsBostonTime(t *testing.T) {
	for text, want := range map[string]string{
		"2011-07-01 00:00:00": "2011-07-01T04:00:00Z",
		"2011-11-06 00:59:59": "2011-11-06T04:59:59Z",
		"2011-11-06 01:09:48": "2011-11-06T05:09:48Z", // twice: the first, summer time
		"2011-11-06 02:00:00": "2011-11-06T07:00:00Z",
		"2012-01-01 00:00:00": "2012-01-01T05:00:00Z",
		"2012-03-11 01:59:59": "2012-03-11T06:59:59Z",
		"2012-03-11 02:30:00": "2012-03-11T07:30:00Z", // left out: as if summer time had not begun
		"2012-03-11 03:00:00": "2012-03-11T07:00:00Z",
		"2059-12-31 19:00:00": "2060-01-01T00:00:00Z",
	} {
		c, ok, err := parseClock(text)
		if err != nil || !ok {
			t.Fatalf("%s: %v", text, err)
		}
		if got := c.instant().Time().Format(time.RFC3339); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

func TestTheSmallRuleIsTheCalendars(t *testing.T) {
	cal, err := calendar.New(CalendarSpec())
	if err != nil {
		t.Fatal(err)
	}
	limits := []calendar.Limit{{N: 1, Unit: calendar.WorkingDays}, {N: 2, Unit: calendar.WorkingDays}, {N: 45, Unit: calendar.WorkingDays}, {N: 30, Unit: calendar.CalendarDays}}
	rows := requests(t)
	for i := 0; i < len(rows); i += 7 {
		for _, l := range limits {
			small, whole := dueBy(local(rows[i].Opened), l).instant(), cal.Due(rows[i].Opened, l, nil).At
			if small != whole {
				t.Fatalf("line %d opened %s, %s: %s here, %s by the calendar", rows[i].Line, rows[i].OpenedText, l, small.In(Zone()), whole.In(Zone()))
			}
		}
	}
}

func TestDueByTheCity(t *testing.T) {
	wd := func(n int) calendar.Limit { return calendar.Limit{N: n, Unit: calendar.WorkingDays} }
	for _, tt := range []struct {
		name, opened string
		limit        calendar.Limit
		due          string
	}{
		{"before opening keeps its time", "2011-07-01 02:18:31", wd(2), "2011-07-05 02:18:31"},
		{"Independence Day counts", "2011-07-01 12:00:00", wd(1), "2011-07-04 12:00:00"},
		{"Saturday counts from Monday, same time", "2011-07-02 11:06:01", wd(2), "2011-07-06 11:06:01"},
		{"Saturday evening stands past Monday's cut-off", "2011-08-06 19:22:27", wd(2), "2011-08-11 08:30:00"},
		{"the cut-off itself", "2011-07-06 17:00:00", wd(1), "2011-07-08 08:30:00"},
		{"a second before the cut-off", "2011-07-06 16:59:59", wd(1), "2011-07-07 16:59:59"},
		{"Friday evening", "2011-07-08 18:00:00", wd(1), "2011-07-12 08:30:00"},
		{"calendar days keep the evening", "2011-07-08 18:00:00", calendar.Limit{N: 30, Unit: calendar.CalendarDays}, "2011-08-07 18:00:00"},
		{"over the change to winter time", "2011-11-04 10:00:00", wd(1), "2011-11-07 10:00:00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			opened, _, _ := parseClock(tt.opened)
			want, _, _ := parseClock(tt.due)
			if got := dueBy(opened, tt.limit); got != want {
				t.Errorf("got %v, want %v", got, want)
			}
			if !slices.Contains(explain(opened, want), tt.limit) {
				t.Errorf("%s is not among %v", tt.limit, explain(opened, want))
			}
		})
	}
}
