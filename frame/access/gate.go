package access

import (
	"context"
	"log/slog"
	"sync"
)

// A Gate stands between an answer and its reader: the answer is put together while the readings for it are being written down,
// and nothing of it is handed out before they are. It is for what does nothing but show: whoever acts on what she reads waits
// for each reading, since her act would stand when the record does not.
type Gate struct {
	mu    sync.Mutex
	waits []*waiting
	end   func()
}

type gateKey struct{}

// Gated is a context in which Open gives contents at once. Whoever makes it shows nothing of what was done under it until Wait has
// returned nil, and closes the gate in the end.
func (r *Record) Gated(ctx context.Context) (context.Context, *Gate) {
	g := &Gate{end: sync.OnceFunc(r.Answering())}
	return context.WithValue(ctx, gateKey{}, g), g
}

func (g *Gate) add(w *waiting) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waits = append(g.waits, w)
}

// Wait returns once every reading is in the record, synced. With an error (access.unrecorded) nothing may be shown. It may be called more than once.
func (g *Gate) Wait(ctx context.Context) error {
	g.Close()
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, w := range g.waits {
		if err := w.wait(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Close says that nothing more will be read: whoever gathers readings waits for none of this answer. It may be called more than once.
func (g *Gate) Close() { g.end() }

// Answering says that an answer is being put together, until end is called. While there are any, readings may follow and are gathered. Of a gated
// answer its gate says so.
func (r *Record) Answering() (end func()) {
	r.mu.Lock()
	r.answering++
	r.mu.Unlock()
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.answering--; r.answering == 0 && r.idle != nil {
			close(r.idle)
			r.idle = nil
		}
	}
}

// waiting is a reading on its way into the record; nil is one that is there.
type waiting struct {
	reading Reading
	log     *slog.Logger
	done    chan struct{}
	err     error // once done is closed
}

func (w *waiting) wait(ctx context.Context) error {
	if w == nil {
		return nil
	}
	select {
	case <-w.done:
	case <-ctx.Done():
		return unrecorded
	}
	if w.err == nil {
		return nil
	}
	if w.log != nil {
		w.log.Error("a reading cannot be recorded, so nothing is shown", "err", w.err)
	}
	return unrecorded
}
