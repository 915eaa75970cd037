package seal

import (
	"bytes"
	"encoding/base64"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	tnote "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/formats/proof"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/store"
)

// reads holds that a file proves a stage, or has a fault.
func reads(t *testing.T, what string, file []byte, keys Keys, want string) *Proved {
	t.Helper()
	got, p := verdict(file, keys)
	if got != want {
		t.Errorf("%s: %s, not %s\n%.2000s", what, got, want, file)
	}
	return p
}

// verdict is what is said of a file: the stage that it proves, or the key of its fault.
func verdict(file []byte, keys Keys) (string, *Proved) {
	r, err := ParseReceipt(file)
	var p *Proved
	if err == nil {
		p, err = r.Verify(keys)
	}
	var fault *Fault
	switch {
	case errors.As(err, &fault):
		return fault.Key, nil
	case err != nil:
		return err.Error(), nil
	}
	return string(p.Stage), p
}

func (w *world) receipt(a *journal.Act, open bool) []byte {
	w.t.Helper()
	eyes := Stranger
	if open {
		eyes = Doer
	}
	r, err := w.Receipt(w.ctx, a, eyes)
	w.must(err)
	return r.Format()
}

// witness has signers cosign the newest checkpoint.
func (w *world) witness(by ...*Signer) {
	w.t.Helper()
	l := w.log()
	text, _, _ := strings.Cut(l.Checkpoint, "\n\n")
	cosigned := l.Checkpoint
	for _, s := range by {
		line, err := s.Cosign(text+"\n", w.now)
		w.must(err)
		cosigned += line
	}
	w.must(w.DB.Update(w.ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(w.ctx, "UPDATE seal_logs SET witnessed = $3 WHERE realm = $1 AND log = $2", string(realm), l.Number, cosigned)
		return err
	}))
}

func (w *world) signer(name string) *Signer {
	w.t.Helper()
	s, err := CreateKey(filepath.Join(w.t.TempDir(), "key"), name)
	w.must(err)
	return s
}

func TestAReceiptGoesThroughItsStages(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.act(40, true)
		public, private := &w.acts[4], &w.acts[3]
		quay, mill := w.signer("quay.example"), w.signer("mill.example")
		keys := Keys{Log: []string{w.log().Key}, Witnesses: []string{quay.Verifier, mill.Verifier}}

		p := reads(t, "before it is sealed", w.receipt(public, true), keys, "recorded")
		if p.SealedBy.Sub(p.Recorded) > time.Minute || p.Realm != realm || !same(p.Act, public) {
			t.Errorf("a promise says %+v", p)
		}
		reads(t, "without the act", w.receipt(public, false), keys, "recorded")
		if p := reads(t, "private", w.receipt(private, true), keys, "recorded"); p.SealedBy.Sub(p.Recorded) > 2*time.Hour {
			t.Errorf("a private act is promised by %v", p.SealedBy)
		}
		w.seal()
		p = reads(t, "sealed", w.receipt(public, true), keys, "sealed")
		if p.Checkpoint.Tree.N != w.log().Size || p.Commitment != base64.StdEncoding.EncodeToString(public.Commitment) {
			t.Errorf("sealed: %+v", p)
		}
		reads(t, "private within its hour", w.receipt(private, true), keys, "recorded")
		w.now = w.now.Add(time.Hour)
		w.seal()
		reads(t, "private after its hour", w.receipt(private, false), keys, "sealed")
		w.witness(quay, mill)
		p = reads(t, "witnessed", w.receipt(private, true), keys, "witnessed")
		if len(p.Checkpoint.Cosigned) != 2 || p.Checkpoint.Cosigned[1].Name != "mill.example" {
			t.Errorf("witnessed by %v", p.Checkpoint.Cosigned)
		}
		if n := len(w.receipt(private, true)); n > 4<<10 {
			t.Errorf("a receipt has %d bytes", n)
		}
		witnessed := w.receipt(public, true)
		reads(t, "without a witness's key", witnessed, Keys{Log: keys.Log, Witnesses: keys.Witnesses[:1]}, "seal.receipt_unknown_signer")
		reads(t, "with another key", witnessed, Keys{Log: []string{w.signer("city.example/log/boston").Verifier}, Witnesses: keys.Witnesses}, "seal.receipt_other_key")

		// What was proved with a key stays proved with it, after another took its place.
		old := w.receipt(public, true)
		_, err := w.Rotate(w.ctx)
		w.must(err)
		w.seal()
		l := w.log()
		all, err := KeysOf(w.ctx, w.DB.R, realm, &l)
		w.must(err)
		if !slices.Equal(all, []string{keys.Log[0], l.Key}) {
			t.Errorf("keys of the log: %q", all)
		}
		reads(t, "before the key was replaced", old, Keys{Log: all, Witnesses: keys.Witnesses}, "witnessed")
		w.act(1, false)
		reads(t, "by the new key", w.receipt(&w.acts[len(w.acts)-1], true), Keys{Log: all}, "recorded")
		if _, ok, err := ContinuationOf(w.ctx, w.DB.R, realm, &l); ok || err != nil {
			t.Errorf("the first log goes on from another: %v", err)
		}
		_, err = Continue(w.ctx, w.Config, "lost", "", 0)
		w.must(err)
		next := w.log()
		if c, ok, err := ContinuationOf(w.ctx, w.DB.R, realm, &next); !ok || err != nil || c.Of != l.Origin {
			t.Errorf("what the second log goes on from: %+v %v", c, err)
		}
	})
}

