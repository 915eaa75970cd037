package duty

import "skein/frame/civic"

// Command is what somebody wants of a list. Name is the power it needs: the Cedar action.
type Command interface {
	Name() string
}

// Adopt brings a document into force. The document has been read already and is in
// Facts; Digest says which one is meant. Effective is a day, "2012-01-31", in the
// realm's zone: the version is in force from its first moment, or from now on where that has passed.
type Adopt struct {
	Digest    string           `json:"digest"`
	Effective string           `json:"effective"`
	MovesOpen bool             `json:"moves_open,omitempty"`
	Note      string           `json:"note,omitempty"`
	Settles   []civic.Position `json:"settles,omitempty"`
}

// Withdraw takes back a version that is not yet in force.
type Withdraw struct {
	Number int    `json:"version"`
	Note   string `json:"note,omitempty"`
}

// NotePrecedent keeps a ruling as a proposal to edit the list. It is issued by the clock when a
// matter is ruled on, once an act: a second one with the same Ruling changes nothing.
type NotePrecedent struct {
	Ruling   civic.Position  `json:"ruling"`
	Matter   civic.DossierID `json:"matter"`
	Category civic.Category  `json:"category"`
	Place    civic.PlaceID   `json:"place"`
	Lead     civic.BodyID    `json:"lead"`
	Number   int             `json:"version"`
	Row      string          `json:"row,omitempty"`
	Before   civic.BodyID    `json:"before,omitempty"`
	// Private is that the matter is private: the act then shows nothing but its commitment.
	Private bool `json:"private,omitempty"`
}

// TakeEffect is the clock's: versions whose day has come take effect. It may come late and more than once.
type TakeEffect struct{}

func (Adopt) Name() string         { return "duty.adopt" }
func (Withdraw) Name() string      { return "duty.withdraw" }
func (NotePrecedent) Name() string { return "duty.note_precedent" }
func (TakeEffect) Name() string    { return "duty.take_effect" }

// Commands is one example of every command.
func Commands() []Command { return []Command{Adopt{}, Withdraw{}, NotePrecedent{}, TakeEffect{}} }
