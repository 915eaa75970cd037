package guide

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/search"
)

// API is this room's doors for programs.
type API struct {
	Site  *face.Site
	Ports Ports
}

// Register adds the doors.
func (a *API) Register() {
	s := a.Site
	face.Get(s, "/api/guide", "guide", "The articles in force, by words, kind of matter and owner", a.list, "guide")
	face.Get(s, "/api/guide/drafts", "guide-drafts", "The drafts that wait, of the asker's body", a.drafts, "guide")
	face.Get(s, "/api/guide/{article}", "guide-article", "An article, with its versions", a.article, "guide")
	face.Get(s, "/api/guide/{article}/versions/{file}", "guide-version", "The text of a version, as it is kept: 1.yaml", a.version, "guide")
	face.Get(s, "/api/guide/{article}/draft.yaml", "guide-draft-text", "The text of the draft that waits, for posts of its owner", a.draftText, "guide")
	face.Get(s, "/api/guide/{article}/feedback", "guide-feedback", "What people said is missing, for posts of its owner; each reading is written down", a.feedback, "guide")
	face.Post(s, "/api/guide/{article}/feedback", "guide-tell", "Say whether an article answered, under no name", a.tell, "guide")
	face.Post(s, "/api/guide/suggest", "guide-suggest", "Articles that may answer what somebody is writing; nothing of it is kept", a.suggest, "guide")
	face.Post(s, "/api/guide/draft", "guide-draft", "Draft an article, or a new version of one", a.put, "guide")
	command(a, "discard", "Take the draft away", func(_ context.Context, s State, c Discard) (clerk.Task, error) {
		return clerk.Task{Command: c, Dossier: s.ID}, nil
	})
	command(a, "publish", "Publish the draft, as another post than drafted it", a.publishing)
	command(a, "review", "Say that the version in force is still right", func(_ context.Context, s State, c Confirm) (clerk.Task, error) {
		return clerk.Task{Command: c, Dossier: s.ID}, nil
	})
	command(a, "withdraw", "Take an article off the pages", a.withdrawing)
}

// ArticleIn names an article.
type ArticleIn struct {
	Article string `path:"article" maxLength:"60" doc:"Its code"`
}

var none = civic.Refuse(civic.Missing, "guide.none")

// find is an article that somebody may act on or see whether it is in force or not: a draft alone is as none, but to its owner.
func (a *API) find(ctx context.Context, code string) (State, error) {
	v := a.Site.Realm.View()
	s, ok := CatalogIn(v).Article(code)
	if !ok || len(s.Versions) == 0 && !v.May(face.Actor(ctx), ActionReadDraft, s.ID, s, a.Site.Realm.Now()) {
		return State{}, none
	}
	return s, nil
}

// Shown is an article in force with its version and text.
func (a *API) Shown(code string) (State, Version, *Document, error) {
	catalog := CatalogIn(a.Site.Realm.View())
	s, _ := catalog.Article(code)
	v, in := s.InForce(a.Site.Realm.Now())
	d, has := catalog.Text(v.Digest)
	if !in || !has {
		return s, v, nil, none
	}
	return s, v, d, nil
}

type on[C any] struct {
	face.Keyed
	ArticleIn
	Body C
}

func command[C Command](a *API, name, summary string, task func(context.Context, State, C) (clerk.Task, error)) {
	face.Post(a.Site, "/api/guide/{article}/"+name, "guide-"+name, summary, func(ctx context.Context, in *on[C]) (*face.ReceiptOut, error) {
		s, err := a.find(ctx, in.Article)
		if err != nil {
			return nil, err
		}
		t, err := task(ctx, s, in.Body)
		if err != nil {
			return nil, err
		}
		return a.Site.Command(ctx, t, in.Keyed, in.Body)
	}, "guide")
}

// Listed is an article in a list.
type Listed struct {
	Article    string           `json:"article"`
	Title      string           `json:"title" doc:"In the reader's language where there is one"`
	Question   string           `json:"question"`
	Lang       string           `json:"lang" doc:"The language of both"`
	Languages  []string         `json:"languages"`
	Owner      civic.BodyID     `json:"owner"`
	Categories []civic.Category `json:"categories,omitempty"`
	Places     []civic.PlaceID  `json:"places,omitempty" doc:"Everywhere where there is none"`
	Version    int              `json:"version"`
	From       face.Time        `json:"from"`
	Until      *face.Time       `json:"until,omitempty"`
	Review     face.Time        `json:"review" doc:"By when its owner looks at it again"`
	Overdue    bool             `json:"overdue,omitempty" doc:"That day has passed"`
}

