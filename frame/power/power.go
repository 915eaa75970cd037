// Package power answers who may do what. Policies are Cedar text that ships with the
// rooms, each with an @id, the @law it rests on and a title in every language. What no
// policy permits is refused, and one forbid outweighs every permit.
//
// The set is split by action and kind of actor when it is built, because a decision costs
// time linear in the number of policies that are asked.
//
// A realm may add policies of its own (own.go). They can permit more and forbid more, and
// never undo a forbid that ships: what Cedar says of forbids holds for the whole set.
package power

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/cedar-policy/cedar-go"
	public "github.com/cedar-policy/cedar-go/ast"
	"github.com/cedar-policy/cedar-go/types"
	ast "github.com/cedar-policy/cedar-go/x/exp/ast"
)

// Messages holds the laws that ship, each by what a policy or a room's rules say in English ("law …").
//
//go:embed messages.*.json
var Messages embed.FS

// Policy is one rule with what a reader must know of it.
type Policy struct {
	ID     string            `json:"id"`
	Room   string            `json:"room"`
	Law    string            `json:"law"`
	Titles map[string]string `json:"titles"` // by language
	Forbid bool              `json:"forbid"`
	Own    bool              `json:"own,omitempty"` // the realm's, not shipped
	Text   string            `json:"text"`          // as written

	rule  *ast.Policy
	asked *cedar.Policy // without its actions, by which it is found
	apart func() Rule
	about func() []Group
}

// Set is all policies in force in a realm. It does not change.
type Set struct {
	Digest   string // SHA-256 of Text, hex
	Text     []byte // the whole set as one document
	policies map[string]*Policy
	actions  []string // that policies name, in order
	index    map[key]list
	nouns    *nouns // what policies may speak of; nil where no room says so
}

// key is what a question is found by: an action, "" for any that no policy names, and the
// kind of who asks.
type key struct {
	action string
	actor  types.EntityType
}

// list iterates in the order of ids, so that the same question gives the same answer.
type list []*Policy

func (l list) All() iter.Seq2[cedar.PolicyID, *cedar.Policy] {
	return func(yield func(cedar.PolicyID, *cedar.Policy) bool) {
		for _, p := range l {
			if !yield(cedar.PolicyID(p.ID), p.asked) {
				return
			}
		}
	}
}

// Source is what one room says of powers: its policies, and the nouns they may speak of as
// a Cedar schema.
type Source struct {
	Room   string
	Text   []byte
	Schema []byte
}

// New reads the policies of all rooms. Every policy must have @id, @law, @title_en and
// @title_zh, ids must be distinct, and where rooms ship schemas every policy must fit them.
func New(sources ...Source) (*Set, error) {
	s := &Set{policies: map[string]*Policy{}}
	sources = slices.Clone(sources)
	slices.SortFunc(sources, func(a, b Source) int { return strings.Compare(a.Room, b.Room) })
	var err error
	if s.nouns, err = readNouns(sources); err != nil {
		return nil, err
	}
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
			p := newPolicy(rule)
			p.Room = src.Room
			if len(p.lacks()) > 0 {
				return nil, fmt.Errorf("power: policy %d of room %s (%q) must have @id, @law, @title_en and @title_zh", i+1, src.Room, p.ID)
			}
			if strings.HasPrefix(p.ID, OwnPrefix) {
				return nil, fmt.Errorf("power: policy %q of room %s: ids that begin with %q are the realms'", p.ID, src.Room, OwnPrefix)
			}
			if s.policies[p.ID] != nil {
				return nil, fmt.Errorf("power: policy id %q is used twice", p.ID)
			}
			if err := s.nouns.check(p); err != nil {
				return nil, fmt.Errorf("power: policy %q: %w", p.ID, err)
			}
			s.policies[p.ID] = p
		}
	}
	if bytes.Contains(s.Text, []byte("\n"+ownMark)) {
		return nil, fmt.Errorf("power: a room's policies hold the line %q, which begins a realm's own", strings.TrimSpace(ownMark))
	}
	s.close()
	return s, nil
}

