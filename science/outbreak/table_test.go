package outbreak

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"skein/frame/civic"
)

func TestTablesAreRead(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"wide by t", "t,a,b\n1,3,4\n2,,5\n", "a[3 NaN] b[4 5]"},
		{"wide by date with a gap", "date,a\n2024-01-01,1\n2024-01-08,2\n2024-01-15,3\n2024-02-05,4\n", "2024-01-01/7/6 a[1 2 3 NaN NaN 4]"},
		{"long in any order", "series,date,count\nx,2024-01-02,2\ny,2024-01-01,7\nx,2024-01-01,1\n", "2024-01-01/1/2 x[1 2] y[7 NaN]"},
		{"semicolons, a byte order mark, NA", "\ufeffdate;a\r\n2024-01-01;NA\r\n2024-01-02;5\r\n", "2024-01-01/1/2 a[NaN 5]"},
		{"months", "date,a\n2024-01-01,1\n2024-02-01,2\n2024-04-01,3\n", "2024-01-01/31/4 a[1 2 NaN 3]"},
		{"both", "t,date,a\n5,2024-01-01,1\n6,2024-01-08,2\n", "2024-01-01/7/2 a[1 2]"},
		{"names with commas", "t,\"north, east\"\n1,2\n", "north, east[2]"},
		{"times of day", "date,a\n2024-01-01 13:00:00,1\n2024-01-02T09:00:00Z,2\n", "2024-01-01/1/2 a[1 2]"},
	} {
		table, err := Parse([]byte(c.text))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got := ""
		if table.Dates != nil {
			got = fmt.Sprintf("%s/%d/%d ", table.Dates[0].Format(time.DateOnly), int(table.Dates[1].Sub(table.Dates[0]).Hours()/24), len(table.Dates))
		}
		for i, name := range table.Names {
			got += fmt.Sprintf("%s%v ", name, table.Counts[i])
		}
		if strings.TrimSpace(got) != c.want {
			t.Errorf("%s: %s, wanted %s", c.name, got, c.want)
		}
	}
	table, err := Parse([]byte("series,t,count,mean\nx,1,2,1.5\nx,2,3,\n"))
	if err != nil || table.Means[0][0] != 1.5 || !math.IsNaN(table.Means[0][1]) {
		t.Errorf("means: %v %v", table, err)
	}
}

func TestBadTablesAreRefusedByRow(t *testing.T) {
	for _, c := range []struct {
		name, text, key string
		row             int
	}{
		{"nothing", "", "outbreak.empty", 0},
		{"a header alone", "t,a\n", "outbreak.empty", 0},
		{"no time", "a,b\n1,2\n", "outbreak.header", 0},
		{"no series", "t\n1\n", "outbreak.header", 0},
		{"a negative count", "t,a\n1,2\n2,-1\n", "outbreak.count", 3},
		{"half a case", "t,a\n1,2.5\n", "outbreak.count", 2},
		{"infinite", "t,a\n1,Inf\n", "outbreak.count", 2},
		{"words", "t,a\n1,many\n", "outbreak.count", 2},
		{"a date that is none", "date,a\n2024-02-30,1\n", "outbreak.time", 2},
		{"t of 0", "t,a\n0,1\n", "outbreak.time_range", 2},
		{"t too large", "t,a\n99999999,1\n", "outbreak.time_range", 2},
		{"backwards", "t,a\n2,1\n1,1\n", "outbreak.order", 3},
		{"twice", "series,t,count\nx,1,1\nx,1,2\n", "outbreak.point_twice", 3},
		{"off the step", "date,a\n2024-01-01,1\n2024-01-08,1\n2024-01-15,1\n2024-01-18,1\n", "outbreak.step", 5},
		{"t jumps beside dates", "t,date,a\n1,2024-01-01,1\n3,2024-01-02,1\n", "outbreak.t_gap", 3},
		{"two dates for one t", "series,t,date,count\nx,1,2024-01-01,1\ny,1,2024-01-02,1\n", "outbreak.t_dates", 3},
		{"a short row", "t,a,b\n1,2\n", "outbreak.row_width", 2},
		{"a quote left open", "t,a\n1,\"2\n", "outbreak.row_quotes", 2},
		{"not UTF-8", "t,a\n1,\xff\n", "outbreak.not_utf8", 2},
		{"a column twice", "t,a,A\n1,2,3\n", "outbreak.column_twice", 0},
		{"a column without a name", "t,a,\n1,2,3\n", "outbreak.column_unnamed", 0},
		{"a series without a name", "series,t,count\n,1,1\n", "outbreak.series_unnamed", 2},
		{"a gap of centuries", "date,a\n1000-01-01,1\n1000-01-02,1\n9999-01-01,1\n", "outbreak.counts_many", 0},
		{"a mean that is none", "series,t,count,mean\nx,1,2,-1\n", "outbreak.number", 2},
	} {
		_, err := Parse([]byte(c.text))
		bad, ok := civic.AsRefusals(err)
		if !ok || bad[0].Key != c.key {
			t.Errorf("%s: %v, wanted %s", c.name, err, c.key)
			continue
		}
		if row, _ := bad[0].Args["row"].(int); row != c.row {
			t.Errorf("%s: row %d, wanted %d", c.name, row, c.row)
		}
	}
}

// FuzzParse holds that any text is refused by a sentence that exists, or gives a table of equal lists whose counts are whole.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"t,a,b\n1,3,4\n2,,5\n", "date,a\n2024-01-01,1\n2024-02-01,2\n2024-04-01,3\n", "series,date,count,mean\nx,2024-01-02,2,1.5\ny,2024-01-01,7,\n",
		"\ufeffdate;a\r\n2024-01-01;NA\r\n", "t,date,a\n1,2024-02-29,\"1\"\n", "t\ta\n1\t1e12\n", "t,a\n1,\"2\n",
	} {
		f.Add([]byte(seed))
	}
	english, err := Messages.ReadFile("messages.en.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		table, err := Parse(text)
		if err != nil {
			bad, ok := civic.AsRefusals(err)
			if !ok || len(bad) == 0 {
				t.Fatalf("an error that is no refusal: %v", err)
			}
			for _, r := range bad {
				if !strings.Contains(string(english), `"`+r.Key+`"`) {
					t.Fatalf("no text for %s", r.Key)
				}
			}
			return
		}
		if len(table.Names) == 0 || len(table.T) == 0 || len(table.Counts) != len(table.Names) {
			t.Fatalf("%+v", table)
		}
		for _, xs := range table.Counts {
			if len(xs) != len(table.T) {
				t.Fatal("lists of different lengths")
			}
			for _, x := range xs {
				if !math.IsNaN(x) && (x < 0 || x != math.Trunc(x)) {
					t.Fatalf("a count of %g", x)
				}
			}
			if len(xs) < 200 {
				EARS(xs, DefaultEARS(C3))
				Farrington(xs, table.Dates, []int{len(xs) - 1}, DefaultFarrington())
			}
		}
	})
}
