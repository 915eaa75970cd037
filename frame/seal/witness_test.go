package seal

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"skein/frame/civic"
	"skein/frame/store"
	"skein/internal/pgtest"
)

// paper is a log on paper: a key that signs whatever it is told to.
type paper struct {
	t      testing.TB
	signer *Signer
	hashes []tlog.Hash
	size   int64
}

func newPaper(t testing.TB, name string) *paper {
	s, err := CreateKey(filepath.Join(t.TempDir(), "key"), name)
	if err != nil {
		t.Fatal(err)
	}
	return &paper{t: t, signer: s}
}

// add appends entries that say a word.
func (p *paper) add(n int, word string) *paper {
	for range n {
		more, err := tlog.StoredHashes(p.size, []byte(word), p)
		if err != nil {
			p.t.Fatal(err)
		}
		p.hashes = append(p.hashes, more...)
		p.size++
	}
	return p
}

// fork is a copy with the same key.
func (p *paper) fork() *paper {
	c := *p
	c.hashes = append([]tlog.Hash(nil), p.hashes...)
	return &c
}

func (p *paper) ReadHashes(at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	for i, n := range at {
		out[i] = p.hashes[n]
	}
	return out, nil
}

// checkpoint is signed for a time, in seconds after the epoch; plainly alone for 0.
func (p *paper) checkpoint(at int64, extensions ...string) string {
	root, err := tlog.TreeHash(p.size, p)
	if err != nil {
		p.t.Fatal(err)
	}
	text := head(p.signer.Name(), tlog.Tree{N: p.size, Hash: root}) + strings.Join(extensions, "")
	if at == 0 {
		text, err = p.plainly(text)
	} else {
		text, err = p.signer.signAt(text, civic.At(time.Unix(at, 0)))
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return text
}

func (p *paper) plainly(text string) (string, error) {
	signed, err := note.Sign(&note.Note{Text: text}, p.signer.plain)
	return string(signed), err
}

func (p *paper) since(old int64) tlog.TreeProof {
	if old == 0 || old >= p.size {
		return nil
	}
	proof, err := tlog.ProveTree(p.size, old, p)
	if err != nil {
		p.t.Fatal(err)
	}
	return proof
}

func (p *paper) request(old, at int64) []byte {
	return request{old, p.since(old), p.checkpoint(at)}.format()
}

// house is one that witnesses.
type house struct {
	*Witness
	t    *testing.T
	said *strings.Builder
	now  civic.Instant
}

func newHouse(t *testing.T, source string, watch ...string) *house {
	h := &house{t: t, said: &strings.Builder{}, now: began}
	db, err := store.Open(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Migrate(t.Context(), Migrations()); err != nil {
		t.Fatal(err)
	}
	c := Config{
		DB: db, Realm: "other", Folder: filepath.Join(t.TempDir(), "keys"), Host: "other.example", Now: func() civic.Instant { return h.now },
		Log: slog.New(slog.NewTextHandler(h.said, nil)),
	}
	h.reopen(c, watch...)
	return h
}

func (h *house) reopen(c Config, watch ...string) {
	h.t.Helper()
	var logs []Watch
	for _, k := range watch {
		logs = append(logs, Watch{Key: k})
	}
	var err error
	if h.Witness, err = OpenWitness(h.t.Context(), c, logs); err != nil {
		h.t.Fatal(err)
	}
}

// housesOnBoth runs a test on both engines.
func housesOnBoth(t *testing.T, test func(t *testing.T, source string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, filepath.Join(t.TempDir(), "w.db")) })
	t.Run("postgres", func(t *testing.T) { test(t, pgtest.URL(t)) })
}

// answers asks and wants a refusal, a size, or "" for a cosignature, which is given back.
func (h *house) answers(want string, body []byte) string {
	h.t.Helper()
	line, err := h.Cosign(context.Background(), body)
	got := ""
	var behind *Behind
	if rs, ok := civic.AsRefusals(err); ok {
		got = fmt.Sprint(rs[0].Kind, " ", rs[0].Key)
	} else if errors.As(err, &behind) {
		got = fmt.Sprint("behind ", behind.Size)
	} else if err != nil {
		h.t.Fatal(err)
	}
	if got != want {
		h.t.Errorf("answered %q, not %q", got, want)
	}
	return line
}

