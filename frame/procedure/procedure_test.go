package procedure

import (
	"math/rand/v2"
	"slices"
	"testing"

	"skein/frame/civic"
)

const day = civic.Instant(86_400_000_000)

// keys are the reasons of a refusal.
func keys(no civic.Refusals) []string {
	var out []string
	for _, r := range no {
		out = append(out, r.Key)
	}
	return out
}

// play takes steps a day apart, from day 1 on; the windows are of ten days.
func play(steps ...Step) Case {
	c := Open(day, 61*day)
	for i, s := range steps {
		at := civic.Instant(i+2) * day
		c = c.After(s, at, at+10*day)
	}
	return c
}

func TestOrder(t *testing.T) {
	for _, k := range []struct {
		name   string
		before []Step
		step   Step
		at     civic.Instant // in days
		why    []string
	}{
		{"notice", nil, Serve, 2, nil},
		{"notice twice", []Step{Serve}, Serve, 3, []string{"procedure.served_before"}},
		{"a reply to nothing", nil, Reply, 2, []string{"procedure.not_served"}},
		{"a reply", []Step{Serve}, Reply, 3, nil},
		{"a late reply is heard", []Step{Serve}, Reply, 40, nil},
		{"a reply twice", []Step{Serve, Reply}, Reply, 4, []string{"procedure.replied_before"}},
		{"decided without notice", nil, Decide, 50, []string{"procedure.not_served"}},
		{"decided while a reply may come", []Step{Serve}, Decide, 12, []string{"procedure.reply_open"}},
		{"decided after silence", []Step{Serve}, Decide, 13, nil},
		{"decided after the reply", []Step{Serve, Reply}, Decide, 4, nil},
		{"asked before notice", nil, AskHearing, 2, nil},
		{"asked twice", []Step{AskHearing}, AskHearing, 3, []string{"procedure.hearing_asked_before"}},
		{"called before notice", nil, CallHearing, 2, []string{"procedure.not_served"}},
		{"called of one's own motion", []Step{Serve}, CallHearing, 3, nil},
		{"called anew", []Step{Serve, CallHearing}, CallHearing, 4, nil},
		{"held uncalled", []Step{Serve, AskHearing}, HoldHearing, 30, []string{"procedure.hearing_not_called"}},
		{"held too early", []Step{Serve, CallHearing}, HoldHearing, 12, []string{"procedure.hearing_too_early"}},
		{"held in its hour", []Step{Serve, CallHearing}, HoldHearing, 13, nil},
		{"held twice", []Step{Serve, CallHearing, HoldHearing}, HoldHearing, 30, []string{"procedure.hearing_over"}},
		{"called after it was held", []Step{Serve, CallHearing, HoldHearing}, CallHearing, 30, []string{"procedure.hearing_over"}},
		{"waived by nobody", []Step{Serve}, Waive, 3, []string{"procedure.hearing_not_owed"}},
		{"waived", []Step{Serve, AskHearing}, Waive, 4, nil},
		{"decided without hearing her", []Step{Serve, Reply, AskHearing}, Decide, 30, []string{"procedure.hearing_owed"}},
		{"decided before the hearing", []Step{Serve, Reply, CallHearing}, Decide, 30, []string{"procedure.hearing_owed"}},
		{"decided after the hearing", []Step{Serve, Reply, CallHearing, HoldHearing}, Decide, 30, nil},
		{"decided after a waiver", []Step{Serve, Reply, AskHearing, Waive}, Decide, 30, nil},
		{"every reason at once", []Step{AskHearing}, Decide, 30, []string{"procedure.not_served", "procedure.hearing_owed"}},
		{"extended", []Step{Serve}, Extend, 61, nil},
		{"extended too late", []Step{Serve}, Extend, 62, []string{"procedure.extended_late"}},
		{"extended twice", []Step{Extend}, Extend, 5, []string{"procedure.extended_before"}},
		{"a late decision is one", []Step{Serve, Reply}, Decide, 90, nil},
		{"after the end", []Step{Serve, Reply, Decide}, AskHearing, 30, []string{"procedure.over"}},
		{"closed", []Step{Serve}, Close, 3, nil},
		{"after it was closed", []Step{Close}, Serve, 5, []string{"procedure.over"}},
		{"no such step", nil, "dance", 2, []string{"procedure.step_unknown"}},
	} {
		t.Run(k.name, func(t *testing.T) {
			if got := keys(play(k.before...).May(k.step, k.at*day)); !slices.Equal(got, k.why) {
				t.Errorf("refused for %v, not %v", got, k.why)
			}
		})
	}
	if got := keys(Case{}.May(Serve, day)); !slices.Equal(got, []string{"procedure.not_opened"}) {
		t.Errorf("a case that was never opened: %v", got)
	}
}

func TestLimits(t *testing.T) {
	c := play(Serve)
	if c.Late(61*day) || !c.Late(61*day+1) {
		t.Error("a limit includes its last instant, and nothing after")
	}
	if c = c.After(Extend, 60*day, 91*day); c.Late(91 * day) {
		t.Error("an extension does not move the limit")
	}
	c = c.After(Decide, 92*day, 107*day)
	if c.Late(200*day) || c.Final(107*day) || !c.Final(107*day+1) {
		t.Error("a decision is final when its window is over, and not late any more")
	}
}

func TestDecisionLacksParts(t *testing.T) {
	for _, k := range []struct {
		r    Reasoned
		lack []string
	}{
		{Reasoned{}, []string{"result", "found", "reasons", "law"}},
		{Reasoned{Result: "upheld", Law: "l"}, []string{"found", "reasons"}},
		{Reasoned{"upheld", "f", "r", "l"}, nil},
	} {
		if got := k.r.Lacking(); !slices.Equal(got, k.lack) {
			t.Errorf("%+v lacks %v, not %v", k.r, got, k.lack)
		}
	}
}

// In every history that May allows, nothing was decided unheard.
func TestRandomHistories(t *testing.T) {
	decided := 0
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 7))
		c, now := Open(day, 61*day), day
		extended := 0
		for range 30 {
			now += civic.Instant(r.Int64N(int64(4 * day)))
			step := Steps[r.IntN(len(Steps))]
			if step == Close && r.IntN(10) > 0 {
				continue
			}
			if len(c.May(step, now)) > 0 {
				continue
			}
			if c.Over() {
				t.Fatalf("seed %d: %s after the end", seed, step)
			}
			before := c
			c = c.After(step, now, now+civic.Instant(1+r.Int64N(int64(12*day))))
			if step == Extend {
				extended++
			}
			if step != Decide {
				continue
			}
			decided++
			switch {
			case before.Served == 0, before.Replied == 0 && now <= before.ReplyBy:
				t.Fatalf("seed %d: decided unheard: %+v", seed, before)
			case before.Hearing.Owed(), before.Hearing.Held != 0 && before.Hearing.Held < before.Hearing.At:
				t.Fatalf("seed %d: decided past a hearing: %+v", seed, before)
			}
		}
		if extended > 1 {
			t.Fatalf("seed %d: extended %d times", seed, extended)
		}
	}
	if decided < 500 {
		t.Fatalf("only %d of the histories came to a decision", decided)
	}
}
