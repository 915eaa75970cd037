package guide

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"skein/face"
	"skein/frame/access"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/frame/store"
	"skein/science/mask"
)

// Drafting makes the task that puts a text as a draft; the text has been checked.
func Drafting(realm civic.Realm, d *Document) clerk.Task {
	text := d.Canonical()
	digest := journal.DocumentDigest(text)
	return filed(clerk.Task{Command: Write{Article: d.Article, Digest: digest, Body: d.Body}, Dossier: ID(d.Article)}, realm, digest, text)
}

// Publishing makes the task that publishes a draft, with its text for the decision to read.
func Publishing(realm civic.Realm, code string, number int, text []byte) clerk.Task {
	return filed(clerk.Task{Command: Publish{Draft: number}, Dossier: ID(code)}, realm, journal.DocumentDigest(text), text)
}

func filed(t clerk.Task, realm civic.Realm, digest string, text []byte) clerk.Task {
	t.Documents = map[string][]byte{digest: text}
	t.Writes = append(t.Writes, store.Write{Table: journal.DocumentTable, Row: store.Row{string(realm), digest, Media, text}})
	return t
}

// marked says where a text holds what looks like somebody's data, which is refused unless it was looked at.
func marked(d *Document, looked bool) (out civic.Refusals) {
	if looked {
		return nil
	}
	for _, lang := range Languages {
		t := d.Texts[lang]
		for _, f := range []struct{ name, text string }{{"title", t.Title}, {"question", t.Question}, {"body", t.Body}, {"keywords", strings.Join(t.Keywords, "\n")}} {
			if n := len(mask.Find(f.text)); n > 0 {
				out = append(out, civic.Refuse(civic.Invalid, "guide.still_marked", "count", n).In("texts."+lang+"."+f.name))
			}
		}
	}
	return out
}

// mayNot reports whether powers refuse something, before anything is filed or said of what was sent.
func mayNot(refusals civic.Refusals) bool {
	return slices.ContainsFunc(refusals, func(r civic.Refusal) bool { return strings.HasPrefix(r.Key, "power.") })
}

// draft checks a text and puts it as a draft, for who asks. Whoever has no power for it learns nothing of the text's faults.
func (a *API) draft(ctx context.Context, d *Document, looked bool) (clerk.Task, error) {
	view := a.Site.Realm.View()
	code := d.Article
	if !ValidCode(code) {
		code = "new"
	}
	s, _ := CatalogIn(view).Article(code)
	tried, err := a.Site.Realm.Try(ctx, clerk.Task{Command: Write{Article: code, Body: d.Body}, Dossier: ID(code), Actor: face.Actor(ctx)})
	if err != nil {
		return clerk.Task{}, err
	}
	if mayNot(tried) {
		return clerk.Task{}, tried
	}
	refusals := append(d.Check(a.Ports.Known(view)), marked(d, looked)...)
	if len(refusals) > 0 {
		return clerk.Task{}, refusals
	}
	if s.Draft != nil && s.Draft.Digest == d.Digest() {
		return clerk.Task{}, civic.Refuse(civic.Conflict, "guide.same")
	}
	return Drafting(a.Site.Realm.ID, d), nil
}

// publishing reads the draft that waits, for its publisher. An officer one of whose posts, of today or of then, drafted it is refused in whichever she acts.
func (a *API) publishing(ctx context.Context, s State, c Publish) (clerk.Task, error) {
	t := clerk.Task{Command: c, Dossier: s.ID}
	if s.Draft == nil || s.Draft.Number != c.Draft {
		return t, nil // her turn says so
	}
	if session := face.SessionOf(ctx); s.Draft.By != "" && slices.Contains(session.Since(s.Draft.At), s.Draft.By) {
		policy := a.Site.Realm.View().Powers.Policy("guide.four_eyes")
		return t, civic.Refuse(civic.Forbidden, "power.forbidden", "action", c.Name(), "policy", policy.ID, "law", policy.Law, "title_en", policy.Titles["en"], "title_zh", policy.Titles["zh"])
	}
	text, err := a.text(ctx, s.Draft.Digest)
	if err != nil {
		return t, err
	}
	return Publishing(a.Site.Realm.ID, s.Code(), c.Draft, text), nil
}

// text reads a document of this room's.
func (a *API) text(ctx context.Context, digest string) ([]byte, error) {
	_, text, err := journal.Document(ctx, a.Site.Realm.DB.R, a.Site.Realm.ID, digest)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, civic.Refuse(civic.Missing, "guide.document_missing")
	}
	return text, err
}

// withdrawing files the reason, for who may withdraw.
func (a *API) withdrawing(ctx context.Context, s State, c Withdraw) (clerk.Task, error) {
	t := clerk.Task{Command: c, Dossier: s.ID}
	reason := civic.Clean(c.Reason)
	if !utf8.ValidString(c.Reason) || utf8.RuneCountInString(reason) > mostReason {
		return t, civic.Refuse(civic.Invalid, "guide.text_long", "most", mostReason).In("reason")
	}
	tried, err := a.Site.Realm.Try(ctx, clerk.Task{Command: c, Dossier: s.ID, Actor: face.Actor(ctx)})
	if err != nil || mayNot(tried) || reason == "" {
		return t, err // her turn says so
	}
	if n := len(mask.Find(reason)); n > 0 && !c.Looked {
		return t, civic.Refuse(civic.Invalid, "guide.still_marked", "count", n).In("reason")
	}
	digest := journal.DocumentDigest([]byte(reason))
	t.Writes = []store.Write{{Table: journal.DocumentTable, Row: store.Row{string(a.Site.Realm.ID), digest, "text/plain", []byte(reason)}}}
	c.Reason = digest
	t.Command = c
	return t, nil
}

