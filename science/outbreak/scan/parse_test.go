package scan

import (
	"strings"
	"testing"
	"time"

	"skein/frame/civic"
)

const someAreas = "area,lat,long,population\nA,42.3,-71.1,100\nB,42.4,-71.0,200\nHall,42.3594,-71.0587,1\n"

func TestStudiesAreRead(t *testing.T) {
	files := Files{Areas: []byte(someAreas), Cases: []byte("date,area,age,note\n2024-01-05,A,old,x\n2024-01-03 10:00,B,young,\n2024-01-09,B,old,\n2024-01-04,Hall,old,\n")}
	r, err := Parse(files, Choice{Strata: []string{"age"}, Without: &[2]float64{42.3594, -71.0587}, Period: Period{Last: time.Date(2024, 1, 8, 0, 0, 0, 0, time.UTC)}})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Geographic || !r.Dated || r.Times != 6 || len(r.Areas) != 2 || len(r.Cases) != 2 || r.Left != 2 || len(r.Strata) != 2 || r.Cases[1] != (Case{1, 0, 1, 1}) {
		t.Errorf("%+v", r)
	}
	files = Files{Areas: []byte("area,x,y\nA,0,0\n"), Cases: []byte("t,area,count\n3,A,2\n5,A,0\n5,A,1\n"), Population: []byte("area,t,sex,population\nA,1,f,10\nA,5,f,20\nA,1,m,1\n")}
	files.Cases = []byte("t,area,count,sex\n3,A,2,f\n5,A,1,m\n")
	r, err = Parse(files, Choice{Model: Poisson, Strata: []string{"Sex"}})
	if err != nil {
		t.Fatal(err)
	}
	if r.Times != 5 || r.StartT != 1 || len(r.Populations) != 3 || r.Populations[1] != (Population{0, 0, 4, 20}) {
		t.Errorf("%+v", r)
	}
}

func TestBadStudiesAreRefusedByRow(t *testing.T) {
	plain := "date,area,count\n2024-01-01,A,1\n"
	for _, c := range []struct {
		name, areas, cases, population string
		choice                         Choice
		file, key                      string
		row                            int
	}{
		{"no header", "a,b\n1,2\n", plain, "", Choice{}, "areas", "scan.areas_header", 0},
		{"no areas", "area,x,y\n", plain, "", Choice{}, "areas", "scan.areas_none", 0},
		{"an area twice", "area,x,y\nA,1,2\nA,1,3\n", plain, "", Choice{}, "areas", "scan.area_twice", 3},
		{"an area without a name", "area,x,y\n,1,2\n", plain, "", Choice{}, "areas", "scan.area_unnamed", 2},
		{"no number", "area,x,y\nA,1,2\nB,one,2\n", plain, "", Choice{}, "areas", "outbreak.number", 3},
		{"swapped degrees", "area,lat,long\nA,-171.1,42.3\n", plain, "", Choice{}, "areas", "scan.degrees", 2},
		{"a negative population", "area,x,y,population\nA,1,2,-3\n", plain, "", Choice{}, "areas", "outbreak.number", 2},
		{"no columns of cases", someAreas, "date,count\n2024-01-01,1\n", "", Choice{}, "cases", "scan.cases_header", 0},
		{"an area that is not known", someAreas, "date,area\n2024-01-01,A\n2024-01-01,Z\n", "", Choice{}, "cases", "scan.area_unknown", 3},
		{"a count that is none", someAreas, "date,area,count\n2024-01-01,A,-1\n", "", Choice{}, "cases", "outbreak.count", 2},
		{"an empty count", someAreas, "date,area,count\n2024-01-01,A,\n", "", Choice{}, "cases", "outbreak.count", 2},
		{"a date that is none", someAreas, "date,area\n2024-01-32,A\n", "", Choice{}, "cases", "outbreak.time", 2},
		{"no case", someAreas, "date,area\n", "", Choice{}, "cases", "scan.cases_none", 0},
		{"only cases of none", someAreas, "t,area,count\n1,A,0\n", "", Choice{}, "cases", "scan.cases_none", 0},
		{"no case in the period", someAreas, plain, "", Choice{Period: Period{First: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)}}, "cases", "scan.cases_none", 0},
		{"a period of dates for numbers", someAreas, "t,area\n1,A\n", "", Choice{Period: Period{Last: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)}}, "cases", "scan.period_kind", 0},
		{"a period of centuries", someAreas, "date,area\n1100-01-01,A\n2024-01-01,A\n", "", Choice{}, "cases", "scan.days_many", 0},
		{"a stratum that is not there", someAreas, plain, "", Choice{Strata: []string{"age"}}, "cases", "scan.stratum_missing", 0},
		{"no people", "area,x,y\nA,1,2\n", plain, "", Choice{Model: Poisson}, "areas", "scan.population_needed", 0},
		{"nobody there", "area,x,y,population\nA,1,2,0\nB,1,2,4\n", plain, "", Choice{Model: Poisson}, "cases", "scan.nobody", 2},
		{"no columns of people", someAreas, plain, "area,people\nA,1\n", Choice{Model: Poisson}, "population", "scan.population_header", 0},
		{"people of another place", someAreas, plain, "area,population\nA,1\nZ,1\n", Choice{Model: Poisson}, "population", "scan.area_unknown", 3},
		{"people at no time", someAreas, plain, "area,date,population\nA,1900,1\n", Choice{Model: Poisson}, "population", "outbreak.time", 2},
	} {
		files := Files{Areas: []byte(c.areas), Cases: []byte(c.cases)}
		if c.population != "" {
			files.Population = []byte(c.population)
		}
		_, err := Parse(files, c.choice)
		bad, ok := civic.AsRefusals(err)
		if !ok || bad[0].Key != c.key || bad[0].Field != c.file {
			t.Errorf("%s: %v, wanted %s in %s", c.name, err, c.key, c.file)
			continue
		}
		if row, _ := bad[0].Args["row"].(int); row != c.row {
			t.Errorf("%s: row %d, wanted %d", c.name, row, c.row)
		}
	}
}

