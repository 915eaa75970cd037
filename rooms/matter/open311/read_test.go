package open311

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"skein/frame/journal"
	"skein/frame/store"
)

// What is not picked from memory is answered from the index that was made for it: nothing walks the table.
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
	query, args := filter{ids: []string{"matter/1"}, limit: 1}.query(db, "r")
	if got := plan(query, args); !strings.Contains(got, "SEARCH m USING PRIMARY KEY (realm=? AND dossier=?)") || strings.Contains(got, "SCAN m") {
		t.Errorf("by number:\n%s", got)
	}
	got := plan(happenedQuery, []any{"r", 1, 2, 10, 0})
	if !strings.Contains(got, "INDEX acts_matter_updates (realm=? AND happened>? AND happened<?)") || strings.Contains(got, "TEMP B-TREE") {
		t.Errorf("updates:\n%s", got)
	}
}
