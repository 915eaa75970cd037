package vault

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"skein/frame/civic"
	"skein/frame/store"
)

// Vault reads and erases boxes.
type Vault struct {
	DB    *store.DB // the realm's
	Keys  *Keys
	Blobs Blobs
	// Also erases what else is kept of boxes, in the same transaction; nil if nothing is.
	Also func(ctx context.Context, tx *store.Tx, realm civic.Realm, boxes []string) error
	// Restored does so where the erasure list says of a database that was put back that boxes are erased, of which no act of it tells; nil if
	// nothing is.
	Restored func(ctx context.Context, tx *store.Tx, realm civic.Realm, boxes []string) error
	// Clear are tables of DB in which others keep words that are released, in clear: what is erased of them is scrubbed with the vault's own.
	Clear []string
	// Columns are what is sealed outside of boxes.
	Columns []Column
}

var (
	// ErrErased says that the key of a box was destroyed: its content is gone for good.
	ErrErased = errors.New("vault: erased")
	// ErrKeyLost says that the key store has no key of a box that nobody erased: it was put back to a time before the
	// box, or is another. Nothing is gone for good while a copy of the key store has it.
	ErrKeyLost = errors.New("vault: the key is missing; restore the key store")
	// ErrMissing says that there is no such box, part or blob.
	ErrMissing = errors.New("vault: no such box or part")
	// ErrDamaged says that a row or blob does not open under the key it should: it was
	// changed, moved, or is of another master key.
	ErrDamaged = errors.New("vault: does not open")
)

// Ref names a content: the newest of a part, or the one with a digest. With a digest the
// part may be left empty.
type Ref struct {
	Box    string
	Part   string
	Digest string // optional
}

// OpenBox opens an existing box so that more can be sealed into it. Errors: ErrErased,
// ErrKeyLost, ErrMissing, ErrDamaged. If the box is erased before the new rows are written, they
// are rows that nobody can open.
func (v *Vault) OpenBox(ctx context.Context, realm civic.Realm, box string) (*Box, error) {
	b := &Box{ID: box, Realm: realm, with: v.Keys.Cipher()}
	var erased sql.NullInt64
	err := v.DB.R.QueryRowContext(ctx, "SELECT scope, erased_at FROM vault_boxes WHERE realm = $1 AND box = $2",
		string(realm), box).Scan(&b.Scope, &erased)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrMissing
	}
	if err != nil {
		return nil, err
	}
	if erased.Valid {
		return nil, ErrErased
	}
	keys, damaged, err := v.Keys.of(ctx, realm, []string{box})
	if err == nil {
		err = damaged[box]
	}
	if err != nil {
		return nil, err
	}
	if b.key = keys[box]; b.key == nil {
		return nil, v.keyless(ctx, realm, box)
	}
	return b, nil
}

// keyless is the error of a box that is not marked erased and has no key: ErrErased where the key was destroyed a moment
// ago, and ErrKeyLost where the erasure list says nothing of it.
func (v *Vault) keyless(ctx context.Context, realm civic.Realm, box string) error {
	var erased int
	err := v.Keys.DB.R.QueryRowContext(ctx, "SELECT count(*) FROM key_erasures WHERE realm = $1 AND box = $2", string(realm), box).Scan(&erased)
	switch {
	case err != nil:
		return fmt.Errorf("vault: the key store: %w", err)
	case erased > 0:
		return ErrErased
	default:
		return fmt.Errorf("%w: box %s", ErrKeyLost, box)
	}
}

// Read opens one content, fetching it if it is a blob. Errors: ErrErased, ErrKeyLost, ErrMissing
// (also when nothing of the part has the digest), ErrDamaged.
func (v *Vault) Read(ctx context.Context, realm civic.Realm, ref Ref) (Content, error) {
	all, err := v.ReadAll(ctx, realm, ref.Box)
	if err != nil {
		return Content{}, err
	}
	for i := len(all) - 1; i >= 0; i-- {
		c := all[i]
		if ref.Part != "" && c.Part != ref.Part {
			continue
		}
		if c.Blob != "" {
			if c.Text, err = v.ReadBlob(ctx, realm, ref.Box, c.Blob); err != nil {
				return Content{}, err
			}
		}
		if ref.Digest == "" || c.Check(ref.Digest) {
			return c, nil
		}
	}
	return Content{}, fmt.Errorf("%w: part %s of box %s", ErrMissing, ref.Part, ref.Box)
}

