package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/frame/store"
	"skein/rooms/body"
	"skein/rooms/matter"
	"skein/rooms/powers"
)

// A realm's own rules, through the doors: what they change and from when, and what they cannot.

// ownRule lets the handlers of Parks tell reporters a word on matters that others lead.
const ownRule = `@id("own.parks_tell") @law("Charter 12") @title_en("Parks tells reporters about trees") @title_zh("公园局可告知树木情况")
permit (principal is Post, action in [Action::"matter.tell", Action::"matter.read"], resource is Matter)
when { principal.body == Body::"park" && principal.roles.contains("handler") };
`

const deputy civic.PostID = "coord/deputy"

// deputized gives the coordinating body a second post, which proposes.
func (c *city) deputized() {
	c.Helper()
	c.command(clerk.Task{
		Command: body.CreatePost{Post: deputy, Titles: body.Titles{"en": "Deputy"}, Roles: []body.Role{body.ListKeeper}}, Dossier: body.ID("coord"), Actor: chair,
	})
}

// rules has rules proposed by one post and approved by another.
func (c *city) rules(text string) {
	c.Helper()
	c.must(201, "POST", "/api/powers/propose", string(deputy), object{"document": text})
	w := c.must(200, "GET", "/api/powers/versions", "", nil).json["waiting"].(object)
	c.must(201, "POST", "/api/powers/approve", string(chair.Post), object{"proposal": w["proposal"], "digest": w["digest"]})
}

// lastAct is the power and the policy set that the last act was done under.
func (c *city) lastAct() (power, policies string) {
	c.Helper()
	err := c.app.db.R.QueryRow("SELECT power, policies FROM acts WHERE realm = $1 ORDER BY position DESC LIMIT 1", string(c.realm.ID)).Scan(&power, &policies)
	if err != nil {
		c.Fatal(err)
	}
	return power, policies
}

// accepted is a matter that Public Works leads and has accepted.
func (c *city) accepted() told {
	c.Helper()
	m := c.report(lamp("x"))
	c.act(201, m, "accept", "pwd/head", nil)
	return m
}

var interimWord = map[string]any{"text": "The tree beside it comes down on Friday."}

func TestOwnRules(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		c.deputized()
		m := c.accepted()
		_, shipped := c.lastAct()
		c.act(403, m, "tell", "park/head", interimWord)
		c.must(201, "POST", "/api/powers/propose", string(deputy), object{"document": ownRule})
		c.act(403, m, "tell", "park/head", interimWord) // a proposal changes nothing
		w := c.must(200, "GET", "/api/powers/versions", "", nil).json["waiting"].(object)
		approval := object{"proposal": 1, "digest": w["digest"]}
		for who, want := range map[string]int{string(deputy): 403, "pwd/head": 403, "info/desk": 403, "": 403} {
			c.must(want, "POST", "/api/powers/approve", who, approval)
		}
		c.must(409, "POST", "/api/powers/approve", string(chair.Post), object{"proposal": 1, "digest": strings.Repeat("a", 64)})
		c.must(201, "POST", "/api/powers/approve", string(chair.Post), approval)
		if power, policies := c.lastAct(); power != "powers.approve" || policies != shipped {
			t.Errorf("the approval cites %s of %s", power, policies)
		}
		c.act(201, m, "tell", "park/head", interimWord)
		power, first := c.lastAct()
		if power != "own.parks_tell" || first == shipped {
			t.Errorf("the act cites %s of %s", power, first)
		}
		c.act(403, m, "ask", "park/head", interimWord) // and nothing else
		text := c.must(200, "GET", "/api/powers/sets/"+first, "", nil).text
		if journal.DocumentDigest([]byte(text)) != first || !strings.Contains(text, `@id("own.parks_tell")`) || !strings.Contains(text, `@id("matter.no_own_judge")`) {
			t.Error("the set that the act cites is not on file whole")
		}
		c.holds()

		// after a restart, and after the tables were made anew
		if _, err := clerk.Rebuild(context.Background(), c.app.house, c.app.db, c.realm.ID); err != nil {
			t.Fatal(err)
		}
		c.realm.Close()
		var err error
		if c.realm, err = clerk.Open(context.Background(), c.app.house, c.app.db, demoRealm, clerk.Options{Log: c.app.log, Still: true, Clock: c}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.realm.Close)
		c.served()
		if got := c.realm.View().Powers.Digest; got != first {
			t.Errorf("after a restart the rules are %s", got)
		}

		// A version without it ends it; each version is one in the history.
		c.rules("")
		if policies := c.realm.View().Powers.Digest; policies != shipped {
			t.Errorf("without rules of its own the set is %s", policies)
		}
		tried, err := c.realm.Try(context.Background(), tellTask(c, m))
		if err != nil || tried.Kind() != civic.Forbidden {
			t.Errorf("after the rule was taken away: %v %v", tried, err)
		}
		s := powers.CatalogIn(c.realm.View()).State()
		if len(s.Versions) != 2 || s.Versions[0].ProposedBy != deputy || s.Versions[0].ApprovedBy != chair.Post {
			t.Errorf("versions %+v", s.Versions)
		}
		c.holds()
		// An act that says it was done under other rules than those in force is found.
		var at int64
		err = c.app.db.R.QueryRow("SELECT max(position) FROM acts WHERE realm = $1 AND policies = $2 AND power LIKE 'matter.%'", string(c.realm.ID), shipped).Scan(&at)
		if err != nil {
			t.Fatal(err)
		}
		c.recite(at, first)
		if found := c.found(); !strings.Contains(found, "without the realm's own policies that were in force") {
			t.Errorf("an act under other rules: %s", found)
		}
		c.recite(at, shipped)
		c.holds()
		// What is on file under the digest is what was in force, or verify says so.
		for _, change := range []string{"UPDATE documents SET content = 'x' WHERE digest = $1", "DELETE FROM documents WHERE digest = $1"} {
			err := c.app.db.Update(context.Background(), func(tx *store.Tx) error {
				_, err := tx.ExecContext(context.Background(), change, first)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			report, err := clerk.Verify(context.Background(), c.app.house, c.app.db, c.realm.ID, nil)
			if err != nil || report.OK() {
				t.Errorf("%s: verify finds %v (%v)", change, report, err)
			}
		}
	})
}

