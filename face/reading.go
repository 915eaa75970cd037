package face

import (
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// Reading bounds the server's time that readers of one network take, so that nobody takes all of it
// by asking for what is costly: At is what they may use at once, Share what part of an hour in the long
// run. What somebody's slow connection takes is not counted. An At of 0 is no bound.
type Reading struct {
	At    time.Duration
	Share float64

	mu       sync.Mutex
	networks map[string]*tries // what is left, in seconds
}

// deposit is taken when a request begins and given back when its cost is known, so that many costly
// ones that begin together do not all find the same time left.
const deposit = time.Second

// begin takes the deposit of a request; false where no time is left. end, unless nil, is to be told what it cost.
func (g *Reading) begin(ip netip.Addr, now time.Time) (end func(cost time.Duration, now time.Time), ok bool) {
	if g.At <= 0 || !ip.IsValid() || ip.IsLoopback() { // loopback is the operator's own
		return nil, true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	name := Place(ip)
	b := g.networks[name]
	if b == nil {
		if len(g.networks) >= mostTries {
			g.thin(now)
		}
		if g.networks == nil {
			g.networks = map[string]*tries{}
		}
		b = &tries{left: g.At.Seconds(), at: now}
		g.networks[name] = b
	}
	g.refill(b, now)
	if b.left < min(deposit, g.At).Seconds() {
		return nil, false
	}
	b.left -= deposit.Seconds()
	return func(cost time.Duration, now time.Time) {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.refill(b, now)
		b.left = min(g.At.Seconds(), b.left+(deposit-cost).Seconds())
	}, true
}

func (g *Reading) refill(b *tries, now time.Time) {
	b.left = min(g.At.Seconds(), b.left+max(0, now.Sub(b.at).Seconds())*g.Share)
	b.at = now
}

// thin forgets networks that have all of their time again, and if need be others.
func (g *Reading) thin(now time.Time) {
	for name, b := range g.networks {
		if g.refill(b, now); b.left >= g.At.Seconds() || len(g.networks) > mostTries {
			delete(g.networks, name)
		}
	}
	for name := range g.networks {
		if len(g.networks) < mostTries/2 {
			break
		}
		delete(g.networks, name)
	}
}

// reads reports whether a request changes nothing.
func reads(r *http.Request) bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead
}
