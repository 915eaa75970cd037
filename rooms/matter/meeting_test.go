package matter

import (
	"fmt"
	"github.com/cedar-policy/cedar-go"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cedar-policy/cedar-go/types"
	"pgregory.net/rapid"

	"skein/frame/civic"
	"skein/frame/journal"
)

// two are matters that one coordinating body rules on; in the second water is complained of.
func two() []MeetingMatter {
	return []MeetingMatter{
		{ID: "matter/00000001", Number: "1", Open: true, Lead: "pwd", Coordinator: "city-office"},
		{ID: "matter/00000002", Number: "2", Open: true, Lead: "parks", Coordinator: "city-office", Against: "water"},
	}
}

func anHour(at string) Hour {
	return Hour{Where: "City Hall, room 4", From: after(at), Until: after(at).Add(time.Hour)}
}

func convening(known []MeetingMatter, change ...func(*Convene)) Convene {
	c := Convene{Known: known, Hour: anHour("3d"), Invited: []string{"pwd", "parks/head"}, Code: "0123456789ab"}
	for range known {
		c.Matters = append(c.Matters, AgendaOn{Agenda: dig("agenda")})
	}
	for _, f := range change {
		f(&c)
	}
	return c
}

func minuting(steps ...AgreedStep) Minute {
	return Minute{Known: two(), Attended: []civic.BodyID{"pwd", "city-office"}, Matters: []MinutesOf{{Remarks: dig("remarks"), Agreed: steps}, {}}}
}

type meetingMove struct {
	at  string
	who civic.Actor
	c   MeetingCommand
}

func meetingFacts(who civic.Actor, at civic.Instant) MeetingFacts {
	return MeetingFacts{Now: at, Asker: who, Bodies: theBodies(), Post: func(p civic.PostID) bool { return !strings.HasSuffix(string(p), "/nobody") }}
}

// meet folds what is decided, through the journal's own coding.
func meet(t tester, m Meeting, c MeetingCommand, who civic.Actor, at civic.Instant) (Meeting, []journal.Draft, civic.Refusals) {
	drafts, refusals := DecideMeeting(m, c, meetingFacts(who, at))
	for _, d := range drafts {
		if !d.Private {
			t.Fatal(d.Event.Type(), "is public: only what is written into the matters is")
		}
		data, err := journal.Encode(d.Event)
		if err != nil {
			t.Fatal(err)
		}
		event, err := meetingRegistry().Decode(d.Event.Type(), d.Event.Version(), data)
		if err != nil {
			t.Fatal(err)
		}
		happened := at
		if d.Happened != 0 {
			happened = d.Happened
		}
		m = EvolveMeeting(m, journal.Act{Dossier: MeetingID("0123456789ab"), Seq: m.Seq + 1, Type: d.Event.Type(), Actor: who.String(), Happened: happened, Event: event})
	}
	return m, drafts, refusals
}

func meetingRegistry() *journal.Registry {
	var r journal.Registry
	for _, e := range MeetingEvents() {
		r.Register(e)
	}
	return &r
}

