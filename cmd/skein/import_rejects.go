package main

import (
	"bufio"
	"encoding/csv"
	"errors"
	"os"
	"strconv"
	"strings"
	"sync"

	"skein/face/words"
	"skein/frame/civic"
	"skein/rooms/matter/records"
)

// rejects is the file of rows that were set aside: their row in the export, the step that was
// refused ("" where the row was not taken over at all), every reason, and the cells as they came. Mended,
// it can be imported with the same mapping. It is made with the first row; a second run of an
// import writes it anew.
type rejects struct {
	path  string
	voice words.Voice

	mu     sync.Mutex
	header []string
	file   *os.File
	csv    *csv.Writer
	rows   int64
}

// begin takes the export's columns, and away what an earlier run left. A file that is no
// list of rejects is not touched.
func (r *rejects) begin(header []string) error {
	r.header = header
	f, err := os.Open(r.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return civic.Refuse(civic.Missing, "skein.file_unreadable", "file", r.path, "cause", cause(err))
	}
	head, _ := bufio.NewReader(f).Peek(len(records.RejectsMark))
	info, err := f.Stat()
	f.Close()
	if err != nil {
		return err
	}
	if string(head) != records.RejectsMark && info.Size() > 0 || !info.Mode().IsRegular() {
		return civic.Refuse(civic.Conflict, "skein.rejects_taken", "file", r.path)
	}
	return os.Remove(r.path)
}

// add sets a row aside.
func (r *rejects) add(row records.Row, step string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.file == nil {
		f, err := os.OpenFile(r.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		r.file, r.csv = f, csv.NewWriter(f)
		if err := r.csv.Write(append([]string{records.RejectsMark, "skein_step", "skein_reasons"}, r.header...)); err != nil {
			return err
		}
	}
	r.rows++
	cells := row.Cells
	if cells == nil {
		cells = []string{row.Text}
	}
	line := []string{strconv.Itoa(row.Line), step, strings.Join(r.voice.Refusals(row.Refusals), " ")}
	for _, cell := range cells {
		line = append(line, records.Harmless(cell))
	}
	return r.csv.Write(line)
}

func (r *rejects) flush() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.csv == nil {
		return nil
	}
	r.csv.Flush()
	return r.csv.Error()
}

func (r *rejects) close() error {
	err := r.flush()
	if r.file != nil {
		err = errors.Join(err, r.file.Sync(), r.file.Close())
	}
	return err
}
