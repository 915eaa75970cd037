package fences

import (
	"fmt"
	"go/ast"
	"io/fs"
	"path"
	"reflect"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// words splits a name into its words: householdRisk, household_risk, /households/{id}/risk.
func words(name string) []string {
	return strings.FieldsFunc(strings.ToLower(camel.ReplaceAllString(name, "${1}_${2}")), func(r rune) bool { return r < 'a' || r > 'z' })
}

var (
	aPerson  = regexp.MustCompile(`^(?:` + people + `|accounts?|complainants?|tenants?|workers?|famil(?:y|ies))$`)
	aVerdict = regexp.MustCompile(`^(?:scores?|scoring|ranks?|ranking|risks?|risky|reputation|credits?|grades?|watchlists?|watchlist|blacklists?|suspicions?|suspects?|trustworthiness|troublemakers?|propensity|deviance|labels?|flagged)$`)
)

// method is how a route begins.
var method = regexp.MustCompile(`^(?:GET|POST|PUT|PATCH|DELETE) /`)

// verdictOn reports whether words hold a person and a verdict.
func verdictOn(all []string) bool {
	return slices.ContainsFunc(all, aPerson.MatchString) && slices.ContainsFunc(all, aVerdict.MatchString)
}

// aboutOne are fields by which a type is about one person.
var aboutOne = map[string]bool{"reporter": true, "person": true, "resident": true, "household": true, "officer": true, "voter": true, "citizen": true, "applicant": true, "volunteer": true}

// verdictRule says where a name speaks of a verdict on a person: a type, field, tag, function, message key or route; or a type
// about a person has a field that is one. Label is a verdict beside a person's word alone, since keys and acts have notes.
func verdictRule(tree fs.FS) ([]string, error) {
	files, err := sources(tree)
	if err != nil {
		return nil, err
	}
	var broken []string
	say := func(s source, n ast.Node, what string) {
		broken = append(broken, fmt.Sprintf("%s: %s is a verdict on a person", s.at(n), what))
	}
	for _, s := range files {
		if s.test || strings.HasPrefix(s.file, "fences/") || strings.HasPrefix(s.file, "internal/") {
			continue
		}
		ast.Inspect(s.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.TypeSpec:
				if verdictOn(words(n.Name.Name)) {
					say(s, n, n.Name.Name)
				}
				if fields, ok := n.Type.(*ast.StructType); ok {
					for _, f := range verdictFields(n.Name.Name, fields) {
						say(s, n, n.Name.Name+"."+f)
					}
				}
			case *ast.FuncDecl:
				if verdictOn(words(n.Name.Name)) {
					say(s, n, n.Name.Name)
				}
			case *ast.BasicLit: // keys, routes, names of acts
				value, ok := text(n)
				value = method.ReplaceAllString(value, "/")
				if ok && !strings.ContainsAny(value, " \n") && verdictOn(words(value)) {
					say(s, n, strconv.Quote(value))
				}
			}
			return true
		})
	}
	err = walk(tree, func(file string, content []byte) error {
		if !strings.HasPrefix(path.Base(file), "messages.") || path.Ext(file) != ".json" {
			return nil
		}
		texts, err := flat(content)
		if err != nil {
			return nil // the rule of messages tells
		}
		for key := range texts {
			if verdictOn(words(key)) {
				broken = append(broken, fmt.Sprintf("%s: %q is a verdict on a person", file, key))
			}
		}
		return nil
	})
	sort.Strings(broken)
	return slices.Compact(broken), err
}

