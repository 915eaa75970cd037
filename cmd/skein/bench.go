package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"skein/cmd/skein/load"
	"skein/cmd/skein/science"
	"skein/frame/store"
)

// benchCommand measures. Nothing it makes outlives it.
type benchCommand struct {
	Intake  benchIntake   `cmd:"" help:"Reports over HTTP: how many a second, and at what price."`
	Import  benchImport   `cmd:"" help:"Records of another system, each way: how many rows a second, and at what price."`
	Read    benchRead     `cmd:"" help:"Pages of the filled demonstration city while reports come in."`
	Million benchMillion  `cmd:"" help:"The same pages with a million generated matters."`
	Place   benchPlace    `cmd:"" help:"From a point to the body that answers for it, in the process."`
	Power   benchPower    `cmd:"" help:"What the powers answer, action by action: how soon, and at what price."`
	Vault   benchVault    `cmd:"" help:"What it costs that private things are encrypted, each under a key of its own."`
	Seal    benchSeal     `cmd:"" help:"The log: sealing, receipts, reading it whole, and what it costs those who report."`
	Erase   benchErase    `cmd:"" help:"Erasing a person who told many matters: how soon, and at what price."`
	Access  benchAccess   `cmd:"" help:"What it costs an office that its readings of private contents are written down."`
	Science science.Bench `cmd:"" help:"The mathematics, each method beside the reference program of its field."`
	World   benchWorld    `cmd:"" hidden:"" help:"Make the town that reports are made in."`
	Engine  benchEngine   `cmd:"" hidden:"" help:"The engine's own limit: rows of reports in batches, nothing around them."`
	Handler benchHandler  `cmd:"" hidden:"" help:"A bare handler that decodes a report."`
}

// engineChoice says on which engine to measure.
type engineChoice struct {
	Engine   string `enum:"sqlite,postgres" default:"sqlite" help:"sqlite or postgres."`
	Database string `placeholder:"postgres://…" env:"SKEIN_TEST_POSTGRES" help:"A PostgreSQL that may make databases."`
}

// scratch is a folder, and on PostgreSQL a database, of its own.
type scratch struct {
	where
	drop func()
}

func (e engineChoice) scratch(ctx context.Context) (*scratch, error) {
	dir, err := os.MkdirTemp("", "skein-bench-")
	if err != nil {
		return nil, err
	}
	s := &scratch{where: where{Data: dir}, drop: func() { os.RemoveAll(dir) }}
	if e.Engine == string(store.SQLite) {
		return s, nil
	}
	if e.Database == "" {
		s.drop()
		return nil, misuseError{errors.New("say with --database or SKEIN_TEST_POSTGRES on which PostgreSQL to measure")}
	}
	fresh, drop, err := freshDatabase(ctx, e.Database)
	if err != nil {
		s.drop()
		return nil, err
	}
	s.Database = fresh
	s.drop = func() { drop(); os.RemoveAll(dir) }
	return s, nil
}

// freshDatabase makes an empty database beside the one of a URL.
func freshDatabase(ctx context.Context, server string) (fresh string, drop func(), err error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", nil, fmt.Errorf("the database address cannot be read: %w", err)
	}
	db, err := sql.Open("pgx", server)
	if err != nil {
		return "", nil, err
	}
	var b [6]byte
	rand.Read(b[:]) // never fails
	name := "skein_bench_" + hex.EncodeToString(b[:])
	if _, err := db.ExecContext(ctx, "CREATE DATABASE "+name+" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"); err != nil {
		db.Close()
		return "", nil, fmt.Errorf("make a database: %w", err)
	}
	u.Path = "/" + name
	return u.String(), func() {
		db.Exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)")
		db.Close()
	}, nil
}

// postmaster is the process of a PostgreSQL on this machine, 0 for SQLite.
func postmaster(ctx context.Context, database string) (int, error) {
	if !strings.HasPrefix(database, "postgres") {
		return 0, nil
	}
	db, err := sql.Open("pgx", database)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	var backend int
	if err := db.QueryRowContext(ctx, "SELECT pg_backend_pid()").Scan(&backend); err != nil {
		return 0, err
	}
	return load.Parent(backend), nil
}

// durable says how the engine syncs, and refuses to measure one that does not.
func durable(ctx context.Context, s where) (string, error) {
	a, err := s.open(ctx, false)
	if err != nil {
		return "", err
	}
	defer a.close()
	tx, err := a.db.Begin(ctx)
	if err != nil {
		return "", err
	}
	defer tx.Rollback()
	if a.db.Engine == store.SQLite {
		var level int
		var mode string
		if err := tx.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&level); err != nil {
			return "", err
		}
		if err := tx.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
			return "", err
		}
		if level != 2 {
			return "", fmt.Errorf("SQLite runs with synchronous=%d, not 2 (FULL)", level)
		}
		return "synchronous=FULL, journal_mode=" + mode, nil
	}
	var commit, fsync string
	if err := tx.QueryRowContext(ctx, "SHOW synchronous_commit").Scan(&commit); err != nil {
		return "", err
	}
	if err := tx.QueryRowContext(ctx, "SHOW fsync").Scan(&fsync); err != nil {
		return "", err
	}
	if commit != "on" || fsync != "on" {
		return "", fmt.Errorf("PostgreSQL runs with synchronous_commit=%s and fsync=%s, not on and on", commit, fsync)
	}
	return "synchronous_commit=on, fsync=on", nil
}
