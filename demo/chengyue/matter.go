package chengyue

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"skein/frame/civic"
)

// Act is a step of a matter's life. Each is one command of the matter room.
type Act string

// The acts that are generated.
const (
	Report     Act = "report"
	Triage     Act = "triage"
	Release    Act = "release"
	Accept     Act = "accept"
	Object     Act = "object"
	Rule       Act = "rule"
	Tell       Act = "tell"
	Ask        Act = "ask"
	Supply     Act = "supply"
	Contribute Act = "contribute"
	Pause      Act = "pause"
	Resume     Act = "resume"
	Extend     Act = "extend"
	Answer     Act = "answer"
	Propose    Act = "propose_decline"
	Decline    Act = "decline"
	Confirm    Act = "confirm"
	Reopen     Act = "reopen"
	Withdraw   Act = "withdraw"
)

// Step is one act and what it says.
type Step struct {
	At   civic.Instant
	Act  Act
	Body civic.BodyID  `json:",omitempty"` // that contributes, is proposed or ruled to lead
	Text string        `json:",omitempty"`
	Kind string        `json:",omitempty"` // the outcome of an answer
	By   civic.Instant `json:",omitempty"` // by when it is planned
	Law  string        `json:",omitempty"`
	// Elsewhere is where somebody can turn whom no body here can help.
	Elsewhere string `json:",omitempty"`
	// Days is by how many working days the limit is extended.
	Days   int  `json:",omitempty"`
	Solved bool `json:",omitempty"`
	Rating int  `json:",omitempty"`
}

// Matter is one generated matter: who asked for what, where, and what became of it by Filled.
type Matter struct {
	Number   string // "CY-000123": our own, so that the realm's can be compared
	Category civic.Category
	Place    civic.PlaceID // of a community or village
	Lat, Lon int64         // millionths of a degree
	Channel  string
	Unplaced bool   // told without a place: the desk finds it
	Steps    []Step // in order of time
	// Appeal is what is put to the review board when the half year is over; "" for nearly all.
	Appeal string `json:",omitempty"`

	places []civic.PlaceID
}

// Places are all that hold the matter, its community first.
func (m *Matter) Places() []civic.PlaceID { return m.places }

// Private reports whether matters of the category are private, as the tree of categories says.
func Private(c civic.Category) bool {
	root, _, _ := strings.Cut(string(c), ".")
	return root == "dispute" || root == "safety" || c == "rights.wages" || c == "rights.housing" || c == "rights.demolition"
}

// storm is days of weather that break things.
type storm struct{ from, to string }

var storms = []storm{{"2026-06-22", "2026-06-25"}, {"2026-07-13", "2026-07-15"}, {"2026-08-10", "2026-08-13"}}

// breaks are the categories that a storm brings, and how many times as much.
var breaks = map[civic.Category]float64{
	"utilities.drain": 6, "city.trees": 6, "home.leak": 4, "village.road": 3, "city.lights": 2, "village.irrigation": 2, "safety.buildings": 2,
}

// hotspot is where one thing goes wrong for a while.
type hotspot struct {
	category civic.Category
	place    civic.PlaceID
	from, to string
	share    float64
}

var hotspots = []hotspot{
	{"environment.noise", "980102004004", "2026-07-01", "2026-08-20", 0.35}, // a site that works at night
	{"utilities.drain", "980102003003", "2026-06-15", "2026-08-20", 0.40},   // a low road
	{"traffic.parking", "980102006002", "2026-09-01", "2026-11-30", 0.30},   // a new school
	{"city.stalls", "980102002004", "2026-06-01", "2026-09-15", 0.30},       // a street of suppers
	{"utilities.water", "980102005002", "2026-07-10", "2026-08-15", 0.45},   // a pump too weak for the heat
	{"environment.dust", "980102004001", "2026-10-08", "2026-11-30", 0.35},  // a demolition
	{"village.irrigation", "980102102201", "2026-07-01", "2026-08-31", 0.50},
	{"trade.price", "980102101200", "2026-10-01", "2026-10-09", 0.40}, // guests in the holidays
	{"city.waste", "980102002001", "2026-08-01", "2026-08-31", 0.25},
}

// within reports whether a day lies in a span of days, both included.
func within(day, from, to string) bool { return from <= day && day <= to }

func stormy(day string) bool {
	return slices.ContainsFunc(storms, func(s storm) bool { return within(day, s.from, s.to) })
}

// world is what the generator goes by.
type world struct {
	*chance
	days    *Days
	list    *List
	phrases *phrases
	ground  *ground
	streets []civic.PlaceID
	towns   []civic.PlaceID // communities
	rural   []civic.PlaceID // villages
}

