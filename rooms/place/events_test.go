package place

import (
	"testing"

	"skein/frame/journal"
	"skein/internal/samples"
)

const sampleDigest = "6f1ed002ab5595859014ebf0951522d9f7f0e7d6f0f1f2b9c2a4a2f4a3b1c0de"

var sampleShape = Shape{
	Digest: sampleDigest, Box: Box{West: -71191421, South: 42227911, East: -70986131, North: 42396977},
	SquareMetres: 125_431_987, Inner: Spot{Lat: 42315043, Lon: -71085510},
}

// examples holds one example of every event with every field set.
var examples = []journal.Event{
	Founded{Place: "ward-03", Kind: Ward, Titles: Titles{"en": "Ward 3", "zh-Hans": "第3选区"}, Parent: "boston", Rank: 1, Shape: &sampleShape},
	Redrawn{Shape: sampleShape},
	Renamed{Titles: Titles{"en": "Ward Three"}},
	Moved{Parent: "district-1"},
	Reclassified{Kind: Neighbourhood, Rank: 2},
	Closed{Successor: "ward-05"},
	CalendarSet{ID: "city", Edition: "2011-1", Digest: sampleDigest, Place: "boston", Body: "pwd"},
}

// A journal of any release is read for ever.
func TestEventsReadForEver(t *testing.T) {
	var r journal.Registry
	Register(&r)
	samples.DecodeForEver(t, &r, examples...)
}

// TestEvolveLeavesItsArgument holds that a state that is shared does not change.
func TestEvolveLeavesItsArgument(t *testing.T) {
	s := Evolve(State{}, journal.Act{Event: examples[0], Happened: 1})
	before := *s.Shape
	c := EvolveCalendar(CalendarState{}, journal.Act{Event: examples[6], Position: 1})
	for _, e := range examples[1:] {
		Evolve(s, journal.Act{Event: e, Happened: 2})
	}
	for _, digest := range []string{"a", "b"} {
		EvolveCalendar(c, journal.Act{Event: CalendarSet{ID: "city", Edition: digest, Digest: digest}})
	}
	if *s.Shape != before || s.Kind != Ward || s.Titles["en"] != "Ward 3" || s.Closed != 0 || len(c.Editions) != 1 || c.Editions[0].Digest != sampleDigest {
		t.Errorf("%+v %+v", s, c)
	}
}
