package geo

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"

	"skein/frame/civic"
)

// Options bound what Parse takes. Zero values mean the defaults.
type Options struct {
	MaxBytes     int // 32 MiB
	MaxFeatures  int // 50,000
	MaxPositions int // 2,000,000
	// ArealOnly refuses features that are not Polygon or MultiPolygon: points, and
	// features without a place.
	ArealOnly bool
}

// Collection is what a GeoJSON text holds; a bare feature or geometry is a collection of one.
type Collection struct {
	Features []Feature
}

// Feature is one thing on the map. Area is set for Polygon and MultiPolygon, Points for
// Point and MultiPoint, neither for a feature whose geometry is null. Properties holds
// strings, numbers as they are written, "true" and "false"; it leaves out null, lists and
// objects, in which no code or title can be.
type Feature struct {
	ID         string // "" when it has none; a number as it is written
	Type       string // the geometry's type, "" when it is null
	Area       *Area
	Points     []Point
	Properties map[string]string
}

// maxReasons ends the reading of a text with many faults.
const maxReasons = 50

// Parse reads a GeoJSON text (RFC 7946). It returns civic.Refusals with every reason found
// (at most fifty, one a ring), each Field naming the place in the text from 0, such as
// "features[3].geometry.coordinates[0]"; their arguments count features, parts and rings
// from 1. A collection with any fault is refused whole.
func Parse(data []byte, opt Options) (Collection, error) {
	opt.MaxBytes = or(opt.MaxBytes, 32<<20)
	opt.MaxFeatures = or(opt.MaxFeatures, 50_000)
	opt.MaxPositions = or(opt.MaxPositions, 2_000_000)
	if len(data) > opt.MaxBytes {
		return Collection{}, civic.Refusals{civic.Refuse(civic.TooLarge, "geo.too_many_bytes", "bytes", len(data), "limit", opt.MaxBytes)}
	}
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
	if r := checkJSON(data); r != nil {
		return Collection{}, civic.Refusals{*r}
	}
	p := &parser{opt: opt, ids: map[string]int{}, once: map[string]bool{}}
	p.top(data)
	if len(p.refused) > 0 {
		return Collection{}, p.refused
	}
	return Collection{Features: p.features}, nil
}

func or(value, standard int) int {
	if value > 0 {
		return value
	}
	return standard
}

type parser struct {
	opt       Options
	features  []Feature
	refused   civic.Refusals
	ids       map[string]int
	once      map[string]bool // keys that one sentence a text suffices for
	feature   int             // the one being read, from 1
	positions int
	stopped   bool
}

func (p *parser) refuse(path string, r civic.Refusal) {
	if p.stopped {
		return
	}
	if r.Args == nil {
		r.Args = map[string]any{}
	}
	if p.feature > 0 {
		r.Args["feature"] = p.feature
	}
	p.refused = append(p.refused, r.In(path))
	p.stopped = len(p.refused) >= maxReasons || r.Kind == civic.TooLarge
}

func (p *parser) invalid(path, key string, args ...any) {
	p.refuse(path, civic.Refuse(civic.Invalid, key, args...))
}

// object returns the members that GeoJSON gives a meaning, once the crs is seen to be ours.
func (p *parser) object(raw []byte, path string) (typ string, m map[string][]byte, ok bool) {
	if raw[0] != '{' {
		p.invalid(path, "geo.not_geojson")
		return "", nil, false
	}
	m = map[string][]byte{}
	for name, value := range members(raw) {
		switch name {
		case "type", "features", "geometry", "coordinates", "properties", "id", "crs":
			m[name] = value
		}
	}
	if crs, given := m["crs"]; given {
		if name, ours := readCRS(crs); !ours {
			p.invalid(join(path, "crs"), "geo.crs", "crs", name)
			return "", nil, false
		}
	}
	if t := m["type"]; len(t) > 0 && t[0] == '"' {
		return text(t), m, true
	}
	p.invalid(join(path, "type"), "geo.not_geojson")
	return "", nil, false
}

