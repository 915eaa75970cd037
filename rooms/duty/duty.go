package duty

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"skein/frame/civic"
)

// The two dossiers of this room: the same acts on two documents.
const (
	ListID       civic.DossierID = "duty/list"       // who answers for what, where
	CategoriesID civic.DossierID = "duty/categories" // the tree of kinds of matter
)

// State is one document through its versions. The zero State has none.
type State struct {
	Versions   []Version   `json:"versions,omitempty"`   // in the order of their numbers
	Precedents []Precedent `json:"precedents,omitempty"` // in the order of their rulings
}

// Version is one adopted version of a document.
type Version struct {
	Number    int            `json:"version"`
	Digest    string         `json:"digest"`
	Effective civic.Instant  `json:"effective"`
	Rows      int            `json:"rows"`
	MovesOpen bool           `json:"moves_open,omitempty"`
	Note      string         `json:"note,omitempty"`
	Adopted   civic.Instant  `json:"adopted"`
	Act       civic.Position `json:"act"`
	Withdrawn civic.Instant  `json:"withdrawn,omitempty"`
	// Effected is that the act has been done which says that it took effect.
	Effected bool `json:"effected,omitempty"`
}

// Precedent is a ruling that proposes an edit; Settled is the version that answered it, or 0.
type Precedent struct {
	PrecedentNoted
	Settled int `json:"settled,omitempty"`
	// Private is that the matter is private: the precedent is shown to those who keep the list alone.
	Private bool `json:"private,omitempty"`
}

// InForce returns the version in force at a moment: of those that took effect by
// then and were not withdrawn the last one. It is false before the first.
func (s State) InForce(at civic.Instant) (Version, bool) {
	for _, v := range slices.Backward(s.Versions) {
		if v.Withdrawn == 0 && v.Effective <= at {
			return v, true
		}
	}
	return Version{}, false
}

// Coming returns the first version that takes effect after a moment.
func (s State) Coming(at civic.Instant) (Version, bool) {
	for _, v := range s.Versions {
		if v.Withdrawn == 0 && v.Effective > at {
			return v, true
		}
	}
	return Version{}, false
}

// Version returns a version by its number.
func (s State) Version(number int) (Version, bool) {
	if number < 1 || number > len(s.Versions) {
		return Version{}, false
	}
	return s.Versions[number-1], true
}

// Wake is when the next version takes effect. It is in force from then on by itself; the
// clock's act tells those who follow the list.
func Wake(s State) civic.Instant {
	v, ok := s.next()
	if !ok {
		return 0
	}
	return v.Effective
}

// next is the first version that has not taken effect.
func (s State) next() (Version, bool) {
	for _, v := range s.Versions {
		if v.Withdrawn == 0 && !v.Effected {
			return v, true
		}
	}
	return Version{}, false
}

// DigestOf names a public document: SHA-256 of its bytes, in hex.
func DigestOf(document []byte) string {
	sum := sha256.Sum256(document)
	return hex.EncodeToString(sum[:])
}
