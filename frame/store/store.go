// Package store opens the two engines, SQLite and PostgreSQL, and names the few corners
// in which they differ. SQL elsewhere is written once, in the subset both share:
// $1 placeholders, ON CONFLICT, RETURNING, integers for time (microseconds UTC) and
// text for codes. What differs is here and has a case in the conformance suite:
//
//   - conditional comments in migrations ("/* sqlite: WITHOUT ROWID */")
//   - many rows in one statement (VALUES against unnest)
//   - a list as one argument (json_each against = ANY)
//   - locking the head of a realm (the one write connection against the head row)
//
// SQLite has one write connection and several readers; every commit is synced
// (synchronous=FULL, synchronous_commit=on).
package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"modernc.org/sqlite"
	sqlitelib "modernc.org/sqlite/lib"

	"github.com/jackc/pgx/v5/pgconn"
)

// Engine is SQLite or PostgreSQL.
type Engine string

const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// DB is one database: R reads; writing goes through Begin and Update, on SQLite one at
// a time.
type DB struct {
	Engine Engine
	R      *Reader
	Source string

	w       *sql.DB
	slots   chan *writer // one a connection that may write; nil is one not opened yet
	closing sync.Once
}

// HolderTimeout is how long a process may hold a realm's lock without a word before
// PostgreSQL cuts it off, so that a stopped process does not stop the realm.
const HolderTimeout = 5 * time.Second

// Open opens a SQLite file (made if missing) or a postgres:// URL.
func Open(ctx context.Context, source string) (*DB, error) {
	if strings.HasPrefix(source, "postgres://") || strings.HasPrefix(source, "postgresql://") {
		return openPostgres(ctx, source)
	}
	return openSQLite(ctx, source)
}

func openSQLite(ctx context.Context, path string) (*DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("store: cannot make the folder of the database: %w", err)
	}
	// The writer's cache is small because a commit that split a page walks all of it, and the
	// system's own cache is behind it; a checkpoint every 16 MB writes a page once for many.
	w, err := sql.Open("sqlite", sqliteSource(path, "rwc", "journal_mode(WAL)", "synchronous(FULL)", "secure_delete(1)",
		"cache_size(-8192)", "temp_store(MEMORY)", "wal_autocheckpoint(4000)"))
	if err != nil {
		return nil, err
	}
	w.SetMaxOpenConns(1)
	if err := w.PingContext(ctx); err != nil {
		w.Close()
		return nil, fmt.Errorf("store: cannot open %s: %w", path, err)
	}
	r, err := sql.Open("sqlite", sqliteSource(path, "ro", "query_only(1)", "cache_size(-4096)", "temp_store(MEMORY)"))
	if err != nil {
		w.Close()
		return nil, err
	}
	r.SetMaxOpenConns(8)
	r.SetMaxIdleConns(8)
	return &DB{Engine: SQLite, w: w, R: &Reader{DB: r, prepares: true}, Source: path, slots: slots(1)}, nil
}

