package duty

import (
	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
)

// Name is the room's name; its catalog is found under it.
const Name = "duty"

// Ports are the other rooms' answers, as of a view.
type Ports struct {
	Calendar func(*clerk.View) *calendar.Calendar
	// Known says which bodies, posts, places and calendars there are.
	Known func(*clerk.View) Known
}

// CatalogIn is this room's catalog in a view.
func CatalogIn(v *clerk.View) *Catalog { return clerk.CatalogOf[*Catalog](v, Name) }

// Room is what this room offers the frame.
func Room(ports Ports) clerk.Room {
	return clerk.Room{
		Name:     Name,
		Policies: Policies,
		Schema:   Schema,
		Reactors: reactors(),
		Catalog: &clerk.Catalog{
			Kinds: []string{"duty"}, Empty: (*Catalog)(nil),
			Learn: func(c any, acts []journal.Act, document func(string) ([]byte, error)) (any, error) {
				return c.(*Catalog).With(document, acts...)
			},
		},
		Kinds: []clerk.Kind{clerk.Define(clerk.Def[State, Command, Facts]{
			Kind:     "duty",
			Events:   Events(),
			Commands: Commands(),
			ID:       func(Command, civic.Position) civic.DossierID { return ListID },
			Evolve:   Evolve,
			Facts: func(v *clerk.View, t *clerk.Task, c Command, _ State, _ func(civic.DossierID) State) (Facts, civic.Refusals) {
				f := Facts{Calendar: ports.Calendar(v), Imported: t.Imported}
				if a, ok := c.(Adopt); ok {
					if text, ok := t.Documents[a.Digest]; ok {
						f.Document = readAgain(v, t.Dossier, text, ports.Known(v))
					}
				}
				return f, nil
			},
			At: func(f Facts, m clerk.Moment) Facts { f.Now = m.Now; return f },
			Resource: func(_ *clerk.View, t *clerk.Task, s State, _ Command, _ Facts) types.Entity {
				return Resource(t.Dossier, s)
			},
			Decide: Decide,
			Wake:   Wake,
			Tick:   func() Command { return TakeEffect{} },
		})},
	}
}

// readAgain reads a document that came with a task against what the view knows.
func readAgain(v *clerk.View, id civic.DossierID, text []byte, known Known) *Document {
	if id == CategoriesID {
		before, _ := CatalogIn(v).CategoriesAt(maxInstant)
		d, _ := ReadCategories(CSV, text, before)
		return &d
	}
	d, _ := ReadList(CSV, text, known)
	return &d
}

const maxInstant = civic.Instant(1<<63 - 1)
