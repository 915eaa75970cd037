package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"skein/cmd/skein/load"
	"skein/rooms/matter"
)

// benchRead reads pages of the demonstration city at a fixed pace while reports come in.
type benchRead struct {
	output
	Data    string `required:"" type:"path" placeholder:"DIR" help:"A filled demonstration (see skein demo); reports are added to it."`
	Readers int    `default:"8" help:"How many read at once."`
	Rate    int    `default:"20" help:"Requests a second of each."`
	Reports int    `default:"100" help:"Reports a second that come in."`
	Seconds int    `default:"20" help:"How long to measure."`

	ServerProfile string `hidden:"" help:"Profile the server into this file."`
}

type pageFigures struct {
	Requests int     `json:"requests"`
	Failed   int     `json:"failed"`
	Bytes    int     `json:"bytes"` // of a typical answer
	P50      float64 `json:"p50_ms"`
	P99      float64 `json:"p99_ms"`
}

type readFigures struct {
	Matters  int                     `json:"matters"`
	Pages    map[string]*pageFigures `json:"pages"`
	Reports  int                     `json:"reports"`
	Wanted   int                     `json:"reports_wanted"`
	P99      float64                 `json:"report_p99_ms"`
	CPU      float64                 `json:"server_cpu_seconds_per_second"`
	Resident float64                 `json:"server_resident_mb"`
}

// page makes the addresses of one kind of page.
type page struct {
	name string
	path func(*rand.Rand) string
}

func (c *benchRead) Run(g *global) error {
	w := where{Data: c.Data}
	a, err := w.open(g.ctx, false)
	if err != nil {
		return err
	}
	defer a.close()
	s, err := c.sample(g.ctx, a)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	args := []string{"serve", "--data", c.Data}
	if c.ServerProfile != "" {
		args = append([]string{"--cpu-profile", c.ServerProfile}, args...)
	}
	server, err := load.Start(g.ctx, "", self, args...)
	if err != nil {
		return err
	}
	defer server.Kill()
	f := readFigures{Matters: s.matters, Pages: map[string]*pageFigures{}, Wanted: c.Reports * c.Seconds}
	if err := awake(g.ctx, server.Address); err != nil {
		return err
	}
	pages, err := there(server.Address, s.pages())
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(g.ctx, warmUp+time.Duration(c.Seconds)*time.Second)
	defer stop()
	writers := &load.Run{
		Addresses: []string{server.Address}, Clients: 10, Pace: 10 * time.Second / time.Duration(c.Reports),
		Make: func(client int) func() []byte { return s.reports(uint64(client)) },
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	var fault error
	took := map[string][]time.Duration{}
	wg.Go(func() { fault = writers.Do(ctx) })
	from := time.Now().Add(warmUp)
	for i := range c.Readers {
		wg.Go(func() { c.read(ctx, server.Address, uint64(i), from, pages, &mu, took, f.Pages) })
	}
	time.Sleep(time.Until(from))
	writers.Measure()
	cpu := load.CPU(server.Pid())
	wg.Wait()
	if fault != nil {
		return fault
	}
	_, times := writers.Acked()
	f.Reports, f.P99 = len(times), millis(load.Percentile(times, 0.99))
	f.CPU = math.Round((load.CPU(server.Pid())-cpu).Seconds()/float64(c.Seconds)*1000) / 1000
	f.Resident = math.Round(float64(load.Resident(server.Pid())) / 1e6)
	for name, p := range f.Pages {
		p.P50, p.P99 = millis(load.Percentile(took[name], 0.5)), millis(load.Percentile(took[name], 0.99))
	}
	if err := server.Stop(); err != nil {
		return err
	}
	if c.Format == "json" {
		return c.json(f)
	}
	fmt.Printf("%d matters; %d readers at %d requests a second; %d of %d reports came in, p99 %.1f ms; %.2f cores, %.0f MB\n",
		f.Matters, c.Readers, c.Rate, f.Reports, f.Wanted, f.P99, f.CPU, f.Resident)
	names := make([]string, 0, len(f.Pages))
	for name := range f.Pages {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		p := f.Pages[name]
		fmt.Printf("%-28s p50 %6.2f ms  p99 %6.2f ms  %5d requests, %d failed, %d bytes\n", name, p.P50, p.P99, p.Requests, p.Failed, p.Bytes)
	}
	return nil
}

func millis(d time.Duration) float64 { return math.Round(d.Seconds()*1e5) / 100 }

// read asks for one page after another at the pace, whenever the last came.
func (c *benchRead) read(ctx context.Context, address string, seed uint64, from time.Time, pages []page, mu *sync.Mutex,
	took map[string][]time.Duration, out map[string]*pageFigures) {
	rnd := rand.New(rand.NewPCG(seed, 17))
	client := load.NewClient(address)
	defer client.Close()
	beat := time.NewTicker(time.Second / time.Duration(c.Rate))
	defer beat.Stop()
	time.Sleep(time.Duration(rnd.Int64N(int64(time.Second) / int64(c.Rate))))
	for i := int(seed); ; i++ {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		}
		p := pages[i%len(pages)]
		began := time.Now()
		status, answer, err := client.Get(p.path(rnd))
		d := time.Since(began)
		if began.Before(from) {
			continue
		}
		mu.Lock()
		if out[p.name] == nil {
			out[p.name] = &pageFigures{}
		}
		out[p.name].Requests++
		out[p.name].Bytes = len(answer)
		if err != nil || status != 200 {
			out[p.name].Failed++
		}
		took[p.name] = append(took[p.name], d)
		mu.Unlock()
	}
}

