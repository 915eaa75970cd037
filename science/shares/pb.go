package shares

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"skein/frame/civic"
)

// Bounds of what Parse takes.
const (
	maxBytes    = 1 << 29
	maxProjects = 100_000
	maxBallots  = 10_000_000
	maxEntries  = 100_000_000 // projects over all ballots
	maxReasons  = 50          // ends the reading of a text with many faults
)

// Parse reads a Pabulib file (pabulib.org/format): META, PROJECTS and VOTES, fields parted
// by semicolons. Mended without a word, as only one meaning is possible: a byte order mark,
// CRLF, blank lines, spaces around fields, capitals in names of sections and columns, a
// missing "key;value" line, a comma as decimal mark, a comma at the end of a list.
// Otherwise it returns civic.Refusals, at most fifty, each naming its line; a file with
// any fault is refused whole.
func Parse(text []byte) (*Instance, error) {
	if len(text) > maxBytes {
		return nil, civic.Refusals{civic.Refuse(civic.TooLarge, "shares.too_many_bytes", "bytes", len(text), "most", maxBytes)}
	}
	p := &parser{in: &Instance{}, rows: rows{text: bytes.TrimPrefix(text, []byte("\ufeff"))}, voters: map[string]int{}, seen: map[string]int{}}
	if at := invalidUTF8(text); at > 0 {
		p.rows.line = at
		p.refuse("shares.utf8")
		return nil, p.refused
	}
	p.read()
	if len(p.refused) == 0 {
		p.finish()
	}
	if len(p.refused) > 0 {
		return nil, p.refused
	}
	return p.in, nil
}

// invalidUTF8 is the first line that is not UTF-8, or 0.
func invalidUTF8(text []byte) int {
	if utf8.Valid(text) {
		return 0
	}
	for n := 1; ; n++ {
		line, rest, _ := bytes.Cut(text, []byte("\n"))
		if !utf8.Valid(line) {
			return n
		}
		text = rest
	}
}

type parser struct {
	in      *Instance
	rows    rows
	refused civic.Refusals
	section string
	seen    map[string]int // section → its line
	header  bool           // the section's column names were read
	at      map[string]int // column → index
	lines   map[string]int // key of META → its line
	ids     map[string]int32
	voters  map[string]int // voter_id → line

	budget  number
	costs   []number
	points  []number // of all ballots, one after the other
	entries int
	costly  []int // line of each project
	pointed []int // line of each ballot
	stopped bool
}

func (p *parser) refuse(key string, args ...any) {
	if p.stopped {
		return
	}
	p.refused = append(p.refused, civic.Refuse(civic.Invalid, key, append(args, "line", p.rows.line)...))
	p.stopped = len(p.refused) >= maxReasons
}

func (p *parser) read() {
	for !p.stopped {
		fields, unclosed, done := p.rows.row()
		switch {
		case done:
			return
		case unclosed:
			p.refuse("shares.quote")
		case len(fields) == 0:
		case sectionName(fields) != "":
			p.begin(sectionName(fields))
		case p.section == "":
			p.refuse("shares.no_section", "found", shorten(fields[0]))
			return
		case p.section == "META":
			p.meta(fields)
		case !p.header:
			p.columns(fields)
		case p.section == "PROJECTS":
			p.project(fields)
		default:
			p.vote(fields)
		}
	}
}

// sectionName is the section that a line begins, or "".
func sectionName(fields []string) string {
	for _, f := range fields[1:] {
		if f != "" {
			return ""
		}
	}
	switch name := strings.ToUpper(fields[0]); name {
	case "META", "PROJECTS", "VOTES":
		return name
	}
	return ""
}

func (p *parser) begin(name string) {
	if first, twice := p.seen[name]; twice {
		p.refuse("shares.section_twice", "section", name, "first", first)
		p.stopped = true
		return
	}
	p.seen[name], p.section, p.header = p.rows.line, name, false
	switch name {
	case "META":
		p.lines = map[string]int{}
	case "PROJECTS":
		p.ids = map[string]int32{}
	case "VOTES":
		if p.seen["PROJECTS"] == 0 || p.seen["META"] == 0 {
			p.refuse("shares.section_order")
			p.stopped = true
			return
		}
		kind, _ := p.in.Get("vote_type")
		p.in.VoteType = VoteType(strings.ToLower(strings.ReplaceAll(strings.TrimSpace(kind), "_", "-")))
		switch p.in.VoteType {
		case Approval, Choose1, Ordinal, Cumulative, Scoring:
		default:
			if at := p.lines["vote_type"]; at > 0 {
				p.rows.line = at
			}
			p.refuse("shares.vote_type", "found", shorten(kind))
			p.stopped = true
		}
	}
}

func (p *parser) meta(fields []string) {
	if !p.header {
		p.header = true
		if len(fields) >= 2 && strings.EqualFold(fields[0], "key") && strings.EqualFold(fields[1], "value") {
			return
		}
	}
	f := Field{Key: fields[0], Value: strings.Join(fields[1:], ";")}
	if len(fields) > 2 { // a value that holds semicolons, or empty fields at its end
		_, rest, _ := strings.Cut(p.rows.raw, ";")
		if f.Value = strings.TrimRight(f.Value, ";"); f.Value != fields[1] {
			f.Value = strings.TrimSpace(strings.TrimRight(rest, "; \t"))
		}
	}
	if f.Key == "" || len(fields) < 2 {
		p.refuse("shares.meta", "found", shorten(f.Key))
		return
	}
	key := strings.ToLower(f.Key)
	switch key { // keys that decide something are found whatever their capitals
	case "budget", "vote_type", "num_projects", "num_votes", "default_score":
		f.Key = key
	}
	if first, twice := p.lines[f.Key]; twice {
		p.refuse("shares.meta_twice", "key", shorten(f.Key), "first", first)
		return
	}
	p.lines[f.Key] = p.rows.line
	p.in.Meta = append(p.in.Meta, f)
	if f.Key == "budget" {
		n, fault := parseNumber(f.Value)
		if p.faulty(fault, "budget", f.Value); n.value < 0 {
			p.refuse("shares.negative", "column", "budget", "found", f.Value)
		}
		p.budget = n
	}
}

