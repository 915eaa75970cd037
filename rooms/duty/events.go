package duty

import (
	"skein/frame/civic"
	"skein/frame/journal"
)

// Adopted brings a version of a document into force from a moment on.
type Adopted struct {
	Number int `json:"version"` // dense, from 1
	// Digest is SHA-256 of the canonical CSV, in hex: the document is public and kept by it.
	Digest    string        `json:"digest"`
	Effective civic.Instant `json:"effective"`
	Rows      int           `json:"rows"`
	// MovesOpen says that open matters are resolved again under this version; otherwise they stay where they are.
	MovesOpen bool `json:"moves_open,omitempty"`
	// Note is the digest of a public document that says why, or empty.
	Note string `json:"note,omitempty"`
	// Settles names the acts whose precedents this version answers, by taking them up or by leaving them.
	Settles []civic.Position `json:"settles,omitempty"`
}

// Withdrawn takes back a version before it came into force. Its number is not used again.
type Withdrawn struct {
	Number int    `json:"version"`
	Note   string `json:"note,omitempty"`
}

// PrecedentNoted keeps a ruling on who is responsible as a proposal to edit the list.
type PrecedentNoted struct {
	Ruling   civic.Position  `json:"ruling"` // the act that ruled
	Matter   civic.DossierID `json:"matter"`
	Category civic.Category  `json:"category"`
	Place    civic.PlaceID   `json:"place"`
	Lead     civic.BodyID    `json:"lead"`             // who is to lead from the ruling on
	Number   int             `json:"version"`          // the version that the first assignment stood on
	Row      string          `json:"row,omitempty"`    // its row, empty where there was none
	Before   civic.BodyID    `json:"before,omitempty"` // that row's lead
}

// TookEffect says that a version is in force from now on; those who follow the list act on it.
type TookEffect struct {
	Number    int  `json:"version"`
	MovesOpen bool `json:"moves_open,omitempty"`
}

func (Adopted) Type() string        { return "duty.adopted" }
func (Withdrawn) Type() string      { return "duty.withdrawn" }
func (PrecedentNoted) Type() string { return "duty.precedent_noted" }
func (TookEffect) Type() string     { return "duty.took_effect" }

func (Adopted) Version() int        { return 1 }
func (Withdrawn) Version() int      { return 1 }
func (PrecedentNoted) Version() int { return 1 }
func (TookEffect) Version() int     { return 1 }

// Register tells the journal every act type of this room.
func Register(r *journal.Registry) { r.Register(Events()...) }

// Events is one example of every event type.
func Events() []journal.Event {
	return []journal.Event{Adopted{}, Withdrawn{}, PrecedentNoted{}, TookEffect{}}
}