func (a *API) listed(s State, v Version, d *Document, lang string) Listed {
	text, lang := d.In(lang)
	var languages []string
	for _, l := range Languages {
		if _, ok := d.Texts[l]; ok {
			languages = append(languages, l)
		}
	}
	return Listed{
		Article: s.Code(), Title: text.Title, Question: text.Question, Lang: lang, Languages: languages, Owner: s.Body, Categories: d.Categories, Places: d.Places,
		Version: v.Number, From: a.Site.Time(v.From), Until: a.Site.TimeOrNil(v.Until), Review: a.Site.Time(v.Review), Overdue: v.Late(a.Site.Realm.Now()),
	}
}

// Query narrows a list.
type Query struct {
	Words    string
	Category civic.Category // this one, above or below it
	Owner    civic.BodyID
}

// mostFound bounds what words find.
const mostFound = 100

// Find lists the articles in force: by words the best first, else by their codes.
func (a *API) Find(ctx context.Context, q Query, lang string) ([]Listed, error) {
	realm := a.Site.Realm
	catalog := CatalogIn(realm.View())
	var codes []string
	if strings.TrimSpace(q.Words) != "" {
		found, err := search.Find(ctx, realm.DB, search.Ask(realm.ID, Kind, q.Words), mostFound, nil)
		if err != nil {
			return nil, err
		}
		codes = found
	} else {
		for s := range catalog.Articles() {
			codes = append(codes, s.Code())
		}
	}
	out := []Listed{}
	for _, code := range codes {
		s, v, d, err := a.Shown(code)
		if err != nil || q.Owner != "" && s.Body != q.Owner {
			continue
		}
		if q.Category != "" && !slices.ContainsFunc(d.Categories, func(c civic.Category) bool { return c.Within(q.Category) || q.Category.Within(c) }) {
			continue
		}
		out = append(out, a.listed(s, v, d, lang))
	}
	return out, nil
}

type listIn struct {
	Words    string         `query:"q" maxLength:"200" doc:"Words that it has"`
	Category civic.Category `query:"category" maxLength:"128" doc:"Of this kind of matter, one above or one below it"`
	Owner    civic.BodyID   `query:"owner" maxLength:"128"`
	After    int            `query:"after" minimum:"0" doc:"How many stand before this page"`
	Limit    int            `query:"limit" minimum:"1" maximum:"200" default:"100"`
}

type listOut struct {
	Link string `header:"Link"`
	Body Articles
}

// Articles is a page of articles.
type Articles struct {
	Articles []Listed `json:"articles"`
	Next     int      `json:"next,omitempty" doc:"Give it as after to get the next page"`
}

func (a *API) list(ctx context.Context, in *listIn) (*listOut, error) {
	all, err := a.Find(ctx, Query{in.Words, in.Category, in.Owner}, a.Site.Voice(ctx).Lang)
	if err != nil {
		return nil, err
	}
	all = all[min(in.After, len(all)):]
	out := &listOut{Body: Articles{Articles: all[:min(in.Limit, len(all))]}}
	if len(all) > in.Limit {
		out.Body.Next = in.After + in.Limit
		q := url.Values{"limit": {strconv.Itoa(in.Limit)}, "after": {strconv.Itoa(out.Body.Next)}}
		for name, value := range map[string]string{"q": in.Words, "category": string(in.Category), "owner": string(in.Owner)} {
			if value != "" {
				q.Set(name, value)
			}
		}
		out.Link = a.Site.NextPage("/api/guide?" + q.Encode())
	}
	return out, nil
}

// ShownText is an article in one language.
type ShownText struct {
	Lang     string   `json:"lang"`
	Title    string   `json:"title"`
	Question string   `json:"question"`
	Body     string   `json:"body" doc:"Markdown"`
	Keywords []string `json:"keywords,omitempty"`
}

