// Package disclosure is statistical disclosure control for tables of counts: it says which cells of
// a table cannot be published, because they, or what can be reckoned from the rest, would tell of few people.
//
// # Words
//
// A cell is a count of a row and a column. The margins are cells too: the total of a row, of a column, and of
// all. A cell is published with its exact count, or withheld. Withheld are
//
//   - by primary suppression every cell below the least count k, zeros too. Where it is a secret that somebody
//     came at all, a zero tells of everyone who had a reason to come (group disclosure); and if zeros stood
//     open, each withheld cell would say "somebody did";
//   - by secondary (complementary) suppression further cells, without which a withheld one could be reckoned,
//     or bounded too closely, from totals;
//   - one cell in 64 by chance, whatever it holds.
//
// A reader is not told which is which: that a cell is of the second sort would tell that it holds at least k.
//
// # What is held
//
// The feasible interval of a withheld cell is what its count can be, given every published cell, that a
// total is the sum of its parts, and that counts are whole and not negative (Willenborg and de Waal 2001; the
// "attacker's problem" of Fischetti and Salazar 2001). [Protect] withholds so much that the interval of
// every withheld cell
//
//   - reaches from 0 to at least k: nobody can reckon that anybody is in it, nor that it is below k;
//   - or begins at k or above, so that anybody can reckon that it is not below k, and is at least k wide.
//
// A cell below k is of the first sort. It follows that no sum which can be reckoned, and that a cell below k is part
// of, is below k: the cell could not be greater than the sum.
//
// # Who knows the method
//
// The requirement speaks of intervals, so of what is published alone. Hence every table that fits what is published
// would have been safe with the same cells withheld, and by some chance just these are withheld of it. So whoever runs
// the method on every table that there could have been (the "minimality attack", Wong et al. 2007) rules none of
// them out; couldHaveBeen in the tests tries it. She may find some likelier than others. Without chance she
// was sure, in all tables with four cells, k of 3 and counts to 9, that somebody is in two or three of a hundred cells below k.
//
// # How
//
// A two-way table with its margins is a network (Cox 1995): rows and columns are nodes, a cell is an arc
// between them, and what can change without any published count changing is a circulation over withheld
// arcs. So the bounds are maximal flows ([Protected.Bounds]): exact and whole, without the error of linear programming in
// floating point, and with no gap between what is feasible in fractions and in whole numbers. Where a cell
// is bound too closely, the cheapest augmenting paths that lift the bound say which cells to withhold
// besides. This is a heuristic, for the least loss is NP-hard to find (Kelly, Golden and Assad 1992). What a
// cell costs goes by how much it speaks for and by chance, not by its count. Readers must not know the chance.
//
// # What is not held
//
// Counts are of cases, not of people: one person can be five cases. Whoever knows some cases of a cell
// subtracts them. Tables that overlap, of the same cases, are not for this package: publish each case in one
// table, once.
//
// # Literature
//
// Cox, "Network models for complementary cell suppression", JASA 90 (1995). Fischetti and Salazar-González,
// "Solving the cell suppression problem on tabular data with linear constraints", Management Science 47 (2001). Hundepool
// et al., Statistical Disclosure Control, Wiley 2012. Kelly, Golden and Assad, "Cell suppression: disclosure
// protection for sensitive tabular data", Networks 22 (1992). Willenborg and de Waal, Elements of Statistical
// Disclosure Control, Springer 2001. Wong, Fu, Wang and Pei, "Minimality attack in privacy preserving data publishing", VLDB 2007.
package disclosure
