package fences

import (
	"fmt"
	"go/ast"
	"io/fs"
	"path"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// inventoryOf is the document in which every key and algorithm stands, under inventoryHead.
const (
	inventoryOf   = "docs/trust.md"
	inventoryHead = "## Keys and algorithms\n"
	purposesOf    = "cmd/skein/house.go" // where the purposes of derived keys are listed
)

var codeWord = regexp.MustCompile("`([^`]+)`")

// keys says where the code uses cryptography that the inventory of keys does not name for that file,
// where the inventory names a file that uses none of it, and what is derived that is not listed.
func keys(tree fs.FS) ([]string, error) {
	text, err := fs.ReadFile(tree, inventoryOf)
	if err != nil {
		return nil, err
	}
	_, section, _ := strings.Cut(string(text), inventoryHead)
	section, _, _ = strings.Cut(section, "\n## ")
	listed := map[string]map[string]bool{} // by file, what its rows name
	named := map[string]bool{}             // every word of the table
	for line := range strings.SplitSeq(section, "\n") {
		if !strings.HasPrefix(line, "| ") {
			continue
		}
		words := codeWord.FindAllStringSubmatch(line, -1)
		for _, file := range words {
			named[file[1]] = true
			if path.Ext(file[1]) != ".go" {
				continue
			}
			if listed[file[1]] == nil {
				listed[file[1]] = map[string]bool{}
			}
			for _, w := range words {
				listed[file[1]][w[1]] = true
			}
		}
	}
	files, err := sources(tree)
	if err != nil {
		return nil, err
	}
	var broken []string
	seen := map[string]bool{}
	purposes := map[string]bool{}
	for _, s := range files {
		seen[s.file] = true
		if s.file == purposesOf {
			for _, p := range listOf(s.ast, "purposes") {
				purposes[p] = true
			}
		}
	}
	for _, s := range files {
		if s.test || strings.HasPrefix(s.file, "internal/") || strings.HasPrefix(s.file, "fences/") {
			continue
		}
		for _, to := range s.imports {
			if algorithm := path.Base(to); (strings.HasPrefix(to, "crypto/") || strings.HasPrefix(to, "golang.org/x/crypto/")) && !listed[s.file][algorithm] {
				broken = append(broken, fmt.Sprintf("%s uses %s, which %s does not list for it", s.file, to, inventoryOf))
			}
		}
		ast.Inspect(s.ast, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 2 {
				return true
			}
			if f, ok := call.Fun.(*ast.SelectorExpr); !ok || f.Sel.Name != "Derive" {
				return true
			}
			purpose, whole := leading(call.Args[0])
			found := false
			for p := range purposes {
				found = found || named[p] && (p == purpose || !whole && purpose != "" && strings.HasPrefix(p, purpose))
			}
			if !found {
				broken = append(broken, fmt.Sprintf("%s derives a key for %q, which is not among the purposes of %s and in %s", s.at(call), purpose, purposesOf, inventoryOf))
			}
			return true
		})
	}
	for file := range listed {
		if !seen[file] {
			broken = append(broken, fmt.Sprintf("%s lists %s, which is no file", inventoryOf, file))
		}
	}
	sort.Strings(broken)
	return broken, nil
}

// leading is a text, or what a sum of texts begins with.
func leading(e ast.Expr) (text string, whole bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil
	case *ast.BinaryExpr:
		text, _ := leading(e.X)
		return text, false
	}
	return "", false
}

// listOf are the texts of a variable that is a list of them.
func listOf(file *ast.File, name string) []string {
	var out []string
	for _, d := range file.Decls {
		gen, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range gen.Specs {
			v, ok := spec.(*ast.ValueSpec)
			if !ok || len(v.Names) != 1 || v.Names[0].Name != name || len(v.Values) != 1 {
				continue
			}
			if list, ok := v.Values[0].(*ast.CompositeLit); ok {
				for _, e := range list.Elts {
					if text, whole := leading(e); whole {
						out = append(out, text)
					}
				}
			}
		}
	}
	return out
}
