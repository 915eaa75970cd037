package face

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"skein/face/words"
	"skein/frame/civic"
)

func book(t *testing.T) *words.Book {
	t.Helper()
	b := words.NewBook()
	if err := b.Add(Messages); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestProblemSaysEveryReason(t *testing.T) {
	v := book(t).Voice("en", time.UTC)
	err := fmt.Errorf("wrapped: %w", civic.Refusals{
		civic.Refuse(civic.TooLarge, "face.too_large").In("photo"), civic.Refuse(civic.Invalid, "face.no_page"),
	})
	p := NewProblem(v, err)
	if p.Status != 413 || len(p.Errors) != 2 || p.Errors[0].Field != "photo" || p.Detail != p.Errors[0].Message || p.Detail == "face.too_large" {
		t.Errorf("%+v", p)
	}
	w := httptest.NewRecorder()
	WriteProblem(w, p)
	var back Problem
	if err := json.Unmarshal(w.Body.Bytes(), &back); err != nil || w.Header().Get("Content-Type") != "application/problem+json" || back.Status != 413 {
		t.Errorf("%v %s", err, w.Body)
	}
}

// A fault of ours is told without its text, which may hold anything.
func TestFaultsAreNotShown(t *testing.T) {
	p := NewProblem(book(t).Voice("zh-Hans", time.UTC), errors.New("password hunter2"))
	raw, _ := json.Marshal(p)
	if p.Status != 500 || len(p.Errors) != 1 || p.Errors[0].Key != "face.fault" {
		t.Errorf("%s", raw)
	}
}

func TestEveryKindHasAStatus(t *testing.T) {
	for _, k := range []civic.Kind{
		civic.Invalid, civic.Malformed, civic.Forbidden, civic.Unknown, civic.Missing, civic.Conflict, civic.TooLarge,
		civic.Unsupported, civic.TooMany, civic.Unavailable,
	} {
		if s := Status(civic.Refuse(k, "x")); s < 400 || s == 500 {
			t.Errorf("%s gives %d", k, s)
		}
	}
}

func TestThrottle(t *testing.T) {
	var th throttle
	now := time.Unix(1e9, 0)
	ip, neighbour := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2")
	taken := 0
	for range burst + 20 {
		if th.allow(ip, now) {
			taken++
		}
	}
	if taken != burst {
		t.Errorf("%d of a burst were taken, want %d", taken, burst)
	}
	if th.allow(neighbour, now) {
		t.Error("the same /64 counts anew")
	}
	if !th.allow(netip.MustParseAddr("2001:db8:1::1"), now) || !th.allow(ip, now.Add(2*time.Second)) {
		t.Error("others, or later ones, are refused")
	}
	for range burst + 20 {
		if !th.allow(netip.MustParseAddr("127.0.0.1"), now) {
			t.Fatal("loopback is bounded")
		}
	}
}

func TestForwardedForIsBelievedOnlyFromProxies(t *testing.T) {
	s := &Site{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	for _, c := range []struct{ remote, forwarded, want string }{
		{"203.0.113.9:1", "198.51.100.7", "203.0.113.9"},
		{"10.0.0.1:1", "198.51.100.7", "198.51.100.7"},
		{"10.0.0.1:1", "6.6.6.6, 198.51.100.7, 10.0.0.2", "198.51.100.7"},
		{"10.0.0.1:1", "not an address", "10.0.0.1"},
		{"10.0.0.1:1", "", "10.0.0.1"},
	} {
		r := &http.Request{RemoteAddr: c.remote, Header: http.Header{}}
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := s.client(r).String(); got != c.want {
			t.Errorf("%s for %q: %s, want %s", c.remote, c.forwarded, got, c.want)
		}
	}
}
