package fences

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

var placeholder = regexp.MustCompile(`\{([^{}]*)\}`)

var languages = []string{"en", "zh-Hans"}

// messages says where a language lacks a text or a placeholder, and where a refusal has
// no text, or a text names what the refusal does not give.
func messages(tree fs.FS) ([]string, error) {
	folders := map[string]map[string]map[string]string{} // folder → language → key → text
	var broken []string
	err := walk(tree, func(file string, text []byte) error {
		lang, ok := strings.CutPrefix(path.Base(file), "messages.")
		if !ok || path.Ext(file) != ".json" {
			return nil
		}
		texts, err := flat(text)
		if err != nil {
			broken = append(broken, fmt.Sprintf("%s: %v", file, err))
			return nil
		}
		folder := path.Dir(file)
		if folders[folder] == nil {
			folders[folder] = map[string]map[string]string{}
		}
		folders[folder][strings.TrimSuffix(lang, ".json")] = texts
		return nil
	})
	if err != nil {
		return nil, err
	}
	english, where := map[string]string{}, map[string]string{}
	for folder, byLanguage := range folders {
		broken = append(broken, sameInEvery(folder, byLanguage)...)
		for key, text := range byLanguage["en"] {
			if other, twice := where[key]; twice {
				broken = append(broken, fmt.Sprintf("%q has a text in %s and in %s", key, min(folder, other), max(folder, other)))
			}
			english[key], where[key] = text, folder
		}
	}
	used, literals, err := refusals(tree)
	if err != nil {
		return nil, err
	}
	for _, r := range used {
		text, ok := english[r.key]
		if !ok {
			broken = append(broken, fmt.Sprintf("%s refuses with %q, for which no messages.en.json has a text", r.at, r.key))
			continue
		}
		for _, name := range placeholders(text) {
			// A function of the package may add what its refusals share: then it writes the name somewhere.
			if r.args != nil && !r.args[name] && !literals[r.folder][name] && name != "field" { // whoever shows a refusal fills in its field
				broken = append(broken, fmt.Sprintf("%s refuses with %q but gives no %q, which its text names", r.at, r.key, name))
			}
		}
	}
	sort.Strings(broken)
	return broken, nil
}

// flat reads a JSON object of texts, refusing a key that stands twice.
func flat(text []byte) (map[string]string, error) {
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	if t, err := decoder.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("not an object of texts: %v", err)
	}
	out := map[string]string{}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		var value string
		if err := decoder.Decode(&value); err != nil {
			return nil, fmt.Errorf("%v: %w", key, err)
		}
		if _, twice := out[key.(string)]; twice {
			return nil, fmt.Errorf("%q stands twice", key)
		}
		out[key.(string)] = value
	}
	_, err := decoder.Token()
	return out, err
}

func sameInEvery(folder string, byLanguage map[string]map[string]string) []string {
	var broken []string
	keys := map[string]bool{}
	for _, texts := range byLanguage {
		for key := range texts {
			keys[key] = true
		}
	}
	for _, lang := range languages {
		if byLanguage[lang] == nil {
			broken = append(broken, fmt.Sprintf("%s has no messages.%s.json", folder, lang))
		}
	}
	if len(broken) > 0 {
		return broken
	}
	for key := range keys {
		want := placeholders(byLanguage[languages[0]][key])
		for _, lang := range languages {
			text, ok := byLanguage[lang][key]
			switch got := placeholders(text); {
			case !ok:
				broken = append(broken, fmt.Sprintf("%s/messages.%s.json lacks %q", folder, lang, key))
			case strings.TrimSpace(text) == "":
				broken = append(broken, fmt.Sprintf("%s/messages.%s.json says nothing for %q", folder, lang, key))
			case byLanguage[languages[0]][key] != "" && strings.Join(got, " ") != strings.Join(want, " "):
				broken = append(broken, fmt.Sprintf("%s/messages.%s.json: %q names %v, the other language %v", folder, lang, key, got, want))
			}
		}
	}
	return broken
}

// placeholders lists the names in braces, each once, in order of the alphabet. A value that is
// itself in the reader's language has a name that ends with it, title_en and title_zh: one placeholder, title.
func placeholders(text string) []string {
	seen := map[string]bool{}
	for _, match := range placeholder.FindAllStringSubmatch(text, -1) {
		name := match[1]
		for _, ending := range []string{"_en", "_zh"} {
			name = strings.TrimSuffix(name, ending)
		}
		seen[name] = true
	}
	out := make([]string, 0, len(seen))
	for name := range seen {
		out = append(out, name)
	}
	sort.Strings(out)
	return out
}

type refusal struct {
	folder, at, key string
	args            map[string]bool // nil when they cannot be read from the call
}

// refusals finds the calls of civic.Refuse, and of a package's own function named refuse, whose key is
// written out; and the texts that each folder's files, outside those calls, write in quotes.
func refusals(tree fs.FS) ([]refusal, map[string]map[string]bool, error) {
	files, err := sources(tree)
	if err != nil {
		return nil, nil, err
	}
	var out []refusal
	literals := map[string]map[string]bool{}
	for _, s := range files {
		if s.test {
			continue
		}
		folder := path.Dir(s.file)
		if literals[folder] == nil {
			literals[folder] = map[string]bool{}
		}
		ast.Inspect(s.ast, func(n ast.Node) bool {
			if e, ok := n.(ast.Expr); ok {
				if value, ok := text(e); ok {
					literals[folder][value] = true
				}
			}
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			direct, ours := false, false
			switch f := call.Fun.(type) {
			case *ast.SelectorExpr:
				x, _ := f.X.(*ast.Ident)
				direct = x != nil && s.imports[x.Name] == module+"frame/civic" && f.Sel.Name == "Refuse"
				ours = direct
			case *ast.Ident:
				ours = strings.EqualFold(f.Name, "refuse")
			}
			if !ours {
				return true
			}
			for i, arg := range call.Args {
				key, ok := text(arg)
				if !ok || !strings.Contains(key, ".") {
					continue
				}
				r := refusal{folder: folder, at: s.at(call), key: key}
				if direct { // a function of the package's own may add to them
					r.args = named(call, i+1)
				}
				out = append(out, r)
				break
			}
			return !direct
		})
	}
	return out, literals, nil
}

// named reads the pairs of name and value from an argument on.
func named(call *ast.CallExpr, from int) map[string]bool {
	if call.Ellipsis != token.NoPos {
		return nil
	}
	names := map[string]bool{}
	for i := from; i < len(call.Args); i += 2 {
		name, ok := text(call.Args[i])
		if !ok {
			return nil
		}
		names[strings.TrimSuffix(strings.TrimSuffix(name, "_en"), "_zh")] = true
	}
	return names
}

func text(e ast.Expr) (string, bool) {
	literal, ok := e.(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return "", false
	}
	value, err := strconv.Unquote(literal.Value)
	return value, err == nil
}
