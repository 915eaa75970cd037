package powers

import (
	"embed"

	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
)

// Name is the room's name; its catalog is found under it.
const Name = "powers"

// Policies is who may change the realm's own rules, and what no realm can permit.
//
//go:embed policies.cedar
var Policies []byte

// Schema is what policies may say of this room's dossier, as a Cedar schema.
//
//go:embed schema.cedarschema
var Schema []byte

// Messages holds this room's texts, messages.<language>.json.
//
//go:embed messages.en.json messages.zh-Hans.json
var Messages embed.FS

// Ports are the other rooms' answers, as of a view.
type Ports struct {
	Places func(*clerk.View) Places
}

// CatalogIn is this room's catalog in a view.
func CatalogIn(v *clerk.View) *Catalog { return clerk.CatalogOf[*Catalog](v, Name) }

// Room is what this room offers the frame.
func Room(ports Ports) clerk.Room {
	return clerk.Room{
		Name:     Name,
		Policies: Policies,
		Schema:   Schema,
		Own:      func(c any) []byte { return c.(*Catalog).Own() },
		Catalog: &clerk.Catalog{
			Kinds: []string{"powers"}, Empty: (*Catalog)(nil),
			Learn: func(c any, acts []journal.Act, document func(string) ([]byte, error)) (any, error) {
				return c.(*Catalog).With(document, acts...)
			},
		},
		Kinds: []clerk.Kind{clerk.Define(clerk.Def[State, Command, Facts]{
			Kind:     "powers",
			Events:   Events(),
			Commands: Commands(),
			ID:       func(Command, civic.Position) civic.DossierID { return ListID },
			Evolve:   Evolve,
			Facts: func(v *clerk.View, t *clerk.Task, c Command, s State, _ func(civic.DossierID) State) (Facts, civic.Refusals) {
				f := Facts{Asker: t.Actor}
				switch c := c.(type) {
				case Propose:
					if text, ok := t.Documents[c.Digest]; ok {
						f.Document = read(v.House.Powers, text)
					}
				case Approve:
					if s.Waiting == nil {
						break
					}
					if text, ok := CatalogIn(v).Text(s.Waiting.Digest); ok {
						f.Document = read(v.House.Powers, text)
					}
				}
				return f, nil
			},
			At: func(f Facts, _ clerk.Moment) Facts { return f },
			Resource: func(v *clerk.View, _ *clerk.Task, s State, _ Command, _ Facts) types.Entity {
				root, ok := ports.Places(v).Root()
				return Resource(s, root, ok)
			},
			Decide: Decide,
		})},
	}
}

// Resource is the list as Cedar sees it. root is the place that holds all others, if there is one.
func Resource(s State, root civic.PlaceID, rooted bool) types.Entity {
	attrs := types.RecordMap{"versions": types.Long(len(s.Versions))}
	if rooted {
		attrs["root"] = types.NewEntityUID("Place", types.String(root))
	}
	if s.Waiting != nil {
		attrs["proposer"] = types.NewEntityUID("Post", types.String(s.Waiting.By))
	}
	return types.Entity{UID: types.NewEntityUID("Powers", types.String(ListID)), Attributes: types.NewRecord(attrs)}
}
