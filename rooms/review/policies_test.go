package review

import (
	"slices"
	"strings"
	"testing"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"
)

var everything = []string{"desk", "handler", "supervisor", "coordinator", "registrar", "list_keeper", "reviewer"}

// theWorld is every kind of principal, in every relation to an appeal of an answer of pwd (under hall), taken by board/first.
func theWorld() (types.EntityMap, []types.EntityUID) {
	world := types.EntityMap{}
	put := func(e types.Entity) types.EntityUID { world[e.UID] = e; return e.UID }
	body := func(id, place string, above ...string) {
		var parents []types.EntityUID
		for _, a := range above {
			parents = append(parents, types.NewEntityUID("Body", types.String(a)))
		}
		put(types.Entity{UID: types.NewEntityUID("Body", types.String(id)), Parents: types.NewEntityUIDSet(parents...),
			Attributes: types.NewRecord(types.RecordMap{"place": types.NewEntityUID("Place", types.String(place))})})
	}
	post := func(id string, roles ...string) types.EntityUID {
		at, _, _ := strings.Cut(id, "/")
		var set []types.Value
		for _, r := range roles {
			set = append(set, types.String(r))
		}
		return put(types.Entity{UID: types.NewEntityUID("Post", types.String(id)), Parents: types.NewEntityUIDSet(types.NewEntityUID("Body", types.String(at))),
			Attributes: types.NewRecord(types.RecordMap{"body": types.NewEntityUID("Body", types.String(at)), "kind": types.String("public"), "roles": types.NewSet(set...)})})
	}
	put(types.Entity{UID: types.NewEntityUID("Place", "ward"), Parents: types.NewEntityUIDSet(types.NewEntityUID("Place", "city"))})
	put(types.Entity{UID: types.NewEntityUID("Place", "city")})
	body("hall", "city")
	body("pwd", "city", "hall")
	body("pwd-lights", "city", "pwd")
	body("park", "city")
	body("coord", "city")
	body("board", "city")
	body("ward-board", "ward")
	body("far", "elsewhere")
	body("court", "city")
	cast := []types.EntityUID{
		post("pwd/head", "handler", "supervisor"), post("pwd/crew", "handler"), post("pwd/idle"), post("pwd/all", everything...), post("pwd/jurist", "reviewer"),
		post("pwd-lights/jurist", "reviewer"), post("hall/chief", "supervisor", "reviewer"), post("hall/jurist", "reviewer"), post("park/head", "handler", "supervisor"), post("info/desk", "desk"),
		post("coord/chair", "coordinator", "supervisor", "registrar", "list_keeper"),
		post("board/first", "reviewer"), post("board/second", "reviewer"), post("board/junior", "reviewer"), post("board/clerk", "desk"), post("ward-board/member", "reviewer"), post("far/member", "reviewer"),
		post("court/judge", "judicial"), post("court/all", append(slices.Clone(everything), "judicial")...),
		types.NewEntityUID("Resident", "ann"), types.NewEntityUID("Resident", "bob"), types.NewEntityUID("Clock", "realm"), types.NewEntityUID("Operator", "machine"),
	}
	return world, cast
}

func actions() []string {
	out := []string{ActionRead}
	for _, c := range Commands() {
		out = append(out, c.Name())
	}
	return out
}

