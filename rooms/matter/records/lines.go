package records

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"io"
	"strings"
)

const (
	// mostLine bounds a line, mostLines and mostRecord a record with line breaks in quotes, in bytes.
	mostLine   = 1 << 20
	mostLines  = 200
	mostRecord = 1 << 20
)

// lines reads CSV (RFC 4180) record by record and goes on behind one that is broken: of a
// quote that is never closed only its own line is given up.
type lines struct {
	in        *bufio.Reader
	delimiter byte
	line      int      // the number of the next line that waits or is read
	waiting   []pulled // lines that were read ahead
}

// pulled is one line without its end; long says that it was cut.
type pulled struct {
	text string
	long bool
}

// raw is one record as it stands in the file.
type raw struct {
	line  int
	text  string // without the last line break
	cells []string
	fault string // the key of why it has no cells
}

func newLines(in io.Reader, delimiter byte) *lines {
	return &lines{in: bufio.NewReaderSize(in, 64<<10), delimiter: delimiter, line: 1}
}

// pull reads one line; io.EOF ends.
func (l *lines) pull() (p pulled, err error) {
	var b []byte
	for {
		part, err := l.in.ReadSlice('\n')
		if room := mostLine - len(b); len(part) > room {
			part, p.long = part[:room], true
		}
		b = append(b, part...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && (!errors.Is(err, io.EOF) || len(b) == 0) {
			return p, err
		}
		p.text = string(bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r")))
		return p, nil
	}
}

// ahead makes sure that n+1 lines wait; false where the file ends before.
func (l *lines) ahead(n int) (bool, error) {
	for len(l.waiting) <= n {
		p, err := l.pull()
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		l.waiting = append(l.waiting, p)
	}
	return true, nil
}

// next reads one record of a number of columns (0: any); io.EOF ends.
func (l *lines) next(columns int) (raw, error) {
	if more, err := l.ahead(0); err != nil || !more {
		return raw{}, cmp.Or(err, io.EOF)
	}
	first := l.waiting[0]
	r := raw{line: l.line, text: first.text, fault: "records.quote"}
	used := 1
	defer func() { l.waiting, l.line = l.waiting[used:], l.line+used }()
	if first.long {
		r.fault = "records.line_long"
		return r, nil
	}
	whole := first.text
	for n := 1; ; n++ {
		cells, open, ok := split(whole, l.delimiter)
		if !open {
			if ok && (n == 1 || columns == 0 || len(cells) == columns) {
				r.text, r.cells, r.fault, used = whole, cells, "", n
			}
			return r, nil
		}
		more, err := l.ahead(n)
		if err != nil {
			return r, err
		}
		if !more || n == mostLines || l.waiting[n].long || len(whole)+len(l.waiting[n].text) > mostRecord {
			return r, nil
		}
		whole += "\n" + l.waiting[n].text
	}
}

// split cuts a record into cells. open is that a quote is not closed at its end; ok that
// nothing but a delimiter follows a closed one.
func split(text string, delimiter byte) (cells []string, open, ok bool) {
	for {
		if !strings.HasPrefix(text, `"`) {
			i := strings.IndexByte(text, delimiter)
			if i < 0 {
				return append(cells, text), false, true
			}
			cells, text = append(cells, text[:i]), text[i+1:]
			continue
		}
		var b strings.Builder
		text = text[1:]
		for {
			i := strings.IndexByte(text, '"')
			if i < 0 {
				return cells, true, true
			}
			b.WriteString(text[:i])
			text = text[i+1:]
			if !strings.HasPrefix(text, `"`) {
				break
			}
			b.WriteByte('"')
			text = text[1:]
		}
		cells = append(cells, b.String())
		if text == "" {
			return cells, false, true
		}
		if text[0] != delimiter {
			return cells, false, false
		}
		text = text[1:]
	}
}