func TestMeetings(t *testing.T) {
	water := civic.Actor{Kind: civic.Post, Post: "water/head"}
	hall := civic.Actor{Kind: civic.Post, Post: "hall/desk"}
	called := []meetingMove{{"0d", office, convening(two())}}
	for _, tt := range []struct {
		name    string
		given   []meetingMove
		when    meetingMove
		then    string   // type of the act
		refused []string // keys
		check   func(Meeting) bool
	}{
		{name: "called", when: meetingMove{"0d", office, convening(two())}, then: "meeting.called", check: func(m Meeting) bool {
			return m.Status == MeetingCalled && m.By == "city-office/rulings" && len(m.On) == 2 && len(m.Invited) == 2 && m.Invited[1].Body == "parks"
		}},
		{name: "the same body is asked once", when: meetingMove{"0d", office, convening(two(), func(c *Convene) { c.Invited = []string{"pwd", "pwd"} })}, then: "meeting.called", check: func(m Meeting) bool { return len(m.Invited) == 1 }},
		{name: "of no matter", when: meetingMove{"0d", office, convening(nil)}, refused: []string{"meeting.no_matter"}},
		{name: "of a matter twice", when: meetingMove{"0d", office, convening([]MeetingMatter{two()[0], two()[0]})}, refused: []string{"meeting.matter_twice"}},
		{name: "of a closed matter", when: meetingMove{"0d", office, convening([]MeetingMatter{{ID: "matter/1"}})}, refused: []string{"meeting.matter_over"}},
		{name: "of nobody", when: meetingMove{"0d", office, convening(two(), func(c *Convene) { c.Invited = nil })}, refused: []string{"meeting.nobody_invited"}},
		{name: "of itself", when: meetingMove{"0d", office, convening(two(), func(c *Convene) { c.Invited = []string{"city-office"} })}, refused: []string{"meeting.invites_itself"}},
		{name: "of the body complained of", when: meetingMove{"0d", office, convening(two(), func(c *Convene) { c.Invited = []string{"water"} })}, refused: []string{"meeting.invitee_against"}},
		{name: "by the body complained of", when: meetingMove{"0d", water, convening(two())}, refused: []string{"meeting.own_judge"}},
		{name: "of a body that has ended", when: meetingMove{"0d", office, convening(two(), func(c *Convene) { c.Invited = []string{"gone"} })}, refused: []string{"meeting.invitee_unknown"}},
		{name: "of a post that is not there", when: meetingMove{"0d", office, convening(two(), func(c *Convene) { c.Invited = []string{"pwd/nobody"} })}, refused: []string{"meeting.invitee_unknown"}},
		{name: "every reason at once", when: meetingMove{"4d", office, convening(two(), func(c *Convene) { c.Where, c.Until, c.Matters[0].Agenda = "", c.From, "" })}, refused: []string{"matter.missing", "meeting.past", "meeting.length", "matter.missing"}},
		{name: "in two years", when: meetingMove{"0d", office, convening(two(), func(c *Convene) { c.Hour = anHour("800d") })}, refused: []string{"meeting.too_far"}},
		{name: "at a place that hides something", when: meetingMove{"0d", office, convening(two(), func(c *Convene) { c.Where = "a\nb" })}, refused: []string{"matter.text_unplain"}},
		{name: "it is not called twice", given: called, when: meetingMove{"1d", office, convening(two())}, refused: []string{"meeting.exists"}},
		{name: "what is not there", when: meetingMove{"1d", office, CallOff{Reason: dig("r")}}, refused: []string{"meeting.none"}},
		{name: "a body comes", given: called, when: meetingMove{"1d", lead, Reply{Reply: ReplyAccepted}}, then: "meeting.replied", check: func(m Meeting) bool { return m.Invited[0].Reply == ReplyAccepted && m.Invited[1].Reply == "" }},
		{name: "does not, and says why", given: called, when: meetingMove{"1d", joint, Reply{Reply: ReplyDeclined, Reason: dig("r")}}, then: "meeting.replied", check: func(m Meeting) bool { return m.Invited[1].Reply == ReplyDeclined }},
		{name: "does not, and says not why", given: called, when: meetingMove{"1d", joint, Reply{Reply: ReplyDeclined}}, refused: []string{"matter.missing"}},
		{name: "sends another, who is asked", given: called, when: meetingMove{"1d", lead, Reply{Reply: ReplySends, Instead: "hall"}}, then: "meeting.replied", check: func(m Meeting) bool {
			return len(m.Invited) == 3 && m.Invited[2].Body == "hall" && m.Invited[2].For == "pwd" && m.Invited[2].Reply == ""
		}},
		{name: "who replies then", given: append(called, meetingMove{"1d", lead, Reply{Reply: ReplySends, Instead: "hall"}}), when: meetingMove{"1d", hall, Reply{Reply: ReplyAccepted}}, then: "meeting.replied"},
		{name: "sends the body complained of", given: called, when: meetingMove{"1d", lead, Reply{Reply: ReplySends, Instead: "water", Known: two()}}, refused: []string{"meeting.invitee_against"}},
		{name: "sends who comes anyway", given: called, when: meetingMove{"1d", lead, Reply{Reply: ReplySends, Instead: "parks/head"}}, refused: []string{"meeting.comes_anyway"}},
		{name: "sends nobody", given: called, when: meetingMove{"1d", lead, Reply{Reply: ReplySends}}, refused: []string{"matter.missing"}},
		{name: "comes and sends", given: called, when: meetingMove{"1d", lead, Reply{Reply: ReplyAccepted, Instead: "hall"}}, refused: []string{"meeting.instead_only"}},
		{name: "who was not asked", given: called, when: meetingMove{"1d", hall, Reply{Reply: ReplyAccepted}}, refused: []string{"meeting.not_invited"}},
		{name: "moved: the invitation counts on, replies are of the hour before", given: append(called, meetingMove{"1d", lead, Reply{Reply: ReplyAccepted}}), when: meetingMove{"2d", office, Reschedule{Hour: anHour("5d"), Reason: dig("r")}}, then: "meeting.moved",
			check: func(m Meeting) bool {
				return m.Sequence == 1 && m.From == after("5d") && m.Invited[0].Reply == "" && m.Reason == dig("r")
			}},
		{name: "moved without a reason", given: called, when: meetingMove{"2d", office, Reschedule{Hour: anHour("5d")}}, refused: []string{"matter.missing"}},
		{name: "called off", given: called, when: meetingMove{"2d", office, CallOff{Reason: dig("r")}}, then: "meeting.cancelled", check: func(m Meeting) bool { return m.Status == MeetingCancelled && m.Sequence == 1 }},
		{name: "nothing follows that", given: append(called, meetingMove{"2d", office, CallOff{Reason: dig("r")}}), when: meetingMove{"4d", office, minuting()}, refused: []string{"meeting.not_now"}},
		{name: "minutes of what is still to come", given: called, when: meetingMove{"2d", office, minuting()}, refused: []string{"meeting.not_yet"}},
		{name: "minutes: who does what by when, and what it leads to", given: called,
			when: meetingMove{"4d", office, minuting(AgreedStep{Body: "parks", By: after("9d"), Text: dig("s"), Release: true, Proposes: "contribute"})}, then: "meeting.minuted", check: func(m Meeting) bool {
				return m.Status == MeetingHeld && len(m.Minutes) == 2 && m.Minutes[0].Agreed[0].Proposes == "contribute" && m.Minutes[0].Agreed[0].Released && slices.Equal(m.Attended, []civic.BodyID{"pwd", "city-office"})
			}},
		{name: "a matter of which nothing was said is in them too", given: called, when: meetingMove{"4d", office, Minute{Attended: []civic.BodyID{"pwd"}}}, then: "meeting.minuted", check: func(m Meeting) bool { return len(m.Minutes) == 2 }},
		{name: "a step of who had no part", given: called, when: meetingMove{"4d", office, minuting(AgreedStep{Body: "labour", Text: dig("s")})}, refused: []string{"meeting.not_party"}},
		{name: "a step that is nothing, by a day long past, to no command", given: called, when: meetingMove{"4d", office, minuting(AgreedStep{Body: "pwd", By: after("1d"), Proposes: "erase"})},
			refused: []string{"meeting.step_day", "matter.missing", "meeting.proposes_unknown"}},
		{name: "nobody came", given: called, when: meetingMove{"4d", office, Minute{}}, refused: []string{"meeting.nobody_came"}},
		{name: "who came was not asked", given: called, when: meetingMove{"4d", office, Minute{Attended: []civic.BodyID{"labour"}}}, refused: []string{"meeting.not_party"}},
		{name: "of a matter that it was not on", given: called, when: meetingMove{"4d", office, Minute{Attended: []civic.BodyID{"pwd"}, Known: []MeetingMatter{{ID: "matter/9"}}, Matters: []MinutesOf{{}}}}, refused: []string{"meeting.matter_not_on"}},
		{name: "minutes that are not there are not corrected", given: called, when: meetingMove{"4d", office, CorrectMinutes{Minute: minuting(), Reason: dig("r")}}, refused: []string{"meeting.not_now"}},
		{name: "minutes are corrected, and what they said stays", given: append(called, meetingMove{"4d", office, minuting(AgreedStep{Body: "parks", Text: dig("s")})}),
			when: meetingMove{"5d", office, CorrectMinutes{Minute: Minute{Known: two()[:1], Attended: []civic.BodyID{"parks"}, Matters: []MinutesOf{{}}}, Reason: dig("r")}}, then: "meeting.corrected", check: func(m Meeting) bool {
				old := m.Replaced
				return m.Status == MeetingHeld && slices.Equal(m.Attended, []civic.BodyID{"parks"}) && len(m.Minutes[0].Agreed) == 0 && len(old) == 1 &&
					old[0].Until == after("5d") && old[0].Why == dig("r") && slices.Equal(old[0].Attended, []civic.BodyID{"pwd", "city-office"}) && old[0].On[0].Agreed[0].Text == dig("s")
			}},
		{name: "a matter that a correction does not name stays as it reads", given: append(called, meetingMove{"4d", office, minuting(AgreedStep{Body: "parks", Text: dig("s")})}),
			when: meetingMove{"5d", office, CorrectMinutes{Minute: Minute{Known: two()[1:], Attended: []civic.BodyID{"parks"}, Matters: []MinutesOf{{Remarks: dig("b")}}}, Reason: dig("r")}}, then: "meeting.corrected", check: func(m Meeting) bool {
				first, second := minutesOn(m.Minutes, two()[0].ID), minutesOn(m.Minutes, two()[1].ID)
				return len(first.Agreed) == 1 && first.Agreed[0].Text == dig("s") && first.Remarks == dig("remarks") && second.Remarks == dig("b")
			}},
		{name: "without a reason, and as wrong as they could be written", given: append(called, meetingMove{"4d", office, minuting()}), when: meetingMove{"5d", office, CorrectMinutes{Minute: Minute{Attended: []civic.BodyID{"labour"}}}},
			refused: []string{"matter.missing", "meeting.not_party"}},
		{name: "twice", given: append(called, meetingMove{"4d", office, minuting()}, meetingMove{"5d", office, CorrectMinutes{Minute: minuting(), Reason: dig("a")}}), when: meetingMove{"6d", office, CorrectMinutes{Minute: minuting(), Reason: dig("b")}}, then: "meeting.corrected",
			check: func(m Meeting) bool {
				return len(m.Replaced) == 2 && m.Replaced[0].Why == dig("a") && m.Replaced[1].Why == dig("b")
			}},
		{name: "for ever", given: append(slices.Concat(called, []meetingMove{{"4d", office, minuting()}}), slices.Repeat([]meetingMove{{"5d", office, CorrectMinutes{Minute: minuting(), Reason: dig("a")}}}, mostCorrected)...),
			when: meetingMove{"6d", office, CorrectMinutes{Minute: minuting(), Reason: dig("b")}}, refused: []string{"meeting.corrected_often"}},
		{name: "minutes are written once", given: append(called, meetingMove{"4d", office, minuting()}), when: meetingMove{"5d", office, minuting()}, refused: []string{"meeting.not_now"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var m Meeting
			for _, g := range tt.given {
				var refusals civic.Refusals
				if m, _, refusals = meet(t, m, g.c, g.who, after(g.at)); len(refusals) > 0 {
					t.Fatal("given:", refusals)
				}
			}
			n, drafts, refusals := meet(t, m, tt.when.c, tt.when.who, after(tt.when.at))
			if got := keys(refusals); !slices.Equal(got, tt.refused) && len(got)+len(tt.refused) > 0 {
				t.Fatalf("refused %v, want %v", got, tt.refused)
			}
			if tt.then != "" && (len(drafts) != 1 || drafts[0].Event.Type() != tt.then) {
				t.Fatalf("acts %v, want %s", typesOf(drafts), tt.then)
			}
			if tt.check != nil && !tt.check(n) {
				t.Errorf("it is %+v", n)
			}
		})
	}
}

