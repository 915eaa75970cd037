// Package equity compares how groups were served: rates and times of each group against all others, like with like, and says
// what can be shown and what cannot. Numbers in, numbers out; the same input gives the same output.
//
// # Like with like
//
// A place that brings more hard matters must not look ill-treated. So everything is compared within strata (kinds of matter) and then
// put together: rates by the exact conditional test of Mantel and Haenszel's tables, with the common risk difference; times by the
// rank test of van Elteren, with the share of pairs in which the group waited longer. A stratum in which one side has nobody tells nothing and is left out.
//
// # Many comparisons
//
// Twenty places compared at 5 % show a difference in one where there is none. All p-values of a set go through Holm's step-down
// procedure, which keeps the chance of any false word below the level whatever the tests' dependence.
//
// # Intervals
//
// Of a quantile they are exact, by order statistics; of a difference by the bootstrap: every count of every stratum is drawn anew by Poisson's distribution, and
// the difference reckoned again, so that nothing is taken for granted of the shape of times. Before shares are drawn, half a case is added to those who had it and to
// those who had it not, on both sides, as by Jeffreys's prior: 30 of 30 are not the certainty that drawing them anew would make of them. Of a single share, Wilson's.
//
// # What could have been seen
//
// Where nothing can be shown, the answer says how large a difference would have been found four times in five, so that "no difference
// can be shown" is not read as "there is none".
//
// # Sources
//
//   - E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference, JASA 22 (1927).
//   - N. Mantel, W. Haenszel, Statistical aspects of the analysis of data from retrospective studies of disease, JNCI 22 (1959).
//   - A. Agresti, Categorical Data Analysis, 3rd ed. (2013), 7.3.5: the exact test of conditional independence.
//   - B. Efron, R. J. Tibshirani, An Introduction to the Bootstrap (1993), 13.3: percentile intervals.
//   - J. A. Hanley, B. MacGibbon, Creating non-parametric bootstrap samples using Poisson frequencies, Comput. Methods Programs Biomed. 83 (2006).
//   - L. D. Brown, T. T. Cai, A. DasGupta, Interval Estimation for a Binomial Proportion, Statist. Sci. 16 (2001): Jeffreys's prior, half a case each way.
//   - A. Agresti, B. Caffo, Simple and effective confidence intervals for proportions and differences of proportions, Amer. Statist. 54 (2000): added cases for differences.
//   - P. H. van Elteren, On the combination of independent two-sample tests of Wilcoxon, Bull. Int. Stat. Inst. 37 (1960).
//   - S. Holm, A simple sequentially rejective multiple test procedure, Scand. J. Statist. 6 (1979).
//   - H. A. David, H. N. Nagaraja, Order Statistics, 3rd ed. (2003), 7.1: intervals for quantiles without a model.
package equity
