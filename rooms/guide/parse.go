package guide

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"skein/frame/civic"
)

// A file is YAML, a mapping with the fields of Document; or Markdown of one language with such a mapping before it, between
// two lines of three hyphens, with lang, title, question and keywords in it. Files of one article, one a language, are put together.

// Parse reads a file, and says on which line each of its fields stands. Refusals name the line and the field: "line 7: texts.en.title".
func Parse(name string, data []byte) (*Document, Lines, civic.Refusals) {
	if len(data) > mostDocument {
		return nil, nil, civic.Refusals{civic.Refuse(civic.TooLarge, "guide.file_large", "most", mostDocument)}
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	if !strings.HasSuffix(strings.ToLower(name), ".md") {
		r := &reader{}
		top, ok := r.top(data, 0)
		if !ok {
			return nil, nil, r.refusals
		}
		d := r.document(top, false)
		return d, r.lines, r.refusals
	}
	head, body, ok := front(data)
	if !ok {
		return nil, nil, civic.Refusals{civic.Refuse(civic.Malformed, "guide.front_missing").In("line 1")}
	}
	r := &reader{}
	top, ok := r.top(head, 1)
	if !ok {
		return nil, nil, r.refusals
	}
	d := r.document(top, true)
	r.own.Body = string(body)
	for _, field := range []string{"title", "question", "keywords"} {
		r.lines["texts."+r.lang+"."+field] = r.lines[field]
	}
	r.lines["texts."+r.lang+".body"] = bytes.Count(head, []byte("\n")) + 3
	if r.lang == "" {
		r.refuse(nil, "lang", "guide.lang_missing")
	} else {
		d.Texts = map[string]Text{r.lang: r.own}
	}
	return d, r.lines, r.refusals
}

// Lines says on which line of a file a field stands.
type Lines map[string]int

// Name puts the line before the field that a refusal names.
func (l Lines) Name(refusals civic.Refusals) civic.Refusals {
	out := make(civic.Refusals, len(refusals))
	for i, r := range refusals {
		if line := l[r.Field]; line > 0 {
			r = r.In(fmt.Sprintf("line %d: %s", line, r.Field))
		}
		out[i] = r
	}
	return out
}

// front cuts the mapping before a Markdown text from it.
func front(data []byte) (head, body []byte, ok bool) {
	rest, ok := bytes.CutPrefix(data, []byte("---\n"))
	if !ok {
		return nil, nil, false
	}
	head, body, ok = bytes.Cut(append([]byte("\n"), rest...), []byte("\n---\n"))
	return append(bytes.TrimPrefix(head, []byte("\n")), '\n'), body, ok
}

// Join puts the files of one article together. What is said of all languages is said by the first file, and again by the
// others or not; a language is said once.
func Join(docs []*Document) ([]*Document, civic.Refusals) {
	var out []*Document
	var refusals civic.Refusals
	for _, d := range docs {
		i := slices.IndexFunc(out, func(x *Document) bool { return x.Article == d.Article })
		if i < 0 {
			joined := *d
			out = append(out, &joined)
			continue
		}
		into := out[i]
		texts := map[string]Text{}
		for lang, t := range into.Texts {
			texts[lang] = t
		}
		for lang, t := range d.Texts {
			if _, twice := texts[lang]; twice {
				refusals = append(refusals, civic.Refuse(civic.Invalid, "guide.language_twice", "article", clip(d.Article), "value", lang).In("texts."+lang))
			}
			texts[lang] = t
		}
		into.Texts = texts
		one, other := *into, *d
		for _, p := range []struct {
			field string
			same  bool
		}{
			{"body", other.Body == "" || one.Body == other.Body}, {"from", other.From == "" || one.From == other.From},
			{"until", other.Until == "" || one.Until == other.Until}, {"review", other.Review == "" || one.Review == other.Review},
			{"categories", len(other.Categories) == 0 || slices.Equal(one.Categories, other.Categories)},
			{"places", len(other.Places) == 0 || slices.Equal(one.Places, other.Places)}, {"laws", len(other.Laws) == 0 || slices.Equal(one.Laws, other.Laws)},
		} {
			if !p.same {
				refusals = append(refusals, civic.Refuse(civic.Invalid, "guide.files_differ", "article", clip(d.Article)).In(p.field))
			}
		}
	}
	return out, refusals
}

// reader walks a mapping by its nodes, so that it knows the lines.
type reader struct {
	refusals civic.Refusals
	before   int // lines before the mapping
	lang     string
	own      Text // of a Markdown file
	lines    Lines
}

func (r *reader) refuse(at *yaml.Node, field, key string, args ...any) {
	line := 1 + r.before
	if at != nil && at.Line > 0 {
		line = at.Line + r.before
	}
	r.refusals = append(r.refusals, civic.Refuse(civic.Invalid, key, args...).In(fmt.Sprintf("line %d: %s", line, field)))
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

// top is the mapping of a file; before is how many lines stand before it.
func (r *reader) top(data []byte, before int) (*yaml.Node, bool) {
	r.before = before
	doc, err := parseYAML(data)
	if err == nil && (len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode) {
		err = errors.New("line 1")
	}
	if err != nil {
		line := 1
		if at := yamlLine.FindStringSubmatch(err.Error()); at != nil {
			line, _ = strconv.Atoi(at[1])
		}
		r.refusals = civic.Refusals{civic.Refuse(civic.Malformed, "guide.yaml").In(fmt.Sprintf("line %d", line+before))}
		return nil, false
	}
	return doc.Content[0], true
}

// parseYAML turns what the parser panics with into an error.
func parseYAML(text []byte) (doc yaml.Node, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("yaml: %v", fault)
		}
	}()
	err = yaml.Unmarshal(text, &doc)
	return doc, err
}

