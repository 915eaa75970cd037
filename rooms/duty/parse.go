package duty

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/frame/sheet"
)

// Format is how a document is spelt.
type Format = sheet.Format

// CSV is the canonical format.
const (
	CSV  = sheet.CSV
	YAML = sheet.YAML
)

// Known answers which codes there are; a nil function knows every code.
type Known struct {
	Place    func(civic.PlaceID) bool
	Body     func(civic.BodyID) bool
	Post     func(civic.PostID) bool
	Category func(civic.Category) bool
	Calendar func(string) bool
}

var listShape = sheet.Shape{
	Columns: []string{
		"id", "category", "place", "lead", "joint", "law", "post", "staff", "budget", "standard",
		"response", "resolution", "objection", "calendar", "notes",
	},
	Required: []string{"category", "place", "lead"},
	Lists:    []string{"joint"},
	MostRows: 50_000,
}

var (
	codeForm     = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)
	postForm     = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}/[a-z0-9][a-z0-9_-]{0,63}$`)
	categoryForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}(\.[a-z0-9][a-z0-9_-]{0,63}){0,7}$`)
	rowForm      = regexp.MustCompile(`^[A-Za-z0-9*][A-Za-z0-9*@/._-]{0,199}$`)
	staffForm    = regexp.MustCompile(`^(0|[1-9][0-9]{0,5})(\.[0-9]{1,2})?$`)
)

// ParseList reads a responsibility list. It is refused with every reason, each naming
// row and column. A file in canonical form reads back into the same bytes.
func ParseList(format Format, data []byte, known Known) (*List, civic.Refusals) {
	table, reasons := sheet.Read(format, data, listShape)
	rows := make([]Row, 0, len(table.Rows))
	ids := make(map[string]int, len(table.Rows))
	type key struct {
		category civic.Category
		place    civic.PlaceID
		lead     civic.BodyID
	}
	keys := make(map[key]int, len(table.Rows))
	for _, cells := range table.Rows {
		p := rowReader{Row: cells, known: known}
		r := p.read()
		reasons = append(reasons, p.reasons...)
		k := key{r.Category, r.Place, r.Lead}
		if first, twice := keys[k]; twice && len(p.reasons) == 0 {
			reasons = append(reasons, cells.Refuse("lead", "duty.row_twice", "category", string(r.Category), "place", string(r.Place), "lead", string(r.Lead), "first", first))
		}
		keys[k] = cells.Line
		if r.ID == "" {
			r.ID = string(r.Category) + "@" + string(r.Place)
			if _, taken := ids[r.ID]; taken {
				r.ID += "/" + string(r.Lead)
			}
		}
		if first, twice := ids[r.ID]; twice && len(p.reasons) == 0 {
			reasons = append(reasons, cells.Refuse("id", "duty.id_twice", "id", r.ID, "first", first))
		}
		ids[r.ID] = cells.Line
		rows = append(rows, r)
	}
	if len(rows) == 0 && len(reasons) == 0 {
		reasons = append(reasons, civic.Refuse(civic.Invalid, "duty.no_rows"))
	}
	if len(reasons) > 0 {
		return nil, sheet.Limit(reasons)
	}
	return NewList(rows), nil
}

// rowReader reads one row and keeps what is wrong with it.
type rowReader struct {
	sheet.Row
	known   Known
	reasons civic.Refusals
}

func (p *rowReader) refuse(column, key string, args ...any) {
	p.reasons = append(p.reasons, p.Refuse(column, key, args...))
}

