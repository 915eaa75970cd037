package review

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/frame/store"
	"skein/science/mask"
)

// registerRequests adds the doors of requests for a legal review.
func (a *API) registerRequests() {
	s := a.Site
	face.Get(s, "/api/review-requests", "review-requests", "Requests for a legal review that nobody has said anything to yet, by when that is due", a.requests, "reviews")
	face.Get(s, "/api/review-requests/{request}", "review-request", "One of them; its words for whoever asked and for reviewers", a.request, "reviews")
	face.Post(s, "/api/review-requests", "ask-review", "Ask that a public act, a policy or a row be examined, under no name", func(ctx context.Context, in *requestBegin) (*requestReceiptOut, error) {
		r, err := a.AskFor(ctx, in.Body, "", func(t *clerk.Task) error { return a.Site.Once(t, in.Keyed, in.Body) })
		return &requestReceiptOut{r}, err
	}, "reviews")
	face.Post(s, "/api/review-requests/{request}/turn-down", "turn-down-request", "Say, as a reviewer, why it is not examined", func(ctx context.Context, in *turnDownIn) (*requestReceiptOut, error) {
		return a.onRequest(ctx, in.Request, in.Keyed, in.Body)
	}, "reviews")
	face.Post(s, "/api/review-requests/{request}/take-back", "take-back-request", "Ask no more, as whoever asked: what was written is erased", func(ctx context.Context, in *takeBackIn) (*requestReceiptOut, error) {
		return a.onRequest(ctx, in.Request, in.Keyed, TakeBack{Code: in.Tracking})
	}, "reviews")
}

// RequestIn names a request.
type RequestIn struct {
	Tracked
	Request string `path:"request" maxLength:"20" doc:"Its code"`
}

type requestBegin struct {
	face.Keyed
	Body Ask
}

type turnDownIn struct {
	face.Keyed
	RequestIn
	Body TurnDown
}

type takeBackIn struct {
	face.Keyed
	RequestIn
}

// RequestReceipt is what whoever asked takes home.
type RequestReceipt struct {
	Request  string        `json:"request"`
	Tracking string        `json:"tracking,omitempty" doc:"Keep this: with it you read what you wrote, and take it back"`
	Status   RequestStatus `json:"status"`
	TakeBy   *face.Time    `json:"take_by,omitempty" doc:"Until when a reviewer takes it up or says why not"`
	Recorded *face.Time    `json:"recorded,omitempty"`
	Again    bool          `json:"again,omitempty" doc:"The command had run before under its key"`
	Acts     []ReceiptAct  `json:"acts"`
}

type requestReceiptOut struct{ Body RequestReceipt }

// asking bounds how often one network asks; it is counted in memory, by the network alone, and forgotten.
var asking = face.Rate{Burst: 10, Every: 2 * time.Minute}

// AskFor enters a request under no name. What somebody wrote is sealed in a box of its own. With a seed, unguessable and used once, it gives
// the same code when it is sent again; without one the code is given once.
func (a *API) AskFor(ctx context.Context, c Ask, seed string, once func(*clerk.Task) error) (RequestReceipt, error) {
	v, now := a.Site.Realm.View(), a.Site.Realm.Now()
	about, refusals, err := a.about(ctx, v, now, Examine{Kind: c.Kind, Thing: c.Thing})
	if err != nil {
		return RequestReceipt{}, err
	}
	text := clean(c.Text, "text", &refusals)
	if text == "" && len(refusals) == 0 {
		refusals = append(refusals, civic.Refuse(civic.Invalid, "review.missing", "field", "text").In("text"))
	}
	if len(refusals) > 0 {
		return RequestReceipt{}, refusals
	}
	state, _, err := a.Site.Realm.State(ctx, FindingID(about))
	if err != nil {
		return RequestReceipt{}, err
	}
	if f, ok := state.(Finding); ok && f.Exists() {
		return RequestReceipt{}, civic.Refuse(civic.Conflict, "review.examined_already", "finding", f.Code())
	}
	if !a.Site.MayAgain(ctx, "review request", asking) {
		return RequestReceipt{}, civic.Refuse(civic.TooMany, "review.too_often")
	}
	secret := a.requestSecret(seed)
	code, back, err := a.Ports.NewCode(secret)
	if err != nil {
		return RequestReceipt{}, err
	}
	box, err := a.Site.Vault.NewBox(ctx, v.Realm, KindRequest)
	if err != nil {
		return RequestReceipt{}, err
	}
	name := sha256.Sum256(append([]byte("request "), secret...))
	c.About, c.Random, c.Box, c.Back, c.Text = about, hex.EncodeToString(name[:6]), box.ID, back, box.Seal("text", []byte(text))
	actor := face.Actor(ctx)
	if actor.Kind == civic.Resident {
		actor = civic.Actor{Kind: civic.Resident} // under no name, though she be signed in
	}
	t := clerk.Task{Command: c, Actor: actor, Writes: box.Writes()}
	if err := once(&t); err != nil {
		return RequestReceipt{}, err
	}
	r, err := a.Site.Realm.Do(ctx, t)
	if err != nil {
		return RequestReceipt{}, err
	}
	out := a.requestReceipt(r)
	if seed != "" || !r.Again {
		out.Tracking = code
	}
	return out, nil
}

