package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"skein/cmd/skein/load"
	"skein/face"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/store"
)

// benchAccess measures what it costs an office that its readings are written down: pages of private matters, read by the post that
// handles them. A post that reads the same again within the minute writes nothing, so the same pages are read with the
// clock standing still and with a minute passing between rounds, one round of each in turn, in one run.
type benchAccess struct {
	output
	engineChoice
	Matters int   `default:"600" help:"How many matters are read a round."`
	Clients []int `default:"64,8" help:"How many read at once: so many that the machine is busy, and so few that they wait for its disk."`
	Rounds  int   `default:"12" help:"Rounds of each kind."`
	Public  int   `default:"0" help:"How many pages everyone reads beside each of the office's: nothing is written down of those."`
}

type accessFigures struct {
	Durable  string      `json:"durable"`
	Public   int         `json:"public_pages_beside_each"`
	Readings int         `json:"readings"`
	Runs     []accessRun `json:"runs"`
}

type accessRun struct {
	Clients  int     `json:"clients"`
	Plain    float64 `json:"unrecorded_per_second"`
	Recorded float64 `json:"recorded_per_second"`
	Ratio    float64 `json:"ratio"`
	CPU      float64 `json:"cpu_ratio"` // processor time of a page, the asking with it, recorded to not recorded
	PlainP50 float64 `json:"unrecorded_p50_ms"`
	P50      float64 `json:"recorded_p50_ms"`
	P99      float64 `json:"recorded_p99_ms"`
}

// benchAnswer keeps what a handler answers.
type benchAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *benchAnswer) Header() http.Header { return a.header }

func (a *benchAnswer) WriteHeader(status int) { a.status = cmp.Or(a.status, status) }

func (a *benchAnswer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}

func (a *benchAnswer) read(status int, into any) error {
	if a.status != status {
		return fmt.Errorf("answered %d, not %d: %.300s", a.status, status, a.body.String())
	}
	return json.Unmarshal(a.body.Bytes(), into)
}

// handClock is a clock that is turned by hand.
type handClock struct{ now atomic.Int64 }

func (c *handClock) Now() civic.Instant { return civic.Instant(c.now.Load()) }

func (c *handClock) pass(d time.Duration) { c.now.Store(int64(c.Now().Add(d))) }

func (c *benchAccess) Run(g *global) error {
	if err := store.Pool(); err != nil {
		return err
	}
	s, err := c.scratch(g.ctx)
	if err != nil {
		return err
	}
	defer s.drop()
	if err := (&benchWorld{s.where}).Run(g); err != nil {
		return err
	}
	f := accessFigures{Public: c.Public}
	if f.Durable, err = durable(g.ctx, s.where); err != nil {
		return err
	}
	a, err := s.open(g.ctx, false)
	if err != nil {
		return err
	}
	defer a.close()
	a.spare()
	clock := &handClock{}
	clock.now.Store(int64(civic.At(time.Now())))
	realm, err := clerk.Open(g.ctx, a.house, a.db, townRealm, clerk.Options{Log: a.log, Still: true, Clock: clock})
	if err != nil {
		return err
	}
	defer realm.Close()
	site, err := a.site(g, realm, server{PublicURL: "http://127.0.0.1"})
	if err != nil {
		return err
	}
	paths, public, key, err := c.fill(g.ctx, site)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	serving := &http.Server{Handler: site.Handler(), ReadHeaderTimeout: time.Minute}
	defer serving.Close()
	go serving.Serve(listener)
	var gets []benchGet
	for _, path := range paths {
		gets = append(gets, benchGet{path, "Authorization: Bearer " + key + "\r\n"})
		for range c.Public {
			gets = append(gets, benchGet{public, ""})
		}
	}
	for _, clients := range c.Clients {
		run, err := c.measure(clients, clock, listener.Addr().String(), gets)
		if err != nil {
			return err
		}
		f.Runs = append(f.Runs, run)
	}
	if err := a.db.R.QueryRowContext(g.ctx, "SELECT count(*) FROM access_readings").Scan(&f.Readings); err != nil {
		return err
	}
	if want := len(c.Clients) * (c.Rounds + 1) * c.Matters; f.Readings != want {
		return fmt.Errorf("%d readings are recorded, not %d", f.Readings, want)
	}
	if c.Format == "json" {
		return c.json(f)
	}
	fmt.Printf("%s, %d public pages beside each of the office's, %d readings\n", f.Durable, f.Public, f.Readings)
	for _, r := range f.Runs {
		fmt.Printf("%3d clients: %5.0f pages a second unrecorded (p50 %.2f ms), %5.0f recorded (p50 %.2f ms, p99 %.2f ms): ratio %.3f, of processor time %.3f\n",
			r.Clients, r.Plain, r.PlainP50, r.Recorded, r.P50, r.P99, r.Ratio, r.CPU)
	}
	return nil
}

