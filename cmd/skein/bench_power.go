package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"skein/cmd/skein/load"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/power"
	"skein/rooms/body"
	"skein/rooms/duty"
	"skein/rooms/matter"
	"skein/rooms/place"
	"skein/rooms/powers"
)

// benchPower asks the powers what commands ask them: every action, by every kind of actor.
type benchPower struct {
	output
	Decisions int `default:"40000" help:"How many decisions for each action."`
	Own       int `default:"0" help:"With so many forbids of the realm's own on every action that it can touch."`
}

type powerFigures struct {
	Policies  int             `json:"policies"`
	Own       int             `json:"own"`
	Decisions int             `json:"decisions"`
	P50       float64         `json:"p50_us"`
	P99       float64         `json:"p99_us"`
	CPU       float64         `json:"cpu_us"`
	Actions   []actionFigures `json:"actions"`
}

// actionFigures are of one action: Asked is how many policies a post's question meets.
type actionFigures struct {
	Action string  `json:"action"`
	Asked  int     `json:"policies"`
	P50    float64 `json:"p50_us"`
	P99    float64 `json:"p99_us"`
	CPU    float64 `json:"cpu_us"`
}

func (c *benchPower) Run(g *global) error {
	s, err := engineChoice{Engine: "sqlite"}.scratch(g.ctx)
	if err != nil {
		return err
	}
	defer s.drop()
	if err := (&benchWorld{s.where}).Run(g); err != nil {
		return err
	}
	a, err := s.open(g.ctx, false)
	if err != nil {
		return err
	}
	defer a.close()
	realm, err := clerk.Open(g.ctx, a.house, a.db, townRealm, clerk.Options{Still: true})
	if err != nil {
		return err
	}
	defer realm.Close()
	m, err := a.benchMatter(g.ctx, realm)
	if err != nil {
		return err
	}
	v := *realm.View()
	if v.Powers, err = withOwn(v.House.Powers, c.Own); err != nil {
		return err
	}
	f := powerFigures{Policies: len(v.Powers.All()), Own: c.Own}
	var all []time.Duration
	for _, action := range v.Powers.Known() {
		questions := benchQuestions(&v, action, m, realm.Now())
		took := make([]time.Duration, 0, c.Decisions)
		cpu := load.CPU(os.Getpid())
		for i := range c.Decisions {
			began := time.Now()
			v.Powers.Ask(questions[i%len(questions)])
			took = append(took, time.Since(began))
		}
		cpu = load.CPU(os.Getpid()) - cpu
		f.CPU += cpu.Seconds()
		all = append(all, took...)
		f.Actions = append(f.Actions, actionFigures{
			action, len(v.Powers.About(action, "Post")), micros(load.Percentile(took, 0.5)), micros(load.Percentile(took, 0.99)), micros(cpu / time.Duration(c.Decisions)),
		})
	}
	f.Decisions = len(all)
	f.P50, f.P99 = micros(load.Percentile(all, 0.5)), micros(load.Percentile(all, 0.99))
	f.CPU = math.Round(f.CPU/float64(len(all))*1e8) / 100
	if c.Format == "json" {
		return c.json(f)
	}
	fmt.Printf("%d policies, %d decisions: p50 %.1f µs, p99 %.1f µs, CPU %.2f µs a decision\n", f.Policies, f.Decisions, f.P50, f.P99, f.CPU)
	for _, x := range f.Actions {
		fmt.Printf("%-24s %3d asked of a post  p50 %5.1f µs  p99 %5.1f µs  CPU %5.2f µs\n", x.Action, x.Asked, x.P50, x.P99, x.CPU)
	}
	return nil
}

func micros(d time.Duration) float64 { return math.Round(d.Seconds()*1e8) / 100 }

// benchMatter is a matter that a body of the town leads.
func (a *app) benchMatter(ctx context.Context, realm *clerk.Realm) (matter.State, error) {
	town := load.BenchTown()
	in := matter.Intake{Vault: a.vault, Ground: func(v *clerk.View) matter.Ground { return ground{place.CatalogIn(v)} }}
	lat, lon := town.South+0.005, town.West+0.005
	task, _, err := in.Report(ctx, realm.View(), civic.Actor{Kind: civic.Resident}, matter.Submission{
		Kind: matter.Request, Category: civic.Category(town.Categories[0]), Text: "the lamp is dark", Lat: &lat, Lon: &lon, Channel: "web",
	})
	if err != nil {
		return matter.State{}, err
	}
	r, err := realm.Do(ctx, task)
	if err != nil {
		return matter.State{}, err
	}
	return r.State.(matter.State), nil
}

// withOwn adds so many forbids on everything that a realm's own can be about.
func withOwn(shipped *power.Set, n int) (*power.Set, error) {
	byRoom := map[string][]string{}
	for _, a := range shipped.Known() {
		room, _, _ := strings.Cut(a, ".")
		if shipped.Ours(a) && room != "powers" {
			byRoom[room] = append(byRoom[room], fmt.Sprintf("Action::%q", a))
		}
	}
	var text strings.Builder
	for i := range n {
		for room, actions := range byRoom {
			fmt.Fprintf(&text, "@id(\"own.%s_%d\") @law(\"l\") @title_en(\"t\") @title_zh(\"t\")\nforbid (principal is Post, action in [%s], resource) when { principal.body == Body::\"none-%d\" };\n",
				room, i, strings.Join(actions, ", "), i)
		}
	}
	return shipped.With([]byte(text.String()))
}

// benchQuestions are what every kind of actor asks of an action, of a thing that it fits.
func benchQuestions(v *clerk.View, action string, m matter.State, now civic.Instant) []power.Question {
	state := any(m)
	id := m.ID
	switch kind := v.House.KindFor(action).Name; kind {
	case "body":
		id = body.ID(m.Lead)
		state, _ = body.CatalogIn(v).Body(m.Lead)
	case "place":
		id = civic.DossierID("place/" + string(m.Place))
		state, _ = place.CatalogIn(v).State(m.Place)
	case "duty":
		id, state = duty.ListID, duty.CatalogIn(v).ListState()
	case "powers":
		id, state = powers.ListID, powers.CatalogIn(v).State()
	case "matter":
	default:
		id, state = "", nil
	}
	actors := []civic.Actor{
		{Kind: civic.Resident}, {Kind: civic.Resident, Person: m.Reporter}, {Kind: civic.Clock}, {Kind: civic.Operator},
	}
	for s := range body.CatalogIn(v).Bodies() {
		for _, p := range s.Posts {
			if len(actors) < 40 && (s.Body == m.Lead || s.Kind == body.Coordinating || len(actors) < 12) {
				actors = append(actors, civic.Actor{Kind: civic.Post, Post: p.Post})
			}
		}
	}
	var out []power.Question
	for _, actor := range actors {
		if q, ok := v.Question(actor, action, id, state, now); ok {
			out = append(out, q)
		}
	}
	return slices.Clip(out)
}
