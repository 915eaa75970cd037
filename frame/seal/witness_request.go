package seal

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"

	tlogfmt "github.com/transparency-dev/formats/log"
	tnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	// MostRequest bounds what a witness reads of a request, in bytes.
	MostRequest = 64 << 10
	// mostProof bounds the lines of its consistency proof (tlog-witness).
	mostProof = 63
	// mostTree bounds how many leaves a tree can have.
	mostTree = 1 << 62
)

// request is what a witness is asked (tlog-witness): a checkpoint, and that it continues the tree of a size.
type request struct {
	old   int64
	proof tlog.TreeProof
	note  string
}

// parseRequest reads a request to add-checkpoint; it reads in one way only.
func parseRequest(body []byte) (r request, ok bool) {
	head, text, ok := strings.Cut(string(body), "\n\n")
	if !ok || len(body) > MostRequest {
		return r, false
	}
	r.note = text
	lines := strings.Split(head, "\n")
	size, ok := strings.CutPrefix(lines[0], "old ")
	if !ok || len(lines)-1 > mostProof {
		return r, false
	}
	if r.old, ok = parseSize(size); !ok {
		return r, false
	}
	for _, line := range lines[1:] {
		raw, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(raw) != tlog.HashSize || strings.Contains(line, "\r") {
			return r, false
		}
		r.proof = append(r.proof, tlog.Hash(raw))
	}
	return r, true
}

// format writes the request.
func (r request) format() []byte {
	var b bytes.Buffer
	b.WriteString("old " + strconv.FormatInt(r.old, 10) + "\n")
	for _, h := range r.proof {
		b.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
	b.WriteString("\n" + r.note)
	return b.Bytes()
}

// parseSize reads a number of leaves: decimal, without a zero before it.
func parseSize(text string) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && n >= 0 && n <= mostTree && strconv.FormatInt(n, 10) == text
}

// offer is a checkpoint as a witness reads it: one of any log, with lines that it does not know.
type offer struct {
	origin string
	tree   tlog.Tree
	body   string // what is signed
	// text is the body with the lines that keys of the log signed, and no other.
	text string
	// first and last are the times of its timestamped signatures, in seconds; 0 where it has none.
	first, last int64
}

// lineKey is a key as one kind of signature line names it.
type lineKey struct {
	note.Verifier
	own   bool // the kind that the log's key was given as: one line of it is needed
	timed bool // its signatures say when
}

// keysOfLog reads the verifier key of a log: as it is given, and with it the timestamped signatures of a plain key.
func keysOfLog(vkey string) ([]lineKey, error) {
	given, err := tnote.NewVerifier(vkey)
	if err != nil {
		return nil, err
	}
	if !ownID(vkey, given) {
		return nil, errNotKey
	}
	timed, err := tnote.NewVerifierForCosignatureV1(vkey)
	switch {
	case err != nil:
		return []lineKey{{given, true, false}}, nil
	case timed.KeyHash() == given.KeyHash():
		return []lineKey{{given, true, true}}, nil
	}
	return []lineKey{{given, true, false}, {timed, false, true}}, nil
}

// keyOfWitness reads the verifier key of a witness: of tlog-cosignature, or the plain one of the same key.
func keyOfWitness(vkey string) (note.Verifier, error) {
	v, err := tnote.NewVerifierForCosignatureV1(vkey)
	if err != nil {
		return nil, err
	}
	if plain, err := note.NewVerifier(vkey); err == nil && ownID(vkey, plain) || ownID(vkey, v) {
		return v, nil
	}
	return nil, errNotKey
}

var errNotKey = errors.New("seal: the key's id is not that of the key")

// ownID reports whether a verifier key says the id that its key has: a mistyped one does not.
func ownID(vkey string, v note.Verifier) bool {
	_, rest, _ := strings.Cut(vkey, "+")
	id, _, _ := strings.Cut(rest, "+")
	n, err := strconv.ParseUint(id, 16, 32)
	return err == nil && uint32(n) == v.KeyHash()
}

// peekOffer reads a checkpoint without holding any signature.
func peekOffer(text string) (o offer, ok bool) {
	var unverified *note.UnverifiedNoteError
	if _, err := note.Open([]byte(text), note.VerifierList()); !errors.As(err, &unverified) {
		return o, false
	}
	o.body = unverified.Note.Text
	if strings.Contains(o.body, "\n\n") {
		return o, false // no line of a checkpoint is empty (tlog-checkpoint)
	}
	var c tlogfmt.Checkpoint
	rest, err := c.Unmarshal([]byte(o.body))
	if err != nil || len(c.Hash) != tlog.HashSize || c.Size > mostTree || string(c.Marshal())+string(rest) != o.body {
		return o, false
	}
	o.origin, o.tree = c.Origin, tlog.Tree{N: int64(c.Size), Hash: tlog.Hash(c.Hash)}
	return o, true
}

// hold keeps the lines that keys of the log signed; false where none did. A line that does not hold counts for
// nothing, and takes nothing from the others.
func (o *offer) hold(text string, keys []lineKey) bool {
	var lines []string
	signed := false
	for _, k := range keys {
		n, err := note.Open([]byte(text), note.VerifierList(k))
		if err != nil {
			continue
		}
		if k.timed {
			at := timeOf(n.Sigs[0]).Unix()
			if at <= 0 {
				continue
			}
			if o.first == 0 || at < o.first {
				o.first = at
			}
			o.last = max(o.last, at)
		}
		signed = signed || k.own
		lines = append(lines, "— "+n.Sigs[0].Name+" "+n.Sigs[0].Base64+"\n")
	}
	o.text = o.body + "\n" + strings.Join(lines, "")
	return signed
}
