package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"sync"
	"testing"
	"testing/fstest"

	"skein/frame/store"
	"skein/internal/pgtest"
)

// The conformance suite: everything the rest relies on, on both engines. What the engines
// do differently has a name in the package and a case here.

var conformance = []struct {
	name string
	run  func(*testing.T, *store.DB)
}{
	{"write many rows", writeMany},
	{"replace keeps the last", replaces},
	{"a taken key is told apart", takenKey},
	{"nothing of a rolled back transaction stays", rollsBack},
	{"conditional comments", conditionalComments},
	{"each of a list", eachOfList},
	{"shared subset of SQL", sharedSubset},
	{"text is ordered by bytes", textOrder},
	{"a writer waits for the one before", writersTakeTurns},
	{"written where a row says so", writtenIf},
	{"delete by key", deletesByKey},
	{"a snapshot stands still", snapshotStands},
	{"closed", closed},
}

func TestConformance(t *testing.T) {
	engines := map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return filepath.Join(t.TempDir(), "a b?c#d%.db") },
		"postgres": func(t *testing.T) string { return pgtest.URL(t) },
	}
	for engine, source := range engines {
		t.Run(engine, func(t *testing.T) {
			for _, c := range conformance {
				t.Run(c.name, func(t *testing.T) {
					db, err := store.Open(context.Background(), source(t))
					if err != nil {
						t.Fatal(err)
					}
					t.Cleanup(func() { db.Close() })
					if err := db.Migrate(context.Background(), store.Migrations{Room: "test", Files: migrations}); err != nil {
						t.Fatal(err)
					}
					c.run(t, db)
				})
			}
		})
	}
}

var migrations = fstest.MapFS{"00001_things.sql": {Data: []byte(`-- +goose Up
CREATE TABLE things (
    realm TEXT NOT NULL,
    code  TEXT NOT NULL /* postgres: COLLATE "C" */,
    n     BIGINT,
    blob  BYTEA,
    ratio DOUBLE PRECISION,
    PRIMARY KEY (realm, code)
) /* sqlite: WITHOUT ROWID */;
-- +goose Down
DROP TABLE things;
`)}}

var things = &store.Table{Name: "things", Key: 2, Columns: store.Columns("realm:t code:t n:i blob:b ratio:r")}

func put(db *store.DB, rows ...store.Row) error {
	return db.Update(context.Background(), func(tx *store.Tx) error { return tx.Write(context.Background(), things, rows) })
}

