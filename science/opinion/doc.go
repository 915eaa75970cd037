// Package opinion maps where the opinions of many people meet: from votes (agree, pass,
// disagree) on statements it finds the two directions in which people differ most, groups
// of people who vote alike, what speaks for each group, what all agree on, and which
// statement to show next. It does no I/O: bytes and numbers in, values out; the same votes
// give the same answer, whatever the order in which they are told.
//
// # Words
//
//   - Votes hold who voted what on which statement: a sparse table of n participants by m
//     statements. What was not seen is not a vote. Agree is 1, pass 0, disagree −1, as in
//     the exports of Polis (its server stores the opposite sign).
//   - A participant's position (x, y) is her projection on the first two principal
//     components, without unit: √n·vote.
//   - Participants are in the conversation once they voted on min(7, m) statements.
//   - Base clusters stand for many participants; groups are clusters of base clusters.
//
// # Two answers behind one shape
//
// Polis answers as the Polis server does (Small, Bjorkegren, Erkkilä, Shaw & Megill 2021,
// "Polis: Scaling deliberation by mapping high dimensional opinion spaces", Recerca 26(2)),
// with exact components and the best of many seeded starts in place of its warm-started
// approximations. Steady answers the same question more cautiously: people with few votes
// are drawn to the middle instead of pushed outwards, and a group is told only if it comes
// back when the conversation is resampled; otherwise the answer is that it cannot be told
// yet. Both return a *Map.
//
// A Stream keeps an answer up to date while votes arrive.
//
// A group is a way to read a conversation. It is no property of a person, and nothing may
// be decided about anyone by it.
package opinion

import "embed"

// Messages holds the texts behind the refusals' keys, one flat JSON object a language.
//
//go:embed messages.*.json
var Messages embed.FS
