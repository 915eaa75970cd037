package power

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/cedar-policy/cedar-go/types"
	"github.com/cedar-policy/cedar-go/x/exp/schema"
	"github.com/cedar-policy/cedar-go/x/exp/schema/resolved"
	"github.com/cedar-policy/cedar-go/x/exp/schema/validate"
)

// frameNouns are the actors that no room has, and what every question says of itself.
const frameNouns = `
entity Resident;
entity Clock;
entity Operator;
type Asked = { imported: Bool, inferred: Bool, now: Long };
`

// nouns are what policies may speak of: the schemas of all rooms as one.
type nouns struct {
	schema    *resolved.Schema
	validator *validate.Validator
}

func readNouns(sources []Source) (*nouns, error) {
	text := []byte(frameNouns)
	for _, src := range sources {
		text = append(append(text, '\n'), src.Schema...)
	}
	if len(bytes.TrimSpace(text)) == len(strings.TrimSpace(frameNouns)) {
		return nil, nil
	}
	var s schema.Schema
	if err := s.UnmarshalCedar(text); err != nil {
		return nil, fmt.Errorf("power: the rooms' schemas: %w", err)
	}
	r, err := s.Resolve()
	if err != nil {
		return nil, fmt.Errorf("power: the rooms' schemas: %w", err)
	}
	return &nouns{r, validate.New(r, validate.WithStrict())}, nil
}

// check says in what a policy does not fit the nouns; a set without nouns takes anything.
func (n *nouns) check(p *Policy) error {
	if n == nil {
		return nil
	}
	return n.validator.Policy("", p.rule)
}

func (n *nouns) action(name string) (resolved.Action, bool) {
	a, ok := n.schema.Actions[types.NewEntityUID("Action", types.String(name))]
	return a, ok
}

// fixed reports whether policies of a realm cannot touch an action: it is the clock's or the
// import's alone, or its room says @fixed.
func (n *nouns) fixed(name string) bool {
	a, ok := n.action(name)
	if !ok || a.AppliesTo == nil {
		return false // the check against the schema says so
	}
	_, said := a.Annotations["fixed"]
	return said || !slices.Contains(a.AppliesTo.Principals, "Post") && !slices.Contains(a.AppliesTo.Principals, "Resident")
}

// Actions lists every action that the rooms have nouns for, in order.
func (n *nouns) actions() []string {
	var out []string
	for uid := range n.schema.Actions {
		out = append(out, string(uid.ID))
	}
	slices.Sort(out)
	return out
}

// Check reports what of an entity does not fit the rooms' schemas.
func (s *Set) Check(e types.Entity) error {
	if s.nouns == nil {
		return nil
	}
	return s.nouns.validator.Entity(e)
}

// Known lists the actions that the rooms' schemas name; none where there is no schema.
func (s *Set) Known() []string {
	if s.nouns == nil {
		return nil
	}
	return s.nouns.actions()
}

// Ours reports whether an action is one that a post or a resident can be asked about.
func (s *Set) Ours(action string) bool {
	if s.nouns == nil {
		return true
	}
	a, ok := s.nouns.action(action)
	return ok && a.AppliesTo != nil &&
		(slices.Contains(a.AppliesTo.Principals, "Post") || slices.Contains(a.AppliesTo.Principals, "Resident"))
}
