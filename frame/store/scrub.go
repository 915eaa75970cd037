package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlitelib "modernc.org/sqlite/lib"
)

// Scrub removes older copies of deleted and overwritten rows from the database's files.
// On SQLite, whose secure_delete has overwritten them in the database file, it folds in
// and empties the write-ahead log; it waits for readers, and is an error while one holds
// on for longer than ten seconds. On PostgreSQL it rewrites the tables named, each under
// an exclusive lock, once no transaction is left that began before and could see what was
// deleted: that would be kept; it waits as long. PostgreSQL's own write-ahead log keeps copies until it is recycled.
func (db *DB) Scrub(ctx context.Context, tables ...string) error {
	if db.Engine == Postgres {
		if err := db.outlive(ctx); err != nil {
			return fmt.Errorf("store: scrub: %w", err)
		}
		return db.idle(ctx, func(conn *sql.Conn) error {
			for _, t := range tables {
				var owner bool
				if err := conn.QueryRowContext(ctx, "SELECT pg_has_role(current_user, relowner, 'MEMBER') FROM pg_class WHERE oid = $1::regclass", t).Scan(&owner); err != nil {
					return fmt.Errorf("store: scrub %s: %w", t, err)
				}
				if !owner { // PostgreSQL would only warn, and pass over the table
					return fmt.Errorf("store: scrub %s: %w", t, ErrNotOwner)
				}
				if _, err := conn.ExecContext(ctx, "VACUUM (FULL) "+t); err != nil {
					return fmt.Errorf("store: scrub %s: %w", t, err)
				}
			}
			return nil
		})
	}
	for deadline := time.Now().Add(holdsOn); ; time.Sleep(50 * time.Millisecond) {
		busy, err := db.truncateLog(ctx)
		if err != nil {
			return fmt.Errorf("store: scrub: %w", err)
		}
		if busy == 0 {
			return nil
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			return fmt.Errorf("store: scrub: a reader holds on to the write-ahead log; try again later")
		}
	}
}

// holdsOn is how long who scrubs waits for readers.
const holdsOn = 10 * time.Second

// outlive waits until every transaction of the database that is open now has ended (PostgreSQL).
func (db *DB) outlive(ctx context.Context) error {
	var now string
	if err := db.R.QueryRowContext(ctx, "SELECT pg_current_xact_id()::xid::text").Scan(&now); err != nil {
		return err
	}
	for deadline := time.Now().Add(holdsOn); ; time.Sleep(50 * time.Millisecond) {
		var older int
		err := db.R.QueryRowContext(ctx, `SELECT count(*) FROM pg_stat_activity WHERE (datname = current_database() OR datname IS NULL) AND pid <> pg_backend_pid()
			AND greatest(age(backend_xid), age(backend_xmin)) >= age($1::xid)`, now).Scan(&older)
		if err != nil || older == 0 {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%d transactions hold on to what was deleted; try again later", older)
		}
	}
}

// ErrNotOwner says that a table can be rewritten only by whoever owns it.
var ErrNotOwner = errors.New("the role of this connection does not own the table")

// MakeRoom reuses what the write-ahead log of a full disk holds on to: on SQLite it folds
// in what no reader needs, so that the log begins anew. It waits for nobody and promises
// nothing; on PostgreSQL it does nothing.
func (db *DB) MakeRoom(ctx context.Context) {
	if db.Engine == SQLite {
		db.foldLog(ctx, "PASSIVE")
	}
}

// IsFull reports whether the database had no room to write.
func IsFull(err error) bool {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return lite.Code()&0xff == sqlitelib.SQLITE_FULL
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "53100"
}

func (db *DB) truncateLog(ctx context.Context) (busy int, err error) {
	return db.foldLog(ctx, "TRUNCATE")
}

// foldLog runs on a write connection that no transaction uses.
func (db *DB) foldLog(ctx context.Context, mode string) (busy int, err error) {
	err = db.idle(ctx, func(conn *sql.Conn) error {
		var frames, done int
		return conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint("+mode+")").Scan(&busy, &frames, &done)
	})
	return busy, err
}

// idle runs f on a write connection that no transaction uses: all that may be opened can be kept by
// the slots, so asking the pool for one more would wait for ever.
func (db *DB) idle(ctx context.Context, f func(*sql.Conn) error) error {
	var w *writer
	var open bool
	select {
	case w, open = <-db.slots:
	case <-ctx.Done():
		return ctx.Err()
	}
	if !open {
		return errors.New("the database is closed")
	}
	defer func() { db.slots <- w }()
	if w == nil {
		conn, err := db.w.Conn(ctx)
		if err != nil {
			return err
		}
		w = newWriter(conn)
	}
	return f(w.conn)
}
