package pages

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	ical "github.com/arran4/golang-ical"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
	"skein/rooms/matter"
)

// meetingsView is the list of a body's joint meetings.
type meetingsView struct {
	Voice        words.Voice
	Body         civic.BodyID
	Coming, Past []matter.Meeting
}

func (p *Pages) meetings(w http.ResponseWriter, r *http.Request) {
	actor, ok := p.staff(w, r)
	if !ok {
		return
	}
	site := p.API.Site
	v := site.Voice(r.Context())
	coming, past, err := p.API.Meetings(r.Context())
	if err != nil {
		site.Error(w, r, err)
		return
	}
	site.Page(w, r, face.Sheet{
		Title: v.Say("meeting.title"), Section: "/work", Secret: true, Crumbs: []face.Crumb{{Href: "/work", Title: v.Say("pages.queue")}},
	}, meetingsPage(meetingsView{v, actor.Post.Body(), coming, past}))
}

// meetingDates are the meetings of a body as a calendar, for who is signed in.
func (p *Pages) meetingDates(w http.ResponseWriter, r *http.Request) {
	if _, ok := p.staff(w, r); !ok {
		return
	}
	site := p.API.Site
	v := site.Voice(r.Context())
	coming, past, err := p.API.Meetings(r.Context())
	if err != nil {
		site.Error(w, r, err)
		return
	}
	cal := newCalendar(v.Say("meeting.title"), ical.MethodPublish)
	for _, m := range append(coming, past...) {
		p.meetingDate(cal, v, m)
	}
	sendDates(w, cal)
}

// meetingDateOf is one of them.
func (p *Pages) meetingDateOf(w http.ResponseWriter, r *http.Request) {
	m, _, ok := p.findMeeting(w, r)
	if !ok {
		return
	}
	v := p.API.Site.Voice(r.Context())
	cal := newCalendar(v.Say("meeting.ical_title", "body", m.By.Body()), ical.MethodPublish)
	p.meetingDate(cal, v, m)
	sendDates(w, cal)
}

func (p *Pages) meetingDate(cal *ical.Calendar, v words.Voice, m matter.Meeting) {
	site := p.API.Site
	meetingEvent(cal, v, site.PublicURL, invitation(m), OrganizerOf(site.Realm.View().Settings.Addresses, m.By.Body()))
}

func sendDates(w http.ResponseWriter, cal *ical.Calendar) {
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Write([]byte(cal.Serialize(ical.WithNewLineWindows)))
}

// conveneView is the form that calls a meeting.
type conveneView struct {
	Voice   words.Voice
	Matters []conveneOn
	Bodies  []face.Option
	Chosen  []string
	Form    face.Form
}

// conveneOn is a matter that a meeting is called on.
type conveneOn struct{ Number, Title string }

// toConvene are the matters of a form, as far as whoever asks may call a meeting on them; what is wrong with others the form says.
func (p *Pages) toConvene(r *http.Request, numbers []string, form *face.Form) (states []matter.State, all []conveneOn) {
	for _, number := range numbers {
		s, err := p.API.Find(r.Context(), strings.TrimSpace(number))
		if err == nil {
			_, seen := matter.Visible(s, p.API.Eyes(r.Context(), s, ""))
			if seen && slices.ContainsFunc(states, func(o matter.State) bool { return o.ID == s.ID }) {
				continue
			}
			if seen && p.API.MayConvene(r.Context(), append(slices.Clone(states), s)...) {
				states = append(states, s)
				all = append(all, conveneOn{s.Number.String(), categoryTitle(form.Voice, s.Category)})
				continue
			}
		}
		form.Add("matter", "meeting.not_together")
	}
	return states, all
}

func (p *Pages) askConvene(w http.ResponseWriter, r *http.Request) {
	form := face.Form{Voice: p.API.Site.Voice(r.Context()), Values: url.Values{}}
	numbers := slices.DeleteFunc(r.URL.Query()["matter"], func(n string) bool { return strings.TrimSpace(n) == "" })
	p.showConvene(w, r, http.StatusOK, numbers, form)
}

