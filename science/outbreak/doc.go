// Package outbreak says when a count is higher than its own past lets one expect: early
// warning from series of counts. Where and when at once is asked in package scan, below it.
// It is pure: numbers in, numbers out, no clock and no files; every function may be called by
// several goroutines at once.
//
// # Words
//
//   - A series is a list of counts at equally spaced points (days, weeks, months). A count is
//     whole and not negative; NaN where none was taken.
//   - The baseline of a point is the part of the past that says what to expect there.
//   - Expected, bound, p-value and alarm are what a Point holds. A value that cannot be told is NaN,
//     and the Point says why (Reason). Nothing is guessed: no alarm comes from what cannot be told.
//
// # Methods
//
//   - EARS C1, C2, C3: a week or two of baseline (Hutwagner et al. 2003; Fricker, Hegler and Dunfee 2008).
//   - Farrington flexible: years of baseline, season and trend (Farrington et al. 1996; Noufaily et al. 2013).
//   - CUSUM, LR-CUSUM and GLR, for a known mean: small rises that last, or that feed on themselves (Rossi et al. 1999; Höhle and Paul 2008).
//
// They agree with earsC, farringtonFlexible, algo.cusum, algo.glrpois and algo.glrnb of R's package
// surveillance 1.20.3, written from the papers. Where that program has peculiarities a user would see
// them in its numbers, so they are kept and named where they are.
//
// Many series make many alarms by chance: BenjaminiHochberg holds the share of false ones.
package outbreak

import "embed"

// Messages holds the texts behind the keys, one flat JSON object a language.
//
//go:embed messages.*.json
var Messages embed.FS
