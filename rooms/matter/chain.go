package matter

import (
	"slices"

	"skein/frame/civic"
	"skein/frame/journal"
)

// Link is a stretch of the chain of responsibility: who held a matter, from when until when, under what.
type Link struct {
	Role  string // one of ChainRoles
	Body  civic.BodyID
	Post  civic.PostID  // that an escalation went to
	From  civic.Instant // Until is 0 while it holds
	Until civic.Instant
	Round int
	List  int    // version of the duty list, and its row
	Row   string //
	Law   string
	Power string // the policy that the act was done under by which it began
	// Late are the limits that it let run out, by their step.
	Late []Step
}

// In what role a matter is held.
const (
	HeldWaiting = "waiting"     // by nobody: it waits for the desk or the list
	HeldLead    = "lead"        // answers for it
	HeldJoint   = "joint"       // owes the lead its part
	HeldRuling  = "coordinator" // rules on it
	HeldTold    = "told"        // above, because a limit ran out
)

// ChainRoles lists them.
var ChainRoles = []string{HeldWaiting, HeldLead, HeldJoint, HeldRuling, HeldTold}

// chain is the links so far; open are those that hold.
type chain struct {
	links []Link
	round int
}

// Chain is who held a matter, oldest first, as some eyes may see it; nothing to whoever may not see it. Acts that were retracted count for nothing.
func Chain(s State, acts []journal.Act, eyes Eyes) []Link {
	v, ok := Visible(s, eyes)
	if !ok {
		return nil
	}
	retracted := map[int64]bool{}
	for _, a := range acts {
		if e, ok := a.Event.(Retracted); ok {
			retracted[e.Act] = true
		}
	}
	c := &chain{round: 1}
	for _, a := range acts {
		if !retracted[a.Seq] && (!a.Private || v.concerned) {
			c.take(a)
		}
	}
	return c.links
}

func (c *chain) begin(a journal.Act, l Link) {
	l.From, l.Round, l.Power = a.Happened, c.round, a.Power
	c.links = append(c.links, l)
}

// end ends what holds in some roles, of one body or (for "") of all.
func (c *chain) end(at civic.Instant, body civic.BodyID, roles ...string) {
	for i := range c.links {
		l := &c.links[i]
		if l.Until == 0 && slices.Contains(roles, l.Role) && (body == "" || l.Body == body) {
			l.Until = at
		}
	}
}

func (c *chain) all(at civic.Instant) {
	c.end(at, "", HeldWaiting, HeldLead, HeldJoint, HeldRuling)
}

func (c *chain) take(a journal.Act) {
	switch e := a.Event.(type) {
	case Reported:
		c.begin(a, Link{Role: HeldWaiting})
	case Imported:
		if e.Lead != "" {
			c.begin(a, Link{Role: HeldLead, Body: e.Lead})
		}
	case Assigned:
		if e.Round != 0 {
			c.round = e.Round
		}
		c.all(a.Happened)
		c.begin(a, Link{Role: HeldLead, Body: e.Lead, List: e.List, Row: e.Row, Law: e.Law})
		for _, j := range e.Joint {
			c.begin(a, Link{Role: HeldJoint, Body: j.Body, List: e.List, Row: e.Row, Law: e.Law})
		}
	case Reassigned:
		c.all(a.Happened)
		if e.Lead != "" {
			c.begin(a, Link{Role: HeldLead, Body: e.Lead})
		} else {
			c.begin(a, Link{Role: HeldWaiting})
		}
	case Objected:
		c.ruling(a, e.Coordinator)
	case DeclineProposed:
		c.ruling(a, e.Coordinator)
	case Ruled, DeclineRefused:
		c.end(a.Happened, "", HeldRuling)
	case Contributed:
		c.end(a.Happened, e.Body, HeldJoint)
	case Escalated:
		c.escalated(a, e)
	case Reopened:
		c.again(a, e.Round, e.Triage)
	case Obeyed:
		if e.Round != 0 {
			c.again(a, e.Round, e.Triage)
		}
	case Answered, Declined, Withdrawn, Joined:
		c.all(a.Happened)
	}
}

func (c *chain) ruling(a journal.Act, body civic.BodyID) {
	if body != "" {
		c.begin(a, Link{Role: HeldRuling, Body: body})
	}
}

func (c *chain) again(a journal.Act, round int, waits *Waiting) {
	c.all(a.Happened)
	if c.round = round; waits != nil {
		c.begin(a, Link{Role: HeldWaiting})
	}
}

// escalated notes whose limit ran out, and who was told.
func (c *chain) escalated(a journal.Act, e Escalated) {
	if e.Step == StepHalf {
		return // a reminder: nothing has run out
	}
	role := HeldLead
	switch e.Step {
	case StepJoint:
		role = HeldJoint
	case StepTriage:
		role = HeldWaiting
	}
	for i := range c.links {
		if l := &c.links[i]; l.Until == 0 && l.Role == role && (e.Of == "" || l.Body == e.Of) {
			l.Late = append(l.Late, e.Step)
		}
	}
	told := Link{Role: HeldTold, Body: e.Body, Post: e.To, Until: a.Happened}
	if told.Post != "" {
		told.Body = told.Post.Body()
	}
	if told.Body != "" {
		c.begin(a, told)
	}
}
