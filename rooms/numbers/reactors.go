package numbers

import (
	"context"
	"crypto/rand"
	"fmt"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/frame/store"
)

// reactors begin the tables when a realm has categories, and make the table of a month that was closed.
func (p Ports) reactors() []clerk.Reactor {
	return []clerk.Reactor{
		{Name: "numbers.begin", Types: []string{"duty.adopted"}, React: p.begin},
		{Name: "numbers.publish", Types: []string{Closed{}.Type()}, React: p.publish},
	}
}

func (p Ports) begin(ctx context.Context, r *clerk.Realm, a journal.Act) error {
	if CatalogIn(r.View()).State().Begun() {
		return nil
	}
	first := a.Happened
	earliest, err := p.Earliest(ctx, r)
	if err != nil {
		return err
	}
	if earliest != 0 {
		first = min(first, earliest)
	}
	return p.do(ctx, r, a, clerk.Task{Command: Begin{First: MonthOf(first, r.View().Settings.Location())}})
}

// publish makes the table of a month from what is in the realm now. Made twice, it is published once: chance and
// late entries may have it differ, and the first to be committed is the only one that anybody sees.
func (p Ports) publish(ctx context.Context, r *clerk.Realm, a journal.Act) error {
	closed, ok := a.Event.(Closed)
	if !ok {
		return fmt.Errorf("numbers: act %d is no closing", a.Position)
	}
	view := r.View()
	zone := view.Settings.Location()
	tallies, err := p.Private(ctx, r, closed.Month.Start(zone), closed.Month.Next().Start(zone))
	if err != nil {
		return err
	}
	sheet, err := Make(closed.Month, CatalogIn(view).State().Least, p.Frame(view), tallies, func(n int) ([]byte, error) {
		chance := make([]byte, n)
		_, err := rand.Read(chance)
		return chance, err
	})
	if err != nil {
		return err
	}
	content := sheet.CSV()
	digest := journal.DocumentDigest(content)
	return p.do(ctx, r, a, clerk.Task{
		Command: Publish{Month: closed.Month, Digest: digest}, Documents: map[string][]byte{digest: content},
		Writes: []store.Write{{Table: journal.DocumentTable, Row: store.Row{string(r.ID), digest, Media, content}}},
	})
}

// Media is the media type of tables in canonical form.
const Media = "text/csv"

func (p Ports) do(ctx context.Context, r *clerk.Realm, a journal.Act, t clerk.Task) error {
	t.Dossier, t.Actor, t.Cause = ListID, civic.Actor{Kind: civic.Clock}, a.Position
	t.Key, t.Digest = fmt.Sprintf("%d %s", a.Position, t.Command.Name()), a.Type
	_, err := r.Do(ctx, t)
	return err
}
