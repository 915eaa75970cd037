package matter

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
)

// obeys does on a matter what the review room has done on an appeal of it.
func obeys(ctx context.Context, r *clerk.Realm, a journal.Act) error {
	acts, err := r.Acts(ctx, a.Dossier)
	if err != nil {
		return err
	}
	var opened struct {
		Matter civic.DossierID `json:"matter"`
		Act    int64           `json:"act"`
		Stay   *struct {
			Holds string `json:"holds"`
			Law   string `json:"law"`
		} `json:"stay"`
	}
	first := slices.IndexFunc(acts, func(b journal.Act) bool { return b.Type == "review.opened" })
	if first < 0 {
		return fmt.Errorf("matter: %s was never opened", a.Dossier)
	}
	if err := json.Unmarshal(acts[first].Data, &opened); err != nil {
		return err
	}
	if opened.Matter.Kind() != "matter" {
		return nil // of a merit or a fault
	}
	var c Command
	switch a.Type {
	case "review.opened":
		if opened.Stay == nil {
			return nil
		}
		c = Stay{Act: opened.Act, Appeal: a.Dossier, Holds: opened.Stay.Holds, Law: opened.Stay.Law}
	case "review.withdrawn":
		c = Obey{Act: opened.Act, Appeal: a.Dossier, Result: Dropped}
	default:
		obey := Obey{}
		if err := json.Unmarshal(a.Data, &obey); err != nil {
			return err
		}
		obey.Act, obey.Appeal = opened.Act, a.Dossier
		c = obey
	}
	return issue(ctx, r, []clerk.Task{{
		Command: c, Dossier: opened.Matter, Actor: civic.Actor{Kind: civic.Clock}, Cause: a.Position,
		Key: fmt.Sprintf("%d %s %s", a.Position, c.Name(), opened.Matter), Digest: a.Type,
	}})
}
