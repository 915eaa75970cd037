package matter

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"

	"github.com/cedar-policy/cedar-go/types"
	"github.com/danielgtaylor/huma/v2"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/power"
	"skein/frame/vault"
	"skein/frame/vault/photo"
)

// API is this room's doors for programs.
type API struct {
	Site   *face.Site
	Intake Intake
	Ports  Ports
}

// Register adds the doors.
func (a *API) Register() {
	s := a.Site
	face.Post(s, "/api/matters", "report", "Report a matter", a.report, "matters")
	face.Get(s, "/api/matters", "matters", "List matters, newest first", a.list, "matters")
	face.Get(s, "/api/matters/{number}", "matter", "One matter", a.one, "matters")
	face.Get(s, "/api/matters/{number}/story", "matter-story", "Its acts in plain words, oldest first", a.story, "matters")
	command[Triage](a, "triage", "Set right what a report lacks")
	command[Correct](a, "correct", "Correct category, place or kind")
	command[Accept](a, "accept", "Accept an assignment")
	command[Object](a, "object", "Object to an assignment")
	command[Rule](a, "rule", "Rule on an objection")
	command[Ask](a, "ask", "Ask the reporter")
	command[Supply](a, "supply", "Answer a question as the reporter")
	command[Tell](a, "tell", "Tell the reporter an interim word")
	command[Contribute](a, "contribute", "Contribute as a joint body")
	command[Attach](a, "attach", "Add texts or files")
	command[Pause](a, "pause", "Pause the clock on a ground of the law")
	command[Resume](a, "resume", "Resume the clock")
	command[Extend](a, "extend", "Extend the limit, once")
	command[Join](a, "join", "Join into another matter")
	command[Split](a, "split", "Split into parts")
	command[Answer](a, "answer", "Answer the resident")
	command[ProposeDecline](a, "propose-decline", "Propose that no body of this realm holds the power")
	command[Decline](a, "decline", "Rule on that proposal")
	command[Confirm](a, "confirm", "Confirm, as the reporter, whether it is solved")
	command[Reopen](a, "reopen", "Reopen as the reporter")
	command[Appeal](a, "appeal", "Appeal as the reporter")
	command[Withdraw](a, "withdraw", "Withdraw as the reporter")
	command[Release](a, "release", "Release texts and photos to everyone")
	command[Withhold](a, "withhold", "Withhold texts and photos")
	face.Post(s, "/api/matters/{number}/redact", "matter-redact", "Put a masked version before an original", a.redact, "matters")
	face.Post(s, "/api/matters/{number}/photos", "matter-photos", "Add photos", a.photos, "matters")
	command[Retract](a, "retract", "Retract an act entered by mistake")
}

// Tracked shows that one is the reporter.
type Tracked struct {
	Tracking string `header:"Skein-Tracking" maxLength:"100" doc:"The secret code of an anonymous report"`
}

type reportBody struct {
	Kind       Kind           `json:"kind,omitempty" enum:"request,complaint,suggestion,question,dispute,safety" default:"request"`
	Category   civic.Category `json:"category,omitempty" maxLength:"128" doc:"A code of GET /api/categories; empty goes to the desk"`
	Text       string         `json:"text,omitempty" maxLength:"40000"`
	Lat        *float64       `json:"lat,omitempty"`
	Lon        *float64       `json:"lon,omitempty"`
	Place      civic.PlaceID  `json:"place,omitempty" maxLength:"128" doc:"Where no point is known"`
	Home       bool           `json:"home,omitempty" doc:"The point is somebody's home: it is never shown exactly"`
	Address    string         `json:"address,omitempty" maxLength:"2000"`
	Visibility Visibility     `json:"visibility,omitempty" enum:"public,blurred,private"`
	Against    civic.BodyID   `json:"against,omitempty" maxLength:"128" doc:"The body complained of"`
	Channel    string         `json:"channel,omitempty" enum:"web,app,phone,counter,sensor" default:"app"`
	Contact    Contact        `json:"contact,omitzero"`
}

type reportIn struct {
	face.Keyed
	Body reportBody
}

// Receipt is what a reporter takes home. It tells no position: two of them would say how much
// of what is private came in between.
type Receipt struct {
	Number   string          `json:"number"`
	Tracking string          `json:"tracking,omitempty" doc:"Keep this: it is shown once and lets you come back"`
	Status   Status          `json:"status"`
	Lead     civic.BodyID    `json:"lead,omitempty"`
	LeadName string          `json:"lead_name,omitempty"`
	Due      *Time           `json:"due,omitempty"`
	Waiting  string          `json:"waiting,omitempty" doc:"Why nobody answers for it yet"`
	Recorded Time            `json:"recorded"`
	Acts     []ReceiptAct    `json:"acts"`
	Dossier  civic.DossierID `json:"-"`
}

