package vault

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"regexp"
	"strings"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/store"
)

// Box is one person's or dossier's share of the vault, open for sealing. Its rows are
// written by the caller in the commit of the acts that name its digests. It is not safe
// for concurrent use.
type Box struct {
	ID    string
	Realm civic.Realm
	Scope string

	key     *Lock
	with    Cipher
	fresh   bool // until the box's row has been handed out
	pending []Content
	blobs   []store.Write
}

// Content is something that is sealed, opened.
type Content struct {
	Part string
	Salt []byte // 32 bytes
	Text []byte // nil where Blob is set and was not fetched
	Blob string // name of the blob that holds it, if it is an attachment
	Size int64  // bytes
}

// Digest is what acts carry of the content. The text of a blob must have been fetched.
func (c Content) Digest() string { return journal.Digest(c.Salt, c.Text) }

// Check reports whether the content is what an act committed to.
func (c Content) Check(digest string) bool { return c.Digest() == digest }

// Seal puts a content into the box under the name of a part, with a fresh salt, and
// returns the digest that acts may carry. A part may be sealed again later: reading by
// name gives the newest, reading by digest each. Part names are codes such as "text",
// "contact" or "photo/1", of [a-z0-9._/-]; anything else is a fault of the program and panics.
func (b *Box) Seal(part string, content []byte) (digest string) {
	c := Content{Part: checkPart(part), Salt: newSalt(), Text: content, Size: int64(len(content))}
	b.pending = append(b.pending, c)
	return c.Digest()
}

// SealBlob seals an attachment: the content goes to the blob store, synced before it
// returns; salt and name go into the box. A blob whose box is never written is an
// orphan that Sweep removes.
func (b *Box) SealBlob(ctx context.Context, blobs Blobs, part string, content []byte) (digest string, err error) {
	sealed := b.key.Seal(b.with, content, blobBinding(b.Realm, b.ID))
	c := Content{Part: checkPart(part), Salt: newSalt(), Text: content, Blob: blobName(sealed), Size: int64(len(content))}
	if err := blobs.Put(ctx, c.Blob, sealed); err != nil {
		return "", err
	}
	b.pending = append(b.pending, c)
	b.blobs = append(b.blobs, store.Write{Table: BlobTable, Row: store.Row{string(b.Realm), b.ID, c.Blob, c.Size}})
	return c.Digest(), nil
}

// Pending returns what was sealed under a part and not yet handed out by Writes; a
// release of it needs its salt.
func (b *Box) Pending(part string) (Content, bool) {
	for i := len(b.pending) - 1; i >= 0; i-- {
		if b.pending[i].Part == part {
			return b.pending[i], true
		}
	}
	return Content{}, false
}

// Find returns what was sealed with a digest and not yet handed out by Writes.
func (b *Box) Find(digest string) (Content, bool) {
	for _, c := range b.pending {
		if c.Digest() == digest {
			return c, true
		}
	}
	return Content{}, false
}

// Writes hands out the rows of what was sealed since the last call: the box's row the
// first time, and one item row for all of it.
func (b *Box) Writes() []store.Write {
	var out []store.Write
	if b.fresh {
		out = append(out, store.Write{Table: BoxTable, Row: store.Row{string(b.Realm), b.ID, b.Scope}})
		b.fresh = false
	}
	if len(b.pending) == 0 {
		return out
	}
	names := make([]string, len(b.pending))
	for i, c := range b.pending {
		names[i] = c.Part
	}
	item := newID()
	sealed := b.key.Seal(b.with, bundle(b.pending), itemBinding(b.Realm, b.ID, item))
	out = append(out, store.Write{Table: ItemTable, Row: store.Row{string(b.Realm), b.ID, item, strings.Join(names, " "), sealed}})
	out = append(out, b.blobs...)
	b.pending, b.blobs = nil, nil
	return out
}

func newSalt() []byte {
	salt := make([]byte, saltLength)
	rand.Read(salt) // never fails
	return salt
}

var partName = regexp.MustCompile(`^[a-z0-9._/-]{1,64}$`)

// NewPart names one of many contents of a kind, such as "photo".
func NewPart(kind string) string {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return kind + "/" + hex.EncodeToString(b[:])
}

func checkPart(part string) string {
	if !partName.MatchString(part) {
		panic("vault: bad part name " + part)
	}
	return part
}

func keyBinding(realm civic.Realm, box string) []byte {
	return bind("skein vault key 1", string(realm), box)
}

func itemBinding(realm civic.Realm, box, item string) []byte {
	return bind("skein vault item 1", string(realm), box, item)
}

func blobBinding(realm civic.Realm, box string) []byte {
	return bind("skein vault blob 1", string(realm), box)
}
