package signin

import (
	"context"
	"errors"
	"fmt"

	"skein/frame/civic"
	"skein/frame/vault"
)

// Columns are where this package keeps what is sealed outside of boxes, so that it can be sealed anew by another cipher.
//
// An attempt's secret opens under a token that is in a browser's cookie alone. Nobody here can seal it anew, and so those under the other
// cipher end: whoever waits for a code asks for another.
func Columns(v *vault.Vault) []vault.Column {
	return []vault.Column{
		{Table: linkTable.Name, Key: "slot", Sealed: "sealed", Locks: func(ctx context.Context, realm civic.Realm, slots []string) (map[string]*vault.Lock, error) {
			return (&Accounts{DB: v.DB, Vault: v, Realm: realm}).linkLocks(ctx, slots)
		}},
		{Table: attemptTable.Name, Key: "hash", Sealed: "sealed", Locks: func(context.Context, civic.Realm, []string) (map[string]*vault.Lock, error) { return nil, nil }},
	}
}

// locksAt is how many accounts are asked for their secrets at a time.
const locksAt = 500

// linkLocks finds whose rows some are, by the secrets of all accounts. A row that is nobody's is of an account that is no more, as where
// an older copy of the database was put back: its secret is erased. Of a box that does not open the error tells.
func (a *Accounts) linkLocks(ctx context.Context, slots []string) (map[string]*vault.Lock, error) {
	wanted := make(map[string]bool, len(slots))
	for _, slot := range slots {
		wanted[slot] = true
	}
	locks := make(map[string]*vault.Lock, len(slots))
	var faults []error
	for last := ""; ; {
		accounts, boxes, err := a.boxesAfter(ctx, last)
		if err != nil {
			return locks, err
		}
		if len(accounts) == 0 {
			return locks, errors.Join(faults...)
		}
		last = accounts[len(accounts)-1]
		refs := make([]vault.Ref, len(boxes))
		for i, box := range boxes {
			refs[i] = vault.Ref{Box: box, Part: linksPart}
		}
		contents, err := a.Vault.ReadMany(ctx, a.Realm, refs)
		if err != nil {
			return locks, err
		}
		for _, ref := range refs {
			content, ok := contents[ref]
			if !ok { // erased or never there, or it does not open
				if content, err = a.Vault.Read(ctx, a.Realm, ref); isGone(err) {
					continue
				}
				if err != nil {
					faults = append(faults, err)
					continue
				}
			}
			l := a.linksOf(content.Text)
			err := a.each(ctx, l, func(slot string, _ []byte) error {
				if wanted[slot] {
					locks[slot] = l.key
				}
				return nil
			})
			if err != nil {
				return locks, err
			}
		}
	}
}

// boxesAfter lists the next accounts with their boxes.
func (a *Accounts) boxesAfter(ctx context.Context, last string) (accounts, boxes []string, err error) {
	rows, err := a.DB.R.QueryContext(ctx, fmt.Sprintf("SELECT account, box FROM accounts WHERE realm = $1 AND account > $2 ORDER BY account LIMIT %d", locksAt), string(a.Realm), last)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var account, box string
		if err := rows.Scan(&account, &box); err != nil {
			return nil, nil, err
		}
		accounts, boxes = append(accounts, account), append(boxes, box)
	}
	return accounts, boxes, rows.Err()
}