func join(path, member string) string {
	if path == "" {
		return member
	}
	return path + "." + member
}

func (p *parser) top(raw []byte) {
	typ, m, ok := p.object(raw, "")
	if !ok {
		return
	}
	switch typ {
	case "FeatureCollection":
		list := m["features"]
		if len(list) == 0 || list[0] != '[' {
			p.invalid("features", "geo.features_missing")
			return
		}
		for i, item := range elements(list) {
			if i >= p.opt.MaxFeatures {
				p.refuse("features", civic.Refuse(civic.TooLarge, "geo.too_many_features", "limit", p.opt.MaxFeatures))
			}
			if p.stopped {
				return
			}
			p.feature = i + 1
			path := fmt.Sprintf("features[%d]", i)
			if typ, m, ok := p.object(item, path); ok && typ != "Feature" {
				p.invalid(join(path, "type"), "geo.not_feature", "type", shorten(typ))
			} else if ok {
				p.readFeature(m, path)
			}
		}
	case "Feature":
		p.feature = 1
		p.readFeature(m, "")
	default:
		p.feature = 1
		f := Feature{}
		p.readGeometry(typ, m, "", &f)
		p.features = append(p.features, f)
	}
}

func (p *parser) readFeature(m map[string][]byte, path string) {
	f := Feature{}
	if id := m["id"]; len(id) > 0 {
		switch c := id[0]; {
		case c == '"':
			f.ID = text(id)
		case c == '-' || c >= '0' && c <= '9':
			f.ID = string(id)
		case c != 'n':
			p.invalid(join(path, "id"), "geo.id")
		}
		if first, taken := p.ids[f.ID]; taken && f.ID != "" {
			p.invalid(join(path, "id"), "geo.id_twice", "id", shorten(f.ID), "other", first)
		} else {
			p.ids[f.ID] = p.feature
		}
	}
	if props := m["properties"]; len(props) > 0 && props[0] == '{' {
		f.Properties = scalars(props)
	} else if len(props) > 0 && props[0] != 'n' {
		p.invalid(join(path, "properties"), "geo.properties")
	}
	path = join(path, "geometry")
	geometry := m["geometry"]
	switch {
	case len(geometry) == 0:
		p.invalid(path, "geo.geometry_missing")
	case geometry[0] == 'n':
		if p.opt.ArealOnly {
			p.invalid(path, "geo.not_areal", "type", "null")
		}
	default:
		if typ, m, ok := p.object(geometry, path); ok {
			p.readGeometry(typ, m, path, &f)
		}
	}
	p.features = append(p.features, f)
}

func scalars(object []byte) map[string]string {
	m := map[string]string{}
	for name, value := range members(object) {
		switch value[0] {
		case '"':
			m[name] = text(value)
		case 'n', '[', '{':
		default:
			m[name] = string(value)
		}
	}
	return m
}

func (p *parser) readGeometry(typ string, m map[string][]byte, path string, f *Feature) {
	f.Type = typ
	switch typ {
	case "Polygon", "MultiPolygon":
	case "Point", "MultiPoint":
		if p.opt.ArealOnly {
			p.invalid(path, "geo.not_areal", "type", typ)
			return
		}
	case "LineString", "MultiLineString", "GeometryCollection":
		p.invalid(join(path, "type"), "geo.geometry_type", "type", typ)
		return
	default:
		p.invalid(join(path, "type"), "geo.geometry_unknown", "type", shorten(typ))
		return
	}
	path = join(path, "coordinates")
	raw := m["coordinates"]
	if len(raw) == 0 || raw[0] != '[' {
		p.invalid(path, "geo.coordinates")
		return
	}
	switch typ {
	case "Point":
		if pt, fault := readPosition(raw); fault == nil {
			f.Points = []Point{pt}
		} else {
			p.badPosition(path, *fault)
		}
	case "MultiPoint":
		f.Points, _ = p.line(raw, path)
	case "Polygon":
		if rings, ok := p.polygon(raw, path); ok {
			p.build(f, [][][]Point{rings}, func(_, ring int) string {
				if ring < 0 {
					return path
				}
				return fmt.Sprintf("%s[%d]", path, ring)
			})
		}
	case "MultiPolygon":
		var parts [][][]Point
		sound := true
		for i, part := range elements(raw) {
			rings, ok := p.polygon(part, fmt.Sprintf("%s[%d]", path, i))
			parts, sound = append(parts, rings), sound && ok
			if p.stopped {
				return
			}
		}
		if sound {
			p.build(f, parts, func(part, ring int) string {
				if ring < 0 {
					return fmt.Sprintf("%s[%d]", path, part)
				}
				return fmt.Sprintf("%s[%d][%d]", path, part, ring)
			})
		}
	}
}

