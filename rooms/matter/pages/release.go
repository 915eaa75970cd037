package pages

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"skein/face"
	"skein/face/words"
	"skein/frame/access"
	"skein/frame/civic"
	"skein/rooms/matter"
	"skein/science/mask"
)

// Where the desk, or whoever handles a matter, decides what of it everyone may see: text by text and photo by photo, with what
// points to a person pointed out.

// releaseView is that page.
type releaseView struct {
	Voice   words.Voice
	Number  string
	Title   string
	Grounds []face.Option
	Tongues []face.Group // to choose the language of a text from
	Items   []releaseItem
	Wrong   face.Form // what was wrong with the form that was sent, for the head of the page
}

// releaseItem is a text or photo to decide on.
type releaseItem struct {
	matter.Item
	N      int
	Photo  string   // its address
	Pieces []piece  // the version that would be shown, what points to a person apart
	Found  []string // how much of which kind, in words
	Erased bool
	Form   face.Form // of its decision
	State  string    // how it stands, in words
}

// piece is a stretch of a text; Kind says what it points by, "" for nothing.
type piece struct {
	Text string
	Kind mask.Kind
}

// pieces cuts a text at what points to a person, and counts it.
func pieces(text string) (out []piece, counts map[mask.Kind]int) {
	counts = map[mask.Kind]int{}
	at := 0
	for _, s := range mask.Find(text) {
		out = append(out, piece{Text: text[at:s.Start]}, piece{text[s.Start:s.End], s.Kind})
		counts[s.Kind]++
		at = s.End
	}
	return append(out, piece{Text: text[at:]}), counts
}

// proposed is a text with what points to a person masked, in the language that it is written in.
func (p *Pages) proposed(text string) string {
	lang := "en"
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		lang = "zh-Hans"
	}
	v := p.API.Site.VoiceIn(lang)
	return matter.Masked(text, func(k mask.Kind) string { return v.Say("pages.masked_" + string(k)) })
}

// releaser reads the matter of a request for a post that may decide what everyone sees of it. What it then opens is read for that.
func (p *Pages) releaser(w http.ResponseWriter, r *http.Request) (found, bool) {
	f, ok := p.find(w, r)
	if !ok {
		return f, false
	}
	ctx, site := r.Context(), p.API.Site
	actor := face.Actor(ctx)
	answer := site.Realm.View().Ask(actor, matter.Release{}.Name(), f.state.ID, f.state, site.Realm.Now())
	err := p.API.OwnJudge(ctx, f.state, actor, matter.Release{}.Name())
	switch {
	case err != nil:
	case !answer.Allowed || f.eyes.Post == "":
		err = civic.Refuse(civic.Forbidden, "power.none", "action", matter.Release{}.Name(), "policies", "")
	case f.state.Visibility == matter.Private:
		err = civic.Refuse(civic.Conflict, "matter.private_never_shown")
	}
	if err != nil {
		site.Error(w, r, err)
		return f, false
	}
	f.eyes.Power, f.eyes.For = answer.Policy, access.Release
	return f, true
}

func (p *Pages) askRelease(w http.ResponseWriter, r *http.Request) {
	if f, ok := p.releaser(w, r); ok {
		p.showRelease(w, r, f, http.StatusOK, "", face.Form{})
	}
}

// showRelease sends the page; item and form are of a decision that was refused.
func (p *Pages) showRelease(w http.ResponseWriter, r *http.Request, f found, status int, item string, form face.Form) {
	site, ctx := p.API.Site, r.Context()
	o := releaseView{Voice: site.Voice(ctx), Number: f.view.Number.String(), Title: categoryTitle(site.Voice(ctx), f.view.Category), Wrong: form}
	for _, g := range p.API.Ports.Rules(site.Realm.View()).WithholdGrounds {
		o.Grounds = append(o.Grounds, face.Option{Value: g, Title: o.Voice.Value(words.Code{Key: "matter.ground." + g, Else: g})})
	}
	o.Tongues = tongues(o.Voice, site.Realm.View().Settings.Languages, f.state.Items)
	said, err := p.API.Versions(ctx, f.state, f.eyes)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	for i, it := range f.state.Items {
		x := releaseItem{Item: it, N: i + 1, State: standing(o.Voice, it, true)}
		x.Form = face.Form{Voice: o.Voice, Prefix: "i" + strconv.Itoa(x.N) + "-", Values: url.Values{}}
		if it.Media != "text/plain" {
			x.Photo = PathOf(f.view.Number) + "/sealed/" + it.Digest
		} else if text, there := said[shownDigest(it)]; there {
			var counts map[mask.Kind]int
			x.Pieces, counts = pieces(text)
			for _, k := range mask.Kinds {
				if n := counts[k]; n > 0 {
					x.Found = append(x.Found, o.Voice.Say("pages.near_"+string(k), "count", n))
				}
			}
			x.Form.Values = url.Values{"text": {p.proposed(text)}, "language": {string(cmp.Or(it.Language, matter.SuggestLanguage(text, site.Realm.View().Settings.Languages)))}}
		} else {
			x.Erased = true
		}
		if it.Digest == item {
			form.Prefix = x.Form.Prefix
			x.Form, o.Wrong = form, form
		}
		o.Items = append(o.Items, x)
	}
	slices.SortStableFunc(o.Items, func(a, b releaseItem) int { // what waits comes first
		return decided(a.Item) - decided(b.Item)
	})
	site.Page(w, r, face.Sheet{
		Status: status, Title: o.Voice.Say("pages.release_title") + " " + o.Number, Section: "/matters",
		Crumbs: []face.Crumb{{Href: "/matters", Title: o.Voice.Say("pages.matters")}, {Href: PathOf(f.view.Number), Title: o.Title}},
		Secret: true,
	}, releasePage(o))
}

