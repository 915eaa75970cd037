package guide

import (
	"context"
	"net/http"

	"skein/face"
	"skein/frame/civic"
)

// What posts of an owner do through programs, and what anybody tells and asks.

// Waiting is a draft that waits.
type Waiting struct {
	Article string       `json:"article"`
	Draft   int          `json:"draft"`
	By      civic.PostID `json:"by,omitempty"`
	At      face.Time    `json:"at"`
}

type draftsOut struct {
	Body struct {
		Drafts []Waiting `json:"drafts"`
	}
}

// Own are the articles whose drafts somebody may read.
func (a *API) Own(ctx context.Context) (out []State) {
	view, now, actor := a.Site.Realm.View(), a.Site.Realm.Now(), face.Actor(ctx)
	if actor.Kind != civic.Post {
		return nil
	}
	for s := range CatalogIn(view).Articles() {
		if view.May(actor, ActionReadDraft, s.ID, s, now) {
			out = append(out, s)
		}
	}
	return out
}

func (a *API) drafts(ctx context.Context, _ *struct{}) (*draftsOut, error) {
	if err := a.works(ctx); err != nil {
		return nil, err
	}
	out := &draftsOut{}
	out.Body.Drafts = []Waiting{}
	for _, s := range a.Own(ctx) {
		if s.Draft != nil {
			out.Body.Drafts = append(out.Body.Drafts, Waiting{s.Code(), s.Draft.Number, s.Draft.By, a.Site.Time(s.Draft.At)})
		}
	}
	return out, nil
}

// works refuses whoever may not read drafts of the body she acts for, writes whoever may not draft them.
func (a *API) works(ctx context.Context) error  { return a.may(ctx, ActionReadDraft) }
func (a *API) writes(ctx context.Context) error { return a.may(ctx, Write{}.Name()) }

func (a *API) may(ctx context.Context, action string) error {
	actor := face.Actor(ctx)
	s := State{ID: ID("new"), Body: actor.Post.Body()}
	answer := a.Site.Realm.View().Ask(actor, action, s.ID, s, a.Site.Realm.Now())
	if !answer.Allowed {
		return answer.Refusals
	}
	return nil
}

func (a *API) draftText(ctx context.Context, in *ArticleIn) (*face.Document, error) {
	d, err := a.Draft(ctx, in.Article)
	if err != nil {
		return nil, err
	}
	return &face.Document{ContentType: Media + "; charset=utf-8", Body: d.Canonical()}, nil
}

// Draft reads the draft of an article that waits, for who may.
func (a *API) Draft(ctx context.Context, code string) (*Document, error) {
	s, err := a.find(ctx, code)
	if err != nil {
		return nil, err
	}
	answer := a.Site.Realm.View().Ask(face.Actor(ctx), ActionReadDraft, s.ID, s, a.Site.Realm.Now())
	switch {
	case !answer.Allowed:
		return nil, answer.Refusals
	case s.Draft == nil:
		return nil, civic.Refuse(civic.Conflict, "guide.no_draft")
	}
	text, err := a.text(ctx, s.Draft.Digest)
	if err != nil {
		return nil, err
	}
	return ReadKept(text)
}

type putIn struct {
	face.Keyed
	Body struct {
		Document string `json:"document" maxLength:"262144" doc:"The article as YAML, of the form in which a version is given out"`
		Looked   bool   `json:"looked,omitempty" doc:"What still looks like somebody's data was looked at, and is not"`
	}
}

func (a *API) put(ctx context.Context, in *putIn) (*face.ReceiptOut, error) {
	d, lines, refusals := Parse("document.yaml", []byte(in.Body.Document))
	if len(refusals) > 0 {
		if err := a.works(ctx); err != nil {
			return nil, err
		}
		return nil, refusals
	}
	t, err := a.draft(ctx, d, in.Body.Looked)
	if rs, ok := civic.AsRefusals(err); ok {
		return nil, lines.Name(rs)
	}
	if err != nil {
		return nil, err
	}
	return a.Site.Command(ctx, t, in.Keyed, in.Body)
}

type feedbackOut struct {
	Body struct {
		Counts  []Count  `json:"counts"`
		Missing []Missed `json:"missing" doc:"The newest"`
	}
}

func (a *API) feedback(ctx context.Context, in *ArticleIn) (*feedbackOut, error) {
	s, err := a.find(ctx, in.Article)
	if err != nil {
		return nil, err
	}
	out := &feedbackOut{}
	if out.Body.Missing, err = a.Missing(ctx, s); err != nil {
		return nil, err
	}
	out.Body.Counts, err = a.Counts(ctx, s.Code())
	return out, err
}

type tellIn struct {
	face.Keyed
	ArticleIn
	Body struct {
		Answered bool   `json:"answered"`
		Missing  string `json:"missing,omitempty" maxLength:"4000" doc:"What is missing, where it did not answer"`
		Version  int    `json:"version,omitempty" minimum:"1" doc:"Which version was read; that in force where none is said"`
	}
}

type tellOut struct {
	Status int
}

func (a *API) tell(ctx context.Context, in *tellIn) (*tellOut, error) {
	return &tellOut{http.StatusNoContent}, a.Tell(ctx, in.Keyed, in.Article, in.Body.Version, in.Body.Answered, in.Body.Missing)
}

type suggestIn struct {
	Body struct {
		Words    string         `json:"words,omitempty" maxLength:"2000" doc:"What is written so far; the last word may be half a word"`
		Category civic.Category `json:"category,omitempty" maxLength:"128"`
		Place    civic.PlaceID  `json:"place,omitempty" maxLength:"128"`
		Most     int            `json:"most,omitempty" minimum:"1" maximum:"10"`
	}
}

type suggestOut struct {
	Status int
	Body   struct {
		Articles []Suggestion `json:"articles"`
	}
}

func (a *API) suggest(ctx context.Context, in *suggestIn) (*suggestOut, error) {
	out := &suggestOut{Status: http.StatusOK}
	var err error
	out.Body.Articles, err = a.Suggest(ctx, Asked{
		Words: in.Body.Words, Category: in.Body.Category, Place: in.Body.Place, Language: a.Site.Voice(ctx).Lang, Most: in.Body.Most,
	})
	return out, err
}
