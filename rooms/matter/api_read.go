package matter

import (
	"context"
	"strconv"

	"skein/face/words"
	"skein/frame/civic"
)

type numberIn struct {
	Tracked
	Number string `path:"number" maxLength:"40"`
}

// Matter is what is shown of a matter.
type Matter struct {
	Number     string         `json:"number"`
	Kind       Kind           `json:"kind"`
	Category   civic.Category `json:"category,omitempty"`
	Status     Status         `json:"status"`
	Ending     Ending         `json:"ending,omitempty"`
	Visibility Visibility     `json:"visibility"`
	Place      civic.PlaceID  `json:"place,omitempty"`
	Lat        *float64       `json:"lat,omitempty"`
	Lon        *float64       `json:"lon,omitempty"`
	Reported   Time           `json:"reported"`
	Updated    Time           `json:"updated"`
	Lead       civic.BodyID   `json:"lead,omitempty"`
	LeadName   string         `json:"lead_name,omitempty"`
	Law        string         `json:"law,omitempty"`
	Due        *Time          `json:"due,omitempty"`
	Outcome    Outcome        `json:"outcome,omitempty"`
	Answered   *Time          `json:"answered,omitempty"`
	Ended      *Time          `json:"ended,omitempty"`
	Waiting    string         `json:"waiting,omitempty"`
	HandOvers  int            `json:"hand_overs"`
	Imported   bool           `json:"imported,omitempty"`
	Texts      []Text         `json:"texts,omitempty"`
	Erased     *ErasedView    `json:"erased,omitempty" doc:"What was told has been erased"`
	Hold       *HoldView      `json:"hold,omitempty" doc:"A legal hold delays erasing"`
	Held       int            `json:"held,omitempty" doc:"Texts and photos that are not released to you"`
	Back       []Back         `json:"held_back,omitempty" doc:"Why each of these is not shown"`
}

// Back is a text or photo that these eyes may not see, and why.
type Back struct {
	From   string `json:"from"`
	Media  string `json:"media"`
	Why    string `json:"why" enum:"undecided,withheld,working" doc:"Nobody has looked at it; withheld on a ground; a working paper between bodies"`
	Ground string `json:"ground,omitempty"`
	Law    string `json:"law,omitempty"`
}

// Text is a text or photo that these eyes may see.
type Text struct {
	Digest string `json:"digest"`
	From   string `json:"from"`
	Media  string `json:"media"`
	Text   string `json:"text,omitempty"`
	// Language is of a released text.
	Language words.Language `json:"language,omitempty" doc:"In which a released text is written (BCP 47), as whoever released it said"`
	// Showing and Ground are for those concerned: whether everyone sees it, and why not.
	Showing Showing `json:"showing,omitempty" doc:"For those concerned: released, withheld, or nothing yet"`
	Ground  string  `json:"ground,omitempty" doc:"Of withholding"`
	Law     string  `json:"law,omitempty"`
	Masked  string  `json:"masked,omitempty" doc:"On what ground everyone sees a masked version"`
}

// ErasedView says when what was told was erased, and on which ground.
type ErasedView struct {
	At     Time   `json:"at"`
	Ground string `json:"ground" enum:"asked,retention,main"`
	Law    string `json:"law,omitempty"`
}

// HoldView is a legal hold: nothing is erased before its end.
type HoldView struct {
	Ground string `json:"ground"`
	Law    string `json:"law"`
	Until  Time   `json:"until"`
	Asked  *Time  `json:"asked,omitempty" doc:"Since when an erasure waits for it to end; for its reporter and those who may read it"`
}

type matterOut struct{ Body Matter }

