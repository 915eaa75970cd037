package face

import (
	"fmt"
	"net/netip"
	"testing"
	"time"
)

func TestReading(t *testing.T) {
	g := Reading{At: 10 * time.Second, Share: 0.25}
	now := time.Unix(1_700_000_000, 0)
	here, there := netip.MustParseAddr("203.0.113.7"), netip.MustParseAddr("198.51.100.1")
	read := func(ip netip.Addr, cost time.Duration) bool {
		end, ok := g.begin(ip, now)
		if ok {
			end(cost, now)
		}
		return ok
	}
	pages := 0
	for pages < 100_000 && read(here, 2*time.Millisecond) {
		pages++
	}
	if pages < 4500 || pages > 5000 { // ten seconds of pages, less what the next must find
		t.Errorf("%d pages in a moment", pages)
	}
	if !read(there, time.Millisecond) {
		t.Error("another network pays for it")
	}
	if now = now.Add(4 * time.Second); !read(here, 30*time.Second) || read(here, 0) {
		t.Error("four seconds give one; an export that costs thirty goes through, and is paid for afterwards")
	}
	if now = now.Add(80 * time.Second); read(here, 0) {
		t.Error("thirty seconds were paid back in twenty")
	}
	if now = now.Add(100 * time.Second); !read(here, 0) {
		t.Error("it is never paid back")
	}

	// Many that begin together find no more than there is.
	crowd := 0
	for i := range 100 {
		if _, ok := g.begin(netip.MustParseAddr(fmt.Sprintf("2001:db8:1:1::%x", i+1)), now); ok {
			crowd++
		}
	}
	if crowd != 10 {
		t.Errorf("%d began at once", crowd)
	}
	for range 1000 {
		if end, ok := g.begin(netip.MustParseAddr("::1"), now); !ok || end != nil {
			t.Fatal("loopback is bounded")
		}
	}
	for i := range mostTries + 10 {
		g.begin(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), now)
	}
	if len(g.networks) > mostTries {
		t.Errorf("%d networks are remembered", len(g.networks))
	}
}

func BenchmarkReading(b *testing.B) {
	g := Reading{At: time.Hour, Share: 0.25}
	ip := netip.MustParseAddr("203.0.113.7")
	b.ReportAllocs()
	for b.Loop() {
		now := time.Now()
		end, _ := g.begin(ip, now)
		end(time.Microsecond, now)
	}
}