func (h *house) kept() (why []string) {
	h.t.Helper()
	kept, err := EvidenceOf(h.t.Context(), h.DB.R, h.Realm)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, e := range kept {
		why = append(why, e.Why)
		for _, text := range []string{e.Known, e.Offered} {
			if o, ok := peekOffer(text); !ok || !o.hold(text, h.logs[e.Origin]) {
				h.t.Errorf("evidence that the log's key did not sign:\n%s", text)
			}
		}
	}
	return why
}

func (h *house) keeps(want ...string) {
	h.t.Helper()
	got := h.kept()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		h.t.Errorf("kept %q, not %q", got, want)
	}
}

func (h *house) size(origin string) int64 {
	h.t.Helper()
	seen, err := SeenLogs(h.t.Context(), h.DB.R, h.Realm)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, s := range seen {
		if s.Origin == origin {
			return s.Tree.N
		}
	}
	return 0
}

const (
	malformed  = "malformed seal.witness_malformed"
	forbidden  = "forbidden seal.witness_not_signed"
	unknown    = "missing seal.witness_unknown"
	otherTree  = "conflict seal.witness_other_tree"
	unproven   = "invalid seal.witness_not_consistent"
	setBack    = "invalid seal.witness_backdated"
	someMoment = 1772443800
)

func TestEveryAnswerOfAWitness(t *testing.T) {
	housesOnBoth(t, func(t *testing.T, source string) {
		l := newPaper(t, "city.example/log/boston").add(5, "a")
		h := newHouse(t, source, l.signer.Verifier)
		stranger := newPaper(t, "city.example/log/boston").add(5, "a")
		elsewhere := newPaper(t, "nowhere.example/log").add(5, "a")

		for name, body := range map[string]string{
			"nothing": "", "no old": "5\n\n" + l.checkpoint(1), "a zero before": "old 05\n\n" + l.checkpoint(1), "negative": "old -1\n\n" + l.checkpoint(1), "no empty line": "old 0\n" + l.checkpoint(1),
			"no checkpoint": "old 0\n\n", "no signature": "old 0\n\n" + head("city.example/log/boston", tlog.Tree{}), "short hash": "old 1\nAAAA\n\n" + l.checkpoint(1),
			"loose base64": "old 1\n" + strings.Repeat("A", 42) + "B=\n\n" + l.checkpoint(1), "crlf": "old 0\r\n\r\n" + l.checkpoint(1), "a space": "old  0\n\n" + l.checkpoint(1),
			"64 lines":      "old 1\n" + strings.Repeat(base64.StdEncoding.EncodeToString(make([]byte, 32))+"\n", 64) + "\n" + l.checkpoint(1),
			"too large":     "old 9223372036854775807\n\n" + l.checkpoint(1),
			"size with a 0": "old 0\n\n" + strings.Replace(l.checkpoint(1), "\n5\n", "\n05\n", 1),
			"an empty line": "old 0\n\n" + l.checkpoint(1, "\n", "x\n"),
		} {
			t.Run(name, func(t *testing.T) {
				h := *h
				h.t = t
				h.answers(malformed, []byte(body))
			})
		}
		h.answers(unknown, elsewhere.request(0, 1))
		h.answers(forbidden, stranger.request(0, 1))
		h.answers(forbidden, []byte(strings.Replace(string(l.request(0, 1)), "\n5\n", "\n6\n", 1)))
		timed := strings.SplitAfter(l.checkpoint(1), "\n") // the log's name, and of its key the line that says when, alone
		h.answers(forbidden, []byte("old 0\n\n"+strings.Join(append(timed[:4:4], timed[5]), "")))
		h.answers("malformed seal.witness_old_larger", l.request(6, 1))
		h.answers("behind 0", l.request(3, 1))
		h.answers(unproven, request{0, tlog.TreeProof{{}}, l.checkpoint(1)}.format())
		if h.size("city.example/log/boston") != 0 {
			t.Fatal("something was cosigned")
		}

		line := h.answers("", l.request(0, someMoment))
		v, err := keyOfWitness(h.Key)
		if err != nil {
			t.Fatal(err)
		}
		n, err := note.Open([]byte(l.checkpoint(someMoment)+line), note.VerifierList(v))
		if err != nil || timeOf(n.Sigs[0]).Unix() != h.now.Time().Unix() || v.Name() != "other.example/witness/other" {
			t.Fatal("the cosignature does not hold: ", err)
		}
		// The other pair of eyes, by the text of tlog-cosignature.
		name, id, public, err := vkeyParts(h.signer.Verifier, 4)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(strings.TrimPrefix(line, "— "+name+" "), "\n"))
		body, _, _ := strings.Cut(l.checkpoint(0), "\n\n")
		signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s\n", h.now.Time().Unix(), body)
		if err != nil || binary.BigEndian.Uint32(raw) != id || !ed25519.Verify(public, []byte(signed), raw[12:]) {
			t.Fatal("the cosignature is not that of the specification: ", line)
		}
		if line2 := h.answers("", l.request(5, someMoment)); line2 != line {
			t.Error("the same checkpoint at the same time is cosigned otherwise")
		}
		h.answers("behind 5", l.request(0, someMoment))
		h.answers(unproven, request{5, tlog.TreeProof{{}}, l.checkpoint(someMoment)}.format())
		l.add(7, "b")
		h.answers("behind 5", l.request(4, someMoment+1))
		h.answers("", l.request(5, someMoment+1))
		h.now = h.now.Add(-time.Hour) // the clock was set back: cosignatures do not follow
		line = h.answers("", request{12, nil, l.checkpoint(someMoment + 1)}.format())
		if n, err = note.Open([]byte(l.checkpoint(0)+line), note.VerifierList(v)); err != nil || timeOf(n.Sigs[0]).Unix() != began.Time().Unix() {
			t.Error("a cosignature went back in time")
		}
		h.keeps()
		if h.size("city.example/log/boston") != 12 {
			t.Error("the newest is not kept")
		}
	})
}

