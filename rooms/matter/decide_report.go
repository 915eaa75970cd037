package matter

import (
	"slices"

	"skein/frame/civic"
)

// report begins a matter and, where the duty list names exactly one lead, assigns it in the
// same commit; otherwise the matter waits for the desk.
func (d *decision) report(c Report) {
	if d.s.Exists() {
		d.refuse(civic.Conflict, "matter.exists")
		return
	}
	e := d.reported(c)
	if !d.ok() {
		return
	}
	res, why := d.lookUp(e.Category, e.Places, c.Outside, e.Against)
	if why != "" {
		e.Triage = d.waiting(why, res, e.Places, e.Against)
	}
	e.ReleaseBy = d.releaseTerm(e.Visibility, e.Text, e.Attached)
	d.begin(e, res)
}

// begin drafts a new matter, and its assignment if nothing stands in the way.
func (d *decision) begin(e Reported, res Resolution) {
	if !d.ok() {
		return
	}
	outer, own := d.s, d.id
	d.s, d.id = State{}, ID(d.f.Position+civic.Position(len(d.drafts)))
	d.emit(e)
	if e.Triage == nil {
		d.assign("list", res, "")
	}
	if outer.Exists() {
		d.s, d.id = outer, own
	}
}

// reported checks a report and makes its event, all but triage and release.
func (d *decision) reported(c Report) Reported {
	if c.Kind == "" {
		c.Kind = Request
	}
	if !slices.Contains(Kinds, c.Kind) {
		d.wrong("kind", "matter.kind_unknown", "kind", clip(string(c.Kind)))
	}
	d.against(c.Kind, c.Against)
	if !slices.Contains(d.f.Rules.Channels, c.Channel) {
		d.wrong("channel", "matter.channel_unknown", "channel", clip(c.Channel))
	}
	category := d.category(c.Category)
	visibility := d.visibility(c.Visibility, category)
	where := d.where(c.Where)
	if c.Place == "" && c.Address == "" && !c.Outside && !d.f.Imported {
		d.wrong("place", "matter.where_missing")
	}
	d.digest("address", c.Address, false)
	d.digest("text", c.Text, false)
	d.digest("tracking", c.Tracking, false)
	d.attachments("attached", c.Attached)
	if !civic.Plain(c.External, 128) {
		d.wrong("external", "matter.text_unplain", "field", "external", "most", 128)
	}
	reporter := c.Reporter
	if reporter == "" {
		reporter = d.f.Asker.Person
	}
	if reporter == "" {
		reporter = d.f.Asker.For
	}
	if !civic.Plain(string(reporter), 64) {
		d.wrong("reporter", "matter.text_unplain", "field", "reporter", "most", 64)
	}
	if reporter == "" && d.f.Asker.Kind == civic.Resident && !d.f.Imported {
		d.wrong("reporter", "matter.missing", "field", "reporter")
	}
	return Reported{
		Number: d.number(), Kind: c.Kind, Category: c.Category,
		Place: c.Place, Places: where, Point: shownPoint(c.Where, visibility),
		Address: c.Address, Visibility: visibility, Channel: c.Channel, External: c.External,
		Text: c.Text, Attached: c.Attached, Contact: c.Contact, Against: c.Against,
		Reporter: reporter, Tracking: c.Tracking,
	}
}

func (d *decision) number() Number {
	n, ok := d.f.Numbers.Of(d.f.Position + civic.Position(len(d.drafts)))
	if !ok {
		d.refuse(civic.Unavailable, "matter.numbers_exhausted")
	}
	return n
}

// against checks the body complained of: a complaint names one, nothing else does.
func (d *decision) against(kind Kind, body civic.BodyID) {
	switch {
	case kind == Complaint && body == "" && !d.f.Imported:
		d.wrong("against", "matter.against_missing")
	case kind != Complaint && body != "":
		d.wrong("against", "matter.against_kind")
	case body != "":
		if _, known := d.f.Bodies.Body(body, d.now); !known {
			d.wrong("against", "matter.body_unknown", "body", clip(string(body)))
		}
	}
}

func (d *decision) category(c civic.Category) CategoryFacts {
	if c == "" {
		return CategoryFacts{}
	}
	facts, known := d.f.Duties.Category(c)
	if !known {
		d.wrong("category", "matter.category_unknown", "category", clip(string(c)))
	}
	return facts
}

func (d *decision) visibility(asked Visibility, category CategoryFacts) Visibility {
	switch asked {
	case Public, Blurred, Private:
		return asked
	case "":
		if category.Private {
			return Private
		}
		return Public
	}
	d.wrong("visibility", "matter.visibility_unknown", "visibility", clip(string(asked)))
	return Private
}

// mostPlaces bounds how deep a tree of places may be.
const mostPlaces = 64

// where checks a place and returns all places that hold it.
func (d *decision) where(w Where) []civic.PlaceID {
	places := w.Places
	if w.Place != "" && len(places) == 0 {
		places = []civic.PlaceID{w.Place}
	}
	if len(places) > 0 && places[0] != w.Place {
		d.wrong("places", "matter.places_disagree")
	}
	for i, p := range places {
		if p == "" || !civic.Plain(string(p), 100) || i > mostPlaces {
			d.wrong("places", "matter.place_unplain", "number", i+1)
			break
		}
	}
	for _, p := range []*Point{w.Point, w.Snapped} {
		if p != nil && (p.Lat < -90e6 || p.Lat > 90e6 || p.Lon < -180e6 || p.Lon > 180e6) {
			d.wrong("point", "matter.point_invalid")
		}
	}
	return places
}

