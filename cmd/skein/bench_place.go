package main

import (
	"fmt"
	"math/rand/v2"
	"time"

	"skein/cmd/skein/load"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/rooms/duty"
	"skein/rooms/matter"
	"skein/rooms/place"
)

// benchPlace asks for the lead body at points of the town, as the intake does.
type benchPlace struct {
	output
	Questions int `default:"500000" help:"How many points."`
}

type placeFigures struct {
	Places    int     `json:"places"`
	Rows      int     `json:"duty_rows"`
	Questions int     `json:"questions"`
	P50       float64 `json:"p50_us"`
	P99       float64 `json:"p99_us"`
	P999      float64 `json:"p999_us"`
}

func (c *benchPlace) Run(g *global) error {
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
	town, v := load.BenchTown(), realm.View()
	rnd := rand.New(rand.NewPCG(5, 8))
	took := make([]time.Duration, 0, c.Questions)
	now := realm.Now()
	for range c.Questions {
		lat, lon := town.Point(rnd)
		category := civic.Category(town.Categories[rnd.IntN(len(town.Categories))])
		began := time.Now()
		places := ground{place.CatalogIn(v)}.Holding(lat, lon)
		r := duties{duty.CatalogIn(v), place.CatalogIn(v)}.Resolve(matter.Question{Category: category, Places: places, At: now})
		took = append(took, time.Since(began))
		if r.Found != matter.FoundOne {
			return fmt.Errorf("nobody answers for %s at %f, %f", category, lat, lon)
		}
	}
	us := func(p float64) float64 { return float64(load.Percentile(took, p).Nanoseconds()) / 1000 }
	f := placeFigures{place.CatalogIn(v).Len(), len(town.Rows), c.Questions, us(0.5), us(0.99), us(0.999)}
	if c.Format == "json" {
		return c.json(f)
	}
	fmt.Printf("%d places, %d duty rows, %d points: p50 %.1f µs, p99 %.1f µs, p99.9 %.1f µs\n", f.Places, f.Rows, f.Questions, f.P50, f.P99, f.P999)
	return nil
}