// ReceiptAct proves that an act was recorded: whoever has the salt can show that the
// commitment is of this act.
type ReceiptAct struct {
	Type       string `json:"type"`
	Commitment string `json:"commitment"`
	Salt       string `json:"salt"`
}

// Time is a moment as programs read it: RFC 3339 with the realm's offset.
type Time string

func (a *API) time(i civic.Instant) Time {
	return Time(i.In(a.Site.Zone()).Format("2006-01-02T15:04:05-07:00"))
}

func (a *API) timeOrNil(i civic.Instant) *Time {
	if i == 0 {
		return nil
	}
	t := a.time(i)
	return &t
}

type receiptOut struct{ Body Receipt }

func (a *API) report(ctx context.Context, in *reportIn) (*receiptOut, error) {
	b := in.Body
	actor := face.Actor(ctx)
	channel := b.Channel
	t, code, err := a.Intake.Report(ctx, a.Site.Realm.View(), actor, Submission{
		Kind: b.Kind, Category: b.Category, Text: b.Text, Lat: b.Lat, Lon: b.Lon, Place: b.Place, Home: b.Home, Address: b.Address,
		Visibility: b.Visibility, Against: b.Against, Channel: channel, Contact: b.Contact, Anonymous: true,
	})
	if err != nil {
		return nil, err
	}
	if err := a.Site.Once(&t, in.Keyed, b); err != nil {
		return nil, err
	}
	r, err := a.Site.Realm.Do(ctx, t)
	if err != nil {
		return nil, err
	}
	receipt := a.Receipt(ctx, r)
	if !r.Again {
		receipt.Tracking = code
	}
	return &receiptOut{receipt}, nil
}

// Receipt puts what a task led to into a receipt.
func (a *API) Receipt(ctx context.Context, r clerk.Receipt) Receipt {
	s := r.State.(State)
	out := Receipt{
		Number: s.Number.String(), Status: s.Status, Lead: s.Lead, Due: a.timeOrNil(s.Resolution.Due), Waiting: s.Triage,
		Dossier: r.Dossier,
	}
	if s.Lead != "" {
		out.LeadName = a.Site.Voice(ctx).Name("body", string(s.Lead))
	}
	for _, act := range r.Acts {
		out.Recorded = a.time(act.Recorded)
		if act.Dossier != r.Dossier {
			continue // the salt of another matter's act is its reporter's
		}
		out.Acts = append(out.Acts, ReceiptAct{act.Type, hex.EncodeToString(act.Commitment), hex.EncodeToString(act.Salt)})
	}
	return out
}

// Find reads the matter with a public number.
func (a *API) Find(ctx context.Context, number string) (State, error) {
	none := civic.Refuse(civic.Missing, "matter.none")
	n, err := ParseNumber(number)
	if err != nil {
		return State{}, err
	}
	first, ok := a.Ports.Numbers(a.Site.Realm.View()).Position(n)
	if !ok {
		return State{}, none
	}
	s, _, err := a.Site.Realm.State(ctx, ID(first))
	if err != nil {
		return State{}, err
	}
	m := s.(State)
	if !m.Exists() || m.Number != n {
		return State{}, none
	}
	return m, nil
}

// Eyes says what somebody may see of a matter: whoever shows the tracking code is its
// reporter; a post sees what its powers say.
func (a *API) Eyes(ctx context.Context, s State, tracking string) Eyes {
	actor := face.Actor(ctx)
	if actor.Kind == civic.Post {
		if a.May(s, actor, "matter.read") {
			return Eyes{Post: actor.Post, Bodies: a.above(actor.Post.Body())}
		}
		return Eyes{}
	}
	if tracking != "" && CheckTracking(tracking, s.Tracking) {
		return Eyes{Reporter: s.Reporter}
	}
	return Eyes{}
}

func (a *API) above(b civic.BodyID) []civic.BodyID {
	v := a.Site.Realm.View()
	f, _ := a.Ports.Bodies(v).Body(b, a.Site.Realm.Now())
	return append([]civic.BodyID{b}, f.Above...)
}