// Whatever is tried in whatever order: nobody complained of is ever asked, what is over stays over, an invitation's number only rises, and
// who replied replied to the hour that stands.
func TestRandomMeetings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		meetingHistory(t, dice{rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))}, rapid.IntRange(1, 30).Draw(t, "length"))
	})
	reached := map[MeetingStatus]int{}
	for seed := range uint64(400) {
		reached[meetingHistory(t, dice{rand.New(rand.NewPCG(seed, 4))}, 60)]++
	}
	for _, s := range MeetingStatuses {
		if reached[s] == 0 {
			t.Error("no history ends with a meeting that is", s)
		}
	}
}

func meetingHistory(t tester, d dice, length int) MeetingStatus {
	var m Meeting
	at := monday
	for range length {
		at = at.Add(time.Duration(d.IntN(20)) * time.Hour)
		who := civic.Actor{Kind: civic.Post, Post: civic.PostID(d.one("pwd/head", "parks/head", "water/head", "hall/desk", "city-office/rulings", "labour/head"))}
		code := func() string {
			return d.one("pwd", "parks", "water", "hall", "labour", "pwd/head", "labour/nobody", "gone", "old", "nobody", "")
		}
		hour := Hour{From: at.Add(time.Duration(d.IntN(60)-3) * time.Hour), Where: d.one("here", "here", "here", "")}
		hour.Until = hour.From.Add(time.Duration(d.IntN(14)) * time.Hour)
		text := d.one(dig("a"), dig("b"), dig("c"), "", "x")
		var c MeetingCommand
		switch d.IntN(6) {
		case 0:
			c = convening(two()[:1+d.IntN(2)], func(c *Convene) { c.Hour, c.Invited = hour, []string{code(), code()}[:1+d.IntN(2)] })
		case 1:
			c = Reschedule{Hour: hour, Reason: text}
		case 2:
			c = CallOff{Reason: text}
			if !d.in(4) {
				c = Reply{Reply: ReplyAccepted}
			}
		case 3, 4:
			c = Reply{Reply: d.one(ReplyAccepted, ReplyDeclined, ReplySends, "perhaps"), Reason: text, Instead: code(), Known: two()}
		case 5:
			c = Minute{Known: two()[:1], Attended: []civic.BodyID{civic.BodyID(d.one("pwd", "parks", "city-office", "labour"))}, Matters: []MinutesOf{{Agreed: []AgreedStep{{Body: "pwd", Text: text}}}}}
		}
		if d.in(3) {
			if minute, ok := c.(Minute); ok {
				c = CorrectMinutes{Minute: minute, Reason: text}
			}
		}
		n, drafts, refusals := meet(t, m, c, who, at)
		if (len(drafts) == 0) == (len(refusals) == 0) {
			t.Fatal("neither acts nor a reason, or both")
		}
		if len(refusals) > 0 {
			continue
		}
		for _, i := range n.Invited {
			if i.Body == "water" && len(n.On) == 2 || i.Body == n.By.Body() || i.Body == "gone" {
				t.Fatal(i, "is asked")
			}
		}
		_, moved := c.(Reschedule)
		_, off := c.(CallOff)
		if want := m.Sequence; n.Sequence != want && !moved && !off || (moved || off) && n.Sequence != want+1 {
			t.Fatal("the invitation's number went from", m.Sequence, "to", n.Sequence)
		}
		_, corrected := c.(CorrectMinutes)
		if m.Exists() && (m.Status != MeetingCalled) != corrected || corrected && m.Status != MeetingHeld {
			t.Fatal("something else than a correction followed a meeting that is over, or a correction nothing")
		}
		if len(n.Replaced) != len(m.Replaced) && !corrected || corrected && len(n.Replaced) != len(m.Replaced)+1 {
			t.Fatal("minutes went from", len(m.Replaced), "versions to", len(n.Replaced))
		}
		if moved && slices.ContainsFunc(n.Invited, func(i Invited) bool { return i.Reply != "" }) {
			t.Fatal("a reply outlived its hour")
		}
		if n.Status == MeetingHeld && (at < n.From || len(n.Minutes) != len(n.On)) {
			t.Fatal("minutes of", n.From, "at", at)
		}
		if n.Seq != m.Seq+1 || n.Last < m.Last {
			t.Fatal("acts out of order")
		}
		m = n
	}
	return m.Status
}

