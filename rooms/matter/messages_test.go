package matter

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"skein/frame/journal"
)

func texts(t *testing.T, language string) map[string]string {
	t.Helper()
	data, err := Messages.ReadFile("messages." + language + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]string
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

func TestLanguagesHoldTheSameKeysAndPlaceholders(t *testing.T) {
	en, zh := texts(t, "en"), texts(t, "zh-Hans")
	sorted := func(s string) []string {
		out := placeholder.FindAllString(s, -1)
		slices.Sort(out)
		return slices.Compact(out)
	}
	for key, text := range en {
		if zh[key] == "" {
			t.Error("not in Chinese:", key)
		}
		for _, p := range sorted(zh[key]) {
			if !slices.Contains(sorted(text), p) {
				t.Errorf("%s: %s is only in Chinese", key, p)
			}
		}
	}
	for key := range zh {
		if en[key] == "" {
			t.Error("not in English:", key)
		}
	}
}

var (
	raised = regexp.MustCompile(`(?m)(?:refuse|wrong|Refuse)\((?:"[^"]*"|civic\.[A-Za-z]+), "(matter\.[a-z_]+)"((?:, "[a-z_]+", [^"\n]+?)*)\)(?:\.In\(.*\))?$`)
	named  = regexp.MustCompile(`"([a-z_]+)",`)
)

// Every refusal that the code raises has a text, every placeholder of which is filled.
func TestEveryRefusalHasAText(t *testing.T) {
	en := texts(t, "en")
	files, _ := filepath.Glob("*.go")
	found := map[string]bool{}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		source, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range raised.FindAllStringSubmatch(string(source), -1) {
			found[m[1]] = true
			text, ok := en[m[1]]
			if !ok {
				t.Errorf("%s: %s has no text", f, m[1])
				continue
			}
			var args []string
			for _, a := range named.FindAllStringSubmatch(m[2]+" ", -1) {
				args = append(args, a[1])
			}
			for _, p := range placeholder.FindAllString(text, -1) {
				if !slices.Contains(args, strings.Trim(p, "{}")) {
					t.Errorf("%s: %s wants %s, and gets %v", f, m[1], p, args)
				}
			}
		}
	}
	if len(found) < 65 {
		t.Error("only", len(found), "refusals found: has their form changed?")
	}
}

// Every line of a story has a text, for every event and variant, and its placeholders are filled.
func TestEveryLineHasAText(t *testing.T) {
	en := texts(t, "en")
	waits := func(why string) *Waiting { return &Waiting{Why: why, By: Term{Due: 1}} }
	events := slices.Concat(Events(), []journal.Event{
		Reported{Parent: "x"}, Accepted{BySilence: true}, Objected{Proposed: "x"}, Ruled{Keep: true}, Ruled{Keep: true, BySilence: true},
		Resumed{AtLongest: true, Due: Term{Due: 1, Limit: "1d", Default: true, Provisional: true}}, SplitUp{Waits: true},
		Separated{Why: "main_withdrawn"}, DeclineRefused{BySilence: true}, Confirmed{Solved: true},
		Escalated{Step: StepDue, Vacant: true}, Reassigned{Triage: waits(TriageConflict)}, Assigned{Resolution: Term{Due: 1}, Joint: []Joint{{}}},
		Imported{Lead: "x", Resolution: &Term{Due: 1}},
		Erased{Ground: ErasedAsked, Request: "r"}, Erased{Ground: ErasedRetention}, Erased{Ground: ErasedMain}, Unheld{RanOut: true},
	})
	for _, why := range []string{TriageAddress, TriageCategory, TriageOutside, TriageGap, TriageOverlap, TriageConflict} {
		events = append(events, Reported{Triage: waits(why)})
	}
	for _, o := range Outcomes {
		events = append(events, Answered{Outcome: o})
	}
	for _, step := range []Step{StepHalf, StepDue, StepOver, StepTriage, StepRelease, StepShow, StepJoint} {
		events = append(events, Escalated{Step: step})
	}
	for _, of := range Appealable {
		events = append(events, Appealed{Of: of})
	}
	for _, holds := range Stays {
		events = append(events, Stayed{Holds: holds})
	}
	for _, result := range Results {
		events = append(events, Obeyed{Result: result, Outcome: Fixed, Round: 2, ReleaseBy: &Term{}, Lapse: &Term{}})
	}
	for _, of := range Relays {
		events = append(events, Relayed{Of: of})
	}
	for _, cause := range []string{"successor", "list"} {
		events = append(events, Reassigned{Cause: cause})
	}
	for _, e := range events {
		l := tell(journal.Act{Type: e.Type(), Event: e})
		bare := l.Key == "matter.story.answered_" || l.Key == "matter.story.escalated_" || l.Key == "matter.story.appealed_" || l.Key == "matter.story.reassigned_" ||
			l.Key == "matter.story.relayed_" || l.Key == "matter.story.erased_" || l.Key == "matter.story.stayed_" || l.Key == "matter.story.obeyed_"
		if bare {
			continue // the empty example of a type that always has a variant
		}
		for _, s := range append(l.Sums, Sum{l.Key, l.Args}) {
			if en[s.Key] == "" {
				t.Errorf("%s has no text", s.Key)
			}
			for _, p := range placeholder.FindAllString(en[s.Key], -1) {
				if _, filled := s.Args[strings.Trim(p, "{}")]; !filled {
					t.Errorf("%s wants %s, and gets %v", s.Key, p, s.Args)
				}
			}
		}
	}
	for _, s := range Statuses {
		if en["matter.status."+string(s)] == "" {
			t.Error(s)
		}
	}
	for _, k := range Kinds {
		if en["matter.kind."+string(k)] == "" {
			t.Error(k)
		}
	}
	for _, o := range Outcomes {
		if en["matter.outcome."+string(o)] == "" {
			t.Error(o)
		}
	}
}

func TestFoundingRulesAreWhole(t *testing.T) {
	r, err := FoundingRules()
	if err != nil {
		t.Fatal(err)
	}
	for name, l := range map[string]Limit{"triage": r.Triage, "response": r.Response, "objection": r.Objection, "resolution": r.Resolution,
		"joint": r.Joint, "ruling": r.Ruling, "lapse": r.Lapse, "reopen": r.Reopen, "appeal": r.Appeal, "release": r.Release} {
		if l == "" {
			t.Error("no limit for", name)
		}
	}
	if len(r.ObjectionGrounds) == 0 || len(r.PauseGrounds) == 0 || len(r.WithholdGrounds) == 0 || len(r.Channels) == 0 || r.MostAttached == 0 {
		t.Errorf("%+v", r)
	}
	for _, g := range r.PauseGrounds {
		if g.Code == "" || g.Law == "" || g.Longest == "" {
			t.Errorf("%+v", g)
		}
	}
	en := texts(t, "en")
	for _, k := range Kinds {
		if kept, ok := r.Keeping(k); !ok || kept.Days < 365 || kept.Law == "" {
			t.Errorf("%s is kept for %+v", k, kept)
		}
	}
	for _, g := range r.Holds.Grounds {
		if en["matter.ground."+g] == "" || r.Holds.Days == 0 {
			t.Error("the ground of a hold without a text, or without an end:", g)
		}
	}
	for _, c := range r.IdentityChecks {
		if en["matter.checked."+c] == "" {
			t.Error(c)
		}
	}
	if !slices.Contains(r.ObjectionGrounds, GroundAnotherBody) {
		t.Error("no ground for another body")
	}
}
