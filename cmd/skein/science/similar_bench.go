package science

import (
	"fmt"
	"runtime/debug"
	"strconv"
	"time"

	"skein/science/classify"
	"skein/science/mask"
	"skein/science/requests"
	"skein/science/similar"
)

// similarTrials measure what is said twice, what it is about, and whom it names. No reference program has a figure for them.
func similarTrials() []trial {
	const million = 1_000_000
	var index *similar.Index
	var matter func(i int) requests.Request
	return []trial{
		{name: "similar index", size: "1,000,000 open matters", run: func() error {
			// What is held has next to no pointers and is collected in no time, so collect often rather than let the heap double.
			defer debug.SetGCPercent(debug.SetGCPercent(15))
			base := requests.Generate(requests.Plan{Seed: 11, Rows: 20_000, Side: 20_000})
			matter = func(i int) requests.Request {
				r := base[i%len(base)]
				k := uint64(i) * 0x9e3779b97f4a7c15
				r.Text += " " + strconv.Itoa(i%977)
				r.X += float64(k >> 40 % 20_000)
				r.Y += float64(k >> 20 % 20_000)
				r.Time = time.Unix(1_770_000_000+int64(i)*60*86_400/million, 0)
				return r
			}
			index = similar.NewIndex(similar.Default, 0.5)
			for i := range million {
				index.Add(int64(i), matter(i))
			}
			return nil
		}},
		{name: "similar query", size: "10,000 queries of it", run: func() error {
			if index == nil {
				return fmt.Errorf("needs the trial “similar index” before it")
			}
			for i := range 10_000 {
				index.Query(matter(i*7919%million), 10)
			}
			index = nil
			return nil
		}},
		{name: "similar pairs", size: "10,000 requests", run: func() error {
			similar.Pairs(requests.Generate(requests.Plan{Seed: 12, Rows: 10_000}), similar.Default, 0.5)
			return nil
		}},
		{name: "classify train", size: "100,000 texts, 16 categories", run: func() error {
			_, _, err := classify.Train(requests.Generate(requests.Plan{Seed: 13, Rows: 100_000, Signed: 0.3}), classify.Options{})
			return err
		}},
		{name: "mask", size: "100,000 texts", run: func() error {
			for _, r := range requests.Generate(requests.Plan{Seed: 14, Rows: 100_000, Signed: 0.3}) {
				mask.Text(r.Text)
			}
			return nil
		}},
	}
}
