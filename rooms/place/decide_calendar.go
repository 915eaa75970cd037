package place

import (
	"encoding/json"

	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/frame/journal"
)

// CalendarFacts is what a decision about a calendar needs to know besides the calendar itself.
type CalendarFacts struct {
	Now     civic.Instant
	Catalog *Catalog
	Bodies  Bodies
	// Calendar is the document that the command brings; nil where it is missing or, as
	// Faults says, cannot be used.
	Calendar *calendar.Calendar
	Faults   civic.Refusals
}

// CalendarFacts reads the document that a command brings. Time and bodies are left to fill in.
func (c *Catalog) CalendarFacts(command SetCalendar, document func(digest string) ([]byte, error)) CalendarFacts {
	f := CalendarFacts{Catalog: c}
	content, err := document(command.Digest)
	if err != nil || journal.DocumentDigest(content) != command.Digest {
		return f // DecideCalendar says that it is missing
	}
	var spec calendar.Spec
	if err := json.Unmarshal(content, &spec); err != nil {
		f.Faults = civic.Refusals{civic.Refuse(civic.Malformed, "place.calendar_unreadable")}
		return f
	}
	if f.Calendar, err = calendar.New(spec); err != nil {
		f.Faults, _ = civic.AsRefusals(err)
	}
	return f
}

// DecideCalendar is Decide for calendars. What is already so leads to no act.
func DecideCalendar(s CalendarState, c SetCalendar, f CalendarFacts) ([]journal.Draft, civic.Refusals) {
	var reasons civic.Refusals
	refuse := func(kind civic.Kind, field, key string, args ...any) {
		reasons = append(reasons, civic.Refuse(kind, key, args...).In(field))
	}
	if !codeForm.MatchString(c.ID) {
		refuse(civic.Invalid, "id", "place.calendar_form", "value", clip(c.ID))
	}
	e := CalendarSet{ID: c.ID, Digest: c.Digest, Place: c.Place, Body: c.Body}
	switch now, set := s.Current(); {
	case set && now.Digest == c.Digest:
		e.Edition = now.Version
	case len(f.Faults) > 0:
		for _, r := range f.Faults {
			reasons = append(reasons, r.In(within("calendar", r.Field)))
		}
	case f.Calendar == nil:
		refuse(civic.Invalid, "digest", "place.calendar_missing", "digest", clip(c.Digest))
	default:
		e.Edition = f.Calendar.Version()
		if f.Calendar.ID() != c.ID {
			refuse(civic.Invalid, "id", "place.calendar_other", "value", clip(c.ID), "calendar", f.Calendar.ID())
		}
		if used, ok := s.Edition(e.Edition); ok && used.Digest != c.Digest {
			refuse(civic.Conflict, "version", "place.calendar_version", "calendar", c.ID, "version", e.Edition)
		}
	}
	if c.Place != "" {
		if c.Body != "" {
			refuse(civic.Invalid, "body", "place.calendar_both")
		}
		switch p, ok := f.Catalog.State(c.Place); {
		case !ok:
			refuse(civic.Invalid, "place", "place.unknown", "place", clip(string(c.Place)))
		case !p.Open():
			refuse(civic.Invalid, "place", "place.closed", "place", string(c.Place), "successor", string(p.Successor))
		}
		if other, ok := f.Catalog.times().byPlace[c.Place]; ok && other != c.ID {
			refuse(civic.Conflict, "place", "place.calendar_taken", "owner", string(c.Place), "calendar", other)
		}
	}
	if c.Body != "" {
		if f.Bodies == nil || !f.Bodies.HasBody(c.Body) {
			refuse(civic.Invalid, "body", "place.body_unknown", "body", clip(string(c.Body)))
		}
		if other, ok := f.Catalog.CalendarOfBody(c.Body); ok && other != c.ID {
			refuse(civic.Conflict, "body", "place.calendar_taken", "owner", string(c.Body), "calendar", other)
		}
	}
	if len(reasons) > 0 {
		return nil, reasons
	}
	if now, set := s.Current(); set && now.Digest == c.Digest && s.Place == c.Place && s.Body == c.Body {
		return nil, nil
	}
	return []journal.Draft{{Event: e}}, nil
}
