// Package standing tells how bodies stand to their duties: figures, and whether all are served alike.
//
// # Words
//
// A case is what figures need to know of a matter (Case): no words, nobody who told it. What it adds to the tallies (Of) is a pure function of
// its acts. A cell is a month and one thing: the whole, a body, a category, a place, a channel; within it all kinds of matter or one.
// There is no cell by post, officer or reporter. A measure is what is counted; histograms of working days are measures too, so percentiles need no row a matter.
//
// # Tallies
//
// A follower adds to each cell what a dossier adds after its new acts, less what it added before them, in one transaction with how far it has
// come. It runs behind the commits, in batches: reporting does not wait for it, and figures are a second or two behind. skein rebuild makes
// the tallies anew, and skein rebuild --check holds them against the journal up to where they have come.
//
// # Public matters alone
//
// A private matter adds nothing, and one that turns private takes what it added away again, from past months too. Private matters are
// counted in the tables of rooms/numbers alone; since visibility only narrows and those count only what was private from its report on, no matter is
// ever in both (docs/decisions/0018), so no difference between the two tells anything.
//
// # What is public
//
// All of it. Reading needs no power; nothing here decides anything.
package standing
