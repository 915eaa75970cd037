package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// outside looks at the public address as a browser meets it: what the proxy before Skein does.
type outside struct {
	url   *url.URL
	plain string // where plain http would answer; "" is port 80
	roots *x509.CertPool
	f     *findings
}

const (
	certificateBad  = 3 * 24 * time.Hour  // left of a certificate, below which it must be renewed by hand
	certificateSoon = 21 * 24 * time.Hour // below which the renewal that should have run has not
	leastHSTS       = 365 * 24 * 60 * 60  // seconds, after OWASP ASVS 5.0.0, 3.4.1
	lookWithin      = 10 * time.Second
)

func (o *outside) look(ctx context.Context, roots string) error {
	if roots != "" {
		text, err := os.ReadFile(roots)
		if err != nil {
			return err
		}
		if o.roots = x509.NewCertPool(); !o.roots.AppendCertsFromPEM(text) {
			return misuseError{fmt.Errorf("%s holds no certificate", roots)}
		}
	}
	state, err := o.shake(ctx, &tls.Config{MinVersion: tls.VersionTLS12})
	var unknown *tls.CertificateVerificationError
	switch {
	case errors.As(err, &unknown):
		o.f.add(bad, "skein.check_certificate", "host", o.url.Hostname(), "cause", unknown.Err.Error())
		return nil // whoever that is, what it says counts for nothing
	case err != nil:
		o.f.add(bad, "skein.check_unreachable", "url", o.url.String(), "cause", err.Error())
		return nil
	}
	o.certificate(state)
	o.older(ctx)
	o.headers(ctx)
	o.unencrypted(ctx)
	return nil
}

// shake makes one TLS connection and says what came of it.
func (o *outside) shake(ctx context.Context, config *tls.Config) (tls.ConnectionState, error) {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	config.RootCAs, config.ServerName = o.roots, o.url.Hostname()
	port := o.url.Port()
	if port == "" {
		port = "443"
	}
	conn, err := (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", net.JoinHostPort(o.url.Hostname(), port))
	if err != nil {
		return tls.ConnectionState{}, err
	}
	defer conn.Close()
	return conn.(*tls.Conn).ConnectionState(), nil
}

func (o *outside) certificate(state tls.ConnectionState) {
	ends := state.PeerCertificates[0].NotAfter
	for _, c := range state.VerifiedChains[0] { // an authority in between may end sooner
		if c.NotAfter.Before(ends) {
			ends = c.NotAfter
		}
	}
	left := time.Until(ends)
	standing, key := good, "skein.check_tls"
	switch {
	case left < certificateBad:
		standing, key = bad, "skein.check_certificate_ends"
	case left < certificateSoon:
		standing, key = warned, "skein.check_certificate_ends"
	}
	o.f.add(standing, key, "host", o.url.Hostname(), "version", tls.VersionName(state.Version), "days", int64(left/(24*time.Hour)))
}

// older tries what a proxy must not take any more: TLS before 1.2 (RFC 8996), and suites without forward
// secrecy or with a broken cipher.
func (o *outside) older(ctx context.Context) {
	var taken []string
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11} {
		if _, err := o.shake(ctx, &tls.Config{MinVersion: version, MaxVersion: version, CipherSuites: everySuite()}); err == nil {
			taken = append(taken, tls.VersionName(version))
		}
	}
	var weak []uint16
	for _, s := range tls.InsecureCipherSuites() {
		weak = append(weak, s.ID)
	}
	for range weak { // the proxy chooses one; without it, the next
		state, err := o.shake(ctx, &tls.Config{MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12, CipherSuites: weak})
		if err != nil {
			break
		}
		taken = append(taken, tls.CipherSuiteName(state.CipherSuite))
		weak = without(weak, state.CipherSuite)
	}
	if len(taken) > 0 {
		o.f.add(bad, "skein.check_tls_weak", "host", o.url.Hostname(), "what", strings.Join(taken, ", "))
		return
	}
	o.f.add(good, "skein.check_tls_strong")
}

func everySuite() (out []uint16) {
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		out = append(out, s.ID)
	}
	return out
}

func without(all []uint16, one uint16) (out []uint16) {
	for _, s := range all {
		if s != one {
			out = append(out, s)
		}
	}
	return out
}

// headers holds that what Skein says reaches the browser.
func (o *outside) headers(ctx context.Context) {
	res, err := o.get(ctx, o.url.String())
	if err != nil {
		o.f.add(bad, "skein.check_unreachable", "url", o.url.String(), "cause", err.Error())
		return
	}
	age := 0
	for part := range strings.SplitSeq(strings.ToLower(res.Header.Get("Strict-Transport-Security")), ";") {
		if value, ok := strings.CutPrefix(strings.TrimSpace(part), "max-age="); ok {
			age, _ = strconv.Atoi(strings.Trim(value, `"`)) // what is no number is no age
		}
	}
	if age < leastHSTS {
		o.f.add(bad, "skein.check_hsts_missing", "url", o.url.String())
	} else {
		o.f.add(good, "skein.check_hsts")
	}
	for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"} {
		if res.Header.Get(name) == "" {
			o.f.add(bad, "skein.check_header_lost", "url", o.url.String(), "name", name)
		}
	}
}

// unencrypted holds that plain http sends people on and takes nothing from programs: a client that sends a key in
// the clear must fail, or nobody notices.
func (o *outside) unencrypted(ctx context.Context) {
	at := o.plain
	if at == "" {
		at = net.JoinHostPort(o.url.Hostname(), "80")
	}
	before := len(o.f.all)
	for _, path := range []string{"/", "/api/openapi.json", "/open311/v2/services.json"} {
		res, err := o.get(ctx, "http://"+at+path)
		if err != nil { // nothing answers, which is as well
			continue
		}
		to, err := res.Location()
		sent := err == nil && res.StatusCode >= 300 && res.StatusCode < 400
		switch {
		case path == "/" && (!sent || to.Scheme != "https" || to.Hostname() != o.url.Hostname()):
			o.f.add(bad, "skein.check_not_sent_on", "url", "http://"+at+path, "status", int64(res.StatusCode))
		case path != "/" && res.StatusCode < 400:
			o.f.add(bad, "skein.check_program_in_plain", "url", "http://"+at+path, "status", int64(res.StatusCode))
		}
	}
	if len(o.f.all) == before {
		o.f.add(good, "skein.check_plain")
	}
}

// get asks for a page and follows nothing.
func (o *outside) get(ctx context.Context, target string) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return nil, err
	}
	client := &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.roots}, DisableKeepAlives: true},
	}
	res, err := client.Do(r)
	if err == nil {
		res.Body.Close()
	}
	return res, err
}