func (p *rowReader) read() Row {
	r := Row{
		ID: p.Cells["id"], Law: p.Cells["law"], Staff: p.Cells["staff"], Budget: p.Cells["budget"],
		Standard: p.Cells["standard"], Calendar: p.Cells["calendar"], Notes: p.Cells["notes"],
	}
	if r.ID != "" && !rowForm.MatchString(r.ID) {
		p.refuse("id", "duty.id_form", "value", r.ID)
	}
	r.Category = civic.Category(p.need("category"))
	switch {
	case r.Category == "" || r.Category == Any:
	case !categoryForm.MatchString(string(r.Category)):
		p.refuse("category", "duty.code_form", "value", string(r.Category))
	case p.known.Category != nil && !p.known.Category(r.Category):
		p.refuse("category", "duty.category_unknown", "value", string(r.Category))
	}
	r.Place = civic.PlaceID(p.need("place"))
	if r.Place != "" && p.code("place", string(r.Place)) && p.known.Place != nil && !p.known.Place(r.Place) {
		p.refuse("place", "duty.place_unknown", "value", string(r.Place))
	}
	r.Lead = p.body("lead", p.need("lead"))
	for _, text := range sheet.Split(p.Cells["joint"]) {
		code, limit, timed := strings.Cut(text, ":")
		j := Joint{Body: p.body("joint", strings.TrimSpace(code))}
		if j.Body == "" { // a limit of nobody
			p.refuse("joint", "sheet.cell_missing")
			continue
		}
		if timed {
			j.Limit = p.limit("joint", limit)
		}
		if j.Body == r.Lead {
			p.refuse("joint", "duty.joint_lead", "value", code)
		} else if slices.ContainsFunc(r.Joint, func(k Joint) bool { return k.Body == j.Body }) {
			p.refuse("joint", "duty.joint_twice", "value", code)
		}
		r.Joint = append(r.Joint, j)
	}
	r.Post = civic.PostID(p.Cells["post"])
	switch {
	case r.Post == "":
	case !postForm.MatchString(string(r.Post)):
		p.refuse("post", "duty.post_form", "value", string(r.Post))
	case p.known.Post != nil && !p.known.Post(r.Post):
		p.refuse("post", "duty.post_unknown", "value", string(r.Post))
	}
	if r.Staff != "" && !staffForm.MatchString(r.Staff) {
		p.refuse("staff", "duty.staff_form", "value", r.Staff)
	}
	r.Response = p.limit("response", p.Cells["response"])
	r.Resolution = p.limit("resolution", p.Cells["resolution"])
	r.Objection = p.limit("objection", p.Cells["objection"])
	if r.Calendar != "" && p.code("calendar", r.Calendar) && p.known.Calendar != nil && !p.known.Calendar(r.Calendar) {
		p.refuse("calendar", "duty.calendar_unknown", "value", r.Calendar)
	}
	return r
}

func (p *rowReader) need(column string) string {
	cell := p.Cells[column]
	if cell == "" {
		p.refuse(column, "sheet.cell_missing")
	}
	return cell
}

func (p *rowReader) code(column, code string) bool {
	if !codeForm.MatchString(code) {
		p.refuse(column, "duty.code_form", "value", code)
		return false
	}
	return true
}

func (p *rowReader) body(column, code string) civic.BodyID {
	b := civic.BodyID(code)
	if b != "" && p.code(column, code) && p.known.Body != nil && !p.known.Body(b) {
		p.refuse(column, "duty.body_unknown", "value", code)
	}
	return b
}

func (p *rowReader) limit(column, text string) calendar.Limit {
	if text = strings.TrimSpace(text); text == "" {
		return calendar.Limit{}
	}
	l, err := calendar.ParseLimit(text)
	if err != nil {
		p.refuse(column, "duty.limit_form", "value", text)
	}
	return l
}

// cells is the row as a file spells it.
func (r Row) cells() map[string]string {
	return map[string]string{
		"id": r.ID, "category": string(r.Category), "place": string(r.Place), "lead": string(r.Lead), "joint": joints(r.Joint),
		"law": r.Law, "post": string(r.Post), "staff": r.Staff, "budget": r.Budget, "standard": r.Standard,
		"response": r.Response.String(), "resolution": r.Resolution.String(), "objection": r.Objection.String(),
		"calendar": r.Calendar, "notes": r.Notes,
	}
}

func (l *List) table() []map[string]string {
	rows := make([]map[string]string, len(l.rows))
	for i, r := range l.rows {
		rows[i] = r.cells()
	}
	return rows
}

// CSV writes the list in its canonical form, whose digest names it.
func (l *List) CSV() []byte { return sheet.WriteCSV(listShape.Columns, l.table()) }

// YAML writes the list for people who prefer it; it reads back into the same list.
func (l *List) YAML() ([]byte, error) {
	return sheet.WriteYAML(listShape, listShape.Columns, l.table())
}

// textColumns spells the columns of texts by language, the languages in order.
func textColumns(column string, rows []map[string]string) []string {
	names := map[string]bool{}
	for _, row := range rows {
		for name, cell := range row {
			if cell != "" && strings.HasPrefix(name, column+".") {
				names[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func byLanguage(cells map[string]string, column string, texts map[string]string) {
	for lang, text := range texts {
		cells[fmt.Sprintf("%s.%s", column, lang)] = text
	}
}
