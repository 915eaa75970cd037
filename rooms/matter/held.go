package matter

import (
	"context"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
)

// What Skein holds on a reporter, for herself alone: all that lies in her box of a matter, what became of it, and who read
// it. Two things are named and not given: papers that bodies wrote for each other, which may speak of others and are given once they
// are released; and which officer sat in a post that read, unless the realm's law has officers' names published.

// HeldMatter is that, of one matter.
type HeldMatter struct {
	Made       Time           `json:"made" doc:"When this was put together"`
	Number     string         `json:"number"`
	Person     civic.PersonID `json:"person" doc:"The name by which the acts of this matter, and no other, speak of her"`
	Kind       Kind           `json:"kind"`
	Category   civic.Category `json:"category,omitempty"`
	Status     Status         `json:"status"`
	Visibility Visibility     `json:"visibility"`
	Channel    string         `json:"channel"`
	External   string         `json:"external,omitempty" doc:"The name that another system gave it"`
	Place      civic.PlaceID  `json:"place,omitempty"`
	Against    civic.BodyID   `json:"against,omitempty" doc:"The body complained of"`
	Reported   Time           `json:"reported"`
	Code       bool           `json:"code" doc:"Whether a digest of a secret code is kept; the code itself is not"`
	Erased     bool           `json:"erased,omitempty" doc:"Her words were erased: what is left is what the acts say"`

	Contact  *Contact      `json:"contact,omitempty"`
	Address  string        `json:"address,omitempty"`
	Push     *Push         `json:"push,omitempty" doc:"Where her browser is told that there is news"`
	Lat      *float64      `json:"lat,omitempty" doc:"The exact point where it is kept apart from the acts, otherwise the one in the acts"`
	Lon      *float64      `json:"lon,omitempty"`
	MediaURL string        `json:"media_url,omitempty" doc:"An address of a picture that came with the report; it was never fetched"`
	Via      string        `json:"via,omitempty" doc:"A digest that names the program that brought it"`
	Before   []HeldBefore  `json:"before" doc:"What was corrected, and is kept until it is erased"`
	Texts    []HeldText    `json:"texts"`
	Photos   []HeldPhoto   `json:"photos"`
	Papers   []HeldPaper   `json:"papers" doc:"What bodies wrote for each other; not given"`
	Acts     []StoryLine   `json:"acts"`
	Reviews  []HeldReview  `json:"reviews" doc:"Her appeals: what she wrote to them, what was written to her, what was decided"`
	Kept     *HeldKept     `json:"kept,omitempty" doc:"For how long it is kept; absent where the rules name no time"`
	Hold     *HoldView     `json:"hold,omitempty" doc:"A legal hold delays erasing"`
	Messages []HeldMessage `json:"messages" doc:"What was or will be sent to her"`
	Readings []HeldReading `json:"readings" doc:"Who read what nobody released; her own reading is not among them"`
	Split    []HeldPart    `json:"split,omitempty" doc:"The parts into which it was split for the bodies that each do one of them"`

	State State `json:"-"`
}

// HeldPart is a part of her matter: it says in other words what she told.
type HeldPart struct {
	Number   string         `json:"number"`
	Category civic.Category `json:"category,omitempty"`
	Erased   bool           `json:"erased,omitempty"`
	Texts    []HeldText     `json:"texts" doc:"What the body that it is for was told"`
	Readings []HeldReading  `json:"readings"`
}

// HeldKept is for how long what was told is kept, and by which law.
type HeldKept struct {
	Days  int    `json:"days" doc:"After the matter's end"`
	Law   string `json:"law"`
	Until *Time  `json:"until,omitempty" doc:"Once the matter has ended"`
}

// HeldBefore is something that was corrected since.
type HeldBefore struct {
	What string `json:"what" enum:"contact,address,push"`
	Text string `json:"text"`
}

// Standing is how a text or photo stands before the public.
type Standing struct {
	Digest   string         `json:"digest" doc:"SHA-256 of salt and content, hex, as the acts carry it"`
	Salt     string         `json:"salt" doc:"Hex; with it anybody can check that an act speaks of this content"`
	Part     string         `json:"part" doc:"Its name in the record of who read it"`
	From     string         `json:"from"`
	Act      int64          `json:"act,omitempty" doc:"The number of the act that brought it"`
	Showing  Showing        `json:"showing,omitempty" doc:"released, withheld, or nothing yet"`
	Language words.Language `json:"language,omitempty" doc:"In which it is written, as whoever released it said"`
	Ground   string         `json:"ground,omitempty" doc:"Of withholding"`
	Law      string         `json:"law,omitempty"`
	Masked   string         `json:"masked,omitempty" doc:"On what ground everyone sees a masked version"`
}

// HeldText is a text that she told, or that was said to her.
type HeldText struct {
	Standing
	Text  string `json:"text"`
	Shown string `json:"shown,omitempty" doc:"The masked version"`
}

