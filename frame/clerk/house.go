package clerk

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/power"
	"skein/frame/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Room is what a room offers the frame.
type Room struct {
	Name       string
	Kinds      []Kind
	Catalog    *Catalog
	Policies   []byte
	Schema     []byte // what policies may say of its dossiers
	Migrations fs.FS  // *.sql in its root; nil for none
	Reactors   []Reactor
	Rounds     []Round
	Sums       *Sums // nil for none
	// Older adds readers of older versions of the room's events; nil for none.
	Older func(*journal.Registry)
	// Own are the realm's own policies as this room's catalog knows them; nil for every room
	// but one.
	Own func(catalog any) []byte
}

// Boxes erases boxes of the vault in a transaction; what lies outside the database follows after the commit.
type Boxes interface {
	Erase(ctx context.Context, tx *store.Tx, realm civic.Realm, boxes []string, at civic.Instant) error
}

// House is all rooms of a deployment. It does not change while it runs.
type House struct {
	Rooms    []Room
	Registry *journal.Registry
	Powers   *power.Set
	// Boxes erases what decisions say is erased; set before a realm is opened whose rooms erase.
	Boxes Boxes

	kinds    map[string]*Kind
	commands map[string]*Kind
	reads    map[string]*Kind
	catalogs map[string]string // kind → room whose catalog learns from it
	entities func(*View) types.EntityGetter
	own      *Room // who knows the realm's own policies; nil if nobody does
}

// NewHouse puts rooms together. entities gives the posts, bodies and places as policies
// see them.
func NewHouse(entities func(*View) types.EntityGetter, rooms ...Room) (*House, error) {
	h := &House{
		Rooms: rooms, Registry: &journal.Registry{}, kinds: map[string]*Kind{}, commands: map[string]*Kind{}, reads: map[string]*Kind{},
		catalogs: map[string]string{}, entities: entities,
	}
	var sources []power.Source
	for i := range rooms {
		room := &rooms[i]
		sources = append(sources, power.Source{Room: room.Name, Text: room.Policies, Schema: room.Schema})
		if room.Own != nil {
			h.own = room
		}
		for j := range room.Kinds {
			k := &room.Kinds[j]
			if err := k.check(); err != nil {
				return nil, err
			}
			if h.kinds[k.Name] != nil {
				return nil, fmt.Errorf("clerk: two rooms have the kind %q", k.Name)
			}
			h.kinds[k.Name] = k
			h.Registry.Register(k.Events...)
			for _, c := range k.Commands {
				if h.commands[c.Name()] != nil {
					return nil, fmt.Errorf("clerk: two rooms have the command %q", c.Name())
				}
				h.commands[c.Name()] = k
			}
			for _, r := range k.Reads {
				h.reads[r.Name()] = k
			}
		}
		if room.Older != nil {
			room.Older(h.Registry)
		}
		if room.Catalog != nil {
			for _, kind := range room.Catalog.Kinds {
				h.catalogs[kind] = room.Name
			}
		}
	}
	var err error
	h.Powers, err = power.New(sources...)
	return h, err
}

// Migrate brings the tables of frame and rooms up to date.
func (h *House) Migrate(ctx context.Context, db *store.DB, more ...store.Migrations) error {
	own, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	sets := append([]store.Migrations{journal.Migrations(), {Room: "clerk", Files: own}}, more...)
	for _, room := range h.Rooms {
		if room.Migrations != nil {
			sets = append(sets, store.Migrations{Room: room.Name, Files: room.Migrations})
		}
	}
	return db.Migrate(ctx, sets...)
}

// Kind finds the kind of a dossier; nil if no room has it.
func (h *House) Kind(id civic.DossierID) *Kind { return h.kinds[id.Kind()] }

// Label is what the dossier that an act began is called where positions must not be told.
func (h *House) Label(first journal.Act) string {
	if k := h.Kind(first.Dossier); k != nil && k.label != nil && first.Event != nil {
		return k.label(k.evolve(k.zero, first))
	}
	return string(first.Dossier)
}

// KindFor finds the kind whose dossiers an action is done to; nil if no room has it.
func (h *House) KindFor(action string) *Kind {
	if k := h.commands[action]; k != nil {
		return k
	}
	return h.reads[action]
}

// View is what a realm knows at one position, whole and unchanging: facts are gathered
// from it.
type View struct {
	Realm    civic.Realm
	Settings Settings
	House    *House
	Powers   *power.Set
	// Version is the position of the last act a catalog learned from.
	Version  civic.Position
	Entities types.EntityGetter

	catalogs map[string]any
	own      []byte // the realm's own policies in Powers
}

// CatalogOf finds a room's catalog.
func CatalogOf[T any](v *View, room string) T { return v.catalogs[room].(T) }

// learn returns the view after acts, or the same view if no catalog learns from them.
func (v *View) learn(acts []journal.Act, document func(string) ([]byte, error)) (*View, error) {
	byRoom := map[string][]journal.Act{}
	for _, a := range acts {
		if room, ok := v.House.catalogs[a.Dossier.Kind()]; ok {
			byRoom[room] = append(byRoom[room], a)
		}
	}
	if len(byRoom) == 0 {
		return v, nil
	}
	next := *v
	next.catalogs = map[string]any{}
	for room, c := range v.catalogs {
		next.catalogs[room] = c
	}
	for _, room := range v.House.Rooms {
		if len(byRoom[room.Name]) == 0 {
			continue
		}
		c, err := room.Catalog.Learn(next.catalogs[room.Name], byRoom[room.Name], document)
		if err != nil {
			return nil, fmt.Errorf("clerk: the catalog of %s: %w", room.Name, err)
		}
		next.catalogs[room.Name] = c
		next.Version = max(next.Version, byRoom[room.Name][len(byRoom[room.Name])-1].Position)
	}
	next.Entities = v.House.entities(&next)
	if own := v.House.own; own != nil && len(byRoom[own.Name]) > 0 {
		text := own.Own(next.catalogs[own.Name])
		if string(text) != string(v.own) {
			var err error
			if next.Powers, err = v.House.Powers.With(text); err != nil {
				return nil, fmt.Errorf("clerk: the policies of %s: %w", v.Realm, err)
			}
			next.own = text
		}
	}
	return &next, nil
}

func (h *House) emptyView(realm civic.Realm, s Settings) *View {
	v := &View{Realm: realm, Settings: s, House: h, Powers: h.Powers, catalogs: map[string]any{}}
	for _, room := range h.Rooms {
		if room.Catalog != nil {
			v.catalogs[room.Name] = room.Catalog.Empty
		}
	}
	v.Entities = h.entities(v)
	return v
}