func (p *Pages) showConvene(w http.ResponseWriter, r *http.Request, status int, numbers []string, form face.Form) {
	actor, ok := p.staff(w, r)
	if !ok {
		return
	}
	site, v := p.API.Site, form.Voice
	states, all := p.toConvene(r, numbers, &form)
	if len(states) == 0 {
		site.Error(w, r, civic.Refuse(civic.Forbidden, "meeting.not_together"))
		return
	}
	o := conveneView{Voice: v, Matters: all, Form: form, Chosen: form.Values["invited"]}
	if len(form.Values) == 0 { // whom the matters concern is asked, unless somebody says otherwise
		for _, s := range states {
			for _, b := range append([]civic.BodyID{s.Lead, s.Coordinator, s.Proposed}, joint(s)...) {
				o.Chosen = append(o.Chosen, string(b))
			}
		}
	}
	for _, b := range p.Ports.Bodies(site.Realm.View(), v.Lang) {
		if b.Value != string(actor.Post.Body()) {
			o.Bodies = append(o.Bodies, b)
		}
	}
	if len(form.Wrong) > 0 && status == http.StatusOK {
		status = http.StatusUnprocessableEntity
	}
	first := all[0].Number
	site.Page(w, r, face.Sheet{
		Status: status, Title: v.Say("meeting.new"), Section: "/work", Secret: true,
		Crumbs: []face.Crumb{{Href: "/work", Title: v.Say("pages.queue")}, {Href: "/matters/" + first + "/work", Title: first}},
	}, convenePage(o))
}

func joint(s matter.State) (out []civic.BodyID) {
	for _, j := range s.Round.Joint {
		out = append(out, j.Body)
	}
	return out
}

func hourOf(f url.Values) matter.Hour {
	minutes, _ := strconv.Atoi(strings.TrimSpace(f.Get("minutes"))) // what is no number is no length
	return matter.Hour{Time: strings.TrimSpace(f.Get("time")), Minutes: minutes, Where: f.Get("where")}
}

func (p *Pages) takeConvene(w http.ResponseWriter, r *http.Request) {
	if _, ok := p.staff(w, r); !ok {
		return
	}
	site := p.API.Site
	f, _, _, err := read(r)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	numbers := f["matter"]
	c := matter.Convene{Hour: hourOf(f), Looked: yes(f, "looked")}
	for i, number := range numbers {
		c.Matters = append(c.Matters, matter.AgendaOn{Matter: number, Agenda: f.Get(fmt.Sprintf("agenda%d", i))})
	}
	c.Invited = append(slices.Clone(f["invited"]), strings.FieldsFunc(f.Get("posts"), func(r rune) bool { return strings.ContainsRune(" ,;，；、\t\r\n", r) })...)
	fields := map[string]string{"time": "time", "minutes": "minutes", "where": "where", "invited": "invited"}
	for i := range numbers {
		fields[fmt.Sprintf("matters[%d].agenda", i)] = fmt.Sprintf("agenda%d", i)
	}
	form := face.Form{Voice: site.Voice(r.Context()), Values: f}
	m, err := p.onMeeting(r, matter.Meeting{}, c, f)
	if err != nil {
		if !form.Take(err, fields) {
			site.Error(w, r, err)
			return
		}
		p.showConvene(w, r, face.Status(err), numbers, form)
		return
	}
	http.Redirect(w, r, meetingPath(m.Code()), http.StatusSeeOther)
}

// onMeeting does a command on a meeting.
func (p *Pages) onMeeting(r *http.Request, m matter.Meeting, c matter.MeetingCommand, f url.Values) (matter.Meeting, error) {
	key, digest := p.API.Site.FormOnce(f)
	t, err := p.API.MeetingTask(r.Context(), m, c, key)
	if err != nil {
		return m, err
	}
	t.Key, t.Digest = key, digest
	done, err := p.API.Site.Realm.Do(r.Context(), t)
	if err != nil {
		return m, err
	}
	return done.State.(matter.Meeting), nil
}

