package powers

import (
	"skein/frame/civic"
	"skein/frame/journal"
)

// Proposed puts a document forward: nothing changes until another post approves it.
type Proposed struct {
	Number int `json:"proposal"` // dense, from 1
	// Digest is SHA-256 of the canonical text, in hex: the document is public and kept by it.
	Digest string       `json:"digest"`
	Rules  int          `json:"rules"`
	By     civic.PostID `json:"by"`
	// Note is the digest of a public document that says why, or empty.
	Note string `json:"note,omitempty"`
}

// Adopted brings a version into force: acts after it are done under it, and itself cites the
// set that was in force before.
type Adopted struct {
	Number     int          `json:"version"` // dense, from 1
	Digest     string       `json:"digest"`
	Rules      int          `json:"rules"`
	Proposal   int          `json:"proposal"`
	ProposedBy civic.PostID `json:"proposed_by"`
	ApprovedBy civic.PostID `json:"approved_by"`
}

// Rejected says that a proposal is not adopted.
type Rejected struct {
	Proposal int          `json:"proposal"`
	By       civic.PostID `json:"by"`
	Note     string       `json:"note,omitempty"`
}

// Withdrawn takes a proposal back.
type Withdrawn struct {
	Proposal int `json:"proposal"`
}

func (Proposed) Type() string  { return "powers.proposed" }
func (Adopted) Type() string   { return "powers.adopted" }
func (Rejected) Type() string  { return "powers.rejected" }
func (Withdrawn) Type() string { return "powers.withdrawn" }

func (Proposed) Version() int  { return 1 }
func (Adopted) Version() int   { return 1 }
func (Rejected) Version() int  { return 1 }
func (Withdrawn) Version() int { return 1 }

// Events is one example of every event type.
func Events() []journal.Event { return []journal.Event{Proposed{}, Adopted{}, Rejected{}, Withdrawn{}} }
