package powers

import (
	"regexp"

	"skein/frame/civic"
	"skein/frame/journal"
)

// Facts is what a decision needs to know besides the versions themselves.
type Facts struct {
	Asker civic.Actor
	// Document is what the document of a Propose, or of the proposal that waits, is found to
	// be by what this release knows; nil where there is none.
	Document *Document
}

// Document is a document that has been read, for a decision.
type Document struct {
	Digest string
	Rules  int
	// Refusals is everything that is wrong with it.
	Refusals civic.Refusals
}

// Decide says which acts a command leads to, or every reason why it leads to none.
func Decide(s State, c Command, f Facts) ([]journal.Draft, civic.Refusals) {
	d := decision{s: s, f: f}
	if f.Asker.Kind != civic.Post || f.Asker.Post == "" {
		d.refuse(civic.Forbidden, "", "powers.no_post")
	}
	switch c := c.(type) {
	case Propose:
		d.propose(c)
	case Approve:
		d.approve(c)
	case Reject:
		d.waits(c.Proposal)
		d.digest("note", c.Note)
		d.event = Rejected{Proposal: c.Proposal, By: f.Asker.Post, Note: c.Note}
	case Withdraw:
		if d.waits(c.Proposal) && s.Waiting.By != f.Asker.Post {
			d.refuse(civic.Forbidden, "proposal", "powers.not_yours", "post", s.Waiting.By)
		}
		d.event = Withdrawn{Proposal: c.Proposal}
	default:
		d.refuse(civic.Invalid, "", "powers.command_unknown", "command", c.Name())
	}
	if len(d.reasons) > 0 {
		return nil, d.reasons
	}
	return []journal.Draft{{Event: d.event}}, nil
}

type decision struct {
	s       State
	f       Facts
	event   journal.Event
	reasons civic.Refusals
}

func (d *decision) refuse(kind civic.Kind, field, key string, args ...any) {
	d.reasons = append(d.reasons, civic.Refuse(kind, key, args...).In(field))
}

var digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (d *decision) digest(field, value string) {
	if value != "" && !digestForm.MatchString(value) {
		d.refuse(civic.Invalid, field, "powers.digest_form")
	}
}

// document looks at the document that a command is about.
func (d *decision) document(digest string) *Document {
	doc := d.f.Document
	switch {
	case doc == nil:
		d.refuse(civic.Missing, "digest", "powers.document_missing", "digest", digest)
	case len(doc.Refusals) > 0:
		d.reasons = append(d.reasons, doc.Refusals...)
	case doc.Digest != digest:
		d.refuse(civic.Conflict, "digest", "powers.document_other", "digest", digest, "found", doc.Digest)
	default:
		return doc
	}
	return nil
}

func (d *decision) propose(c Propose) {
	if w := d.s.Waiting; w != nil {
		d.refuse(civic.Conflict, "", "powers.one_waits", "proposal", w.Number, "post", w.By)
	}
	d.digest("note", c.Note)
	if c.Digest == d.s.InForce() {
		d.refuse(civic.Conflict, "digest", "powers.same")
	}
	if doc := d.document(c.Digest); doc != nil {
		d.event = Proposed{Number: d.s.Proposals + 1, Digest: c.Digest, Rules: doc.Rules, By: d.f.Asker.Post, Note: c.Note}
	}
}

// waits holds that a proposal is the one that waits.
func (d *decision) waits(proposal int) bool {
	switch w := d.s.Waiting; {
	case w == nil:
		d.refuse(civic.Conflict, "proposal", "powers.none_waits")
	case w.Number != proposal:
		d.refuse(civic.Conflict, "proposal", "powers.other_waits", "proposal", proposal, "waiting", w.Number)
	default:
		return true
	}
	return false
}

// approve needs another post than the one that proposed: the policies forbid it too, and this
// holds whatever they say.
func (d *decision) approve(c Approve) {
	if !d.waits(c.Proposal) {
		return
	}
	w := d.s.Waiting
	if w.By == d.f.Asker.Post {
		d.refuse(civic.Forbidden, "", "powers.two_posts", "post", w.By)
	}
	if c.Digest != w.Digest {
		d.refuse(civic.Conflict, "digest", "powers.not_read", "digest", c.Digest, "waiting", w.Digest)
	}
	if doc := d.document(w.Digest); doc != nil {
		d.event = Adopted{
			Number: len(d.s.Versions) + 1, Digest: w.Digest, Rules: doc.Rules, Proposal: w.Number, ProposedBy: w.By, ApprovedBy: d.f.Asker.Post,
		}
	}
}
