package boston

import (
	"encoding/csv"
	"fmt"
	"strings"
	"sync"

	"skein/frame/civic"
)

// Title is a name by language: "en" and "zh-Hans".
type Title map[string]string

// name is one line of names.csv: what the data call a thing, and what the demo does.
type name struct {
	code  string
	title Title
	kind  string
}

// nameTable maps what ("type", "queue" …) and the data's name to ours.
type nameTable struct {
	of    map[[2]string]name
	order map[string][]string
}

// names reads names.csv, which is part of the package; a fault in it is a broken build.
var names = sync.OnceValue(func() nameTable {
	text, err := files.ReadFile("names.csv")
	if err != nil {
		panic("boston: " + err.Error())
	}
	lines, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil {
		panic("boston: names.csv: " + err.Error())
	}
	t := nameTable{of: make(map[[2]string]name, len(lines)), order: map[string][]string{}}
	for _, l := range lines[1:] {
		key := [2]string{l[0], l[1]}
		if _, twice := t.of[key]; twice {
			panic(fmt.Sprintf("boston: names.csv: %s %q twice", l[0], l[1]))
		}
		t.of[key] = name{code: l[2], title: Title{"en": l[3], "zh-Hans": l[4]}, kind: l[5]}
		t.order[l[0]] = append(t.order[l[0]], l[1])
	}
	return t
})

// slug makes a stable code of a name: small letters and digits, joined by sep.
func slug(s string, sep byte) string {
	b := make([]byte, 0, len(s))
	gap := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			if gap && len(b) > 0 {
				b = append(b, sep)
			}
			gap = false
			b = append(b, c)
		} else if c != '\'' {
			gap = true
		}
	}
	return string(b)
}

// codes remembers the code of each pair of reason and type.
var codes sync.Map

// CategoryCode is the code of a type of service under its reason:
// "street_lights.street_light_outages". An empty type gives the reason's own code.
func CategoryCode(reason, kind string) civic.Category {
	key := [2]string{reason, kind}
	if c, ok := codes.Load(key); ok {
		return c.(civic.Category)
	}
	code := slug(reason, '_')
	if kind != "" {
		code += "." + slug(kind, '_')
	}
	c := civic.Category(code)
	codes.Store(key, c)
	return c
}
