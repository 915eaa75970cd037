package seal

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/transparency-dev/formats/proof"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"skein/frame/journal"
)

// fixed is a signer that is always the same.
func fixed(name string, seed byte) *Signer {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
	vkey, err := note.NewEd25519VerifierKey(name, key.Public().(ed25519.PublicKey))
	if err != nil {
		panic(err)
	}
	id := strings.SplitN(vkey, "+", 3)[1]
	s, err := newSigner(fmt.Sprintf("PRIVATE+KEY+%s+%s+%s", name, id, base64.StdEncoding.EncodeToString(append([]byte{algEd25519}, key.Seed()...))))
	if err != nil {
		panic(err)
	}
	return s
}

// FuzzReceipt: whatever a file holds, it is told what is wrong with it, or it proves what the keys signed.
func FuzzReceipt(f *testing.F) {
	log, quay := fixed("city.example/log/boston", 1), fixed("quay.example", 2)
	keys := Keys{Log: []string{log.Verifier}, Witnesses: []string{quay.Verifier}}
	a := &journal.Act{
		Realm: realm, Position: 7, Dossier: "matter/00000007", Seq: 1, Type: "matter.reported", Version: 1, Actor: "resident:x", Power: "matter.report",
		Policies: "00", Happened: began, Recorded: began, Data: []byte(`{"number":"1"}`), Salt: bytes.Repeat([]byte{7}, 32),
	}
	a.Commitment = a.Commit()
	for _, r := range everyStage(f, a, log, quay) {
		if got, p := verdict(r.Format(), keys); p == nil {
			f.Fatalf("a seed is %s", got)
		}
		f.Add(r.Format())
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := ParseReceipt(file)
		var fault *Fault
		if err == nil {
			if !bytes.Equal(r.Format(), file) {
				t.Fatal("a receipt reads back in two ways")
			}
			var p *Proved
			if p, err = r.Verify(keys); err == nil {
				if p.Commitment != base64.StdEncoding.EncodeToString(a.Commitment) || p.Act != nil && !same(p.Act, a) {
					t.Fatalf("it proves what nobody signed: %+v", p)
				}
				return
			}
		}
		if !errors.As(err, &fault) || !strings.HasPrefix(fault.Key, "seal.") {
			t.Fatalf("no fault: %v", err)
		}
	})
}

// everyStage are receipts of every stage, with the act and without.
func everyStage(t testing.TB, a *journal.Act, log, quay *Signer) []*Receipt {
	t.Helper()
	text := head(log.Name(), tlog.Tree{N: 2, Hash: tlog.NodeHash(tlog.RecordHash([]byte("x")), tlog.RecordHash(ActEntry(a.Commitment)))})
	checkpoint, err := log.signAt(text, began)
	if err != nil {
		t.Fatal(err)
	}
	cosigned, err := quay.Cosign(text, began)
	if err != nil {
		t.Fatal(err)
	}
	promised, err := log.sign(promise1(log.Name(), a.Commitment, began))
	if err != nil {
		t.Fatal(err)
	}
	inTwo := func(checkpoint string) *proof.TLogProof {
		return &proof.TLogProof{Index: 1, Hashes: [][tlog.HashSize]byte{tlog.RecordHash([]byte("x"))}, Checkpoint: []byte(checkpoint)}
	}
	return []*Receipt{
		{Salt: a.Opening(), Text: a.Canonical(), Promise: promised}, {Commitment: a.Commitment, Promise: promised},
		{Salt: a.Opening(), Text: a.Canonical(), DataSalt: a.Sub("data"), Data: a.Data, Proof: inTwo(checkpoint)}, {Salt: a.Opening(), Text: a.Canonical(), Proof: inTwo(checkpoint + cosigned)},
		{Commitment: a.Commitment, Proof: inTwo(checkpoint + cosigned)},
	}
}
