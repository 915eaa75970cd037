package signin

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"skein/frame/outward"
)

func TestAddress(t *testing.T) {
	for text, want := range map[string]string{
		" Ann@Example.ORG ": "ann@example.org|", "ann@example.org": "ann@example.org|", "+49 (30) 123-4567": "|+49301234567", "010 6552 9988": "|",
		"": "|", "ann": "|", "12": "|", "+1234567890123456": "|", "Ann <ann@example.org>": "|", "a@b\r\nBcc: c@d": "|", "a@b, c@d": "|",
		"+49 30 x": "|", "1+2345678": "|", strings.Repeat("a", 400) + "@example.org": "|",
	} {
		email, phone := Address(text)
		if got := email + "|" + phone; got != want {
			t.Errorf("%q: %s, not %s", text, got, want)
		}
	}
}

func FuzzAddress(f *testing.F) {
	for _, seed := range []string{"ann@example.org", "+49 30 1234567", "a@b\r\nBcc: c@d.example", "\x00@x", "１２３"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		email, phone := Address(text)
		if email != "" && phone != "" || strings.ContainsAny(email+phone, "\r\n\x00 ") && !strings.Contains(email, `"`) {
			t.Errorf("%q: %q %q", text, email, phone)
		}
		if again, more := Address(email + phone); email+phone != "" && again+more != email+phone {
			t.Errorf("%q is not what it is compared as: %q, %q", text, email+phone, again+more)
		}
	})
}

func TestLocal(t *testing.T) {
	for next, want := range map[string]string{
		"/matters": "/matters", "/matters?status=open": "/matters?status=open", "": "/me",
		"//evil.example": "/me", "https://evil.example/": "/me", "javascript:alert(1)": "/me", `/\evil.example`: "/me", "/%2f/evil": "/%2f/evil", "/a/..//evil": "/a/..//evil",
		"/\tevil": "/me", "\\\\evil": "/me", "matters": "/me", "/sign-out": "/me", "http:evil": "/me", "/" + strings.Repeat("x", 600): "/me",
	} {
		if got := local(next); got != want {
			t.Errorf("%q: %q, not %q", next, got, want)
		}
	}
}

func TestPasswords(t *testing.T) {
	ctx := context.Background()
	const good = "plum lantern otter 47 harbour"
	kept, err := newPassword(ctx, good)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(kept, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Error(kept)
	}
	for password, want := range map[string]bool{good: true, good + " ": false, "": false, strings.ToUpper(good): false} {
		if same, err := samePassword(ctx, password, kept); same != want || err != nil {
			t.Errorf("%q: %v %v", password, same, err)
		}
	}
	// Two ways of writing one letter are one password.
	if kept, err = newPassword(ctx, "caf\u00e9 lantern otter 47"); err != nil {
		t.Fatal(err)
	}
	if same, err := samePassword(ctx, "cafe\u0301 lantern otter 47", kept); !same || err != nil {
		t.Error("a keyboard's way of composing letters counts:", err)
	}
	// RFC 9106, 5.3 is of other parameters than ours; what is kept must still be read when they grow.
	if same, err := samePassword(ctx, good, unknownPassword); same || err != nil {
		t.Error("nobody's password:", same, err)
	}
	for _, bad := range []string{"", "$argon2i$v=19$m=1,t=1,p=1$AA$AA", "$argon2id$v=18$m=8,t=1,p=1$AAAA$AAAA", "$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA", "$argon2id$v=19$m=8$AA$AA"} {
		if same, err := samePassword(ctx, good, bad); same || err == nil {
			t.Errorf("%q: %v %v", bad, same, err)
		}
	}
	for password, want := range map[string]string{
		"short": "signin.password_short", strings.Repeat("x ", 80): "signin.password_long", "password1234": "signin.password_easy",
		"aaaaaaaaaaaaaaaaaa": "signin.password_easy", "qwertyuiop123": "signin.password_easy", "密码密码密码密码密码密码密码": "signin.password_easy", "我爱你我爱你我爱你我爱": "signin.password_short",
		"我爱你我爱你我爱你我爱你": "signin.password_easy", "éééééééééééé": "signin.password_easy", good: "", "紫色灯笼水獭四十七港湾码头": "",
	} {
		got := ""
		if rs := checkPassword(password); len(rs) > 0 {
			got = rs[0].Key
		}
		if got != want {
			t.Errorf("%q: %q, not %q", password, got, want)
		}
	}
}

// A code is tied to the attempt that it was sent for.
func TestCodeDigest(t *testing.T) {
	code := newCode()
	if len(code) != codeDigits || strings.Trim(code, "0123456789") != "" {
		t.Error(code)
	}
	a, b := newToken(), newToken()
	first, again := codeDigest(a, code), codeDigest(a, code)
	if len(a) != tokenBytes || a == b || first == codeDigest(b, code) || first != again {
		t.Error("tokens or digests")
	}
}

// A provider's address reaches nothing inside, whether it stands in the settings or in what the
// provider says of itself (SSRF).
func TestProvidersReachNothingInside(t *testing.T) {
	inside := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { t.Error("something inside was asked") }))
	defer inside.Close()
	p := &Provider{Code: "a", Title: "A", Issuer: "https://id.example.org", ClientID: "x", Residents: true}
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]error{
		inside.URL: outward.ErrPrivate, strings.Replace(inside.URL, "127.0.0.1", "localhost", 1): outward.ErrPrivate,
		"https://169.254.169.254/latest/": outward.ErrPrivate, "http://id.example.org/keys": errPlain,
	} {
		res, err := p.http.Get(address)
		if err == nil {
			res.Body.Close()
		}
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, not %v", address, err, want)
		}
	}
}
