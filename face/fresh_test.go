package face

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestFresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f Fresh[int]
		var reads atomic.Int64
		var fail atomic.Bool
		get := func() (int, error) {
			return f.Get(context.Background(), time.Second, func(context.Context) (int, error) {
				time.Sleep(10 * time.Millisecond)
				if fail.Load() {
					return 0, errors.New("down")
				}
				return int(reads.Add(1)), nil
			})
		}
		fail.Store(true)
		if _, err := get(); err == nil {
			t.Error("no value, no error")
		}
		fail.Store(false)
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				if v, err := get(); v != 1 || err != nil {
					t.Errorf("at first %d, %v", v, err)
				}
			})
		}
		wg.Wait()
		time.Sleep(1500 * time.Millisecond)
		if v, _ := get(); v != 1 { // the last one, while it is read anew
			t.Errorf("old: %d", v)
		}
		time.Sleep(100 * time.Millisecond)
		if v, _ := get(); v != 2 {
			t.Errorf("read anew: %d", v)
		}
		time.Sleep(3 * time.Second)
		if v, _ := get(); v != 3 { // nobody asked for long: the next one waits
			t.Errorf("out of date: %d", v)
		}
		fail.Store(true)
		time.Sleep(2 * time.Second)
		get()
		time.Sleep(100 * time.Millisecond)
		if v, err := get(); v != 3 || err != nil {
			t.Errorf("while it cannot be read: %d, %v", v, err)
		}
		time.Sleep(time.Second) // the last reading ends
	})
}

// A judged value is shown while it is read anew, or waited for, as its judge says.
func TestFreshJudged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f Fresh[int]
		at := 1
		get := func(shown bool) int {
			v, err := f.Judged(context.Background(), func(last int, _ time.Duration) (bool, bool) { return last == at, shown }, func(context.Context) (int, error) {
				time.Sleep(time.Second)
				return at, nil
			})
			if err != nil {
				t.Error(err)
			}
			return v
		}
		begun := time.Now()
		if v := get(true); v != 1 || time.Since(begun) != time.Second { // the first waits
			t.Errorf("at first %d after %v", v, time.Since(begun))
		}
		time.Sleep(time.Hour)
		if v := get(false); v != 1 { // of any age, if the judge says so
			t.Errorf("fresh: %d", v)
		}
		at, begun = 2, time.Now()
		if v := get(true); v != 1 || time.Since(begun) != 0 {
			t.Errorf("shown: %d after %v", v, time.Since(begun))
		}
		if v := get(false); v != 2 || time.Since(begun) != time.Second {
			t.Errorf("waited for: %d after %v", v, time.Since(begun))
		}
	})
}
