package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"skein/cmd/skein/load"
)

// Figures are told of every door that gives something, once for each way in which it is much used; every page that is asked for is there.
func TestBenchAsksEveryDoor(t *testing.T) {
	slow(t)
	onBothEngines(t, 400, func(c *city) {
		c.tabled()
		ctx := context.Background()
		s, err := sampled(ctx, c.app, c.realm)
		if err != nil {
			c.Fatal(err)
		}
		stop := c.works()
		defer stop()
		address := strings.TrimPrefix(c.url, "http://")
		if err := s.make(ctx, c.app, address); err != nil {
			c.Fatal(err)
		}
		if err := c.site.Seal.CatchUp(ctx); err != nil {
			c.Fatal(err)
		}
		c.tabled()
		doors := map[string]bool{}
		rnd := rand.New(rand.NewPCG(1, 2))
		client := load.NewClient(address)
		defer client.Close()
		for _, p := range s.everyAsked() {
			if doors[p.door] = true; unasked[p.door] != "" {
				c.Errorf("%s is asked for and said not to be", p.door)
			}
			if p.path(rnd) == "" {
				c.Errorf("%s: there is nothing to ask for", p.name)
				continue
			}
			method, _, _ := strings.Cut(p.door, " ")
			r := httptest.NewRequest(method, p.path(rnd), nil)
			if _, pattern := c.site.Mux.Handler(r); pattern != p.door {
				c.Errorf("%s asks %s, which %q answers", p.name, r.URL, pattern)
			}
			for range 3 {
				if _, ok, err := s.ask(client, p, rnd); err != nil || !ok {
					c.Errorf("%s, %s: not there (%v)", p.name, p.path(rnd), err)
					break
				}
			}
		}
		for _, pattern := range c.site.Mux.Patterns() {
			if strings.HasPrefix(pattern, "GET ") && !doors[pattern] && unasked[pattern] == "" {
				c.Errorf("%s is asked for by nobody: say so in everyAsked, or in unasked why not", pattern)
			}
		}
		for pattern := range unasked {
			if !slices.Contains(c.site.Mux.Patterns(), pattern) {
				c.Errorf("unasked names %s, which is no door", pattern)
			}
		}
		if _, _, err := s.there(address, regexp.MustCompile(".")); err != nil || len(s.left) > 0 {
			c.Errorf("left out: %q %v", s.left, err)
		}
	}, settings{signIn: `{"passwords": true}`, basemap: tinyBasemap(t)})
}

// works does what a served realm does of itself, until it is stopped.
func (c *city) works() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		for ctx.Err() == nil {
			if err := errors.Join(c.realm.Tick(ctx, *c.now, false), c.realm.CatchUp(ctx)); err != nil && ctx.Err() == nil {
				c.Error(err)
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
	})
	return func() { cancel(); done.Wait() }
}
