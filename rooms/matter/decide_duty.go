package matter

import (
	"slices"

	"skein/frame/civic"
)

// Who is responsible: triage, acceptance, objection, ruling, correction, succession.

// triage tells what a waiting report lacks. If the list then names one lead, it is assigned.
func (d *decision) triage(c SetRight) {
	if !d.permit("triaged") {
		return
	}
	e := d.setRight(c)
	if !d.ok() {
		return
	}
	res, why := d.lookUp(e.Category, e.Places, c.Outside, e.Against)
	t := Triaged{
		Kind: e.Kind, Category: e.Category, Place: e.Place, Places: e.Places, Point: e.Point,
		Visibility: e.Visibility, Why: why, Against: e.Against,
	}
	if why != "" {
		t.Leads, t.Coordinator = res.Leads, d.coordinator(e.Places, e.Against)
	}
	d.emit(t)
	if why == "" {
		d.assign("list", res, "")
	}
}

// correct sets a matter right that may have a lead. Its clock runs on; what the list says
// of the corrected matter is assigned. Nobody can correct a matter into nobody's hands,
// but a complaint against the lead leaves that lead at once.
func (d *decision) correct(c SetRight) {
	if !d.permit("corrected") {
		return
	}
	s := d.s
	e := d.setRight(c)
	d.digest("reason", c.Reason, true)
	e.Reason = c.Reason
	if e.Category == s.Category && e.Place == s.Place && e.Kind == s.Kind && e.Against == s.Against && e.Visibility == s.Visibility {
		d.wrong("category", "matter.nothing_corrected")
	}
	if !d.ok() {
		return
	}
	res, why := d.lookUp(e.Category, e.Places, c.Outside, e.Against)
	if (why == "" || why == TriageConflict || s.Lead == "") && s.Status == StatusPaused {
		d.unpause()
	}
	switch {
	case why == "":
		d.emit(e)
		d.assign("correction", res, "")
	case why == TriageConflict || s.Lead == "":
		e.Triage = d.waiting(why, res, e.Places, e.Against)
		if d.ok() {
			d.emit(e)
		}
	default:
		d.refuse(civic.Conflict, "matter.corrected_into_nothing", "why", why)
	}
}

// setRight merges what is corrected with what stands.
func (d *decision) setRight(c SetRight) Corrected {
	s := d.s
	e := Corrected{
		Kind: s.Kind, Category: s.Category, Place: s.Place, Places: s.Places, Point: s.Point,
		Visibility: s.Visibility, Against: s.Against,
	}
	if c.Kind != "" {
		e.Kind = c.Kind
		if !slices.Contains(Kinds, c.Kind) {
			d.wrong("kind", "matter.kind_unknown", "kind", clip(string(c.Kind)))
		}
	}
	if c.Category != "" {
		e.Category = c.Category
		// A category that is private by default makes the matter private, never the reverse.
		if d.category(c.Category).Private && c.Category != s.Category {
			e.Visibility = Private
		}
	}
	if c.Visibility != "" {
		if d.visibility(c.Visibility, CategoryFacts{}); openness[c.Visibility] > openness[s.Visibility] {
			d.wrong("visibility", "matter.visibility_widened")
		} else if openness[c.Visibility] < openness[e.Visibility] {
			e.Visibility = c.Visibility
		}
	}
	if c.Place != "" {
		e.Place, e.Places, e.Point = c.Place, d.where(c.Where), nil
		e.Point = shownPoint(c.Where, e.Visibility)
	}
	if e.Visibility != s.Visibility && c.Place == "" {
		e.Point = c.Snapped
	}
	if e.Visibility == Private {
		e.Point = nil
	}
	if c.Against != "" {
		switch _, known := d.f.Bodies.Body(c.Against, d.now); {
		case !known:
			d.wrong("against", "matter.body_unknown", "body", clip(string(c.Against)))
		case s.Against != "" && c.Against != s.Against:
			d.wrong("against", "matter.against_stands")
		}
		e.Against = c.Against
	}
	// A complaint that is filed anew as something else keeps its protection.
	if e.Kind == Complaint && e.Against == "" && !d.f.Imported {
		d.wrong("against", "matter.against_missing")
	}
	if e.Kind != Complaint && c.Against != "" {
		d.wrong("against", "matter.against_kind")
	}
	return e
}

