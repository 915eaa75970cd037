package duty

import (
	_ "embed"
	"maps"
	"slices"
	"strings"

	"skein/frame/civic"
	"skein/frame/sheet"
)

// Kind is what sort of matter it is; a category has one by default.
type Kind string

const (
	Request    Kind = "request"
	Complaint  Kind = "complaint"
	Suggestion Kind = "suggestion"
	Question   Kind = "question"
	Dispute    Kind = "dispute"
	Safety     Kind = "safety" // a public-safety report
)

// Kinds lists every kind of matter.
var Kinds = []Kind{Request, Complaint, Suggestion, Question, Dispute, Safety}

// Category is one kind of thing people report. Its code never changes its meaning and is
// never dropped; a category that is no longer offered is retired.
type Category struct {
	Code   civic.Category    `json:"code"`
	Titles map[string]string `json:"titles"`
	Kind   Kind              `json:"kind"`
	// Private is that matters are private unless the reporter says otherwise.
	Private bool              `json:"private"`
	Hints   map[string]string `json:"hints,omitempty"` // what to say in a report
	// Group and Keywords are those of an Open311 service (GeoReport v2).
	Group    string   `json:"group,omitempty"`
	Keywords []string `json:"keywords,omitempty"`
	Retired  bool     `json:"retired,omitempty"`
}

// Categories is the tree of one version. It is never changed.
type Categories struct {
	all    []Category // in the order of the codes, so that a parent comes before its children
	index  map[civic.Category]int
	digest string
}

var categoryShape = sheet.Shape{
	Columns:  []string{"code", "title.*", "kind", "private", "hint.*", "group", "keywords", "retired"},
	Required: []string{"code", "title.*"},
	Lists:    []string{"keywords"},
	MostRows: 10_000,
}

//go:embed founding.csv
var foundingCSV []byte

var founding = func() *Categories {
	c, refusals := ParseCategories(CSV, foundingCSV)
	if len(refusals) > 0 {
		panic(refusals)
	}
	return c
}()

// Founding is the tree that every realm starts with: the rights fields of the mission,
// disputes and public safety.
func Founding() *Categories { return founding }

// ParseCategories reads a tree of categories. A row that leaves kind, private or
// group empty has its parent's; a root has "request", "no" and no group.
func ParseCategories(format Format, data []byte) (*Categories, civic.Refusals) {
	table, reasons := sheet.Read(format, data, categoryShape)
	type line struct {
		Category
		row sheet.Row
	}
	lines := make([]line, 0, len(table.Rows))
	for _, row := range table.Rows {
		c := Category{
			Code: civic.Category(row.Cells["code"]), Titles: row.ByLanguage("title"), Hints: row.ByLanguage("hint"),
			Kind: Kind(row.Cells["kind"]), Group: row.Cells["group"], Keywords: sheet.Split(row.Cells["keywords"]),
		}
		switch {
		case c.Code == "":
			reasons = append(reasons, row.Refuse("code", "sheet.cell_missing"))
		case !categoryForm.MatchString(string(c.Code)):
			reasons = append(reasons, row.Refuse("code", "duty.code_form", "value", string(c.Code)))
		}
		if len(c.Titles) == 0 {
			reasons = append(reasons, row.Refuse("title.*", "sheet.cell_missing"))
		}
		if c.Kind != "" && !slices.Contains(Kinds, c.Kind) {
			reasons = append(reasons, row.Refuse("kind", "duty.kind_unknown", "value", string(c.Kind)))
		}
		for _, column := range []string{"private", "retired"} {
			if v := row.Cells[column]; v != "" && v != "yes" && v != "no" {
				reasons = append(reasons, row.Refuse(column, "duty.yes_or_no", "value", v))
			}
		}
		c.Private, c.Retired = row.Cells["private"] == "yes", row.Cells["retired"] == "yes"
		lines = append(lines, line{c, row})
	}
	if len(lines) == 0 && len(reasons) == 0 {
		reasons = append(reasons, civic.Refuse(civic.Invalid, "duty.no_rows"))
	}
	slices.SortStableFunc(lines, func(a, b line) int { return strings.Compare(string(a.Code), string(b.Code)) })
	cats := &Categories{index: make(map[civic.Category]int, len(lines))}
	for _, l := range lines {
		if first, twice := cats.index[l.Code]; twice && l.Code != "" {
			reasons = append(reasons, l.row.Refuse("code", "duty.category_twice", "value", string(l.Code), "first", lines[first].row.Line))
		}
		parent, has := cats.Get(l.Code.Parent())
		if l.Code.Parent() != "" && !has {
			reasons = append(reasons, l.row.Refuse("code", "duty.parent_missing", "value", string(l.Code), "parent", string(l.Code.Parent())))
		}
		if l.Kind == "" {
			l.Kind = parent.Kind
		}
		if l.Kind == "" {
			l.Kind = Request
		}
		if l.row.Cells["private"] == "" {
			l.Private = parent.Private
		}
		if l.Group == "" {
			l.Group = parent.Group
		}
		cats.index[l.Code] = len(cats.all)
		cats.all = append(cats.all, l.Category)
	}
	if len(reasons) > 0 {
		return nil, sheet.Limit(reasons)
	}
	cats.digest = DigestOf(cats.CSV())
	return cats, nil
}

