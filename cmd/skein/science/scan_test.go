package science

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"skein/demo/boston"
)

const scanData = "../../../science/outbreak/scan/testdata/"

func TestScanPrintsAClusterALine(t *testing.T) {
	args := []string{"scan", scanData + "g_25x21_cases.csv", "--areas", scanData + "g_25x21_areas.csv", "--max-days", "7", "--replicates", "999", "--seed", "3"}
	rows := run(t, "en", "", args...).rows(t)
	if r := rows[0]; r["areas"] != "A001;A005;A019;A022" || r["first"] != "18" || r["last"] != "21" || r["observed"] != "45" || !strings.HasPrefix(r["llr"], "7.70865") || !strings.HasPrefix(r["expected"], "24.01") {
		t.Error(r)
	}
	if o := run(t, "en", "", append(args, "--format", "json")...).out; !strings.Contains(o, `"areas":["A001","A005","A019","A022"]`) && !strings.Contains(strings.Join(strings.Fields(o), ""), `"areas":["A001","A005","A019","A022"]`) {
		t.Error(o)
	}
	for _, lang := range []string{"en", "zh-Hans"} {
		text := run(t, lang, "", append(args, "--format", "text", "--model", "poisson", "--max-share", "0.1")...).out
		if !strings.Contains(text, "1. 14 ") && !strings.Contains(text, "1. 18 ") || strings.Contains(text, "scan.") || strings.Contains(text, "science.") {
			t.Error(text)
		}
	}
	if again := run(t, "en", "", args...).rows(t); fmt.Sprint(again) != fmt.Sprint(rows) {
		t.Error("the same seed gives another answer")
	}
}

func TestScanRefuses(t *testing.T) {
	areas := file(t, "area,x,y\nA,1,2\n")
	for _, args := range [][]string{
		{"--model", "binomial"}, {"--max-days", "0"}, {"--max-share", "1.5"}, {"--replicates", "-1"}, {"--from", "yesterday"}, {"--from", "2024-02-01", "--to", "2024-01-01"}, {"--leave-out", "42"}, {"--max-distance", "-1"},
	} {
		if r := run(t, "en", "t,area\n1,A\n", append([]string{"scan", "-", "--areas", areas}, args...)...); r.misuse == nil {
			t.Errorf("%v: %v %s", args, r.err, r.out)
		}
	}
	if r := run(t, "en", "t,area\n1,A\n", "scan", "-"); r.misuse == nil {
		t.Error("no areas asked for")
	}
	cases := file(t, "t,area\n1,A\n2,Z\n")
	if bad := refusals(t, run(t, "en", "", "scan", cases, "--areas", areas)); bad[0].Field != cases || bad[0].Args["row"] != 3 {
		t.Error(bad)
	}
}

// trees writes Boston's tree emergencies up to the day of Hurricane Irene, as cases in cells of about a kilometre. The people of a cell are
// its requests of the half year, less later tree emergencies. Unplaced requests lie at City Hall, in a cell of their own.
func trees(t *testing.T) (cases, areas string) {
	requests, err := boston.Rows(func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	type cell struct {
		lat, lon float64
		others   int
	}
	cells := map[string]*cell{}
	var order []string
	var c, a strings.Builder
	c.WriteString("date,area\n")
	for _, r := range requests {
		lat, lon := math.Round(r.Lat*100)/100, math.Round(r.Lon*100)/100
		name := fmt.Sprintf("%.2f %.2f", lat, lon)
		if !r.Located() {
			lat, lon, name = r.Lat, r.Lon, "City Hall"
		}
		if cells[name] == nil {
			cells[name] = &cell{lat: lat, lon: lon}
			order = append(order, name)
		}
		if r.Type != "Tree Emergencies" {
			cells[name].others++
		} else if r.OpenedText < "2011-08-29" {
			fmt.Fprintf(&c, "%s,%s\n", r.OpenedText[:10], name)
			cells[name].others++ // nobody files where nobody is
		}
	}
	a.WriteString("area,lat,long,population\n")
	for _, name := range order {
		fmt.Fprintf(&a, "%s,%g,%g,%d\n", name, cells[name].lat, cells[name].lon, cells[name].others)
	}
	return c.String(), a.String()
}

func TestHurricaneIreneIsTheMostLikelyClusterInBoston(t *testing.T) {
	caseText, areaText := trees(t)
	cases, areas := file(t, caseText), file(t, areaText)
	for _, model := range []string{"permutation", "poisson"} {
		picture := filepath.Join(t.TempDir(), "irene.svg")
		rows := run(t, "en", "", "scan", cases, "--areas", areas, "--model", model, "--from", "2011-07-01", "--leave-out", "42.3594,-71.0587", "--replicates", "199", "--plot", picture).rows(t)
		first := rows[0]
		lat, _ := strconv.ParseFloat(strings.Fields(first["centre"])[0], 64)
		p, _ := strconv.ParseFloat(first["p"], 64)
		t.Logf("%s: %s to %s around %s, %s cases, %s expected, LLR %s, p %s", model, first["first"], first["last"], first["centre"], first["observed"], first["expected"], first["llr"], first["p"])
		// The storm passed on 28 August, and the south-west of the city, with its trees, was hit hardest.
		if first["last"] != "2011-08-28" || first["first"] != "2011-08-28" || lat > 42.32 {
			t.Errorf("%s: %v", model, first)
		}
		if model == "poisson" && p != 1.0/200 {
			t.Errorf("%s: p %g", model, p)
		}
		for _, r := range rows {
			if strings.Contains(r["areas"], "City Hall") {
				t.Errorf("%s: City Hall is in a cluster: %v", model, r)
			}
		}
		if svg, err := os.ReadFile(picture); err != nil || !strings.Contains(string(svg), "2011-08-28") {
			t.Error(err)
		}
	}
}