func decided(it matter.Item) int {
	if it.Showing == matter.ShowUndecided {
		return 0
	}
	return 1
}

// shownDigest is that of the version that everyone would see.
func shownDigest(it matter.Item) string {
	if it.Shown != "" {
		return it.Shown
	}
	return it.Digest
}

// releaseFields are the fields of a decision that refusals name.
var releaseFields = map[string]string{"unmasked": "unmasked", "text": "text", "ground": "ground", "law": "law", "language": "language"}

// takeRelease does what was decided on one text or photo.
func (p *Pages) takeRelease(w http.ResponseWriter, r *http.Request) {
	f, ok := p.releaser(w, r)
	if !ok {
		return
	}
	site := p.API.Site
	fields, _, _, err := read(r)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	item := fields.Get("item")
	form := face.Form{Voice: site.Voice(r.Context()), Values: fields}
	i := slices.IndexFunc(f.state.Items, func(it matter.Item) bool { return it.Digest == item })
	if i < 0 {
		site.Error(w, r, civic.Refuse(civic.Malformed, "pages.act_unknown"))
		return
	}
	if err = p.decide(r, f, f.state.Items[i], fields, &form); err == nil && len(form.Wrong) == 0 {
		http.Redirect(w, r, PathOf(f.state.Number)+"/release", http.StatusSeeOther)
		return
	}
	if err != nil && !form.Take(err, releaseFields) {
		site.Error(w, r, err)
		return
	}
	status := http.StatusUnprocessableEntity
	if err != nil {
		status = face.Status(err)
	}
	p.showRelease(w, r, f, status, item, form)
}

func (p *Pages) decide(r *http.Request, f found, it matter.Item, fields url.Values, form *face.Form) error {
	ground, unmasked := fields.Get("ground"), matter.Unmasked{Unmasked: fields.Get("unmasked") == "yes"}
	photo := it.Media != "text/plain"
	release := matter.Release{Items: []string{it.Digest}, Unmasked: unmasked}
	if !photo {
		release.Language = fields.Get("language")
	}
	switch fields.Get("do") {
	case "release":
		if photo && fields.Get("looked") != "yes" {
			form.Add("looked", "pages.looked_missing")
			return nil
		}
		return p.give(r, f, release, fields)
	case "language":
		if photo || release.Language == "" {
			form.Add("language", "pages.release_language_missing")
			return nil
		}
		release.Shown = true
		return p.give(r, f, release, fields)
	case "mask":
		text := strings.TrimSpace(fields.Get("text"))
		if photo || text == "" {
			form.Add("text", "pages.masked_missing")
			return nil
		}
		if ground == "" {
			ground = "personal_data"
		}
		if refusals := matter.Near(text); len(refusals) > 0 && !unmasked.Unmasked {
			return refusals
		}
		if err := p.redact(r, f, it.Digest, text, ground, fields); err != nil {
			return err
		}
		if it.Showing == matter.ShowReleased && (release.Language == "" || words.Language(release.Language) == it.Language) {
			return nil // the masked version took the place of what was shown
		}
		now, err := p.API.Find(r.Context(), string(f.state.Number))
		if err != nil {
			return err
		}
		f.state = now
		return p.give(r, f, release, fields)
	case "withhold":
		return p.give(r, f, matter.Withhold{Items: []string{it.Digest}, Ground: ground, Law: fields.Get("law")}, fields)
	}
	return civic.Refuse(civic.Malformed, "pages.act_unknown")
}

// give does a command of the post that asks.
func (p *Pages) give(r *http.Request, f found, c matter.Command, fields url.Values) error {
	site := p.API.Site
	t, err := p.API.Intake.On(r.Context(), site.Realm.View(), face.Actor(r.Context()), f.state, c, nil)
	if err != nil {
		return err
	}
	if t.Key, t.Digest = p.API.Site.FormOnce(fields); t.Key != "" {
		t.Key += " " + c.Name()
	}
	_, err = site.Realm.Do(r.Context(), t)
	return err
}

func (p *Pages) redact(r *http.Request, f found, item, text, ground string, fields url.Values) error {
	site := p.API.Site
	t, err := p.API.Intake.Redact(r.Context(), site.Realm.View(), face.Actor(r.Context()), f.state, item, text, ground)
	if err != nil {
		return err
	}
	if t.Key, t.Digest = p.API.Site.FormOnce(fields); t.Key != "" {
		t.Key += " " + t.Command.Name()
	}
	_, err = site.Realm.Do(r.Context(), t)
	return err
}

// standing says how a text or photo stands before the public, and on what ground; "" where there is nothing to say. whole
// is for those who see more than the public does.
func standing(v words.Voice, it matter.Item, whole bool) string {
	code := func(g string) words.Code { return words.Code{Key: "matter.ground." + g, Else: g} }
	switch {
	case it.Showing == matter.ShowWithheld && it.Law != "":
		return v.Say("pages.standing_withheld_law", "ground", code(it.Ground), "law", it.Law)
	case it.Showing == matter.ShowWithheld:
		return v.Say("pages.standing_withheld", "ground", code(it.Ground))
	case it.Masked != "" && it.Showing == matter.ShowReleased:
		return v.Say("pages.standing_masked", "ground", code(it.Masked))
	case !whole:
		return ""
	case it.Masked != "":
		return v.Say("pages.standing_masked_waits", "ground", code(it.Masked))
	case it.Showing == matter.ShowReleased:
		return v.Say("pages.standing_released")
	}
	return v.Say("pages.standing_undecided")
}
