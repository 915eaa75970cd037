package calendar

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"skein/frame/civic"
)

func TestParseCSV(t *testing.T) {
	rows, err := ParseCSV([]byte("\ufeffdate,name.en,kind,name.zh-Hans\r\n2024-05-01,\"Labour Day, first\",holiday,劳动节\r\n2024-05-11,,makeup_workday,\r\n"))
	want := []Adjustment{
		{Date: "2024-05-01", Kind: Holiday, Name: Title{"en": "Labour Day, first", "zh-Hans": "劳动节"}},
		{Date: "2024-05-11", Kind: MakeupWorkday},
	}
	if err != nil || !reflect.DeepEqual(rows, want) {
		t.Errorf("read %+v, %v", rows, err)
	}
	for _, row := range []struct {
		text string
		want []string
	}{
		{"", []string{"row 1 calendar.csv_heading"}},
		{"date\n", []string{"row 1 calendar.csv_heading"}},
		{"date,kind,date\n", []string{"row 1 calendar.csv_column_unknown"}},
		{"date,kind,name.\n", []string{"row 1 calendar.csv_column_unknown"}},
		{"date,kind\n", nil},
		{"date,kind\n2024-01-01,holiday,x\n", []string{"row 2 calendar.csv_columns"}},
		{"date,kind\n2024-13-01,holiday\n2024-01-01,off\n2024-01-02,holiday\n2024-01-02,holiday\n",
			[]string{"row 2 calendar.date_invalid", "row 3 calendar.kind_unknown", "row 5 calendar.date_twice"}},
		{"date,kind\n\"2024-01-01,holiday\n", []string{"row 2 calendar.csv_unreadable"}},
		{"date,kind\n1/2/2024,holiday\n", []string{"row 2 calendar.date_invalid"}},
		{"date,kind\n\xff\xfe,holiday\n", []string{" calendar.not_utf8"}},
		{"date,kind\n" + strings.Repeat("x", mostBytes), []string{" calendar.file_too_large"}},
		{"date,kind\n" + strings.Repeat("x,y\n", mostAdjustments+1), []string{"row 20002 calendar.too_many_rows"}},
	} {
		if _, err := ParseCSV([]byte(row.text)); !slices.Equal(refused(t, err), row.want) {
			t.Errorf("%.60q: %v, want %v", row.text, err, row.want)
		}
	}
}

func TestParseYear(t *testing.T) {
	y, err := ParseYear(read(t, "holiday-cn/2021.json"))
	if err != nil {
		t.Fatal(err)
	}
	if y.Year != 2021 || len(y.Adjustments) != 38 || len(y.Sources) != 1 ||
		!reflect.DeepEqual(y.Adjustments[0], Adjustment{"2021-01-01", Holiday, Title{"zh-Hans": "元旦"}}) {
		t.Errorf("read %+v", y)
	}
	for _, row := range []struct {
		text string
		want []string
	}{
		{`{"year":2027,"papers":[],"days":[]}`, nil},
		{``, []string{" calendar.json_unreadable"}},
		{`{"year":2021`, []string{" calendar.json_unreadable"}},
		{`{"year":2021} {}`, []string{" calendar.json_unreadable"}},
		{`{"year":"2021"}`, []string{" calendar.json_unreadable"}},
		{`{}`, []string{"year calendar.year_invalid"}},
		{`{"year":2021,"days":[{"name":"x","date":"2021-01-01"},{"date":"2021-1-1","isOffDay":true},
			{"date":"2021-05-01","isOffDay":true},{"date":"2021-05-01","isOffDay":false}]}`,
			[]string{"days[0] calendar.off_day_missing", "days[1] calendar.date_invalid", "days[3] calendar.date_twice"}},
	} {
		if _, err := ParseYear([]byte(row.text)); !slices.Equal(refused(t, err), row.want) {
			t.Errorf("%s: %v, want %v", row.text, err, row.want)
		}
	}
}

