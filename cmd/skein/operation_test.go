package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"skein/frame/civic"
	"skein/frame/courier"
	"skein/frame/store"
	"skein/internal/pgtest"
)

// checked runs skein check and says by name how each finding stands.
func checked(t *testing.T, code int, args ...string) map[string]string {
	t.Helper()
	r := mustRun(t, code, append([]string{"check", "--format", "json"}, args...)...)
	var all []found
	if err := json.Unmarshal([]byte(r.out), &all); err != nil {
		t.Fatalf("%v\n%s", err, r.out)
	}
	out := map[string]string{}
	for _, f := range all {
		if f.Sentence == "" || strings.Contains(f.Sentence, "skein.check") || strings.ContainsAny(f.Sentence, "{}") {
			t.Errorf("%s says %q", f.Check, f.Sentence)
		}
		out[f.Check] = f.Standing
	}
	return out
}

// town is a new realm in a folder of its own.
func newTown(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "town")
	mustRun(t, 0, "realm", "new", "--data", dir, "--name", "Riverside", "--zone", "Europe/Berlin", "--public-url", "http://127.0.0.1:8311")
	return dir
}

// authority signs certificates for 127.0.0.1 that end after a while.
type authority struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
	file string
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{file: filepath.Join(t.TempDir(), "roots.pem")}
	a.key, a.cert = a.make(t, &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "roots"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(2, 0, 0)})
	if err := os.WriteFile(a.file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	return a
}

func (a *authority) make(t *testing.T, c *x509.Certificate) (*ecdsa.PrivateKey, *x509.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	by, signer := c, key
	if a.cert != nil {
		by, signer = a.cert, a.key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, by, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return key, made
}

// proxy is a server as a proxy may be set up, well or badly.
func (a *authority) proxy(t *testing.T, left time.Duration, config *tls.Config, answer http.HandlerFunc) string {
	t.Helper()
	key, cert := a.make(t, &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "proxy"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(left), KeyUsage: x509.KeyUsageDigitalSignature})
	s := httptest.NewUnstartedServer(answer)
	config.Certificates = []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: key}}
	s.TLS = config
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // of what was refused, on purpose
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL
}

func asSkein(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	w.Header().Set("Content-Security-Policy", "default-src 'self'")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Referrer-Policy", "same-origin")
}

// The check tells a proxy that is set up well from one that is not, for each thing that it looks at.
func TestCheckOutside(t *testing.T) {
	t.Parallel()
	slow(t)
	dir, a := newTown(t), newAuthority(t)
	const year = 365 * 24 * time.Hour
	plain := func(answer http.HandlerFunc) string {
		s := httptest.NewServer(answer)
		t.Cleanup(s.Close)
		return strings.TrimPrefix(s.URL, "http://")
	}
	sends := plain(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api") || strings.HasPrefix(r.URL.Path, "/open311") {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		http.Redirect(w, r, "https://127.0.0.1/", http.StatusMovedPermanently)
	})
	for _, c := range []struct {
		name       string
		left       time.Duration
		config     *tls.Config
		answer     http.HandlerFunc
		plain      string
		roots      string
		code       int
		wants      map[string]string
		neverTells []string
	}{
		{"as it should be", year, &tls.Config{}, asSkein, sends, a.file, 0,
			map[string]string{"tls": good, "tls_strong": good, "hsts": good, "plain": good, "files": good, "courier_none": unlooked}, nil},
		{"an authority that nobody knows", year, &tls.Config{}, asSkein, sends, "", 1, map[string]string{"certificate": bad}, []string{"hsts", "tls"}},
		{"a certificate that ends", 40 * time.Hour, &tls.Config{}, asSkein, sends, a.file, 1, map[string]string{"certificate_ends": bad}, []string{"tls"}},
		{"a certificate that was not renewed", 20 * 24 * time.Hour, &tls.Config{}, asSkein, sends, a.file, 0, map[string]string{"certificate_ends": warned}, nil},
		{"a certificate that has ended", -time.Minute, &tls.Config{}, asSkein, sends, a.file, 1, map[string]string{"certificate": bad}, nil},
		{"TLS 1.1", year, &tls.Config{MinVersion: tls.VersionTLS10}, asSkein, sends, a.file, 1, map[string]string{"tls": good, "tls_weak": bad}, []string{"tls_strong"}},
		{"a weak suite", year, &tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}},
			asSkein, sends, a.file, 1, map[string]string{"tls_weak": bad}, nil},
		{"nothing but old TLS", year, &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, asSkein, sends, a.file, 1, map[string]string{"unreachable": bad}, nil},
		{"headers lost", year, &tls.Config{}, func(http.ResponseWriter, *http.Request) {}, sends, a.file, 1, map[string]string{"hsts_missing": bad, "header_lost": bad}, nil},
		{"HSTS for a day", year, &tls.Config{}, func(w http.ResponseWriter, r *http.Request) {
			asSkein(w, r)
			w.Header().Set("Strict-Transport-Security", "max-age=86400")
		}, sends, a.file, 1, map[string]string{"hsts_missing": bad}, []string{"header_lost"}},
		{"everything in plain too", year, &tls.Config{}, asSkein, plain(asSkein), a.file, 1, map[string]string{"not_sent_on": bad, "program_in_plain": bad}, nil},
		{"sent on to another", year, &tls.Config{}, asSkein, plain(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example/", http.StatusFound)
		}), a.file, 1,
			map[string]string{"not_sent_on": bad, "program_in_plain": bad}, nil},
		{"nothing in plain", year, &tls.Config{}, asSkein, "127.0.0.1:1", a.file, 0, map[string]string{"plain": good}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := []string{"--data", dir, "--public-url", a.proxy(t, c.left, c.config, c.answer), "--plain", c.plain}
			if c.roots != "" {
				args = append(args, "--roots", c.roots)
			}
			got := checked(t, c.code, args...)
			for name, want := range c.wants {
				if got[name] != want {
					t.Errorf("%s is %q, want %q: %v", name, got[name], want, got)
				}
			}
			for _, name := range c.neverTells {
				if got[name] != "" {
					t.Errorf("%s is %s", name, got[name])
				}
			}
		})
	}
	if got := checked(t, 1, "--data", dir, "--public-url", "http://skein.example"); got["not_https"] != bad {
		t.Error(got)
	}
	if got := checked(t, 0, "--data", dir); got["local"] != unlooked {
		t.Error(got)
	}
}

