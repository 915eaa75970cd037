// Package power answers who may do what. Policies are Cedar text that ships with the
// rooms, each with an @id, the @law it rests on and a title in every language. What no
// policy permits is refused, and one forbid outweighs every permit.
//
// The set is split by action when it is built, because a decision costs time linear in
// the number of policies that are asked.
package power

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"
	ast "github.com/cedar-policy/cedar-go/x/exp/ast"

	"skein/frame/civic"
)

// Policy is one rule with what a reader must know of it.
type Policy struct {
	ID     string            `json:"id"`
	Room   string            `json:"room"`
	Law    string            `json:"law"`
	Titles map[string]string `json:"titles"` // by language
	Forbid bool              `json:"forbid"`
	Text   string            `json:"text"` // as written

	rule *cedar.Policy
}

// Set is all policies in force in a realm. It does not change.
type Set struct {
	Digest   string // SHA-256 of Text, hex
	Text     []byte // the whole set as one document
	policies map[string]*Policy
	byAction map[string]list // those that name the action
	always   list            // those that name none
}

// list iterates in the order of ids, so that the same question gives the same answer.
type list []*Policy

func (l list) All() iter.Seq2[cedar.PolicyID, *cedar.Policy] {
	return func(yield func(cedar.PolicyID, *cedar.Policy) bool) {
		for _, p := range l {
			if !yield(cedar.PolicyID(p.ID), p.rule) {
				return
			}
		}
	}
}

// Source is the policy text of one room.
type Source struct {
	Room string
	Text []byte
}

// New reads the policies of all rooms. Every policy must have @id, @law, @title_en and
// @title_zh, and ids must be distinct.
func New(sources ...Source) (*Set, error) {
	s := &Set{policies: map[string]*Policy{}, byAction: map[string]list{}}
	sort.Slice(sources, func(i, j int) bool { return sources[i].Room < sources[j].Room })
	for _, src := range sources {
		if len(src.Text) == 0 {
			continue
		}
		s.Text = append(s.Text, fmt.Sprintf("// room: %s\n", src.Room)...)
		s.Text = append(s.Text, src.Text...)
		rules, err := cedar.NewPolicyListFromBytes(src.Room+"/policies.cedar", src.Text)
		if err != nil {
			return nil, fmt.Errorf("power: %s/policies.cedar: %w", src.Room, err)
		}
		for i, rule := range rules {
			if err := s.add(src.Room, i, rule); err != nil {
				return nil, err
			}
		}
	}
	for action, named := range s.byAction {
		all := append(append(list{}, named...), s.always...)
		sort.Slice(all, func(i, j int) bool { return all[i].ID < all[j].ID })
		s.byAction[action] = all
	}
	sum := sha256.Sum256(s.Text)
	s.Digest = hex.EncodeToString(sum[:])
	return s, nil
}

func (s *Set) add(room string, i int, rule *cedar.Policy) error {
	notes := rule.Annotations()
	p := &Policy{
		ID: string(notes["id"]), Room: room, Law: string(notes["law"]), Forbid: rule.Effect() == cedar.Forbid,
		Titles: map[string]string{}, Text: strings.TrimSpace(string(rule.MarshalCedar())), rule: rule,
	}
	for key, value := range notes {
		if lang, ok := strings.CutPrefix(string(key), "title_"); ok {
			p.Titles[lang] = string(value)
		}
	}
	if p.ID == "" || p.Law == "" || p.Titles["en"] == "" || p.Titles["zh"] == "" {
		return fmt.Errorf("power: policy %d of room %s (%q) must have @id, @law, @title_en and @title_zh", i+1, room, p.ID)
	}
	if _, twice := s.policies[p.ID]; twice {
		return fmt.Errorf("power: policy id %q is used twice", p.ID)
	}
	s.policies[p.ID] = p
	switch scope := (*ast.Policy)(rule.AST()).Action.(type) {
	case ast.ScopeTypeEq:
		s.byAction[string(scope.Entity.ID)] = append(s.byAction[string(scope.Entity.ID)], p)
	case ast.ScopeTypeInSet:
		for _, e := range scope.Entities {
			s.byAction[string(e.ID)] = append(s.byAction[string(e.ID)], p)
		}
	default:
		s.always = append(s.always, p)
	}
	return nil
}

// Policy finds a policy by its id; nil if there is none.
func (s *Set) Policy(id string) *Policy { return s.policies[id] }

// All lists the policies in order of id.
func (s *Set) All() []*Policy {
	out := make([]*Policy, 0, len(s.policies))
	for _, p := range s.policies {
		out = append(out, p)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out
}

// Actions lists the actions that policies name.
func (s *Set) Actions() []string {
	out := make([]string, 0, len(s.byAction))
	for a := range s.byAction {
		out = append(out, a)
	}
	sort.Strings(out)
	return out
}

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

// Ask answers a question.
func (s *Set) Ask(q Question) Answer {
	if !inScope(q.Actor.Scope, q.Action) {
		return Answer{Refusals: civic.Refusals{civic.Refuse(civic.Forbidden, "power.out_of_scope", "action", q.Action, "scope", q.Actor.Scope)}}
	}
	asked, named := s.byAction[q.Action]
	if !named {
		asked = s.always
	}
	world := world{q.Resource, q.World}
	decision, why := cedar.Authorize(asked, world, cedar.Request{
		Principal: Principal(q.Actor), Action: types.NewEntityUID("Action", types.String(q.Action)),
		Resource: q.Resource.UID, Context: q.Context,
	})
	if decision == cedar.Allow {
		first := string(why.Reasons[0].PolicyID)
		for _, r := range why.Reasons[1:] {
			first = min(first, string(r.PolicyID))
		}
		return Answer{Allowed: true, Policy: first}
	}
	var a Answer
	for _, r := range why.Reasons {
		p := s.policies[string(r.PolicyID)]
		a.Refusals = append(a.Refusals, civic.Refuse(civic.Forbidden, "power.forbidden",
			"action", q.Action, "policy", p.ID, "law", p.Law, "title_en", p.Titles["en"], "title_zh", p.Titles["zh"]))
	}
	if len(why.Reasons) == 0 {
		var could []string
		for _, p := range asked {
			if !p.Forbid {
				could = append(could, p.ID)
			}
		}
		a.Refusals = append(a.Refusals, civic.Refuse(civic.Forbidden, "power.none",
			"action", q.Action, "policies", strings.Join(could, ", ")))
	}
	return a
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
