package main

import (
	"testing"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/power"
)

// both are the entities of the realm with the thing of one question.
type both struct {
	thing types.Entity
	rest  types.EntityGetter
}

func (b both) Get(uid types.EntityUID) (types.Entity, bool) {
	if uid == b.thing.UID {
		return b.thing, true
	}
	return b.rest.Get(uid)
}

// A set that is split by action and kind of actor answers as the whole of it does, by Cedar itself,
// for every action and every kind of actor; and why says the same.
func TestSplitSetAnswersAsTheWhole(t *testing.T) {
	t.Parallel()
	w := openTown(t, "", nil)
	m := w.report()
	v := *w.realm.View()
	own, err := withOwn(v.House.Powers, 3)
	if err != nil {
		t.Fatal(err)
	}
	allowed := 0
	for name, set := range map[string]*power.Set{"shipped": v.House.Powers, "with its own": own} {
		whole, err := cedar.NewPolicySetFromBytes("", set.Text)
		if err != nil {
			t.Fatal(err)
		}
		for _, action := range set.Known() {
			for _, q := range benchQuestions(&v, action, m, w.realm.Now()) {
				decision, _ := cedar.Authorize(whole, both{q.Resource, q.World}, cedar.Request{
					Principal: power.Principal(q.Actor), Action: types.NewEntityUID("Action", types.String(action)), Resource: q.Resource.UID, Context: q.Context,
				})
				answer, findings := set.Why(q)
				if answer.Allowed != bool(decision) {
					t.Errorf("%s: %s %s: %v, the whole says %v", name, q.Actor, action, answer.Allowed, decision)
				}
				permits, forbids := false, false
				for _, f := range findings {
					permits, forbids = permits || f.Holds && !f.Policy.Forbid, forbids || f.Holds && f.Policy.Forbid
				}
				if answer.Allowed != (permits && !forbids) {
					t.Errorf("%s: %s %s: %v, but why says that permits hold: %v, forbids: %v", name, q.Actor, action, answer.Allowed, permits, forbids)
				}
				if answer.Allowed {
					allowed++
				}
			}
		}
	}
	if allowed < 100 {
		t.Errorf("only %d questions were answered with yes", allowed)
	}
}
