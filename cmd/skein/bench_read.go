package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"os"
	"regexp"
	"slices"
	"sync"
	"time"

	"skein/cmd/skein/load"
)

// benchRead reads pages of the demonstration city at a fixed pace while reports come in.
type benchRead struct {
	output
	reading
	Data    string `required:"" type:"path" placeholder:"DIR" help:"A filled demonstration (see skein demo); reports are added to it."`
	Reports int    `default:"100" help:"Reports a second that come in."`
}

// reading is how pages are read; bench read and bench million have it in common, as they have the list of pages.
type reading struct {
	Database string  `placeholder:"postgres://…" help:"The database, if it is not DIR/skein.db."`
	Readers  int     `default:"8" help:"How many read at once."`
	Rate     int     `default:"20" help:"Requests a second of each."`
	Seconds  int     `default:"20" help:"How long to measure; every page is asked for some hundred times in 120 s."`
	Only     string  `placeholder:"REGEXP" help:"Only pages whose name fits."`
	Each     bool    `default:"true" negatable:"" help:"Also each page by itself: what processor time it takes, and how long the tables take that are given away whole."`
	Above    float64 `placeholder:"MS" help:"Print only pages whose p99 is above."`

	ServerProfile string `hidden:"" help:"Profile the server into this file."`
	Unsettled     bool   `hidden:"" help:"Begin at once, while followers tally what is there."`
}

type pageFigures struct {
	Requests int     `json:"requests"`
	Failed   int     `json:"failed"`
	Bytes    int     `json:"bytes"` // of a typical answer, packed
	P50      float64 `json:"p50_ms"`
	P99      float64 `json:"p99_ms"`
	Worst    float64 `json:"worst_ms"`
	CPU      float64 `json:"cpu_ms,omitempty"` // of the server, when it is asked for by itself

	// Of a table that is given away whole.
	First  float64 `json:"first_byte_ms,omitempty"`
	Whole  float64 `json:"whole_seconds,omitempty"`
	Memory float64 `json:"memory_mb,omitempty"` // by which the server grew at most meanwhile
}

type readFigures struct {
	Matters  int                     `json:"matters"`
	Pages    map[string]*pageFigures `json:"pages"`
	Left     []string                `json:"left_out,omitempty"`
	Reports  int                     `json:"reports"`
	Wanted   int                     `json:"reports_wanted"`
	P99      float64                 `json:"report_p99_ms"`
	CPU      float64                 `json:"server_cpu_seconds_per_second"`
	Resident float64                 `json:"server_resident_mb"`
}

func (c *benchRead) Run(g *global) error {
	return c.reading.run(g, c.output, where{Data: c.Data, Database: c.Database}, c.Reports)
}

// run serves a realm and asks for its pages.
func (c *reading) run(g *global, out output, w where, reports int) error {
	only, err := regexp.Compile(c.Only)
	if err != nil {
		return misuseError{err}
	}
	a, err := w.open(g.ctx, false)
	if err != nil {
		return err
	}
	defer a.close()
	realm, err := a.realm(g.ctx, true)
	if err != nil {
		return err
	}
	s, err := sampled(g.ctx, a, realm)
	realm.Close()
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	args := []string{"serve", "--data", w.Data}
	if w.Database != "" {
		args = append(args, "--database", w.Database)
	}
	if c.ServerProfile != "" {
		args = append([]string{"--cpu-profile", c.ServerProfile}, args...)
	}
	server, err := load.Start(g.ctx, "", self, args...)
	if err != nil {
		return err
	}
	defer server.Kill()
	if err := awake(g.ctx, server.Address); err != nil {
		return err
	}
	if !c.Unsettled {
		if err := settled(g.ctx, server.Pid()); err != nil {
			return err
		}
	}
	if err := s.make(g.ctx, a, server.Address); err != nil {
		return err
	}
	f := readFigures{Matters: s.matters, Pages: map[string]*pageFigures{}, Wanted: reports * c.Seconds}
	pages, wholes, err := s.there(server.Address, only)
	if err != nil {
		return err
	}
	f.Left = s.left
	if len(pages) > 0 && c.Seconds > 0 {
		if err := c.together(g.ctx, server, s, pages, reports, &f); err != nil {
			return err
		}
	}
	if c.Each {
		if err := c.alone(server, s, pages, wholes, &f); err != nil {
			return err
		}
	}
	if err := server.Stop(); err != nil {
		return err
	}
	if out.Format == "json" {
		return out.json(f)
	}
	c.print(f)
	return nil
}

