// Package outward is the one way in which the process connects to other machines: webhooks,
// gateways, providers of identity, the mail server. It counts connections, and holds what keeps a URL that somebody else chose from
// reaching inside (SSRF).
package outward

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"syscall"
	"time"
)

// Client follows no redirects and uses no proxy. Guarded, it connects to public
// addresses only: the check is on the address it is about to connect to, after the name
// was looked up, so a name that changes its mind in between gains nothing.
func Client(guarded bool) *http.Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	if guarded {
		dialer.Control = func(_, address string, _ syscall.RawConn) error {
			ap, err := netip.ParseAddrPort(address)
			if err != nil || !public(ap.Addr()) {
				return ErrPrivate
			}
			return nil
		}
	}
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				Count()
				return dialer.DialContext(ctx, network, address)
			},
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    10 * time.Second,
			ResponseHeaderTimeout:  15 * time.Second,
			MaxIdleConnsPerHost:    2,
			IdleConnTimeout:        30 * time.Second,
			ForceAttemptHTTP2:      true,
			MaxResponseHeaderBytes: 64 << 10,
		},
	}
}

var connections atomic.Int64

// Connections is how many connections to other machines this process has begun, the database's not among them.
func Connections() int64 { return connections.Load() }

// Count counts a connection that a library begins by itself.
func Count() { connections.Add(1) }

// Connect connects to a machine that the operator named.
func Connect(ctx context.Context, network, address string) (net.Conn, error) {
	Count()
	return new(net.Dialer).DialContext(ctx, network, address)
}

// ErrPrivate says that a guarded client was to connect to an address that is not public.
var ErrPrivate = errors.New("outward: the address is not a public one")

// reserved are the ranges of the IANA special-purpose registries (RFC 6890 and its
// successors) that netip's own predicates do not cover.
var reserved = func() (out []netip.Prefix) {
	for _, p := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
		"198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10",
	} {
		out = append(out, netip.MustParsePrefix(p))
	}
	return out
}()

var nat64 = netip.MustParsePrefix("64:ff9b::/96")

// public reports whether an address is one of the open Internet.
func public(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if nat64.Contains(a) { // an IPv4 address in disguise (RFC 6052)
		b := a.As16()
		a = netip.AddrFrom4([4]byte(b[12:]))
	}
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, p := range reserved {
		if p.Contains(a) {
			return false
		}
	}
	return true
}
