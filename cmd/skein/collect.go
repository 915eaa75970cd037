package main

import (
	"context"
	"runtime"
	"runtime/metrics"
	"time"
)

// collectAhead begins each collection of memory before the runtime would. The runtime begins when little room is left and lets whoever
// allocates meanwhile pay by marking: a page of a millisecond that wrote half a megabyte then took 30, as long as the whole collection,
// with nobody beside it. With more room it is done by whoever has nothing else to do. Where memory is asked for faster than one looks,
// the runtime begins by itself, as ever.
func collectAhead(ctx context.Context) {
	const objects, live, goal = 0, 1, 2
	heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/heap/live:bytes"}, {Name: "/gc/heap/goal:bytes"}}
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
		metrics.Read(heap)
		if due(heap[objects].Value.Uint64(), heap[live].Value.Uint64(), heap[goal].Value.Uint64()) {
			runtime.GC()
		}
	}
}

// due reports whether less than a third is left of the room between what the last collection found in use and what the heap may grow to,
// all in bytes. Where there is next to no room it is not for us to collect again and again: the runtime bounds what that may cost.
func due(objects, live, goal uint64) bool {
	const little = 16 << 20
	return goal >= live+little && objects > goal-(goal-live)/3
}
