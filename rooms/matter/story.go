package matter

import (
	"slices"
	"strings"

	"skein/face/words"
	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/frame/journal"
)

// Line is one act in a resident's plain words: a message key and what fills it. Args hold
// instants, codes and limits as their own types, so that a voice writes them as people do.
type Line struct {
	Seq      int64
	Act      string // type without "matter."
	Happened civic.Instant
	Recorded civic.Instant
	// By is the post that acted, empty for residents and the clock; Who is "post",
	// "resident", "clock" or "operator".
	By       civic.PostID
	Who      civic.ActorKind
	Key      string
	Args     map[string]any
	Imported bool
	Inferred bool
	// Retracted says that the act was entered by mistake.
	Retracted bool
	// Replaced is the act that says anew what this one said, 0 for none.
	Replaced int64
	// Sums are further sentences: why this body, and how the due date was reckoned.
	Sums []Sum
}

// Sum is a sentence of reasons or of the clock's arithmetic.
type Sum struct {
	Key  string
	Args map[string]any
}

// Story tells the acts of a matter to some eyes, oldest first; nothing to whoever may not see it.
func Story(s State, acts []journal.Act, eyes Eyes) []Line {
	v, ok := Visible(s, eyes)
	if !ok {
		return nil
	}
	retracted, replaced := map[int64]bool{}, map[int64]int64{}
	minutes := map[civic.DossierID]int64{}
	for _, a := range acts {
		switch e := a.Event.(type) {
		case Retracted:
			retracted[e.Act] = true
		case Met:
			minutes[e.Meeting] = a.Seq
		case MetAnew:
			replaced[minutes[e.Meeting]] = a.Seq
			minutes[e.Meeting] = a.Seq
		}
	}
	lines := make([]Line, 0, len(acts))
	for _, a := range acts {
		if a.Private && !v.concerned {
			continue // it names another matter that is private
		}
		l := tell(a)
		l.Retracted, l.Replaced = retracted[a.Seq], replaced[a.Seq]
		if e, ok := a.Event.(Released); ok && s.stillIn(e) {
			l.sum("matter.story.released_language", "language", e.Language)
		}
		lines = append(lines, l)
	}
	return lines
}

// stillIn reports whether everyone may still read a text that an act released, and it is in the language that the act says: of what is
// withheld or erased since, the story forgets that too.
func (s State) stillIn(e Released) bool {
	return e.Language != "" && slices.ContainsFunc(s.Items, func(it Item) bool {
		return it.Language == e.Language && slices.Contains(e.Items, it.Digest) && s.everyones(it.digest())
	})
}

