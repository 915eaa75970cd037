package courier

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"unicode"

	"skein/frame/civic"
)

// Address is where and how somebody wants to be told.
type Address struct {
	Channel string // name of a channel: "mail", "sms", "webhook"
	To      string // mail address, telephone number or URL
	Lang    string // BCP 47
	Secret  []byte // signs webhooks
}

// Message is a note ready to go.
type Message struct {
	ID      string // the same at every try; for the receiver to tell repetitions
	Realm   civic.Realm
	Kind    string
	Key     string
	Args    map[string]any
	To      Address
	Subject string // one line
	Text    string // plain
	// Calendar goes beside the text where the channel can carry it: mail. Nil for none.
	Calendar *Calendar
}

// Calendar is an iCalendar object that a message brings (RFC 6047).
type Calendar struct{ Method, Text string }

// Channel delivers one message. It returns nil when the other side has taken it on, a
// *Failure that says whether another try may help, or any other error, which is tried again.
type Channel interface {
	Deliver(ctx context.Context, m Message) error
}

// Contacts finds the address of a recipient when a note is sent. Nobody to tell, also
// because the contact was erased, is ErrNobody; other errors are tried again.
type Contacts interface {
	Resolve(ctx context.Context, realm civic.Realm, to To) (Address, error)
}

// Texts renders a message in a language as plain text.
type Texts interface {
	Render(lang, key string, args map[string]any) string
}

// Dates is what Texts can be as well: it makes the calendar that a message brings; nil for none.
type Dates interface {
	Calendar(to Address, recipient To, args map[string]any) (*Calendar, error)
}

var (
	// ErrNobody says that a recipient has no contact.
	ErrNobody = errors.New("courier: nobody to tell")
	// ErrKept says that a message stays in the outbox, since nothing is there to send it.
	ErrKept = errors.New("courier: no channel configured, kept")
)

// Failure is why a message was not taken. Key names a message for people; it is kept
// with the note, and Cause, which may quote an address, is not.
type Failure struct {
	Key       string
	Status    int // of SMTP or HTTP, 0 for none
	Permanent bool
	Cause     error
}

// Error names the code and the status, not the cause.
func (f *Failure) Error() string {
	if f.Status != 0 {
		return fmt.Sprintf("%s %d", f.Key, f.Status)
	}
	return f.Key
}

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.Cause }

// Refusal is the failure as people read it.
func (f *Failure) Refusal() civic.Refusal {
	if f.Status != 0 {
		return civic.Refuse(civic.Unavailable, f.Key, "status", f.Status)
	}
	return civic.Refuse(civic.Unavailable, f.Key)
}

// parseFailure reads what Error wrote.
func parseFailure(s string) *Failure {
	f := &Failure{}
	fmt.Sscanf(s, "%s %d", &f.Key, &f.Status) // a missing status leaves 0
	return f
}

// Keep is the channel where none is configured: it says in the log that there was
// something to send, without its text or address, and the note is kept.
type Keep struct{ Log *slog.Logger }

// Deliver always returns ErrKept.
func (k Keep) Deliver(ctx context.Context, m Message) error {
	if k.Log != nil {
		k.Log.DebugContext(ctx, "no channel configured, note kept", "id", m.ID, "kind", m.Kind, "channel", m.To.Channel)
	}
	return ErrKept
}

// oneLine makes a text fit for a header: control characters and line breaks become spaces.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.Join(strings.Fields(s), " ")
}
