package matter

import "skein/frame/civic"

// Command is what somebody wants of a matter. Name is the power it needs: the Cedar
// action. Texts, files and contacts were sealed in the vault before; a command carries
// their salted digests.
type Command interface {
	Name() string
}

// Where says where a matter is, as the place room found it.
type Where struct {
	// Place is the most specific place; Places are all that hold it, most specific first.
	Place  civic.PlaceID   `json:"place,omitempty"`
	Places []civic.PlaceID `json:"places,omitempty"`
	// Point is exact, Snapped its blurred stand-in. Only one of them, or none, enters the act.
	Point   *Point `json:"point,omitempty"`
	Snapped *Point `json:"snapped,omitempty"`
	// Home says that the point is somebody's home: the exact one never enters an act.
	Home bool `json:"home,omitempty"`
	// Outside says that the point lies in no place of the realm.
	Outside bool `json:"outside,omitempty"`
}

// Report tells a problem.
type Report struct {
	Kind     Kind           `json:"kind"`
	Category civic.Category `json:"category,omitempty"`
	Where
	Address string `json:"address,omitempty"` // salted digest
	// Visibility left empty takes what the category says.
	Visibility Visibility     `json:"visibility,omitempty"`
	Channel    string         `json:"channel"`
	External   string         `json:"external,omitempty"`
	Text       string         `json:"text,omitempty"`
	Attached   []Attachment   `json:"attached,omitempty"`
	Contact    bool           `json:"contact,omitempty"`
	Against    civic.BodyID   `json:"against,omitempty"`
	Reporter   civic.PersonID `json:"reporter,omitempty"`
	Tracking   string         `json:"tracking,omitempty"`
}

// SetRight tells what a report lacks or has wrong; empty fields stay as they are.
type SetRight struct {
	Kind     Kind           `json:"kind,omitempty"`
	Category civic.Category `json:"category,omitempty"`
	Where
	// Visibility may only be narrowed.
	Visibility Visibility `json:"visibility,omitempty"`
	Reason     string     `json:"reason,omitempty"`
	// Against names the body complained of where the report did not.
	Against civic.BodyID `json:"against,omitempty"`
}

// Triage and Correct say the same of a matter without and with a lead.
type (
	Triage  struct{ SetRight }
	Correct struct{ SetRight }
)

// Assign asks the duty list again for a matter that waits: the clock's, after a new version of the list.
type Assign struct{}

// Accept binds the lead.
type Accept struct{}

// Object says that the lead is not responsible.
type Object struct {
	Ground   string       `json:"ground"`
	Proposed civic.BodyID `json:"proposed,omitempty"`
	Reason   string       `json:"reason"`
}

// Rule decides who is responsible. Lead empty keeps the assignment.
type Rule struct {
	Lead   civic.BodyID `json:"lead,omitempty"`
	Law    string       `json:"law"`
	Reason string       `json:"reason"`
	Unmasked
}

// Ask puts a question to the reporter.
type Ask struct {
	Text string `json:"text"`
}

// Supply answers it.
type Supply struct {
	Text     string       `json:"text,omitempty"`
	Attached []Attachment `json:"attached,omitempty"`
}

// What an amendment does to the way to reach the reporter.
const (
	ContactGiven = "given"
	ContactTaken = "taken_back"
)

// Amend corrects what the reporter told: a text that stands beside the first one, the address, or how to reach her.
type Amend struct {
	Text    string   `json:"text,omitempty"`
	Address string   `json:"address,omitempty"`
	Reach   *Contact `json:"contact,omitempty" doc:"How to reach her from now on; an empty one takes it back"`
	// Push is where her browser is told that there is news; an empty one takes it back.
	Push *Push `json:"push,omitempty" doc:"A subscription of web push (RFC 8030), for news on this matter; an empty one takes it back"`
	// Contact and Pushed say what became of it once it is sealed. No client gives them.
	Contact string `json:"-"`
	Pushed  string `json:"-"`
}

// Tell gives the reporter an interim word.
type Tell struct {
	Text    string `json:"text"`
	Release bool   `json:"release,omitempty"`
	Unmasked
}

// Contribute is a joint body's part. Body may be left empty by a post of that body.
type Contribute struct {
	Body     civic.BodyID `json:"body,omitempty"`
	Text     string       `json:"text"`
	Attached []Attachment `json:"attached,omitempty"`
}

// Pause stops the clock on a ground of the law.
type Pause struct {
	Ground string `json:"ground"`
	Reason string `json:"reason,omitempty"`
}

// Resume lets it run on.
type Resume struct{}

// Extend moves the due date, once, by at most the original limit.
type Extend struct {
	Limit  Limit  `json:"limit"`
	Reason string `json:"reason"`
}

// Join makes the matter go on in Into.
type Join struct {
	Into   civic.DossierID `json:"into" doc:"The public number of the other matter"`
	Reason string          `json:"reason,omitempty"`
}

