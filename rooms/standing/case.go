package standing

import (
	"slices"

	"skein/face/words"
	"skein/frame/civic"
)

// Case is what figures need to know of a matter: no words, no numbers of it, nobody who told it. It is a pure function of the
// matter's acts, so that what a matter once added to the tallies can be taken from them again to the unit.
type Case struct {
	// Public is false of a private matter, which is in no figure of this room (docs/decisions/0018).
	Public   bool
	Category civic.Category
	Places   []civic.PlaceID // that hold it, without the realm's root
	Channel  string
	Language words.Language // of what its reporter wrote, where everyone may read it and somebody said it; "" otherwise
	Reported civic.Instant
	Rounds   []Round
	Rulings  []Ruling
}

// Round is one go at a matter, from its start to its answer and end.
type Round struct {
	Start       civic.Instant
	Lead        civic.BodyID // who led it last
	ResponseDue civic.Instant
	Accepted    civic.Instant
	BySilence   bool
	Due         civic.Instant
	Answered    civic.Instant
	Outcome     string
	Days        int // working days from start to answer without pauses, each begun one counted; -1 where no calendar tells
	Ended       civic.Instant
	Ending      string
	Rating      int // 1 to 5 of the answer, 0 none: of a body's work
	HandOvers   int
	Corrections int
	Moves       int
	Objecting   []civic.BodyID
	Inferred    []string // steps that the imported source does not have: they count in no figure
}

// Ruling is what a coordinating body decided on an objection or a proposal to decline, or left to silence.
type Ruling struct {
	Body      civic.BodyID
	At, Due   civic.Instant
	BySilence bool
	Keeps     bool // the lead stays
}

// Appeal is what figures need to know of an appeal.
type Appeal struct {
	Public     bool
	Respondent civic.BodyID // whose act it is about
	Of         string       // "answer", "decline", "withholding" or "masking"
	Decided    civic.Instant
	Overturned bool // decided, and not upheld
	Reviewer   civic.BodyID
	Late       bool
}

func (r Round) inferred(step string) bool { return slices.Contains(r.Inferred, step) }

// handOvers are those that the source has.
func (r Round) handOvers() int {
	if r.inferred("ruled") {
		return 0
	}
	return r.HandOvers
}

// moves are how often another body came to lead it, or what it is was set right, while its clock ran on.
func (r Round) moves() int { return r.handOvers() + r.Corrections + r.Moves }

// Measures, as they stand in tallies, exports and the data dictionary. Beside them stand histograms: "days.N" of what was answered in the month,
// "wait.N" of what was due in it.
const (
	Reported       = "reported"
	ResponseDue    = "response_due"
	ResponseInTime = "response_in_time"
	ResponseSilent = "response_silent"
	Due            = "due"
	InTime         = "in_time"
	Late           = "late"
	LateMoved      = "late_moved"
	Answered       = "answered"
	Fixed          = "fixed"
	InPart         = "in_part"
	Planned        = "planned"
	Explained      = "explained"
	NotPossible    = "not_possible"
	NotFixed       = "not_fixed"
	Solved         = "solved"
	Unsolved       = "unsolved"
	Lapsed         = "lapsed"
	Withdrawn      = "withdrawn"
	Declined       = "declined"
	JoinedIn       = "joined"
	Reopened       = "reopened"
	HandedOver     = "handed_over"
	Corrected      = "corrected"
	Moved          = "moved"
	Objected       = "objected"
	Rulings        = "rulings"
	RulingsLate    = "rulings_late"
	RulingsSilent  = "rulings_silent"
	RulingsKeep    = "rulings_keep"
	RulingsUpset   = "rulings_overturned"
	Appeals        = "appeals"
	AppealsUpset   = "appeals_overturned"
	Reviews        = "reviews"
	ReviewsLate    = "reviews_late"

	ratingStem = "rating."
	daysStem   = "days."
	waitStem   = "wait."
)

// Measures lists every measure that is one number, in the order of exports.
var Measures = []string{
	Reported, ResponseDue, ResponseInTime, ResponseSilent, Due, InTime, Late, LateMoved, Answered, Fixed, InPart, Planned, Explained, NotPossible, NotFixed, Solved, Unsolved, Lapsed, Withdrawn, Declined, JoinedIn,
	Reopened, HandedOver, Corrected, Moved, Objected, Rulings, RulingsLate, RulingsSilent, RulingsKeep, RulingsUpset, Appeals, AppealsUpset, Reviews, ReviewsLate,
	ratingStem + "1", ratingStem + "2", ratingStem + "3", ratingStem + "4", ratingStem + "5",
}
