package matter

import (
	"context"
	"errors"
	"slices"

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
		s.show(c.Items, ShowWithheld, c.Ground)
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
func (in Intake) follow(ctx context.Context, v *clerk.View, before, after State) ([]store.Write, error) {
	box := before.Box
	was, is := before.public(), after.public()
	var out []store.Write
	for _, digest := range append(slices.Clip(was), is...) {
		now := slices.Contains(is, digest)
		if now == slices.Contains(was, digest) {
			continue
		}
		content, err := in.Vault.Read(ctx, v.Realm, vault.Ref{Box: box, Digest: digest})
		if errors.Is(err, vault.ErrErased) {
			return nil, nil // its copies went with it
		}
		if err != nil {
			return nil, err
		}
		if !now {
			out = append(out, vault.Unrelease(v.Realm, box, content.Part))
			continue
		}
		i := slices.IndexFunc(after.Items, func(it Item) bool { return it.digest() == digest })
		out = append(out, copyOf(v.Realm, box, after.Items[i].Media, digest, content))
	}
	return out, nil
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
	c := Redact{Item: item, Shown: Attachment{Digest: box.Seal(part("masked"), []byte(masked)), Media: textMedia}, Ground: ground}
	sealed, _ := box.Find(c.Shown.Digest)
	t := clerk.Task{Command: c, Dossier: s.ID, Actor: actor, Seq: s.Seq, Box: box.ID, Writes: box.Writes()}
	for _, it := range s.Items { // the masked version is shown instead of what was, be that masked already
		if it.Digest != item || it.Showing != ShowReleased || s.Visibility == Private {
			continue
		}
		content, err := in.Vault.Read(ctx, v.Realm, vault.Ref{Box: box.ID, Digest: it.digest()})
		if err != nil {
			return t, err
		}
		t.Writes = append(t.Writes, vault.Unrelease(v.Realm, box.ID, content.Part), copyOf(v.Realm, box.ID, textMedia, c.Shown.Digest, sealed))
	}
	return t, nil
}

// release copies items out of the box: the masked version where there is one.
func (in Intake) release(ctx context.Context, v *clerk.View, s State, digests []string) ([]store.Write, error) {
	var out []store.Write
	for _, digest := range digests {
		for _, it := range s.Items {
			if it.Digest != digest {
				continue
			}
			content, err := in.Vault.Read(ctx, v.Realm, vault.Ref{Box: s.Box, Digest: it.digest()})
			if errors.Is(err, vault.ErrErased) {
				return nil, civic.Refuse(civic.Conflict, "matter.erased")
			}
			if err != nil {
				return nil, err
			}
			out = append(out, copyOf(v.Realm, s.Box, it.Media, it.digest(), content))
		}
	}
	return out, nil
}
