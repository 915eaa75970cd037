package scan

// Area is a place where cases are counted.
type Area struct {
	Name string
	X, Y float64 // plane coordinates in one unit, or longitude and latitude in degrees
}

// Case is a number of cases of one area, time and stratum.
type Case struct {
	Area    int // index into Areas
	Time    int // 0 … Times-1
	Count   int
	Stratum int // 0 … ; 0 everywhere without strata
}

// Population is how many people an area and stratum had at a time. Between two times it is interpolated, before the first
// and after the last it is constant. Time runs like Case.Time, the middle of time unit t being t + 0.5.
type Population struct {
	Area    int
	Stratum int
	Time    float64
	People  float64
}

// Study is what is scanned.
type Study struct {
	Areas       []Area
	Geographic  bool // X, Y are longitude and latitude; distances are then kilometres on the sphere
	Times       int  // units of time (days) in the study; the last is the present
	Cases       []Case
	Populations []Population // for Poisson
	Ends        []float64    // where each unit of time ends, the first beginning at 0, if they are not all of length 1: months, years
}

// Model is the null hypothesis.
type Model int

const (
	Permutation Model = iota // space-time permutation (Kulldorff et al. 2005)
	Poisson                  // Kulldorff (1997)
)

// Options are what windows are looked at, and how often chance is asked.
type Options struct {
	Model       Model
	MaxTimes    int     // D: windows are the last 1 … D units; 0 means half the study
	MaxShare    float64 // a circle has at most this share of the population (Poisson) or cases (permutation); 0 means 0.5
	MaxDistance float64 // and at most this radius, in the unit of the coordinates or kilometres; 0 for no limit
	MaxAreas    int     // and at most so many areas; 0 for no limit
	MinCases    int     // a window has at least so many cases; 0 means 2
	Replicates  int     // made-up data sets
	StopAfter   int     // stop when so many of them reached the most likely cluster (Besag and Clifford 1991); 0 for never
	Seed        uint64
	Workers     int // goroutines; 0 or 1 for one
}

func (o Options) filled(times int) Options {
	if o.MaxTimes <= 0 {
		o.MaxTimes = max(times/2, 1)
	}
	o.MaxTimes = min(o.MaxTimes, times)
	if o.MaxShare <= 0 {
		o.MaxShare = 0.5
	}
	if o.MinCases <= 0 {
		o.MinCases = 2
	}
	o.Workers = max(o.Workers, 1)
	return o
}

// Cluster is a window that stands out.
type Cluster struct {
	Centre      int   // the area in the middle of the circle
	Areas       []int // its areas, ascending
	First, Last int   // its units of time, both in it
	Observed    int
	Expected    float64
	LLR         float64 // log likelihood ratio
	Radius      float64 // from the centre to the farthest area
	P           float64 // (replicates that reached LLR + 1) / (replicates + 1); with sequential stopping reached/made; NaN without replicates
	Gumbel      float64 // P from a Gumbel distribution with the replicates' mean and variance, for P below what they resolve; NaN with fewer than 20
	Recurrence  float64 // 1/P: in units of time, if the scan is made once a unit
}

// Result is what a scan says.
type Result struct {
	// Clusters stand by LLR, no two with an area in common; the first is the most likely. Of the others those
	// are left out that every replicate reached, unless the Gumbel tail still gives them less than 0.9999.
	Clusters []Cluster
	Null     []float64 // the largest LLR of each replicate, in order
	Stopped  bool      // sequential stopping ended it
	Cases    int
}
