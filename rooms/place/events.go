package place

import (
	"skein/frame/civic"
	"skein/frame/journal"
)

// Founded is the first act of a place: it exists from now on.
type Founded struct {
	Place  civic.PlaceID `json:"place"`
	Kind   Kind          `json:"kind"`
	Titles Titles        `json:"titles"`
	Parent civic.PlaceID `json:"parent,omitempty"`
	Rank   int           `json:"rank,omitempty"`
	Shape  *Shape        `json:"shape,omitempty"`
}

// Redrawn gives the place another boundary.
type Redrawn struct {
	Shape Shape `json:"shape"`
}

// Renamed gives the place its whole new titles.
type Renamed struct {
	Titles Titles `json:"titles"`
}

// Moved puts the place, and all below it, under another parent.
type Moved struct {
	Parent civic.PlaceID `json:"parent"`
}

// Reclassified says that the place is of another kind, or of another rank.
type Reclassified struct {
	Kind Kind `json:"kind"`
	Rank int  `json:"rank,omitempty"`
}

// Closed ends the place for ever; its code is not used again.
type Closed struct {
	Successor civic.PlaceID `json:"successor"`
}

// CalendarSet gives a calendar a version and says whose it is.
type CalendarSet struct {
	ID      string `json:"id"`
	Edition string `json:"version"`
	// Digest is SHA-256 of the canonical JSON of the calendar.Spec, in hex.
	Digest string        `json:"digest"`
	Place  civic.PlaceID `json:"place,omitempty"`
	Body   civic.BodyID  `json:"body,omitempty"`
}

func (Founded) Type() string      { return "place.founded" }
func (Redrawn) Type() string      { return "place.redrawn" }
func (Renamed) Type() string      { return "place.renamed" }
func (Moved) Type() string        { return "place.moved" }
func (Reclassified) Type() string { return "place.reclassified" }
func (Closed) Type() string       { return "place.closed" }
func (CalendarSet) Type() string  { return "place.calendar_set" }

func (Founded) Version() int      { return 1 }
func (Redrawn) Version() int      { return 1 }
func (Renamed) Version() int      { return 1 }
func (Moved) Version() int        { return 1 }
func (Reclassified) Version() int { return 1 }
func (Closed) Version() int       { return 1 }
func (CalendarSet) Version() int  { return 1 }

// Events and CalendarEvents are an example of each act type, by kind of dossier.
var (
	Events         = []journal.Event{Founded{}, Redrawn{}, Renamed{}, Moved{}, Reclassified{}, Closed{}}
	CalendarEvents = []journal.Event{CalendarSet{}}
)

// Register tells the journal every act type of this room.
func Register(r *journal.Registry) {
	r.Register(Events...)
	r.Register(CalendarEvents...)
}
