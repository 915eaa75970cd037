package matter

import (
	"slices"
	"strings"
	"testing"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"
)

func post(id, body, kind string, roles ...string) types.Entity {
	var set []types.Value
	for _, r := range roles {
		set = append(set, types.String(r))
	}
	return types.Entity{
		UID:     types.NewEntityUID("Post", types.String(id)),
		Parents: types.NewEntityUIDSet(types.NewEntityUID("Body", types.String(body))),
		Attributes: types.NewRecord(types.RecordMap{"body": types.NewEntityUID("Body", types.String(body)),
			"kind": types.String(kind), "roles": types.NewSet(set...)}),
	}
}

// theWorld is every kind of principal there is, in every relation to a matter whose lead is
// pwd (under hall), joint parks, coordinator city-office, reporter ann.
func theWorld() (types.EntityMap, []types.EntityUID) {
	world := types.EntityMap{}
	put := func(e types.Entity) types.EntityUID { world[e.UID] = e; return e.UID }
	body := func(id string, above ...string) {
		var parents []types.EntityUID
		for _, a := range above {
			parents = append(parents, types.NewEntityUID("Body", types.String(a)))
		}
		put(types.Entity{UID: types.NewEntityUID("Body", types.String(id)), Parents: types.NewEntityUIDSet(parents...)})
	}
	body("hall")
	body("pwd", "hall")
	body("parks", "hall")
	body("water")
	body("city-office")
	body("other-office")
	everything := []string{"desk", "handler", "supervisor", "coordinator", "registrar", "list_keeper"}
	cast := []types.EntityUID{
		put(post("pwd/head", "pwd", "public", "handler")),
		put(post("pwd/chief", "pwd", "public", "supervisor")),
		put(post("pwd/desk", "pwd", "public", "desk")),
		put(post("pwd/idle", "pwd", "public")),
		put(post("parks/head", "parks", "public", "handler")),
		put(post("water/head", "water", "public", "handler", "supervisor")),
		put(post("water/all", "water", "public", everything...)),
		put(post("hall/desk", "hall", "public", "desk")),
		put(post("city-office/rulings", "city-office", Coordinating, "coordinator")),
		put(post("city-office/all", "city-office", Coordinating, everything...)),
		put(post("city-office/registrar", "city-office", Coordinating, "registrar", "list_keeper")),
		put(post("other-office/rulings", "other-office", Coordinating, "coordinator")),
		types.NewEntityUID("Resident", "ann"), types.NewEntityUID("Resident", "bob"), types.NewEntityUID("Resident", "anonymous"),
		types.NewEntityUID("Clock", "realm"), types.NewEntityUID("Operator", "machine"),
	}
	return world, cast
}