// shownPoint is the only point that may stand in an act: exact in a public matter, snapped
// in a blurred one and at a home, none in a private one.
func shownPoint(w Where, v Visibility) *Point {
	var p *Point
	switch {
	case v == Private:
	case v == Blurred || w.Home:
		p = w.Snapped
	default:
		p = w.Point
	}
	if p == nil {
		return nil
	}
	q := *p
	return &q
}

// lookUp asks the duty list and says what stands in the way of a lead, "" for nothing.
func (d *decision) lookUp(category civic.Category, places []civic.PlaceID, outside bool, against civic.BodyID) (Resolution, string) {
	switch {
	case outside:
		return Resolution{}, TriageOutside
	case len(places) == 0:
		return Resolution{}, TriageAddress
	case category == "":
		return Resolution{}, TriageCategory
	}
	res := d.f.Duties.Resolve(Question{Category: category, Places: places, At: d.now})
	switch res.Found {
	case FoundOne:
	case FoundOverlap:
		return res, TriageOverlap
	default:
		return res, TriageGap
	}
	lead, fit := d.fit(res.Lead, against)
	res.Leads = []civic.BodyID{res.Lead}
	if fit {
		res.Lead = lead
	}
	var joint []Duty
	for _, j := range res.Joint {
		body, fit := d.fit(j.Body, against)
		if fit && body != res.Lead && !slices.ContainsFunc(joint, func(o Duty) bool { return o.Body == body }) {
			joint = append(joint, Duty{Body: body, Limit: j.Limit})
		}
	}
	res.Joint = joint
	if !fit {
		return res, TriageConflict
	}
	return res, ""
}

func (d *decision) waiting(why string, res Resolution, places []civic.PlaceID, against civic.BodyID) *Waiting {
	w := &Waiting{Why: why, Leads: res.Leads, By: d.s.TriageBy, Coordinator: d.coordinator(places, against)}
	if w.By.Due == 0 { // a limit that runs already is not begun again
		w.By = d.term("", d.now, "", d.f.Rules.Triage, nil)
	}
	return w
}

// assignment makes the act that names the lead of the round at hand. A ruling names another
// lead than the row's. A due date once told stands, unless the matter was corrected.
func (d *decision) assignment(by string, res Resolution, ruled civic.BodyID) Assigned {
	s, rules := d.s, d.f.Rules
	a := Assigned{
		Round: s.No, By: by, Lead: res.Lead, Officer: res.Officer, Ruled: by == "ruling" || (ruled != "" && s.ByRuling),
		List: res.List, ListDigest: res.ListDigest, Row: res.Row, RowLead: rowLead(res),
		Near: res.Near, Why: res.Why, Law: res.Law, Calendar: res.Calendar,
	}
	if ruled != "" {
		a.Lead, a.Officer, a.Law = ruled, "", ""
		a.Why = Sentence{Key: "matter.why_before", Args: map[string]string{"body": string(ruled)}}
		if a.Ruled {
			a.Why.Key = "matter.why_ruled"
		}
	}
	response, objection := res.Response, res.Objection
	overruled := by == "ruling" && s.Triage == ""
	if overruled {
		a.List, a.Row, a.RowLead = s.List, s.Row, s.RowLead
		response, objection = s.Response.Limit, s.Objection.Limit
	}
	if s.Resolution.Due != 0 && by != "correction" {
		a.Resolution, a.Calendar, a.CalVersion = s.Resolution, s.Calendar, s.CalVersion
	} else {
		t, due := d.resolution(s.Round, res.Calendar, res.Resolution, rules.Resolution)
		a.Resolution, a.CalVersion = t, due.Version
	}
	if overruled {
		for _, j := range s.Round.Joint {
			if j.Body != a.Lead {
				a.Joint = append(a.Joint, j)
			}
		}
	} else {
		for _, j := range res.Joint {
			if j.Body != a.Lead {
				a.Joint = append(a.Joint, Joint{Body: j.Body, Term: d.term(a.Calendar, d.now, j.Limit, rules.Joint, nil)})
			}
		}
	}
	a.Response = d.term(a.Calendar, d.now, response, rules.Response, nil)
	a.Objection = d.term(a.Calendar, d.now, objection, rules.Objection, nil)
	a.Coordinator = d.coordinator(s.Places, s.Against)
	return a
}

// rowLead is the body that the row itself names; the lead may be its successor.
func rowLead(res Resolution) civic.BodyID {
	if res.Found == FoundOne && len(res.Leads) == 1 {
		return res.Leads[0]
	}
	return res.Lead
}

// assign names a lead for the matter at hand, by the clock.
func (d *decision) assign(by string, res Resolution, ruled civic.BodyID) {
	if a := d.assignment(by, res, ruled); d.ok() {
		d.clock(PowerAssigns, d.now, a)
	}
}

// assignWaiting asks the list again for a matter that waits; it does nothing when nothing is new.
func (d *decision) assignWaiting() {
	if d.s.Status != StatusReceived || d.s.Triage == TriageOutside {
		return
	}
	if res, why := d.lookUp(d.s.Category, d.s.Places, false, d.s.Against); why == "" {
		d.assign("list", res, "")
	}
}

func clip(s string) string {
	r := []rune(s)
	if len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
