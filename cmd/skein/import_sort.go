package main

import (
	"bufio"
	"cmp"
	"encoding/gob"
	"errors"
	"io"
	"iter"
	"os"
	"slices"

	"skein/rooms/matter/records"
)

// sortChunk is how many rows are sorted in memory, about half a kilobyte each.
const sortChunk = 50_000

// sorted is the rows of an export in order of their reports; those of one moment in the
// order of the file. More than one chunk goes to files, which are merged as they are read.
type sorted struct {
	rows   int64
	chunk  []records.Row
	spills []*os.File
}

func byTime(a, b records.Row) int {
	return cmp.Or(cmp.Compare(a.Record.Reported, b.Record.Reported), a.Line-b.Line)
}

// sortedByTime reads rows and sorts them. What goes to files holds private texts: the files
// lie in the realm's own folder and have no name once they are open, so that nothing is left
// of them however the process ends.
func sortedByTime(folder string, chunk int, rows iter.Seq2[records.Row, error]) (*sorted, error) {
	s := &sorted{}
	for row, err := range rows {
		if err != nil {
			s.close()
			return nil, err
		}
		row.Text = "" // the cells say it
		s.chunk = append(s.chunk, row)
		s.rows++
		if len(s.chunk) == chunk {
			if err := s.spill(folder); err != nil {
				s.close()
				return nil, err
			}
		}
	}
	slices.SortFunc(s.chunk, byTime)
	return s, nil
}

func (s *sorted) spill(folder string) error {
	f, err := os.CreateTemp(folder, ".sort-*")
	if err != nil {
		return err
	}
	s.spills = append(s.spills, f)
	if err := os.Remove(f.Name()); err != nil {
		return err
	}
	slices.SortFunc(s.chunk, byTime)
	w := bufio.NewWriterSize(f, 1<<16)
	e := gob.NewEncoder(w)
	for i := range s.chunk {
		if err := e.Encode(&s.chunk[i]); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	clear(s.chunk)
	s.chunk = s.chunk[:0]
	_, err = f.Seek(0, io.SeekStart)
	return err
}

// part is one sorted stretch, at its next row.
type part struct {
	row  records.Row
	next func() (records.Row, error) // io.EOF ends
}

// each gives the rows in order, once.
func (s *sorted) each() iter.Seq2[records.Row, error] {
	return func(yield func(records.Row, error) bool) {
		var runs []*part
		for _, f := range s.spills {
			d := gob.NewDecoder(bufio.NewReaderSize(f, 1<<16))
			runs = append(runs, &part{next: func() (row records.Row, err error) { err = d.Decode(&row); return row, err }})
		}
		at := 0
		runs = append(runs, &part{next: func() (records.Row, error) {
			if at == len(s.chunk) {
				return records.Row{}, io.EOF
			}
			at++
			return s.chunk[at-1], nil
		}})
		for i := 0; i < len(runs); {
			if err := runs[i].advance(); errors.Is(err, io.EOF) {
				runs = slices.Delete(runs, i, i+1)
			} else if err != nil {
				yield(records.Row{}, err)
				return
			} else {
				i++
			}
		}
		for len(runs) > 0 { // there are few
			least := 0
			for i := range runs {
				if byTime(runs[i].row, runs[least].row) < 0 {
					least = i
				}
			}
			if !yield(runs[least].row, nil) {
				return
			}
			if err := runs[least].advance(); errors.Is(err, io.EOF) {
				runs = slices.Delete(runs, least, least+1)
			} else if err != nil {
				yield(records.Row{}, err)
				return
			}
		}
	}
}

func (r *part) advance() (err error) {
	r.row, err = r.next()
	return err
}

func (s *sorted) close() {
	for _, f := range s.spills {
		f.Close()
	}
	s.spills, s.chunk = nil, nil
}
