package access

import (
	"context"

	"skein/frame/vault"
)

// OpenPart gives somebody one part of a box by its name, once it is written down that she read it; false where there is none.
// Errors are those of Open.
func (r *Record) OpenPart(ctx context.Context, who Who, box, part string) (vault.Content, bool, error) {
	all, err := r.Vault.ReadAll(ctx, r.Realm, box)
	if err != nil {
		return vault.Content{}, false, err
	}
	for i := len(all) - 1; i >= 0; i-- { // the newest of a part is what holds
		if all[i].Part != part || all[i].Blob != "" {
			continue
		}
		if err := r.write(ctx, newReading(who, box, []string{part})); err != nil {
			return vault.Content{}, false, err
		}
		return all[i], true, nil
	}
	return vault.Content{}, false, nil
}
