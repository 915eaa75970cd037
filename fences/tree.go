package fences

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"strings"
)

// module is the path in go.mod, before every import of ours.
const module = "skein/"

// skipped are folders that hold nothing that we wrote.
var skipped = map[string]bool{".git": true, "node_modules": true, "bin": true, "data": true, "dist": true, "test-results": true}

// walk calls visit with every file that we wrote and may hold text.
func walk(tree fs.FS, visit func(file string, text []byte) error) error {
	return fs.WalkDir(tree, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if skipped[d.Name()] && file != "." {
				return fs.SkipDir
			}
			return nil
		}
		if d.Name() == ".git" { // of a second work tree: says where the first is
			return nil
		}
		switch path.Ext(file) {
		case ".gz", ".png", ".jpg", ".jpeg", ".db", ".zip", ".mvt":
			return nil
		}
		if !d.Type().IsRegular() {
			return nil
		}
		text, err := fs.ReadFile(tree, file)
		if err != nil {
			return err
		}
		return visit(file, text)
	})
}

// source is one parsed Go file.
type source struct {
	file    string
	test    bool // a _test.go file
	ast     *ast.File
	set     *token.FileSet
	imports map[string]string // the name in the file → the path
}

// sources parses every Go file of ours.
func sources(tree fs.FS) ([]source, error) {
	var out []source
	err := walk(tree, func(file string, text []byte) error {
		if path.Ext(file) != ".go" || strings.Contains("/"+file, "/testdata/") {
			return nil
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, file, text, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		s := source{file: file, test: strings.HasSuffix(file, "_test.go"), ast: parsed, set: set, imports: map[string]string{}}
		for _, spec := range parsed.Imports {
			to := strings.Trim(spec.Path.Value, `"`)
			name := path.Base(to)
			if name == "v2" || name == "v3" || name == "v5" {
				name = path.Base(path.Dir(to))
			}
			if spec.Name != nil {
				name = spec.Name.Name
			}
			s.imports[name] = to
		}
		out = append(out, s)
		return nil
	})
	return out, err
}

// at says where in a file a node is.
func (s source) at(n ast.Node) string {
	return fmt.Sprintf("%s:%d", s.file, s.set.Position(n.Pos()).Line)
}

// calls visits every use of an imported package: time.Now, rand.Read.
func (s source) calls(visit func(n ast.Node, importPath, name string)) {
	ast.Inspect(s.ast, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := selector.X.(*ast.Ident); ok {
				if to, ok := s.imports[x.Name]; ok {
					visit(n, to, selector.Sel.Name)
				}
			}
		}
		return true
	})
}
