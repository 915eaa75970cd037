package front

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/transparency-dev/formats/proof"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/seal"
	"skein/internal/pgtest"
)

// Receipts are verified twice: by frame/seal, and by src/receipts.verify.js, which shares nothing with it.
// Here both read the same files, good, forged and damaged, and must say the same.

const origin = "city.example/log/harbour"

var recorded = time.Date(2026, 3, 2, 9, 30, 1, 250_000_000, time.UTC)

// forge makes receipts of any kind, and logs around them.
type forge struct {
	testing.TB
	dir string
}

// key makes a signer of a name, and what signs plainly with the same key.
func (f forge) key(name string) (*seal.Signer, note.Signer) {
	f.Helper()
	path := filepath.Join(f.dir, base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%.20s%d", name, rand.Int64())))
	s, err := seal.CreateKey(path, name)
	if err != nil {
		f.Fatal(err)
	}
	skey, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	plain, err := note.NewSigner(strings.TrimSpace(string(skey)))
	if err != nil {
		f.Fatal(err)
	}
	return s, plain
}

func (f forge) act(change func(a *journal.Act)) *journal.Act {
	a := &journal.Act{
		Realm: "harbour", Position: 812, Dossier: "matter/00000007", Seq: 1, Type: "matter.reported", Version: 1, Actor: "post:pwd/head for:7f3a",
		Power: "matter.report", Policies: strings.Repeat("0a", 32), Happened: civic.At(recorded), Recorded: civic.At(recorded), Cause: 811,
		Data: []byte(`{"text":"路灯坏了 \u00e9","n":[1,2.5e3]}`), Salt: bytes.Repeat([]byte{7}, 32),
	}
	if change != nil {
		change(a)
	}
	a.Commitment = a.Commit()
	return a
}

// proved puts an act into a log of so many leaves, and signs its head at a time; cosigners sign too.
func (f forge) proved(a *journal.Act, open bool, log *seal.Signer, plain note.Signer, size, at int64, when time.Time, cosigners ...*seal.Signer) []byte {
	f.Helper()
	hashes := map[int64]tlog.Hash{}
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, x := range indexes {
			out[i] = hashes[x]
		}
		return out, nil
	})
	for n := range size {
		entry := seal.ActEntry(bytes.Repeat([]byte{byte(n)}, 32))
		if n == at {
			entry = seal.ActEntry(a.Commitment)
		}
		stored, err := tlog.StoredHashes(n, entry, reader)
		if err != nil {
			f.Fatal(err)
		}
		for i, h := range stored {
			hashes[tlog.StoredHashIndex(0, n)+int64(i)] = h
		}
	}
	root, err := tlog.TreeHash(size, reader)
	if err != nil {
		f.Fatal(err)
	}
	path, err := tlog.ProveRecord(size, at, reader)
	if err != nil {
		f.Fatal(err)
	}
	r := seal.NewReceipt(a, eyesOf(open))
	r.Proof = &proof.TLogProof{Index: uint64(at), Checkpoint: f.signed(fmt.Sprintf("%s\n%d\n%s\n", log.Name(), size, root), plain, when, append([]*seal.Signer{log}, cosigners...)...)}
	for _, h := range path {
		r.Proof.Hashes = append(r.Proof.Hashes, h)
	}
	return r.Format()
}

// signed signs a text plainly, and with a time by each of the others.
func (f forge) signed(text string, plain note.Signer, when time.Time, timed ...*seal.Signer) []byte {
	f.Helper()
	signed, err := note.Sign(&note.Note{Text: text}, plain)
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range timed {
		line, err := s.Cosign(text, civic.At(when))
		if err != nil {
			f.Fatal(err)
		}
		signed = append(signed, line...)
	}
	return signed
}

// promised makes the receipt of a promise for a commitment.
func (f forge) promised(a *journal.Act, open bool, by note.Signer, name string, commitment []byte, at string) []byte {
	r := seal.NewReceipt(a, eyesOf(open))
	r.Promise = string(f.signed(fmt.Sprintf("skein promise 1\n%s\ncommitment %s\nrecorded %s\nsealed by 2026-03-02T09:31:01Z\n",
		name, base64.StdEncoding.EncodeToString(commitment), at), by, recorded))
	return r.Format()
}

