package sheet

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"skein/frame/civic"
)

var yamlLine = regexp.MustCompile(`line (\d+)`)

func readYAML(text []byte, shape Shape) (Table, civic.Refusals) {
	doc, err := parseYAML(text)
	if err != nil {
		row := Row{Line: 1}
		if at := yamlLine.FindStringSubmatch(err.Error()); at != nil {
			row.Line, _ = strconv.Atoi(at[1])
		}
		return Table{}, civic.Refusals{row.Refuse("", "sheet.yaml")}
	}
	if len(doc.Content) == 0 {
		return Table{}, civic.Refusals{civic.Refuse(civic.Malformed, "sheet.empty")}
	}
	top := doc.Content[0]
	if top.Kind != yaml.SequenceNode {
		return Table{}, civic.Refusals{Row{Line: max(top.Line, 1)}.Refuse("", "sheet.yaml_sequence")}
	}
	y := yamlReader{shape: shape, most: orElse(shape.MostRows, mostRows)}
	for _, item := range top.Content {
		if len(y.table.Rows) == y.most {
			y.reasons = append(y.reasons, civic.Refuse(civic.TooLarge, "sheet.too_many", "most", y.most))
			break
		}
		row := Row{Line: max(item.Line, 1), Cells: map[string]string{}}
		if item.Kind != yaml.MappingNode {
			y.refuse(row, "", "sheet.yaml_mapping")
			continue
		}
		y.mapping(row, "", item)
		y.table.Rows = append(y.table.Rows, row)
	}
	return y.table, y.reasons
}

// parseYAML turns what the parser panics with into an error.
func parseYAML(text []byte) (doc yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("yaml: %v", r)
		}
	}()
	err = yaml.Unmarshal(text, &doc)
	return doc, err
}

type yamlReader struct {
	shape   Shape
	most    int
	table   Table
	reasons civic.Refusals
}

func (y *yamlReader) refuse(row Row, column, key string, args ...any) {
	y.reasons = append(y.reasons, row.Refuse(column, key, args...))
}

// mapping reads the keys of one row; a mapping inside it adds a dot: {title: {en: …}} is "title.en".
func (y *yamlReader) mapping(row Row, stem string, m *yaml.Node) {
	for i := 0; i+1 < len(m.Content); i += 2 {
		key, value := m.Content[i], m.Content[i+1]
		at := Row{Line: max(key.Line, 1)}
		if key.Kind != yaml.ScalarNode {
			y.refuse(at, "", "sheet.yaml_key")
			continue
		}
		name, refusal := clean(at, "", key.Value)
		if refusal != nil {
			y.reasons = append(y.reasons, *refusal)
			continue
		}
		column := stem + name
		if value.Kind == yaml.MappingNode && stem == "" {
			y.mapping(row, column+".", value)
			continue
		}
		if _, ok := y.shape.allows(column); !ok {
			y.refuse(at, column, "sheet.column_unknown", "allowed", strings.Join(y.shape.Columns, ", "))
			continue
		}
		if _, twice := row.Cells[column]; twice {
			y.refuse(at, column, "sheet.column_twice")
			continue
		}
		text, ok := y.cell(at, column, value)
		if !ok {
			continue
		}
		if text, refusal = clean(at, column, text); refusal != nil {
			y.reasons = append(y.reasons, *refusal)
			continue
		}
		if !slices.Contains(y.table.Columns, column) {
			y.table.Columns = append(y.table.Columns, column)
		}
		if text != "" {
			row.Cells[column] = text
		}
	}
}

// cell reads a scalar as its text, or a sequence of scalars where the column holds a list.
func (y *yamlReader) cell(at Row, column string, v *yaml.Node) (string, bool) {
	switch {
	case v.Kind == yaml.ScalarNode && v.Tag == "!!null":
		return "", true
	case v.Kind == yaml.ScalarNode:
		return v.Value, true
	case v.Kind == yaml.SequenceNode && slices.Contains(y.shape.Lists, column):
		values := make([]string, 0, len(v.Content))
		for _, item := range v.Content {
			if item.Kind != yaml.ScalarNode || strings.Contains(item.Value, ";") {
				y.refuse(at, column, "sheet.yaml_value")
				return "", false
			}
			values = append(values, item.Value)
		}
		return strings.Join(values, ";"), true
	}
	y.refuse(at, column, "sheet.yaml_value")
	return "", false
}

// WriteYAML writes a sequence of mappings. Empty cells are left out, columns with a dot
// are nested, columns in shape.Lists are sequences.
func WriteYAML(shape Shape, columns []string, rows []map[string]string) ([]byte, error) {
	top := &yaml.Node{Kind: yaml.SequenceNode}
	for _, row := range rows {
		item := &yaml.Node{Kind: yaml.MappingNode}
		nested := map[string]*yaml.Node{}
		for _, c := range columns {
			cell := row[c]
			if cell == "" {
				continue
			}
			into, name := item, c
			if stem, rest, dotted := strings.Cut(c, "."); dotted {
				if nested[stem] == nil {
					nested[stem] = &yaml.Node{Kind: yaml.MappingNode}
					item.Content = append(item.Content, word(stem), nested[stem])
				}
				into, name = nested[stem], rest
			}
			value := word(cell)
			if slices.Contains(shape.Lists, c) {
				value = &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
				for _, v := range Split(cell) {
					value.Content = append(value.Content, word(v))
				}
			}
			into.Content = append(into.Content, word(name), value)
		}
		top.Content = append(top.Content, item)
	}
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(top); err != nil {
		return nil, err
	}
	return b.Bytes(), e.Close()
}

func word(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
}
