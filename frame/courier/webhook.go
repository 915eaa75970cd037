package courier

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"skein/frame/civic"
	"skein/frame/outward"
)

// SignatureHeader carries when a webhook was sent and its signature:
// "t=1767225600,v1=<hex>", the HMAC-SHA256 (RFC 2104) of "<t>.<body>" under the secret.
const SignatureHeader = "Skein-Signature"

// DeliveryHeader carries the id that stays the same when a delivery is repeated.
const DeliveryHeader = "Skein-Delivery"

// Webhook posts a note as JSON: its id, realm, kind, message key and arguments.
type Webhook struct {
	client       *http.Client
	allowPrivate bool
	now          func() time.Time
}

// NewWebhook makes the channel. Unless the operator allows private targets it speaks
// HTTPS only and refuses addresses that are not public. The clock is the machine's, for
// the signature; nil is time.Now.
func NewWebhook(allowPrivate bool, wall func() time.Time) *Webhook {
	if wall == nil {
		wall = time.Now
	}
	return &Webhook{client: outward.Client(!allowPrivate), allowPrivate: allowPrivate, now: wall}
}

type webhookBody struct {
	ID    string         `json:"id"`
	Realm civic.Realm    `json:"realm"`
	Kind  string         `json:"kind"`
	Key   string         `json:"key"`
	Args  map[string]any `json:"args,omitempty"`
}

// Deliver posts one note.
func (w *Webhook) Deliver(ctx context.Context, m Message) error {
	u, err := url.Parse(m.To.To)
	if err != nil || u.Host == "" || u.User != nil || (u.Scheme != "https" && u.Scheme != "http") {
		return &Failure{Key: "courier.bad_address", Permanent: true, Cause: err}
	}
	if u.Scheme != "https" && !w.allowPrivate {
		return &Failure{Key: "courier.not_https", Permanent: true}
	}
	if len(m.To.Secret) == 0 {
		return &Failure{Key: "courier.no_secret", Permanent: true}
	}
	body, err := json.Marshal(webhookBody{m.ID, m.Realm, m.Kind, m.Key, m.Args})
	if err != nil {
		return &Failure{Key: "courier.note_unreadable", Permanent: true, Cause: err}
	}
	return post(ctx, w.client, u.String(), "application/json", map[string]string{
		SignatureHeader: Sign(m.To.Secret, w.now(), body),
		DeliveryHeader:  m.ID,
	}, string(body))
}

// Sign makes the value of SignatureHeader.
func Sign(secret []byte, at time.Time, body []byte) string {
	t := strconv.FormatInt(at.Unix(), 10)
	return "t=" + t + ",v1=" + hex.EncodeToString(mac(secret, t, body))
}

func mac(secret []byte, t string, body []byte) []byte {
	h := hmac.New(sha256.New, secret)
	fmt.Fprintf(h, "%s.", t)
	h.Write(body)
	return h.Sum(nil)
}

// ErrSignature says that a webhook is not of who holds the secret, or is too old.
var ErrSignature = errors.New("courier: the signature does not hold")

// Verify checks a received webhook; within is how far its time may be from now.
func Verify(secret []byte, header string, body []byte, now time.Time, within time.Duration) error {
	var t string
	var sums []string
	for _, field := range strings.Split(header, ",") {
		name, value, _ := strings.Cut(field, "=")
		switch name {
		case "t":
			t = value
		case "v1":
			sums = append(sums, value)
		}
	}
	at, err := strconv.ParseInt(t, 10, 64)
	if err != nil || strconv.FormatInt(at, 10) != t {
		return ErrSignature
	}
	if d := now.Sub(time.Unix(at, 0)); d > within || d < -within {
		return ErrSignature
	}
	for _, sum := range sums {
		got, err := hex.DecodeString(sum)
		if err == nil && hmac.Equal(got, mac(secret, t, body)) {
			return nil
		}
	}
	return ErrSignature
}