var openness = map[Visibility]int{Private: 0, Blurred: 1, Public: 2}

func (d *decision) accept() {
	if d.permit("accepted") {
		d.emit(Accepted{Body: d.s.Lead, Late: d.now > d.s.Response.Due})
	}
}

func (d *decision) object(c Object) {
	d.permit("objected")
	s := d.s
	d.digest("reason", c.Reason, true)
	d.choice("ground", "matter.ground_unknown", c.Ground, slices.Contains(d.f.Rules.ObjectionGrounds, c.Ground))
	if s.Status == StatusAssigned && slices.Contains(s.Objecting, s.Lead) {
		d.refuse(civic.Conflict, "matter.objected_before", "body", string(s.Lead))
	}
	parties := []civic.BodyID{s.Lead}
	if c.Proposed == "" {
		if c.Ground == GroundAnotherBody {
			d.wrong("proposed", "matter.proposed_missing")
		}
	} else {
		if body, fit := d.fit(c.Proposed, s.Against); !fit || c.Proposed == s.Lead || body != c.Proposed {
			d.wrong("proposed", "matter.body_unfit", "body", clip(string(c.Proposed)))
		}
		parties = append(parties, c.Proposed)
	}
	if !d.ok() {
		return
	}
	e := Objected{
		Body: s.Lead, Ground: c.Ground, Proposed: c.Proposed, Reason: c.Reason,
		Coordinator: d.coordinator(s.Places, s.Against, parties...),
		Ruling:      d.term(s.Calendar, d.now, "", d.f.Rules.Ruling, nil),
	}
	if d.ok() {
		d.emit(e)
	}
}

// rule keeps the lead or names another. A ruling against the list is a precedent that
// proposes an edit to it.
func (d *decision) rule(c Rule) {
	d.permit("ruled")
	s := d.s
	d.words("law", c.Law, true)
	d.digest("reason", c.Reason, true)
	if s.Status == StatusReceived {
		if s.Triage != TriageGap && s.Triage != TriageOverlap && s.Triage != TriageConflict {
			d.refuse(civic.Conflict, "matter.triage_first", "why", s.Triage)
		}
		if c.Lead == "" {
			d.wrong("lead", "matter.missing", "field", "lead")
		}
	}
	if c.Lead != "" {
		if body, fit := d.fit(c.Lead, s.Against); !fit || body != c.Lead {
			d.wrong("lead", "matter.body_unfit", "body", clip(string(c.Lead)))
		}
	}
	if !d.ok() {
		return
	}
	e := Ruled{Keep: c.Lead == "" || c.Lead == s.Lead, Lead: c.Lead, Law: c.Law, Reason: c.Reason}
	if e.Keep {
		e.Lead = s.Lead
		d.emit(e)
		return
	}
	res, _ := d.lookUp(s.Category, s.Places, false, s.Against)
	list, row, before := s.List, s.Row, s.RowLead
	if s.Status == StatusReceived {
		list, row, before = res.List, res.Row, rowLead(res)
	}
	// A conflict of interest says nothing against the list.
	if c.Lead != before && s.Triage != TriageConflict {
		e.Precedent = &Precedent{Category: s.Category, Place: s.Place, Lead: c.Lead, List: list, Row: row, Before: before}
	}
	d.emit(e)
	d.assign("ruling", res, c.Lead)
}

// move hands a matter over for a cause outside it. It may be called more than once.
func (d *decision) move(c Move) {
	if !d.permit("reassigned") {
		return
	}
	d.words("ground", c.Ground, true)
	switch c.Cause {
	case "successor":
		d.moveToSuccessor(c)
	case "list":
		d.moveByList(c)
	default:
		d.wrong("cause", "matter.cause_unknown", "cause", clip(c.Cause))
	}
}

