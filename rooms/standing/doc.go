// Package standing tells how bodies stand to their duties: figures, whether all are served alike, and what they are found
// to have done well or not done (finding*.go).
//
// # Words
//
// A case is what figures need to know of a matter (Case): no words, nobody who told it. What it adds to the tallies (Of) is a pure function of
// its acts. A cell is a month and one thing: the whole, a body, a category, a place, a channel, a language; within it all kinds of matter or one.
// There is no cell by post, officer or reporter. A measure is what is counted; histograms of working days are measures too, so percentiles need no row a matter.
//
// # Tallies
//
// A follower adds to each cell what a dossier adds after its new acts, less what it added before them, in one transaction with how far it has
// come. It runs behind the commits, in batches: reporting does not wait for it, and figures are a second or two behind. skein rebuild makes
// the tallies anew, and skein rebuild --check holds them against the journal up to where they have come.
// Pages show them from memory (board), by the position that they count up to.
//
// # Public matters alone
//
// A private matter adds nothing, and one that turns private takes what it added away again, from past months too. Private matters are
// counted in the tables of rooms/numbers alone; since visibility only narrows and those count only what was private from its report on, no matter is
// ever in both (docs/decisions/0018), so no difference between the two tells anything.
//
// # Languages
//
// A language is that of the words of a report which everyone may read, as the post that released them said. It is a property of a public text: a text that is
// withheld again or erased is of no language any more, and nobody is. What nobody said the language of is counted as that, and is in no comparison. Languages are
// crossed with kinds of matter alone, never with places, channels or bodies (docs/decisions/0035).
//
// # What is public
//
// All figures. Reading them needs no power; they decide nothing.
//
// # Monthly reports
//
// A report (kind "report", one a month and place) is a month's figures, frozen from the tallies with the position they count up to (Frozen), so that they can be
// counted anew there. The coordinating body of the lowest place above it drafts, adds remarks and signs; nobody else can, whatever a realm's own rules say.
//
//	– → drafted (everyone reads it, as a draft) → signed
//	signed → drafted, with a reason → signed: another version; the one before stays
//
// The act that signs names digests: of the figures, the remarks, the CSV and a PDF in each language, which are documents. Sentences are made of counts alone; no share is told of
// fewer than ten. All of it is public.
//
// # Merits and findings of fault
//
// A merit or a finding of fault (kind "merit") is about one act and the duty of the body whose act it is. It is no disciplinary
// sanction and leads to none: those are the business of the authorities that the Civil Servant Law and the Law on Governmental Sanctions
// for Public Officials of the PRC name, outside Skein. It names the post in its own page and nowhere else: no table, list, count or
// search knows a post. It is not a legal review (rooms/review, kind "finding"), which asks whether an act is lawful.
//
//	proposed → stands (everyone reads it) → expired: off every page and list
//	         ↘ unproved                   ↘ quashed on review: the page says so, and not what was said
//	         ↘ dropped
//
// A coordinator, a reviewer or the desk proposes, never of its own body, and never a second time for the same body and act. The body is served
// with notice and may reply and be heard; its silence is no admission. A ruling post of a coordinating body that had no hand in it decides, with
// facts, reasons and law: never the post that proposed. Until then, and where nothing is found, only the two and the body may read it. What
// stands is appealed to the review room (act merit.appealed, heard of by review's own reactor), whose decision comes back by a reactor here.
// The clock ends it after its limit; the journal and the log keep the acts, of which the public ones do not say who was concerned.
//
// What is cited is an act of a matter that everyone may see, or a legal review that came to unlawful. What was cited and turned private since is
// shown to nobody any more. The order of notice, reply, hearing and decision, and who is kept out, are frame/procedure's.
package standing
