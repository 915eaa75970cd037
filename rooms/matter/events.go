package matter

import (
	"encoding/json"

	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/journal"
)

// Texts and files are named in events by their salted digests; what they say is in the
// vault. A person is named by an id that was made for this one matter.

// Reported begins a matter.
type Reported struct {
	Number     Number          `json:"number"`
	Kind       Kind            `json:"kind"`
	Category   civic.Category  `json:"category,omitempty"`
	Place      civic.PlaceID   `json:"place,omitempty"`
	Places     []civic.PlaceID `json:"places,omitempty"` // all that hold it, most specific first
	Point      *Point          `json:"point,omitempty"`  // exact if public, snapped if blurred, none if private
	Address    string          `json:"address,omitempty"`
	Visibility Visibility      `json:"visibility"`
	Channel    string          `json:"channel"`
	External   string          `json:"external,omitempty"` // the id in the source it came from
	Text       string          `json:"text,omitempty"`
	Attached   []Attachment    `json:"attached,omitempty"`
	Contact    bool            `json:"contact,omitempty"` // the vault holds a way to reach her
	Against    civic.BodyID    `json:"against,omitempty"`
	Reporter   civic.PersonID  `json:"reporter,omitempty"`
	Tracking   string          `json:"tracking,omitempty"` // SHA-256 of the secret code, hex
	Parent     civic.DossierID `json:"parent,omitempty"`   // the matter it was split from
	Start      civic.Instant   `json:"start,omitempty"`    // where its clock began before it: a part's
	Triage     *Waiting        `json:"triage,omitempty"`   // set when it waits for the desk
	ReleaseBy  *Term           `json:"release_by,omitempty"`
}

// Waiting says why a matter has no lead yet, who must see to it and by when.
type Waiting struct {
	Why         string         `json:"why"`
	Leads       []civic.BodyID `json:"leads,omitempty"` // the rivals of an overlap
	By          Term           `json:"by"`
	Coordinator civic.BodyID   `json:"coordinator,omitempty"`
}

// Triaged tells what was missing: category, place or kind.
type Triaged struct {
	Kind       Kind            `json:"kind"`
	Category   civic.Category  `json:"category,omitempty"`
	Place      civic.PlaceID   `json:"place,omitempty"`
	Places     []civic.PlaceID `json:"places,omitempty"`
	Point      *Point          `json:"point,omitempty"`
	Visibility Visibility      `json:"visibility"`
	// Why is what still stands in the way; empty when a lead is assigned next.
	Why         string         `json:"why,omitempty"`
	Leads       []civic.BodyID `json:"leads,omitempty"`
	Coordinator civic.BodyID   `json:"coordinator,omitempty"`
	Against     civic.BodyID   `json:"against,omitempty"`
}

// Assigned names the one lead.
type Assigned struct {
	Round      int          `json:"round"`
	By         string       `json:"by"`              // "list", "ruling", "correction", "reopening"
	Ruled      bool         `json:"ruled,omitempty"` // the lead stands on a ruling
	Lead       civic.BodyID `json:"lead"`
	Officer    civic.PostID `json:"officer,omitempty"`
	Joint      []Joint      `json:"joint,omitempty"`
	List       int          `json:"list,omitempty"` // number of the list's version
	ListDigest string       `json:"list_digest,omitempty"`
	Row        string       `json:"row,omitempty"`
	RowLead    civic.BodyID `json:"row_lead,omitempty"`
	Near       []string     `json:"near,omitempty"` // rows that would have come next
	Why        Sentence     `json:"why"`
	Law        string       `json:"law,omitempty"`
	Response   Term         `json:"response"`
	Objection  Term         `json:"objection"`
	Resolution Term         `json:"resolution"`
	Calendar   string       `json:"calendar,omitempty"`
	CalVersion string       `json:"calendar_version,omitempty"`
	// Coordinator is the coordinating body of the place.
	Coordinator civic.BodyID `json:"coordinator,omitempty"`
}