func tell(a journal.Act) Line {
	l := Line{Seq: a.Seq, Act: strings.TrimPrefix(a.Type, "matter."), Happened: a.Happened, Recorded: a.Recorded,
		Imported: a.Imported, Inferred: a.Inferred}
	l.who(a.Actor)
	l.Key = "matter.story." + l.Act
	say := func(pairs ...any) {
		l.Args = make(map[string]any, len(pairs)/2)
		for i := 0; i+1 < len(pairs); i += 2 {
			l.Args[pairs[i].(string)] = pairs[i+1]
		}
	}
	variant := func(v string) { l.Key += "_" + v }
	switch e := a.Event.(type) {
	case Reported:
		say("number", e.Number.String())
		if e.Parent != "" {
			variant("part")
		}
		if e.Triage != nil {
			l.sum("matter.story.waits_"+e.Triage.Why, "until", e.Triage.By.Due)
		}
	case Triaged:
		if e.Why != "" {
			l.sum("matter.story.waits_"+e.Why, "until", civic.Instant(0))
		}
	case Assigned:
		say("body", e.Lead, "due", e.Resolution.Due)
		if e.Why.Key != "" {
			l.Sums = append(l.Sums, e.Why.Sum())
		}
		l.clock(e.Resolution, e.Calendar, e.CalVersion)
		for _, j := range e.Joint {
			l.sum("matter.story.joint", "body", j.Body, "due", j.Term.Due)
		}
	case Accepted:
		say("body", e.Body)
		if e.BySilence {
			variant("silence")
		}
	case Objected:
		say("body", e.Body, "ground", ground(e.Ground), "until", e.Ruling.Due, "coordinator", e.Coordinator)
		if e.Proposed != "" {
			variant("proposed")
			l.Args["proposed"] = e.Proposed
		}
	case Ruled:
		say("body", e.Lead, "law", e.Law)
		switch {
		case e.BySilence:
			variant("silence")
		case e.Keep:
			variant("kept")
		}
	case Corrected:
		say("category", e.Category, "place", e.Place)
		if e.Triage != nil {
			l.sum("matter.story.waits_"+e.Triage.Why, "until", e.Triage.By.Due)
		}
	case Amended:
		for what, there := range map[string]bool{"text": e.Text != "", "address": e.Address != "", "contact": e.Contact == ContactGiven, "no_contact": e.Contact == ContactTaken, "push": e.Push == ContactGiven, "no_push": e.Push == ContactTaken} {
			if there {
				l.sum("matter.story.amended_" + what)
			}
		}
		slices.SortFunc(l.Sums, func(a, b Sum) int { return strings.Compare(a.Key, b.Key) })
	case Contributed:
		say("body", e.Body)
	case Met:
		say("held", e.Held, "count", len(e.Attended))
		l.met(e)
	case MetAnew:
		say("held", e.Held, "count", len(e.Attended))
		l.met(Met(e))
	case Paused:
		say("ground", ground(e.Ground), "law", e.Law, "until", e.Until, "due", e.Due.Due)
	case Resumed:
		say("due", e.Due.Due)
		if e.AtLongest {
			variant("longest")
		}
		l.clock(e.Due, "", "")
	case Extended:
		say("limit", spoken(e.Limit), "due", e.Due.Due)
		l.clock(e.Due, "", "")
	case Escalated:
		say("due", e.Due, "of", e.Of, "body", e.Body, "post", e.To)
		variant(string(e.Step))
		if e.Vacant {
			l.sum("matter.story.vacant", "of", e.Of)
		}
	case SplitUp:
		say("count", len(e.Parts))
		if e.Waits {
			variant("waits")
		}
	case Relayed:
		variant(e.Of)
	case Separated:
		if e.Why == "main_withdrawn" {
			variant("withdrawn")
		}
	case Answered:
		say("by", e.By, "law", e.Law, "until", e.Lapse.Due)
		variant(string(e.Outcome))
	case DeclineProposed:
		say("law", e.Law, "elsewhere", e.Elsewhere, "until", e.Ruling.Due, "coordinator", e.Coordinator)
	case Declined:
		say("law", e.Law, "elsewhere", e.Elsewhere)
	case DeclineRefused:
		if e.BySilence {
			variant("silence")
		}
	case Confirmed:
		say("rating", e.Rating)
		if !e.Solved {
			variant("unsolved")
		}
	case Reopened:
		say("round", e.Round)
	case Appealed:
		variant(e.Of)
	case Stayed:
		say("law", e.Law)
		variant(e.Holds)
	case Obeyed:
		say("of", words.Code{Key: "matter.appeal_of." + e.Of, Else: e.Of})
		variant(e.Result)
		if e.Outcome != "" {
			l.sum("matter.story.obeyed_outcome", "outcome", words.Code{Key: "matter.outcome." + string(e.Outcome), Else: string(e.Outcome)})
		}
		if e.Round != 0 {
			l.sum("matter.story.obeyed_round", "round", e.Round)
		}
		if e.Triage != nil {
			l.sum("matter.story.waits_"+e.Triage.Why, "until", e.Triage.By.Due)
		}
		if e.ReleaseBy != nil {
			l.sum("matter.story.release_by", "until", e.ReleaseBy.Due)
		}
		if e.Lapse != nil {
			l.sum("matter.story.lapse_anew", "until", e.Lapse.Due)
		}
	case Withheld:
		say("ground", ground(e.Ground), "count", len(e.Items))
	case Released:
		say("count", len(e.Items))
	case Redacted:
		say("ground", ground(e.Ground))
	case Retracted:
		say("act", words.Code{Key: "matter.act." + strings.TrimPrefix(e.Of, "matter."), Else: e.Of}, "seq", e.Act)
	case Imported:
		say("number", e.Report.Number.String(), "as_of", e.AsOf)
		if e.Lead != "" {
			l.sum("matter.story.record_lead", "body", e.Lead)
		}
		if e.Resolution != nil {
			l.clock(*e.Resolution, e.Calendar, "")
		}
	case Reassigned:
		say("body", e.Lead, "from", e.From, "ground", ground(e.Ground))
		variant(e.Cause)
		if e.Triage != nil {
			l.Key = "matter.story.reassigned_nobody"
			l.sum("matter.story.waits_"+e.Triage.Why, "until", e.Triage.By.Due)
		}
	case ErasureAsked:
		say("until", e.Until)
	case Erased:
		say("law", e.Law)
		variant(e.Ground)
		if e.Request != "" {
			l.sum("matter.story.erased_request", "request", e.Request, "checked", words.Code{Key: "matter.checked." + e.Checked, Else: e.Checked})
		}
	case Held:
		say("ground", ground(e.Ground), "law", e.Law, "until", e.Until)
	case Unheld:
		if e.RanOut {
			variant("ran_out")
		}
	case Recomputed:
		say("due", e.Resolution.Due)
		l.clock(e.Resolution, e.Calendar, e.CalVersion)
	}
	return l
}

