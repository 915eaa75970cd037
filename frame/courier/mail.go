package courier

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	netmail "net/mail"
	"net/textproto"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"skein/frame/civic"
	"skein/frame/outward"
	"skein/frame/secret"
)

// MailConfig is how mail leaves: a submission server (RFC 6409).
type MailConfig struct {
	Host     string
	Port     int    // 0: 465 for implicit TLS, else 587
	Security string // "starttls" (also ""), "tls", or "none" for a server on the same machine
	Username string // "" for none
	Password *secret.Secret
	Token    *secret.Secret // instead of a password: an access token of OAuth 2.0, which ends (XOAUTH2)
	// Certificate and Key are files (PEM) by which Skein shows the server who it is; they are read anew for each connection.
	Certificate, Key string
	From             string // "Boston <matters@example.org>"
	TLS              *tls.Config
}

// Mail sends by SMTP. A server's 5xx is for good, its 4xx and silence are for now.
type Mail struct {
	config MailConfig
	from   *netmail.Address
	domain string
}

// NewMail checks the settings. Refusal: courier.mail_settings, naming the one at fault.
func NewMail(c MailConfig) (*Mail, error) {
	refuse := func(setting string) (*Mail, error) {
		return nil, civic.Refuse(civic.Invalid, "courier.mail_settings", "setting", setting)
	}
	from, err := netmail.ParseAddress(c.From)
	if err != nil {
		return refuse("from")
	}
	if c.Host == "" {
		return refuse("host")
	}
	if c.Port < 0 || c.Port > 65535 {
		return refuse("port")
	}
	switch c.Security {
	case "", "starttls", "tls", "none":
	default:
		return refuse("security")
	}
	if (c.Certificate == "") != (c.Key == "") {
		return refuse("certificate")
	}
	if c.Password.Given() && c.Token.Given() {
		return refuse("password")
	}
	if c.Certificate != "" {
		set := c.TLS.Clone()
		if set == nil {
			set = &tls.Config{ServerName: c.Host, MinVersion: tls.VersionTLS12}
		}
		set.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			pair, err := tls.LoadX509KeyPair(c.Certificate, c.Key)
			return &pair, err
		}
		c.TLS = set
	}
	m := &Mail{config: c, from: from, domain: from.Address[strings.LastIndexByte(from.Address, '@')+1:]}
	if _, err := m.client(time.Second, "", nil); err != nil {
		return refuse("host")
	}
	return m, nil
}

// client opens its connection by dial; with implicit TLS by the library's own, which
// must know that the connection is encrypted to allow signing in.
func (m *Mail) client(timeout time.Duration, word string, dial mail.DialContextFunc) (*mail.Client, error) {
	c := m.config
	options := []mail.Option{mail.WithTimeout(timeout), mail.WithHELO(m.domain)}
	switch c.Security {
	case "tls":
		options = append(options, mail.WithSSLPort(false))
	case "none":
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		options = append(options, mail.WithTLSPortPolicy(mail.TLSMandatory))
	}
	if dial != nil && c.Security != "tls" {
		options = append(options, mail.WithDialContextFunc(dial))
	}
	if c.Port != 0 {
		options = append(options, mail.WithPort(c.Port))
	}
	if c.TLS != nil {
		options = append(options, mail.WithTLSConfig(c.TLS))
	}
	if c.Username != "" {
		by := mail.SMTPAuthAutoDiscover
		if c.Token.Given() {
			by = mail.SMTPAuthXOAUTH2
		}
		options = append(options, mail.WithSMTPAuth(by), mail.WithUsername(c.Username), mail.WithPassword(word))
	}
	return mail.NewClient(c.Host, options...)
}

// Deliver sends one mail on a connection of its own.
func (m *Mail) Deliver(ctx context.Context, msg Message) error {
	letter := mail.NewMsg(mail.WithNoDefaultUserAgent())
	letter.FromMailAddress(m.from)
	if err := letter.To(msg.To.To); err != nil {
		return &Failure{Key: "courier.bad_address", Permanent: true, Cause: err}
	}
	letter.Subject(msg.Subject)
	letter.SetDate()
	letter.SetMessageIDWithValue(msg.ID + "@" + m.domain)
	letter.SetGenHeader("Skein-Delivery", msg.ID)
	letter.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: nobody's robot answers
	if msg.To.Lang != "" {
		letter.SetGenHeader("Content-Language", oneLine(msg.To.Lang))
	}
	letter.SetBodyString(mail.TypeTextPlain, msg.Text)
	if msg.Calendar != nil {
		letter.AddAlternativeString(mail.ContentType("text/calendar; method="+oneLine(msg.Calendar.Method)), msg.Calendar.Text)
	}

	timeout := 20 * time.Second
	if deadline, ok := ctx.Deadline(); ok {
		timeout = max(time.Until(deadline), time.Millisecond)
	}
	// The library leaves a connection open when what follows the dialling fails.
	var raw net.Conn
	defer func() {
		if raw != nil {
			raw.Close()
		}
	}()
	word, err := m.word(ctx)
	if err != nil {
		return &Failure{Key: "courier.no_secret_given", Cause: err}
	}
	client, err := m.client(timeout, word, func(ctx context.Context, network, address string) (conn net.Conn, err error) {
		raw, err = outward.Connect(ctx, network, address)
		return raw, err
	})
	if err != nil {
		return &Failure{Key: "courier.no_answer", Cause: err}
	}
	if m.config.Security == "tls" { // the library's own connection
		outward.Count()
	}
	conn, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		f := smtpFailure(err)
		m.config.Token.Renew() // it may have been the token
		f.Permanent = false    // the greeting and the sign-in say nothing about this message
		return f
	}
	err = client.SendWithSMTPClient(conn, letter)
	_ = client.CloseWithSMTPClient(conn) // what was taken is taken, whatever the goodbye says
	_ = conn.Close()                     // the goodbye alone leaves a silent server connected
	if err == nil || letter.IsDelivered() {
		return nil
	}
	return smtpFailure(err)
}

// word is what signs in.
func (m *Mail) word(ctx context.Context) (string, error) {
	if m.config.Token.Given() {
		return m.config.Token.Value(ctx)
	}
	return m.config.Password.Value(ctx)
}

func smtpFailure(err error) *Failure {
	status := 0
	var send *mail.SendError
	var reply *textproto.Error
	if errors.As(err, &send) {
		status = send.ErrorCode()
	} else if errors.As(err, &reply) {
		status = reply.Code
	}
	switch {
	case status >= 500:
		return &Failure{Key: "courier.refused", Status: status, Permanent: true, Cause: err}
	case status >= 400:
		return &Failure{Key: "courier.refused_for_now", Status: status, Cause: err}
	}
	return &Failure{Key: "courier.no_answer", Cause: err}
}
