package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Unverified reports whether a source is PostgreSQL on another machine whose certificate and name would not
// both be checked, and by which sslmode.
func Unverified(source string) (mode string, is bool) {
	u, err := url.Parse(source)
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") || onThisMachine(u) {
		return "", false
	}
	if mode = guarded(u).Get("sslmode"); mode == "" {
		mode = os.Getenv("PGSSLMODE")
	}
	return mode, mode != "verify-full"
}

// IsDenied reports whether the role may not do what was asked (PostgreSQL's insufficient_privilege).
func IsDenied(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "42501"
}

// Rights are those of a role that serves: it reads and writes rows; of the tables named it only adds rows,
// of goose's it only reads.
type Rights struct{ AddOnly []string }

// Grant gives a role these rights on all tables there are, and takes what it had beyond them. Whoever asks must own
// the tables.
func (r Rights) Grant(ctx context.Context, db *DB, role string) error {
	tables, err := db.tables(ctx)
	if err != nil {
		return err
	}
	to := pgx.Identifier{role}.Sanitize()
	statements := []string{"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM " + to, "REVOKE CREATE ON SCHEMA public FROM " + to, "GRANT USAGE ON SCHEMA public TO " + to}
	for _, table := range tables {
		rights := "SELECT, INSERT, UPDATE, DELETE"
		switch {
		case strings.HasPrefix(table, "goose_"):
			rights = "SELECT"
		case slices.Contains(r.AddOnly, table):
			rights = "SELECT, INSERT"
		}
		statements = append(statements, "GRANT "+rights+" ON "+pgx.Identifier{table}.Sanitize()+" TO "+to)
	}
	return db.Update(ctx, func(tx *Tx) error {
		for _, s := range statements {
			if _, err := tx.ExecContext(ctx, s); err != nil {
				return fmt.Errorf("store: rights of %s: %w", role, err)
			}
		}
		return nil
	})
}

// Excess lists what the role of a connection may do beyond these rights.
func (r Rights) Excess(ctx context.Context, db *DB) (role string, beyond []string, err error) {
	var super, creates, roles, schema, owns bool
	err = db.R.QueryRowContext(ctx, `SELECT current_user, rolsuper, rolcreatedb, rolcreaterole, has_schema_privilege(current_user, 'public', 'CREATE'),
		EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r' AND pg_has_role(current_user, c.relowner, 'MEMBER'))
		FROM pg_roles WHERE rolname = current_user`).Scan(&role, &super, &creates, &roles, &schema, &owns)
	if err != nil {
		return "", nil, fmt.Errorf("store: rights: %w", err)
	}
	for what, may := range map[string]bool{"SUPERUSER": super, "CREATEDB": creates, "CREATEROLE": roles, "CREATE ON SCHEMA public": schema, "OWNER": owns} {
		if may {
			beyond = append(beyond, what)
		}
	}
	for _, table := range r.AddOnly {
		for _, right := range []string{"UPDATE", "DELETE", "TRUNCATE"} {
			var may bool
			if err := db.R.QueryRowContext(ctx, "SELECT has_table_privilege(current_user, $1, $2)", table, right).Scan(&may); err != nil {
				return "", nil, fmt.Errorf("store: rights: %w", err)
			}
			if may {
				beyond = append(beyond, right+" ON "+table)
			}
		}
	}
	slices.Sort(beyond)
	return role, beyond, nil
}

func (db *DB) tables(ctx context.Context) ([]string, error) {
	rows, err := db.R.QueryContext(ctx, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
	if err != nil {
		return nil, fmt.Errorf("store: tables: %w", err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var t string
		if err := rows.Scan(&t); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, rows.Err()
}
