package review

import (
	"context"
	"errors"
	"slices"
	"time"
	"unicode/utf8"

	"skein/frame/access"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/frame/store"
	"skein/frame/vault"
	"skein/science/mask"
)

// longest bounds texts, in characters.
const longest = 10_000

const textMedia = "text/plain"

// On makes the task of a command on an appeal: its texts, given in clear, are sealed into the box of the matter, so that
// they go when the matter's do. What is published is copied out.
func (a *API) On(ctx context.Context, actor civic.Actor, s State, c Command) (clerk.Task, error) {
	t := clerk.Task{Dossier: s.ID, Actor: actor}
	var refusals civic.Refusals
	c = a.timed(c, &refusals)
	if p, ok := c.(Publish); ok {
		refusals = append(refusals, marked(p)...)
	}
	var box *vault.Box
	var documents []store.Write
	var fault error
	seal := func(kind, field, text string) string {
		text = clean(text, field, &refusals)
		if text == "" || fault != nil || len(refusals) > 0 {
			return ""
		}
		if s.Appealing != "" { // posts write about an act of a body: documents, which an erasure of somebody leaves alone
			digest := journal.DocumentDigest([]byte(text))
			documents = append(documents, store.Write{Table: journal.DocumentTable, Row: store.Row{string(a.Site.Realm.ID), digest, textMedia, []byte(text)}})
			return digest
		}
		if box == nil {
			box, fault = a.Site.Vault.OpenBox(ctx, a.Site.Realm.ID, string(s.Appellant))
			if errors.Is(fault, vault.ErrErased) {
				fault = civic.Refuse(civic.Conflict, "review.erased")
			}
			if fault != nil {
				return ""
			}
		}
		return box.Seal(vault.NewPart("review_"+kind), []byte(text))
	}
	c, public := sealed(c, seal)
	if fault != nil {
		return t, fault
	}
	if len(refusals) > 0 {
		return t, refusals
	}
	if s.Appealing != "" {
		t.Writes = append(t.Writes, documents...)
	}
	if box != nil {
		for _, digest := range public {
			if p, ok := box.Find(digest); ok {
				t.Writes = append(t.Writes, vault.Release(a.Site.Realm.ID, box.ID, p.Part, vault.Copy{
					Media: textMedia, Text: string(p.Text), Salt: p.Salt, Digest: digest,
				}))
			}
		}
		t.Writes = append(t.Writes, box.Writes()...)
	}
	t.Command = c
	return t, nil
}

// timed reads the times that were written as people write them.
func (a *API) timed(c Command, refusals *civic.Refusals) Command {
	zone := a.Site.Zone()
	switch c := c.(type) {
	case CallHearing:
		at, err := time.Parse(time.RFC3339, c.Time)
		if err != nil {
			at, err = time.ParseInLocation("2006-01-02T15:04", c.Time, zone)
		}
		if err != nil {
			*refusals = append(*refusals, civic.Refuse(civic.Invalid, "review.time_unreadable").In("at"))
			return c
		}
		c.At = civic.At(at)
		return c
	case Settle:
		if c.Date == "" {
			return c
		}
		day, err := time.ParseInLocation("2006-01-02", c.Date, zone)
		if err != nil {
			*refusals = append(*refusals, civic.Refuse(civic.Invalid, "review.date_unreadable").In("by"))
			return c
		}
		c.By = civic.At(day.AddDate(0, 0, 1)) - 1 // the day is part of it
		return c
	}
	return c
}

// marked refuses to publish what looks like somebody's data, unless it was looked at.
func marked(p Publish) civic.Refusals {
	if p.Looked {
		return nil
	}
	var out civic.Refusals
	for _, f := range []struct{ field, text string }{{"found", p.Found}, {"reasons", p.Reasons}} {
		if n := len(mask.Find(f.text)); n > 0 {
			out = append(out, civic.Refuse(civic.Invalid, "review.still_marked", "count", n).In(f.field))
		}
	}
	return out
}

