package matter

import (
	"encoding/json"

	"skein/frame/civic"
	"skein/frame/vault"
)

// amend seals what the reporter corrects: the newest of a part is what holds, and what was there before stays in the
// box until it is erased.
func (in Intake) amend(c Amend, open func() error, box func() *vault.Box, refusals *civic.Refusals) (Amend, error) {
	text, address := clean(c.Text, "text", refusals), clean(c.Address, "address", refusals)
	if c.Reach != nil {
		c.Reach.check(refusals)
	}
	if c.Push != nil {
		c.Push.check(refusals)
	}
	c.Text, c.Address, c.Contact, c.Pushed = "", "", "", ""
	if len(*refusals) > 0 || text == "" && address == "" && c.Reach == nil && c.Push == nil {
		return c, nil // Decide says that nothing is corrected
	}
	if err := open(); err != nil {
		return c, err
	}
	if text != "" {
		c.Text = box().Seal(vault.NewPart("amended"), []byte(text))
	}
	if address != "" {
		c.Address = box().Seal("address", []byte(address))
	}
	if c.Reach != nil {
		if c.Reach.Empty() {
			*c.Reach = Contact{}
		}
		sealed, err := json.Marshal(c.Reach)
		if err != nil {
			return c, err
		}
		box().Seal("contact", sealed)
		if c.Contact = ContactGiven; c.Reach.Empty() {
			c.Contact = ContactTaken
		}
		c.Reach = nil
	}
	if c.Push != nil {
		sealed, err := json.Marshal(c.Push)
		if err != nil {
			return c, err
		}
		box().Seal("push", sealed)
		if c.Pushed = ContactGiven; *c.Push == (Push{}) {
			c.Pushed = ContactTaken
		}
		c.Push = nil
	}
	return c, nil
}
