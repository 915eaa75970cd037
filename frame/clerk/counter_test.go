package clerk_test

import (
	"embed"
	"io/fs"
	"time"

	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/courier"
	"skein/frame/journal"
	"skein/frame/store"
)

// A room small enough to see the frame through: counters that can be raised, that remind
// of themselves a day after, and a catalog that knows all their names.

type counter struct {
	Name string
	Sum  int64
	Wake civic.Instant
}

type (
	made     struct{ Name string }
	raised   struct{ By int64 }
	reminded struct{}
)

func (made) Type() string     { return "counter.made" }
func (made) Version() int     { return 1 }
func (raised) Type() string   { return "counter.raised" }
func (raised) Version() int   { return 1 }
func (reminded) Type() string { return "counter.reminded" }
func (reminded) Version() int { return 1 }

type (
	makeIt  struct{ Counter string }
	raiseIt struct {
		By   int64
		Also civic.DossierID // raised by the same
		Gone []string        // boxes that are erased by it
	}
	breakIt struct{ How string }
	tickIt  struct{}
)

func (makeIt) Name() string  { return "counter.make" }
func (raiseIt) Name() string { return "counter.raise" }
func (breakIt) Name() string { return "counter.break" }
func (tickIt) Name() string  { return "counter.tick" }

type counterFacts struct {
	clerk.Moment
	known int // names in the catalog
}

type names map[string]bool

var counterTable = &store.Table{Name: "counters", Key: 2, Replace: true, Columns: store.Columns("realm:t dossier:t name:t sum:i")}

var counterMarks = &store.Table{Name: "counter_marks", Key: 3, Replace: true, Columns: store.Columns("realm:t dossier:t mark:i")}

//go:embed testdata/migrations/*.sql
var counterMigrations embed.FS

const counterPolicies = `
@id("counter.make") @law("Test law 1") @title_en("anyone makes a counter") @title_zh("任何人可以建立计数器")
permit (principal, action == Action::"counter.make", resource);
@id("counter.raise") @law("Test law 2") @title_en("posts raise") @title_zh("岗位可以增加")
permit (principal is Post, action in [Action::"counter.raise", Action::"counter.break"], resource);
@id("counter.not_closed") @law("Test law 3") @title_en("nobody raises a closed counter") @title_zh("不得增加已关闭的计数器")
forbid (principal, action == Action::"counter.raise", resource) when { resource.name == "closed" };
@id("counter.clock") @law("Test law 4") @title_en("the clock reminds") @title_zh("时钟提醒")
permit (principal is Clock, action == Action::"counter.tick", resource);
`

const counterOwn = `@id("own.residents") @law("Charter 1") @title_en("residents raise") @title_zh("居民可以增加")
permit (principal is Resident, action == Action::"counter.raise", resource);
`

func counterRoom() clerk.Room {
	files, _ := fs.Sub(counterMigrations, "testdata/migrations")
	return clerk.Room{
		Name:       "counter",
		Policies:   []byte(counterPolicies),
		Migrations: files,
		Own: func(c any) []byte { // a counter of this name lets residents raise
			if c.(names)["generous"] {
				return []byte(counterOwn)
			}
			return nil
		},
		Catalog: &clerk.Catalog{
			Kinds: []string{"counter"}, Empty: names{},
			Learn: func(c any, acts []journal.Act, _ func(string) ([]byte, error)) (any, error) {
				next := names{}
				for n := range c.(names) {
					next[n] = true
				}
				grew := false
				for _, a := range acts {
					if m, ok := a.Event.(made); ok {
						next[m.Name], grew = true, true
					}
				}
				if !grew {
					return c, nil
				}
				return next, nil
			},
		},
		Kinds: []clerk.Kind{clerk.Define(clerk.Def[counter, clerk.Command, counterFacts]{
			Kind:     "counter",
			Events:   []journal.Event{made{}, raised{}, reminded{}},
			Commands: []clerk.Command{makeIt{}, raiseIt{}, breakIt{}, tickIt{}},
			ID: func(c clerk.Command, _ civic.Position) civic.DossierID {
				return civic.DossierID("counter/" + c.(makeIt).Counter)
			},
			Evolve: func(s counter, a journal.Act) counter {
				switch e := a.Event.(type) {
				case made:
					s.Name = e.Name
				case raised:
					s.Sum += e.By
					s.Wake = a.Happened.Add(24 * time.Hour)
				case reminded:
					s.Wake = 0
				}
				return s
			},
			Facts: func(v *clerk.View, _ *clerk.Task, c clerk.Command, _ counter, load func(civic.DossierID) counter) (counterFacts, civic.Refusals) {
				if r, ok := c.(raiseIt); ok && r.Also != "" {
					load(r.Also)
				}
				return counterFacts{known: len(clerk.CatalogOf[names](v, "counter"))}, nil
			},
			At: func(f counterFacts, m clerk.Moment) counterFacts { f.Moment = m; return f },
			Resource: func(_ *clerk.View, t *clerk.Task, s counter, _ clerk.Command, _ counterFacts) types.Entity {
				return types.Entity{
					UID:        types.NewEntityUID("Counter", types.String(t.Dossier)),
					Attributes: types.NewRecord(types.RecordMap{"name": types.String(s.Name)}),
				}
			},
			Decide: func(s counter, c clerk.Command, f counterFacts) ([]journal.Draft, civic.Refusals) {
				switch c := c.(type) {
				case makeIt:
					return []journal.Draft{{Event: made{c.Counter}}}, nil
				case raiseIt:
					if s.Name == "" {
						return nil, civic.Refusals{civic.Refuse(civic.Missing, "counter.missing")}
					}
					drafts := []journal.Draft{{Event: raised{c.By}, Erases: c.Gone}}
					if c.Also != "" {
						drafts = append(drafts, journal.Draft{Dossier: c.Also, Event: raised{c.By}})
					}
					return drafts, nil
				case breakIt:
					if c.How == "panic" {
						panic("as asked")
					}
					return []journal.Draft{{Event: made{"\x00"}}}, nil // a text that PostgreSQL refuses
				case tickIt:
					if s.Wake == 0 || f.Now < s.Wake {
						return nil, nil
					}
					return []journal.Draft{{Event: reminded{}, Happened: s.Wake}}, nil
				}
				return nil, civic.Refusals{civic.Refuse(civic.Invalid, "counter.what")}
			},
			Tables: []*store.Table{counterTable, counterMarks},
			Rows: func(realm civic.Realm, id civic.DossierID, s counter) []store.Write {
				if s.Name == "no row" {
					panic("as asked")
				}
				w := []store.Write{{Table: counterTable, Row: store.Row{string(realm), string(id), s.Name, s.Sum}}}
				if s.Sum > 0 { // one mark that moves: the old one must go
					w = append(w, store.Write{Table: counterMarks, Row: store.Row{string(realm), string(id), s.Sum}})
				}
				return w
			},
			Wake: func(s counter) civic.Instant { return s.Wake },
			Tick: func() clerk.Command { return tickIt{} },
			Notes: func(_ *clerk.View, _ civic.DossierID, _, _ counter, _ journal.Act) []courier.Note {
				return nil
			},
		})},
	}
}
