package standing

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"skein/frame/civic"
)

func at(day int) civic.Instant {
	return civic.At(time.Date(2012, 1, day, 12, 0, 0, 0, time.UTC))
}

// told is what a case adds to one thing in January.
func told(c Case, by, code string) Counts {
	return Of(c, time.UTC)[Cell{Month: "2012-01", By: by, Code: code}]
}

func one(r Round) Case {
	return Case{Public: true, Category: "lights.lamp", Places: []civic.PlaceID{"east"}, Channel: "web", Reported: at(1), Rounds: []Round{r}}
}

// Who is credited with what: the rules that the formulas tell.
func TestAttribution(t *testing.T) {
	base := Round{Start: at(1), Lead: "pwd", ResponseDue: at(3), Accepted: at(2), Due: at(10), Days: -1}
	with := func(change func(*Round)) Case { r := base; change(&r); return one(r) }
	for name, c := range map[string]struct {
		c    Case
		want Counts
	}{
		"open":        {with(func(*Round) {}), Counts{Reported: 1, ResponseDue: 1, ResponseInTime: 1, Due: 1}},
		"in time":     {with(func(r *Round) { r.Answered, r.Outcome, r.Days = at(10), Fixed, 7 }), Counts{Reported: 1, ResponseDue: 1, ResponseInTime: 1, Due: 1, InTime: 1, Answered: 1, Fixed: 1, "days.7": 1, "wait.7": 1}},
		"late, moved": {with(func(r *Round) { r.Answered, r.Outcome, r.HandOvers = at(11), Explained, 1 }), Counts{Reported: 1, ResponseDue: 1, ResponseInTime: 1, Due: 1, Late: 1, LateMoved: 1, Answered: 1, Explained: 1, NotFixed: 1}},
		"inferred move": {with(func(r *Round) {
			r.Answered, r.Outcome, r.HandOvers, r.Inferred = at(11), Fixed, 1, []string{"ruled", "accepted"}
		}), Counts{Reported: 1, Due: 1, Late: 1, Answered: 1, Fixed: 1}},
		"inferred answer": {with(func(r *Round) { r.Answered, r.Inferred = at(9), []string{"answered"} }), Counts{Reported: 1, ResponseDue: 1, ResponseInTime: 1}},
		"withdrawn early": {with(func(r *Round) { r.Ended, r.Ending = at(9), "withdrawn" }), Counts{Reported: 1, ResponseDue: 1, ResponseInTime: 1, Withdrawn: 1}},
		"withdrawn late":  {with(func(r *Round) { r.Ended, r.Ending = at(11), "withdrawn" }), Counts{Reported: 1, ResponseDue: 1, ResponseInTime: 1, Due: 1, Withdrawn: 1}},
		"by silence":      {with(func(r *Round) { r.BySilence = true }), Counts{Reported: 1, ResponseDue: 1, ResponseSilent: 1, Due: 1}},
		"rated": {with(func(r *Round) {
			r.Answered, r.Outcome, r.Ended, r.Ending, r.Rating = at(9), Fixed, at(12), "unsolved", 2
		}), Counts{Reported: 1, ResponseDue: 1, ResponseInTime: 1, Due: 1, InTime: 1, Answered: 1, Fixed: 1, Unsolved: 1, "rating.2": 1}},
	} {
		if got := told(c.c, ByBody, "pwd"); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, not %v", name, got, c.want)
		}
	}
	c := with(func(r *Round) { r.Objecting = []civic.BodyID{"park"}; r.HandOvers = 1 })
	if told(c, ByBody, "park")[Objected] != 1 || told(c, ByBody, "pwd")[Objected] != 0 || told(c, ByBody, "pwd")[HandedOver] != 0 || told(c, ByAll, "")[HandedOver] != 1 {
		t.Error("an objection is its body's, and a hand-over nobody's")
	}
	c.Rulings = []Ruling{{Body: "coord", At: at(5), Due: at(4)}, {Body: "coord", At: at(6), Due: at(6), BySilence: true, Keeps: true}}
	if got, want := told(c, ByBody, "coord"), (Counts{Rulings: 2, RulingsLate: 1, RulingsSilent: 1, RulingsKeep: 1}); !reflect.DeepEqual(got, want) {
		t.Errorf("rulings: %v, not %v", got, want)
	}
	c.Public = false
	if len(Of(c, time.UTC)) != 0 {
		t.Error("a private matter is counted")
	}
	gone := OfAppeal(Appeal{Public: true, Respondent: "coord", Of: "decline", Decided: at(9), Overturned: true, Reviewer: "court"}, time.UTC)
	if got := gone[Cell{"2012-01", ByBody, "coord", ""}]; !reflect.DeepEqual(got, Counts{Appeals: 1, AppealsUpset: 1, RulingsUpset: 1}) {
		t.Errorf("an overturned ruling: %v", got)
	}
}