func newPolicy(rule *cedar.Policy) *Policy {
	notes := rule.Annotations()
	p := &Policy{
		ID: string(notes["id"]), Law: string(notes["law"]), Forbid: rule.Effect() == cedar.Forbid,
		Titles: map[string]string{}, Text: strings.TrimSpace(string(rule.MarshalCedar())), rule: (*ast.Policy)(rule.AST()),
	}
	for key, value := range notes {
		if lang, ok := strings.CutPrefix(string(key), "title_"); ok {
			p.Titles[lang] = string(value)
		}
	}
	asked := *p.rule
	asked.Action = ast.ScopeTypeAll{}
	p.asked = cedar.NewPolicyFromAST((*public.Policy)(&asked))
	p.apart, p.about = sync.OnceValue(p.takeApart), sync.OnceValue(p.groups)
	return p
}

// lacks names what a reader must know of the policy and is not told.
func (p *Policy) lacks() []string {
	var out []string
	for name, text := range map[string]string{"@id": p.ID, "@law": p.Law, "@title_en": p.Titles["en"], "@title_zh": p.Titles["zh"]} {
		if strings.TrimSpace(text) == "" {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// actorTypes are the kinds of actor, as policies name them.
var actorTypes = []types.EntityType{"Post", "Resident", "Clock", "Operator"}

// close finishes a set: its digest and what questions are found by.
func (s *Set) close() {
	sum := sha256.Sum256(s.Text)
	s.Digest = hex.EncodeToString(sum[:])
	all := s.All()
	named := map[string]bool{}
	for _, p := range all {
		for _, a := range p.Rule().Actions {
			named[a] = true
		}
	}
	s.actions = slices.Sorted(maps.Keys(named))
	s.index = make(map[key]list, len(actorTypes)*(len(named)+1))
	for _, p := range all { // in order of their ids
		actions := p.Rule().Actions
		if len(actions) == 0 {
			actions = append(slices.Clone(s.actions), "")
		}
		for _, actor := range actorTypes {
			if !mayBe(p.rule.Principal, actor) {
				continue
			}
			for _, action := range actions {
				k := key{action, actor}
				s.index[k] = append(s.index[k], p)
			}
		}
	}
}

// mayBe reports whether the scope of a policy leaves open that it is about a kind of actor.
func mayBe(scope ast.IsPrincipalScopeNode, actor types.EntityType) bool {
	switch scope := scope.(type) {
	case ast.ScopeTypeEq:
		return scope.Entity.Type == actor
	case ast.ScopeTypeIs:
		return scope.Type == actor
	case ast.ScopeTypeIsIn:
		return scope.Type == actor
	}
	return true
}

// Policy finds a policy by its id; nil if there is none.
func (s *Set) Policy(id string) *Policy { return s.policies[id] }

// All lists the policies in order of id.
func (s *Set) All() []*Policy {
	out := make([]*Policy, 0, len(s.policies))
	for _, p := range s.policies {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b *Policy) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// Actions lists the actions that policies name.
func (s *Set) Actions() []string { return slices.Clone(s.actions) }

// About lists the policies that are asked of an action, in order of their ids: every kind of
// actor's, or one's.
func (s *Set) About(action string, actors ...types.EntityType) list {
	if _, named := slices.BinarySearch(s.actions, action); !named {
		action = ""
	}
	if len(actors) == 1 {
		return s.index[key{action, actors[0]}]
	}
	if len(actors) == 0 {
		actors = actorTypes
	}
	var out list
	for _, actor := range actors {
		for _, p := range s.index[key{action, actor}] {
			if !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	slices.SortFunc(out, func(a, b *Policy) int { return strings.Compare(a.ID, b.ID) })
	return out
}
