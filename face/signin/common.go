package signin

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // what lists of breached passwords are ordered by; it protects nothing
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Passwords that many people have, or that were found in breaches, are refused when one is set. Lists of
// them are files of lines that begin with a SHA-1 in capitals, ordered, as Have I Been Pwned publishes its
// own ("pwned-passwords-sha1-ordered-by-hash"): HASH, or HASH:COUNT. They are searched where they lie, by
// bisection.

// common is the 6,000 commonest passwords of at least twelve letters, in small letters: the first so long of
// the ten million that Mark Burnett gave into the public domain in 2015, in the order of how many people
// had them. The 229 of zxcvbn's list that are so long are among them.
//
//go:embed common.sha1
var common []byte

// Breached is a list of breached passwords.
type Breached struct {
	file io.ReaderAt
	size int64
}

var commonList = &Breached{bytes.NewReader(common), int64(len(common))}

const (
	hashLetters = 2 * sha1.Size
	longestLine = 128
)

// errList says that a file is no such list.
var errList = errors.New("is no list of SHA-1 in capitals, ordered, one a line")

// OpenBreached opens a list. It looks at some of its lines, since the wrong file would find nothing and say nothing.
func OpenBreached(path string) (*Breached, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	b := &Breached{f, info.Size()}
	if err := b.check(); err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return b, nil
}

const looks = 1000

func (b *Breached) check() error {
	if b.size < hashLetters {
		return errList
	}
	last := ""
	for i := range int64(looks) {
		hash, at, err := b.line(i * b.size / looks)
		if err != nil {
			return err
		}
		if at >= b.size {
			break
		}
		if hash < last {
			return errList
		}
		last = hash
	}
	return nil
}

// line is the hash of the first line that begins at or after an offset, and where that is.
func (b *Breached) line(from int64) (hash string, at int64, err error) {
	buf := make([]byte, 2*longestLine)
	start := max(0, from-1)
	n, err := b.file.ReadAt(buf, start)
	if err != nil && err != io.EOF {
		return "", 0, err
	}
	buf = buf[:n]
	if from > 0 {
		_, rest, ok := bytes.Cut(buf, []byte("\n"))
		if !ok {
			if start+int64(n) < b.size {
				return "", 0, errList
			}
			return "", b.size, nil
		}
		start += int64(len(buf) - len(rest))
		buf = rest
	}
	if len(buf) == 0 {
		return "", b.size, nil
	}
	if len(buf) < hashLetters || strings.Trim(string(buf[:hashLetters]), "0123456789ABCDEF") != "" ||
		len(buf) > hashLetters && !strings.ContainsRune(":\r\n", rune(buf[hashLetters])) {
		return "", 0, errList
	}
	return string(buf[:hashLetters]), start, nil
}

// Has reports whether a password is in the list.
func (b *Breached) Has(password string) (bool, error) {
	sum := sha1.Sum([]byte(password))
	want := strings.ToUpper(hex.EncodeToString(sum[:]))
	low, high := int64(0), b.size // the line, if there is one, begins in between
	for low < high {
		mid := (low + high) / 2
		hash, at, err := b.line(mid)
		switch {
		case err != nil:
			return false, err
		case at >= b.size || hash > want:
			high = mid
		case hash == want:
			return true, nil
		default:
			low = at + hashLetters
		}
	}
	return false, nil
}

// isCommon reports whether a password is in our own list or in the operator's, as it is or in small letters.
func isCommon(password string, more *Breached) (bool, error) {
	plain := norm.NFC.String(password)
	for _, list := range []*Breached{commonList, more} {
		if list == nil {
			continue
		}
		for _, form := range []string{password, plain, strings.ToLower(plain)} {
			if found, err := list.Has(form); err != nil || found {
				return found, err
			}
		}
	}
	return false, nil
}
