package store

import (
	"context"
	"time"
)

// Lease is what one process at a time may hold for a realm, so that it alone does a work. Its table has the
// columns realm (the key), holder and until. Clocks of two machines that differ by more than the lease make two
// holders: the work must bear that.
type Lease struct {
	DB     *DB
	Table  string
	Realm  string
	Holder string // a name of its own for each process
	Length time.Duration
	Wall   func() time.Time // the machine's clock

	until time.Time // zero: not ours
}

// Hold takes or renews the lease and reports whether it is ours. It is renewed at half its length.
func (l *Lease) Hold(ctx context.Context) (bool, error) {
	now := l.Wall()
	if l.until.Sub(now) >= l.Length/2 {
		return true, nil
	}
	until := now.Add(l.Length)
	var n int64
	err := l.DB.Update(ctx, func(tx *Tx) error {
		res, err := tx.ExecContext(ctx, `INSERT INTO `+l.Table+` (realm, holder, until) VALUES ($1, $2, $3)
			ON CONFLICT (realm) DO UPDATE SET holder = excluded.holder, until = excluded.until
			WHERE `+l.Table+`.holder = excluded.holder OR `+l.Table+`.until < $4`,
			l.Realm, l.Holder, until.UnixMicro(), now.UnixMicro())
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	if err != nil {
		return false, err
	}
	l.until = time.Time{}
	if n > 0 {
		l.until = until
	}
	return n > 0, nil
}

// Release lets another process hold it at once. One that is not given back runs out by itself.
func (l *Lease) Release() error {
	if l.until.IsZero() {
		return nil
	}
	l.until = time.Time{}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return l.DB.Update(ctx, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM "+l.Table+" WHERE realm = $1 AND holder = $2", l.Realm, l.Holder)
		return err
	})
}
