package procedure

import "skein/frame/civic"

// Step is what can be done in a case.
type Step string

// The steps, in the order in which they come in a case that has all of them.
const (
	Serve       Step = "serve"        // notice to the one concerned; the window to reply begins
	Reply       Step = "reply"        // her word
	AskHearing  Step = "ask_hearing"  // somebody concerned wants to be heard
	CallHearing Step = "call_hearing" // an hour is set
	HoldHearing Step = "hold_hearing"
	Waive       Step = "waive_hearing" // whoever asked does not want it any more
	Extend      Step = "extend"        // the limit for deciding, once
	Decide      Step = "decide"
	Close       Step = "close" // it ends without a decision
)

// Steps lists every step.
var Steps = []Step{Serve, Reply, AskHearing, CallHearing, HoldHearing, Waive, Extend, Decide, Close}

// Hearing is how far a hearing has come; a zero instant is a thing that has not been.
type Hearing struct {
	Asked  civic.Instant `json:"asked,omitempty"`
	Called civic.Instant `json:"called,omitempty"`
	At     civic.Instant `json:"at,omitempty"` // the hour it was called for
	Held   civic.Instant `json:"held,omitempty"`
	Waived civic.Instant `json:"waived,omitempty"`
}

// Owed reports whether somebody waits to be heard.
func (h Hearing) Owed() bool {
	return (h.Asked != 0 || h.Called != 0) && h.Held == 0 && h.Waived == 0
}

// Case is how far a case has come. The zero value is a case that has not been opened.
type Case struct {
	Opened   civic.Instant `json:"opened"`
	Served   civic.Instant `json:"served,omitempty"`
	ReplyBy  civic.Instant `json:"reply_by,omitempty"`
	Replied  civic.Instant `json:"replied,omitempty"`
	Hearing  Hearing       `json:"hearing,omitzero"`
	DecideBy civic.Instant `json:"decide_by"`
	Extended bool          `json:"extended,omitempty"`
	Decided  civic.Instant `json:"decided,omitempty"`
	Closed   civic.Instant `json:"closed,omitempty"`
	// Contest is until when the decision can be taken further; 0 where it cannot.
	Contest civic.Instant `json:"contest,omitempty"`
}

// Open begins a case that is to be decided by an instant.
func Open(at, decideBy civic.Instant) Case { return Case{Opened: at, DecideBy: decideBy} }

// Over reports whether nothing can be done in the case any more.
func (c Case) Over() bool { return c.Decided != 0 || c.Closed != 0 }

// Late reports whether the limit for deciding has run out without a decision.
func (c Case) Late(now civic.Instant) bool { return c.Opened != 0 && !c.Over() && now > c.DecideBy }

// Final reports whether the decision stands: it is made, and the window to contest it is over.
func (c Case) Final(now civic.Instant) bool { return c.Decided != 0 && now > c.Contest }

// May says every reason why a step cannot be taken at an instant; none where it can.
func (c Case) May(step Step, at civic.Instant) civic.Refusals {
	var no civic.Refusals
	refuse := func(key string, args ...any) { no = append(no, civic.Refuse(civic.Conflict, key, args...)) }
	switch {
	case c.Opened == 0:
		refuse("procedure.not_opened")
		return no
	case c.Over():
		refuse("procedure.over")
		return no
	}
	served := func() {
		if c.Served == 0 {
			refuse("procedure.not_served")
		}
	}
	switch step {
	case Serve:
		if c.Served != 0 {
			refuse("procedure.served_before")
		}
	case Reply:
		served()
		if c.Replied != 0 {
			refuse("procedure.replied_before")
		}
	case AskHearing:
		if c.Hearing.Asked != 0 || c.Hearing.Called != 0 {
			refuse("procedure.hearing_asked_before")
		}
	case CallHearing:
		served()
		if c.Hearing.Held != 0 || c.Hearing.Waived != 0 {
			refuse("procedure.hearing_over")
		}
	case HoldHearing:
		switch {
		case c.Hearing.Called == 0:
			refuse("procedure.hearing_not_called")
		case c.Hearing.Held != 0 || c.Hearing.Waived != 0:
			refuse("procedure.hearing_over")
		case at < c.Hearing.At:
			refuse("procedure.hearing_too_early", "at", c.Hearing.At)
		}
	case Waive:
		if !c.Hearing.Owed() {
			refuse("procedure.hearing_not_owed")
		}
	case Extend:
		if c.Extended {
			refuse("procedure.extended_before")
		}
		if at > c.DecideBy {
			refuse("procedure.extended_late", "due", c.DecideBy)
		}
	case Decide:
		served()
		if c.Served != 0 && c.Replied == 0 && at <= c.ReplyBy {
			refuse("procedure.reply_open", "until", c.ReplyBy)
		}
		if c.Hearing.Owed() {
			refuse("procedure.hearing_owed")
		}
	case Close:
	default:
		refuse("procedure.step_unknown")
	}
	return no
}

// After is the case after a step that May did not refuse. Until is what the step sets: the end of the window
// to reply or to contest, the hour of a hearing, the new limit; other steps leave it.
func (c Case) After(step Step, at, until civic.Instant) Case {
	switch step {
	case Serve:
		c.Served, c.ReplyBy = at, until
	case Reply:
		c.Replied = at
	case AskHearing:
		c.Hearing.Asked = at
	case CallHearing:
		c.Hearing.Called, c.Hearing.At = at, until
	case HoldHearing:
		c.Hearing.Held = at
	case Waive:
		c.Hearing.Waived = at
	case Extend:
		c.Extended, c.DecideBy = true, until
	case Decide:
		c.Decided, c.Contest = at, until
	case Close:
		c.Closed = at
	}
	return c
}

// Reasoned is what a decision must have; each is a text or the digest of one.
type Reasoned struct {
	Result  string // what is decided
	Found   string // the facts, and the evidence they rest on
	Reasons string // why, and what became of each side's word
	Law     string
}

// Lacking names the parts that a decision lacks, as fields of a form: a decision without them is none.
func (r Reasoned) Lacking() []string {
	var out []string
	for _, p := range []struct{ name, text string }{{"result", r.Result}, {"found", r.Found}, {"reasons", r.Reasons}, {"law", r.Law}} {
		if p.text == "" {
			out = append(out, p.name)
		}
	}
	return out
}
