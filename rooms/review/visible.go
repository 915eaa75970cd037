package review

import (
	"skein/frame/civic"
	"skein/frame/procedure"
)

// Eyes is who looks at an appeal. The zero value is everyone.
type Eyes struct {
	// Appellant is set for whoever has shown to be the one who appealed.
	Appellant civic.PersonID
	// Post is set for a post whose power to read the file has been decided.
	Post civic.PostID
	// Leaving is set for its reviewer where she is kept out by another post of hers: she knows that it is hers and steps back, and reads no text.
	Leaving bool
}

// View is what some eyes may see of an appeal. It names bodies and posts, and nobody.
type View struct {
	Number     Number
	Matter     civic.DossierID
	Of         string
	Ground     string
	Law        string
	Status     Status
	Private    bool
	Place      civic.PlaceID
	Respondent civic.BodyID
	Reviewer   civic.PostID
	Case       procedure.Case
	TakeBy     Term
	DecideBy   Term
	Stay       *Stay
	Result     Result
	ResultLaw  string
	Outcome    string
	By         civic.Instant
	Within     Limit
	Contest    Term
	PublishBy  Term
	Published  civic.Instant
	Told       []Step
	Items      []Item
	// Held counts texts that these eyes may not read.
	Held int
	// Withheld are what a decision can order to be shown, for whoever may read the file.
	Withheld []string
	// Yours is set for whoever appealed, Concerned for her and for posts that may read the file.
	Yours, Concerned bool
}

// Visible is what some eyes may see of an appeal; false when not even that it exists. Of an appeal on a private matter
// the public sees nothing. Texts are read by the sides, the reviewer and courts; by everyone once published, in words without names.
func Visible(s State, eyes Eyes) (View, bool) {
	yours := eyes.Appellant != "" && eyes.Appellant == s.Appellant
	concerned := yours || eyes.Post != ""
	if !s.Exists() || s.Private && !concerned && !eyes.Leaving {
		return View{}, false
	}
	v := View{
		Number: s.Number, Matter: s.Matter, Of: s.Of, Ground: s.Ground, Law: s.Law, Status: s.Status, Private: s.Private, Place: s.Place,
		Respondent: s.Respondent, Reviewer: s.Reviewer, Case: s.Case, TakeBy: s.TakeBy, DecideBy: s.DecideBy, Stay: s.Stay, Result: s.Result, ResultLaw: s.ResultLaw,
		Outcome: s.Outcome, By: s.By, Within: s.Within, Contest: s.Contest, PublishBy: s.PublishBy, Published: s.Published, Told: s.Told,
		Yours: yours, Concerned: concerned,
	}
	for _, it := range s.Items {
		if concerned || it.Public {
			v.Items = append(v.Items, it)
		} else {
			v.Held++
		}
	}
	if concerned {
		v.Withheld = s.Withheld
	}
	return v, true
}
