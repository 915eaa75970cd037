package fences

import (
	"fmt"
	"go/ast"
	"io/fs"
	"slices"
	"strings"
)

// mayDial are the files that connect to other machines themselves, with why. All others go through frame/outward.
var mayDial = map[string]string{
	"frame/outward/outward.go":       "the one way outward",
	"cmd/skein/operation_outside.go": "skein check asks the operator's own address, as people reach it",
}

// mayAsk are the packages that use frame/outward, with what for.
var mayAsk = map[string]string{
	"frame/courier": "letters, messages and webhooks that somebody asked for",
	"frame/seal":    "witnesses that the operator named in log.json",
	"face/signin":   "providers of identity that the operator named in signin.json",
	"face":          "the count of connections, for metrics",
	"cmd/skein":     "skein verify, which reads the log that it was given",
}

// ways are how Go programs connect to other machines.
var ways = map[string][]string{
	"net":      {"Dial", "DialTimeout", "DialTCP", "DialUDP", "DialIP", "Dialer", "LookupHost", "LookupAddr", "LookupIP", "LookupTXT", "DefaultResolver", "Resolver"},
	"net/http": {"Get", "Head", "Post", "PostForm", "DefaultClient", "DefaultTransport", "Transport"},
	"net/smtp": nil, "net/rpc": nil, "golang.org/x/net/websocket": nil,
	"crypto/tls": {"Dial", "DialWithDialer", "Dialer"},
}

// dials says where something connects to another machine that is not known to: so nothing listens to what people say elsewhere.
func dials(tree fs.FS) ([]string, error) {
	files, err := sources(tree)
	if err != nil {
		return nil, err
	}
	var broken []string
	used := map[string]bool{}
	for _, s := range files {
		floor := level(s.file)
		if s.test || floor < 0 || strings.HasPrefix(s.file, "cmd/skein/load/") { // load asks the server that it measures
			continue
		}
		folder := s.file[:strings.LastIndex(s.file, "/")]
		if mayDial[s.file] != "" {
			used[s.file] = true
			continue
		}
		s.calls(func(n ast.Node, to, name string) {
			if to == module+"frame/outward" && mayAsk[folder] == "" {
				broken = append(broken, fmt.Sprintf("%s asks other machines, and %s is not known to", s.at(n), folder))
			}
			if names, way := ways[to]; way && (names == nil || slices.Contains(names, name)) {
				broken = append(broken, fmt.Sprintf("%s uses %s.%s: what connects to other machines goes through frame/outward", s.at(n), to, name))
			}
		})
		ast.Inspect(s.ast, func(n ast.Node) bool { // a client without a transport takes the default one
			if c, ok := n.(*ast.CompositeLit); ok {
				if x, ok := c.Type.(*ast.SelectorExpr); ok && x.Sel.Name == "Client" {
					if in, ok := x.X.(*ast.Ident); ok && s.imports[in.Name] == "net/http" {
						broken = append(broken, fmt.Sprintf("%s makes a client of its own: what connects to other machines goes through frame/outward", s.at(c)))
					}
				}
			}
			return true
		})
	}
	if len(files) > 100 {
		for file := range mayDial {
			if !used[file] {
				broken = append(broken, file+" may connect to other machines, and is not there")
			}
		}
	}
	return broken, nil
}

// learned are packages that guess: what they say is for people to look at.
var learned = []string{"science/classify", "science/similar", "science/outbreak", "science/opinion"}

// models says where a model would decide: imported by what decides, folds, reacts or judges powers.
func models(tree fs.FS) ([]string, error) {
	files, err := sources(tree)
	if err != nil {
		return nil, err
	}
	var broken []string
	for _, s := range files {
		base := s.file[strings.LastIndex(s.file, "/")+1:]
		decides := strings.HasPrefix(s.file, "frame/") || room(s.file) != "" && slices.ContainsFunc([]string{"decide", "evolve", "reactors", "clock", "resource", "facts"}, func(p string) bool { return strings.HasPrefix(base, p) })
		if s.test || !decides {
			continue
		}
		for _, to := range s.imports {
			for _, model := range learned {
				if rest, ours := strings.CutPrefix(to, module+model); ours && (rest == "" || rest[0] == '/') {
					broken = append(broken, fmt.Sprintf("%s imports %s: a model may suggest but never decide", s.file, model))
				}
			}
		}
	}
	slices.Sort(broken)
	return broken, nil
}
