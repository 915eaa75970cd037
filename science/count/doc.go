// Package count reads ballots and counts them: single and multiple choice, approval, score,
// instant runoff, the single transferable vote by Meek's method, Schulze's method and
// quadratic voting, each with a quorum where one is set. It does no I/O: bytes in, values out.
//
// # Words
//
//   - An option is what can be chosen: a candidate, a proposal, yes or no.
//   - A ballot gives options a mark: a rank (1 is best, equal ranks are allowed), 1 for a
//     choice, a score, or a number of votes. Which it is follows from the rule.
//   - A blank ballot marks nothing. A spoiled one marks what the rule does not allow. Both
//     are ballots cast and count for the turnout, but have no part in the count.
//
// # Exactness and ties
//
// Sums are whole numbers or fractions. Meek's method has no exact end: its keep values are
// followed to nine decimals, rounded as its reference rule says, in whole numbers.
// Ties go to the option whose name comes first as text; each is reported.
//
// # Papers
//
//   - Brams, Fishburn (1978), Approval Voting.
//   - Hill, Wichmann, Woodall (1987), Algorithm 123: Single Transferable Vote by Meek's Method;
//     the Meek STV reference rule of the Proportional Representation Foundation.
//   - Schulze (2011), A new monotonic, clone-independent, reversal symmetric, and
//     Condorcet-consistent single-winner election method.
//   - Lalley, Weyl (2018), Quadratic Voting: How Mechanism Design Can Radicalize Democracy.
package count

import "embed"

// Messages holds the texts behind the refusals' keys, one flat JSON object a language.
//
//go:embed messages.*.json
var Messages embed.FS