// Split gives parts leads of their own.
type Split struct {
	Parts []Part `json:"parts"`
	Waits bool   `json:"waits,omitempty"`
}

// Part is one of them; what is empty is as in the main matter.
type Part struct {
	Kind     Kind           `json:"kind,omitempty"`
	Category civic.Category `json:"category,omitempty"`
	Where
	Text string `json:"text"`
	// Box is the part's own box of the vault. No client names it.
	Box civic.PersonID `json:"-"`
}

// Answer answers the resident.
type Answer struct {
	Outcome  Outcome       `json:"outcome"`
	By       civic.Instant `json:"by,omitempty"`
	Reason   string        `json:"reason"`
	Law      string        `json:"law,omitempty"`
	Evidence []Attachment  `json:"evidence,omitempty"`
	Release  bool          `json:"release,omitempty"`
	Unmasked
}

// ProposeDecline asks for a ruling that no body of this realm holds the power.
type ProposeDecline struct {
	Law       string `json:"law"`
	Reason    string `json:"reason"`
	Elsewhere string `json:"elsewhere"`
}

// Decline rules on that proposal.
type Decline struct {
	Decline bool   `json:"decline"`
	Law     string `json:"law"`
	Reason  string `json:"reason"`
}

// Confirm is the reporter's word on the answer.
type Confirm struct {
	Solved bool   `json:"solved"`
	Rating int    `json:"rating,omitempty"`
	Words  string `json:"words,omitempty"`
}

// Reopen begins a new round.
type Reopen struct {
	Reason string `json:"reason"`
}

// Appeal puts the matter to the review room.
type Appeal struct {
	Of     string `json:"of" doc:"answer, decline, withholding or masking"`
	Ground string `json:"ground" doc:"From the realm's list of grounds"`
	Reason string `json:"reason"`
}

// Stay lets stand still what the law says while an appeal is decided: the clock's, after an appeal was opened.
type Stay struct {
	Act    int64           `json:"act"` // that appealed, by its sequence number
	Appeal civic.DossierID `json:"appeal"`
	Holds  string          `json:"holds"`
	Law    string          `json:"law"`
}

// Obey does what an appeal's end says: the clock's. Show are digests of texts and photos, Within the limit of the new round or
// of what is to be decided anew, Directions the digest of what binds whoever does.
type Obey struct {
	Act        int64           `json:"act"` // that appealed, by its sequence number
	Appeal     civic.DossierID `json:"appeal"`
	Result     string          `json:"result"`
	Outcome    Outcome         `json:"outcome,omitempty"`
	By         civic.Instant   `json:"by,omitempty"`
	Show       []string        `json:"show,omitempty"`
	Within     Limit           `json:"within,omitempty"`
	Directions string          `json:"directions,omitempty"`
}

// Withdraw ends it by its reporter's will.
type Withdraw struct {
	Reason string `json:"reason,omitempty"`
}

// Release lets everyone see texts and photos. What everyone sees already can be named again to say its language, or another.
type Release struct {
	Items    []string `json:"items"`
	Language string   `json:"language,omitempty" maxLength:"35" doc:"In which the texts among them are written (BCP 47); left out, it is not said. Of the text, never of who wrote it"`
	Shown    bool     `json:"shown,omitempty" doc:"Only say the language of what everyone sees already; refused if anything among them is hidden"`
	Unmasked
}

// Unmasked is the deliberate word that what points to a person shall be shown to everyone as it is.
type Unmasked struct {
	Unmasked bool `json:"unmasked,omitempty" doc:"Show to everyone what points to a person, all the same"`
}

func (u Unmasked) deliberate() bool { return u.Unmasked }

// Withhold keeps them from the public.
type Withhold struct {
	Items  []string `json:"items"`
	Ground string   `json:"ground"`
	Law    string   `json:"law,omitempty"`
}

// Redact puts a masked version before an original.
type Redact struct {
	Item   string     `json:"item"`
	Shown  Attachment `json:"shown"`
	Ground string     `json:"ground"`
}

// Retract names an act entered by mistake, by its sequence number.
type Retract struct {
	Act    int64  `json:"act"`
	Reason string `json:"reason"`
}

// Attach adds texts or files.
type Attach struct {
	Text     string       `json:"text,omitempty"`
	Attached []Attachment `json:"attached,omitempty"`
}

// Import takes a matter over as one record.
type Import struct {
	Report
	Lead       civic.BodyID  `json:"lead,omitempty"`
	List       int           `json:"list,omitempty"`
	Row        string        `json:"row,omitempty"`
	Calendar   string        `json:"calendar,omitempty"`
	Resolution *Term         `json:"resolution,omitempty"`
	Steps      []RecordStep  `json:"steps,omitempty"`
	Status     Status        `json:"status"`
	Outcome    Outcome       `json:"outcome,omitempty"`
	AsOf       civic.Instant `json:"as_of"`
}

