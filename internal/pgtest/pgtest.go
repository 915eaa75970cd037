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
		missing(t, "PostgreSQL: "+ServerVar+" is not set, so nothing is shown about this engine; `make test` starts a server and sets it")
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

// missing skips the test, or fails it where everything is required.
func missing(t testing.TB, what string) {
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
	var salt [8]byte
	rand.Read(salt[:]) // never fails
	name := "skein_test_" + hex.EncodeToString(salt[:])

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
	return u.String(), func() error {
		db, err := sql.Open("pgx", server)
		if err != nil {
			return err
		}
		defer db.Close()
		_, err = db.Exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)")
		return err
	}, nil
}
