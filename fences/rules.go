package fences

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// rule of a field: what is refused about it, by the key of its message.
type fieldRule struct{ field, key string }

// together are the rules about several fields, by their keys: those that must agree, exclude each
// other, or follow from each other.
var together = map[string]string{
	"matter.against_missing":    "`kind`, `against`",
	"matter.against_kind":       "`kind`, `against`",
	"matter.against_stands":     "`against`, what was told before",
	"matter.where_missing":      "`place`, `point`, `address`, `outside`",
	"matter.places_disagree":    "`place`, `places`",
	"matter.point_half":         "`lat`, `lon`",
	"matter.join_against":       "`into`, the bodies complained of in both",
	"matter.proposed_missing":   "`ground`, `proposed`",
	"matter.before_last_act":    "when it happened, the act before",
	"matter.import_order":       "times of the steps of a record",
	"matter.visibility_widened": "`visibility`, what was told before",
	"duty.where_both":           "`place`, `lat`, `lon`",
	"duty.where_missing":        "`place`, `lat`, `lon`",
	"duty.effective_order":      "`effective`, the versions before",
	"body.parent_same":          "`body`, `parent`",
	"powers.thing_other":        "`action`, `thing`",
	"records.mapping_both":      "columns of a mapping",
	"records.mapping_half":      "columns of a mapping",
	"records.closed_before":     "times of a record",
	"records.target_before":     "times of a record",
}

// fieldRules prints every rule about a field that a room or a door refuses by, from the calls that
// refuse and the English messages; what it cannot read it leaves out of the column of fields.
func fieldRules(tree fs.FS) (doc string, broken []string, err error) {
	texts := map[string]string{}
	if err := walk(tree, func(file string, text []byte) error {
		if path.Base(file) != "messages.en.json" {
			return nil
		}
		return json.Unmarshal(text, &texts)
	}); err != nil {
		return "", nil, err
	}
	files, err := sources(tree)
	if err != nil {
		return "", nil, err
	}
	rules := map[string]map[fieldRule]bool{} // by package
	seen := map[string]bool{}
	for _, s := range files {
		if s.test || !strings.HasPrefix(s.file, "rooms/") && !strings.HasPrefix(s.file, "face/") {
			continue
		}
		ast.Inspect(s.ast, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			r, ok := ruleOf(call, texts)
			if !ok {
				return true
			}
			seen[r.key] = true
			dir := path.Dir(s.file)
			if rules[dir] == nil {
				rules[dir] = map[fieldRule]bool{}
			}
			if rules[dir][fieldRule{"", r.key}] { // a call within one that says more
				delete(rules[dir], fieldRule{"", r.key})
			}
			if r.field != "" || !hasKey(rules[dir], r.key) {
				rules[dir][r] = true
			}
			return true
		})
	}
	for key := range together {
		if !seen[key] {
			broken = append(broken, fmt.Sprintf("%s is said to be of several fields, and nothing refuses by it", key))
		}
	}
	slices.Sort(broken)
	var b strings.Builder
	b.WriteString("# Rules of what is filled in\n\nFor auditors and for who writes clients. Printed from the code (`fences/rules.go`): every reason for which a room or a door refuses what somebody filled in, " +
		"in the words in which it is told. Type, length and pattern of each field stand in `/api/openapi.json`; who sees which field in `rooms/matter/FIELDS.md`. Every reason is given at once, not the first alone.\n\n" +
		"## Fields that belong together\n\n| fields | refused where |\n|---|---|\n")
	for _, key := range slices.Sorted(maps.Keys(together)) {
		fmt.Fprintf(&b, "| %s | %s |\n", together[key], cell(texts[key]))
	}
	for _, dir := range slices.Sorted(maps.Keys(rules)) {
		fmt.Fprintf(&b, "\n## `%s`\n\n| field | refused where |\n|---|---|\n", dir)
		all := slices.SortedFunc(maps.Keys(rules[dir]), func(a, b fieldRule) int {
			return strings.Compare(a.field+" "+a.key, b.field+" "+b.key)
		})
		for _, r := range all {
			field := "–"
			if r.field != "" {
				field = "`" + r.field + "`"
			}
			fmt.Fprintf(&b, "| %s | %s |\n", field, cell(texts[r.key]))
		}
	}
	return b.String(), broken, nil
}

func hasKey(rules map[fieldRule]bool, key string) bool {
	for r := range rules {
		if r.key == key {
			return true
		}
	}
	return false
}

func cell(text string) string {
	return strings.NewReplacer("|", "\\|", "\n", " ", "{", "*", "}", "*").Replace(text)
}

// invalid are the kinds of refusal that are about what was filled in.
var invalid = []string{"Invalid", "Malformed", "TooLarge", "Unsupported"}

// ruleOf reads a call that refuses: Refuse(kind, key, …), Refuse(…).In(field), wrong(field, key, …), choice(field, key, …),
// refuse(kind, field, key, …). What conflicts with what is there counts where a field is named.
func ruleOf(call *ast.CallExpr, texts map[string]string) (fieldRule, bool) {
	name := ""
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		name = f.Sel.Name
		if inner, ok := f.X.(*ast.CallExpr); ok && name == "In" && len(call.Args) == 1 {
			r, ok := ruleOf(inner, texts)
			field, whole := leading(call.Args[0])
			if whole {
				r.field = field
			}
			return r, ok
		}
	case *ast.Ident:
		name = f.Name
	}
	if name != "wrong" && name != "choice" && name != "refuse" && name != "Refuse" {
		return fieldRule{}, false
	}
	r := fieldRule{}
	about := name == "wrong" || name == "choice"
	for i, arg := range call.Args {
		text, _ := leading(arg)
		if _, known := texts[text]; known && strings.Contains(text, ".") {
			r.key = text
			if i > 0 {
				r.field, _ = leading(call.Args[i-1])
			}
			break
		}
		if kind, ok := arg.(*ast.SelectorExpr); ok && i == 0 {
			about = slices.Contains(invalid, kind.Sel.Name)
		}
	}
	return r, r.key != "" && (about || r.field != "" || together[r.key] != "")
}
