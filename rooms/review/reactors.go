package review

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
)

// reactors follow matters: what is appealed is opened, and whoever has a hand in a matter while it is reviewed is kept
// out of the review. Each command has the act's position in its key, so that it is done once.
func reactors(ports Ports) []clerk.Reactor {
	return []clerk.Reactor{{
		Name: "review.opens", Types: []string{"matter.appealed", "merit.appealed"}, Live: true, // whoever decided what is long past, did
		React: func(ctx context.Context, r *clerk.Realm, a journal.Act) error { return opens(ctx, r, a, ports) },
	}, {
		Name: "review.follows", Types: handling, Live: true, Gathers: 20 * time.Millisecond,
		ReactAll: func(ctx context.Context, r *clerk.Realm, acts []journal.Act) error {
			return followAll(ctx, r, acts, ports)
		},
	}, {
		Name: "review.forgets", Types: []string{"matter.erased"}, React: forgets,
	}, {
		Name: "review.takes_up", Types: []string{"review.asked", "review.examined"}, React: takesUp,
	}}
}

// forgets withdraws the appeals of a matter whose reporter had it erased, in her name: the grounds lay in the matter's box and went with it,
// and so did she. No clock erases a matter that is under review.
func forgets(ctx context.Context, r *clerk.Realm, a journal.Act) error {
	ids, err := ofMatter(ctx, r, a.Dossier)
	if err != nil {
		return err
	}
	for _, id := range ids {
		state, _, err := r.State(ctx, id)
		if err != nil {
			return err
		}
		s, ok := state.(State)
		if !ok || !slices.Contains(pending, s.Status) {
			continue
		}
		_, err = r.Do(ctx, clerk.Task{
			Command: Withdraw{}, Dossier: id, Actor: civic.Actor{Kind: civic.Resident, Person: s.Appellant}, Cause: a.Position,
			Key: fmt.Sprintf("%d forgets %s", a.Position, id), Digest: a.Type,
		})
		if _, refused := civic.AsRefusals(err); err != nil && !refused {
			return fmt.Errorf("forgets %s: %w", id, err)
		}
	}
	return nil
}

// handling are the acts by which somebody has a hand in a matter.
var handling = func() []string {
	var out []string
	for _, act := range strings.Fields("triaged accepted objected ruled corrected asked told contributed attached paused resumed extended joined split " +
		"answered decline_proposed declined decline_refused released withheld redacted retracted assigned reassigned") {
		out = append(out, "matter."+act)
	}
	return out
}()

func opens(ctx context.Context, r *clerk.Realm, a journal.Act, ports Ports) error {
	var e struct {
		Of     string `json:"of"`
		Ground string `json:"ground"`
		Reason string `json:"reason"`
	}
	if err := json.Unmarshal(a.Data, &e); err != nil {
		return err
	}
	m, err := ports.Matter(ctx, r, a.Dossier, e.Of)
	if err != nil {
		return err
	}
	if m.Reporter == "" && m.Appealing == "" {
		return nil // she had it erased meanwhile, and her appeal with it
	}
	acts, err := r.Acts(ctx, a.Dossier)
	if err != nil {
		return err
	}
	count := 0
	for _, earlier := range acts {
		if earlier.Type == a.Type && !earlier.Imported && earlier.Seq <= a.Seq {
			count++
		}
	}
	return issue(ctx, r, a, ID(a.Dossier, a.Seq), Open{Act: a.Seq, Count: count, Of: e.Of, Ground: e.Ground, Reason: e.Reason, Matter: m})
}

// followAll asks once of which of the matters there are appeals: of most there are none.
func followAll(ctx context.Context, r *clerk.Realm, acts []journal.Act, ports Ports) error {
	var matters []string
	seen := make(map[civic.DossierID]bool, len(acts))
	for i := range acts {
		if id := acts[i].Dossier; !seen[id] {
			seen[id] = true
			matters = append(matters, string(id))
		}
	}
	appeals, err := ofMatters(ctx, r, matters)
	if err != nil || len(appeals) == 0 {
		return err
	}
	for _, a := range acts {
		if ids := appeals[a.Dossier]; len(ids) > 0 {
			if err := follows(ctx, r, a, ids, ports); err != nil {
				return err
			}
		}
	}
	return nil
}

func follows(ctx context.Context, r *clerk.Realm, a journal.Act, ids []civic.DossierID, ports Ports) error {
	kind, post, _ := strings.Cut(a.Actor, ":")
	handled := civic.ActorKind(kind) == civic.Post
	narrowed := a.Type == "matter.corrected" || a.Type == "matter.triaged"
	named := a.Type == "matter.assigned" || a.Type == "matter.reassigned"
	if !handled && !narrowed && !named {
		return nil
	}
	note := Note{}
	if named {
		var e struct {
			Lead civic.BodyID `json:"lead"`
		}
		if err := json.Unmarshal(a.Data, &e); err != nil {
			return err
		}
		note.Body = e.Lead
	}
	if handled {
		name, _, _ := strings.Cut(post, " ")
		note.Post = civic.PostID(name)
	}
	if narrowed || a.Private {
		m, err := ports.Matter(ctx, r, a.Dossier, "")
		if err != nil {
			return err
		}
		note.Private = m.Private
	}
	for _, id := range ids {
		if err := issue(ctx, r, a, id, note); err != nil {
			return err
		}
	}
	return nil
}

// ofMatter are the appeals of a matter.
func ofMatter(ctx context.Context, r *clerk.Realm, matter civic.DossierID) ([]civic.DossierID, error) {
	all, err := ofMatters(ctx, r, []string{string(matter)})
	return all[matter], err
}

// ofMatters are the appeals of some matters, in the order in which they were opened.
func ofMatters(ctx context.Context, r *clerk.Realm, matters []string) (map[civic.DossierID][]civic.DossierID, error) {
	rows, err := r.DB.R.QueryContext(ctx, "SELECT matter, dossier FROM appeals WHERE realm = $1 AND "+r.DB.Each("matter", "$2")+" ORDER BY opened, dossier",
		string(r.ID), r.DB.List(matters))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[civic.DossierID][]civic.DossierID{}
	for rows.Next() {
		var matter, id civic.DossierID
		if err := rows.Scan(&matter, &id); err != nil {
			return nil, err
		}
		out[matter] = append(out[matter], id)
	}
	return out, rows.Err()
}

// issue issues a command of the clock that answers an act. What is refused is not for that appeal any more.
func issue(ctx context.Context, r *clerk.Realm, a journal.Act, id civic.DossierID, c Command) error {
	_, err := r.Do(ctx, clerk.Task{
		Command: c, Dossier: id, Actor: civic.Actor{Kind: civic.Clock}, Cause: a.Position,
		Key: fmt.Sprintf("%d %s %s", a.Position, c.Name(), id), Digest: a.Type,
	})
	rs, refused := civic.AsRefusals(err)
	if err != nil && (!refused || slices.ContainsFunc(rs, func(r civic.Refusal) bool { return r.Kind == civic.Unavailable })) {
		return fmt.Errorf("%s on %s: %w", c.Name(), a.Dossier, err)
	}
	return nil
}
