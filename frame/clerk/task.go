package clerk

import (
	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/store"
)

// Command is what somebody wants. Name is the power it needs: the Cedar action.
type Command interface {
	Name() string
}

// Task is a command on its way: who wants it, of which dossier.
type Task struct {
	Command Command
	// Dossier is the dossier to act on; empty begins a new one of the command's kind.
	Dossier civic.DossierID
	Actor   civic.Actor
	// Begun, if set, is told the dossier that the task acted on; On, if set, is read for
	// the dossier when the task's turn comes. So tasks of one DoAll can follow each other.
	Begun, On *civic.DossierID
	// Happened may be set only with Imported: a time before the server knew.
	Happened civic.Instant
	Imported bool
	Inferred bool
	// Key makes the task run once: the same key and digest again get the same receipt.
	Key    string
	Digest string
	// Seq, if set, is the last act of the dossier that the task was made in view of: once
	// there is a later one, it is refused. For tasks that carry what they read.
	Seq int64
	// Tied, if set, gives rows that need to know the dossier; they are written in the same commit. It may be
	// called more than once.
	Tied func(civic.DossierID) []store.Write
	// Cause is the act that a reactor answers.
	Cause civic.Position
	// Box, if set, is the box of the vault that Writes seal into: once the dossier has another, or none, the task
	// is refused, so that nothing is written into a box that was erased meanwhile.
	Box string
	// Writes go with the acts: rows of the vault, documents.
	Writes []store.Write
	// Documents are the public documents in Writes, by digest, for catalogs to read.
	Documents map[string][]byte

	prepared civic.Instant
}

// Prepared is when facts are gathered for the task: what law and clocks would go by now.
// The moment of the decision itself may be a little later; see Moment.
func (t *Task) Prepared() civic.Instant { return t.prepared }

// Moment is what a decision may know of time and place in the journal.
type Moment struct {
	Now      civic.Instant  // law and clocks go by it
	Recorded civic.Instant  // the server's
	Position civic.Position // of the first act the decision drafts
}

// Receipt says what a task led to.
type Receipt struct {
	Dossier civic.DossierID
	First   civic.Position
	Last    civic.Position
	Acts    []journal.Act
	State   any // of the dossier, after the task
	// Again is set when the task had run before under its key.
	Again bool
}
