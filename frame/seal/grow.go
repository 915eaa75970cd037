package seal

import (
	"context"
	"fmt"

	"skein/frame/store"
)

// Grow appends leaves of no act, for measuring logs of many leaves: entry gives the n-th.
// filed says that they are looked up as if they were the acts of positions 1, 2, ….
func (s *Sealer) Grow(ctx context.Context, leaves int64, filed bool, entry func(n int64) []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for done := int64(0); done < leaves; {
		err := s.DB.Update(ctx, func(tx *store.Tx) error {
			l, a, err := s.lock(ctx, tx)
			if err != nil {
				return err
			}
			for range min(int64(s.Chunk), leaves-done) {
				n := a.edge.size
				a.text(entry(n))
				if filed {
					a.leaves[len(a.leaves)-1][4] = n + 1
				}
				done++
			}
			return s.write(ctx, tx, s.signer, &l, a, s.Now())
		})
		if err != nil {
			return fmt.Errorf("seal: growing to %d leaves: %w", leaves, err)
		}
	}
	l, _, err := Current(ctx, s.DB.R, s.Realm)
	if err == nil {
		s.remember(&l)
	}
	return err
}
