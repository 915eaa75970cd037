package face

import (
	"fmt"
	"net/netip"
	"testing"
	"time"
)

func TestGuesses(t *testing.T) {
	var l Guesses
	now := time.Unix(1_700_000_000, 0)
	here, there := netip.MustParseAddr("203.0.113.7"), netip.MustParseAddr("198.51.100.1")
	allowed := 0
	for range 20 {
		if l.Try("ann", here, now) {
			allowed++
		}
	}
	if allowed != 5 {
		t.Errorf("%d guesses from one place", allowed)
	}
	if !l.Try("ann", there, now) {
		t.Error("her owner is locked out by somebody elsewhere")
	}
	if !l.Try("ann", here, now.Add(time.Minute)) {
		t.Error("a minute gives no new try")
	}
	// A whole /64 is one household, and many of them are still bounded at one account.
	allowed = 0
	for i := range 200 {
		if l.Try("bob", netip.MustParseAddr(fmt.Sprintf("2001:db8:1:1::%x", i+1)), now) {
			allowed++
		}
	}
	if allowed != 5 {
		t.Errorf("%d guesses from one /64", allowed)
	}
	allowed = 0
	for i := range 200 {
		if l.Try("cid", netip.MustParseAddr(fmt.Sprintf("2001:db8:2:%x::1", i+1)), now) {
			allowed++
		}
	}
	if allowed != 50 {
		t.Errorf("%d guesses at one account from everywhere", allowed)
	}
	for i := range mostTries + 10 {
		l.Allow(fmt.Sprint(i), PerPlace, now.Add(time.Duration(i)))
	}
	if len(l.tries) > mostTries {
		t.Errorf("%d names are remembered", len(l.tries))
	}
}
