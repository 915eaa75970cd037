package pages

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"time"

	"skein/face/chart"
	"skein/face/words"
	"skein/frame/civic"
)

// The last day as it happens: how many matters were told and how many answered in each half hour. It counts what everyone may read,
// as the rest of the picture does. Without script it is a picture with its table; with script it is drawn anew while one looks at it.

const (
	step      = 30 * time.Minute
	liveSteps = 48
	// liveAgain is when a page asks again.
	liveAgain = 10 * time.Second
)

// day counts matters by half hours; the last runs still.
type day struct {
	first          civic.Instant
	told, answered [liveSteps]int
}

func dayUntil(now civic.Instant) day {
	return day{first: now - now%civic.Instant(step.Microseconds()) - civic.Instant((liveSteps-1)*step.Microseconds())}
}

func (d *day) count(reported, answered civic.Instant) {
	if i, ok := d.at(reported); ok {
		d.told[i]++
	}
	if i, ok := d.at(answered); ok {
		d.answered[i]++
	}
}

func (d *day) at(t civic.Instant) (int, bool) {
	if t < d.first {
		return 0, false
	}
	i := int((t - d.first) / civic.Instant(step.Microseconds()))
	return i, i < liveSteps
}

func (d *day) begins(i int) civic.Instant { return d.first.Add(time.Duration(i) * step) }

// live is what an event tells; When are the half hours in words.
type live struct {
	Ticks    []string `json:"ticks"`
	When     []string `json:"when"`
	Told     []int    `json:"told"`
	Answered []int    `json:"answered"`
	Said     string   `json:"said"`
}

func (d *day) live(v words.Voice) live {
	out := live{Told: d.told[:], Answered: d.answered[:]}
	for i := range liveSteps {
		out.Ticks = append(out.Ticks, d.begins(i).In(v.Zone).Format("15:04"))
		out.When = append(out.When, v.DateTime(d.begins(i)))
	}
	out.Said = v.Say("pages.live_said", "told", v.Count(sum(out.Told)), "answered", v.Count(sum(out.Answered)))
	return out
}

func (d *day) figure(v words.Voice, frame chart.Frame) figure {
	l := d.live(v)
	f := figure{ID: "today", Title: v.Say("pages.live"), Formula: v.Say("pages.live_formula"), Said: l.Said, Live: "/overview/today.events?lang=" + v.Lang}
	f.Head = []string{v.Say("pages.live_from"), v.Say("pages.overview_reported"), v.Say("pages.overview_answered")}
	for i := range slices.Backward(l.When) {
		f.Rows = append(f.Rows, []string{l.When[i], strconv.Itoa(l.Told[i]), strconv.Itoa(l.Answered[i])})
	}
	f.Draw = chart.Series{
		Frame: f.frame(frame, f.Head[0], v.Say("pages.overview_matters")),
		Ticks: l.Ticks, Panels: []chart.Panel{{Name: f.Head[1], Observed: floats(l.Told), Running: true}, {Name: f.Head[2], Observed: floats(l.Answered), Running: true}},
		Running: v.Say("pages.live_running"),
	}.SVG
	return f
}

// liveEvents sends the last day as a server-sent event (WHATWG HTML, 9.2) and says when to ask again. Nothing is held open: a stop of the
// server waits for nobody, what a reader costs is counted as for a page, and a proxy that gathers answers does no harm (decision 0037).
func (p *Pages) liveEvents(w http.ResponseWriter, r *http.Request) {
	site := p.API.Site
	now, err := p.picture(r.Context())
	if err != nil {
		site.Error(w, r, err)
		return
	}
	text, err := json.Marshal(now.day.live(site.Voice(r.Context())))
	if err != nil {
		site.Error(w, r, err)
		return
	}
	sum := fnv.New64a()
	sum.Write(text)
	id := strconv.FormatUint(sum.Sum64(), 36)
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	fmt.Fprintf(w, "retry: %d\n\n", liveAgain.Milliseconds())
	if r.Header.Get("Last-Event-ID") != id { // else there is nothing new
		fmt.Fprintf(w, "id: %s\ndata: %s\n\n", id, text)
	}
}
