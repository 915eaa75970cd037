package opinion

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"skein/frame/civic"
)

// mostRefusals is after how many bad rows reading stops.
const mostRefusals = 10

// Parse reads a CSV of votes with a header, either the columns of Polis's export (comment-id,
// voter-id, vote, and timestamp if it is there) or participant, statement, vote; others are passed over.
// A vote is 1 (agree), 0 (pass) or -1 (disagree). Where a participant voted more than once on
// a statement the last vote counts: that with the largest timestamp, the later row among equals.
//
// The error is civic.Refusals, each naming line and column, of at most 10 bad rows.
func Parse(text []byte) (*Votes, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if !utf8.Valid(text) {
		return nil, civic.Refusals{civic.Refuse(civic.Malformed, "opinion.not_utf8", "line", 1+bytes.Count(text[:firstInvalid(text)], []byte("\n")))}
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.ReuseRecord = true
	r.TrimLeadingSpace = true
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, civic.Refusals{civic.Refuse(civic.Malformed, "opinion.empty")}
	}
	if err != nil {
		return nil, civic.Refusals{badLine(err)}
	}
	at, err := columnsOf(header)
	if err != nil {
		return nil, err
	}
	in := intake{at: at, reader: r, people: names{of: map[string]int32{}}, statements: names{of: map[string]int32{}}}
	// At most as many rows as lines, of six bytes at least: one allocation instead of a doubling slice.
	in.told = make([]told, 0, min(MostVotes, bytes.Count(text, []byte("\n")), len(text)/6))
	for len(in.refusals) < mostRefusals {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			in.refusals = append(in.refusals, badLine(err))
			var parse *csv.ParseError
			if errors.As(err, &parse) && errors.Is(parse.Err, csv.ErrFieldCount) {
				continue
			}
			break // after a broken quote nothing that follows can be trusted
		}
		if !in.take(record) {
			break
		}
	}
	if err := in.refusals.Err(); err != nil {
		return nil, err
	}
	if len(in.told) == 0 {
		return nil, civic.Refusals{civic.Refuse(civic.Malformed, "opinion.empty")}
	}
	return in.votes(), nil
}

// columns are where the fields of a vote stand in a row.
type columns struct{ participant, statement, vote, timestamp int }

func columnsOf(header []string) (columns, error) {
	where := map[string]int{}
	for i, name := range header {
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := where[name]; twice && (name == "vote" || name == "participant" || name == "statement" || name == "voter-id" || name == "comment-id" || name == "timestamp") {
			return columns{}, civic.Refusals{civic.Refuse(civic.Malformed, "opinion.column_twice", "column", name)}
		}
		where[name] = i
	}
	place := func(name string) int {
		if i, ok := where[name]; ok {
			return i
		}
		return -1
	}
	vote, timestamp := place("vote"), place("timestamp")
	for _, pair := range [][2]string{{"voter-id", "comment-id"}, {"participant", "statement"}} {
		if p, s := place(pair[0]), place(pair[1]); p >= 0 && s >= 0 && vote >= 0 {
			return columns{p, s, vote, timestamp}, nil
		}
	}
	if place("n-votes") >= 0 && place("participant") >= 0 {
		return columns{}, civic.Refusals{civic.Refuse(civic.Malformed, "opinion.matrix")}
	}
	return columns{}, civic.Refusals{civic.Refuse(civic.Malformed, "opinion.columns", "found", clip(strings.Join(header, ", ")))}
}

// told is a row of the file.
type told struct {
	participant, statement int32
	vote                   Vote
	timestamp              int64
}

// names numbers ids in the order in which they come.
type names struct {
	ids []string
	of  map[string]int32
}

func (n *names) number(id string) int32 {
	i, ok := n.of[id]
	if !ok {
		id = strings.Clone(id) // a field shares its row's memory
		i = int32(len(n.ids))
		n.ids = append(n.ids, id)
		n.of[id] = i
	}
	return i
}

type intake struct {
	at                 columns
	reader             *csv.Reader
	people, statements names
	told               []told
	refusals           civic.Refusals
}

