package courier

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/http/httptest"
	"net/mail"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"skein/frame/civic"
)

// smtpServer is a submission server on loopback. Say maps a verb ("MAIL", "RCPT",
// "DATA", "." for the end of the data, "QUIT", "" for the greeting) to an answer; "drop"
// hangs up instead and "silent" says nothing any more.
type smtpServer struct {
	addr string
	say  map[string]string

	mu    sync.Mutex
	taken []string // messages, also those whose answer was lost
	to    []string
	auth  []string // how clients signed in
}

// got is what was taken, and for whom.
func (s *smtpServer) got() (taken, to []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.taken...), append([]string(nil), s.to...)
}

func newSMTP(t testing.TB, say map[string]string) *smtpServer {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return serveSMTP(t, l, say)
}

func serveSMTP(t testing.TB, l net.Listener, say map[string]string) *smtpServer {
	s := &smtpServer{addr: l.Addr().String(), say: say}
	var open sync.WaitGroup
	t.Cleanup(func() { l.Close(); open.Wait() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			open.Go(func() { s.serve(c) })
		}
	}()
	return s
}

func (s *smtpServer) serve(c net.Conn) {
	defer c.Close()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	r := bufio.NewReader(c)
	answer := func(verb, usual string) bool {
		s.mu.Lock()
		if said, ok := s.say[verb]; ok {
			usual = said
		}
		s.mu.Unlock()
		switch usual {
		case "drop":
			return false
		case "silent":
			io.Copy(io.Discard, r)
			return false
		}
		_, err := fmt.Fprintf(c, "%s\r\n", usual)
		return err == nil
	}
	if !answer("", "220 loopback ready") {
		return
	}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		verb := strings.ToUpper(strings.Fields(line + " ?")[0])
		usual := "250 ok"
		switch verb {
		case "EHLO":
			usual = "250-loopback\r\n250 8BITMIME"
		case "RCPT":
			s.mu.Lock()
			s.to = append(s.to, strings.TrimSpace(line))
			s.mu.Unlock()
		case "AUTH":
			s.mu.Lock()
			s.auth = append(s.auth, line)
			s.mu.Unlock()
		case "DATA":
			usual = "354 go on"
		case "QUIT":
			usual = "221 bye"
		}
		if !answer(verb, usual) || verb == "QUIT" {
			return
		}
		if said := s.say["DATA"]; verb != "DATA" || said != "" && !strings.HasPrefix(said, "3") {
			continue
		}
		var b strings.Builder
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			if line == ".\r\n" {
				break
			}
			b.WriteString(strings.TrimPrefix(line, "."))
		}
		if end := s.say["."]; end == "" || end == "drop" { // taken, even if nobody hears of it
			s.mu.Lock()
			s.taken = append(s.taken, b.String())
			s.mu.Unlock()
		}
		if !answer(".", "250 taken") {
			return
		}
	}
}

