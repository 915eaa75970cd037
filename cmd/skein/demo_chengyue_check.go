package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"text/tabwriter"

	"skein/demo/chengyue"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/rooms/matter"
)

// reckoned is what a generated matter must say by the file of holidays and the table of duties alone.
type reckoned struct {
	*chengyue.Matter
	duty   chengyue.Duty
	due    civic.Instant // of the round at hand, extension included
	paused bool          // then the due date moves by more than whole days, and nothing is compared
	seen   bool
}

// chengyue holds the realm against an arithmetic that shares no code with it: each due date is reckoned again from the
// calendar file, day by day, each lead read again from the table.
func (c *checkDemo) chengyue(g *global, realm *clerk.Realm) error {
	matters, err := chengyue.Matters()
	if err != nil {
		return err
	}
	all, err := held(g.ctx, realm, matters)
	if err != nil {
		return err
	}
	return c.printTallies(all...)
}

// held compares the realm's journal with what generated matters must say.
func held(ctx context.Context, realm *clerk.Realm, matters []chengyue.Matter) ([]agreement, error) {
	list, err := chengyue.NewList()
	if err != nil {
		return nil, err
	}
	days, err := chengyue.NewDays()
	if err != nil {
		return nil, err
	}
	of := make(map[string]*reckoned, len(matters))
	for i := range matters {
		m := &reckoned{Matter: &matters[i]}
		m.duty, _ = list.Of(m.Category, m.Place)
		of[m.Number] = m
	}
	due, extended := newTally("due_date_agreement"), newTally("extended_due_agreement")
	late, lead, there := newTally("ontime_agreement"), newTally("lead_agreement"), newTally("rows_in_realm")
	on := map[civic.DossierID]*reckoned{}
	err = eachAct(ctx, realm, func(a journal.Act) {
		m := on[a.Dossier]
		if e, is := a.Event.(matter.Reported); is {
			if m = of[e.External]; m != nil && !m.seen {
				m.seen, on[a.Dossier] = true, m
				m.due = days.Due(a.Happened, m.duty.Limit)
			}
			return
		}
		if m == nil {
			return
		}
		switch e := a.Event.(type) {
		case matter.Assigned:
			due.count(m, e.Resolution.Due == m.due, showInstant(m.due), showInstant(e.Resolution.Due))
			if e.By == "list" {
				lead.count(m, e.Lead == m.duty.Lead, string(m.duty.Lead), string(e.Lead))
			}
		case matter.Extended:
			for _, s := range m.Steps {
				if s.Act == chengyue.Extend {
					m.due = days.Due(m.due, s.Days)
				}
			}
			extended.count(m, e.Due.Due == m.due, showInstant(m.due), showInstant(e.Due.Due))
		case matter.Paused:
			m.paused = true
		case matter.Reopened:
			m.paused, m.due = false, days.Due(a.Happened, m.duty.Limit)
		case matter.Answered:
			if !m.paused {
				late.count(m, e.Late == (a.Happened > m.due), fmt.Sprint(a.Happened > m.due), fmt.Sprint(e.Late))
			}
		}
	})
	if err != nil {
		return nil, err
	}
	for i := range matters {
		m := of[matters[i].Number]
		there.count(m, m.seen, "generated", "missing")
	}
	return []agreement{there.done(), due.done(), extended.done(), late.done(), lead.done()}, nil
}

func showInstant(at civic.Instant) string { return at.In(chengyue.Zone).Format("2006-01-02 15:04:05") }

// tally counts where the realm agrees, by category.
type tally struct {
	agreement
	by map[civic.Category]*typeAgreement
}

func newTally(name string) *tally {
	return &tally{agreement{Name: name, Least: 1, Types: []typeAgreement{}}, map[civic.Category]*typeAgreement{}}
}

func (t *tally) count(m *reckoned, agrees bool, want, found string) {
	k := t.by[m.Category]
	if k == nil {
		k = &typeAgreement{Category: m.Category}
		t.by[m.Category] = k
	}
	t.Of++
	k.Of++
	if agrees {
		t.Agree++
		k.Agree++
		return
	}
	t.Rows = append(t.Rows, disagreement{ID: m.Number, Category: m.Category, City: want, Realm: found})
}

func (t *tally) done() agreement {
	for _, code := range slices.Sorted(maps.Keys(t.by)) {
		t.Types = append(t.Types, *t.by[code])
	}
	t.Value = float64(t.Agree) / float64(cmp.Or(t.Of, 1))
	return t.agreement
}

// printTallies prints what was compared; every row that disagrees is a fault.
func (c *checkDemo) printTallies(all ...agreement) error {
	ok := true
	for i, a := range all {
		ok = ok && a.Of > 0 && a.Agree == a.Of
		if !c.Rows {
			all[i].Rows = nil
		}
	}
	if c.Format == "json" {
		if err := c.json(all); err != nil {
			return err
		}
	} else {
		w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		for _, a := range all {
			for _, r := range a.Rows {
				fmt.Fprintf(w, "%s\t%s\t%s\treckoned: %s\trealm: %s\n", a.Name, r.ID, r.Category, r.City, r.Realm)
			}
		}
		w.Flush()
		for _, a := range all {
			fmt.Printf("%s_rows %d\n", a.Name, a.Of)
		}
		for _, a := range all {
			fmt.Printf("%s %.4f\n", a.Name, a.Value)
		}
	}
	if !ok {
		return errFound
	}
	return nil
}