func (p *parser) build(f *Feature, parts [][][]Point, path func(part, ring int) string) {
	area, refused := build(parts, p.feature, path)
	for _, r := range refused {
		p.refuse(r.Field, r)
	}
	f.Area = area
}

func (p *parser) polygon(raw []byte, path string) ([][]Point, bool) {
	if raw[0] != '[' {
		p.invalid(path, "geo.coordinates")
		return nil, false
	}
	var rings [][]Point
	sound := true
	for i, ring := range elements(raw) {
		line, ok := p.line(ring, fmt.Sprintf("%s[%d]", path, i))
		rings, sound = append(rings, line), sound && ok
		if p.stopped {
			return nil, false
		}
	}
	return rings, sound
}

// line reads a list of positions, up to its first fault.
func (p *parser) line(raw []byte, path string) ([]Point, bool) {
	if raw[0] != '[' {
		p.invalid(path, "geo.coordinates")
		return nil, false
	}
	line := make([]Point, 0, bytes.Count(raw, []byte{'['})-1)
	p.positions++ // an empty line costs too
	for i, item := range elements(raw) {
		pt, fault := readPosition(item)
		if fault != nil {
			p.badPosition(fmt.Sprintf("%s[%d]", path, i), *fault)
			return nil, false
		}
		line = append(line, pt)
		if p.positions++; p.positions > p.opt.MaxPositions {
			break
		}
	}
	if p.positions > p.opt.MaxPositions {
		p.refuse(path, civic.Refuse(civic.TooLarge, "geo.too_many_positions", "limit", p.opt.MaxPositions))
		return nil, false
	}
	return line, true
}

// badPosition refuses a position. A text in metres is so throughout: one sentence does.
func (p *parser) badPosition(path string, fault civic.Refusal) {
	if fault.Key != "geo.position" {
		if p.once[fault.Key] {
			return
		}
		p.once[fault.Key] = true
	}
	p.refuse(path, fault)
}

// readPosition reads [longitude, latitude, …]; what follows the two is not looked at.
func readPosition(raw []byte) (Point, *civic.Refusal) {
	var xy [2]float64
	n := 0
	if raw[0] == '[' {
		for i, item := range elements(raw) {
			c := item[0]
			if c != '-' && (c < '0' || c > '9') {
				n = 0
				break
			}
			if n = i + 1; i < 2 {
				xy[i], _ = strconv.ParseFloat(string(item), 64)
			}
		}
	}
	if n < 2 {
		r := civic.Refuse(civic.Invalid, "geo.position", "found", shorten(string(raw[:min(len(raw), 60)])))
		return Point{}, &r
	}
	pt := Point{tidy(xy[0], 180), tidy(xy[1], 90)}
	if !pt.Valid() {
		r := notDegrees(xy[0], xy[1], 0)
		return Point{}, &r
	}
	return pt, nil
}

// shorten keeps what a text says about itself short and whole.
func shorten(s string) string {
	if len(s) <= 40 {
		return s
	}
	cut := 40
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
