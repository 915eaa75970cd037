package scan

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"skein/internal/shared"
)

type satscan struct {
	Config   map[string]string
	Clusters []map[string]any
	Null     map[string]float64 `json:"null_llr_quantiles"`
}

func readSatscan(t testing.TB, file string) map[string]satscan {
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]satscan
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func number(t testing.TB, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// plane reads the synthetic sets.
func plane(t testing.TB, dir, name string) Study {
	read := func(file string) [][]string {
		f, err := os.Open(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		rows, err := csv.NewReader(f).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows[1:]
	}
	var s Study
	index := map[string]int{}
	for i, r := range read(name + "_areas.csv") {
		index[r[0]] = i
		s.Areas = append(s.Areas, Area{r[0], number(t, r[1]), number(t, r[2])})
		s.Populations = append(s.Populations, Population{Area: i, People: number(t, r[3])})
	}
	for _, r := range read(name + "_cases.csv") {
		day := int(number(t, r[0]))
		s.Times = max(s.Times, day)
		s.Cases = append(s.Cases, Case{Area: index[r[1]], Time: day - 1, Count: int(number(t, r[2]))})
	}
	return s
}

// fields reads SaTScan's own files of words apart.
func fields(t testing.TB, file string) (out [][]string) {
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(raw), "\n") {
		if f := strings.Fields(line); len(f) > 0 {
			out = append(out, f)
		}
	}
	return out
}

func geographic(t testing.TB, file string) (Study, map[string]int) {
	s := Study{Geographic: true}
	index := map[string]int{}
	for _, f := range fields(t, file) {
		index[f[0]] = len(s.Areas)
		s.Areas = append(s.Areas, Area{f[0], number(t, f[2]), number(t, f[1])})
	}
	return s, index
}

func day(t testing.TB, s string) time.Time {
	d, err := time.Parse("2006/1/2", s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func fever(t testing.TB, dir string) Study {
	s, index := geographic(t, filepath.Join(dir, "nyc_fever.geo"))
	first := day(t, "2001/11/1")
	s.Times = 24
	for _, f := range fields(t, filepath.Join(dir, "nyc_fever.cas")) {
		s.Cases = append(s.Cases, Case{Area: index[f[0]], Time: int(day(t, f[2]).Sub(first).Hours() / 24), Count: int(number(t, f[1]))})
	}
	return s
}

// since is the number of days from 1973 to the first of a month.
func since(year int, month time.Month) float64 {
	return time.Date(year, month, 1, 0, 0, 0, 0, time.UTC).Sub(time.Date(1973, 1, 1, 0, 0, 0, 0, time.UTC)).Hours() / 24
}

func newMexico(t testing.TB, dir string, covariates bool) Study {
	s, index := geographic(t, filepath.Join(dir, "nm.geo"))
	s.Times = 1991 - 1973 + 1
	strata := map[string]int{}
	stratum := func(age, sex string) int {
		if !covariates {
			return 0
		}
		k := age + "/" + sex
		if _, ok := strata[k]; !ok {
			strata[k] = len(strata)
		}
		return strata[k]
	}
	for _, f := range fields(t, filepath.Join(dir, "nm.cas")) {
		s.Cases = append(s.Cases, Case{index[f[0]], int(number(t, f[2])) - 1973, int(number(t, f[1])), stratum(f[3], f[4])})
	}
	for _, f := range fields(t, filepath.Join(dir, "nm.pop")) {
		// A year alone means its first of July; years are as long as they are.
		s.Populations = append(s.Populations, Population{index[f[0]], stratum(f[3], f[4]), since(1900+int(number(t, f[1])), time.July), number(t, f[2])})
	}
	for year := 1973; year <= 1991; year++ {
		s.Ends = append(s.Ends, since(year+1, time.January))
	}
	return s
}

func TestAgreesWithSaTScan(t *testing.T) {
	for _, name := range []string{"g_25x21", "g_40x14_null", "nyc_fever", "nm"} {
		dir := "testdata"
		if _, err := os.Stat(filepath.Join(dir, name+"_satscan.json")); err != nil {
			dir = shared.Dir(t, "golden/scan")
		}
		runs := readSatscan(t, filepath.Join(dir, name+"_satscan.json"))
		configs := make([]string, 0, len(runs))
		for c := range runs {
			configs = append(configs, c)
		}
		sort.Strings(configs)
		for _, config := range configs {
			run := runs[config]
			if run.Config["AnalysisType"] != "4" {
				continue // retrospective
			}
			var s Study
			unit := func(date time.Time) int { return int(date.Sub(day(t, run.Config["StartDate"])).Hours() / 24) }
			switch name {
			case "nyc_fever":
				s = fever(t, dir)
			case "nm":
				s = newMexico(t, dir, true)
				unit = func(date time.Time) int { return date.Year() - 1973 }
			default:
				s = plane(t, dir, name)
			}
			o := Options{MaxTimes: int(number(t, run.Config["MaxTemporalSize"])), MaxShare: number(t, run.Config["MaxSpatialSizeInPopulationAtRisk"]) / 100, Replicates: 9999, Seed: 1, Workers: 2}
			if run.Config["ModelType"] == "0" {
				o.Model = Poisson
			}
			if far, ok := run.Config["MaxSpatialSizeInDistanceFromCenter"]; ok {
				o.MaxDistance = number(t, far)
			}
			began := time.Now()
			r := Prospective(s, o)
			took := time.Since(began)
			worst, worstP := 0.0, 0.0
			// Which of the last ones, with a p-value near 1, are listed at all depends on the replicates.
			if few := min(len(r.Clusters), len(run.Clusters)); slices.ContainsFunc(r.Clusters[few:], func(c Cluster) bool { return c.P < 0.999 }) ||
				slices.ContainsFunc(run.Clusters[few:], func(c map[string]any) bool { return number(t, c["P_VALUE"].(string)) < 0.999 }) {
				t.Errorf("%s %s: %d clusters, wanted %d", name, config, len(r.Clusters), len(run.Clusters))
			}
			for i := range min(len(r.Clusters), len(run.Clusters)) {
				got, want := r.Clusters[i], run.Clusters[i]
				text := func(k string) string { v, _ := want[k].(string); return v }
				llr := text("LLR")
				if llr == "" {
					llr = text("TEST_STAT")
				}
				var members, wanted []string
				for _, a := range got.Areas {
					members = append(members, s.Areas[a].Name)
				}
				for _, m := range want["members"].([]any) {
					wanted = append(wanted, m.(string))
				}
				slices.Sort(members)
				d := math.Abs(got.LLR - number(t, llr))
				p := number(t, text("P_VALUE"))
				dp := math.Abs(got.P-p) / math.Sqrt(2*math.Max(p*(1-p), 1e-4)/9999)
				worst, worstP = math.Max(worst, d), math.Max(worstP, dp)
				if d > 1e-5 || dp > 4 || !slices.Equal(members, wanted) || got.First != unit(day(t, text("START_DATE"))) || got.Last != unit(day(t, text("END_DATE"))) || strconv.Itoa(got.Observed) != text("OBSERVED") || math.Abs(got.Expected-number(t, text("EXPECTED"))) > 0.0051 {
					t.Errorf("%s %s %d: %v %+v\nwanted %v", name, config, i+1, members, got, want)
				}
			}
			null := slices.Clone(r.Null)
			slices.Sort(null)
			worstQ := 0.0
			for q, v := range run.Null {
				got := null[int(number(t, q)*float64(len(null)))]
				worstQ = math.Max(worstQ, math.Abs(got-v))
			}
			t.Logf("%s %s: %d clusters, LLR within %.1e, p within %.1f standard errors, null quantiles within %.2f; %v", name, config, len(r.Clusters), worst, worstP, worstQ, took.Round(time.Millisecond))
		}
	}
}

// nearest is what scanstatistics says: zones are the nearest areas of each, all durations are searched.
type nearest struct {
	K                    int `json:"k_nearest"`
	T                    int `json:"n_times"`
	Permutation, Poisson struct {
		MLC     window
		P       float64 `json:"mc_pvalue"`
		Top25   []window
		Limited []limited
		Null    map[string]float64 `json:"replicate_llr_quantiles"`
	}
}

type window struct {
	LLR      float64
	Duration int
	Areas    []string
	Cases    int
}

type limited struct {
	Max int `json:"max_duration"`
	LLR float64
}

func TestAgreesWithScanstatistics(t *testing.T) {
	for _, name := range []string{"g_25x21", "g_40x14_null"} {
		raw, err := os.ReadFile(filepath.Join("testdata", name+"_expected.json"))
		if err != nil {
			t.Fatal(err)
		}
		var want nearest
		if err := json.Unmarshal(raw, &want); err != nil {
			t.Fatal(err)
		}
		s := plane(t, "testdata", name)
		for model, w := range map[Model]struct {
			p    float64
			mlc  window
			top  []window
			upTo []limited
		}{Permutation: {want.Permutation.P, want.Permutation.MLC, want.Permutation.Top25, want.Permutation.Limited}, Poisson: {want.Poisson.P, want.Poisson.MLC, want.Poisson.Top25, want.Poisson.Limited}} {
			o := Options{Model: model, MaxTimes: want.T, MaxShare: 1, MaxAreas: want.K, MinCases: 1, Replicates: 999, Seed: 4, Workers: 2}
			r := Prospective(s, o)
			got := r.Clusters[0]
			var members []string
			for _, a := range got.Areas {
				members = append(members, s.Areas[a].Name)
			}
			// Its p-value counts ">" only and has its own replicates.
			if math.Abs(got.LLR-w.mlc.LLR) > 1e-8 || got.Last-got.First+1 != w.mlc.Duration || got.Observed != w.mlc.Cases || !slices.Equal(members, w.mlc.Areas) || math.Abs(got.P-w.p) > 4*math.Sqrt(2*math.Max(w.p*(1-w.p), 1e-3)/999) {
				t.Errorf("%s model %d: %+v, wanted %+v p %g", name, model, got, w.mlc, w.p)
			}
			for _, l := range w.upTo {
				o := o
				o.MaxTimes, o.Replicates = l.Max, 0
				if got := Prospective(s, o).Clusters[0].LLR; math.Abs(got-l.LLR) > 1e-8 {
					t.Errorf("%s model %d, up to %d days: %g, wanted %g", name, model, l.Max, got, l.LLR)
				}
			}
			// The best windows of all zones, each set of areas once.
			f := s.field(o.filled(s.Times))
			found := map[string]float64{}
			for _, circle := range f.circles {
				var set []string
				mu, n := make([]float64, f.depth), make([]int, f.depth)
				for _, a := range circle {
					set = append(set, s.Areas[a].Name)
					key := slices.Sorted(slices.Values(set))
					for d := range f.depth {
						mu[d] += f.expected[int(a)*f.depth+d]
						n[d] += f.observed[int(a)*f.depth+d]
						found[strings.Join(key, " ")+" "+strconv.Itoa(d+1)] = ratio(float64(n[d]), mu[d], float64(f.total))
					}
				}
			}
			worst := 0.0
			for _, win := range w.top {
				d := math.Abs(found[strings.Join(win.Areas, " ")+" "+strconv.Itoa(win.Duration)] - win.LLR)
				worst = math.Max(worst, d)
				if d > 1e-8 {
					t.Errorf("%s model %d: %+v is %g off", name, model, win, d)
				}
			}
			t.Logf("%s model %d: most likely cluster, p %.3f for %.3f; %d windows, LLR within %.1e", name, model, got.P, w.p, len(w.top), worst)
		}
	}
}
