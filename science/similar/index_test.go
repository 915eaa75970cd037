package similar

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"skein/science/requests"
)

// TestIndexAsTheyCome adds and removes at random and compares each answer with a look at every matter.
func TestIndexAsTheyCome(t *testing.T) {
	pool := requests.Generate(requests.Plan{Seed: 5, Rows: 300, Side: 900, Days: 12, Phrasings: 2, Only: streets})
	for i := range pool {
		if i%17 == 0 {
			pool[i].Time = time.Time{}
		}
		if i%19 == 0 {
			pool[i].Category = ""
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		x, open := NewIndex(Default, 0.5), map[int64]requests.Request{}
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			id := int64(rapid.IntRange(0, 99).Draw(t, "id"))
			if rapid.IntRange(0, 3).Draw(t, "what") == 0 {
				_, had := open[id]
				if x.Remove(id) != had {
					t.Fatalf("Remove(%d) does not say that it was there: %v", id, had)
				}
				delete(open, id)
			} else {
				r := pool[rapid.IntRange(0, len(pool)-1).Draw(t, "request")]
				x.Add(id, r)
				open[id] = r
			}
		}
		if x.Len() != len(open) {
			t.Fatalf("%d matters, want %d", x.Len(), len(open))
		}
		q := pool[rapid.IntRange(0, len(pool)-1).Draw(t, "query")]
		var want []Match
		p := x.probe(q)
		for id := range open {
			slot, there := x.slots.find(id)
			if !there {
				t.Fatalf("%d is lost", id)
			}
			if m, ok := x.match(&p, slot); ok {
				want = append(want, m)
			}
		}
		slices.SortFunc(want, func(a, b Match) int {
			return cmp.Or(cmp.Compare(b.Probability, a.Probability), cmp.Compare(a.ID, b.ID))
		})
		if got := x.Query(q, 1000); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("got  %v\nwant %v", got, want)
		}
	})
}

// TestIndexEmpties holds that nothing is left of what was removed.
func TestIndexEmpties(t *testing.T) {
	x := NewIndex(Default, 0.5)
	list := requests.Generate(requests.Plan{Seed: 1, Rows: 10_000})
	for round := range 3 {
		for i, r := range list {
			r.Placed = i%3 > 0
			x.Add(int64(i), r)
		}
		for i := range list {
			x.Remove(int64((i * 7919) % len(list)))
		}
		if x.Len() != 0 || len(x.cells) != 0 || len(x.free) != 10_000 {
			t.Fatalf("round %d: %d matters, %d cells, %d free slots", round, x.Len(), len(x.cells), len(x.free))
		}
		for _, head := range x.heads {
			if head != none {
				t.Fatal("a chain is left")
			}
		}
	}
}

// TestWithoutPlace finds the same words where no place is known, of the matter or of the request.
func TestWithoutPlace(t *testing.T) {
	x := NewIndex(Default, 0.5)
	for i, r := range requests.Generate(requests.Plan{Seed: 2, Rows: 5000}) {
		r.Placed = i%2 == 0
		x.Add(int64(i), r)
	}
	r := requests.Request{Text: "The tall chimney of the old brewery on Foundry Lane leans towards the kindergarten", Category: "other", Time: time.Unix(1_780_000_000, 0)}
	near := r
	near.Text, near.Time = "Hello, the tall chimney of the old brewery on Foundry Lane leans towards the kindergarten!", r.Time.Add(5*time.Hour)
	for _, placed := range [][2]bool{{false, false}, {true, false}, {false, true}} {
		r.Placed, near.Placed = placed[0], placed[1]
		x.Add(-1, r)
		if got := x.Query(near, 3); len(got) != 1 || got[0].ID != -1 {
			t.Errorf("placed %v: %v", placed, got)
		}
	}
	r.Placed, near.Placed, near.X = true, true, 2000
	x.Add(-1, r)
	if got := x.Query(near, 3); len(got) != 0 {
		t.Errorf("the same words two kilometres away: %v", got)
	}
}