func (s *smtpServer) channel(t testing.TB) *Mail {
	host, port, _ := net.SplitHostPort(s.addr)
	n, _ := strconv.Atoi(port)
	m, err := NewMail(MailConfig{Host: host, Port: n, Security: "none", From: "Boston <matters@example.org>"})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func message() Message {
	return Message{
		ID: "boston.000000000001.000", Realm: realm, Kind: "matter.answered", Key: "matter.note.answered",
		Args: map[string]any{"number": 7}, To: Address{Channel: "mail", To: secretAddress, Lang: "zh-Hans", Secret: []byte("s3cret")},
		Subject: "您的事项已答复", Text: "路灯已修好。\n.\n请确认。\n",
	}
}

func within(t testing.TB, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

func TestMail(t *testing.T) {
	s := newSMTP(t, nil)
	if err := s.channel(t).Deliver(within(t, 5*time.Second), message()); err != nil {
		t.Fatal(err)
	}
	taken, to := s.got()
	if len(taken) != 1 || len(to) != 1 || !strings.Contains(to[0], "<"+secretAddress+">") {
		t.Fatalf("%q %q", taken, to)
	}
	m, err := mail.ReadMessage(strings.NewReader(taken[0]))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != "您的事项已答复" {
		t.Errorf("subject %q %v", subject, err)
	}
	for name, want := range map[string]string{
		"Message-Id":     "<boston.000000000001.000@example.org>",
		"Skein-Delivery": "boston.000000000001.000", "Auto-Submitted": "auto-generated",
		"Content-Type": "text/plain; charset=UTF-8", "Content-Language": "zh-Hans", "From": `"Boston" <matters@example.org>`,
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s is %q, not %q", name, got, want)
		}
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if text := strings.ReplaceAll(string(body), "\r\n", "\n"); err != nil || !strings.HasPrefix(text, message().Text) {
		t.Errorf("body %q %v", text, err)
	}
}

func TestMailFailures(t *testing.T) {
	for _, c := range []struct {
		name      string
		say       map[string]string
		want      string // "" is sent
		permanent bool
		taken     int
	}{
		{"no such mailbox", map[string]string{"RCPT": "550 5.1.1 no " + secretAddress}, "courier.refused 550", true, 0},
		{"greylisted", map[string]string{"RCPT": "451 4.7.1 later"}, "courier.refused_for_now 451", false, 0},
		{"sender refused", map[string]string{"MAIL": "553 no"}, "courier.refused 553", true, 0},
		{"not now", map[string]string{"": "421 busy"}, "courier.refused_for_now 421", false, 0},
		{"refused at the door", map[string]string{"": "554 go away"}, "courier.refused 554", false, 0},
		{"content refused", map[string]string{".": "554 spam"}, "courier.refused 554", true, 0},
		{"mailbox full", map[string]string{".": "452 full"}, "courier.refused_for_now 452", false, 0},
		{"hung up before the data", map[string]string{"DATA": "drop"}, "courier.no_answer", false, 0},
		{"taken, the answer lost", map[string]string{".": "drop"}, "courier.no_answer", false, 1},
		{"silent", map[string]string{"RCPT": "silent"}, "courier.no_answer", false, 0},
		{"taken, no goodbye", map[string]string{"QUIT": "drop"}, "", false, 1},
		{"taken, a bad reset", map[string]string{"RSET": "drop"}, "", false, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSMTP(t, c.say)
			patience := 30 * time.Second // only reached where nobody answers, so that a busy machine is not taken for a silent one
			if c.name == "silent" {
				patience = 500 * time.Millisecond
			}
			err := s.channel(t).Deliver(within(t, patience), message())
			var f *Failure
			switch {
			case c.want == "" && err != nil:
				t.Errorf("%v: %v", err, errors.Unwrap(err))
			case c.want != "" && (!errors.As(err, &f) || f.Error() != c.want || f.Permanent != c.permanent):
				t.Errorf("%v (%v), not %s", err, errors.Unwrap(err), c.want)
			case err != nil && strings.Contains(err.Error(), "ann.lee"):
				t.Errorf("the error shows the address: %v", err)
			}
			if taken, _ := s.got(); len(taken) != c.taken {
				t.Errorf("%d taken, not %d", len(taken), c.taken)
			}
		})
	}
	t.Run("nobody listens", func(t *testing.T) {
		l, _ := net.Listen("tcp", "127.0.0.1:0")
		s := &smtpServer{addr: l.Addr().String()}
		l.Close()
		var f *Failure
		if err := s.channel(t).Deliver(within(t, time.Second), message()); !errors.As(err, &f) || f.Error() != "courier.no_answer" || f.Permanent {
			t.Errorf("%v", err)
		}
	})
	t.Run("not an address", func(t *testing.T) {
		for _, to := range []string{"", "ann", "ann@", "ann@example.org\r\nBcc: all@example.org", "ann@example.org, bob@example.org"} {
			m := message()
			m.To.To = to
			s := newSMTP(t, nil)
			var f *Failure
			err := s.channel(t).Deliver(within(t, time.Second), m)
			if _, rcpt := s.got(); !errors.As(err, &f) || f.Key != "courier.bad_address" || !f.Permanent || len(rcpt) > 0 {
				t.Errorf("%q: %v %q", to, err, rcpt)
			}
		}
	})
}

// Over TLS to a server whose certificate we trust, and to no other; and never in clear
// where encryption is asked for.
func TestMailIsEncrypted(t *testing.T) {
	known := httptest.NewTLSServer(nil) // for its certificate
	defer known.Close()
	pool := x509.NewCertPool()
	pool.AddCert(known.Certificate())
	trusting := &tls.Config{RootCAs: pool, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}

	listen := func() net.Listener {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	encrypted := serveSMTP(t, tls.NewListener(listen(), known.TLS), nil)
	plain := serveSMTP(t, listen(), nil)
	for _, c := range []struct {
		name     string
		server   *smtpServer
		security string
		tls      *tls.Config
		want     string
	}{
		{"trusted", encrypted, "tls", trusting, ""},
		{"not trusted", encrypted, "tls", nil, "courier.no_answer"},
		{"no STARTTLS offered", plain, "starttls", trusting, "courier.no_answer"},
		{"no STARTTLS offered, by default", plain, "", trusting, "courier.no_answer"},
	} {
		host, port, _ := net.SplitHostPort(c.server.addr)
		n, _ := strconv.Atoi(port)
		m, err := NewMail(MailConfig{Host: host, Port: n, Security: c.security, TLS: c.tls, From: "a@example.org"})
		if err != nil {
			t.Fatal(err)
		}
		if got := failure(m.Deliver(within(t, 2*time.Second), message())); got != c.want {
			t.Errorf("%s: %q, not %q", c.name, got, c.want)
		}
	}
	if taken, _ := encrypted.got(); len(taken) != 1 {
		t.Errorf("%d taken over TLS, not 1", len(taken))
	}
	if taken, to := plain.got(); len(taken)+len(to) != 0 {
		t.Errorf("in clear: %q %q", taken, to)
	}
}

// A server that lost its answer gets the mail again under the same Message-ID.
func TestMailLostAnswerRepeats(t *testing.T) {
	w := newWorld(t, open(t, t.TempDir()+"/skein.db"))
	s := newSMTP(t, map[string]string{".": "drop"})
	w.Channels["test"] = s.channel(t)
	w.put(1, 1)
	w.round()
	w.counts(map[string]int64{waiting: 1})
	whole := newSMTP(t, nil)
	w.Channels["test"] = whole.channel(t)
	w.now = w.now.Add(w.Base)
	w.round()
	w.counts(map[string]int64{sent: 1})
	id := func(s *smtpServer) string {
		s.mu.Lock()
		defer s.mu.Unlock()
		m, err := mail.ReadMessage(strings.NewReader(s.taken[0]))
		if err != nil {
			t.Fatal(err)
		}
		return m.Header.Get("Message-Id")
	}
	if first, second := id(s), id(whole); first != second || first == "" {
		t.Errorf("%s, then %s", first, second)
	}
}

// What a text holds cannot become a header or a second mail.
func TestMailInjection(t *testing.T) {
	s := newSMTP(t, nil)
	m := message()
	m.Subject = oneLine("hello\r\nBcc: all@example.org\u2028x\x00")
	m.Text = "one\r\n.\r\nMAIL FROM:<x@example.org>\r\n"
	m.To.Lang = "en\r\nBcc: all@example.org"
	if err := s.channel(t).Deliver(within(t, 5*time.Second), m); err != nil {
		t.Fatal(err)
	}
	taken, rcpt := s.got()
	if len(taken) != 1 || len(rcpt) != 1 {
		t.Fatalf("%d mails to %q", len(taken), rcpt)
	}
	got, err := mail.ReadMessage(strings.NewReader(taken[0]))
	if err != nil || got.Header.Get("Bcc") != "" || got.Header.Get("Subject") != "hello Bcc: all@example.org x" {
		t.Errorf("%v %v", got.Header, err)
	}
}

func TestMailSettings(t *testing.T) {
	good := MailConfig{Host: "mail.example.org", From: "a@example.org"}
	for setting, bend := range map[string]func(*MailConfig){
		"":         func(*MailConfig) {},
		"host":     func(c *MailConfig) { c.Host = "" },
		"port":     func(c *MailConfig) { c.Port = 70000 },
		"from":     func(c *MailConfig) { c.From = "Boston" },
		"security": func(c *MailConfig) { c.Security = "ssl" },
	} {
		c := good
		bend(&c)
		_, err := NewMail(c)
		rs, _ := civic.AsRefusals(err)
		if setting == "" && err != nil || setting != "" && (len(rs) != 1 || rs[0].Args["setting"] != setting) {
			t.Errorf("%q: %v", setting, err)
		}
	}
}
