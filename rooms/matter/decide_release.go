package matter

import (
	"slices"

	"skein/frame/civic"
)

// What the public may see: texts and photos one by one, each only once released.

func (d *decision) release(c Release) {
	d.permit("released")
	if d.s.Visibility == Private {
		d.refuse(civic.Conflict, "matter.private_never_shown")
	}
	d.items(c.Items, ShowReleased)
	if d.ok() {
		d.emit(Released{Items: c.Items})
	}
}

func (d *decision) withhold(c Withhold) {
	d.permit("withheld")
	if d.s.Visibility == Private {
		d.refuse(civic.Conflict, "matter.private_never_shown")
	}
	if !slices.Contains(d.f.Rules.WithholdGrounds, c.Ground) {
		d.wrong("ground", "matter.ground_unknown", "ground", clip(c.Ground))
	}
	d.words("law", c.Law, false)
	d.items(c.Items, ShowWithheld)
	for _, it := range d.s.Items {
		if it.Ordered && slices.Contains(c.Items, it.Digest) {
			d.wrong("items", "matter.item_ordered", "item", clip(it.Digest))
		}
	}
	if d.ok() {
		d.emit(Withheld{Items: c.Items, Ground: c.Ground, Law: c.Law})
	}
}

func (d *decision) redact(c Redact) {
	d.permit("redacted")
	if !slices.Contains(d.f.Rules.WithholdGrounds, c.Ground) {
		d.wrong("ground", "matter.ground_unknown", "ground", clip(c.Ground))
	}
	d.items([]string{c.Item}, "")
	if !isDigest(c.Shown.Digest) || !civic.Plain(c.Shown.Media, 100) || c.Shown.W < 0 || c.Shown.H < 0 {
		d.wrong("shown", "matter.digest_invalid")
	}
	if d.ok() {
		d.emit(Redacted{Item: c.Item, Shown: c.Shown, Ground: c.Ground})
	}
}

// items refuses digests that are not of this matter, twice, or already as wanted.
func (d *decision) items(digests []string, want Showing) {
	if len(digests) == 0 {
		d.wrong("items", "matter.missing", "field", "items")
	}
	for i, digest := range digests {
		at := slices.IndexFunc(d.s.Items, func(it Item) bool { return it.Digest == digest })
		switch {
		case at < 0 || slices.Contains(digests[:i], digest):
			d.wrong("items", "matter.item_unknown", "item", clip(digest))
		case want != "" && d.s.Items[at].Showing == want:
			d.wrong("items", "matter.item_already", "item", clip(digest), "showing", string(want))
		}
	}
}
