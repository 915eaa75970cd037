package review

import (
	"slices"

	"skein/frame/civic"
	"skein/frame/procedure"
)

// Status is where an appeal stands.
type Status string

const (
	StatusNone      Status = "" // no such appeal
	StatusOpen      Status = "open"
	StatusTaken     Status = "taken"
	StatusDecided   Status = "decided"
	StatusWithdrawn Status = "withdrawn"
)

// Statuses lists every status of an appeal that exists.
var Statuses = []Status{StatusOpen, StatusTaken, StatusDecided, StatusWithdrawn}

// Result is what a decision says of what was appealed.
type Result string

const (
	Upheld   Result = "upheld"
	Varied   Result = "varied"
	Quashed  Result = "quashed"
	SentBack Result = "sent_back"
)

// Results lists every result.
var Results = []Result{Upheld, Varied, Quashed, SentBack}

// Step is something of which somebody above is told because time has run out; each happens once in its term.
type Step string

const (
	StepTake    Step = "take"    // nobody has taken the appeal
	StepDue     Step = "due"     // it has not been decided in time
	StepPublish Step = "publish" // the decision's reasons have not been published in time
)

// Steps lists every step.
var Steps = []Step{StepTake, StepDue, StepPublish}

// Term is a limit that runs.
type Term struct {
	Start       civic.Instant `json:"start"`
	Limit       Limit         `json:"limit"`
	Due         civic.Instant `json:"due"`
	Provisional bool          `json:"provisional,omitempty"` // the calendar is not known that far ahead
}

// Stay is what stands still until the decision, by which law.
type Stay struct {
	Holds string `json:"holds"`
	Law   string `json:"law"`
}

// Item is a text of the dossier: sealed in the matter's box, by its salted digest.
type Item struct {
	Seq    int64
	From   string // one of Sources
	Digest string
	Public bool
}

// Where texts come from.
const (
	FromAppeal       = "appeal"
	FromReply        = "reply"
	FromHearing      = "hearing"       // why a hearing is asked for
	FromPlace        = "hearing_place" // where and how it is held
	FromRecord       = "record"        // what was said there
	FromRecusal      = "recusal"
	FromExtension    = "extension"
	FromWithdrawal   = "withdrawal"
	FromFound        = "found"
	FromReasons      = "reasons"
	FromDirections   = "directions"
	FromPublicFound  = "public_found"   // as everyone may read it
	FromPublicReason = "public_reasons" // as everyone may read it
)

// Sources lists where texts come from.
var Sources = []string{
	FromAppeal, FromReply, FromHearing, FromPlace, FromRecord, FromRecusal, FromExtension, FromWithdrawal,
	FromFound, FromReasons, FromDirections, FromPublicFound, FromPublicReason,
}

// State is an appeal: its acts folded. The zero value is none. States are shared: nothing reachable from one is ever changed.
type State struct {
	ID     civic.DossierID
	Number Number
	Seq    int64
	Last   civic.Instant

	Matter    civic.DossierID
	Of        string // what is appealed: "answer", "decline", "withholding" or "masking"
	Ground    string
	Law       string // of the ground
	Appellant civic.PersonID
	// Appealing is the body that appealed what was found of it; then there is no appellant, and the texts are documents.
	Appealing  civic.BodyID
	Private    bool
	Contact    bool // the vault holds a way to reach whoever appealed
	Place      civic.PlaceID
	Places     []civic.PlaceID
	Calendar   string
	Respondent civic.BodyID // whose act it is
	// Posts and Bodies are all that had a hand in the matter.
	Posts  []civic.PostID
	Bodies []civic.BodyID
	// Withheld are the texts and photos that a decision can order to be shown, by digest.
	Withheld []string

	Status   Status
	Case     procedure.Case
	Reviewer civic.PostID
	// HearingBy is the side that asked to be heard.
	HearingBy string
	Recused   []civic.PostID
	TakeBy    Term
	DecideBy  Term
	Stay      *Stay
	Told      []Step

	Result     Result
	ResultLaw  string
	Outcome    string
	By         civic.Instant
	Show       []string
	Within     Limit
	Directions string
	Contest    Term // until when a court can be asked
	PublishBy  Term
	Published  civic.Instant

	Items []Item
}

// Exists reports whether there is such an appeal.
func (s State) Exists() bool { return s.Seq > 0 }

// Pending reports whether it waits for a decision.
func (s State) Pending() bool { return s.Status == StatusOpen || s.Status == StatusTaken }

// HasTold reports whether a step was taken in its term.
func (s State) HasTold(step Step) bool { return slices.Contains(s.Told, step) }

// text is the digest of the last text from a source, "" for none.
func (s State) text(from string) string {
	for _, it := range slices.Backward(s.Items) {
		if it.From == from {
			return it.Digest
		}
	}
	return ""
}

// grow appends to a copy: states share their slices.
func grow[T any](s []T, more ...T) []T { return append(slices.Clip(s), more...) }
