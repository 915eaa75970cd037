package open311

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/store"
)

// Each way of asking is answered from the index that was made for it: nothing walks the
// table, and a matter asked for by its number is not looked for among the times.
func TestPlans(t *testing.T) {
	ctx := context.Background()
	db, err := store.Open(ctx, filepath.Join(t.TempDir(), "skein.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(ctx, journal.Migrations(), store.Migrations{Room: "matter", Files: os.DirFS("../migrations")}); err != nil {
		t.Fatal(err)
	}
	plan := func(query string, args []any) string {
		rows, err := db.R.QueryContext(ctx, "EXPLAIN QUERY PLAN "+query, args...)
		if err != nil {
			t.Fatalf("%v\n%s", err, query)
		}
		defer rows.Close()
		var lines []string
		for rows.Next() {
			var id, parent, unused int
			var line string
			if err := rows.Scan(&id, &parent, &unused, &line); err != nil {
				t.Fatal(err)
			}
			lines = append(lines, line)
		}
		return strings.Join(lines, "\n")
	}
	from, until := civic.Instant(1), civic.Instant(2)
	within := span{&from, &until}
	for what, c := range map[string]struct {
		f    filter
		want string
	}{
		"the newest":      {filter{requested: within, limit: 10}, "COVERING INDEX matters_requested (realm=? AND reported>? AND reported<?)"},
		"the open":        {filter{requested: within, open: true, limit: 10}, "COVERING INDEX matters_requested (realm=? AND reported>? AND reported<?)"},
		"many services":   {filter{requested: within, codes: []string{"a", "b"}, limit: 10}, "INDEX matters_"},
		"one service":     {filter{requested: within, codes: []string{"a"}, limit: 10}, "INDEX matters_"},
		"what changed":    {filter{updated: within, limit: 10}, "COVERING INDEX matters_updated (realm=? AND updated>? AND updated<?)"},
		"one":             {filter{ids: []string{"matter/1"}, limit: 1}, "SEARCH m USING PRIMARY KEY (realm=? AND dossier=?)"},
		"the rows of all": {filter{requested: within, limit: 10}, "SEARCH m USING PRIMARY KEY (realm=? AND dossier=?)"},
	} {
		query, args := c.f.query(db, "r")
		got := plan(query, args)
		if !strings.Contains(got, c.want) || strings.Contains(got, "SCAN m") {
			t.Errorf("%s: want %s, but\n%s", what, c.want, got)
		}
	}
	got := plan(changesQuery, []any{"r", 1, 2, 10, 0})
	if !strings.Contains(got, "INDEX acts_matter_updates (realm=? AND happened>? AND happened<?)") || strings.Contains(got, "TEMP B-TREE") {
		t.Errorf("updates:\n%s", got)
	}
}
