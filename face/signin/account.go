package signin

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/mail"
	"strings"
	"time"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/courier"
	"skein/frame/store"
	"skein/frame/vault"
)

// Kind is whose account it is.
type Kind string

const (
	Officer  Kind = "officer"
	Resident Kind = "resident"
)

// Account is somebody who can sign in.
type Account struct {
	ID   string
	Kind Kind
	Box  string
}

// Accounts keeps accounts and their credentials.
type Accounts struct {
	DB    *store.DB
	Vault *vault.Vault
	Realm civic.Realm
	Wall  func() time.Time // the machine's clock; nil is time.Now
}

func (a *Accounts) now() int64 {
	if a.Wall == nil {
		return time.Now().UnixMicro()
	}
	return a.Wall().UnixMicro()
}

// The kinds of credential.
const (
	byPasskey  = "passkey"
	byPassword = "password"
	byProvider = "provider"
	byAddress  = "address"
	byCode     = "code"       // of sessions alone
	byInvite   = "invitation" // of sessions alone
	byTOTP     = "totp"
	byRecovery = "recovery"
)

var (
	accountTable    = &store.Table{Name: "accounts", Key: 2, Columns: store.Columns("realm:t account:t kind:t box:t made:i closed:i")}
	termTable       = &store.Table{Name: "account_terms", Key: 2, Replace: true, Columns: store.Columns("realm:t person:t account:t")}
	credentialTable = &store.Table{Name: "credentials", Key: 3, Columns: store.Columns("realm:t kind:t name:t account:t data:t label:t made:i used:i")}
)

// passwordTable is that of credentials, for a password, which takes the place of an older one.
var passwordTable = &store.Table{Name: "credentials", Key: 3, Replace: true, Columns: credentialTable.Columns}

// contact is what the box of an account holds; the same shape as a reporter's, so that notes find it.
type contact struct {
	Email    string `json:"email,omitempty"`
	Phone    string `json:"phone,omitempty"`
	Language string `json:"language,omitempty"`
}

// credential is a row of that table.
type credential struct {
	kind, name, account, data, label string
	made                             civic.Instant
}

func (a *Accounts) credential(ctx context.Context, kind, name string) (credential, bool, error) {
	c := credential{kind: kind, name: name}
	err := a.DB.R.QueryRowContext(ctx, "SELECT account, data, label FROM credentials WHERE realm = $1 AND kind = $2 AND name = $3",
		string(a.Realm), kind, name).Scan(&c.account, &c.data, &c.label)
	if errors.Is(err, sql.ErrNoRows) {
		return c, false, nil
	}
	return c, err == nil, err
}

func (a *Accounts) credentialRow(c credential) store.Row {
	return store.Row{string(a.Realm), c.kind, c.name, c.account, c.data, c.label, a.now(), int64(0)}
}

// make makes an account with an address, in the transaction of the caller. An id of "" is that of its box.
func (a *Accounts) make(ctx context.Context, tx *store.Tx, id string, kind Kind, c contact) (Account, error) {
	box, err := a.Vault.NewBox(ctx, a.Realm, "account")
	if err != nil {
		return Account{}, err
	}
	acc := Account{ID: cmp.Or(id, box.ID), Kind: kind, Box: box.ID}
	if c.Email != "" || c.Phone != "" {
		sealed, err := json.Marshal(c)
		if err != nil {
			return acc, err
		}
		box.Seal("contact", sealed)
	}
	box.Seal(linksPart, newSecret())
	writes := append(box.Writes(), store.Write{Table: accountTable, Row: store.Row{string(a.Realm), acc.ID, string(kind), acc.Box, a.now(), int64(0)}})
	for _, address := range []string{c.Email, c.Phone} {
		if address != "" {
			writes = append(writes, store.Write{Table: credentialTable, Row: a.credentialRow(credential{kind: byAddress, name: a.addressName(kind, address), account: acc.ID})})
		}
	}
	return acc, tx.WriteAll(ctx, writes)
}

// find reads an open account.
func (a *Accounts) find(ctx context.Context, id string) (Account, bool, error) {
	acc := Account{ID: id}
	err := a.DB.R.QueryRowContext(ctx, "SELECT kind, box FROM accounts WHERE realm = $1 AND account = $2 AND closed = 0", string(a.Realm), id).Scan(&acc.Kind, &acc.Box)
	if errors.Is(err, sql.ErrNoRows) {
		return acc, false, nil
	}
	return acc, err == nil, err
}

// addressName is how an address is found. Somebody who serves a term has an account for that,
// apart from the one in which she told things as a resident: whoever invites her to the one
// gets no key to the other.
func (a *Accounts) addressName(kind Kind, address string) string {
	return a.digest(string(kind)+" address", address)
}

// byAddress finds the account of an address.
func (a *Accounts) byAddress(ctx context.Context, kind Kind, address string) (Account, bool, error) {
	c, ok, err := a.credential(ctx, byAddress, a.addressName(kind, address))
	if err != nil || !ok {
		return Account{}, false, err
	}
	return a.find(ctx, c.account)
}

// terms lists the persons whose terms an account serves.
func (a *Accounts) terms(ctx context.Context, account string) ([]civic.PersonID, error) {
	rows, err := a.DB.R.QueryContext(ctx, "SELECT person FROM account_terms WHERE realm = $1 AND account = $2 ORDER BY person", string(a.Realm), account)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []civic.PersonID
	for rows.Next() {
		var p civic.PersonID
		if err := rows.Scan(&p); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// digest finds something again that must not be read: keyed, so that whoever holds the
// database cannot try addresses against it.
func (a *Accounts) digest(purpose, text string) string {
	key := a.Vault.Keys.Master.Derive("sign-in "+purpose, a.Realm)
	mac := hmac.New(sha256.New, key[:])
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}

// Address puts a mail address or telephone number into the one form that is compared: mail in
// small letters, numbers without spaces. "" is neither.
func Address(text string) (email, phone string) {
	text = strings.TrimSpace(text)
	if len(text) > 320 {
		return "", ""
	}
	if strings.Contains(text, "@") {
		parsed, err := mail.ParseAddress(text)
		if err != nil || parsed.Name != "" || strings.ContainsAny(parsed.Address, "\r\n") {
			return "", ""
		}
		return strings.ToLower(parsed.Address), ""
	}
	var b strings.Builder
	for i, r := range text {
		switch {
		case r >= '0' && r <= '9', r == '+' && i == 0:
			b.WriteRune(r)
		case r == ' ' || r == '-' || r == '(' || r == ')' || r == '.' || r == '/':
		default:
			return "", ""
		}
	}
	if phone = b.String(); !courier.Telephone(phone) {
		return "", ""
	}
	return "", phone
}

// Seats says in which posts people sit at a moment; cmd asks the bodies.
type Seats func(v *clerk.View, persons []civic.PersonID, at civic.Instant) []civic.PostID

// Served says in which posts people sat at any time between two moments; cmd asks the bodies.
type Served func(v *clerk.View, persons []civic.PersonID, since, until civic.Instant) []civic.PostID
