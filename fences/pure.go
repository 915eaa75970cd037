package fences

import (
	"fmt"
	"go/ast"
	"io/fs"
	"path"
	"sort"
	"strings"
)

// outside are packages through which the world comes in; what decides, folds or computes has none of them.
var outside = map[string]string{
	"context": "a context", "crypto/rand": "randomness", "math/rand": "randomness", "math/rand/v2": "randomness",
	"database/sql": "a database", "net": "the network", "net/http": "the network", "log": "a log", "log/slog": "a log",
	"os": "the system", "os/exec": "the system", "syscall": "the system",
}

// clocks are what in package time reads the clock or waits for it.
var clocks = map[string]bool{
	"Now": true, "Since": true, "Until": true, "Sleep": true, "After": true, "AfterFunc": true,
	"Tick": true, "NewTicker": true, "NewTimer": true,
}

// pure says where the outside world comes into what must be pure: science, due process, and the files of a
// room that decide and fold. No file of a room reads the wall clock: a realm has its own.
func pure(tree fs.FS) ([]string, error) {
	files, err := sources(tree)
	if err != nil {
		return nil, err
	}
	var broken []string
	for _, s := range files {
		if s.test {
			continue
		}
		base := path.Base(s.file)
		inRoom := room(s.file) != ""
		isPure := strings.HasPrefix(s.file, "science/") || strings.HasPrefix(s.file, "frame/procedure/") || inRoom && (strings.HasPrefix(base, "decide") || strings.HasPrefix(base, "evolve"))
		if !isPure && !inRoom {
			continue
		}
		if isPure {
			for _, to := range s.imports {
				if what, ok := outside[to]; ok {
					broken = append(broken, fmt.Sprintf("%s imports %s: it is pure, and %s is not plain data", s.file, to, what))
				}
			}
		}
		s.calls(func(n ast.Node, to, name string) {
			if to == "time" && (clocks[name] || isPure && name == "LoadLocation") {
				broken = append(broken, fmt.Sprintf("%s uses time.%s: time comes in as data, from the realm's clock", s.at(n), name))
			}
		})
	}
	sort.Strings(broken)
	return broken, nil
}
