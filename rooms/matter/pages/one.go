package pages

import (
	"cmp"
	"net/http"
	"slices"

	"skein/face"
	"skein/face/words"
	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/seal"
	"skein/rooms/matter"
)

// oneView is a matter as its page shows it.
type oneView struct {
	Voice    words.Voice
	Matter   matter.View
	Number   string
	Title    string
	State    string
	Late     bool
	Open     bool
	Main     string // number of the matter that it goes on in, if everyone may read that
	Lines    []line
	Clock    []string // the arithmetic of its due date, a sentence each
	Why      []string // why this body
	Post     civic.PostID
	Row      string
	List     int
	WaitsBy  civic.Instant
	HandOver int
	Acts     []actProof
	Emergent string // the emergency number, for safety reports
	Actions  []action
	Grounds  []face.Option // of an appeal
	Reviews  []Review
	Form     face.Form // of the action that was refused, if any
	Act      string    // its name
	Path     string    // of this page
	Push     string    // key of the realm, if her browser may be told that there is news
	Code     string    // to go with the forms of a browser that keeps no cookie
	// Concerned is set for the reporter and for posts that may read the matter.
	Concerned bool
	Inferred  bool // some step is
	// Releases is set for a post that may decide what everyone sees; Waits is how many texts and photos wait for it.
	Releases bool
	Waits    int
}

// line is an act of the story with the texts and photos it brought.
type line struct {
	matter.Line
	Title, Words, By string
	Sums             []string
	Texts            []saying
	Photos           []matter.Item
	Standing         []string // how the photos stand, and what is not shown on a ground
	Erased           bool
	Power            string // id of the policy it was done under
	PowerTitle       string
	Examine          string // where somebody asks that it be examined
	Kind             string // who acted, for its mark: resident, body, clock
	Late, End        bool
}

// saying is a text of an act, and how it stands before the public.
type saying struct {
	Text, Standing string
	Language       words.Language // of the words, where it was said
}

// actProof is an act of which there is a receipt.
type actProof struct {
	Seq      int64
	Title    string
	Recorded civic.Instant
	Stage    seal.Stage
}

// found is a matter with what a request may see of it.
type found struct {
	state matter.State
	eyes  matter.Eyes
	view  matter.View
	code  string // that the reader showed
}

// find reads the matter of a request. It is false, and the answer given, if there is none
// for these eyes: a private matter and one that does not exist are the same to others.
func (p *Pages) find(w http.ResponseWriter, r *http.Request) (found, bool) {
	return p.findBy(w, r, r.PathValue("number"), "")
}

// findBy finds it with a code that came with a form, where the browser keeps none.
func (p *Pages) findBy(w http.ResponseWriter, r *http.Request, number, code string) (found, bool) {
	s, err := p.API.Find(r.Context(), number)
	if err != nil {
		p.API.Site.Error(w, r, err)
		return found{}, false
	}
	if kept := p.Code(r, s.Number); kept != "" || !cookieless(r) {
		code = kept
	}
	f := found{state: s, eyes: p.API.Eyes(r.Context(), s, code), code: code}
	var visible bool
	if f.view, visible = matter.Visible(s, f.eyes); !visible {
		p.API.Site.Error(w, r, civic.Refuse(civic.Missing, "matter.none"))
		return found{}, false
	}
	return f, true
}

// one shows a matter: who answers, by when and why that day, and its story.
func (p *Pages) one(w http.ResponseWriter, r *http.Request) {
	f, ok := p.find(w, r)
	if !ok {
		return
	}
	p.show(w, r, f, http.StatusOK, "", face.Form{})
}

// show sends the page; act and form are of an action that was refused.
func (p *Pages) show(w http.ResponseWriter, r *http.Request, f found, status int, act string, form face.Form) {
	site := p.API.Site
	o, err := p.view(r, f)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	o.Act, o.Form = act, form
	if o.Path = PathOf(f.state.Number); cookieless(r) && f.eyes.Reporter != "" {
		o.Code = f.code
	}
	o.Grounds = p.Ports.Grounds(site.Realm.View(), o.Voice)
	if o.Reviews, err = p.Ports.Reviews(r.Context(), o.Voice, f.state.ID, f.code); err != nil {
		site.Error(w, r, err)
		return
	}
	if o.Actions, err = p.actions(r.Context(), f); err != nil {
		site.Error(w, r, err)
		return
	}
	if slices.ContainsFunc(o.Actions, func(a action) bool { return a.Name == "amend" }) {
		o.Push = p.Push
	}
	site.Page(w, r, face.Sheet{
		Status: status, Title: o.Title + " " + o.Number, Section: "/matters",
		Crumbs: []face.Crumb{{Href: "/matters", Title: o.Voice.Say("pages.matters")}},
		Secret: o.Concerned,
	}, onePage(o))
}

