package clerk_test

import (
	"context"
	"testing"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
)

var resident = civic.Actor{Kind: civic.Resident}

// The realm's own policies are in force from the act on that leads to them: for the next task of
// the batch, for another process, after the realm is opened again; and what acts cite is on file.
func TestOwnPolicies(t *testing.T) {
	engines(t, func(t *testing.T, source string) {
		ctx := context.Background()
		b := open(t, source, true)
		id := b.make("a")
		other := open(t, source, false)
		raise := clerk.Task{Command: raiseIt{By: 1}, Dossier: id, Actor: resident}
		got := b.realm.DoAll(ctx, []clerk.Task{
			raise, {Command: makeIt{"closed"}, Actor: resident}, {Command: makeIt{"generous"}, Actor: resident}, raise,
			{Command: raiseIt{By: 1}, Dossier: "counter/closed", Actor: resident},
		}, false)
		for i, want := range []civic.Kind{civic.Forbidden, "", "", "", civic.Forbidden} { // the forbid that ships still holds
			if kind(got[i].Err) != want {
				t.Errorf("task %d: %v", i, got[i].Err)
			}
		}
		gave, raised := got[2].Receipt.Acts[0], got[3].Receipt.Acts[0]
		if gave.Policies != house.Powers.Digest || raised.Policies == gave.Policies || raised.Power != "own.residents" {
			t.Errorf("the acts cite %s %s and %s %s", gave.Power, gave.Policies, raised.Power, raised.Policies)
		}
		if _, text, err := journal.Document(ctx, b.db.R, "test", raised.Policies); err != nil || journal.DocumentDigest(text) != raised.Policies {
			t.Errorf("the set that the act cites is not on file (%v)", err)
		}
		if refusals, err := b.realm.Try(ctx, raise); err != nil || len(refusals) > 0 {
			t.Errorf("tried: %v %v", refusals, err)
		}
		r, err := other.realm.Do(ctx, raise)
		if err != nil || r.Acts[0].Policies != raised.Policies {
			t.Errorf("another process: %v %+v", err, r.Acts)
		}
		b.realm.Close()
		again := open(t, source, false)
		if again.realm.View().Powers.Digest != raised.Policies {
			t.Error("the realm was opened again without its own policies")
		}
		if s, seq, _ := again.realm.State(ctx, id); s.(counter).Sum != 2 || seq != 3 {
			t.Errorf("state %+v after %d acts: trying left something", s, seq)
		}
		again.holds()
	})
}
