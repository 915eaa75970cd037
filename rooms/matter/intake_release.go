package matter

import (
	"context"
	"errors"
	"slices"

	"skein/frame/access"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/store"
	"skein/frame/vault"
)

// unshown is the matter as a command would leave it that takes something from the public,
// or gives it back; false for every other command.
func (in Intake) unshown(v *clerk.View, s State, c Command) (State, bool) {
	narrowed := func(to SetRight) (State, bool) {
		private := to.Visibility == Private || to.Category != "" && in.Private != nil && in.Private(v, to.Category)
		s.Visibility = Private
		return s, private
	}
	switch c := c.(type) {
	case Withhold:
		s.show(c.Items, ShowWithheld, c.Ground, c.Law)
		return s, true
	case Retract:
		if s.undo == nil || s.undo.seq != c.Act {
			return s, false // Decide refuses it
		}
		s.retract()
		return s, true
	case Triage:
		return narrowed(c.SetRight)
	case Correct:
		return narrowed(c.SetRight)
	}
	return s, false
}

// public lists the digests of what everyone may see.
func (s State) public() []string {
	var out []string
	for _, it := range s.Items {
		if s.Visibility != Private && it.Showing == ShowReleased {
			out = append(out, it.digest())
		}
	}
	return out
}

// follow takes back the copies of what is public before and not after, and makes those of
// what is public again.
func (in Intake) follow(ctx context.Context, v *clerk.View, actor civic.Actor, c Command, before, after State) ([]store.Write, error) {
	box := before.Box
	was, is := before.public(), after.public()
	var out []store.Write
	if slices.Equal(was, is) {
		return nil, nil
	}
	copies, err := in.Vault.Released(ctx, v.Realm, []string{box})
	if err != nil {
		return nil, err
	}
	for _, digest := range append(slices.Clip(was), is...) {
		now := slices.Contains(is, digest)
		if now == slices.Contains(was, digest) {
			continue
		}
		if !now {
			out = append(out, in.unrelease(v.Realm, box, digest, copies)...)
			continue
		}
		content, err := in.publish(ctx, v, actor, c, before, digest)
		if access.Gone(err) {
			return nil, nil // its copies went with it
		}
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(after.Items, func(it Item) bool { return it.digest() == digest })
		out = append(out, copyOf(v.Realm, box, after.Items[i].Media, digest, content))
	}
	return out, nil
}

// unrelease takes back the copies with a digest.
func (in Intake) unrelease(realm civic.Realm, box, digest string, copies map[vault.Ref]vault.Copy) (out []store.Write) {
	for ref, c := range copies {
		if c.Digest == digest {
			out = append(out, vault.Unrelease(realm, box, ref.Part))
		}
	}
	return out
}

// publish opens what a command makes public. It is a reading of whoever gives the command, and without the power for it
// nothing is opened.
func (in Intake) publish(ctx context.Context, v *clerk.View, actor civic.Actor, c Command, s State, digest string) (vault.Content, error) {
	answer := v.Ask(actor, c.Name(), s.ID, s, in.Access.Now())
	if !answer.Allowed {
		return vault.Content{}, answer.Refusals
	}
	found, err := in.Access.Open(ctx, access.Who{Actor: actor, Power: answer.Policy, Purpose: access.Release}, s.Box, digest)
	if err == nil && len(found) == 0 {
		err = vault.ErrMissing
	}
	if err != nil {
		return vault.Content{}, err
	}
	return found[0], nil
}

// copyOf is the row that makes a content public.
func copyOf(realm civic.Realm, box, media, digest string, content vault.Content) store.Write {
	c := vault.Copy{Media: media, Salt: content.Salt, Digest: digest, Blob: content.Blob}
	if content.Blob == "" {
		c.Text = string(content.Text)
	}
	return vault.Release(realm, box, content.Part, c)
}

// Redact makes the task of putting a masked version, given in clear, before an original.
func (in Intake) Redact(ctx context.Context, v *clerk.View, actor civic.Actor, s State, item, masked, ground string) (clerk.Task, error) {
	var refusals civic.Refusals
	masked = clean(masked, "text", &refusals)
	if masked == "" && len(refusals) == 0 {
		refusals = append(refusals, civic.Refuse(civic.Invalid, "matter.missing", "field", "text").In("text"))
	}
	if len(refusals) > 0 {
		return clerk.Task{}, refusals
	}
	box, err := in.open(ctx, v.Realm, s)
	if err != nil {
		return clerk.Task{}, err
	}
	c := Redact{Item: item, Shown: Attachment{Digest: box.Seal(vault.NewPart("masked"), []byte(masked)), Media: textMedia}, Ground: ground}
	sealed, _ := box.Find(c.Shown.Digest)
	t := clerk.Task{Command: c, Dossier: s.ID, Actor: actor, Seq: s.Seq, Box: box.ID, Writes: box.Writes()}
	for _, it := range s.Items { // the masked version is shown instead of what was, be that masked already
		if it.Digest != item || it.Showing != ShowReleased || s.Visibility == Private {
			continue
		}
		copies, err := in.Vault.Released(ctx, v.Realm, []string{box.ID})
		if err != nil {
			return t, err
		}
		t.Writes = append(append(t.Writes, in.unrelease(v.Realm, box.ID, it.digest(), copies)...), copyOf(v.Realm, box.ID, textMedia, c.Shown.Digest, sealed))
	}
	return t, nil
}

// release copies items out of the box: the masked version where there is one.
func (in Intake) release(ctx context.Context, v *clerk.View, actor civic.Actor, s State, c Release) ([]store.Write, error) {
	var out []store.Write
	var refusals civic.Refusals
	for _, digest := range c.Items {
		for _, it := range s.Items {
			if it.Digest != digest || c.Shown || it.Showing == ShowReleased { // only its language is said
				continue
			}
			content, err := in.publish(ctx, v, actor, c, s, it.digest())
			if errors.Is(err, vault.ErrErased) {
				return nil, civic.Refuse(civic.Conflict, "matter.erased")
			}
			if err != nil {
				return nil, err
			}
			if it.Media == textMedia && !c.deliberate() {
				near(string(content.Text), &refusals)
			}
			out = append(out, copyOf(v.Realm, s.Box, it.Media, it.digest(), content))
		}
	}
	if len(refusals) > 0 {
		return nil, refusals
	}
	return out, nil
}
