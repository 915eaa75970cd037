package geo

import (
	"iter"
	"math"
	"sync"

	"skein/frame/civic"
)

// Extent is the number of units along a side of a vector tile.
const Extent = 4096

const (
	maxZoom     = 24
	margin      = 64 // units drawn beyond the tile, so that outlines run off its edge
	slack       = 4  // units by which lines may be off: half a pixel of a 512-pixel tile
	cells       = 64 // clusters along a side of a tile, at most
	mercatorMax = 85.0511287798066
)

// Shape is an area on the map.
type Shape struct {
	Code, Title string
	Area        *Area
}

// Dot is a matter on the map. Its position must be one that may be published.
type Dot struct {
	ID              int64 // its own, for Layers.Number
	Category, State string
	At              Point // by Project
}

// Layers is what a tile is made of.
type Layers struct {
	Places *Shapes // layer "places": polygons with code and title
	// Matters are the layer "matters": points with number, category and state, or with count. They are gone through once, and what lies outside is passed over.
	Matters iter.Seq[Dot]
	// Number numbers a matter by its ID: it is asked for those alone that stand by themselves.
	Number func(id int64) string
	// Cells is how many clusters a tile has along a side, 64 if 0 and at most 64.
	Cells int
	// Room is how far from the rim of its cell a point of several stays, in units of the tile, so that no two of
	// them cover each other, whichever tiles they are on; at most half a cell.
	Room float64
}

// Shapes holds areas ready for drawing. Each zoom's simplified outlines are made when they
// are first asked for, and kept.
type Shapes struct {
	shapes []Shape
	zooms  [maxZoom + 1]struct {
		once  sync.Once
		drawn []drawing
	}
}

// drawing is a shape's rings in the Web Mercator square, 0…1 from the north-west corner.
type drawing struct {
	box
	rings []outline
}

type outline struct {
	box
	points []Point
}

// NewShapes prepares shapes; one without an area is not drawn.
func NewShapes(shapes []Shape) *Shapes {
	return &Shapes{shapes: append([]Shape(nil), shapes...)}
}

// at returns the drawings for a zoom, in the order of the shapes.
func (s *Shapes) at(zoom int) []drawing {
	z := &s.zooms[zoom]
	z.once.Do(func() {
		z.drawn = make([]drawing, len(s.shapes))
		for i, shape := range s.shapes {
			z.drawn[i] = draw(shape.Area, zoom)
		}
	})
	return z.drawn
}

func draw(a *Area, zoom int) drawing {
	d := drawing{box: emptyBox}
	if a == nil {
		return d
	}
	b := a.Bounds()
	middle := max(-mercatorMax, min(mercatorMax, (b.South+b.North)/2))
	unit := 360 * metresPerDegree * math.Cos(middle*degree) / math.Exp2(float64(zoom)) / Extent
	for _, part := range a.Simplify(slack * unit).parts {
		for _, r := range part {
			o := outline{points: make([]Point, len(r))}
			for i, p := range r {
				o.points[i] = mercator(p)
			}
			o.box = boxOf(o.points)
			d.box = d.box.join(o.box)
			d.rings = append(d.rings, o)
		}
	}
	return d
}

// mercator projects into the unit square of EPSG:3857, x east and y south. Latitudes
// beyond ±85.0511° lie on its rim.
func mercator(p Point) Point {
	s := math.Sin(max(-mercatorMax, min(mercatorMax, p.Lat)) * degree)
	return Point{p.Lon/360 + 0.5, 0.5 - math.Atanh(s)/(2*math.Pi)}
}

// Project gives the place of a point in the square of all tiles (EPSG:3857), from 0 at the north-west corner up to 1, which is in no tile: x east,
// y south. Latitudes beyond ±85.0511° lie on its rim, and the two ends of the 180th meridian are one.
func Project(p Point) Point {
	if p.Lon == 180 {
		p.Lon = -180
	}
	const last = 1 - 0x1p-53 // the largest below 1
	at := mercator(p)
	return Point{max(0, min(last, at.Lon)), max(0, min(last, at.Lat))}
}

// TileBounds returns what a tile of the usual XYZ scheme covers, without its margin. A
// matter on the line between two tiles is drawn by the southern, the eastern one.
func TileBounds(z, x, y int) (Bounds, error) {
	if z < 0 || z > maxZoom || x < 0 || y < 0 || x >= 1<<z || y >= 1<<z {
		return Bounds{}, civic.Refuse(civic.Missing, "geo.tile", "z", z, "x", x, "y", y, "deepest", maxZoom)
	}
	n := math.Exp2(float64(z))
	lat := func(y int) float64 { return math.Asin(math.Tanh(math.Pi*(1-2*float64(y)/n))) / degree }
	return Bounds{
		West: float64(x)/n*360 - 180, East: float64(x+1)/n*360 - 180,
		North: lat(y), South: lat(y + 1),
	}, nil
}

