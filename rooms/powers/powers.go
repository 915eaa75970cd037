package powers

import (
	"skein/frame/civic"
	"skein/frame/journal"
)

// ListID is this room's one dossier.
const ListID civic.DossierID = "powers/list"

// State is the realm's own rules through their versions. The zero State has none.
type State struct {
	Versions  []Version `json:"versions,omitempty"` // in the order of their numbers
	Waiting   *Proposal `json:"waiting,omitempty"`
	Proposals int       `json:"proposals,omitempty"` // how many there have been
}

// Proposal is a document that waits for another post.
type Proposal struct {
	Number int            `json:"proposal"`
	Digest string         `json:"digest"`
	Rules  int            `json:"rules"`
	By     civic.PostID   `json:"by"`
	Note   string         `json:"note,omitempty"`
	At     civic.Instant  `json:"at"`
	Act    civic.Position `json:"act"`
}

// Version is one that was adopted.
type Version struct {
	Number     int            `json:"version"`
	Digest     string         `json:"digest"`
	Rules      int            `json:"rules"`
	Proposal   int            `json:"proposal"`
	ProposedBy civic.PostID   `json:"proposed_by"`
	ApprovedBy civic.PostID   `json:"approved_by"`
	Note       string         `json:"note,omitempty"`
	Proposed   civic.Instant  `json:"proposed"`
	Adopted    civic.Instant  `json:"adopted"`
	Act        civic.Position `json:"act"`
}

// Last is the version in force; false before the first.
func (s State) Last() (Version, bool) {
	if len(s.Versions) == 0 {
		return Version{}, false
	}
	return s.Versions[len(s.Versions)-1], true
}

// Version returns a version by its number.
func (s State) Version(number int) (Version, bool) {
	if number < 1 || number > len(s.Versions) {
		return Version{}, false
	}
	return s.Versions[number-1], true
}

// none is the digest of no rules: what is in force before the first version.
var none = journal.DocumentDigest(nil)

// InForce is the digest of the realm's own rules in force.
func (s State) InForce() string {
	if v, ok := s.Last(); ok {
		return v.Digest
	}
	return none
}
