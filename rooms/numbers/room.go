package numbers

import (
	"embed"

	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
)

// Name is the room's name; its catalog is found under it.
const Name = "numbers"

// Policies is who may do what in this room, as Cedar text.
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

// Catalog is the tables so far at one position of the journal. It is never changed; nil is a realm that has none.
type Catalog struct{ state State }

// State is the tables so far.
func (c *Catalog) State() State {
	if c == nil {
		return State{}
	}
	return c.state
}

// With returns the catalog after more acts; acts of other dossiers are passed over.
func (c *Catalog) With(acts ...journal.Act) *Catalog {
	next := &Catalog{state: c.State()}
	for _, a := range acts {
		if a.Dossier == ListID {
			next.state = Evolve(next.state, a)
		}
	}
	return next
}

// CatalogIn is this room's catalog in a view.
func CatalogIn(v *clerk.View) *Catalog { return clerk.CatalogOf[*Catalog](v, Name) }

// Room is what this room offers the frame.
func Room(ports Ports) clerk.Room {
	return clerk.Room{
		Name:     Name,
		Policies: Policies,
		Schema:   Schema,
		Reactors: ports.reactors(),
		Catalog: &clerk.Catalog{
			Kinds: []string{"numbers"}, Empty: (*Catalog)(nil),
			Learn: func(c any, acts []journal.Act, _ func(string) ([]byte, error)) (any, error) {
				return c.(*Catalog).With(acts...), nil
			},
		},
		Kinds: []clerk.Kind{clerk.Define(clerk.Def[State, Command, Facts]{
			Kind:     "numbers",
			Events:   Events(),
			Commands: Commands(),
			ID:       func(Command, civic.Position) civic.DossierID { return ListID },
			Evolve:   Evolve,
			Facts: func(v *clerk.View, t *clerk.Task, c Command, _ State, _ func(civic.DossierID) State) (Facts, civic.Refusals) {
				f := Facts{Zone: v.Settings.Location()}
				if c, ok := c.(Publish); ok {
					if sheet, err := ParseSheet(t.Documents[c.Digest]); err == nil {
						f.Sheet, f.Digest = sheet, journal.DocumentDigest(t.Documents[c.Digest])
					}
				}
				return f, nil
			},
			At: func(f Facts, m clerk.Moment) Facts { f.Now = m.Now; return f },
			Resource: func(_ *clerk.View, _ *clerk.Task, s State, _ Command, _ Facts) types.Entity {
				return Resource(s)
			},
			Decide: Decide,
			Wake:   Wake,
			Tick:   func() Command { return Close{} },
		})},
	}
}

// Resource is the tables as Cedar sees them.
func Resource(s State) types.Entity {
	return types.Entity{
		UID:        types.NewEntityUID("Numbers", types.String(ListID)),
		Attributes: types.NewRecord(types.RecordMap{"least": types.Long(s.Least)}),
	}
}