func count(t *testing.T, db *store.DB) (n int) {
	t.Helper()
	if err := db.R.QueryRow("SELECT count(*) FROM things").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func writeMany(t *testing.T, db *store.DB) {
	for _, n := range []int{1, 3, 4, 15, 16, 64, 255, 256, 257, 1000} {
		var rows []store.Row
		for i := range n {
			row := store.Row{"r", fmt.Sprintf("%d-%04d", n, i), int64(i), []byte{byte(i), 0, 255}, float64(i) / 3}
			if i%3 == 1 {
				row[2], row[3], row[4] = nil, nil, nil
			}
			rows = append(rows, row)
		}
		if err := put(db, rows...); err != nil {
			t.Fatalf("%d rows: %v", n, err)
		}
		got, err := db.R.Query("SELECT "+things.Names()+" FROM things WHERE realm = $1 AND code >= $2 AND code < $3 ORDER BY code",
			"r", fmt.Sprintf("%d-", n), fmt.Sprintf("%d.", n))
		if err != nil {
			t.Fatal(err)
		}
		i := 0
		for ; got.Next(); i++ {
			row, err := things.Scan(got)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(row, rows[i]) {
				t.Fatalf("of %d rows the %dth came back as %v, not %v", n, i, row, rows[i])
			}
		}
		got.Close()
		if i != n {
			t.Errorf("%d of %d rows came back", i, n)
		}
	}
	if err := put(db, store.Row{"r", "short"}); err == nil {
		t.Error("a row of too few values was taken")
	}
}

func replaces(t *testing.T, db *store.DB) {
	over := &store.Table{Name: "things", Key: 2, Replace: true, Columns: things.Columns}
	write := func(n int64) error {
		return db.Update(context.Background(), func(tx *store.Tx) error {
			return tx.Write(context.Background(), over, []store.Row{{"r", "a", n, nil, nil}, {"r", "b", n, nil, nil}})
		})
	}
	if err := errors.Join(write(1), write(2)); err != nil {
		t.Fatal(err)
	}
	var sum int
	if err := db.R.QueryRow("SELECT sum(n) FROM things").Scan(&sum); err != nil || sum != 4 || count(t, db) != 2 {
		t.Errorf("sum %d of %d rows (%v), want 4 of 2", sum, count(t, db), err)
	}
	// Nor does one way of writing a table become the other.
	if err := put(db, store.Row{"r", "a", nil, nil, nil}, store.Row{"r", "b", nil, nil, nil}); !store.IsDuplicate(err) {
		t.Errorf("taken keys are written over: %v", err)
	}
	if err := errors.Join(put(db, store.Row{"r", "c", nil, nil, nil}, store.Row{"r", "d", nil, nil, nil}), write(3)); err != nil {
		t.Error(err)
	}
}

func takenKey(t *testing.T, db *store.DB) {
	if err := put(db, store.Row{"r", "a", nil, nil, nil}); err != nil {
		t.Fatal(err)
	}
	err := put(db, store.Row{"r", "b", nil, nil, nil}, store.Row{"r", "a", nil, nil, nil})
	if !store.IsDuplicate(err) || !store.IsRefusal(err) {
		t.Errorf("a taken key: %v", err)
	}
	if count(t, db) != 1 {
		t.Error("a row of a refused transaction stayed")
	}
	if err := put(db, store.Row{"r", "c", nil, nil, nil}); err != nil {
		t.Errorf("after a refusal nothing can be written: %v", err)
	}
	if store.IsRefusal(context.Canceled) || store.IsDuplicate(nil) {
		t.Error("what is no refusal of the database is taken for one")
	}
}

func rollsBack(t *testing.T, db *store.DB) {
	stop := errors.New("stop")
	err := db.Update(context.Background(), func(tx *store.Tx) error {
		if err := tx.Write(context.Background(), things, []store.Row{{"r", "a", nil, nil, nil}}); err != nil {
			return err
		}
		return stop
	})
	if !errors.Is(err, stop) || count(t, db) != 0 {
		t.Errorf("%v, %d rows", err, count(t, db))
	}
	tx, err := db.Begin(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	tx.Rollback()
	tx.Rollback() // may be called more than once
}

func conditionalComments(t *testing.T, db *store.DB) {
	files := fstest.MapFS{"00001_x.sql": {Data: []byte("-- +goose Up\nCREATE TABLE x (engine TEXT DEFAULT /* sqlite: 'sqlite' *//* postgres: 'postgres' */, n BIGINT);\n-- +goose Down\nDROP TABLE x;\n")}}
	if err := db.Migrate(context.Background(), store.Migrations{Room: "x", Files: files}); err != nil {
		t.Fatal(err)
	}
	err := db.Update(context.Background(), func(tx *store.Tx) error {
		_, err := tx.ExecContext(context.Background(), "INSERT INTO x (n) VALUES (1)")
		return err
	})
	var engine string
	if err := errors.Join(err, db.R.QueryRow("SELECT engine FROM x").Scan(&engine)); err != nil || engine != string(db.Engine) {
		t.Errorf("%q (%v), want %q", engine, err, db.Engine)
	}
	if err := db.Migrate(context.Background(), store.Migrations{Room: "x", Files: files}); err != nil {
		t.Errorf("a second time: %v", err)
	}
}

func eachOfList(t *testing.T, db *store.DB) {
	odd := "x', '\"]}; DROP TABLE things; -- 垃圾"
	if err := put(db, store.Row{"r", "a", nil, nil, nil}, store.Row{"r", odd, nil, nil, nil}, store.Row{"r", "c", nil, nil, nil}); err != nil {
		t.Fatal(err)
	}
	var n int
	err := db.R.QueryRow("SELECT count(*) FROM things WHERE "+db.Each("code", "$1"), db.List([]string{"a", odd, "missing"})).Scan(&n)
	if err != nil || n != 2 {
		t.Errorf("%d (%v), want 2", n, err)
	}
	if err := db.R.QueryRow("SELECT count(*) FROM things WHERE "+db.Each("code", "$1"), db.List(nil)).Scan(&n); err != nil || n != 0 {
		t.Errorf("of no list %d (%v), want 0", n, err)
	}
}

// sharedSubset are the constructs that SQL elsewhere uses; one that the engines answer
// differently must not be used and stands in the comment of the package.
func sharedSubset(t *testing.T, db *store.DB) {
	if err := put(db, store.Row{"r", "a", int64(1), nil, nil}, store.Row{"r", "b", int64(2), nil, nil}, store.Row{"s", "a", int64(3), nil, nil}); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{
		"SELECT count(*) FROM things WHERE realm = $1 AND code <= $2 AND realm = $1":                                                  "2", // a placeholder twice
		"SELECT count(*) FILTER (WHERE n > 1) FROM things WHERE realm = $1 AND code <= $2":                                            "1",
		"SELECT max(r) FROM (SELECT row_number() OVER (ORDER BY n DESC) AS r FROM things WHERE realm = $1 AND code <= $2) q":          "2",
		"WITH RECURSIVE up(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM up WHERE i < 5) SELECT count(*) FROM up WHERE $1 <> $2":        "5",
		"SELECT count(*) FROM things WHERE (realm, code) > ($1, $2)":                                                                  "1", // a row-value keyset
		"WITH q AS MATERIALIZED (SELECT n FROM things WHERE realm = $1 AND code <= $2) SELECT sum(n) FROM q":                          "3",
		"SELECT coalesce(max(n), 0) FROM things WHERE realm = $1 AND code > $2":                                                       "0",
		"SELECT CASE WHEN n IS NULL THEN 'none' ELSE 'some' END FROM things WHERE realm = $1 AND code = 'a' AND $2 = $2 LIMIT 1":      "some",
		"SELECT count(*) FROM things t WHERE EXISTS (SELECT 1 FROM things o WHERE o.code = t.code AND o.realm <> t.realm) AND $1<>$2": "2",
	} {
		var got string
		if err := db.R.QueryRow(query, "r", "b").Scan(&got); err != nil || got != want {
			t.Errorf("%s\n answers %q (%v), want %q", query, got, err, want)
		}
	}
	err := db.Update(context.Background(), func(tx *store.Tx) error {
		var n int
		err := tx.QueryRowContext(context.Background(), "UPDATE things SET n = things.n + o.n FROM things o WHERE things.realm = 'r' AND things.code = 'a' AND o.realm = 's' RETURNING things.n").Scan(&n)
		if n != 4 {
			t.Errorf("UPDATE … FROM … RETURNING gave %d, want 4", n)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func textOrder(t *testing.T, db *store.DB) {
	for _, code := range []string{"b", "B", "a", "_", "matter/0", "matter.0", "é", "垃"} {
		if err := put(db, store.Row{"r", code, nil, nil, nil}); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := db.R.Query("SELECT code FROM things ORDER BY code")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got []string
	for rows.Next() {
		var c string
		if err := rows.Scan(&c); err != nil {
			t.Fatal(err)
		}
		got = append(got, c)
	}
	want := []string{"B", "_", "a", "b", "matter.0", "matter/0", "é", "垃"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func writersTakeTurns(t *testing.T, db *store.DB) {
	if err := put(db, store.Row{"r", "head", int64(0), nil, nil}); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 10 {
				err := db.Update(context.Background(), func(tx *store.Tx) error {
					var n int64
					query := db.ForUpdate("SELECT n FROM things WHERE realm = $1 AND code = $2")
					if err := tx.QueryRowContext(context.Background(), query, "r", "head").Scan(&n); err != nil {
						return err
					}
					_, err := tx.ExecContext(context.Background(), "UPDATE things SET n = $1 WHERE realm = 'r' AND code = 'head'", n+1)
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	var n int
	if err := db.R.QueryRow("SELECT n FROM things").Scan(&n); err != nil || n != 160 {
		t.Errorf("%d (%v), want 160: a writer read what another was about to change", n, err)
	}
}

// writtenIf: rows are written where a row of another kind says that they may be, and never beside a change of that row.
func writtenIf(t *testing.T, db *store.DB) {
	ctx := context.Background()
	if err := put(db, store.Row{"r", "head", int64(5), nil, nil}); err != nil {
		t.Fatal(err)
	}
	write := func(n int64, codes ...string) (bool, error) {
		var rows []store.Row
		for _, code := range codes {
			rows = append(rows, store.Row{"r", code, n, []byte(code), nil})
		}
		return db.WriteIf(ctx, things, rows, "SELECT n FROM things WHERE realm = $1 AND code = 'head' AND n <= $2", "r", n)
	}
	if ok, err := write(5, "a", "b", "c"); !ok || err != nil || count(t, db) != 4 {
		t.Errorf("%v, %v, %d rows where it may be", ok, err, count(t, db))
	}
	if ok, err := write(4, "d"); ok || err != nil || count(t, db) != 4 {
		t.Errorf("%v, %v, %d rows where it may not be", ok, err, count(t, db))
	}
	if ok, err := write(4); !ok || err != nil {
		t.Errorf("%v, %v of no rows", ok, err)
	}
	if ok, err := write(5, "e", "a"); ok || !store.IsDuplicate(err) || count(t, db) != 4 {
		t.Errorf("%v, %v, %d rows where a key is taken", ok, err, count(t, db))
	}
	if db.Engine == store.Postgres { // its server was started again meanwhile
		if _, err := db.R.ExecContext(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"); err != nil {
			t.Fatal(err)
		}
		if ok, err := write(5, "f"); !ok || err != nil {
			t.Errorf("%v, %v on a connection that died", ok, err)
		}
	}
	// Who writes up to a number, and who moves that number on and then looks: nobody writes after having been looked for.
	var wg sync.WaitGroup
	var lock sync.Mutex
	acknowledged := map[int64]int{}
	for w := range 6 {
		wg.Go(func() {
			for i := range 30 {
				n := int64(5 + i/5)
				ok, err := write(n, fmt.Sprintf("row %d %d", w, i))
				if err != nil {
					t.Error(err)
				}
				if ok {
					lock.Lock()
					acknowledged[n]++
					lock.Unlock()
				}
			}
		})
	}
	seen := map[int64]int{}
	wg.Go(func() {
		for n := int64(5); n <= 10; n++ {
			err := db.Update(ctx, func(tx *store.Tx) error {
				var was, rows int64
				if err := tx.QueryRowContext(ctx, db.ForUpdate("SELECT n FROM things WHERE realm = 'r' AND code = 'head'")).Scan(&was); err != nil {
					return err
				}
				if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM things WHERE code LIKE 'row %' AND n = $1", n).Scan(&rows); err != nil {
					return err
				}
				seen[n] = int(rows)
				_, err := tx.ExecContext(ctx, "UPDATE things SET n = $1 WHERE realm = 'r' AND code = 'head'", n+1)
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
	wg.Wait()
	for n := int64(5); n <= 10; n++ {
		if seen[n] != acknowledged[n] {
			t.Errorf("%d rows of %d were there when it was closed, %d were written", seen[n], n, acknowledged[n])
		}
	}
}

func deletesByKey(t *testing.T, db *store.DB) {
	if err := put(db, store.Row{"r", "a", nil, nil, nil}, store.Row{"s", "a", nil, nil, nil}); err != nil {
		t.Fatal(err)
	}
	err := db.Update(context.Background(), func(tx *store.Tx) error {
		return tx.DeleteKey(context.Background(), things, store.Row{"r", "a"})
	})
	if err != nil || count(t, db) != 1 {
		t.Errorf("%d rows left (%v), want 1", count(t, db), err)
	}
	// A row that goes and comes in one change is there: what is deleted is deleted first.
	gone := []store.Write{{Table: things, Row: store.Row{"s", "a"}}, {Table: things, Row: store.Row{"s", "none"}}}
	err = db.Update(context.Background(), func(tx *store.Tx) error {
		return tx.Change(context.Background(), gone, []store.Write{{Table: things, Row: store.Row{"s", "a", nil, nil, nil}}, {Table: things, Row: store.Row{"s", "b", nil, nil, nil}}})
	})
	if err != nil || count(t, db) != 2 {
		t.Errorf("%d rows after a change (%v), want 2", count(t, db), err)
	}
	err = db.Update(context.Background(), func(tx *store.Tx) error { return tx.Change(context.Background(), gone, nil) })
	if err != nil || count(t, db) != 1 {
		t.Errorf("%d rows after deletions alone (%v), want 1", count(t, db), err)
	}
}

func snapshotStands(t *testing.T, db *store.DB) {
	tx, err := db.R.BeginTx(context.Background(), &sql.TxOptions{ReadOnly: true, Isolation: db.Snapshot()})
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	var before, after int
	if err := tx.QueryRow("SELECT count(*) FROM things").Scan(&before); err != nil {
		t.Fatal(err)
	}
	if err := put(db, store.Row{"r", "a", nil, nil, nil}); err != nil {
		t.Fatal(err)
	}
	if err := tx.QueryRow("SELECT count(*) FROM things").Scan(&after); err != nil || after != before {
		t.Errorf("a snapshot saw %d rows, then %d (%v)", before, after, err)
	}
}

func closed(t *testing.T, db *store.DB) {
	if err := put(db, store.Row{"r", "a", nil, nil, nil}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Begin(context.Background()); err == nil {
		t.Error("a closed database took a transaction")
	}
}