// faulty refuses a field that is not the number it should be.
func (p *parser) faulty(f fault, column, found string) bool {
	switch f {
	case malformed:
		p.refuse("shares.number", "column", column, "found", shorten(found))
	case ambiguous:
		p.refuse("shares.number_comma", "column", column, "found", shorten(found))
	case outOfRange:
		p.refuse("shares.number_range", "column", column, "found", shorten(found), "decimals", maxDecimals)
	}
	return f != sound
}

func (p *parser) columns(fields []string) {
	p.header, p.at = true, map[string]int{}
	for len(fields) > 0 && fields[len(fields)-1] == "" {
		fields = fields[:len(fields)-1]
	}
	for i, name := range fields {
		fields[i] = strings.ToLower(name)
		if _, twice := p.at[fields[i]]; twice || name == "" {
			p.refuse("shares.column_twice", "column", shorten(name))
			p.stopped = true
			return
		}
		p.at[fields[i]] = i
	}
	needed := []string{"project_id", "cost"}
	if p.section == "VOTES" {
		if needed = []string{"vote"}; p.in.VoteType == Cumulative || p.in.VoteType == Scoring {
			needed = append(needed, "points")
		}
	}
	for _, name := range needed {
		if _, ok := p.at[name]; !ok {
			p.refuse("shares.column_missing", "column", name, "section", p.section)
			p.stopped = true
		}
	}
	if p.section == "VOTES" {
		p.in.VoteColumns = fields
	} else {
		p.in.ProjectColumns = fields
	}
}

// fit gives a row as many fields as there are columns, or refuses it.
func (p *parser) fit(fields []string) ([]string, bool) {
	want := len(p.at)
	for len(fields) > want && fields[len(fields)-1] == "" {
		fields = fields[:len(fields)-1]
	}
	if len(fields) > want {
		p.refuse("shares.fields", "fields", len(fields), "columns", want)
		return nil, false
	}
	for len(fields) < want {
		fields = append(fields, "")
	}
	return slices.Clip(fields), true
}

func (p *parser) project(fields []string) {
	fields, ok := p.fit(fields)
	if !ok {
		return
	}
	id, cost := fields[p.at["project_id"]], fields[p.at["cost"]]
	n, fault := parseNumber(cost)
	first, twice := p.ids[id]
	switch {
	case id == "" || strings.Contains(id, ","):
		p.refuse("shares.project_id", "found", shorten(id))
	case twice:
		p.refuse("shares.project_twice", "project", shorten(id), "first", p.costly[first])
	case p.faulty(fault, "cost", cost):
	case n.value < 0:
		p.refuse("shares.negative", "column", "cost", "found", cost)
	case len(p.in.Projects) >= maxProjects:
		p.refuse("shares.too_many", "most", maxProjects)
		p.stopped = true
	default:
		fields[p.at["project_id"]], fields[p.at["cost"]] = "", ""
		p.ids[id] = int32(len(p.in.Projects))
		p.in.Projects = append(p.in.Projects, Project{ID: id, Fields: fields})
		p.costs, p.costly = append(p.costs, n), append(p.costly, p.rows.line)
	}
}

// finish brings amounts to one unit and compares the counts that META states.
func (p *parser) finish() {
	in := p.in
	for _, name := range []string{"META", "PROJECTS", "VOTES"} {
		if p.seen[name] == 0 {
			p.rows.line = max(p.rows.line, 1)
			p.refuse("shares.section_missing", "section", name)
			return
		}
		if name != "META" && (in.ProjectColumns == nil || name == "VOTES" && in.VoteColumns == nil) {
			p.rows.line = p.seen[name]
			p.refuse("shares.no_columns", "section", name)
			return
		}
	}
	if _, ok := p.lines["budget"]; !ok {
		p.rows.line = p.seen["META"]
		p.refuse("shares.budget_missing")
		return
	}
	p.stated("num_projects", len(in.Projects))
	p.stated("num_votes", len(in.Ballots))
	for _, n := range append(p.costs, p.budget) {
		in.Decimals = max(in.Decimals, n.decimals)
	}
	for i, n := range p.costs {
		var fits bool
		if in.Projects[i].Cost, fits = n.in(in.Decimals); !fits {
			p.rows.line = p.costly[i]
			p.faulty(outOfRange, "cost", decimal(n.value, n.decimals))
		}
	}
	var fits bool
	if in.Budget, fits = p.budget.in(in.Decimals); !fits {
		p.rows.line = p.lines["budget"]
		p.faulty(outOfRange, "budget", decimal(p.budget.value, p.budget.decimals))
	}
	p.finishPoints()
}

// stated refuses a file whose META counts otherwise than its rows: it may have been cut short.
func (p *parser) stated(key string, rows int) {
	value, given := p.in.Get(key)
	if !given || value == "" {
		return
	}
	if n, err := strconv.Atoi(value); err != nil || n != rows {
		p.rows.line = p.lines[key]
		p.refuse("shares.count_differs", "key", key, "stated", shorten(value), "rows", rows)
	}
}

// shorten keeps what a text says about itself short and whole.
func shorten(s string) string {
	if len(s) <= 60 {
		return s
	}
	cut := 60
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
