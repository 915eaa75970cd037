package main

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"skein/frame/civic"
	"skein/frame/store"
	"skein/frame/vault"
	"skein/rooms/matter"
)

// Killed between the commit and the cleaning up, the next start makes good.
func TestErasureKilled(t *testing.T) {
	slow(t)
	onBothEngines(t, 30, func(c *city) {
		p := planted{}
		m := c.filled(p, "private")
		_, blobs := c.sealedBytes(c.box(m))
		c.act(201, m, "erase", "code:"+m.code, nil) // the cleaner of the process below has not begun, as if it were killed here
		if len(blobs) != 1 || !c.blobFiles()[blobs[0]] {
			c.Fatal("the test does not see what it looks for")
		}
		starts := func(until func() bool) {
			c.Helper()
			cmd, _, errs := skein(append([]string{"serve", "--listen", "127.0.0.1:0", "--unsealed"}, c.at()...)...)
			if err := cmd.Start(); err != nil {
				c.Fatal(err)
			}
			for deadline := time.Now().Add(30 * time.Second); !until() && time.Now().Before(deadline); {
				time.Sleep(5 * time.Millisecond)
			}
			cmd.Process.Kill()
			cmd.Wait()
			if !until() {
				c.Fatalf("never\n%s", errs)
			}
		}
		owed := func() (n int) {
			if err := c.app.db.R.QueryRow("SELECT count(*) FROM vault_erasures").Scan(&n); err != nil {
				c.Fatal(err)
			}
			return n
		}
		starts(func() bool { return !c.blobFiles()[blobs[0]] }) // killed again in the midst of it
		starts(func() bool { return owed() == 0 })
		if found := p.find(c.stored()); len(found) > 0 {
			c.Errorf("there still is %v", found)
		}
	})
}

// What was sealed for a box that is erased meanwhile is refused, and writes nothing.
func TestNothingIsWrittenIntoAnErasedBox(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		ctx := context.Background()
		m := c.report(lamp("x"))
		c.act(201, m, "accept", "pwd/head", nil)
		state, _, err := c.realm.State(ctx, c.dossier(m))
		if err != nil {
			c.Fatal(err)
		}
		intake := matter.Intake{Vault: c.app.vault}
		late, err := intake.On(ctx, c.realm.View(), civic.Actor{Kind: civic.Post, Post: "pwd/head"}, state.(matter.State), matter.Tell{Text: "a late word", Release: true}, nil)
		if err != nil {
			c.Fatal(err)
		}
		c.act(201, m, "erase", "code:"+m.code, nil)
		if _, err := c.realm.Do(ctx, late); err == nil {
			c.Error("it was written")
		}
		if strings.Contains(c.stored(), "a late word") {
			c.Error("what was released in clear stands in a table")
		}
		c.holds()
	})
}

// Two processes on one database: what one erases the other does not show.
func TestErasedInAnotherProcess(t *testing.T) {
	t.Parallel()
	c := newCity(t, postgres, 30)
	p := planted{}
	m := c.filled(p, "public")
	there := cityAt(t, c.app.where)
	if !strings.Contains(there.do("GET", "/matters/"+m.number, "", nil).text, p["public text"]) {
		t.Fatal("the other process does not show it at all")
	}
	c.act(201, m, "erase", "code:"+m.code, nil)
	for _, path := range []string{"/matters/" + m.number, "/api/matters/" + m.number, "/open311/v2/requests/" + m.number + ".json", "/open311/v2/servicerequestupdates.json"} {
		if found := p.find(there.do("GET", path, "", nil).text); len(found) > 0 {
			t.Errorf("%s still shows %v", path, found)
		}
	}
	if err := there.realm.Sync(context.Background()); err != nil {
		t.Fatal(err)
	}
	if a := there.do("GET", "/api/matters/"+m.number, "", nil); a.json["erased"] == nil {
		t.Errorf("it never learns: %s", a.text)
	}
}

// A role that does not own the tables says so, and what is owed waits for one that does.
func TestScrubNeedsTheOwner(t *testing.T) {
	t.Parallel()
	c := newCity(t, postgres, 1)
	c.do2("DROP ROLE IF EXISTS erase_serves", "CREATE ROLE erase_serves LOGIN PASSWORD 'serves'", "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO erase_serves")
	t.Cleanup(func() { c.do2("DROP OWNED BY erase_serves", "DROP ROLE erase_serves") })
	u, err := url.Parse(c.app.where.Database)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword("erase_serves", "serves")
	db, err := store.Open(context.Background(), u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := (&vault.Vault{DB: db, Keys: c.app.vault.Keys}).Scrub(context.Background()); err == nil || !strings.Contains(err.Error(), store.ErrNotOwner.Error()) {
		t.Errorf("scrubbing as somebody else: %v", err)
	}
	if err := c.app.vault.Scrub(context.Background()); err != nil {
		t.Errorf("as the owner: %v", err)
	}
}
