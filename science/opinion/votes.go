package opinion

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Vote is what a participant said to a statement.
type Vote int8

// The votes, in the sign of Polis's exports.
const (
	Disagree Vote = -1
	Pass     Vote = 0
	Agree    Vote = 1
)

// Bounds on a conversation, so that memory stays bounded: a Stream of the largest holds under 2 GB.
const (
	MostParticipants = 1_000_000
	MostStatements   = 20_000
	MostVotes        = 30_000_000
	mostID           = 64 // bytes of an id
)

// cell is a vote in a participant's row: the statement's column and the vote.
type cell uint32

func newCell(column int, v Vote) cell { return cell(column)<<2 | cell(v+1) }

func (c cell) column() int { return int(c >> 2) }
func (c cell) vote() Vote  { return Vote(c&3) - 1 }

// Votes is the sparse table of votes: n participants (rows) by m statements (columns).
// Methods that only read may be called by several goroutines at once.
type Votes struct {
	participants, statements []string // ids in the order of rows and columns
	row, column              map[string]int
	rows                     [][]cell // each sorted by column
	count                    int      // votes in all
}

// NewVotes returns a table without votes.
func NewVotes() *Votes {
	return &Votes{row: map[string]int{}, column: map[string]int{}}
}

// Participants returns the ids of the rows. The slice is the table's own: do not change it.
func (v *Votes) Participants() []string { return v.participants }

// Statements returns the ids of the columns. The slice is the table's own: do not change it.
func (v *Votes) Statements() []string { return v.statements }

// Len returns how many votes there are.
func (v *Votes) Len() int { return v.count }

// Set records a vote; it takes the place of an earlier vote of the same participant on the
// same statement and returns that, with true. New participants and statements get the next
// row and column. The cost is that of finding the place in a row.
func (v *Votes) Set(participant, statement string, vote Vote) (old Vote, had bool) {
	return v.put(v.rowOf(participant), v.columnOf(statement), vote)
}

// Vote returns a vote, and whether there is one.
func (v *Votes) Vote(participant, statement string) (Vote, bool) {
	i, ok := v.row[participant]
	j, known := v.column[statement]
	if !ok || !known {
		return 0, false
	}
	if at, found := find(v.rows[i], j); found {
		return v.rows[i][at].vote(), true
	}
	return 0, false
}

// AddStatement makes a column for a statement that nobody has voted on yet; it counts in the
// number of statements and has a priority. A statement that is there already stays as it is.
func (v *Votes) AddStatement(id string) { v.columnOf(id) }

func (v *Votes) put(i, j int, vote Vote) (Vote, bool) {
	row := v.rows[i]
	at, found := find(row, j)
	if found {
		old := row[at].vote()
		row[at] = newCell(j, vote)
		return old, true
	}
	v.rows[i] = slices.Insert(row, at, newCell(j, vote))
	v.count++
	return 0, false
}

func find(row []cell, column int) (int, bool) {
	return slices.BinarySearchFunc(row, column, func(c cell, column int) int { return cmp.Compare(c.column(), column) })
}

func (v *Votes) rowOf(id string) int {
	i, ok := v.row[id]
	if !ok {
		i = len(v.participants)
		v.row[id] = i
		v.participants = append(v.participants, id)
		v.rows = append(v.rows, nil)
	}
	return i
}

func (v *Votes) columnOf(id string) int {
	j, ok := v.column[id]
	if !ok {
		j = len(v.statements)
		v.column[id] = j
		v.statements = append(v.statements, id)
	}
	return j
}

// validID says whether an id can be one: text without control characters, of 1 to 64 bytes.
func validID(id string) bool {
	return id != "" && len(id) <= mostID && utf8.ValidString(id) && !strings.ContainsFunc(id, unicode.IsControl)
}

// Whole returns an id as the whole number that it is the usual spelling of, if it is one.
func Whole(id string) (int64, bool) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != id || n > 1<<53 || n < -1<<53 {
		return 0, false
	}
	return n, true
}

// ordered returns the places of ids in their order, whole numbers by value before all others, those by their bytes, and the rank of each place.
func ordered(ids []string) (order, rank []int) {
	order = make([]int, len(ids))
	number := make([]int64, len(ids)) // parsed once: comparing a million ids by parsing is slow
	for i, id := range ids {
		order[i] = i
		number[i] = math.MaxInt64
		if n, ok := Whole(id); ok {
			number[i] = n
		}
	}
	slices.SortFunc(order, func(a, b int) int {
		if c := cmp.Compare(number[a], number[b]); c != 0 {
			return c
		}
		return cmp.Compare(ids[a], ids[b])
	})
	rank = make([]int, len(ids))
	for at, i := range order {
		rank[i] = at
	}
	return order, rank
}

// sorted returns the same votes with rows and columns in the order of their ids, so that an answer does
// not depend on the order of arrival. The rows are new; v is not changed by changes to them.
func (v *Votes) sorted() *Votes {
	byRow, _ := ordered(v.participants)
	byColumn, column := ordered(v.statements)
	s := &Votes{
		participants: make([]string, len(byRow)), statements: make([]string, len(byColumn)),
		row: make(map[string]int, len(byRow)), column: make(map[string]int, len(byColumn)),
		rows: make([][]cell, len(byRow)), count: v.count,
	}
	for at, j := range byColumn {
		s.statements[at] = v.statements[j]
		s.column[v.statements[j]] = at
	}
	all := make([]cell, 0, v.count)
	for at, i := range byRow {
		s.participants[at] = v.participants[i]
		s.row[v.participants[i]] = at
		began := len(all)
		for _, c := range v.rows[i] {
			all = append(all, newCell(column[c.column()], c.vote()))
		}
		row := all[began:len(all):len(all)]
		slices.Sort(row)
		s.rows[at] = row
	}
	return s
}
