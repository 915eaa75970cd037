package guide

import (
	"strings"
	"time"

	"skein/frame/civic"
	"skein/frame/journal"
)

// KindFeedback is the kind of dossier that one answer to "did this answer you?" has.
const KindFeedback = "feedback"

// FeedbackKept is for how many days what is missing is kept, where the realm does not say otherwise ("feedback" among
// its times of keeping): long enough to mend an article at its next review.
const FeedbackKept = 180

// Feedback is one answer. It names nobody, and holds nothing by which two of them could be laid together.
type Feedback struct {
	ID       civic.DossierID
	Seq      int64
	Article  string
	Of       int // the version
	Body     civic.BodyID
	Answered bool
	Missing  string // digest; "" where nothing was said, or it is erased
	Box      string
	At       civic.Instant
	Until    civic.Instant
}

// Tell is what somebody answers. Random makes the dossier; it is random.
type Tell struct {
	Random   string
	Article  string
	Of       int
	Body     civic.BodyID
	Answered bool
	Missing  string
	Box      string
}

// Forget erases what is missing.
type Forget struct{}

func (Tell) Name() string   { return "guide.tell" }
func (Forget) Name() string { return "guide.forget" }

// FeedbackCommands is one example of every command on feedback.
func FeedbackCommands() []Command { return []Command{Tell{}, Forget{}} }

// EvolveFeedback folds one act.
func EvolveFeedback(s Feedback, a journal.Act) Feedback {
	s.Seq = a.Seq
	switch e := a.Event.(type) {
	case Told:
		s.ID, s.Article, s.Of, s.Body, s.Answered, s.At = a.Dossier, e.Article, e.Of, e.Body, e.Answered, a.Happened
		s.Missing, s.Box, s.Until = e.Missing, e.Box, e.Until
	case Forgot:
		s.Missing, s.Box, s.Until = "", "", 0
	}
	return s
}

// WakeFeedback is when its words are to be erased.
func WakeFeedback(s Feedback) civic.Instant { return s.Until }

// DecideFeedback says which acts a command leads to, or every reason against it.
func DecideFeedback(s Feedback, c Command, f Facts) ([]journal.Draft, civic.Refusals) {
	switch c := c.(type) {
	case Tell:
		article, ok := f.Article(c.Article)
		switch version, in := article.InForce(f.Now); {
		case s.Seq > 0:
			return nil, civic.Refusals{civic.Refuse(civic.Conflict, "guide.told_before")}
		case !ok || !in:
			return nil, civic.Refusals{civic.Refuse(civic.Missing, "guide.none")}
		case c.Answered && c.Missing != "" || (c.Missing == "") != (c.Box == ""):
			return nil, civic.Refusals{civic.Refuse(civic.Invalid, "guide.missing_unfit").In("missing")}
		default: // a version that was read a moment ago counts for what it was
			if of, was := article.Version(c.Of); was && of.From <= f.Now {
				version = of
			}
			e := Told{Article: c.Article, Of: version.Number, Body: article.Body, Answered: c.Answered, Missing: c.Missing, Box: c.Box}
			if c.Box != "" {
				e.Until = f.Now.Add(time.Duration(f.Kept) * 24 * time.Hour)
			}
			return []journal.Draft{{Event: e}}, nil
		}
	case Forget:
		if s.Box == "" || s.Until > f.Now {
			return nil, nil // it may come early, and more than once
		}
		return []journal.Draft{{Event: Forgot{}, Happened: max(s.Until, s.At), Erases: []string{s.Box}}}, nil
	}
	return nil, civic.Refusals{civic.Refuse(civic.Invalid, "guide.command_unknown", "command", c.Name())}
}

// feedbackID is the dossier of an answer.
func feedbackID(name string) civic.DossierID {
	return civic.DossierID(KindFeedback + "/" + strings.ToLower(name))
}
