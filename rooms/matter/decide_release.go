package matter

import (
	"slices"

	"skein/face/words"
	"skein/frame/civic"
)

// What the public may see: texts and photos one by one, each only once released.

func (d *decision) release(c Release) {
	d.permit("released")
	if d.s.Visibility == Private {
		d.refuse(civic.Conflict, "matter.private_never_shown")
	}
	language, known := words.ParseLanguage(c.Language)
	if c.Language != "" && !known {
		d.wrong("language", "matter.language_unknown", "language", clip(c.Language))
	}
	text := func(it Item) bool { return it.Media == textMedia }
	d.items(c.Items, func(it Item) bool {
		return it.Showing == ShowReleased && (language == "" || !text(it) || it.Language == language)
	})
	if known && !slices.ContainsFunc(d.s.Items, func(it Item) bool { return text(it) && slices.Contains(c.Items, it.Digest) }) {
		d.wrong("language", "matter.language_of_text")
	}
	for _, it := range d.s.Items {
		if c.Shown && it.Showing != ShowReleased && slices.Contains(c.Items, it.Digest) {
			d.wrong("items", "matter.item_hidden", "item", clip(it.Digest))
		}
	}
	if d.ok() {
		d.emit(Released{Items: c.Items, Language: language})
	}
}

func (d *decision) withhold(c Withhold) {
	d.permit("withheld")
	if d.s.Visibility == Private {
		d.refuse(civic.Conflict, "matter.private_never_shown")
	}
	d.choice("ground", "matter.ground_unknown", c.Ground, slices.Contains(d.f.Rules.WithholdGrounds, c.Ground))
	d.words("law", c.Law, false)
	d.items(c.Items, func(it Item) bool { return it.Showing == ShowWithheld })
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
	d.choice("ground", "matter.ground_unknown", c.Ground, slices.Contains(d.f.Rules.WithholdGrounds, c.Ground))
	d.items([]string{c.Item}, nil)
	if !civic.IsHex(c.Shown.Digest, 64) || !civic.Plain(c.Shown.Media, 100) || c.Shown.W < 0 || c.Shown.H < 0 {
		d.wrong("shown", "matter.digest_invalid")
	}
	if d.ok() {
		d.emit(Redacted{Item: c.Item, Shown: c.Shown, Ground: c.Ground})
	}
}

// items refuses digests that are not of this matter, twice, or already as wanted.
func (d *decision) items(digests []string, already func(Item) bool) {
	if len(digests) == 0 {
		d.wrong("items", "matter.missing", "field", "items")
	}
	for i, digest := range digests {
		at := slices.IndexFunc(d.s.Items, func(it Item) bool { return it.Digest == digest })
		switch {
		case at < 0 || slices.Contains(digests[:i], digest):
			d.wrong("items", "matter.item_unknown", "item", clip(digest))
		case already != nil && already(d.s.Items[at]):
			d.wrong("items", "matter.item_already", "item", clip(digest), "showing", string(d.s.Items[at].Showing))
		}
	}
}
