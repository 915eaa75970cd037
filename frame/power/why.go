package power

import (
	"github.com/cedar-policy/cedar-go/types"
	ast "github.com/cedar-policy/cedar-go/x/exp/ast"
	"github.com/cedar-policy/cedar-go/x/exp/eval"
)

// Finding is what one policy says to a question.
type Finding struct {
	Policy *Policy
	Holds  bool
	// Failed are the conditions that do not hold, as far as can be told: where one does not,
	// those that build on it are not asked.
	Failed []Cond
}

// Why answers a question with what every policy about its action says to it, in order of
// their ids. The answer is that of Ask.
func (s *Set) Why(q Question) (Answer, []Finding) {
	env := eval.Env{
		Principal: Principal(q.Actor), Action: types.NewEntityUID("Action", types.String(q.Action)),
		Resource: q.Resource.UID, Context: q.Context, Entities: world{q.Resource, q.World},
	}
	var out []Finding
	for _, p := range s.About(q.Action) {
		f := Finding{Policy: p}
		for _, c := range p.conds() {
			v, err := eval.Eval(c.node, env)
			if err == nil && v == types.True {
				continue
			}
			if err == nil || len(f.Failed) == 0 {
				c.node = nil
				f.Failed = append(f.Failed, c)
			}
		}
		f.Holds = len(f.Failed) == 0
		out = append(out, f)
	}
	return s.Ask(q), out
}

// conds are all that must hold of a question: to whom, on what, when.
func (p *Policy) conds() []Cond {
	var out []Cond
	if _, all := p.rule.Principal.(ast.ScopeTypeAll); !all {
		out = append(out, scopeCond(&ast.Policy{Principal: p.rule.Principal, Action: ast.ScopeTypeAll{}, Resource: ast.ScopeTypeAll{}}))
	}
	if _, all := p.rule.Resource.(ast.ScopeTypeAll); !all {
		out = append(out, scopeCond(&ast.Policy{Principal: ast.ScopeTypeAll{}, Action: ast.ScopeTypeAll{}, Resource: p.rule.Resource}))
	}
	return append(out, p.Rule().When...)
}

func scopeCond(p *ast.Policy) Cond {
	n := eval.PolicyToNode(p).AsIsNode()
	return Cond{Text: textOf(n), node: n}
}