// What each may do with a meeting; whatever is not listed is denied.
func TestMeetingPowers(t *testing.T) {
	world, cast := theWorld()
	set := policySet(t)
	all := []string{ActionReadMeeting}
	for _, c := range MeetingCommands() {
		all = append(all, c.Name())
	}
	ask := func(who types.EntityUID, action string, m Meeting, known []MeetingMatter) bool {
		uid := types.NewEntityUID("Meeting", "meeting/1")
		w := types.EntityMap{uid: {UID: uid, Attributes: MeetingResource(m, known, theBodies(), monday)}}
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
	standing := Meeting{Seq: 1, Status: MeetingCalled, By: "city-office/rulings", Invited: []Invited{{Invitee: Invitee{Body: "pwd"}}}}
	leads := []string{"meeting.move", "meeting.cancel", "meeting.minute", "meeting.correct", "meeting.read"}
	replies := []string{"meeting.reply", "meeting.read"}
	for _, tt := range []struct {
		name  string
		m     Meeting
		known []MeetingMatter
		may   map[string][]string
	}{
		{"one that stands", standing, nil, map[string][]string{
			`Post::"city-office/rulings"`: leads, `Post::"city-office/all"`: leads, `Post::"pwd/head"`: replies, `Post::"pwd/chief"`: replies, `Post::"pwd/desk"`: replies,
		}},
		{"of matters with one lead", Meeting{}, []MeetingMatter{{ID: "a", Lead: "pwd", Coordinator: "city-office"}, {ID: "b", Lead: "pwd", Coordinator: "city-office"}}, map[string][]string{
			`Post::"pwd/head"`: {"meeting.call"}, `Post::"pwd/chief"`: {"meeting.call"}, `Post::"city-office/rulings"`: {"meeting.call"}, `Post::"city-office/all"`: {"meeting.call"},
		}},
		{"of matters with two leads: the coordinating body alone", Meeting{}, []MeetingMatter{{ID: "a", Lead: "pwd", Coordinator: "city-office"}, {ID: "b", Lead: "water", Coordinator: "city-office"}}, map[string][]string{
			`Post::"city-office/rulings"`: {"meeting.call"}, `Post::"city-office/all"`: {"meeting.call"},
		}},
		{"of matters that two bodies coordinate", Meeting{}, []MeetingMatter{{ID: "a", Lead: "pwd", Coordinator: "city-office"}, {ID: "b", Lead: "water", Coordinator: "other-office"}}, nil},
		{"of a complaint against its own lead", Meeting{}, []MeetingMatter{{ID: "a", Lead: "pwd", Coordinator: "city-office", Against: "pwd"}}, map[string][]string{
			`Post::"city-office/rulings"`: {"meeting.call"}, `Post::"city-office/all"`: {"meeting.call"},
		}},
	} {
		for _, who := range cast {
			for _, action := range all {
				want := slices.Contains(tt.may[who.String()], action)
				if got := ask(who, action, tt.m, tt.known); got != want {
					t.Errorf("%s: %s %s is %v", tt.name, who, action, got)
				}
			}
		}
	}
}

// A matter learns that a meeting was held, whatever became of it since; nothing else of it changes, and no step is done.
func TestMeetingInAMatter(t *testing.T) {
	held := Met{Meeting: "meeting/0123456789ab", Held: after("1d"), Attended: []civic.BodyID{"pwd"}, Remarks: dig("remarks"),
		Agreed: []Agreed{{Body: "pwd", Text: dig("open"), Released: true, Proposes: "answer"}, {Body: "parks", Text: dig("within")}}}
	for _, status := range Statuses {
		t.Run(string(status), func(t *testing.T) {
			w := newWorld(t)
			id := into(w, status)
			before := w.states[id]
			if _, refusals := w.do(id, Meet{Met: held}, theClock, before.Last); len(refusals) > 0 {
				t.Fatal(refusals)
			}
			s := w.states[id]
			if s.Status != before.Status || s.Resolution != before.Resolution || s.Lead != before.Lead || len(s.Items) != len(before.Items)+3 {
				t.Errorf("it is %+v", s)
			}
			if s.Retractable(lead) != 0 || s.Retractable(desk) != 0 {
				t.Error("what was done before the meeting can be taken back, and the meeting with it")
			}
			seen := func(eyes Eyes) (n int) {
				v, _ := Visible(s, eyes)
				for _, it := range v.Items {
					if it.From == "met" {
						n++
					}
				}
				return n
			}
			if got := fmt.Sprint(seen(Eyes{}), seen(Eyes{Reporter: "ann"}), seen(Eyes{Post: "pwd/head", Bodies: []civic.BodyID{"pwd"}})); got != "1 1 3" {
				t.Error("everyone, its reporter and a post see", got)
			}
		})
	}
}
