package matter

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"

	"skein/frame/civic"
)

// Number is the public number of a matter as it is stored: nine digits and a check digit.
// Print it with String, read it with ParseNumber.
type Number string

// String groups the digits for reading aloud: "412-338-0956".
func (n Number) String() string {
	if len(n) != 10 {
		return string(n)
	}
	return string(n[:3] + "-" + n[3:6] + "-" + n[6:])
}

// ParseNumber reads a number as people write it: with or without hyphens and spaces, in
// full-width digits too. The refusal says whether it is no number at all or a slip of the pen.
func ParseNumber(text string) (Number, error) {
	var digits []byte
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits = append(digits, byte(r))
		case r >= '０' && r <= '９':
			digits = append(digits, byte(r-'０'+'0'))
		case strings.ContainsRune("-‐‑‒–—－ \u00a0\u3000\t", r):
		default:
			return "", civic.Refuse(civic.Invalid, "matter.number_unreadable")
		}
		if len(digits) > 10 {
			break
		}
	}
	if len(digits) != 10 {
		return "", civic.Refuse(civic.Invalid, "matter.number_unreadable")
	}
	n := Number(digits)
	if !n.Valid() {
		return "", civic.Refuse(civic.Invalid, "matter.number_check", "number", n.String())
	}
	return n, nil
}

// Valid reports whether the check digit fits.
func (n Number) Valid() bool {
	if len(n) != 10 {
		return false
	}
	for i := range n {
		if n[i] < '0' || n[i] > '9' {
			return false
		}
	}
	return checkDigit(string(n[:9])) == n[9]
}

// checkDigit is that of ISO/IEC 7064, MOD 11,10: it finds every single wrong digit and
// nearly every swap of neighbours.
func checkDigit(digits string) byte {
	p := 10
	for i := range len(digits) {
		s := (p + int(digits[i]-'0')) % 10
		if s == 0 {
			s = 10
		}
		p = s * 2 % 11
	}
	return byte('0' + (11-p)%10)
}

const (
	numberSpace  = 1_000_000_000
	numberRounds = 8
	halfBits     = 15 // 2^30 is the least even power of two above the space
	halfMask     = 1<<halfBits - 1
)

// Numbers turns positions into public numbers and back by a secret permutation, so that
// numbers are distinct by construction and tell neither order nor how many private matters
// lie between two public ones: a Feistel network with keyed SHA-256 rounds, walked in
// cycles to stay below 10^9 (Black and Rogaway, Ciphers with Arbitrary Finite Domains,
// 2002). The value is immutable.
type Numbers struct {
	key [32]byte
}

// NewNumbers takes the realm's 32-byte key for numbers. Whoever has it can order the
// numbers; losing it makes no number wrong, since each is stored with its matter.
func NewNumbers(key [32]byte) *Numbers { return &Numbers{key} }

// Of returns the number for the position of a matter's first act; false when the position
// is not between 1 and 999,999,999.
func (n *Numbers) Of(first civic.Position) (Number, bool) {
	if first < 1 || first >= numberSpace {
		return "", false
	}
	x := n.permute(uint32(first), false)
	for x >= numberSpace {
		x = n.permute(x, false)
	}
	var digits [10]byte
	for i := 8; i >= 0; i-- {
		digits[i] = byte('0' + x%10)
		x /= 10
	}
	digits[9] = checkDigit(string(digits[:9]))
	return Number(digits[:]), true
}

// Position is the inverse of Of; false when the number is not valid.
func (n *Numbers) Position(number Number) (civic.Position, bool) {
	if !number.Valid() {
		return 0, false
	}
	var x uint32
	for i := range 9 {
		x = x*10 + uint32(number[i]-'0')
	}
	x = n.permute(x, true)
	for x >= numberSpace {
		x = n.permute(x, true)
	}
	return civic.Position(x), x != 0
}

// permute runs the network over 30 bits, backwards for the inverse.
func (n *Numbers) permute(x uint32, back bool) uint32 {
	left, right := x>>halfBits, x&halfMask
	for i := range numberRounds {
		if back {
			left, right = right^n.round(numberRounds-1-i, left), left
		} else {
			left, right = right, left^n.round(i, right)
		}
	}
	return left<<halfBits | right
}

// round is the keyed function of one round. All inputs have one length, so a plain keyed
// SHA-256 in one block is as good as HMAC here and half its price.
func (n *Numbers) round(i int, half uint32) uint32 {
	var block [37]byte
	copy(block[:], n.key[:])
	block[32] = byte(i)
	binary.BigEndian.PutUint32(block[33:], half)
	sum := sha256.Sum256(block[:])
	return binary.BigEndian.Uint32(sum[:]) & halfMask
}
