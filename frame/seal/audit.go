package seal

import (
	"bytes"
	"context"
	"encoding/binary"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"skein/frame/store"
)

// Fetch reads a file of a log by its path under the log's prefix: "checkpoint", "tile/0/000", …
type Fetch func(ctx context.Context, path string) ([]byte, error)

// Audited is what reading a whole log proved.
type Audited struct {
	Checkpoint *Checkpoint
	Acts       int64 // leaves that are acts, or look like them
	Changes    []KeyChange
	// Continues is what the log goes on from, nil for a first one.
	Continues *Continuation
	// Seen counts the earlier checkpoints that it continues.
	Seen int
}

// Audit asks for the whole of a log, as a stranger would, and proves that its leaves lead to every hash that it
// serves and to a checkpoint that a trusted key signed, or one that such a key was given over to in the log; and
// that it continues the checkpoints that were seen of it before. each, if not nil, is told every leaf.
// A fault says what does not hold.
func Audit(ctx context.Context, fetch Fetch, keys Keys, seen []string, each func(leaf int64, entry []byte), progress func(done, all int64)) (*Audited, error) {
	text, err := fetch(ctx, "checkpoint")
	if err != nil {
		return nil, err
	}
	origin, tree, err := peek(string(text))
	if err != nil {
		return nil, fault("seal.audit_no_checkpoint")
	}
	a := audit{ctx: ctx, fetch: fetch, origin: origin, edge: &edge{}, out: &Audited{}, keys: append([]string(nil), keys.Log...), roots: map[int64]tlog.Hash{}}
	before := make([]*glimpse, len(seen))
	for i, s := range seen {
		if before[i], err = glimpsed(s); err != nil {
			return nil, err
		}
		a.roots[before[i].tree.N] = tlog.Hash{}
	}
	a.root()
	for a.edge.size < tree.N {
		if err := a.bundle(tree.N, each); err != nil {
			return nil, err
		}
		if progress != nil {
			progress(a.edge.size, tree.N)
		}
	}
	if err := a.tiles(a.edge.rows()); err != nil {
		return nil, err
	}
	c, err := ParseCheckpoint(string(text), Keys{Log: a.last(), Witnesses: keys.Witnesses})
	if err != nil {
		return nil, fault("seal.audit_other_key", "origin", origin, "signed", signers(string(text)))
	}
	root, err := a.edge.root()
	if err != nil {
		return nil, err
	}
	if root != c.Tree.Hash {
		return nil, fault("seal.audit_other_root", "origin", origin, "size", c.Tree.N)
	}
	a.out.Checkpoint = c
	for _, b := range before {
		if err := a.continues(b, c); err != nil {
			return nil, err
		}
		a.out.Seen++
	}
	return a.out, nil
}

type audit struct {
	ctx    context.Context
	fetch  Fetch
	origin string
	edge   *edge
	out    *Audited
	keys   []string
	roots  map[int64]tlog.Hash // of the sizes that were seen before
}

// root keeps the tree's hash if somebody saw the log at this size.
func (a *audit) root() {
	if _, ok := a.roots[a.edge.size]; ok {
		a.roots[a.edge.size], _ = a.edge.root() // the edge is whole
	}
}

// last are the keys that may have signed the newest checkpoint: once the log was given over, only the last of them.
func (a *audit) last() []string {
	if n := len(a.out.Changes); n > 0 {
		return []string{a.out.Changes[n-1].New}
	}
	return a.keys
}

// bundle reads the next entries, and holds the tiles that they fill.
func (a *audit) bundle(size int64, each func(int64, []byte)) error {
	from := a.edge.size
	width := int(min(tileWidth, size-from))
	path := TilePath(-1, from>>tileHeight, width)
	text, err := a.fetch(a.ctx, path)
	if err != nil {
		return err
	}
	damaged := fault("seal.audit_damaged", "origin", a.origin, "path", path)
	for range width {
		if len(text) < 2 || len(text) < 2+int(binary.BigEndian.Uint16(text)) {
			return damaged
		}
		entry := text[2 : 2+binary.BigEndian.Uint16(text)]
		text = text[2+len(entry):]
		a.entry(entry)
		if each != nil {
			each(a.edge.size, entry)
		}
		a.edge.add(entry)
		a.root()
	}
	if len(text) > 0 {
		return damaged
	}
	full := a.edge.full
	a.edge.full = nil
	return a.tiles(full)
}

func (a *audit) entry(entry []byte) {
	if _, ok := ParseActEntry(entry); ok {
		a.out.Acts++
		return
	}
	if c, ok := ParseContinuation(entry); ok && a.edge.size == 0 {
		a.out.Continues = &c
	}
	if k, ok := ParseKeyChange(entry); ok && k.Origin == a.origin {
		for _, known := range a.last() {
			if known == k.Old {
				a.out.Changes = append(a.out.Changes, k)
				a.keys = append(a.keys, k.New)
				return
			}
		}
	}
}

// tiles holds that the log serves the hashes that its leaves lead to.
func (a *audit) tiles(rows []store.Row) error {
	for _, r := range rows {
		want := r[4].([]byte)
		path := TilePath(int(r[2].(int64)), r[3].(int64), len(want)/tlog.HashSize)
		got, err := a.fetch(a.ctx, path)
		if err != nil {
			return err
		}
		if !bytes.Equal(got, want) {
			return fault("seal.audit_damaged", "origin", a.origin, "path", path)
		}
	}
	return nil
}

// glimpse is a checkpoint that somebody saw of the log before.
type glimpse struct {
	text   string
	origin string
	tree   tlog.Tree
}

// glimpsed reads a checkpoint, or the one in a receipt.
func glimpsed(text string) (*glimpse, error) {
	text = CheckpointIn(text)
	origin, tree, err := peek(text)
	if err != nil {
		return nil, fault("seal.audit_seen_unreadable")
	}
	return &glimpse{text, origin, tree}, nil
}

// CheckpointIn is the checkpoint in a receipt; any other text is given back as it is.
func CheckpointIn(text string) string {
	if r, err := ParseReceipt([]byte(text)); err == nil && r.Proof != nil {
		return string(r.Proof.Checkpoint)
	}
	return text
}

// continues holds that the log is what was seen before, and more.
func (a *audit) continues(b *glimpse, now *Checkpoint) error {
	if c := a.out.Continues; b.origin != a.origin && c != nil && b.origin == c.Of {
		return fault("seal.audit_seen_ended", "origin", a.origin, "of", c.Of)
	}
	if b.origin != a.origin {
		return fault("seal.audit_other_log", "origin", a.origin, "seen", b.origin)
	}
	c, err := ParseCheckpoint(b.text, Keys{Log: a.keys})
	switch {
	case err != nil:
		return fault("seal.audit_seen_not_signed", "origin", a.origin, "signed", signers(b.text))
	case c.Tree.N > now.Tree.N:
		return fault("seal.audit_rolled_back", "origin", a.origin, "seen", c.Tree.N, "size", now.Tree.N)
	case a.roots[c.Tree.N] != c.Tree.Hash:
		return fault("seal.audit_forked", "origin", a.origin, "size", c.Tree.N)
	case c.At.After(now.At):
		return fault("seal.audit_backdated", "origin", a.origin, "seen", c.At.Format(time.RFC3339), "checkpoint", now.At.Format(time.RFC3339))
	}
	return nil
}
