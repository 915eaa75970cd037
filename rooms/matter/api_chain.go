package matter

import (
	"context"

	"skein/frame/civic"
)

// HeldLink is a stretch of the chain of responsibility of a matter.
type HeldLink struct {
	Role  string       `json:"role" doc:"waiting (nobody), lead, joint, coordinator (rules on it), or told (above, since a limit ran out)"`
	Body  civic.BodyID `json:"body,omitempty"`
	Post  civic.PostID `json:"post,omitempty" doc:"That was told"`
	From  Time         `json:"from"`
	Until *Time        `json:"until,omitempty" doc:"Missing while it holds"`
	Round int          `json:"round"`
	List  int          `json:"list,omitempty" doc:"Version of the duty list"`
	Row   string       `json:"row,omitempty"`
	Law   string       `json:"law,omitempty"`
	Power string       `json:"power,omitempty" doc:"The policy of the act by which it began"`
	Late  []Step       `json:"late,omitempty" doc:"Limits that it let run out"`
	Days  float64      `json:"days" doc:"How long, in days of the calendar"`
	// WorkingDays is by the matter's calendar.
	WorkingDays *float64 `json:"working_days,omitempty" doc:"How long, in working days of the matter's calendar, lawful pauses left out"`
}

type chainOut struct{ Body []HeldLink }

// chain tells who held a matter, to whoever may see it.
func (a *API) chain(ctx context.Context, in *numberIn) (*chainOut, error) {
	s, err := a.Find(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	links, err := a.Links(ctx, s, a.Eyes(ctx, s, in.Tracking))
	if err != nil {
		return nil, err
	}
	out := &chainOut{Body: []HeldLink{}}
	for _, l := range links {
		days, worked, known := a.Length(s, l)
		h := HeldLink{
			Role: l.Role, Body: l.Body, Post: l.Post, From: a.time(l.From), Round: l.Round, List: l.List, Row: l.Row, Law: l.Law, Power: l.Power, Late: l.Late, Days: days,
		}
		if l.Until != 0 {
			until := a.time(l.Until)
			h.Until = &until
		}
		if known {
			h.WorkingDays = &worked
		}
		out.Body = append(out.Body, h)
	}
	return out, nil
}

// Links is the chain of responsibility of a matter for some eyes; a refusal to whoever may not see it.
func (a *API) Links(ctx context.Context, s State, eyes Eyes) ([]Link, error) {
	if _, visible := Visible(s, eyes); !visible {
		return nil, civic.Refuse(civic.Missing, "matter.none")
	}
	acts, err := a.Site.Realm.Acts(ctx, s.ID)
	return Chain(s, acts, eyes), err
}

// Length is how long a link lasted, until now where it holds: in days, and in working days where the calendar can say.
func (a *API) Length(s State, l Link) (days, worked float64, known bool) {
	until := l.Until
	if until == 0 {
		until = max(a.Site.Realm.Now(), l.From)
	}
	days = float64(until-l.From) / float64(civic.Instant(24*60*60*1e6))
	if a.Ports.Worked == nil {
		return days, 0, false
	}
	var pauses []Span
	for _, r := range append(s.Past[:len(s.Past):len(s.Past)], s.Round) {
		pauses = append(pauses, r.spans()...)
	}
	worked, known = a.Ports.Worked(a.Site.Realm.View(), s.Calendar, l.From, until, pauses)
	return days, worked, known
}
