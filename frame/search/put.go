package search

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"skein/frame/civic"
	"skein/frame/store"
)

// entry is a document as it is indexed.
type entry struct {
	id          string
	sort        int64
	title, body []string
}

// Table holds what is indexed in clear; on PostgreSQL dead rows of it stay until it is rewritten.
const Table = "search_docs"

var docTable = &store.Table{Name: Table, Key: 3, Replace: true, Columns: store.Columns("realm:t kind:t doc:t sort:i title:t body:t")}

// put brings the index to what entries of one kind say. It looks at what is there first: most that changes in a document leaves its words as they were.
func put(ctx context.Context, tx *store.Tx, realm civic.Realm, kind string, entries map[string]*entry) error {
	names := make([]string, 0, len(entries))
	for id := range entries {
		names = append(names, id)
	}
	slices.Sort(names)
	these := " FROM json_each($3) j CROSS JOIN search_docs d WHERE d.realm = $1 AND d.kind = $2 AND d.doc = j.value" // in this order: else SQLite walks all of a realm
	if tx.DB().Engine == store.Postgres {
		these = " FROM search_docs d WHERE d.realm = $1 AND d.kind = $2 AND d.doc = ANY($3::text[])"
	}
	rows, err := tx.QueryContext(ctx, "SELECT d.doc, d.title, d.body"+these, string(realm), kind, tx.DB().List(names))
	if err != nil {
		return err
	}
	defer rows.Close()
	var had, gone []string // what is there and changes, and what of it goes
	for rows.Next() {
		var id, title, body string
		if err := rows.Scan(&id, &title, &body); err != nil {
			return err
		}
		switch e := entries[id]; {
		case len(e.title)+len(e.body) == 0:
			had, gone = append(had, id), append(gone, id)
		case strings.Join(e.title, " ") == title && strings.Join(e.body, " ") == body:
			delete(entries, id)
		default:
			had = append(had, id)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	var news []*entry
	for _, id := range names {
		if e := entries[id]; e != nil && len(e.title)+len(e.body) > 0 {
			news = append(news, e)
		}
	}
	if tx.DB().Engine == store.Postgres {
		return putPostgres(ctx, tx, realm, kind, news, gone)
	}
	index := func(command string, ids []string) error {
		if len(ids) == 0 {
			return nil
		}
		into, what := "search_index (rowid, title, body)", "d.n, d.title, d.body"
		if command != "" {
			into, what = "search_index (search_index, rowid, title, body)", "'"+command+"', "+what
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO "+into+" SELECT "+what+these+" ORDER BY d.n", string(realm), kind, tx.DB().List(ids))
		return err
	}
	if err := index("delete", had); err != nil { // the index must be told what it had
		return err
	}
	if err := remove(ctx, tx, realm, kind, gone); err != nil {
		return err
	}
	table, written := make([]store.Row, len(news)), make([]string, len(news))
	for i, e := range news {
		table[i] = store.Row{string(realm), kind, e.id, e.sort, strings.Join(e.title, " "), strings.Join(e.body, " ")}
		written[i] = e.id
	}
	if err := tx.Write(ctx, docTable, table); err != nil {
		return err
	}
	return index("", written)
}

func remove(ctx context.Context, tx *store.Tx, realm civic.Realm, kind string, ids []string) error {
	for _, id := range ids { // one at a time: asked for many, SQLite walks all of a realm
		if err := tx.DeleteKey(ctx, docTable, store.Row{string(realm), kind, id}); err != nil {
			return err
		}
	}
	return nil
}

func putPostgres(ctx context.Context, tx *store.Tx, realm civic.Realm, kind string, news []*entry, gone []string) error {
	if len(gone) > 0 {
		_, err := tx.ExecContext(ctx, "DELETE FROM search_docs WHERE realm = $1 AND kind = $2 AND doc = ANY($3::text[])", string(realm), kind, gone)
		if err != nil {
			return err
		}
	}
	if len(news) == 0 {
		return nil
	}
	var ids, titles, bodies, vectors []string
	var sorts []int64
	for _, e := range news {
		ids, sorts = append(ids, e.id), append(sorts, e.sort)
		titles, bodies, vectors = append(titles, strings.Join(e.title, " ")), append(bodies, strings.Join(e.body, " ")), append(vectors, e.vector())
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO search_docs (realm, kind, doc, sort, title, body, tokens)
		SELECT $1, $2, x.doc, x.sort, x.title, x.body, x.tokens::tsvector FROM unnest($3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[]) AS x (doc, sort, title, body, tokens)
		ON CONFLICT (realm, kind, doc) DO UPDATE SET sort = excluded.sort, title = excluded.title, body = excluded.body, tokens = excluded.tokens`,
		string(realm), kind, ids, sorts, titles, bodies, vectors)
	return err
}

// vector writes a document as a tsvector.
func (e *entry) vector() string {
	var v strings.Builder
	n := 0
	for _, part := range [][]string{e.title, e.body} {
		for _, t := range part {
			n++
			if n > 16_383 {
				break
			}
			fmt.Fprintf(&v, "'%s':%d ", t, n)
		}
		n++ // no phrase goes on from the one into the other
	}
	return v.String()
}
