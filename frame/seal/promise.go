package seal

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// promise is what the log's key signs of an act that is recorded and not sealed yet.
type promise struct {
	origin             string
	commitment         []byte
	recorded, sealedBy time.Time
}

func (p promise) text() string {
	return fmt.Sprintf("%s%s\ncommitment %s\nrecorded %s\nsealed by %s\n", promiseHeader, p.origin,
		base64.StdEncoding.EncodeToString(p.commitment), p.recorded.UTC().Format(recordedForm), p.sealedBy.UTC().Format(time.RFC3339))
}

func parsePromise(text string) (p promise, ok bool) {
	lines := strings.Split(text, "\n")
	if len(lines) != 6 || lines[0]+"\n" != promiseHeader {
		return p, false
	}
	p.origin = lines[1]
	commitment, _ := strings.CutPrefix(lines[2], "commitment ")
	recorded, _ := strings.CutPrefix(lines[3], "recorded ")
	by, _ := strings.CutPrefix(lines[4], "sealed by ")
	var errs [3]error
	p.commitment, errs[0] = base64.StdEncoding.DecodeString(commitment)
	p.recorded, errs[1] = time.Parse(recordedForm, recorded)
	p.sealedBy, errs[2] = time.Parse(time.RFC3339, by)
	return p, errors.Join(errs[:]...) == nil && p.text() == text
}

func (r *Receipt) verifyPromise(p *Proved, keys Keys) error {
	var known []note.Verifier
	for _, k := range keys.Log {
		v, err := note.NewVerifier(k)
		if err != nil {
			return err
		}
		known = append(known, v)
	}
	n, err := note.Open([]byte(r.Promise), note.VerifierList(known...))
	var unverified *note.UnverifiedNoteError
	if errors.As(err, &unverified) {
		return fault("seal.receipt_other_key", "signed", signers(r.Promise))
	}
	if err != nil {
		return fault("seal.receipt_damaged", "part", strings.TrimSpace(promiseHeader))
	}
	if len(n.UnverifiedSigs) > 0 {
		return fault("seal.receipt_unknown_signer", "signed", signers(r.Promise))
	}
	said, ok := parsePromise(n.Text)
	if !ok || !whole(r.Promise, n) || n.Sigs[0].Name != said.origin {
		return fault("seal.receipt_damaged", "part", strings.TrimSpace(promiseHeader))
	}
	if !bytes.Equal(said.commitment, r.Commitment) {
		return fault("seal.receipt_other_act")
	}
	if p.Act != nil && !said.recorded.Equal(p.Recorded) {
		return fault("seal.receipt_other_time", "promised", said.recorded.Format(time.RFC3339), "recorded", p.Recorded.Format(time.RFC3339))
	}
	p.Stage, p.Origin, p.Recorded, p.SealedBy = Recorded, said.origin, said.recorded, said.sealedBy
	return p.ofRealm()
}
