package courier

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"skein/frame/civic"
)

// hook is a receiver that remembers what came.
type hook struct {
	*httptest.Server
	header http.Header
	body   []byte
	n      int
}

func newHook(t testing.TB, answer func(w http.ResponseWriter, r *http.Request)) *hook {
	h := &hook{}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.n++
		h.header = r.Header.Clone()
		h.body, _ = io.ReadAll(r.Body)
		if answer != nil {
			answer(w, r)
		}
	}))
	t.Cleanup(h.Close)
	return h
}

func failure(err error) string {
	var f *Failure
	if err == nil {
		return ""
	}
	if !errors.As(err, &f) {
		return "not a failure: " + err.Error()
	}
	if f.Permanent {
		return f.Error() + " for good"
	}
	return f.Error()
}

func TestWebhookIsSigned(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	h := newHook(t, nil)
	m := message()
	m.To.To = h.URL + "/in?x=1"
	if err := NewWebhook(true, func() time.Time { return now }).Deliver(within(t, 5*time.Second), m); err != nil {
		t.Fatal(err)
	}
	sig := h.header.Get("Skein-Signature")
	if err := Verify(m.To.Secret, sig, h.body, now.Add(time.Minute), 5*time.Minute); err != nil {
		t.Errorf("%s: %v", sig, err)
	}
	var got map[string]any
	if err := json.Unmarshal(h.body, &got); err != nil {
		t.Fatal(err)
	}
	if got["id"] != m.ID || h.header.Get("Skein-Delivery") != m.ID || got["kind"] != m.Kind || got["realm"] != "boston" {
		t.Errorf("%s", h.body)
	}
	if strings.Contains(string(h.body), "ann.lee") || strings.Contains(string(h.body), "路灯") {
		t.Errorf("more than codes: %s", h.body)
	}
	for name, c := range map[string]struct {
		secret, header, body string
		now                  time.Time
	}{
		"another secret":  {"other", sig, string(h.body), now},
		"another body":    {"s3cret", sig, string(h.body) + " ", now},
		"too late":        {"s3cret", sig, string(h.body), now.Add(6 * time.Minute)},
		"too early":       {"s3cret", sig, string(h.body), now.Add(-6 * time.Minute)},
		"another time":    {"s3cret", strings.Replace(sig, "t=1800000000", "t=1800000001", 1), string(h.body), now},
		"no time":         {"s3cret", sig[strings.IndexByte(sig, ',')+1:], string(h.body), now},
		"nothing":         {"s3cret", "", string(h.body), now},
		"another version": {"s3cret", strings.Replace(sig, "v1=", "v0=", 1), string(h.body), now},
		"a padded time":   {"s3cret", strings.Replace(sig, "t=", "t=+", 1), string(h.body), now},
	} {
		if Verify([]byte(c.secret), c.header, []byte(c.body), c.now, 5*time.Minute) == nil {
			t.Errorf("%s passes", name)
		}
	}
	if err := Verify(m.To.Secret, "t=1800000000,v1=00,"+sig[strings.IndexByte(sig, ',')+1:], h.body, now, time.Minute); err != nil {
		t.Errorf("one of two signatures holds, while a secret is being replaced: %v", err)
	}
}

// TestSignatureVector was made with: printf '1800000000.{}' | openssl dgst -sha256 -hmac s3cret
func TestSignatureVector(t *testing.T) {
	const want = "t=1800000000,v1=1cd77f07c7f231a8a17cd9bc413e578ccb209c24eb17a0577ce1eb9218a4f3ed"
	if got := Sign([]byte("s3cret"), time.Unix(1_800_000_000, 0), []byte("{}")); got != want {
		t.Errorf("%s", got)
	}
}

func TestWebhookAnswers(t *testing.T) {
	for status, want := range map[int]string{
		200: "", 202: "", 204: "",
		301: "courier.moved 301 for good", 307: "courier.moved 307 for good",
		400: "courier.refused 400 for good", 404: "courier.refused 404 for good", 410: "courier.refused 410 for good",
		408: "courier.refused_for_now 408", 425: "courier.refused_for_now 425", 429: "courier.refused_for_now 429",
		500: "courier.refused_for_now 500", 503: "courier.refused_for_now 503",
	} {
		inside := newHook(t, nil)
		h := newHook(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", inside.URL)
			w.WriteHeader(status)
		})
		m := message()
		m.To.To = h.URL
		if got := failure(NewWebhook(true, nil).Deliver(within(t, 5*time.Second), m)); got != want {
			t.Errorf("%d: %q, not %q", status, got, want)
		}
		if inside.n > 0 {
			t.Errorf("%d: the redirect was followed", status)
		}
	}
	slow := newHook(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	m := message()
	m.To.To = slow.URL
	if got := failure(NewWebhook(true, nil).Deliver(within(t, 50*time.Millisecond), m)); got != "courier.no_answer" {
		t.Errorf("slow: %s", got)
	}
}