// ReadAll opens everything in a box, oldest first. Blobs are named, not fetched.
func (v *Vault) ReadAll(ctx context.Context, realm civic.Realm, box string) ([]Content, error) {
	found, err := v.open(ctx, realm, []string{box})
	if err != nil {
		return nil, err
	}
	o, ok := found[box]
	if !ok {
		return nil, ErrMissing
	}
	return o.contents, o.err
}

// ReadMany opens many contents with one query, as a page of rows needs. What is
// missing, erased or damaged is absent from the answer. Blobs are named, not fetched,
// and so cannot be asked for by digest.
func (v *Vault) ReadMany(ctx context.Context, realm civic.Realm, refs []Ref) (map[Ref]Content, error) {
	seen := make(map[string]bool, len(refs))
	var boxes []string
	for _, r := range refs {
		if !seen[r.Box] {
			seen[r.Box] = true
			boxes = append(boxes, r.Box)
		}
	}
	found, err := v.open(ctx, realm, boxes)
	if err != nil {
		return nil, err
	}
	out := make(map[Ref]Content, len(refs))
	for _, r := range refs {
		all := found[r.Box].contents
		for i := len(all) - 1; i >= 0; i-- {
			if all[i].Part == r.Part && (r.Digest == "" || all[i].Check(r.Digest)) {
				out[r] = all[i]
				break
			}
		}
	}
	return out, nil
}

type opened struct {
	contents []Content
	err      error
}

// open reads and opens whole boxes; an error of one box is that box's alone.
func (v *Vault) open(ctx context.Context, realm civic.Realm, boxes []string) (map[string]opened, error) {
	out := make(map[string]opened, len(boxes))
	if len(boxes) == 0 {
		return out, nil
	}
	items, err := v.items(ctx, realm, boxes, out)
	if err != nil {
		return nil, err
	}
	keys, damaged, err := v.Keys.of(ctx, realm, boxes)
	if err != nil {
		return nil, err
	}
	for box, o := range out {
		if o.err != nil {
			continue
		}
		switch key := keys[box]; {
		case damaged[box] != nil:
			o.err = damaged[box]
		case key == nil:
			o.err = v.keyless(ctx, realm, box)
		default:
			o = unseal(realm, box, key, items[box])
		}
		out[box] = o
	}
	return out, nil
}

// item is what was sealed into a box at one time.
type item struct {
	id     string
	sealed []byte
}

// items reads the items of boxes, oldest first, and says which boxes there are, and are erased.
func (v *Vault) items(ctx context.Context, realm civic.Realm, boxes []string, out map[string]opened) (map[string][]item, error) {
	rows, err := v.DB.R.QueryContext(ctx, `SELECT k.box, k.erased_at, i.item, i.sealed FROM vault_boxes k
		LEFT JOIN vault_items i ON i.realm = k.realm AND i.box = k.box
		WHERE k.realm = $1 AND `+v.DB.Each("k.box", "$2")+` ORDER BY k.box, i.item`, string(realm), v.DB.List(boxes))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	items := make(map[string][]item, len(boxes))
	for rows.Next() {
		var box string
		var erased sql.NullInt64
		var id sql.NullString
		var sealed []byte
		if err := rows.Scan(&box, &erased, &id, &sealed); err != nil {
			return nil, err
		}
		switch {
		case erased.Valid:
			out[box] = opened{err: ErrErased}
		case id.Valid:
			items[box] = append(items[box], item{id.String, sealed})
			fallthrough
		default:
			out[box] = opened{}
		}
	}
	return items, rows.Err()
}

// unseal opens the items of a box.
func unseal(realm civic.Realm, box string, key *Lock, items []item) (o opened) {
	for _, i := range items {
		text, err := key.Open(i.sealed, itemBinding(realm, box, i.id))
		if err != nil {
			return opened{err: fmt.Errorf("%w: item %s of box %s", ErrDamaged, i.id, box)}
		}
		contents, err := unbundle(text)
		if err != nil {
			return opened{err: err}
		}
		o.contents = append(o.contents, contents...)
	}
	return o
}

// ReadBlob opens an attachment of a box by the name of its blob.
func (v *Vault) ReadBlob(ctx context.Context, realm civic.Realm, box, blob string) ([]byte, error) {
	b, err := v.OpenBox(ctx, realm, box)
	if err != nil {
		return nil, err
	}
	sealed, err := v.Blobs.Get(ctx, blob)
	if err != nil {
		return nil, err
	}
	text, err := b.key.Open(sealed, blobBinding(realm, box))
	if err != nil {
		return nil, fmt.Errorf("%w: blob %s of box %s", ErrDamaged, blob, box)
	}
	return text, nil
}