func newWorld() (*world, error) {
	w := &world{chance: newChance(2)}
	var err error
	if w.days, err = NewDays(); err != nil {
		return nil, err
	}
	if w.list, err = NewList(); err != nil {
		return nil, err
	}
	if w.phrases, err = readPhrases(); err != nil {
		return nil, err
	}
	if w.ground, err = newGround(); err != nil {
		return nil, err
	}
	for _, id := range w.list.order {
		switch {
		case w.list.parent[id] == Root:
			w.streets = append(w.streets, id)
		case strings.HasSuffix(w.list.titles[id], "村"):
			w.rural = append(w.rural, id)
		case len(id) == 12:
			w.towns = append(w.towns, id)
		}
	}
	return w, nil
}

// crowd makes the half year about eight thousand matters.
const crowd = 0.8

// Matters generates the half year, in order of the reports.
func Matters() ([]Matter, error) {
	w, err := newWorld()
	if err != nil {
		return nil, err
	}
	var all []Matter
	for day := Start.In(Zone); day.Before(Filled.In(Zone)); day = day.AddDate(0, 0, 1) {
		for _, code := range w.phrases.codes() {
			a := w.phrases.Categories[code]
			mean := crowd * a.Weight * a.Months[day.Month()-time.June] * w.busy(day)
			if stormy(day.Format(time.DateOnly)) {
				mean *= cmp.Or(breaks[code], 1)
			}
			for range w.often(mean) {
				all = append(all, w.matter(day, code, a))
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Matter) int { return cmp.Compare(a.Steps[0].At, b.Steps[0].At) })
	for i := range all {
		m := &all[i]
		m.Number = fmt.Sprintf("CY-%06d", i+1)
		if last := m.Steps[len(m.Steps)-1]; last.Act == Confirm && !last.Solved && last.At > Filled.Add(-21*24*time.Hour) && w.maybe(0.8) {
			m.Appeal = pick(w.chance, w.phrases.Generic.Appeals)
		}
	}
	return all, nil
}

// busy is how much a day brings: most on Mondays, least in the holidays, much on the day after them.
func (w *world) busy(day time.Time) float64 {
	working, before := w.days.Working(day), w.days.Working(day.AddDate(0, 0, -1))
	switch {
	case working && !before:
		return 1.35
	case working && day.Weekday() == time.Friday:
		return 0.95
	case working:
		return 1.08
	case day.Month() == time.October && day.Day() < 8:
		return 0.5
	}
	return 0.68
}

// hours are how often people tell something in each hour of the day.
var hours = []int{1, 1, 0, 0, 0, 1, 3, 6, 12, 15, 14, 10, 7, 6, 9, 10, 9, 9, 8, 9, 9, 7, 4, 2}

func (w *world) told(day time.Time) time.Time {
	sum := 0
	for _, n := range hours {
		sum += n
	}
	k, hour := w.below(sum), 0
	for ; k >= hours[hour]; hour++ {
		k -= hours[hour]
	}
	return day.Add(time.Duration(hour)*time.Hour + time.Duration(w.below(3600))*time.Second)
}

// where picks a community for a category on a day.
func (w *world) where(day string, code civic.Category, a *about) civic.PlaceID {
	for _, h := range hotspots {
		if h.category == code && within(day, h.from, h.to) && w.maybe(h.share) {
			return h.place
		}
	}
	if a.Where == "village" {
		return pick(w.chance, w.rural)
	}
	if a.Where == "" && w.maybe(0.15) {
		return pick(w.chance, w.rural)
	}
	n := len(w.towns) // the middle of the district is more crowded
	return w.towns[min(w.below(n), w.below(n+n/2))]
}

// channels are how people tell, as often as each stands here.
var channels = strings.Fields("phone phone phone phone app app app web web counter")

func (w *world) matter(day time.Time, code civic.Category, a *about) Matter {
	id := w.where(day.Format(time.DateOnly), code, a)
	at := w.ground.in(w.chance, id)
	street := slices.Index(w.streets, w.list.parent[id])
	m := Matter{Category: code, Place: id, places: w.list.Chain(id), Lat: at.lat, Lon: at.lon, Channel: pick(w.chance, channels)}
	s := w.phrases.place(w.chance, id, w.list.titles[id], street)
	told := w.told(day)
	m.Unplaced = m.Channel == "web" && w.maybe(0.05)
	l := &life{world: w, Matter: &m, about: a, say: pick(w.chance, a.Say), spoken: s}
	l.add(told, Step{Act: Report, Text: w.phrases.told(w.chance, a, l.say, s)})
	l.run(told)
	if i := slices.IndexFunc(m.Steps, func(s Step) bool { return s.At >= Filled }); i >= 0 {
		m.Steps = m.Steps[:i] // what comes later nobody has done yet
	}
	return m
}