// No target that is not public is reached, by whatever name.
func TestWebhookGuard(t *testing.T) {
	h := newHook(t, nil)
	tlsHook := httptest.NewTLSServer(h.Config.Handler)
	t.Cleanup(tlsHook.Close)
	port := tlsHook.URL[strings.LastIndexByte(tlsHook.URL, ':'):]
	guarded := NewWebhook(false, nil)
	for target, want := range map[string]string{
		tlsHook.URL:                         "courier.private_target for good",
		"https://localhost" + port:          "courier.private_target for good",
		"https://[::1]" + port:              "courier.private_target for good",
		"https://[::ffff:127.0.0.1]" + port: "courier.private_target for good",
		"https://127.1.2.3" + port:          "courier.private_target for good",
		"https://10.0.0.1/":                 "courier.private_target for good",
		"https://169.254.169.254/latest/":   "courier.private_target for good",
		"https://[64:ff9b::7f00:1]" + port:  "courier.private_target for good",
		"https://0.0.0.0" + port:            "courier.private_target for good",
		h.URL:                               "courier.not_https for good",
		"ftp://example.org/":                "courier.bad_address for good",
		"https://user:pw@example.org/":      "courier.bad_address for good",
		"https:///x":                        "courier.bad_address for good",
		"file:///etc/passwd":                "courier.bad_address for good",
		"https://exa mple.org":              "courier.bad_address for good",
	} {
		m := message()
		m.To.To = target
		if got := failure(guarded.Deliver(within(t, 2*time.Second), m)); got != want {
			t.Errorf("%s: %q, not %q", target, got, want)
		}
	}
	if h.n > 0 {
		t.Errorf("%d requests went through", h.n)
	}
	m := message()
	m.To.To, m.To.Secret = h.URL, nil
	if got := failure(NewWebhook(true, nil).Deliver(within(t, time.Second), m)); got != "courier.no_secret for good" {
		t.Errorf("without a secret: %s", got)
	}
}

func TestSMS(t *testing.T) {
	h := newHook(t, nil)
	m := message()
	m.To.To = "tel:+1 (617) 555-0100"
	m.Text = "Lamp \"7\" {to} & {id}\n修好了"
	fields := map[string]string{"to": "{to}", "message": "Boston: {text}", "ref": "{id}"}
	headers := map[string]string{"Idempotency-Key": "{id}", "Authorization": "Bearer x"}

	s, err := NewSMS(SMSConfig{URL: h.URL, Fields: fields, Headers: headers})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Deliver(within(t, 5*time.Second), m); err != nil {
		t.Fatal(err)
	}
	var got map[string]string
	if err := json.Unmarshal(h.body, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"to": "+16175550100", "message": "Boston: " + m.Text, "ref": m.ID}
	for k, v := range want {
		if got[k] != v {
			t.Errorf("%s is %q, not %q", k, got[k], v)
		}
	}
	if h.header.Get("Idempotency-Key") != m.ID || h.header.Get("Authorization") != "Bearer x" || h.header.Get("Skein-Delivery") != m.ID {
		t.Errorf("%v", h.header)
	}

	s, err = NewSMS(SMSConfig{URL: h.URL, Format: "form", Fields: fields})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Deliver(within(t, 5*time.Second), m); err != nil {
		t.Fatal(err)
	}
	form, err := url.ParseQuery(string(h.body))
	if err != nil || h.header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		t.Fatal(err, h.header)
	}
	for k, v := range want {
		if form.Get(k) != v {
			t.Errorf("form: %s is %q, not %q", k, form.Get(k), v)
		}
	}

	for _, to := range []string{"", "110", "ann", "+1617555010012345", "+16175550100;rm", "０１２３４５"} {
		m.To.To = to
		before := h.n
		if got := failure(s.Deliver(within(t, time.Second), m)); got != "courier.bad_address for good" || h.n != before {
			t.Errorf("%q: %s", to, got)
		}
	}
}

func TestSMSSettings(t *testing.T) {
	fields := map[string]string{"to": "{to}", "message": "{text}"}
	for setting, c := range map[string]SMSConfig{
		"":       {URL: "http://10.0.0.5/send", Fields: fields},
		"url":    {URL: "gateway", Fields: fields},
		"format": {URL: "https://example.org", Format: "xml", Fields: fields},
		"fields": {URL: "https://example.org", Fields: map[string]string{"to": "{to}"}},
	} {
		_, err := NewSMS(c)
		rs, _ := civic.AsRefusals(err)
		if setting == "" && err != nil || setting != "" && (len(rs) != 1 || rs[0].Args["setting"] != setting) {
			t.Errorf("%q: %v", setting, err)
		}
	}
}

func FuzzVerify(f *testing.F) {
	secret, now := []byte("s3cret"), time.Unix(1_800_000_000, 0)
	f.Add("t=1800000000,v1=00", []byte("{}"))
	f.Add(Sign(secret, now, []byte("{}")), []byte("{}"))
	f.Add("v1=,t=,=,,", []byte(nil))
	f.Fuzz(func(t *testing.T, header string, body []byte) {
		if Verify(secret, header, body, now, time.Minute) != nil {
			return
		}
		for s := now.Unix() - 60; s <= now.Unix()+60; s++ { // it must hold a signature that we made
			if made := Sign(secret, time.Unix(s, 0), body); strings.Contains(strings.ToLower(header), made[strings.IndexByte(made, ',')+1:]) {
				return
			}
		}
		t.Errorf("%q passes", header)
	})
}
