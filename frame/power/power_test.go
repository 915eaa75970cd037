package power_test

import (
	"strings"
	"testing"

	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/civic"
	"skein/frame/power"
)

const rules = `
@id("a.read") @law("L1") @title_en("read") @title_zh("阅读")
permit (principal, action == Action::"a.read", resource);
@id("a.write") @law("L2") @title_en("posts write") @title_zh("岗位可写")
permit (principal is Post, action in [Action::"a.write", Action::"a.erase"], resource) when { principal.roles.contains("desk") };
@id("a.never") @law("L3") @title_en("nothing that is closed") @title_zh("已关闭者不得")
forbid (principal, action, resource) when { resource.closed };
`

func set(t *testing.T) *power.Set {
	t.Helper()
	s, err := power.New(power.Source{Room: "a", Text: []byte(rules)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ask(s *power.Set, actor civic.Actor, action string, closed bool) power.Answer {
	return s.Ask(power.Question{
		Actor: actor, Action: action,
		Resource: types.Entity{
			UID: types.NewEntityUID("Thing", "1"), Attributes: types.NewRecord(types.RecordMap{"closed": types.Boolean(closed)}),
		},
		World: types.EntityMap{
			types.NewEntityUID("Post", "b/desk"): {
				UID:        types.NewEntityUID("Post", "b/desk"),
				Attributes: types.NewRecord(types.RecordMap{"roles": types.NewSet(types.String("desk"))}),
			},
		},
	})
}

func TestAsk(t *testing.T) {
	s := set(t)
	desk, other := civic.Actor{Kind: civic.Post, Post: "b/desk"}, civic.Actor{Kind: civic.Post, Post: "b/none"}
	resident, clock, operator := civic.Actor{Kind: civic.Resident}, civic.Actor{Kind: civic.Clock}, civic.Actor{Kind: civic.Operator}
	for _, c := range []struct {
		what    string
		actor   civic.Actor
		action  string
		closed  bool
		policy  string
		refused string // a key or, for a forbid, its policy
	}{
		{"anyone reads", resident, "a.read", false, "a.read", ""},
		{"the clock reads", clock, "a.read", false, "a.read", ""},
		{"the desk writes", desk, "a.write", false, "a.write", ""},
		{"one policy for two actions", desk, "a.erase", false, "a.write", ""},
		{"a resident does not write", resident, "a.write", false, "", "power.none"},
		{"an operator does not write", operator, "a.write", false, "", "power.none"},
		{"a post that is not known does not write", other, "a.write", false, "", "power.none"},
		{"what no policy names is denied", desk, "a.unheard", false, "", "power.none"},
		{"a forbid outweighs a permit", desk, "a.write", true, "", "a.never"},
		{"a forbid for every action", desk, "a.unheard", true, "", "a.never"},
	} {
		a := ask(s, c.actor, c.action, c.closed)
		if a.Allowed != (c.refused == "") || a.Policy != c.policy {
			t.Errorf("%s: %+v", c.what, a)
			continue
		}
		if c.refused == "" {
			continue
		}
		if len(a.Refusals) != 1 || a.Refusals.Kind() != civic.Forbidden {
			t.Errorf("%s: refusals %v", c.what, a.Refusals)
			continue
		}
		if r := a.Refusals[0]; r.Key != c.refused && r.Args["policy"] != c.refused {
			t.Errorf("%s: refused with %v", c.what, r)
		}
	}
}

func TestDigestIsOfTheText(t *testing.T) {
	one := set(t)
	two, err := power.New(power.Source{Room: "a", Text: []byte(strings.Replace(rules, "L1", "L9", 1))})
	if err != nil || one.Digest == two.Digest {
		t.Errorf("another law, the same digest (%v)", err)
	}
	if set(t).Digest != one.Digest {
		t.Error("the same text, another digest")
	}
}

func TestBadPolicies(t *testing.T) {
	for what, text := range map[string]string{
		"no law":     `@id("x") @title_en("x") @title_zh("x") permit (principal, action, resource);`,
		"no id":      `@law("x") @title_en("x") @title_zh("x") permit (principal, action, resource);`,
		"one tongue": `@id("x") @law("x") @title_en("x") permit (principal, action, resource);`,
		"twice":      rules + rules,
		"not Cedar":  `permit everything;`,
	} {
		if _, err := power.New(power.Source{Room: "a", Text: []byte(text)}); err == nil {
			t.Errorf("%s: taken", what)
		}
	}
}

func BenchmarkAsk(b *testing.B) {
	s, err := power.New(power.Source{Room: "a", Text: []byte(rules)})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		ask(s, civic.Actor{Kind: civic.Post, Post: "b/desk"}, "a.write", false)
	}
}