func (a *API) one(ctx context.Context, in *numberIn) (*matterOut, error) {
	s, err := a.Find(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	eyes := a.Eyes(ctx, s, in.Tracking)
	v, ok := Visible(s, eyes)
	if !ok {
		return nil, civic.Refuse(civic.Missing, "matter.none")
	}
	m, err := a.show(ctx, s, eyes, v)
	return &matterOut{m}, err
}

func (a *API) show(ctx context.Context, s State, eyes Eyes, v View) (Matter, error) {
	m := Matter{
		Number: v.Number.String(), Kind: v.Kind, Category: v.Category, Status: v.Status, Ending: v.Ending, Visibility: v.Visibility,
		Place: v.Place, Reported: a.time(v.Reported), Updated: a.time(v.Updated), Lead: v.Lead, Law: v.Law,
		Due: a.timeOrNil(v.Due), Outcome: v.Outcome, Answered: a.timeOrNil(v.Answered), Waiting: v.Waiting,
		Imported: v.Imported, Held: v.Held,
	}
	if v.Lead != "" {
		m.LeadName = a.Site.Voice(ctx).Name("body", string(v.Lead))
	}
	if v.Point != nil {
		lat, lon := float64(v.Point.Lat)/1e6, float64(v.Point.Lon)/1e6
		m.Lat, m.Lon = &lat, &lon
	}
	for _, r := range v.Rounds {
		m.HandOvers += r.HandOvers
		m.Ended = a.timeOrNil(r.Ended)
	}
	if v.Erased != nil {
		m.Erased = &ErasedView{At: a.time(v.Erased.At), Ground: v.Erased.Ground, Law: v.Erased.Law}
	}
	if v.Hold != nil {
		m.Hold = &HoldView{Ground: v.Hold.Ground, Law: v.Hold.Law, Until: a.time(v.Hold.Until), Asked: a.timeOrNil(v.Asking)}
	}
	for _, b := range v.Back {
		m.Back = append(m.Back, Back{b.From, b.Media, b.Why, b.Ground, b.Law})
	}
	var err error
	m.Texts, err = a.Texts(ctx, s, eyes, v)
	return m, err
}

// Texts opens the texts that these eyes may see. What was erased is an empty text.
func (a *API) Texts(ctx context.Context, s State, eyes Eyes, v View) ([]Text, error) {
	var texts []Item
	for _, it := range v.Items {
		if it.Media == textMedia {
			texts = append(texts, it)
		}
	}
	said, err := a.said(ctx, s, eyes, texts)
	if err != nil {
		return nil, err
	}
	var out []Text
	for _, it := range v.Items {
		t := Text{Digest: it.Digest, From: it.From, Media: it.Media, Text: said[it.Digest], Masked: it.Masked}
		if it.Showing == ShowReleased {
			t.Language = it.Language
		}
		if v.concerned {
			t.Showing, t.Ground, t.Law = it.Showing, it.Ground, it.Law
		}
		out = append(out, t)
	}
	return out, nil
}

type storyOut struct{ Body []StoryLine }

// StoryLine is one act in plain words.
type StoryLine struct {
	Act       string       `json:"act"`
	At        Time         `json:"at"`
	Recorded  Time         `json:"recorded"`
	By        civic.PostID `json:"by,omitempty"`
	Who       string       `json:"who"`
	Words     string       `json:"words"`
	Because   []string     `json:"because,omitempty"`
	Imported  bool         `json:"imported,omitempty"`
	Inferred  bool         `json:"inferred,omitempty"`
	Retracted bool         `json:"retracted,omitempty"`
	Replaced  bool         `json:"replaced,omitempty" doc:"A later act says anew what this one said"`
}

func (a *API) story(ctx context.Context, in *numberIn) (*storyOut, error) {
	s, err := a.Find(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	lines, err := a.lines(ctx, s, a.Eyes(ctx, s, in.Tracking))
	return &storyOut{lines}, err
}

// lines tells the story of a matter to some eyes.
func (a *API) lines(ctx context.Context, s State, eyes Eyes) ([]StoryLine, error) {
	acts, err := a.Site.Realm.Acts(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	lines := Story(s, acts, eyes)
	if lines == nil {
		return nil, civic.Refuse(civic.Missing, "matter.none")
	}
	voice := a.Site.Voice(ctx)
	out := make([]StoryLine, len(lines))
	for i, l := range lines {
		out[i] = StoryLine{
			Act: l.Act, At: a.time(l.Happened), Recorded: a.time(l.Recorded), By: l.By, Who: string(l.Who), Words: voice.Fill(l.Key, l.Args),
			Imported: l.Imported, Inferred: l.Inferred, Retracted: l.Retracted, Replaced: l.Replaced != 0,
		}
		for _, sum := range l.Sums {
			out[i].Because = append(out[i].Because, voice.Fill(sum.Key, sum.Args))
		}
	}
	return out, nil
}

type listIn struct {
	Category string `query:"category" maxLength:"128" doc:"A category and all below it"`
	Place    string `query:"place" maxLength:"128"`
	Lead     string `query:"lead" maxLength:"128"`
	Status   string `query:"status" enum:"received,assigned,objected,working,paused,joined,answered,declined,closed"`
	Open     bool   `query:"open"`
	Late     bool   `query:"late" doc:"Open and past its due date"`
	Words    string `query:"q" maxLength:"200" doc:"Words that stand in what everyone may read of a matter, all of them, or begin one there; the best first, of the newest some hundreds, without a next page"`
	After    string `query:"after" maxLength:"40" doc:"The number of the last matter of the page before"`
	Limit    int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
}

type listOut struct {
	Link string `header:"Link"`
	Body MatterList
}

// MatterList is a page of matters.
type MatterList struct {
	Matters []Matter `json:"matters"`
	Next    string   `json:"next,omitempty" doc:"Give it as after to get the next page"`
}

// After is where the page after the one that ends with a number begins: Filter.Before. Only
// the number of a matter that everyone may see tells a place in the list; any other would
// tell when a private matter was reported.
func (a *API) After(ctx context.Context, number string) (civic.DossierID, error) {
	s, err := a.Find(ctx, number)
	if err != nil {
		return "", err
	}
	if _, ok := Visible(s, Eyes{}); !ok {
		return "", civic.Refuse(civic.Missing, "matter.none")
	}
	return s.ID, nil
}

func (a *API) list(ctx context.Context, in *listIn) (*listOut, error) {
	f := Filter{
		Category: civic.Category(in.Category), Place: civic.PlaceID(in.Place), Lead: civic.BodyID(in.Lead),
		Status: Status(in.Status), Open: in.Open, Late: in.Late, Words: in.Words, Limit: in.Limit,
	}
	if in.After != "" {
		var err error
		if f.Before, err = a.After(ctx, in.After); err != nil {
			return nil, err
		}
	}
	rows, err := a.List(ctx, f)
	if err != nil {
		return nil, err
	}
	out := &listOut{Body: MatterList{Matters: make([]Matter, 0, len(rows))}}
	voice := a.Site.Voice(ctx)
	for _, r := range rows {
		m := Matter{
			Number: r.Number.String(), Kind: r.Kind, Category: r.Category, Status: r.Status, Ending: r.Ending, Visibility: r.Visibility,
			Place: r.Place, Reported: a.time(r.Reported), Updated: a.time(r.Updated), Lead: r.Lead, Due: a.timeOrNil(r.Due),
			Outcome: r.Outcome, Answered: a.timeOrNil(r.Answered), Ended: a.timeOrNil(r.Ended), HandOvers: r.HandOvers, Imported: r.Imported,
		}
		if r.Lead != "" {
			m.LeadName = voice.Name("body", string(r.Lead))
		}
		if r.Point != nil {
			lat, lon := float64(r.Point.Lat)/1e6, float64(r.Point.Lon)/1e6
			m.Lat, m.Lon = &lat, &lon
		}
		out.Body.Matters = append(out.Body.Matters, m)
	}
	if len(rows) == in.Limit && in.Words == "" {
		out.Body.Next = rows[len(rows)-1].Number.String()
		out.Link = "<" + a.Site.PublicURL + "/api/matters?limit=" + strconv.Itoa(in.Limit) + "&after=" + out.Body.Next + `>; rel="next"`
	}
	return out, nil
}
