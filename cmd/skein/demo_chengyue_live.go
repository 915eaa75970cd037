package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"skein/demo/chengyue"
	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/vault"
	"skein/rooms/duty"
	"skein/rooms/matter"
)

// living is a generated matter on its way through the real commands.
type living struct {
	*chengyue.Matter
	dossier civic.DossierID
	box     *vault.Box
	told    vault.Content // what its reporter said last, until it is released
}

// moment is one step of one matter.
type moment struct {
	of   *living
	step chengyue.Step
}

// appeal puts a few answers to the review board when the half year is over. These are acts of the residents themselves,
// by the clock of the demonstration: the review room opens nothing that was only taken over.
func (f *filling) appeal(ctx context.Context, all []*living) error {
	for _, l := range all {
		if l.Appeal == "" {
			continue
		}
		c := matter.Appeal{Of: "answer", Ground: "facts_unclear", Reason: l.box.Seal(vault.NewPart("appeal"), []byte(l.Appeal))}
		_, err := f.realm.Do(ctx, clerk.Task{
			Command: c, Dossier: l.dossier, Actor: civic.Actor{Kind: civic.Resident, Person: civic.PersonID(l.box.ID)}, Writes: l.box.Writes(),
		})
		if err != nil {
			return inFile(l.Number+", appeal", err)
		}
	}
	return nil
}

// live takes generated matters through the real commands, in order of time over all of them, with the clock's own acts
// between them. Every act is marked imported: none was done by whom it names.
func (f *filling) live(ctx context.Context, matters []chengyue.Matter) error {
	var moments []moment
	all := make([]*living, len(matters))
	for i := range matters {
		l := &living{Matter: &matters[i]}
		all[i] = l
		for _, s := range matters[i].Steps {
			moments = append(moments, moment{l, s})
		}
	}
	slices.SortStableFunc(moments, func(a, b moment) int { return cmp.Compare(a.step.At, b.step.At) })
	bar := newBar("replay")
	defer bar.end()
	categories, _ := duty.CatalogIn(f.realm.View()).CategoriesAt(f.start)
	for at := 0; at < len(moments); at += replayBatch {
		part := moments[at:min(at+replayBatch, len(moments))]
		tasks := make([]clerk.Task, len(part))
		for i, m := range part {
			var err error
			if tasks[i], err = f.task(ctx, categories, m); err != nil {
				return err
			}
		}
		for i, r := range f.realm.DoAll(ctx, tasks, true) {
			if r.Err != nil {
				return inFile(fmt.Sprintf("%s, %s at %s", part[i].of.Number, part[i].step.Act, part[i].step.At.In(f.zone)), r.Err)
			}
		}
		if ctx.Err() != nil {
			return errors.Join(errors.New("the filling was stopped: remove the folder before the next try"), ctx.Err())
		}
		bar.at(int64(at+len(part)), int64(len(moments)))
	}
	if err := f.realm.Tick(ctx, chengyue.Filled, true); err != nil {
		return err
	}
	return f.appeal(ctx, all)
}

// task makes a step a command of the matter room, and seals what it says.
func (f *filling) task(ctx context.Context, categories *duty.Categories, m moment) (clerk.Task, error) {
	l, s := m.of, m.step
	t := clerk.Task{Actor: importer, Imported: true, Happened: s.At, On: &l.dossier}
	if s.Act == chengyue.Report {
		var err error
		if l.box, err = f.vault.NewBox(ctx, f.realm.ID, "matter"); err != nil {
			return t, err
		}
		t.On, t.Begun = nil, &l.dossier
	}
	shown := s.Act == chengyue.Tell || s.Act == chengyue.Answer
	digest, content := "", vault.Content{}
	if s.Text != "" {
		digest = l.box.Seal(vault.NewPart(string(s.Act)), []byte(s.Text))
		content, _ = l.box.Find(digest)
	}
	switch s.Act {
	case chengyue.Report:
		l.told = content
		t.Command = l.report(categories, digest)
	case chengyue.Supply:
		l.told = content
		t.Command = l.command(s, digest)
	case chengyue.Release:
		t.Command = matter.Release{Items: []string{l.told.Digest()}, Language: "zh-Hans"}
		content, shown = l.told, true
	default:
		t.Command = l.command(s, digest)
	}
	t.Writes = l.box.Writes()
	if shown && !chengyue.Private(l.Category) {
		t.Writes = append(t.Writes, vault.Release(f.realm.ID, l.box.ID, content.Part, vault.Copy{
			Media: "text/plain", Text: string(content.Text), Salt: content.Salt, Digest: content.Digest(),
		}))
	}
	return t, nil
}

func (l *living) report(categories *duty.Categories, text string) matter.Report {
	c := matter.Report{
		Kind: matter.Request, Category: l.Category, Channel: l.Channel, External: l.Number, Reporter: civic.PersonID(l.box.ID), Text: text,
	}
	if k, ok := categories.Get(l.Category); ok && k.Kind != duty.Complaint { // a complaint names a body; these name none
		c.Kind = matter.Kind(k.Kind)
	}
	if !l.Unplaced {
		c.Where = l.where()
	}
	return c
}

func (l *living) where() matter.Where {
	return matter.Where{Place: l.Place, Places: l.Places(), Point: &matter.Point{Lat: l.Lat, Lon: l.Lon}}
}

func (l *living) command(s chengyue.Step, text string) matter.Command {
	released := !chengyue.Private(l.Category)
	switch s.Act {
	case chengyue.Triage:
		return matter.Triage{SetRight: matter.SetRight{Where: l.where()}}
	case chengyue.Accept:
		return matter.Accept{}
	case chengyue.Object:
		return matter.Object{Ground: matter.GroundAnotherBody, Proposed: s.Body, Reason: text}
	case chengyue.Rule:
		return matter.Rule{Lead: s.Body, Law: s.Law, Reason: text}
	case chengyue.Tell:
		return matter.Tell{Text: text, Release: released}
	case chengyue.Ask:
		return matter.Ask{Text: text}
	case chengyue.Supply:
		return matter.Supply{Text: text}
	case chengyue.Contribute:
		return matter.Contribute{Body: s.Body, Text: text}
	case chengyue.Pause:
		return matter.Pause{Ground: "weather", Reason: text}
	case chengyue.Resume:
		return matter.Resume{}
	case chengyue.Extend:
		return matter.Extend{Limit: matter.Limit(calendar.Limit{N: s.Days, Unit: calendar.WorkingDays}.String()), Reason: text}
	case chengyue.Answer:
		return matter.Answer{Outcome: matter.Outcome(s.Kind), By: s.By, Law: s.Law, Reason: text, Release: released}
	case chengyue.Propose:
		return matter.ProposeDecline{Law: s.Law, Reason: text, Elsewhere: s.Elsewhere}
	case chengyue.Decline:
		return matter.Decline{Decline: true, Law: s.Law, Reason: text}
	case chengyue.Confirm:
		return matter.Confirm{Solved: s.Solved, Rating: s.Rating, Words: text}
	case chengyue.Reopen:
		return matter.Reopen{Reason: text}
	case chengyue.Withdraw:
		return matter.Withdraw{}
	}
	panic("chengyue: no command for " + string(s.Act))
}
