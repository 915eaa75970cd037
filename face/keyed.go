package face

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"net/url"

	"skein/frame/civic"
	"skein/frame/clerk"
)

// Keyed is a command's idempotency key (draft-ietf-httpapi-idempotency-key-header). Inputs
// of doors that command embed it.
type Keyed struct {
	IdempotencyKey string `header:"Idempotency-Key" maxLength:"200" doc:"The same key and body again get the same receipt"`
}

// Once gives a task the key its request came with. The digest is of command, dossier and
// body, so that a key used for something else is refused; it is keyed (HMAC-SHA256) with a
// key of the realm's own, so that nobody without it can try out what was in a body that
// has since been erased. Without a key Once does nothing.
func (s *Site) Once(t *clerk.Task, k Keyed, body any) error {
	if k.IdempotencyKey == "" {
		return nil
	}
	for i := range len(k.IdempotencyKey) { // bytes that are no text would take the whole batch down
		if b := k.IdempotencyKey[i]; b < 0x20 || b > 0x7e {
			return civic.Refuse(civic.Invalid, "face.idempotency_key").In("Idempotency-Key")
		}
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	who := "resident"
	switch {
	case t.Actor.Kind == civic.Post:
		who = string(t.Actor.Post)
	case t.Dossier != "": // whoever is not known as this person finds no receipt of hers
		who = "resident:" + string(t.Actor.Person)
	}
	t.Key, t.Digest = who+" "+s.named(k.IdempotencyKey), s.Digest([]byte(t.Command.Name()), []byte(t.Dossier), raw)
	return nil
}

// named is what is kept of a key: whoever gave it may have put anything into it, and the row outlasts what it was of.
func (s *Site) named(key string) string { return s.Digest([]byte("key"), []byte(key)) }

// FormKey makes the key of a form that is shown: hidden in it under "once", so that a form that is sent twice counts once.
func FormKey() string { return rand.Text() }

// FormOnce is a task's key and digest from a form that is sent: the key it was shown with, and a keyed digest of all it says; both empty where it has none.
func (s *Site) FormOnce(fields url.Values) (key, digest string) {
	key = fields.Get("once")
	if len(key) < 20 || len(key) > 64 {
		return "", ""
	}
	return "form " + s.named(key), s.Digest([]byte(fields.Encode()))
}

// Digest is that of a request, in parts, keyed with a key of the realm's own (HMAC-SHA256).
func (s *Site) Digest(parts ...[]byte) string {
	key := s.Vault.Keys.Master.Derive("idempotency digests", s.Realm.ID)
	h := hmac.New(sha256.New, key[:])
	for _, p := range parts {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(p))))
		h.Write(p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Time is a moment as programs read it: RFC 3339 with the realm's offset.
type Time string

// Time writes a moment for programs.
func (s *Site) Time(i civic.Instant) Time {
	return Time(i.In(s.zone).Format("2006-01-02T15:04:05-07:00"))
}

// TimeOrNil is nil for the zero instant.
func (s *Site) TimeOrNil(i civic.Instant) *Time {
	if i == 0 {
		return nil
	}
	t := s.Time(i)
	return &t
}

// Receipt says what a command led to. Acts is empty where all was already as asked.
type Receipt struct {
	Dossier  civic.DossierID `json:"dossier"`
	Recorded *Time           `json:"recorded,omitempty"`
	Again    bool            `json:"again,omitempty" doc:"The command had run before under its key"`
	Acts     []ReceiptAct    `json:"acts"`
}

// ReceiptAct proves that an act was recorded: whoever has the salt can show that the
// commitment is of this act.
type ReceiptAct struct {
	ID         string `json:"id" doc:"As /api/acts names it"`
	Type       string `json:"type"`
	Power      string `json:"power"`
	Commitment string `json:"commitment"`
	Salt       string `json:"salt"`
	Receipt    string `json:"receipt,omitempty" doc:"Where its receipt is"`
}

// ReceiptOut is a receipt as a door answers it.
type ReceiptOut struct{ Body Receipt }

// Command runs a task for who asks, once a key, and answers with its receipt.
func (s *Site) Command(ctx context.Context, t clerk.Task, k Keyed, body any) (*ReceiptOut, error) {
	t.Actor = Actor(ctx)
	if err := s.Once(&t, k, body); err != nil {
		return nil, err
	}
	r, err := s.Realm.Do(ctx, t)
	if err != nil {
		return nil, err
	}
	out := &ReceiptOut{Receipt{Dossier: r.Dossier, Again: r.Again, Acts: []ReceiptAct{}}}
	for _, a := range r.Acts {
		out.Body.Recorded = s.TimeOrNil(a.Recorded)
		out.Body.Acts = append(out.Body.Acts, ReceiptAct{
			ID: s.ActName(a.Position), Type: a.Type, Power: a.Power,
			Commitment: hex.EncodeToString(a.Commitment), Salt: hex.EncodeToString(a.Opening()),
			Receipt: s.ReceiptPath(&a),
		})
	}
	return out, nil
}

// Document is text of a media type of its own, as a door answers it.
type Document struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}
