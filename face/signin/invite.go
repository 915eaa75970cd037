package signin

import (
	"context"

	"skein/frame/civic"
	"skein/frame/store"
)

// inviteData is nothing yet: an invitation is its account.
type inviteData struct{}

// Invite lets somebody serve a term of office: an officer's account for the address, made if
// there is none. It returns a link's token that signs the account in once, within a week, so
// that it gets its own ways in; "" if it has enough of them already, since she then signs in as
// before. The term's person is in the body's acts.
func (a *Accounts) Invite(ctx context.Context, person civic.PersonID, address, lang string) (token string, err error) {
	email, _ := Address(address)
	if email == "" {
		return "", civic.Refuse(civic.Invalid, "signin.mail_form").In("address")
	}
	acc, known, err := a.byAddress(ctx, Officer, email)
	if err != nil {
		return "", err
	}
	own := false
	if known {
		if own, err = a.hasSure(ctx, acc.ID); err != nil {
			return "", err
		}
	}
	if !own {
		token = newToken()
	}
	return token, a.DB.Update(ctx, func(tx *store.Tx) error {
		if !known {
			if acc, err = a.make(ctx, tx, "", Officer, contact{Email: email, Language: lang}); err != nil {
				return err
			}
		}
		if err := tx.Write(ctx, termTable, []store.Row{{string(a.Realm), string(person), acc.ID}}); err != nil || own {
			return err
		}
		return a.beginIn(ctx, tx, token, toInvite, acc.ID, inviteData{}, nil)
	})
}

// End ends every session of an officer's account; closed, nobody signs in to it any more. False if
// there is no such account. With "" for the address it ends every session of the realm. A process
// that serves learns of it within sessionMemory.
func (a *Accounts) End(ctx context.Context, address string, closed bool) (bool, error) {
	if address == "" {
		return true, a.DB.Update(ctx, func(tx *store.Tx) error {
			_, err := tx.ExecContext(ctx, "DELETE FROM sessions WHERE realm = $1", string(a.Realm))
			return err
		})
	}
	email, phone := Address(address)
	acc, known, err := a.byAddress(ctx, Officer, email+phone)
	if err != nil || !known {
		return false, err
	}
	return true, a.DB.Update(ctx, func(tx *store.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM sessions WHERE realm = $1 AND account = $2", string(a.Realm), acc.ID); err != nil || !closed {
			return err
		}
		for _, table := range []string{"attempts", "credentials"} { // its address may then be invited again
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE realm = $1 AND account = $2", string(a.Realm), acc.ID); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, "UPDATE accounts SET closed = $3 WHERE realm = $1 AND account = $2", string(a.Realm), acc.ID, a.now())
		return err
	})
}

// hasOwn reports whether an account can be proved by something of its owner's.
func (a *Accounts) hasOwn(ctx context.Context, account string) (bool, error) {
	var n int
	err := a.DB.R.QueryRowContext(ctx, "SELECT count(*) FROM credentials WHERE realm = $1 AND account = $2 AND kind <> $3",
		string(a.Realm), account, byAddress).Scan(&n)
	return n > 0, err
}

// hasSure reports whether an account has a way in of its owner's that is more than a password.
func (a *Accounts) hasSure(ctx context.Context, account string) (bool, error) {
	var n int
	err := a.DB.R.QueryRowContext(ctx, "SELECT count(*) FROM credentials WHERE realm = $1 AND account = $2 AND kind IN ($3, $4, $5)",
		string(a.Realm), account, byPasskey, byProvider, byTOTP).Scan(&n)
	return n > 0, err
}

// invited takes an invitation, and with it every other of the account. One that comes after its
// account has got ways in enough is worth nothing: the link may have been found by somebody else.
func (a *Accounts) invited(ctx context.Context, token string) (acc Account, ok bool, err error) {
	id, err := a.take(ctx, toInvite, token, &inviteData{})
	if err != nil {
		return Account{}, false, orGone(err)
	}
	own, err := a.hasSure(ctx, id)
	if err != nil {
		return Account{}, false, err
	}
	if err := a.forgetAttempts(ctx, id); err != nil || own {
		return Account{}, false, err
	}
	return a.find(ctx, id)
}

// forgetAttempts ends what was begun for an account: invitations, passkeys, providers.
func (a *Accounts) forgetAttempts(ctx context.Context, account string) error {
	return a.DB.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM attempts WHERE realm = $1 AND account = $2", string(a.Realm), account)
		return err
	})
}

// isInvited reports whether an invitation can be taken.
func (a *Accounts) isInvited(ctx context.Context, token string) (bool, error) {
	_, err := a.look(ctx, toInvite, token, &inviteData{})
	return err == nil, orGone(err)
}
