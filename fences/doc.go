// Package fences holds the rules that the whole tree keeps, as tests: which way imports
// go, what is pure, that every language says the same, that no file knows the machine
// it was written on, and what the mission forbids so far as text can show it.
//
// Each rule is a function from a tree of files to what breaks it. TestTree runs them
// on ours; the other tests show on a bad sample that each rule can fail.
package fences