func (p *Pages) view(r *http.Request, f found) (oneView, error) {
	site, ctx := p.API.Site, r.Context()
	v := site.Voice(ctx)
	acts, err := site.Realm.Acts(ctx, f.state.ID)
	if err != nil {
		return oneView{}, err
	}
	texts, err := p.API.Texts(ctx, f.state, f.eyes, f.view)
	if err != nil {
		return oneView{}, err
	}
	o := oneView{
		Voice: v, Matter: f.view, Number: f.view.Number.String(), Title: categoryTitle(v, f.view.Category),
		State: stateOf(f.view.Status, f.view.Ending), Open: f.view.Status.Open(), Row: f.state.Row, List: f.state.List,
		WaitsBy: f.state.TriageBy.Due,
	}
	o.Concerned = f.view.Concerned()
	if f.view.Main != "" && f.view.Status == matter.StatusJoined {
		state, _, err := site.Realm.State(ctx, f.view.Main)
		if err != nil {
			return oneView{}, err
		}
		if main, everyone := matter.Visible(state.(matter.State), matter.Eyes{}); everyone {
			o.Main = main.Number.String()
		}
	}
	o.Late = o.Open && f.view.Due != 0 && f.view.Due < site.Realm.Now()
	for _, round := range f.view.Rounds {
		o.HandOver += round.HandOvers
	}
	if f.view.Kind == matter.Safety {
		o.Emergent = site.Realm.View().Settings.Emergency
	}
	o.Clock = p.arithmetic(v, f.state)
	o.Why, o.Post = why(v, acts)
	actor := face.Actor(ctx)
	o.Releases = f.eyes.Post != "" && f.state.Visibility != matter.Private && len(f.state.Items) > 0 && p.API.May(f.state, actor, matter.Release{}.Name())
	for _, it := range f.state.Items {
		if it.Showing == matter.ShowUndecided {
			o.Waits++
		}
	}
	o.Lines = lines(v, f, acts, texts)
	for i, l := range o.Lines {
		if policy := site.Realm.View().Powers.Policy(l.Power); policy != nil {
			o.Lines[i].PowerTitle = face.PolicyTitle(v, policy)
		} else {
			o.Lines[i].Power = "" // a policy of another time; its text is kept by the digest in the act
		}
		o.Inferred = o.Inferred || l.Inferred
		if at := slices.IndexFunc(acts, func(a journal.Act) bool { return a.Seq == l.Seq }); at >= 0 && l.Who != civic.Resident {
			o.Lines[i].Examine = p.Ports.Examine(&acts[at])
		}
	}
	stages, err := site.Seal.Stages(ctx, f.state.ID)
	if err != nil {
		return oneView{}, err
	}
	for _, a := range acts {
		if a.Private && !o.Concerned {
			continue
		}
		o.Acts = append(o.Acts, actProof{a.Seq, actTitle(v, a.Type), a.Recorded, cmp.Or(stages[a.Position], seal.Recorded)})
	}
	return o, nil
}

// why is the sentence of the last act that named a lead, and the officer's post it named.
func why(v words.Voice, acts []journal.Act) ([]string, civic.PostID) {
	for _, a := range slices.Backward(acts) {
		if e, ok := a.Event.(matter.Assigned); ok && e.Why.Key != "" {
			sum := e.Why.Sum()
			return []string{v.Fill(sum.Key, sum.Args)}, e.Officer
		}
	}
	return nil, ""
}

func actTitle(v words.Voice, typ string) string {
	act := typ[len("matter."):]
	return v.Value(words.Code{Key: "matter.act." + act, Else: act})
}

