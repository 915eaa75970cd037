package search

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"skein/frame/civic"
	"skein/frame/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the index's own tables. Rebuilding from the journal does not make them; they are made anew from what is public.
func Migrations() store.Migrations {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err)
	}
	return store.Migrations{Room: "search", Files: files}
}

// Doc is a document. All of it is public.
type Doc struct {
	Kind  string // "matter"
	ID    string
	Sort  int64 // newer is more: of many that are found, the newest are ranked
	Title []string
	Body  []string
}

// Put indexes documents in place of what was indexed of them before.
func Put(ctx context.Context, tx *store.Tx, realm civic.Realm, docs ...Doc) error {
	for i := range docs {
		d := &docs[i]
		title, body := joined(d.Title), joined(d.Body)
		if len(title) == 0 && len(body) == 0 {
			if err := Delete(ctx, tx, realm, d.Kind, d.ID); err != nil {
				return err
			}
			continue
		}
		within(realm, d.Kind, title)
		within(realm, d.Kind, body)
		var err error
		if tx.DB().Engine == store.Postgres {
			err = putPostgres(ctx, tx, realm, d, title, body)
		} else {
			err = putSQLite(ctx, tx, realm, d, strings.Join(title, " "), strings.Join(body, " "))
		}
		if err != nil {
			return fmt.Errorf("search: index %s: %w", d.ID, err)
		}
	}
	return nil
}

func joined(texts []string) (out []string) {
	for _, t := range texts {
		out = append(out, tokens(t)...)
	}
	return out[:min(len(out), mostTokens)]
}

// within puts a name of the realm and kind into tokens, behind the first letter, so that one index serves many realms and a query walks the documents of
// its own alone. Two realms of one name find nothing of each other: who is meant is asked besides.
func within(realm civic.Realm, kind string, tokens []string) {
	sum := sha256.Sum256([]byte(string(realm) + "\n" + kind))
	name := strconv.FormatUint(uint64(36*36*36)+uint64(binary.BigEndian.Uint32(sum[:]))%(36*36*36*35), 36)[:3]
	for i, t := range tokens {
		tokens[i] = t[:1] + name + t[1:]
	}
}

