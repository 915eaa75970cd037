package geo_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"skein/frame/civic"
	"skein/science/geo"
)

// Two wards with a common border, and which of them hold a point.
func ExampleParse() {
	text := `{"type":"FeatureCollection","features":[
	 {"type":"Feature","id":"ward-1","properties":{"title":"West"},"geometry":{"type":"Polygon","coordinates":[[[-71.10,42.30],[-71.05,42.30],[-71.05,42.35],[-71.10,42.35],[-71.10,42.30]]]}},
	 {"type":"Feature","id":"ward-2","properties":{"title":"East"},"geometry":{"type":"Polygon","coordinates":[[[-71.05,42.30],[-71.00,42.30],[-71.00,42.35],[-71.05,42.35],[-71.05,42.30]]]}}]}`
	wards, err := geo.Parse([]byte(text), geo.Options{ArealOnly: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	var areas []*geo.Area
	for _, f := range wards.Features {
		areas = append(areas, f.Area)
	}
	index := geo.NewIndex(areas)
	fmt.Println(index.Holding(geo.Point{Lon: -71.06, Lat: 42.33}))
	fmt.Println(index.Holding(geo.Point{Lon: -71.05, Lat: 42.33})) // on the border
	fmt.Println(index.Holding(geo.Point{Lon: -70, Lat: 42.33}))
	fmt.Printf("%.0f m²\n", areas[0].SquareMetres())
	// Output:
	// [0]
	// [0 1]
	// []
	// 22890128 m²
}

// A bow tie, and what the clerk reads.
func ExampleParse_refused() {
	_, err := geo.Parse([]byte(`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":
	 {"type":"Polygon","coordinates":[[[-71.10,42.30],[-71.05,42.35],[-71.05,42.30],[-71.10,42.35],[-71.10,42.30]]]}}]}`), geo.Options{})
	raw, _ := geo.Messages.ReadFile("messages.en.json")
	texts := map[string]string{}
	_ = json.Unmarshal(raw, &texts)
	refusals, _ := civic.AsRefusals(err)
	for _, r := range refusals {
		sentence := texts[r.Key]
		for name, value := range r.Args {
			sentence = strings.ReplaceAll(sentence, "{"+name+"}", fmt.Sprint(value))
		}
		fmt.Println(r.Field)
		fmt.Println(sentence)
	}
	// Output:
	// features[0].geometry.coordinates[0]
	// Feature 1, part 1, ring 1 crosses itself at -71.075, 42.325. Correct the outline there.
}

// Every report from one block is shown at one point.
func ExampleGrid() {
	g, _ := geo.NewGrid(250)
	fmt.Println(g.Snap(geo.Point{Lon: -71.0601, Lat: 42.3577}) == g.Snap(geo.Point{Lon: -71.0603, Lat: 42.3578}))
	// Output: true
}
