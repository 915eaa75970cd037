package matter

import (
	"slices"

	"skein/frame/access"
	"skein/frame/civic"
)

// Eyes is who looks at a matter. The zero value is everyone.
type Eyes struct {
	// Reporter is set for whoever has shown to be the reporter.
	Reporter civic.PersonID
	// Post is set for a post whose power to read the matter has been decided; Bodies are its
	// body and all above that.
	Post   civic.PostID
	Bodies []civic.BodyID
	// Power is the policy that permits it, and For what the post reads under it.
	Power string
	For   access.Purpose
}

// Who is the post that looks, for the record of who read what.
func (e Eyes) Who() access.Who {
	return access.Who{Actor: civic.Actor{Kind: civic.Post, Post: e.Post}, Power: e.Power, Purpose: e.For}
}

// purposes are what a post reads for, by the policy that lets it read.
var purposes = map[string]access.Purpose{
	"matter.desk_orders": access.Desk, "matter.lead_works": access.Handling, "matter.contribute": access.Joint,
	"matter.supervisor_reads": access.Supervision, "matter.coordinator_orders": access.Coordination, "matter.reviewer_reads": access.Review,
	"meeting.convener_leads": access.Coordination, "meeting.invited_replies": access.Joint,
}

// purposeOf is what a post reads for under a policy; one that the house does not know is the realm's own.
func purposeOf(policy string) access.Purpose {
	if p, ok := purposes[policy]; ok {
		return p
	}
	return access.OwnRule
}

// View is what some eyes may see of a matter.
type View struct {
	ID         civic.DossierID
	Number     Number
	Kind       Kind
	Category   civic.Category
	Status     Status
	Ending     Ending
	Visibility Visibility
	Place      civic.PlaceID
	Point      *Point
	Reported   civic.Instant
	Updated    civic.Instant
	Channel    string
	Imported   bool
	OnRecord   bool

	Lead       civic.BodyID
	Joint      []civic.BodyID
	Law        string
	Due        civic.Instant // 0 while nobody is assigned
	Resolution Term
	Pauses     []Stop
	Outcome    Outcome
	PlannedBy  civic.Instant
	Answered   civic.Instant
	Elsewhere  string
	Waiting    string // why it has no lead yet
	Rounds     []Figures
	Items      []Item
	Erased     *Erasure // what was told was erased
	Hold       *Hold    // and what delays it
	// Held counts texts and photos that these eyes may not see, and Back says why each is held back.
	Held int
	Back []HeldBack

	// For its reporter and for posts concerned.
	Main      civic.DossierID
	Against   civic.BodyID
	Questions int
	External  string
	Contact   bool
	Asking    civic.Instant // since when an erasure waits for the hold to end
	// For its reporter alone.
	Yours     bool
	Push      bool          // her browser is told that there is news
	ConfirmBy civic.Instant // until when she may say whether it is solved

	concerned bool
}

// HeldBack is a text or photo that is not shown, and why.
type HeldBack struct {
	Seq    int64 // the act that brought it
	From   string
	Media  string
	Why    string // one of the Held… codes
	Ground string // of withholding
	Law    string // that it cites
}

// Why something is not shown.
const (
	HeldUndecided = "undecided" // nobody has looked at it yet
	HeldWithheld  = "withheld"  // on a ground
	HeldWorking   = "working"   // a body's paper for another, not for the reporter before it is released
)

func (it Item) heldBack(reporter bool) HeldBack {
	h := HeldBack{Seq: it.Seq, From: it.From, Media: it.Media, Why: HeldUndecided}
	switch {
	case it.Showing == ShowWithheld:
		h.Why, h.Ground, h.Law = HeldWithheld, it.Ground, it.Law
	case reporter:
		h.Why = HeldWorking
	}
	return h
}

// Concerned reports whether these eyes are the reporter's, or a post's that may read the file and is not of a body complained of.
func (v View) Concerned() bool { return v.concerned }

