package courier

import (
	"context"
	"crypto/ecdh"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"net/http"
	"net/url"
	"syscall"

	webpush "github.com/SherClockHolmes/webpush-go"

	"skein/frame/outward"
)

// Push tells browsers that there is news (Web Push: RFC 8030, RFC 8291, RFC 8292). What it says holds the number of a matter and
// nothing else of it, under a key that only the browser has: the push service in between reads none of it.
type Push struct {
	client  webpush.HTTPClient
	private string
	Public  string // key of the realm, as browsers want it
	subject string
	title   func(lang string) string
	say     func(lang, key string, args map[string]any) string
}

// NewPush makes the channel from a seed that is the realm's own. subject is where a push service reaches the operator: the realm's https address.
// Unless the operator allows private targets it connects to public addresses only.
func NewPush(seed [32]byte, subject string, allowPrivate bool, title func(lang string) string, say func(lang, key string, args map[string]any) string) (*Push, error) {
	// A private key is a number from 1 to n-1; the seed is uniform, and what is left of it after dividing is short of that by less than 2^-32.
	most := new(big.Int).Sub(elliptic.P256().Params().N, big.NewInt(1))
	d := new(big.Int).SetBytes(seed[:])
	d.Mod(d, most).Add(d, big.NewInt(1))
	key, err := ecdh.P256().NewPrivateKey(d.FillBytes(make([]byte, 32)))
	if err != nil {
		return nil, err
	}
	return &Push{
		client: outward.Client(!allowPrivate), private: base64.RawURLEncoding.EncodeToString(key.Bytes()),
		Public: base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes()), subject: subject, title: title, say: say,
	}, nil
}

// pushKept is for how long a push service keeps what it cannot hand over, in seconds.
const pushKept = 7 * 24 * 3600

// unnamed is what an error says without where: an endpoint points to one person's browser, and perhaps to a push service of her own, so
// that neither may come into the log. nil where nothing is left.
func unnamed(err error) error {
	var errno syscall.Errno
	switch {
	case errors.As(err, &errno):
		return errno
	case errors.Is(err, context.DeadlineExceeded):
		return context.DeadlineExceeded
	}
	return nil
}

// Deliver sends one note. The secret of its address holds the browser's keys.
func (p *Push) Deliver(ctx context.Context, m Message) error {
	u, err := url.Parse(m.To.To)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return &Failure{Key: "courier.bad_address", Permanent: true}
	}
	var keys webpush.Keys
	if err := json.Unmarshal(m.To.Secret, &keys); err != nil {
		return &Failure{Key: "courier.bad_address", Permanent: true, Cause: err}
	}
	number, _ := m.Args["number"].(string)
	news, err := json.Marshal(map[string]string{
		"title": p.title(m.To.Lang), "body": p.say(m.To.Lang, "courier.push", map[string]any{"number": number}), "number": number,
	})
	if err != nil {
		return &Failure{Key: "courier.note_unreadable", Permanent: true, Cause: err}
	}
	res, err := webpush.SendNotificationWithContext(ctx, news, &webpush.Subscription{Endpoint: u.String(), Keys: keys}, &webpush.Options{
		HTTPClient: p.client, Subscriber: p.subject, TTL: pushKept, Urgency: webpush.UrgencyNormal, VAPIDPublicKey: p.Public, VAPIDPrivateKey: p.private,
	})
	var asked *url.Error
	switch {
	case errors.Is(err, outward.ErrPrivate):
		return &Failure{Key: "courier.private_target", Permanent: true}
	case errors.As(err, &asked):
		return &Failure{Key: "courier.no_answer", Cause: unnamed(err)}
	case err != nil: // the browser's keys are none
		return &Failure{Key: "courier.bad_address", Permanent: true, Cause: err}
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusGone {
		return &Failure{Key: "courier.push_ended", Status: res.StatusCode, Permanent: true}
	}
	return judge(res.StatusCode)
}
