package vault

import (
	"context"
	"errors"
	"sync"
	"testing"
)

// A key that is missing though nobody erased its box is told apart from one that was destroyed.
func TestKeyLost(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		lost, gone := w.filled("lost"), w.filled("gone")
		w.execKeys("DELETE FROM key_boxes WHERE box = $1", lost.ID)
		w.mark(gone.ID)
		if _, err := w.Destroy(ctx, realm); err != nil {
			t.Fatal(err)
		}
		for box, want := range map[string]error{lost.ID: ErrKeyLost, gone.ID: ErrErased} {
			if err := w.reads(box); !errors.Is(err, want) {
				t.Errorf("read: %v, not %v", err, want)
			}
			if _, err := w.OpenBox(ctx, realm, box); !errors.Is(err, want) {
				t.Errorf("opened: %v, not %v", err, want)
			}
		}
	})
}

// Whoever makes a box under a known name while it is erased brings no key back.
func TestNewBoxAsWhileErased(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		for range 20 {
			b := w.filled("gone")
			w.mark(b.ID)
			var both sync.WaitGroup
			both.Go(func() {
				if _, err := w.Destroy(ctx, realm); err != nil {
					t.Error(err)
				}
			})
			both.Go(func() {
				if _, err := w.NewBoxAs(ctx, b.ID, realm, "matter"); err != nil && !errors.Is(err, ErrErased) {
					t.Error(err)
				}
			})
			both.Wait()
			if w.hasKey(b.ID) {
				t.Fatal("an erased box has a key again")
			}
		}
	})
}