// together lets everyone read at the pace while reports come in.
func (c *reading) together(ctx context.Context, server *load.Child, s *realmSample, pages []pageAsked, reports int, f *readFigures) error {
	ctx, stop := context.WithTimeout(ctx, warmUp+time.Duration(c.Seconds)*time.Second)
	defer stop()
	var wg sync.WaitGroup
	var fault error
	writers := &load.Run{
		Addresses: []string{server.Address}, Clients: 10,
		Make: func(client int) func() []byte { return s.reports(uint64(client)) },
	}
	if reports > 0 {
		writers.Pace = 10 * time.Second / time.Duration(reports)
		wg.Go(func() { fault = writers.Do(ctx) })
	}
	r := &readers{sample: s, pages: pages, address: server.Address, from: time.Now().Add(warmUp), took: map[string][]time.Duration{}, out: f.Pages}
	for i := range c.Readers {
		wg.Go(func() { r.read(ctx, uint64(i), time.Second/time.Duration(c.Rate)) })
	}
	time.Sleep(time.Until(r.from))
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
		took := r.took[name]
		p.P50, p.P99, p.Worst = millis(load.Percentile(took, 0.5)), millis(load.Percentile(took, 0.99)), millis(load.Percentile(took, 1))
	}
	return nil
}

// alone asks for each page some times with nothing beside it: what processor time it takes is a figure that other programs disturb least.
func (c *reading) alone(server *load.Child, s *realmSample, pages, wholes []pageAsked, f *readFigures) error {
	const times = 20
	client, rnd := load.NewClient(server.Address), rand.New(rand.NewPCG(3, 3))
	defer client.Close()
	for _, p := range pages {
		before := load.CPU(server.Pid())
		for range times {
			if _, _, err := s.ask(client, p, rnd); err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
		}
		if f.Pages[p.name] == nil {
			f.Pages[p.name] = &pageFigures{}
		}
		f.Pages[p.name].CPU = millis((load.CPU(server.Pid()) - before) / times)
	}
	for _, p := range wholes {
		figures, err := whole(server, p.path(rnd))
		if err != nil {
			f.Left = append(f.Left, fmt.Sprintf("%s after %.1f s: %v", p.name, figures.Whole, err))
			continue
		}
		f.Pages[p.name] = figures
	}
	return nil
}

// whole reads a table that is given away whole.
func whole(server *load.Child, path string) (*pageFigures, error) {
	before, cpu, most, done := load.Resident(server.Pid()), load.CPU(server.Pid()), int64(0), make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		for {
			most = max(most, load.Resident(server.Pid()))
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
	began := time.Now()
	client := load.NewClient(server.Address)
	client.Patience = time.Hour
	defer client.Close()
	status, n, first, err := client.Whole(path)
	took := time.Since(began)
	close(done)
	watching.Wait()
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("it answers %d", status)
	}
	return &pageFigures{
		Requests: 1, Bytes: int(n), First: millis(first), Whole: math.Round(took.Seconds()*10) / 10, CPU: millis(load.CPU(server.Pid()) - cpu),
		Memory: math.Round(float64(max(0, most-before)) / 1e6),
	}, err
}

func (c *reading) print(f readFigures) {
	fmt.Printf("%d matters; %d readers at %d requests a second; %d of %d reports came in, p99 %.1f ms; %.2f cores, %.0f MB\n",
		f.Matters, c.Readers, c.Rate, f.Reports, f.Wanted, f.P99, f.CPU, f.Resident)
	names := make([]string, 0, len(f.Pages))
	for name := range f.Pages {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		switch p := f.Pages[name]; {
		case p.Whole > 0:
			fmt.Printf("%-40s first byte %6.1f ms, whole %6.1f s, %.0f MB more memory, %d bytes, CPU %.1f s\n", name, p.First, p.Whole, p.Memory, p.Bytes, p.CPU/1000)
		case p.P99 >= c.Above || p.Failed > 0:
			fmt.Printf("%-40s p50 %7.2f ms  p99 %7.2f ms  worst %8.2f ms  CPU %6.1f ms  %5d requests, %d failed, %d bytes\n",
				name, p.P50, p.P99, p.Worst, p.CPU, p.Requests, p.Failed, p.Bytes)
		}
	}
	for _, why := range f.Left {
		fmt.Println("left out:", why)
	}
}

