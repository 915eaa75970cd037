package science

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"strconv"
	"strings"
	"time"

	"skein/face/chart"
	"skein/frame/civic"
	"skein/science/outbreak/scan"
)

// Scan is `skein science scan`.
type Scan struct {
	Output
	Cases       string   `arg:"" help:"CSV: t or date, area, count (1 without it)."`
	Areas       string   `required:"" placeholder:"AREAS.csv" help:"CSV: area, x and y, or latitude and longitude; population for the Poisson model."`
	Model       string   `default:"permutation" enum:"permutation,poisson" help:"permutation (cases alone) or poisson (people too)."`
	MaxDays     int      `default:"7" help:"A cluster lasts at most so many days, the last day with them."`
	MaxShare    float64  `default:"0.5" help:"A circle has at most this share of the cases (permutation) or people (poisson)."`
	MaxDistance float64  `help:"… and at most this radius: kilometres, or the unit of x and y."`
	MaxAreas    int      `help:"… and at most so many areas."`
	MinCases    int      `default:"2" help:"A cluster has at least so many cases."`
	Replicates  int      `default:"9999" help:"Data sets made up to see what chance does."`
	StopAfter   int      `help:"Stop when so many of them reached the strongest cluster (sequential Monte Carlo)."`
	Seed        uint64   `default:"1" help:"Of the random numbers: the same seed, the same answer."`
	From        string   `placeholder:"DATE|T" help:"First day of the study; that of the first case (t: 1) without it."`
	To          string   `placeholder:"DATE|T" help:"Last day; that of the last case without it."`
	Strata      []string `placeholder:"COLUMN,…" help:"Columns of the cases (and of --population) whose values are compared among themselves only: age, sex, weekday."`
	Population  string   `placeholder:"FILE.csv" help:"CSV: area, population, maybe t or date, and the columns of --strata. Between dates it is interpolated."`
	LeaveOut    string   `placeholder:"LAT,LONG" help:"Leave out the areas at this point with their cases: where cases are put whose place is not known."`
	Plot        string   `placeholder:"FILE.svg" help:"Draw the areas and clusters."`
}

// Validate refuses options out of range.
func (c *Scan) Validate() error {
	switch {
	case c.MaxDays < 1 || c.MaxDays > 1000:
		return errors.New("--max-days is from 1 to 1000")
	case !(c.MaxShare > 0 && c.MaxShare <= 1):
		return errors.New("--max-share is above 0, and 1 at most")
	case !(c.MaxDistance >= 0) || math.IsInf(c.MaxDistance, 0):
		return errors.New("--max-distance is 0 or more")
	case c.MinCases < 1 || c.StopAfter < 0 || c.MaxAreas < 0:
		return errors.New("--min-cases is 1 or more, --stop-after and --max-areas 0 or more")
	case c.Replicates < 0 || c.Replicates > 10_000_000:
		return errors.New("--replicates is from 0 to 10000000")
	}
	if _, err := c.point(); err != nil {
		return err
	}
	_, err := c.period()
	return err
}

// point is what --leave-out says, or nil.
func (c *Scan) point() (*[2]float64, error) {
	if c.LeaveOut == "" {
		return nil, nil
	}
	first, second, ok := strings.Cut(c.LeaveOut, ",")
	a, bad := strconv.ParseFloat(strings.TrimSpace(first), 64)
	b, worse := strconv.ParseFloat(strings.TrimSpace(second), 64)
	if !ok || bad != nil || worse != nil {
		return nil, errors.New("--leave-out is two numbers, as in 42.3594,-71.0587")
	}
	return &[2]float64{a, b}, nil
}

func (c *Scan) period() (p scan.Period, err error) {
	read := func(s string, t *int, date *time.Time) {
		if s == "" || err != nil {
			return
		}
		if n, bad := strconv.Atoi(s); bad == nil && n > 0 {
			*t = n
		} else if *date, bad = time.Parse(time.DateOnly, s); bad != nil {
			err = errors.New("--from and --to are dates as 2024-12-31, or numbers t from 1")
		}
	}
	read(c.From, &p.FirstT, &p.First)
	read(c.To, &p.LastT, &p.Last)
	if err == nil && (p.LastT > 0 && p.LastT < p.FirstT || !p.Last.IsZero() && p.Last.Before(p.First)) {
		err = errors.New("--to is before --from")
	}
	return p, err
}

// Run prints a row a cluster.
func (c *Scan) Run(d *Desk) error {
	var files scan.Files
	var err error
	for _, f := range []struct {
		name string
		to   *[]byte
	}{{c.Cases, &files.Cases}, {c.Areas, &files.Areas}, {c.Population, &files.Population}} {
		if f.name != "" {
			if *f.to, err = d.read(f.name); err != nil {
				return err
			}
		}
	}
	o := scan.Options{MaxTimes: c.MaxDays, MaxShare: c.MaxShare, MaxDistance: c.MaxDistance, MaxAreas: c.MaxAreas, MinCases: c.MinCases,
		Replicates: c.Replicates, StopAfter: c.StopAfter, Seed: c.Seed, Workers: runtime.GOMAXPROCS(0)}
	if c.Model == "poisson" {
		o.Model = scan.Poisson
	}
	choice := scan.Choice{Strata: c.Strata, Model: o.Model}
	if choice.Period, err = c.period(); err != nil {
		return err
	}
	if choice.Without, err = c.point(); err != nil {
		return err
	}
	study, err := scan.Parse(files, choice)
	if err != nil {
		return c.named(err)
	}
	r := scan.Prospective(study.Study, o)
	if c.Plot != "" {
		if err := d.write(c.Plot, c.picture(d, study, r)); err != nil {
			return err
		}
	}
	return c.print(d, study, r)
}

