package boston

import (
	"encoding/json"
	"fmt"
	"sort"

	"github.com/peterstace/simplefeatures/geom"

	"skein/frame/civic"
)

// City is the code of the realm's root place.
const City civic.PlaceID = "boston"

// Place is one place of the realm, with the boundary that the import of places takes.
type Place struct {
	ID     civic.PlaceID
	Parent civic.PlaceID
	// Kind is "city", "ward" or "neighbourhood".
	Kind  string
	Title Title
	// Source is the polygon's name in the city's file, or how the boundary was made.
	Source string
	// Repaired is set where the city's polygon crossed or touched itself and was taken apart.
	Repaired bool
	// Boundary is a valid Polygon or MultiPolygon, outer rings counter-clockwise (RFC 7946).
	Boundary json.RawMessage
}

// Geography is the city's polygons, ready to be asked. It is not changed after it is made
// and may be used by many at once.
type Geography struct {
	// Places holds the city, then wards, then neighbourhoods, each by code.
	Places       []Place
	wards, hoods []area
}

// area is a place's rings with the box around them.
type area struct {
	id                     civic.PlaceID
	west, south, east, top float64
	rings                  [][]float64 // x, y, x, y …
}

// Places reads the polygons: 22 wards and 26 neighbourhoods, both layers children of the
// city, whose boundary is everything that either layer covers. Polygons that are not
// simple (Hyde Park; wards 5, 16 and 17) are taken apart at the crossing.
func Places() (*Geography, error) {
	g := &Geography{}
	var all []geom.Geometry
	for _, layer := range []struct{ file, kind, property string }{
		{"data/boston-wards.geojson.gz", "ward", "WARD"},
		{"data/boston-neighborhoods.geojson.gz", "neighbourhood", "Name"},
	} {
		shapes, places, err := readLayer(layer.file, layer.kind, layer.property)
		if err != nil {
			return nil, err
		}
		areas := make([]area, len(places))
		for i := range places {
			areas[i] = newArea(places[i].ID, shapes[i])
		}
		if layer.kind == "ward" {
			g.wards = areas
		} else {
			g.hoods = areas
		}
		all = append(all, shapes...)
		g.Places = append(g.Places, places...)
	}
	boundary, err := outline(all)
	if err != nil {
		return nil, err
	}
	n := names().of[[2]string{"city", "Boston"}]
	city := Place{ID: City, Kind: n.kind, Title: n.title, Source: "union of wards and neighbourhoods, gaps inside closed", Boundary: boundary}
	g.Places = append([]Place{city}, g.Places...)
	return g, nil
}

func readLayer(file, kind, property string) ([]geom.Geometry, []Place, error) {
	text, err := unpack(file)
	if err != nil {
		return nil, nil, err
	}
	var layer struct {
		Features []struct {
			Properties map[string]any  `json:"properties"`
			Geometry   json.RawMessage `json:"geometry"`
		} `json:"features"`
	}
	if err := json.Unmarshal(text, &layer); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", file, err)
	}
	type pair struct {
		shape geom.Geometry
		place Place
	}
	pairs := make([]pair, 0, len(layer.Features))
	for _, f := range layer.Features {
		source := fmt.Sprint(f.Properties[property])
		p := Place{Parent: City, Kind: kind, Source: source}
		if kind == "ward" {
			if p.ID, err = wardCode(source); err != nil {
				return nil, nil, fmt.Errorf("%s: %w", file, err)
			}
			p.Title = Title{"en": "Ward " + source, "zh-Hans": "第" + source + "选区"}
		} else {
			n, known := names().of[[2]string{"polygon", source}]
			if !known {
				return nil, nil, fmt.Errorf("%s: names.csv has no polygon %q", file, source)
			}
			p.ID, p.Title = civic.PlaceID(n.code), n.title
		}
		shape, err := geom.UnmarshalGeoJSON(f.Geometry)
		if err != nil {
			p.Repaired = true
			if shape, err = geom.UnmarshalGeoJSON(f.Geometry, geom.NoValidate{}); err != nil {
				return nil, nil, fmt.Errorf("%s: %s: %w", file, source, err)
			}
			if shape, err = geom.UnaryUnion(shape); err != nil {
				return nil, nil, fmt.Errorf("%s: %s: %w", file, source, err)
			}
		}
		shape = shape.ForceCCW()
		if p.Boundary, err = shape.MarshalJSON(); err != nil {
			return nil, nil, fmt.Errorf("%s: %s: %w", file, source, err)
		}
		pairs = append(pairs, pair{shape, p})
	}
	sort.Slice(pairs, func(i, j int) bool { return pairs[i].place.ID < pairs[j].place.ID })
	shapes, places := make([]geom.Geometry, len(pairs)), make([]Place, len(pairs))
	for i, p := range pairs {
		shapes[i], places[i] = p.shape, p.place
	}
	return shapes, places, nil
}

