package standing

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"skein/face"
	"skein/frame/civic"
)

// board is every tally over all categories of a thing as it was at one position of the journal: what figures show. How large it is goes by how
// many things and months there are, not by how many matters.
type board struct {
	at     civic.Position   // the tallies count up to here, or further
	month  Month            // that ran then
	things map[Cell][]*line // by kind and code, the newest month first; what lies ahead is left out
	lines  []*line          // the same by month, kind and code
	csv    func() []byte
}

// line are the counts of one thing in one month. What follows from them is reckoned when somebody asks for it, once: boards share the lines
// that have not changed.
type line struct {
	Cell
	text    string // as the row has it
	figures func() MonthOfFigures
	csv     func() []byte
}

// boardAge is after how long a board is read again though no act was tallied: rows may have been mended by a rebuild.
const boardAge = time.Minute

// boards keeps the last board. It is the board of the position up to which the tallies count when somebody asks, whichever process tallied.
type boards struct{ last face.Fresh[*board] }

func (k *boards) now(ctx context.Context, site *face.Site) (*board, error) {
	at, err := upto(ctx, site.Realm.DB.R, site.Realm.ID)
	if err != nil {
		return nil, err
	}
	month := MonthOf(site.Realm.Now(), site.Zone())
	var last *board
	return k.last.Judged(ctx, func(b *board, old time.Duration) (fresh, shown bool) {
		last = b
		same := b.at == at && b.month == month
		return same && old < boardAge, same
	}, func(ctx context.Context) (*board, error) { return readBoard(ctx, site, at, month, last) })
}

// readBoard reads a board in one statement, so that its rows are of one moment: of a position that was looked up before, or of a later one, and
// then whoever asks next finds that it is.
func readBoard(ctx context.Context, site *face.Site, at civic.Position, month Month, last *board) (*board, error) {
	rows, err := site.Realm.DB.R.QueryContext(ctx, `SELECT sort, code, month, counts FROM standing_tallies
		WHERE realm = $1 AND sort IN ('all', 'body', 'category', 'place', 'channel', 'language') AND within = ''`+inOrder, string(site.Realm.ID))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var before map[Cell]*line
	if last != nil {
		before = make(map[Cell]*line, len(last.lines))
		for _, l := range last.lines {
			before[l.Cell] = l
		}
	}
	b := &board{at: at, month: month, things: map[Cell][]*line{}}
	for rows.Next() {
		var c Cell
		var text string
		if err := rows.Scan(&c.By, &c.Code, &c.Month, &text); err != nil {
			return nil, err
		}
		thing := Cell{By: c.By, Code: c.Code}
		if c.Month > month {
			if b.things[thing] == nil {
				b.things[thing] = []*line{} // it is known, even if there is nothing to tell yet
			}
			continue
		}
		l := before[c]
		if l == nil || l.text != text || (c.Month < month) != (c.Month < last.month) {
			if l, err = newLine(c, text, c.Month < month); err != nil {
				return nil, err
			}
		}
		b.things[thing] = append(b.things[thing], l)
		b.lines = append(b.lines, l)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for _, lines := range b.things {
		slices.SortFunc(lines, func(x, y *line) int { return -cmp.Compare(x.Month, y.Month) })
	}
	slices.SortFunc(b.lines, func(x, y *line) int {
		return cmp.Or(cmp.Compare(x.Month, y.Month), cmp.Compare(x.By, y.By), cmp.Compare(x.Code, y.Code))
	})
	b.csv = sync.OnceValue(b.file)
	return b, nil
}

func newLine(c Cell, text string, over bool) (*line, error) {
	var counts Counts
	if err := json.Unmarshal([]byte(text), &counts); err != nil {
		return nil, err
	}
	return &line{
		Cell: c, text: text,
		figures: sync.OnceValue(func() MonthOfFigures {
			return MonthOfFigures{Month: c.Month, Over: over, Counts: counts, Rates: counts.Rates(over), Days: counts.Days()}
		}),
		csv: sync.OnceValue(func() []byte { return csvOf(c.Month, c.By, c.Code, counts) }),
	}, nil
}

// of are the counts of one thing in one month.
func (b *board) of(c Cell) Counts {
	for _, l := range b.things[Cell{By: c.By, Code: c.Code}] {
		if l.Month == c.Month {
			return l.figures().Counts
		}
	}
	return nil
}

// columns of figures.csv.
var columns = []string{"month", "by", "code", "measure", "count"}

// file is figures.csv.
func (b *board) file() []byte {
	parts := make([][]byte, 0, len(b.lines)+1)
	parts = append(parts, csvHead())
	for _, l := range b.lines {
		parts = append(parts, l.csv())
	}
	return bytes.Join(parts, nil)
}

func csvHead() []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write(columns) // to memory: it cannot fail
	w.Flush()
	return b.Bytes()
}

// csvOf are the counts of one thing in one month, a line each (RFC 4180).
func csvOf(month Month, by, code string, counts Counts) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for _, measure := range slices.Sorted(maps.Keys(counts)) {
		w.Write([]string{string(month), by, code, measure, strconv.Itoa(counts[measure])})
	}
	w.Flush()
	return b.Bytes()
}