// Get finds a category by its code, retired ones too.
func (c *Categories) Get(code civic.Category) (Category, bool) {
	i, ok := c.index[code]
	if !ok {
		return Category{}, false
	}
	return c.all[i], true
}

// Has reports whether a code exists, retired or not: as Known.Category.
func (c *Categories) Has(code civic.Category) bool {
	_, ok := c.index[code]
	return ok
}

// All lists every category in the order of the codes; not to be changed.
func (c *Categories) All() []Category { return c.all }

// Digest names the tree: that of its canonical CSV.
func (c *Categories) Digest() string { return c.digest }

// Leaf reports whether a category is offered and nothing offered lies under it.
func (c *Categories) Leaf(code civic.Category) bool {
	i, ok := c.index[code]
	if !ok || c.all[i].Retired {
		return false
	}
	for _, below := range c.all[i+1:] {
		if !strings.HasPrefix(string(below.Code), string(code)) {
			break
		}
		if below.Code.Within(code) && !below.Retired {
			return false
		}
	}
	return true
}

// Leaves lists the categories that a report can be filed under.
func (c *Categories) Leaves() []Category {
	var leaves []Category
	for _, cat := range c.all {
		if c.Leaf(cat.Code) {
			leaves = append(leaves, cat)
		}
	}
	return leaves
}

// Title returns the title in a language, or in English, or in the first language there is.
func (c Category) Title(lang string) string {
	for _, l := range []string{lang, "en"} {
		if t := c.Titles[l]; t != "" {
			return t
		}
	}
	for _, l := range slices.Sorted(maps.Keys(c.Titles)) {
		return c.Titles[l]
	}
	return string(c.Code)
}

func (c *Categories) table() (columns []string, rows []map[string]string) {
	word := map[bool]string{true: "yes", false: "no"}
	for _, cat := range c.all {
		cells := map[string]string{
			"code": string(cat.Code), "kind": string(cat.Kind), "private": word[cat.Private], "group": cat.Group,
			"keywords": strings.Join(cat.Keywords, ";"), "retired": word[cat.Retired],
		}
		byLanguage(cells, "title", cat.Titles)
		byLanguage(cells, "hint", cat.Hints)
		rows = append(rows, cells)
	}
	for _, column := range categoryShape.Columns {
		if stem, texts := strings.CutSuffix(column, ".*"); texts {
			columns = append(columns, textColumns(stem, rows)...)
		} else {
			columns = append(columns, column)
		}
	}
	return columns, rows
}

// CSV writes the tree in its canonical form, whose digest names it.
func (c *Categories) CSV() []byte {
	columns, rows := c.table()
	return sheet.WriteCSV(columns, rows)
}

// YAML writes the tree for people who prefer it.
func (c *Categories) YAML() ([]byte, error) {
	columns, rows := c.table()
	return sheet.WriteYAML(categoryShape, columns, rows)
}
