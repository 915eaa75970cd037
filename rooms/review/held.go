package review

import (
	"context"

	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/journal"
)

// Held is an appeal as whoever appealed is given it: what her eyes may see of it, and its acts.
type Held struct {
	View  View
	Title string
	Acts  []journal.Act
	Lines []Line
}

// HeldOn are the appeals of a matter that somebody made, oldest first. Whoever asks has been shown to be her.
func (a *API) HeldOn(ctx context.Context, matter civic.DossierID, person civic.PersonID) ([]Held, error) {
	states, err := a.OfMatter(ctx, matter)
	if err != nil {
		return nil, err
	}
	var out []Held
	for _, s := range states {
		view, _ := Visible(s, Eyes{Appellant: person})
		if !view.Yours {
			continue
		}
		acts, err := a.Site.Realm.Acts(ctx, s.ID)
		if err != nil {
			return nil, err
		}
		for _, act := range acts {
			if e, ok := act.Event.(Decided); ok && e.Directions != "" { // which bind the matter, and are no item here
				view.Items = grow(view.Items, Item{Seq: act.Seq, From: FromDirections, Digest: e.Directions})
			}
		}
		out = append(out, Held{View: view, Title: TitleOf(a.Site.Voice(ctx), s), Acts: acts, Lines: Story(acts)})
	}
	return out, nil
}

// FromOf says where a text comes from.
func FromOf(v words.Voice, from string) string {
	return v.Value(words.Code{Key: "review.from." + from, Else: from})
}
