package matter

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"strings"

	"skein/frame/civic"
)

// crockford is Douglas Crockford's base 32: no I, L, O or U.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// TrackingBytes is how many random bytes a tracking code takes: 128 bits, so that a plain hash may be kept
// of it. The first codes had 80, and open their matters as before.
const TrackingBytes = 16

// NewTracking makes the secret code that lets an anonymous reporter come back, as
// "7K2M9-QXT0B-4WHZ8-D3FYA-6RCVPE", and the digest that is kept of it. Randomness comes from the
// caller; fewer than TrackingBytes of it are refused, more are not used.
func NewTracking(random []byte) (code, digest string, err error) {
	if len(random) < TrackingBytes {
		return "", "", civic.Refuse(civic.Invalid, "matter.tracking_random", "bytes", TrackingBytes)
	}
	c := crockford.EncodeToString(random[:TrackingBytes])
	return SpacedTracking(c), trackingDigest(c), nil
}

// SpacedTracking writes a code in groups of five, of which the last has what is left, for eyes and for paper.
func SpacedTracking(code string) string {
	code = strings.ReplaceAll(code, "-", "")
	var parts []string
	for len(code) > 6 {
		parts, code = append(parts, code[:5]), code[5:]
	}
	return strings.Join(append(parts, code), "-")
}

// CheckTracking reports whether a code as somebody typed it is the one with the digest.
// Small letters, missing hyphens, spaces, full-width forms, and O, I or L for 0 and 1 are taken.
func CheckTracking(typed, digest string) bool {
	var b strings.Builder
	for _, r := range typed {
		if r >= '！' && r <= '～' {
			r += '!' - '！'
		}
		if r >= 'a' && r <= 'z' {
			r += 'A' - 'a'
		}
		switch r {
		case '-', ' ', '\u3000', '\t', '‐', '‑', '–':
			continue
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		if b.Len() > 64 {
			return false
		}
		b.WriteRune(r)
	}
	return digest != "" && subtle.ConstantTimeCompare([]byte(trackingDigest(b.String())), []byte(digest)) == 1
}

func trackingDigest(canonical string) string {
	sum := sha256.Sum256([]byte(canonical))
	return hex.EncodeToString(sum[:])
}
