package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strconv"
	"time"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/courier"
	"skein/frame/journal"
	"skein/rooms/body"
	"skein/rooms/duty"
	"skein/rooms/matter"
	"skein/rooms/matter/records"
	"skein/rooms/place"
)

type importCommand struct {
	where
	output
	File      string `arg:"" type:"path" help:"The export, a CSV file with a line of column names."`
	Mapping   string `required:"" type:"path" placeholder:"MAP.yaml" help:"What its columns are."`
	AsRecords bool   `xor:"how" required:"" help:"Take each row over as one record."`
	Replay    bool   `xor:"how" required:"" help:"Take every step of each row through its own command, in order of time, with the clock's acts between. Nobody else may write in the realm meanwhile: stop skein serve first."`
	Rejects   string `type:"path" placeholder:"FILE" help:"Where rows that are not taken over are set aside, each with its reasons; FILE.rejects.csv if there is none."`
	AsOf      string `placeholder:"TIME" help:"The moment the records speak of, RFC 3339: what they closed later is still open. Now if there is none."`
}

// summary counts what became of an import's rows. Rows is the sum of TakenOver, Already and
// Rejected.
type summary struct {
	File      string  `json:"file"`
	Rows      int64   `json:"rows"`
	TakenOver int64   `json:"taken_over"`
	Already   int64   `json:"already" doc:"By an earlier run of the same import"`
	Rejected  int64   `json:"rejected"`
	Steps     int64   `json:"steps_refused" doc:"Steps of rows taken over that a replay could not take"`
	Rejects   string  `json:"rejects,omitempty"`
	Seconds   float64 `json:"seconds"`
}

// importing is one run of an import.
type importing struct {
	*app
	realm    *clerk.Realm
	mapping  *records.Mapping
	path     string
	digest   string // of the file
	asOf     civic.Instant
	cut      bool // what was closed after asOf is still open, rather than a mistake
	rejects  *rejects
	sum      summary
	progress func(bytes int64)
}

func (c *importCommand) Run(g *global) error {
	data, err := os.ReadFile(c.Mapping)
	if err != nil {
		return civic.Refuse(civic.Missing, "skein.file_unreadable", "file", c.Mapping, "cause", cause(err))
	}
	mapping, refusals := records.ParseMapping(data)
	if len(refusals) > 0 {
		return inFile(c.Mapping, refusals)
	}
	if c.Rejects == "" {
		c.Rejects = c.File + ".rejects.csv"
	}
	if c.Rejects == c.File || c.Rejects == c.Mapping {
		return misuseError{errors.New("--rejects must be a file of its own")}
	}
	return c.work(g, func(a *app, realm *clerk.Realm) error {
		asOf := realm.Now()
		if c.AsOf != "" {
			at, err := time.Parse(time.RFC3339, c.AsOf)
			if err != nil || civic.At(at) > asOf {
				return misuseError{fmt.Errorf("--as-of wants a time that has been, such as 2012-01-01T00:00:00-05:00, not %q", c.AsOf)}
			}
			asOf = civic.At(at)
		}
		if c.Replay {
			held, err := courier.Held(g.ctx, a.db, realm.ID, time.Now())
			if err != nil {
				return err
			}
			if held {
				return civic.Refuse(civic.Conflict, "skein.import_served")
			}
		}
		digest, size, err := digestOf(c.File)
		if err != nil {
			return civic.Refuse(civic.Missing, "skein.file_unreadable", "file", c.File, "cause", cause(err))
		}
		bar := newBar("import")
		im := &importing{
			app: a, realm: realm, mapping: mapping, path: c.File, digest: digest, asOf: asOf, cut: c.AsOf != "",
			rejects:  &rejects{path: c.Rejects, voice: g.voice()},
			progress: func(n int64) { bar.at(n, size) },
		}
		began := time.Now()
		err = im.run(g.ctx, c.Replay)
		bar.end()
		if closed := im.rejects.close(); err == nil {
			err = closed
		}
		im.sum.Rows = im.sum.TakenOver + im.sum.Already + im.sum.Rejected
		im.sum.File, im.sum.Seconds = c.File, time.Since(began).Seconds()
		if im.rejects.rows > 0 {
			im.sum.Rejects = c.Rejects
		}
		if err != nil {
			return err
		}
		return c.summary(g, im.sum)
	})
}

