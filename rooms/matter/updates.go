package matter

import (
	"skein/frame/journal"
)

// UpdateTypes are the acts that tell a matter's progress to whoever follows many matters.
// The index of migration 00003 is of exactly these.
var UpdateTypes = []string{
	"matter.assigned", "matter.accepted", "matter.objected", "matter.ruled", "matter.corrected", "matter.asked", "matter.supplied",
	"matter.told", "matter.attached", "matter.paused", "matter.resumed", "matter.extended", "matter.joined", "matter.separated",
	"matter.answered", "matter.declined", "matter.confirmed", "matter.reopened", "matter.lapsed", "matter.withdrawn",
	"matter.retracted", "matter.reassigned",
}

// LineOf tells one act as Story does. Acts that are private, or of a private matter, are not for everyone.
func LineOf(a journal.Act) Line { return tell(a) }
