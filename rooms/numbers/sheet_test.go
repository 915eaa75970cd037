package numbers

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"skein/frame/civic"
	"skein/science/disclosure"
)

// steady is a chance that withholds nothing by itself.
func steady(n int) ([]byte, error) { return bytes.Repeat([]byte{255}, n), nil }

func made(t testing.TB, least int, tallies ...Tally) *Sheet {
	t.Helper()
	s, err := Make("2012-01", least, Frame{Categories: []civic.Category{"rights", "dispute"}, Districts: []civic.PlaceID{"east", "west"}}, tallies, steady)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func some(n int, c civic.Category, district civic.PlaceID) []Tally {
	return slices.Repeat([]Tally{{Category: c, District: district}}, n)
}

// TestMake: each matter is in one cell, by its top category and its district, and the small ones are withheld.
func TestMake(t *testing.T) {
	all := slices.Concat(some(20, "rights.wages", "east"), some(15, "rights", "west"), some(12, "dispute.noise", "east"), some(14, "dispute", "west"),
		some(9, "", "east"), some(8, "rightsless", "west"), some(30, "rights.housing", ""), some(7, "dispute", "block-7"), some(6, "", ""))
	s := made(t, 5, all...)
	want := [][]int{ // rights, dispute, none, all
		{20, 12, 9, 41},
		{15, 14, 8, 37},
		{30, 7, 6, 43},
		{65, 33, 23, 121},
	}
	if d := cmp.Diff(want, s.Counts); d != "" {
		t.Error(d)
	}
	// One cell below k takes others with it, among them the way back by its totals.
	s = made(t, 7, all...)
	if s.Counts[2][2] != Withheld {
		t.Error("six are published with a k of seven")
	}
	if _, withheld := s.Count(); withheld < 4 {
		t.Errorf("only %d cells are withheld: one alone can be worked out", withheld)
	}
	// Nobody came, or one: both look alike.
	if none, one := made(t, 5), made(t, 5, some(1, "rights", "east")...); !bytes.Equal(none.CSV(), one.CSV()) {
		t.Error("an empty month looks otherwise than one with a single matter")
	}
	if _, err := Make("2012-01", 5, Frame{}, nil, func(int) ([]byte, error) { return nil, errors.New("no chance") }); err == nil {
		t.Error("made without chance")
	}
}

func TestSheetReadsBack(t *testing.T) {
	s := made(t, 5, slices.Concat(some(20, "rights", "east"), some(3, "dispute", "east"), some(9, "dispute", "west"))...)
	if s.Method != disclosure.Method {
		t.Errorf("the method is %q", s.Method)
	}
	text := s.CSV()
	again, err := ParseSheet(text)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(s, again); d != "" {
		t.Error(d)
	}
	for name, change := range map[string]func(string) string{
		"a count below k":    func(s string) string { return strings.Replace(s, ",20,5,", ",4,5,", 1) },
		"a zero":             func(s string) string { return strings.Replace(s, ",20,5,", ",0,5,", 1) },
		"another k in a row": func(s string) string { return strings.Replace(s, ",20,5,", ",20,3,", 1) },
		"another order of lines": func(s string) string {
			l := strings.Split(s, "\n")
			l[1], l[2] = l[2], l[1]
			return strings.Join(l, "\n")
		},
		"a line less":    func(s string) string { l := strings.Split(s, "\n"); return strings.Join(slices.Delete(l, 2, 3), "\n") },
		"no end of line": func(s string) string { return strings.TrimSuffix(s, "\n") },
		"a header alone": func(s string) string { return strings.SplitAfter(s, "\n")[0] },
		"no month":       func(s string) string { return strings.ReplaceAll(s, "2012-01", "2012-1") },
		"a plus":         func(s string) string { return strings.Replace(s, ",20,5,", ",+20,5,", 1) },
	} {
		changed := change(string(text))
		if changed == string(text) {
			t.Errorf("%s changes nothing: the test tests nothing", name)
		}
		if _, err := ParseSheet([]byte(changed)); err == nil {
			t.Errorf("%s is read", name)
		}
	}
}

func FuzzParseSheet(f *testing.F) {
	f.Add(made(f, 5, some(20, "rights", "east")...).CSV())
	f.Add([]byte("month,district,category,count,least,method\n2012-01,*,*,,5,m\n"))
	f.Add([]byte("month\n\"2012"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := ParseSheet(text)
		if err != nil {
			return
		}
		if !bytes.Equal(s.CSV(), text) {
			t.Fatalf("read %q and wrote %q", text, s.CSV())
		}
		if published := fmt.Sprint(s.Counts); s.Least > 1 && strings.Contains(published, " 0 ") {
			t.Fatalf("a zero is published: %s", published)
		}
	})
}
