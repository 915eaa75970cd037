package matter

import (
	"fmt"
	"slices"

	"skein/frame/civic"
)

// The work on a matter: questions, contributions, pauses, extension, joining, splitting.

func (d *decision) ask(c Ask) {
	d.permit("asked")
	d.someone()
	d.digest("text", c.Text, true)
	if d.ok() {
		d.emit(Asked{Text: c.Text})
	}
}

// someone refuses what waits for a reporter where what would lead to her was erased.
func (d *decision) someone() {
	if d.s.Erased != nil {
		d.refuse(civic.Conflict, "matter.nobody_to_ask")
	}
}

// supply answers what was asked, and ends a pause that waited for it.
func (d *decision) supply(c Supply) {
	d.permit("supplied")
	d.digest("text", c.Text, len(c.Attached) == 0)
	d.attachments("attached", c.Attached)
	if d.s.Status.Open() && d.s.Questions == 0 {
		d.refuse(civic.Conflict, "matter.not_asked")
	}
	if !d.ok() {
		return
	}
	d.emit(Supplied{Text: c.Text, Attached: c.Attached, ReleaseBy: d.releaseTerm(d.s.Visibility, c.Text, c.Attached)})
	if d.s.Status != StatusPaused || len(d.s.Pauses) == 0 {
		return
	}
	last := d.s.Pauses[len(d.s.Pauses)-1]
	if g, ok := d.pauseGround(last.Ground); ok && g.UntilSupplied {
		if e := d.resumed(d.now); d.ok() {
			d.clock(PowerTicks, d.now, e)
		}
	}
}

// amend corrects what the reporter told, at any time: what is held on her is hers to correct.
func (d *decision) amend(c Amend) {
	d.permit("amended")
	if d.s.Erased != nil { // and she said that nothing of her is to be kept
		d.refuse(civic.Conflict, "matter.erased")
	}
	d.digest("text", c.Text, false)
	d.digest("address", c.Address, false)
	switch {
	case c.Contact != "" && c.Contact != ContactGiven && c.Contact != ContactTaken:
		d.wrong("contact", "matter.missing", "field", "contact")
	case c.Contact == ContactTaken && !d.s.Contact:
		d.wrong("contact", "matter.contact_none")
	case c.Pushed != "" && c.Pushed != ContactGiven && c.Pushed != ContactTaken:
		d.wrong("push", "matter.missing", "field", "push")
	case c.Pushed == ContactTaken && !d.s.Push:
		d.wrong("push", "matter.push_none")
	case c.Contact == "" && c.Pushed == "" && c.Text == "" && c.Address == "":
		d.wrong("text", "matter.amend_nothing")
	}
	if d.ok() {
		d.emit(Amended{Text: c.Text, Address: c.Address, Contact: c.Contact, Push: c.Pushed, ReleaseBy: d.releaseTerm(d.s.Visibility, c.Text, nil)})
	}
}

func (d *decision) tell(c Tell) {
	d.permit("told")
	d.digest("text", c.Text, true)
	if c.Release && d.s.Visibility == Private {
		d.wrong("release", "matter.private_never_shown")
	}
	if d.ok() {
		d.emit(Told{Text: c.Text, Released: c.Release})
	}
}

func (d *decision) contribute(c Contribute) {
	d.permit("contributed")
	body := d.f.Asker.Post.Body()
	if body == "" {
		body = c.Body
	}
	if c.Body != "" && c.Body != body {
		d.wrong("body", "matter.not_joint", "body", clip(string(c.Body)))
	}
	i := slices.IndexFunc(d.s.Round.Joint, func(j Joint) bool { return j.Body == body })
	if i < 0 {
		d.refuse(civic.Conflict, "matter.not_joint", "body", clip(string(body)))
	}
	d.digest("text", c.Text, true)
	d.attachments("attached", c.Attached)
	if d.ok() {
		j := d.s.Round.Joint[i]
		d.emit(Contributed{Body: body, Text: c.Text, Attached: c.Attached, Late: j.Contributed == 0 && d.now > j.Term.Due})
	}
}

func (d *decision) attach(c Attach) {
	d.permit("attached")
	d.digest("text", c.Text, len(c.Attached) == 0)
	d.attachments("attached", c.Attached)
	if !d.ok() {
		return
	}
	from, body := "desk", d.f.Asker.Post.Body()
	switch {
	case d.f.Asker.Kind == civic.Resident || d.f.Asker.For != "":
		from = fromReporter
	case body != "" && body == d.s.Lead:
		from = "lead"
	case slices.ContainsFunc(d.s.Round.Joint, func(j Joint) bool { return j.Body == body }):
		from = "joint"
	}
	e := Attached{From: from, Text: c.Text, Attached: c.Attached}
	if from == fromReporter {
		e.ReleaseBy = d.releaseTerm(d.s.Visibility, c.Text, c.Attached)
	}
	d.emit(e)
}

