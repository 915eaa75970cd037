package duty

import (
	"regexp"
	"slices"

	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/frame/journal"
)

// Facts is what a decision needs to know besides the versions themselves.
type Facts struct {
	Now civic.Instant
	// Calendar is the realm's own; versions come into force at its midnights.
	Calendar *calendar.Calendar
	// Imported is that the asker may set happened apart from recorded: the effective day may then be past.
	Imported bool
	// Document is what the document of an Adopt is found to be; nil where there is none.
	Document *Document
}

// Document is a document that has been read, for a decision.
type Document struct {
	Digest string
	Rows   int
	// Refusals is everything that is wrong with it.
	Refusals civic.Refusals
}

// ReadList reads a list for adoption, against what is known now, and returns it with
// its canonical bytes, which are what is kept. The list is nil where it is refused.
func ReadList(format Format, data []byte, known Known) (Document, *List) {
	list, refusals := ParseList(format, data, known)
	if list == nil {
		return Document{Refusals: refusals}, nil
	}
	return Document{Digest: list.Digest(), Rows: len(list.rows)}, list
}

// ReadCategories reads a tree of categories for adoption after the one in force, whose
// codes it may retire but not drop.
func ReadCategories(format Format, data []byte, before *Categories) (Document, *Categories) {
	tree, refusals := ParseCategories(format, data)
	if tree == nil {
		return Document{Refusals: refusals}, nil
	}
	for _, c := range before.All() {
		if !tree.Has(c.Code) {
			refusals = append(refusals, civic.Refuse(civic.Invalid, "duty.category_dropped", "value", string(c.Code)).In("code"))
		}
	}
	if len(refusals) > 0 {
		return Document{Refusals: refusals}, nil
	}
	return Document{Digest: tree.Digest(), Rows: len(tree.all)}, tree
}

var digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Decide says which acts a command leads to, or every reason why it leads to none.
func Decide(s State, c Command, f Facts) ([]journal.Draft, civic.Refusals) {
	switch c := c.(type) {
	case Adopt:
		return adopt(s, c, f)
	case Withdraw:
		return withdraw(s, c, f)
	case NotePrecedent:
		return note(s, c)
	case TakeEffect:
		return takeEffect(s, f), nil
	}
	return nil, civic.Refusals{civic.Refuse(civic.Invalid, "duty.command_unknown", "command", c.Name())}
}

func adopt(s State, c Adopt, f Facts) ([]journal.Draft, civic.Refusals) {
	var reasons civic.Refusals
	refuse := func(kind civic.Kind, field, key string, args ...any) {
		reasons = append(reasons, civic.Refuse(kind, key, args...).In(field))
	}
	doc := f.Document
	switch {
	case doc == nil:
		refuse(civic.Missing, "digest", "duty.document_missing", "digest", c.Digest)
	case len(doc.Refusals) > 0:
		reasons = append(reasons, doc.Refusals...)
	case doc.Digest != c.Digest:
		refuse(civic.Conflict, "digest", "duty.document_other", "digest", c.Digest, "found", doc.Digest)
	}
	if c.Note != "" && !digestForm.MatchString(c.Note) {
		refuse(civic.Invalid, "note", "duty.digest_form")
	}
	for i, ruling := range c.Settles {
		at := slices.IndexFunc(s.Precedents, func(p Precedent) bool { return p.Ruling == ruling })
		switch {
		case at < 0:
			refuse(civic.Invalid, "settles", "duty.precedent_unknown", "ruling", int64(ruling))
		case s.Precedents[at].Settled != 0:
			refuse(civic.Conflict, "settles", "duty.precedent_settled", "ruling", int64(ruling), "version", s.Precedents[at].Settled)
		case slices.Contains(c.Settles[:i], ruling):
			refuse(civic.Invalid, "settles", "duty.precedent_twice", "ruling", int64(ruling))
		}
	}
	var effective civic.Instant
	if day, err := calendar.ParseDay(c.Effective); err != nil {
		refuse(civic.Invalid, "effective", "duty.day_form", "value", c.Effective)
	} else {
		effective = f.Calendar.Midnight(day)
		today := f.Calendar.DayOf(f.Now)
		if day < today && !f.Imported {
			refuse(civic.Invalid, "effective", "duty.effective_past", "value", c.Effective, "today", today.String())
		}
		if day == today {
			effective = max(effective, f.Now)
		}
		if last, has := s.last(); has && last.Effective > effective {
			refuse(civic.Conflict, "effective", "duty.effective_order", "value", c.Effective,
				"version", last.Number, "day", f.Calendar.DayOf(last.Effective).String())
		}
	}
	if last, has := s.last(); has && last.Digest == c.Digest {
		refuse(civic.Conflict, "digest", "duty.document_same", "version", last.Number)
	}
	if len(reasons) > 0 {
		return nil, reasons
	}
	return []journal.Draft{{Event: Adopted{
		Number: len(s.Versions) + 1, Digest: c.Digest, Effective: effective, Rows: doc.Rows,
		MovesOpen: c.MovesOpen, Note: c.Note, Settles: c.Settles,
	}}}, nil
}