// lines tells the story, oldest first, each act with the texts and photos it brought.
func lines(v words.Voice, f found, acts []journal.Act, texts []matter.Text) []line {
	said := make(map[string]string, len(texts))
	for _, t := range texts {
		said[t.Digest] = t.Text
	}
	powers := make(map[int64]string, len(acts))
	for _, a := range acts {
		powers[a.Seq] = a.Power
	}
	told := matter.Story(f.state, acts, f.eyes)
	out := make([]line, len(told))
	for i, l := range told {
		at := line{Line: l, Title: actTitle(v, "matter."+l.Act), Words: v.Fill(l.Key, l.Args), Power: powers[l.Seq]}
		switch l.Who {
		case civic.Post:
			at.Kind, at.By = "body", v.Value(l.By)+v.Say("pages.of_body", "body", l.By.Body())
		case civic.Clock:
			at.Kind, at.By = "clock", v.Say("pages.by_clock")
		case civic.Operator:
			at.Kind, at.By = "body", v.Say("pages.by_import")
		default:
			at.Kind, at.By = "resident", v.Say("pages.by_resident")
			if f.view.Yours {
				at.By = v.Say("pages.by_you")
			}
		}
		if l.Act == "reported" {
			at.Kind = "resident"
		}
		at.Late = l.Act == "escalated" && l.Key != "matter.story.escalated_half"
		at.End = l.Act == "answered" || l.Act == "declined" || l.Act == "withdrawn"
		for _, s := range l.Sums {
			at.Sums = append(at.Sums, v.Fill(s.Key, s.Args))
		}
		for _, it := range f.view.Items {
			switch {
			case it.Seq != l.Seq:
			case it.Media == "text/plain" && said[it.Digest] != "":
				at.Texts = append(at.Texts, saying{said[it.Digest], standing(v, it, f.view.Concerned() && f.view.Visibility != matter.Private), it.Language})
			case it.Media == "text/plain":
				at.Erased = true
			default:
				at.Photos = append(at.Photos, it)
				if s := standing(v, it, f.view.Concerned() && f.view.Visibility != matter.Private); s != "" {
					at.Standing = append(at.Standing, v.Say("pages.standing_photo", "n", len(at.Photos), "standing", s))
				}
			}
		}
		for _, b := range f.view.Back {
			if b.Seq == l.Seq && b.Why == matter.HeldWithheld {
				at.Standing = append(at.Standing, standing(v, matter.Item{Showing: matter.ShowWithheld, Ground: b.Ground, Law: b.Law}, false))
			}
		}
		out[i] = at
	}
	return out
}

// arithmetic is how the due date was reckoned, by the edition of the calendar that was used.
func (p *Pages) arithmetic(v words.Voice, s matter.State) []string {
	view := p.API.Site.Realm.View()
	spans := make([]matter.Span, len(s.Pauses))
	for i, pause := range s.Pauses {
		spans[i] = pause.Span
	}
	t := s.Resolution
	if t.Due == 0 || t.Limit == "" {
		return nil
	}
	reckoned, ok := p.Ports.Reckon(view, s.Calendar, s.CalVersion, t.Start, t.Limit, spans)
	if !ok {
		return nil
	}
	out := sentences(v, reckoned)
	last := reckoned.Due.At
	if s.Extension != "" {
		more, ok := p.Ports.Reckon(view, s.Calendar, s.CalVersion, last, s.Extension, spans)
		if !ok {
			return nil
		}
		extension, err := calendar.ParseLimit(string(s.Extension))
		if err != nil {
			return nil
		}
		out = append(out, v.Say("pages.clock_extended", "limit", extension))
		out = append(out, sentences(v, more)[1:]...)
		last = more.Due.At
	}
	if last != t.Due { // what was told stands, and the page must not seem to prove another day
		return nil
	}
	if t.Default {
		out = append(out, v.Say("matter.story.sum_default"))
	}
	return out
}

// sentences puts a reckoning into words, its dates as a voice writes days.
func sentences(v words.Voice, r calendar.Reckoning) []string {
	out := make([]string, len(r.Steps))
	for i, step := range r.Steps {
		args := make(map[string]any, len(step.Args))
		for name, value := range step.Args {
			if text, ok := value.(string); ok && len(text) == len("2006-01-02") && text[4] == '-' && text[7] == '-' {
				value = words.Day(text)
			}
			args[name] = value
		}
		out[i] = v.Fill(step.Key, args)
	}
	return out
}
