package powers

import (
	"strings"

	"skein/face/words"
	"skein/frame/power"
)

// Rules in plain words. A room's messages say its actions ("may matter.answer") and the
// conditions of its policies ("when resource has lead"); what no room has words for, such as
// a condition of a realm's own rule, is shown as Cedar.

// Words is a rule as a sentence: to whom, what, when.
func Words(v words.Voice, p *power.Policy) string {
	r := p.Rule()
	key := "powers.sentence_permit"
	if p.Forbid {
		key = "powers.sentence_forbid"
	}
	who := string(r.Who)
	if who == "" {
		who = "any"
	}
	text := v.Say(key, "who", v.Say("powers.who_"+who)+in(v, r.In), "what", what(v, r)+in(v, r.OnIn))
	if len(r.When) > 0 {
		text = v.Say("powers.sentence_when", "sentence", text, "when", join(v, "powers.and", r.When))
	}
	return v.Say("powers.sentence", "sentence", text)
}

// in names the one entity that something must be or be in.
func in(v words.Voice, entity string) string {
	if entity == "" {
		return ""
	}
	return v.Say("powers.in", "entity", entity)
}

func what(v words.Voice, r power.Rule) string {
	if len(r.Actions) == 0 {
		return v.Say("powers.whatever")
	}
	out := make([]string, len(r.Actions))
	for i, a := range r.Actions {
		out[i] = Action(v, a)
	}
	return v.Value(out)
}

// Action is what an action is called in a sentence.
func Action(v words.Voice, action string) string {
	return v.Value(words.Code{Key: "may " + action, Else: action})
}

func join(v words.Voice, by string, conds []power.Cond) string {
	out := make([]string, len(conds))
	for i, c := range conds {
		out[i] = When(v, c)
		if len(c.Any) > 0 && len(conds) > 1 {
			out[i] = v.Say("powers.either", "choice", out[i])
		}
	}
	return strings.Join(out, v.Say(by))
}

// When is a condition in words.
func When(v words.Voice, c power.Cond) string {
	var text string
	switch {
	case c.Text != "":
		text = v.Value(words.Code{Key: "when " + c.Text, Else: c.Text})
	case len(c.All) > 0:
		text = join(v, "powers.and", c.All)
	default:
		text = join(v, "powers.or", c.Any)
	}
	if c.Not {
		return v.Say("powers.not", "what", text)
	}
	return text
}

// groupOrder is the order in which a reader looks for herself.
var groupOrder = []power.Group{
	power.GroupAnyone, power.GroupReporter, "desk", "handler", "supervisor", "coordinator", "registrar", "list_keeper", "reviewer", "judicial", "guide_editor",
	power.GroupPosts, power.GroupCoordinating, power.GroupClock, power.GroupOperator, power.GroupAll,
}

type grouped struct {
	Group    power.Group
	Policies []*power.Policy
}

// groups sorts rules by whom they are about; one about two roles stands under both.
func groups(set *power.Set) []grouped {
	by := map[power.Group][]*power.Policy{}
	for _, p := range set.All() {
		for _, g := range p.Groups() {
			by[g] = append(by[g], p)
		}
	}
	var out []grouped
	for _, g := range groupOrder {
		if len(by[g]) > 0 {
			out = append(out, grouped{g, by[g]})
			delete(by, g)
		}
	}
	for _, p := range set.All() { // roles that the page does not know
		for _, g := range p.Groups() {
			if len(by[g]) > 0 {
				out = append(out, grouped{g, by[g]})
				delete(by, g)
			}
		}
	}
	return out
}
