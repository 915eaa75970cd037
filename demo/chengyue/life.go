package chengyue

import (
	"slices"
	"strings"
	"time"

	"skein/frame/civic"
)

// life lays out what becomes of one matter. Offices act in their hours: in the morning what was told is taken up, at noon
// words are released, in the afternoon contributions come, later the answer.
type life struct {
	*world
	*Matter
	about  *about
	say    say
	spoken spoken
	last   time.Time
}

func (l *life) add(at time.Time, s Step) {
	s.At = civic.At(at)
	l.Steps = append(l.Steps, s)
	l.last = at
}

// between is a moment of a day, from one hour up to another.
func (l *life) between(day time.Time, from, to float64) time.Time {
	seconds := from*3600 + l.unit()*(to-from)*3600
	return day.Add(time.Duration(seconds) * time.Second)
}

// run is the first round, from a report on.
func (l *life) run(told time.Time) {
	duty, _ := l.list.Of(l.Category, l.Place)
	day := func(n int) time.Time { return l.days.After(told, n) }
	private := Private(l.Category)
	first := day(1)
	silent, disputed := !l.Unplaced && l.maybe(0.06), false
	switch {
	case l.Unplaced:
		l.add(l.between(first, 9, 9.4), Step{Act: Triage})
		l.release(l.between(first, 9.5, 9.9), private)
		l.add(l.between(first, 10, 11.9), Step{Act: Accept})
	case silent: // nobody says anything until the limit for objecting has run out
		l.release(l.between(first, 11, 12), private)
	case l.disputable(duty) && l.maybe(0.05):
		disputed = true
		l.release(l.between(first, 9, 9.4), private)
		l.dispute(duty, first, day(2))
	case l.days.Working(told) && told.Hour() >= 8 && told.Hour() < 16 && l.maybe(0.55):
		taken := told.Add(time.Duration(l.from(15, 90)) * time.Minute)
		l.add(taken, Step{Act: Accept})
		l.release(taken.Add(time.Duration(l.from(2, 15))*time.Minute), private)
	default:
		taken := l.between(first, 9, 11.4)
		l.add(taken, Step{Act: Accept})
		l.release(taken.Add(time.Duration(l.from(2, 15))*time.Minute), private)
	}
	if !disputed && l.maybe(0.008) {
		l.add(l.between(first, 14, 14.3), Step{Act: Withdraw})
		return
	}
	if !silent && !disputed && duty.Limit >= 7 && l.maybe(0.008) {
		l.add(l.between(day(2), 15, 16), Step{Act: Propose, Law: l.phrases.Generic.DeclineLaw, Elsewhere: l.phrases.Generic.Elsewhere, Text: pick(l.chance, l.phrases.Generic.Declines)})
		l.add(l.between(day(3), 9, 11), Step{Act: Decline, Law: l.phrases.Generic.DeclineLaw, Text: pick(l.chance, l.phrases.Generic.Declines)})
		return
	}
	answered, ok := l.work(told, duty, silent || disputed)
	if !ok {
		return
	}
	l.after(answered, duty)
}

func (l *life) release(at time.Time, private bool) {
	if !private {
		l.add(at, Step{Act: Release})
	}
}

// disputable reports whether there is somebody else who could lead.
func (l *life) disputable(d Duty) bool { return d.Limit >= 5 && len(d.Joint) > 0 }

// dispute is an objection and what the coordinating body rules on it.
func (l *life) dispute(d Duty, first, second time.Time) {
	g := l.phrases.Generic
	other := d.Joint[0].Body
	l.add(l.between(first, 10, 11.8), Step{Act: Object, Body: other, Text: pick(l.chance, g.Objects)})
	rule := Step{Act: Rule, Law: g.RuleLaw, Text: pick(l.chance, g.Rules)}
	if l.maybe(0.55) {
		rule.Body = other
	}
	l.add(l.between(second, 9, 10.5), rule)
	if rule.Body != "" {
		l.add(l.between(second, 10.6, 11.9), Step{Act: Accept})
	}
}

// work is what is done from the second day on, up to the answer.
func (l *life) work(told time.Time, d Duty, slow bool) (answered time.Time, ok bool) {
	g := l.phrases.Generic
	day := func(n int) time.Time { return l.days.After(told, n) }
	least := 1
	if slow {
		least = min(2, d.Limit)
	}
	done := max(least, l.from(least, d.Limit), l.from(least, (d.Limit+1)/2))
	late, never := l.maybe(l.slowness(d.Lead)), l.maybe(0.015)
	paused := d.Limit >= 5 && breaks[l.Category] > 1 && stormy(told.In(Zone).Format(time.DateOnly)) && l.maybe(0.15)
	extended := !paused && d.Limit >= 5 && l.maybe(0.05)
	if late {
		done = d.Limit + l.from(1, 7)
	}
	if paused {
		done = max(done, 6)
	}
	more := 0
	if extended {
		more = l.from(2, max(2, d.Limit/2))
		done = l.from(d.Limit, d.Limit+more)
	}
	if slow && done < 2 { // a limit of a day, and the day is over
		done = 2
	}
	if done >= 3 && d.Limit >= 5 && l.maybe(0.25) {
		l.add(l.between(day(2), 14, 14.3), Step{Act: Tell, Text: pick(l.chance, g.Tells)})
	}
	asked := done >= 4 && !slow && l.outside() && l.maybe(0.08)
	if asked {
		i := l.below(len(g.Asked))
		l.add(l.between(day(2), 16, 16.9), Step{Act: Ask, Text: g.Asked[i]})
		l.add(l.between(day(2), 19, 21), Step{Act: Supply, Text: g.Supplied[i]})
	}
	if paused {
		l.add(l.between(day(3), 9, 9.4), Step{Act: Pause, Text: pick(l.chance, g.Pauses)})
	}
	if asked {
		l.release(l.between(day(3), 11.5, 11.9), Private(l.Category))
	}
	if paused {
		l.add(l.between(day(5), 9, 9.4), Step{Act: Resume})
	}
	if extended {
		l.add(l.between(day(d.Limit-1), 10, 11), Step{Act: Extend, Days: more, Text: pick(l.chance, g.Extends)})
	}
	if !never && done >= 3 {
		l.contribute(d, day, least, done)
	}
	if never {
		return time.Time{}, false
	}
	at := l.between(day(done), 15.6, 17.9)
	l.answer(at, pick(l.chance, l.outcomes()))
	return at, true
}

