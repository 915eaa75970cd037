package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/mattn/go-isatty"
)

// bar is a progress bar on a terminal; elsewhere it says nothing.
type bar struct {
	what  string
	on    bool
	began time.Time
	drawn time.Time
}

func newBar(what string) *bar {
	return &bar{what: what, on: isatty.IsTerminal(os.Stderr.Fd()), began: time.Now()}
}

const barWidth = 30

// at draws the bar, at most ten times a second.
func (b *bar) at(done, all int64) {
	if !b.on || all <= 0 || time.Since(b.drawn) < 100*time.Millisecond && done < all {
		return
	}
	b.drawn = time.Now()
	full := int(done * barWidth / all)
	fmt.Fprintf(os.Stderr, "\r%-10s [%s%s] %d/%d  %.0f s ", b.what, strings.Repeat("█", full), strings.Repeat("·", barWidth-full),
		done, all, time.Since(b.began).Seconds())
}

func (b *bar) end() {
	if b.on {
		fmt.Fprintln(os.Stderr)
	}
}
