package search

import (
	"math"
	"slices"
)

// candidate is a document that was found, with its tokens.
type candidate struct {
	n           int64 // its place in the index; 0 for one that the caller found
	id          string
	sort        int64
	title, body []string
	score       float64
}

// titleWeight is how much more a word in a title counts than one in a body.
const titleWeight = 8

// rank puts candidates in order: by BM25 (Robertson and Zaragoza 2009, k1 = 1.2, b = 0.75), titles weighted as BM25F does, the weights of words by how rare they
// are among the candidates; the newer first where that says nothing.
func rank(ts []term, all []candidate) {
	const k1, b = 1.2, 0.75
	lengths, total := make([]float64, len(all)), 0.0
	counts := make([][]float64, len(ts)) // of each term in each candidate, weighted
	for i := range ts {
		counts[i] = make([]float64, len(all))
	}
	for j := range all {
		title, body := all[j].title, all[j].body
		lengths[j] = float64(len(title) + len(body))
		total += lengths[j]
		for i, t := range ts {
			counts[i][j] = titleWeight*t.count(title) + t.count(body)
		}
	}
	average := total / float64(max(1, len(all)))
	for i := range ts {
		n := 0.0
		for _, c := range counts[i] {
			if c > 0 {
				n++
			}
		}
		idf := math.Log(1 + (float64(len(all))-n+0.5)/(n+0.5))
		for j, c := range counts[i] {
			all[j].score += idf * c * (k1 + 1) / (c + k1*(1-b+b*lengths[j]/average))
		}
	}
	slices.SortStableFunc(all, func(x, y candidate) int {
		switch {
		case x.score > y.score:
			return -1
		case x.score < y.score:
			return 1
		}
		return int(min(max(y.sort-x.sort, -1), 1))
	})
}
