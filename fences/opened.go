package fences

import (
	"fmt"
	"go/ast"
	"io/fs"
	"sort"
	"strings"
)

// openers are the files that may open boxes of the vault themselves, with why. Whatever else is read of a person goes through
// frame/access, which writes it down before it is shown.
var openers = map[string]string{
	"frame/access/record.go":      "the record itself",
	"frame/access/kinds.go":       "the record itself, of one part",
	"face/signin/links.go":        "an account's own secret, for its holder",
	"face/signin/reseal.go":       "accounts' own secrets, to seal anew what they open: nobody is shown anything",
	"face/signin/tell.go":         "an account's own address, to write to it",
	"face/signin/totp.go":         "an account's own authenticator app, to check its holder's code",
	"cmd/skein/courier.go":        "a reporter's contact, to write to her",
	"cmd/skein/bench_vault.go":    "boxes that it made itself, to measure",
	"rooms/matter/intake_work.go": "a box that more is sealed into: it gives back nothing that was sealed before",
	"rooms/review/intake.go":      "a box that more is sealed into: it gives back nothing that was sealed before",
}

// reading are the vault's methods that open a box. ReadReleased is none: it gives out what everyone may see.
var reading = map[string]bool{"Read": true, "ReadAll": true, "ReadMany": true, "ReadBlob": true, "OpenBox": true}

// opened says where a box of the vault is opened past the record of who read what, be it called or handed on as a value.
func opened(tree fs.FS) ([]string, error) {
	files, err := sources(tree)
	if err != nil {
		return nil, err
	}
	var broken []string
	used := map[string]bool{}
	for _, s := range files {
		if s.test || strings.HasPrefix(s.file, "frame/vault/") || strings.HasPrefix(s.file, "fences/") {
			continue
		}
		called := map[ast.Node]bool{}
		flag := func(n *ast.SelectorExpr) {
			used[s.file] = true
			if openers[s.file] == "" {
				broken = append(broken, fmt.Sprintf("%s opens a box by %s: what is not public is read through frame/access", s.at(n), n.Sel.Name))
			}
		}
		ast.Inspect(s.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				f, ok := n.Fun.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				called[f] = true
				x, ok := f.X.(*ast.Ident)
				library := ok && s.imports[x.Name] != ""
				// Others have methods of these names; none but the vault's takes a context, a realm and more.
				if reading[f.Sel.Name] && len(n.Args) >= 3 && !library {
					flag(f)
				}
			case *ast.SelectorExpr: // a method that is handed on
				if reading[n.Sel.Name] && !called[n] && strings.Contains(lastName(n.X), "vault") {
					flag(n)
				}
			}
			return true
		})
	}
	have := map[string]bool{}
	for _, s := range files {
		have[s.file] = true
	}
	for file := range openers {
		if have[file] && !used[file] {
			broken = append(broken, fmt.Sprintf("%s opens no box any more, and is listed as if it did", file))
		}
	}
	sort.Strings(broken)
	return broken, nil
}

// lastName is the last word of an expression such as a.Site.Vault, in small letters.
func lastName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return strings.ToLower(e.Name)
	case *ast.SelectorExpr:
		return strings.ToLower(e.Sel.Name)
	}
	return ""
}
