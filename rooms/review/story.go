package review

import (
	"strings"

	"skein/face/words"
	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/frame/journal"
)

// Line is one act in plain words: a message key and what fills it.
type Line struct {
	Seq      int64
	Act      string // type without "review."
	Happened civic.Instant
	// By is the post that acted, empty for whoever appealed and the clock.
	By    civic.PostID
	Who   civic.ActorKind
	Key   string
	Args  map[string]any
	Power string
}

// Story tells the acts of an appeal, oldest first. It names posts and bodies, and nobody.
func Story(acts []journal.Act) []Line {
	out := make([]Line, len(acts))
	for i, a := range acts {
		out[i] = tell(a)
	}
	return out
}

func tell(a journal.Act) Line {
	l := Line{Seq: a.Seq, Act: strings.TrimPrefix(a.Type, "review."), Happened: a.Happened, Power: a.Power}
	kind, rest, _ := strings.Cut(a.Actor, ":")
	if l.Who = civic.ActorKind(kind); l.Who == civic.Post {
		post, _, _ := strings.Cut(rest, " ")
		l.By = civic.PostID(post)
	}
	l.Key = "review.story." + l.Act
	say := func(pairs ...any) {
		l.Args = make(map[string]any, len(pairs)/2)
		for i := 0; i+1 < len(pairs); i += 2 {
			l.Args[pairs[i].(string)] = pairs[i+1]
		}
	}
	switch e := a.Event.(type) {
	case Opened:
		say("of", ofCode(e.Of), "ground", groundCode(e.Ground), "take", e.TakeBy.Due, "due", e.DecideBy.Due)
	case Noted:
		say("post", e.Post, "body", e.Body)
		switch {
		case e.Post == "" && e.Body == "":
			l.Key += "_private"
		case e.Post == "":
			l.Key += "_body"
		}
	case Taken:
		say("until", e.ReplyBy.Due)
	case Recused:
		say("take", e.TakeBy.Due)
	case Replied:
		say("body", e.Body)
		if e.Late {
			l.Key += "_late"
		}
	case HearingAsked:
		l.Key += "_" + e.By
	case HearingCalled:
		say("at", e.At)
	case HearingHeld:
		l.Key += map[int]string{0: "_nobody", 1: "_one", 2: ""}[len(e.Present)]
		if len(e.Present) == 1 {
			say("side", words.Code{Key: "review.side." + e.Present[0], Else: e.Present[0]})
		}
	case HearingWaived:
		l.Key += "_" + e.By
	case Extended:
		say("due", e.DecideBy.Due)
	case Decided:
		say("law", e.Law, "contest", e.Contest.Due, "within", spoken(e.Within), "outcome", words.Code{Key: "matter.outcome." + e.Outcome, Else: e.Outcome}, "count", len(e.Show))
		l.Key += "_" + string(e.Result)
		if e.Result == Varied && len(e.Show) > 0 {
			l.Key += "_show"
		}
	case Escalated:
		say("body", e.Body, "due", e.Due)
		l.Key += "_" + string(e.Step)
	}
	return l
}

func ofCode(of string) words.Code { return words.Code{Key: "review.of." + of, Else: of} }

func groundCode(code string) words.Code { return words.Code{Key: "review.ground." + code, Else: code} }

// spoken is a limit as a voice writes it out; one that cannot be read stays as it is.
func spoken(l Limit) any {
	if parsed, err := calendar.ParseLimit(string(l)); err == nil {
		return parsed
	}
	return string(l)
}
