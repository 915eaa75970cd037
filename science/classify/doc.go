// Package classify suggests the category of a report from its words, having learnt from closed matters whose category
// is known. It suggests and never decides, and says that it is unsure rather than guess. It does no I/O.
//
// # What it learns, and what it must not
//
// Texts are masked (package mask) before anything else is done with them, in Train and in Suggest. From what is left come
// words, pairs of neighbouring words, and pairs and triples of Chinese characters; nothing with a digit in it. Of
// these grams only those are kept that at least K matters with different texts share, so that a name which slipped
// through the mask, or a phrase of one person, is not in the model. The file shows every gram that the model holds.
//
// # The method
//
// Multinomial logistic regression (Hastie, Tibshirani & Friedman 2009, §4.4) on the grams of a text, each weighing 1/√n where n are
// known, fitted by AdaGrad (Duchi, Hazan & Singer 2011). Probabilities are calibrated by a temperature (Guo et al. 2017) and a
// floor for labels that are wrong, on texts that were not learnt from; the threshold below which it is unsure is the lowest at which the answers on them are right
// as often as is asked for. All of Report is measured on yet other texts. The same input gives the same model.
package classify

import "embed"

// Messages holds the texts behind the refusals' keys, one flat JSON object a language.
//
//go:embed messages.*.json
var Messages embed.FS
