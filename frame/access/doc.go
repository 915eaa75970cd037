// Package access is the record of who read what nobody released: which post opened which parts of which box of
// the vault, when, under which power, for what. It is the only way from the vault to a reader who is not the
// person whom the box is of (fences hold that), and it writes before it shows: a reading that cannot be recorded
// is refused, and nothing of the content leaves.
//
// A row is a post's reading of some parts of one box under one power within one minute; that it read the same
// again within the minute is not counted. It names the post, as acts do, and no officer.
//
//	reading → row (synced) → content
//	hour over → digest of its rows → leaf of the realm's log ("skein readings 1")
//
// Each row carries a digest of itself under a salt of its own. The digest of a span is made of those of its rows, so a
// row can be emptied (a person is erased, its time is over) and the span is still proved. Every hour
// that was served has its leaf, a quiet one too: an hour with readings cannot be told from one without, and none can be left out, for
// each leaf begins where the one before ended.
//
// Trusted for what: who reads the tables learns which posts work on which boxes, and when. Who changes a row, takes
// one away or adds one to a sealed hour is found by Check. Who holds database and master key can open the vault without
// this program, and then nothing is recorded: the record binds those who read through Skein.
package access
