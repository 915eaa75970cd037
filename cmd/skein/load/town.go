package load

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Town is a made-up place for measuring: 300 places in a tree of depth three (a town of 13
// districts of 22 communities), each a rectangle; 120 services; a duty list of 5,000 rows.
// It is the same every time.
type Town struct {
	West, South, East, North float64
	Places                   []TownPlace
	Bodies                   []TownBody
	Services                 []TownService // beside the categories every realm starts with
	Categories               []string      // that reports are about
	Rows                     []TownRow
}

// TownPlace is a rectangle; the parent of the town is "".
type TownPlace struct {
	ID, Kind, Title, Parent  string
	West, South, East, North float64
}

// Boundary is the rectangle as GeoJSON.
func (p TownPlace) Boundary() []byte {
	return fmt.Appendf(nil, `{"type":"Polygon","coordinates":[[[%[1]f,%[2]f],[%[3]f,%[2]f],[%[3]f,%[4]f],[%[1]f,%[4]f],[%[1]f,%[2]f]]]}`,
		p.West, p.South, p.East, p.North)
}

// TownBody coordinates a place, or is a public body of it with a head and two officers.
type TownBody struct {
	ID, Title, Place string
	Coordinates      bool
}

// TownService is a category.
type TownService struct{ Code, Title string }

// TownRow is a row of the duty list.
type TownRow struct {
	Category, Place, Lead, Joint, Law, Budget string
	Response, Resolution, Objection           string
}

const (
	districts   = 13
	communities = 22
	townRows    = 5000
)

// BenchTown makes the town.
func BenchTown() Town {
	rnd := rand.New(rand.NewPCG(3, 11))
	t := Town{West: 113.9, South: 30.4, East: 113.9 + 0.02*districts, North: 30.4 + 0.02*communities}
	t.Places = append(t.Places, TownPlace{"town", "city", "Town", "", t.West, t.South, t.East, t.North})
	t.Bodies = append(t.Bodies, TownBody{"council", "Town council", "town", true})
	for d := range districts {
		west := t.West + 0.02*float64(d)
		id := fmt.Sprintf("district-%02d", d)
		t.Places = append(t.Places, TownPlace{id, "district", fmt.Sprint("District ", d), "town", west, t.South, west + 0.02, t.North})
		t.Bodies = append(t.Bodies,
			TownBody{"council-" + id, "Council of district " + fmt.Sprint(d), id, true},
			TownBody{"office-" + id, "Office of district " + fmt.Sprint(d), id, false})
	}
	for d := range districts {
		for c := range communities {
			parent := t.Places[1+d]
			south := t.South + 0.02*float64(c)
			t.Places = append(t.Places, TownPlace{
				fmt.Sprintf("community-%02d-%02d", d, c), "community", fmt.Sprintf("Community %d of district %d", c, d), parent.ID,
				parent.West, south, parent.East, south + 0.02,
			})
		}
	}
	for b := range 30 {
		t.Bodies = append(t.Bodies, TownBody{fmt.Sprintf("bureau-%02d", b), fmt.Sprint("Bureau ", b), "town", false})
	}
	for group := range 12 {
		code := fmt.Sprintf("service%02d", group)
		t.Services = append(t.Services, TownService{code, fmt.Sprint("Services, group ", group)})
		for s := range 9 {
			t.Services = append(t.Services, TownService{fmt.Sprintf("%s.kind%d", code, s), fmt.Sprintf("Service %d of group %d", s, group)})
		}
	}
	for _, s := range t.Services {
		if strings.Contains(s.Code, ".") {
			t.Categories = append(t.Categories, s.Code)
		}
	}
	t.Categories = append(t.Categories, "rights.wages", "rights.housing", "rights.education")
	t.duties(rnd)
	return t
}

// Point is a point inside a community, never on the border of two.
func (t *Town) Point(rnd *rand.Rand) (lat, lon float64) {
	at := func(from float64, cells int) float64 {
		return from + 0.02*(float64(rnd.IntN(cells))+0.01+0.98*rnd.Float64())
	}
	return at(t.South, communities), at(t.West, districts)
}

// duties gives every category a bureau in the town, many an office in a district, and
// some a row in a community.
func (t *Town) duties(rnd *rand.Rand) {
	limits := []string{"1d", "2wd", "3wd", "5wd", "10wd", "30d"}
	taken := map[string]bool{}
	add := func(category, place, lead string) {
		if key := category + "@" + place; len(t.Rows) == townRows || taken[key] {
			return
		} else {
			taken[key] = true
		}
		r := TownRow{
			Category: category, Place: place, Lead: lead, Law: fmt.Sprintf("Town code, title %d, section %d", 1+rnd.IntN(20), 1+rnd.IntN(90)),
			Budget: fmt.Sprint(100000 + rnd.IntN(900000)), Response: "1wd", Objection: "1wd", Resolution: limits[rnd.IntN(len(limits))],
		}
		if joint := fmt.Sprintf("bureau-%02d", rnd.IntN(30)); rnd.IntN(4) == 0 && joint != lead {
			r.Joint = joint + ":2wd"
		}
		t.Rows = append(t.Rows, r)
	}
	add("*", "town", "bureau-00")
	for i, c := range t.Categories {
		add(c, "town", fmt.Sprintf("bureau-%02d", i%30))
	}
	for d := range districts {
		id := t.Places[1+d].ID
		for i, c := range t.Categories {
			lead := "office-" + id
			if i%3 == 0 {
				lead = fmt.Sprintf("bureau-%02d", (i+d)%30)
			}
			add(c, id, lead)
		}
	}
	for len(t.Rows) < townRows {
		p := t.Places[1+districts+rnd.IntN(districts*communities)]
		lead := "office-" + p.Parent
		if rnd.IntN(2) == 0 {
			lead = fmt.Sprintf("bureau-%02d", rnd.IntN(30))
		}
		add(t.Categories[rnd.IntN(len(t.Categories))], p.ID, lead)
	}
}
