package standing

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/clerk"
)

// ReportPages show monthly reports to people.
type ReportPages struct {
	API *ReportAPI
	// Places are the open places, by kind.
	Places func(*clerk.View, words.Voice) []face.Group
}

// Register adds the doors.
func (p *ReportPages) Register() {
	mux := p.API.Site.Mux
	mux.HandleFunc("GET /reports", p.list)
	mux.HandleFunc("POST /reports", p.begin)
	mux.HandleFunc("GET /reports/{report}", p.one)
	mux.HandleFunc("POST /reports/{report}", p.act)
}

func reportFilePath(code string, number int, ending string) string {
	return "/api/reports/" + url.PathEscape(code) + "/" + strconv.Itoa(number) + "." + ending
}

type reportsView struct {
	Voice  words.Voice
	Rows   []Report
	Months []face.Group // that can be drafted; none where whoever looks drafts nothing
	Places []face.Group
	Form   face.Form
}

func (p *ReportPages) list(w http.ResponseWriter, r *http.Request) {
	p.showList(w, r, http.StatusOK, face.Form{})
}

func (p *ReportPages) showList(w http.ResponseWriter, r *http.Request, status int, form face.Form) {
	site, ctx := p.API.Site, r.Context()
	o := reportsView{Voice: site.Voice(ctx), Form: form}
	if form.Prefix == "" {
		o.Form = face.Form{Voice: o.Voice, Prefix: "draft-"}
	}
	var err error
	if o.Rows, err = Reports(ctx, site.Realm); err == nil {
		err = p.offer(ctx, &o)
	}
	if err != nil {
		site.Error(w, r, err)
		return
	}
	site.Page(w, r, face.Sheet{
		Status: status, Title: o.Voice.Say("report.title"), Section: "/figures", Secret: len(o.Months) > 0,
		Crumbs: []face.Crumb{{Href: "/figures", Title: o.Voice.Say("figures.title")}},
	}, reportsPage(o))
}

// mostMonths is how many months back a form offers.
const mostMonths = 36

// offer gives the form what whoever looks may draft.
func (p *ReportPages) offer(ctx context.Context, o *reportsView) error {
	if face.Actor(ctx).Kind != civic.Post {
		return nil
	}
	site, view := p.API.Site, p.API.Site.Realm.View()
	root := p.API.Ports.Bodies(view).Root()
	for _, g := range p.Places(view, o.Voice) {
		of := face.Group{Title: g.Title}
		for _, place := range g.Options {
			id := civic.PlaceID(place.Value)
			if id == root {
				id = ""
			}
			mine, err := p.API.mine(ctx, []civic.PlaceID{id})
			if err != nil {
				return err
			}
			if len(mine) > 0 {
				of.Options = append(of.Options, place)
			}
		}
		if len(of.Options) > 0 {
			o.Places = append(o.Places, of)
		}
	}
	if len(o.Places) == 0 {
		return nil
	}
	sums, err := read(ctx, site.Realm.DB.R, site.Realm.ID, ByAll, "", false, "", "")
	if err != nil {
		return err
	}
	var months []Month
	for cell := range maps.Keys(sums) {
		if cell.Month.over(site.Realm.Now(), site.Zone()) {
			months = append(months, cell.Month)
		}
	}
	slices.Sort(months)
	slices.Reverse(months)
	var g face.Group
	for _, m := range months[:min(len(months), mostMonths)] {
		g.Options = append(g.Options, face.Option{Value: string(m), Title: string(m)})
	}
	o.Months = []face.Group{g}
	return nil
}

// reportFields are the fields of the forms that refusals name.
var reportFields = map[string]string{"month": "month", "place": "place", "reason": "reason", "text": "text"}

// begin drafts a report.
func (p *ReportPages) begin(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		p.API.Site.Error(w, r, civic.Refuse(civic.Malformed, "face.form_unreadable"))
		return
	}
	f := r.PostForm
	c := DraftReport{Month: Month(f.Get("month")), Place: civic.PlaceID(f.Get("place")), Reason: f.Get("reason"), Looked: f.Get("looked") == "yes"}
	done, err := p.do(r.Context(), Report{}, c, f)
	if err != nil {
		form := face.Form{Voice: p.API.Site.Voice(r.Context()), Values: f, Prefix: "draft-"}
		if !form.Take(err, reportFields) {
			p.API.Site.Error(w, r, err)
			return
		}
		p.showList(w, r, face.Status(err), form)
		return
	}
	http.Redirect(w, r, ReportPath(done.Code()), http.StatusSeeOther)
}

func (p *ReportPages) do(ctx context.Context, r Report, c ReportCommand, fields url.Values) (Report, error) {
	t, err := p.API.task(ctx, r, c)
	if err != nil {
		return Report{}, err
	}
	t.Key, t.Digest = p.API.Site.FormOnce(fields)
	done, err := p.API.Site.Realm.Do(ctx, t)
	if err != nil {
		return Report{}, err
	}
	return done.State.(Report), nil
}

type reportView struct {
	Voice   words.Voice
	Report  Report
	Version ReportVersion
	Number  int
	Signed  bool
	Paper   reportPaper
	Moved   bool // the running figures of the month are others by now
	Actions []string
	Act     string
	Form    face.Form
}

