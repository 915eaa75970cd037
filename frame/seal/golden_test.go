package seal

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// golden reads a file of testdata: see the README there.
func golden(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func unbase(t *testing.T, texts ...string) (out [][]byte) {
	t.Helper()
	for _, s := range texts {
		b, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
	}
	return out
}

func hashList(t *testing.T, texts []string) (out []tlog.Hash) {
	t.Helper()
	for _, b := range unbase(t, texts...) {
		var h tlog.Hash
		copy(h[:], b)
		if len(b) != len(h) {
			h[0] ^= 0xff // of another length: it must not be taken
		}
		out = append(out, h)
	}
	return out
}

func goldenXMod(t *testing.T) {
	var g struct {
		Roots []struct {
			Size int
			Root string
		}
		Inclusion []struct {
			Index, Size int
			Proof       []string
			Root        string
		}
		Consistency []struct {
			Size1, Size2 int
			Proof        []string
		}
		Tiles []struct {
			Size  int
			Count int      `json:"tile_count"`
			Some  []string `json:"first4_last8_or_all"`
		}
	}
	golden(t, "x_mod_tlog_given.json", &g)
	most := 0
	for _, r := range g.Roots {
		most = max(most, r.Size)
	}
	all := make([][]byte, most)
	for i := range all {
		all[i] = fmt.Appendf(nil, "leaf-%d", i)
	}
	roots := map[int]string{}
	tiles := map[string][]byte{}
	e := &edge{}
	read := hashes(func(level int, tile int64) ([]byte, error) { return tiles[fmt.Sprint(level, tile)], nil })
	sizes := map[int]bool{}
	for _, r := range g.Roots {
		sizes[r.Size] = true
	}
	for i, leaf := range all {
		e.add(leaf)
		for _, row := range e.rows() {
			tiles[fmt.Sprint(row[2], row[3])] = row[4].([]byte)
		}
		e.full = nil
		if sizes[i+1] {
			root, err := e.root()
			if err != nil {
				t.Fatal(err)
			}
			roots[i+1] = base64.StdEncoding.EncodeToString(root[:])
		}
	}
	for _, r := range g.Roots {
		if roots[r.Size] != r.Root || base64.StdEncoding.EncodeToString(mth(all[:r.Size])) != r.Root {
			t.Errorf("size %d: another root", r.Size)
		}
	}
	for _, c := range g.Inclusion {
		proof, err := tlog.ProveRecord(int64(c.Size), int64(c.Index), read)
		want := hashList(t, c.Proof)
		if err != nil || fmt.Sprint([]tlog.Hash(proof)) != fmt.Sprint(want) && len(want)+len(proof) > 0 {
			t.Errorf("leaf %d of %d: another proof, %v", c.Index, c.Size, err)
		}
		if err := inclusion(leafHash(all[c.Index]), uint64(c.Index), uint64(c.Size), unbase(t, c.Proof...), unbase(t, c.Root)[0]); err != nil {
			t.Errorf("leaf %d of %d: %v", c.Index, c.Size, err)
		}
		var bare [][]byte
		if bare = path(c.Index, all[:c.Size]); len(bare) != len(c.Proof) {
			t.Errorf("leaf %d of %d: a path of %d", c.Index, c.Size, len(bare))
		}
	}
	for _, c := range g.Consistency {
		proof, err := tlog.ProveTree(int64(c.Size2), int64(c.Size1), read)
		want := hashList(t, c.Proof)
		if err != nil || fmt.Sprint([]tlog.Hash(proof)) != fmt.Sprint(want) && len(want)+len(proof) > 0 {
			t.Errorf("size %d to %d: another proof, %v", c.Size1, c.Size2, err)
		}
		if err := consistent(uint64(c.Size1), uint64(c.Size2), mth(all[:c.Size1]), mth(all[:c.Size2]), unbase(t, c.Proof...)); err != nil {
			t.Errorf("size %d to %d: %v", c.Size1, c.Size2, err)
		}
	}
	for _, c := range g.Tiles {
		e := &edge{}
		for _, leaf := range all[:c.Size] {
			e.add(leaf)
		}
		have := map[string]bool{}
		for _, row := range e.rows() {
			have[fmt.Sprintf("L%d N%d W%d", row[2], row[3], len(row[4].([]byte))/tlog.HashSize)] = true
		}
		if len(have) != c.Count {
			t.Errorf("size %d: %d tiles, not %d", c.Size, len(have), c.Count)
		}
		for _, name := range c.Some {
			if !have[name] {
				t.Errorf("size %d: no tile %s", c.Size, name)
			}
		}
	}
}

// goldenMerkle holds both verifiers against the cases of transparency-dev/merkle. Subtrees are nothing that a log
// of ours proves; the second pair of eyes reads those cases too.
func goldenMerkle(t *testing.T) {
	var cases []struct {
		Kind, Case                                        string
		LeafIdx, TreeSize, Start, End, Size, Size1, Size2 uint64
		Root, LeafHash, Root1, Root2                      string
		Proof                                             []string
		WantErr                                           bool
	}
	golden(t, "merkle_verify_given.json", &cases)
	hash := func(s string) []byte { return unbase(t, s)[0] }
	var h32 = func(s string) (h tlog.Hash) { return hashList(t, []string{s})[0] }
	read := 0
	for _, c := range cases {
		var ours, theirs error
		proof := unbase(t, c.Proof...)
		switch c.Kind {
		case "inclusion":
			ours = inclusion(hash(c.LeafHash), c.LeafIdx, c.TreeSize, proof, hash(c.Root))
			theirs = fmt.Errorf("beyond the tree")
			if c.LeafIdx < c.TreeSize && c.TreeSize < 1<<62 {
				theirs = tlog.CheckRecord(hashList(t, c.Proof), int64(c.TreeSize), h32(c.Root), int64(c.LeafIdx), h32(c.LeafHash))
			}
		case "consistency":
			ours = consistent(c.Size1, c.Size2, hash(c.Root1), hash(c.Root2), proof)
			theirs = ours
			if c.Size1 > 0 && c.Size1 <= c.Size2 && c.Size2 < 1<<62 {
				theirs = tlog.CheckTree(hashList(t, c.Proof), int64(c.Size2), h32(c.Root2), int64(c.Size1), h32(c.Root1))
			}
		case "subtreeinclusion":
			ours = subtreeInclusion(hash(c.LeafHash), c.LeafIdx, c.Start, c.End, proof, hash(c.Root))
			theirs = ours
		case "subtreeconsistency":
			ours = subtreeConsistent(c.Start, c.End, c.Size, hash(c.Root1), hash(c.Root2), proof)
			theirs = ours
		default:
			t.Fatalf("what is %q?", c.Kind)
		}
		if (ours != nil) != c.WantErr || (theirs != nil) != c.WantErr {
			t.Errorf("%s: %v and %v, wanted a fault: %v", c.Case, ours, theirs, c.WantErr)
		}
		read++
	}
	if read != 220 {
		t.Errorf("%d cases", read)
	}
}
