package courier

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
)

// pushed is what a browser gives: keys, and a push service that notes what it is sent.
func pushed(t *testing.T, answer int) (to Address, got *http.Request, body *[]byte, client *http.Client) {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	auth := make([]byte, 16)
	rand.Read(auth)
	var last http.Request
	var text []byte
	service := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		last = *r
		text, _ = io.ReadAll(r.Body)
		w.WriteHeader(answer)
	}))
	t.Cleanup(service.Close)
	keys, err := json.Marshal(map[string]string{
		"p256dh": base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes()), "auth": base64.RawURLEncoding.EncodeToString(auth),
	})
	if err != nil {
		t.Fatal(err)
	}
	return Address{Channel: "push", To: service.URL + "/box", Lang: "en", Secret: keys}, &last, &text, service.Client()
}

func newPush(t *testing.T, seed byte) *Push {
	t.Helper()
	p, err := NewPush([32]byte{seed}, "https://skein.example", true, func(string) string { return "Springfield" },
		func(_, key string, args map[string]any) string { return key + " " + args["number"].(string) })
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPush(t *testing.T) {
	p := newPush(t, 7)
	if again := newPush(t, 7); again.Public != p.Public || newPush(t, 8).Public == p.Public || len(p.Public) != 87 {
		t.Fatal("the key of a realm is not its own, or changes")
	}
	to, got, body, client := pushed(t, 201)
	p.client = client
	m := Message{ID: "r.1", Key: "matter.note.answered", Args: map[string]any{"number": "644-495-6746", "body": "pwd"}, To: to, Text: "words that nobody in between may read"}
	if err := p.Deliver(context.Background(), m); err != nil {
		t.Fatal(err)
	}
	if h := got.Header; h.Get("Content-Encoding") != "aes128gcm" || h.Get("TTL") == "" || !strings.Contains(h.Get("Authorization"), "k="+p.Public) {
		t.Error(h)
	}
	for _, clear := range []string{"644", "words", "news", "Springfield"} {
		if strings.Contains(string(*body), clear) {
			t.Errorf("%q is readable on the way", clear)
		}
	}
}

func TestPushRefused(t *testing.T) {
	for status, want := range map[int]string{404: "courier.refused", 410: "courier.push_ended", 429: "courier.refused_for_now", 301: "courier.moved"} {
		p := newPush(t, 7)
		to, _, _, client := pushed(t, status)
		client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		p.client = client
		err := p.Deliver(context.Background(), Message{Args: map[string]any{"number": "1"}, To: to})
		if f, ok := err.(*Failure); !ok || f.Key != want || f.Permanent != (status != 429) {
			t.Errorf("%d: %v, want %s", status, err, want)
		}
	}
	to, _, _, _ := pushed(t, 201)
	guarded, err := NewPush([32]byte{1}, "https://skein.example", false, func(string) string { return "" }, func(string, string, map[string]any) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{to.To: "courier.private_target", "http://example.org/x": "courier.bad_address", "https://a@b.example/": "courier.bad_address", "": "courier.bad_address"} {
		to := to
		to.To = address
		err := guarded.Deliver(context.Background(), Message{Args: map[string]any{"number": "1"}, To: to})
		if f, ok := err.(*Failure); !ok || f.Key != want || !f.Permanent {
			t.Errorf("%q: %v, want %s", address, err, want)
		}
	}
	bad := to
	bad.Secret = []byte(`{"p256dh":"AAAA","auth":"AAAA"}`)
	if f, ok := guarded.Deliver(context.Background(), Message{To: bad}).(*Failure); !ok || f.Key != "courier.bad_address" {
		t.Error(f)
	}
}

// Where a browser is told of news is a person's address: no line of the log holds it, however it is spelled.
func TestPushIsNotLogged(t *testing.T) {
	w := newWorld(t, open(t, filepath.Join(t.TempDir(), "skein.db")))
	to, _, _, _ := pushed(t, 201)
	guarded, err := NewPush([32]byte{1}, "https://skein.example", false, func(string) string { return "" }, func(string, string, map[string]any) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{"HTTPS://localhost:1/quillwort", "https://localhost:1/quill wort", "https://[quillwort]/", "https://localhost:1/\"quillwort"} {
		for _, p := range []*Push{newPush(t, 7), guarded} {
			to.To = address
			m := Message{ID: "r.1", Args: map[string]any{"number": "1"}, To: to}
			err := p.Deliver(context.Background(), m)
			if err == nil {
				t.Fatalf("%q is delivered", address)
			}
			w.Courier.explain(context.Background(), m, err)
		}
	}
	if said := w.log.String(); strings.Contains(said, "wort") || strings.Contains(said, "localhost") {
		t.Errorf("the log holds where a browser is told of news:\n%s", said)
	}
}
