package vault

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"time"
)

// crockford keeps the order of the bytes in the order of the text.
var crockford = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// idLength is the length of a box's or an item's id.
const idLength = 26

// newID returns 48 bits of wall time in milliseconds, then 80 random bits, as 26
// letters that sort by age. The time is only there to keep inserts next to each other.
func newID() string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(time.Now().UnixMilli())<<16)
	rand.Read(b[6:]) // never fails
	return crockford.EncodeToString(b[:])
}
