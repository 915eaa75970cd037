// Package numbers publishes how many private matters there are: one table a month, and nothing else.
//
// # Words
//
// Counts of public matters are exact and are reckoned where they are shown. Private matters are counted here
// alone: by month of report, top category and district, in a table that is published once, when the month has
// been over for a month. A district is a place of the first layer below the realm's root; what lies in none is
// counted as "-". A cell is withheld where it, or what could be reckoned from the others, would be fewer than k; how is
// in science/disclosure.
//
// # What is counted
//
// Matters that were private from their report on, by what stands in them when the table is made. One that
// turned private later is in no table: it was public, so a reader who kept the lists could find it in a count and subtract
// it. So no matter is ever counted both here and among the public ones, at whatever time, and no difference
// between the two tells anything; docs/decisions/0018 has the argument, and cmd/skein/numbers_test.go attacks it.
//
// # Acts
//
// One dossier, "numbers/private".
//
//	act                  from              by                   effect
//	numbers.begun        –                 the clock            tables are made from this month on
//	numbers.least_set    begun             a list keeper        k of the tables that are made from now on
//	numbers.closed       begun             the clock            the month is over and its waiting time too
//	numbers.published    closed            the clock            the table, by its digest; never another of that month
//
// The clock begins when the realm first adopts categories, and at the month of the earliest public matter that
// it has by then. A table that is found to be wrong stays: a second one would tell by its differences. The next month is then
// made by a method of another name.
//
// # What is public
//
// All of it. Who asks for a table of her own gets none: the set is fixed.
//
// # Who may do what
//
// policies.cedar. Nobody but the clock publishes; k is set by a list keeper of a coordinating body, never below 5.
package numbers
