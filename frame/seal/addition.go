package seal

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	mathrand "math/rand/v2"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/store"
)

// addition is what a round adds.
type addition struct {
	edge   *edge
	leaves []store.Row
	next   civic.Position // of the act that would follow the last leaf; 0 for none
	latest civic.Instant  // recorded time of an act in it
}

func (a *addition) act(position civic.Position, commitment []byte, recorded civic.Instant) {
	if n := len(a.leaves); n > 0 && a.next == position {
		a.leaves[n-1][3] = a.leaves[n-1][3].(int64) + 1
	} else {
		a.leaves = append(a.leaves, store.Row{string(a.edge.realm), a.edge.log, a.edge.size, int64(1), int64(position), []byte(nil)})
	}
	a.next = position + 1
	a.edge.add(ActEntry(commitment))
	a.latest = max(a.latest, recorded)
}

func (a *addition) text(kept []byte) {
	a.leaves = append(a.leaves, store.Row{string(a.edge.realm), a.edge.log, a.edge.size, int64(1), nil, kept})
	a.next = 0
	a.edge.add(leafOf(kept))
}

// publicActs adds a chunk of the acts that follow, leaving the private ones. The journal's head is where it was, at least.
func (s *Sealer) publicActs(ctx context.Context, tx *store.Tx, l *Log, a *addition, head civic.Position) (more bool, err error) {
	if recent := s.Recent.After(l.Public, head, s.Chunk); len(recent) > 0 {
		for i := range recent {
			act := &recent[i]
			if !act.Private {
				a.act(act.Position, act.Commitment, act.Recorded)
			}
			l.Public = act.Position
		}
		return l.Public < head, nil
	}
	rows, err := tx.QueryContext(ctx, "SELECT position, recorded, flags, commitment FROM acts WHERE realm = $1 AND position > $2 ORDER BY position LIMIT $3",
		string(s.Realm), int64(l.Public), s.Chunk)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	read := 0
	for rows.Next() {
		var act journal.Act
		var flags string
		if err := rows.Scan(&act.Position, &act.Recorded, &flags, &act.Commitment); err != nil {
			return false, err
		}
		if err := act.SetFlags(flags); err != nil {
			return false, err
		}
		if !act.Private {
			a.act(act.Position, act.Commitment, act.Recorded)
		}
		l.Public = act.Position
		read++
	}
	return read == s.Chunk, rows.Err()
}

// privateActs adds the private acts recorded before an hour, among decoys, in an order by chance.
func (s *Sealer) privateActs(ctx context.Context, tx *store.Tx, l *Log, a *addition, hour civic.Instant) error {
	var end civic.Position // the last act recorded before the hour: recorded never decreases along positions
	err := tx.QueryRowContext(ctx, `SELECT position FROM acts WHERE realm = $1 AND position > $2 AND position <= $3 AND recorded < $4
		ORDER BY position DESC LIMIT 1`, string(s.Realm), int64(l.Private), int64(l.Public), int64(hour)).Scan(&end)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	rows, err := tx.QueryContext(ctx, "SELECT position, recorded, commitment FROM acts WHERE realm = $1 AND position > $2 AND position <= $3 AND flags LIKE '%p%' ORDER BY position",
		string(s.Realm), int64(l.Private), int64(end))
	if err != nil {
		return err
	}
	defer rows.Close()
	type leaf struct {
		act  journal.Act
		salt []byte
	}
	var batch []leaf
	for rows.Next() {
		var act journal.Act
		if err := rows.Scan(&act.Position, &act.Recorded, &act.Commitment); err != nil {
			return err
		}
		batch = append(batch, leaf{act: act})
	}
	if err := rows.Err(); err != nil {
		return err
	}
	l.Private = max(l.Private, end)
	for range bucket(len(batch)) - len(batch) {
		salt := make([]byte, 32)
		rand.Read(salt) // never fails
		batch = append(batch, leaf{salt: salt})
	}
	var seed [32]byte
	rand.Read(seed[:])
	mathrand.New(mathrand.NewChaCha8(seed)).Shuffle(len(batch), func(i, j int) { batch[i], batch[j] = batch[j], batch[i] })
	for _, b := range batch {
		if b.salt != nil {
			a.text(decoy(b.salt))
		} else {
			a.act(b.act.Position, b.act.Commitment, b.act.Recorded)
		}
	}
	return nil
}
