package signin

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strconv"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/store"
	"skein/frame/vault"
)

// What a resident told while signed in is hers to find again, and nobody's to gather. Each matter is
// one row of account_links under a name made of a secret and a count; the secret lies in the
// account's box. Whoever has the database alone cannot tell which rows are one account's, how many
// it has, or when they came; erasing the box makes them unreadable for good.

// told is one matter, and under which id the account's holder stands in it.
type told struct {
	Dossier civic.DossierID `json:"dossier"`
	Person  civic.PersonID  `json:"person"`
}

const (
	linksPart = "links" // of an account's box: the secret
	linkBytes = 192     // of every row before sealing
	linksRead = 64      // names asked for at a time
)

var linkTable = &store.Table{Name: "account_links", Key: 2, Columns: store.Columns("realm:t slot:t sealed:b")}

// links finds and opens the rows of one account.
type links struct {
	secret []byte
	key    *vault.Lock
	with   vault.Cipher
}

// newSecret is what an account's rows are found by.
func newSecret() []byte {
	b := make([]byte, 32)
	rand.Read(b) // never fails
	return b
}

func (l links) mac(text string) []byte {
	m := hmac.New(sha256.New, l.secret)
	m.Write([]byte(text))
	return m.Sum(nil)
}

func (l links) slot(n int) string { return hex.EncodeToString(l.mac("slot " + strconv.Itoa(n))[:16]) }

// links opens the secret of an account's box. Errors: vault.ErrErased, vault.ErrMissing.
func (a *Accounts) links(ctx context.Context, box string) (links, error) {
	content, err := a.Vault.Read(ctx, a.Realm, vault.Ref{Box: box, Part: linksPart})
	if err != nil {
		return links{}, err
	}
	return a.linksOf(content.Text), nil
}

func (a *Accounts) linksOf(secret []byte) links {
	l := links{secret: secret, with: a.Vault.Keys.Cipher()}
	l.key = vault.NewLock([32]byte(l.mac("key")))
	return l
}

// read opens all rows of an account, the oldest first.
func (a *Accounts) read(ctx context.Context, l links) ([]told, error) {
	var out []told
	err := a.each(ctx, l, func(slot string, sealed []byte) error {
		text, err := l.key.Open(sealed, []byte(slot))
		if err != nil {
			return vault.ErrDamaged
		}
		var t told
		if err := json.Unmarshal(bytes.TrimRight(text, " "), &t); err != nil {
			return err
		}
		out = append(out, t)
		return nil
	})
	return out, err
}

// each gives all rows of an account as they lie, the oldest first.
func (a *Accounts) each(ctx context.Context, l links, row func(slot string, sealed []byte) error) error {
	for n := 0; ; n += linksRead {
		slots := make([]string, linksRead)
		for i := range slots {
			slots[i] = l.slot(n + i)
		}
		found := map[string][]byte{}
		rows, err := a.DB.R.QueryContext(ctx, "SELECT slot, sealed FROM account_links WHERE realm = $1 AND "+a.DB.Each("slot", "$2"), string(a.Realm), a.DB.List(slots))
		if err != nil {
			return err
		}
		for rows.Next() {
			var slot string
			var sealed []byte
			if err := rows.Scan(&slot, &sealed); err != nil {
				rows.Close()
				return err
			}
			found[slot] = sealed
		}
		rows.Close()
		if err := rows.Err(); err != nil {
			return err
		}
		for _, slot := range slots {
			sealed, there := found[slot]
			if !there {
				return nil
			}
			if err := row(slot, sealed); err != nil {
				return err
			}
		}
	}
}

// gone takes the place of a row whose matter was erased: of the same length, and found by nobody but its account.
var gone = told{}

// row seals one matter for its slot.
func (l links) row(realm civic.Realm, slot string, t told) store.Row {
	text, err := json.Marshal(t)
	if err != nil || len(text) > linkBytes {
		panic("signin: two ids that do not fit")
	}
	text = append(text, bytes.Repeat([]byte(" "), linkBytes-len(text))...)
	return store.Row{string(realm), slot, l.key.Seal(l.with, text, []byte(slot))}
}

// forgottenTable is that of links, for a row that takes the place of an older one.
var forgottenTable = &store.Table{Name: "account_links", Key: 2, Replace: true, Columns: linkTable.Columns}

// forgetMatter lets go of a matter that is erased, by a row in the commit that erases it.
func (s *Service) forgetMatter(ctx context.Context, dossier civic.DossierID) ([]store.Write, error) {
	session := face.SessionOf(ctx)
	if session == nil || session.Officer {
		return nil, nil
	}
	l, err := s.links(ctx, session.Box)
	if isGone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all, err := s.read(ctx, l)
	for n, t := range all {
		if t.Dossier == dossier {
			slot := l.slot(n)
			return []store.Write{{Table: forgottenTable, Row: l.row(s.Realm, slot, gone)}}, nil
		}
	}
	return nil, err
}

// keepMatter lets a resident find the matter again that she is about to tell, by a row in the commit
// that begins it. An account whose box is gone keeps nothing, and takes nobody's right to report.
func (s *Service) keepMatter(ctx context.Context, person civic.PersonID) (func(civic.DossierID) []store.Write, error) {
	session := face.SessionOf(ctx)
	if session == nil || session.Officer {
		return nil, nil
	}
	l, err := s.links(ctx, session.Box)
	if isGone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	before, err := s.read(ctx, l)
	if err != nil {
		return nil, err
	}
	next := len(before)
	return func(dossier civic.DossierID) []store.Write {
		slot := l.slot(next)
		next++ // a name that somebody else took meanwhile has the batch tried again, with the next
		return []store.Write{{Table: linkTable, Row: l.row(s.Realm, slot, told{dossier, person})}}
	}, nil
}

func isGone(err error) bool {
	return errors.Is(err, vault.ErrErased) || errors.Is(err, vault.ErrMissing)
}

// toldBy is what the holder of a session told.
func (s *Service) toldBy(ctx context.Context, session *face.Session) ([]told, error) {
	l, err := s.links(ctx, session.Box)
	if isGone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return s.read(ctx, l)
}

// mine says under which id the reader stands in a matter, if she told it while signed in.
func (s *Service) mine(ctx context.Context, dossier civic.DossierID) (civic.PersonID, bool) {
	session := face.SessionOf(ctx)
	if session == nil || session.Officer {
		return "", false
	}
	all, err := s.toldBy(ctx, session)
	if err != nil {
		s.Site.Log.Error("what an account told cannot be read", "err", err)
		return "", false
	}
	for _, t := range all {
		if t != gone && t.Dossier == dossier {
			return t.Person, true
		}
	}
	return "", false
}

// matters lists what the reader told, the latest first. What was erased meanwhile, by the desk or by the clock, who
// cannot know whose it was, is let go of here.
func (s *Service) matters(ctx context.Context, session *face.Session) ([]civic.DossierID, error) {
	l, err := s.links(ctx, session.Box)
	if isGone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all, err := s.read(ctx, l)
	if err != nil {
		return nil, err
	}
	out := make([]civic.DossierID, 0, len(all))
	var rows []store.Row
	for n, t := range slices.Backward(all) {
		switch {
		case t == gone:
		case s.Site.Gone != nil && s.Site.Gone(t.Dossier):
			slot := l.slot(n)
			rows = append(rows, l.row(s.Realm, slot, gone))
		default:
			out = append(out, t.Dossier)
		}
	}
	if len(rows) == 0 {
		return out, nil
	}
	return out, s.DB.Update(ctx, func(tx *store.Tx) error { return tx.Write(ctx, forgottenTable, rows) })
}