func TestOneFlippedBitInAReceipt(t *testing.T) {
	w := newWorld(t, filepath.Join(t.TempDir(), "a.db"))
	w.act(21, false)
	a := &w.acts[7]
	quay := w.signer("quay.example")
	keys := Keys{Log: []string{w.log().Key}, Witnesses: []string{quay.Verifier}}
	files := map[string][]byte{"recorded": w.receipt(a, true)}
	w.seal()
	files["sealed"] = w.receipt(a, true)
	w.witness(quay)
	files["witnessed"] = w.receipt(a, false)
	for stage, file := range files {
		reads(t, stage, file, keys, stage)
		for i := range len(file) * 8 {
			flipped := bytes.Clone(file)
			flipped[i/8] ^= 1 << (i % 8)
			if got, p := verdict(flipped, keys); p != nil || !strings.HasPrefix(got, "seal.") {
				t.Fatalf("%s with bit %d flipped is %s:\n%s", stage, i, got, flipped)
			}
		}
	}
}

func TestReceiptsOfSomethingElse(t *testing.T) {
	w := newWorld(t, filepath.Join(t.TempDir(), "a.db"))
	w.act(21, false)
	a, other := &w.acts[7], &w.acts[8]
	quay := w.signer("quay.example")
	keys := Keys{Log: []string{w.log().Key}, Witnesses: []string{quay.Verifier}}
	promise := w.receipt(a, true)
	w.seal()
	sealed := w.receipt(a, true)
	body := func(file []byte) []byte { return file[:bytes.Index(file, []byte("\n\n"))+2] }
	proved := func(file []byte) []byte { return file[bytes.Index(file, []byte("\n\n"))+2:] }
	of := func(a *journal.Act, file []byte) []byte {
		return slices.Concat(body(NewReceipt(a, Doer).Format()), proved(file))
	}
	abroad, later := *a, *a
	abroad.Realm, later.Recorded = "salem", later.Recorded.Add(time.Hour)
	abroad.Commitment, later.Commitment = abroad.Commit(), later.Commit()
	reads(t, "a promise for another act", of(other, promise), keys, "seal.receipt_other_act")
	reads(t, "a proof of another act", of(other, sealed), keys, "seal.receipt_not_in_log")

	sign := func(text string) string {
		signed, err := w.signer1().sign(text)
		w.must(err)
		return signed
	}
	promised := func(a *journal.Act, recorded civic.Instant) []byte {
		r := NewReceipt(a, Doer)
		r.Promise = sign(promise1(w.log().Origin, a.Commitment, recorded))
		return r.Format()
	}
	reads(t, "forged as it is", promised(a, a.Recorded), keys, "recorded")
	reads(t, "a promise for another realm", promised(&abroad, abroad.Recorded), keys, "seal.receipt_other_realm")
	reads(t, "a promise of another time", promised(a, a.Recorded.Add(time.Microsecond)), keys, "seal.receipt_other_time")

	// A log of one leaf, signed by the realm's key at a time of our choice.
	alone := func(a *journal.Act, at civic.Instant, origin string, by *Signer) []byte {
		r := NewReceipt(a, Doer)
		checkpoint, err := by.signAt(head(origin, tlog.Tree{N: 1, Hash: tlog.RecordHash(ActEntry(a.Commitment))}), at)
		w.must(err)
		r.Proof = &proof.TLogProof{Checkpoint: []byte(checkpoint)}
		return r.Format()
	}
	origin, signer := w.log().Origin, w.signer1()
	reads(t, "as it is", alone(a, a.Recorded, origin, signer), keys, "sealed")
	reads(t, "backdated", alone(a, a.Recorded.Add(-time.Second), origin, signer), keys, "seal.checkpoint_backdated")
	reads(t, "of another realm", alone(&abroad, a.Recorded, origin, signer), keys, "seal.receipt_other_realm")
	reads(t, "under another name", alone(a, a.Recorded, origin+"/2", signer), keys, "seal.receipt_other_key")
	strange := w.signer("city.example/records")
	reads(t, "of no log", alone(a, a.Recorded, strange.Name(), strange), Keys{Log: []string{strange.Verifier}}, "seal.origin_strange")
	untimed := bytes.Join(bytes.SplitAfter(sealed, []byte("\n"))[:bytes.Count(sealed, []byte("\n"))-1], nil)
	reads(t, "without a time", untimed, keys, "seal.checkpoint_no_time")

	for what, file := range map[string][]byte{
		"with CRLF": bytes.ReplaceAll(sealed, []byte("\n"), []byte("\r\n")), "with BOM": append([]byte("\ufeff"), sealed...), "nothing": nil,
	} {
		reads(t, what, file, keys, "seal.receipt_not_one")
	}
	reads(t, "2 MB of junk", bytes.Repeat([]byte("x"), 2<<20), keys, "seal.receipt_too_long")
	reads(t, "with a line more", append(bytes.Clone(sealed), '\n'), keys, "seal.receipt_damaged")
	reads(t, "with its last line twice", append(bytes.Clone(promise), promise[bytes.LastIndex(promise[:len(promise)-1], []byte("\n"))+1:]...), keys, "seal.receipt_damaged")
	for i := range sealed {
		if got, p := verdict(sealed[:i], keys); p != nil || !strings.HasPrefix(got, "seal.") {
			t.Fatalf("cut off after %d bytes it is %s", i, got)
		}
	}
}

