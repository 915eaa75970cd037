// Package scan says where and when cases are more than the rest lets one expect: Kulldorff's
// prospective space-time scan statistics. It is pure and deterministic: the same study, options and seed give the
// same answer, whatever the number of workers.
//
// # What is done
//
// Every circle of areas around every area, together with each of the last 1 … D days, is a window. Its log likelihood
// ratio says how much better the cases are explained if the window has a rate of its own. The window where it is largest is the
// most likely cluster; how large it would be by chance is found by scanning many made-up data sets in
// the same way. So the p-value already answers for having looked everywhere.
//
//   - Permutation needs cases only: it asks whether areas and days go together, and shuffles the
//     days over the cases. What is always high in one area, or high everywhere one day, is no cluster.
//   - Poisson needs populations: it asks whether cases are more than people, and throws the cases anew.
//
// Both may have strata (age groups, sexes, days of the week, categories): then shuffling stays within a stratum, and populations count by their strata's rates.
//
// Kulldorff (1997), Commun Stat Theory Methods 26:1481; Kulldorff (2001), J R Stat Soc A 164:61; Kulldorff et al. (2005),
// PLoS Med 2:e59; Besag and Clifford (1991), Biometrika 78:301; Abrams, Kleinman and Kulldorff (2010), Int J Health Geogr 9:61.
// The reference is SaTScan 10.3.2.
package scan

import "embed"

// Messages holds the texts behind the keys, one flat JSON object a language.
//
//go:embed messages.*.json
var Messages embed.FS