// ShownVersion is a version of an article.
type ShownVersion struct {
	Version   int          `json:"version"`
	Digest    string       `json:"digest" doc:"SHA-256 of its text"`
	Published face.Time    `json:"published"`
	Publisher civic.PostID `json:"publisher,omitempty" doc:"None where it was imported"`
	From      face.Time    `json:"from"`
	Until     *face.Time   `json:"until,omitempty"`
	Reviewed  face.Time    `json:"reviewed" doc:"When somebody last said that it is right"`
	Review    face.Time    `json:"review"`
	Withdrawn *face.Time   `json:"withdrawn,omitempty"`
	Act       string       `json:"act" doc:"As /api/acts names it"`
	Answered  int          `json:"answered" doc:"How many said that it answered"`
	Not       int          `json:"not_answered"`
}

// ShownArticle is an article with its texts and versions.
type ShownArticle struct {
	Article    string           `json:"article"`
	Owner      civic.BodyID     `json:"owner"`
	InForce    int              `json:"in_force,omitempty" doc:"The version in force; none where it is withdrawn, has ended or has yet to come"`
	Overdue    bool             `json:"overdue,omitempty"`
	Categories []civic.Category `json:"categories,omitempty"`
	Places     []civic.PlaceID  `json:"places,omitempty"`
	Laws       []Law            `json:"laws,omitempty"`
	Texts      []ShownText      `json:"texts,omitempty"`
	Withdrawn  *face.Time       `json:"withdrawn,omitempty"`
	Reason     string           `json:"reason,omitempty" doc:"Why it was withdrawn"`
	Instead    string           `json:"instead,omitempty" doc:"What to read instead"`
	Versions   []ShownVersion   `json:"versions"`
}

type articleOut struct{ Body ShownArticle }

func (a *API) article(ctx context.Context, in *ArticleIn) (*articleOut, error) {
	s, ok := CatalogIn(a.Site.Realm.View()).Article(in.Article)
	if !ok || len(s.Versions) == 0 {
		return nil, none
	}
	counts, err := a.Counts(ctx, s.Code())
	if err != nil {
		return nil, err
	}
	out := &articleOut{ShownArticle{Article: s.Code(), Owner: s.Body, Versions: []ShownVersion{}}}
	b := &out.Body
	for _, v := range s.Versions {
		shown := ShownVersion{
			Version: v.Number, Digest: v.Digest, Published: a.Site.Time(v.Published), Publisher: v.Publisher, From: a.Site.Time(v.From), Until: a.Site.TimeOrNil(v.Until),
			Reviewed: a.Site.Time(v.Reviewed), Review: a.Site.Time(v.Review), Withdrawn: a.Site.TimeOrNil(v.Over), Act: a.Site.ActName(v.Act),
		}
		for _, c := range counts {
			if c.Version == v.Number {
				shown.Answered, shown.Not = c.Answered, c.Not
			}
		}
		b.Versions = append(b.Versions, shown)
	}
	if w := s.Withdrawn; w != nil {
		reason, err := a.text(ctx, w.Reason)
		if err != nil {
			return nil, err
		}
		b.Withdrawn, b.Reason, b.Instead = a.Site.TimeOrNil(w.At), string(reason), w.Instead
	}
	_, v, d, err := a.Shown(s.Code())
	if err != nil {
		return out, nil
	}
	b.InForce, b.Overdue, b.Categories, b.Places, b.Laws = v.Number, v.Late(a.Site.Realm.Now()), d.Categories, d.Places, d.Laws
	for _, lang := range Languages {
		if t, ok := d.Texts[lang]; ok {
			b.Texts = append(b.Texts, ShownText{lang, t.Title, t.Question, t.Body, t.Keywords})
		}
	}
	return out, nil
}

type versionIn struct {
	ArticleIn
	File string `path:"file" maxLength:"20" pattern:"^[0-9]+\\.yaml$" doc:"The number of the version, with .yaml"`
}

func (a *API) version(ctx context.Context, in *versionIn) (*face.Document, error) {
	s, _ := CatalogIn(a.Site.Realm.View()).Article(in.Article)
	n, _ := strconv.Atoi(strings.TrimSuffix(in.File, ".yaml"))
	v, ok := s.Version(n)
	if !ok {
		return nil, civic.Refuse(civic.Missing, "guide.version_unknown")
	}
	text, err := a.text(ctx, v.Digest)
	return &face.Document{ContentType: fmt.Sprintf("%s; charset=utf-8", Media), Body: text}, err
}