// recite changes, behind the journal's back, which policy set an act cites; its commitment is made anew.
func (c *city) recite(at int64, policies string) {
	c.Helper()
	acts, err := journal.After(context.Background(), c.app.db.R, nil, c.realm.ID, civic.Position(at-1), 1)
	if err != nil || len(acts) != 1 {
		c.Fatal(acts, err)
	}
	all, err := c.realm.Acts(context.Background(), acts[0].Dossier)
	if err != nil {
		c.Fatal(err)
	}
	acts[0].Policies, acts[0].Label = policies, all[0].Label
	err = c.app.db.Update(context.Background(), func(tx *store.Tx) error {
		_, err := tx.ExecContext(context.Background(), "UPDATE acts SET policies = $3, commitment = $4 WHERE realm = $1 AND position = $2",
			string(c.realm.ID), at, policies, acts[0].Commit())
		return err
	})
	if err != nil {
		c.Fatal(err)
	}
}

// found is what verify finds.
func (c *city) found() string {
	c.Helper()
	report, err := clerk.Verify(context.Background(), c.app.house, c.app.db, c.realm.ID, nil)
	if err != nil {
		c.Fatal(err)
	}
	return fmt.Sprint(report.Findings)
}

// tellTask is Parks telling the reporter of a matter a word.
func tellTask(c *city, m told) clerk.Task {
	return clerk.Task{Command: matter.Tell{Text: strings.Repeat("ab", 32)}, Dossier: c.dossier(m), Actor: civic.Actor{Kind: civic.Post, Post: "park/head"}}
}

// proposing and approving are the tasks of the two posts.
func proposing(c *city, text string) clerk.Task {
	c.Helper()
	task, refusals := powers.Proposing(c.realm.View(), []byte(text), "")
	if len(refusals) > 0 {
		c.Fatal(refusals)
	}
	task.Actor = civic.Actor{Kind: civic.Post, Post: deputy}
	return task
}

func approving(proposal int, of clerk.Task) clerk.Task {
	return clerk.Task{Command: powers.Approve{Proposal: proposal, Digest: of.Command.(powers.Propose).Digest}, Dossier: powers.ListID, Actor: chair}
}