// Files that others may read are found, and so is what leaves unencrypted.
func TestCheckFiles(t *testing.T) {
	t.Parallel()
	dir := newTown(t)
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := checked(t, 0, "--data", dir); got["files"] != good {
		t.Error(got)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if got := checked(t, 1, "--data", dir); got["file_open"] != bad || got["files"] != "" {
		t.Error(got)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	key := where{Data: dir}.masterPath()
	if err := os.Chmod(key, 0o644); err != nil {
		t.Fatal(err)
	}
	if got := checked(t, 1, "--data", dir); got["file_open"] != bad || got["key_bad"] != bad || got["closed"] != bad {
		t.Error(got)
	}
	if err := os.Chmod(key, 0o600); err != nil {
		t.Fatal(err)
	}
	write("signin.json", `{"passwords": "yes"}`)
	if got := checked(t, 1, "--data", dir); got["settings"] != bad || got["courier_none"] != unlooked {
		t.Error(got)
	}
	write("signin.json", "{}")
	const mail = `{"mail": {"Host": "smtp.example", "From": "a@example.org", "Security": "none"}`
	write("courier.json", mail+"}")
	if got := checked(t, 1, "--data", dir); got["settings"] != bad {
		t.Error(got)
	}
	if r := runSkein("serve", "--data", dir, "--listen", "127.0.0.1:0"); r.code != 1 || !strings.Contains(r.errs, "unencrypted_to_other_machines") {
		t.Errorf("mail in plain is served: %+v", r)
	}
	write("courier.json", mail+`, "unencrypted_to_other_machines": true}`)
	if got := checked(t, 1, "--data", dir); got["courier_plain"] != bad {
		t.Error(got)
	}
	write("courier.json", `{"mail": {"Host": "smtp.example", "From": "a@example.org"}, "private_webhooks": true}`)
	if got := checked(t, 0, "--data", dir); got["courier"] != good || got["webhooks_private"] != warned {
		t.Error(got)
	}
}

// Passwords that stand in settings, and words that never change, are named; what lies elsewhere and ends is not.
func TestCheckSecrets(t *testing.T) {
	t.Parallel()
	slow(t)
	dir := newTown(t)
	key := filepath.Join(dir, "town.pem")
	for name, x := range map[string]struct {
		courier, signIn string
		want            map[string]string
	}{
		"in clear": {`{"mail": {"Host": "smtp.example", "From": "a@example.org", "Username": "skein", "Password": "hunter2"}}`, `{}`, map[string]string{"secret_stands": warned, "secret_stays": warned}},
		"a file":   {`{"mail": {"Host": "smtp.example", "From": "a@example.org", "Username": "skein", "Password": {"file": "/run/secrets/smtp"}}}`, `{}`, map[string]string{"secret_stays": warned}},
		"a header": {`{"sms": {"URL": "https://sms.example/send", "Fields": {"to": "{to}", "text": "{text}"}, "Headers": {"Authorization": "Bearer hunter2", "Idempotency-Key": "{id}"}}}`, `{}`, map[string]string{"secret_stands": warned, "secret_stays": warned}},
		"a provider": {`{}`, `{"providers": [{"code": "town", "title": "Town", "issuer": "https://id.example", "client_id": "skein", "client_secret": "hunter2", "residents": true}]}`,
			map[string]string{"secret_stands": warned, "secret_stays": warned}},
		"what ends": {`{"mail": {"Host": "smtp.example", "From": "a@example.org", "Username": "skein", "Token": {"command": ["token"], "for": "10m"}},
			"sms": {"URL": "https://sms.example/send", "Fields": {"to": "{to}", "text": "{text}"}, "Headers": {"Idempotency-Key": "{id}"}, "Bearer": {"command": ["token"]}}}`,
			`{"providers": [{"code": "town", "title": "Town", "issuer": "https://id.example", "client_id": "skein", "client_key": "` + key + `", "residents": true}]}`, map[string]string{"secrets": good}},
	} {
		for file, text := range map[string]string{"courier.json": x.courier, "signin.json": x.signIn} {
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		r := runSkein("check", "--data", dir)
		if strings.Contains(r.out+r.errs, "hunter2") {
			t.Errorf("%s: a password is printed: %s", name, r.out)
		}
		got := checked(t, 0, "--data", dir)
		for _, what := range []string{"secret_stands", "secret_stays", "secrets"} {
			if got[what] != x.want[what] {
				t.Errorf("%s: %s is %q, not %q", name, what, got[what], x.want[what])
			}
		}
	}
	for _, text := range []string{`{"mail": {"Host": "smtp.example", "From": "a@example.org", "Password": {"secret": "hunter2"}}}`, `{"mail": {"Host": "smtp.example", "From": "a@example.org", "Password": 7}}`} {
		if err := os.WriteFile(filepath.Join(dir, "courier.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if r := runSkein("check", "--data", dir); r.code == 0 || strings.Contains(r.out+r.errs, "hunter2") || !strings.Contains(r.out+r.errs, "credential") {
			t.Errorf("%s: %+v", text, r)
		}
	}
}

// What would leave this machine in plain is refused at start, unless a setting says it by its name.
func TestPlainIsRefused(t *testing.T) {
	t.Parallel()
	sms := func(to string) *courier.SMSConfig { return &courier.SMSConfig{URL: to} }
	mail := func(host, security string) *courier.MailConfig {
		return &courier.MailConfig{Host: host, Security: security}
	}
	for _, c := range []struct {
		file courierFile
		want []string
	}{
		{courierFile{}, nil},
		{courierFile{Mail: mail("smtp.example", "none"), SMS: sms("http://10.0.0.7/send")}, []string{"mail", "sms"}},
		{courierFile{Mail: mail("smtp.example", ""), SMS: sms("https://sms.example/send")}, nil},
		{courierFile{Mail: mail("localhost", "none"), SMS: sms("http://[::1]:8080/send")}, nil},
		{courierFile{Mail: mail("127.0.0.1.example", "none")}, []string{"mail"}},
	} {
		if got := c.file.plain(); !slices.Equal(got, c.want) {
			t.Errorf("%+v: %v", c.file, got)
		}
	}
	w := where{Data: newTown(t), Database: "postgres://skein@db.invalid/skein?sslmode=require"}
	if _, err := w.open(context.Background(), false); keyOf(err) != "skein.database_unverified" {
		t.Errorf("an unverified database: %v", err)
	}
	w.UnverifiedDatabase = true
	if _, err := w.open(context.Background(), false); err == nil || keyOf(err) == "skein.database_unverified" {
		t.Errorf("said so, and: %v", err)
	}
	mustRun(t, 0, "realm", "new", "--data", w.Data, "--add", "--realm", "open", "--name", "Open", "--zone", "Europe/Berlin", "--public-url", "https://skein.example")
	if r := runSkein("serve", "--data", w.Data, "--in", "open", "--listen", "0.0.0.0:0"); r.code != 2 || !strings.Contains(r.errs, "--plain-inside") {
		t.Errorf("beyond this machine in plain: %+v", r)
	}
}

func keyOf(err error) string {
	if rs, ok := civic.AsRefusals(err); ok {
		return rs[0].Key
	}
	return ""
}

// A role that may read and write rows and no more serves a realm; it can neither change an act nor make a table.
func TestServingRole(t *testing.T) {
	t.Parallel()
	w := copyOf(t, modelKey{true, 50})
	owner := w.Database
	u, err := url.Parse(owner)
	if err != nil {
		t.Fatal(err)
	}
	keyStore, err := url.Parse(pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	role := "serving" + strings.TrimPrefix(u.Path, "/skein_test")
	a, err := w.open(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	sql := func(a *app, statement string) error {
		ctx := context.Background()
		tx, err := a.db.Begin(ctx)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
		return tx.Commit()
	}
	if err := sql(a, "CREATE ROLE "+role+" LOGIN PASSWORD 'serves'"); err != nil {
		t.Fatal(err)
	}
	a.close()
	t.Cleanup(func() {
		a, err := w.open(context.Background(), false)
		if err == nil {
			err = sql(a, "DROP OWNED BY "+role)
		}
		if err == nil {
			err = a.vault.Keys.DB.Update(context.Background(), func(tx *store.Tx) error {
				_, err := tx.ExecContext(context.Background(), "DROP OWNED BY "+role)
				return err
			})
		}
		if err == nil {
			err = sql(a, "DROP ROLE "+role)
		}
		if err != nil {
			t.Error(err)
			return
		}
		a.close()
	})
	// The key store lies in a PostgreSQL too, as where several machines serve.
	copies := t.TempDir()
	mustRun(t, 0, "vault", "backup", copies, "--data", w.Data, "--database", owner)
	made, err := filepath.Glob(filepath.Join(copies, "skein-keys-*.db"))
	if err != nil || len(made) != 1 {
		t.Fatal(made, err)
	}
	if r := mustRun(t, 0, "vault", "restore", made[0], "--data", w.Data, "--database", owner, "--key-store", keyStore.String()); !strings.Contains(r.out, "0 boxes were made after") {
		t.Error(r.out)
	}
	for _, file := range []string{"keys.db", "keys.db-wal", "keys.db-shm"} {
		os.Remove(filepath.Join(w.keys(), file))
	}
	w.KeyStore = keyStore.String()
	as := *u
	as.User = url.UserPassword(role, "serves")
	serves := w
	serves.Database = as.String()
	asKeys := *keyStore
	asKeys.User = as.User
	serves.KeyStore = asKeys.String()
	if _, err := serves.open(t.Context(), false); keyOf(err) != "skein.migrate_first" {
		t.Errorf("before it has any right: %v", err)
	}
	mustRun(t, 0, "migrate", "--data", w.Data, "--database", owner, "--key-store", w.KeyStore, "--serving", role)
	if err := os.Chmod(w.Data, 0o700); err != nil {
		t.Fatal(err)
	}
	if got := checked(t, 1, "--data", w.Data, "--database", owner, "--key-store", w.KeyStore, "--public-url", "http://localhost"); got["role_wide"] != bad {
		t.Error("the owner:", got)
	}
	if got := checked(t, 0, "--data", w.Data, "--database", serves.Database, "--key-store", serves.KeyStore, "--public-url", "http://localhost"); got["role"] != good || got["files"] != good {
		t.Error("the role that serves:", got)
	}
	c := cityAt(t, serves)
	m := c.report(lamp("Dark since Monday"))
	c.act(201, m, "accept", "pwd/head", nil)
	c.status(m, "working")
	c.holds()
	for _, statement := range []string{"UPDATE acts SET data = ''", "DELETE FROM acts", "TRUNCATE acts", "CREATE TABLE mine (a int)", "DROP TABLE matters",
		"ALTER TABLE matters ADD COLUMN a int", "UPDATE goose_vault SET version_id = 0"} {
		if err := sql(c.app, statement); err == nil {
			t.Errorf("it may %s", statement)
		}
	}
}
