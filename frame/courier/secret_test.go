package courier

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"skein/frame/secret"
)

// counting is a secret whose command says token-1, token-2 and so on.
func counting(t *testing.T) *secret.Secret {
	t.Helper()
	s := new(secret.Secret)
	path := filepath.Join(t.TempDir(), "asked")
	text, err := json.Marshal(map[string]any{"command": []string{"sh", "-c", "echo >> " + path + "; echo token-$(wc -l < " + path + ")"}, "for": "1h"})
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, s); err != nil {
		t.Fatal(err)
	}
	return s
}

// paired writes a certificate of its own making and its key.
func paired(t *testing.T, folder, name string) (certificate, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	made := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, made, made, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	certificate, key = filepath.Join(folder, "client.pem"), filepath.Join(folder, "client.key")
	for path, block := range map[string]*pem.Block{certificate: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certificate, key
}

// Mail is signed in with a token that ends, asked for anew once it is refused, and by a certificate that is read anew for each connection.
func TestMailByToken(t *testing.T) {
	known := httptest.NewTLSServer(nil) // for its certificate
	defer known.Close()
	pool := x509.NewCertPool()
	pool.AddCert(known.Certificate())
	shown := make(chan string, 10)
	config := known.TLS.Clone()
	config.ClientAuth = tls.RequireAnyClientCert
	config.VerifyConnection = func(c tls.ConnectionState) error {
		shown <- c.PeerCertificates[0].Subject.CommonName
		return nil
	}
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := serveSMTP(t, tls.NewListener(inner, config), map[string]string{"EHLO": "250-loopback\r\n250 AUTH XOAUTH2", "AUTH": "235 welcome"})
	host, port, _ := net.SplitHostPort(server.addr)
	n, _ := strconv.Atoi(port)
	folder := t.TempDir()
	certificate, key := paired(t, folder, "skein one")
	m, err := NewMail(MailConfig{
		Host: host, Port: n, Security: "tls", TLS: &tls.Config{RootCAs: pool, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12},
		Username: "skein", Token: counting(t), Certificate: certificate, Key: key, From: "a@example.org",
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, as := range []string{"skein one", "skein two"} {
		if err := m.Deliver(within(t, 5*time.Second), message()); err != nil {
			t.Fatal(err)
		}
		if got := <-shown; got != as {
			t.Errorf("shown the certificate of %q, not %q", got, as)
		}
		paired(t, folder, "skein two")
	}
	said := server.signed()
	if len(said) != 2 || said[0] != said[1] || !strings.Contains(said[0], "auth=Bearer token-1") {
		t.Errorf("signed in by %q", said)
	}
	server.set("AUTH", "535 that token has ended")
	if got := failure(m.Deliver(within(t, 5*time.Second), message())); got == "" || strings.HasSuffix(got, "for good") {
		t.Errorf("a refused token: %q", got)
	}
	server.set("AUTH", "235 welcome")
	if err := m.Deliver(within(t, 5*time.Second), message()); err != nil {
		t.Fatal(err)
	}
	if said := server.signed(); !strings.Contains(said[len(said)-1], "auth=Bearer token-2") {
		t.Errorf("after a refusal: %q", said)
	}
	for name, c := range map[string]MailConfig{
		"both": {Host: host, From: "a@example.org", Password: secret.Clear("x"), Token: secret.Clear("y")},
		"half": {Host: host, From: "a@example.org", Certificate: certificate},
	} {
		if _, err := NewMail(c); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// signed is what clients signed in with.
func (s *smtpServer) signed() (all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, line := range s.auth {
		_, word, _ := strings.Cut(strings.TrimSpace(line), " XOAUTH2 ")
		text, _ := base64.StdEncoding.DecodeString(word) // what does not decode is shown empty, and fails the test
		all = append(all, strings.ReplaceAll(string(text), "\x01", " "))
	}
	return all
}

// set changes what a server says from now on.
func (s *smtpServer) set(verb, answer string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.say[verb] = answer
}

// A gateway's headers come from where secrets lie; what cannot be had is told, and tried again.
func TestSMSBySecret(t *testing.T) {
	h := newHook(t, nil)
	path := filepath.Join(t.TempDir(), "key")
	key := new(secret.Secret)
	if err := json.Unmarshal([]byte(`{"file": "`+path+`"}`), key); err != nil {
		t.Fatal(err)
	}
	s, err := NewSMS(SMSConfig{URL: h.URL, Fields: map[string]string{"to": "{to}", "text": "{text}"}, Bearer: counting(t), Secrets: map[string]*secret.Secret{"X-Key": key}})
	if err != nil {
		t.Fatal(err)
	}
	m := message()
	m.To.To = "+16175550100"
	if got := failure(s.Deliver(within(t, 5*time.Second), m)); got != "courier.no_secret_given" {
		t.Errorf("without the file: %q", got)
	}
	for _, word := range []string{"first", "second"} {
		if err := os.WriteFile(path, []byte(word+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := s.Deliver(within(t, 5*time.Second), m); err != nil {
			t.Fatal(err)
		}
		if h.header.Get("X-Key") != word || h.header.Get("Authorization") != "Bearer token-1" {
			t.Errorf("%v", h.header)
		}
	}
}
