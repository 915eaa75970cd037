package geo

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"skein/frame/civic"
)

func polygonText(rings string) string { return `{"type":"Polygon","coordinates":[` + rings + `]}` }

func featureText(geometry string) string {
	return `{"type":"Feature","properties":{},"geometry":` + geometry + `}`
}

func collectionText(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
}

const square = `[[0,0],[10,0],[10,10],[0,10],[0,0]]`

func TestParseRefuses(t *testing.T) {
	good := featureText(polygonText(square))
	for _, c := range []struct {
		given, text string
		key, field  string
		args        map[string]any
	}{
		{"a cut file", `{"type":"FeatureColl`, "geo.not_json", "", map[string]any{"line": 1, "column": 21}},
		{"nothing", ``, "geo.not_json", "", nil},
		{"two values", `{} {}`, "geo.not_json", "", nil},
		{"NaN", polygonText("[[0,0],[1,0],\n[NaN,1],[0,0]]"), "geo.not_json", "", map[string]any{"line": 2, "column": 2}},
		{"a byte that is not UTF-8", "{\"type\":\"\xff\"}", "geo.not_json", "", nil},
		{"a member twice", `{"type":"Point","type":"Polygon"}`, "geo.member_twice", "", map[string]any{"member": "type"}},
		{"a number", `7`, "geo.not_geojson", "", nil},
		{"TopoJSON", `{"objects":{}}`, "geo.not_geojson", "type", nil},
		{"a collection of geometries", collectionText(good, polygonText(square)), "geo.not_feature", "features[1].type", map[string]any{"type": "Polygon", "feature": 2}},
		{"no features", `{"type":"FeatureCollection"}`, "geo.features_missing", "features", nil},
		{"no geometry", collectionText(`{"type":"Feature","properties":null}`), "geo.geometry_missing", "features[0].geometry", nil},
		{"a line", featureText(`{"type":"LineString","coordinates":[[0,0],[1,1]]}`), "geo.geometry_type", "geometry.type", map[string]any{"type": "LineString"}},
		{"a small letter", `{"type":"polygon","coordinates":[]}`, "geo.geometry_unknown", "type", map[string]any{"type": "polygon"}},
		{"an id twice", collectionText(`{"type":"Feature","id":"a","geometry":null}`, good, `{"type":"Feature","id":"a","geometry":null}`), "geo.id_twice", "features[2].id", map[string]any{"id": "a", "other": 1, "feature": 3}},
		{"an id that is a list", collectionText(`{"type":"Feature","id":[],"geometry":null}`), "geo.id", "features[0].id", nil},
		{"properties that are a list", collectionText(`{"type":"Feature","properties":[],"geometry":null}`), "geo.properties", "features[0].properties", nil},
		{"State plane by name", `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::2249"}},"features":[]}`, "geo.crs", "crs", map[string]any{"crs": "urn:ogc:def:crs:EPSG::2249"}},
		{"a linked crs", `{"type":"FeatureCollection","crs":{"type":"link","properties":{"href":"http://example.org/crs/42"}},"features":[]}`, "geo.crs", "crs", map[string]any{"crs": "http://example.org/crs/42"}},
		{"a crs within a feature", collectionText(`{"type":"Feature","crs":{"type":"name","properties":{"name":"EPSG:3857"}},"geometry":null}`), "geo.crs", "features[0].crs", map[string]any{"crs": "EPSG:3857", "feature": 1}},
		{"Boston in state plane feet", polygonText(`[[775000,2956000],[776000,2956000],[776000,2957000],[775000,2956000]]`), "geo.projected", "coordinates[0][0]", map[string]any{"x": "775000", "y": "2956000"}},
		{"New York in state plane feet", polygonText(`[[981106.2,195544.1]]`), "geo.projected_feet", "coordinates[0][0]", nil},
		{"Los Angeles in state plane feet", polygonText(`[[6480000,1840000]]`), "geo.projected_feet", "coordinates[0][0]", nil},
		{"Boston in Web Mercator", polygonText(`[[-7910000,5215000]]`), "geo.projected_mercator", "coordinates[0][0]", nil},
		{"Shanghai in Web Mercator", polygonText(`[[13523000,3662000]]`), "geo.projected_mercator", "coordinates[0][0]", nil},
		{"Boston in UTM 19N", polygonText(`[[330000,4690000]]`), "geo.projected_utm", "coordinates[0][0]", nil},
		{"Shanghai in Gauss–Krüger", polygonText(`[[40500000,3456000]]`), "geo.projected_zone_number", "coordinates[0][0]", nil},
		{"a local grid in metres", polygonText(`[[1200,3400]]`), "geo.projected", "coordinates[0][0]", nil},
		{"a huge number", polygonText(`[[1e999,0]]`), "geo.not_degrees", "coordinates[0][0]", nil},
		{"latitude first, Beijing", polygonText(`[[39.9,116.4]]`), "geo.swapped", "coordinates[0][0]", map[string]any{"x": "39.9", "y": "116.4"}},
		{"longitudes to 360", polygonText(`[[181,0]]`), "geo.longitude_range", "coordinates[0][0]", nil},
		{"text for a number", polygonText(`[[0,0],["1",0]]`), "geo.position", "coordinates[0][1]", map[string]any{"found": `["1",0]`}},
		{"one number", polygonText(`[[0,0],[1]]`), "geo.position", "coordinates[0][1]", nil},
		{"rings not nested", `{"type":"Polygon","coordinates":` + square + `}`, "geo.position", "coordinates[0][0]", nil},
		{"no coordinates", `{"type":"Polygon"}`, "geo.coordinates", "coordinates", nil},
		{"a polygon without rings", `{"type":"Polygon","coordinates":[]}`, "geo.part_empty", "coordinates", nil},
		{"a multipolygon without parts", `{"type":"MultiPolygon","coordinates":[]}`, "geo.part_empty", "coordinates[0]", nil},
		{"three positions", polygonText(`[[0,0],[1,0],[0,0]]`), "geo.ring_short", "coordinates[0]", map[string]any{"positions": 3}},
		{"an unclosed ring", collectionText(good, good, good, featureText(`{"type":"MultiPolygon","coordinates":[[`+square+`],[[[20,0],[21,0],[21,1],[20,1]]]]}`)), "geo.ring_unclosed", "features[3].geometry.coordinates[1][0]", map[string]any{"feature": 4, "part": 2, "ring": 1, "first": "20, 0", "last": "20, 1"}},
		{"two places only", polygonText(`[[0,0],[1,0],[1,0],[0,0]]`), "geo.ring_flat", "coordinates[0]", nil},
		{"a bow tie", featureText(polygonText(`[[0,0],[2,2],[2,0],[0,2],[0,0]]`)), "geo.ring_crosses_itself", "geometry.coordinates[0]", map[string]any{"lon": "1", "lat": "1", "feature": 1, "part": 1, "ring": 1}},
		{"a bow tie with a position at the knot", polygonText(`[[0,0],[1,1],[2,2],[2,0],[1,1],[0,2],[0,0]]`), "geo.ring_crosses_itself", "coordinates[0]", map[string]any{"lon": "1", "lat": "1"}},
		{"a corner through an edge", polygonText(`[[0,0],[4,0],[4,2],[2,0],[1,-1],[0,2],[0,0]]`), "geo.ring_crosses_itself", "coordinates[0]", nil},
		{"a spike", polygonText(`[[0,0],[4,0],[4,4],[4,8],[4,4],[0,4],[0,0]]`), "geo.ring_retraces_itself", "coordinates[0]", map[string]any{"lon": "4"}},
		{"a flat ring", polygonText(`[[0,0],[1,1],[2,2],[0,0]]`), "geo.ring_retraces_itself", "coordinates[0]", nil},
		{"a hole across the outline", polygonText(square + `,[[5,5],[15,5],[15,6],[5,6],[5,5]]`), "geo.rings_cross", "coordinates[1]", map[string]any{"lon": "10", "ring": 2, "other": 1}},
		{"a hole outside", polygonText(square + `,[[20,5],[25,5],[25,6],[20,6],[20,5]]`), "geo.hole_outside", "coordinates[1]", map[string]any{"ring": 2}},
		{"a hole around its outline", polygonText(square + `,[[-1,-1],[11,-1],[11,11],[-1,11],[-1,-1]]`), "geo.hole_outside", "coordinates[1]", nil},
		{"a hole in a bay, touching at its corners", polygonText(`[[0,0],[10,0],[10,10],[5,2],[0,10],[0,0]],[[5,2],[10,10],[0,10],[5,2]]`), "geo.rings_share_edge", "coordinates[1]", nil},
		{"a hole twice", polygonText(square + `,[[1,1],[2,1],[2,2],[1,1]],[[1,1],[2,1],[2,2],[1,1]]`), "geo.rings_share_edge", "coordinates[2]", map[string]any{"ring": 3, "other": 2}},
		{"a hole in a hole", polygonText(square + `,[[1,1],[9,1],[9,9],[1,9],[1,1]],[[2,2],[3,2],[3,3],[2,2]]`), "geo.hole_in_hole", "coordinates[2]", map[string]any{"ring": 3, "other": 2}},
		{"a large hole around a small", polygonText(square + `,[[2,2],[3,2],[3,3],[2,2]],[[1,1],[9,1],[9,9],[1,9],[1,1]]`), "geo.hole_in_hole", "coordinates[1]", map[string]any{"ring": 2, "other": 3}},
		{"overlapping parts", `{"type":"MultiPolygon","coordinates":[[` + square + `],[[[5,5],[15,5],[15,15],[5,15],[5,5]]]]}`, "geo.parts_cross", "coordinates[1]", map[string]any{"part": 2, "other": 1}},
		{"parts with a common border", `{"type":"MultiPolygon","coordinates":[[` + square + `],[[[10,0],[20,0],[20,10],[10,10],[10,0]]]]}`, "geo.parts_share_edge", "coordinates[1]", map[string]any{"lon": "10"}},
		{"a part within a part", `{"type":"MultiPolygon","coordinates":[[[[5,5],[6,5],[6,6],[5,5]]],[` + square + `]]}`, "geo.part_in_part", "coordinates[0]", map[string]any{"part": 1, "other": 2}},
		{"parts overlapping across the antimeridian", `{"type":"MultiPolygon","coordinates":[[[[179,0],[-178,0],[-178,2],[179,2],[179,0]]],[[[-179,1],[-177,1],[-177,3],[-179,3],[-179,1]]]]}`, "geo.parts_cross", "coordinates[1]", nil},
		{"a ring around the south pole, uncut", polygonText(`[[0,-70],[90,-70],[170,-65],[-170,-65],[-90,-70],[0,-70]]`), "geo.ring_around_pole", "coordinates[0]", nil},
	} {
		t.Run(c.given, func(t *testing.T) {
			got, err := Parse([]byte(c.text), Options{})
			refusals, ok := civic.AsRefusals(err)
			if !ok || len(got.Features) > 0 {
				t.Fatalf("got %v, %v; want %s", got, err, c.key)
			}
			r := refusals[0]
			checkSentence(t, r)
			if r.Key != c.key || r.Field != c.field {
				t.Fatalf("got %v; want %s [%s]", r, c.key, c.field)
			}
			for name, want := range c.args {
				if r.Args[name] != want {
					t.Errorf("%s = %v, want %v", name, r.Args[name], want)
				}
			}
		})
	}
}