// Accepted binds the lead.
type Accepted struct {
	Body      civic.BodyID `json:"body"`
	BySilence bool         `json:"by_silence,omitempty"` // the objection limit ran out
	Late      bool         `json:"late,omitempty"`       // after the response limit
}

// Objected asks for a ruling on who is responsible.
type Objected struct {
	Body        civic.BodyID `json:"body"`
	Ground      string       `json:"ground"`
	Proposed    civic.BodyID `json:"proposed,omitempty"`
	Reason      string       `json:"reason,omitempty"`
	Coordinator civic.BodyID `json:"coordinator,omitempty"`
	Ruling      Term         `json:"ruling"`
}

// Ruled decides who is responsible.
type Ruled struct {
	Keep      bool         `json:"keep"`
	Lead      civic.BodyID `json:"lead"`
	BySilence bool         `json:"by_silence,omitempty"`
	Law       string       `json:"law,omitempty"`
	Reason    string       `json:"reason,omitempty"`
	// Precedent proposes an edit to the duty list; set when the lead is another than the list's.
	Precedent *Precedent `json:"precedent,omitempty"`
}

// Precedent is what a ruling says against the list.
type Precedent struct {
	Category civic.Category `json:"category"`
	Place    civic.PlaceID  `json:"place"`
	Lead     civic.BodyID   `json:"lead"`
	List     int            `json:"list,omitempty"`
	Row      string         `json:"row,omitempty"`
	Before   civic.BodyID   `json:"before,omitempty"`
}

// Corrected sets a wrong category, place or kind right; the clock runs on.
type Corrected struct {
	Kind       Kind            `json:"kind"`
	Category   civic.Category  `json:"category,omitempty"`
	Place      civic.PlaceID   `json:"place,omitempty"`
	Places     []civic.PlaceID `json:"places,omitempty"`
	Point      *Point          `json:"point,omitempty"`
	Visibility Visibility      `json:"visibility"`
	Reason     string          `json:"reason,omitempty"`
	Against    civic.BodyID    `json:"against,omitempty"`
	// Triage is set when the body complained of turns out to be the one the list names.
	Triage *Waiting `json:"triage,omitempty"`
}

// Asked puts a question to the reporter.
type Asked struct {
	Text string `json:"text"`
}

// Supplied is the reporter's answer.
type Supplied struct {
	Text      string       `json:"text,omitempty"`
	Attached  []Attachment `json:"attached,omitempty"`
	ReleaseBy *Term        `json:"release_by,omitempty"`
}

// Amended corrects what the reporter told. What was there before stays in the vault, until it is erased.
type Amended struct {
	Text      string `json:"text,omitempty"`
	Address   string `json:"address,omitempty"`
	Contact   string `json:"contact,omitempty"` // ContactGiven, ContactTaken, or neither
	ReleaseBy *Term  `json:"release_by,omitempty"`
	Push      string `json:"push,omitempty"` // as Contact
}

// Told is an interim word to the reporter.
type Told struct {
	Text     string `json:"text"`
	Released bool   `json:"released,omitempty"`
}

// Contributed is a joint body's part.
type Contributed struct {
	Body     civic.BodyID `json:"body"`
	Text     string       `json:"text"`
	Attached []Attachment `json:"attached,omitempty"`
	Late     bool         `json:"late,omitempty"`
}

// Paused stops the clock on a ground of the law, Until at the longest.
type Paused struct {
	Ground string        `json:"ground"`
	Law    string        `json:"law"`
	Reason string        `json:"reason,omitempty"`
	Until  civic.Instant `json:"until"`
	// Due is the due date if the pause lasts that long.
	Due Term `json:"due"`
}

// Resumed lets the clock run on.
type Resumed struct {
	AtLongest bool    `json:"at_longest,omitempty"` // the longest total was used up
	Due       Term    `json:"due"`
	Joint     []Joint `json:"joint,omitempty"`
}

// Extended moves the due date, once.
type Extended struct {
	Limit  Limit  `json:"limit"`
	Reason string `json:"reason"`
	Due    Term   `json:"due"`
}