// Figures are what everyone may know of a round.
type Figures struct {
	No                            int
	Start, FirstLead, Accepted    civic.Instant
	Due, Answered, Ended          civic.Instant
	Outcome                       Outcome
	Ending                        Ending
	HandOvers, Corrections, Moves int
	Late, BySilence, Extended     bool
	Rating                        int
	// Inferred are steps that the imported source did not have: they count in no figure.
	Inferred []string
}

// Visible is what some eyes may see of a matter; false when not even that it exists.
func Visible(s State, eyes Eyes) (View, bool) {
	reporter := eyes.Reporter != "" && eyes.Reporter == s.Reporter
	post := eyes.Post != "" && (s.Against == "" || !slices.Contains(eyes.Bodies, s.Against) && eyes.Post.Body() != s.Against)
	if !s.Exists() || (s.Visibility == Private && !reporter && !post) {
		return View{}, false
	}
	concerned := reporter || post
	v := View{
		ID: s.ID, Number: s.Number, Kind: s.Kind, Category: s.Category, Status: s.Status, Ending: s.Ending,
		Visibility: s.Visibility, Place: s.Place, Point: s.Point, Reported: s.Reported, Updated: s.Last,
		Channel: s.Channel, Imported: s.Imported, OnRecord: s.OnRecord,
		Lead: s.Lead, Law: s.Law, Due: s.Resolution.Due, Resolution: s.Resolution, Pauses: s.Pauses,
		Outcome: s.Outcome, PlannedBy: s.PlannedBy, Answered: s.Answered, Elsewhere: s.Elsewhere,
		Waiting: s.Triage, Erased: s.Erased, Hold: s.Hold, concerned: concerned,
	}
	for _, j := range s.Round.Joint {
		v.Joint = append(v.Joint, j.Body)
	}
	for _, r := range append(slices.Clip(s.Past), s.Round) {
		v.Rounds = append(v.Rounds, r.figures())
	}
	for _, it := range s.Items {
		if shown, ok := it.shownTo(reporter, post); ok {
			v.Items = append(v.Items, shown)
		} else {
			v.Held++
			v.Back = append(v.Back, it.heldBack(reporter))
		}
	}
	if concerned {
		v.Against, v.Questions, v.External, v.Contact = s.Against, s.Questions, s.External, s.Contact
		v.Asking = s.Asking
		v.Main = s.Main // which may be private
	}
	if reporter {
		v.Yours, v.Push = true, s.Push
		if s.Status == StatusAnswered {
			v.ConfirmBy = s.Lapse.Due
		}
	}
	return v, true
}

// shownTo is the version of an item that eyes may see. Bodies' contributions to the lead, and what was said when they met, are
// working papers: the reporter sees them once released, like everyone.
func (it Item) shownTo(reporter, post bool) (Item, bool) {
	switch {
	case post:
		return it, true
	case reporter && it.From != "joint" && it.From != "lead" && it.From != "desk" && it.From != "met":
		if it.From != fromReporter && it.From != "words" && it.Shown != "" {
			it.Digest = it.Shown
		}
		return it, true
	case it.Showing == ShowReleased:
		if it.Shown != "" {
			it.Digest = it.Shown
		}
		it.Shown, it.Ground, it.Law = "", "", ""
		return it, true
	}
	return Item{}, false
}

func (r Round) figures() Figures {
	return Figures{
		No: r.No, Start: r.Start, FirstLead: r.FirstLead, Accepted: r.Accepted, Due: r.Resolution.Due,
		Answered: r.Answered, Ended: r.Ended, Outcome: r.Outcome, Ending: r.Ending,
		HandOvers: r.HandOvers, Corrections: r.Corrections, Moves: r.Moves,
		Late: r.Late, BySilence: r.BySilence, Extended: r.Extension != "", Rating: r.Rating, Inferred: r.Inferred,
	}
}
