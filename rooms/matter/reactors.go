package matter

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
)

// reactors follow what other rooms do: bodies that end, lists that take effect, calendars
// that change; and what becomes of matters into which others were joined. Each command has the act's position in its key, so that it is done once.
func reactors() []clerk.Reactor {
	return []clerk.Reactor{{
		Name:  "matter.follows",
		Types: []string{"body.merged", "body.abolished", "duty.took_effect", "place.calendar_set"},
		React: follow,
	}, {
		Name:  "matter.relays",
		Types: relayed,
		Live:  true,
		React: relay,
	}, {
		Name:  "matter.erases_parts",
		Types: []string{"matter.erased"},
		React: eraseParts,
	}, {
		Name:  "matter.obeys",
		Types: []string{"review.opened", "review.decided", "review.withdrawn"},
		React: obeys,
	}, {
		Name:  "matter.meets",
		Types: []string{"meeting.minuted", "meeting.corrected"},
		React: met,
	}}
}

// relayed are the types that are told to the reporters of joined matters, and the telling
// itself: a matter that was joined may have taken in others before.
var relayed = func() []string {
	types := []string{"matter.relayed"}
	for _, of := range Relays {
		types = append(types, "matter."+of)
	}
	return types
}()

// relay tells the matters that were joined into the one of an act, once each.
func relay(ctx context.Context, r *clerk.Realm, a journal.Act) error {
	state, _, err := r.State(ctx, a.Dossier)
	if err != nil {
		return err
	}
	main := state.(State)
	of := strings.TrimPrefix(a.Type, "matter.")
	if e, ok := a.Event.(Relayed); ok {
		of = e.Of
	}
	if e, ok := a.Event.(Obeyed); ok && !e.changes() {
		return nil
	}
	var tasks []clerk.Task
	for _, id := range main.Took {
		tasks = append(tasks, clerk.Task{
			Command: Relay{Main: main.ID, Private: main.Visibility == Private || a.Private, Of: of}, Dossier: id, Actor: civic.Actor{Kind: civic.Clock},
			Cause: a.Position, Key: fmt.Sprintf("%d matter.relay %s", a.Position, id), Digest: a.Type,
		})
	}
	return issue(ctx, r, tasks)
}

func follow(ctx context.Context, r *clerk.Realm, a journal.Act) error {
	switch a.Type {
	case "body.merged", "body.abolished":
		return onOpen(ctx, r, a, Move{Cause: "successor", Body: civic.BodyID(a.Dossier.Key()), Ground: a.Type}, false)
	case "duty.took_effect":
		if a.Dossier != "duty/list" {
			return nil
		}
		var e struct {
			MovesOpen bool `json:"moves_open"`
		}
		if err := json.Unmarshal(a.Data, &e); err != nil {
			return err
		}
		if e.MovesOpen {
			return onOpen(ctx, r, a, Move{Cause: "list", Ground: a.Type}, false)
		}
		return onOpen(ctx, r, a, Assign{}, true) // those that wait for a lead ask the new list
	case "place.calendar_set":
		return onOpen(ctx, r, a, Recompute{}, false)
	}
	return nil
}

// atOnce is how many matters a reactor commands in one go, so that people do not wait behind it.
const atOnce = 500

// onOpen issues a command of the clock on every open or paused matter, or on those that wait.
func onOpen(ctx context.Context, r *clerk.Realm, a journal.Act, c Command, waiting bool) error {
	where := "status NOT IN ('closed', 'declined')"
	if waiting {
		where = "status = 'received'"
	}
	for after := ""; ; {
		rows, err := r.DB.R.QueryContext(ctx, "SELECT dossier FROM matters WHERE realm = $1 AND dossier > $2 AND "+where+
			" ORDER BY dossier LIMIT $3", string(r.ID), after, atOnce)
		if err != nil {
			return err
		}
		var tasks []clerk.Task
		for rows.Next() {
			if err := rows.Scan(&after); err != nil {
				rows.Close()
				return err
			}
			tasks = append(tasks, clerk.Task{
				Command: c, Dossier: civic.DossierID(after), Actor: civic.Actor{Kind: civic.Clock}, Cause: a.Position,
				Key: fmt.Sprintf("%d %s %s", a.Position, c.Name(), after), Digest: a.Type,
			})
		}
		rows.Close()
		if err := rows.Err(); err != nil {
			return err
		}
		if len(tasks) == 0 {
			return nil
		}
		if err := issue(ctx, r, tasks); err != nil {
			return err
		}
	}
}

// issue issues commands of the clock, some at a time. What is refused is not for that matter any more.
func issue(ctx context.Context, r *clerk.Realm, all []clerk.Task) error {
	for tasks := range slices.Chunk(all, atOnce) {
		for i, done := range r.DoAll(ctx, tasks, false) {
			if _, refused := civic.AsRefusals(done.Err); done.Err != nil && (!refused || isUnavailable(done.Err)) {
				return fmt.Errorf("%s on %s: %w", tasks[i].Command.Name(), tasks[i].Dossier, done.Err)
			}
		}
	}
	return nil
}

func isUnavailable(err error) bool {
	rs, _ := civic.AsRefusals(err)
	return rs.Kind() == civic.Unavailable
}
