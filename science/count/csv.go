package count

import (
	"bytes"
	"strconv"
	"strings"
)

// ReadCSV reads ballots as a table with a line of names first. Either each column is an option and
// each cell a mark (a rank, 1, a score or a number of votes; empty is none), or a column
// named vote holds the options in order, "A>B=C" or "A,B,C". A column named count says how often a
// ballot was cast, one named ballot is not looked at. Columns are parted by commas, semicolons or
// tabs, whichever the first line has. It returns civic.Refusals naming line and column.
func ReadCSV(text []byte) (*Election, error) {
	if err := check(text); err != nil {
		return nil, err
	}
	c := &table{reader: newReader(), text: bytes.TrimPrefix(text, []byte("\ufeff")), times: -1, vote: -1}
	c.read()
	return c.done()
}

type table struct {
	*reader
	text      []byte
	separator byte
	columns   []string
	option    []int32 // column → option, or -1
	times     int     // the columns count and vote, -1 where there is none
	vote      int
	fields    [][]byte
	room      []Mark
	unquoted  []byte
}

// row splits the next line into fields; false at the end.
func (c *table) row() bool {
	if len(c.text) == 0 {
		return false
	}
	c.line++
	line := c.text
	if at := bytes.IndexByte(line, '\n'); at >= 0 {
		line, c.text = line[:at], c.text[at+1:]
	} else {
		c.text = nil
	}
	line = bytes.TrimSuffix(line, []byte("\r"))
	c.fields = c.fields[:0]
	if c.separator == 0 {
		c.separator = ','
		for _, s := range []byte{'\t', ';'} {
			if bytes.Count(line, []byte{s}) > bytes.Count(line, []byte{c.separator}) {
				c.separator = s
			}
		}
	}
	for len(line) > 0 || len(c.fields) > 0 {
		line = bytes.TrimLeft(line, " ")
		var field []byte
		if len(line) > 0 && line[0] == '"' {
			var closed bool
			if field, line, closed = c.quoted(line[1:]); !closed {
				c.refuse("count.quote")
				c.stopped = true
				return false
			}
		}
		at := bytes.IndexByte(line, c.separator)
		if at < 0 {
			c.fields = append(c.fields, append(field, bytes.TrimRight(line, " ")...))
			break
		}
		if field == nil {
			field = bytes.TrimRight(line[:at], " ")
		}
		c.fields = append(c.fields, field)
		line = line[at+1:]
	}
	return true
}

// quoted reads up to the closing mark; two marks are one.
func (c *table) quoted(line []byte) (field, rest []byte, closed bool) {
	from := len(c.unquoted)
	for {
		at := bytes.IndexByte(line, '"')
		if at < 0 {
			return nil, nil, false
		}
		c.unquoted = append(c.unquoted, line[:at]...)
		if line = line[at+1:]; len(line) == 0 || line[0] != '"' {
			return c.unquoted[from:len(c.unquoted):len(c.unquoted)], line, true
		}
		c.unquoted = append(c.unquoted, '"')
		line = line[1:]
	}
}

func (c *table) read() {
	for !c.stopped && c.row() {
		if len(c.fields) == 0 || len(c.fields) == 1 && len(c.fields[0]) == 0 && len(c.columns) != 1 {
			continue
		}
		if c.columns == nil {
			c.header()
		} else {
			c.cells()
		}
		c.unquoted = c.unquoted[:0]
	}
	if c.columns == nil && !c.stopped {
		c.line = max(c.line, 1)
		c.refuse("count.csv_empty")
	}
}

func (c *table) header() {
	for i, field := range c.fields {
		name := strings.TrimSpace(string(field))
		c.columns = append(c.columns, name)
		c.option = append(c.option, -1)
		switch strings.ToLower(name) {
		case "count":
			c.times = i
		case "vote":
			c.vote, c.e.Ranked = i, true
		case "ballot":
		default:
			c.option[i] = int32(len(c.e.Options))
			c.reader.option(name)
		}
	}
	if c.vote >= 0 && len(c.e.Options) > 0 {
		c.refuse("count.csv_both", "column", c.e.Options[0])
		c.stopped = true
	}
	if c.vote < 0 && len(c.e.Options) == 0 && !c.stopped {
		c.refuse("count.csv_empty")
		c.stopped = true
	}
}

func (c *table) cells() {
	if len(c.fields) != len(c.columns) {
		c.refuse("count.fields", "fields", len(c.fields), "columns", len(c.columns))
		return
	}
	n := int64(1)
	if c.times >= 0 {
		var ok bool
		if n, ok = c.reader.times(strings.TrimSpace(string(c.fields[c.times]))); !ok {
			return
		}
	}
	if c.vote >= 0 {
		c.order(n, string(c.fields[c.vote]))
		return
	}
	if cap(c.room)-len(c.room) < len(c.columns) {
		c.room = make([]Mark, 0, 1<<14+len(c.columns))
	}
	from := len(c.room)
	for i, field := range c.fields {
		if c.option[i] < 0 || len(field) == 0 || len(field) == 1 && field[0] == '0' {
			continue
		}
		value := int64(field[0] - '0')
		if len(field) > 1 || value < 1 || value > 9 {
			text := strings.TrimSpace(string(field))
			var err error
			if value, err = strconv.ParseInt(text, 10, 64); err != nil || value > maxMark || value < -maxMark {
				c.refuse("count.mark", "column", c.columns[i], "found", shorten(text), "most", maxMark)
				return
			}
			if value == 0 {
				continue
			}
		}
		c.room = append(c.room, Mark{c.option[i], int32(value)})
	}
	if c.total += n; c.total > maxBallots {
		c.refuse("count.times", "found", strconv.FormatInt(n, 10))
		return
	}
	c.e.Ballots = append(c.e.Ballots, Ballot{n, c.room[from:len(c.room):len(c.room)]})
}

// order reads "A>B=C" or "A,B,C"; options are known when they are first named.
func (c *table) order(n int64, text string) {
	var marks []Mark
	rank := int32(0)
	separator := ">"
	if !strings.Contains(text, ">") {
		separator = ","
	}
	if strings.TrimSpace(text) != "" {
		for group := range strings.SplitSeq(text, separator) {
			rank++
			for name := range strings.SplitSeq(group, "=") {
				name = strings.TrimSpace(name)
				option, known := c.index[name]
				if !known {
					option = int32(len(c.e.Options))
					if c.reader.option(name); name == "" || c.stopped {
						return
					}
				}
				marks = append(marks, Mark{option, rank})
			}
		}
	}
	c.ballot(n, marks)
}
