package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"skein/internal/pgtest"
)

// Filling a city takes the better part of a second of processor time, and nearly every test here wants
// one: each kind is filled once and copied. Tests that run at the same time share nothing else.

// model is a filled city that others are copied of.
type model struct {
	fill     sync.Mutex // held while it is filled
	folder   string     // its master key, blobs and, on SQLite, its database
	database string     // "" is SQLite
	drop     func() error
}

type modelKey struct {
	postgres bool
	rows     int
}

var (
	modelsOpen sync.Mutex
	models     = map[modelKey]*model{}
)

// modelOf is filled by the first who wants it; the others wait.
func modelOf(t *testing.T, key modelKey) *model {
	t.Helper()
	modelsOpen.Lock()
	m := models[key]
	if m == nil {
		m = &model{}
		models[key] = m
	}
	modelsOpen.Unlock()
	m.fill.Lock()
	defer m.fill.Unlock()
	if m.folder == "" {
		m.filled(t, key)
	}
	return m
}

// copyOf returns where a copy of a filled city is: its folder, and its database if that is elsewhere.
func copyOf(t *testing.T, key modelKey) where {
	t.Helper()
	m := modelOf(t, key)
	w := where{Data: t.TempDir()}
	if err := os.CopyFS(w.Data, os.DirFS(m.folder)); err != nil {
		t.Fatal(err)
	}
	// What CopyFS makes anybody may read; a key that anybody may read is refused.
	if err := os.Chmod(w.masterPath(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(w.masterPath()), 0o700); err != nil {
		t.Fatal(err)
	}
	if key.postgres {
		w.Database = pgtest.Copy(t, m.database)
	}
	return w
}

func (m *model) filled(t *testing.T, key modelKey) {
	t.Helper()
	folder, err := os.MkdirTemp("", "skein-model-")
	if err != nil {
		t.Fatal(err)
	}
	database, drop := "", func() error { return nil }
	if key.postgres {
		database, drop = pgtest.Template(t)
	}
	a, err := where{Data: folder, Database: database}.open(context.Background(), true)
	if err != nil {
		t.Fatal(err)
	}
	a.log = slog.New(slog.NewTextHandler(io.MultiWriter(testLog{t}), nil))
	err = a.fillDemo(context.Background(), key.rows)
	a.close()
	if err != nil {
		t.Fatal(err)
	}
	m.folder, m.database, m.drop = folder, database, drop
}

// dropModels removes what the copies were made of.
func dropModels() {
	for _, m := range models {
		if m.folder == "" {
			continue // nobody could fill it
		}
		os.RemoveAll(m.folder)
		m.drop()
	}
}
