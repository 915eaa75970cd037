package seal

// The second pair of eyes: RFC 6962, section 2.1, and RFC 9162, section 2.1, and signed-note, written from their
// texts and from nothing of this package or of x/mod, so that a fault in either shows as a difference.

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// mth is MTH(D[n]) (RFC 6962, 2.1).
func mth(d [][]byte) []byte {
	switch len(d) {
	case 0:
		sum := sha256.Sum256(nil)
		return sum[:]
	case 1:
		return leafHash(d[0])
	}
	k := split(len(d))
	return nodeHash(mth(d[:k]), mth(d[k:]))
}

func leafHash(d []byte) []byte {
	sum := sha256.Sum256(append([]byte{0}, d...))
	return sum[:]
}

func nodeHash(l, r []byte) []byte {
	sum := sha256.Sum256(append(append([]byte{1}, l...), r...))
	return sum[:]
}

// split is the largest power of two smaller than n.
func split(n int) int {
	k := 1
	for 2*k < n {
		k *= 2
	}
	return k
}

// path is PATH(m, D[n]) (RFC 6962, 2.1.1).
func path(m int, d [][]byte) [][]byte {
	if len(d) <= 1 {
		return nil
	}
	k := split(len(d))
	if m < k {
		return append(path(m, d[:k]), mth(d[k:]))
	}
	return append(path(m-k, d[k:]), mth(d[:k]))
}

// inclusion holds an inclusion proof (RFC 9162, 2.1.3.2).
func inclusion(leaf []byte, index, size uint64, proof [][]byte, root []byte) error {
	if index >= size {
		return errors.New("the index is beyond the tree")
	}
	fn, sn, r := index, size-1, leaf
	for _, p := range proof {
		if sn == 0 {
			return errors.New("the proof is too long")
		}
		if fn&1 == 1 || fn == sn {
			r = nodeHash(p, r)
			for fn&1 == 0 && fn != 0 {
				fn, sn = fn>>1, sn>>1
			}
		} else {
			r = nodeHash(r, p)
		}
		fn, sn = fn>>1, sn>>1
	}
	if sn != 0 || string(r) != string(root) {
		return errors.New("the proof does not lead to the root")
	}
	return nil
}

// consistent holds a consistency proof (RFC 9162, 2.1.4.2).
func consistent(first, second uint64, firstHash, secondHash []byte, proof [][]byte) error {
	wrong := errors.New("the second tree does not continue the first")
	switch {
	case first > second || first == 0 && second > 0:
		return wrong // nothing needs no proof
	case first == second:
		if len(proof) > 0 || string(firstHash) != string(secondHash) {
			return wrong
		}
		return nil
	}
	if len(proof) == 0 {
		return wrong
	}
	if first&(first-1) == 0 {
		proof = append([][]byte{firstHash}, proof...)
	}
	fn, sn := first-1, second-1
	for fn&1 == 1 {
		fn, sn = fn>>1, sn>>1
	}
	fr, sr := proof[0], proof[0]
	for _, c := range proof[1:] {
		if sn == 0 {
			return wrong
		}
		if fn&1 == 1 || fn == sn {
			fr, sr = nodeHash(c, fr), nodeHash(c, sr)
			for fn&1 == 0 && fn != 0 {
				fn, sn = fn>>1, sn>>1
			}
		} else {
			sr = nodeHash(sr, c)
		}
		fn, sn = fn>>1, sn>>1
	}
	if sn != 0 || string(fr) != string(firstHash) || string(sr) != string(secondHash) {
		return wrong
	}
	return nil
}

// subtree reports whether [start, end) is a subtree (draft-ietf-plants-merkle-tree-certs, 4.1).
func subtree(start, end uint64) bool {
	if start >= end {
		return false
	}
	ceil := uint64(1)
	for ceil < end-start {
		ceil <<= 1
	}
	return start%ceil == 0
}

