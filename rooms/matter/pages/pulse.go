package pages

import (
	"context"
	"slices"
	"sort"
	"sync"
	"time"

	"skein/face"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/rooms/matter"
	"skein/science/geo"
)

// recent is how long an answered matter stays in the counts and on the map.
const recent = 30 * 24 * time.Hour

// pulseAge is how old the counts and the map may be.
const pulseAge = 5 * time.Second

// picture is what goes on in a realm at one moment, without private matters: the counts
// of the front page, the points of the map, and the last day.
type picture struct {
	Open, Late, Answered int
	points               []point
	categories           []civic.Category
	numbers              *matter.Numbers
	places               map[civic.PlaceID]counted // of open matters, by their most specific place
	day                  day
	tiles                sync.Map // tileKey → *packed
}

// point is a matter on the map. It holds no pointer: of a million matters there are hundreds of thousands, made anew each time.
type point struct {
	at       geo.Point // in the square of all tiles
	lon, lat int32     // millionths of a degree
	first    civic.Position
	cell     uint32 // of the tile of the deepest zoom that it lies in
	category uint32 // place in the picture's categories
	state    uint8  // place in stands
}

// degrees is where it lies on the earth.
func (p *point) degrees() geo.Point {
	return geo.Point{Lon: float64(p.lon) / 1e6, Lat: float64(p.lat) / 1e6}
}

// cellOf orders the tiles of the deepest zoom so that those in one tile of any zoom follow each other (Morton 1966): the bits of x and y by turns.
func cellOf(x, y int) uint32 { return evenly(uint32(x)) | evenly(uint32(y))<<1 }

// evenly puts a zero before each of the lower 16 bits.
func evenly(n uint32) uint32 {
	n = (n | n<<8) & 0x00ff00ff
	n = (n | n<<4) & 0x0f0f0f0f
	n = (n | n<<2) & 0x33333333
	return (n | n<<1) & 0x55555555
}

// within gives the points in a tile, in order of their cells.
func (p *picture) within(z, x, y int) []point {
	up := deepest - z
	first := uint64(cellOf(x<<up, y<<up))
	find := func(cell uint64) int {
		return sort.Search(len(p.points), func(i int) bool { return uint64(p.points[i].cell) >= cell })
	}
	return p.points[find(first):find(first+1<<(2*up))]
}

// place puts the points where they lie on the map, in order of their cells.
func (p *picture) place() {
	const side = 1 << deepest
	order := make([]uint64, len(p.points))
	for i := range p.points {
		pt := &p.points[i]
		pt.at = geo.Project(pt.degrees())
		pt.cell = cellOf(min(int(pt.at.Lon*side), side-1), min(int(pt.at.Lat*side), side-1))
		order[i] = uint64(pt.cell)<<32 | uint64(i)
	}
	slices.Sort(order)
	placed := make([]point, len(p.points))
	for i, o := range order {
		placed[i] = p.points[uint32(o)]
	}
	p.points = placed
}

// stands are how a matter may stand on the map; those that are drawn later lie on top.
var stands = []string{"closed", "open", "late"}

const standsClosed, standsOpen, standsLate = 0, 1, 2

// pulse keeps the last picture and the outlines that it is drawn over.
type pulse struct {
	last   face.Fresh[*picture]
	tally  face.Fresh[*tally]
	shapes ofVersion[string, *geo.Shapes] // by language, as plans
	plans  ofVersion[string, geo.Plan]
	files  ofVersion[string, *packed] // of tables that change with the registers alone
}

func (p *Pages) picture(ctx context.Context) (*picture, error) {
	return p.pulse.last.Get(ctx, pulseAge, p.take)
}

// take makes the picture from the roll. An answered matter that is open again counts as open.
func (p *Pages) take(ctx context.Context) (*picture, error) {
	realm := p.API.Site.Realm
	now := realm.Now()
	out := &picture{places: map[civic.PlaceID]counted{}, day: dayUntil(now), numbers: p.API.Ports.Numbers(realm.ID)}
	categories := map[civic.Category]uint32{}
	err := p.API.Walk(ctx, func(g matter.Glance) {
		out.day.count(g.Reported, g.Answered)
		pt := point{first: g.First, state: standsOpen}
		switch {
		case !g.Status.Open() && g.Answered < now.Add(-recent):
			return
		case !g.Status.Open():
			pt.state = standsClosed
			out.Answered++
		default:
			at := out.places[g.Place]
			at.open++
			out.Open++
			if g.Due != 0 && g.Due < now {
				pt.state = standsLate
				at.late++
				out.Late++
			}
			out.places[g.Place] = at
		}
		if g.Placed {
			at, known := categories[g.Category]
			if !known {
				at = uint32(len(out.categories))
				categories[g.Category], out.categories = at, append(out.categories, g.Category)
			}
			pt.category, pt.lon, pt.lat = at, int32(g.Point.Lon), int32(g.Point.Lat)
			out.points = append(out.points, pt)
		}
	})
	out.place()
	return out, err
}

// outlines are the places of the map in a language, made once a version of the tree.
func (p *Pages) outlines(v *clerk.View, lang string) *geo.Shapes {
	shapes, _ := p.pulse.shapes.get(v.Version, lang, func() (*geo.Shapes, error) { return geo.NewShapes(p.Ports.Outlines(v, lang)), nil })
	return shapes
}
