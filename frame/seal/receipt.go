package seal

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/transparency-dev/formats/proof"
	"golang.org/x/mod/sumdb/tlog"

	"skein/frame/civic"
	"skein/frame/journal"
)

// A receipt is a text:
//
//	skein receipt 1
//	salt <base64 of 32 bytes>
//	<the canonical text of the act, from "skein act 1" on>
//	shown <base64 of 32 bytes>      only for whoever did the act: the salt of its data,
//	<its data, a line of JSON>      and the data
//
//	<a promise, or a proof>
//
// Who may not read the act gets "commitment <base64>" in place of salt, text and data. A promise is a
// note that the log's key signed; it stands until the act is sealed:
//
//	skein promise 1
//	<origin>
//	commitment <base64>
//	recorded <RFC 3339, UTC, microseconds>
//	sealed by <RFC 3339, UTC>
//
//	— <origin> <signature>
//
// A proof is a tlog-proof: the leaf's number, the hashes up to the root, the checkpoint.
// Every byte of a receipt is held by something: it reads back in one way only, and a
// signature whose key was not given makes it unproved.

const (
	receiptHeader = "skein receipt 1\n"
	actHeader     = "skein act 1\n"
	promiseHeader = "skein promise 1\n"
	proofHeader   = "c2sp.org/tlog-proof@v1\n"

	recordedForm = "2006-01-02T15:04:05.000000Z"

	// MostReceipt bounds what is read as a receipt, in bytes.
	MostReceipt = 1 << 20
)

// Stage says what a receipt proves.
type Stage string

const (
	Recorded  Stage = "recorded"  // the log's key promised to seal it
	Sealed    Stage = "sealed"    // it is under a signed checkpoint
	Witnessed Stage = "witnessed" // and others signed that checkpoint
)

// Receipt is one that was read.
type Receipt struct {
	// Salt and Text are the act's; nil where the receipt is for those who may not read it.
	Salt, Text []byte
	// DataSalt and Data are shown to whoever did the act.
	DataSalt, Data []byte
	Commitment     []byte

	Promise string // a signed note, or ""
	Proof   *proof.TLogProof
}

// Fault says why a receipt, a checkpoint or a log proves nothing: the key of a message, with its arguments.
type Fault struct {
	Key  string
	Args []any
}

func (f *Fault) Error() string { return fmt.Sprint("seal: ", f.Key, " ", f.Args) }

// Refusal is the fault as the house refuses.
func (f *Fault) Refusal() civic.Refusal { return civic.Refuse(civic.Invalid, f.Key, f.Args...) }

func fault(key string, args ...any) error { return &Fault{key, args} }

// Eyes says what a receipt shows of its act.
type Eyes int

const (
	Stranger Eyes = iota // the commitment alone
	Reader               // what was done, when, by what post or kind of person, under which power
	Doer                 // and the data, for whoever did it
)

// NewReceipt begins a receipt for an act.
func NewReceipt(a *journal.Act, eyes Eyes) *Receipt {
	r := &Receipt{Commitment: a.Commitment}
	if eyes >= Reader {
		r.Salt, r.Text = a.Opening(), a.Canonical()
	}
	if eyes == Doer {
		r.DataSalt, r.Data = a.Sub("data"), a.Data
	}
	return r
}

// Format writes the receipt.
func (r *Receipt) Format() []byte {
	var b bytes.Buffer
	b.WriteString(receiptHeader)
	if r.Text != nil {
		fmt.Fprintf(&b, "salt %s\n%s", base64.StdEncoding.EncodeToString(r.Salt), r.Text)
		if r.Data != nil {
			fmt.Fprintf(&b, "shown %s\n%s\n", base64.StdEncoding.EncodeToString(r.DataSalt), r.Data)
		}
	} else {
		fmt.Fprintf(&b, "commitment %s\n", base64.StdEncoding.EncodeToString(r.Commitment))
	}
	b.WriteByte('\n')
	if r.Proof != nil {
		b.Write(r.Proof.Marshal())
	} else {
		b.WriteString(r.Promise)
	}
	return b.Bytes()
}

// ParseReceipt reads a receipt and proves nothing yet. A fault says what is wrong with it.
func ParseReceipt(file []byte) (*Receipt, error) {
	if len(file) > MostReceipt {
		return nil, fault("seal.receipt_too_long", "bytes", MostReceipt)
	}
	rest, ok := strings.CutPrefix(string(file), receiptHeader)
	if !ok {
		return nil, fault("seal.receipt_not_one")
	}
	act, rest, ok := strings.Cut(rest, "\n\n")
	if !ok {
		return nil, fault("seal.receipt_cut_off")
	}
	r := &Receipt{}
	first, text, _ := strings.Cut(act+"\n", "\n")
	name, value, _ := strings.Cut(first, " ")
	raw, err := base64.StdEncoding.Strict().DecodeString(value)
	if err != nil || len(raw) != sha256.Size || base64.StdEncoding.EncodeToString(raw) != value { // Go passes over line ends in base64
		return nil, fault("seal.receipt_damaged", "part", first)
	}
	switch {
	case name == "salt" && strings.HasPrefix(text, actHeader):
		if head, shown, ok := strings.Cut(text, "\nshown "); ok {
			text = head + "\n"
			salt, data, _ := strings.Cut(shown, "\n")
			if r.DataSalt, err = base64.StdEncoding.Strict().DecodeString(salt); err != nil || len(r.DataSalt) != sha256.Size {
				return nil, fault("seal.receipt_damaged", "part", "shown")
			}
			r.Data = []byte(strings.TrimSuffix(data, "\n"))
		}
		r.Salt, r.Text = raw, []byte(text)
		sum := sha256.Sum256(append(append([]byte(nil), raw...), text...))
		r.Commitment = sum[:]
	case name == "commitment" && text == "":
		r.Commitment = raw
	default:
		return nil, fault("seal.receipt_damaged", "part", first)
	}
	switch {
	case strings.HasPrefix(rest, promiseHeader):
		r.Promise = rest
	case strings.HasPrefix(rest, proofHeader):
		r.Proof = &proof.TLogProof{}
		if err := r.Proof.Unmarshal([]byte(rest)); err != nil || r.Proof.ExtraData != nil || r.Proof.Index >= 1<<62 {
			return nil, fault("seal.receipt_damaged", "part", strings.TrimSpace(proofHeader))
		}
	default:
		return nil, fault("seal.receipt_cut_off")
	}
	if !bytes.Equal(r.Format(), file) {
		return nil, fault("seal.receipt_damaged", "part", strings.TrimSpace(receiptHeader))
	}
	return r, nil
}