func TestParseNamesEveryFault(t *testing.T) {
	bow := featureText(polygonText(`[[0,0],[2,2],[2,0],[0,2],[0,0]]`))
	open := featureText(polygonText(`[[0,0],[2,0],[2,2],[0,2]],[[1,1],[2,1]]`))
	_, err := Parse([]byte(collectionText(bow, featureText(polygonText(square)), open)), Options{})
	refusals, _ := civic.AsRefusals(err)
	var fields []string
	for _, r := range refusals {
		fields = append(fields, r.Field)
	}
	want := "features[0].geometry.coordinates[0] features[2].geometry.coordinates[0] features[2].geometry.coordinates[1]"
	if got := strings.Join(fields, " "); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}

	feet := featureText(polygonText(`[[981106,195544],[981107,195544]]`))
	_, err = Parse([]byte(collectionText(feet, feet, feet)), Options{})
	if refusals, _ := civic.AsRefusals(err); len(refusals) != 1 {
		t.Errorf("a file in feet gave %d sentences, want 1: %v", len(refusals), err)
	}

	_, err = Parse([]byte(collectionText(strings.Split(strings.Repeat(bow+"\n", 200), "\n")[:200]...)), Options{})
	if refusals, _ := civic.AsRefusals(err); len(refusals) != maxReasons {
		t.Errorf("200 faults gave %d reasons, want %d", len(refusals), maxReasons)
	}
}

