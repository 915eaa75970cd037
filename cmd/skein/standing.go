package main

import (
	"math"
	"slices"

	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/rooms/matter"
	"skein/rooms/place"
	"skein/rooms/review"
	"skein/rooms/standing"
)

// standingCase folds the acts of a matter into what figures need to know of it.
func standingCase(v *clerk.View, acts []journal.Act) standing.Case {
	var s matter.State
	type ruling struct {
		standing.Ruling
		seq int64
	}
	var rulings []ruling
	for _, a := range acts {
		decided := func(silent, keeps bool) {
			due := s.Ruling.Due
			if s.Status == matter.StatusReceived { // nobody leads it: the list has nobody, several, or whom the complaint is against
				due = s.TriageBy.Due
			}
			if !a.Inferred {
				rulings = append(rulings, ruling{standing.Ruling{Body: s.Coordinator, At: a.Happened, Due: due, BySilence: silent, Keeps: keeps}, a.Seq})
			}
		}
		switch e := a.Event.(type) {
		case matter.Ruled:
			decided(e.BySilence, e.Keep)
		case matter.Declined:
			decided(false, false)
		case matter.DeclineRefused:
			decided(e.BySilence, true)
		case matter.Retracted:
			rulings = slices.DeleteFunc(rulings, func(r ruling) bool { return r.seq == e.Act })
		}
		s = matter.Evolve(s, a)
	}
	c := standing.Case{Public: s.Exists() && s.Visibility != matter.Private, Category: s.Category, Channel: s.Channel, Language: s.Language(), Reported: s.Reported}
	if n := len(s.Places); n > 0 {
		c.Places = s.Places[:n-1] // the last is the root
	}
	for _, r := range append(slices.Clip(s.Past), s.Round) {
		round := standing.Round{
			Start: r.Start, Lead: r.Lead, ResponseDue: r.Response.Due, Accepted: r.Accepted, BySilence: r.BySilence, Due: r.Resolution.Due,
			Answered: r.Answered, Outcome: string(r.Outcome), Days: -1, Ended: r.Ended, Ending: string(r.Ending), Rating: r.Rating,
			HandOvers: r.HandOvers, Corrections: r.Corrections, Moves: r.Moves, Objecting: r.Objecting, Inferred: r.Inferred,
		}
		if r.Answered != 0 {
			round.Days = workingDays(v, r)
		}
		c.Rounds = append(c.Rounds, round)
	}
	for _, r := range rulings {
		c.Rulings = append(c.Rulings, r.Ruling)
	}
	return c
}

// workingDays is how long a round took to its answer, by the edition of the calendar its due date was reckoned by; -1 where there is none.
func workingDays(v *clerk.View, r matter.Round) int {
	all, id := place.CatalogIn(v), r.Calendar
	if id == "" {
		if own := all.DefaultCalendar(); own != nil {
			id = own.ID()
		}
	}
	edition := all.CalendarEdition(id, r.CalVersion)
	if edition == nil {
		return -1
	}
	var stops []calendar.Pause
	for _, p := range r.Pauses {
		stops = append(stops, calendar.Pause{From: p.From, To: p.Until})
	}
	return int(math.Ceil(edition.WorkingDaysBetween(r.Start, r.Answered, stops)))
}

// standingAppeal folds the acts of an appeal into what figures need to know of it.
func standingAppeal(acts []journal.Act) standing.Appeal {
	var s review.State
	var decided civic.Instant
	var late bool
	for _, a := range acts {
		if e, ok := a.Event.(review.Decided); ok {
			decided, late = a.Happened, e.Late
		}
		s = review.Evolve(s, a)
	}
	return standing.Appeal{
		Public: s.Exists() && !s.Private, Respondent: s.Respondent, Of: s.Of, Decided: decided, Overturned: decided != 0 && s.Result != review.Upheld,
		Reviewer: s.Reviewer.Body(), Late: late,
	}
}
