package power_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/civic"
	"skein/frame/power"
)

const ownSchema = `
entity Body in [Body] { kind: String };
entity Post in [Body] { body: Body, roles: Set<String> };
entity Thing { closed: Bool, owner?: Body };
action "a.read", "a.write" appliesTo { principal: [Post, Resident, Operator], resource: [Thing], context: Asked };
action "a.tick" appliesTo { principal: [Clock], resource: [Thing], context: Asked };
@fixed("how it changes ships")
action "a.change" appliesTo { principal: [Post], resource: [Thing], context: Asked };
`

const ownShipped = `
@id("a.read") @law("L1") @title_en("read") @title_zh("阅读")
permit (principal, action == Action::"a.read", resource);
@id("a.write") @law("L2") @title_en("the desk writes") @title_zh("服务台可写")
permit (principal is Post, action == Action::"a.write", resource) when { principal.roles.contains("desk") };
@id("a.tick") @law("L3") @title_en("the clock") @title_zh("时钟")
permit (principal is Clock, action == Action::"a.tick", resource);
@id("a.change") @law("L4") @title_en("the desk changes") @title_zh("服务台变更")
permit (principal is Post, action == Action::"a.change", resource) when { principal.roles.contains("desk") };
@id("a.never") @law("L5") @title_en("nothing that is closed") @title_zh("已关闭者不得")
forbid (principal, action == Action::"a.write", resource) when { resource.closed };
`

