package search

import (
	"cmp"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/binary"
	"fmt"
	"io/fs"
	"math"
	"slices"
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

// Put indexes documents in place of what was indexed of them before, with a few statements for all. Of two of one name the later one counts;
// one without words is taken out.
func Put(ctx context.Context, tx *store.Tx, realm civic.Realm, docs ...Doc) error {
	byKind := map[string]map[string]*entry{}
	for i := range docs {
		d := &docs[i]
		title, body := joined(d.Title), joined(d.Body)
		within(realm, d.Kind, title)
		within(realm, d.Kind, body)
		if byKind[d.Kind] == nil {
			byKind[d.Kind] = map[string]*entry{}
		}
		byKind[d.Kind][d.ID] = &entry{id: d.ID, sort: d.Sort, title: title, body: body}
	}
	for kind, entries := range byKind {
		if err := put(ctx, tx, realm, kind, entries); err != nil {
			return fmt.Errorf("search: index: %w", err)
		}
	}
	return nil
}

// Delete takes documents out; what was indexed of them is overwritten.
func Delete(ctx context.Context, tx *store.Tx, realm civic.Realm, kind string, ids ...string) error {
	docs := make([]Doc, len(ids))
	for i, id := range ids {
		docs[i] = Doc{Kind: kind, ID: id}
	}
	return Put(ctx, tx, realm, docs...)
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

// MostRanked bounds how many of those that are found are ranked: the newest. Of common words there are tens of thousands, and engines that rank
// look at each.
const MostRanked = 300

// mostLooked bounds how many of those that are found are asked whether they are let through: the newest.
const mostLooked = 10_000

// Titled is a document that the caller found by titles which it knows and which are not indexed here.
type Titled struct {
	ID    string
	Sort  int64
	Title []Cut
}

// Through says which of some documents may be found; nil lets all through.
type Through func(ids []string) ([]string, error)

// Find finds documents, best first, at most so many: those that have all terms of the query and are let through, and the others that the caller
// found.
func Find(ctx context.Context, db *store.DB, q Query, most int, through Through, others ...Titled) ([]string, error) {
	if q.None() {
		return nil, nil
	}
	all, err := candidates(ctx, db, q, " AND ", " & ", through)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, c := range all {
		seen[c.id] = true
	}
	for _, o := range others {
		if !seen[o.ID] {
			all = append(all, candidate{id: o.ID, sort: o.Sort, title: slices.Concat(o.Title...)})
		}
	}
	rank(q.terms, all)
	if len(all) == 0 {
		return nil, nil
	}
	ids := make([]string, min(most, len(all)))
	for i := range ids {
		ids[i] = all[i].id
	}
	return ids, nil
}

// candidates are the newest documents that have the terms of a query, put together by one or the other word of FTS5 and of PostgreSQL, and are let
// through.
func candidates(ctx context.Context, db *store.DB, q Query, byLite, byPostgres string, through Through) (all []candidate, err error) {
	match := lite(q.terms, byLite)
	if db.Engine == store.Postgres {
		match = postgres(q.terms, byPostgres)
	}
	looked, before := 0, int64(math.MaxInt64)
	for n := MostRanked; len(all) < MostRanked && looked < mostLooked; n = min(2*n, 8*MostRanked) { // what nearly all pass is found at once
		next, err := newest(ctx, db, q, match, before, n)
		if err != nil {
			return nil, fmt.Errorf("search: %w", err)
		}
		if len(next) == 0 {
			break
		}
		looked, before = looked+n, next[len(next)-1].n
		if through == nil {
			return next, nil
		}
		ids := make([]string, len(next))
		for i, c := range next {
			ids[i] = c.id
		}
		passed, err := through(ids)
		if err != nil {
			return nil, err
		}
		passes := make(map[string]bool, len(passed))
		for _, id := range passed {
			passes[id] = true
		}
		for _, c := range next {
			if passes[c.id] {
				all = append(all, c)
			}
		}
	}
	return all[:min(len(all), MostRanked)], nil
}

// newest are the newest documents that match, older than one.
func newest(ctx context.Context, db *store.DB, q Query, match string, before int64, most int) ([]candidate, error) {
	text := `SELECT d.n, d.doc, d.sort, d.title, d.body FROM (SELECT rowid AS n FROM search_index WHERE search_index MATCH $1 AND rowid < $4 ORDER BY rowid DESC LIMIT %d) f
		JOIN search_docs d ON d.n = f.n WHERE d.realm = $2 AND d.kind = $3`
	if db.Engine == store.Postgres {
		text = "SELECT n, doc, sort, title, body FROM search_docs WHERE tokens @@ $1::tsquery AND realm = $2 AND kind = $3 AND n < $4 ORDER BY n DESC LIMIT %d"
	}
	rows, err := db.R.QueryContext(ctx, fmt.Sprintf(text, most), match, string(q.realm), q.kind, before)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []candidate
	for rows.Next() {
		var c candidate
		var title, body string
		if err := rows.Scan(&c.n, &c.id, &c.sort, &title, &body); err != nil {
			return nil, err
		}
		c.title, c.body = strings.Fields(title), strings.Fields(body)
		all = append(all, c)
	}
	slices.SortFunc(all, func(x, y candidate) int { return cmp.Compare(y.n, x.n) }) // a join owes no order
	return all, rows.Err()
}

// lite writes a query for FTS5. Tokens are ASCII letters and digits.
func lite(ts []term, by string) string {
	return written(ts, by, " OR ", func(p phrase) string {
		s := `"` + strings.Join(p.tokens, " ") + `"`
		if p.begins {
			s += " *"
		}
		return s
	})
}

// postgres writes a query as a tsquery.
func postgres(ts []term, by string) string {
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
