package science

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"skein/frame/civic"
	"skein/science/outbreak"
)

// Warn is `skein science warn`.
type Warn struct {
	Output
	File   string `arg:"" help:"CSV, long (series, date or t, count; maybe mean) or wide (date or t, then a column a series); - is standard input."`
	Method string `required:"" enum:"ears-c1,ears-c2,ears-c3,farrington,cusum,lr,glr-poisson,glr-nb" help:"ears-c1, ears-c2, ears-c3, farrington, cusum, lr, glr-poisson or glr-nb."`

	Alpha    *float64 `help:"EARS, Farrington: one-sided level, 0.001 (ears-c3: 0.025; Farrington: 0.05) without it. lr, glr-nb: alpha of the negative binomial's variance μ+αμ²; without it 0 (Poisson) and from the baseline."`
	Baseline *int     `help:"EARS: points in the baseline, 7. cusum, lr, glr: the first points, from which the mean is estimated; half of them without it. A column mean stands in for both."`
	MinSigma *float64 `help:"EARS: the least standard deviation, 0."`
	Last     int      `help:"Tell only the last so many points."`
	FDR      float64  `name:"fdr" help:"Silence alarms so that of those raised at one time, over all series, at most this share is expected to be false (Benjamini and Hochberg)."`
	Say      bool     `help:"Two more columns: why nothing can be told, and each alarm in a sentence."`
	Plot     string   `placeholder:"FILE.svg" help:"Draw the series (six at most, those with alarms first)."`

	Freq             int     `default:"52" help:"Points in a year (farrington; --harmonics)."`
	B                int     `default:"5" help:"farrington: years back."`
	W                int     `default:"3" help:"farrington: half the window around the same time of earlier years."`
	Reweight         bool    `default:"true" negatable:"" help:"farrington: let past outbreaks weigh less."`
	WeightsThreshold float64 `default:"2.58" help:"farrington: … from this standardised residual on."`
	Trend            bool    `default:"true" negatable:"" help:"farrington: allow a trend."`
	TrendP           float64 `name:"trend-p" default:"0.05" help:"farrington: keep it below this p-value."`
	Limit54          []int   `name:"limit54" default:"5,4" help:"farrington: tell nothing with fewer than 5 cases in the last 4 points."`
	Power            string  `default:"2/3" enum:"2/3,1/2,none" help:"farrington, delta: the power that makes counts normal: 2/3, 1/2 or none."`
	Periods          int     `default:"1" help:"farrington: groups of a year; 1 takes the windows alone."`
	PastNotIncluded  int     `default:"-1" help:"farrington: the last points that are left out of the baseline; as --w without it."`
	Threshold        string  `default:"delta" enum:"delta,nbplugin,muan" help:"farrington: delta, nbplugin or muan."`

	Harmonics int     `help:"cusum, lr, glr: a mean with so many sines and cosines of a year of --freq points."`
	K         float64 `default:"1.04" help:"cusum: drift, in standard deviations."`
	H         float64 `default:"2.26" help:"cusum: limit."`
	Transform string  `default:"standard" enum:"standard,rossi,anscombe" help:"cusum: standard, rossi or anscombe."`
	Ratio     float64 `default:"2" help:"lr: the factor by which the mean rises."`
	Limit     float64 `default:"5" help:"lr, glr: limit of the log likelihood ratio."`
	Change    string  `default:"intercept" enum:"intercept,epi,epi-max" help:"glr-poisson: intercept (the mean rises by a factor), epi (a part of the count before comes on top, searched for as R does, which misses some rises) or epi-max (the same, none missed)."`
	Window    int     `help:"glr: the longest a rise may have lasted, in points; since the last alarm without it."`
	AtLeast   int     `default:"1" help:"glr: the shortest."`
}

