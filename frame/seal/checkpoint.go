package seal

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	tlogfmt "github.com/transparency-dev/formats/log"
	tnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint is a tree head that a log signed (tlog-checkpoint): how many leaves, and their hash.
type Checkpoint struct {
	Origin string
	Tree   tlog.Tree
	// At is the time of the log's timestamped signature, in whole seconds; zero if there is none.
	At time.Time
	// Cosigned are the witnesses whose signatures hold.
	Cosigned []Cosignature
	// Unknown counts signatures by keys that were not given; Exact says that there is none, and that the
	// note is written in the one way in which it reads back.
	Unknown int
	Exact   bool
	// Text is the note whole, with its signatures.
	Text string
}

// Cosignature says that a witness saw the checkpoint, and when.
type Cosignature struct {
	Name string
	At   time.Time
}

// Keys are the keys that somebody trusts, as vkeys of signed-note.
type Keys struct {
	// Log holds a log's key, and those that it was replaced by or replaced; one must have signed.
	Log []string
	// Witnesses are the keys of witnesses.
	Witnesses []string
}

var (
	errNotCheckpoint = errors.New("seal: this is no checkpoint of a log")
	errNotSigned     = errors.New("seal: none of the keys given signed this checkpoint")
)

// CheckKey holds that a text is a verifier key.
func CheckKey(vkey string) error {
	_, err := tnote.NewVerifier(vkey)
	return err
}

// mostLeaves bounds a tree: what is longer overflows in proofs, and can only be a lie.
const mostLeaves = 1 << 62

// ParseCheckpoint reads a checkpoint and holds its signatures: by a key of the log at least.
func ParseCheckpoint(text string, keys Keys) (*Checkpoint, error) {
	var known []note.Verifier
	logs, witnesses := map[uint32]string{}, map[uint32]string{}
	for _, k := range keys.Log {
		plain, err := note.NewVerifier(k)
		if err != nil {
			return nil, fmt.Errorf("seal: %q is no verifier key: %w", k, err)
		}
		timed, err := tnote.NewVerifierForCosignatureV1(k)
		if err != nil {
			return nil, err
		}
		if _, twice := logs[plain.KeyHash()]; twice {
			continue
		}
		known = append(known, plain, timed)
		logs[plain.KeyHash()], logs[timed.KeyHash()] = plain.Name(), plain.Name()
	}
	for _, k := range keys.Witnesses {
		v, err := tnote.NewVerifierForCosignatureV1(k)
		if err != nil {
			return nil, fmt.Errorf("seal: %q is no verifier key of a witness: %w", k, err)
		}
		if _, twice := witnesses[v.KeyHash()]; twice || logs[v.KeyHash()] != "" {
			continue // a log that signs with a time is no witness of itself
		}
		known = append(known, v)
		witnesses[v.KeyHash()] = v.Name()
	}
	n, err := note.Open([]byte(text), note.VerifierList(known...))
	var unverified *note.UnverifiedNoteError
	if errors.As(err, &unverified) {
		return nil, errNotSigned
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNotCheckpoint, err)
	}
	c := &Checkpoint{Text: text, Unknown: len(n.UnverifiedSigs), Exact: whole(text, n)}
	var head tlogfmt.Checkpoint
	rest, err := head.Unmarshal([]byte(n.Text))
	if err != nil || len(rest) > 0 || len(head.Hash) != tlog.HashSize || string(head.Marshal()) != n.Text {
		return nil, errNotCheckpoint
	}
	c.Origin, c.Tree = head.Origin, tlog.Tree{N: int64(head.Size), Hash: tlog.Hash(head.Hash)}
	if c.Tree.N < 0 || c.Tree.N > mostLeaves {
		return nil, errNotCheckpoint
	}
	signed := false
	for _, sig := range n.Sigs {
		at := timeOf(sig)
		switch {
		case logs[sig.Hash] == sig.Name && sig.Name == c.Origin:
			if at.IsZero() {
				signed = true
			} else {
				c.At = at
			}
		case witnesses[sig.Hash] == sig.Name && !at.IsZero():
			c.Cosigned = append(c.Cosigned, Cosignature{sig.Name, at})
		}
	}
	if !signed {
		return nil, errNotSigned
	}
	return c, nil
}

// whole reports whether a note is exactly its text and the signatures that hold: no line left over, none
// twice, none written in another way.
func whole(text string, n *note.Note) bool {
	var b strings.Builder
	b.WriteString(n.Text)
	b.WriteByte('\n')
	for _, sig := range n.Sigs {
		raw, err := base64.StdEncoding.Strict().DecodeString(sig.Base64)
		if err != nil {
			return false
		}
		fmt.Fprintf(&b, "— %s %s\n", sig.Name, base64.StdEncoding.EncodeToString(raw))
	}
	return b.String() == text
}

// timeOf is the time in a timestamped signature, zero for a plain one.
func timeOf(s note.Signature) time.Time {
	raw, err := base64.StdEncoding.DecodeString(s.Base64)
	if err != nil || len(raw) <= 4+64 {
		return time.Time{}
	}
	at, err := tnote.CoSigV1Timestamp(s)
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

// head is the text of a checkpoint before it is signed.
func head(origin string, tree tlog.Tree) string {
	return string(tlogfmt.Checkpoint{Origin: origin, Size: uint64(tree.N), Hash: tree.Hash[:]}.Marshal())
}

// peek reads origin, tree and signature lines without holding any signature.
func peek(text string) (origin string, tree tlog.Tree, err error) {
	body, _, ok := strings.Cut(text, "\n\n")
	var c tlogfmt.Checkpoint
	if !ok {
		return "", tree, errNotCheckpoint
	}
	if _, err := c.Unmarshal([]byte(body + "\n")); err != nil || len(c.Hash) != tlog.HashSize || c.Size > mostLeaves {
		return "", tree, errNotCheckpoint
	}
	return c.Origin, tlog.Tree{N: int64(c.Size), Hash: tlog.Hash(c.Hash)}, nil
}