const microseconds = "2006-01-02T15:04:05.000000Z"

// verdict is what Go says of a file: a stage, or the key of a fault.
func verdict(t testing.TB, file []byte, keys seal.Keys) string {
	r, err := seal.ParseReceipt(file)
	var p *seal.Proved
	if err == nil {
		p, err = r.Verify(keys)
	}
	var fault *seal.Fault
	switch {
	case errors.As(err, &fault):
		return fault.Key
	case err != nil:
		t.Fatalf("no fault: %v", err)
	}
	return string(p.Stage)
}

// tried is a file for both; Every has each bit flipped, or each end cut off, as well.
type tried struct {
	Name  string `json:"name"`
	File  []byte `json:"file"`
	Every string `json:"every,omitempty"`
	want  string // "" for whatever Go says
}

// variants are a file in every way that Every says.
func (c tried) variants(each func(at int, file []byte)) {
	switch c.Every {
	case "":
		each(0, c.File)
	case "bit":
		for i := range len(c.File) * 8 {
			flipped := bytes.Clone(c.File)
			flipped[i/8] ^= 1 << (i % 8)
			each(i, flipped)
		}
	case "end":
		for i := range c.File {
			each(i, c.File[:i])
		}
	}
}

func TestReceiptsInBothLanguages(t *testing.T) {
	if testing.Short() {
		t.Skip("every bit of every receipt is flipped without -short")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		pgtest.Missing(t, "no Node")
	}
	if _, err := os.Stat("../../node_modules/@noble/ed25519"); err != nil {
		pgtest.Missing(t, "no npm packages, which `npm ci` brings")
	}
	f := forge{t, t.TempDir()}
	log, plain := f.key(origin)
	again, plainAgain := f.key(origin + "/2")
	quay, _ := f.key("quay.example/witness")
	mill, _ := f.key("mill.example")
	keys := seal.Keys{}
	for _, k := range []string{log.Verifier, again.Verifier, quay.Verifier, mill.Verifier} {
		if !keys.Add(k) {
			t.Fatal(k)
		}
	}
	cases := f.cases(&keys, log, plain, again, plainAgain, quay, mill)
	input, err := json.Marshal(map[string]any{"log": keys.Log, "witnesses": keys.Witnesses, "cases": cases})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "cases.json")
	if err := os.WriteFile(path, input, 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(node, "receipts_test.mjs", path)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	output, err := c.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.Bytes())
	}
	var theirs [][]string
	if err := json.Unmarshal(output, &theirs); err != nil || len(theirs) != len(cases) {
		t.Fatalf("%v: %d answers to %d", err, len(theirs), len(cases))
	}
	total, wrong, keysSeen := 0, 0, map[string]int{}
	for i, c := range cases {
		c.variants(func(at int, file []byte) {
			total++
			ours := verdict(t, file, keys)
			keysSeen[ours]++
			// A receipt that lost the whole line of a witness is one still, and proves less.
			shorter := c.Every == "end" && bytes.HasSuffix(file, []byte("\n")) && ours != "recorded"
			good := c.Every != "" && !strings.HasPrefix(ours, "seal.") && !shorter
			if (theirs[i][at] != ours || c.want != "" && ours != c.want || good) && wrong < 30 {
				wrong++
				t.Errorf("%s %s %d: Go says %s, the script %s, and %s is wanted\n%.400q", c.Name, c.Every, at, ours, theirs[i][at], cmp.Or(c.want, "agreement"), file)
			}
		})
		if c.Every != "" && len(theirs[i]) < len(c.File) {
			t.Errorf("%s: only %d were tried", c.Name, len(theirs[i]))
		}
	}
	t.Logf("%d files: %v", total, keysSeen)
	for _, fault := range []string{
		"receipt_too_long", "receipt_not_one", "receipt_cut_off", "receipt_damaged", "receipt_other_key", "receipt_unknown_signer", "receipt_not_in_log",
		"receipt_other_realm", "receipt_other_act", "receipt_other_time", "checkpoint_no_time", "checkpoint_backdated", "origin_strange",
	} {
		if keysSeen["seal."+fault] == 0 {
			t.Errorf("no file has the fault %s", fault)
		}
	}
}