// FuzzParse holds that any texts are refused by sentences that exist, or give a study that can be scanned.
func FuzzParse(f *testing.F) {
	f.Add([]byte("date,area,age\n2024-01-05,A,old\n2024-01-03 10:00,B,young\n"), []byte(someAreas), []byte("area,age,date,population\nA,old,2020-01-01,5\nB,young,2024-01-04,7\n"), true)
	f.Add([]byte("t,area,count\n1,A,3\n9,B,2\n"), []byte("area,x,y\nA,0,0\nB,1e9,-4\n"), []byte(""), false)
	f.Add([]byte("t;area\n1;A\n"), []byte("id\tlatitude\tlongitude\nA\t90\t180\n"), []byte("area,population\nA,0\n"), true)
	raw, err := Messages.ReadFile("messages.en.json")
	if err != nil {
		f.Fatal(err)
	}
	english := string(raw)
	f.Fuzz(func(t *testing.T, cases, areas, population []byte, poisson bool) {
		choice := Choice{}
		if poisson {
			choice.Model, choice.Strata = Poisson, []string{"age"}
		}
		r, err := Parse(Files{cases, areas, population}, choice)
		if err != nil {
			bad, ok := civic.AsRefusals(err)
			if !ok || len(bad) == 0 {
				t.Fatalf("an error that is no refusal: %v", err)
			}
			for _, r := range bad {
				if strings.HasPrefix(r.Key, "scan.") && !strings.Contains(english, `"`+r.Key+`"`) {
					t.Fatalf("no text for %s", r.Key)
				}
			}
			return
		}
		if len(r.Areas) > 60 || r.Times > 400 {
			return
		}
		n := 0
		for _, c := range r.Cases {
			if n += c.Count; n > 500 {
				return
			}
		}
		for _, c := range Prospective(r.Study, Options{Model: choice.Model, MaxTimes: 5, Replicates: 3, Seed: 1}).Clusters {
			if !(c.LLR > 0) || float64(c.Observed) <= c.Expected || c.First > c.Last || c.Last != r.Times-1 {
				t.Fatalf("%+v", c)
			}
		}
	})
}