// Validate refuses options that contradict each other or the method.
func (c *Warn) Validate() error {
	ears, farrington := strings.HasPrefix(c.Method, "ears"), c.Method == "farrington"
	sums := !ears && !farrington
	switch {
	case c.Method == "": // kong says that it is missing
		return nil
	case c.Alpha != nil && (c.Method == "cusum" || c.Method == "glr-poisson"):
		return fmt.Errorf("--alpha has no meaning for %s: it has a limit instead", c.Method)
	case c.Alpha != nil && !(*c.Alpha > 0 && *c.Alpha < 1) && !sums:
		return errors.New("--alpha lies between 0 and 1")
	case c.Alpha != nil && !(*c.Alpha >= 0 && *c.Alpha <= 1e6):
		return errors.New("--alpha is 0 or more")
	case c.Change != "intercept" && c.Change != "" && c.Method != "glr-poisson":
		return errors.New("--change is for glr-poisson")
	case c.Baseline != nil && farrington:
		return errors.New("--baseline has no meaning for farrington: it has --b, --w and --periods")
	case c.Baseline != nil && (*c.Baseline < 2 || *c.Baseline > 1_000_000):
		return errors.New("--baseline is from 2 to 1000000")
	case c.MinSigma != nil && !ears:
		return errors.New("--min-sigma is for EARS")
	case c.MinSigma != nil && !(*c.MinSigma >= 0 && *c.MinSigma < 1e12):
		return errors.New("--min-sigma is 0 or more")
	case c.Freq < 2 || c.Freq > 100_000:
		return errors.New("--freq is 2 or more")
	case c.B < 1 || c.B > 1000 || c.W < 0 || c.W > c.Freq/2:
		return errors.New("--b is 1 or more, --w from 0 to half of --freq")
	case c.Periods < 1 || c.Periods > c.Freq:
		return errors.New("--periods is from 1 to --freq")
	case len(c.Limit54) != 2 || c.Limit54[0] < 0 || c.Limit54[1] < 1:
		return errors.New("--limit54 is two numbers, as in 5,4")
	case !(c.TrendP >= 0 && c.TrendP <= 1) || !(c.WeightsThreshold > 0):
		return errors.New("--trend-p lies between 0 and 1, --weights-threshold above 0")
	case c.Last < 0 || c.Window < 0 || c.AtLeast < 1 || c.Harmonics < 0 || c.Harmonics > 20:
		return errors.New("--last, --window, --at-least and --harmonics count something")
	case !(c.FDR >= 0 && c.FDR < 1):
		return errors.New("--fdr lies between 0 and 1")
	case c.FDR > 0 && (sums || c.Method == "ears-c3"):
		return fmt.Errorf("--fdr needs p-values, and %s has none", c.Method)
	case !(c.Ratio > 1) || !(c.Limit > 0) || !(c.H > 0) || math.IsNaN(c.K):
		return errors.New("--ratio is above 1, --limit and --h above 0")
	}
	return nil
}

// Run prints a row for each point of each series.
func (c *Warn) Run(d *Desk) error {
	data, err := d.read(c.File)
	if err != nil {
		return err
	}
	table, err := outbreak.Parse(data)
	if err != nil {
		return inFile(err, c.File)
	}
	n := len(table.T)
	from := 0
	if c.Last > 0 {
		from = max(n-c.Last, 0)
	}
	points := make([][]outbreak.Point, len(table.Names))
	parallel(len(table.Names), func(i int) {
		var means []float64
		if table.Means != nil {
			means = table.Means[i]
		}
		points[i] = c.tell(table.Counts[i], means, table.Dates, from)
	})
	if c.FDR > 0 {
		for t := range n - from {
			at := make([]*outbreak.Point, len(points))
			for i := range points {
				at[i] = &points[i][t]
			}
			outbreak.ControlFalseDiscoveries(at, c.FDR)
		}
	}
	if c.Plot != "" {
		if err := d.write(c.Plot, c.picture(d, table, points, from)); err != nil {
			return err
		}
	}
	return c.print(d, table, points, from)
}

// parallel does n things on all processors.
func parallel(n int, do func(i int)) {
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		group.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				do(i)
			}
		})
	}
	group.Wait()
}

// inFile names the file that refusals are about.
func inFile(err error, file string) error {
	bad, ok := civic.AsRefusals(err)
	if !ok {
		return err
	}
	out := slices.Clone(bad)
	for i := range out {
		out[i] = out[i].In(file)
	}
	return out
}