func TestAWitnessReadsOtherLogs(t *testing.T) {
	l := newPaper(t, "other.example/of/another/kind").add(3, "a")
	h := newHouse(t, filepath.Join(t.TempDir(), "w.db"), l.signer.Verifier)
	// With lines that it does not know, signatures of keys that it does not know, and one that is broken.
	stranger := newPaper(t, "a.stranger")
	text := l.checkpoint(0, "an extension\n", "another\n")
	body, _, _ := strings.Cut(text, "\n\n")
	strange, err := stranger.plainly(body + "\n")
	if err != nil {
		t.Fatal(err)
	}
	_, strangeLine, _ := strings.Cut(strange, "\n\n")
	timed := strings.SplitAfter(l.fork().add(1, "x").checkpoint(7), "\n")
	text += strangeLine + timed[len(timed)-2] // the last line is of another text
	line := h.answers("", request{0, nil, text}.format())
	v, err := keyOfWitness(h.Key)
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open([]byte(body+"\n\n"+line), note.VerifierList(v))
	if err != nil || !strings.Contains(n.Text, "an extension") {
		t.Error("the whole body is not what was cosigned: ", err)
	}
	seen, err := SeenLogs(t.Context(), h.DB.R, h.Realm)
	if err != nil || len(seen) != 1 || strings.Contains(seen[0].Text, "stranger") || strings.Count(seen[0].Text, "— ") != 2 {
		t.Errorf("kept: %+v %v", seen, err)
	}
}

