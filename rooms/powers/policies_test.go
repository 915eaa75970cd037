package powers

import (
	"strings"
	"testing"

	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/civic"
	"skein/frame/power"
)

// What this room needs of others to be tested alone: posts, bodies, places, and a thing.
const nouns = `
entity Place in [Place] { kind: String };
entity Body in [Body] { kind: String, place: Place };
entity Post in [Body] { body: Body, kind: String, roles: Set<String> };
entity Thing { open: Bool };
action "thing.read", "thing.write" appliesTo { principal: [Post, Resident, Operator], resource: [Thing], context: Asked };
`

const things = `
@id("thing.read") @law("Law 1") @title_en("anyone reads") @title_zh("任何人可读")
permit (principal, action == Action::"thing.read", resource is Thing);
@id("thing.imported") @law("Law 2") @title_en("imports") @title_zh("导入")
permit (principal is Operator, action == Action::"thing.write", resource is Thing) when { context.imported };
`

func set(t testing.TB) *power.Set {
	t.Helper()
	s, err := power.New(power.Source{Room: "thing", Text: []byte(things), Schema: []byte(nouns)}, power.Source{Room: Name, Text: Policies, Schema: Schema})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func world() types.EntityMap {
	w := types.EntityMap{}
	put := func(typ, id types.String, attrs types.RecordMap, in ...types.EntityUID) types.EntityUID {
		uid := types.NewEntityUID(types.EntityType(typ), id)
		w[uid] = types.Entity{UID: uid, Attributes: types.NewRecord(attrs), Parents: types.NewEntityUIDSet(in...)}
		return uid
	}
	city := put("Place", "city", nil)
	ward := put("Place", "ward", nil, city)
	for id, b := range map[types.String]struct {
		kind  types.String
		place types.EntityUID
	}{"office": {"coordinating", city}, "ward-office": {"coordinating", ward}, "pwd": {"public", city}} {
		body := put("Body", id, types.RecordMap{"kind": b.kind, "place": b.place})
		for _, role := range []types.String{"desk", "handler", "supervisor", "coordinator", "registrar", "list_keeper"} {
			put("Post", id+"/"+role, types.RecordMap{"body": body, "kind": b.kind, "roles": types.NewSet(role)}, body)
		}
		put("Post", id+"/all", types.RecordMap{"body": body, "kind": b.kind, "roles": types.NewSet(types.String("coordinator"), types.String("list_keeper"))}, body)
	}
	return w
}

// All actions against all kinds of actor, before and after a realm gave everything away that it can.
func TestAllActionsForAllActors(t *testing.T) {
	shipped := set(t)
	canonical, _, refusals := shipped.Read([]byte(`
@id("own.post") @law("x") @title_en("x") @title_zh("x") permit (principal is Post, action in [Action::"thing.read", Action::"thing.write"], resource);
@id("own.resident") @law("x") @title_en("x") @title_zh("x") permit (principal is Resident, action in [Action::"thing.read", Action::"thing.write"], resource);`))
	if len(refusals) > 0 {
		t.Fatal(refusals)
	}
	generous, err := shipped.With(canonical)
	if err != nil {
		t.Fatal(err)
	}
	w := world()
	cast := []civic.Actor{{Kind: civic.Resident}, {Kind: civic.Clock}, {Kind: civic.Operator}, {Kind: civic.Operator, Post: "office/all"}, post("pwd/none")}
	for uid := range w {
		if uid.Type == "Post" {
			cast = append(cast, post(civic.PostID(uid.ID)))
		}
	}
	const proposer = "office/all"
	may := func(a civic.Actor, action string) bool {
		body, role, _ := strings.Cut(string(a.Post), "/")
		if a.Kind != civic.Post {
			return false
		}
		switch action {
		case "powers.propose":
			return role == "list_keeper" || role == "registrar" || role == "all"
		case "powers.withdraw":
			return a.Post == proposer
		case "powers.reject":
			return body == "office" && (role == "coordinator" || role == "all")
		default:
			return body == "office" && role == "coordinator"
		}
	}
	waiting := fold(Proposed{Number: 1, Digest: digest("1"), By: proposer})
	for _, a := range cast {
		for _, c := range Commands() {
			for name, s := range map[string]*power.Set{"shipped": shipped, "generous": generous} {
				for _, imported := range []bool{false, true} {
					answer := s.Ask(power.Question{
						Actor: a, Action: c.Name(), Resource: Resource(waiting, "city", true), World: w,
						Context: types.NewRecord(types.RecordMap{"imported": types.Boolean(imported), "inferred": types.False, "now": types.Long(0)}),
					})
					if answer.Allowed != may(a, c.Name()) {
						t.Errorf("%s: %s %s (imported %v): %v", name, a, c.Name(), imported, answer.Allowed)
					}
				}
			}
		}
		thing := types.Entity{UID: types.NewEntityUID("Thing", "1"), Attributes: types.NewRecord(types.RecordMap{"open": types.True})}
		for _, action := range []string{"thing.read", "thing.write"} {
			for _, imported := range []bool{false, true} {
				answer := generous.Ask(power.Question{
					Actor: a, Action: action, Resource: thing, World: w,
					Context: types.NewRecord(types.RecordMap{"imported": types.Boolean(imported), "inferred": types.False, "now": types.Long(0)}),
				})
				if a.Kind == civic.Operator && answer.Allowed != imported {
					t.Errorf("the operator, %s, imported %v: %v", action, imported, answer.Allowed)
				}
			}
		}
	}
	if a := shipped.Ask(power.Question{
		Actor: post("office/coordinator"), Action: "powers.approve", Resource: Resource(waiting, "", false), World: w,
		Context: types.NewRecord(types.RecordMap{"imported": types.False, "inferred": types.False, "now": types.Long(0)}),
	}); a.Allowed {
		t.Error("approved in a realm without places")
	}
	for _, s := range []State{{}, waiting} {
		if err := shipped.Check(Resource(s, "city", true)); err != nil {
			t.Error("the list does not fit its schema:", err)
		}
	}
}