// tell asks the method about one series, from a point on.
func (c *Warn) tell(counts, means []float64, dates []time.Time, from int) []outbreak.Point {
	switch {
	case strings.HasPrefix(c.Method, "ears"):
		o := outbreak.DefaultEARS(outbreak.Variant(c.Method[len(c.Method)-1] - '0'))
		set(&o.Alpha, c.Alpha)
		set(&o.Baseline, c.Baseline)
		set(&o.MinSigma, c.MinSigma)
		start := max(from-o.Baseline-4, 0) // all that the first point looks back on
		points := outbreak.EARS(counts[start:], o)
		return points[from-start:]
	case c.Method == "farrington":
		at := make([]int, 0, len(counts)-from)
		for t := from; t < len(counts); t++ {
			at = append(at, t)
		}
		told := outbreak.Farrington(counts, dates, at, c.farrington())
		points := make([]outbreak.Point, len(told))
		for i, p := range told {
			points[i] = p.Point
		}
		return points
	}
	return c.watch(counts, means)[from:]
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

func (c *Warn) farrington() outbreak.FarringtonOptions {
	o := outbreak.DefaultFarrington()
	o.Freq, o.B, o.W, o.Periods, o.Exclude = c.Freq, c.B, c.W, c.Periods, c.PastNotIncluded
	o.Reweight, o.WeightsThreshold, o.Trend, o.TrendP = c.Reweight, c.WeightsThreshold, c.Trend, c.TrendP
	o.LimitCases, o.LimitPoints = c.Limit54[0], c.Limit54[1]
	o.Power = map[string]outbreak.Power{"2/3": outbreak.TwoThirds, "1/2": outbreak.Half, "none": outbreak.None}[c.Power]
	o.Threshold = map[string]outbreak.Threshold{"delta": outbreak.Delta, "nbplugin": outbreak.NBPlugin, "muan": outbreak.MuAn}[c.Threshold]
	set(&o.Alpha, c.Alpha)
	return o
}

// watch runs a method that needs in-control means: those of the file, or estimated from the baseline, which is then not watched.
// Without cases in the baseline nothing is told.
func (c *Warn) watch(counts, means []float64) []outbreak.Point {
	start := 0
	if means == nil {
		start = len(counts) / 2
		set(&start, c.Baseline)
		start = min(start, len(counts))
		var ok bool
		if means, ok = outbreak.InControl(counts, start, c.Harmonics, float64(c.Freq)); !ok {
			silent := make([]outbreak.Point, len(counts))
			for t := range silent {
				if silent[t] = outbreak.Silent(counts[t], outbreak.Unfit); t < start {
					silent[t].Reason = outbreak.Short
				}
			}
			return silent
		}
	}
	x, mu := counts[start:], means[start:]
	var told []outbreak.Watched
	switch c.Method {
	case "cusum":
		o := outbreak.CUSUMOptions{K: c.K, H: c.H}
		o.Transform = map[string]outbreak.Transform{"standard": outbreak.Standard, "rossi": outbreak.Rossi, "anscombe": outbreak.Anscombe}[c.Transform]
		told = outbreak.CUSUM(x, mu, o)
	case "lr":
		o := outbreak.LROptions{Ratio: c.Ratio, Limit: c.Limit}
		set(&o.Overdisp, c.Alpha)
		told = outbreak.LRCUSUM(x, mu, o)
	default:
		o := outbreak.GLROptions{Limit: c.Limit, Window: c.Window, AtLeast: c.AtLeast}
		o.Change = map[string]outbreak.Change{"intercept": outbreak.Intercept, "epi": outbreak.Epidemic, "epi-max": outbreak.EpidemicMax}[c.Change]
		if c.Method == "glr-nb" {
			if o.Overdisp = outbreak.Overdispersion(counts[:start], means[:start]); start == 0 {
				o.Overdisp = outbreak.Overdispersion(counts, means)
			}
			set(&o.Overdisp, c.Alpha)
		}
		told = outbreak.GLR(x, mu, o)
	}
	points := make([]outbreak.Point, 0, len(counts))
	for _, x := range counts[:start] { // the baseline itself
		points = append(points, outbreak.Silent(x, outbreak.Short))
	}
	for _, p := range told {
		points = append(points, p.Point)
	}
	return points
}
