package review

import (
	"embed"
	"io/fs"

	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/store"
)

// Name is the room's name, Kind that of its dossiers.
const (
	Name = "review"
	Kind = "appeal"
)

// ActionRead is to read the file of an appeal.
const ActionRead = "review.read"

// Policies is the room's part of the realm's policy set.
//
//go:embed policies.cedar
var Policies []byte

// Schema is what policies may say of this room's dossiers, as a Cedar schema.
//
//go:embed schema.cedarschema
var Schema []byte

// Messages holds this room's texts, messages.<language>.json.
//
//go:embed messages.en.json messages.zh-Hans.json
var Messages embed.FS

// Room is what this room offers the frame.
func Room(ports Ports) clerk.Room {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err)
	}
	return clerk.Room{
		Name: Name, Policies: Policies, Schema: Schema, Migrations: files, Reactors: reactors(ports), Older: Older,
		Kinds: []clerk.Kind{clerk.Define(clerk.Def[State, Command, Facts]{
			Kind:     Kind,
			Events:   Events(),
			Commands: Commands(),
			Reads:    []clerk.Reading{ActionRead},
			ID: func(c Command, _ civic.Position) civic.DossierID {
				if open, ok := c.(Open); ok {
					return ID(open.Matter.ID, open.Act)
				}
				return ""
			},
			Label:  func(s State) string { return Kind + "/" + string(s.Number) },
			Evolve: Evolve,
			Facts: func(v *clerk.View, t *clerk.Task, _ Command, _ State, _ func(civic.DossierID) State) (Facts, civic.Refusals) {
				return Facts{Asker: t.Actor, Rules: ports.Rules(v), Bodies: ports.Bodies(v), Calendars: ports.Calendars(v)}, nil
			},
			At: func(f Facts, m clerk.Moment) Facts {
				f.Now, f.Position = m.Now, m.Position
				return f
			},
			Resource: func(_ *clerk.View, t *clerk.Task, s State, _ Command, f Facts) types.Entity {
				attrs, parents := Resource(s, f.Bodies)
				return types.Entity{UID: types.NewEntityUID("Appeal", types.String(t.Dossier)), Attributes: attrs, Parents: types.NewEntityUIDSet(parents...)}
			},
			Decide: Decide,
			Tables: []*store.Table{AppealTable},
			Rows:   Rows,
			Wake:   Wake,
			Tick:   func() Command { return Tick{} },
			Notes:  notes,
		}), findingKind(ports), requestKind(ports)},
	}
}

// Resource is an appeal as the policies see it: its attributes and the places it lies in. Always there: state, private,
// handled (the bodies that had a hand in the matter) and kept (the reviewers who may not review it). Where it has one:
// appellant (a Resident), appealing (a Body), respondent (a Body), reviewer (a Post).
func Resource(s State, bodies Bodies) (types.Record, []types.EntityUID) {
	attrs := types.RecordMap{"state": types.String(s.Status), "private": types.Boolean(s.Private)}
	var handled, kept []types.Value
	for _, b := range s.Bodies {
		handled = append(handled, types.NewEntityUID("Body", types.String(b)))
	}
	for _, p := range s.KeptOut(bodies) {
		kept = append(kept, types.NewEntityUID("Post", types.String(p)))
	}
	attrs["handled"], attrs["kept"] = types.NewSet(handled...), types.NewSet(kept...)
	if s.Appellant != "" {
		attrs["appellant"] = types.NewEntityUID("Resident", types.String(s.Appellant))
	}
	if s.Appealing != "" {
		attrs["appealing"] = types.NewEntityUID("Body", types.String(s.Appealing))
	}
	if s.Respondent != "" {
		attrs["respondent"] = types.NewEntityUID("Body", types.String(s.Respondent))
	}
	if s.Reviewer != "" {
		attrs["reviewer"] = types.NewEntityUID("Post", types.String(s.Reviewer))
	}
	places := s.Places
	if root := bodies.Root(); len(places) == 0 && root != "" {
		places = []civic.PlaceID{root} // it lies nowhere yet: whoever reviews for the whole realm has it
	}
	parents := make([]types.EntityUID, len(places))
	for i, p := range places {
		parents[i] = types.NewEntityUID("Place", types.String(p))
	}
	return types.NewRecord(attrs), parents
}
