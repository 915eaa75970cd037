package geo

import (
	"bytes"
	"os"
	"testing"

	"skein/frame/civic"
)

// FuzzParse holds that any text is either refused in words that exist, or gives areas that
// hold their interior point, are written and read back the same, and survive drawing.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		collectionText(featureText(polygonText(square)), featureText(`{"type":"Point","coordinates":[1,2,3]}`)),
		polygonText(`[[177,-19],[-178,-19],[-178,-15],[177,-15],[177,-19]],[[179,-17],[179,-16],[-179,-16],[-179,-17],[179,-17]]`),
		polygonText(`[[-180,-90],[180,-90],[180,-78],[0,-70],[-180,-78],[-180,-90]]`),
		polygonText(`[[0,0],[1,1],[2,2],[2,0],[1,1],[0,2],[0,0]]`),
		`{"type":"MultiPolygon","coordinates":[[` + square + `],[[[10,10],[20,10],[20,20],[10,10]]]]}`,
		`{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:2249"}},"features":[{}]}`,
		`{"type":"Feature","id":1e3,"properties":{"a":[{}],"b":"\ud83d\ude00"},"geometry":null}`,
		"\ufeff[[[[", `{"type":"Polygon","coordinates":[[[1e999,-0],[]]]}`,
	} {
		f.Add([]byte(seed))
	}
	english, err := os.ReadFile("messages.en.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := Parse(text, Options{MaxPositions: 5000})
		if err != nil {
			refusals, ok := civic.AsRefusals(err)
			if !ok || len(refusals) == 0 {
				t.Fatalf("an error that is no refusal: %v", err)
			}
			for _, r := range refusals {
				if !bytes.Contains(english, []byte(`"`+r.Key+`"`)) {
					t.Fatalf("no text for %s", r.Key)
				}
			}
			return
		}
		for _, feature := range c.Features {
			a := feature.Area
			if a == nil {
				continue
			}
			if p := a.InteriorPoint(); !p.Valid() || !a.Contains(p) {
				t.Fatalf("the interior point %v is outside", p)
			}
			if m := a.SquareMetres(); !(m >= 0 && m < 5.2e14) {
				t.Fatalf("%g m²", m)
			}
			written := a.AppendGeoJSON(nil)
			again, err := Parse(written, Options{})
			if err != nil {
				t.Fatalf("written as %s, then %v", written, err)
			}
			if second := again.Features[0].Area.AppendGeoJSON(nil); !bytes.Equal(written, second) {
				t.Fatalf("written as\n%s then as\n%s", written, second)
			}
			a.Simplify(1000)
			if _, err := Tile(3, 4, 2, Layers{Places: NewShapes([]Shape{{Area: a}})}); err != nil {
				t.Fatal(err)
			}
		}
	})
}
