package main

import (
	"context"
	"testing"

	"skein/frame/clerk"
	"skein/frame/power"
)

// BenchmarkPowers asks the shipped set what commands ask it: an action each time, actor by actor.
func BenchmarkPowers(b *testing.B) {
	a, err := where{Data: b.TempDir()}.open(b.Context(), true)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(a.close)
	if err := a.buildTown(b.Context()); err != nil {
		b.Fatal(err)
	}
	realm, err := clerk.Open(context.Background(), a.house, a.db, townRealm, clerk.Options{Still: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(realm.Close)
	m, err := a.benchMatter(b.Context(), realm)
	if err != nil {
		b.Fatal(err)
	}
	v := realm.View()
	var questions []power.Question
	for _, action := range v.Powers.Known() {
		questions = append(questions, benchQuestions(v, action, m, realm.Now())...)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		v.Powers.Ask(questions[i%len(questions)])
	}
}