func shipped(t testing.TB) *power.Set {
	t.Helper()
	s, err := power.New(power.Source{Room: "a", Text: []byte(ownShipped), Schema: []byte(ownSchema)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// rule writes a policy with all that it must say.
func rule(id, text string) string {
	return fmt.Sprintf("@id(%q) @law(\"Charter 1\") @title_en(\"own\") @title_zh(\"自定\")\n%s;\n", id, text)
}

const writes = `(principal is Post, action == Action::"a.write", resource)`

func TestOwnPoliciesAreRead(t *testing.T) {
	good := rule("own.a", "permit "+writes)
	for _, c := range []struct {
		what, text, refused string // refused is the keys, in order; "" is taken
	}{
		{"nothing", "", ""},
		{"a permit", good, ""},
		{"a forbid", rule("own.b", "forbid "+writes+" when { resource has owner && principal.body != resource.owner }"), ""},
		{"a permit to residents", rule("own.c", `permit (principal is Resident, action == Action::"a.write", resource)`), ""},
		{"one post", rule("own.c", `permit (principal == Post::"b/desk", action in [Action::"a.read", Action::"a.write"], resource)`), ""},
		{"posts of a body", rule("own.c", `permit (principal is Post in Body::"b", action == Action::"a.write", resource)`), ""},
		{"not Cedar", "permit everything;", "power.unreadable"},
		{"half a rule", "permit (principal", "power.unreadable"},
		{"no text", "\xff\xfe", "power.too_deep"},
		{"too long", good + "//" + strings.Repeat("x", power.MostOwnBytes), "power.too_large"},
		{"too deep", rule("own.a", "permit "+writes+" when { "+strings.Repeat("(", 40)+"true"+strings.Repeat(")", 40)+" }"), "power.too_deep"},
		{"too many", func() string {
			var b strings.Builder
			for i := range power.MostOwn + 1 {
				b.WriteString(rule(fmt.Sprint("own.r", i), "permit "+writes))
			}
			return b.String()
		}(), "power.too_many"},
		{"no law", `@id("own.a") @title_en("x") @title_zh("x") permit ` + writes + ";", "power.annotations"},
		{"one tongue, no id", `@law("x") @title_en("x") permit ` + writes + ";", "power.annotations"},
		{"an id of ours", rule("a.never", "permit "+writes), "power.id_form power.id_shipped"},
		{"an id of no form", rule("own.A b", "permit "+writes), "power.id_form"},
		{"twice", good + good, "power.id_twice"},
		{"a long title", `@id("own.a") @law("x") @title_en("` + strings.Repeat("x", 301) + `") @title_zh("x") permit ` + writes + ";", "power.note_long"},
		{"an unknown action", rule("own.a", `permit (principal is Post, action == Action::"a.rite", resource)`), "power.action_unknown"},
		{"every action", rule("own.a", `permit (principal is Post, action, resource)`), "power.action_missing"},
		{"the clock's action", rule("own.a", `permit (principal is Post, action == Action::"a.tick", resource)`), "power.action_fixed power.schema"},
		{"how rules change", rule("own.a", `permit (principal is Post, action == Action::"a.change", resource)`), "power.action_fixed"},
		{"forbidding how rules change", rule("own.a", `forbid (principal is Post, action == Action::"a.change", resource)`), "power.action_fixed"},
		{"a permit to the operator", rule("own.a", `permit (principal is Operator, action == Action::"a.write", resource)`), "power.permit_who"},
		{"a permit to whoever", rule("own.a", `permit (principal, action == Action::"a.write", resource)`), "power.permit_who"},
		{"a forbid to residents", rule("own.a", `forbid (principal is Resident, action == Action::"a.read", resource)`), "power.forbid_who"},
		{"a forbid to whoever", rule("own.a", `forbid (principal, action == Action::"a.read", resource)`), "power.forbid_who"},
		{"a person", rule("own.a", `permit (principal == Resident::"x1", action == Action::"a.write", resource)`), "power.person"},
		{"a person in a condition", rule("own.a", "permit "+writes+` when { principal == Resident::"x1" }`), "power.person"},
		{"an unknown kind of thing", rule("own.a", `permit (principal is Post, action == Action::"a.write", resource is Thong)`), "power.schema"},
		{"an unknown attribute", rule("own.a", "permit "+writes+` when { principal.rolls.contains("desk") }`), "power.schema"},
		{"an attribute that need not be there", rule("own.a", "forbid "+writes+" when { resource.owner == principal.body }"), "power.schema"},
		{"another type", rule("own.a", "permit "+writes+` when { resource.closed == "yes" }`), "power.schema"},
	} {
		t.Run(c.what, func(t *testing.T) {
			canonical, _, refusals := shipped(t).Read([]byte(c.text))
			var keys []string
			for _, r := range refusals {
				if len(keys) == 0 || keys[len(keys)-1] != r.Key {
					keys = append(keys, r.Key)
				}
			}
			if got := strings.Join(keys, " "); got != c.refused {
				t.Fatalf("refused with %q, want %q: %v", got, c.refused, refusals)
			}
			if c.refused != "" {
				return
			}
			again, _, refusals := shipped(t).Read(canonical)
			if len(refusals) > 0 || string(again) != string(canonical) {
				t.Errorf("the canonical text is read otherwise: %v\n%s\n%s", refusals, canonical, again)
			}
		})
	}
}

var ownWorld = types.EntityMap{
	types.NewEntityUID("Post", "b/desk"): {UID: types.NewEntityUID("Post", "b/desk"), Attributes: types.NewRecord(types.RecordMap{
		"body": types.NewEntityUID("Body", "b"), "roles": types.NewSet(types.String("desk")),
	})},
	types.NewEntityUID("Post", "b/crew"): {UID: types.NewEntityUID("Post", "b/crew"), Attributes: types.NewRecord(types.RecordMap{
		"body": types.NewEntityUID("Body", "b"), "roles": types.NewSet(types.String("handler")),
	})},
}

func question(actor civic.Actor, action string, closed bool, more types.RecordMap) power.Question {
	attrs := types.RecordMap{"closed": types.Boolean(closed)}
	for k, v := range more {
		attrs[k] = v
	}
	return power.Question{
		Actor: actor, Action: action, World: ownWorld,
		Resource: types.Entity{UID: types.NewEntityUID("Thing", "1"), Attributes: types.NewRecord(attrs)},
		Context:  types.NewRecord(types.RecordMap{"imported": types.False, "inferred": types.False, "now": types.Long(0)}),
	}
}

func with(t testing.TB, s *power.Set, text string) *power.Set {
	t.Helper()
	canonical, _, refusals := s.Read([]byte(text))
	if len(refusals) > 0 {
		t.Fatal(refusals)
	}
	next, err := s.With(canonical)
	if err != nil {
		t.Fatal(err)
	}
	return next
}

// A realm's own policies permit and forbid more, and undo no forbid that ships.
func TestOwnPoliciesJoinTheShipped(t *testing.T) {
	s := shipped(t)
	desk, crew := civic.Actor{Kind: civic.Post, Post: "b/desk"}, civic.Actor{Kind: civic.Post, Post: "b/crew"}
	permits := with(t, s, rule("own.crew", "permit "+writes))
	forbids := with(t, s, rule("own.owner", "forbid "+writes+" when { resource has owner && resource.owner == principal.body }"))
	owned := types.RecordMap{"owner": types.NewEntityUID("Body", "b")}
	for _, c := range []struct {
		what   string
		set    *power.Set
		q      power.Question
		policy string
	}{
		{"shipped", s, question(desk, "a.write", false, nil), "a.write"},
		{"not shipped", s, question(crew, "a.write", false, nil), ""},
		{"permitted by the realm", permits, question(crew, "a.write", false, nil), "own.crew"},
		{"the first by id is cited", permits, question(desk, "a.write", false, nil), "a.write"},
		{"forbidden by what ships", permits, question(crew, "a.write", true, nil), ""},
		{"forbidden by the realm", forbids, question(desk, "a.write", false, owned), ""},
		{"and otherwise not", forbids, question(desk, "a.write", false, nil), "a.write"},
		{"nor for what it does not name", forbids, question(desk, "a.read", false, owned), "a.read"},
	} {
		if a := c.set.Ask(c.q); a.Policy != c.policy || a.Allowed != (c.policy != "") {
			t.Errorf("%s: %+v", c.what, a)
		}
	}
	if s.Digest == permits.Digest || permits.Digest == forbids.Digest {
		t.Error("other rules, the same digest")
	}
	if same, err := s.With(nil); err != nil || same != s {
		t.Error("no rules are no change", err)
	}
	if _, err := s.With([]byte(rule("a.never", "permit "+writes))); err == nil {
		t.Error("a shipped policy was replaced")
	}
	if s.Policy("own.crew") != nil {
		t.Error("the shipped set was changed")
	}
}

// A forbid that cannot be worked out for a question holds, and says so.
func TestForbidThatCannotBeWorkedOut(t *testing.T) {
	s, err := power.New(power.Source{Room: "a", Text: []byte(ownShipped)})
	if err != nil {
		t.Fatal(err)
	}
	next, err := s.With([]byte(rule("own.old", "forbid "+writes+" when { resource.gone }")))
	if err != nil {
		t.Fatal(err)
	}
	a := next.Ask(question(civic.Actor{Kind: civic.Post, Post: "b/desk"}, "a.write", false, nil))
	if a.Allowed || len(a.Refusals) != 1 || a.Refusals[0].Key != "power.unclear" || a.Refusals[0].Args["policy"] != "own.old" {
		t.Errorf("%+v", a)
	}
}

// Why says to a question what every rule about it says, and agrees with Ask.
func TestWhy(t *testing.T) {
	s := with(t, shipped(t), rule("own.owner", "forbid "+writes+" when { resource has owner && resource.owner == principal.body }"))
	crew := civic.Actor{Kind: civic.Post, Post: "b/crew"}
	a, findings := s.Why(question(crew, "a.write", true, types.RecordMap{"owner": types.NewEntityUID("Body", "c")}))
	var got []string
	for _, f := range findings {
		line := fmt.Sprint(f.Policy.ID, " ", f.Holds)
		for _, c := range f.Failed {
			line += " | " + c.Text
		}
		got = append(got, line)
	}
	want := []string{"a.never true", `a.write false | principal.roles.contains("desk")`, "own.owner false | resource.owner == principal.body"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") || a.Allowed || a.Refusals[0].Args["policy"] != "a.never" {
		t.Errorf("%s\n%+v", strings.Join(got, "\n"), a)
	}
	// What builds on a condition that does not hold is not asked.
	_, findings = s.Why(question(civic.Actor{Kind: civic.Post, Post: "b/none"}, "a.write", false, nil))
	for _, f := range findings {
		if f.Policy.ID == "own.owner" && (len(f.Failed) != 1 || f.Failed[0].Text != "resource has owner") {
			t.Errorf("%+v", f.Failed)
		}
		if f.Holds {
			t.Errorf("%s holds for a post that is not there", f.Policy.ID)
		}
	}
}

func TestRuleIsTakenApart(t *testing.T) {
	s := with(t, shipped(t), rule("own.a", "permit "+writes+` when { principal.roles.contains("desk") && (resource.closed || principal.roles.contains("handler")) } unless { resource has owner }`))
	p := s.Policy("own.a")
	r := p.Rule()
	if r.Who != "Post" || r.On != "" || len(r.Actions) != 1 || len(r.When) != 3 {
		t.Fatalf("%+v", r)
	}
	if r.When[0].Text != `principal.roles.contains("desk")` || len(r.When[1].Any) != 2 || r.When[2].Text != "resource has owner" || !r.When[2].Not {
		t.Errorf("%+v", r.When)
	}
	if g := p.Groups(); len(g) != 2 || g[0] != "desk" || g[1] != "handler" {
		t.Errorf("groups %v", g)
	}
}

// FuzzOwn holds that whatever is taken is what a realm may have, reads back as itself, and lets
// nobody through a forbid that ships.
func FuzzOwn(f *testing.F) {
	f.Add(rule("own.a", "permit "+writes))
	f.Add(rule("own.b", "forbid "+writes+" unless { resource has owner }"))
	f.Add(rule("own.c", `permit (principal is Resident, action in [Action::"a.read"], resource is Thing) when { !resource.closed && [1,2].contains(1) && {a: 1}.a == 1 }`))
	f.Add("// a comment\n" + rule("own.d", `permit (principal == Post::"b/desk", action == Action::"a.write", resource) when { if true then "x" like "*" else decimal("1.0").lessThan(decimal("2.0")) }`))
	set := shipped(f)
	f.Fuzz(func(t *testing.T, text string) {
		canonical, policies, refusals := set.Read([]byte(text))
		if len(refusals) > 0 {
			return
		}
		again, _, refusals := set.Read(canonical)
		if len(refusals) > 0 || string(again) != string(canonical) {
			t.Fatalf("the canonical text is read otherwise: %v\n%s", refusals, canonical)
		}
		next, err := set.With(canonical)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range policies {
			if who := p.Rule().Who; !strings.HasPrefix(p.ID, power.OwnPrefix) || p.Law == "" || who != "Post" && (who != "Resident" || p.Forbid) {
				t.Fatalf("taken: %s", p.Text)
			}
		}
		for _, actor := range []civic.Actor{{Kind: civic.Post, Post: "b/desk"}, {Kind: civic.Post, Post: "b/crew"}, {Kind: civic.Resident}, {Kind: civic.Operator}, {Kind: civic.Clock}} {
			if a := next.Ask(question(actor, "a.write", true, nil)); a.Allowed {
				t.Fatalf("%s writes what is closed by %s", actor, a.Policy)
			}
			for _, action := range []string{"a.tick", "a.change"} {
				q := question(actor, action, false, nil)
				if before, after := set.Ask(q), next.Ask(q); before.Allowed != after.Allowed {
					t.Fatalf("%s %s: %v, and with the realm's own %v", actor, action, before.Allowed, after.Allowed)
				}
			}
			q := question(actor, "a.write", false, nil)
			if answer, findings := next.Why(q); answer.Allowed != next.Ask(q).Allowed || len(findings) == 0 {
				t.Fatal("why says otherwise")
			}
		}
	})
}
