package calendar

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"skein/frame/civic"
)

// Step is one sentence of a Reckoning: a message key and its arguments. Dates are
// "2006-01-02" and times of day "15:04", by the calendar's wall clock; names are of type
// Title; numbers are int, or float64 for the length of a pause in the limit's unit.
type Step struct {
	Key  string         `json:"key"`
	Args map[string]any `json:"args,omitempty"`
}

// Reckoning is a due date with the arithmetic that led to it.
type Reckoning struct {
	Due   Due    `json:"due"`
	Steps []Step `json:"steps"`
}

// Reckon answers as [Calendar.Due] does, and shows its work.
func (c *Calendar) Reckon(filed civic.Instant, limit Limit, pauses []Pause) Reckoning {
	r := Reckoning{Due: c.Due(filed, limit, pauses)}
	s := c.solve(filed, limit, pauses)
	r.add("calendar.step_calendar", "title", c.title, "id", c.id, "version", c.version)
	r.add("calendar.step_filed", "date", dateOf(s.start.filed), "time", timeOf(s.start.filed), "zone", c.zoneName())
	c.explainStart(&r, s, filed, limit.Unit)
	c.explainCount(&r, s, limit)
	c.explainPauses(&r, s, limit.Unit)
	if s.standing {
		r.add("calendar.step_standing")
		return r
	}
	c.explainEnd(&r, s, limit.Unit)
	if r.Due.Provisional {
		r.add("calendar.step_provisional", "from", c.coveredFrom.Year(), "to", c.until.Year()-1)
	}
	return r
}

// add appends a step; args are pairs of a name and a value.
func (r *Reckoning) add(key string, args ...any) {
	step := Step{Key: key}
	if len(args) > 0 {
		step.Args = make(map[string]any, len(args)/2)
	}
	for i := 0; i+1 < len(args); i += 2 {
		step.Args[args[i].(string)] = args[i+1]
	}
	r.Steps = append(r.Steps, step)
}

func (c *Calendar) explainStart(r *Reckoning, s solution, filed civic.Instant, unit Unit) {
	if !c.movesFor(unit) {
		if c.start(filed, WorkingDays).reading != s.start.reading {
			r.add("calendar.step_from_filing")
		}
		return
	}
	if day := dayAt(s.start.filed); !c.working(day) {
		if name := c.adjusted[day].name.In("en"); name != "" {
			r.add("calendar.step_off_day_named", "date", day.String(), "name", c.adjusted[day].name)
		} else {
			r.add("calendar.step_off_day", "date", day.String())
		}
		if c.offDay == AsFiled {
			r.add("calendar.step_next_working_day_first", "date", c.next(day).String())
			return
		}
		r.add("calendar.step_moved", "date", dateOf(s.start.offDay), "time", timeOf(s.start.offDay))
	}
	if s.start.reading != s.start.offDay {
		if floorMod(s.start.offDay, fullDay) < c.opens {
			r.add("calendar.step_early", "time", timeOf(s.start.offDay), "opens", clock(c.opens))
		} else {
			r.add("calendar.step_cut_off", "time", timeOf(s.start.offDay), "cut_off", clock(c.cutOff))
		}
		r.add("calendar.step_moved", "date", dateOf(s.start.reading), "time", timeOf(s.start.reading))
	}
}

func (c *Calendar) explainCount(r *Reckoning, s solution, limit Limit) {
	from := dayAt(s.start.reading)
	last := from
	if limit.Unit != Hours {
		last = dayAt(c.readingAt(limit.Unit, c.lastDay(s.start.reading, limit)*fullDay))
	}
	args := []any{"n", limit.N, "from", from.String(), "to", last.String()}
	switch {
	case limit.Unit == Hours:
		r.add("calendar.step_hours", "n", limit.N, "date", from.String(), "time", timeOf(s.start.reading))
	case limit.Unit == CalendarDays && c.included:
		r.add("calendar.step_calendar_days_included", args...)
	case limit.Unit == CalendarDays:
		r.add("calendar.step_calendar_days", args...)
	case c.included && c.working(from):
		r.add("calendar.step_working_days_included", args...)
	default:
		r.add("calendar.step_working_days", args...)
	}
	if limit.Unit == WorkingDays {
		c.explainDaysOff(r, from+1, dayAt(c.readingAt(WorkingDays, s.due)))
	}
}

