package duty

import (
	"context"
	"encoding/json"
	"fmt"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
)

// reactors keep rulings on who is responsible as proposals to edit the list.
func reactors() []clerk.Reactor {
	return []clerk.Reactor{{Name: "duty.precedents", Types: []string{"matter.ruled"}, React: notePrecedent}}
}

func notePrecedent(ctx context.Context, r *clerk.Realm, a journal.Act) error {
	if a.Inferred {
		return nil // nobody ruled so: a replay inferred it
	}
	var e struct {
		Precedent *struct {
			Category civic.Category `json:"category"`
			Place    civic.PlaceID  `json:"place"`
			Lead     civic.BodyID   `json:"lead"`
			List     int            `json:"list"`
			Row      string         `json:"row"`
			Before   civic.BodyID   `json:"before"`
		} `json:"precedent"`
	}
	if err := json.Unmarshal(a.Data, &e); err != nil {
		return err
	}
	p := e.Precedent
	if p == nil || p.Category == "" || p.Place == "" {
		return nil
	}
	_, err := r.Do(ctx, clerk.Task{
		Command: NotePrecedent{
			Ruling: a.Position, Matter: a.Dossier, Category: p.Category, Place: p.Place, Lead: p.Lead,
			Number: p.List, Row: p.Row, Before: p.Before, Private: a.Private,
		},
		Dossier: ListID, Actor: civic.Actor{Kind: civic.Clock}, Cause: a.Position, Key: fmt.Sprintf("%d duty.note_precedent", a.Position), Digest: a.Type,
	})
	return err
}
