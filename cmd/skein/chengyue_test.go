package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"skein/demo/chengyue"
	"skein/frame/clerk"
	"skein/internal/browser"
)

// district fills the invented district with its first matters, into what is there, and serves it.
func district(t *testing.T, w where, most int) (a *app, realm *clerk.Realm, address string) {
	t.Helper()
	ctx := context.Background()
	a, err := w.open(ctx, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.close)
	if err := a.fillChengyue(ctx, most); err != nil {
		t.Fatal(err)
	}
	if realm, err = clerk.Open(ctx, a.house, a.db, chengyueRealm, clerk.Options{Log: a.log, Still: true}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(realm.Close)
	book, err := newBook()
	if err != nil {
		t.Fatal(err)
	}
	site, err := a.site(&global{ctx: ctx, book: book}, realm, server{ReadShare: 1})
	if err != nil {
		t.Fatal(err)
	}
	served := httptest.NewServer(site.Handler())
	t.Cleanup(served.Close)
	site.PublicURL = served.URL
	return a, realm, served.URL
}

// The second demonstration lives beside the first in one database, and on both engines what its journal says holds.
func TestDistrict(t *testing.T) {
	t.Parallel()
	slow(t)
	for _, engine := range []string{sqlite, postgres} {
		t.Run(engine, func(t *testing.T) {
			w := copyOf(t, modelKey{engine == postgres, 40})
			a, realm, address := district(t, w, 700)
			ctx := context.Background()
			report, err := clerk.Verify(ctx, a.house, a.db, chengyueRealm, nil)
			if err != nil || len(report.Findings) > 0 {
				t.Errorf("verify: %v %+v", err, report.Findings)
			}
			rebuilt, err := clerk.CheckTables(ctx, a.house, a.db, chengyueRealm)
			if err != nil || len(rebuilt.Findings) > 0 {
				t.Errorf("rebuild --check: %v %+v", err, rebuilt.Findings)
			}
			matters, err := chengyue.Matters()
			if err != nil {
				t.Fatal(err)
			}
			found, err := held(ctx, realm, matters[:700])
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range found {
				if f.Of == 0 || f.Agree != f.Of {
					t.Errorf("%s: %d of %d: %+v", f.Name, f.Agree, f.Of, f.Rows)
				}
			}
			for _, words := range []string{"路灯", "积水", "井盖", "电梯"} {
				var list struct{ Matters []struct{ Number string } }
				ask(t, address+"/api/matters?q="+url.QueryEscape(words), &list)
				if len(list.Matters) == 0 {
					t.Errorf("%q finds nothing", words)
				}
			}
			at := []string{"--data", w.Data, "--in", string(chengyueRealm)}
			if w.Database != "" {
				at = append(at, "--database", w.Database)
			}
			if r := mustRun(t, 0, append([]string{"duty", "check"}, at...)...); !strings.Contains(r.out, "0 gaps, 0 overlaps, 0 empty chairs") {
				t.Errorf("duty check says %s", r.out)
			}
			if r := mustRun(t, 1, append([]string{"demo", "check", "--city", "chengyue"}, at...)...); !strings.Contains(r.out, "\ndue_date_agreement 1.0000\n") {
				t.Errorf("demo check of the first matters alone says %s", r.out) // and finds that the rest are missing
			}
		})
	}
}

// ask reads an answer of the API.
func ask(t *testing.T, address string, into any) {
	t.Helper()
	answer, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil || answer.StatusCode != 200 {
		t.Fatalf("%s: %d %v", address, answer.StatusCode, err)
	}
}

// The whole half year, as an operator fills and checks it.
func TestDistrictWhole(t *testing.T) {
	t.Parallel()
	slow(t)
	data := t.TempDir()
	mustRun(t, 0, "demo", "--city", "chengyue", "--no-serve", "--data", data)
	mustRun(t, 0, "demo", "--city", "chengyue", "--no-serve", "--data", data) // it is there
	r := mustRun(t, 0, "demo", "check", "--city", "chengyue", "--data", data)
	for _, line := range []string{"rows_in_realm 1.0000", "due_date_agreement 1.0000", "extended_due_agreement 1.0000", "ontime_agreement 1.0000", "lead_agreement 1.0000"} {
		if !strings.Contains(r.out, "\n"+line+"\n") {
			t.Errorf("no line %q in %s", line, r.out)
		}
	}
	mustRun(t, 0, "verify", "--data", data)
	mustRun(t, 0, "rebuild", "--check", "--data", data)
}

// Its pages, as somebody reads them in Chinese, on a phone and on a desk: nothing too wide, each saying what it is.
func TestDistrictPages(t *testing.T) {
	t.Parallel()
	slow(t)
	_, _, address := district(t, where{Data: t.TempDir()}, 700)
	var list struct{ Matters []struct{ Number string } }
	ask(t, address+"/api/matters?status=closed&limit=1", &list)
	if len(list.Matters) == 0 {
		t.Fatal("nothing is closed")
	}
	browser.Run(t, "chengyue_test.mjs", address, list.Matters[0].Number)
}