// sqliteSource is the driver's address of a file.
func sqliteSource(path, mode string, pragmas ...string) string {
	q := url.Values{}
	q.Set("_txlock", "immediate")
	for _, p := range append([]string{"busy_timeout(10000)", "foreign_keys(1)"}, pragmas...) {
		q.Add("_pragma", p)
	}
	q.Set("mode", mode)
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

func openPostgres(ctx context.Context, source string) (*DB, error) {
	u, err := url.Parse(source)
	if err != nil {
		return nil, errors.New("store: the database address cannot be read") // the cause would show its password
	}
	q := guarded(u)
	q.Set("synchronous_commit", "on")
	q.Set("idle_in_transaction_session_timeout", fmt.Sprint(HolderTimeout.Milliseconds()))
	q.Set("lock_timeout", "20000")
	q.Set("jit", "off") // no query here is long enough to be worth compiling; a wrong guess of rows costs half a second
	q.Set("application_name", "skein")
	u.RawQuery = q.Encode()
	w, err := sql.Open("pgx", u.String())
	if err != nil {
		return nil, err
	}
	w.SetMaxOpenConns(postgresWriters)
	if err := w.PingContext(ctx); err != nil {
		w.Close()
		return nil, fmt.Errorf("store: cannot reach PostgreSQL: %w", err)
	}
	r, err := sql.Open("pgx", u.String())
	if err != nil {
		w.Close()
		return nil, err
	}
	r.SetMaxOpenConns(16)
	r.SetMaxIdleConns(16) // as many as may be open: making one anew costs more than what it is asked
	r.SetConnMaxIdleTime(5 * time.Minute)
	return &DB{Engine: Postgres, w: w, R: &Reader{DB: r}, Source: source, slots: slots(postgresWriters)}, nil
}

// guarded are the parameters of an address of PostgreSQL: on another machine the server must show a
// certificate for its name, unless the operator said otherwise. Left to itself the driver falls
// back to plain text.
func guarded(u *url.URL) url.Values {
	q := u.Query()
	if !onThisMachine(u) && !q.Has("sslmode") && os.Getenv("PGSSLMODE") == "" {
		q.Set("sslmode", "verify-full")
		if !q.Has("sslrootcert") && os.Getenv("PGSSLROOTCERT") == "" {
			q.Set("sslrootcert", "system")
		}
	}
	return q
}

// Guarded is an address of PostgreSQL as it is spoken to, for programs that are given it.
func Guarded(u *url.URL) *url.URL {
	out := *u
	out.RawQuery = guarded(u).Encode()
	return &out
}

// onThisMachine reports whether an address of PostgreSQL is a socket or a loopback address.
func onThisMachine(u *url.URL) bool {
	hosts := u.Host + "," + u.Query().Get("host")
	if hosts == "," {
		hosts = os.Getenv("PGHOST")
	}
	for host := range strings.SplitSeq(hosts, ",") {
		name := host
		if h, _, err := net.SplitHostPort(host); err == nil {
			name = h
		}
		name = strings.Trim(name, "[]")
		ip, err := netip.ParseAddr(name)
		if name != "" && name != "localhost" && !strings.HasPrefix(name, "/") && (err != nil || !ip.IsLoopback()) {
			return false
		}
	}
	return true
}

// postgresWriters bounds the connections that write on PostgreSQL; a realm's writer
// holds one while it writes.
const postgresWriters = 8

func slots(n int) chan *writer {
	c := make(chan *writer, n)
	for range n {
		c <- nil
	}
	return c
}

// Close closes both sides. It may be called more than once. On SQLite the write-ahead log
// is folded in, which only a connection that writes can do, so readers go first.
func (db *DB) Close() (err error) {
	db.closing.Do(func() {
		var writers []*writer
		for range cap(db.slots) { // waits for transactions under way
			if w := <-db.slots; w != nil {
				writers = append(writers, w)
			}
		}
		close(db.slots)
		err = db.R.Close()
		for _, w := range writers {
			w.close()
		}
		err = errors.Join(err, db.w.Close())
	})
	return err
}

// writer is a connection that writes, with its prepared statements.
type writer struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
	texts map[string]string // of statements, by table

	inserts map[stmtKey]driver.StmtExecContext // on the driver's own connection
	args    []driver.NamedValue                // of the last of them, to be used again
}

func newWriter(conn *sql.Conn) *writer {
	return &writer{conn: conn, stmts: map[string]*sql.Stmt{}, texts: map[string]string{}, inserts: map[stmtKey]driver.StmtExecContext{}}
}

type stmtKey struct {
	table   string
	replace bool
	rows    int
}

// Tx is a write transaction on a connection of its own. It is not safe for concurrent use.
type Tx struct {
	db   *DB
	w    *writer
	done bool
}

