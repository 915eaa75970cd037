package seal

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// mostEntry bounds a leaf, in bytes: tlog-tiles writes its length as uint16.
const mostEntry = 1<<16 - 1

const (
	actPrefix   = "act "
	decoyPrefix = "decoy "
)

// ActEntry is the leaf of an act: 48 bytes of text.
func ActEntry(commitment []byte) []byte {
	b := make([]byte, 0, len(actPrefix)+44)
	return base64.StdEncoding.AppendEncode(append(b, actPrefix...), commitment)
}

// ParseActEntry reads the commitment (32 bytes) in the leaf of an act; false for what is none.
func ParseActEntry(entry []byte) ([]byte, bool) {
	text, ok := strings.CutPrefix(string(entry), actPrefix)
	if !ok {
		return nil, false
	}
	c, err := base64.StdEncoding.Strict().DecodeString(text)
	return c, err == nil && len(c) == sha256.Size
}

// decoy is what the database keeps of a leaf that hides no act; its leaf looks like any other.
func decoy(salt []byte) []byte {
	return base64.StdEncoding.AppendEncode([]byte(decoyPrefix), salt)
}

// leafOf gives the leaf of what the database keeps of one that is no act.
func leafOf(kept []byte) []byte {
	text, ok := strings.CutPrefix(string(kept), decoyPrefix)
	if !ok {
		return kept
	}
	salt, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return kept
	}
	sum := sha256.Sum256(append(salt, "skein decoy 1\n"...))
	return ActEntry(sum[:])
}

// bucket is how many leaves an hour's private acts are made to look like: 8, 16, 32, then full 64s.
func bucket(n int) int {
	for _, b := range []int{8, 16, 32} {
		if n <= b {
			return b
		}
	}
	return (n + 63) / 64 * 64
}
