package matter

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"skein/frame/civic"
)

// brought are moves that bring a matter to each status.
var brought = map[Status][]move{
	StatusReceived: {{"0d", ann, told(func(r *Report) { r.Category = "strange.gap" })}},
	StatusAssigned: reported,
	StatusObjected: objected,
	StatusWorking:  accepted,
	StatusPaused:   paused,
	StatusAnswered: answered,
	StatusDeclined: moves(proposed, []move{{"1d", office, Decline{Decline: true, Law: "l", Reason: dig("r")}}}),
	StatusClosed:   closed,
}

// into brings a world to a status; joined needs a second matter.
func into(w *world, status Status) civic.DossierID {
	if status == StatusJoined {
		main := w.given(reported...)
		id := w.given(reported...)
		w.do(id, Join{Into: main}, desk, after("1h"))
		return id
	}
	return w.given(brought[status]...)
}

// trying is a command that is right in every way but perhaps its time, and the act it leads to.
var trying = []struct {
	act string
	who civic.Actor
	cmd func(w *world, id civic.DossierID) Command
}{
	{"triaged", desk, just(Triage{})},
	{"accepted", lead, just(Accept{})},
	{"objected", lead, just(Object{Ground: "not_our_duty", Reason: dig("r")})},
	{"ruled", office, just(Rule{Lead: "labour", Law: "l", Reason: dig("r")})},
	{"corrected", desk, just(Correct{SetRight{Category: "parks.tree", Reason: dig("r")}})},
	{"asked", lead, just(Ask{Text: dig("q")})},
	{"supplied", ann, just(Supply{Text: dig("a")})},
	{"amended", ann, just(Amend{Text: dig("a")})},
	{"told", lead, just(Tell{Text: dig("t")})},
	{"contributed", joint, just(Contribute{Text: dig("t")})},
	{"attached", ann, just(Attach{Text: dig("t")})},
	{"paused", lead, just(Pause{Ground: "weather"})},
	{"resumed", lead, just(Resume{})},
	{"extended", chief, just(Extend{Limit: "1d", Reason: dig("r")})},
	{"joined", desk, func(w *world, _ civic.DossierID) Command { return Join{Into: w.given(reported...)} }},
	{"split", lead, just(Split{Parts: []Part{{Text: dig("p")}}})},
	{"answered", lead, just(Answer{Outcome: Fixed, Reason: dig("r")})},
	{"decline_proposed", lead, just(ProposeDecline{Law: "l", Reason: dig("r"), Elsewhere: "e"})},
	{"declined", office, just(Decline{Decline: true, Law: "l", Reason: dig("r")})},
	{"decline_refused", office, just(Decline{Law: "l", Reason: dig("r")})},
	{"confirmed", ann, just(Confirm{Solved: true})},
	{"reopened", ann, just(Reopen{Reason: dig("r")})},
	{"withdrawn", ann, just(Withdraw{})},
	{"reassigned", theClock, just(Move{Cause: "list", Ground: "g"})},
	{"recomputed", theClock, just(Recompute{})},
	{"erased", ann, just(Erase{})},
	{"held", office, just(PutHold{Ground: "court", Law: "l", Until: after("9d")})},
	{"relayed", theClock, func(w *world, id civic.DossierID) Command { return Relay{Main: w.state(id).Main, Of: "answered"} }},
}

func just(c Command) func(*world, civic.DossierID) Command {
	return func(*world, civic.DossierID) Command { return c }
}

// Every act in every status: outside the table it is refused, and because of the table.
func TestNoActOutsideTheTable(t *testing.T) {
	for _, try := range trying {
		for _, status := range Statuses {
			t.Run(try.act+" from "+string(status), func(t *testing.T) {
				w := newWorld(t)
				id := into(w, status)
				if w.state(id).Status != status {
					t.Fatal("brought to", w.state(id).Status)
				}
				cmd := try.cmd(w, id)
				drafts, refusals := w.do(id, cmd, try.who, after("1d4h"))
				// Some clock may have brought it on; the act itself is judged where it then stood.
				refusedByTable := slices.Contains(keys(refusals), "matter.not_now")
				if May(try.act, status) == refusedByTable {
					t.Fatalf("allowed %v, but acts %v refusals %v", May(try.act, status), typesOf(drafts), refusals)
				}
			})
		}
	}
}

// Every act of the table can be tried, or is the clock's or another act's consequence.
func TestEveryActIsTried(t *testing.T) {
	elsewhere := []string{"reported", "imported", "assigned", "escalated", "took_in", "separated", "lapsed", "appealed", "stayed", "obeyed", "met", "met_anew", "released", "withheld", "redacted", "retracted",
		"erasure_asked", "unheld"}
	for _, row := range Transitions {
		if !slices.Contains(elsewhere, row.Act) && !slices.ContainsFunc(trying, func(try struct {
			act string
			who civic.Actor
			cmd func(w *world, id civic.DossierID) Command
		}) bool {
			return try.act == row.Act
		}) {
			t.Error(row.Act, "is never tried")
		}
	}
	for _, e := range Events() {
		if _, known := byAct[strings.TrimPrefix(e.Type(), "matter.")]; !known {
			t.Error(e.Type(), "is not in the table")
		}
	}
	if len(Events()) != len(Transitions) {
		t.Error("the table has", len(Transitions), "acts, the journal", len(Events()))
	}
	if May("danced", StatusWorking) {
		t.Error("an unknown act is allowed")
	}
}

// TRANSITIONS.md is the table as a clerk reads it. Write it anew with UPDATE=1.
func TestTheTableAsPrinted(t *testing.T) {
	want := printTable()
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile("TRANSITIONS.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("TRANSITIONS.md")
	if err != nil || string(got) != want {
		t.Fatal("TRANSITIONS.md is not what transitions.go says: run the test with UPDATE=1", err)
	}
}

func printTable() string {
	var b strings.Builder
	b.WriteString("# Which act may follow which status\n\nPrinted from `transitions.go`, which Decide asks. Whatever is not here is refused.\n\n| act | from | by | then | |\n|---|---|---|---|---|\n")
	for _, row := range Transitions {
		from, then := statuses(row.From), statuses(row.Then)
		if from == "" {
			from = "–"
		}
		if then == "" {
			then = "same"
		}
		var by []string
		for _, who := range row.By {
			by = append(by, string(who))
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", row.Act, from, strings.Join(by, ", "), then, row.Note)
	}
	return b.String()
}

func statuses(list []Status) string {
	switch {
	case slices.Equal(list, Statuses):
		return "any"
	case slices.Equal(list, open):
		return "any open"
	}
	var out []string
	for _, s := range list {
		out = append(out, string(s))
	}
	return strings.Join(out, ", ")
}
