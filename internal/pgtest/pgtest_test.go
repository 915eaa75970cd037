package pgtest

import (
	"database/sql"
	"errors"
	"os"
	"syscall"
	"testing"
)

func open(t *testing.T, url string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func get[T any](t *testing.T, db *sql.DB, query string) (v T) {
	t.Helper()
	if err := db.QueryRow(query).Scan(&v); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

func TestServerKeepsWhatWasCommitted(t *testing.T) {
	s := Start(t)
	db := open(t, s.URL)
	if _, err := db.Exec("CREATE TABLE kept (n integer)"); err != nil {
		t.Fatal(err)
	}
	for n, end := range []struct {
		name string
		down func() error
	}{
		{"stopped", s.Stop},
		{"killed", s.Kill},
		{"killed again", s.Kill},
		{"restarted while it runs", func() error { return nil }},
	} {
		if _, err := db.Exec("INSERT INTO kept VALUES ($1)", n); err != nil {
			t.Fatal(err)
		}
		before := s.Pid()
		if err := end.down(); err != nil {
			t.Fatalf("%s: %v", end.name, err)
		}
		if err := s.Restart(); err != nil {
			t.Fatalf("restart after %s: %v", end.name, err)
		}
		if s.Pid() == before || s.Pid() == 0 {
			t.Errorf("%s: process %d before, %d after", end.name, before, s.Pid())
		}
		db = open(t, s.URL)
		if rows := get[int](t, db, "SELECT count(*) FROM kept"); rows != n+1 {
			t.Errorf("%s: %d rows, want %d", end.name, rows, n+1)
		}
	}
	for _, setting := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
		if got := get[string](t, db, "SHOW "+setting); got != "on" {
			t.Errorf("%s is %s", setting, got)
		}
	}
}

func TestKillLeavesNoProcess(t *testing.T) {
	s := Start(t)
	db := open(t, s.URL)
	get[int](t, db, "SELECT 1")
	all := append(children(s.Pid()), s.Pid())
	if len(all) < 3 {
		t.Fatalf("processes of the server: %v", all)
	}
	if err := s.Kill(); err != nil {
		t.Fatal(err)
	}
	for _, pid := range all {
		if syscall.Kill(pid, 0) == nil && !dead(pid) {
			t.Errorf("process %d is alive", pid)
		}
	}
	if s.Pid() != 0 {
		t.Errorf("Pid is %d after Kill", s.Pid())
	}
	if err := s.Stop(); err != nil {
		t.Errorf("Stop after Kill: %v", err)
	}
}

func TestServerIsNotRoot(t *testing.T) {
	s := Start(t)
	info, err := os.Stat(s.data())
	if err != nil {
		t.Fatal(err)
	}
	if owner := info.Sys().(*syscall.Stat_t).Uid; owner == 0 {
		t.Error("the cluster belongs to root")
	}
	if info.Mode().Perm()&0o077 != 0 {
		t.Errorf("the cluster is open to others: %v", info.Mode())
	}
}

func TestURLGivesFreshDatabases(t *testing.T) {
	t.Setenv(ServerVar, Start(t).URL)
	var one, two string
	t.Run("made", func(t *testing.T) {
		one, two = URL(t), URL(t)
		if one == two {
			t.Fatalf("the same database twice: %s", one)
		}
		first, second := open(t, one), open(t, two)
		for _, db := range []*sql.DB{first, second} {
			if _, err := db.Exec("CREATE TABLE only_here (n integer)"); err != nil {
				t.Error(err)
			}
		}
		if !get[bool](t, first, "SELECT 'Z' < 'a' AND 'z' < 'é' AND '一' < '丁'") {
			t.Error("text does not sort by code point")
		}
		if got := get[string](t, first, "SELECT lower('É')"); got != "é" {
			t.Errorf("lower('É') is %q: letters beyond ASCII have no case", got)
		}
	})
	t.Run("dropped", func(t *testing.T) {
		if err := open(t, one).Ping(); err == nil {
			t.Error("the database is still there after its test")
		}
	})
}

// verdict records how a helper ends a test that it cannot serve.
type verdict struct {
	testing.TB
	skipped, failed bool
}

func (v *verdict) Helper()               {}
func (v *verdict) Skipf(string, ...any)  { v.skipped = true; panic(v) }
func (v *verdict) Fatalf(string, ...any) { v.failed = true; panic(v) }

func TestAbsenceIsASkipOnlyWhereAllowed(t *testing.T) {
	for _, c := range []struct {
		require         string
		skipped, failed bool
	}{{"", true, false}, {"1", false, true}} {
		t.Setenv(ServerVar, "")
		t.Setenv(RequireVar, c.require)
		v := &verdict{}
		func() {
			defer func() { _ = recover() }()
			URL(v)
		}()
		if v.skipped != c.skipped || v.failed != c.failed {
			t.Errorf("%s=%q: skipped %v, failed %v", RequireVar, c.require, v.skipped, v.failed)
		}
	}
}

func TestUnreachableServerIsAnError(t *testing.T) {
	if _, _, err := create("postgres://nobody@127.0.0.1:1/none?connect_timeout=2"); err == nil {
		t.Error("no error for a server that is not there")
	}
	if errors.Is(ErrNotInstalled, os.ErrNotExist) {
		t.Error("ErrNotInstalled must be its own error")
	}
}
