package body

import (
	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
)

// Name is the room's name; its catalog is found under it.
const Name = "body"

// Ports are the other rooms' answers, as of a view.
type Ports struct {
	Places   func(*clerk.View) Places
	Calendar func(*clerk.View) *calendar.Calendar
}

// CatalogIn is this room's catalog in a view.
func CatalogIn(v *clerk.View) *Catalog { return clerk.CatalogOf[*Catalog](v, Name) }

// Room is what this room offers the frame.
func Room(ports Ports) clerk.Room {
	return clerk.Room{
		Name:     Name,
		Policies: Policies,
		Schema:   Schema,
		Catalog: &clerk.Catalog{
			Kinds: []string{"body"}, Empty: &Catalog{},
			Learn: func(c any, acts []journal.Act, _ func(string) ([]byte, error)) (any, error) {
				return c.(*Catalog).With(acts...), nil
			},
		},
		Kinds: []clerk.Kind{clerk.Define(clerk.Def[State, Command, Facts]{
			Kind:     "body",
			Events:   Events(),
			Commands: Commands(),
			ID: func(c Command, _ civic.Position) civic.DossierID {
				if f, ok := c.(Found); ok {
					return ID(f.Body)
				}
				return ""
			},
			Evolve: Evolve,
			Facts: func(v *clerk.View, _ *clerk.Task, _ Command, _ State, _ func(civic.DossierID) State) (Facts, civic.Refusals) {
				return Facts{
					Calendar: ports.Calendar(v), Catalog: CatalogIn(v), Places: ports.Places(v), PublicNames: v.Settings.PublicOfficers,
				}, nil
			},
			At: func(f Facts, m clerk.Moment) Facts { f.Now = m.Now; return f },
			Resource: func(v *clerk.View, _ *clerk.Task, s State, c Command, _ Facts) types.Entity {
				return CatalogIn(v).Resource(s, c)
			},
			Decide: Decide,
		})},
	}
}
