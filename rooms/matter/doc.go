// Package matter is the central room: a matter goes from report to accountable end.
//
// # Words
//
// A matter is what a resident brings: a request, complaint, suggestion, question, dispute or
// public-safety report. The lead is the one body that answers for it; joint bodies owe the
// lead a part; the coordinating body rules on who is responsible and never handles. A round
// is one go, from its start to its answer; a reopened matter begins another. A term is a
// limit that runs. The desk is whoever takes reports for others. "The clock" is the realm itself
// doing what a limit or the duty list says, never a person.
//
// # States
//
// [Transitions] is the whole table, and transitions_test.go prints it into TRANSITIONS.md: which
// act may follow which status, by whom, and what then. Decide asks nothing else about order.
//
//	received → assigned → working ⇄ paused → … → answered → closed
//	     ↑         ↓          ↓                     ↓         ↓
//	     └───── objected   declined              (reopened: received, a new round)
//
// Corrected, ruled to another body and reopened pass through received, and are assigned in the same commit.
//
// # Where this goes beyond the table of the design
//
// A coordinating body may rule on a matter that waits because the list has a gap, an overlap
// or names a body with a conflict of interest: otherwise it would wait for a new list for
// ever. A reporter may supply what was asked, and lead and joint bodies speak, while the
// clock is paused. A post may retract its own last act while nobody but the clock has acted since.
//
// # The clock
//
// [Wake] says when the clock next has business, and [Tick] does it; every other command first
// does what is overdue, so nobody finds a clock that lags. Each act of the clock is of the
// instant its limit ran out, however late it is written, but never before the act it follows.
// A limit includes its last instant. The due date moves only by paused (and resumed), extended, corrected
// and recomputed. A ruling, a new list or a successor body does not move it.
// An answer that comes after a retraction finds the same clock: time is not taken back.
//
// Triage, ruling, confirmation and release limits are not recomputed when a calendar
// changes: they are days long, and whoever waits for them has been told the date.
//
// # Who may do what
//
// policies.cedar, denied by default. Decide checks what depends on the matter's state only.
// A complaint's body complained of, its heirs, and whoever is under them, are neither assigned it nor
// named to rule on it nor allowed to read it; being filed anew as another kind does not lift that.
//
// # Review
//
// An answer, a decline, a withholding and a masking can be appealed. The review room opens a dossier on it; what it decides
// comes back by a reactor as Obey, and what the law lets stand still until then as Stay. Both are the clock's alone.
//
// # What is public
//
// [Visible] is the only way to a view. Of a private matter the public sees nothing, not even
// that there is one. Texts and photos are shown one by one, once released, and only the masked version where there
// is one. A blurred matter has only the snapped point; a home's exact point is never in an
// act. No view names a person, and nobody but the reporter learns her id in the matter.
package matter
