package signin

import (
	"net/netip"
	"sync"
	"time"
)

// limits counts wrong tries, so that nobody can guess on and on. Who guesses at an account is
// slowed down by where the guesses come from, and the account as a whole by a looser bound: its
// owner, who comes from elsewhere, is not locked out by somebody who tries her name. Counts
// are this process's own and are gone when it stops; codes and invitations count in their rows.
type limits struct {
	mu    sync.Mutex
	tries map[string]*bucket
}

type bucket struct {
	left float64
	at   time.Time
}

// rate is a burst, and one more every so often.
type rate struct {
	burst float64
	every time.Duration
}

var (
	perAccountAndPlace = rate{5, time.Minute}
	perAccount         = rate{50, 30 * time.Second}
	perPlace           = rate{30, 10 * time.Second}
	perAddress         = rate{3, 5 * time.Minute} // codes sent to it
)

// mostBuckets bounds the memory; beyond it the oldest half is forgotten.
const mostBuckets = 100_000

// allow takes one try under a name; false where there is none left.
func (l *limits) allow(name string, r rate, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.tries == nil {
		l.tries = map[string]*bucket{}
	}
	b := l.tries[name]
	if b == nil {
		if len(l.tries) >= mostBuckets {
			l.thin(now)
		}
		b = &bucket{left: r.burst, at: now}
		l.tries[name] = b
	}
	b.left = min(r.burst, b.left+now.Sub(b.at).Seconds()/r.every.Seconds())
	b.at = now
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}

func (l *limits) thin(now time.Time) {
	for name, b := range l.tries {
		if now.Sub(b.at) > 10*time.Minute {
			delete(l.tries, name)
		}
	}
	for name := range l.tries {
		if len(l.tries) < mostBuckets/2 {
			break
		}
		delete(l.tries, name)
	}
}

// place is the network an address belongs to: a household on IPv6 has a /64.
func place(ip netip.Addr) string {
	if ip.Is6() && !ip.Is4In6() {
		if p, err := ip.Prefix(64); err == nil {
			return p.String()
		}
	}
	return ip.Unmap().String()
}

// guess allows a try at proving an account, from a place.
func (l *limits) guess(account string, ip netip.Addr, now time.Time) bool {
	from := place(ip)
	// All are asked, so that each counts.
	a := l.allow("both "+account+" "+from, perAccountAndPlace, now)
	b := l.allow("account "+account, perAccount, now)
	c := l.allow("place "+from, perPlace, now)
	return a && b && c
}
