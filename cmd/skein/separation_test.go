package main

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"skein/frame/civic"
)

// What is in a set may not be undone by a realm: separation of powers, tried with the widest
// rules that a realm can have.
func TestOwnRulesUndoNoSeparation(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	c.deputized()
	var ours, theirs []string
	for _, a := range c.app.house.Powers.Known() {
		if strings.HasPrefix(a, "powers.") || !c.app.house.Powers.Ours(a) {
			theirs = append(theirs, a)
			continue
		}
		ours = append(ours, fmt.Sprintf("Action::%q", a))
	}
	var b strings.Builder
	for _, who := range []string{"Post", "Resident"} {
		for _, room := range []string{"matter", "body", "place.", "duty"} {
			var named []string
			for _, a := range ours {
				if strings.HasPrefix(a, `Action::"`+room) && a != `Action::"place.set_calendar"` {
					if who == "Resident" && room != "matter" {
						continue // the schema has no such thing as a resident who keeps registers
					}
					named = append(named, a)
				}
			}
			if len(named) > 0 {
				fmt.Fprintf(&b, "@id(\"own.%s_%s\") @law(\"none\") @title_en(\"everything\") @title_zh(\"一切\")\npermit (principal is %s, action in [%s], resource);\n",
					strings.ToLower(who), strings.Trim(room, "."), who, strings.Join(named, ", "))
			}
		}
	}
	for _, a := range theirs {
		text := fmt.Sprintf("@id(\"own.x\") @law(\"none\") @title_en(\"x\") @title_zh(\"x\")\npermit (principal is Post, action == Action::%q, resource);", a)
		if d := c.do("POST", "/api/powers/propose", string(deputy), object{"document": text}); d.status != 422 {
			t.Errorf("a rule about %s: %d %s", a, d.status, d.text)
		}
	}
	m := c.accepted()
	c.rules(b.String())
	if d := c.act(201, m, "tell", "park/head", interimWord); d.status != 201 {
		t.Fatal("the widest rules give nothing")
	}
	view := c.realm.View()
	may := func(actor civic.Actor, action string, m told) bool {
		s, _, err := c.realm.State(context.Background(), c.dossier(m))
		if err != nil {
			t.Fatal(err)
		}
		return view.May(actor, action, c.dossier(m), s, *c.now)
	}
	post := func(p civic.PostID) civic.Actor { return civic.Actor{Kind: civic.Post, Post: p} }
	// A coordinating body rules, and never handles or answers.
	for _, action := range strings.Fields("accept object ask tell contribute pause resume extend answer propose_decline") {
		if may(chair, "matter."+action, m) {
			t.Errorf("the coordinating body may %s", action)
		}
	}
	// No lead speaks for the reporter.
	for _, action := range strings.Fields("supply confirm reopen appeal withdraw") {
		if may(post("pwd/head"), "matter."+action, m) {
			t.Errorf("the lead may %s for the reporter", action)
		}
	}
	// The operator of the machine holds no power over any dossier.
	for _, action := range c.app.house.Powers.Known() {
		if k := c.app.house.KindFor(action); k.Name == "matter" && may(civic.Actor{Kind: civic.Operator, Post: "pwd/head"}, action, m) {
			t.Errorf("the operator may %s", action)
		}
	}
	// A body complained of is not assigned the complaint, does nothing with it and reads nothing.
	complaint := c.report(map[string]any{"kind": "complaint", "against": "pwd", "visibility": "private", "category": lights, "text": "They never came.", "lat": 42.33, "lon": -71.09})
	if a := c.status(complaint, "received"); a.get("lead") != "" {
		t.Errorf("it is assigned to %s", a.get("lead"))
	}
	for _, action := range c.app.house.Powers.Known() {
		if k := c.app.house.KindFor(action); k.Name == "matter" && may(post("pwd/head"), action, complaint) {
			t.Errorf("the body complained of may %s", action)
		}
	}
	c.must(404, "GET", "/api/matters/"+complaint.number, "pwd/head", nil)
	c.must(404, "GET", "/api/matters/"+complaint.number+"/story", "pwd/head", nil)
	c.act(422, complaint, "rule", string(chair.Post), map[string]any{"lead": "pwd", "law": "l", "reason": "r"})
	c.holds()
}
