package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"skein/internal/pgtest"
)

// Filling a city takes the better part of a second of processor time, and nearly every test here wants
// one: each kind is filled once and copied.

// model is a filled city that others are copied of.
type model struct {
	folder   string // its master key, blobs and, on SQLite, its database
	database string // "" is SQLite
	drop     func() error
}

type modelKey struct {
	postgres bool
	rows     int
}

var models = map[modelKey]model{}

// copyOf returns where a copy of a filled city is: its folder, and its database if that is elsewhere.
func copyOf(t *testing.T, key modelKey) where {
	t.Helper()
	m, made := models[key]
	if !made {
		m = fillModel(t, key)
		models[key] = m
	}
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

func fillModel(t *testing.T, key modelKey) model {
	t.Helper()
	folder, err := os.MkdirTemp("", "skein-model-")
	if err != nil {
		t.Fatal(err)
	}
	m := model{folder: folder, drop: func() error { return nil }}
	if key.postgres {
		m.database, m.drop = pgtest.Template(t)
	}
	a, err := where{Data: folder, Database: m.database}.open(context.Background(), true)
	if err != nil {
		t.Fatal(err)
	}
	a.log = slog.New(slog.NewTextHandler(io.MultiWriter(testLog{t}), nil))
	err = a.fillDemo(context.Background(), key.rows)
	a.close()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// dropModels removes what the copies were made of.
func dropModels() {
	for _, m := range models {
		os.RemoveAll(m.folder)
		m.drop()
	}
}
