package matter

import (
	"context"

	"skein/frame/access"
	"skein/frame/civic"
	"skein/frame/vault"
)

// What is shown of the vault: to everyone the released copies, to the reporter her own box, and to a post what it may
// read, once it is written down that it read.

// everyones reports whether everyone may see an item as it stands in a view.
func (s State) everyones(digest string) bool {
	for _, it := range s.Items {
		if it.digest() == digest && it.Showing == ShowReleased {
			return s.Visibility != Private
		}
	}
	return false
}

// said opens texts, as these eyes may see them, by digest. What was erased is not among them.
func (a *API) said(ctx context.Context, s State, eyes Eyes, items []Item) (map[string]string, error) {
	out := make(map[string]string, len(items))
	if len(items) == 0 {
		return out, nil
	}
	box := s.Box
	if eyes.Reporter != "" {
		contents, err := a.Site.Access.Own(ctx, box)
		if err != nil && !access.Gone(err) {
			return nil, err
		}
		for _, c := range contents {
			if c.Blob == "" {
				out[c.Digest()] = string(c.Text)
			}
		}
		return out, nil
	}
	var sealed []string
	for _, it := range items {
		if !s.everyones(it.Digest) {
			sealed = append(sealed, it.Digest)
		}
	}
	if len(sealed) < len(items) {
		copies, err := a.Intake.Vault.Released(ctx, a.Site.Realm.ID, []string{box})
		if err != nil {
			return nil, err
		}
		for _, c := range copies {
			out[c.Digest] = c.Text
		}
	}
	if len(sealed) == 0 || eyes.Post == "" {
		return out, nil
	}
	contents, err := a.Site.Access.Open(ctx, eyes.Who(), box, sealed...)
	if err != nil && !access.Gone(err) {
		return nil, err
	}
	for _, c := range contents {
		out[c.Digest()] = string(c.Text)
	}
	return out, nil
}

// Photo opens a photo that these eyes may see.
func (a *API) Photo(ctx context.Context, s State, eyes Eyes, digest string) (jpeg []byte, err error) {
	box := s.Box
	none := civic.Refuse(civic.Missing, "pages.erased")
	switch {
	case eyes.Reporter != "":
		var c vault.Content
		if c, err = a.Site.Access.OwnPart(ctx, box, digest); err == nil {
			return c.Text, nil
		}
	case s.everyones(digest):
		var c vault.Copy
		if c, err = a.Intake.Vault.ReadReleased(ctx, a.Site.Realm.ID, box, digest); err == nil {
			return []byte(c.Text), nil
		}
	case eyes.Post != "":
		var found []vault.Content
		if found, err = a.Site.Access.Open(ctx, eyes.Who(), box, digest); err == nil && len(found) == 1 {
			return found[0].Text, nil
		}
	}
	if err == nil || access.Gone(err) {
		err = none
	}
	return nil, err
}

// Versions opens, of each text of a matter, the version that everyone would see, by digest, for a post that decides on it.
func (a *API) Versions(ctx context.Context, s State, eyes Eyes) (map[string]string, error) {
	var texts []Item
	for _, it := range s.Items {
		if it.Media == textMedia {
			texts = append(texts, Item{Digest: it.digest()})
		}
	}
	return a.said(ctx, s, eyes, texts)
}
