package fences

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"unicode/utf8"
)

// The patterns are put together so that this file does not hold what it looks for.
var (
	machinePath = regexp.MustCompile("(^|[\\s\"'`=(:,\\[])(" + strings.Join([]string{"/" + "work/", "/" + "root/", "/" + "home/[a-z][a-z0-9_-]*/", "[A-Z]:\\\\Us" + "ers\\\\"}, "|") + ")")
	registry    = regexp.MustCompile(strings.Join([]string{`registry\.` + `(npmjs|yarnpkg|npmmirror)`, `proxy\.` + `golang\.org`, `sum\.` + `golang\.org`, `goproxy\.` + `(io|cn)`, `"resolved": "` + `http`, `/artifact` + `ory/`}, "|"))
)

// machine says which files know the machine they were written on, or where its packages came from.
func machine(tree fs.FS) ([]string, error) {
	var broken []string
	err := walk(tree, func(file string, text []byte) error {
		if !utf8.Valid(text) {
			return nil
		}
		for n, line := range strings.Split(string(text), "\n") {
			for _, pattern := range []*regexp.Regexp{machinePath, registry} {
				if found := pattern.FindString(line); found != "" {
					broken = append(broken, fmt.Sprintf("%s:%d holds %q, which is of one machine", file, n+1, found))
				}
			}
		}
		return nil
	})
	return broken, err
}
