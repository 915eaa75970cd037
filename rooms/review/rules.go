package review

import (
	_ "embed"
	"encoding/json"
	"slices"
)

// Rules is what a realm says of the limits and grounds of its reviews.
type Rules struct {
	Take          Limit `json:"take"`           // until a reviewer takes an appeal
	Reply         Limit `json:"reply"`          // of the body whose act it is
	HearingNotice Limit `json:"hearing_notice"` // between the call and the hour
	Decide        Limit `json:"decide"`         // from the appeal
	Extend        Limit `json:"extend"`         // once
	Publish       Limit `json:"publish"`        // from the decision
	Contest       Limit `json:"contest"`        // to ask a court
	Answer        Limit `json:"answer"`         // of a body to a finding or a recommendation
	// LimitsLaw is where the limits are from.
	LimitsLaw string   `json:"limits_law"`
	AnswerLaw string   `json:"answer_law"`
	Grounds   []Ground `json:"grounds"`
	// Stays are what stands still, only where the law says so.
	Stays []struct {
		Of    string `json:"of"`
		Holds string `json:"holds"`
		Law   string `json:"law"`
	} `json:"stays"`
	// Results are those that a decision on each can have, Outcomes what a varied answer can say.
	Results  map[string][]Result `json:"results"`
	Outcomes []string            `json:"outcomes"`
}

// Ground is on what an appeal may rest, by which law.
type Ground struct {
	Code string `json:"code"`
	Law  string `json:"law"`
}

//go:embed rules.json
var foundingRules []byte

// FoundingRules are the rules that a new realm starts with.
func FoundingRules() (*Rules, error) {
	var r Rules
	return &r, json.Unmarshal(foundingRules, &r)
}

// GroundCodes lists the grounds.
func (r *Rules) GroundCodes() []string {
	out := make([]string, len(r.Grounds))
	for i, g := range r.Grounds {
		out[i] = g.Code
	}
	return out
}

func (r *Rules) ground(code string) (Ground, bool) {
	i := slices.IndexFunc(r.Grounds, func(g Ground) bool { return g.Code == code })
	if i < 0 {
		return Ground{}, false
	}
	return r.Grounds[i], true
}

// stay is what stands still while an appeal against something is decided; nil for nothing.
func (r *Rules) stay(of string) *Stay {
	for _, s := range r.Stays {
		if s.Of == of {
			return &Stay{Holds: s.Holds, Law: s.Law}
		}
	}
	return nil
}
