package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Scrub removes older copies of deleted and overwritten rows from the database's files.
// On SQLite, whose secure_delete has overwritten them in the database file, it folds in
// and empties the write-ahead log; it waits for readers, and is an error while one holds
// on for longer than ten seconds. On PostgreSQL it rewrites the tables named, each under
// an exclusive lock; its own write-ahead log keeps copies until it is recycled.
func (db *DB) Scrub(ctx context.Context, tables ...string) error {
	if db.Engine == Postgres {
		for _, t := range tables {
			if _, err := db.w.ExecContext(ctx, "VACUUM (FULL) "+t); err != nil {
				return fmt.Errorf("store: scrub %s: %w", t, err)
			}
		}
		return nil
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
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

// truncateLog runs on a write connection that no transaction uses.
func (db *DB) truncateLog(ctx context.Context) (busy int, err error) {
	var w *writer
	var open bool
	select {
	case w, open = <-db.slots:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	if !open {
		return 0, fmt.Errorf("the database is closed")
	}
	defer func() { db.slots <- w }()
	if w == nil {
		conn, err := db.w.Conn(ctx)
		if err != nil {
			return 0, err
		}
		w = &writer{conn: conn, stmts: map[stmtKey]*sql.Stmt{}}
	}
	var frames, done int
	err = w.conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &done)
	return busy, err
}