// Escalated tells somebody that time is running out or has run out.
type Escalated struct {
	Round int  `json:"round"`
	Step  Step `json:"step"`
	// Of is the body that is late or reminded, if there is one.
	Of civic.BodyID `json:"of,omitempty"`
	// To is the supervising post; Body the body told where it is not a post.
	To     civic.PostID  `json:"to,omitempty"`
	Body   civic.BodyID  `json:"body,omitempty"`
	Vacant bool          `json:"vacant,omitempty"` // nobody supervises: the coordinating body instead
	Due    civic.Instant `json:"due"`              // the limit that ran out or is running
}

// Joined makes the matter go on in another.
type Joined struct {
	Into   civic.DossierID `json:"into"`
	Reason string          `json:"reason,omitempty"`
}

// TookIn is the other side of Joined: this matter's answer is theirs too.
type TookIn struct {
	Matter civic.DossierID `json:"matter"`
}

// Separated undoes a joining. It is written in both matters: the one that was joined is
// again as before, the main one no longer answers for it.
type Separated struct {
	Other civic.DossierID `json:"other"`
	Why   string          `json:"why"` // "retracted" or "main_withdrawn"
}

// Relayed tells in a joined matter what became of the main one.
type Relayed struct {
	Main civic.DossierID `json:"main"`
	Of   string          `json:"of"` // the main matter's act, without "matter."
}

// SplitUp gives parts of the matter leads of their own.
type SplitUp struct {
	Parts []civic.DossierID `json:"parts"`
	Waits bool              `json:"waits,omitempty"` // the main matter is answered after its parts
}

// Answered is the lead's answer to the resident.
type Answered struct {
	Outcome  Outcome       `json:"outcome"`
	By       civic.Instant `json:"by,omitempty"` // the date it is planned by
	Reason   string        `json:"reason,omitempty"`
	Law      string        `json:"law,omitempty"`
	Evidence []Attachment  `json:"evidence,omitempty"`
	Late     bool          `json:"late,omitempty"`
	Released bool          `json:"released,omitempty"`
	Lapse    Term          `json:"lapse"`
}

// DeclineProposed asks for a ruling that no body of this realm holds the power.
type DeclineProposed struct {
	Body        civic.BodyID `json:"body"`
	Law         string       `json:"law"`
	Reason      string       `json:"reason"`
	Elsewhere   string       `json:"elsewhere"` // code of the authority outside that does
	Coordinator civic.BodyID `json:"coordinator,omitempty"`
	Ruling      Term         `json:"ruling"`
}

// Declined rules that no body of this realm holds the power.
type Declined struct {
	Law       string `json:"law"`
	Reason    string `json:"reason,omitempty"`
	Elsewhere string `json:"elsewhere"`
}

// DeclineRefused rules that the lead remains responsible.
type DeclineRefused struct {
	BySilence bool   `json:"by_silence,omitempty"`
	Law       string `json:"law,omitempty"`
	Reason    string `json:"reason,omitempty"`
}

// Confirmed is the reporter's word on the answer.
type Confirmed struct {
	Solved bool `json:"solved"`
	// Rating is 1 to 5 of the answer, 0 none: of a body's work, never of a person.
	Rating int    `json:"rating,omitempty"`
	Words  string `json:"words,omitempty"`
}

// Reopened begins a new round.
type Reopened struct {
	Round  int      `json:"round"`
	Reason string   `json:"reason,omitempty"`
	Triage *Waiting `json:"triage,omitempty"` // set when nobody can be assigned
}

// Lapsed closes an answered matter that nobody spoke on.
type Lapsed struct{}