func policySet(t *testing.T) *cedar.PolicySet {
	t.Helper()
	set, err := cedar.NewPolicySetFromBytes("policies.cedar", Policies)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func ask(t *testing.T, set *cedar.PolicySet, world types.EntityMap, who types.EntityUID, action string, s State) bool {
	t.Helper()
	attrs, parents := Resource(s, bench{})
	uid := types.NewEntityUID("Appeal", "appeal/00000001.7")
	w := types.EntityMap{uid: {UID: uid, Attributes: attrs, Parents: types.NewEntityUIDSet(parents...)}}
	for k, v := range world {
		w[k] = v
	}
	ok, why := cedar.Authorize(set, w, cedar.Request{Principal: who, Action: types.NewEntityUID("Action", types.String(action)), Resource: uid,
		Context: types.NewRecord(types.RecordMap{"imported": types.False, "inferred": types.False, "now": types.Long(0)})})
	if len(why.Errors) > 0 {
		t.Errorf("%s %s: %v", who, action, why.Errors)
	}
	return bool(ok)
}

// What each may do; whatever is not listed is denied.
func TestAllActionsForAllPrincipals(t *testing.T) {
	list := strings.Fields
	side := list("read reply ask_hearing waive_hearing")
	may := map[string][]string{
		`Post::"pwd/head"`:          side,
		`Post::"pwd/crew"`:          side,
		`Post::"pwd/all"`:           side, // a reviewer of the body whose act it is reads as that body, and reviews nothing
		`Post::"hall/jurist"`:       list("take"),
		`Post::"board/first"`:       list("read take recuse call_hearing hold_hearing extend decide publish"),
		`Post::"board/second"`:      list("take"),
		`Post::"ward-board/member"`: list("take"),
		`Post::"court/judge"`:       list("read"),
		`Post::"court/all"`:         list("read"),
		`Resident::"ann"`:           list("read ask_hearing waive_hearing withdraw"),
		`Clock::"realm"`:            list("open note tick"),
	}
	set := policySet(t)
	world, cast := theWorld()
	s := given(t, taken1...).state
	for _, who := range cast {
		for _, action := range actions() {
			want := slices.Contains(may[who.String()], strings.TrimPrefix(action, "review."))
			if got := ask(t, set, world, who, action, s); got != want {
				t.Errorf("%s %s: %v, want %v", who, action, got, want)
			}
		}
	}
}

// A post that had a hand in the matter since is kept out of what it had taken, whatever a realm permits besides.
func TestNoOwnJudge(t *testing.T) {
	set := policySet(t)
	var all cedar.Policy
	if err := all.UnmarshalCedar([]byte(`permit (principal, action, resource);`)); err != nil {
		t.Fatal(err)
	}
	set.Add("own.everything", &all)
	world, _ := theWorld()
	s := given(t, with(taken1, move{2, theClock, Note{Post: "board/first"}})...).state
	for _, who := range []string{"board/first", "pwd/jurist", "pwd-lights/jurist", "hall/chief", "board/second", "board/junior", "court/judge"} {
		for _, action := range reviewing {
			if ask(t, set, world, types.NewEntityUID("Post", types.String(who)), action, s) {
				t.Errorf("%s may %s", who, action)
			}
		}
	}
}

// Of a private appeal, courts read nothing.
func TestPrivateIsNotForCourts(t *testing.T) {
	set := policySet(t)
	world, _ := theWorld()
	s := given(t, taken1...).state
	s.Private = true
	if ask(t, set, world, types.NewEntityUID("Post", "court/judge"), ActionRead, s) {
		t.Error("a court reads it")
	}
	if !ask(t, set, world, types.NewEntityUID("Post", "board/first"), ActionRead, s) {
		t.Error("its reviewer does not")
	}
}

// While nobody has taken an appeal, those who may take it read it; afterwards whoever took it, and no other reviewer.
func TestReviewersReadWhatIsTheirs(t *testing.T) {
	set := policySet(t)
	world, _ := theWorld()
	taken := given(t, taken1...).state
	open := taken
	open.Status, open.Reviewer = StatusOpen, ""
	for who, want := range map[string][2]bool{
		"board/first": {true, true}, "board/second": {true, false}, "hall/jurist": {true, false}, "pwd/jurist": {false, false}, "far/member": {false, false},
	} {
		uid := types.NewEntityUID("Post", types.String(who))
		if got := [2]bool{ask(t, set, world, uid, ActionRead, open), ask(t, set, world, uid, ActionRead, taken)}; got != want {
			t.Errorf("%s reads it open and taken: %v, not %v", who, got, want)
		}
	}
}

// Every policy says its law and a title in both languages, and every action stands in one.
func TestPoliciesAreComplete(t *testing.T) {
	ids := map[string]bool{}
	for _, p := range policySet(t).All() {
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
	for _, id := range []string{PowerTicks, PowerReminds, PowerUrges, PowerForgets, policyOwnJudge, "review.no_own_request", "review.no_own_finding"} {
		if !ids[id] {
			t.Error("named and not there:", id)
		}
	}
	for _, action := range append(actions(), "review.examine", "review.account", "review.find", "review.recommend", "review.respond", "review.remind", "review.ask", "review.take_up", "review.turn_down", "review.take_back", "review.ripen", ActionReadRequest) {
		if !strings.Contains(string(Policies), `Action::"`+action+`"`) {
			t.Error("no policy permits", action)
		}
	}
	for _, action := range reviewing {
		if strings.Count(string(Policies), `Action::"`+action+`"`) < 3 {
			t.Error("whoever handled it is not kept out of", action)
		}
	}
}