func (d *decision) pauseGround(code string) (PauseGround, bool) {
	i := slices.IndexFunc(d.f.Rules.PauseGrounds, func(g PauseGround) bool { return g.Code == code })
	if i < 0 {
		return PauseGround{}, false
	}
	return d.f.Rules.PauseGrounds[i], true
}

// pause stops the clock before the due date. What earlier pauses of the round took is taken
// off the longest total.
func (d *decision) pause(c Pause) {
	d.permit("paused")
	s := d.s
	d.digest("reason", c.Reason, false)
	ground, known := d.pauseGround(c.Ground)
	d.choice("ground", "matter.ground_unknown", c.Ground, known)
	if ground.UntilSupplied {
		d.someone()
	}
	if s.Declining {
		d.refuse(civic.Conflict, "matter.decline_waits")
	}
	if s.Status == StatusWorking && s.Resolution.Due <= d.now {
		d.refuse(civic.Conflict, "matter.overdue", "due", s.Resolution.Due)
	}
	if !d.ok() {
		return
	}
	longest := d.term(s.Calendar, d.now, ground.Longest, "", nil)
	until := longest.Due
	for _, p := range s.Pauses {
		until -= p.Until - p.From
	}
	if until <= d.now {
		d.refuse(civic.Conflict, "matter.pause_used_up", "longest", string(ground.Longest))
	}
	if !d.ok() {
		return
	}
	after := s.Round
	after.Pauses = grow(s.Pauses, Stop{Ground: ground.Code, Span: Span{From: d.now, Until: until}})
	e := Paused{Ground: ground.Code, Law: ground.Law, Reason: c.Reason, Until: until}
	e.Due = d.dueAgain(after)
	if d.ok() {
		d.emit(e)
	}
}

// dueAgain reckons the running resolution limit with the pauses of r.
func (d *decision) dueAgain(r Round) Term {
	t, _ := d.resolution(r, r.Calendar, r.Resolution.Limit, "")
	t.Default = r.Resolution.Default
	return t
}

func (d *decision) resume() {
	if !d.permit("resumed") {
		return
	}
	if e := d.resumed(d.now); d.ok() {
		d.emit(e)
	}
}

// resumed makes the act that ends the running pause at an instant.
func (d *decision) resumed(at civic.Instant) Resumed {
	s := d.s
	after := s.Round
	after.Pauses = endPause(s.Pauses, at)
	e := Resumed{Due: d.dueAgain(after)}
	pauses := after.spans()
	for _, j := range s.Round.Joint {
		if j.Contributed == 0 {
			def := j.Term.Default
			j.Term = d.term(s.Calendar, j.Term.Start, j.Term.Limit, "", pauses)
			j.Term.Default = def
		}
		e.Joint = append(e.Joint, j)
	}
	return e
}

// extend moves the due date once, before it, by at most the original limit.
func (d *decision) extend(c Extend) {
	d.permit("extended")
	s := d.s
	d.digest("reason", c.Reason, true)
	if s.Extension != "" {
		d.refuse(civic.Conflict, "matter.extended_before", "limit", string(s.Extension))
	}
	if s.Status == StatusWorking && s.Resolution.Due <= d.now {
		d.refuse(civic.Conflict, "matter.overdue", "due", s.Resolution.Due)
	}
	if c.Limit == "" || !civic.Plain(string(c.Limit), 40) {
		d.wrong("limit", "matter.missing", "field", "limit")
	}
	if !d.ok() {
		return
	}
	most := d.term(s.Calendar, s.Resolution.Due, s.Resolution.Limit, "", nil)
	want := d.term(s.Calendar, s.Resolution.Due, c.Limit, "", nil)
	if d.ok() && want.Due > most.Due {
		d.wrong("limit", "matter.extended_too_far", "limit", clip(string(c.Limit)), "most", string(s.Resolution.Limit))
	}
	if !d.ok() {
		return
	}
	after := s.Round
	after.Extension = c.Limit
	e := Extended{Limit: c.Limit, Reason: c.Reason, Due: d.dueAgain(after)}
	if d.ok() {
		d.emit(e)
	}
}

