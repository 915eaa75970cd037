package seal

import (
	"context"
	"errors"
	"strings"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/store"
)

// Standing is how a log of a realm stands with a witness that it asks.
type Standing struct {
	Witness string // its verifier key
	Size    int64  // leaves of the newest checkpoint that it cosigned
	Trouble string // why it cosigned nothing when it was asked last: Doubted and the like; "" for nothing
	Seen    int64  // leaves that it says it saw, where the trouble is about them
	Since   civic.Instant

	line string
}

// Grave reports whether the witness says that the log is not what it saw.
func (s *Standing) Grave() bool { return s.Trouble == Doubted || s.Trouble == SeenMore }

// Standings are those of a log of a realm, by the witness's key.
func Standings(ctx context.Context, q journal.Querier, realm civic.Realm, log int64) ([]Standing, error) {
	rows, err := q.QueryContext(ctx, "SELECT witness, size, trouble, seen, since, line FROM seal_asked WHERE realm = $1 AND log = $2 ORDER BY witness", string(realm), log)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Standing
	for rows.Next() {
		var s Standing
		if err := rows.Scan(&s.Witness, &s.Size, &s.Trouble, &s.Seen, &s.Since, &s.line); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

func (a *Asker) standings(ctx context.Context, log int64) (map[string]Standing, error) {
	list, err := Standings(ctx, a.DB.R, a.Realm, log)
	out := map[string]Standing{}
	for _, s := range list {
		out[s.Witness] = s
	}
	return out, err
}

// note writes down what came of asking a witness.
func (a *Asker) note(ctx context.Context, p *peer, l *Log, s *Standing, now *answer) error {
	if now.line == "" && (now.trouble == "" || now.trouble == s.Trouble && now.seen == s.Seen) {
		return nil
	}
	if now.line != "" {
		s.Size, s.line = l.Size, now.line
	}
	if s.Trouble != now.trouble {
		s.Since = civic.At(a.Wall())
	}
	s.Trouble, s.Seen = now.trouble, now.seen
	return a.DB.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO seal_asked (realm, log, witness, size, line, trouble, seen, since) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (realm, log, witness) DO UPDATE SET size = excluded.size, line = excluded.line, trouble = excluded.trouble, seen = excluded.seen, since = excluded.since`,
			string(a.Realm), l.Number, p.Key, s.Size, s.line, s.Trouble, s.Seen, int64(s.Since))
		return err
	})
}

// settle makes a checkpoint the newest that was witnessed if enough witnesses cosigned it.
func (a *Asker) settle(ctx context.Context, l *Log) error {
	known, err := a.standings(ctx, l.Number)
	if err != nil {
		return err
	}
	keys := Keys{Log: []string{l.Key}}
	var lines strings.Builder
	for _, p := range a.peers {
		if s := known[p.Key]; s.Size == l.Size && s.line != "" {
			keys.Witnesses = append(keys.Witnesses, p.Key)
			lines.WriteString(s.line)
		}
	}
	c, err := ParseCheckpoint(l.Checkpoint+lines.String(), keys)
	if err != nil || len(lines.String()) == 0 {
		return err
	}
	names := map[string]bool{} // two keys of one witness count once
	for _, cosigned := range c.Cosigned {
		names[cosigned.Name] = true
	}
	if len(names) < a.quorum {
		return nil
	}
	return a.DB.Update(ctx, func(tx *store.Tx) error {
		var before string
		query := tx.DB().ForUpdate("SELECT witnessed FROM seal_logs WHERE realm = $1 AND log = $2")
		if err := tx.QueryRowContext(ctx, query, string(a.Realm), l.Number).Scan(&before); err != nil {
			return err
		}
		if _, tree, err := peek(before); err == nil && tree.N > l.Size {
			return nil // another process was faster
		} else if err != nil && !errors.Is(err, errNotCheckpoint) {
			return err
		}
		_, err := tx.ExecContext(ctx, "UPDATE seal_logs SET witnessed = $3 WHERE realm = $1 AND log = $2", string(a.Realm), l.Number, c.Text)
		return err
	})
}
