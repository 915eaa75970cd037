package powers

// Command is what somebody wants of the list. Name is the power it needs: the Cedar action.
type Command interface {
	Name() string
}

// Propose puts a document forward. It is the realm's own rules whole, as they are to be; it
// has been read already and is in Facts.
type Propose struct {
	Digest string `json:"digest"`
	Note   string `json:"note,omitempty"`
}

// Approve adopts the proposal that waits. Digest says which text was read.
type Approve struct {
	Proposal int    `json:"proposal" doc:"The number of the proposal that waits"`
	Digest   string `json:"digest" maxLength:"64" doc:"The digest of the text that was read and is approved"`
}

// Reject ends it.
type Reject struct {
	Proposal int    `json:"proposal" doc:"The number of the proposal that waits"`
	Note     string `json:"note,omitempty" maxLength:"64" doc:"Digest of a public document that says why"`
}

// Withdraw ends it by the post that proposed.
type Withdraw struct {
	Proposal int `json:"proposal" doc:"The number of the proposal that waits"`
}

func (Propose) Name() string  { return "powers.propose" }
func (Approve) Name() string  { return "powers.approve" }
func (Reject) Name() string   { return "powers.reject" }
func (Withdraw) Name() string { return "powers.withdraw" }

// Commands is one example of every command.
func Commands() []Command { return []Command{Propose{}, Approve{}, Reject{}, Withdraw{}} }