func (c *importCommand) summary(g *global, s summary) error {
	if c.Format == "json" {
		return c.json(s)
	}
	voice := g.voice()
	fmt.Println(voice.Say("skein.imported", "rows", s.Rows, "taken", s.TakenOver, "already", s.Already, "rejected", s.Rejected,
		"seconds", strconv.FormatFloat(s.Seconds, 'f', 1, 64)))
	if s.Steps > 0 {
		fmt.Println(voice.Say("skein.imported_steps", "steps", s.Steps))
	}
	if s.Rejects != "" {
		fmt.Println(voice.Say("skein.imported_rejects", "file", s.Rejects))
	}
	return nil
}

func digestOf(path string) (digest string, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	if size, err = io.Copy(h, f); err != nil {
		return "", 0, err
	}
	return hex.EncodeToString(h.Sum(nil)), size, nil
}

// reject sets a row aside. The rejects are those of this run alone: a row that an earlier run
// set aside is tried again.
func (im *importing) reject(row records.Row) error {
	im.sum.Rejected++
	return im.rejects.add(row, "")
}

// reasons are why a row was refused; of an id that was taken over before it says so in words.
func (im *importing) reasons(line int, external string, err error) civic.Refusals {
	rs, _ := civic.AsRefusals(err)
	if len(rs) > 0 && rs[0].Key == "clerk.key_used" {
		return civic.Refusals{civic.Refuse(civic.Conflict, "skein.import_twice", "row", line, "id", external)}
	}
	return rs
}

