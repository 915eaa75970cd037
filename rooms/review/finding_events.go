package review

import (
	"skein/frame/civic"
	"skein/frame/journal"
)

// Examined begins a legal review, and serves notice on the body that answers for what is examined.
type Examined struct {
	Subject Subject `json:"subject"`
	Asked   bool    `json:"asked,omitempty"`
	Why     string  `json:"why"` // document
	ReplyBy Term    `json:"reply_by"`
	FindBy  Term    `json:"find_by"`
}

// Accounted is the body's word before the finding.
type Accounted struct {
	Text string `json:"text"` // document
	Late bool   `json:"late,omitempty"`
}

// Found says whether it is lawful. Against are the aspects in which it is not.
type Found struct {
	Unlawful bool     `json:"unlawful,omitempty"`
	Against  []string `json:"against,omitempty"`
	Law      string   `json:"law"`
	Reasons  string   `json:"reasons"` // document
	AnswerBy *Term    `json:"answer_by,omitempty"`
}

// Recommended is a recommendation of a court or procurator to a body.
type Recommended struct {
	Subject  Subject `json:"subject"`
	Law      string  `json:"law"`
	Text     string  `json:"text"` // document
	AnswerBy Term    `json:"answer_by"`
}

// Responded is the body's answer: corrected or followed, or why not.
type Responded struct {
	Follows bool   `json:"follows,omitempty"`
	Text    string `json:"text"` // document
	Late    bool   `json:"late,omitempty"`
}

// Reminded tells the coordinating body that a limit has run out. It decides nothing.
type Reminded struct {
	Step Step          `json:"step"`
	Body civic.BodyID  `json:"body,omitempty"`
	Due  civic.Instant `json:"due"`
}

func (Examined) Type() string    { return "review.examined" }
func (Accounted) Type() string   { return "review.accounted" }
func (Found) Type() string       { return "review.found" }
func (Recommended) Type() string { return "review.recommended" }
func (Responded) Type() string   { return "review.responded" }
func (Reminded) Type() string    { return "review.reminded" }

func (Examined) Version() int    { return 1 }
func (Accounted) Version() int   { return 1 }
func (Found) Version() int       { return 1 }
func (Recommended) Version() int { return 1 }
func (Responded) Version() int   { return 1 }
func (Reminded) Version() int    { return 1 }

// FindingEvents is one example of every event type of a finding.
func FindingEvents() []journal.Event {
	return []journal.Event{Examined{}, Accounted{}, Found{}, Recommended{}, Responded{}, Reminded{}}
}

// Examine begins a legal review of a public act, a policy or a row of the duty list.
type Examine struct {
	Kind   string  `json:"kind" doc:"act, policy or row"`
	Thing  string  `json:"thing" maxLength:"128" doc:"The public id of the act, of the policy, or of the row in the list in force"`
	Asked  bool    `json:"asked,omitempty" doc:"Somebody asked for it; otherwise of one's own motion"`
	Why    string  `json:"why" maxLength:"40000"`
	Looked bool    `json:"looked,omitempty" doc:"What still looks like somebody's data was looked at, and is not"`
	About  Subject `json:"-"`
}

// Account is the body's word before the finding.
type Account struct {
	Text   string `json:"text" maxLength:"40000"`
	Looked bool   `json:"looked,omitempty" doc:"What still looks like somebody's data was looked at, and is not"`
}

// Find says whether it is lawful.
type Find struct {
	Unlawful bool     `json:"unlawful,omitempty"`
	Against  []string `json:"against,omitempty" maxItems:"4" doc:"power, procedure, proportion, equal_treatment"`
	Law      string   `json:"law" maxLength:"1000"`
	Reasons  string   `json:"reasons" maxLength:"40000"`
	Within   Limit    `json:"within,omitempty" maxLength:"20" doc:"Within which limit it is corrected or answered; the realm's where none is said"`
	Looked   bool     `json:"looked,omitempty" doc:"What still looks like somebody's data was looked at, and is not"`
}

// Recommend recommends something to a body: of a court or procurator.
type Recommend struct {
	Body   civic.BodyID `json:"body" maxLength:"128"`
	Law    string       `json:"law" maxLength:"1000"`
	Text   string       `json:"text" maxLength:"40000"`
	Within Limit        `json:"within,omitempty" maxLength:"20" doc:"Within which limit it is answered; the realm's where none is said"`
	Looked bool         `json:"looked,omitempty" doc:"What still looks like somebody's data was looked at, and is not"`
	About  Subject      `json:"-"`
}

// Respond is the body's answer.
type Respond struct {
	Follows bool   `json:"follows,omitempty" doc:"It is corrected, or followed; otherwise the text says why not"`
	Text    string `json:"text" maxLength:"40000"`
	Looked  bool   `json:"looked,omitempty" doc:"What still looks like somebody's data was looked at, and is not"`
}

// Remind does what the clock owes a finding by now.
type Remind struct{}

func (Examine) Name() string   { return "review.examine" }
func (Account) Name() string   { return "review.account" }
func (Find) Name() string      { return "review.find" }
func (Recommend) Name() string { return "review.recommend" }
func (Respond) Name() string   { return "review.respond" }
func (Remind) Name() string    { return "review.remind" }

// FindingCommands is one example of every command on a finding.
func FindingCommands() []Command {
	return []Command{Examine{}, Account{}, Find{}, Recommend{}, Respond{}, Remind{}}
}
