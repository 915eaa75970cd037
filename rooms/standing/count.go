package standing

import (
	"cmp"
	"encoding/json"
	"hash/maphash"
	"maps"
	"slices"
	"strconv"
	"time"

	"skein/face/words"
	"skein/frame/civic"
)

// Cell is what counts stand for: a month, one thing, and within it one category or all ("").
type Cell struct {
	Month  Month
	By     string // ByAll, ByBody, …
	Code   string
	Within civic.Category
}

// What figures are told by. There is nothing by post, officer or reporter, and no place for it.
const (
	ByAll      = "all"
	ByBody     = "body"
	ByCategory = "category"
	ByPlace    = "place"
	ByChannel  = "channel"
	ByLanguage = "language"
)

// groupings are what figures are told by beside the whole, in the order of pages.
var groupings = []string{ByBody, ByCategory, ByPlace, ByChannel, ByLanguage}

// NotSaid is the language of what nobody said the language of: not released, released without a word on it, or imported.
const NotSaid = string(words.Undetermined)

// Counts are how many, by measure. A measure that is not there is none.
type Counts map[string]int

// Sums are counts by cell.
type Sums map[Cell]Counts

// Add adds another's counts, so many times: -1 takes them away.
func (s Sums) Add(other Sums, times int) {
	for cell, counts := range other {
		to := s[cell]
		if to == nil {
			to = Counts{}
			s[cell] = to
		}
		to.add(counts, times)
		if len(to) == 0 {
			delete(s, cell)
		}
	}
}

var digestSeed = maphash.MakeSeed()

// digest is the same for the same sums, within this process.
func (s Sums) digest() uint64 {
	cells := slices.SortedFunc(maps.Keys(s), func(a, b Cell) int {
		return cmp.Or(cmp.Compare(a.Month, b.Month), cmp.Compare(a.By, b.By), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Within, b.Within))
	})
	var h maphash.Hash
	h.SetSeed(digestSeed)
	out := json.NewEncoder(&h) // measures in their order
	for _, c := range cells {
		out.Encode(c)
		out.Encode(s[c])
	}
	return h.Sum64()
}

// put counts a measure n times in a cell.
func (s Sums) put(cell Cell, measure string, n int) {
	counts := s[cell]
	if counts == nil {
		counts = Counts{}
		s[cell] = counts
	}
	if counts[measure] += n; counts[measure] == 0 {
		delete(counts, measure)
	}
}

func (c Counts) add(other Counts, times int) {
	for measure, n := range other {
		if c[measure] += n * times; c[measure] == 0 {
			delete(c, measure)
		}
	}
}

// And is both together.
func (c Counts) And(other Counts) Counts {
	sum := maps.Clone(c)
	if sum == nil {
		sum = Counts{}
	}
	sum.add(other, 1)
	return sum
}

// most is where histograms end: what took longer stands in the last bin.
const most = 999

func bin(stem string, n int) string { return stem + strconv.Itoa(max(0, min(n, most))) }

// counter gathers what one case adds.
type counter struct {
	sums Sums
	c    Case
	zone *time.Location
}

// one counts a measure n times, in the month of a moment, for a body where there is one.
func (k *counter) one(measure string, at civic.Instant, body civic.BodyID, n int) {
	if at == 0 || n == 0 {
		return
	}
	month := MonthOf(at, k.zone)
	put := func(by, code string) { k.within(Cell{Month: month, By: by, Code: code}, measure, n) }
	put(ByAll, "") // what groups are compared with, by category
	for c := k.c.Category; c != ""; c = c.Parent() {
		k.sums.put(Cell{month, ByCategory, string(c), ""}, measure, n)
	}
	for _, p := range k.c.Places {
		put(ByPlace, string(p))
	}
	put(ByChannel, k.c.Channel)
	put(ByLanguage, cmp.Or(string(k.c.Language), NotSaid))
	k.body(measure, month, body, n)
}

// body counts for a body alone.
func (k *counter) body(measure string, month Month, body civic.BodyID, n int) {
	if body != "" {
		k.within(Cell{Month: month, By: ByBody, Code: string(body)}, measure, n)
	}
}

// within counts in a cell of all categories, and in that of the case's category where it has one.
func (k *counter) within(cell Cell, measure string, n int) {
	k.sums.put(cell, measure, n)
	if cell.Within = k.c.Category; cell.Within != "" {
		k.sums.put(cell, measure, n)
	}
}

// Of is what a case adds to the tallies. The rules of attribution are those that the formulas tell (figures.formula_…).
func Of(c Case, zone *time.Location) Sums {
	k := &counter{sums: Sums{}, c: c, zone: zone}
	if !c.Public {
		return k.sums
	}
	var before civic.BodyID
	for i, r := range c.Rounds {
		if i == 0 {
			k.one(Reported, c.Reported, r.Lead, 1)
		} else {
			k.one(Reopened, r.Start, before, 1) // of whom the answer was that did not hold
		}
		k.response(r)
		k.resolution(r)
		k.end(r)
		before = r.Lead
	}
	for _, r := range c.Rulings {
		k.ruling(r)
	}
	return k.sums
}

