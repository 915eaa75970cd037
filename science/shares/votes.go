package shares

import (
	"slices"
	"strings"
)

// vote reads a row of VOTES.
func (p *parser) vote(fields []string) {
	fields, ok := p.fit(fields)
	if !ok {
		return
	}
	if len(p.in.Ballots) >= maxBallots || p.entries > maxEntries {
		p.refuse("shares.too_many", "most", maxBallots)
		p.stopped = true
		return
	}
	if at, named := p.at["voter_id"]; named && fields[at] != "" {
		if first, twice := p.voters[fields[at]]; twice {
			p.refuse("shares.voter_twice", "voter", shorten(fields[at]), "first", first)
			return
		}
		p.voters[fields[at]] = p.rows.line
	}
	ballot := Ballot{Fields: fields}
	at := p.at["vote"]
	ballot.Projects, ok = p.chosen(fields[at])
	fields[at] = ""
	if !ok {
		return
	}
	if p.in.VoteType == Choose1 && len(ballot.Projects) > 1 {
		p.refuse("shares.choose_one", "count", len(ballot.Projects))
		return
	}
	if p.in.VoteType == Cumulative || p.in.VoteType == Scoring {
		at := p.at["points"]
		if !p.pointsOf(fields[at], len(ballot.Projects)) {
			return
		}
		fields[at] = ""
	}
	p.entries += len(ballot.Projects)
	p.in.Ballots = append(p.in.Ballots, ballot)
	p.pointed = append(p.pointed, p.rows.line)
}

// chosen reads the list of a ballot's projects.
func (p *parser) chosen(list string) ([]int32, bool) {
	list = strings.TrimSuffix(list, ",")
	if list == "" {
		return nil, true
	}
	projects := make([]int32, 0, 1+strings.Count(list, ","))
	for id := range strings.SplitSeq(list, ",") {
		id = strings.TrimSpace(id)
		k, known := p.ids[id]
		if !known {
			p.refuse("shares.project_unknown", "project", shorten(id))
			return nil, false
		}
		projects = append(projects, k)
	}
	if len(projects) > 1 {
		sorted := slices.Clone(projects)
		slices.Sort(sorted)
		for i, k := range sorted[1:] {
			if k == sorted[i] {
				p.refuse("shares.vote_twice", "project", shorten(p.in.Projects[k].ID))
				return nil, false
			}
		}
	}
	return projects, true
}

// pointsOf reads the points that stand beside a ballot's projects.
func (p *parser) pointsOf(list string, projects int) bool {
	var texts []string
	if list = strings.TrimSuffix(list, ","); list != "" {
		texts = strings.Split(list, ",")
	}
	if len(texts) != projects {
		p.refuse("shares.points_count", "points", len(texts), "projects", projects)
		return false
	}
	for _, text := range texts {
		n, fault := parseNumber(text)
		if p.faulty(fault, "points", text) {
			return false
		}
		if n.value < 0 && p.in.VoteType == Cumulative {
			p.refuse("shares.negative", "column", "points", "found", strings.TrimSpace(text))
			return false
		}
		p.points = append(p.points, n)
	}
	return true
}

// finishPoints brings all points to one unit.
func (p *parser) finishPoints() {
	in := p.in
	if in.VoteType != Cumulative && in.VoteType != Scoring {
		return
	}
	var standard number
	if text, given := in.Get("default_score"); given && in.VoteType == Scoring && strings.TrimSpace(text) != "" {
		n, fault := parseNumber(text)
		if fault != sound {
			p.rows.line = p.lines["default_score"]
			p.faulty(fault, "default_score", text)
			return
		}
		standard = n
	}
	in.PointDecimals = standard.decimals
	for _, n := range p.points {
		in.PointDecimals = max(in.PointDecimals, n.decimals)
	}
	in.DefaultScore, _ = standard.in(in.PointDecimals)
	points := p.points
	for i := range in.Ballots {
		b := &in.Ballots[i]
		b.Points = make([]int64, len(b.Projects))
		for j := range b.Projects {
			value, fits := points[j].in(in.PointDecimals)
			if !fits || value > maxPoints || value < -maxPoints {
				p.rows.line = p.pointed[i]
				p.faulty(outOfRange, "points", decimal(points[j].value, points[j].decimals))
				return
			}
			b.Points[j] = value
		}
		points = points[len(b.Projects):]
	}
}

// maxPoints bounds the points of one ballot for one project, in their smallest unit.
const maxPoints = 1 << 31

// Write is the instance as a Pabulib file, all of its META and columns included. Parse reads
// it back as the same instance.
func (in *Instance) Write() []byte {
	var b strings.Builder
	line := func(fields ...string) {
		for i, f := range fields {
			if i > 0 {
				b.WriteByte(';')
			}
			b.WriteString(quote(f))
		}
		b.WriteByte('\n')
	}
	line("META")
	line("key", "value")
	for _, f := range in.Meta {
		line(f.Key, f.Value)
	}
	line("PROJECTS")
	line(in.ProjectColumns...)
	id, cost := slices.Index(in.ProjectColumns, "project_id"), slices.Index(in.ProjectColumns, "cost")
	for _, p := range in.Projects {
		fields := slices.Clone(p.Fields)
		fields[id], fields[cost] = p.ID, in.Money(p.Cost)
		line(fields...)
	}
	line("VOTES")
	line(in.VoteColumns...)
	vote, points := slices.Index(in.VoteColumns, "vote"), slices.Index(in.VoteColumns, "points")
	for _, ballot := range in.Ballots {
		fields := slices.Clone(ballot.Fields)
		var ids, given []string
		for j, k := range ballot.Projects {
			ids = append(ids, in.Projects[k].ID)
			if ballot.Points != nil {
				given = append(given, decimal(ballot.Points[j], in.PointDecimals))
			}
		}
		fields[vote] = strings.Join(ids, ",")
		if ballot.Points != nil {
			fields[points] = strings.Join(given, ",")
		}
		if len(fields) == 1 && fields[0] == "" { // a blank line would be no ballot
			b.WriteString("\"\"\n")
			continue
		}
		line(fields...)
	}
	return []byte(b.String())
}