// awake waits for the first page, which a large realm reads its roll for.
func awake(ctx context.Context, address string) error {
	for until := time.Now().Add(5 * time.Minute); ; {
		client := load.NewClient(address)
		_, _, err := client.Get("/")
		client.Close()
		if err == nil || time.Now().After(until) || ctx.Err() != nil {
			return err
		}
	}
}

// there leaves out the pages that this release does not have.
func there(address string, pages []page) ([]page, error) {
	client := load.NewClient(address)
	defer client.Close()
	rnd := rand.New(rand.NewPCG(1, 1))
	var out []page
	for _, p := range pages {
		status, answer, err := client.Get(p.path(rnd))
		switch {
		case err != nil:
			return nil, err
		case status == 200:
			out = append(out, p)
		case status != 404:
			return nil, fmt.Errorf("%s: %d %.300s", p.name, status, answer)
		}
	}
	if len(out) == 0 {
		return nil, errors.New("there is no page to read")
	}
	return out, nil
}

// realmSample is what is needed to ask for pages and to report in a realm that is there.
type realmSample struct {
	matters                   int
	numbers                   []string
	categories, places, leads []string
	points                    [][2]float64
	reported                  []time.Time
}

func (c *benchRead) sample(ctx context.Context, a *app) (*realmSample, error) {
	id, err := a.only(ctx)
	if err != nil {
		return nil, err
	}
	s := &realmSample{}
	rows, err := a.db.R.QueryContext(ctx, "SELECT number, category, place, lead, lat_e6, lon_e6, reported FROM matters "+
		"WHERE realm = $1 AND visibility = 'public' AND lat_e6 IS NOT NULL ORDER BY number", string(id))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var number matter.Number
		var category, place, lead string
		var lat, lon, reported int64
		if err := rows.Scan(&number, &category, &place, &lead, &lat, &lon, &reported); err != nil {
			return nil, err
		}
		s.matters++
		if s.matters%20 != 1 || category == "" || lead == "" {
			continue
		}
		s.numbers = append(s.numbers, number.String())
		s.categories, s.places, s.leads = append(s.categories, category), append(s.places, place), append(s.leads, lead)
		s.points = append(s.points, [2]float64{float64(lat) / 1e6, float64(lon) / 1e6})
		s.reported = append(s.reported, time.UnixMicro(reported).UTC())
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if len(s.numbers) == 0 {
		return nil, errors.New("there are no matters to read")
	}
	return s, nil
}

func (s *realmSample) pages() []page {
	pick := func(of []string) func(*rand.Rand) string {
		return func(r *rand.Rand) string { return url.QueryEscape(of[r.IntN(len(of))]) }
	}
	number, category, place, lead := pick(s.numbers), pick(s.categories), pick(s.places), pick(s.leads)
	at := func(format string, of func(*rand.Rand) string) func(*rand.Rand) string {
		return func(r *rand.Rand) string { return strings.ReplaceAll(format, "%", of(r)) }
	}
	all := func(*rand.Rand) string { return "" }
	return []page{
		{"api list", at("/api/matters", all)},
		{"api list of a category", at("/api/matters?category=%", category)},
		{"api list of a place", at("/api/matters?place=%", place)},
		{"api list of a lead, late", at("/api/matters?late=true&lead=%", lead)},
		{"api one matter", at("/api/matters/%", number)},
		{"api story", at("/api/matters/%/story", number)},
		{"open311 requests", at("/open311/v2/requests.json", all)},
		{"open311 requests of a service", at("/open311/v2/requests.json?service_code=%", category)},
		{"open311 requests of a month", func(r *rand.Rand) string {
			from := s.reported[r.IntN(len(s.reported))]
			return "/open311/v2/requests.json?start_date=" + from.Format(time.RFC3339) + "&end_date=" + from.AddDate(0, 1, 0).Format(time.RFC3339)
		}},
		{"open311 one request", at("/open311/v2/requests/%.json", number)},
		{"page front", at("/", all)},
		{"page list", at("/matters", all)},
		{"page one matter", at("/matters/%", number)},
	}
}

// reports makes reports at places where others were made.
func (s *realmSample) reports(seed uint64) func() []byte {
	rnd := rand.New(rand.NewPCG(seed, 29))
	return func() []byte {
		i, j := rnd.IntN(len(s.points)), rnd.IntN(len(s.categories))
		return fmt.Appendf(nil, `{"category":%q,"lat":%.6f,"lon":%.6f,"channel":"web","text":%q}`,
			s.categories[j], s.points[i][0], s.points[i][1], strings.Repeat("the lamp at the corner is dark, ", 6))
	}
}
