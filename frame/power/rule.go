package power

import (
	"slices"
	"strings"

	public "github.com/cedar-policy/cedar-go/ast"
	"github.com/cedar-policy/cedar-go/types"
	ast "github.com/cedar-policy/cedar-go/x/exp/ast"
)

// Rule is a policy taken apart for a reader: to whom, what, on what, when.
type Rule struct {
	Who     types.EntityType `json:"who,omitempty"` // "Post"; empty is anybody
	In      string           `json:"in,omitempty"`  // the one entity, or the one above, that the actor must be or be in
	Actions []string         `json:"actions"`       // none is all of them
	On      types.EntityType `json:"on,omitempty"`
	OnIn    string           `json:"on_in,omitempty"`
	When    []Cond           `json:"when,omitempty"` // all of them must hold
}

// Cond is a condition: Cedar text, or all or any of several. Not turns it round.
type Cond struct {
	Text string `json:"text,omitempty"`
	Not  bool   `json:"not,omitempty"`
	All  []Cond `json:"all,omitempty"`
	Any  []Cond `json:"any,omitempty"`

	node ast.IsNode
}

// Rule is the policy taken apart, once: a policy does not change, and nobody may change what it is taken apart into.
func (p *Policy) Rule() Rule { return p.apart() }

func (p *Policy) takeApart() Rule {
	var r Rule
	r.Who, r.In = scopeOf(p.rule.Principal)
	r.On, r.OnIn = scopeOf(p.rule.Resource)
	switch scope := p.rule.Action.(type) {
	case ast.ScopeTypeEq:
		r.Actions = []string{string(scope.Entity.ID)}
	case ast.ScopeTypeInSet:
		for _, e := range scope.Entities {
			r.Actions = append(r.Actions, string(e.ID))
		}
	}
	for _, c := range p.rule.Conditions {
		cond := condOf(c.Body)
		if c.Condition == ast.ConditionUnless {
			cond = Cond{Not: true, All: []Cond{cond}}
			if len(cond.All[0].All)+len(cond.All[0].Any) == 0 && !cond.All[0].Not {
				cond = Cond{Not: true, Text: cond.All[0].Text}
			}
			cond.node = ast.Not(ast.NewNode(c.Body)).AsIsNode()
		}
		if len(cond.All) > 0 && !cond.Not {
			r.When = append(r.When, cond.All...)
		} else {
			r.When = append(r.When, cond)
		}
	}
	return r
}

func scopeOf(scope any) (types.EntityType, string) {
	switch scope := scope.(type) {
	case ast.ScopeTypeEq:
		return scope.Entity.Type, scope.Entity.String()
	case ast.ScopeTypeIn:
		return "", scope.Entity.String()
	case ast.ScopeTypeIs:
		return scope.Type, ""
	case ast.ScopeTypeIsIn:
		return scope.Type, scope.Entity.String()
	}
	return "", ""
}

func condOf(n ast.IsNode) Cond {
	switch n := n.(type) {
	case ast.NodeTypeAnd:
		return Cond{All: append(parts(n.Left, true), parts(n.Right, true)...), node: n}
	case ast.NodeTypeOr:
		return Cond{Any: append(parts(n.Left, false), parts(n.Right, false)...), node: n}
	case ast.NodeTypeNot:
		if c := condOf(n.Arg); len(c.All)+len(c.Any) == 0 && !c.Not {
			return Cond{Text: c.Text, Not: true, node: n}
		}
	}
	return Cond{Text: textOf(n), node: n}
}

// parts are the sides of a chain of "and", or of "or".
func parts(n ast.IsNode, and bool) []Cond {
	c := condOf(n)
	switch {
	case c.Not:
	case and && len(c.All) > 0:
		return c.All
	case !and && len(c.Any) > 0:
		return c.Any
	}
	return []Cond{c}
}

// textOf writes an expression as Cedar.
func textOf(n ast.IsNode) string {
	text := string((*public.Policy)(ast.Permit().When(ast.NewNode(n))).MarshalCedar())
	_, text, _ = strings.Cut(text, "when { ")
	return strings.TrimSuffix(strings.TrimSpace(text), " };")
}

// Leaves are the texts of the conditions in a condition.
func (c Cond) Leaves() []string {
	if c.Text != "" {
		return []string{c.Text}
	}
	var out []string
	for _, of := range append(slices.Clip(c.All), c.Any...) {
		out = append(out, of.Leaves()...)
	}
	return out
}

// Group is who a policy is about, for a reader who looks for herself.
type Group string

// The groups that are no role; a role's group is its name.
const (
	GroupAnyone       Group = "anyone"       // residents, known or not
	GroupReporter     Group = "reporter"     // who brought the dossier
	GroupPosts        Group = "posts"        // every post
	GroupCoordinating Group = "coordinating" // every post of a coordinating body
	GroupClock        Group = "clock"
	GroupOperator     Group = "operator"
	GroupAll          Group = "all" // whoever acts
)

const (
	roleBefore, roleAfter = `principal.roles.contains("`, `")`
	isReporter            = "principal == resource.reporter"
	isCoordinating        = `principal.kind == "coordinating"`
	isSupervisor          = "principal == resource.supervisor"
)

// Groups are whom the policy is about: the roles it asks for, or the kind of actor. Nobody may change them.
func (p *Policy) Groups() []Group { return p.about() }

func (p *Policy) groups() []Group {
	r := p.Rule()
	var leaves []string
	for _, c := range r.When {
		leaves = append(leaves, c.Leaves()...)
	}
	switch r.Who {
	case "Clock":
		return []Group{GroupClock}
	case "Operator":
		return []Group{GroupOperator}
	case "Resident":
		if slices.Contains(leaves, isReporter) {
			return []Group{GroupReporter}
		}
		return []Group{GroupAnyone}
	case "Post":
	default:
		return []Group{GroupAll}
	}
	var out []Group
	for _, l := range leaves {
		asks := strings.HasPrefix(l, roleBefore) && strings.HasSuffix(l, roleAfter)
		if role := strings.TrimSuffix(strings.TrimPrefix(l, roleBefore), roleAfter); asks && !slices.Contains(out, Group(role)) {
			out = append(out, Group(role))
		}
	}
	switch {
	case len(out) > 0:
	case slices.Contains(leaves, isSupervisor):
		out = []Group{"supervisor"}
	case slices.Contains(leaves, isCoordinating):
		out = []Group{GroupCoordinating}
	default:
		out = []Group{GroupPosts}
	}
	return out
}
