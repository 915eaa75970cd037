package guide

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"skein/face"
	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/clerk"
)

// Pages is this room's pages.
type Pages struct {
	API *API
	// Branches are the kinds of matter to choose from, by the branch of the tree.
	Branches func(v *clerk.View, lang string) []face.Group
}

// PathOf is the page of an article.
func PathOf(code string) string { return "/guide/" + code }

// Register adds the pages.
func (p *Pages) Register() {
	mux := p.API.Site.Mux
	mux.HandleFunc("GET /guide", p.list)
	mux.HandleFunc("POST /guide/suggest", p.suggest)
	mux.HandleFunc("GET /guide/{article}", p.one)
	mux.HandleFunc("POST /guide/{article}", p.tell)
	mux.HandleFunc("GET /guide/work", p.work)
	mux.HandleFunc("GET /guide/new", p.fresh)
	mux.HandleFunc("POST /guide/new", p.save)
	mux.HandleFunc("GET /guide/{article}/edit", p.edit)
	mux.HandleFunc("POST /guide/{article}/edit", p.onEdit)
	mux.HandleFunc("GET /guide/{article}/feedback", p.feedback)
}

type listView struct {
	Voice   words.Voice
	Form    face.Form
	Groups  []face.Group
	Shelves []shelf
	Count   int
	Next    string
	Works   bool
}

// shelf is the articles of one branch of the tree of kinds.
type shelf struct {
	Title    string
	Articles []Listed
}

const mostListed = 100

func (p *Pages) list(w http.ResponseWriter, r *http.Request) {
	site, ctx, q := p.API.Site, r.Context(), r.URL.Query()
	o := listView{Voice: site.Voice(ctx), Form: face.Form{Voice: site.Voice(ctx), Values: q}, Works: p.API.works(ctx) == nil}
	o.Groups = p.Branches(site.Realm.View(), o.Voice.Lang)
	all, err := p.API.Find(ctx, Query{Words: q.Get("q"), Category: civic.Category(q.Get("category"))}, o.Voice.Lang)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	o.Count = len(all)
	after, _ := strconv.Atoi(q.Get("after"))
	all = all[min(max(after, 0), len(all)):]
	if len(all) > mostListed {
		all = all[:mostListed]
		q.Set("after", strconv.Itoa(after+mostListed))
		o.Next = "/guide?" + q.Encode()
	}
	o.Shelves = shelves(o.Voice, all, strings.TrimSpace(q.Get("q")) != "")
	site.Page(w, r, face.Sheet{Title: o.Voice.Say("guide.pages.title"), Section: "/guide", Crumbs: []face.Crumb{}}, listPage(o))
}

// shelves puts articles under the branch of their first kind; what words found stays in its order.
func shelves(v words.Voice, all []Listed, found bool) []shelf {
	if found {
		return []shelf{{"", all}}
	}
	at := map[civic.Category]int{}
	var out []shelf
	for _, a := range all {
		var root civic.Category
		if len(a.Categories) > 0 {
			root = a.Categories[0]
			for up := root.Parent(); up != ""; up = root.Parent() {
				root = up
			}
		}
		i, ok := at[root]
		if !ok {
			i = len(out)
			at[root] = i
			title := v.Say("guide.pages.general")
			if root != "" {
				title = v.Value(root)
			}
			out = append(out, shelf{Title: title})
		}
		out[i].Articles = append(out[i].Articles, a)
	}
	slices.SortFunc(out, func(a, b shelf) int { return strings.Compare(a.Title, b.Title) })
	return out
}

type oneView struct {
	Voice     words.Voice
	Article   State
	Version   Version
	Doc       *Document
	Text      Text
	Lang      string
	InForce   bool
	Now       civic.Instant
	Reason    string
	Instead   *Listed
	Counts    []Count
	Thanked   string // "yes" or "no": what was answered
	Form      face.Form
	Kept      int
	Works     bool
	ReportURL string
}

func (p *Pages) one(w http.ResponseWriter, r *http.Request) {
	p.showOne(w, r, http.StatusOK, "", face.Form{Voice: p.API.Site.Voice(r.Context())})
}