func takeEffect(s State, f Facts) (drafts []journal.Draft) {
	for _, v := range s.Versions {
		if v.Withdrawn == 0 && !v.Effected && v.Effective <= f.Now {
			drafts = append(drafts, journal.Draft{Event: TookEffect{v.Number, v.MovesOpen}, Happened: v.Effective})
		}
	}
	return drafts
}

// last is the newest version that was not withdrawn.
func (s State) last() (Version, bool) {
	for _, v := range slices.Backward(s.Versions) {
		if v.Withdrawn == 0 {
			return v, true
		}
	}
	return Version{}, false
}

func withdraw(s State, c Withdraw, f Facts) ([]journal.Draft, civic.Refusals) {
	var reasons civic.Refusals
	v, has := s.Version(c.Number)
	switch {
	case !has:
		reasons = append(reasons, civic.Refuse(civic.Missing, "duty.version_unknown", "version", c.Number).In("version"))
	case v.Withdrawn != 0:
		reasons = append(reasons, civic.Refuse(civic.Conflict, "duty.version_withdrawn", "version", c.Number).In("version"))
	case v.Effective <= f.Now:
		reasons = append(reasons, civic.Refuse(civic.Conflict, "duty.version_in_force", "version", c.Number,
			"day", f.Calendar.DayOf(v.Effective).String()).In("version"))
	}
	if c.Note != "" && !digestForm.MatchString(c.Note) {
		reasons = append(reasons, civic.Refuse(civic.Invalid, "duty.digest_form").In("note"))
	}
	if len(reasons) > 0 {
		return nil, reasons
	}
	return []journal.Draft{{Event: Withdrawn{Number: c.Number, Note: c.Note}}}, nil
}

func note(s State, c NotePrecedent) ([]journal.Draft, civic.Refusals) {
	var reasons civic.Refusals
	need := func(field string, missing bool) {
		if missing {
			reasons = append(reasons, civic.Refuse(civic.Invalid, "duty.precedent_field", "field", field).In(field))
		}
	}
	need("ruling", c.Ruling <= 0)
	need("matter", c.Matter == "")
	need("category", c.Category == "")
	need("place", c.Place == "")
	need("lead", c.Lead == "")
	if len(reasons) > 0 {
		return nil, reasons
	}
	if slices.ContainsFunc(s.Precedents, func(p Precedent) bool { return p.Ruling == c.Ruling }) {
		return nil, nil
	}
	return []journal.Draft{{Private: c.Private, Event: PrecedentNoted{
		Ruling: c.Ruling, Matter: c.Matter, Category: c.Category, Place: c.Place, Lead: c.Lead,
		Number: c.Number, Row: c.Row, Before: c.Before,
	}}}, nil
}