// measure reads rounds of both kinds by turns.
func (c *benchAccess) measure(clients int, clock *handClock, address string, gets []benchGet) (accessRun, error) {
	f := accessRun{Clients: clients}
	var plain, recorded []time.Duration
	var plainTook, recordedTook, plainCPU, recordedCPU time.Duration
	for round := range 2*c.Rounds + 2 {
		writes := round%2 == 0
		if writes {
			clock.pass(time.Minute)
		}
		used := load.CPU(os.Getpid())
		times, took, err := c.read(clients, address, gets)
		if err != nil {
			return f, err
		}
		switch {
		case round < 2: // caches fill
		case writes:
			recorded, recordedTook, recordedCPU = append(recorded, times...), recordedTook+took, recordedCPU+load.CPU(os.Getpid())-used
		default:
			plain, plainTook, plainCPU = append(plain, times...), plainTook+took, plainCPU+load.CPU(os.Getpid())-used
		}
	}
	f.Plain, f.Recorded = rate(len(plain), plainTook), rate(len(recorded), recordedTook)
	f.Ratio = math.Round(f.Recorded/f.Plain*1000) / 1000
	f.CPU = math.Round(recordedCPU.Seconds()/plainCPU.Seconds()*1000) / 1000
	f.PlainP50, f.P50, f.P99 = millis(load.Percentile(plain, 0.5)), millis(load.Percentile(recorded, 0.5)), millis(load.Percentile(recorded, 0.99))
	return f, nil
}

func rate(n int, took time.Duration) float64 { return math.Round(float64(n) / took.Seconds()) }

// fill tells private matters that one body answers for and works on, and gives their pages and its key. Each has five acts, three of
// them with a text: the demonstration city's matters have 5.4 acts on average.
func (c *benchAccess) fill(ctx context.Context, site *face.Site) (paths []string, public, key string, err error) {
	town := load.BenchTown()
	post := func(path string, status int, body string, into any) error {
		r, err := http.NewRequestWithContext(ctx, "POST", path, strings.NewReader(body))
		if err != nil {
			return err
		}
		r.Header.Set("Content-Type", "application/json")
		if key != "" {
			r.Header.Set("Authorization", "Bearer "+key)
		}
		r.RemoteAddr = "127.0.0.1:1"
		answer := &benchAnswer{header: http.Header{}}
		site.Handler().ServeHTTP(answer, r)
		return answer.read(status, into)
	}
	for i := range c.Matters + 1 {
		visibility := "private"
		if i == 0 {
			visibility = "public"
		}
		var told struct {
			Number string       `json:"number"`
			Lead   civic.BodyID `json:"lead"`
		}
		body := fmt.Sprintf(`{"category":%q,"lat":%f,"lon":%f,"visibility":%q,"text":"the lamp is dark"}`, town.Categories[0], town.South+0.005, town.West+0.005, visibility)
		office := key
		key = "" // a resident tells it
		if err := post("/api/matters", http.StatusCreated, body, &told); err != nil {
			return nil, "", "", err
		}
		if key = office; key == "" {
			now := site.Realm.Now()
			if key, err = site.Keys.New(ctx, face.Key{Use: "post", Post: civic.PostID(told.Lead + "/handler")}, "", now, now.Add(24*time.Hour)); err != nil {
				return nil, "", "", err
			}
		}
		for _, act := range [][2]string{{"accept", "{}"}, {"ask", `{"text":"Which side of the street is it on?"}`}, {"tell", `{"text":"Somebody comes on Tuesday."}`}} {
			if err := post("/api/matters/"+told.Number+"/"+act[0], http.StatusCreated, act[1], &struct{}{}); err != nil {
				return nil, "", "", err
			}
		}
		if path := "/matters/" + told.Number; i == 0 {
			public = path
		} else {
			paths = append(paths, path)
		}
	}
	return paths, public, key, nil
}

// benchGet is a page and who asks for it.
type benchGet struct{ path, headers string }

// read reads every page once, by all clients together.
func (c *benchAccess) read(clients int, address string, gets []benchGet) ([]time.Duration, time.Duration, error) {
	var next atomic.Int64
	var wg sync.WaitGroup
	times, faults := make([][]time.Duration, clients), make([]error, clients)
	began := time.Now()
	for i := range clients {
		wg.Go(func() {
			client := load.NewClient(address)
			defer client.Close()
			for n := next.Add(1) - 1; n < int64(len(gets)); n = next.Add(1) - 1 {
				from := time.Now()
				status, answer, err := client.Fetch(gets[n].path, gets[n].headers)
				times[i] = append(times[i], time.Since(from))
				if err == nil && (status != http.StatusOK || bytes.Contains(answer, []byte("the lamp is dark")) != (gets[n].headers != "")) {
					err = fmt.Errorf("%s: %d", gets[n].path, status)
				}
				if err != nil {
					faults[i] = err
					return
				}
			}
		})
	}
	wg.Wait()
	for _, err := range faults {
		if err != nil {
			return nil, 0, err
		}
	}
	return slices.Concat(times...), time.Since(began), nil
}
