package guide

import "skein/frame/civic"

// Command is what somebody wants of an article. Name is the power it needs: the Cedar action.
type Command interface {
	Name() string
}

// Write puts a draft in place of the one that waits; it begins an article of a code that there is not. Its text has been
// read already and is in Facts; Digest says which one is meant.
type Write struct {
	Article string       `json:"article"`
	Digest  string       `json:"digest"`
	Body    civic.BodyID `json:"body"`
}

// Discard takes the draft away that waits.
type Discard struct {
	Draft int `json:"draft" minimum:"1" doc:"The number of the draft that is meant"`
}

// Publish makes the draft that waits a version. Draft says which one was looked at.
type Publish struct {
	Draft int `json:"draft" minimum:"1" doc:"The number of the draft that was looked at"`
}

// Confirm says that the version in force is still right, until the next review.
type Confirm struct {
	Review string `json:"review" maxLength:"10" doc:"The day of the next review, 2006-01-02"`
}

// Withdraw takes an article off the pages. Reason is a text, which everyone may read.
type Withdraw struct {
	Reason  string `json:"reason" maxLength:"4000"`
	Instead string `json:"instead,omitempty" maxLength:"60" doc:"The code of an article to read instead"`
	Looked  bool   `json:"looked,omitempty" doc:"What looks like somebody's data in the reason was looked at, and is not"`
}

// Tick does what the clock owes an article by now.
type Tick struct{}

func (Write) Name() string    { return "guide.draft" }
func (Discard) Name() string  { return "guide.discard" }
func (Publish) Name() string  { return "guide.publish" }
func (Confirm) Name() string  { return "guide.review" }
func (Withdraw) Name() string { return "guide.withdraw" }
func (Tick) Name() string     { return "guide.tick" }

// Commands is one example of every command on an article.
func Commands() []Command {
	return []Command{Write{}, Discard{}, Publish{}, Confirm{}, Withdraw{}, Tick{}}
}

// What is asked of articles and feedback that is no command.
const (
	ActionReadDraft    = "guide.read_draft"
	ActionReadFeedback = "guide.read_feedback"
)
