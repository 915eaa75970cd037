package numbers

// Command is what somebody wants of the tables. Name is the power it needs: the Cedar action.
type Command interface {
	Name() string
}

// Begin starts the tables with a month. A second one changes nothing.
type Begin struct {
	First Month `json:"first"`
}

// Close is the clock's: months whose time has come are closed. It may come late and more than once.
type Close struct{}

// Publish publishes the table of a closed month. The document is in Facts; Digest says which one is meant.
type Publish struct {
	Month  Month  `json:"month"`
	Digest string `json:"digest"`
}

// SetLeast sets k for the tables that are made from now on.
type SetLeast struct {
	Least int    `json:"least" minimum:"5" maximum:"1000" doc:"The least count that is published"`
	Law   string `json:"law" minLength:"1" maxLength:"200" doc:"What it is set by"`
}

func (Begin) Name() string    { return "numbers.begin" }
func (Close) Name() string    { return "numbers.close" }
func (Publish) Name() string  { return "numbers.publish" }
func (SetLeast) Name() string { return "numbers.set_least" }

// Commands is one example of every command.
func Commands() []Command { return []Command{Begin{}, Close{}, Publish{}, SetLeast{}} }
