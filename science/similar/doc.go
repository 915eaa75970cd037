// Package similar tells whether two reports are about the same matter, and finds the
// reports that are, among many. It does no I/O: texts and numbers in, values out.
//
// # Words
//
//   - A request (package requests) is a text with, if known, a place, a time and a category.
//   - Grams are the sets of character n-grams of a text (Broder 1997). They need no
//     dictionary and no segmenter, so English and Chinese are treated alike.
//   - A Model weighs text, distance, time and category into one probability, the way
//     records of one person are linked across files (Fellegi & Sunter 1969).
//   - Calibrate fits a Model to what a list itself shows, without labels: reports of one place long apart are of different
//     matters. Pairs weighs whole partitions of a list into matters by it (Neal 2000).
//   - An Index holds the open matters and finds the likely duplicates of a request.
//     It keeps a MinHash sketch of each text (Broder 1997; Li & König 2010), never the text.
//   - A Corpus ranks texts by the words asked for (BM25, Robertson & Zaragoza 2009).
//
// Nearly the same words about different places are not the same matter, and the same words
// about the same place a month later are not either: distance and time can each rule
// a pair out, whatever the text says.
package similar
