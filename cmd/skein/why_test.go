package main

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/cedar-policy/cedar-go/types"

	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/power"
	"skein/rooms/powers"
)

func (c *city) why(want int, as, who, action, thing string) answer {
	c.Helper()
	return c.must(want, "GET", "/api/powers/why?"+url.Values{"who": {who}, "action": {action}, "thing": {thing}}.Encode(), as, nil)
}

// failed are the rules of an answer with the conditions that do not hold, and whether they hold.
func failed(a answer, list, id string) (conditions []string, holds, found bool) {
	for _, r := range a.json[list].([]any) {
		r := r.(object)
		if r["id"] != id {
			continue
		}
		for _, f := range asList(r["failed"]) {
			conditions = append(conditions, fmt.Sprint(f.(object)["text"]))
		}
		return conditions, r["holds"] == true, true
	}
	return nil, false, false
}

func asList(v any) []any { l, _ := v.([]any); return l }

// A question is answered with every reason, and as the command itself would be.
func TestWhyIsAnswered(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	m := c.accepted()
	if a := c.why(200, "", "pwd/head", "matter.answer", m.number); a.get("allowed") != "true" {
		t.Errorf("the lead: %s", a.text)
	}
	a := c.why(200, "", "park/head", "matter.answer", m.number)
	lacks, holds, found := failed(a, "permits", "matter.answer")
	if a.get("allowed") != "false" || !found || holds || !slices.Equal(lacks, []string{"principal.body == resource.lead"}) {
		t.Errorf("another body: %s", a.text)
	}
	a = c.why(200, "", "coord/chair", "matter.answer", m.number)
	if _, holds, _ := failed(a, "forbids", "matter.coordinator_never_handles"); !holds || !strings.Contains(a.text, "rule 4: a coordinating body rules") {
		t.Errorf("the coordinating body: %s", a.text)
	}
	if a := c.why(200, "", "resident", "matter.confirm", m.number); a.get("allowed") != "false" {
		t.Errorf("a stranger: %s", a.text)
	}
	if a := c.why(200, "", "reporter", "matter.confirm", m.number); a.get("allowed") != "true" {
		t.Errorf("the reporter: %s", a.text)
	}
	if a := c.why(200, "", "operator", "matter.answer", m.number); a.get("allowed") != "false" {
		t.Errorf("the operator: %s", a.text)
	}
	for thing, want := range map[string]string{"body/pwd": "body.rename", "place/boston": "place.rename", "duty/list": "duty.adopt", "powers/list": "powers.propose", "": "matter.report"} {
		if a := c.why(200, "", "coord/chair", want, thing); (a.get("allowed") == "true") != (want != "matter.report") {
			t.Errorf("%s %s: %s", want, thing, a.text)
		}
	}
	c.why(422, "", "pwd/nobody", "matter.answer", m.number)
	c.why(422, "", "pwd/head", "matter.conquer", m.number)
	c.why(422, "", "pwd/head", "duty.adopt", m.number)
	c.why(404, "", "pwd/head", "body.rename", "body/none")
	c.why(404, "", "pwd/head", "duty.adopt", "duty/none")
}

// Nobody learns by asking what she may not see: a private matter is as one that there is not,
// and a public one does not tell whom it complains of.
func TestWhyTellsNoSecrets(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	private := c.report(map[string]any{"category": "rights.wages", "text": "unpaid", "lat": 42.33, "lon": -71.09})
	last := private.number[len(private.number)-1]
	unknown := ""
	for n := 2; n < 2000 && unknown == ""; n++ { // a number of good form that nobody has
		number := fmt.Sprintf("%03d-%03d-%04d", 100+n%800, 200+n%700, 1000+n)
		if a := c.do("GET", "/api/matters/"+number, "", nil); a.status == 404 {
			unknown = number
		}
	}
	if unknown == "" || unknown == private.number {
		t.Fatal("no number is free", last)
	}
	for _, as := range []string{"", "park/head"} {
		for _, who := range []string{"pwd/head", "reporter", "resident", "coord/chair", "operator"} {
			for _, action := range []string{"matter.read", "matter.answer", "matter.rule", "matter.read_reporter"} {
				a, b := c.why(404, as, who, action, private.number), c.why(404, as, who, action, unknown)
				if a.text != b.text || a.header.Get("Content-Type") != b.header.Get("Content-Type") {
					t.Errorf("%q asks whether %s may %s: %s\n%s", as, who, action, a.text, b.text)
				}
			}
		}
	}
	if a := c.why(200, "info/desk", "pwd/head", "matter.read", private.number); a.header.Get("Cache-Control") != "no-store" {
		t.Error("an answer for some eyes is kept")
	}
	if a := c.do("GET", "/api/powers/why?who=pwd/head&action=matter.read&thing="+private.number, "code:"+private.code, nil); a.status != 200 {
		t.Errorf("its reporter: %d %s", a.status, a.text)
	}
	complaint := func(against string) told {
		return c.report(map[string]any{"kind": "complaint", "against": against, "visibility": "public", "category": "highway_maintenance.request_for_pothole_repair", "text": "x", "lat": 42.33, "lon": -71.09})
	}
	one, other := complaint("isd"), complaint("park")
	for _, as := range []string{"", "park/head"} {
		for _, who := range []string{"isd/head", "park/head", "pwd/head"} {
			for _, action := range []string{"matter.answer", "matter.tell", "matter.read", "matter.contribute"} {
				if a, b := c.why(200, as, who, action, one.number), c.why(200, as, who, action, other.number); a.text != b.text || a.get("partly") == "" {
					t.Errorf("%q learns whom a matter complains of: whether %s may %s\n%s\n%s", as, who, action, a.text, b.text)
				}
			}
		}
	}
	if a := c.why(200, "pwd/head", "isd/head", "matter.read", one.number); a.get("partly") != "" || !strings.Contains(a.text, "matter.no_own_judge") {
		t.Errorf("the lead is not told: %s", a.text)
	} else if _, holds, _ := failed(a, "forbids", "matter.no_own_judge"); !holds {
		t.Errorf("the lead is told that the body complained of is not kept out: %s", a.text)
	}
}

