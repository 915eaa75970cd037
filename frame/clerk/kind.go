package clerk

import (
	"context"
	"fmt"

	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/civic"
	"skein/frame/courier"
	"skein/frame/journal"
	"skein/frame/store"
)

// Def ties the pure functions of one kind of dossier to the frame: S its state, C its
// commands, F the facts its decisions need.
type Def[S any, C Command, F any] struct {
	// Kind is the first part of the dossier's name: "matter".
	Kind     string
	Events   []journal.Event
	Commands []C       // an example of each
	Reads    []Reading // what else the policies are asked of it; C must be met by them

	// ID names a new dossier: by the position of its first act, or by what the command says.
	ID func(c C, first civic.Position) civic.DossierID
	// Label, where a dossier's name tells a position, is what it is called instead in the texts of its acts: from its
	// state after the first of them, and for ever.
	Label func(S) string
	// Evolve folds one act; it must not change what its argument refers to.
	Evolve func(S, journal.Act) S
	// Facts gathers what Decide must know; load gives the state of further dossiers.
	Facts func(v *View, t *Task, c C, s S, load func(civic.DossierID) S) (F, civic.Refusals)
	// At fills in what only the writer knows.
	At func(f F, m Moment) F
	// Resource is the dossier as policies see it.
	Resource func(v *View, t *Task, s S, c C, f F) types.Entity
	// Decide is pure.
	Decide func(s S, c C, f F) ([]journal.Draft, civic.Refusals)

	// Tables are the tables that Rows fills; their key begins with the realm.
	Tables []*store.Table
	// Rows is what tables hold of a dossier in this state.
	Rows func(realm civic.Realm, id civic.DossierID, s S) []store.Write
	// Wake is when the clock next has business with the dossier; 0 is never.
	Wake func(S) civic.Instant
	// Tick is the clock's command.
	Tick func() C
	// Box is the box of the vault that what is said of a dossier is sealed into; nil where there is none.
	Box func(S) string
	// Erased deletes what followers of the kind wrote of dossiers whose boxes are erased, in the commit that erases them and after the
	// boxes, so that what is scrubbed for the boxes is scrubbed of that too; nil where they write nothing of what is in boxes.
	Erased func(ctx context.Context, tx *store.Tx, realm civic.Realm, ids []civic.DossierID) error
	// Notes are the messages an act leads to.
	Notes func(v *View, id civic.DossierID, before, after S, a journal.Act) []courier.Note
}

// Kind is a Def with its types forgotten, for the frame.
type Kind struct {
	Name     string
	Events   []journal.Event
	Commands []Command
	Reads    []Reading
	Tables   []*store.Table

	zero     any
	label    func(any) string // nil: its name
	id       func(c Command, first civic.Position) civic.DossierID
	evolve   func(any, journal.Act) any
	facts    func(v *View, t *Task, s any, load func(civic.DossierID) any) (any, civic.Refusals)
	resource func(v *View, t *Task, s any, f any) types.Entity
	decide   func(s any, c Command, f any, m Moment) ([]journal.Draft, civic.Refusals)
	rows     func(realm civic.Realm, id civic.DossierID, s any) []store.Write
	wake     func(any) civic.Instant
	tick     func() Command
	box      func(any) string
	erased   func(ctx context.Context, tx *store.Tx, realm civic.Realm, ids []civic.DossierID) error // nil: nothing
	notes    func(v *View, id civic.DossierID, before, after any, a journal.Act) []courier.Note
}

// Define makes a Kind of a Def. Rows, Wake, Tick and Notes may be nil.
func Define[S any, C Command, F any](d Def[S, C, F]) Kind {
	var zero S
	k := Kind{
		Name: d.Kind, Events: d.Events, Reads: d.Reads, Tables: d.Tables, zero: zero,
		id:     func(c Command, first civic.Position) civic.DossierID { return d.ID(c.(C), first) },
		evolve: func(s any, a journal.Act) any { return d.Evolve(s.(S), a) },
		facts: func(v *View, t *Task, s any, load func(civic.DossierID) any) (any, civic.Refusals) {
			return d.Facts(v, t, t.Command.(C), s.(S), func(id civic.DossierID) S {
				other, _ := load(id).(S) // a dossier of another kind is none
				return other
			})
		},
		resource: func(v *View, t *Task, s any, f any) types.Entity {
			return d.Resource(v, t, s.(S), t.Command.(C), f.(F))
		},
		decide: func(s any, c Command, f any, m Moment) ([]journal.Draft, civic.Refusals) {
			return d.Decide(s.(S), c.(C), d.At(f.(F), m))
		},
		rows:  func(civic.Realm, civic.DossierID, any) []store.Write { return nil },
		wake:  func(any) civic.Instant { return 0 },
		box:   func(any) string { return "" },
		notes: func(*View, civic.DossierID, any, any, journal.Act) []courier.Note { return nil },
	}
	k.erased = d.Erased
	if d.Label != nil {
		k.label = func(s any) string { return d.Label(s.(S)) }
	}
	for _, c := range d.Commands {
		k.Commands = append(k.Commands, c)
	}
	if d.Rows != nil {
		k.rows = func(r civic.Realm, id civic.DossierID, s any) []store.Write { return d.Rows(r, id, s.(S)) }
	}
	if d.Wake != nil {
		k.wake = func(s any) civic.Instant { return d.Wake(s.(S)) }
		k.tick = func() Command { return d.Tick() }
	}
	if d.Box != nil {
		k.box = func(s any) string { return d.Box(s.(S)) }
	}
	if d.Notes != nil {
		k.notes = func(v *View, id civic.DossierID, before, after any, a journal.Act) []courier.Note {
			return d.Notes(v, id, before.(S), after.(S), a)
		}
	}
	return k
}

// Catalog is a room's knowledge held whole in memory: places, bodies, the duty list. It
// is an immutable value that acts lead to the next one of.
type Catalog struct {
	// Kinds are the kinds of dossier whose acts it learns from.
	Kinds []string
	Empty any
	// Learn returns the catalog after the acts; document reads a public document.
	Learn func(catalog any, acts []journal.Act, document func(digest string) ([]byte, error)) (any, error)
}

// Fold rebuilds the state of a dossier from its acts.
func (k *Kind) Fold(acts []journal.Act) any {
	s := k.zero
	for _, a := range acts {
		s = k.evolve(s, a)
	}
	return s
}

func (k *Kind) check() error {
	for _, t := range k.Tables {
		if len(t.Columns) < 2 || t.Columns[0].Name != "realm" || !t.Replace {
			return fmt.Errorf("clerk: table %s of %s must begin with the realm and replace", t.Name, k.Name)
		}
	}
	return nil
}