// Tick does what the clock owes by now. It may come late and more than once.
type Tick struct{}

// Move hands the matter of an ended body to its successor (Cause "successor", Body the one
// that ended), or asks a new version of the list (Cause "list").
type Move struct {
	Cause  string       `json:"cause"`
	Body   civic.BodyID `json:"body,omitempty"`
	Ground string       `json:"ground"`
}

// Relay tells the reporter of a joined matter what became of the one it was joined into.
type Relay struct {
	Main    civic.DossierID `json:"main"`
	Private bool            `json:"private"` // the main matter is
	Of      string          `json:"of"`      // one of Relays
}

// Recompute asks the calendar again after a new version of it.
type Recompute struct{}

// Erase has what was told erased: words, contact, photos, address and exact point, and what was answered to it.
type Erase struct {
	// Withdraw ends an open matter first; else it goes on without its reporter.
	Withdraw bool `json:"withdraw,omitempty" doc:"Withdraw the matter as well; otherwise it goes on by its codes, and nobody can write to you any more"`
	// Request and Checked are the desk's, which asks for somebody else.
	Request string `json:"request,omitempty" maxLength:"40" doc:"At the desk: the written request, by its file number"`
	Checked string `json:"checked,omitempty" maxLength:"100" doc:"At the desk: how it was made sure that the request is the reporter's: code, document or account"`
}

// PutHold puts a legal hold on what was told: it is not erased before the hold ends.
type PutHold struct {
	Ground string        `json:"ground" maxLength:"100"`
	Law    string        `json:"law"`
	Until  civic.Instant `json:"until" doc:"Microseconds since 1970; a year at the longest, and it can be said again"`
}

// Unhold ends a hold before its time.
type Unhold struct{}

// Expire erases what is due by the rules, or, with Main, because the matter that this is a part of was erased.
type Expire struct {
	Main civic.DossierID `json:"main,omitempty"`
}

func (Report) Name() string         { return "matter.report" }
func (Triage) Name() string         { return "matter.triage" }
func (Correct) Name() string        { return "matter.correct" }
func (Assign) Name() string         { return "matter.assign" }
func (Accept) Name() string         { return "matter.accept" }
func (Object) Name() string         { return "matter.object" }
func (Rule) Name() string           { return "matter.rule" }
func (Ask) Name() string            { return "matter.ask" }
func (Supply) Name() string         { return "matter.supply" }
func (Amend) Name() string          { return "matter.amend" }
func (Tell) Name() string           { return "matter.tell" }
func (Contribute) Name() string     { return "matter.contribute" }
func (Pause) Name() string          { return "matter.pause" }
func (Resume) Name() string         { return "matter.resume" }
func (Extend) Name() string         { return "matter.extend" }
func (Join) Name() string           { return "matter.join" }
func (Split) Name() string          { return "matter.split" }
func (Answer) Name() string         { return "matter.answer" }
func (ProposeDecline) Name() string { return "matter.propose_decline" }
func (Decline) Name() string        { return "matter.decline" }
func (Confirm) Name() string        { return "matter.confirm" }
func (Reopen) Name() string         { return "matter.reopen" }
func (Appeal) Name() string         { return "matter.appeal" }
func (Withdraw) Name() string       { return "matter.withdraw" }
func (Release) Name() string        { return "matter.release" }
func (Withhold) Name() string       { return "matter.withhold" }
func (Redact) Name() string         { return "matter.redact" }
func (Retract) Name() string        { return "matter.retract" }
func (Attach) Name() string         { return "matter.attach" }
func (Import) Name() string         { return "matter.import" }
func (Tick) Name() string           { return "matter.tick" }
func (Move) Name() string           { return "matter.move" }
func (Relay) Name() string          { return "matter.relay" }
func (Recompute) Name() string      { return "matter.recompute" }
func (Erase) Name() string          { return "matter.erase" }
func (PutHold) Name() string        { return "matter.hold" }
func (Unhold) Name() string         { return "matter.unhold" }
func (Expire) Name() string         { return "matter.expire" }
func (Stay) Name() string           { return "matter.stay" }
func (Obey) Name() string           { return "matter.obey" }

// Commands is one example of every command.
func Commands() []Command {
	return []Command{
		Report{}, Triage{}, Correct{}, Assign{}, Accept{}, Object{}, Rule{}, Ask{}, Supply{}, Tell{},
		Contribute{}, Pause{}, Resume{}, Extend{}, Join{}, Split{}, Answer{}, ProposeDecline{}, Decline{},
		Confirm{}, Reopen{}, Appeal{}, Withdraw{}, Release{}, Withhold{}, Redact{}, Retract{}, Attach{},
		Import{}, Tick{}, Move{}, Relay{}, Recompute{}, Amend{}, Stay{}, Obey{},
		Erase{}, PutHold{}, Unhold{}, Expire{}, Meet{},
	}
}
