package boston

import (
	"bytes"
	"encoding/csv"
	"reflect"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"skein/frame/calendar"
	"skein/frame/civic"
)

//go:generate go test -run TestTables -update .

// Tables renders what was derived as files for people to read, by file name. They are
// kept beside this code, and a test holds them equal to it.
func Tables(rows []Row) (map[string][]byte, error) {
	g, err := Places()
	if err != nil {
		return nil, err
	}
	specs, err := yaml.Marshal([]calendar.Spec{CalendarSpec()})
	if err != nil {
		return nil, err
	}
	return map[string][]byte{
		"places.csv":     placeTable(g, rows),
		"categories.csv": categoryTable(rows),
		"bodies.csv":     bodyTable(rows),
		"duty.csv":       dutyTable(Versions(rows, Options{Geography: g})),
		"calendars.yaml": specs,
	}, nil
}

// table writes lines that hold no error: the writer goes to memory.
func table(lines [][]string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.WriteAll(lines)
	return b.Bytes()
}

func placeTable(g *Geography, rows []Row) []byte {
	cases := map[civic.PlaceID]int{}
	for i := range rows {
		cases[City]++
		for _, p := range []civic.PlaceID{g.Ward(&rows[i]), g.Hood(&rows[i])} {
			if p != City {
				cases[p]++
			}
		}
	}
	lines := [][]string{{"place", "parent", "kind", "en", "zh-Hans", "source", "repaired", "cases"}}
	for _, p := range g.Places {
		lines = append(lines, []string{
			string(p.ID), string(p.Parent), p.Kind, p.Title["en"], p.Title["zh-Hans"], p.Source, yes(p.Repaired), strconv.Itoa(cases[p.ID]),
		})
	}
	return table(lines)
}

func categoryTable(rows []Row) []byte {
	lines := [][]string{{"category", "kind", "private", "en", "zh-Hans", "cases"}}
	for _, c := range Categories(rows) {
		lines = append(lines, []string{string(c.Code), c.Kind, yes(c.Private), c.Title["en"], c.Title["zh-Hans"], strconv.Itoa(c.Cases)})
	}
	return table(lines)
}

func bodyTable(rows []Row) []byte {
	lines := [][]string{{"body", "post", "kind", "en", "zh-Hans", "officer", "since", "source", "cases"}}
	for _, b := range Bodies(rows) {
		lines = append(lines, []string{string(b.ID), "", b.Kind, b.Title["en"], b.Title["zh-Hans"], "", "", b.Source, strconv.Itoa(b.Cases)})
		for _, p := range b.Posts {
			lines = append(lines, []string{
				string(b.ID), string(p.ID), p.Role, p.Title["en"], p.Title["zh-Hans"], p.Officer.Name["en"],
				p.Officer.Since.In(Zone()).Format(time.DateOnly), p.Source, strconv.Itoa(p.Cases),
			})
		}
	}
	return table(lines)
}

// dutyTable writes the first version whole and of each later one the rows it changes.
func dutyTable(versions []Version) []byte {
	lines := [][]string{{
		"version", "effective", "category", "place", "lead", "joint", "law", "post", "staff", "budget", "standard",
		"response", "resolution", "objection", "calendar", "evidence",
	}}
	type key struct {
		place    civic.PlaceID
		category civic.Category
	}
	before := map[key]DutyRow{}
	for _, v := range versions {
		for _, r := range v.Rows {
			k := key{r.Place, r.Category}
			if same, ok := before[k]; ok && reflect.DeepEqual(same, r) {
				continue
			}
			before[k] = r
			category := string(r.Category)
			if category == "" {
				category = "*"
			}
			var parts []string
			for _, j := range r.Joint {
				parts = append(parts, strings.TrimSuffix(string(j.Body)+" "+j.Limit.String(), " "))
			}
			lines = append(lines, []string{
				strconv.Itoa(v.Number), v.Effective.In(Zone()).Format(time.RFC3339), category, string(r.Place), string(r.Lead),
				strings.Join(parts, "; "), r.Law, string(r.Post), strconv.Itoa(r.Staff), r.Budget, r.Standard,
				r.Response.String(), r.Resolution.String(), r.Objection.String(), r.Calendar, r.Evidence,
			})
		}
	}
	return table(lines)
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}