// named puts the files' names for what they are.
func (c *Scan) named(err error) error {
	bad, ok := civic.AsRefusals(err)
	if !ok {
		return err
	}
	out := make(civic.Refusals, len(bad))
	for i, b := range bad {
		out[i] = b.In(map[string]string{"cases": c.Cases, "areas": c.Areas, "population": c.Population}[b.Field])
	}
	return out
}

func (c *Scan) print(d *Desk, study *scan.Read, r scan.Result) error {
	columns := []string{"cluster", "areas", "first", "last", "observed", "expected", "llr", "p", "recurrence", "gumbel_p", "centre", "radius"}
	rows := make([][]any, len(r.Clusters))
	for i, k := range r.Clusters {
		var areas any = strings.Join(names(study, k), ";")
		if c.format(d) == "json" {
			areas = names(study, k)
		}
		rows[i] = []any{i + 1, areas, day(study, k.First), day(study, k.Last), k.Observed, k.Expected, k.LLR, figure(k.P), figure(k.Recurrence), figure(k.Gumbel), study.Study.Areas[k.Centre].Name, k.Radius}
	}
	if err := c.table(d, columns, rows); err != nil || c.format(d) != "text" {
		return err
	}
	fmt.Fprintln(d.Out)
	for i, k := range r.Clusters {
		key, args := k.Sentence(around(d, study, k), fmt.Sprint(day(study, k.First)), fmt.Sprint(day(study, k.Last)))
		fmt.Fprintf(d.Out, "%d. %s\n", i+1, d.Voice.Say(key, args...))
	}
	if len(r.Clusters) == 0 {
		fmt.Fprintln(d.Out, d.Voice.Say("science.no_cluster"))
	}
	fmt.Fprintln(d.Out, d.Voice.Say("science.scanned", "cases", r.Cases, "days", study.Times, "areas", len(study.Study.Areas), "replicates", len(r.Null)))
	if study.Left > 0 {
		fmt.Fprintln(d.Out, d.Voice.Say("science.left_out", "cases", study.Left))
	}
	return nil
}

// around names a cluster's place: its only area, or how many around which.
func around(d *Desk, study *scan.Read, k scan.Cluster) string {
	centre := study.Study.Areas[k.Centre].Name
	if len(k.Areas) == 1 {
		return centre
	}
	return d.Voice.Say("science.areas", "areas", len(k.Areas), "centre", centre)
}

// day is a unit of time as the file has it.
func day(study *scan.Read, unit int) any {
	if study.Dated {
		return study.Start.AddDate(0, 0, unit).Format(time.DateOnly)
	}
	return study.StartT + unit
}

func names(study *scan.Read, k scan.Cluster) []string {
	out := make([]string, len(k.Areas))
	for i, a := range k.Areas {
		out[i] = study.Study.Areas[a].Name
	}
	return out
}

// picture draws the areas by their cases, and the first clusters.
func (c *Scan) picture(d *Desk, study *scan.Read, r scan.Result) []byte {
	say := d.Voice.Say
	p := chart.Plane{Frame: chart.Frame{Title: say("science.scan_title", "model", c.Model), X: "x", Y: "y", Lang: d.Voice.Lang}, Plain: say("science.area")}
	if study.Geographic {
		p.X, p.Y = say("science.longitude"), say("science.latitude")
		middle := 0.0
		for _, a := range study.Study.Areas {
			middle += a.Y / float64(len(study.Study.Areas))
		}
		p.Stretch = 1 / math.Max(math.Cos(middle*math.Pi/180), 0.01)
	}
	cases := make([]float64, len(study.Study.Areas))
	for _, k := range study.Study.Cases {
		cases[k.Area] += float64(k.Count)
	}
	for i, a := range study.Study.Areas {
		area := chart.Area{X: a.X, Y: a.Y, Weight: cases[i]}
		if len(study.Study.Areas) <= 40 {
			area.Label = a.Name
		}
		p.Areas = append(p.Areas, area)
	}
	var told []string
	for i, k := range r.Clusters[:min(len(r.Clusters), 3)] {
		centre := study.Study.Areas[k.Centre]
		p.Clusters = append(p.Clusters, chart.Cluster{Name: say("science.cluster", "number", i+1, "first", fmt.Sprint(day(study, k.First)), "last", fmt.Sprint(day(study, k.Last)), "p", strconv.FormatFloat(k.P, 'g', 2, 64)), X: centre.X, Y: centre.Y, Members: k.Areas})
		key, args := k.Sentence(around(d, study, k), fmt.Sprint(day(study, k.First)), fmt.Sprint(day(study, k.Last)))
		told = append(told, say(key, args...))
	}
	p.Desc = d.Voice.Join(told...)
	return p.SVG()
}
