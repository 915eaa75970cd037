package main

import (
	"context"
	"crypto/sha1"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

// later moves the clock of signing in on.
func (c *city) later(d time.Duration) {
	now := time.Now
	if c.signIn.Wall != nil {
		now = c.signIn.Wall
	}
	c.signIn.Wall = func() time.Time { return now().Add(d) }
}

// code is what an authenticator app shows now.
func (c *city) code(email string) string {
	c.Helper()
	now := time.Now
	if c.signIn.Wall != nil {
		now = c.signIn.Wall
	}
	code, err := totp.GenerateCode(c.apps[email], now())
	if err != nil {
		c.Fatal(err)
	}
	return code
}

// settled waits where a code would be over before it arrives.
func (c *city) settled() {
	now := time.Now
	if c.signIn.Wall != nil {
		now = c.signIn.Wall
	}
	if left := 30 - now().Unix()%30; left < 4 {
		c.later(time.Duration(left) * time.Second)
	}
}

var (
	shownSecret   = regexp.MustCompile(`<code id="secret">([A-Z2-7]{32})</code>`)
	shownRecovery = regexp.MustCompile(`<code>([0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z-]+)</code>`)
)

// enrol gives an officer who is signed in an authenticator app, and returns her recovery codes.
func (v *visitor) enrol(email string, headers ...string) (recovery []string) {
	v.Helper()
	v.want(303, "POST", "/me/second/begin", url.Values{}, headers...)
	found := shownSecret.FindStringSubmatch(v.want(200, "GET", "/me/second", nil, headers...).text)
	if found == nil {
		v.Fatal("no secret is shown")
	}
	v.apps[email] = found[1]
	v.settled()
	p := v.want(200, "POST", "/me/second", url.Values{"code": {v.code(email)}}, headers...)
	for _, m := range shownRecovery.FindAllStringSubmatch(p.text, -1) {
		recovery = append(recovery, m[1])
	}
	if len(recovery) != 10 {
		v.Fatalf("%d recovery codes", len(recovery))
	}
	return recovery
}

// takes accepts an invitation with a password and an authenticator app.
func (v *visitor) takes(invitation, email string, headers ...string) (recovery []string) {
	v.Helper()
	v.want(303, "POST", "/invitation", url.Values{"invitation": {invitation}, "password": {goodPassword}}, headers...)
	return v.enrol(email, headers...)
}

// second goes on from a password with the next code of the app.
func (v *visitor) second(email string) {
	v.Helper()
	v.later(30 * time.Second)
	v.settled()
	v.want(303, "POST", "/sign-in/second", url.Values{"code": {v.code(email)}})
}

// signsIn signs an officer in by password and app.
func (v *visitor) signsIn(email string) {
	v.Helper()
	if p := v.want(303, "POST", "/sign-in/password", url.Values{"address": {email}, "password": {goodPassword}}); p.to != "/sign-in/second" {
		v.Fatalf("one factor leads to %s", p.to)
	}
	v.second(email)
}

// posted tries what only a post may do, and returns the status.
func (v *visitor) accepts() int {
	v.Helper()
	m := v.report(lamp("x"))
	r, err := http.NewRequest("POST", v.url+"/api/matters/"+m.number+"/accept", strings.NewReader("{}"))
	if err != nil {
		v.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for _, k := range v.jar {
		r.AddCookie(k)
	}
	return v.send(r).status
}

const headsMail = "head@pwd.example"

// Nothing of a post opens to one factor: not to an invitation, not to a password, not to a code by mail.
func TestOneFactorOpensNoOffice(t *testing.T) {
	withSignIn(t, `{"passwords": true}`, func(c *city) {
		mail := c.mailbox()
		v := c.visitor()
		v.want(303, "POST", "/invitation", url.Values{"invitation": {c.invite("pwd/head", headsMail)}, "password": {goodPassword}})
		if p := v.want(200, "GET", "/me", nil); !strings.Contains(p.text, "two factors") || strings.Contains(p.text, `value="pwd/head"`) {
			t.Errorf("an invitation alone: %s", p.text)
		}
		v.want(403, "POST", "/me/post", url.Values{"post": {"pwd/head"}})
		if got := v.accepts(); got != 403 {
			t.Errorf("by an invitation alone: %d", got)
		}
		v.want(303, "POST", "/sign-out", url.Values{})

		// By the password alone she is in, acts in no post and can add nothing, until she shows that she reads her mail.
		thief := c.visitor()
		password := url.Values{"address": {headsMail}, "password": {goodPassword}, "next": {"/matters"}}
		thief.want(303, "POST", "/sign-in/password", password)
		if got := thief.accepts(); got != 403 {
			t.Errorf("by a password alone: %d", got)
		}
		for path, fields := range map[string]url.Values{
			"/me/post": {"post": {"pwd/head"}}, "/me/second/begin": {}, "/me/passkey/begin": {}, "/me/recovery": {},
			"/me/password": {"old": {goodPassword}, "password": {"copper walrus 93 meadow sonata"}}, "/me/credentials/remove": {"kind": {"password"}},
		} {
			thief.want(403, "POST", path, fields)
		}
		thief.want(303, "POST", "/me/mail", url.Values{})
		thief.want(422, "POST", "/sign-in/code/check", url.Values{"code": {"00000000"}})
		code := mail.code()
		other := c.visitor() // with the code, but not the attempt
		other.want(303, "POST", "/sign-in/password", password)
		other.want(422, "POST", "/sign-in/code/check", url.Values{"code": {code}})
		thief.want(303, "POST", "/sign-in/code/check", url.Values{"code": {code}}) // she was no thief
		if got := thief.accepts(); got != 403 {
			t.Errorf("by a password and her mail: %d", got)
		}
		weak := thief.session().Value
		thief.enrol(headsMail)
		if thief.session().Value == weak {
			t.Error("the session that one factor opened became one of two")
		}
		if got := thief.accepts(); got != 201 {
			t.Errorf("by both: %d", got)
		}
		if got := other.accepts(); got != 403 {
			t.Errorf("a session of before: %d", got)
		}
		other.want(303, "GET", "/me", nil) // ended
		if text := mail.text("authenticator app"); !strings.Contains(text, "was added") {
			t.Errorf("she was not told: %s", text)
		}
		// Now the password leads to the second step, and to nothing else.
		w := c.visitor()
		if p := w.want(303, "POST", "/sign-in/password", password); p.to != "/sign-in/second" || w.session() != nil {
			t.Errorf("a password leads to %s, with %v", p.to, w.session())
		}
		w.want(200, "GET", "/sign-in/second", nil)
		w.want(303, "GET", "/me", nil)
		w.want(422, "POST", "/sign-in/second", url.Values{"code": {"000000"}})
		w.later(30 * time.Second)
		w.settled()
		right := w.code(headsMail)
		if p := w.want(303, "POST", "/sign-in/second", url.Values{"code": {" " + right[:3] + " " + right[3:]}}); p.to != "/matters" {
			t.Errorf("on to %s", p.to)
		}
		if got := w.accepts(); got != 201 {
			t.Errorf("by both: %d", got)
		}
		// No code is taken twice, nor one of a time that is over.
		again := c.visitor()
		again.want(303, "POST", "/sign-in/password", password)
		again.want(422, "POST", "/sign-in/second", url.Values{"code": {right}})
		again.later(30 * time.Second)
		again.want(422, "POST", "/sign-in/second", url.Values{"code": {right}})
		again.want(303, "POST", "/sign-in/second", url.Values{"code": {again.code(headsMail)}})
		again.want(404, "POST", "/sign-in/second", url.Values{"code": {"000000"}}) // the attempt was taken
		// Nothing that is kept tells a secret.
		for _, table := range []string{"credentials", "attempts", "sessions", "vault_items"} {
			raw, err := base32.StdEncoding.DecodeString(c.apps[headsMail])
			if dumped := c.dump(table); err != nil || strings.Contains(dumped, c.apps[headsMail]) || strings.Contains(dumped, string(raw)) {
				t.Errorf("%s tells the secret (%v)", table, err)
			}
		}
		c.holds()
	})
}

// Recovery codes stand in for a lost telephone, each once; what is removed is worth nothing, and an officer
// keeps two factors.
func TestRecoveryCodes(t *testing.T) {
	withSignIn(t, `{"passwords": true}`, func(c *city) {
		mail := c.mailbox()
		v := c.visitor()
		codes := v.takes(c.invite("pwd/head", headsMail), headsMail)
		by := func(code string, want int) *visitor {
			t.Helper()
			w := c.visitor()
			w.want(303, "POST", "/sign-in/password", url.Values{"address": {headsMail}, "password": {goodPassword}})
			w.want(want, "POST", "/sign-in/second", url.Values{"code": {code}})
			return w
		}
		if got := by(strings.ToLower(strings.ReplaceAll(codes[3], "-", " ")), 303).accepts(); got != 201 {
			t.Errorf("by a recovery code: %d", got)
		}
		if mail.text("recovery code") == "" {
			t.Error("she is not told that one was used")
		}
		by(codes[3], 422)
		by(codes[4][1:], 422)
		if p := v.want(200, "GET", "/me", nil); !strings.Contains(p.text, "9 recovery codes") {
			t.Errorf("%s", p.text)
		}
		p := v.want(200, "POST", "/me/recovery", url.Values{})
		if slices.Contains(codes, shownRecovery.FindStringSubmatch(p.text)[1]) {
			t.Error("a code was made twice")
		}
		by(codes[5], 422)
		// Neither half of two factors is removed while there is nothing in its place.
		for kind, name := range map[string]string{"password": "", "totp": ""} {
			own := regexp.MustCompile(`name="kind" value="` + kind + `"[^>]*>\s*<input type="hidden" name="name" value="([^"]*)"`).FindStringSubmatch(v.want(200, "GET", "/me", nil).text)
			if own == nil {
				t.Fatalf("no %s", kind)
			}
			name = own[1]
			want := 409
			if kind == "password" { // a code to her mail is a first factor too
				want = 303
			}
			v.want(want, "POST", "/me/credentials/remove", url.Values{"kind": {kind}, "name": {name}})
		}
		if mail.text("removed") == "" {
			t.Error("she is not told that a way in was removed")
		}
	})
}

// Wrong second codes are bounded from everywhere, and the owner is told.
func TestSecondFactorIsNotGuessed(t *testing.T) {
	withSignIn(t, `{"passwords": true}`, func(c *city) {
		mail := c.mailbox()
		v := c.visitor()
		codes := v.takes(c.invite("pwd/head", headsMail), headsMail)
		refused := 0
		for i := range 16 {
			from := []string{"X-Forwarded-For", "203.0.113." + string(rune('1'+i%9))}
			w := c.visitor()
			w.want(303, "POST", "/sign-in/password", url.Values{"address": {headsMail}, "password": {goodPassword}}, from...)
			if w.ask("POST", "/sign-in/second", url.Values{"code": {"000000"}}, from...).status == 429 {
				refused++
			}
		}
		if refused != 6 {
			t.Errorf("%d of 16 guesses from nine networks were refused", refused)
		}
		if mail.text("many wrong codes") == "" {
			t.Error("the owner is not told")
		}
		w := c.visitor() // the owner is not locked out
		w.want(303, "POST", "/sign-in/password", url.Values{"address": {headsMail}, "password": {goodPassword}})
		w.later(30 * time.Second)
		w.want(429, "POST", "/sign-in/second", url.Values{"code": {w.code(headsMail)}})
		w.want(303, "POST", "/sign-in/second", url.Values{"code": {codes[1]}})
		// One attempt is worth five tries, however they are spread.
		x := c.visitor()
		x.want(303, "POST", "/sign-in/password", url.Values{"address": {headsMail}, "password": {goodPassword}})
		for range 5 {
			x.ask("POST", "/sign-in/second", url.Values{"code": {"000000"}})
		}
		x.want(404, "POST", "/sign-in/second", url.Values{"code": {codes[0]}})
	})
}

// Who forgot a password signs in without it, by as many factors as ever, and sets a new one.
func TestForgottenPassword(t *testing.T) {
	withSignIn(t, `{"passwords": true}`, func(c *city) {
		mail := c.mailbox()
		const other = "copper walrus 93 meadow sonata"
		// A resident, by a code.
		v := c.visitor()
		v.want(303, "POST", "/sign-in/code", url.Values{"contact": {"ann@example.org"}})
		v.want(303, "POST", "/sign-in/code/check", url.Values{"code": {mail.code()}})
		v.want(303, "POST", "/me/password", url.Values{"password": {goodPassword}})
		v.want(422, "POST", "/me/password", url.Values{"old": {"not it at all"}, "password": {other}})
		v.want(303, "POST", "/me/password", url.Values{"password": {other}}) // forgotten
		if mail.text("password of your account") == "" {
			t.Error("she is not told")
		}
		v.want(303, "POST", "/sign-out", url.Values{})
		v.want(422, "POST", "/sign-in/password", url.Values{"address": {"ann@example.org"}, "password": {goodPassword}})
		v.want(303, "POST", "/sign-in/password", url.Values{"address": {"ann@example.org"}, "password": {other}})
		v.want(422, "POST", "/me/password", url.Values{"password": {goodPassword}}) // who came by it must know it
		// A resident who has an app is asked for it too.
		v.enrol("ann@example.org")
		w := c.visitor()
		w.want(303, "POST", "/sign-in/code", url.Values{"contact": {"ann@example.org"}})
		if p := w.want(303, "POST", "/sign-in/code/check", url.Values{"code": {mail.code()}}); p.to != "/sign-in/second" || w.session() != nil {
			t.Errorf("a code passes her app by: %s", p.to)
		}
		w.second("ann@example.org")
		w.want(303, "POST", "/me/password", url.Values{"password": {goodPassword}})

		// An officer, by a code to her mail and her app.
		o := c.visitor()
		o.takes(c.invite("pwd/head", headsMail), headsMail)
		p := c.visitor()
		p.want(422, "POST", "/sign-in/code", url.Values{"for": {"office"}, "office": {"+49 30 1234567"}})
		p.want(303, "POST", "/sign-in/code", url.Values{"for": {"office"}, "office": {headsMail}})
		if got := p.want(303, "POST", "/sign-in/code/check", url.Values{"code": {mail.code()}}); got.to != "/sign-in/second" || p.session() != nil {
			t.Errorf("a code alone opens an office: %s", got.to)
		}
		p.second(headsMail)
		if got := p.accepts(); got != 201 {
			t.Errorf("by mail and app: %d", got)
		}
		p.want(303, "POST", "/me/password", url.Values{"password": {other}})
		o.want(303, "GET", "/me", nil) // other sessions ended
		// Without an app her mail opens nothing.
		c.visitor().want(303, "POST", "/invitation", url.Values{"invitation": {c.invite("isd/head", "head@isd.example")}, "password": {goodPassword}})
		q := c.visitor()
		q.want(303, "POST", "/sign-in/code", url.Values{"for": {"office"}, "office": {"head@isd.example"}})
		q.want(403, "POST", "/sign-in/code/check", url.Values{"code": {mail.code()}})
		// Nor is an account made for whoever asks.
		before := c.dump("accounts")
		q.want(303, "POST", "/sign-in/code", url.Values{"for": {"office"}, "office": {"nobody@isd.example"}})
		q.want(422, "POST", "/sign-in/code/check", url.Values{"code": {mail.code()}})
		if c.dump("accounts") != before {
			t.Error("an account was made")
		}
	})
}

// Codes go to telephones only where the operator allows it, and the page tells the risk.
func TestCodesByTelephone(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]int{`{}`: 422, `{"phones": true}`: 303} {
		c := newCity(t, "", 1, settings{signIn: file})
		mail := c.mailbox()
		v := c.visitor()
		p := v.want(200, "GET", "/sign-in", nil)
		if told := strings.Contains(p.text, "takes over your number"); told != (want == 303) {
			t.Errorf("%s: the risk is told: %v", file, told)
		}
		v.want(want, "POST", "/sign-in/code", url.Values{"contact": {"+49 30 1234567"}})
		if want != 303 {
			continue
		}
		// A number opens what was told by whoever had typed a code that came to it, and so showed that it is hers.
		code := mail.code()
		if got := c.dump("credentials"); got != "" {
			t.Errorf("a number that nobody has shown to be hers is a way in: %s", got)
		}
		v.want(303, "POST", "/sign-in/code/check", url.Values{"code": {code}})
		if got := c.dump("credentials"); !strings.Contains(got, "address") {
			t.Errorf("no way in: %s", got)
		}
	}
}

// mailbox keeps what is sent to people about signing in.
type mailbox struct {
	*testing.T
	sent chan string
	seen []string
}

func (c *city) mailbox() *mailbox {
	m := &mailbox{T: c.T, sent: make(chan string, 100)}
	c.signIn.Send = func(_ context.Context, email, phone, _, subject, text string) error {
		m.sent <- email + phone + ": " + subject + ": " + text
		return nil
	}
	return m
}

var eightDigits = regexp.MustCompile(`\d{4} \d{4}`)

// code waits for the next code.
func (m *mailbox) code() string {
	m.Helper()
	for {
		select {
		case text := <-m.sent:
			m.seen = append(m.seen, text)
			if code := eightDigits.FindString(text); code != "" && strings.Contains(text, "is your code") {
				return code
			}
		case <-time.After(10 * time.Second):
			m.Fatal("no code was sent")
		}
	}
}

// text waits for a message with some words in it; "" if none comes.
func (m *mailbox) text(words string) string {
	for i, text := range m.seen {
		if strings.Contains(text, words) {
			m.seen = slices.Delete(m.seen, i, i+1)
			return text
		}
	}
	for {
		select {
		case text := <-m.sent:
			if strings.Contains(text, words) {
				return text
			}
			m.seen = append(m.seen, text)
		case <-time.After(3 * time.Second):
			return ""
		}
	}
}

// A password from the operator's list of breached ones is refused when it is set, whenever that is.
func TestBreachedPassword(t *testing.T) {
	const stolen, other = "seven crimson otters juggling", "copper walrus 93 meadow sonata"
	list := filepath.Join(t.TempDir(), "list")
	sum := sha1.Sum([]byte(stolen))
	if err := os.WriteFile(list, []byte(strings.ToUpper(hex.EncodeToString(sum[:]))+":3\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := json.Marshal(map[string]any{"passwords": true, "breached": list})
	if err != nil {
		t.Fatal(err)
	}
	withSignIn(t, string(file), func(c *city) {
		v := c.visitor()
		token := c.invite("pwd/head", headsMail)
		if p := v.want(422, "POST", "/invitation", url.Values{"invitation": {token}, "password": {stolen}}); !strings.Contains(p.text, "stolen elsewhere") {
			t.Errorf("%s", p.text)
		}
		v.takes(token, headsMail)
		v.want(422, "POST", "/me/password", url.Values{"old": {goodPassword}, "password": {stolen}})
		v.want(422, "POST", "/me/password", url.Values{"old": {goodPassword}, "password": {"mailcreated5240"}}) // of our own list
		v.want(303, "POST", "/me/password", url.Values{"old": {goodPassword}, "password": {other}})
	})
}

// Who has a password alone is invited again, since the first invitation did not bring her to her office.
func TestInvitedAgain(t *testing.T) {
	withSignIn(t, `{"passwords": true}`, func(c *city) { // no mail: nothing but an invitation lets her make the second
		v := c.visitor()
		first := c.invite("pwd/head", headsMail)
		v.want(303, "POST", "/invitation", url.Values{"invitation": {first}, "password": {goodPassword}})
		v.want(303, "POST", "/sign-out", url.Values{})
		v.want(303, "POST", "/sign-in/password", url.Values{"address": {headsMail}, "password": {goodPassword}})
		v.want(404, "POST", "/me/mail", url.Values{})
		if p := v.want(200, "GET", "/me", nil); !strings.Contains(p.text, "new invitation") {
			t.Errorf("she is not told what to do: %s", p.text)
		}
		again := c.invite("pwd/head", headsMail)
		v.want(303, "POST", "/invitation", url.Values{"invitation": {again}})
		v.want(303, "POST", "/me/password", url.Values{"password": {"copper walrus 93 meadow sonata"}}) // forgotten meanwhile
		v.enrol(headsMail)
		if got := v.accepts(); got != 201 {
			t.Errorf("by both: %d", got)
		}
		mustRun(t, 1, append([]string{"officer", "new", "--post", "btdt/head", "--email", "+49 30 1234567"}, c.at()...)...) // a number is no address to invite under
	})
}

// A browser holds the codes of the last eight matters in one cookie; leaving one takes it out.
func TestCodesOfSeveralMatters(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	v := c.visitor()
	v.want(200, "GET", "/report", nil)
	var paths []string
	for range 9 {
		p := v.want(303, "POST", "/report", url.Values{"kind": {"request"}, "category": {"street_lights.street_light_outages"}, "text": {"In front of my door"}, "lat": {"42.33"}, "lon": {"-71.09"}})
		paths = append(paths, strings.TrimSuffix(p.to, "/receipt"))
	}
	sees := func(path string) bool {
		return strings.Contains(v.want(200, "GET", path, nil).text, "In front of my door")
	}
	for i, path := range paths {
		if got := sees(path); got != (i > 0) {
			t.Errorf("matter %d of 9: %v", i+1, got)
		}
	}
	if p := v.want(200, "GET", paths[8]+"/receipt", nil); !strings.Contains(p.text, `class="no">`) {
		t.Error("no receipt")
	}
	v.want(303, "POST", paths[5], url.Values{"act": {"leave"}})
	if sees(paths[5]) || !sees(paths[4]) || !sees(paths[6]) {
		t.Error("leaving one matter")
	}
	for _, bad := range []string{"x", ".", "....", strings.Repeat("1.2.", 500), paths[1][9:] + ".", paths[1][9:] + "." + strings.Repeat("A", 65)} {
		w := c.visitor()
		w.jar = []*http.Cookie{{Name: "__Host-codes", Value: bad, Path: "/"}}
		if p := w.want(200, "GET", paths[1], nil); strings.Contains(p.text, "In front of my door") {
			t.Errorf("%.30q opens a matter", bad)
		}
	}
}