func policySet(t *testing.T) *cedar.PolicySet {
	t.Helper()
	set, err := cedar.NewPolicySetFromBytes("policies.cedar", Policies)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// actions are all commands and the two ways of reading.
func actions() []string {
	out := []string{"matter.read", "matter.read_reporter"}
	for _, c := range Commands() {
		out = append(out, c.Name())
	}
	return out
}

func ask(t *testing.T, set *cedar.PolicySet, world types.EntityMap, who types.EntityUID, action string, s State, imported bool) bool {
	t.Helper()
	attrs, parents := Resource(s, theBodies(), monday)
	uid := types.NewEntityUID("Matter", "matter/0000abcd")
	w := types.EntityMap{uid: {UID: uid, Attributes: attrs, Parents: types.NewEntityUIDSet(parents...)}}
	for k, v := range world {
		w[k] = v
	}
	ok, why := cedar.Authorize(set, w, cedar.Request{Principal: who, Action: types.NewEntityUID("Action", types.String(action)), Resource: uid,
		Context: types.NewRecord(types.RecordMap{"imported": types.Boolean(imported), "inferred": types.False, "now": types.Long(0)})})
	if len(why.Errors) > 0 {
		t.Errorf("%s %s: %v", who, action, why.Errors)
	}
	return bool(ok)
}

// What each may do; whatever is not listed is denied.
func TestAllActionsForAllPrincipals(t *testing.T) {
	list := strings.Fields
	leadActs := list("accept object ask tell attach correct join split pause resume answer propose_decline release withhold redact retract read read_reporter")
	deskActs := list("report triage correct join split attach retract read release withhold redact erase")
	leadDesk := list("report triage correct join split attach retract read release withhold redact")
	may := map[string][]string{
		`Post::"pwd/head"`:              leadActs,
		`Post::"pwd/chief"`:             append(slices.Clone(leadActs), "extend"),
		`Post::"pwd/desk"`:              leadDesk,
		`Post::"pwd/idle"`:              nil,
		`Post::"parks/head"`:            list("contribute attach retract read"),
		`Post::"water/head"`:            nil,
		`Post::"water/all"`:             deskActs,
		`Post::"hall/desk"`:             deskActs,
		`Post::"city-office/rulings"`:   list("rule decline correct retract read hold unhold"),
		`Post::"city-office/all"`:       append(list("rule decline hold unhold"), deskActs...),
		`Post::"city-office/registrar"`: nil,
		`Post::"other-office/rulings"`:  nil,
		`Resident::"ann"`:               list("report supply amend attach join read read_reporter confirm reopen appeal withdraw erase"),
		`Resident::"bob"`:               list("report"),
		`Resident::"anonymous"`:         list("report"),
		`Clock::"realm"`:                list("assign tick move relay recompute stay obey expire meet"),
		`Operator::"machine"`:           nil,
	}
	set := policySet(t)
	world, cast := theWorld()
	if len(cast) != len(may) {
		t.Fatal("the cast and the table differ")
	}
	w := newWorld(t)
	s := w.state(w.given(reported...))
	s.Coordinator = "city-office"
	for _, who := range cast {
		for _, action := range actions() {
			want := slices.Contains(may[who.String()], strings.TrimPrefix(action, "matter."))
			if got := ask(t, set, world, who, action, s, false); got != want {
				t.Errorf("%s %s: %v, want %v", who, action, got, want)
			}
		}
	}
}

// A reviewer of the place reads the file while an appeal waits, and only then; she handles nothing.
func TestReviewersReadWhatIsUnderReview(t *testing.T) {
	set := policySet(t)
	world, _ := theWorld()
	bench := func(id, place string) types.EntityUID {
		body := types.NewEntityUID("Body", types.String(id))
		world[body] = types.Entity{UID: body, Attributes: types.NewRecord(types.RecordMap{"place": types.NewEntityUID("Place", types.String(place))})}
		p := post(id+"/member", id, "public", "reviewer")
		world[p.UID] = p
		return p.UID
	}
	here, elsewhere := bench("bench", "city"), bench("far-bench", "other-city")
	w := newWorld(t)
	s := w.state(w.given(answered...))
	appealed := s
	appealed.Appeals = []Appealing{{Of: "answer"}}
	over := s
	over.Appeals = []Appealing{{Of: "answer", Over: true}}
	against := appealed
	against.Against = "bench"
	for _, action := range actions() {
		read := action == "matter.read"
		if got := ask(t, set, world, here, action, appealed, false); got != read {
			t.Errorf("under review, %s: %v", action, got)
		}
		for name, no := range map[string]bool{
			"before": ask(t, set, world, here, action, s, false), "after": ask(t, set, world, here, action, over, false),
			"elsewhere": ask(t, set, world, elsewhere, action, appealed, false), "complained of": ask(t, set, world, here, action, against, false),
		} {
			if no {
				t.Errorf("%s, %s: allowed", name, action)
			}
		}
	}
}

// The machine's operator can import, and nothing else; nobody else can import.
func TestOnlyTheOperatorImports(t *testing.T) {
	set := policySet(t)
	world, cast := theWorld()
	w := newWorld(t)
	s := w.state(w.given(reported...))
	clock := []string{"matter.assign", "matter.tick", "matter.move", "matter.relay", "matter.recompute", "matter.stay", "matter.obey", "matter.meet", "matter.read", "matter.read_reporter",
		"matter.erase", "matter.hold", "matter.unhold", "matter.expire"}
	for _, who := range cast {
		for _, action := range actions() {
			if who.Type == "Operator" {
				if got := ask(t, set, world, who, action, s, true); got == slices.Contains(clock, action) {
					t.Errorf("importing, %s: %v", action, got)
				}
			} else if action == "matter.import" && ask(t, set, world, who, action, s, true) {
				t.Errorf("%s imports", who)
			}
		}
	}
}

// Nobody complained of, nor anyone under it, can do or read anything, whatever their roles.
func TestTheBodyComplainedOfIsKeptOut(t *testing.T) {
	set := policySet(t)
	world, cast := theWorld()
	w := newWorld(t)
	s := w.state(w.given(reported...))
	s.Kind, s.Against, s.Coordinator = Complaint, "hall", "city-office"
	s.Lead = "water"
	for _, who := range cast {
		under := who.Type == "Post" && !strings.HasPrefix(string(who.ID), "water") && !strings.Contains(string(who.ID), "office")
		for _, action := range actions() {
			if got := ask(t, set, world, who, action, s, false); under && got {
				t.Errorf("%s may %s a complaint against it", who, action)
			}
		}
		if who.ID == "water/head" && !ask(t, set, world, who, "matter.answer", s, false) {
			t.Error("the lead is kept out too")
		}
	}
}

// A coordinating body rules and never handles, even if it were made the lead by mistake.
func TestACoordinatingBodyNeverHandles(t *testing.T) {
	set := policySet(t)
	world, cast := theWorld()
	w := newWorld(t)
	s := w.state(w.given(reported...))
	s.Lead = "city-office"
	s.Round.Joint = []Joint{{Body: "city-office"}}
	for _, who := range cast {
		if !strings.Contains(string(who.ID), "office") {
			continue
		}
		for _, action := range strings.Fields("accept object ask tell contribute pause resume extend answer propose_decline") {
			if ask(t, set, world, who, "matter."+action, s, false) {
				t.Errorf("%s may %s", who, action)
			}
		}
	}
}

// Whoever handles a matter never says the reporter's word for her, whatever a realm permits besides.
func TestNoLeadSpeaksForTheReporter(t *testing.T) {
	set := policySet(t)
	var everything cedar.Policy
	if err := everything.UnmarshalCedar([]byte(`permit (principal, action, resource);`)); err != nil {
		t.Fatal(err)
	}
	set.Add("own.everything", &everything)
	world, cast := theWorld()
	w := newWorld(t)
	s := w.state(w.given(reported...))
	for _, who := range cast {
		handles := who.Type == "Post" && (strings.HasPrefix(string(who.ID), "pwd/") || strings.HasPrefix(string(who.ID), "parks/"))
		for _, action := range strings.Fields("supply confirm reopen appeal withdraw erase") {
			if got := ask(t, set, world, who, "matter."+action, s, false); got == handles {
				t.Errorf("%s may %s: %v", who, action, got)
			}
		}
	}
}

// Every policy says its law and a title in both languages, and every action stands in one.
func TestPoliciesAreComplete(t *testing.T) {
	set := policySet(t)
	ids := map[string]bool{}
	for _, p := range set.All() {
		notes := p.Annotations()
		for _, need := range []types.AnnotationKey{"id", "law", "title_en", "title_zh"} {
			if notes[need] == "" {
				t.Errorf("policy %q lacks @%s", notes["id"], need)
			}
		}
		if ids[string(notes["id"])] {
			t.Error("twice:", notes["id"])
		}
		ids[string(notes["id"])] = true
	}
	for _, id := range []string{PowerAssigns, PowerTicks, PowerMoves, PowerRecomputes, PowerRelays, PowerObeys} {
		if !ids[id] {
			t.Error("the clock acts under a policy that is not there:", id)
		}
	}
	text := string(Policies)
	forbid := text[strings.Index(text, "matter.no_own_judge"):]
	forbid = forbid[:strings.Index(forbid, ";")]
	for _, action := range actions() {
		if !strings.Contains(forbid, `Action::"`+action+`"`) {
			t.Error("the body complained of is not kept out of", action)
		}
		if strings.Count(text, `Action::"`+action+`"`) < 2 {
			t.Error("no policy permits", action)
		}
	}
}