// signer1 is the realm's own.
func (w *world) signer1() *Signer {
	w.t.Helper()
	s, err := OpenKey(KeyPath(w.Folder, realm))
	w.must(err)
	return s
}

func promise1(origin string, commitment []byte, recorded civic.Instant) string {
	return promise{origin, commitment, recorded.Time(), recorded.Time().Add(time.Minute).Truncate(time.Second)}.text()
}

func TestKeysAreAddedOnce(t *testing.T) {
	log, timed := fixed("city.example/log/boston", 1), fixed("quay.example", 2)
	four, err := tnote.VKeyToCosignatureV1(timed.Verifier)
	if err != nil {
		t.Fatal(err)
	}
	var keys Keys
	for _, k := range []string{log.Verifier, timed.Verifier, four, log.Verifier} {
		if !keys.Add(k) {
			t.Errorf("%s is not taken", k)
		}
	}
	if len(keys.Log) != 1 || len(keys.Witnesses) != 1 {
		t.Errorf("keys: %q", keys)
	}
	for _, k := range []string{
		"", "+", "++", "x", log.Verifier + "A", strings.ToUpper(log.Verifier), strings.Replace(log.Verifier, "boston", "salem", 1), " " + log.Verifier,
		strings.Replace(four, "+", "+0", 1), "a b+00000000+AQ==", strings.TrimSuffix(log.Verifier, "=") + "\n=",
	} {
		if keys.Add(k) {
			t.Errorf("%q is taken for a key", k)
		}
	}
}

// sign signs a text plainly.
func (s *Signer) sign(text string) (string, error) {
	signed, err := note.Sign(&note.Note{Text: text}, s.plain)
	return string(signed), err
}

// same reports whether an act is shown as it is.
func same(shown *journal.Shown, a *journal.Act) bool {
	want, err := journal.ParseCanonical(a.Canonical())
	return err == nil && *shown == *want
}