// each gives the keys of a mapping, once each.
func (r *reader) each(m *yaml.Node, stem string, f func(key string, at, value *yaml.Node) bool) {
	if m.Kind != yaml.MappingNode {
		r.refuse(m, strings.TrimSuffix(stem, "."), "guide.mapping_wanted")
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(m.Content); i += 2 {
		key, value := m.Content[i], m.Content[i+1]
		switch name := key.Value; {
		case key.Kind != yaml.ScalarNode || seen[name]:
			r.refuse(key, stem+clip(name), "guide.field_twice")
		default:
			if seen[name] = true; !f(name, key, value) {
				r.refuse(key, stem+clip(name), "guide.field_unknown")
			}
		}
	}
}

func (r *reader) text(field string, n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode {
		r.refuse(n, field, "guide.text_wanted")
		return ""
	}
	if n.Tag == "!!null" {
		return ""
	}
	return n.Value
}

func (r *reader) list(field string, n *yaml.Node) (out []string) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		r.refuse(n, field, "guide.list_wanted")
		return nil
	}
	for _, item := range n.Content {
		if t := r.text(field, item); t != "" {
			out = append(out, t)
		}
	}
	return out
}

func (r *reader) document(m *yaml.Node, markdown bool) *Document {
	d := &Document{}
	r.lines = Lines{}
	r.each(m, "", func(key string, at, n *yaml.Node) bool {
		r.lines[key] = at.Line + r.before
		switch key {
		case "article":
			d.Article = r.text(key, n)
		case "body":
			d.Body = civic.BodyID(r.text(key, n))
		case "from":
			d.From = r.text(key, n)
		case "until":
			d.Until = r.text(key, n)
		case "review":
			d.Review = r.text(key, n)
		case "categories":
			for _, c := range r.list(key, n) {
				d.Categories = append(d.Categories, civic.Category(c))
			}
		case "places":
			for _, p := range r.list(key, n) {
				d.Places = append(d.Places, civic.PlaceID(p))
			}
		case "laws":
			d.Laws = r.laws(n)
		case "texts":
			if markdown {
				return false
			}
			d.Texts = map[string]Text{}
			r.each(n, "texts.", func(lang string, at, n *yaml.Node) bool {
				var t Text
				r.each(n, "texts."+lang+".", func(key string, at, n *yaml.Node) bool {
					r.lines["texts."+lang+"."+key] = at.Line + r.before
					return r.inText(&t, "texts."+lang+".", key, n)
				})
				d.Texts[lang] = t
				return true
			})
		case "lang":
			r.lang = r.text(key, n)
			return markdown
		case "title", "question", "keywords":
			return markdown && r.inText(&r.own, "", key, n)
		default:
			return false
		}
		return true
	})
	return d
}

func (r *reader) inText(t *Text, stem, key string, n *yaml.Node) bool {
	switch key {
	case "title":
		t.Title = r.text(stem+key, n)
	case "question":
		t.Question = r.text(stem+key, n)
	case "keywords":
		t.Keywords = r.list(stem+key, n)
	case "body":
		t.Body = r.text(stem+key, n)
	default:
		return false
	}
	return true
}

func (r *reader) laws(n *yaml.Node) (out []Law) {
	if n.Kind != yaml.SequenceNode {
		r.refuse(n, "laws", "guide.list_wanted")
		return nil
	}
	for _, item := range n.Content {
		var l Law
		if item.Kind == yaml.ScalarNode {
			l.Law = item.Value
		} else {
			r.each(item, "laws.", func(key string, at, n *yaml.Node) bool {
				switch key {
				case "law":
					l.Law = r.text("laws.law", n)
				case "link":
					l.Link = r.text("laws.link", n)
				default:
					return false
				}
				return true
			})
		}
		out = append(out, l)
	}
	return out
}
