package place

import (
	"embed"
	"errors"
	"io/fs"

	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
)

// Name is the room's name; its catalog is found under it.
const Name = "place"

// Ports are the other rooms' answers, as of a view.
type Ports struct {
	Bodies func(*clerk.View) Bodies
}

// CatalogIn is this room's catalog in a view.
func CatalogIn(v *clerk.View) *Catalog { return clerk.CatalogOf[*Catalog](v, Name) }

//go:embed migrations/*.sql
var migrations embed.FS

var errNoDocument = errors.New("place: the document did not come with the task")

// Room is what this room offers the frame.
func Room(ports Ports) clerk.Room {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err)
	}
	brought := func(t *clerk.Task) func(string) ([]byte, error) {
		return func(digest string) ([]byte, error) {
			if d, ok := t.Documents[digest]; ok {
				return d, nil
			}
			return nil, errNoDocument
		}
	}
	own := func(c Command, _ civic.Position) civic.DossierID { return DossierOf(c) }
	return clerk.Room{
		Name:     Name,
		Policies: Policies,
		Schema:   Schema, Migrations: files,
		Catalog: &clerk.Catalog{
			Kinds: []string{"place", "calendar"}, Empty: (*Catalog)(nil),
			Learn: func(c any, acts []journal.Act, document func(string) ([]byte, error)) (any, error) {
				return c.(*Catalog).With(document, acts...)
			},
		},
		Kinds: []clerk.Kind{
			clerk.Define(clerk.Def[State, Command, Facts]{
				Kind:     "place",
				Events:   Events,
				Commands: Commands(),
				ID:       own,
				Evolve:   Evolve,
				Facts: func(v *clerk.View, t *clerk.Task, c Command, s State, _ func(civic.DossierID) State) (Facts, civic.Refusals) {
					return CatalogIn(v).Facts(s, c, brought(t)), nil
				},
				At: func(f Facts, m clerk.Moment) Facts { f.Now = m.Now; return f },
				Resource: func(v *clerk.View, _ *clerk.Task, s State, c Command, _ Facts) types.Entity {
					return CatalogIn(v).Resource(s, c)
				},
				Decide: Decide,
			}),
			clerk.Define(clerk.Def[CalendarState, Command, CalendarFacts]{
				Kind:     "calendar",
				Events:   CalendarEvents,
				Commands: []Command{SetCalendar{}},
				ID:       own,
				Evolve:   EvolveCalendar,
				Facts: func(v *clerk.View, t *clerk.Task, c Command, _ CalendarState, _ func(civic.DossierID) CalendarState) (CalendarFacts, civic.Refusals) {
					f := CatalogIn(v).CalendarFacts(c.(SetCalendar), brought(t))
					f.Bodies = ports.Bodies(v)
					return f, nil
				},
				At: func(f CalendarFacts, m clerk.Moment) CalendarFacts { f.Now = m.Now; return f },
				Resource: func(v *clerk.View, _ *clerk.Task, s CalendarState, c Command, _ CalendarFacts) types.Entity {
					return CatalogIn(v).CalendarResource(s, c.(SetCalendar))
				},
				Decide: func(s CalendarState, c Command, f CalendarFacts) ([]journal.Draft, civic.Refusals) {
					return DecideCalendar(s, c.(SetCalendar), f)
				},
			}),
		},
	}
}
