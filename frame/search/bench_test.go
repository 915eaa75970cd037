package search

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"skein/frame/store"
	"skein/internal/pgtest"
)

// BenchmarkFind asks an index of 58,000 documents of some 40 words, common words among them, and tells the slowest of a hundred.
func BenchmarkFind(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchFind(b, open(b, filepath.Join(b.TempDir(), "a.db"))) })
	b.Run("postgres", func(b *testing.B) { benchFind(b, open(b, pgtest.URL(b))) })
}

func benchFind(b *testing.B, db *store.DB) {
	ctx := context.Background()
	rnd := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(rnd, 1.1, 3, 20_000)
	han := []rune("路灯坏了垃圾没有人收工地拖欠农民工资三个月小区门口下水道堵塞噪音扰民违章停车公园树木修剪")
	text := func() string {
		var t strings.Builder
		for range 30 {
			fmt.Fprintf(&t, "word%d ", zipf.Uint64())
		}
		for range 12 {
			t.WriteRune(han[rnd.IntN(len(han))])
		}
		return t.String()
	}
	began := time.Now()
	for at := 0; at < 58_000; at += 1000 {
		update(b, db, func(tx *store.Tx) error {
			for i := range 1000 {
				if err := Put(ctx, tx, realm, Doc{"matter", fmt.Sprintf("%08d", at+i), int64(at + i), []string{"Street light outages 路灯故障"}, []string{text()}}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	b.Logf("58,000 documents indexed in %.1f s", time.Since(began).Seconds())
	queries := []string{"word1", "word2 word3", "street", "路灯", "垃圾", "wor", "word777", "工资", "light word5", "灯"}
	var took []time.Duration
	for b.Loop() {
		q := queries[len(took)%len(queries)]
		start := time.Now()
		if _, err := Find(ctx, db, Ask(realm, "matter", q), 50, nil); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	for i, q := range queries {
		var of []time.Duration
		for j := i; j < len(took); j += len(queries) {
			of = append(of, took[j])
		}
		slices.Sort(of)
		b.Logf("%-14s median %v", q, of[len(of)/2])
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}
