package guide

import (
	"maps"
	"slices"
	"strings"

	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/frame/journal"
)

// Facts is what a decision needs to know besides the article.
type Facts struct {
	Now   civic.Instant
	Asker civic.Actor
	// Calendar is the realm's own: days begin and end at its midnights.
	Calendar *calendar.Calendar
	// Imported is that the days may be past.
	Imported bool
	// Document is the text that a draft is made of, or the draft that is to be published; nil where there is none.
	Document *Document
	// Article finds another article.
	Article func(code string) (State, bool)
	// Kept is for how many days feedback is kept.
	Kept int
}

// Decide says which acts a command leads to, or every reason why it leads to none.
func Decide(s State, c Command, f Facts) ([]journal.Draft, civic.Refusals) {
	d := &decision{s: s, f: f, now: max(f.Now, s.Last)}
	if s.Exists() {
		d.tick()
	}
	switch c := c.(type) {
	case Write:
		d.write(c)
	case Discard:
		d.waits(c.Draft)
		d.emit(Discarded{Number: c.Draft}, true)
	case Publish:
		d.publish(c)
	case Confirm:
		d.confirm(c)
	case Withdraw:
		d.withdraw(c)
	case Tick:
	default:
		d.refuse(civic.Invalid, "", "guide.command_unknown", "command", c.Name())
	}
	if len(d.refusals) > 0 {
		return nil, d.refusals
	}
	return d.drafts, nil
}

// PowerTicks is the policy under which the clock acts.
const PowerTicks = "guide.clock_ticks"

// decision is a decision under way: s is the article as the drafts so far leave it.
type decision struct {
	s        State
	f        Facts
	now      civic.Instant
	drafts   []journal.Draft
	refusals civic.Refusals
}

func (d *decision) refuse(kind civic.Kind, field, key string, args ...any) {
	d.refusals = append(d.refusals, civic.Refuse(kind, key, args...).In(field))
}

func (d *decision) emit(e journal.Event, private bool) {
	if len(d.refusals) == 0 {
		d.drafts = append(d.drafts, journal.Draft{Event: e, Private: private})
	}
}

// tick does what the clock owes by now, each at its time.
func (d *decision) tick() {
	for {
		at, mark := next(d.s)
		if at == 0 || at > d.now {
			return
		}
		var was, is Version
		mark(&is)
		was = d.s.Versions[is.Number-1]
		var e journal.Event
		switch {
		case is.Effected != was.Effected:
			e = TookEffect{is.Number}
		case is.Ended != was.Ended:
			e = Ended{is.Number}
		default:
			e = Overdue{is.Number, is.Review}
		}
		at = max(at, d.s.Last)
		d.drafts = append(d.drafts, journal.Draft{Event: e, Actor: &civic.Actor{Kind: civic.Clock}, Power: PowerTicks, Happened: at})
		d.s = Evolve(d.s, journal.Act{Dossier: d.s.ID, Seq: d.s.Seq + 1, Type: e.Type(), Actor: "clock", Happened: at, Event: e})
	}
}

func (d *decision) write(c Write) {
	doc := d.f.Document
	switch {
	case doc == nil || doc.Digest() != c.Digest:
		d.refuse(civic.Missing, "", "guide.document_missing")
		return
	case doc.Article != c.Article || doc.Body != c.Body:
		d.refuse(civic.Invalid, "article", "guide.document_other")
	case d.s.Exists() && d.s.Body != c.Body:
		d.refuse(civic.Conflict, "body", "guide.body_other", "body", d.s.Body)
	}
	d.days(doc)
	if n := len(d.s.Versions); n > 0 && d.s.Withdrawn == nil && d.s.Versions[n-1].Digest == c.Digest || d.s.Draft != nil && d.s.Draft.Digest == c.Digest {
		d.refuse(civic.Conflict, "", "guide.same")
	}
	d.emit(Drafted{Number: d.s.Drafts + 1, Digest: c.Digest, Body: c.Body}, true)
}

// waits refuses what is not about the draft that waits.
func (d *decision) waits(number int) {
	switch {
	case d.s.Draft == nil:
		d.refuse(civic.Conflict, "", "guide.no_draft")
	case d.s.Draft.Number != number:
		d.refuse(civic.Conflict, "draft", "guide.draft_other", "draft", d.s.Draft.Number)
	}
}