// counted counts the bytes that were read.
type counted struct {
	io.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

func (im *importing) run(ctx context.Context, replayed bool) error {
	f, err := os.Open(im.path)
	if err != nil {
		return err
	}
	defer f.Close()
	in := &counted{Reader: f}
	reader, refusals, err := records.NewReader(in, im.mapping)
	if err != nil {
		return err
	}
	if len(refusals) > 0 {
		return inFile(im.path, refusals)
	}
	if err := im.rejects.begin(reader.Header()); err != nil {
		return err
	}
	rows := func(yield func(records.Row, error) bool) {
		for n := 0; ; n++ {
			row, err := reader.Next()
			if errors.Is(err, io.EOF) || !yield(row, err) || err != nil {
				return
			}
			if n%1000 == 0 {
				im.progress(in.n)
			}
		}
	}
	if replayed {
		return im.replay(ctx, rows)
	}
	return im.asRecords(ctx, rows)
}

// keys are the idempotency key of a row, by its id in the source or else by file and
// row, and what tells it from another row of the same id.
func (im *importing) keys(line int, external string) (key, digest string) {
	digest = im.digest + ":" + strconv.Itoa(line)
	if external == "" {
		return "import:" + digest, digest
	}
	return "import:" + im.mapping.Name + ":" + external, digest
}

// fit makes a history of a record, or says why the realm cannot take it. What a row says
// of the place goes before its point, unless the point lies within it.
func (im *importing) fit(ctx context.Context, line int, rec *records.Record) (*history, civic.Refusals, error) {
	var reasons civic.Refusals
	refuse := func(field, key string, args ...any) {
		reasons = append(reasons, civic.Refuse(civic.Invalid, key, append([]any{"row", line}, args...)...).In(fmt.Sprintf("row %d, %s", line, field)))
	}
	if im.cut && rec.Closed > im.asOf {
		rec.Closed, rec.Status, rec.Outcome = 0, records.Open, ""
	}
	v := im.realm.View()
	places, bodies := place.CatalogIn(v), body.CatalogIn(v)
	tree, _ := duty.CatalogIn(v).CategoriesAt(1<<62 - 1)
	category, known := tree.Get(rec.Category)
	if !known {
		refuse("category", "skein.import_category", "category", string(rec.Category))
	}
	h := &history{line: line, name: rec.External, at: rec.Reported, closed: rec.Closed, lead: rec.Lead, outcome: rec.Outcome}
	h.key, h.digest = im.keys(line, rec.External)
	h.report = matter.Report{
		Kind: rec.Kind, Category: rec.Category, Visibility: im.mapping.Visibility, Channel: rec.Channel, External: rec.External,
	}
	if h.report.Kind == "" {
		h.report.Kind = matter.Kind(category.Kind)
	}
	if h.outcome == "" && rec.Status == records.Closed {
		if h.outcome = matter.Explained; h.report.Kind == matter.Request || h.report.Kind == matter.Safety {
			h.outcome = matter.Fixed
		}
	}
	if rec.Lead != "" && !bodies.HasBody(rec.Lead) {
		refuse("lead", "skein.import_lead", "body", string(rec.Lead))
	}
	if rec.Reported > im.asOf || rec.Closed > im.asOf {
		refuse("reported", "skein.import_future")
	}
	var held []civic.PlaceID
	if rec.Located {
		held = places.Holding(rec.Lat, rec.Lon)
	}
	switch within := (ground{places}).Above(rec.Place); {
	case rec.Place != "" && len(within) == 0:
		refuse("place", "skein.import_place", "place", string(rec.Place))
	case rec.Place != "" && !contains(held, rec.Place):
		h.report.Places = within
		rec.Located = rec.Located && len(held) > 0
	case len(held) > 0:
		h.report.Places = held
	case rec.Located:
		refuse("lat", "skein.import_outside", "lat", strconv.FormatFloat(rec.Lat, 'f', -1, 64), "lon", strconv.FormatFloat(rec.Lon, 'f', -1, 64))
	}
	if len(reasons) > 0 {
		return nil, reasons, nil
	}
	box, err := im.vault.NewBox(ctx, im.realm.ID, "matter")
	if err != nil {
		return nil, nil, err
	}
	h.report.Reporter = civic.PersonID(box.ID)
	if len(h.report.Places) > 0 {
		h.report.Place = h.report.Places[0]
	}
	if rec.Located {
		h.report.Point = &matter.Point{Lat: micro(rec.Lat), Lon: micro(rec.Lon)}
		if lat, lon, ok := (ground{places}).Snap(rec.Lat, rec.Lon); ok {
			h.report.Snapped = &matter.Point{Lat: micro(lat), Lon: micro(lon)}
		}
		if category.Private || im.mapping.Visibility == matter.Private || im.mapping.Visibility == matter.Blurred {
			box.Seal("point", fmt.Appendf(nil, "%v %v", rec.Lat, rec.Lon))
		}
	}
	if rec.Address != "" {
		h.report.Address = box.Seal("address", []byte(rec.Address))
	}
	if rec.Text != "" {
		h.report.Text = box.Seal("text", []byte(rec.Text))
	}
	h.writes = box.Writes()
	return h, nil, nil
}

func contains(held []civic.PlaceID, p civic.PlaceID) bool {
	for _, h := range held {
		if h == p {
			return true
		}
	}
	return false
}

func micro(degrees float64) int64 {
	if degrees < 0 {
		return int64(degrees*1e6 - 0.5)
	}
	return int64(degrees*1e6 + 0.5)
}

// record is a history as one act.
func record(h *history, rec records.Record, asOf civic.Instant) clerk.Task {
	c := matter.Import{Report: h.report, Lead: rec.Lead, Outcome: h.outcome, AsOf: asOf}
	switch {
	case rec.Status == records.Closed:
		c.Status = matter.StatusClosed
	case rec.Status == records.Declined:
		c.Status, c.Outcome = matter.StatusDeclined, ""
	case rec.Lead != "":
		c.Status = matter.StatusWorking
	default:
		c.Status = matter.StatusReceived
	}
	switch rec.Status {
	case records.Closed:
		c.Steps = []matter.RecordStep{{Act: "closed", At: rec.Closed}}
	case records.Declined:
		c.Steps = []matter.RecordStep{{Act: "declined", At: rec.Closed}}
	}
	if rec.Target != 0 {
		c.Resolution = &matter.Term{Start: rec.Reported, Due: rec.Target}
	}
	return clerk.Task{
		Command: c, Actor: importer, Imported: true, Happened: rec.Reported, Writes: h.writes, Key: h.key, Digest: h.digest,
	}
}

// slice is some rows on their way, ready to be written.
type slice struct {
	tasks   []clerk.Task
	rows    []records.Row // of the tasks, then of the rejected
	refused []records.Row
	already int64
	err     error
}

const importBatch = 2000

// asRecords takes each row over as one act. Rows are made ready in one goroutine while those
// before are written.
func (im *importing) asRecords(ctx context.Context, rows iter.Seq2[records.Row, error]) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ready := make(chan slice, 1)
	go func() {
		defer close(ready)
		send := func(s slice) bool {
			select {
			case ready <- s:
				return true
			case <-ctx.Done():
				return false
			}
		}
		var some []records.Row
		for row, err := range rows {
			if err != nil {
				send(slice{err: err})
				return
			}
			if some = append(some, row); len(some) == importBatch {
				if !send(im.ready(ctx, some)) {
					return
				}
				some = nil
			}
		}
		if len(some) > 0 {
			send(im.ready(ctx, some))
		}
	}()
	for s := range ready {
		if s.err != nil {
			return s.err
		}
		im.sum.Already += s.already
		for i, result := range im.realm.DoAll(ctx, s.tasks, false) {
			switch {
			case result.Err == nil && result.Receipt.Again:
				im.sum.Already++
			case result.Err == nil:
				im.sum.TakenOver++
			case isRefusal(result.Err):
				row := s.rows[i]
				row.Refusals = im.reasons(row.Line, row.Record.External, result.Err)
				s.refused = append(s.refused, row)
			default:
				return result.Err
			}
		}
		for _, row := range s.refused {
			if err := im.reject(row); err != nil {
				return err
			}
		}
		if err := im.rejects.flush(); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// ready makes tasks of rows, but for those that an earlier run has taken over.
func (im *importing) ready(ctx context.Context, rows []records.Row) slice {
	keys := make([]string, 0, len(rows))
	for _, row := range rows {
		if len(row.Refusals) == 0 {
			key, _ := im.keys(row.Line, row.Record.External)
			keys = append(keys, key)
		}
	}
	done, err := im.done(ctx, keys)
	if err != nil {
		return slice{err: err}
	}
	var s slice
	for _, row := range rows {
		if len(row.Refusals) == 0 {
			key, digest := im.keys(row.Line, row.Record.External)
			if done[key] == digest {
				s.already++
				continue
			}
			var h *history
			if h, row.Refusals, s.err = im.fit(ctx, row.Line, &row.Record); s.err != nil {
				return s
			}
			if h != nil {
				s.tasks, s.rows = append(s.tasks, record(h, row.Record, im.asOf)), append(s.rows, row)
				continue
			}
		}
		s.refused = append(s.refused, row)
	}
	return s
}

// done finds which keys have been used, and the digests they were used with.
func (im *importing) done(ctx context.Context, keys []string) (map[string]string, error) {
	rows, err := im.db.R.QueryContext(ctx, "SELECT key, digest FROM "+journal.CommandTable.Name+" WHERE realm = $1 AND "+im.db.Each("key", "$2"),
		string(im.realm.ID), im.db.List(keys))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var key, digest string
		if err := rows.Scan(&key, &digest); err != nil {
			return nil, err
		}
		out[key] = digest
	}
	return out, rows.Err()
}