// The pages say in both languages what the doors say.
func TestPowersPages(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	c.deputized()
	c.rules(ownRule)
	c.must(201, "POST", "/api/powers/propose", string(deputy), object{"document": ""})
	m := c.accepted()
	for lang, parts := range map[string][]string{
		"en":      {"Powers: who may do what", "A resident may report a matter.", "Ships with Skein", "The realm&#39;s own, as it stands since version 1", "Charter 12", "own.parks_tell", "Proposal 2 waits", "Handlers", "Deputy"},
		"zh-Hans": {"权力清单", "居民可以反映事项。", "Skein 内置", "共同体自定，自第 1 版", "Charter 12", "第 2 号提案待另一岗位批准", "承办岗位"},
	} {
		p := c.reader()
		p.lang = lang
		page := p.get("/powers")
		page.has(t, parts...)
		if page.status != http.StatusOK || strings.Contains(page.html, "powers.") && strings.Contains(page.html, "powers.pages") {
			t.Errorf("%s: %d, or a text is missing", lang, page.status)
		}
		p.get("/powers/matter.no_own_judge").has(t, "matter.no_own_judge", "forbid")
		if s := p.get("/powers/own.none").status; s != 404 {
			t.Errorf("a rule that there is not: %d", s)
		}
		p.get("/powers/why").has(t, `<select`, `value="pwd/head"`, `value="matter.answer"`)
		q := url.Values{"who": {"park/head"}, "action": {"matter.answer"}, "thing": {m.number}}
		answered := p.get("/powers/why?" + q.Encode())
		answered.has(t, "matter.answer", map[string]string{"en": "rule 5", "zh": "基本规则第五条"}[lang[:2]])
		answered.lacks(t, "principal.body ==")
		q.Set("thing", "999")
		if s := p.get("/powers/why?" + q.Encode()).status; s < 400 || s >= 500 {
			t.Errorf("no number: %d", s)
		}
		q.Set("who", "")
		if s := p.get("/powers/why?" + q.Encode()).status; s != 422 && s != 404 && s != 400 {
			t.Errorf("nobody: %d", s)
		}
	}
}

// Every action and every condition of what ships has words, in both languages.
func TestRulesHaveWords(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	set := c.app.house.Powers
	for _, lang := range words.Languages {
		v := c.site.VoiceIn(lang)
		for _, a := range set.Known() {
			if powers.Action(v, a) == a {
				t.Errorf("%s: no words for the action %s", lang, a)
			}
		}
		for _, p := range set.All() {
			for _, cond := range p.Rule().When {
				for _, leaf := range cond.Leaves() {
					if powers.When(v, power.Cond{Text: leaf}) == leaf {
						t.Errorf("%s: no words for %q of %s", lang, leaf, p.ID)
					}
				}
			}
			if text := powers.Words(v, p); strings.ContainsAny(text, "{}") || strings.Contains(text, "powers.") {
				t.Errorf("%s: %s says %q", lang, p.ID, text)
			}
		}
	}
}

// What policies are asked about fits what the rooms say of it: an attribute that is not as the
// schema says would make a rule silently never hold.
func TestEntitiesFitTheSchema(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	c.deputized()
	check := func(e types.Entity) {
		c.Helper()
		if err := c.app.house.Powers.Check(e); err != nil {
			t.Errorf("%s: %v", e.UID, err)
		}
	}
	view := c.realm.View()
	for _, e := range view.Entities.(types.EntityMap) {
		check(e)
	}
	complaint := c.report(map[string]any{"kind": "complaint", "against": "isd", "category": "rights.wages", "text": "x", "lat": 42.33, "lon": -71.09})
	objected := c.report(lamp("x"))
	stage(c, objected, "objected")
	named := map[string]bool{}
	for _, a := range c.app.house.Powers.Known() {
		named[a] = true
		for _, thing := range []string{"", complaint.number, objected.number, "body/pwd", "place/boston", "duty/list", "powers/list"} {
			var id civic.DossierID
			var state any
			switch {
			case strings.Contains(thing, "/"):
				id = civic.DossierID(thing)
			case thing != "":
				id = c.dossier(told{number: thing})
			}
			if id != "" {
				state, _, _ = c.realm.State(t.Context(), id)
			}
			if q, ok := view.Question(chair, a, id, state, *c.now); ok {
				check(q.Resource)
			}
		}
	}
	for _, a := range c.app.house.Powers.Actions() {
		if !named[a] || c.app.house.KindFor(a) == nil {
			t.Errorf("%s is in a policy and no schema or room has it", a)
		}
	}
	for _, room := range c.app.house.Rooms {
		for _, k := range room.Kinds {
			for _, command := range k.Commands {
				if !named[command.Name()] {
					t.Errorf("no schema has %s", command.Name())
				}
			}
		}
	}
}
