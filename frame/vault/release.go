package vault

import (
	"context"
	"database/sql"
	"fmt"

	"skein/frame/civic"
	"skein/frame/store"
)

// Copy is the copy of a part that the desk released to the public, masked where
// needed: a text, or the blob of a photo. Salt and digest let anybody check it against
// the act that released it.
type Copy struct {
	Media  string // "text/plain", "image/jpeg"
	Text   string // of a photo, its bytes where they were fetched
	Blob   string // name of a blob of the same box
	Salt   []byte
	Digest string
}

// Release is the row that makes a copy public, over any earlier copy of the part.
func Release(realm civic.Realm, box, part string, c Copy) store.Write {
	var text, blob any
	if c.Blob != "" {
		blob = c.Blob
	} else {
		text = c.Text
	}
	return store.Write{Table: ReleasedTable, Row: store.Row{
		string(realm), box, checkPart(part), c.Media, text, blob, c.Salt, c.Digest}}
}

// Unrelease is the row that takes a released copy back.
func Unrelease(realm civic.Realm, box, part string) store.Write {
	return store.Write{Table: ReleasedTable, Row: store.Row{string(realm), box, checkPart(part), "", nil, nil, nil, ""}}
}

// ReadReleased opens a released copy of a box by its digest, fetching its blob; ErrMissing where nothing with that
// digest is released. It opens nothing else.
func (v *Vault) ReadReleased(ctx context.Context, realm civic.Realm, box, digest string) (Copy, error) {
	copies, err := v.Released(ctx, realm, []string{box})
	if err != nil {
		return Copy{}, err
	}
	for _, c := range copies {
		if c.Digest != digest {
			continue
		}
		if c.Blob != "" {
			text, err := v.ReadBlob(ctx, realm, box, c.Blob)
			if err != nil {
				return Copy{}, err
			}
			c.Text = string(text)
		}
		return c, nil
	}
	return Copy{}, fmt.Errorf("%w: nothing with digest %s of box %s is released", ErrMissing, digest, box)
}

// Released reads what is public of many boxes with one query. The refs have no digest.
func (v *Vault) Released(ctx context.Context, realm civic.Realm, boxes []string) (map[Ref]Copy, error) {
	out := make(map[Ref]Copy, len(boxes))
	if len(boxes) == 0 {
		return out, nil
	}
	rows, err := v.DB.R.QueryContext(ctx, `SELECT box, part, media, text, blob, salt, digest FROM vault_released
		WHERE realm = $1 AND media <> '' AND `+v.DB.Each("box", "$2"), string(realm), v.DB.List(boxes))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r Ref
		var c Copy
		var text, blob sql.NullString
		if err := rows.Scan(&r.Box, &r.Part, &c.Media, &text, &blob, &c.Salt, &c.Digest); err != nil {
			return nil, err
		}
		c.Text, c.Blob = text.String, blob.String
		out[r] = c
	}
	return out, rows.Err()
}
