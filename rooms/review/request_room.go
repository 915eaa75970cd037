package review

import (
	"context"
	"fmt"
	"slices"

	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/courier"
	"skein/frame/journal"
	"skein/frame/procedure"
	"skein/frame/store"
)

// ActionReadRequest is to read what somebody wrote who asks for a legal review.
const ActionReadRequest = "review.read_request"

func requestKind(ports Ports) clerk.Kind {
	return clerk.Define(clerk.Def[Request, Command, Facts]{
		Kind:     KindRequest,
		Events:   RequestEvents(),
		Commands: RequestCommands(),
		Reads:    []clerk.Reading{ActionReadRequest},
		ID: func(c Command, _ civic.Position) civic.DossierID {
			if ask, ok := c.(Ask); ok {
				return RequestID(ask.Random)
			}
			return ""
		},
		Evolve: EvolveRequest,
		Facts: func(v *clerk.View, t *clerk.Task, _ Command, _ Request, _ func(civic.DossierID) Request) (Facts, civic.Refusals) {
			f := Facts{Asker: t.Actor, Rules: ports.Rules(v), Bodies: ports.Bodies(v), Calendars: ports.Calendars(v), Kept: RequestKept, CodeFits: ports.CodeFits}
			if own, ok := v.Settings.Retention[KindRequest]; ok {
				f.Kept = own.Days
			}
			return f, nil
		},
		At: func(f Facts, m clerk.Moment) Facts {
			f.Now, f.Position = m.Now, m.Position
			return f
		},
		Resource: func(_ *clerk.View, t *clerk.Task, s Request, c Command, f Facts) types.Entity {
			if ask, ok := c.(Ask); ok && !s.Exists() {
				s.Subject = ask.About
			}
			attrs, parents := RequestResource(s, f.Bodies)
			return types.Entity{UID: types.NewEntityUID("Request", types.String(t.Dossier)), Attributes: attrs, Parents: types.NewEntityUIDSet(parents...)}
		},
		Decide: DecideRequest,
		Tables: []*store.Table{RequestTable},
		Rows:   requestRows,
		Wake:   WakeRequest,
		Tick:   func() Command { return Ripen{} },
		Box:    func(s Request) string { return s.Box },
		Notes:  requestNotes,
	})
}

// RequestID is the dossier of a request.
func RequestID(code string) civic.DossierID { return civic.DossierID(KindRequest + "/" + code) }

// RequestResource is a request as the policies see it. It lies in the realm's root, as what is examined does.
func RequestResource(s Request, bodies Bodies) (types.Record, []types.EntityUID) {
	var kept []types.Value
	for _, p := range bodies.Reviewers() {
		if procedure.KeptOut(bodies, p, s.Subject.Posts, []civic.BodyID{s.Subject.Body}) {
			kept = append(kept, types.NewEntityUID("Post", types.String(p)))
		}
	}
	return types.NewRecord(types.RecordMap{
			"state": types.String(s.Status), "body": types.NewEntityUID("Body", types.String(s.Subject.Body)), "kept": types.NewSet(kept...),
		}),
		[]types.EntityUID{types.NewEntityUID("Place", types.String(bodies.Root()))}
}

// RequestTable has one row a request; due is 0 where no limit runs.
var RequestTable = &store.Table{Name: "review_requests", Key: 2, Replace: true, Columns: store.Columns(
	"realm:t dossier:t subject:t thing:t status:t asked:i due:i")}

func requestRows(realm civic.Realm, id civic.DossierID, s Request) []store.Write {
	return []store.Write{{Table: RequestTable, Row: store.Row{
		string(realm), string(id), s.Subject.Kind, s.Subject.ID, string(s.Status), int64(s.Asked), int64(s.Due()),
	}}}
}

func requestNotes(v *clerk.View, id civic.DossierID, _, _ Request, a journal.Act) []courier.Note {
	if e, ok := a.Event.(Urged); ok && e.Body != "" && v.Settings.Addresses[string(e.Body)] != "" {
		return []courier.Note{{To: courier.ToBody(e.Body), Kind: a.Type, Key: "review.note.urged", Args: map[string]any{"request": id.Key(), "due": int64(e.Due)}}}
	}
	return nil
}

// takesUp has what was asked for follow the review of it, whichever version of a policy or row it was asked of; also a request that came
// in while the review was begun.
func takesUp(ctx context.Context, r *clerk.Realm, a journal.Act) error {
	state, _, err := r.State(ctx, a.Dossier)
	if err != nil {
		return err
	}
	if asked, ok := state.(Request); ok {
		if state, _, err = r.State(ctx, FindingID(asked.Subject)); err != nil {
			return err
		}
	}
	f, ok := state.(Finding)
	if !ok || !f.Exists() {
		return nil
	}
	ids, err := journal.DossierIDs(ctx, r.DB.R, "SELECT dossier FROM review_requests WHERE realm = $1 AND subject = $2 AND thing = $3 AND status = $4 ORDER BY dossier",
		string(r.ID), f.Subject.Kind, f.Subject.ID, string(RequestWaits))
	if err != nil {
		return err
	}
	for _, id := range ids {
		_, err := r.Do(ctx, clerk.Task{
			Command: TakeUp{Finding: f.Code()}, Dossier: id, Actor: civic.Actor{Kind: civic.Clock}, Cause: a.Position,
			Key: fmt.Sprintf("%d takes up %s", a.Position, id), Digest: a.Type,
		})
		if rs, refused := civic.AsRefusals(err); err != nil && (!refused || slices.ContainsFunc(rs, func(r civic.Refusal) bool { return r.Kind == civic.Unavailable })) {
			return fmt.Errorf("taking up %s: %w", id, err)
		}
	}
	return nil
}
