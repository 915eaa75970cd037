package matter

import (
	"io/fs"

	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/store"
)

// Name is the room's name.
const Name = "matter"

// Ports are the other rooms' answers, as of a view.
type Ports struct {
	// Worked is how long a stretch was in working days of a calendar ("" is the realm's own), pauses left out; false where the calendar is not
	// known for it.
	Worked    func(v *clerk.View, calendar string, from, until civic.Instant, pauses []Span) (float64, bool)
	Duties    func(*clerk.View) Duties
	Bodies    func(*clerk.View) Bodies
	Calendars func(*clerk.View) Calendars
	Rules     func(*clerk.View) *Rules
	Numbers   func(civic.Realm) *Numbers
	Titles    func(*clerk.View) Titles
	// Post reports whether there is such a post.
	Post func(*clerk.View, civic.PostID) bool
}

// Room is what this room offers the frame.
func Room(ports Ports) clerk.Room {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err)
	}
	return clerk.Room{
		Name:       Name,
		Policies:   Policies,
		Schema:     Schema,
		Migrations: files,
		Reactors:   append(reactors(), finds(ports.Titles)),
		Rounds:     []clerk.Round{{Name: "matter.retention", Every: retentionRound, Do: ports.expire}},
		Older:      Older,
		Kinds: []clerk.Kind{clerk.Define(clerk.Def[State, Command, Facts]{
			Kind:     "matter",
			Events:   Events(),
			Commands: Commands(),
			Reads:    []clerk.Reading{ActionRead, ActionReadReporter},
			ID:       func(_ Command, first civic.Position) civic.DossierID { return ID(first) },
			Label:    func(s State) string { return "matter/" + string(s.Number) },
			Evolve:   Evolve,
			Facts: func(v *clerk.View, t *clerk.Task, c Command, s State, load func(civic.DossierID) State) (Facts, civic.Refusals) {
				f := Facts{
					Asker: t.Actor, Imported: t.Imported, Inferred: t.Inferred,
					Rules: ports.Rules(v), Numbers: ports.Numbers(v.Realm),
					Duties: ports.Duties(v), Bodies: ports.Bodies(v), Calendars: ports.Calendars(v),
				}
				f.Others = LoadOthers(s, c, load)
				return f, nil
			},
			At: func(f Facts, m clerk.Moment) Facts {
				f.Now, f.Position = m.Now, m.Position
				return f
			},
			Resource: func(_ *clerk.View, t *clerk.Task, s State, _ Command, f Facts) types.Entity {
				attrs, parents := Resource(s, f.Bodies, t.Prepared())
				return types.Entity{
					UID: types.NewEntityUID("Matter", types.String(t.Dossier)), Attributes: attrs, Parents: types.NewEntityUIDSet(parents...),
				}
			},
			Decide: Decide,
			Tables: []*store.Table{MatterTable, OwedTable},
			Rows:   Rows,
			Wake:   Wake,
			Tick:   func() Command { return Tick{} },
			Notes:  notes,
			Box:    func(s State) string { return s.Box },
			Erased: unindex,
		}), meetingKind(ports)},
	}
}