func TestSketch(t *testing.T) {
	list := requests.Generate(requests.Plan{Seed: 3, Rows: 400, Only: []string{"light"}})
	var square, bias, n float64
	for i := range list {
		for j := range i {
			a, b := Shingles(list[i].Text), Shingles(list[j].Text)
			exact := Jaccard(a, b)
			if exact == 0 {
				continue
			}
			s, o := NewSketch(a), NewSketch(b)
			d := s.Jaccard(&o) - exact
			square, bias, n = square+d*d/((exact+1.0/255)*(1-exact)/hashes+1e-12), bias+d, n+1
		}
	}
	if math.Abs(bias/n) > 0.01 {
		t.Errorf("the estimate is off by %.4f on average", bias/n)
	}
	if r := math.Sqrt(square / n); r > 1.15 {
		t.Errorf("the error is %.2f times the stated one", r)
	}
}

// crowd are n open matters in a town of 20 km by 20 km over 60 days; hot ones lie at one spot.
func crowd(n int, hot bool) func(i int) requests.Request {
	base := requests.Generate(requests.Plan{Seed: 11, Rows: 20_000, Side: 20_000})
	return func(i int) requests.Request {
		r := base[i%len(base)]
		k := uint64(i) * 0x9e3779b97f4a7c15
		r.Text += " " + strconv.Itoa(i%977)
		r.X += float64(k>>40%20_000) - 10_000
		r.Y += float64(k>>20%20_000) - 10_000
		if hot {
			r.X, r.Y = 1000+float64(k>>40%60), 1000+float64(k>>20%60)
		}
		r.Time = time.Unix(1_770_000_000+int64(i)*60*86_400/int64(n), 0)
		return r
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// peak is the most memory, in megabytes, that the process took from the system since it began; 0 where that cannot be read.
func peak() float64 {
	status, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kilobytes, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, _ := strconv.ParseFloat(kilobytes, 64)
	return n * 1024 / 1e6
}

// TestIndexSize holds that a matter takes less than the 300 bytes that a million of them may take in 300 MB.
func TestIndexSize(t *testing.T) {
	const matters = 60_000
	town := crowd(matters, false)
	before := heap()
	x := NewIndex(Default, 0.5)
	for i := range matters {
		x.Add(int64(i), town(i))
	}
	if each := float64(heap()-before) / matters; each > 300 {
		t.Errorf("%.0f bytes a matter", each)
	} else {
		t.Logf("%.0f bytes a matter, heads of chains and all", each)
	}
	runtime.KeepAlive(x)
}

// BenchmarkIndex holds a million open matters and queries them.
func BenchmarkIndex(b *testing.B) {
	const million = 1_000_000
	for _, hot := range []bool{false, true} {
		make := crowd(million, hot)
		before := heap()
		// next to nothing of it is pointers, so collecting often costs little, and the heap is kept from doubling
		often := debug.SetGCPercent(15)
		x := NewIndex(Default, 0.5)
		began := time.Now()
		for i := range million {
			x.Add(int64(i), make(i))
		}
		took := time.Since(began)
		most := peak()
		debug.SetGCPercent(often)
		held := heap() - before
		for _, query := range []string{"placed", "no-place"} {
			b.Run(fmt.Sprintf("hot=%v/%s", hot, query), func(b *testing.B) {
				var times []time.Duration
				found := 0
				for i := 0; b.Loop(); i++ {
					r := make((i * 7919) % million)
					r.Placed = query == "placed"
					began := time.Now()
					found += len(x.Query(r, 10))
					times = append(times, time.Since(began))
				}
				slices.Sort(times)
				b.ReportMetric(float64(times[len(times)*99/100].Microseconds()), "p99-µs")
				b.ReportMetric(float64(times[len(times)-1].Microseconds()), "max-µs")
				b.ReportMetric(float64(held)/1e6, "held-MB")
				b.ReportMetric(most, "peak-MB")
				b.ReportMetric(took.Seconds()*1e6/million, "µs/add")
				b.ReportMetric(float64(found)/float64(len(times)), "found")
			})
		}
		b.Run(fmt.Sprintf("hot=%v/close-and-open", hot), func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				id := (i * 7919) % million
				x.Remove(int64(id))
				x.Add(int64(id), make(id))
			}
		})
	}
}
