// Package shares divides a participatory budget: it reads and writes Pabulib files, chooses
// projects by the greedy rule, the Method of Equal Shares or sequential Phragmén, and gives
// an account of the choice. It does no I/O: bytes in, values out.
//
// # Words
//
//   - An Instance is a budget, the projects with their costs, and the ballots.
//   - Money is a whole number of the smallest unit that the file writes: with two decimals
//     somewhere in the file, cents. Points are whole numbers in the same way.
//   - A supporter of a project is a ballot that approves, ranks or gives it more than 0 points.
//   - The utility of a project for a supporter is its cost, 1 or the points; see Utility.
//   - Each voter's share is the budget divided by the number of ballots, empty ones included.
//   - The price of a winner, ρ in the papers, is what a supporter pays for a unit of utility.
//
// # Exactness
//
// No decision rests on a rounded number. Amounts are followed as whole numbers of a tiny
// unit with a proven bound on their error; where two amounts lie within it, the exact
// fractions decide. Ties go to the smallest project id, compared as text ("10" before "2"),
// and every tie that was met is reported.
//
// # Papers
//
//   - Peters, Skowron (2020), Proportionality and the Limits of Welfarism.
//   - Peters, Pierczyński, Skowron (2021), Proportional Participatory Budgeting with Additive Utilities.
//   - Brill, Freeman, Janson, Lackner (2017), Phragmén's Voting Methods and Justified Representation;
//     Los, Christoff, Grossi (2022), Proportional Budget Allocations, for unequal costs.
//   - Brill, Peters (2023), Robust and Verifiable Proportionality Axioms, for EJR+.
//   - Boehmer et al. (2024), Evaluation of Project Performance in Participatory Budgeting, for what losers lacked.
package shares

import "embed"

// Messages holds the texts behind the refusals' keys, one flat JSON object a language.
//
//go:embed messages.*.json
var Messages embed.FS
