// Package pgtest gives tests a real PostgreSQL: a fresh database on a server that
// already runs (URL), or a whole private server that a test may stop, kill and start
// again (Start). It is test support; nothing that ships imports it.
package pgtest

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
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"
)

const (
	// ServerVar names the server on which URL makes databases: postgres://user:password@host:port/database.
	// The user must be allowed to create databases.
	ServerVar = "SKEIN_TEST_POSTGRES"
	// RequireVar, when not empty, turns everything that is missing from a skip into a failure.
	RequireVar = "SKEIN_REQUIRE_ALL"
)

// URL returns the address of a fresh, empty database, dropped when the test ends.
// It is UTF-8, and its text sorts by code point (LC_COLLATE C), as in SQLite.
// Without a server in ServerVar the test is skipped, or fails if RequireVar is set.
func URL(t testing.TB) string {
	t.Helper()
	server := os.Getenv(ServerVar)
	if server == "" {
		Missing(t, "PostgreSQL: "+ServerVar+" is not set, so nothing is shown about this engine; `make test` starts a server and sets it")
	}
	fresh, drop, err := create(server)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(func() {
		if err := drop(); err != nil {
			t.Errorf("pgtest: %v", err)
		}
	})
	return fresh
}

// Copy returns the address of a fresh database that is a copy of one that URL or Template
// returned and to which nobody is connected; dropped when the test ends.
func Copy(t testing.TB, of string) string {
	t.Helper()
	u, err := url.Parse(of)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	server := os.Getenv(ServerVar)
	name, err := newName()
	if err == nil {
		err = run(server, "CREATE DATABASE "+name+" TEMPLATE "+strings.TrimPrefix(u.Path, "/"))
	}
	if err != nil {
		t.Fatalf("pgtest: copy a database: %v", err)
	}
	t.Cleanup(func() {
		if err := run(server, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("pgtest: %v", err)
		}
	})
	u.Path = "/" + name
	return u.String()
}

// Template returns a fresh database that is not dropped with the test, for Copy, and how to drop it.
// Without a server it does as URL does.
func Template(t testing.TB) (address string, drop func() error) {
	t.Helper()
	server := os.Getenv(ServerVar)
	if server == "" {
		Missing(t, "PostgreSQL: "+ServerVar+" is not set, so nothing is shown about this engine; `make test` starts a server and sets it")
	}
	fresh, drop, err := create(server)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	return fresh, drop
}

func newName() (string, error) {
	var salt [8]byte
	_, err := rand.Read(salt[:])
	return "skein_test_" + hex.EncodeToString(salt[:]), err
}

func run(server, statement string) error {
	db, err := sql.Open("pgx", server)
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_, err = db.ExecContext(ctx, statement)
	return err
}

// Missing skips the test, or fails it where everything is required.
func Missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv(RequireVar) != "" {
		t.Fatalf("REQUIRED AND MISSING: %s", what)
	}
	t.Skipf("SKIPPED, NOT TESTED: %s", what)
}

// create makes a database of a random name on a server.
func create(server string) (fresh string, drop func() error, err error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", nil, fmt.Errorf("read %s: %w", ServerVar, err)
	}
	name, err := newName()
	if err != nil {
		return "", nil, err
	}
	db, err := sql.Open("pgx", server)
	if err != nil {
		return "", nil, err
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	statement := "CREATE DATABASE " + name + " TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE "
	_, err = db.ExecContext(ctx, statement+"'C.UTF-8'")
	if refused := (*pgconn.PgError)(nil); errors.As(err, &refused) && refused.Code == "42809" { // this system has no C.UTF-8
		_, err = db.ExecContext(ctx, statement+"'C'")
	}
	if err != nil {
		return "", nil, fmt.Errorf("create a database: %w", err)
	}
	u.Path = "/" + name
	return u.String(), func() error { return run(server, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") }, nil
}