// join makes the matter go on in another of the same lead: into another body's it would be
// handed over without a ruling. A complaint may only join one against the same body, since
// the other's lead would read it; a public matter may not vanish in a private one.
func (d *decision) join(c Join) {
	d.permit("joined")
	d.digest("reason", c.Reason, false)
	s, resident := d.s, d.f.Asker.Kind == civic.Resident
	main, known := d.f.Others[c.Into]
	switch {
	case c.Into == "":
		d.wrong("into", "matter.missing", "field", "into")
	case c.Into == s.ID:
		d.wrong("into", "matter.join_itself")
	case !known || !main.Exists() || main.Visibility == Private && (resident || s.Lead != "" && main.Lead != s.Lead):
		d.wrong("into", "matter.join_unknown", "matter", clip(string(c.Into)))
	case s.Lead != "" && main.Lead != s.Lead:
		d.refuse(civic.Conflict, "matter.join_lead", "number", main.Number.String(), "body", main.Lead)
	case !main.Status.Open():
		d.refuse(civic.Conflict, "matter.join_ended", "number", main.Number.String(), "status", string(main.Status))
	default:
		if main.Visibility == Private && s.Visibility != Private {
			d.wrong("into", "matter.join_private")
		}
		if s.Against != "" && s.Against != main.Against {
			d.wrong("into", "matter.join_against")
		}
		if resident && main.Against != "" { // those who may read it are fewer
			d.wrong("into", "matter.join_against")
		}
		if len(s.Parts) > 0 {
			d.refuse(civic.Conflict, "matter.join_split")
		}
	}
	if !d.ok() {
		return
	}
	id := d.s.ID
	d.emit(Joined{Into: c.Into, Reason: c.Reason})
	d.on(main, func() {
		if resident { // under which id she stands in her own matter is no word of the other
			d.clock(PowerRelays, d.now, TookIn{Matter: id})
			return
		}
		d.emit(TookIn{Matter: id})
	})
}

// Relays are the acts of a main matter that the reporters of joined ones are told of: an obeyed review only where it changes the
// answer or the decline that they were told of (see Obeyed.changes).
var Relays = []string{"told", "answered", "declined", "reopened", "reassigned", "obeyed"}

// relay tells the reporter of a joined matter. One that has been separated meanwhile has acts
// of its own to tell of.
func (d *decision) relay(c Relay) {
	d.permit("relayed")
	if !slices.Contains(Relays, c.Of) {
		d.wrong("of", "matter.relay_unknown", "of", clip(c.Of))
	}
	if d.ok() && d.s.Main == c.Main {
		d.emit(Relayed{Main: c.Main, Of: c.Of})
		last := &d.drafts[len(d.drafts)-1] // what becomes of a private matter is told to nobody else
		last.Private = last.Private || c.Private
	}
}

// split gives parts leads of their own. They run on the main matter's clock.
func (d *decision) split(c Split) {
	d.permit("split")
	if len(c.Parts) == 0 {
		d.wrong("parts", "matter.missing", "field", "parts")
	}
	if most := d.f.Rules.MostAttached; len(c.Parts) > most {
		d.wrong("parts", "matter.too_many_parts", "most", most)
	}
	if d.s.Parent != "" {
		d.refuse(civic.Conflict, "matter.split_part")
	}
	if !d.ok() {
		return
	}
	main := d.s
	var parts []civic.DossierID
	for i, p := range c.Parts {
		before := len(d.refusals)
		e, res := d.part(main, p)
		for j := before; j < len(d.refusals); j++ {
			d.refusals[j].Field = fmt.Sprintf("parts[%d].%s", i, d.refusals[j].Field)
		}
		parts = append(parts, ID(d.f.Position+civic.Position(len(d.drafts))))
		d.begin(e, res)
	}
	if d.ok() {
		d.emit(SplitUp{Parts: parts, Waits: c.Waits})
	}
}

// part makes the first act of a part: it has a box of its own but nobody who could speak as
// its reporter, since the main matter's lead answers her, and the main matter's clock,
// protection and visibility.
func (d *decision) part(main State, p Part) (Reported, Resolution) {
	e := Reported{
		Number: d.number(), Kind: main.Kind, Category: main.Category, Place: main.Place, Places: main.Places,
		Point: main.Point, Visibility: main.Visibility, Channel: main.Channel, Text: p.Text,
		Against: main.Against, Parent: main.ID, Start: main.Start, Reporter: p.Box,
	}
	d.digest("text", p.Text, true)
	if p.Kind != "" {
		e.Kind = p.Kind
		if !slices.Contains(Kinds, p.Kind) || (p.Kind == Complaint && main.Against == "") {
			d.wrong("kind", "matter.kind_unknown", "kind", clip(string(p.Kind)))
		}
	}
	if p.Category != "" {
		e.Category = p.Category
		if d.category(p.Category).Private && p.Category != main.Category {
			e.Visibility, e.Point = Private, nil
		}
	}
	if p.Place != "" {
		e.Place, e.Places, e.Point = p.Place, d.where(p.Where), shownPoint(p.Where, e.Visibility)
	}
	if !d.ok() {
		return e, Resolution{}
	}
	res, why := d.lookUp(e.Category, e.Places, p.Outside, e.Against)
	if why != "" {
		e.Triage = d.waiting(why, res, e.Places, e.Against)
	}
	if e.Visibility != Private {
		t := d.term("", d.now, "", d.f.Rules.Release, nil)
		e.ReleaseBy = &t
	}
	return e, res
}
