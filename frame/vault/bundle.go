package vault

import (
	"encoding/binary"
	"errors"
)

const saltLength = 32

const (
	inline byte = 0 // the content itself follows
	inBlob byte = 1 // the name of the blob follows
)

var errBundle = errors.New("vault: an item opens but cannot be read")

// bundle writes contents one after another: for each the part, the salt, the size and
// either the content or the name of its blob. The first byte is the version.
func bundle(contents []Content) []byte {
	n := 1
	for _, c := range contents {
		n += len(c.Part) + saltLength + len(c.Blob) + 24
		if c.Blob == "" {
			n += len(c.Text)
		}
	}
	b := append(make([]byte, 0, n), 1)
	text := func(s []byte) {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	for _, c := range contents {
		text([]byte(c.Part))
		b = append(b, c.Salt...)
		if c.Blob == "" {
			b = append(b, inline)
			text(c.Text)
		} else {
			b = append(b, inBlob)
			b = binary.AppendUvarint(b, uint64(c.Size))
			text([]byte(c.Blob))
		}
	}
	return b
}

// unbundle reads what bundle wrote. The contents share b's memory.
func unbundle(b []byte) ([]Content, error) {
	if len(b) == 0 || b[0] != 1 {
		return nil, errBundle
	}
	b = b[1:]
	bad := false
	number := func() uint64 {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			bad = true
			return 0
		}
		b = b[n:]
		return v
	}
	take := func(n uint64) []byte {
		if bad || n > uint64(len(b)) {
			bad = true
			return nil
		}
		out := b[:n:n]
		b = b[n:]
		return out
	}
	var out []Content
	for len(b) > 0 {
		c := Content{Part: string(take(number())), Salt: take(saltLength)}
		kind := take(1)
		switch {
		case bad:
		case kind[0] == inline:
			c.Text = take(number())
			c.Size = int64(len(c.Text))
		case kind[0] == inBlob:
			c.Size = int64(number())
			c.Blob = string(take(number()))
		default:
			bad = true
		}
		if bad {
			return nil, errBundle
		}
		out = append(out, c)
	}
	return out, nil
}
