package power

import (
	"path"
	"slices"
	"strings"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/civic"
)

// Question is: may this actor do this to that?
type Question struct {
	Actor    civic.Actor
	Action   string
	Resource types.Entity
	Context  types.Record
	// World knows the posts, bodies and places.
	World types.EntityGetter
}

// Answer says whether, under which policy, and why not.
type Answer struct {
	Allowed bool
	// Policy is the first permit by id that held.
	Policy string
	// Refusals says every reason against: each forbid that held, or that nothing permits it.
	Refusals civic.Refusals
}

// Principal is how an actor is named in policies.
func Principal(a civic.Actor) types.EntityUID {
	switch a.Kind {
	case civic.Post:
		return types.NewEntityUID("Post", types.String(a.Post))
	case civic.Resident:
		if a.Person == "" {
			return types.NewEntityUID("Resident", "anonymous")
		}
		return types.NewEntityUID("Resident", types.String(a.Person))
	case civic.Clock:
		return types.NewEntityUID("Clock", "realm")
	default:
		return types.NewEntityUID("Operator", "machine")
	}
}

// Ask answers a question. A forbid that cannot be worked out for it is taken to hold: what
// would be allowed but for it is refused.
func (s *Set) Ask(q Question) Answer {
	if !inScope(q.Actor.Scope, q.Action) {
		return Answer{Refusals: civic.Refusals{civic.Refuse(civic.Forbidden, "power.out_of_scope", "action", q.Action, "scope", q.Actor.Scope)}}
	}
	principal := Principal(q.Actor)
	decision, why := cedar.Authorize(s.About(q.Action, principal.Type), world{q.Resource, q.World}, cedar.Request{
		Principal: principal, Action: types.NewEntityUID("Action", types.String(q.Action)),
		Resource: q.Resource.UID, Context: q.Context,
	})
	var a Answer
	if decision == cedar.Allow {
		for _, e := range why.Errors {
			if p := s.policies[string(e.PolicyID)]; p.Forbid {
				a.Refusals = append(a.Refusals, p.refusal("power.unclear", q.Action))
			}
		}
		if len(a.Refusals) > 0 {
			return a
		}
		first := string(why.Reasons[0].PolicyID)
		for _, r := range why.Reasons[1:] {
			first = min(first, string(r.PolicyID))
		}
		return Answer{Allowed: true, Policy: first}
	}
	for _, r := range why.Reasons {
		a.Refusals = append(a.Refusals, s.policies[string(r.PolicyID)].refusal("power.forbidden", q.Action))
	}
	if len(why.Reasons) == 0 {
		var could []string
		for _, p := range s.About(q.Action) {
			if !p.Forbid {
				could = append(could, p.ID)
			}
		}
		a.Refusals = append(a.Refusals, civic.Refuse(civic.Forbidden, "power.none",
			"action", q.Action, "policies", strings.Join(could, ", ")))
	}
	return a
}

func (p *Policy) refusal(key, action string) civic.Refusal {
	return civic.Refuse(civic.Forbidden, key,
		"action", action, "policy", p.ID, "law", p.Law, "title_en", p.Titles["en"], "title_zh", p.Titles["zh"])
}

// inScope reports whether one of a scope's patterns names an action; the empty scope names all.
func inScope(scope, action string) bool {
	if scope == "" {
		return true
	}
	for pattern := range strings.FieldsSeq(scope) {
		if ok, _ := path.Match(pattern, action); ok {
			return true
		}
	}
	return false
}

// ScopeFits reports whether a pattern names any of some actions.
func ScopeFits(pattern string, actions []string) bool {
	return pattern != "" && !strings.ContainsAny(pattern, " \\[") && slices.ContainsFunc(actions, func(a string) bool { return inScope(pattern, a) })
}

// world is the realm's entities with the resource of one question.
type world struct {
	resource types.Entity
	rest     types.EntityGetter
}

func (w world) Get(uid types.EntityUID) (types.Entity, bool) {
	if uid == w.resource.UID {
		return w.resource, true
	}
	if w.rest == nil {
		return types.Entity{}, false
	}
	return w.rest.Get(uid)
}