// requestSecret is what the code and the name of a request are made of.
func (a *API) requestSecret(seed string) []byte {
	if seed == "" {
		b := make([]byte, sha256.Size)
		rand.Read(b) // never fails
		return b
	}
	key := a.Site.Vault.Keys.Master.Derive("tracking codes", a.Site.Realm.ID)
	mac := hmac.New(sha256.New, key[:])
	mac.Write([]byte("review request " + seed))
	return mac.Sum(nil)
}

func (a *API) requestReceipt(r clerk.Receipt) RequestReceipt {
	s, shown := r.State.(Request), a.receiptActs(r)
	return RequestReceipt{Request: s.Code(), Status: s.Status, TakeBy: a.Site.TimeOrNil(s.Due()), Recorded: shown.Recorded, Again: r.Again, Acts: shown.Acts}
}

// onRequest does something with a request.
func (a *API) onRequest(ctx context.Context, code string, k face.Keyed, c Command) (*requestReceiptOut, error) {
	s, err := a.FindRequest(ctx, code)
	if err != nil {
		return nil, err
	}
	t, err := a.requestTask(ctx, s, c)
	if err != nil {
		return nil, err
	}
	if err := a.Site.Once(&t, k, c); err != nil {
		return nil, err
	}
	r, err := a.Site.Realm.Do(ctx, t)
	if err != nil {
		return nil, err
	}
	return &requestReceiptOut{a.requestReceipt(r)}, nil
}

// requestTask makes the task of a command on a request. Reasons are a public document, held against science/mask before.
func (a *API) requestTask(ctx context.Context, s Request, c Command) (clerk.Task, error) {
	t := clerk.Task{Command: c, Dossier: s.ID, Actor: face.Actor(ctx)}
	if t.Actor.Kind == civic.Resident {
		t.Actor = civic.Actor{Kind: civic.Resident}
	}
	down, ok := c.(TurnDown)
	if !ok {
		return t, nil
	}
	refused, err := a.Site.Realm.Try(ctx, t)
	if err != nil || slices.ContainsFunc(refused, func(r civic.Refusal) bool { return strings.HasPrefix(r.Key, "power.") }) {
		return t, err // her turn says so
	}
	if err := a.ownRequest(ctx, s); err != nil {
		return t, err
	}
	var refusals civic.Refusals
	text := clean(down.Reasons, "reasons", &refusals)
	if n := len(mask.Find(text)); n > 0 && !down.Looked {
		refusals = append(refusals, civic.Refuse(civic.Invalid, "review.still_marked", "count", n).In("reasons"))
	}
	if len(refusals) > 0 {
		return t, refusals
	}
	if down.Reasons = ""; text != "" {
		down.Reasons = journal.DocumentDigest([]byte(text))
		t.Writes = append(t.Writes, store.Write{Table: journal.DocumentTable, Row: store.Row{string(a.Site.Realm.ID), down.Reasons, textMedia, []byte(text)}})
	}
	t.Command = down
	return t, nil
}

// ownRequest refuses an officer one of whose posts had a hand in what is asked about, in whichever she acts.
func (a *API) ownRequest(ctx context.Context, s Request) error {
	return a.ownFinding(ctx, s.Subject, "review.examine")
}
