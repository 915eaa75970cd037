package face

import (
	"context"
	"sync"
	"time"
)

// Fresh keeps a value that is costly to read and may be a little old: once it is older than
// its age it is read again by one reader while the others still get the last, and once it is
// twice as old all wait for that. The zero value is ready to use.
type Fresh[T any] struct {
	mu      sync.Mutex
	value   T
	read    time.Time // when value was read; zero before the first
	err     error     // of the last reading
	reading chan struct{}
}

// readingTakes is how long a reading may take.
const readingTakes = 30 * time.Second

// Get returns the value; it waits for read where there is none or it is older than twice its
// age, as long as ctx lasts. An error is returned only while there is no value at all.
func (f *Fresh[T]) Get(ctx context.Context, age time.Duration, read func(context.Context) (T, error)) (T, error) {
	return f.Judged(ctx, func(_ T, old time.Duration) (fresh, shown bool) { return old < age, old < 2*age }, read)
}

// Judged is Get for a value that says more of itself than its age: judge tells of the last one whether it is fresh, and
// where it is not, whether it may still be shown while it is read again.
func (f *Fresh[T]) Judged(ctx context.Context, judge func(last T, old time.Duration) (fresh, shown bool), read func(context.Context) (T, error)) (T, error) {
	f.mu.Lock()
	var fresh, shown bool
	if !f.read.IsZero() {
		fresh, shown = judge(f.value, time.Since(f.read))
	}
	if fresh {
		defer f.mu.Unlock()
		return f.value, nil
	}
	if f.reading == nil {
		f.reading = make(chan struct{})
		go f.again(read)
	}
	value, reading := f.value, f.reading
	f.mu.Unlock()
	if shown {
		return value, nil
	}
	var err error
	select {
	case <-reading:
	case <-ctx.Done():
		err = ctx.Err()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case !f.read.IsZero():
		return f.value, nil
	case err == nil:
		err = f.err
	}
	return f.value, err
}

func (f *Fresh[T]) again(read func(context.Context) (T, error)) {
	ctx, cancel := context.WithTimeout(context.Background(), readingTakes)
	defer cancel()
	value, err := read(ctx)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err = err; err == nil {
		f.value, f.read = value, time.Now()
	}
	close(f.reading)
	f.reading = nil
}