// response: who took it up in the time for that. What ended before is not asked.
func (k *counter) response(r Round) {
	if r.Lead == "" || r.ResponseDue == 0 || r.inferred("accepted") || r.Accepted == 0 && r.Ended != 0 && r.Ended < r.ResponseDue {
		return
	}
	k.one(ResponseDue, r.ResponseDue, r.Lead, 1)
	switch {
	case r.BySilence:
		k.one(ResponseSilent, r.ResponseDue, r.Lead, 1)
	case r.Accepted != 0 && r.Accepted <= r.ResponseDue:
		k.one(ResponseInTime, r.ResponseDue, r.Lead, 1)
	}
}

// resolution: who answered, and when. A round is due in the month of its due date, unless it had ended without an answer by then.
func (k *counter) resolution(r Round) {
	if r.inferred("answered") || r.inferred("closed") {
		return
	}
	if r.Answered != 0 {
		k.one(Answered, r.Answered, r.Lead, 1)
		k.one(r.Outcome, r.Answered, r.Lead, min(1, len(r.Outcome)))
		if r.Outcome != Fixed && r.Outcome != InPart && r.Outcome != "" {
			k.one(NotFixed, r.Answered, r.Lead, 1)
		}
		if r.Days >= 0 {
			k.one(bin(daysStem, r.Days), r.Answered, r.Lead, 1)
		}
	}
	if r.Lead == "" || r.Due == 0 || r.Answered == 0 && r.Ended != 0 && r.Ended <= r.Due {
		return
	}
	k.one(Due, r.Due, r.Lead, 1)
	if r.Answered == 0 {
		return
	}
	if r.Days >= 0 {
		k.one(bin(waitStem, r.Days), r.Due, r.Lead, 1)
	}
	if r.Answered <= r.Due {
		k.one(InTime, r.Due, r.Lead, 1)
		return
	}
	k.one(Late, r.Due, r.Lead, 1)
	if r.moves() > 0 {
		k.one(LateMoved, r.Due, r.Lead, 1)
	}
}

// end: what the reporter said, or did not.
func (k *counter) end(r Round) {
	endings := map[string][2]string{ // ending → measure, step
		"solved": {Solved, "confirmed"}, "unsolved": {Unsolved, "confirmed"}, "lapsed": {Lapsed, "lapsed"}, "withdrawn": {Withdrawn, "withdrawn"},
		"declined": {Declined, "declined"}, "joined": {JoinedIn, "joined"},
	}
	if e, ok := endings[r.Ending]; ok && !r.inferred(e[1]) {
		k.one(e[0], r.Ended, r.Lead, 1)
		if r.Rating > 0 {
			k.one(bin(ratingStem, r.Rating), r.Ended, r.Lead, 1)
		}
	}
	k.one(HandedOver, r.Start, "", r.handOvers()) // nobody's fault by itself: of no body
	k.one(Corrected, r.Start, "", r.Corrections)
	k.one(Moved, r.Start, "", r.Moves)
	if !r.inferred("objected") {
		for _, b := range r.Objecting {
			k.body(Objected, MonthOf(r.Start, k.zone), b, 1)
		}
		k.one(Objected, r.Start, "", len(r.Objecting))
	}
}

func (k *counter) ruling(r Ruling) {
	count := func(measure string) {
		k.one(measure, r.At, r.Body, 1)
	}
	count(Rulings)
	switch {
	case r.BySilence:
		count(RulingsSilent)
	case r.Due != 0 && r.At > r.Due:
		count(RulingsLate)
	}
	if r.Keeps {
		count(RulingsKeep)
	}
}

// OfAppeal is what an appeal adds: to the body whose act it is about, and to the one that reviewed.
func OfAppeal(a Appeal, zone *time.Location) Sums {
	k := &counter{sums: Sums{}, zone: zone}
	if !a.Public || a.Decided == 0 {
		return k.sums
	}
	month := MonthOf(a.Decided, zone)
	count := func(measure string, body civic.BodyID) {
		k.sums.Add(Sums{{month, ByAll, "", ""}: {measure: 1}}, 1)
		if body != "" {
			k.sums.Add(Sums{{month, ByBody, string(body), ""}: {measure: 1}}, 1)
		}
	}
	count(Appeals, a.Respondent)
	if a.Overturned {
		count(AppealsUpset, a.Respondent)
		if a.Of == "decline" { // which is a ruling of a coordinating body
			count(RulingsUpset, a.Respondent)
		}
	}
	count(Reviews, a.Reviewer)
	if a.Late {
		count(ReviewsLate, a.Reviewer)
	}
	return k.sums
}
