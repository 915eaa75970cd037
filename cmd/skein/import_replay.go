package main

import (
	"context"
	"iter"
	"strings"

	"skein/frame/civic"
	"skein/rooms/duty"
	"skein/rooms/matter"
	"skein/rooms/matter/records"
	"skein/rooms/place"
)

// replay takes every step of each row through its own command, in order of time. A row for
// whose category and place the list names nobody is set aside: a step of nobody is none.
func (im *importing) replay(ctx context.Context, rows iter.Seq2[records.Row, error]) error {
	in, err := sortedByTime(im.where.Data, sortChunk, im.sound(rows))
	if err != nil {
		return err
	}
	defer in.close()
	bar := newBar("replay")
	defer bar.end()
	r := &replay{
		realm: im.realm, law: "the body that the records of " + im.mapping.Name + " name",
		refused: func(o origin, step string, err error) error {
			row := records.Row{Line: o.line}
			if o.row != nil {
				row = *o.row
			}
			row.Refusals = im.reasons(o.line, o.name, err)
			if step == (matter.Report{}).Name() {
				im.sum.Rejected++
				return im.rejects.add(row, "")
			}
			im.sum.Steps++
			return im.rejects.add(row, strings.TrimPrefix(step, "matter."))
		},
		told: func(again bool) {
			if again {
				im.sum.Already++
			} else {
				im.sum.TakenOver++
			}
			bar.at(im.sum.Already+im.sum.TakenOver+im.sum.Rejected, in.rows)
		},
	}
	unfit := make(chan records.Row, 64)
	set := make(chan error, 1)
	var unfitRows int64
	go func() { // the rejects have a lock of their own
		var failed error
		for row := range unfit {
			unfitRows++
			if err := im.rejects.add(row, ""); err != nil && failed == nil {
				failed = err
			}
		}
		set <- failed
	}()
	err = r.run(ctx, im.histories(ctx, in, unfit))
	if setAside := <-set; err == nil {
		err = setAside
	}
	im.sum.Rejected += unfitRows
	if err != nil {
		return err
	}
	return im.realm.Tick(ctx, im.asOf, true)
}

// sound sets broken rows aside and passes the others on.
func (im *importing) sound(rows iter.Seq2[records.Row, error]) iter.Seq2[records.Row, error] {
	return func(yield func(records.Row, error) bool) {
		for row, err := range rows {
			if err == nil && len(row.Refusals) > 0 {
				if err = im.reject(row); err == nil {
					continue
				}
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// histories makes rows ready for the replay; those that the realm cannot take go to unfit,
// which is closed at the end.
func (im *importing) histories(ctx context.Context, in *sorted, unfit chan<- records.Row) iter.Seq2[*history, error] {
	v := im.realm.View()
	list := duties{duty.CatalogIn(v), place.CatalogIn(v)}
	return func(yield func(*history, error) bool) {
		defer close(unfit)
		for row, err := range in.each() {
			if err != nil {
				yield(nil, err)
				return
			}
			h, refusals, err := im.fit(ctx, row.Line, &row.Record)
			if err != nil {
				yield(nil, err)
				return
			}
			if len(refusals) == 0 {
				named := list.Resolve(matter.Question{Category: h.report.Category, Places: h.report.Places, At: h.at})
				if named.Found != matter.FoundOne {
					refusals = civic.Refusals{civic.Refuse(civic.Invalid, "skein.import_nobody", "row", row.Line,
						"category", string(h.report.Category), "place", string(h.report.Place))}
				}
			}
			if len(refusals) > 0 {
				row.Refusals = refusals
				select {
				case unfit <- row:
				case <-ctx.Done():
					return
				}
				continue
			}
			h.row = &row
			if !yield(h, nil) {
				return
			}
		}
	}
}
