package courier

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"time"
)

// post sends a body and judges the answer. Redirects are not followed.
func post(ctx context.Context, client *http.Client, url, media string, header map[string]string, body string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return &Failure{Key: "courier.bad_address", Permanent: true, Cause: err}
	}
	req.Header.Set("Content-Type", media)
	req.Header.Set("User-Agent", "Skein")
	for name, value := range header {
		req.Header.Set(name, value)
	}
	res, err := client.Do(req)
	if errors.Is(err, errPrivate) {
		return &Failure{Key: "courier.private_target", Permanent: true, Cause: err}
	}
	if err != nil {
		return &Failure{Key: "courier.no_answer", Cause: err}
	}
	defer res.Body.Close()
	_, _ = io.CopyN(io.Discard, res.Body, 4096) // so that the connection can serve again; what it says does not matter
	return judge(res.StatusCode)
}

// judge sorts HTTP statuses (RFC 9110): 2xx taken; 408, 425, 429 and 5xx for now; the
// rest for good.
func judge(status int) error {
	switch {
	case status >= 200 && status < 300:
		return nil
	case status >= 300 && status < 400:
		return &Failure{Key: "courier.moved", Status: status, Permanent: true}
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests, status >= 500:
		return &Failure{Key: "courier.refused_for_now", Status: status}
	}
	return &Failure{Key: "courier.refused", Status: status, Permanent: true}
}

// newClient follows no redirects and uses no proxy. Guarded, it connects to public
// addresses only: the check is on the address it is about to connect to, after the name
// was looked up, so a name that changes its mind in between gains nothing.
func newClient(guarded bool) *http.Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	if guarded {
		dialer.Control = func(_, address string, _ syscall.RawConn) error {
			ap, err := netip.ParseAddrPort(address)
			if err != nil || !public(ap.Addr()) {
				return errPrivate
			}
			return nil
		}
	}
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:            dialer.DialContext,
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

var errPrivate = errors.New("courier: the address is not a public one")

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
