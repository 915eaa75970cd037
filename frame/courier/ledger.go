package courier

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"skein/frame/civic"
	"skein/frame/store"
)

// settle writes down what became of notes. Until it succeeds nothing else is delivered.
func (c *Courier) settle(ctx context.Context) error {
	if len(c.owed) == 0 {
		return nil
	}
	ctx = context.WithoutCancel(ctx) // what was delivered is marked even when we are asked to stop
	now := int64(c.Now())
	groups := map[mark][]string{} // marks that differ in nothing but the note
	for _, m := range c.owed {
		id := m.id
		m.id = ""
		groups[m] = append(groups[m], id)
	}
	// The rows are found by their key: state is spelt so that the index of all that waits,
	// which may be long, is not taken for it.
	err := c.DB.Update(ctx, func(tx *store.Tx) error {
		for m, ids := range groups {
			var err error
			if m.state == waiting {
				_, err = tx.ExecContext(ctx, `UPDATE outbox SET tries = tries + 1, due = $4, last_error = $5
					WHERE realm = $1 AND tries = $2 AND state || '' = 'waiting' AND `+c.DB.Each("id", "$3"),
					string(c.Realm), m.tries, c.DB.List(ids), int64(m.due), m.error)
			} else {
				_, err = tx.ExecContext(ctx, `UPDATE outbox SET tries = tries + 1, state = $4, last_error = $5, done = $6
					WHERE realm = $1 AND tries = $2 AND state || '' = 'waiting' AND `+c.DB.Each("id", "$3"),
					string(c.Realm), m.tries, c.DB.List(ids), m.state, m.error, now)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("courier: %d notes cannot be marked: %w", len(c.owed), err)
	}
	c.owed = c.owed[:0]
	return nil
}

// hold takes or renews the realm's lease and reports whether it is ours. Where two hold it, their deliveries
// repeat each other under the same ids.
func (c *Courier) hold(ctx context.Context) (bool, error) {
	ours, err := c.lease.Hold(ctx)
	if err != nil {
		return false, fmt.Errorf("courier: lease: %w", err)
	}
	return ours, nil
}

// release lets another process be the courier at once.
func (c *Courier) release() {
	if err := c.lease.Release(); err != nil {
		c.Log.Warn("courier: the lease is not given back and runs out by itself", "realm", c.Realm, "error", err)
	}
}

// Held reports whether a process that serves the realm holds its lease at an instant of the
// machine's clock. One that was killed holds it until it runs out.
func Held(ctx context.Context, db *store.DB, realm civic.Realm, now time.Time) (bool, error) {
	var n int
	err := db.R.QueryRowContext(ctx, "SELECT count(*) FROM courier_leases WHERE realm = $1 AND until >= $2", string(realm), now.UnixMicro()).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("courier: lease: %w", err)
	}
	return n > 0, nil
}

// Letter is a note that could not be delivered.
type Letter struct {
	ID    string
	Kind  string
	To    To
	Tries int64
	Done  civic.Instant
	Why   civic.Refusal
}

// Dead lists up to limit dead letters after an id, oldest first; "" begins.
func Dead(ctx context.Context, db *store.DB, realm civic.Realm, after string, limit int) ([]Letter, error) {
	rows, err := db.R.QueryContext(ctx, `SELECT id, kind, recipient, tries, COALESCE(done, 0), last_error FROM outbox
		WHERE realm = $1 AND state = 'dead' AND id > $2 ORDER BY id LIMIT $3`, string(realm), after, limit)
	if err != nil {
		return nil, fmt.Errorf("courier: %w", err)
	}
	defer rows.Close()
	var out []Letter
	for rows.Next() {
		var l Letter
		var why string
		if err := rows.Scan(&l.ID, &l.Kind, &l.To, &l.Tries, &l.Done, &why); err != nil {
			return nil, fmt.Errorf("courier: %w", err)
		}
		l.Why = parseFailure(why).Refusal()
		out = append(out, l)
	}
	return out, rows.Err()
}

// Retry puts dead and kept notes back to waiting, due at a moment, with all their tries
// again, and says how many it found.
func Retry(ctx context.Context, db *store.DB, realm civic.Realm, due civic.Instant, ids ...string) (int64, error) {
	var n int64
	err := db.Update(ctx, func(tx *store.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE outbox SET state = 'waiting', tries = 0, due = $2, done = NULL
			WHERE realm = $1 AND state IN ('dead', 'kept') AND `+db.Each("id", "$3"), string(realm), int64(due), db.List(ids))
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	return n, err
}

// Counts says how many notes are in each state.
func Counts(ctx context.Context, db *store.DB, realm civic.Realm) (map[string]int64, error) {
	rows, err := db.R.QueryContext(ctx, "SELECT state, count(*) FROM outbox WHERE realm = $1 GROUP BY state", string(realm))
	if err != nil {
		return nil, fmt.Errorf("courier: %w", err)
	}
	defer rows.Close()
	out := map[string]int64{}
	for rows.Next() {
		var state string
		var n int64
		if err := rows.Scan(&state, &n); err != nil {
			return nil, fmt.Errorf("courier: %w", err)
		}
		out[state] = n
	}
	return out, rows.Err()
}

// Prune deletes notes sent or kept before a moment of the realm's time. Dead letters stay.
func Prune(ctx context.Context, db *store.DB, realm civic.Realm, before civic.Instant) (int64, error) {
	var n int64
	err := db.Update(ctx, func(tx *store.Tx) error {
		res, err := tx.ExecContext(ctx, "DELETE FROM outbox WHERE realm = $1 AND state IN ('sent', 'kept') AND done < $2",
			string(realm), int64(before))
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	return n, err
}

// Sent is a note that was put into the outbox.
type Sent struct {
	Key   string        // of its message
	State string        // waiting, sent, kept, dead
	Done  civic.Instant // when it left waiting; 0 while it waits
}

// SentTo lists what the outbox holds for a recipient, the oldest first; what was sent goes from it after a time.
func SentTo(ctx context.Context, db *store.DB, realm civic.Realm, to To) ([]Sent, error) {
	rows, err := db.R.QueryContext(ctx, "SELECT data, state, coalesce(done, 0) FROM outbox WHERE realm = $1 AND recipient = $2 ORDER BY id", string(realm), string(to))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Sent
	for rows.Next() {
		var s Sent
		var text string
		if err := rows.Scan(&text, &s.State, &s.Done); err != nil {
			return nil, err
		}
		var said data
		if err := json.Unmarshal([]byte(text), &said); err != nil {
			return nil, err
		}
		s.Key = said.Key
		out = append(out, s)
	}
	return out, rows.Err()
}