func (p *Pages) showOne(w http.ResponseWriter, r *http.Request, status int, thanked string, form face.Form) {
	site, ctx := p.API.Site, r.Context()
	view, now := site.Realm.View(), site.Realm.Now()
	s, ok := CatalogIn(view).Article(r.PathValue("article"))
	if !ok || len(s.Versions) == 0 {
		site.Error(w, r, none)
		return
	}
	o := oneView{Voice: site.Voice(ctx), Article: s, Now: now, Form: form, Thanked: thanked, ReportURL: "/report"}
	if o.Version, o.InForce = s.InForce(now); !o.InForce {
		o.Version = s.Versions[len(s.Versions)-1]
	}
	if n, err := strconv.Atoi(r.URL.Query().Get("version")); err == nil {
		v, there := s.Version(n)
		if !there {
			site.Error(w, r, civic.Refuse(civic.Missing, "guide.version_unknown"))
			return
		}
		o.InForce = o.InForce && v.Number == o.Version.Number
		o.Version = v
	}
	var err error
	if o.Doc, ok = CatalogIn(view).Text(o.Version.Digest); !ok {
		site.Error(w, r, none)
		return
	}
	o.Text, o.Lang = o.Doc.In(o.Voice.Lang)
	if len(o.Doc.Categories) > 0 {
		o.ReportURL += "?category=" + string(o.Doc.Categories[0])
	}
	if o.Counts, err = p.API.Counts(ctx, s.Code()); err != nil {
		site.Error(w, r, err)
		return
	}
	if s.Withdrawn != nil {
		reason, err := p.API.text(ctx, s.Withdrawn.Reason)
		if err != nil {
			site.Error(w, r, err)
			return
		}
		o.Reason = string(reason)
		if other, v, d, err := p.API.Shown(s.Withdrawn.Instead); err == nil {
			listed := p.API.listed(other, v, d, o.Voice.Lang)
			o.Instead = &listed
		}
	}
	o.Kept = p.API.Ports.facts(view, &clerk.Task{}).Kept
	o.Works = view.May(face.Actor(ctx), ActionReadDraft, s.ID, s, now)
	site.Page(w, r, face.Sheet{
		Status: status, Title: o.Text.Title, Section: "/guide", Crumbs: []face.Crumb{{Href: "/guide", Title: o.Voice.Say("guide.pages.title")}},
	}, articlePage(o))
}

func (o oneView) coming() bool { return o.Version.Over == 0 && o.Version.From > o.Now }
func (o oneView) ended() bool  { return o.Version.Until != 0 && o.Version.Until <= o.Now }

// countOf is what was said of a version.
func (o oneView) countOf(version int) Count {
	for _, c := range o.Counts {
		if c.Version == version {
			return c
		}
	}
	return Count{}
}

func (p *Pages) tell(w http.ResponseWriter, r *http.Request) {
	site := p.API.Site
	if err := r.ParseForm(); err != nil {
		site.Error(w, r, civic.Refuse(civic.Malformed, "face.form_unreadable"))
		return
	}
	answered := r.PostForm.Get("answered")
	if answered != "yes" && answered != "no" {
		site.Error(w, r, civic.Refuse(civic.Malformed, "guide.act_unknown"))
		return
	}
	of, _ := strconv.Atoi(r.PostForm.Get("version"))
	var once face.Keyed
	once.IdempotencyKey, _ = site.FormOnce(r.PostForm)
	if err := p.API.Tell(r.Context(), once, r.PathValue("article"), of, answered == "yes", r.PostForm.Get("missing")); err != nil {
		form := face.Form{Voice: site.Voice(r.Context()), Values: r.PostForm}
		if rs, ok := civic.AsRefusals(err); !ok || rs.Kind() != civic.Invalid || !form.Take(err, map[string]string{"missing": "missing"}) {
			site.Error(w, r, err)
			return
		}
		p.showOne(w, r, face.Status(err), "", form)
		return
	}
	p.showOne(w, r, http.StatusOK, answered, face.Form{Voice: site.Voice(r.Context())})
}

// suggest answers a form with a fragment of a page while somebody writes in it. What she writes comes in the body, is kept nowhere and
// stands in no address.
func (p *Pages) suggest(w http.ResponseWriter, r *http.Request) {
	site, ctx := p.API.Site, r.Context()
	if err := r.ParseForm(); err != nil {
		site.Error(w, r, civic.Refuse(civic.Malformed, "face.form_unreadable"))
		return
	}
	f := r.PostForm
	said := []rune(f.Get("text"))
	voice := site.Voice(ctx)
	all, err := p.API.Suggest(ctx, Asked{
		Words: string(said[max(0, len(said)-2000):]), Category: civic.Category(f.Get("category")), Place: civic.PlaceID(f.Get("place")), Language: voice.Lang, Most: 3,
	})
	if err != nil {
		site.Error(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if err := Suggested(voice, all).Render(ctx, w); err != nil {
		site.Log.Error("a fragment failed", "pattern", r.Pattern, "err", err)
	}
}