func (d *decision) publish(c Publish) {
	d.waits(c.Draft)
	doc := d.f.Document
	if len(d.refusals) > 0 {
		return
	}
	if doc == nil || doc.Digest() != d.s.Draft.Digest {
		d.refuse(civic.Missing, "", "guide.document_missing")
		return
	}
	if d.s.Draft.By != "" && d.s.Draft.By == d.f.Asker.Post {
		d.refuse(civic.Forbidden, "", "guide.own_draft", "post", d.s.Draft.By)
	}
	from, until, review := d.days(doc)
	for _, v := range d.s.Versions {
		if v.Over == 0 && v.From > from {
			d.refuse(civic.Conflict, "from", "guide.from_order", "version", v.Number, "day", d.f.Calendar.DayOf(v.From).String())
			break
		}
	}
	d.emit(Published{
		Number: len(d.s.Versions) + 1, Digest: d.s.Draft.Digest, Body: d.s.Body, Languages: slices.Sorted(maps.Keys(doc.Texts)),
		Drafter: d.s.Draft.By, From: from, Until: until, Review: review,
	}, false)
}

// days reckons from when on, until when and by when a text says that it holds and is looked at again. A first day that
// has been is now: nothing was in force before it was published.
func (d *decision) days(doc *Document) (from, until, review civic.Instant) {
	from = d.now
	if day, err := calendar.ParseDay(doc.From); doc.From != "" && err == nil {
		from = max(from, d.f.Calendar.Midnight(day))
		if d.f.Imported {
			from = d.f.Calendar.Midnight(day)
		}
	}
	if day, err := calendar.ParseDay(doc.Until); doc.Until != "" && err == nil {
		if until = d.f.Calendar.Midnight(day + 1); until <= from { // the day is part of it
			d.refuse(civic.Invalid, "until", "guide.until_before", "value", doc.Until)
		}
	}
	review = d.review(doc.Review, from, until)
	return from, until, review
}

// review reckons a review date: after the first day, and not after the last.
func (d *decision) review(text string, from, until civic.Instant) civic.Instant {
	day, err := calendar.ParseDay(text)
	if err != nil {
		d.refuse(civic.Invalid, "review", "guide.day_form", "value", clip(text))
		return 0
	}
	at := d.f.Calendar.Midnight(day)
	if at <= from || until != 0 && at > until || at <= d.now && !d.f.Imported {
		d.refuse(civic.Invalid, "review", "guide.review_unfit", "value", text)
	}
	return at
}

func (d *decision) confirm(c Confirm) {
	v, ok := d.s.InForce(d.now)
	if !ok {
		d.refuse(civic.Conflict, "", "guide.not_in_force")
		return
	}
	at := d.review(c.Review, d.now, v.Until)
	if at <= v.Review && len(d.refusals) == 0 {
		d.refuse(civic.Invalid, "review", "guide.review_earlier", "value", c.Review)
	}
	d.emit(Reviewed{Number: v.Number, Review: at}, false)
}

func (d *decision) withdraw(c Withdraw) {
	if !slices.ContainsFunc(d.s.Versions, func(v Version) bool { return v.Over == 0 && !v.Ended }) {
		d.refuse(civic.Conflict, "", "guide.not_in_force")
	}
	if c.Reason == "" {
		d.refuse(civic.Invalid, "reason", "guide.reason_missing")
	}
	if c.Instead != "" {
		other, ok := d.f.Article(c.Instead)
		if _, in := other.InForce(d.now); !ok || !in || c.Instead == d.s.Code() {
			d.refuse(civic.Invalid, "instead", "guide.instead_unknown", "article", clip(c.Instead))
		}
	}
	d.emit(Withdrawn{Reason: c.Reason, Instead: c.Instead}, false)
}

// clip bounds what is said back of what was sent.
func clip(text string) string {
	text = strings.ToValidUTF8(text, "")
	if rs := []rune(text); len(rs) > 40 {
		return string(rs[:40]) + "…"
	}
	return text
}