// Proved is what a receipt proves.
type Proved struct {
	Stage  Stage
	Origin string
	Realm  civic.Realm
	// Act is what was done; nil where the receipt does not show it. Data is what it says, where it is shown.
	Act  *journal.Shown
	Data json.RawMessage
	// Commitment is base64.
	Commitment string
	// Recorded is the act's time at stage recorded; SealedBy is by when it is promised to be sealed.
	Recorded, SealedBy time.Time
	// Checkpoint, Leaf: where it stands in the log, sealed and witnessed.
	Checkpoint *Checkpoint
	Leaf       int64
}

// Verify proves a receipt with the keys that somebody trusts. A fault says what does not hold.
func (r *Receipt) Verify(keys Keys) (*Proved, error) {
	p := &Proved{Commitment: base64.StdEncoding.EncodeToString(r.Commitment)}
	if r.Text != nil {
		act, err := journal.ParseCanonical(r.Text)
		if err != nil {
			return nil, fault("seal.receipt_damaged", "part", strings.TrimSpace(actHeader))
		}
		p.Act, p.Realm, p.Recorded = act, act.Realm, act.Recorded.Time().UTC()
		if r.Data != nil {
			if journal.Digest(r.DataSalt, r.Data) != act.Data || !json.Valid(r.Data) {
				return nil, fault("seal.receipt_damaged", "part", "shown")
			}
			p.Data = r.Data
		}
	}
	if r.Proof == nil {
		return p, r.verifyPromise(p, keys)
	}
	c, err := ParseCheckpoint(string(r.Proof.Checkpoint), keys)
	if errors.Is(err, errNotSigned) {
		return nil, fault("seal.receipt_other_key", "signed", signers(string(r.Proof.Checkpoint)))
	}
	if err != nil {
		return nil, fault("seal.receipt_damaged", "part", "checkpoint")
	}
	if c.Unknown > 0 {
		return nil, fault("seal.receipt_unknown_signer", "signed", signers(c.Text))
	}
	if !c.Exact {
		return nil, fault("seal.receipt_damaged", "part", "checkpoint")
	}
	if c.At.IsZero() {
		return nil, fault("seal.checkpoint_no_time")
	}
	hashes := make(tlog.RecordProof, len(r.Proof.Hashes))
	for i, h := range r.Proof.Hashes {
		hashes[i] = h
	}
	leaf := int64(r.Proof.Index)
	if leaf >= c.Tree.N || tlog.CheckRecord(hashes, c.Tree.N, c.Tree.Hash, leaf, tlog.RecordHash(ActEntry(r.Commitment))) != nil {
		return nil, fault("seal.receipt_not_in_log", "origin", c.Origin)
	}
	p.Stage, p.Origin, p.Checkpoint, p.Leaf = Sealed, c.Origin, c, leaf
	if len(c.Cosigned) > 0 {
		p.Stage = Witnessed
	}
	if err := p.ofRealm(); err != nil {
		return nil, err
	}
	if p.Act != nil && p.Recorded.Unix() > c.At.Unix() {
		return nil, fault("seal.checkpoint_backdated", "checkpoint", c.At.Format(time.RFC3339), "recorded", p.Recorded.Format(time.RFC3339))
	}
	return p, nil
}

// ofRealm holds that the act is of the realm whose log it is.
func (p *Proved) ofRealm() error {
	realm, ok := RealmOf(p.Origin)
	if !ok {
		return fault("seal.origin_strange", "origin", p.Origin)
	}
	if p.Act != nil && p.Act.Realm != realm {
		return fault("seal.receipt_other_realm", "realm", string(p.Act.Realm), "origin", p.Origin)
	}
	p.Realm = realm
	return nil
}

// RealmOf is the realm in an origin such as city.example/log/harbour or city.example/log/harbour/2.
func RealmOf(origin string) (civic.Realm, bool) {
	parts := strings.Split(origin, "/")
	if n := len(parts); n > 3 {
		if k, err := strconv.Atoi(parts[n-1]); err == nil && k > 1 && parts[n-3] == "log" {
			return civic.Realm(parts[n-2]), true
		}
	}
	if n := len(parts); n > 2 && parts[n-2] == "log" {
		return civic.Realm(parts[n-1]), true
	}
	return "", false
}

// signers names who signed a note, by the names its lines give.
func signers(text string) string {
	var names []string
	_, lines, _ := strings.Cut(text, "\n\n")
	for line := range strings.Lines(lines) {
		if rest, ok := strings.CutPrefix(line, "— "); ok {
			name, _, _ := strings.Cut(rest, " ")
			if len(names) == 0 || names[len(names)-1] != name {
				names = append(names, name)
			}
		}
	}
	return strings.Join(names, ", ")
}