// May asks the powers whether somebody may do something with a matter as it is.
func (a *API) May(s State, actor civic.Actor, action string) bool {
	v := a.Site.Realm.View()
	now := a.Site.Realm.Now()
	attrs, parents := Resource(s, a.Ports.Bodies(v), now)
	return v.Ask(power.Question{
		Actor: actor, Action: action,
		Resource: types.Entity{
			UID: types.NewEntityUID("Matter", types.String(s.ID)), Attributes: attrs, Parents: types.NewEntityUIDSet(parents...),
		},
		Context: types.NewRecord(types.RecordMap{"imported": types.False, "inferred": types.False, "now": types.Long(now)}),
	}).Allowed
}

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
	Held       int            `json:"held,omitempty" doc:"Texts and photos that are not released to you"`
}

// Text is a text or photo that these eyes may see.
type Text struct {
	Digest string `json:"digest"`
	From   string `json:"from"`
	Media  string `json:"media"`
	Text   string `json:"text,omitempty"`
}

type matterOut struct{ Body Matter }

func (a *API) one(ctx context.Context, in *numberIn) (*matterOut, error) {
	s, err := a.Find(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	v, ok := Visible(s, a.Eyes(ctx, s, in.Tracking))
	if !ok {
		return nil, civic.Refuse(civic.Missing, "matter.none")
	}
	m, err := a.show(ctx, s, v)
	return &matterOut{m}, err
}

func (a *API) show(ctx context.Context, s State, v View) (Matter, error) {
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
	var err error
	m.Texts, err = a.Texts(ctx, s, v)
	return m, err
}

// Texts opens the texts that these eyes may see. What was erased is an empty text.
func (a *API) Texts(ctx context.Context, s State, v View) ([]Text, error) {
	if len(v.Items) == 0 {
		return nil, nil
	}
	contents, err := a.Intake.Vault.ReadAll(ctx, a.Site.Realm.ID, string(s.Reporter))
	if err != nil && !errors.Is(err, vault.ErrErased) && !errors.Is(err, vault.ErrMissing) {
		return nil, err
	}
	var out []Text
	for _, it := range v.Items {
		t := Text{Digest: it.Digest, From: it.From, Media: it.Media}
		if it.Media == textMedia {
			i := slices.IndexFunc(contents, func(c content) bool { return c.Blob == "" && c.Digest() == it.Digest })
			if i >= 0 {
				t.Text = string(contents[i].Text)
			}
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
}

func (a *API) story(ctx context.Context, in *numberIn) (*storyOut, error) {
	s, err := a.Find(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	acts, err := a.Site.Realm.Acts(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	lines := Story(s, acts, a.Eyes(ctx, s, in.Tracking))
	if lines == nil {
		return nil, civic.Refuse(civic.Missing, "matter.none")
	}
	voice := a.Site.Voice(ctx)
	out := make([]StoryLine, len(lines))
	for i, l := range lines {
		out[i] = StoryLine{
			Act: l.Act, At: a.time(l.Happened), Recorded: a.time(l.Recorded), By: l.By, Who: string(l.Who), Words: voice.Fill(l.Key, l.Args),
			Imported: l.Imported, Inferred: l.Inferred, Retracted: l.Retracted,
		}
		for _, sum := range l.Sums {
			out[i].Because = append(out[i].Because, voice.Fill(sum.Key, sum.Args))
		}
	}
	return &storyOut{out}, nil
}

type commandIn[C any] struct {
	face.Keyed
	Tracked
	Number string `path:"number" maxLength:"40"`
	Body   C
}

// command registers the door of one command on a matter: texts come in clear and are sealed.
func command[C Command](a *API, name, summary string) {
	face.Post(a.Site, "/api/matters/{number}/"+name, "matter-"+name, summary,
		func(ctx context.Context, in *commandIn[C]) (*receiptOut, error) {
			s, err := a.Find(ctx, in.Number)
			if err != nil {
				return nil, err
			}
			eyes := a.Eyes(ctx, s, in.Tracking)
			if _, ok := Visible(s, eyes); !ok {
				return nil, civic.Refuse(civic.Missing, "matter.none")
			}
			actor := face.Actor(ctx)
			actor.Person = eyes.Reporter
			c, err := a.named(ctx, in.Body)
			if err != nil {
				return nil, err
			}
			t, err := a.Intake.On(ctx, a.Site.Realm.View(), actor, s, c, nil)
			if err != nil {
				return nil, err
			}
			return a.run(ctx, in.Keyed, t, in.Body)
		}, "matters")
}

// named puts the dossier for the public number of another matter, which people know it by.
func (a *API) named(ctx context.Context, c Command) (Command, error) {
	j, ok := c.(Join)
	if !ok {
		return c, nil
	}
	if _, ok := First(j.Into); ok {
		return c, nil
	}
	unknown := civic.Refuse(civic.Invalid, "matter.join_unknown", "matter", clip(string(j.Into))).In("into")
	main, err := a.Find(ctx, string(j.Into))
	if rs, refused := civic.AsRefusals(err); refused && rs.Kind() != civic.Unavailable {
		return nil, unknown
	} else if err != nil {
		return nil, err
	}
	if _, ok := Visible(main, a.Eyes(ctx, main, "")); !ok {
		return nil, unknown
	}
	j.Into = main.ID
	return j, nil
}

type redactIn struct {
	face.Keyed
	Number string `path:"number" maxLength:"40"`
	Body   struct {
		Item   string `json:"item" maxLength:"64" doc:"The digest of the original"`
		Text   string `json:"text" maxLength:"40000" doc:"The masked version"`
		Ground string `json:"ground" maxLength:"100"`
	}
}

func (a *API) redact(ctx context.Context, in *redactIn) (*receiptOut, error) {
	s, err := a.Find(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	if _, ok := Visible(s, a.Eyes(ctx, s, "")); !ok {
		return nil, civic.Refuse(civic.Missing, "matter.none")
	}
	actor := face.Actor(ctx)
	t, err := a.Intake.Redact(ctx, a.Site.Realm.View(), actor, s, in.Body.Item, in.Body.Text, in.Body.Ground)
	if err != nil {
		return nil, err
	}
	return a.run(ctx, in.Keyed, t, in.Body)
}

// run does a task under the key that its request came with.
func (a *API) run(ctx context.Context, k face.Keyed, t clerk.Task, body any) (*receiptOut, error) {
	if err := a.Site.Once(&t, k, body); err != nil {
		return nil, err
	}
	r, err := a.Site.Realm.Do(ctx, t)
	if err != nil {
		return nil, err
	}
	return &receiptOut{a.Receipt(ctx, r)}, nil
}

type photosIn struct {
	Tracked
	Number  string `path:"number" maxLength:"40"`
	RawBody huma.MultipartFormFiles[struct {
		Photos []huma.FormFile `form:"photo" required:"true" doc:"JPEG, PNG, GIF or WebP; written anew without what the camera noted"`
		Text   string          `form:"text" required:"false" maxLength:"40000"`
	}]
}

// mostPhotos bounds the photos of one request.
const mostPhotos = 5

func (a *API) photos(ctx context.Context, in *photosIn) (*receiptOut, error) {
	s, err := a.Find(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	eyes := a.Eyes(ctx, s, in.Tracking)
	if _, ok := Visible(s, eyes); !ok {
		return nil, civic.Refuse(civic.Missing, "matter.none")
	}
	actor := face.Actor(ctx)
	actor.Person = eyes.Reporter
	if !a.May(s, actor, "matter.attach") { // before work is done for a stranger
		return nil, civic.Refuse(civic.Forbidden, "power.none", "action", "matter.attach", "policies", "")
	}
	form := in.RawBody.Data()
	if len(form.Photos) > mostPhotos {
		return nil, civic.Refuse(civic.TooLarge, "matter.too_many_attached", "most", mostPhotos).In("photo")
	}
	var taken []photo.Photo
	for _, file := range form.Photos {
		p, refusals := photo.Reencode(ctx, file, photo.Default)
		if len(refusals) > 0 {
			return nil, refusals
		}
		taken = append(taken, p)
	}
	t, err := a.Intake.On(ctx, a.Site.Realm.View(), actor, s, Attach{Text: form.Text}, taken)
	if err != nil {
		return nil, err
	}
	return a.run(ctx, face.Keyed{}, t, nil)
}

type listIn struct {
	Category string `query:"category" maxLength:"128" doc:"A category and all below it"`
	Place    string `query:"place" maxLength:"128"`
	Lead     string `query:"lead" maxLength:"128"`
	Status   string `query:"status" enum:"received,assigned,objected,working,paused,joined,answered,declined,closed"`
	Open     bool   `query:"open"`
	Late     bool   `query:"late" doc:"Open and past its due date"`
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
		Status: Status(in.Status), Open: in.Open, Late: in.Late, Limit: in.Limit,
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
	if len(rows) == in.Limit {
		out.Body.Next = rows[len(rows)-1].Number.String()
		out.Link = "<" + a.Site.PublicURL + "/api/matters?limit=" + strconv.Itoa(in.Limit) + "&after=" + out.Body.Next + `>; rel="next"`
	}
	return out, nil
}