// outline joins shapes and closes the slivers that two layers leave between their edges:
// Boston's own ground has no hole.
func outline(shapes []geom.Geometry) (json.RawMessage, error) {
	whole, err := geom.UnionMany(shapes)
	if err != nil {
		return nil, fmt.Errorf("outline of the city: %w", err)
	}
	var parts []geom.Geometry
	for _, ring := range outer(whole) {
		parts = append(parts, geom.NewPolygon([]geom.LineString{ring}).AsGeometry())
	}
	if whole, err = geom.UnionMany(parts); err != nil {
		return nil, fmt.Errorf("outline of the city: %w", err)
	}
	return whole.ForceCCW().MarshalJSON()
}

// polygons lists the polygons of a shape.
func polygons(g geom.Geometry) []geom.Polygon {
	if g.IsPolygon() {
		return []geom.Polygon{g.MustAsPolygon()}
	}
	if !g.IsMultiPolygon() {
		return nil
	}
	many := g.MustAsMultiPolygon()
	list := make([]geom.Polygon, many.NumPolygons())
	for i := range list {
		list[i] = many.PolygonN(i)
	}
	return list
}

func outer(g geom.Geometry) []geom.LineString {
	var rings []geom.LineString
	for _, p := range polygons(g) {
		rings = append(rings, p.ExteriorRing())
	}
	return rings
}

func newArea(id civic.PlaceID, shape geom.Geometry) area {
	a := area{id: id, west: 180, south: 90, east: -180, top: -90}
	for _, p := range polygons(shape) {
		for _, line := range append([]geom.LineString{p.ExteriorRing()}, interior(p)...) {
			s := line.Coordinates()
			ring := make([]float64, 0, 2*s.Length())
			for i := range s.Length() {
				at := s.GetXY(i)
				ring = append(ring, at.X, at.Y)
				a.west, a.east = min(a.west, at.X), max(a.east, at.X)
				a.south, a.top = min(a.south, at.Y), max(a.top, at.Y)
			}
			a.rings = append(a.rings, ring)
		}
	}
	return a
}

func interior(p geom.Polygon) []geom.LineString {
	rings := make([]geom.LineString, p.NumInteriorRings())
	for i := range rings {
		rings[i] = p.InteriorRingN(i)
	}
	return rings
}

// holds counts crossings of a ray to the east over all rings, so that holes and several
// polygons need no care of their own.
func (a *area) holds(lon, lat float64) bool {
	if lon < a.west || lon > a.east || lat < a.south || lat > a.top {
		return false
	}
	in := false
	for _, r := range a.rings {
		for i := 0; i+3 < len(r); i += 2 {
			x0, y0, x1, y1 := r[i], r[i+1], r[i+2], r[i+3]
			if (y0 > lat) != (y1 > lat) && lon < (x1-x0)*(lat-y0)/(y1-y0)+x0 {
				in = !in
			}
		}
	}
	return in
}

func find(areas []area, lon, lat float64) civic.PlaceID {
	for i := range areas {
		if areas[i].holds(lon, lat) {
			return areas[i].id
		}
	}
	return ""
}

// WardAt is the ward whose polygon holds a point in WGS 84 degrees, or "".
func (g *Geography) WardAt(lon, lat float64) civic.PlaceID { return find(g.wards, lon, lat) }

// HoodAt is the neighbourhood whose polygon holds a point in WGS 84 degrees, or "".
func (g *Geography) HoodAt(lon, lat float64) civic.PlaceID { return find(g.hoods, lon, lat) }

// Ward is the ward of a row: the one the city wrote (which its point contradicts in 378
// rows of 53,442, for the points are rounded and the polygons younger), else the one that
// holds its point, else the whole city. The default point places nothing.
func (g *Geography) Ward(r *Row) civic.PlaceID {
	if r.Ward != "" {
		return r.Ward
	}
	if r.Located() {
		if w := g.WardAt(r.Lon, r.Lat); w != "" {
			return w
		}
	}
	return City
}

// Hood is the neighbourhood of a row: the polygon that holds its point, or, where the
// point is the default, the first polygon that names.csv gives for the city's name of the
// neighbourhood ("Allston / Brighton" is nbhd-brighton), or the whole city: "Boston" says no more.
func (g *Geography) Hood(r *Row) civic.PlaceID {
	if r.Located() {
		if h := g.HoodAt(r.Lon, r.Lat); h != "" {
			return h
		}
	}
	if list := HoodsNamed(r.Neighbourhood); len(list) > 0 {
		return list[0]
	}
	return City
}
