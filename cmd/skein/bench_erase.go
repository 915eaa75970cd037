package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"skein/cmd/skein/load"
	"skein/face"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/store"
	"skein/frame/vault/photo"
	"skein/rooms/matter"
	"skein/rooms/place"
)

// benchErase erases one person who told many matters, among those of others, by what the page of her account does:
// each matter is asked of the powers, decided, and an act of its own.
type benchErase struct {
	engineChoice
	output
	Matters int `default:"1000" help:"How many matters she told, each with a contact, words and a photo."`
	Among   int `default:"20000" help:"How many others told."`
}

type eraseFigures struct {
	Engine   string  `json:"engine"`
	Sync     string  `json:"sync"`
	Matters  int     `json:"matters"`
	Among    int     `json:"among"`
	Seconds  float64 `json:"seconds"`     // until the last commit: from then on nothing can be opened
	CPU      float64 `json:"cpu_seconds"` // of that
	Postgres float64 `json:"postgres_cpu_seconds,omitempty"`
	Clean    float64 `json:"clean_seconds"` // attachments and older copies of rows, after the commits
}

func (c *benchErase) Run(g *global) error {
	ctx := g.ctx
	s, err := c.scratch(ctx)
	if err != nil {
		return err
	}
	defer s.drop()
	if err := (&benchWorld{s.where}).Run(g); err != nil {
		return err
	}
	f := eraseFigures{Engine: c.Engine, Matters: c.Matters, Among: c.Among}
	if f.Sync, err = durable(ctx, s.where); err != nil {
		return err
	}
	all, err := c.tell(ctx, s.where)
	if err != nil {
		return err
	}
	a, err := s.open(ctx, false) // anew, so that nothing of it is in memory
	if err != nil {
		return err
	}
	defer a.close()
	realm, err := clerk.Open(ctx, a.house, a.db, townRealm, clerk.Options{Still: true, Log: a.log})
	if err != nil {
		return err
	}
	defer realm.Close()
	pg, err := postmaster(ctx, s.Database)
	if err != nil {
		return err
	}
	api := &matter.API{Site: &face.Site{Realm: realm, Vault: a.vault}, Ports: a.ports}
	cpu, pgCPU, began := load.OwnCPU(), load.FamilyCPU(pg), time.Now()
	done, err := api.EraseAll(ctx, all)
	if err != nil {
		return err
	}
	f.Seconds, f.CPU = time.Since(began).Seconds(), (load.OwnCPU() - cpu).Seconds()
	if pg != 0 {
		f.Postgres = (load.FamilyCPU(pg) - pgCPU).Seconds()
	}
	for _, e := range done {
		if e.Err != nil || e.Until != 0 {
			return fmt.Errorf("%s was not erased: %w", e.Dossier, errors.Join(e.Err))
		}
	}
	began = time.Now()
	boxes, err := a.vault.Clean(ctx, townRealm)
	if err != nil {
		return err
	}
	if boxes != len(all) {
		return fmt.Errorf("of %d boxes %d were erased", len(all), boxes)
	}
	f.Clean = time.Since(began).Seconds()
	if c.Format == "json" {
		return c.json(f)
	}
	fmt.Printf("%s (%s): %d matters of one person erased among %d others' in %.3f s, %.3f CPU-s", f.Engine, f.Sync, f.Matters, f.Among, f.Seconds, f.CPU)
	if c.Engine == string(store.Postgres) {
		fmt.Printf(", PostgreSQL %.3f", f.Postgres)
	}
	fmt.Printf("; cleaned up after them in %.3f s\n", f.Clean)
	return nil
}

// tell reports all matters, hers evenly among the others', and says which are hers.
func (c *benchErase) tell(ctx context.Context, w where) ([]face.Told, error) {
	a, err := w.open(ctx, false)
	if err != nil {
		return nil, err
	}
	defer a.close()
	realm, err := clerk.Open(ctx, a.house, a.db, townRealm, clerk.Options{Still: true, Log: a.log})
	if err != nil {
		return nil, err
	}
	defer realm.Close()
	town, rnd := load.BenchTown(), rand.New(rand.NewPCG(7, 7))
	in := matter.Intake{Vault: a.vault, Ground: func(v *clerk.View) matter.Ground { return ground{place.CatalogIn(v)} }}
	picture := make([]byte, 40_000)
	for i := range picture {
		picture[i] = byte(rnd.Uint32())
	}
	var hers []face.Told
	var tasks []clerk.Task
	var mine []bool
	flush := func() error {
		for i, r := range realm.DoAll(ctx, tasks, false) {
			if r.Err != nil {
				return r.Err
			}
			if mine[i] {
				hers = append(hers, face.Told{Dossier: r.Receipt.Dossier, Person: r.Receipt.State.(matter.State).Reporter})
			}
		}
		tasks, mine = tasks[:0], mine[:0]
		return nil
	}
	every := max(1, (c.Matters+c.Among)/max(c.Matters, 1))
	for i := range c.Matters + c.Among {
		is := len(hers)+marked(mine) < c.Matters && (i%every == 0 || c.Matters-len(hers)-marked(mine) >= c.Matters+c.Among-i)
		lat, lon := town.Point(rnd)
		s := matter.Submission{
			Kind: matter.Request, Category: civic.Category(town.Categories[rnd.IntN(len(town.Categories))]), Lat: &lat, Lon: &lon, Channel: "web",
			Text: "The lamp before the house has been dark since Monday, and the stairs behind it cannot be seen at night.", Anonymous: true,
		}
		if is {
			s.Contact = matter.Contact{Email: "ann@example.org"}
			s.Photos = []photo.Photo{{JPEG: picture, Media: "image/jpeg", W: 640, H: 480}}
		}
		t, _, err := in.Report(ctx, realm.View(), civic.Actor{Kind: civic.Resident}, s)
		if err != nil {
			return nil, err
		}
		tasks, mine = append(tasks, t), append(mine, is)
		if len(tasks) == 500 {
			if err := flush(); err != nil {
				return nil, err
			}
			fmt.Fprintf(os.Stderr, "\r%d matters told", i+1)
		}
	}
	fmt.Fprintln(os.Stderr)
	err = flush()
	return hers, err
}

func marked(all []bool) (n int) {
	for _, is := range all {
		if is {
			n++
		}
	}
	return n
}