func TestMerge(t *testing.T) {
	year := func(y int, rows ...string) Year {
		result := Year{Year: y, Sources: []string{"decree"}}
		for _, row := range rows {
			date, kind, _ := strings.Cut(row, " ")
			result.Adjustments = append(result.Adjustments, Adjustment{Date: date, Kind: kind})
		}
		return result
	}
	for _, row := range []struct {
		years []Year
		want  []string
		dates []string
	}{
		{nil, []string{" calendar.years_empty"}, nil},
		{[]Year{year(2027)}, []string{" calendar.years_empty"}, nil},
		{[]Year{year(2020, "2020-01-01 holiday"), year(2020, "2020-01-01 holiday")}, []string{" calendar.year_twice"}, nil},
		{[]Year{year(2020, "2020-01-01 holiday"), year(2022, "2022-01-01 holiday")}, []string{" calendar.years_gap"}, nil},
		{[]Year{year(2020, "2020-12-31 holiday"), year(2021, "2020-12-31 makeup_workday")}, []string{" calendar.years_contradict"}, nil},
		{[]Year{year(2022), year(2021, "2021-01-01 holiday", "2020-12-31 holiday"), year(2020, "2020-12-31 holiday")}, nil,
			[]string{"2020-12-31", "2021-01-01"}},
	} {
		s := office()
		err := s.Merge(row.years...)
		if got := refused(t, err); !slices.Equal(got, row.want) {
			t.Errorf("%v: %v, want %v", row.years, got, row.want)
		}
		if err != nil {
			if !reflect.DeepEqual(s, office()) {
				t.Errorf("%v: refused, but changed the Spec", row.years)
			}
			continue
		}
		var dates []string
		for _, a := range s.Adjustments {
			dates = append(dates, a.Date)
		}
		if !slices.Equal(dates, row.dates) || s.CoveredFrom != 2020 || s.CoveredTo != 2021 || len(s.Sources) != 2 {
			t.Errorf("merged %v, %d to %d, from %v", dates, s.CoveredFrom, s.CoveredTo, s.Sources)
		}
	}
}

// refusal fails the fuzzing unless err is nil or a refusal that both languages can tell.
func refusal(t *testing.T, err error) {
	if err != nil {
		if _, ok := civic.AsRefusals(err); !ok {
			t.Fatalf("%v is no refusal", err)
		}
		refused(t, err)
	}
}

func FuzzLimit(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		l, err := ParseLimit(text)
		refusal(t, err)
		if err != nil {
			return
		}
		for _, form := range []string{l.String(), l.Long()} {
			if again, err := ParseLimit(form); err != nil || again != l {
				t.Fatalf("%q prints %q, which reads %v, %v", text, form, again, err)
			}
		}
	})
}

// accepted rows make a calendar, or one is refused with reasons.
func accepted(t *testing.T, s Spec) {
	c, err := New(s)
	refusal(t, err)
	if err != nil {
		return
	}
	for _, l := range []Limit{{10, WorkingDays}, {30, CalendarDays}, {4, Hours}} {
		r := c.Reckon(epoch, l, []Pause{{From: epoch.Add(1e12), To: epoch.Add(2e14)}})
		if r.Due.At < r.Due.Start || r.String() == "" {
			t.Fatalf("%v after %v: %s", l, epoch.Time(), r)
		}
	}
}

func FuzzCSV(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, err := ParseCSV(data)
		refusal(t, err)
		if err == nil {
			s := office()
			s.Adjustments, s.CoveredFrom, s.CoveredTo = rows, firstYear, lastYear
			accepted(t, s)
		}
	})
}

func FuzzYear(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		y, err := ParseYear(data)
		refusal(t, err)
		if err == nil {
			s := office()
			err := s.Merge(y)
			refusal(t, err)
			if err == nil {
				accepted(t, s)
			}
		}
	})
}

func FuzzSpec(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		var s Spec
		if json.Unmarshal(data, &s) == nil {
			accepted(t, s)
		}
	})
}
