package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"regexp"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

// Migrations are one room's numbered SQL files, kept apart from the other rooms'.
type Migrations struct {
	Room  string
	Files fs.FS // *.sql in its root
}

// Migrate brings every room's tables up to date.
func (db *DB) Migrate(ctx context.Context, sets ...Migrations) error {
	driver, dialect, source := "sqlite", goose.DialectSQLite3, sqliteSource(db.Source, "rwc", "journal_mode(WAL)")
	if db.Engine == Postgres {
		u, err := url.Parse(db.Source)
		if err != nil {
			return errors.New("store: the database address cannot be read")
		}
		driver, dialect, source = "pgx", goose.DialectPostgres, Guarded(u).String()
	}
	conn, err := sql.Open(driver, source)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetMaxOpenConns(1)
	for _, set := range sets {
		table, err := database.NewStore(dialect, "goose_"+set.Room)
		if err != nil {
			return err
		}
		files := dialectFS{set.Files, db.Engine}
		provider, err := goose.NewProvider("", conn, files, goose.WithStore(table), goose.WithDisableGlobalRegistry(true))
		if err != nil {
			return fmt.Errorf("store: migrations of %s: %w", set.Room, err)
		}
		if _, err := provider.Up(ctx); err != nil {
			return fmt.Errorf("store: migrations of %s: %w", set.Room, err)
		}
	}
	return nil
}

// conditional is a comment that is text for one engine: "/* sqlite: WITHOUT ROWID */".
var conditional = regexp.MustCompile(`/\* (sqlite|postgres): (.*?) \*/`)

// dialectFS shows the migrations with the conditional comments of its engine opened.
type dialectFS struct {
	fs.FS
	engine Engine
}

func (d dialectFS) Open(name string) (fs.File, error) {
	f, err := d.FS.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil || info.IsDir() {
		return f, err
	}
	defer f.Close()
	text, err := fs.ReadFile(d.FS, name)
	if err != nil {
		return nil, err
	}
	text = conditional.ReplaceAllFunc(text, func(m []byte) []byte {
		parts := conditional.FindSubmatch(m)
		if string(parts[1]) == string(d.engine) {
			return parts[2]
		}
		return nil
	})
	return &memFile{bytes.NewReader(text), name, info.Mode(), info.ModTime()}, nil
}

type memFile struct {
	*bytes.Reader
	name string
	mode fs.FileMode
	mod  time.Time
}

func (f *memFile) Stat() (fs.FileInfo, error) { return f, nil }
func (f *memFile) Close() error               { return nil }
func (f *memFile) Name() string               { return f.name }
func (f *memFile) Mode() fs.FileMode          { return f.mode }
func (f *memFile) ModTime() time.Time         { return f.mod }
func (f *memFile) IsDir() bool                { return false }
func (f *memFile) Sys() any                   { return nil }
func (f *memFile) Size() int64                { return f.Reader.Size() }
