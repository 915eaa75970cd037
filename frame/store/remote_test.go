package store

import (
	"net/url"
	"strings"
	"testing"
)

// A server that is not on this machine is spoken to under TLS, and its certificate is held against its name.
func TestOnThisMachine(t *testing.T) {
	for _, name := range []string{"PGHOST", "PGSSLMODE", "PGSSLROOTCERT"} {
		t.Setenv(name, "")
	}
	for source, want := range map[string]bool{
		"postgres://u:p@127.0.0.1:5432/d": true, "postgres://u:p@[::1]:5432/d": true, "postgres://localhost/d": true, "postgres:///d?host=/run/postgresql": true, "postgres:///d": true,
		"postgres://db.example/d": false, "postgres://10.0.0.7:5432/d": false, "postgres:///d?host=db.example": false, "postgres://127.0.0.1.example/d": false,
	} {
		u, err := url.Parse(source)
		if err != nil || onThisMachine(u) != want {
			t.Errorf("%s: %v, %v", source, !want, err)
		}
	}
	for source, want := range map[string]string{
		"postgres://db.example/d": "postgres://db.example/d?sslmode=verify-full&sslrootcert=system", "postgres://db.example/d?sslmode=require": "postgres://db.example/d?sslmode=require",
		"postgres://127.0.0.1/d": "postgres://127.0.0.1/d",
	} {
		u, _ := url.Parse(source)
		if got := Guarded(u).String(); got != want {
			t.Errorf("%s: %s", source, got)
		}
	}
	for source, want := range map[string]string{
		"postgres://db.example/d": "", "postgres://db.example/d?sslmode=verify-full": "", "postgres://127.0.0.1/d?sslmode=disable": "", "skein.db": "",
		"postgres://db.example/d?sslmode=verify-ca": "verify-ca", "postgres://db.example/d?sslmode=require": "require", "postgresql://db.example/d?sslmode=disable": "disable",
	} {
		if mode, is := Unverified(source); is != (want != "") || is && mode != want {
			t.Errorf("%s: %q %v", source, mode, is)
		}
	}
	t.Setenv("PGHOST", "db.example")
	if u, _ := url.Parse("postgres:///d"); onThisMachine(u) {
		t.Error("PGHOST names another machine")
	}
	if _, err := openPostgres(t.Context(), "postgres://skein:hunter2@db.example:x/d"); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("an address that cannot be read: %v", err)
	}
}