// sealed replaces the texts of a command by their digests, and says which of them everyone may read from now on.
func sealed(c Command, seal func(kind, field, text string) string) (Command, []string) {
	switch c := c.(type) {
	case Recuse:
		c.Reason = seal(FromRecusal, "reason", c.Reason)
		return c, nil
	case Reply:
		c.Text = seal(FromReply, "text", c.Text)
		return c, nil
	case AskHearing:
		c.Reason = seal(FromHearing, "reason", c.Reason)
		return c, nil
	case CallHearing:
		c.Place = seal(FromPlace, "place", c.Place)
		return c, nil
	case HoldHearing:
		c.Record = seal(FromRecord, "record", c.Record)
		return c, nil
	case Extend:
		c.Reason = seal(FromExtension, "reason", c.Reason)
		return c, nil
	case Settle:
		c.Found, c.Reasons = seal(FromFound, "found", c.Found), seal(FromReasons, "reasons", c.Reasons)
		c.Directions = seal(FromDirections, "directions", c.Directions)
		return c, nil
	case Publish:
		c.Found, c.Reasons = seal(FromPublicFound, "found", c.Found), seal(FromPublicReason, "reasons", c.Reasons)
		return c, []string{c.Found, c.Reasons}
	case Withdraw:
		c.Reason = seal(FromWithdrawal, "reason", c.Reason)
		return c, nil
	}
	return c, nil
}

// clean is a text without blanks around it, with one kind of line end, and nothing that cannot be seen; one that is too long
// or no text is refused.
func clean(text, field string, refusals *civic.Refusals) string {
	switch {
	case !utf8.ValidString(text):
		*refusals = append(*refusals, civic.Refuse(civic.Invalid, "review.text_invalid", "field", field).In(field))
		return ""
	case utf8.RuneCountInString(text) > longest:
		*refusals = append(*refusals, civic.Refuse(civic.Invalid, "review.text_long", "field", field, "most", longest).In(field))
		return ""
	}
	return civic.Clean(text)
}

// Texts opens the texts that a view has, by digest: to whoever appealed her own, to everyone what was published, and to a post
// what it may read besides, once it is written down that it read. What was erased is missing.
func (a *API) Texts(ctx context.Context, s State, v View, actor civic.Actor) (map[string]string, error) {
	out := map[string]string{}
	if len(v.Items) == 0 {
		return out, nil
	}
	if s.Appealing != "" {
		for _, it := range v.Items {
			_, text, err := journal.Document(ctx, a.Site.Realm.DB.R, a.Site.Realm.ID, it.Digest)
			if err != nil {
				return nil, err
			}
			out[it.Digest] = string(text)
		}
		return out, nil
	}
	box := string(s.Appellant)
	if actor.Kind == civic.Resident && actor.Person != "" && actor.Person == s.Appellant {
		contents, err := a.Site.Access.Own(ctx, box)
		if err != nil && !access.Gone(err) {
			return nil, err
		}
		return chosen(contents, v.Items, out), nil
	}
	copies, err := a.Site.Vault.Released(ctx, a.Site.Realm.ID, []string{box})
	if err != nil {
		return nil, err
	}
	var sealed []string
	for _, it := range v.Items {
		shown := false
		for _, c := range copies {
			if c.Digest == it.Digest {
				out[it.Digest], shown = c.Text, true
			}
		}
		if !shown {
			sealed = append(sealed, it.Digest)
		}
	}
	if len(sealed) == 0 || actor.Kind != civic.Post {
		return out, nil
	}
	view := a.Site.Realm.View()
	answer := view.Ask(actor, ActionRead, s.ID, s, a.Site.Realm.Now())
	if !answer.Allowed {
		return nil, answer.Refusals
	}
	contents, err := a.Site.Access.Open(ctx, access.Who{Actor: actor, Power: answer.Policy, Purpose: purposeOf(answer.Policy)}, box, sealed...)
	if err != nil && !access.Gone(err) {
		return nil, err
	}
	return chosen(contents, v.Items, out), nil
}

// purposeOf is what a post reads an appeal for under a policy.
func purposeOf(policy string) access.Purpose {
	switch policy {
	case "review.respondent":
		return access.Handling
	case "review.reviewer", "review.look", "review.judicial_reads":
		return access.Review
	}
	return access.OwnRule
}

// chosen puts the texts among contents that items speak of into out, by digest.
func chosen(contents []vault.Content, items []Item, out map[string]string) map[string]string {
	for _, c := range contents {
		digest := c.Digest()
		if c.Blob == "" && slices.ContainsFunc(items, func(it Item) bool { return it.Digest == digest }) {
			out[digest] = string(c.Text)
		}
	}
	return out
}