// HeldPhoto is a photo; its bytes are in the archive.
type HeldPhoto struct {
	Standing
	File  string `json:"file" doc:"Its name in the archive"`
	W     int    `json:"w"`
	H     int    `json:"h"`
	Bytes []byte `json:"-"`
}

// HeldReview is an appeal of hers.
type HeldReview struct {
	Number    string           `json:"number"`
	Title     string           `json:"title"`
	Of        string           `json:"of"`
	Ground    string           `json:"ground,omitempty"`
	Law       string           `json:"law,omitempty"`
	Status    string           `json:"status"`
	Result    string           `json:"result,omitempty"`
	ResultLaw string           `json:"result_law,omitempty"`
	Opened    Time             `json:"opened"`
	Decided   *Time            `json:"decided,omitempty"`
	ContestBy *Time            `json:"contest_by,omitempty" doc:"Until when a court can be asked"`
	Texts     []HeldReviewText `json:"texts" doc:"Without the reason of the appeal, which is among the texts of the matter"`
	Acts      []StoryLine      `json:"acts"`
}

// HeldReviewText is a text of an appeal that the sides and the reviewer read; act is of the appeal.
type HeldReviewText struct {
	Standing
	Title string `json:"title" doc:"Where it comes from, in words"`
	Text  string `json:"text"`
}

// HeldPaper counts papers of a kind.
type HeldPaper struct {
	Kind  string `json:"kind"`
	Count int    `json:"count"`
}

// HeldMessage is a message to her.
type HeldMessage struct {
	Message string `json:"message" doc:"The key of its words"`
	State   string `json:"state" enum:"waiting,sent,kept,dead"`
	Done    *Time  `json:"done,omitempty"`
}

// HeldReading is a reading of hers by a post.
type HeldReading struct {
	At         Time         `json:"at" doc:"To the minute"`
	Post       civic.PostID `json:"post"`
	Body       civic.BodyID `json:"body"`
	Parts      []string     `json:"parts"`
	Power      string       `json:"power" doc:"The policy that permits it; /powers/{power}"`
	Purpose    string       `json:"purpose" enum:"handling,desk,joint,supervision,coordination,release,review,own_rule"`
	Officer    string       `json:"officer,omitempty" doc:"Who sat in the post then, where the realm's law has officers' names published"`
	PostTitle  string       `json:"post_title"`
	BodyTitle  string       `json:"body_title"`
	PowerTitle string       `json:"power_title,omitempty"`
}

// AllHeld is what Skein holds on whoever has an account: the account, and every matter that was told while signed in.
type AllHeld struct {
	Made    Time             `json:"made"`
	Account face.AccountHeld `json:"account"`
	Matters []HeldMatter     `json:"matters"`
}

type heldOut struct {
	Cache string `header:"Cache-Control"`
	Body  HeldMatter
}

// held is the door for programs.
func (a *API) held(ctx context.Context, in *numberIn) (*heldOut, error) {
	s, err := a.Find(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	eyes := a.Eyes(ctx, s, in.Tracking)
	if err := a.Hers(s, eyes); err != nil {
		return nil, err
	}
	h, err := a.Holds(ctx, s)
	return &heldOut{"no-store", h}, err
}

// Hers refuses whoever is not the reporter of a matter: who sees nothing of it learns nothing.
func (a *API) Hers(s State, eyes Eyes) error {
	if _, ok := Visible(s, eyes); !ok {
		return civic.Refuse(civic.Missing, "matter.none")
	}
	if eyes.Reporter == "" || eyes.Reporter != s.Reporter {
		return civic.Refuse(civic.Forbidden, "matter.held_hers")
	}
	return nil
}

// HoldsAll puts it together for the reader.
func (a *API) HoldsAll(ctx context.Context) (AllHeld, error) {
	out := AllHeld{Made: a.time(a.Site.Realm.Now()), Matters: []HeldMatter{}}
	if a.Site.Held == nil {
		return out, civic.Refuse(civic.Missing, "face.no_page")
	}
	var err error
	if out.Account, err = a.Site.Held(ctx); err != nil {
		return out, err
	}
	for _, id := range out.Account.Told {
		state, _, err := a.Site.Realm.State(ctx, id)
		if err != nil {
			return out, err
		}
		s := state.(State)
		if err := a.Hers(s, a.Eyes(ctx, s, "")); err != nil {
			return out, err
		}
		h, err := a.Holds(ctx, s)
		if err != nil {
			return out, err
		}
		out.Matters = append(out.Matters, h)
	}
	return out, nil
}

type allHeldOut struct {
	Cache string `header:"Cache-Control"`
	Body  AllHeld
}

func (a *API) allHeld(ctx context.Context, _ *struct{}) (*allHeldOut, error) {
	all, err := a.HoldsAll(ctx)
	return &allHeldOut{"no-store", all}, err
}
