package matter

import (
	"fmt"
	"strings"
	"testing"

	"skein/frame/civic"
	"skein/frame/journal"
)

// told says a chain in a line, in hours.
func toldChain(links []Link) string {
	var out []string
	for _, l := range links {
		s := fmt.Sprintf("%s %s %d-%d", l.Role, l.Body, l.From/hour, l.Until/hour)
		for _, step := range l.Late {
			s += " late:" + string(step)
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

const hour = civic.Instant(3_600_000_000)

func TestChainOfResponsibility(t *testing.T) {
	assigned := func(round int, lead civic.BodyID, joint ...civic.BodyID) Assigned {
		a := Assigned{Round: round, Lead: lead, List: 3, Row: "r"}
		for _, j := range joint {
			a.Joint = append(a.Joint, Joint{Body: j})
		}
		return a
	}
	for _, k := range []struct {
		name string
		acts []journal.Event
		want string
	}{
		{"held still", []journal.Event{Reported{}, assigned(1, "pwd")}, "waiting  1-2; lead pwd 2-0"},
		{"objected and ruled", []journal.Event{Reported{}, assigned(1, "pwd"), Objected{Body: "pwd", Coordinator: "coord"}, Ruled{Lead: "park"}, assigned(1, "park"), Answered{}},
			"waiting  1-2; lead pwd 2-5; coordinator coord 3-4; lead park 5-6"},
		{"joint bodies end when they gave their part", []journal.Event{Reported{}, assigned(1, "pwd", "park", "isd"), Contributed{Body: "park"}, Answered{}},
			"waiting  1-2; lead pwd 2-4; joint park 2-3; joint isd 2-4"},
		{"a limit ran out", []journal.Event{Reported{}, assigned(1, "pwd"), Escalated{Step: StepHalf, Of: "pwd"}, Escalated{Step: StepDue, Of: "pwd", To: "pwd/head"}, Escalated{Step: StepOver, Of: "pwd", Body: "coord"}},
			"waiting  1-2; lead pwd 2-0 late:due late:over; told pwd 4-4; told coord 5-5"},
		{"what was retracted counts for nothing", []journal.Event{Reported{}, assigned(1, "pwd"), Answered{}, Retracted{Act: 3, Of: "matter.answered"}}, "waiting  1-2; lead pwd 2-0"},
		{"a new round", []journal.Event{Reported{}, assigned(1, "pwd"), Answered{}, Reopened{Round: 2}, assigned(2, "pwd")}, "waiting  1-2; lead pwd 2-3; lead pwd 5-0"},
		{"quashed", []journal.Event{Reported{}, assigned(1, "pwd"), Answered{}, Obeyed{Round: 2, Triage: &Waiting{}}}, "waiting  1-2; lead pwd 2-3; waiting  4-0"},
		{"joined", []journal.Event{Reported{}, assigned(1, "pwd"), Joined{}}, "waiting  1-2; lead pwd 2-3"},
	} {
		var acts []journal.Act
		for i, e := range k.acts {
			acts = append(acts, journal.Act{Seq: int64(i + 1), Type: e.Type(), Event: e, Happened: civic.Instant(i+1) * hour})
		}
		s := State{Seq: int64(len(acts)), Reporter: "ann", Visibility: Public}
		if got := toldChain(Chain(s, acts, Eyes{})); got != k.want {
			t.Errorf("%s: %s, want %s", k.name, got, k.want)
		}
		s.Visibility = Private
		if got := Chain(s, acts, Eyes{}); got != nil {
			t.Errorf("%s: everyone sees the chain of a private matter", k.name)
		}
		if got := toldChain(Chain(s, acts, Eyes{Reporter: "ann"})); got != k.want {
			t.Errorf("%s: she sees %s", k.name, got)
		}
	}
}