// Appealed puts the matter to the review room. Before version 2 no ground was given.
type Appealed struct {
	Of     string `json:"of"` // one of Appealable
	Ground string `json:"ground,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// Stayed says what stands still while an appeal is decided, by which law.
type Stayed struct {
	Act    int64           `json:"act"` // that appealed, by its sequence number
	Appeal civic.DossierID `json:"appeal"`
	Holds  string          `json:"holds"` // one of Stays
	Law    string          `json:"law"`
}

// Obeyed is what an appeal's end means for the matter; a stay ends with it.
type Obeyed struct {
	Act    int64           `json:"act"` // that appealed, by its sequence number
	Appeal civic.DossierID `json:"appeal"`
	Of     string          `json:"of"`
	Result string          `json:"result"` // one of Results
	// Round is the new round that begins, 0 for none; Triage is set when nobody can be assigned to it.
	Round  int      `json:"round,omitempty"`
	Triage *Waiting `json:"triage,omitempty"`
	// Outcome and By are what the answer says instead.
	Outcome Outcome       `json:"outcome,omitempty"`
	By      civic.Instant `json:"by,omitempty"`
	// Show are what may not be withheld any more; they are released by ReleaseBy.
	Show       []string `json:"show,omitempty"`
	Directions string   `json:"directions,omitempty"` // that bind whoever decides anew
	ReleaseBy  *Term    `json:"release_by,omitempty"`
	Lapse      *Term    `json:"lapse,omitempty"` // runs anew after a stay
}

// Withdrawn ends a matter by its reporter's will.
type Withdrawn struct {
	Reason string `json:"reason,omitempty"`
}

// Released lets everyone see texts and photos. Language is in which the texts among them are written, as the post that released them
// says; "" where it did not say, as nobody did before version 2.
type Released struct {
	Items    []string       `json:"items"`
	Language words.Language `json:"language,omitempty"`
}

// Withheld keeps texts and photos from the public, on a ground.
type Withheld struct {
	Items  []string `json:"items"`
	Ground string   `json:"ground"`
	Law    string   `json:"law,omitempty"`
}

// Redacted puts a masked version before an original. Only the masked one can be shown.
type Redacted struct {
	Item   string     `json:"item"`
	Shown  Attachment `json:"shown"`
	Ground string     `json:"ground"`
}

// Retracted names an act that was entered by mistake; both stay.
type Retracted struct {
	Act    int64  `json:"act"` // its sequence number in the matter
	Of     string `json:"of"`  // its type
	Reason string `json:"reason"`
}

// Attached adds texts or files.
type Attached struct {
	From      string       `json:"from"` // "reporter", "lead", "joint" or "desk"
	Text      string       `json:"text,omitempty"`
	Attached  []Attachment `json:"attached,omitempty"`
	ReleaseBy *Term        `json:"release_by,omitempty"`
}

// Imported is a matter's whole known history, taken over as a record.
type Imported struct {
	Report Reported `json:"report"`
	// Lead and Due are what the source says, Row and List what it was matched with.
	Lead        civic.BodyID `json:"lead,omitempty"`
	List        int          `json:"list,omitempty"`
	Row         string       `json:"row,omitempty"`
	Calendar    string       `json:"calendar,omitempty"`
	Resolution  *Term        `json:"resolution,omitempty"`
	Steps       []RecordStep `json:"steps,omitempty"` // in order of time
	Status      Status       `json:"status"`
	Outcome     Outcome      `json:"outcome,omitempty"`
	Coordinator civic.BodyID `json:"coordinator,omitempty"`
	// AsOf is the instant up to which the source knows; no limit that ran out by then escalates.
	AsOf civic.Instant `json:"as_of"`
}

// RecordStep is one dated step of an imported record; Act is a type without "matter.".
type RecordStep struct {
	Act      string        `json:"act"`
	At       civic.Instant `json:"at"`
	Inferred bool          `json:"inferred,omitempty"`
}

// Reassigned hands a matter over for a cause outside it; its clock runs on.
type Reassigned struct {
	Cause  string       `json:"cause"` // "successor" or "list"
	Ground string       `json:"ground"`
	From   civic.BodyID `json:"from,omitempty"`
	// Lead is empty when nobody could be found: the matter then waits for the desk.
	Lead       civic.BodyID `json:"lead,omitempty"`
	Joint      []Joint      `json:"joint,omitempty"`
	List       int          `json:"list,omitempty"`
	ListDigest string       `json:"list_digest,omitempty"`
	Row        string       `json:"row,omitempty"`
	RowLead    civic.BodyID `json:"row_lead,omitempty"`
	Law        string       `json:"law,omitempty"`
	// Response and Objection are set where the new lead may object: not on succession.
	Response    *Term        `json:"response,omitempty"`
	Objection   *Term        `json:"objection,omitempty"`
	Triage      *Waiting     `json:"triage,omitempty"`
	Coordinator civic.BodyID `json:"coordinator,omitempty"`
}

// Recomputed moves the running terms because a calendar has a new version.
type Recomputed struct {
	Calendar   string  `json:"calendar,omitempty"`
	CalVersion string  `json:"calendar_version,omitempty"`
	Response   Term    `json:"response"`
	Objection  Term    `json:"objection"`
	Resolution Term    `json:"resolution"`
	Joint      []Joint `json:"joint,omitempty"`
}

// ErasureAsked has what was told erased as soon as the hold on it ends.
type ErasureAsked struct {
	Until civic.Instant `json:"until"` // the end of the hold, as it is now
	// Request and Checked are the desk's: the written request, and how it was made sure whose it is.
	Request string `json:"request,omitempty"`
	Checked string `json:"checked,omitempty"`
}

// Erased says that words, contact, photos, address and exact point are gone, and on which ground; the key of their box was
// destroyed in the commit of this act.
type Erased struct {
	Ground  string `json:"ground"`            // "asked", "retention" or "main"
	Law     string `json:"law,omitempty"`     // of retention
	Request string `json:"request,omitempty"` // as in ErasureAsked
	Checked string `json:"checked,omitempty"`
}

// Held delays erasures on a ground of the law.
type Held struct {
	Ground string        `json:"ground"`
	Law    string        `json:"law"`
	Until  civic.Instant `json:"until"`
}

// Unheld ends a hold.
type Unheld struct {
	RanOut bool `json:"ran_out,omitempty"`
}

func (Reported) Type() string        { return "matter.reported" }
func (Triaged) Type() string         { return "matter.triaged" }
func (Assigned) Type() string        { return "matter.assigned" }
func (Accepted) Type() string        { return "matter.accepted" }
func (Objected) Type() string        { return "matter.objected" }
func (Ruled) Type() string           { return "matter.ruled" }
func (Corrected) Type() string       { return "matter.corrected" }
func (Asked) Type() string           { return "matter.asked" }
func (Supplied) Type() string        { return "matter.supplied" }
func (Amended) Type() string         { return "matter.amended" }
func (Told) Type() string            { return "matter.told" }
func (Contributed) Type() string     { return "matter.contributed" }
func (Paused) Type() string          { return "matter.paused" }
func (Resumed) Type() string         { return "matter.resumed" }
func (Extended) Type() string        { return "matter.extended" }
func (Escalated) Type() string       { return "matter.escalated" }
func (Joined) Type() string          { return "matter.joined" }
func (TookIn) Type() string          { return "matter.took_in" }
func (Separated) Type() string       { return "matter.separated" }
func (SplitUp) Type() string         { return "matter.split" }
func (Answered) Type() string        { return "matter.answered" }
func (DeclineProposed) Type() string { return "matter.decline_proposed" }
func (Declined) Type() string        { return "matter.declined" }
func (DeclineRefused) Type() string  { return "matter.decline_refused" }
func (Confirmed) Type() string       { return "matter.confirmed" }
func (Reopened) Type() string        { return "matter.reopened" }
func (Lapsed) Type() string          { return "matter.lapsed" }
func (Appealed) Type() string        { return "matter.appealed" }
func (Withdrawn) Type() string       { return "matter.withdrawn" }
func (Released) Type() string        { return "matter.released" }
func (Withheld) Type() string        { return "matter.withheld" }
func (Redacted) Type() string        { return "matter.redacted" }
func (Retracted) Type() string       { return "matter.retracted" }
func (Attached) Type() string        { return "matter.attached" }
func (Imported) Type() string        { return "matter.imported" }
func (Reassigned) Type() string      { return "matter.reassigned" }
func (Recomputed) Type() string      { return "matter.recomputed" }
func (Relayed) Type() string         { return "matter.relayed" }
func (ErasureAsked) Type() string    { return "matter.erasure_asked" }
func (Erased) Type() string          { return "matter.erased" }
func (Held) Type() string            { return "matter.held" }
func (Unheld) Type() string          { return "matter.unheld" }
func (Stayed) Type() string          { return "matter.stayed" }
func (Obeyed) Type() string          { return "matter.obeyed" }

func (Reported) Version() int        { return 1 }
func (Triaged) Version() int         { return 1 }
func (Assigned) Version() int        { return 1 }
func (Accepted) Version() int        { return 1 }
func (Objected) Version() int        { return 1 }
func (Ruled) Version() int           { return 1 }
func (Corrected) Version() int       { return 1 }
func (Asked) Version() int           { return 1 }
func (Supplied) Version() int        { return 1 }
func (Amended) Version() int         { return 2 }
func (Told) Version() int            { return 1 }
func (Contributed) Version() int     { return 1 }
func (Paused) Version() int          { return 1 }
func (Resumed) Version() int         { return 1 }
func (Extended) Version() int        { return 1 }
func (Escalated) Version() int       { return 1 }
func (Joined) Version() int          { return 1 }
func (TookIn) Version() int          { return 1 }
func (Separated) Version() int       { return 1 }
func (SplitUp) Version() int         { return 1 }
func (Answered) Version() int        { return 1 }
func (DeclineProposed) Version() int { return 1 }
func (Declined) Version() int        { return 1 }
func (DeclineRefused) Version() int  { return 1 }
func (Confirmed) Version() int       { return 1 }
func (Reopened) Version() int        { return 1 }
func (Lapsed) Version() int          { return 1 }
func (Appealed) Version() int        { return 2 }
func (Withdrawn) Version() int       { return 1 }
func (Released) Version() int        { return 2 }
func (Withheld) Version() int        { return 1 }
func (Redacted) Version() int        { return 1 }
func (Retracted) Version() int       { return 1 }
func (Attached) Version() int        { return 1 }
func (Imported) Version() int        { return 1 }
func (Reassigned) Version() int      { return 1 }
func (Recomputed) Version() int      { return 1 }
func (Relayed) Version() int         { return 1 }
func (ErasureAsked) Version() int    { return 1 }
func (Erased) Version() int          { return 1 }
func (Held) Version() int            { return 1 }
func (Unheld) Version() int          { return 1 }
func (Stayed) Version() int          { return 1 }
func (Obeyed) Version() int          { return 1 }

// Events is one example of every event type, in the order of the central loop's table.
func Events() []journal.Event {
	return []journal.Event{
		Reported{}, Triaged{}, Assigned{}, Accepted{}, Objected{}, Ruled{}, Corrected{},
		Asked{}, Supplied{}, Told{}, Contributed{}, Paused{}, Resumed{}, Extended{},
		Escalated{}, Joined{}, TookIn{}, Separated{}, SplitUp{}, Answered{},
		DeclineProposed{}, Declined{}, DeclineRefused{}, Confirmed{}, Reopened{}, Lapsed{},
		Appealed{}, Withdrawn{}, Released{}, Withheld{}, Redacted{}, Retracted{},
		Attached{}, Imported{}, Reassigned{}, Recomputed{}, Relayed{}, Amended{}, Stayed{}, Obeyed{}, Met{}, MetAnew{},
		ErasureAsked{}, Erased{}, Held{}, Unheld{},
	}
}

// Register tells the journal every act type of this room.
func Register(r *journal.Registry) {
	r.Register(Events()...)
	Older(r)
}

// Older adds the readers of older versions.
func Older(r *journal.Registry) {
	r.Older("matter.amended", 1, func(data []byte) (journal.Event, error) { // it said nothing of browsers
		var e Amended
		err := json.Unmarshal(data, &e)
		return e, err
	})
	r.Older("matter.released", 1, func(data []byte) (journal.Event, error) { // nor this of languages
		var e Released
		err := json.Unmarshal(data, &e)
		return e, err
	})
	r.Older("matter.appealed", 1, func(data []byte) (journal.Event, error) {
		var e Appealed // it had no ground
		err := json.Unmarshal(data, &e)
		return e, err
	})
}