func TestParseMends(t *testing.T) {
	for _, c := range []struct{ given, text string }{
		{"a clockwise ring", polygonText(`[[0,0],[0,10],[10,10],[10,0],[0,0]]`)},
		{"altitudes", polygonText(`[[0,0,5],[10,0,5],[10,10,5],[0,10,5,7],[0,0,5]]`)},
		{"repeated positions", polygonText(`[[0,0],[0,0],[10,0],[10,10],[10,10],[0,10],[0,0],[0,0]]`)},
		{"positions along an edge", polygonText(`[[0,0],[5,0],[10,0],[10,10],[0,10],[0,0]]`)},
		{"foreign members, coordinates before the type", `{"bbox":[0,0,1,1],"coordinates":[` + square + `],"x":{"type":[[]]},"type":"Polygon"}`},
		{"escaped member names", `{"\u0074ype":"Poly\u0067on","coordinates":[` + square + `]}`},
		{"a byte order mark and spaces", "\ufeff \r\n" + polygonText(" [ [ 0 , 0 ] , [ 10 , 0 ] ,\n[10,1e1],[0,100e-1],[-0.0,0]]\t") + "\n"},
		{"crs CRS84", `{"type":"Polygon","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},"coordinates":[` + square + `]}`},
		{"crs EPSG:4326", `{"type":"Polygon","crs":{"type":"name","properties":{"name":"EPSG:4326"}},"coordinates":[` + square + `]}`},
		{"crs urn EPSG 4326", `{"type":"Polygon","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4326"}},"coordinates":[` + square + `]}`},
		{"crs null", `{"type":"Polygon","crs":null,"coordinates":[` + square + `]}`},
	} {
		t.Run(c.given, func(t *testing.T) {
			got, err := Parse([]byte(c.text), Options{ArealOnly: true})
			if err != nil {
				t.Fatal(err)
			}
			text := string(got.Features[0].Area.AppendGeoJSON(nil))
			again, err := Parse([]byte(text), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if second := string(again.Features[0].Area.AppendGeoJSON(nil)); second != text {
				t.Errorf("read back differently:\n%s\n%s", text, second)
			}
			if m, want := got.Features[0].Area.SquareMetres(), 1.22483e12; m < want*0.999 || m > want*1.001 {
				t.Errorf("%g m², want about %g", m, want)
			}
		})
	}
}

func TestParseFeatures(t *testing.T) {
	text := collectionText(
		`{"type":"Feature","id":7,"properties":{"WARD":3,"name":"A \"b\" \u00e9","ok":true,"no":null,"list":[1],"long":1.50},"geometry":{"type":"Point","coordinates":[-71.06,42.36,9]}}`,
		`{"type":"Feature","id":"x","properties":null,"geometry":null}`,
		`{"type":"Feature","geometry":{"type":"MultiPoint","coordinates":[[1,2],[3,4]]}}`)
	c, err := Parse([]byte(text), Options{})
	if err != nil {
		t.Fatal(err)
	}
	f := c.Features[0]
	if f.ID != "7" || f.Type != "Point" || len(f.Points) != 1 || f.Points[0] != (Point{-71.06, 42.36}) || f.Area != nil {
		t.Errorf("got %+v", f)
	}
	want := map[string]string{"WARD": "3", "name": `A "b" é`, "ok": "true", "long": "1.50"}
	for k, v := range want {
		if f.Properties[k] != v {
			t.Errorf("%s = %q, want %q", k, f.Properties[k], v)
		}
	}
	if len(f.Properties) != len(want) {
		t.Errorf("properties %v, want %v", f.Properties, want)
	}
	if f := c.Features[1]; f.ID != "x" || f.Type != "" || f.Area != nil || f.Points != nil {
		t.Errorf("without a place: %+v", f)
	}
	if len(c.Features[2].Points) != 2 {
		t.Errorf("multipoint: %+v", c.Features[2])
	}
	_, err = Parse([]byte(text), Options{ArealOnly: true})
	if refusals, _ := civic.AsRefusals(err); len(refusals) != 3 || refusals[0].Key != "geo.not_areal" {
		t.Errorf("areal only: %v", err)
	}
}

func TestParseTouching(t *testing.T) {
	for _, c := range []struct {
		given, text string
		in, out     Point
	}{
		{"a ring that touches itself at a corner", polygonText(`[[0,0],[10,0],[10,10],[5,10],[6,8],[4,8],[5,10],[0,10],[0,0]]`), Point{1, 1}, Point{5, 8.5}},
		{"a ring that touches its own edge", polygonText(`[[0,0],[10,0],[10,10],[5,0],[0,10],[0,0]]`), Point{9, 4}, Point{5, 3}},
		{"a hole that touches the outline", polygonText(square + `,[[0,5],[5,4],[5,6],[0,5]]`), Point{1, 1}, Point{4, 5}},
		{"a hole whose corners all touch it", polygonText(square + `,[[0,5],[5,0],[10,5],[5,10],[0,5]]`), Point{1, 1}, Point{5, 5}},
		{"two holes that touch", polygonText(square + `,[[1,1],[5,5],[1,5],[1,1]],[[5,5],[9,9],[5,9],[5,5]]`), Point{5, 4}, Point{2, 4}},
		{"two parts that touch", `{"type":"MultiPolygon","coordinates":[[` + square + `],[[[10,10],[20,10],[20,20],[10,10]]]]}`, Point{15, 11}, Point{11, 5}},
		{"an island in a lake", `{"type":"MultiPolygon","coordinates":[[` + square + `,[[1,1],[9,1],[9,9],[1,9],[1,1]]],[[[4,4],[6,4],[6,6],[4,6],[4,4]]]]}`, Point{5, 5}, Point{3, 3}},
	} {
		t.Run(c.given, func(t *testing.T) {
			got, err := Parse([]byte(c.text), Options{})
			if err != nil {
				t.Fatal(err)
			}
			a := got.Features[0].Area
			if !a.Contains(c.in) || a.Contains(c.out) {
				t.Errorf("%v in: %v, %v in: %v", c.in, a.Contains(c.in), c.out, a.Contains(c.out))
			}
		})
	}
}

func TestParseLimits(t *testing.T) {
	for _, c := range []struct {
		given string
		text  string
		opt   Options
		key   string
		kind  civic.Kind
	}{
		{"10 MB of open brackets", strings.Repeat("[", 10<<20), Options{}, "geo.too_deep", civic.Malformed},
		{"10 MB of nested objects", strings.Repeat(`{"a":`, 2<<20), Options{}, "geo.too_deep", civic.Malformed},
		{"brackets in coordinates", polygonText(strings.Repeat("[", 5<<20) + strings.Repeat("]", 5<<20)), Options{}, "geo.too_deep", civic.Malformed},
		{"too many bytes", polygonText(square), Options{MaxBytes: 20}, "geo.too_many_bytes", civic.TooLarge},
		{"too many features", collectionText(featureText("null"), featureText("null")), Options{MaxFeatures: 1}, "geo.too_many_features", civic.TooLarge},
		{"too many positions", polygonText(square), Options{MaxPositions: 5}, "geo.too_many_positions", civic.TooLarge},
		{"too many empty rings", polygonText(strings.Repeat("[],", 1<<20) + "[]"), Options{MaxPositions: 1000}, "geo.too_many_positions", civic.TooLarge},
	} {
		t.Run(c.given, func(t *testing.T) {
			_, err := Parse([]byte(c.text), c.opt)
			var refusals civic.Refusals
			if !errors.As(err, &refusals) || refusals[0].Key != c.key || refusals[0].Kind != c.kind {
				t.Fatalf("got %v, want %s", err, c.key)
			}
			checkSentence(t, refusals[0])
		})
	}
	if _, err := Parse([]byte(`{"type":"FeatureCollection","name":"`+strings.Repeat("[", 1000)+`\"","features":[]}`), Options{}); err != nil {
		t.Errorf("brackets in a string: %v", err)
	}
}

// Long parallel edges have overlapping boxes, pair by pair, and nothing crosses.
func TestParseGivesUpOnTangles(t *testing.T) {
	const n = 20_000
	var b strings.Builder
	for i := range n { // a staircase of slanted teeth
		x := float64(i) / n * 40
		fmt.Fprintf(&b, "[%.6f,%.6f],[%.6f,%.6f],", x, -x, x+40, 40-x)
	}
	text := polygonText("[" + b.String() + "[60,-60],[0,-60],[0,0]]")
	_, err := Parse([]byte(text), Options{})
	if refusals, _ := civic.AsRefusals(err); len(refusals) != 1 || refusals[0].Key != "geo.tangled" {
		t.Errorf("got %v, want geo.tangled", err)
	}
}

func TestRealBoundaries(t *testing.T) {
	const squareSurveyFoot = (1200.0 / 3937) * (1200.0 / 3937)
	for _, c := range []struct {
		file, name, size string
		want             int
		parts            map[string][2]int // parts and rings
	}{
		{"boston-wards-cutout.geojson", "WARD", "SHAPESTArea", 5, map[string][2]int{"3": {2, 2}, "5": {1, 1}, "19": {1, 2}}},
		{"boston-neighborhoods-cutout.geojson", "Name", "ShapeSTArea", 4, map[string][2]int{"Chinatown": {1, 1}}},
	} {
		text, err := os.ReadFile("testdata/" + c.file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Parse(text, Options{ArealOnly: true})
		if err != nil || len(got.Features) != c.want {
			t.Fatalf("%s: %d features, %v; want %d", c.file, len(got.Features), err, c.want)
		}
		for _, f := range got.Features {
			name := f.Properties[c.name]
			feet := float(t, f.Properties[c.size])
			// The state plane's scale differs from 1 by some 1e-5; coordinates are as good.
			if m, want := f.Area.SquareMetres(), feet*squareSurveyFoot; m < want*(1-2e-4) || m > want*(1+2e-4) {
				t.Errorf("%s: %.1f m², the city says %.1f", name, m, want)
			}
			if !f.Area.Contains(f.Area.InteriorPoint()) {
				t.Errorf("%s: %v is outside", name, f.Area.InteriorPoint())
			}
			if want, ok := c.parts[name]; ok {
				rings := 0
				for _, p := range f.Area.Parts() {
					rings += len(p)
				}
				if len(f.Area.Parts()) != want[0] || rings != want[1] {
					t.Errorf("%s: %d parts, %d rings; want %v", name, len(f.Area.Parts()), rings, want)
				}
			}
		}
	}
}