// meetingView is one meeting, with a form for each act that its reader may do.
type meetingView struct {
	Voice   words.Voice
	M       matter.MeetingView
	Acts    []string
	Act     string // that was refused
	Form    face.Form
	Parties []face.Option
	Posts   []face.Option // who can be sent instead
	Titles  map[string]string
}

func (p *Pages) findMeeting(w http.ResponseWriter, r *http.Request) (matter.Meeting, string, bool) {
	if _, ok := p.staff(w, r); !ok {
		return matter.Meeting{}, "", false
	}
	m, policy, err := p.API.Meeting(r.Context(), r.PathValue("meeting"))
	if err != nil {
		p.API.Site.Error(w, r, err)
		return m, policy, false
	}
	return m, policy, true
}

func (p *Pages) meeting(w http.ResponseWriter, r *http.Request) {
	if m, policy, ok := p.findMeeting(w, r); ok {
		p.showMeeting(w, r, m, policy, http.StatusOK, "", face.Form{Voice: p.API.Site.Voice(r.Context()), Values: url.Values{}})
	}
}

func (p *Pages) showMeeting(w http.ResponseWriter, r *http.Request, m matter.Meeting, policy string, status int, act string, form face.Form) {
	site, v := p.API.Site, form.Voice
	read, err := p.API.ReadMeeting(r.Context(), m, policy)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	o := meetingView{Voice: v, M: read, Act: act, Form: form, Titles: map[string]string{}}
	if o.Acts, err = p.API.PossibleOn(r.Context(), m); err != nil {
		site.Error(w, r, err)
		return
	}
	for _, b := range m.Parties() {
		o.Parties = append(o.Parties, face.Option{Value: string(b), Title: v.Value(b)})
	}
	for _, b := range p.Ports.Bodies(site.Realm.View(), v.Lang) {
		if !m.Party(civic.BodyID(b.Value)) {
			o.Posts = append(o.Posts, b)
		}
	}
	for _, on := range read.On {
		o.Titles[on.State.Number.String()] = categoryTitle(v, on.State.Category)
	}
	site.Page(w, r, face.Sheet{
		Status: status, Title: v.Say("meeting.of", "when", v.DateTime(m.From)), Section: "/work", Secret: true,
		Crumbs: []face.Crumb{{Href: "/work", Title: v.Say("pages.queue")}, {Href: "/meetings", Title: v.Say("meeting.title")}},
	}, meetingPage(o))
}

// fewestSteps is how many steps a form of minutes has for each matter, at least.
const fewestSteps = 4

// steps is how many it has: those that are agreed already, and room for another.
func steps(on matter.MeetingOnView) int {
	return min(max(fewestSteps, len(on.Agreed)+1), matter.MostAgreed)
}

func (p *Pages) takeMeeting(w http.ResponseWriter, r *http.Request) {
	m, policy, ok := p.findMeeting(w, r)
	if !ok {
		return
	}
	site := p.API.Site
	f, _, _, err := read(r)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	name := f.Get("act")
	form := face.Form{Voice: site.Voice(r.Context()), Values: f, Prefix: name + "-"}
	fields := map[string]string{"time": "time", "minutes": "minutes", "where": "where", "reason": "reason", "reply": "reply", "instead": "instead", "attended": "attended", "unmasked": "unmasked"}
	var c matter.MeetingCommand
	switch name {
	case "reply":
		instead := strings.TrimSpace(f.Get("post"))
		if instead == "" {
			instead = f.Get("instead")
		}
		c = matter.Reply{Reply: f.Get("reply"), Reason: f.Get("reason"), Instead: instead}
	case "move":
		c = matter.Reschedule{Hour: hourOf(f), Reason: f.Get("reason"), Looked: yes(f, "looked")}
	case "cancel":
		c = matter.CallOff{Reason: f.Get("reason")}
	case "minute":
		c = minuteOf(f, fields)
	case "correct":
		c = matter.CorrectMinutes{Minute: minuteOf(f, fields), Reason: f.Get("reason")}
	default:
		site.Error(w, r, civic.Refuse(civic.Malformed, "pages.act_unknown"))
		return
	}
	if _, err := p.onMeeting(r, m, c, f); err != nil {
		if !form.Take(err, fields) {
			site.Error(w, r, err)
			return
		}
		p.showMeeting(w, r, m, policy, face.Status(err), name, form)
		return
	}
	http.Redirect(w, r, meetingPath(m.Code()), http.StatusSeeOther)
}