// take reads one row; false means that there is no use in going on.
func (in *intake) take(record []string) bool {
	id := func(at int) (string, bool) {
		s := strings.TrimSpace(record[at])
		if !validID(s) {
			in.refuse("opinion.row_id", at, "found", clip(s), "most", mostID)
			return "", false
		}
		return s, true
	}
	participant, ok := id(in.at.participant)
	statement, known := id(in.at.statement)
	if !ok || !known {
		return true
	}
	t := told{}
	switch s := strings.TrimSpace(record[in.at.vote]); s {
	case "1", "+1":
		t.vote = Agree
	case "0":
		t.vote = Pass
	case "-1":
		t.vote = Disagree
	default:
		in.refuse("opinion.row_vote", in.at.vote, "found", clip(s))
		return true
	}
	if in.at.timestamp >= 0 {
		s := strings.TrimSpace(record[in.at.timestamp])
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			in.refuse("opinion.row_timestamp", in.at.timestamp, "found", clip(s))
			return true
		}
		t.timestamp = n
	}
	t.participant, t.statement = in.people.number(participant), in.statements.number(statement)
	switch {
	case len(in.people.ids) > MostParticipants:
		in.refuseLarge("opinion.too_many_participants", MostParticipants)
	case len(in.statements.ids) > MostStatements:
		in.refuseLarge("opinion.too_many_statements", MostStatements)
	case len(in.told) >= MostVotes:
		in.refuseLarge("opinion.too_many_votes", MostVotes)
	default:
		in.told = append(in.told, t)
		return true
	}
	return false
}

func (in *intake) refuse(key string, at int, args ...any) {
	line, column := in.reader.FieldPos(at)
	in.refusals = append(in.refusals, civic.Refuse(civic.Malformed, key, append(args, "line", line, "column", column)...))
}

func (in *intake) refuseLarge(key string, most int) {
	line, _ := in.reader.FieldPos(0)
	in.refusals = append(in.refusals, civic.Refuse(civic.TooLarge, key, "line", line, "most", most))
}

// votes puts the rows into a table; the last vote counts.
func (in *intake) votes() *Votes {
	v := &Votes{
		participants: in.people.ids, statements: in.statements.ids,
		row: make(map[string]int, len(in.people.ids)), column: make(map[string]int, len(in.statements.ids)),
		rows: make([][]cell, len(in.people.ids)),
	}
	for i, id := range v.participants {
		v.row[id] = i
	}
	for j, id := range v.statements {
		v.column[id] = j
	}
	end := make([]int, len(v.rows)+1) // a counting sort by participant, which keeps the order of rows
	for _, t := range in.told {
		end[t.participant+1]++
	}
	for i := range v.rows {
		end[i+1] += end[i]
	}
	byPerson := make([]int32, len(in.told))
	next := slices.Clone(end)
	for n, t := range in.told {
		byPerson[next[t.participant]] = int32(n)
		next[t.participant]++
	}
	cells := make([]cell, 0, len(in.told))
	for i := range v.rows {
		mine := byPerson[end[i]:end[i+1]]
		slices.SortFunc(mine, func(a, b int32) int {
			x, y := &in.told[a], &in.told[b]
			switch {
			case x.statement != y.statement:
				return int(x.statement) - int(y.statement)
			case x.timestamp != y.timestamp:
				if x.timestamp < y.timestamp {
					return -1
				}
				return 1
			}
			return int(a) - int(b)
		})
		began := len(cells)
		for n, at := range mine {
			t := in.told[at]
			if n+1 < len(mine) && in.told[mine[n+1]].statement == t.statement {
				continue
			}
			cells = append(cells, newCell(int(t.statement), t.vote))
		}
		v.rows[i] = cells[began:len(cells):len(cells)]
	}
	v.count = len(cells)
	return v
}

func badLine(err error) civic.Refusal {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		if errors.Is(parse.Err, csv.ErrFieldCount) {
			return civic.Refuse(civic.Malformed, "opinion.row_fields", "line", parse.Line)
		}
		return civic.Refuse(civic.Malformed, "opinion.row_quotes", "line", parse.Line, "column", parse.Column)
	}
	return civic.Refuse(civic.Malformed, "opinion.row_quotes", "line", 1, "column", 1)
}

// clip shortens what was found, so that a sentence stays readable, and takes out what could steer a terminal.
func clip(s string) string {
	const most = 40
	s = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, s)
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}

func firstInvalid(text []byte) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size <= 1 {
			return i
		}
		i += size
	}
	return len(text)
}
