package powers

import (
	"context"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/power"
)

// Thing is what a question is about, as far as who asks may see it. What she may not see that
// there is, is not found; of what she may see in part, the state lacks the rest.
type Thing struct {
	ID       civic.DossierID // empty for something that is to begin
	State    any
	Reporter civic.PersonID // who brought it, if anybody did
	// Whole is that nothing of the state is kept from who asks.
	Whole bool
}

type whyIn struct {
	Who      string `query:"who" required:"true" maxLength:"128" doc:"A post (pwd/head), or resident, reporter, clock, operator"`
	Action   string `query:"action" required:"true" maxLength:"64" doc:"Such as matter.answer; /api/powers lists them"`
	Thing    string `query:"thing" maxLength:"128" doc:"The number of a matter, or a dossier such as body/pwd; empty for what is to begin"`
	Tracking string `header:"Skein-Tracking" maxLength:"100" doc:"The secret code of an anonymous report"`
}

type whyOut struct{ Body Why }

// Why is an answer with every reason.
type Why struct {
	Allowed bool   `json:"allowed"`
	Words   string `json:"words"`
	Digest  string `json:"digest" doc:"Of the rules in force"`
	// Permits are all rules that could permit it, Forbids all that could forbid it.
	Permits []WhyRule `json:"permits"`
	Forbids []WhyRule `json:"forbids"`
	// Partly is set where something of the thing is kept from who asks.
	Partly string `json:"partly,omitempty"`
}

// WhyRule is what one rule says to the question.
type WhyRule struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Law   string `json:"law"`
	Own   bool   `json:"own,omitempty"`
	Holds bool   `json:"holds" doc:"It applies: it permits, or forbids"`
	// Failed are the conditions that do not hold, as far as can be told.
	Failed []WhyFailed `json:"failed,omitempty"`
}

// WhyFailed is a condition that does not hold, as Cedar and in words.
type WhyFailed struct {
	power.Cond
	Words string `json:"words"`
}

func (a *API) why(ctx context.Context, in *whyIn) (*whyOut, error) {
	w, err := a.Why(ctx, *in)
	if err != nil {
		return nil, err
	}
	return &whyOut{*w}, nil
}

// Why answers whether somebody may do something with a thing.
func (a *API) Why(ctx context.Context, in whyIn) (*Why, error) {
	v, voice := a.Site.Realm.View(), a.Site.Voice(ctx)
	kind := v.House.KindFor(in.Action)
	if kind == nil {
		return nil, civic.Refuse(civic.Invalid, "powers.action_unknown").In("action")
	}
	var thing Thing
	if in.Thing != "" {
		var err error
		if thing, err = a.Find(ctx, in.Thing, in.Tracking); err != nil {
			return nil, err
		}
		if thing.ID.Kind() != kind.Name {
			return nil, civic.Refuse(civic.Invalid, "powers.thing_other").In("thing")
		}
	} else {
		thing.Whole = true
	}
	actor := civic.Actor{Kind: civic.Post, Post: civic.PostID(in.Who)}
	switch in.Who {
	case "resident":
		actor = civic.Actor{Kind: civic.Resident}
	case "reporter":
		actor = civic.Actor{Kind: civic.Resident, Person: thing.Reporter}
	case "clock":
		actor = civic.Actor{Kind: civic.Clock}
	case "operator":
		actor = civic.Actor{Kind: civic.Operator}
	default:
		if _, known := v.Entities.Get(power.Principal(actor)); !known {
			return nil, civic.Refuse(civic.Invalid, "powers.who_unknown").In("who")
		}
	}
	q, ok := v.Question(actor, in.Action, thing.ID, thing.State, a.Site.Realm.Now())
	if !ok {
		return nil, civic.Refuse(civic.Invalid, "powers.thing_other").In("thing")
	}
	answer, findings := v.Powers.Why(q)
	w := &Why{Allowed: answer.Allowed, Digest: v.Powers.Digest, Permits: []WhyRule{}, Forbids: []WhyRule{}}
	for _, f := range findings {
		r := whyRule(voice, f)
		if f.Policy.Forbid {
			w.Forbids = append(w.Forbids, r)
		} else {
			w.Permits = append(w.Permits, r)
		}
	}
	w.Words = verdict(voice, answer, w)
	if !thing.Whole {
		w.Partly = voice.Say("powers.partly")
	}
	return w, nil
}

func whyRule(v words.Voice, f power.Finding) WhyRule {
	r := WhyRule{ID: f.Policy.ID, Title: face.PolicyTitle(v, f.Policy), Law: f.Policy.Law, Own: f.Policy.Own, Holds: f.Holds}
	for _, c := range f.Failed {
		r.Failed = append(r.Failed, WhyFailed{c, When(v, c)})
	}
	return r
}

// verdict is the answer in a sentence.
func verdict(v words.Voice, answer power.Answer, w *Why) string {
	key := "powers.why_none"
	switch {
	case answer.Allowed:
		key = "powers.why_yes"
	case len(answer.Refusals) > 0 && answer.Refusals[0].Key != "power.none":
		key = "powers.why_forbidden"
	case len(w.Permits) == 0:
		key = "powers.why_never"
	}
	return v.Say(key)
}