// Begin opens a write transaction. It must not be cut off half-way because a request
// went away, so the caller's cancellation does not reach it.
func (db *DB) Begin(ctx context.Context) (*Tx, error) {
	begin := "BEGIN IMMEDIATE"
	if db.Engine == Postgres {
		begin = "BEGIN"
	}
	w, err := db.first(ctx, func(ctx context.Context, w *writer) error {
		_, err := w.conn.ExecContext(ctx, begin)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: cannot begin to write: %w", err)
	}
	return &Tx{db: db, w: w}, nil
}

// first runs something on a connection that may write, as the first of what is done on it, and gives it to the caller, who gives it
// back. A connection may have died while it waited: then it runs again, on a new one.
func (db *DB) first(ctx context.Context, run func(context.Context, *writer) error) (*writer, error) {
	var w *writer
	var open bool
	select {
	case w, open = <-db.slots:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if !open {
		return nil, sql.ErrConnDone
	}
	ctx = context.WithoutCancel(ctx)
	if w != nil {
		err := run(ctx, w)
		if err == nil {
			return w, nil
		}
		w.close()
	}
	conn, err := db.w.Conn(ctx)
	if err != nil {
		db.slots <- nil
		return nil, fmt.Errorf("no connection: %w", err)
	}
	w = newWriter(conn)
	if err := run(ctx, w); err != nil {
		w.close()
		db.slots <- nil
		return nil, err
	}
	return w, nil
}

// close closes the connection for good; with a statement open SQLite would keep it.
func (w *writer) close() {
	for _, stmt := range w.stmts {
		stmt.Close()
	}
	_ = w.conn.Raw(func(any) error {
		for _, stmt := range w.inserts {
			stmt.(driver.Stmt).Close()
		}
		return nil
	})
	_ = w.conn.Raw(func(any) error { return driver.ErrBadConn })
	w.conn.Close()
}

// Engine is the engine the transaction is on.
func (tx *Tx) DB() *DB { return tx.db }

// ExecContext runs a statement.
func (tx *Tx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	ctx = context.WithoutCancel(ctx)
	if stmt := tx.known(ctx, query); stmt != nil {
		return stmt.ExecContext(ctx, args...)
	}
	return tx.w.conn.ExecContext(ctx, query, args...)
}

// QueryContext reads within the transaction.
func (tx *Tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	ctx = context.WithoutCancel(ctx)
	if stmt := tx.known(ctx, query); stmt != nil {
		return stmt.QueryContext(ctx, args...)
	}
	return tx.w.conn.QueryContext(ctx, query, args...)
}

// QueryRowContext reads one row within the transaction.
func (tx *Tx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	ctx = context.WithoutCancel(ctx)
	if stmt := tx.known(ctx, query); stmt != nil {
		return stmt.QueryRowContext(ctx, args...)
	}
	return tx.w.conn.QueryRowContext(ctx, query, args...)
}

// known finds or makes the prepared statement of a text that is run often. PostgreSQL's
// driver keeps its own; nil there, and for what cannot be prepared.
func (tx *Tx) known(ctx context.Context, query string) *sql.Stmt {
	if tx.db.Engine == Postgres {
		return nil
	}
	if stmt := tx.w.stmts[query]; stmt != nil {
		return stmt
	}
	if len(tx.w.stmts) >= mostStatements || strings.Contains(query, ";") {
		return nil
	}
	stmt, err := tx.w.conn.PrepareContext(context.WithoutCancel(ctx), query)
	if err != nil {
		return nil // running it says what is wrong
	}
	tx.w.stmts[query] = stmt
	return stmt
}

// Commit ends the transaction; when it returns nil the rows are synced. After an error
// nobody knows: the rows may be there or not, and the caller must look.
func (tx *Tx) Commit() error {
	tx.done = true
	if _, err := tx.w.conn.ExecContext(context.Background(), "COMMIT"); err != nil {
		tx.end()
		return fmt.Errorf("store: commit: %w", err)
	}
	tx.db.slots <- tx.w
	return nil
}

// Rollback gives the transaction up; after Commit it does nothing.
func (tx *Tx) Rollback() {
	if !tx.done {
		tx.done = true
		tx.end()
	}
}

// end rolls back and keeps the connection only if it answered.
func (tx *Tx) end() {
	if _, err := tx.w.conn.ExecContext(context.Background(), "ROLLBACK"); err != nil {
		tx.w.close()
		tx.db.slots <- nil
		return
	}
	tx.db.slots <- tx.w
}

// Update runs f in one write transaction.
func (db *DB) Update(ctx context.Context, f func(*Tx) error) error {
	tx, err := db.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// IsDuplicate reports whether the database refused a row because its key is taken.
func IsDuplicate(err error) bool {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		code := lite.Code()
		return code == sqlitelib.SQLITE_CONSTRAINT_UNIQUE || code == sqlitelib.SQLITE_CONSTRAINT_PRIMARYKEY ||
			code == sqlitelib.SQLITE_CONSTRAINT_ROWID
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23505"
}

// IsRefusal reports whether the database refused what was asked (a constraint, a bad
// value), rather than being full, busy or gone. Only a refusal is worth another try
// command by command.
func IsRefusal(err error) bool {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch lite.Code() & 0xff {
		case sqlitelib.SQLITE_CONSTRAINT, sqlitelib.SQLITE_MISMATCH, sqlitelib.SQLITE_TOOBIG, sqlitelib.SQLITE_RANGE:
			return true
		}
		return false
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		class := pg.Code[:2]
		return class == "22" || class == "23" || class == "54"
	}
	return false
}

// Each is a fragment that is true when column is one of the texts bound at placeholder
// (bind them with List).
func (db *DB) Each(column, placeholder string) string {
	if db.Engine == Postgres {
		return column + " = ANY(" + placeholder + "::text[])"
	}
	return column + " IN (SELECT value FROM json_each(" + placeholder + "))"
}

// ForUpdate adds the row lock where the engine has one; on SQLite the write connection
// itself is the lock.
func (db *DB) ForUpdate(query string) string {
	if db.Engine == Postgres {
		return query + " FOR UPDATE"
	}
	return query
}

// Snapshot is the isolation in which all reads of a transaction see one moment.
func (db *DB) Snapshot() sql.IsolationLevel {
	if db.Engine == Postgres {
		return sql.LevelRepeatableRead
	}
	return sql.LevelDefault // SQLite's read transactions are snapshots
}
