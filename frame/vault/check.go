package vault

import (
	"context"
	"fmt"

	"skein/frame/civic"
)

// Check holds the realm's database and the key store of a realm against each other: what is erased has no key and holds nothing, and what is on the
// erasure list is erased. Others may serve meanwhile.
func (v *Vault) Check(ctx context.Context, realm civic.Realm, find func(where, format string, args ...any)) error {
	last := ""
	for {
		page, err := erasures(ctx, v.DB.R, `SELECT box, erased_at FROM vault_boxes b WHERE realm = $1 AND box > $2 AND erased_at IS NOT NULL
			AND NOT EXISTS (SELECT 1 FROM vault_erasing e WHERE e.realm = b.realm AND e.box = b.box) ORDER BY box LIMIT 1000`, string(realm), last)
		if err != nil || len(page) == 0 {
			return err
		}
		last = page[len(page)-1].box
		boxes := make([]string, len(page))
		for i, e := range page {
			boxes[i] = e.box
		}
		list := v.Keys.DB.List(boxes)
		held, err := erasures(ctx, v.Keys.DB.R, "SELECT box, 0 FROM key_boxes WHERE realm = $1 AND "+v.Keys.DB.Each("box", "$2"), string(realm), list)
		if err != nil {
			return err
		}
		for _, e := range held {
			find("box "+e.box, "it is erased, and the key store has its key")
		}
		listed, err := erasures(ctx, v.Keys.DB.R, "SELECT box, at FROM key_erasures WHERE realm = $1 AND "+v.Keys.DB.Each("box", "$2"), string(realm), list)
		if err != nil {
			return err
		}
		on := make(map[string]bool, len(listed))
		for _, e := range listed {
			on[e.box] = true
		}
		for _, box := range boxes {
			if !on[box] {
				find("box "+box, "it is erased, and not on the erasure list")
			}
		}
		for _, table := range []string{"vault_items", "vault_released", "vault_blobs", "vault_moved"} {
			left, err := erasures(ctx, v.DB.R, fmt.Sprintf("SELECT DISTINCT box, 0 FROM %s WHERE realm = $1 AND ", table)+v.DB.Each("box", "$2"), string(realm), v.DB.List(boxes))
			if err != nil {
				return err
			}
			for _, e := range left {
				find("box "+e.box, "it is erased, and %s holds something of it", table)
			}
		}
	}
}
