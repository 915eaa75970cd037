package classify

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

var described = []Described{
	{"lamps", []string{"Street light outages", "路灯故障"}, []string{"lamp;dark;bulb"}},
	{"holes", []string{"Potholes", "道路坑洞"}, []string{"road surface asphalt"}},
	{"trees", []string{"Tree maintenance", "树木养护"}, []string{"branch fallen"}},
	{"wages", []string{"Income and wages", "收入与工资"}, []string{"pay arrears 欠薪"}},
}

func TestNamed(t *testing.T) {
	n := NewNamed(described)
	for text, want := range map[string]string{
		"the lamps on our street have been dark since Monday": "lamps",
		"门口的路灯坏了三天":                                           "lamps",
		"a huge pothole in the road":                          "holes",
		"老板拖欠我三个月工资":                                          "wages",
		"a BRANCH has fallen on the pavement":                 "trees",
		"my boss has not paid my wages since May":             "wages",
	} {
		got := n.Suggest(text, 3)
		if len(got) == 0 || got[0].Category != want {
			t.Errorf("%q: %v, want %s first", text, got, want)
		}
	}
	for _, text := range []string{"", "the and of it", "12345", "zzz qqq", "！？"} {
		if got := n.Suggest(text, 3); len(got) != 0 {
			t.Errorf("%q suggests %v", text, got)
		}
	}
}

func TestNamedNeverFails(t *testing.T) {
	n := NewNamed(described)
	rapid.Check(t, func(t *rapid.T) {
		sum := 0.0
		got := n.Suggest(rapid.String().Draw(t, "text"), 10)
		for i, l := range got {
			if i > 0 && l.Probability > got[i-1].Probability {
				t.Fatal("not the best first", got)
			}
			sum += l.Probability
		}
		if len(got) > 0 && math.Abs(sum-1) > 1e-9 {
			t.Fatal("parts of a whole that make", sum)
		}
	})
	if got := NewNamed(nil).Suggest("lamp", 3); got != nil {
		t.Error(got)
	}
}