// verdictFields are the fields of a type that are a verdict, where the type is about a person.
func verdictFields(name string, fields *ast.StructType) (out []string) {
	about := slices.ContainsFunc(words(name), aPerson.MatchString)
	type field struct {
		name string
		all  []string
	}
	var all []field
	for _, f := range fields.Fields.List {
		tags := ""
		if f.Tag != nil {
			tag := reflect.StructTag(strings.Trim(f.Tag.Value, "`"))
			for _, kind := range []string{"json", "query", "path", "header", "yaml"} {
				value, _, _ := strings.Cut(tag.Get(kind), ",")
				tags += " " + value
			}
		}
		for _, n := range f.Names {
			about = about || aboutOne[strings.ToLower(n.Name)]
			all = append(all, field{n.Name, words(n.Name + tags)})
		}
	}
	for _, f := range all {
		if verdictOn(f.all) || about && slices.ContainsFunc(f.all, func(w string) bool { return aVerdict.MatchString(w) && !strings.HasPrefix(w, "label") }) {
			out = append(out, f.name)
		}
	}
	return out
}

// tallies says where numbers are kept by officer, post or person: a map from one to a number, as a page or an export by
// officer would need.
func tallies(tree fs.FS) ([]string, error) {
	files, err := sources(tree)
	if err != nil {
		return nil, err
	}
	var broken []string
	for _, s := range files {
		if s.test || !strings.HasPrefix(s.file, "rooms/") && !strings.HasPrefix(s.file, "face/") && !strings.HasPrefix(s.file, "frame/") && !strings.HasPrefix(s.file, "cmd/") {
			continue
		}
		ast.Inspect(s.ast, func(n ast.Node) bool {
			if m, ok := n.(*ast.MapType); ok && human(m.Key) && number(m.Value) {
				broken = append(broken, fmt.Sprintf("%s: numbers by officer, post or person: figures are of bodies", s.at(n)))
			}
			return true
		})
	}
	return broken, nil
}

func human(e ast.Expr) bool {
	name := ""
	switch e := e.(type) {
	case *ast.SelectorExpr:
		name = e.Sel.Name
	case *ast.Ident:
		name = e.Name
	}
	return name == "PostID" || name == "PersonID" || name == "Actor" || slices.ContainsFunc(words(name), aPerson.MatchString)
}

func number(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return regexp.MustCompile(`^u?int\d*$|^float\d+$`).MatchString(e.Name)
	case *ast.SelectorExpr:
		return e.Sel.Name == "Duration"
	}
	return false
}

// searched are words by which somebody would look for a person.
var searched = regexp.MustCompile(`^(?:` + people + `|name|names|surname|contacts?|phones?|telephone|mail|email|address|subject|complainants?|accounts?|birthday|identity|passport)$`)

// searches says which door takes a parameter in its address by which a person could be looked for: in a struct's query tag, or
// read from the query or a form value of a GET.
func searches(tree fs.FS) ([]string, error) {
	files, err := sources(tree)
	if err != nil {
		return nil, err
	}
	var broken []string
	for _, s := range files {
		if s.test || !strings.HasPrefix(s.file, "rooms/") && !strings.HasPrefix(s.file, "face/") && !strings.HasPrefix(s.file, "cmd/") {
			continue
		}
		look := func(n ast.Node, parameter string) {
			if slices.ContainsFunc(words(parameter), searched.MatchString) {
				broken = append(broken, fmt.Sprintf("%s: the parameter %s searches for a person", s.at(n), parameter))
			}
		}
		ast.Inspect(s.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Field:
				if n.Tag != nil {
					look(n, reflect.StructTag(strings.Trim(n.Tag.Value, "`")).Get("query"))
				}
			case *ast.CallExpr: // r.URL.Query().Get("name"), q.Get("name"), q.Has("name")
				get, ok := n.Fun.(*ast.SelectorExpr)
				if !ok || get.Sel.Name != "Get" && get.Sel.Name != "Has" || len(n.Args) != 1 {
					return true
				}
				from, _ := get.X.(*ast.Ident)
				call, _ := get.X.(*ast.CallExpr)
				query := from != nil && (from.Name == "q" || from.Name == "query")
				if call != nil {
					inner, ok := call.Fun.(*ast.SelectorExpr)
					query = ok && inner.Sel.Name == "Query"
				}
				if name, ok := text(n.Args[0]); ok && query {
					look(n, name)
				}
			}
			return true
		})
	}
	return broken, nil
}