// Two databases with one key, one witness between them: whom it saw first goes on.
func TestAForkIsShownToAWitness(t *testing.T) {
	housesOnBoth(t, func(t *testing.T, source string) {
		l := newPaper(t, "city.example/log/boston").add(10, "a")
		h := newHouse(t, source, l.signer.Verifier)
		h.answers("", l.request(0, someMoment))
		other := l.fork().add(5, "shown to Ann")
		l.add(5, "shown to Ben")
		h.answers("", l.request(10, someMoment+10))
		h.answers("behind 15", other.request(10, someMoment+10))
		h.answers(otherTree, other.request(15, someMoment+10))
		h.keeps(Forked)
		other.add(1, "c")
		h.answers(unproven, other.request(15, someMoment+11))
		h.keeps(Forked, Unproved)
		h.answers("", l.add(3, "d").request(15, someMoment+12))
		if !strings.Contains(h.said.String(), "level=ERROR") || !strings.Contains(h.said.String(), "why=forked") {
			t.Errorf("the operator was told: %s", h.said)
		}
		kept, err := EvidenceOf(t.Context(), h.DB.R, h.Realm)
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(kept, func(e Evidence) bool { return e.Why == Forked })
		a, ok := peekOffer(kept[at].Known)
		b, ok2 := peekOffer(kept[at].Offered)
		if !ok || !ok2 || a.tree.N != b.tree.N || a.tree.Hash == b.tree.Hash {
			t.Error("what is kept shows no fork")
		}
	})
}

func TestWhatDoesNotFit(t *testing.T) {
	origin := "city.example/log/boston"
	housesOnBoth(t, func(t *testing.T, source string) {
		l := newPaper(t, origin).add(10, "a")
		h := newHouse(t, source, l.signer.Verifier)
		h.answers("", l.request(0, someMoment))

		// A rolled-back database signs fewer leaves, later.
		h.answers("behind 10", newPaperOf(l, 8).request(0, someMoment+60))
		h.keeps(RolledBack)
		// What it signed before is no rollback, however late it is shown.
		h.answers("behind 10", newPaperOf(l, 8).request(0, someMoment-60))
		h.keeps(RolledBack)

		// A backdated checkpoint: more leaves, for an earlier time.
		l.add(2, "b")
		h.answers("behind 10", l.request(9, someMoment-1))
		h.answers(setBack, l.request(10, someMoment-1))
		h.keeps(RolledBack, Backdated)
		// The same tree, signed earlier: refused, and no proof.
		h.answers("", l.request(10, someMoment+5))
		h.answers(setBack, l.request(12, someMoment+4))
		h.keeps(RolledBack, Backdated)
		// Somebody leaves the line out that says when: what was said before stays.
		h.answers("", request{12, nil, l.checkpoint(0)}.format())
		h.answers(setBack, l.add(1, "b").request(12, someMoment+4))
		h.keeps(RolledBack, Backdated, Backdated)
		h.answers("", l.request(12, someMoment+5))

		h.answers("", request{13, l.add(1, "b").since(13), l.checkpoint(0)}.format()) // so too where the tree has grown
		h.answers(setBack, l.add(1, "b").request(14, someMoment+4))
		h.keeps(RolledBack, Backdated, Backdated, Backdated)
		h.answers("", l.request(14, someMoment+5))

		// A replaced key, until the operator names it.
		rotated := l.fork().add(1, "key")
		next, err := CreateKey(filepath.Join(t.TempDir(), "next"), origin)
		if err != nil {
			t.Fatal(err)
		}
		rotated.signer = next
		h.answers(forbidden, rotated.request(15, someMoment+6))
		c := h.Config
		h.reopen(c, l.signer.Verifier, next.Verifier)
		h.answers("", rotated.request(15, someMoment+6))
	})
}

// newPaperOf is what a log was when it was shorter.
func newPaperOf(p *paper, size int) *paper {
	return (&paper{t: p.t, signer: p.signer}).add(size, "a")
}

func TestAWrongProofAccusesNobody(t *testing.T) {
	housesOnBoth(t, func(t *testing.T, source string) {
		l := newPaper(t, "city.example/log/boston").add(10, "a")
		h := newHouse(t, source, l.signer.Verifier)
		h.answers("", l.request(0, someMoment))
		l.add(2, "b")
		wrong := request{10, tlog.TreeProof{{}, {}}, l.checkpoint(someMoment)}.format()
		h.answers(unproven, wrong)
		h.answers(unproven, wrong)
		h.keeps(Unproved)
		h.answers("", l.request(10, someMoment))
		h.keeps()
		// Neither many wrong proofs nor many forks fill the disk, and the ones do not crowd out the others.
		for i := range 20 {
			h.answers(unproven, request{12, tlog.TreeProof{{}}, l.fork().add(i+1, "c").checkpoint(someMoment)}.format())
		}
		for i := range 20 {
			fork := newPaperOf(l, 11).add(1, fmt.Sprint("x", i))
			h.answers(otherTree, request{12, nil, fork.checkpoint(someMoment)}.format())
		}
		count := map[string]int{}
		for _, why := range h.kept() {
			count[why]++
		}
		if count[Unproved] != mostEvidence || count[Forked] != mostEvidence {
			t.Error(count)
		}
	})
}

