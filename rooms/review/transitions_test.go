package review

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// TRANSITIONS.md is the table as a clerk reads it, with limits, stays and results of the founding rules. Write it anew with UPDATE=1.
func TestTheTableAsPrinted(t *testing.T) {
	want := printTable(t)
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile("TRANSITIONS.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("TRANSITIONS.md")
	if err != nil || string(got) != want {
		t.Fatal("TRANSITIONS.md is not what transitions.go and rules.json say: run the test with UPDATE=1", err)
	}
}

func printTable(t *testing.T) string {
	var b strings.Builder
	b.WriteString("# Which act may follow which status of an appeal\n\nPrinted from `transitions.go`, which Decide asks; the order of notice, reply, hearing and decision is that of `frame/procedure`. Whatever is not here is refused.\n\n| act | from | by | then | |\n|---|---|---|---|---|\n")
	for _, row := range Transitions {
		from, then := make([]string, len(row.From)), string(row.Then)
		for i, s := range row.From {
			if from[i] = string(s); s == StatusNone {
				from[i] = "–"
			}
		}
		if then == "" {
			then = "same"
		}
		var by []string
		for _, who := range row.By {
			by = append(by, string(who))
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", row.Act, strings.Join(from, ", "), strings.Join(by, ", "), then, row.Note)
	}
	r := theRules(t)
	fmt.Fprintf(&b, "\n## Limits of the founding rules\n\nTaken within %s, reply within %s, a hearing with %s of notice, decided within %s, extended once by %s, published within %s; a court can be asked within %s (%s).\n",
		r.Take, r.Reply, r.HearingNotice, r.Decide, r.Extend, r.Publish, r.Contest, r.LimitsLaw)
	b.WriteString("\n## What stands still, and how a review can end\n\n| appeal against | stands still | by | results |\n|---|---|---|---|\n")
	for _, of := range []string{"answer", "decline", "withholding", "masking"} {
		holds, law := "nothing", "–"
		if s := r.stay(of); s != nil {
			holds, law = s.Holds, s.Law
		}
		var results []string
		for _, result := range r.Results[of] {
			results = append(results, string(result))
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", of, holds, law, strings.Join(results, ", "))
	}
	b.WriteString("\n## Grounds\n\n| ground | law |\n|---|---|\n")
	for _, g := range r.Grounds {
		fmt.Fprintf(&b, "| `%s` | %s |\n", g.Code, g.Law)
	}
	return b.String()
}

func TestEveryActIsInTheTable(t *testing.T) {
	for _, e := range Events() {
		if !slices.ContainsFunc(Transitions, func(row Transition) bool { return "review."+row.Act == e.Type() }) {
			t.Error(e.Type(), "is not in the table")
		}
	}
	if len(Events()) != len(Transitions) {
		t.Error("the table has", len(Transitions), "acts, the journal", len(Events()))
	}
	if May("danced", StatusTaken) {
		t.Error("an unknown act is allowed")
	}
}

func TestFoundingRulesAreWhole(t *testing.T) {
	r := theRules(t)
	for name, l := range map[string]Limit{"take": r.Take, "reply": r.Reply, "hearing_notice": r.HearingNotice, "decide": r.Decide, "extend": r.Extend, "publish": r.Publish, "contest": r.Contest, "answer": r.Answer} {
		if l == "" {
			t.Error("no limit for", name)
		}
	}
	for _, g := range r.Grounds {
		if g.Code == "" || g.Law == "" {
			t.Errorf("%+v", g)
		}
	}
	for _, s := range r.Stays {
		if s.Law == "" || r.Results[s.Of] == nil {
			t.Errorf("a stay without its law: %+v", s)
		}
	}
	for of, results := range r.Results {
		for _, result := range results {
			if !slices.Contains(Results, result) {
				t.Error(of, result)
			}
		}
	}
	if len(r.Outcomes) == 0 || r.LimitsLaw == "" || r.AnswerLaw == "" || len(r.Grounds) == 0 {
		t.Errorf("%+v", r)
	}
}
