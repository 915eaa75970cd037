package matter

import (
	"context"
	"fmt"
	"math"
	"time"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
)

// retentionRound is how often the clock looks for what is due to be erased.
const retentionRound = time.Minute

// expire erases what the rules in force no longer let be kept. It goes by the rules of today, so that a shorter time
// holds for what is there too; the decision looks at each matter again.
func (p Ports) expire(ctx context.Context, r *clerk.Realm) error {
	rules, now := p.Rules(r.View()), r.Now()
	for _, kind := range Kinds {
		if keeping, ok := rules.Keeping(kind); ok {
			if err := expireKind(ctx, r, kind, now.Add(-days(keeping.Days))); err != nil {
				return err
			}
		}
	}
	return nil
}

func expireKind(ctx context.Context, r *clerk.Realm, kind Kind, until civic.Instant) error {
	for ended, after := int64(math.MinInt64), ""; ; { // in the order of the index matters_kept: of most matters nothing is kept, or not for long enough
		rows, err := r.DB.R.QueryContext(ctx, `SELECT ended, dossier FROM matters WHERE realm = $1 AND kind = $2 AND ended <= $3 AND box <> '' AND ended >= $4
			AND (ended > $4 OR dossier > $5) AND status IN ('closed', 'declined', 'joined') ORDER BY ended, dossier LIMIT $6`,
			string(r.ID), string(kind), int64(until), ended, after, atOnce)
		if err != nil {
			return err
		}
		var tasks []clerk.Task
		for rows.Next() {
			if err := rows.Scan(&ended, &after); err != nil {
				rows.Close()
				return err
			}
			tasks = append(tasks, clerk.Task{Command: Expire{}, Dossier: civic.DossierID(after), Actor: civic.Actor{Kind: civic.Clock}})
		}
		rows.Close()
		if err := rows.Err(); err != nil || len(tasks) == 0 {
			return err
		}
		if err := issue(ctx, r, tasks); err != nil {
			return err
		}
	}
}

// eraseParts erases the parts of a matter that was erased: they say in other words what it said.
func eraseParts(ctx context.Context, r *clerk.Realm, a journal.Act) error {
	state, _, err := r.State(ctx, a.Dossier)
	if err != nil {
		return err
	}
	var tasks []clerk.Task
	for _, id := range state.(State).Parts {
		tasks = append(tasks, clerk.Task{
			Command: Expire{Main: a.Dossier}, Dossier: id, Actor: civic.Actor{Kind: civic.Clock}, Cause: a.Position,
			Key: fmt.Sprintf("%d matter.expire %s", a.Position, id), Digest: a.Type,
		})
	}
	return issue(ctx, r, tasks)
}