// explainDaysOff names the holidays and make-up workdays among the days from..to and
// counts the other days off.
func (c *Calendar) explainDaysOff(r *Reckoning, from, to Day) {
	weekly := 0
	var named Reckoning
	for day := from; day <= to; day++ {
		a, listed := c.adjusted[day]
		switch {
		case !listed || (!a.working && c.holidaysCount):
			if !c.working(day) {
				weekly++
			}
		case a.working:
			if !c.weekdays[day.Weekday()] {
				named.addNamed("calendar.step_makeup", a.name, "date", day.String())
			}
		default:
			first := day
			for day < to && c.sameHoliday(day, day+1) {
				day++
			}
			if day == first {
				named.addNamed("calendar.step_holiday", a.name, "date", day.String())
			} else {
				named.addNamed("calendar.step_holidays", a.name, "from", first.String(), "to", day.String())
			}
		}
	}
	if weekly > 0 {
		r.add("calendar.step_days_off", "days", weekly)
	}
	r.Steps = append(r.Steps, named.Steps...)
}

// addNamed appends a step whose key ends in "_named" where there is a name to give.
func (r *Reckoning) addNamed(key string, name Title, args ...any) {
	if name.In("en") != "" {
		key, args = key+"_named", append(args, "name", name)
	}
	r.add(key, args...)
}

func (c *Calendar) sameHoliday(a, b Day) bool {
	x, y := c.adjusted[a], c.adjusted[b]
	_, listed := c.adjusted[b]
	return listed && !y.working && x.name.In("en") == y.name.In("en")
}

func (c *Calendar) explainPauses(r *Reckoning, s solution, unit Unit) {
	length := map[Unit]int64{WorkingDays: fullDay, CalendarDays: fullDay, Hours: hour}[unit]
	walk := c.walk(unit, s.begin, s.pauses)
	for from, to, more := walk.next(); more && s.due > from; from, to, more = walk.next() {
		begin := c.zone.local(walk.last.From)
		if to == never {
			r.add("calendar.step_pause_open", "from", dateOf(begin), "from_time", timeOf(begin))
		} else {
			end := c.zone.local(walk.last.To)
			r.add("calendar.step_paused_"+string(unit), "from", dateOf(begin), "from_time", timeOf(begin),
				"to", dateOf(end), "to_time", timeOf(end), "length", float64(to-from)/float64(length))
		}
		if walk.last.Ground != "" {
			r.add("calendar.step_ground", "ground", walk.last.Ground)
		}
	}
}

func (c *Calendar) explainEnd(r *Reckoning, s solution, unit Unit) {
	shown := c.zone.local(r.Due.At)
	end := shown
	if unit != Hours {
		end = c.readingAt(unit, s.due)
		if c.endOfDay {
			r.add("calendar.step_closing", "time", clock(c.closes))
		}
		if unit == CalendarDays && c.rollDue {
			ends := s.raw
			if c.endOfDay && floorMod(ends, fullDay) > c.closes {
				ends += fullDay
			}
			if dayAt(ends) != dayAt(end) {
				r.add("calendar.step_rolled", "date", dateOf(ends), "to", dateOf(end))
			}
		}
	}
	if shown != end {
		r.add("calendar.step_clock_change", "date", dateOf(end), "time", timeOf(end), "shown", timeOf(shown))
	}
	r.add("calendar.step_due", "date", dateOf(shown), "time", timeOf(shown), "zone", c.zoneName())
}

func (c *Calendar) zoneName() string { return c.zone.location.String() }

func dayAt(reading int64) Day     { return Day(floorDiv(reading, fullDay)) }
func dateOf(reading int64) string { return dayAt(reading).String() }
func timeOf(reading int64) string { return clock(floorMod(reading, fullDay)) }

// texts are the messages by language.
var texts = sync.OnceValue(func() map[string]map[string]string {
	all := make(map[string]map[string]string, 2)
	for _, lang := range []string{"en", "zh-Hans"} {
		data, err := Messages.ReadFile("messages." + lang + ".json")
		if err != nil {
			panic(err) // embedded with the binary
		}
		read := map[string]string{}
		if err := json.Unmarshal(data, &read); err != nil {
			panic(fmt.Errorf("messages.%s.json: %w", lang, err))
		}
		all[lang] = read
	}
	return all
})

var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

// In is the step as a sentence, in English where the language has none.
func (s Step) In(lang string) string {
	text, ok := texts()[lang][s.Key]
	if !ok {
		text = texts()["en"][s.Key]
	}
	return placeholder.ReplaceAllStringFunc(text, func(name string) string {
		switch value := s.Args[name[1:len(name)-1]].(type) {
		case Title:
			return value.In(lang)
		case float64:
			return strconv.FormatFloat(float64(int64(value*1000+0.5))/1000, 'f', -1, 64)
		case nil:
			return name
		default:
			return fmt.Sprint(value)
		}
	})
}

// In is the arithmetic in a language, one sentence a step.
func (r Reckoning) In(lang string) string {
	sentences := make([]string, len(r.Steps))
	for i, step := range r.Steps {
		sentences[i] = step.In(lang)
	}
	if strings.HasPrefix(lang, "zh") {
		return strings.Join(sentences, "")
	}
	return strings.Join(sentences, " ")
}

// String is the arithmetic in English.
func (r Reckoning) String() string { return r.In("en") }
