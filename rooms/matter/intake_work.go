package matter

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/store"
	"skein/frame/vault"
	"skein/frame/vault/photo"
)

// On makes the task of a command on an existing matter: its texts, given in clear, are
// sealed into the matter's box; what the command releases is copied out.
func (in Intake) On(ctx context.Context, v *clerk.View, actor civic.Actor, s State, c Command, photos []photo.Photo) (clerk.Task, error) {
	t := clerk.Task{Dossier: s.ID, Actor: actor}
	var refusals civic.Refusals
	c = in.located(v, c, &refusals)
	c = s.attached(c, &refusals)
	var box *vault.Box
	open := func() error {
		if box != nil {
			return nil
		}
		var err error
		box, err = in.open(ctx, v.Realm, s)
		return err
	}
	var fault error
	seal := func(kind, field, text string) string {
		text = clean(text, field, &refusals)
		if text == "" || fault != nil || len(refusals) > 0 {
			return ""
		}
		if fault = open(); fault != nil {
			return ""
		}
		return box.Seal(vault.NewPart(kind), []byte(text))
	}
	if split, ok := c.(Split); ok {
		c, t.Writes, fault = in.parts(ctx, v, split, &refusals)
	}
	if amend, ok := c.(Amend); ok {
		if c, fault = in.amend(amend, open, func() *vault.Box { return box }, &refusals); fault != nil {
			return t, fault
		}
	}
	s.pointedOut(c, &refusals)
	c, released := sealed(c, seal)
	if len(photos) > 0 && fault == nil && len(refusals) == 0 {
		if fault = open(); fault == nil {
			var as []Attachment
			if as, fault = in.attach(ctx, box, photos); fault == nil {
				c = withPhotos(c, as)
			}
		}
	}
	if fault != nil {
		return t, fault
	}
	if len(refusals) > 0 {
		return t, refusals
	}
	if box != nil {
		if s.Visibility == Private {
			released = nil // nothing of it is ever copied out
		}
		for _, digest := range released {
			if p, ok := box.Find(digest); ok {
				t.Writes = append(t.Writes, vault.Release(v.Realm, box.ID, p.Part, vault.Copy{
					Media: textMedia, Text: string(p.Text), Salt: p.Salt, Digest: digest,
				}))
			}
		}
		t.Writes, t.Box = append(t.Writes, box.Writes()...), box.ID
	}
	if r, ok := c.(Release); ok {
		t.Seq = s.Seq // a masked version that comes in between must not be passed over
		writes, err := in.release(ctx, v, actor, s, r)
		if err != nil {
			return t, err
		}
		t.Writes = append(t.Writes, writes...)
	}
	if after, ok := in.unshown(v, s, c); ok {
		writes, err := in.follow(ctx, v, actor, c, s, after)
		if err != nil {
			return t, err
		}
		if len(writes) > 0 {
			t.Seq = s.Seq
		}
		t.Writes = append(t.Writes, writes...)
	}
	t.Command = c
	return t, nil
}

// open opens the box of a matter to seal more into it.
func (in Intake) open(ctx context.Context, realm civic.Realm, s State) (*vault.Box, error) {
	box, err := in.Vault.OpenBox(ctx, realm, s.Box)
	if errors.Is(err, vault.ErrMissing) && s.Erased != nil && s.Box != "" { // the first word after an erasure
		box, err = in.Vault.NewBoxAs(ctx, s.Box, realm, "matter")
	}
	if errors.Is(err, vault.ErrErased) {
		return nil, civic.Refuse(civic.Conflict, "matter.erased")
	}
	return box, err
}

// parts gives each part of a matter a box of its own, with its text.
func (in Intake) parts(ctx context.Context, v *clerk.View, c Split, refusals *civic.Refusals) (Split, []store.Write, error) {
	var writes []store.Write
	parts := make([]Part, len(c.Parts))
	for i, p := range c.Parts {
		box, err := in.Vault.NewBox(ctx, v.Realm, "matter")
		if err != nil {
			return c, nil, err
		}
		p.Box = civic.PersonID(box.ID)
		if p.Text = clean(p.Text, fmt.Sprintf("parts[%d].text", i), refusals); p.Text != "" {
			p.Text = box.Seal("text", []byte(p.Text))
		}
		writes = append(writes, box.Writes()...)
		parts[i] = p
	}
	c.Parts = parts
	return c, writes, nil
}