// Tile makes a Mapbox Vector Tile (specification 2.1), not compressed. It is empty when
// nothing lies in it. Matters are gathered by cells of a 64th of the tile (or as Layers.Cells
// says) at every zoom: a cell of several becomes one point at their middle with their count,
// and with their state where it is the same of all, so that a tile never holds more than
// 4,096 and deep zooms take them apart.
func Tile(z, x, y int, layers Layers) ([]byte, error) {
	if _, err := TileBounds(z, x, y); err != nil {
		return nil, err
	}
	view := view{n: math.Exp2(float64(z)), x: float64(x), y: float64(y)}
	var tile []byte
	if layers.Places != nil {
		tile = drawPlaces(tile, view, layers.Places, z)
	}
	side := layers.Cells
	if side <= 0 || side > cells {
		side = cells
	}
	return drawMatters(tile, view, layers, float64(side)), nil
}

// view is where a tile lies: units from its north-west corner.
type view struct{ n, x, y float64 }

func (v view) units(p Point) Point {
	return Point{(p.Lon*v.n - v.x) * Extent, (p.Lat*v.n - v.y) * Extent}
}

// frame is the tile with its margin, in the unit square.
func (v view) frame() box {
	const m = float64(margin) / Extent
	return box{(v.x - m) / v.n, (v.y - m) / v.n, (v.x + 1 + m) / v.n, (v.y + 1 + m) / v.n}
}

func (b box) meets(c box) bool {
	return b.minLon <= c.maxLon && b.maxLon >= c.minLon && b.minLat <= c.maxLat && b.maxLat >= c.minLat
}

func drawPlaces(tile []byte, v view, shapes *Shapes, zoom int) []byte {
	layer := newLayer("places", "code", "title")
	frame := v.frame()
	var line, spare []Point
	for i, d := range shapes.at(zoom) {
		if !d.meets(frame) {
			continue
		}
		layer.begin()
		for _, o := range d.rings {
			if !o.meets(frame) {
				continue
			}
			line = append(line[:0], o.points...)
			if !o.box.within(frame) {
				line, spare = clip(line, spare, frame)
			}
			for i := range line {
				line[i] = v.units(line[i])
			}
			layer.ring(line)
		}
		layer.tag(0, shapes.shapes[i].Code)
		layer.tag(1, shapes.shapes[i].Title)
		layer.end(polygon)
	}
	return layer.append(tile)
}

// clip cuts a closed ring to a frame (Sutherland and Hodgman 1974), using both slices. A
// ring that leaves and returns keeps lines along the frame, which are out of sight.
func clip(line, spare []Point, frame box) (clipped, other []Point) {
	for side := range 4 {
		spare = spare[:0]
		depth := func(p Point) float64 {
			return [4]float64{p.Lon - frame.minLon, frame.maxLon - p.Lon, p.Lat - frame.minLat, frame.maxLat - p.Lat}[side]
		}
		for i := 1; i < len(line); i++ {
			a, b := line[i-1], line[i]
			da, db := depth(a), depth(b)
			if (da < 0) != (db < 0) {
				t := da / (da - db)
				spare = append(spare, Point{a.Lon + t*(b.Lon-a.Lon), a.Lat + t*(b.Lat-a.Lat)})
			}
			if db >= 0 {
				spare = append(spare, b)
			}
		}
		if len(spare) > 0 {
			spare = append(spare, spare[0])
		}
		line, spare = spare, line
	}
	return line, spare
}

// inCell moves a coordinate away from the rim of its cell.
func inCell(u, size, room float64) float64 {
	least, room := math.Floor(u/size)*size, min(room, size/2)
	return max(least+room, min(least+size-room, u))
}

func drawMatters(tile []byte, v view, layers Layers, side float64) []byte {
	if layers.Matters == nil {
		return tile
	}
	layer := newLayer("matters", "number", "category", "state", "count")
	type cluster struct {
		first    Dot
		count    int64
		lon, lat float64
		mixed    bool // in state
	}
	var grid [cells * cells]int32 // 1 + place in clusters
	var clusters []cluster
	for d := range layers.Matters {
		u := v.units(d.At)
		cx, cy := math.Floor(u.Lon*side/Extent), math.Floor(u.Lat*side/Extent)
		if !(cx >= 0 && cx < side && cy >= 0 && cy < side) {
			continue
		}
		cell := &grid[int(cy)*cells+int(cx)]
		if *cell == 0 {
			clusters = append(clusters, cluster{first: d})
			*cell = int32(len(clusters))
		}
		c := &clusters[*cell-1]
		c.count++
		c.mixed = c.mixed || d.State != c.first.State
		c.lon += u.Lon
		c.lat += u.Lat
	}
	for _, c := range clusters {
		layer.begin()
		at := Point{c.lon / float64(c.count), c.lat / float64(c.count)}
		if c.count > 1 {
			at = Point{inCell(at.Lon, Extent/side, layers.Room), inCell(at.Lat, Extent/side, layers.Room)}
		}
		layer.point(at)
		if c.count == 1 {
			layer.tag(0, layers.Number(c.first.ID))
			layer.tag(1, c.first.Category)
			layer.tag(2, c.first.State)
		} else {
			layer.tagCount(3, c.count)
			if !c.mixed {
				layer.tag(2, c.first.State)
			}
		}
		layer.end(point)
	}
	return layer.append(tile)
}
