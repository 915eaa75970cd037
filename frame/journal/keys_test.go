package journal

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"skein/frame/store"
	"skein/internal/pgtest"
)

// Keys that people and programs sent in clear go; those of imports and reactors stay, or what they did would be done again.
func TestOldKeysGo(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { oldKeysGo(t, filepath.Join(t.TempDir(), "a.db")) })
	t.Run("postgres", func(t *testing.T) { oldKeysGo(t, pgtest.URL(t)) })
}

func oldKeysGo(t *testing.T, source string) {
	ctx := context.Background()
	db, err := store.Open(ctx, source)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(ctx, Migrations()); err != nil {
		t.Fatal(err)
	}
	raw, err := migrations.ReadFile("migrations/00002_keys.sql")
	if err != nil {
		t.Fatal(err)
	}
	stay := []string{"295 numbers.begin", "317 matter.stay matter/00006szu", "import:records:7/8 2 matter.report", "import:3fa0:12 matter.report"}
	gone := []string{"form ABCDEFGHIJKLMNOPQRST", "resident my own words", "resident:00006szu / 1", "pwd/handler 12 a/b c"}
	var left []string
	err = db.Update(ctx, func(tx *store.Tx) error {
		for _, key := range slices.Concat(stay, gone) {
			if _, err := tx.ExecContext(ctx, "INSERT INTO commands (realm, key, digest, dossier, first, last, at) VALUES ('r', $1, '', '', 1, 1, 1)", key); err != nil {
				return err
			}
		}
		_, up, _ := strings.Cut(string(raw), "-- +goose Up")
		if _, err := tx.ExecContext(ctx, up); err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, "SELECT key FROM commands")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var key string
			if err := rows.Scan(&key); err != nil {
				return err
			}
			left = append(left, key)
		}
		return rows.Err()
	})
	slices.Sort(left)
	slices.Sort(stay)
	if err != nil || !slices.Equal(left, stay) {
		t.Errorf("%q stay, not %q: %v", left, stay, err)
	}
}
