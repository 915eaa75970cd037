package seal

import (
	"context"
	"database/sql"
	"errors"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/store"
)

// Log is one log of a realm as it stands.
type Log struct {
	Number     int64
	Origin     string
	Key        string
	Size       int64
	Public     civic.Position
	Private    civic.Position
	Hour       civic.Instant
	At         civic.Instant
	Checkpoint string
	Witnessed  string
	Ended      civic.Instant
}

// Cosigned is how many leaves the newest checkpoint has that enough witnesses cosigned.
func (l *Log) Cosigned() int64 {
	_, tree, err := peek(l.Witnessed)
	if err != nil {
		return 0 // none yet
	}
	return tree.N
}

const logColumns = "log, origin, key, size, public, private, hour, at, checkpoint, witnessed, coalesce(ended, 0)"

func (l *Log) fields() []any {
	return []any{&l.Number, &l.Origin, &l.Key, &l.Size, &l.Public, &l.Private, &l.Hour, &l.At, &l.Checkpoint, &l.Witnessed, &l.Ended}
}

// Logs are the logs of a realm, oldest first.
func Logs(ctx context.Context, q journal.Querier, realm civic.Realm) ([]Log, error) {
	rows, err := q.QueryContext(ctx, "SELECT "+logColumns+" FROM seal_logs WHERE realm = $1 ORDER BY log", string(realm))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Log
	for rows.Next() {
		var l Log
		if err := rows.Scan(l.fields()...); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, rows.Err()
}

// Current is the log that acts go to now; ok is false before the first.
func Current(ctx context.Context, q journal.Querier, realm civic.Realm) (l Log, ok bool, err error) {
	err = q.QueryRowContext(ctx, "SELECT "+logColumns+" FROM seal_logs WHERE realm = $1 ORDER BY log DESC LIMIT 1", string(realm)).Scan(l.fields()...)
	if errors.Is(err, sql.ErrNoRows) {
		return l, false, nil
	}
	return l, err == nil, err
}

// lockCurrent is Current under the lock of its row.
func lockCurrent(ctx context.Context, tx *store.Tx, realm civic.Realm) (l Log, err error) {
	query := tx.DB().ForUpdate("SELECT " + logColumns + " FROM seal_logs WHERE realm = $1 AND ended IS NULL")
	err = tx.QueryRowContext(ctx, query, string(realm)).Scan(l.fields()...)
	return l, err
}

func (l *Log) save(ctx context.Context, tx *store.Tx, realm civic.Realm) error {
	_, err := tx.ExecContext(ctx, `UPDATE seal_logs SET key = $3, size = $4, public = $5, private = $6, hour = $7, at = $8, checkpoint = $9
		WHERE realm = $1 AND log = $2`, string(realm), l.Number, l.Key, l.Size, int64(l.Public), int64(l.Private), int64(l.Hour), int64(l.At), l.Checkpoint)
	return err
}
