package store

import (
	"context"
	"database/sql"
	"strings"
	"sync"
)

// Reader is the reading side. On SQLite it keeps the statements of texts that were run
// before, since preparing one costs more than most of them take; PostgreSQL's driver does
// so by itself.
type Reader struct {
	*sql.DB
	prepares bool

	mu    sync.RWMutex
	stmts map[string]*sql.Stmt
}

// mostStatements bounds the statements kept; texts are few, since values are bound.
const mostStatements = 256

// QueryContext reads rows.
func (r *Reader) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if stmt := r.known(ctx, query); stmt != nil {
		return stmt.QueryContext(ctx, args...)
	}
	return r.DB.QueryContext(ctx, query, args...)
}

// QueryRowContext reads one row.
func (r *Reader) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if stmt := r.known(ctx, query); stmt != nil {
		return stmt.QueryRowContext(ctx, args...)
	}
	return r.DB.QueryRowContext(ctx, query, args...)
}

func (r *Reader) known(ctx context.Context, query string) *sql.Stmt {
	if !r.prepares {
		return nil
	}
	r.mu.RLock()
	stmt, full := r.stmts[query], len(r.stmts) >= mostStatements
	r.mu.RUnlock()
	if stmt != nil || full || strings.Contains(query, ";") {
		return stmt
	}
	stmt, err := r.DB.PrepareContext(context.WithoutCancel(ctx), query)
	if err != nil {
		return nil // running it says what is wrong
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if first := r.stmts[query]; first != nil {
		stmt.Close()
		return first
	}
	if r.stmts == nil {
		r.stmts = map[string]*sql.Stmt{}
	}
	r.stmts[query] = stmt
	return stmt
}