// stepField names a field of a step on a form.
func stepField(name string, i, j int) string { return fmt.Sprintf("%s%d-%d", name, i, j) }

// minuteOf are the minutes that a form says; rows that are left empty are none. fields learns how refusals name what stands in them.
func minuteOf(f url.Values, fields map[string]string) matter.Minute {
	c := matter.Minute{Unmasked: unmasked(f)}
	for _, b := range f["attended"] {
		c.Attended = append(c.Attended, civic.BodyID(b))
	}
	for i, number := range f["matter"] {
		on := matter.MinutesOf{Matter: number, Remarks: f.Get(fmt.Sprintf("remarks%d", i))}
		fields[fmt.Sprintf("matters[%d].remarks", i)] = fmt.Sprintf("remarks%d", i)
		for j := range matter.MostAgreed {
			of := func(name string) string { return strings.TrimSpace(f.Get(stepField(name, i, j))) }
			step := matter.AgreedStep{
				Body: civic.BodyID(of("body")), Day: of("by"), Text: of("text"), Release: of("release") == "yes", Proposes: of("proposes"),
			}
			if step == (matter.AgreedStep{}) {
				continue
			}
			for _, name := range []string{"body", "by", "text", "proposes"} {
				fields[fmt.Sprintf("matters[%d].agreed[%d].%s", i, len(on.Agreed), name)] = stepField(name, i, j)
			}
			on.Agreed = append(on.Agreed, step)
		}
		c.Matters = append(c.Matters, on)
	}
	return c
}

// proposals are the commands that a step can propose.
func proposals(v words.Voice) []face.Group {
	g := face.Group{}
	for _, name := range matter.Proposable {
		g.Options = append(g.Options, face.Option{Value: name, Title: v.Say("may matter." + strings.ReplaceAll(name, "-", "_"))})
	}
	return []face.Group{g}
}

func meetingForm(o meetingView, act string) face.Form {
	if act == o.Act {
		return o.Form
	}
	f := face.Form{Voice: o.Voice, Prefix: act + "-", Values: url.Values{}}
	if act == "move" {
		f.Values = url.Values{
			"time": {o.M.From.In(o.Voice.Zone).Format("2006-01-02T15:04")}, "where": {o.M.Where},
			"minutes": {strconv.Itoa(int((o.M.Until - o.M.From) / 60_000_000))},
		}
	}
	if act == "correct" { // begins with what they say
		for _, b := range o.M.Attended {
			f.Values.Add("attended", string(b))
		}
		for i, on := range o.M.On {
			f.Values.Set(fmt.Sprintf("remarks%d", i), on.Remarks)
			for j, step := range on.Agreed {
				if step.Said == "" { // erased
					continue
				}
				put := func(name, value string) { f.Values.Set(stepField(name, i, j), value) }
				put("body", string(step.Body))
				put("text", step.Said)
				put("proposes", step.Proposes)
				if step.By != 0 {
					put("by", step.By.In(o.Voice.Zone).Format("2006-01-02"))
				}
				if step.Released {
					put("release", "yes")
				}
			}
		}
	}
	if act == "minute" {
		for _, i := range o.M.Invited { // who said that it comes, and who called it
			if i.Reply == matter.ReplyAccepted {
				f.Values.Add("attended", string(i.Body))
			}
		}
		f.Values.Add("attended", string(o.M.By.Body()))
	}
	return f
}
