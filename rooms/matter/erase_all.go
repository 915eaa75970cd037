package matter

import (
	"context"
	"sync"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/clerk"
)

// EraseAll has matters erased that one person told, many in a commit. Each is the command that its own door would
// make, asked of the same powers and decided alike; one that cannot be erased says why, and keeps no other back.
func (a *API) EraseAll(ctx context.Context, all []face.Told) ([]face.Erasing, error) {
	realm := a.Site.Realm
	out := make([]face.Erasing, len(all))
	tasks := make([]clerk.Task, len(all))
	for i, t := range all {
		out[i].Dossier = t.Dossier
		tasks[i] = clerk.Task{Command: Erase{}, Dossier: t.Dossier, Actor: civic.Actor{Kind: civic.Resident, Person: t.Person}}
	}
	warm(ctx, realm, all)
	for from := 0; from < len(tasks); from += atOnce {
		to := min(from+atOnce, len(tasks))
		for i, done := range realm.DoAll(ctx, tasks[from:to], false) {
			e := &out[from+i]
			if e.Err = done.Err; done.Err != nil {
				state, _, err := realm.State(ctx, e.Dossier)
				if s, ok := state.(State); err == nil && ok && s.Spent() {
					e.Err = nil // it was erased before
				} else if rs, refused := civic.AsRefusals(done.Err); !refused || rs.Kind() == civic.Unavailable {
					return out, done.Err
				}
				continue
			}
			if s := done.Receipt.State.(State); s.Hold != nil {
				e.Until = s.Hold.Until
			}
		}
	}
	return out, nil
}

// warm reads the matters before the writer's turn, side by side, so that nobody waits behind that.
func warm(ctx context.Context, realm *clerk.Realm, all []face.Told) {
	work := make(chan civic.DossierID)
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for id := range work {
				realm.State(ctx, id) // what cannot be read is read again, and refused, in its turn
			}
		})
	}
	for _, t := range all {
		work <- t.Dossier
	}
	close(work)
	readers.Wait()
}