// attached holds a command to files that the matter has: those who name others by their
// digest would have them pass for evidence.
func (s State) attached(c Command, refusals *civic.Refusals) Command {
	known := func(field string, as []Attachment) []Attachment {
		out := make([]Attachment, 0, len(as))
		for _, a := range as {
			i := slices.IndexFunc(s.Items, func(it Item) bool { return it.Digest == a.Digest && it.Media != textMedia })
			if i < 0 {
				*refusals = append(*refusals, civic.Refuse(civic.Invalid, "matter.item_unknown", "item", clip(a.Digest)).In(field))
				continue
			}
			it := s.Items[i]
			out = append(out, Attachment{Digest: it.Digest, Media: it.Media, W: it.W, H: it.H})
		}
		return out
	}
	switch c := c.(type) {
	case Supply:
		c.Attached = known("attached", c.Attached)
		return c
	case Attach:
		c.Attached = known("attached", c.Attached)
		return c
	case Contribute:
		c.Attached = known("attached", c.Attached)
		return c
	case Answer:
		c.Evidence = known("evidence", c.Evidence)
		return c
	}
	return c
}

// located fills in all places that hold what a command says of where.
func (in Intake) located(v *clerk.View, c Command, refusals *civic.Refusals) Command {
	find := func(w Where) Where {
		s := Submission{Place: w.Place, Home: w.Home}
		if w.Point != nil {
			lat, lon := float64(w.Point.Lat)/1e6, float64(w.Point.Lon)/1e6
			s.Lat, s.Lon = &lat, &lon
		}
		if s.Place == "" && s.Lat == nil {
			return Where{}
		}
		return in.where(v, s, refusals)
	}
	switch c := c.(type) {
	case Triage:
		c.Where = find(c.Where)
		return c
	case Correct:
		c.Where = find(c.Where)
		return c
	case Split:
		parts := make([]Part, len(c.Parts))
		for i, p := range c.Parts {
			p.Where = find(p.Where)
			parts[i] = p
		}
		c.Parts = parts
		return c
	}
	return c
}

// sealed replaces the texts of a command by their digests, and says which of them the
// command shows to everyone at once.
func sealed(c Command, seal func(kind, field, text string) string) (Command, []string) {
	switch c := c.(type) {
	case Object:
		c.Reason = seal("objection", "reason", c.Reason)
		return c, nil
	case Rule:
		c.Reason = seal("ruling", "reason", c.Reason)
		return c, []string{c.Reason}
	case Triage:
		c.Reason = seal("triage", "reason", c.Reason)
		return c, nil
	case Correct:
		c.Reason = seal("correction", "reason", c.Reason)
		return c, nil
	case Ask:
		c.Text = seal("question", "text", c.Text)
		return c, nil
	case Supply:
		c.Text = seal("supplied", "text", c.Text)
		return c, nil
	case Tell:
		c.Text = seal("word", "text", c.Text)
		if c.Release {
			return c, []string{c.Text}
		}
		return c, nil
	case Contribute:
		c.Text = seal("contribution", "text", c.Text)
		return c, nil
	case Attach:
		c.Text = seal("added", "text", c.Text)
		return c, nil
	case Pause:
		c.Reason = seal("pause", "reason", c.Reason)
		return c, nil
	case Extend:
		c.Reason = seal("extension", "reason", c.Reason)
		return c, nil
	case Join:
		c.Reason = seal("joining", "reason", c.Reason)
		return c, nil
	case Answer:
		c.Reason = seal("answer", "reason", c.Reason)
		if c.Release {
			return c, []string{c.Reason}
		}
		return c, nil
	case ProposeDecline:
		c.Reason = seal("decline", "reason", c.Reason)
		return c, nil
	case Decline:
		c.Reason = seal("ruling", "reason", c.Reason)
		return c, nil
	case Confirm:
		c.Words = seal("words", "words", c.Words)
		return c, nil
	case Reopen:
		c.Reason = seal("reopening", "reason", c.Reason)
		return c, nil
	case Appeal:
		c.Reason = seal("appeal", "reason", c.Reason)
		return c, nil
	case Withdraw:
		c.Reason = seal("withdrawal", "reason", c.Reason)
		return c, nil
	case Retract:
		c.Reason = seal("retraction", "reason", c.Reason)
		return c, nil
	}
	return c, nil
}

func withPhotos(c Command, as []Attachment) Command {
	switch c := c.(type) {
	case Supply:
		c.Attached = as
		return c
	case Attach:
		c.Attached = as
		return c
	case Contribute:
		c.Attached = as
		return c
	case Answer:
		c.Evidence = as
		return c
	}
	return c
}
