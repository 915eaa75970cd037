package face

import (
	"context"
	"net/netip"
	"sync"
	"time"
)

// Guesses counts tries at secrets, so that nobody can guess on and on. Whoever guesses is slowed
// down by where the guesses come from, and the secret as a whole by a looser bound: its
// owner, who comes from elsewhere, is not locked out by somebody who tries her name, nor a
// neighbourhood behind one address by one who lives in it. Counts are this process's own and
// are gone when it stops. The zero value is ready.
type Guesses struct {
	mu    sync.Mutex
	tries map[string]*tries
}

type tries struct {
	left float64
	at   time.Time
}

// Rate is a burst, and one more every so often.
type Rate struct {
	Burst float64
	Every time.Duration
}

// The bounds of guessing at one secret from one network, at one secret from anywhere, and at
// anything from one network.
var (
	perSecretAndPlace = Rate{5, time.Minute}
	perSecret         = Rate{50, 30 * time.Second}
	PerPlace          = Rate{30, 10 * time.Second}
)

// mostTries bounds the memory; beyond it what was not tried lately is forgotten.
const mostTries = 100_000

// Allow takes one try under a name; false where there is none left.
func (g *Guesses) Allow(name string, r Rate, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	b := g.bucket(name, r, now)
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}

// Return gives a try back that turned out to be no guess.
func (g *Guesses) Return(name string, r Rate, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	b := g.bucket(name, r, now)
	b.left = min(r.Burst, b.left+1)
}

// left reports whether a try is left under a name, and takes none.
func (g *Guesses) left(name string, r Rate, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.bucket(name, r, now).left >= 1
}

func (g *Guesses) bucket(name string, r Rate, now time.Time) *tries {
	if g.tries == nil {
		g.tries = map[string]*tries{}
	}
	b := g.tries[name]
	if b == nil {
		if len(g.tries) >= mostTries {
			g.thin(now)
		}
		b = &tries{left: r.Burst, at: now}
		g.tries[name] = b
	}
	b.left = min(r.Burst, b.left+max(0, now.Sub(b.at).Seconds())/r.Every.Seconds())
	b.at = now
	return b
}

func (g *Guesses) thin(now time.Time) {
	for name, b := range g.tries {
		if now.Sub(b.at) > 10*time.Minute {
			delete(g.tries, name)
		}
	}
	for name := range g.tries {
		if len(g.tries) < mostTries/2 {
			break
		}
		delete(g.tries, name)
	}
}

// Place is the network that an address belongs to: a household on IPv6 has a /64.
func Place(ip netip.Addr) string {
	if ip.Is6() && !ip.Is4In6() {
		if p, err := ip.Prefix(64); err == nil {
			return p.String()
		}
	}
	return ip.Unmap().String()
}

// guessNames are what a try counts against. Loopback, the operator's own, is no place to bound as a whole.
func guessNames(secret string, ip netip.Addr) []string {
	from := Place(ip)
	names := []string{"both " + secret + " " + from, "secret " + secret}
	if !ip.IsLoopback() {
		names = append(names, "place "+from)
	}
	return names
}

var guessRates = [3]Rate{perSecretAndPlace, perSecret, PerPlace}

// Try takes a try at a secret from an address before it is judged; false where there is none left.
func (g *Guesses) Try(secret string, ip netip.Addr, now time.Time) bool {
	ok := true
	for i, name := range guessNames(secret, ip) { // each counts, whatever the others say
		ok = g.Allow(name, guessRates[i], now) && ok
	}
	return ok
}

// MayGuess reports whether the reader may still try at a secret that comes with every request of its
// owner, such as a tracking code. Only wrong tries are counted, by WrongGuess, and only those at this
// secret from this network: such a secret is too long to be found from many networks, and
// bounds that others can use up would shut its owner out.
func (s *Site) MayGuess(ctx context.Context, secret string) bool {
	return s.Guesses.left("wrong "+secret+" "+Place(ClientOf(ctx)), perSecretAndPlace, time.Now())
}

// WrongGuess counts a wrong try of the reader's at a secret.
func (s *Site) WrongGuess(ctx context.Context, secret string) {
	s.Guesses.Allow("wrong "+secret+" "+Place(ClientOf(ctx)), perSecretAndPlace, time.Now())
}

// MayAgain takes one of what a network may do so often; false where none is left. It is counted in memory, and kept nowhere. Loopback,
// the operator's own, is not bounded.
func (s *Site) MayAgain(ctx context.Context, what string, r Rate) bool {
	from := ClientOf(ctx)
	return from.IsLoopback() || s.Guesses.Allow(what+" "+Place(from), r, time.Now())
}
