package guide

import (
	"skein/frame/civic"
	"skein/frame/journal"
)

// Drafted puts a draft in place of the one before it. It is private.
type Drafted struct {
	Number int          `json:"draft"`
	Digest string       `json:"digest"` // of its text, a document
	Body   civic.BodyID `json:"body"`
}

// Discarded takes a draft away. It is private.
type Discarded struct {
	Number int `json:"draft"`
}

// Published makes a version of a draft.
type Published struct {
	Number    int           `json:"version"` // dense, from 1
	Digest    string        `json:"digest"`  // of its text, a public document
	Body      civic.BodyID  `json:"body"`
	Languages []string      `json:"languages"`
	Drafter   civic.PostID  `json:"drafter,omitempty"` // none where it was imported
	From      civic.Instant `json:"from"`
	Until     civic.Instant `json:"until,omitempty"`
	Review    civic.Instant `json:"review"`
}

// TookEffect says that a version that was published before its day is in force.
type TookEffect struct {
	Number int `json:"version"`
}

// Ended says that a version's last day is over.
type Ended struct {
	Number int `json:"version"`
}

// Reviewed says that a version is still right, until the next review.
type Reviewed struct {
	Number int           `json:"version"`
	Review civic.Instant `json:"review"`
}

// Overdue says that nobody has looked at a version by its review date.
type Overdue struct {
	Number int           `json:"version"`
	Review civic.Instant `json:"review"`
}

// Withdrawn takes an article off the pages.
type Withdrawn struct {
	Reason  string `json:"reason"` // document
	Instead string `json:"instead,omitempty"`
}

// Told is one answer to "did this answer you?", by somebody who is not known.
type Told struct {
	Article  string       `json:"article"`
	Of       int          `json:"version"`
	Body     civic.BodyID `json:"body"`
	Answered bool         `json:"answered,omitempty"`
	// Missing is the salted digest of what is missing, Box the box that it is sealed in until Until.
	Missing string        `json:"missing,omitempty"`
	Box     string        `json:"box,omitempty"`
	Until   civic.Instant `json:"until,omitempty"`
}

// Forgot says that what was missing is erased.
type Forgot struct{}

func (Drafted) Type() string    { return "guide.drafted" }
func (Discarded) Type() string  { return "guide.discarded" }
func (Published) Type() string  { return "guide.published" }
func (TookEffect) Type() string { return "guide.took_effect" }
func (Ended) Type() string      { return "guide.ended" }
func (Reviewed) Type() string   { return "guide.reviewed" }
func (Overdue) Type() string    { return "guide.overdue" }
func (Withdrawn) Type() string  { return "guide.withdrawn" }
func (Told) Type() string       { return "guide.told" }
func (Forgot) Type() string     { return "guide.forgot" }

func (Drafted) Version() int    { return 1 }
func (Discarded) Version() int  { return 1 }
func (Published) Version() int  { return 1 }
func (TookEffect) Version() int { return 1 }
func (Ended) Version() int      { return 1 }
func (Reviewed) Version() int   { return 1 }
func (Overdue) Version() int    { return 1 }
func (Withdrawn) Version() int  { return 1 }
func (Told) Version() int       { return 1 }
func (Forgot) Version() int     { return 1 }

// Events is one example of every event type of an article.
func Events() []journal.Event {
	return []journal.Event{Drafted{}, Discarded{}, Published{}, TookEffect{}, Ended{}, Reviewed{}, Overdue{}, Withdrawn{}}
}

// FeedbackEvents is one example of every event type of feedback.
func FeedbackEvents() []journal.Event { return []journal.Event{Told{}, Forgot{}} }
