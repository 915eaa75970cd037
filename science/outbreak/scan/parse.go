package scan

import (
	"math"
	"sort"
	"strings"
	"time"

	"skein/frame/civic"
	"skein/science/outbreak/rows"
)

// Files are the texts of a study.
type Files struct {
	Cases      []byte // t or date, area, count (1 without it), and the columns of strata
	Areas      []byte // area, x and y, or latitude and longitude; maybe population
	Population []byte // area, population, the columns of strata, maybe t or date; nil to take the areas'
}

// Choice is what of the files is taken.
type Choice struct {
	Period
	Strata  []string    // columns whose values together are a stratum
	Without *[2]float64 // latitude and longitude, or x and y: areas there are left out with their cases, for cases are put there whose place is not known
	Model   Model       // Poisson needs people
}

// Period is the study's first and last day, for files with dates Dates, else T; zero values take the cases' own: from 1 or the
// first date, to the last. Cases outside are left out.
type Period struct {
	First, Last   time.Time
	FirstT, LastT int
}

// Read is a study with what is needed to show it.
type Read struct {
	Study
	Dated  bool
	Start  time.Time // of unit 0, if Dated
	StartT int       // its number, if not
	Left   int       // cases left out: outside the period, or at a place left out
	Strata []string  // the values of each stratum
}

const (
	mostAreas  = 5_000
	mostDays   = 100_000
	mostCases  = 5_000_000
	mostStrata = 1_000
)

// Parse reads a study. Other columns than those named are not looked at. An error is civic.Refusals, each with
// the file as its field ("cases", "areas", "population") and the row.
func Parse(files Files, choice Choice) (*Read, error) {
	p := reading{index: map[string]int{}, strata: map[string]int{}, choice: choice}
	if err := p.areas(files.Areas); err != nil {
		return nil, err
	}
	if err := p.cases(files.Cases); err != nil {
		return nil, err
	}
	if choice.Model != Poisson {
		p.Populations = nil
		return &p.Read, nil
	}
	if files.Population != nil {
		if err := p.population(files.Population); err != nil {
			return nil, err
		}
	} else if len(choice.Strata) > 0 || len(p.Populations) == 0 {
		return nil, in("areas", civic.Refusals{civic.Refuse(civic.Invalid, "scan.population_needed")})
	}
	if err := p.peopled(); err != nil {
		return nil, err
	}
	return &p.Read, nil
}

type reading struct {
	Read
	index  map[string]int // area → index, -1 if left out
	strata map[string]int
	choice Choice
	rowOf  map[[2]int]int // a row with cases of an area and stratum
}

func in(file string, bad civic.Refusals) error {
	for i := range bad {
		bad[i] = bad[i].In(file)
	}
	return bad.Err()
}

func open(file string, data []byte) (*rows.Table, error) {
	t, err := rows.Read(data)
	if err != nil {
		if bad, ok := civic.AsRefusals(err); ok {
			return nil, in(file, bad)
		}
	}
	return t, err
}

func (p *reading) areas(data []byte) error {
	t, err := open("areas", data)
	if err != nil {
		return err
	}
	name := t.Column("area", "id", "name")
	x, y := t.Column("x"), t.Column("y")
	lat, lon := t.Column("lat", "latitude"), t.Column("long", "lon", "lng", "longitude")
	people := t.Column("population", "pop")
	if p.Geographic = lat >= 0 && lon >= 0; p.Geographic {
		x, y = lon, lat
	}
	if name < 0 || x < 0 || y < 0 {
		return in("areas", civic.Refusals{civic.Refuse(civic.Invalid, "scan.areas_header")})
	}
	at := map[string]int{}
	for {
		r, more := t.Next()
		if !more {
			break
		}
		id := r.Cells[name]
		if id == "" {
			r.Refuse("scan.area_unnamed")
			continue
		}
		if other, twice := at[id]; twice {
			r.Refuse("scan.area_twice", "area", short(id), "other", other)
			continue
		}
		id = strings.Clone(id)
		at[id] = r.Line
		a := Area{Name: id, X: r.Number(x, math.Inf(-1)), Y: r.Number(y, math.Inf(-1))}
		if p.Geographic && (math.Abs(a.Y) > 90 || math.Abs(a.X) > 180) {
			r.Refuse("scan.degrees", "area", short(id), "lat", r.Cells[lat], "lon", r.Cells[lon])
			continue
		}
		n := 0.0
		if people >= 0 {
			n = r.Number(people, 0)
		}
		if p.apart(a) {
			p.index[id] = -1
			continue
		}
		if len(p.Areas) == mostAreas {
			t.Bad = append(t.Bad, civic.Refuse(civic.TooLarge, "scan.areas_many", "most", mostAreas))
			break
		}
		p.index[id] = len(p.Areas)
		p.Areas = append(p.Areas, a)
		if people >= 0 {
			p.Populations = append(p.Populations, Population{Area: len(p.Areas) - 1, People: n})
		}
	}
	if len(t.Bad) == 0 && len(p.Areas) == 0 {
		t.Bad = append(t.Bad, civic.Refuse(civic.Invalid, "scan.areas_none"))
	}
	return in("areas", t.Bad)
}

// apart says whether an area lies at the place left out: within about a metre, or a millionth of the unit.
func (p *reading) apart(a Area) bool {
	if p.choice.Without == nil {
		return false
	}
	x, y := p.choice.Without[0], p.choice.Without[1]
	if p.Geographic {
		x, y = p.choice.Without[1], p.choice.Without[0]
	}
	near := 1e-6
	if p.Geographic {
		near = 1e-5
	}
	return math.Abs(a.X-x) <= near && math.Abs(a.Y-y) <= near
}

// columns finds the columns of strata.
func (p *reading) columns(t *rows.Table, file string) ([]int, error) {
	var out []int
	var bad civic.Refusals
	for _, name := range p.choice.Strata {
		i := t.Column(strings.ToLower(strings.TrimSpace(name)))
		if i < 0 {
			bad = append(bad, civic.Refuse(civic.Invalid, "scan.stratum_missing", "column", name))
		}
		out = append(out, i)
	}
	return out, in(file, bad)
}

// stratum is the number of a combination of the other columns' values.
func (p *reading) stratum(r rows.Row, columns []int) int {
	var key strings.Builder
	for i, c := range columns {
		if i > 0 {
			key.WriteString(" / ")
		}
		key.WriteString(r.Cells[c])
	}
	k, known := p.strata[key.String()]
	if !known {
		k = len(p.strata)
		p.strata[key.String()] = k
		p.Strata = append(p.Strata, key.String())
	}
	return k
}

// peopled refuses cases where nobody lives.
func (p *reading) peopled() error {
	people := map[[2]int]float64{}
	for _, q := range p.Populations {
		people[[2]int{q.Area, q.Stratum}] += q.People
	}
	var bad civic.Refusals
	for at, row := range p.rowOf {
		if people[at] == 0 {
			bad = append(bad, civic.Refuse(civic.Invalid, "scan.nobody", "row", row, "area", short(p.Areas[at[0]].Name)))
		}
	}
	sort.Slice(bad, func(i, j int) bool { return bad[i].Args["row"].(int) < bad[j].Args["row"].(int) })
	return in("cases", bad[:min(len(bad), rows.MostRefusals)])
}

func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
