package matter

import (
	_ "embed"
	"encoding/json"

	"skein/frame/civic"
)

// Facts is what a decision must know. It is data; the interfaces in it are immutable snapshots.
type Facts struct {
	// Now is the instant the command is of: the realm's clock, or what an import claims.
	Now civic.Instant
	// Position is what the first act of the decision will get.
	Position civic.Position
	// Asker is who asks; power has already said that she may.
	Asker civic.Actor
	// Imported and Inferred are set only under the power to import.
	Imported bool
	Inferred bool

	Rules     *Rules
	Numbers   *Numbers
	Duties    Duties
	Bodies    Bodies
	Calendars Calendars
	// Others are the matters that LoadOthers gives.
	Others map[civic.DossierID]State
}

// Rules is what a realm says of the limits and grounds of its matters. Rows of the duty
// list without a limit take these.
type Rules struct {
	Triage     Limit `json:"triage"`
	Response   Limit `json:"response"`
	Objection  Limit `json:"objection"`
	Resolution Limit `json:"resolution"`
	Joint      Limit `json:"joint"`
	Ruling     Limit `json:"ruling"`
	Lapse      Limit `json:"lapse"`   // to confirm an answer
	Reopen     Limit `json:"reopen"`  // from the end of a matter
	Appeal     Limit `json:"appeal"`  // from what is appealed
	Release    Limit `json:"release"` // of texts and photos

	ObjectionGrounds []string      `json:"objection_grounds"`
	PauseGrounds     []PauseGround `json:"pause_grounds"`
	WithholdGrounds  []string      `json:"withhold_grounds"`
	AppealGrounds    []string      `json:"-"` // the review room's list
	Channels         []string      `json:"channels"`
	// Evidence lists the outcomes that need some.
	Evidence []Outcome `json:"evidence,omitempty"`
	// Retention is for how long what was told is kept, by kind; Holds bounds what delays an erasure, and IdentityChecks
	// are the ways in which the desk makes sure whose a request is.
	Retention      []Retention `json:"retention"`
	Holds          Holds       `json:"holds"`
	IdentityChecks []string    `json:"identity_checks"`
	// MostAttached bounds the files of one act.
	MostAttached int `json:"most_attached"`
}

// PauseGround is a ground of the law on which the clock may stand still. Longest is the
// longest total of all pauses of a round, when this ground is the last taken.
type PauseGround struct {
	Code    string `json:"code"`
	Law     string `json:"law"`
	Longest Limit  `json:"longest"`
	// UntilSupplied lets the clock run on as soon as the reporter has answered.
	UntilSupplied bool `json:"until_supplied,omitempty"`
}

// GroundAnotherBody is the objection ground that must name the other body.
const GroundAnotherBody = "another_body"

//go:embed rules.json
var foundingRules []byte

// FoundingRules are the rules that a new realm starts with; it changes them as data.
func FoundingRules() (*Rules, error) {
	var r Rules
	return &r, json.Unmarshal(foundingRules, &r)
}

// LoadOthers gives the other matters that a decision must know, for Facts.Others. A matter that was joined into one that was itself joined
// is kept for as long as the last of them: to expire it, all on the way are known.
func LoadOthers(s State, c Command, load func(civic.DossierID) State) map[civic.DossierID]State {
	ids := others(s, c)
	if len(ids) == 0 {
		return nil
	}
	known := make(map[civic.DossierID]State, len(ids))
	for _, id := range ids {
		known[id] = load(id)
	}
	if expire, ok := c.(Expire); ok && expire.Main == "" {
		for on := known[s.Main]; on.Status == StatusJoined; on = known[on.Main] {
			if _, seen := known[on.Main]; seen { // no matter joins one that has ended, so that none comes twice
				break
			}
			known[on.Main] = load(on.Main)
		}
	}
	return known
}

// others names the other matters that a decision must know.
func others(s State, c Command) []civic.DossierID {
	switch c := c.(type) {
	case Join:
		if _, ok := First(c.Into); ok {
			return []civic.DossierID{c.Into}
		}
	case Answer:
		return s.Parts
	case Withdraw:
		return s.Took
	case Expire:
		if c.Main != "" {
			return []civic.DossierID{c.Main}
		}
		if s.Status == StatusJoined {
			return []civic.DossierID{s.Main}
		}
	case Erase:
		if c.Withdraw {
			return s.Took
		}
	case Retract:
		if s.Main != "" {
			return []civic.DossierID{s.Main}
		}
	}
	return nil
}
