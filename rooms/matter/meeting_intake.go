package matter

import (
	"context"
	"fmt"
	"slices"

	"skein/frame/civic"
	"skein/frame/store"
	"skein/frame/vault"
	"skein/science/mask"
)

// sealing seals what is said of a meeting's matters, each into its matter's box, so that it is erased with it.
type sealing struct {
	in       Intake
	realm    civic.Realm
	boxes    map[civic.DossierID]*vault.Box
	order    []civic.DossierID
	releases []store.Write
	refusals civic.Refusals
}

func (in Intake) sealing(realm civic.Realm) *sealing {
	return &sealing{in: in, realm: realm, boxes: map[civic.DossierID]*vault.Box{}}
}

// seal gives the digest of a text of a matter; with release everyone may see it, if the matter is not private.
func (x *sealing) seal(ctx context.Context, s State, kind, field, text string, release bool) (string, error) {
	text = clean(text, field, &x.refusals)
	if text == "" || len(x.refusals) > 0 {
		return "", nil
	}
	box := x.boxes[s.ID]
	if box == nil {
		var err error
		if box, err = x.in.open(ctx, x.realm, s); err != nil {
			return "", err
		}
		x.boxes[s.ID] = box
		x.order = append(x.order, s.ID)
	}
	digest := box.Seal(vault.NewPart(kind), []byte(text))
	if release && s.Visibility != Private {
		if p, ok := box.Find(digest); ok {
			x.releases = append(x.releases, vault.Release(x.realm, box.ID, p.Part, vault.Copy{Media: textMedia, Text: string(p.Text), Salt: p.Salt, Digest: digest}))
		}
	}
	return digest, nil
}

func (x *sealing) writes() []store.Write {
	out := slices.Clip(x.releases)
	for _, id := range x.order {
		out = append(out, x.boxes[id].Writes()...)
	}
	return out
}

// seal replaces the texts of a command on a meeting by their digests. on are its matters, in the order of the command; what is of the
// meeting as a whole lies with the first matter that it is on.
func (x *sealing) command(ctx context.Context, c MeetingCommand, on []State, first State) (MeetingCommand, error) {
	var err error
	put := func(s State, kind, field, text string, release bool) string {
		if err != nil {
			return ""
		}
		var digest string
		digest, err = x.seal(ctx, s, kind, field, text, release)
		return digest
	}
	switch c := c.(type) {
	case Convene:
		c.Matters = slices.Clone(c.Matters)
		for i := range c.Matters {
			c.Matters[i].Agenda = put(on[i], "agenda", fmt.Sprintf("matters[%d].agenda", i), c.Matters[i].Agenda, false)
		}
		x.place(c.Where, c.Looked)
		return c, err
	case Reschedule:
		c.Reason = put(first, "meeting", "reason", c.Reason, false)
		x.place(c.Where, c.Looked)
		return c, err
	case CallOff:
		c.Reason = put(first, "meeting", "reason", c.Reason, false)
		return c, err
	case Reply:
		c.Reason = put(first, "meeting", "reason", c.Reason, false)
		return c, err
	case Minute:
		c.Matters = x.minutes(c, on, put)
		return c, err
	case CorrectMinutes:
		c.Reason = put(first, "meeting", "reason", c.Reason, false)
		c.Matters = x.minutes(c.Minute, on, put)
		return c, err
	}
	return c, err
}

// minutes seals what was said of each matter.
func (x *sealing) minutes(c Minute, on []State, put func(s State, kind, field, text string, release bool) string) []MinutesOf {
	matters := slices.Clone(c.Matters)
	for i := range matters {
		part := fmt.Sprintf("matters[%d]", i)
		matters[i].Remarks = put(on[i], "remarks", part+".remarks", matters[i].Remarks, false)
		matters[i].Agreed = slices.Clone(matters[i].Agreed)
		for j := range matters[i].Agreed {
			step := &matters[i].Agreed[j]
			if step.Release && on[i].Visibility != Private && !c.deliberate() {
				near(step.Text, &x.refusals)
			}
			step.Text = put(on[i], "agreed", fmt.Sprintf("%s.agreed[%d].text", part, j), step.Text, step.Release)
		}
	}
	return matters
}

// place refuses a place of meeting that looks like somebody's data, since it stands in the act for ever.
func (x *sealing) place(where string, looked bool) {
	if n := len(mask.Find(where)); n > 0 && !looked {
		x.refusals = append(x.refusals, civic.Refuse(civic.Invalid, "meeting.still_marked", "count", n).In("where"))
	}
}
