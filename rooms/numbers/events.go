package numbers

import (
	"skein/frame/civic"
	"skein/frame/journal"
)

// Begun says from which month on there are tables, with which k, and when the first is due.
type Begun struct {
	First Month         `json:"first"`
	Least int           `json:"least"`
	Due   civic.Instant `json:"due"`
}

// LeastSet is another k for the tables that are made from now on.
type LeastSet struct {
	Least int    `json:"least"`
	Law   string `json:"law"`
}

// Closed says that a month's table is to be made now, and when the next one is due.
type Closed struct {
	Month Month         `json:"month"`
	Due   civic.Instant `json:"due"`
}

// Published is a month's table: a public document, named by SHA-256 of its CSV in hex.
type Published struct {
	Month  Month  `json:"month"`
	Digest string `json:"digest"`
	Least  int    `json:"least"`
	Method string `json:"method"`
	// Cells and Withheld count the table's cells, totals among them.
	Cells    int `json:"cells"`
	Withheld int `json:"withheld"`
}

func (Begun) Type() string     { return "numbers.begun" }
func (LeastSet) Type() string  { return "numbers.least_set" }
func (Closed) Type() string    { return "numbers.closed" }
func (Published) Type() string { return "numbers.published" }

func (Begun) Version() int     { return 1 }
func (LeastSet) Version() int  { return 1 }
func (Closed) Version() int    { return 1 }
func (Published) Version() int { return 1 }

// Events is one example of every event type.
func Events() []journal.Event {
	return []journal.Event{Begun{}, LeastSet{}, Closed{}, Published{}}
}