func (d *decision) moveToSuccessor(c Move) {
	s := d.s
	holds := func(j Joint) bool { return j.Body == c.Body }
	// The body complained of may have come into the lead's hands.
	_, unbiased := d.fit(s.Lead, s.Against)
	leaves := s.Lead == c.Body || s.Lead != "" && s.Against == c.Body && s.Status.Open() && !unbiased
	if c.Body == "" || (!leaves && !slices.ContainsFunc(s.Round.Joint, holds)) {
		return
	}
	if b, known := d.f.Bodies.Body(c.Body, d.now); !known || !b.Ended {
		d.wrong("body", "matter.body_lives", "body", clip(string(c.Body)))
		return
	}
	heir, fit := d.fit(c.Body, s.Against)
	e := Reassigned{Cause: "successor", Ground: c.Ground, From: c.Body, Lead: s.Lead, List: s.List, Row: s.Row,
		RowLead: s.RowLead, Law: s.Law, Coordinator: d.coordinator(s.Places, s.Against)}
	if leaves {
		e.From, e.Lead = s.Lead, heir
		if !fit {
			e.Lead = ""
			e.Triage = d.waiting(TriageConflict, Resolution{Leads: []civic.BodyID{c.Body}}, s.Places, s.Against)
		}
	}
	for _, j := range s.Round.Joint {
		if holds(j) {
			j.Body = heir
			if !fit {
				continue
			}
		}
		if j.Body != e.Lead && !slices.ContainsFunc(e.Joint, func(o Joint) bool { return o.Body == j.Body }) {
			e.Joint = append(e.Joint, j)
		}
	}
	if !d.ok() {
		return
	}
	if e.Triage != nil {
		d.unpause()
	}
	d.clock(PowerMoves, d.now, e)
	if e.Triage != nil {
		d.assignWaiting()
	}
}

func (d *decision) moveByList(c Move) {
	s := d.s
	if s.Status == StatusReceived {
		if d.ok() {
			d.assignWaiting()
		}
		return
	}
	if s.Status == StatusAnswered {
		return // its lead has answered; a reopening asks the list again
	}
	res, why := d.lookUp(s.Category, s.Places, false, s.Against)
	if why != "" || res.Lead == s.Lead {
		return
	}
	d.unpause()
	a := d.assignment("list", res, "")
	e := Reassigned{
		Cause: "list", Ground: c.Ground, From: s.Lead, Lead: res.Lead, Joint: a.Joint, List: res.List,
		ListDigest: res.ListDigest, Row: res.Row, RowLead: a.RowLead, Law: res.Law,
		Response: &a.Response, Objection: &a.Objection, Coordinator: a.Coordinator,
	}
	if d.ok() {
		d.clock(PowerMoves, d.now, e)
	}
}

// recompute asks the calendar again; nothing happens when it says the same.
func (d *decision) recompute() {
	if !d.permit("recomputed") {
		return
	}
	s, pauses := d.s, d.s.spans()
	e := Recomputed{
		Calendar: s.Calendar, CalVersion: s.CalVersion,
		Response: s.Response, Objection: s.Objection, Resolution: s.Resolution,
	}
	again := func(t Term, pauses []Span) Term {
		u := d.term(s.Calendar, t.Start, t.Limit, "", pauses)
		u.Default = t.Default
		return u
	}
	if s.Status == StatusAssigned {
		e.Response, e.Objection = again(s.Response, nil), again(s.Objection, nil)
	}
	if s.Resolution.Due != 0 {
		t, due := d.resolution(s.Round, s.Calendar, s.Resolution.Limit, "")
		t.Default = s.Resolution.Default
		e.Resolution, e.CalVersion = t, due.Version
	}
	same := e.Response == s.Response && e.Objection == s.Objection && e.Resolution == s.Resolution
	for _, j := range s.Round.Joint {
		k := j
		if j.Contributed == 0 && s.Status != StatusPaused { // resuming reckons them again
			k.Term = again(j.Term, pauses)
		}
		same = same && k == j
		e.Joint = append(e.Joint, k)
	}
	if d.ok() && !same {
		d.clock(PowerRecomputes, d.now, e)
	}
}

// unpause lets the clock run on before a paused matter gets another lead.
func (d *decision) unpause() {
	if d.s.Status != StatusPaused {
		return
	}
	if e := d.resumed(d.now); d.ok() {
		d.clock(PowerTicks, d.now, e)
	}
}