// A change is in force for the next command of the same batch, and each act of the batch cites
// the set that it was done under, which is on file.
func TestOwnRulesInOneBatch(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		c.deputized()
		m := c.accepted()
		give, take := proposing(c, ownRule), proposing(c, "")
		got := c.realm.DoAll(context.Background(), []clerk.Task{
			tellTask(c, m), give, tellTask(c, m), approving(1, give), tellTask(c, m), take, approving(2, take), tellTask(c, m),
		}, false)
		for i, want := range []bool{false, true, false, true, true, true, true, false} {
			if (got[i].Err == nil) != want {
				t.Errorf("task %d: %v", i, got[i].Err)
			}
		}
		a := got[4].Receipt.Acts
		if len(a) != 1 || a[0].Power != "own.parks_tell" || a[0].Policies == got[3].Receipt.Acts[0].Policies {
			t.Errorf("%+v", a)
		}
		c.holds()
	})
}

// Another process that serves the realm follows at its next command, whichever way.
func TestOwnRulesInAnotherProcess(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		ctx := context.Background()
		c.deputized()
		m := c.accepted()
		other, err := clerk.Open(ctx, c.app.house, c.app.db, demoRealm, clerk.Options{Log: c.app.log, Still: true, Clock: c})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(other.Close)
		c.rules(ownRule)
		r, err := other.Do(ctx, tellTask(c, m))
		if err != nil || r.Acts[0].Policies != c.realm.View().Powers.Digest {
			t.Errorf("the other process refuses what is permitted now: %v", err)
		}
		c.rules("")
		if _, err := other.Do(ctx, tellTask(c, m)); err == nil {
			t.Error("the other process permits what is not permitted any more")
		}
		c.holds()
	})
}

// The longest set of a realm's own still opens, decides and verifies in time.
func TestManyOwnRules(t *testing.T) {
	c := newCity(t, "", 30)
	c.deputized()
	var b strings.Builder
	for i := range 60 {
		fmt.Fprintf(&b, "@id(\"own.r%d\") @law(\"Charter %d\") @title_en(\"rule\") @title_zh(\"规则\")\nforbid (principal is Post, action == Action::\"matter.tell\", resource is Matter) when { principal.body == Body::\"b%d\" };\n", i, i, i)
	}
	c.rules(b.String())
	m := c.accepted()
	began := time.Now()
	c.act(201, m, "tell", "pwd/head", interimWord)
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("a command took %v", took)
	}
	var out struct {
		Policies []json.RawMessage `json:"policies"`
	}
	if err := json.Unmarshal([]byte(c.must(200, "GET", "/api/powers", "", nil).text), &out); err != nil || len(out.Policies) < 100 {
		t.Errorf("%d rules are shown (%v)", len(out.Policies), err)
	}
	c.holds()
}

// Two posts are asked for so that two people look: an officer who sits in both approves nothing of her own.
func TestOneOfficerIsNotTwo(t *testing.T) {
	withSignIn(t, `{"passwords": true}`, func(c *city) {
		c.deputized()
		for _, post := range []civic.PostID{chair.Post, deputy} {
			args := []string{"officer", "new", "--post", string(post), "--email", "one@coord.example"}
			if post == deputy {
				args = append(args, "--name", "One Example")
			}
			link := strings.TrimSpace(mustRun(t, 0, append(args, c.at()...)...).out)
			if post == deputy { // the first link ends with the second
				if err := c.realm.Sync(context.Background()); err != nil {
					t.Fatal(err)
				}
				v := c.visitor()
				v.takes(c.invitation(link), "one@coord.example")
				v.want(303, "POST", "/me/post", url.Values{"post": {string(chair.Post)}})
				c.must(201, "POST", "/api/powers/propose", string(deputy), object{"document": ownRule})
				w := c.must(200, "GET", "/api/powers/versions", "", nil).json["waiting"].(object)
				approval, err := json.Marshal(object{"proposal": w["proposal"], "digest": w["digest"]})
				if err != nil {
					t.Fatal(err)
				}
				r, err := http.NewRequest("POST", c.url+"/api/powers/approve", bytes.NewReader(approval))
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("Content-Type", "application/json")
				r.AddCookie(v.session())
				if a := c.send(r); a.status != 403 || !strings.Contains(a.text, "powers.two_posts") {
					t.Errorf("she approves what she proposed in her other post: %d %s", a.status, a.text)
				}
			}
		}
	})
}