// A matter of which nobody has said what kind it is counts once, as any other, in no category.
func TestNoCategory(t *testing.T) {
	c := one(Round{Start: at(1), Lead: "pwd", Due: at(10), Days: -1})
	c.Category = ""
	if sums := Of(c, time.UTC); len(sums) != 5 {
		t.Errorf("it is counted in %v", sums)
	}
	for by, code := range map[string]string{ByAll: "", ByBody: "pwd", ByPlace: "east", ByChannel: "web", ByLanguage: NotSaid} {
		if got, want := told(c, by, code), (Counts{Reported: 1, Due: 1}); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, not %v", by, got, want)
		}
	}
}

// A share of fewer than ten is not told, nor one that could only rise.
func TestTooFew(t *testing.T) {
	few, many := Counts{Due: 9, InTime: 9, Answered: 9, "days.1": 9}, Counts{Due: 20, InTime: 15, Answered: 20, "days.1": 10, "days.30": 10}
	if r := few.Rates(true)[1]; r.Share != nil || r.Of != 9 {
		t.Errorf("of nine: %+v", r)
	}
	if few.Days().Median != nil {
		t.Error("a median of nine")
	}
	if r := many.Rates(false)[1]; r.Share != nil {
		t.Errorf("a month that runs: %+v", r)
	}
	if r := many.Rates(true)[1]; r.Share == nil || *r.Share != 0.75 || r.Interval.Low >= 0.75 {
		t.Errorf("of twenty: %+v", r)
	}
	if d := many.Days(); *d.Median != 1 || *d.Ninety != 30 {
		t.Errorf("days: %+v", d)
	}
}

// What was added and is taken away leaves nothing, whatever the order.
func TestSumsCancel(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	sums := Sums{}
	var parts []Sums
	for range 200 {
		day := 1 + r.IntN(25)
		parts = append(parts, Of(one(Round{Start: at(1), Lead: civic.BodyID([]string{"a", "b"}[r.IntN(2)]), Due: at(day), Answered: at(1 + r.IntN(28)), Outcome: Fixed, Days: r.IntN(1200)}), time.UTC))
		sums.Add(parts[len(parts)-1], 1)
	}
	r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	for _, p := range parts {
		sums.Add(p, -1)
	}
	if len(sums) != 0 {
		t.Errorf("left over: %v", sums)
	}
}

// Sums that are alike have one digest, in whatever order they were put together; whatever differs, it differs.
func TestDigestOfSums(t *testing.T) {
	cell := Cell{Month: "2026-01", By: ByPlace, Code: "a", Within: "k"}
	of := func(order ...int) Sums {
		s := Sums{}
		for _, i := range order {
			s.put(Cell{Month: cell.Month, By: cell.By, Code: string(rune('a' + i)), Within: cell.Within}, Due, i+1)
			s.put(Cell{Month: cell.Month, By: cell.By, Code: string(rune('a' + i)), Within: cell.Within}, Reported, 2)
		}
		return s
	}
	want := of(0, 1, 2, 3).digest()
	if of(3, 1, 0, 2).digest() != want {
		t.Error("the order matters")
	}
	for name, change := range map[string]func(Sums){
		"one more":    func(s Sums) { s.put(cell, Due, 1) },
		"a measure":   func(s Sums) { s.put(cell, Answered, 1) },
		"a cell":      func(s Sums) { s.put(Cell{Month: "2026-02", By: ByPlace, Code: "a", Within: "k"}, Due, 1) },
		"a cell less": func(s Sums) { delete(s, cell) },
		"another place": func(s Sums) {
			s[Cell{Month: "2026-01", By: ByPlace, Code: "z", Within: "k"}] = s[cell]
			delete(s, cell)
		},
	} {
		s := of(0, 1, 2, 3)
		if change(s); s.digest() == want {
			t.Errorf("%s changes nothing", name)
		}
	}
}

// Bodies are measured, people are not: what figures are made of has no field that could name a person or a post, and what
// figures are told by is a closed list.
func TestBodiesAreMeasuredAlone(t *testing.T) {
	var walk func(x reflect.Type, where string)
	walk = func(x reflect.Type, where string) {
		switch x {
		case reflect.TypeFor[civic.PostID](), reflect.TypeFor[civic.PersonID](), reflect.TypeFor[civic.Actor](), reflect.TypeFor[civic.DossierID]():
			t.Errorf("%s is a %s", where, x)
		}
		switch x.Kind() {
		case reflect.Slice, reflect.Pointer:
			walk(x.Elem(), where)
		case reflect.Map:
			walk(x.Key(), where)
			walk(x.Elem(), where)
		case reflect.Struct:
			for f := range x.NumField() {
				walk(x.Field(f).Type, where+"."+x.Field(f).Name)
			}
		}
	}
	for _, x := range []any{Case{}, Appeal{}, Cell{}, Figures{}, EqualTreatment{}} {
		walk(reflect.TypeOf(x), reflect.TypeOf(x).Name())
	}
	c := one(Round{Start: at(1), Lead: "pwd", Due: at(9), Objecting: []civic.BodyID{"park"}})
	c.Rulings = []Ruling{{Body: "coord", At: at(5)}}
	for cell := range Of(c, time.UTC) {
		if !slices.Contains([]string{ByAll, ByBody, ByCategory, ByPlace, ByChannel, ByLanguage}, cell.By) || strings.Contains(cell.Code, "/") {
			t.Errorf("counted by %v", cell)
		}
	}
}
