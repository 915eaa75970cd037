package search

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/binary"
	"fmt"
	"io/fs"
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

// Titled is a document that the caller found by titles which it knows and which are not indexed here.
type Titled struct {
	ID    string
	Sort  int64
	Title []Cut
}

// Find finds documents, best first, at most so many: those that have all terms of the query, and the others that the caller found.
func Find(ctx context.Context, db *store.DB, q Query, most int, others ...Titled) ([]string, error) {
	if q.None() {
		return nil, nil
	}
	text, match := `SELECT d.doc, d.sort, d.title, d.body FROM (SELECT rowid AS n FROM search_index WHERE search_index MATCH $1 ORDER BY rowid DESC LIMIT %d) f
		JOIN search_docs d ON d.n = f.n WHERE d.realm = $2 AND d.kind = $3`, lite(q.terms)
	if db.Engine == store.Postgres {
		text, match = "SELECT doc, sort, title, body FROM search_docs WHERE tokens @@ $1::tsquery AND realm = $2 AND kind = $3 ORDER BY n DESC LIMIT %d", postgres(q.terms)
	}
	rows, err := db.R.QueryContext(ctx, fmt.Sprintf(text, MostRanked), match, string(q.realm), q.kind)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	defer rows.Close()
	var all []candidate
	seen := map[string]bool{}
	for rows.Next() {
		var c candidate
		var title, body string
		if err := rows.Scan(&c.id, &c.sort, &title, &body); err != nil {
			return nil, err
		}
		c.title, c.body, seen[c.id] = strings.Fields(title), strings.Fields(body), true
		all = append(all, c)
	}
	if err := rows.Err(); err != nil {
		return nil, err
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

// lite writes a query for FTS5. Tokens are ASCII letters and digits.
func lite(ts []term) string {
	return written(ts, " AND ", " OR ", func(p phrase) string {
		s := `"` + strings.Join(p.tokens, " ") + `"`
		if p.begins {
			s += " *"
		}
		return s
	})
}

// postgres writes a query as a tsquery.
func postgres(ts []term) string {
	return written(ts, " & ", " | ", func(p phrase) string {
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