func (p *ReportPages) one(w http.ResponseWriter, r *http.Request) {
	found, err := p.API.Find(r.Context(), r.PathValue("report"))
	if err != nil {
		p.API.Site.Error(w, r, err)
		return
	}
	p.show(w, r, found, http.StatusOK, "", face.Form{})
}

// show shows the version that is asked for: a number, or the draft; the newest signed one without, or the draft where there is none.
func (p *ReportPages) show(w http.ResponseWriter, r *http.Request, found Report, status int, act string, form face.Form) {
	site, ctx := p.API.Site, r.Context()
	o := reportView{Voice: site.Voice(ctx), Report: found, Act: act, Form: form, Number: len(found.Done)}
	if asked := r.URL.Query().Get("version"); asked != "" {
		n, err := strconv.Atoi(asked)
		if err != nil || n < 1 || n > len(found.Done) && (n != len(found.Done)+1 || found.Draft == nil) {
			site.Error(w, r, civic.Refuse(civic.Missing, "report.no_version"))
			return
		}
		o.Number = n
	} else if found.Draft != nil && (o.Number == 0 || act != "") {
		o.Number = len(found.Done) + 1
	}
	if o.Version, o.Signed = found.Version(o.Number); !o.Signed {
		o.Version = *found.Draft
	}
	var err error
	if o.Paper, err = p.API.paper(ctx, o.Version, o.Number, found.Code(), o.Version.Signer); err == nil {
		o.Moved, err = p.moved(ctx, o.Paper.Frozen)
	}
	if err == nil {
		o.Actions, err = p.API.possible(ctx, found)
	}
	if o.Signed { // what is done to a draft is done in view of it
		o.Actions = slices.DeleteFunc(o.Actions, func(act string) bool { return act != "draft" })
	}
	if err != nil {
		site.Error(w, r, err)
		return
	}
	site.Page(w, r, face.Sheet{
		Status: status, Title: o.Paper.Frozen.heading(o.Voice), Section: "/figures", Secret: len(o.Actions) > 0,
		Crumbs: []face.Crumb{{Href: "/figures", Title: o.Voice.Say("figures.title")}, {Href: "/reports", Title: o.Voice.Say("report.title")}},
	}, reportPage(o))
}

// moved reports whether the running figures are others than those that were frozen.
func (p *ReportPages) moved(ctx context.Context, f Frozen) (bool, error) {
	by, code := ByAll, ""
	if f.Place != "" {
		by, code = ByPlace, string(f.Place)
	}
	b, err := p.API.Figures.boards.now(ctx, p.API.Site)
	if err != nil {
		return false, err
	}
	return !maps.Equal(b.of(Cell{Month: f.Month, By: by, Code: code}), f.Counts), nil
}

func (p *ReportPages) act(w http.ResponseWriter, r *http.Request) {
	found, err := p.API.Find(r.Context(), r.PathValue("report"))
	if err != nil {
		p.API.Site.Error(w, r, err)
		return
	}
	if err := r.ParseForm(); err != nil {
		p.API.Site.Error(w, r, civic.Refuse(civic.Malformed, "face.form_unreadable"))
		return
	}
	f := r.PostForm
	name, looked := f.Get("act"), f.Get("looked") == "yes"
	var c ReportCommand
	switch name {
	case "draft":
		c = DraftReport{Month: found.Month, Place: found.Place, Reason: f.Get("reason"), Looked: looked}
	case "remark":
		c = RemarkReport{Text: f.Get("text"), Looked: looked}
	case "sign":
		c = SignReport{Figures: f.Get("figures")}
	default:
		p.API.Site.Error(w, r, civic.Refuse(civic.Malformed, "report.act_unknown"))
		return
	}
	done, err := p.do(r.Context(), found, c, f)
	if err != nil {
		form := face.Form{Voice: p.API.Site.Voice(r.Context()), Values: f, Prefix: name + "-"}
		if !form.Take(err, reportFields) {
			p.API.Site.Error(w, r, err)
			return
		}
		p.show(w, r, found, face.Status(err), name, form)
		return
	}
	to := ReportPath(done.Code())
	if done.Draft != nil && len(done.Done) > 0 {
		to += "?version=" + strconv.Itoa(len(done.Done)+1)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// reportTitle is a report's title in the list.
func reportTitle(v words.Voice, r Report) string {
	of := v.Say("figures.whole")
	if r.Place != "" {
		of = v.Value(r.Place)
	}
	return v.Say("report.heading", "of", of, "month", string(r.Month))
}

// reportRunning is where the running figures are.
func reportRunning(f Frozen) string {
	if f.Place == "" {
		return "/figures"
	}
	return "/figures/" + ByPlace + "/" + url.PathEscape(string(f.Place))
}

// reportRemarks is the form of remarks, with those that stand there until others are written.
func reportRemarks(o reportView, f face.Form) face.Form {
	if f.Values == nil {
		f.Values = url.Values{"text": {o.draftRemarks()}}
	}
	return f
}

// draftRemarks are the remarks of the draft, where it is the draft that is shown.
func (o reportView) draftRemarks() string {
	if o.Signed {
		return ""
	}
	return o.Paper.Remarks
}

func fileNames(files map[string]string) []string { return slices.Sorted(maps.Keys(files)) }