func putPostgres(ctx context.Context, tx *store.Tx, realm civic.Realm, d *Doc, title, body []string) error {
	var v strings.Builder
	n := 0
	for _, part := range [][]string{title, body} {
		for _, t := range part {
			n++
			if n > 16_383 {
				break
			}
			fmt.Fprintf(&v, "'%s':%d ", t, n)
		}
		n++ // no phrase goes on from the one into the other
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO search_docs (realm, kind, doc, sort, title, body, tokens) VALUES ($1, $2, $3, $4, $5, $6, $7::tsvector)
		ON CONFLICT (realm, kind, doc) DO UPDATE SET sort = excluded.sort, title = excluded.title, body = excluded.body, tokens = excluded.tokens`,
		string(realm), d.Kind, d.ID, d.Sort, strings.Join(title, " "), strings.Join(body, " "), v.String())
	return err
}

func putSQLite(ctx context.Context, tx *store.Tx, realm civic.Realm, d *Doc, title, body string) error {
	var n int64
	var was, had string
	err := tx.QueryRowContext(ctx, "SELECT n, title, body FROM search_docs WHERE realm = $1 AND kind = $2 AND doc = $3", string(realm), d.Kind, d.ID).Scan(&n, &was, &had)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		err = tx.QueryRowContext(ctx, "INSERT INTO search_docs (realm, kind, doc, sort, title, body) VALUES ($1, $2, $3, $4, $5, $6) RETURNING n",
			string(realm), d.Kind, d.ID, d.Sort, title, body).Scan(&n)
	case err != nil:
	case was == title && had == body:
		_, err = tx.ExecContext(ctx, "UPDATE search_docs SET sort = $2 WHERE n = $1", n, d.Sort)
		return err
	default: // the index must be told what it had
		if _, err = tx.ExecContext(ctx, "INSERT INTO search_index (search_index, rowid, title, body) VALUES ('delete', $1, $2, $3)", n, was, had); err == nil {
			_, err = tx.ExecContext(ctx, "UPDATE search_docs SET sort = $2, title = $3, body = $4 WHERE n = $1", n, d.Sort, title, body)
		}
	}
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO search_index (rowid, title, body) VALUES ($1, $2, $3)", n, title, body)
	return err
}

// Delete takes documents out; what was indexed of them is overwritten. One at a time: asked for many, SQLite walks all of a realm.
func Delete(ctx context.Context, tx *store.Tx, realm civic.Realm, kind string, ids ...string) error {
	const of = " FROM search_docs WHERE realm = $1 AND kind = $2 AND doc = $3"
	for _, id := range ids {
		if tx.DB().Engine == store.SQLite {
			_, err := tx.ExecContext(ctx, "INSERT INTO search_index (search_index, rowid, title, body) SELECT 'delete', n, title, body"+of, string(realm), kind, id)
			if err != nil {
				return fmt.Errorf("search: delete: %w", err)
			}
		}
		if _, err := tx.ExecContext(ctx, "DELETE"+of, string(realm), kind, id); err != nil {
			return fmt.Errorf("search: delete: %w", err)
		}
	}
	return nil
}

// mostRanked bounds how many of those that are found are ranked: the newest. Of common words there are tens of thousands, and engines that rank
// look at each.
const mostRanked = 300

// Find finds documents of a kind, best first, at most so many. A query without words finds nothing; it cannot be wrong.
func Find(ctx context.Context, db *store.DB, realm civic.Realm, kind, query string, most int) ([]string, error) {
	asked := terms(query)
	if len(asked) == 0 {
		return nil, nil
	}
	all, err := candidates(ctx, db, realm, kind, asked, " AND ", " & ")
	if err != nil {
		return nil, err
	}
	rank(asked, all)
	if len(all) == 0 {
		return nil, nil
	}
	ids := make([]string, min(most, len(all)))
	for i := range ids {
		ids[i] = all[i].id
	}
	return ids, nil
}

// candidates are the newest documents of a kind that have the terms, put together by one or the other word of FTS5 and of PostgreSQL. The terms are put
// within the realm and kind.
func candidates(ctx context.Context, db *store.DB, realm civic.Realm, kind string, asked []term, lite, postgres string) ([]candidate, error) {
	for _, t := range asked {
		for _, p := range t {
			within(realm, kind, p.tokens)
		}
	}
	text, match := `SELECT d.doc, d.sort, d.title, d.body FROM (SELECT rowid AS n FROM search_index WHERE search_index MATCH $1 ORDER BY rowid DESC LIMIT %d) f
		JOIN search_docs d ON d.n = f.n WHERE d.realm = $2 AND d.kind = $3`, liteOf(asked, lite)
	if db.Engine == store.Postgres {
		text, match = "SELECT doc, sort, title, body FROM search_docs WHERE tokens @@ $1::tsquery AND realm = $2 AND kind = $3 ORDER BY n DESC LIMIT %d", postgresOf(asked, postgres)
	}
	rows, err := db.R.QueryContext(ctx, fmt.Sprintf(text, mostRanked), match, string(realm), kind)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	defer rows.Close()
	var all []candidate
	for rows.Next() {
		var c candidate
		if err := rows.Scan(&c.id, &c.sort, &c.title, &c.body); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, rows.Err()
}

// lite writes a query for FTS5. Tokens are ASCII letters and digits.
func lite(ts []term) string { return liteOf(ts, " AND ") }

func liteOf(ts []term, by string) string {
	return written(ts, by, " OR ", func(p phrase) string {
		s := `"` + strings.Join(p.tokens, " ") + `"`
		if p.begins {
			s += " *"
		}
		return s
	})
}

// postgresOf writes a query as a tsquery.
func postgresOf(ts []term, by string) string {
	return written(ts, by, " | ", func(p phrase) string {
		s := "'" + strings.Join(p.tokens, "' <-> '") + "'"
		if p.begins {
			s += ":*"
		}
		if len(p.tokens) > 1 {
			s = "(" + s + ")"
		}
		return s
	})
}

func written(ts []term, and, or string, one func(phrase) string) string {
	all := make([]string, len(ts))
	for i, t := range ts {
		any := make([]string, len(t))
		for j, p := range t {
			any[j] = one(p)
		}
		all[i] = "(" + strings.Join(any, or) + ")"
	}
	return strings.Join(all, and)
}