// met says who came to a meeting and what was agreed.
func (l *Line) met(e Met) {
	for _, b := range e.Attended {
		l.sum("matter.story.met_came", "body", b)
	}
	for _, step := range e.Agreed {
		key := "matter.story.met_agreed"
		if step.By != 0 {
			key += "_by"
		}
		l.sum(key, "body", step.Body, "by", step.By)
		if step.Proposes != "" {
			l.sum("matter.story.met_proposes", "act", words.Code{Key: "may matter." + strings.ReplaceAll(step.Proposes, "-", "_"), Else: step.Proposes})
		}
	}
}

// Sum gives the arguments of a kept sentence their types back, by their names.
func (s Sentence) Sum() Sum {
	args := make(map[string]any, len(s.Args))
	for name, value := range s.Args {
		switch name {
		case "lead", "body":
			args[name] = civic.BodyID(value)
		case "place":
			args[name] = civic.PlaceID(value)
		case "category", "row_category":
			args[name] = civic.Category(value)
		default:
			args[name] = value
		}
	}
	return Sum{s.Key, args}
}

// ground is a ground from one of the realm's lists.
func ground(code string) words.Code { return words.Code{Key: "matter.ground." + code, Else: code} }

// spoken is a limit as a voice writes it out; one that cannot be read stays as it is.
func spoken(l Limit) any {
	if parsed, err := calendar.ParseLimit(string(l)); err == nil {
		return parsed
	}
	return string(l)
}

// who tells a post from a resident; a resident's id is not part of a story.
func (l *Line) who(actor string) {
	kind, rest, _ := strings.Cut(actor, ":")
	l.Who = civic.ActorKind(kind)
	if l.Who == civic.Post {
		post, _, _ := strings.Cut(rest, " ")
		l.By = civic.PostID(post)
	}
}

func (l *Line) sum(key string, pairs ...any) {
	args := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i].(string)] = pairs[i+1]
	}
	l.Sums = append(l.Sums, Sum{key, args})
}

// clock tells how a due date was reckoned; the calendar itself can write it out in full.
func (l *Line) clock(t Term, calendar, version string) {
	if t.Due == 0 {
		return
	}
	key := "matter.story.sum"
	if t.Limit == "" {
		key = "matter.story.sum_source"
	}
	l.sum(key, "start", t.Start, "limit", spoken(t.Limit), "due", t.Due, "calendar", words.Titled{Kind: "calendar", Code: calendar}, "version", version)
	if t.Default {
		l.sum("matter.story.sum_default")
	}
	if t.Provisional {
		l.sum("matter.story.sum_provisional")
	}
}
