package power

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"
	ast "github.com/cedar-policy/cedar-go/x/exp/ast"

	"skein/frame/civic"
)

// A realm's own policies. What they may not do, whatever two posts agree on:
//
//   - touch what the clock or an import does, or what its room calls @fixed;
//   - permit anything to anybody but posts and residents, or forbid anything to residents:
//     what a resident may do ships with the rooms, and a realm only adds to it;
//   - name a person;
//   - undo a forbid: a forbid outweighs every permit, and shipped ones stay in the set.

// OwnPrefix begins the id of every policy that is a realm's own, and of no other.
const OwnPrefix = "own."

// Bounds of a realm's own policies.
const (
	MostOwnBytes = 32 << 10
	MostOwn      = 64
	mostDepth    = 24
	mostNote     = 300 // characters of a law or title
)

var ownID = regexp.MustCompile(`^own\.[a-z][a-z0-9_]{0,60}$`)

// Read reads a realm's own policies and returns their canonical text, which is what is kept
// and has the digest, or every reason why they cannot be taken.
func (s *Set) Read(text []byte) ([]byte, []*Policy, civic.Refusals) {
	if s.nouns == nil {
		return nil, nil, civic.Refusals{civic.Refuse(civic.Unavailable, "power.no_schema")}
	}
	if len(text) > MostOwnBytes {
		return nil, nil, civic.Refusals{civic.Refuse(civic.TooLarge, "power.too_large", "most", MostOwnBytes)}
	}
	if !utf8.Valid(text) || depth(text) > mostDepth {
		return nil, nil, civic.Refusals{civic.Refuse(civic.Invalid, "power.too_deep", "most", mostDepth)}
	}
	policies, err := parse(text)
	if err != nil {
		return nil, nil, civic.Refusals{civic.Refuse(civic.Invalid, "power.unreadable", "cause", err.Error())}
	}
	if len(policies) > MostOwn {
		return nil, nil, civic.Refusals{civic.Refuse(civic.TooLarge, "power.too_many", "most", MostOwn)}
	}
	var reasons civic.Refusals
	seen := map[string]bool{}
	for i, p := range policies {
		field := fmt.Sprintf("policy %d", i+1)
		for _, r := range s.faults(p) {
			reasons = append(reasons, r.In(field))
		}
		if seen[p.ID] {
			reasons = append(reasons, civic.Refuse(civic.Invalid, "power.id_twice", "id", p.ID).In(field))
		}
		seen[p.ID] = true
	}
	if len(reasons) > 0 {
		return nil, nil, reasons
	}
	slices.SortFunc(policies, func(a, b *Policy) int { return strings.Compare(a.ID, b.ID) })
	return canonical(policies), policies, nil
}

// canonical is the text of policies in order of their ids, written one way.
func canonical(policies []*Policy) []byte {
	out := []byte{} // no policies are a text too
	for i, p := range policies {
		if i > 0 {
			out = append(out, '\n')
		}
		out = append(append(out, p.Text...), '\n')
	}
	return out
}

func parse(text []byte) ([]*Policy, error) {
	rules, err := cedar.NewPolicyListFromBytes("", text)
	if err != nil {
		return nil, err
	}
	policies := make([]*Policy, len(rules))
	for i, rule := range rules {
		policies[i] = newPolicy(rule)
		policies[i].Own = true
	}
	return policies, nil
}

// faults is everything that is wrong with one policy of a realm's own.
func (s *Set) faults(p *Policy) (reasons civic.Refusals) {
	refuse := func(key string, args ...any) {
		reasons = append(reasons, civic.Refuse(civic.Invalid, key, append(args, "id", p.ID)...))
	}
	if lacks := p.lacks(); len(lacks) > 0 {
		refuse("power.annotations", "names", strings.Join(lacks, ", "))
	}
	if p.ID != "" && !ownID.MatchString(p.ID) {
		refuse("power.id_form")
	}
	if s.policies[p.ID] != nil {
		refuse("power.id_shipped")
	}
	for _, note := range append(slices.Sorted(maps.Values(p.Titles)), p.Law) {
		if utf8.RuneCountInString(note) > mostNote {
			refuse("power.note_long", "most", mostNote)
		}
	}
	rule := p.Rule()
	unknown := false
	for _, a := range rule.Actions {
		if _, known := s.nouns.action(a); !known {
			unknown = true
			refuse("power.action_unknown", "action", a)
		} else if s.nouns.fixed(a) {
			refuse("power.action_fixed", "action", a)
		}
	}
	if len(rule.Actions) == 0 {
		refuse("power.action_missing")
	}
	switch {
	case p.Forbid && rule.Who != "Post":
		refuse("power.forbid_who")
	case !p.Forbid && rule.Who != "Post" && rule.Who != "Resident":
		refuse("power.permit_who")
	}
	if namesPerson(p.rule) {
		refuse("power.person")
	}
	if err := s.nouns.check(p); err != nil && !unknown {
		for _, e := range each(err) {
			refuse("power.schema", "cause", e.Error())
		}
	}
	return reasons
}

func each(err error) []error {
	var many interface{ Unwrap() []error }
	if errors.As(err, &many) {
		return many.Unwrap()
	}
	return []error{err}
}

func namesPerson(p *ast.Policy) bool {
	found := false
	look := func(v any) {
		if uid, ok := v.(types.EntityUID); ok && uid.Type == "Resident" {
			found = true
		}
	}
	for _, scope := range []any{p.Principal, p.Resource} {
		switch scope := scope.(type) {
		case ast.ScopeTypeEq:
			look(scope.Entity)
		case ast.ScopeTypeIn:
			look(scope.Entity)
		case ast.ScopeTypeIsIn:
			look(scope.Entity)
		}
	}
	for _, c := range p.Conditions {
		ast.Inspect(ast.NewNode(c.Body), func(n ast.IsNode) bool {
			if v, ok := n.(ast.NodeValue); ok {
				look(v.Value)
			}
			return true
		})
	}
	return found
}

// depth is how deep brackets nest, in strings and comments too.
func depth(text []byte) int {
	most, now := 0, 0
	for _, b := range text {
		switch b {
		case '(', '[', '{':
			now++
			most = max(most, now)
		case ')', ']', '}':
			now--
		}
	}
	return most
}

// With returns the set with a realm's own policies, as Read wrote them: none is the set itself.
// It does not look again whether a realm may have them: a later release that knows an
// action no more must still open the realm, whose acts were lawful when they were done.
func (s *Set) With(own []byte) (*Set, error) {
	if len(own) == 0 {
		return s, nil
	}
	policies, err := parse(own)
	if err != nil {
		return nil, fmt.Errorf("power: the realm's own policies: %w", err)
	}
	next := &Set{policies: maps.Clone(s.policies), nouns: s.nouns}
	for _, p := range policies {
		if next.policies[p.ID] != nil || !strings.HasPrefix(p.ID, OwnPrefix) {
			return nil, fmt.Errorf("power: the realm's own policies: the id %q is taken", p.ID)
		}
		next.policies[p.ID] = p
	}
	next.Text = slices.Concat(s.Text, []byte(ownMark), own)
	next.close()
	return next, nil
}

// ownMark stands between what ships and the realm's own in the text of a set.
const ownMark = "// the realm's own\n"

// Carries reports whether the text of a set, of this release or another, ends with these policies
// of a realm's own, or has none where there are none.
func Carries(set, own []byte) bool {
	_, after, has := bytes.Cut(set, []byte("\n"+ownMark))
	return has == (len(own) > 0) && bytes.Equal(after, own)
}