func millis(d time.Duration) float64 { return math.Round(d.Seconds()*1e5) / 100 }

// readers are those who read at once.
type readers struct {
	sample  *realmSample
	pages   []pageAsked
	address string
	from    time.Time // what is asked before warms up

	mu   sync.Mutex
	took map[string][]time.Duration
	out  map[string]*pageFigures
}

// read asks for one page after another at the pace, whenever the last came.
func (r *readers) read(ctx context.Context, seed uint64, pace time.Duration) {
	rnd := rand.New(rand.NewPCG(seed, 17))
	client := load.NewClient(r.address)
	defer client.Close()
	time.Sleep(time.Duration(rnd.Int64N(int64(pace)))) // before the beat begins: they do not ask in step
	beat := time.NewTicker(pace)
	defer beat.Stop()
	for i := int(seed) * len(r.pages) / 8; ; i++ {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		}
		p := r.pages[i%len(r.pages)]
		began := time.Now()
		n, ok, err := r.sample.ask(client, p, rnd)
		d := time.Since(began)
		if began.Before(r.from) {
			continue
		}
		r.mu.Lock()
		if r.out[p.name] == nil {
			r.out[p.name] = &pageFigures{}
		}
		r.out[p.name].Requests++
		r.out[p.name].Bytes = n
		if err != nil || !ok {
			r.out[p.name].Failed++
		}
		r.took[p.name] = append(r.took[p.name], d)
		r.mu.Unlock()
	}
}

// ask asks for a page once; ok says that it came.
func (s *realmSample) ask(client *load.Client, p pageAsked, rnd *rand.Rand) (bytes int, ok bool, err error) {
	var status int
	var answer []byte
	if p.form != nil {
		status, answer, err = client.Form(p.path(rnd), s.headers(p.as), p.form(rnd).Encode())
	} else {
		status, answer, err = client.Fetch(p.path(rnd), s.headers(p.as))
	}
	return len(answer), status == http.StatusOK || p.form != nil && status == http.StatusSeeOther, err
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

// settled waits until the server has nothing of its own to do: its followers have tallied, and its log is sealed.
func settled(ctx context.Context, pid int) error {
	const stretch = 10 * time.Second
	for until := time.Now().Add(30 * time.Minute); time.Now().Before(until); {
		before := load.CPU(pid)
		select {
		case <-time.After(stretch):
		case <-ctx.Done():
			return ctx.Err()
		}
		if load.CPU(pid)-before < stretch/20 {
			return nil
		}
	}
	return errors.New("the server does not come to rest")
}

// there sorts out what can be asked for: pages, and tables that are given away whole. What this realm does not have is left out, and told.
func (s *realmSample) there(address string, only *regexp.Regexp) (pages, wholes []pageAsked, err error) {
	client := load.NewClient(address)
	defer client.Close()
	rnd := rand.New(rand.NewPCG(1, 1))
	for _, p := range s.everyAsked() {
		switch {
		case !only.MatchString(p.name):
			continue
		case p.path(rnd) == "" || p.as == asOfficer && s.session == "":
			s.left = append(s.left, p.name+": there is nothing to ask for")
			continue
		case p.whole:
			wholes = append(wholes, p)
			continue
		}
		_, ok, err := s.ask(client, p, rnd)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", p.name, err)
		}
		if !ok {
			s.left = append(s.left, p.name+": is not there")
			continue
		}
		pages = append(pages, p)
	}
	if len(pages)+len(wholes) == 0 {
		return nil, nil, errors.New("there is no page to read")
	}
	return pages, wholes, nil
}