// subtreeInclusion holds the proof of a leaf within a subtree (the draft, 4.3).
func subtreeInclusion(leaf []byte, index, start, end uint64, proof [][]byte, root []byte) error {
	if !subtree(start, end) || index < start {
		return errors.New("not a leaf of that subtree")
	}
	return inclusion(leaf, index-start, end-start, proof, root)
}

// subtreeConsistent holds that a tree contains a subtree (the draft, 4.4.3).
func subtreeConsistent(start, end, size uint64, node, root []byte, proof [][]byte) error {
	wrong := errors.New("the tree does not contain the subtree")
	if start == end && end <= size && len(proof) == 0 && string(node) == string(mth(nil)) {
		return nil
	}
	if !subtree(start, end) || end > size {
		return wrong
	}
	fn, sn, tn := start, end-1, size-1
	shift := func() { fn, sn, tn = fn>>1, sn>>1, tn>>1 }
	if sn == tn {
		for fn != sn {
			shift()
		}
	} else {
		for fn != sn && sn&1 == 1 {
			shift()
		}
	}
	fr, sr := node, node
	if fn != sn {
		if len(proof) == 0 {
			return wrong
		}
		fr, sr, proof = proof[0], proof[0], proof[1:]
	}
	for _, c := range proof {
		if tn == 0 {
			return wrong
		}
		if sn&1 == 1 || sn == tn {
			if fn < sn {
				fr = nodeHash(c, fr)
			}
			sr = nodeHash(c, sr)
			for sn&1 == 0 && sn != 0 {
				shift()
			}
		} else {
			sr = nodeHash(sr, c)
		}
		shift()
	}
	if tn != 0 || string(fr) != string(node) || string(sr) != string(root) {
		return wrong
	}
	return nil
}

// vkeyParts reads "<name>+<key id>+<base64 of type and key>" and computes the key id of another type.
func vkeyParts(vkey string, kind byte) (name string, id uint32, key ed25519.PublicKey, err error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return "", 0, nil, errors.New("not a verifier key")
	}
	raw, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(raw) != 33 || raw[0] != 1 {
		return "", 0, nil, errors.New("not an Ed25519 verifier key")
	}
	sum := func(kind byte) uint32 {
		h := sha256.Sum256([]byte(parts[0] + "\n" + string(kind) + string(raw[1:])))
		return binary.BigEndian.Uint32(h[:])
	}
	if fmt.Sprintf("%08x", sum(1)) != parts[1] {
		return "", 0, nil, errors.New("the key id is not that of the key")
	}
	return parts[0], sum(kind), raw[1:], nil
}

// openNote checks that a note's text is signed by a key, plainly and, if at is not nil, with a time.
func openNote(text, vkey string, at *uint64) (body string, err error) {
	body, lines, ok := strings.Cut(text, "\n\n")
	if !ok {
		return "", errors.New("not a note")
	}
	body += "\n"
	name, plainID, key, err := vkeyParts(vkey, 1)
	if err != nil {
		return "", err
	}
	_, timedID, _, _ := vkeyParts(vkey, 4)
	plain := false
	for line := range strings.Lines(lines) {
		rest, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "— "+name+" ")
		if !ok {
			continue
		}
		raw, err := base64.StdEncoding.DecodeString(rest)
		if err != nil || len(raw) < 4 {
			return "", errors.New("not a signature")
		}
		switch binary.BigEndian.Uint32(raw) {
		case plainID:
			plain = ed25519.Verify(key, []byte(body), raw[4:])
			if !plain {
				return "", errors.New("the signature does not hold")
			}
		case timedID:
			if len(raw) != 4+8+64 {
				return "", errors.New("not a timestamped signature")
			}
			t := binary.BigEndian.Uint64(raw[4:])
			if !ed25519.Verify(key, []byte("cosignature/v1\ntime "+strconv.FormatUint(t, 10)+"\n"+body), raw[12:]) {
				return "", errors.New("the timestamped signature does not hold")
			}
			if at != nil {
				*at = t
			}
		}
	}
	if !plain {
		return "", errors.New("not signed by that key")
	}
	return body, nil
}