const mostReason = 2000

// mostMissing bounds what somebody says is missing, in characters.
const mostMissing = 2000

// answers bounds how often one network answers; it is counted in memory, by the network alone, and forgotten.
var answers = face.Rate{Burst: 10, Every: 2 * time.Minute}

// Tell enters an answer to "did this answer you?" of whoever asks, under no name and in no post. What is missing is sealed in a box of its own.
// With a key that it came with, an answer that is sent twice counts once.
func (a *API) Tell(ctx context.Context, k face.Keyed, code string, of int, answered bool, missing string) error {
	s, v, _, err := a.Shown(code)
	if err != nil {
		return err
	}
	if _, ok := s.Version(of); !ok {
		of = v.Number
	}
	if !utf8.ValidString(missing) || utf8.RuneCountInString(missing) > mostMissing {
		return civic.Refuse(civic.Invalid, "guide.text_long", "most", mostMissing).In("missing")
	}
	if !a.Site.MayAgain(ctx, "guide feedback", answers) {
		return civic.Refuse(civic.TooMany, "guide.too_often")
	}
	var name [16]byte
	rand.Read(name[:]) // never fails
	c := Tell{Random: hex.EncodeToString(name[:]), Article: code, Of: of, Body: s.Body, Answered: answered}
	t := clerk.Task{Actor: civic.Actor{Kind: civic.Resident}}
	if missing = civic.Clean(missing); missing != "" && !answered {
		box, err := a.Site.Vault.NewBox(ctx, a.Site.Realm.ID, KindFeedback)
		if err != nil {
			return err
		}
		c.Missing, c.Box = box.Seal("missing", []byte(missing)), box.ID
		t.Writes = box.Writes()
	}
	t.Command = c
	if err := a.Site.Once(&t, k, []any{code, of, answered, missing}); err != nil {
		return err
	}
	_, err = a.Site.Realm.Do(ctx, t)
	return err
}

// Missed is what somebody said is missing.
type Missed struct {
	Version int       `json:"version"`
	Day     face.Time `json:"at"`
	Text    string    `json:"text"`
}

// mostMissed bounds a page of what is missing.
const mostMissed = 50

// Missing opens what people said is missing in an article, newest first, for a post of its owner; each is written down before it is shown.
func (a *API) Missing(ctx context.Context, s State) ([]Missed, error) {
	realm, actor := a.Site.Realm, face.Actor(ctx)
	view, now := realm.View(), realm.Now()
	answer := view.Ask(actor, ActionReadFeedback, feedbackID("any"), Feedback{Body: s.Body}, now)
	if !answer.Allowed {
		return nil, answer.Refusals
	}
	rows, err := realm.DB.R.QueryContext(ctx, fmt.Sprintf(`SELECT dossier, version, missing, box, at FROM guide_feedback
		WHERE realm = $1 AND article = $2 AND box <> '' ORDER BY at DESC, dossier LIMIT %d`, mostMissed), string(realm.ID), s.Code())
	if err != nil {
		return nil, err
	}
	type row struct {
		id           civic.DossierID
		version      int
		missing, box string
		at           civic.Instant
	}
	var all []row
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.id, &r.version, &r.missing, &r.box, &r.at); err != nil {
			rows.Close()
			return nil, err
		}
		all = append(all, r)
	}
	rows.Close()
	if err := rows.Err(); err != nil {
		return nil, err
	}
	out := []Missed{}
	for _, r := range all {
		contents, err := a.Site.Access.Open(ctx, access.Who{Actor: actor, Power: answer.Policy, Purpose: access.Handling}, r.box, r.missing)
		if access.Gone(err) {
			continue // its time ran out meanwhile
		}
		if err != nil {
			return nil, err
		}
		for _, c := range contents {
			out = append(out, Missed{Version: r.version, Day: a.Site.Time(r.at), Text: string(c.Text)})
		}
	}
	return out, nil
}

// Count is how many said that a version answered, and that it did not.
type Count struct {
	Version  int `json:"version"`
	Answered int `json:"answered"`
	Not      int `json:"not_answered"`
}

// Counts counts the answers of an article by version, newest first.
func (a *API) Counts(ctx context.Context, code string) ([]Count, error) {
	rows, err := a.Site.Realm.DB.R.QueryContext(ctx, `SELECT version, sum(answered), count(*) FROM guide_feedback
		WHERE realm = $1 AND article = $2 GROUP BY version ORDER BY version DESC`, string(a.Site.Realm.ID), code)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []Count{}
	for rows.Next() {
		var c Count
		var all int
		if err := rows.Scan(&c.Version, &c.Answered, &all); err != nil {
			return nil, err
		}
		c.Not = all - c.Answered
		out = append(out, c)
	}
	return out, rows.Err()
}
