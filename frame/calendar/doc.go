// Package calendar reckons deadlines: working days, daily cut-offs, lawful pauses,
// and the arithmetic as a sentence that a lawyer can check by hand.
//
// A [Calendar] is an immutable value made from a [Spec], which is data: what differs
// between a city in Massachusetts and a county in Sichuan is written there and nowhere in
// this code. When a holiday is added the Spec gets a new version, and recomputing a due
// date is asking the new Calendar the same question. The package reads no clock. It reads
// the machine's time zone database, or the copy built into the binary where there is none.
//
// # The rule
//
// A filing has an effective start. If it came on a day that is no working day it moves as
// [Spec.OffDayFiling] says; if it then stands before the opening hour, it moves as
// [Spec.EarlyFiling] says; if it stands at or after the cut-off of a working day, it moves
// to the next working day at the opening hour. A limit of n working days ends on the
// n-th working day strictly after the day of the effective start ([Spec.FirstDay]
// "excluded", the rule of China's Civil Procedure Law, article 85, and of Regulation (EEC,
// Euratom) 1182/71, article 3), or on the n-th counting that day ("included"). It ends at
// the same time of day, or at closing time ([Spec.DueTime]). Calendar days are counted alike
// over all days; hours are hours of the clock on the wall behind the counter that never
// stops, 3,600 seconds each.
//
// # How a pause counts
//
// Time is laid on a line on which only what counts has length. For working days, each
// working day is 24 hours of local wall time long and every other day is nothing; for
// calendar days every day is 24 hours of wall time; for hours the line is elapsed time. A
// pause takes out exactly the stretch of line it covers, to the microsecond: from Tuesday
// 10:00 to Thursday 15:00 is 2 + 5/24 working days, a weekend inside it adds nothing, and
// pauses that overlap count once. Where the due time is closing time, the end is rounded up
// to the next closing time, so a pause of an hour that does not fit into the last day gives
// one more day; a pause on day zero gives nothing, since the clock does not run yet. An open pause leaves the due date unsaid, unless the limit ran out before it.
//
// # What is certain
//
// A result that rests on a day outside the covered years is marked Provisional: the
// holidays of that year are not known to this version of the calendar.
//
// # Clock changes
//
// Days are those of the local wall clock. A time of day that a clock change skips becomes
// the first moment after the gap, so that order is kept (RFC 5545, section 3.3.5, would let
// 02:30 overtake 03:10). A time that happens twice means its first occurrence.
//
// # Order
//
// A due date never comes earlier for a longer limit, for one more holiday or for one more
// pause. It never comes earlier for a later filing either, unless a place has chosen to
// keep the time of day of filings on days off or before opening ("keep_time": Saturday
// 18:00 goes past Monday's cut-off, Sunday 09:00 does not), and save for the repeated hour
// in autumn, when the wall clock itself goes back.
package calendar

import "embed"

// Messages holds this package's texts, messages.<language>.json: key → text with {name} placeholders.
//
//go:embed messages.en.json messages.zh-Hans.json
var Messages embed.FS
