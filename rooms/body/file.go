package body

import (
	"maps"
	"strings"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/sheet"
)

// fileShape is the table of bodies, posts and officers: a row whose id has no slash is
// a body, "pwd"; one with a slash is a post, "pwd/head", with the officer who sits in it.
var fileShape = sheet.Shape{
	Columns: []string{
		"id", "title.*", "kind", "parent", "place", "coordinates", "roles", "supervisor", "officer", "from", "to",
	},
	Required: []string{"id", "title.*"},
	Lists:    []string{"coordinates", "roles"},
	MostRows: 50_000,
}

var bodyColumns, postColumns = []string{"kind", "parent", "place", "coordinates"}, []string{"roles", "supervisor", "officer", "from", "to"}

// Step is one command of an import, in an order in which all of them can be obeyed.
type Step struct {
	Row     int // line of the file
	Dossier civic.DossierID
	Command Command
	// Officer is the name to be sealed in the vault before a Seat; its Person, Digest and,
	// where the realm's law allows, PublicName are then filled in.
	Officer string
}

// ReadFile reads a file of bodies and says which commands make them, after the facts
// as they are. It refuses with every reason, each naming row and column; nothing is to be done then.
func ReadFile(format sheet.Format, data []byte, f Facts) ([]Step, civic.Refusals) {
	table, reasons := sheet.Read(format, data, fileShape)
	if len(table.Rows) == 0 && len(reasons) == 0 {
		reasons = append(reasons, civic.Refuse(civic.Invalid, "body.file_empty"))
	}
	var bodies, posts []entry
	first := map[string]int{}
	for _, row := range table.Rows {
		id := row.Cells["id"]
		if id == "" {
			reasons = append(reasons, row.Refuse("id", "sheet.cell_missing"))
			continue
		}
		if line, twice := first[id]; twice {
			reasons = append(reasons, row.Refuse("id", "body.id_twice", "value", id, "first", line))
			continue
		}
		first[id] = row.Line
		wrong := postColumns
		if strings.Contains(id, "/") {
			wrong = bodyColumns
		}
		for _, column := range wrong {
			if row.Cells[column] != "" {
				reasons = append(reasons, row.Refuse(column, "body.cell_elsewhere", "value", id))
			}
		}
		if strings.Contains(id, "/") {
			posts = append(posts, entry{row, id, row.Cells["supervisor"]})
		} else {
			bodies = append(bodies, entry{row, id, row.Cells["parent"]})
		}
	}
	p := plan{f: f, scratch: f.Catalog.With()}
	for _, e := range after(bodies) {
		p.body(e.row)
	}
	for _, e := range after(posts) {
		p.post(e.row)
	}
	if reasons = append(reasons, p.reasons...); len(reasons) > 0 {
		return nil, sheet.Limit(reasons)
	}
	return p.steps, nil
}

// entry is a row that wants another one to come first.
type entry struct {
	row       sheet.Row
	id, wants string
}

// after puts rows behind those they want, keeping their order otherwise. What wants
// itself in a circle comes last, where the decision refuses it.
func after(entries []entry) []entry {
	at := make(map[string]int, len(entries))
	for i, e := range entries {
		at[e.id] = i
	}
	out := make([]entry, 0, len(entries))
	const waiting, placed = 1, 2
	state := make([]int, len(entries))
	for i := range entries {
		var stack []int
		for j, ok := i, true; ok && state[j] == 0; j, ok = at[entries[j].wants] {
			state[j] = waiting
			stack = append(stack, j)
		}
		for n := len(stack) - 1; n >= 0; n-- {
			state[stack[n]] = placed
			out = append(out, entries[stack[n]])
		}
	}
	return out
}

// plan tries each command on a scratch catalog, so that all of a file is known to be
// obeyed before anything is done.
type plan struct {
	f       Facts
	scratch *Catalog
	steps   []Step
	reasons civic.Refusals
}

func (p *plan) body(row sheet.Row) {
	c := Found{
		Body: civic.BodyID(row.Cells["id"]), Kind: Kind(row.Cells["kind"]), Titles: row.ByLanguage("title"),
		Parent: civic.BodyID(row.Cells["parent"]), Place: civic.PlaceID(row.Cells["place"]),
	}
	for _, place := range sheet.Split(row.Cells["coordinates"]) {
		c.Coordinates = append(c.Coordinates, civic.PlaceID(place))
	}
	p.try(row, Step{Command: c}, c)
}

func (p *plan) post(row sheet.Row) {
	post := civic.PostID(row.Cells["id"])
	c := CreatePost{Post: post, Titles: row.ByLanguage("title"), Supervisor: civic.PostID(row.Cells["supervisor"])}
	for _, role := range sheet.Split(row.Cells["roles"]) {
		c.Roles = append(c.Roles, Role(role))
	}
	if !p.try(row, Step{Command: c}, c) {
		return
	}
	officer, from, to := row.Cells["officer"], row.Cells["from"], row.Cells["to"]
	if officer == "" {
		if from != "" || to != "" {
			p.reasons = append(p.reasons, row.Refuse("officer", "body.officer_missing"))
		}
		return
	}
	seat := Seat{Post: post, From: from, To: to}
	trial := seat
	trial.Person, trial.Digest = "trial", strings.Repeat("0", 64)
	p.try(row, Step{Command: seat, Officer: officer}, trial)
}

// columnOf names the column of the file that a command's field was read from.
var columnOf = map[string]string{"body": "id", "post": "id", "titles": "title.*", "public_name": "officer"}

// try decides a command on the scratch catalog and keeps the step, or the reasons with their row.
func (p *plan) try(row sheet.Row, step Step, trial Command) bool {
	b, _, _ := strings.Cut(row.Cells["id"], "/")
	id := civic.BodyID(b)
	step.Row, step.Dossier = row.Line, ID(id)
	s := p.scratch.bodies[id]
	f := p.f
	f.Catalog = p.scratch
	drafts, refusals := Decide(s, trial, f)
	for _, r := range refusals {
		column := r.Field
		if c, ok := columnOf[column]; ok {
			column = c
		} else if lang, ok := strings.CutPrefix(column, "titles."); ok {
			column = "title." + lang
		}
		if r.Key == "body.missing" { // a post of a body that is neither here nor in the realm
			column, r = "id", civic.Refuse(civic.Invalid, "body.body_unknown", "value", b)
		}
		placed := row.Refuse(column, r.Key)
		placed.Kind = r.Kind
		maps.Copy(placed.Args, r.Args)
		p.reasons = append(p.reasons, placed)
	}
	if len(refusals) > 0 {
		return false
	}
	for _, d := range drafts {
		s = Evolve(s, journal.Act{Dossier: step.Dossier, Event: d.Event, Happened: max(p.f.Now, 1)})
	}
	p.scratch.bodies[id] = s
	for _, place := range s.Coordinates {
		p.scratch.coordinators[place] = id
	}
	p.steps = append(p.steps, step)
	return true
}