// outside reports whether it is about a spot that can be asked for.
func (l *life) outside() bool {
	root, _, _ := strings.Cut(string(l.Category), ".")
	return slices.Contains([]string{"city", "traffic", "environment", "utilities"}, root)
}

// slowness is how often a body is late; no body is the same.
func (l *life) slowness(b civic.BodyID) float64 {
	sum := 0
	for _, r := range string(b) {
		sum = sum*31 + int(r)
	}
	return 0.03 + 0.11*float64(sum%97)/97
}

// contribute lets the joint bodies do their part, in the order of time; some come too late, some never.
func (l *life) contribute(d Duty, day func(int) time.Time, least, done int) {
	last := least - 1 // nobody contributes before what was done last
	for n := least; n < done && !day(n).Add(14*time.Hour).After(l.last); n++ {
		last = n
	}
	ruled := map[civic.BodyID]bool{}
	for _, s := range l.Steps {
		ruled[s.Body] = ruled[s.Body] || s.Act == Rule
	}
	for i, j := range d.Joint {
		if ruled[j.Body] || !l.maybe(0.88) {
			continue
		}
		n := max(last+1, l.from(1, j.Limit))
		if l.maybe(0.1) {
			n = max(n, j.Limit+l.from(1, 3))
		}
		if n = max(n, last+1); n >= done {
			continue
		}
		last = n
		l.add(l.between(day(n), 14.4+0.2*float64(i), 14.5+0.2*float64(i)), Step{Act: Contribute, Body: j.Body, Text: pick(l.chance, l.phrases.Generic.Contributes)})
	}
}

// outcomes are what an answer may say, as often as each stands here: what fits the report, seldom what fits any.
func (l *life) outcomes() []string {
	var out []string
	add := func(what string, times int) {
		for range times {
			out = append(out, what)
		}
	}
	if len(l.say.Fixed) > 0 {
		add("fixed", 12)
	}
	add("explained", 1+4*len(l.say.Explained))
	add("planned", 1+3*len(l.say.Planned))
	return out
}

func (l *life) answer(at time.Time, outcome string) {
	g := l.phrases.Generic
	s := Step{Act: Answer, Kind: outcome}
	var own []string
	fits := func(all []string, which []int) {
		for _, i := range which {
			own = append(own, all[i])
		}
	}
	switch outcome {
	case "fixed":
		fits(l.about.Fixed, l.say.Fixed)
	case "explained":
		fits(l.about.Explained, l.say.Explained)
	case "planned":
		fits(l.about.Planned, l.say.Planned)
	}
	switch {
	case outcome != "planned" && l.maybe(0.02):
		s.Kind, s.Text, s.Law = "not_possible", pick(l.chance, g.Not), g.NotLaw
	case len(own) > 0:
		s.Text = l.spoken.fill(pick(l.chance, own))
	case outcome == "planned":
		s.Text = pick(l.chance, g.Planned)
	default:
		s.Text = pick(l.chance, g.Explained)
	}
	if s.Kind == "planned" {
		s.By = civic.At(l.days.After(at, l.from(15, 40)).Add(Closes * time.Hour))
	}
	l.add(at, s)
}

// after is the word of whoever told it, and sometimes another round.
func (l *life) after(answered time.Time, d Duty) {
	g := l.phrases.Generic
	if !l.maybe(0.45) {
		return // silence closes it
	}
	day := answered.In(Zone)
	day = time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, Zone).AddDate(0, 0, l.from(1, 8))
	kind := l.Steps[len(l.Steps)-1].Kind
	good := map[string]float64{"fixed": 0.93, "explained": 0.78, "planned": 0.7, "not_possible": 0.3}[kind]
	c := Step{Act: Confirm, Solved: l.maybe(good)}
	if c.Solved {
		c.Rating = []int{5, 5, 5, 4, 4, 3, 0}[l.below(7)]
	} else {
		c.Rating = []int{1, 2, 2, 3, 0}[l.below(5)]
	}
	if l.maybe(0.4) {
		c.Text = pick(l.chance, g.Thanks)
		if !c.Solved {
			c.Text = pick(l.chance, g.Unsolved)
		}
	}
	said := l.between(day, 7.5, 21.5)
	l.add(said, c)
	if c.Solved || !l.maybe(0.45) {
		return
	}
	again := l.between(day.AddDate(0, 0, l.from(1, 4)), 8, 20)
	l.add(again, Step{Act: Reopen, Text: pick(l.chance, g.Reopens)})
	l.add(l.between(l.days.After(again, 1), 9, 11.4), Step{Act: Accept})
	at := l.between(l.days.After(again, l.from(min(2, d.Limit), d.Limit)), 15.6, 17.9)
	l.add(at, Step{Act: Answer, Kind: "fixed", Text: pick(l.chance, g.Again)})
}