func TestAWitnessNeverGoesBack(t *testing.T) {
	housesOnBoth(t, func(t *testing.T, source string) {
		l := newPaper(t, "city.example/log/boston").add(1, "a")
		h := newHouse(t, source, l.signer.Verifier)
		second, err := OpenWitness(t.Context(), h.Config, []Watch{{Key: l.signer.Verifier}}) // another process
		if err != nil {
			t.Fatal(err)
		}
		second.Folder = t.TempDir()
		h.answers("", l.request(0, 1))
		var requests [][]byte
		for i := range 12 {
			requests = append(requests, l.fork().add(i+1, "b").request(1, 1))
		}
		var wait sync.WaitGroup
		taken := make(chan int, len(requests))
		for i, r := range requests {
			wait.Go(func() {
				w := h.Witness
				if i%2 == 0 {
					w = second
				}
				if _, err := w.Cosign(context.Background(), r); err == nil {
					taken <- i
				} else if !errors.As(err, new(*Behind)) {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if len(taken) != 1 {
			t.Fatalf("%d of 12 that began at the same size were cosigned", len(taken))
		}
		if want := int64(<-taken) + 2; h.size("city.example/log/boston") != want {
			t.Error("another is kept than was cosigned")
		}
	})
}

// Between looking at what was seen and keeping what is new no other process comes.
func TestAWitnessWaitsForTheOther(t *testing.T) {
	housesOnBoth(t, func(t *testing.T, source string) {
		l := newPaper(t, "city.example/log/boston").add(5, "a")
		h := newHouse(t, source, l.signer.Verifier)
		h.answers("", l.request(0, 1))
		other, err := store.Open(t.Context(), source)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { other.Close() })
		l.add(1, "b")
		answered := make(chan error, 1)
		err = other.Update(t.Context(), func(tx *store.Tx) error {
			seen, err := h.lockSeen(t.Context(), tx, "city.example/log/boston")
			if err != nil {
				return err
			}
			go func() {
				_, err := h.Cosign(context.Background(), l.request(5, 1))
				answered <- err
			}()
			select {
			case err := <-answered:
				return fmt.Errorf("it did not wait: %v", err)
			case <-time.After(300 * time.Millisecond):
			}
			seen.Tree.N = 9
			return h.saveSeen(t.Context(), tx, &seen)
		})
		if err != nil {
			t.Fatal(err)
		}
		var behind *Behind
		if err := <-answered; !errors.As(err, &behind) || behind.Size != 9 {
			t.Error(err)
		}
	})
}

// A backup that is put back makes a witness forget, and what lies beside its key remembers.
func TestAWitnessWhoseDatabaseIsOlder(t *testing.T) {
	housesOnBoth(t, func(t *testing.T, source string) {
		l := newPaper(t, "city.example/log/boston").add(10, "a")
		h := newHouse(t, source, l.signer.Verifier)
		h.answers("", l.request(0, someMoment))
		err := h.DB.Update(t.Context(), func(tx *store.Tx) error {
			_, err := tx.ExecContext(t.Context(), "DELETE FROM seal_watched")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		c := h.Config
		key := h.Key
		h.reopen(c, l.signer.Verifier)
		if h.Key != key {
			t.Error("the key is another")
		}
		h.answers("behind 10", l.request(0, someMoment))
		h.answers(setBack, l.add(1, "b").request(10, someMoment-1))
		h.answers("", l.request(10, someMoment))
		fork := newPaperOf(l, 11).checkpoint(someMoment)
		if err := os.WriteFile(h.seenPath("city.example/log/boston"), []byte(fork), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err = OpenWitness(t.Context(), c, []Watch{{Key: l.signer.Verifier}})
		refused(t, err, "seal.witness_forked")
	})
}
