package pages

import (
	"context"
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
	at       geo.Point
	first    civic.Position
	category int32 // place in the picture's categories
	state    uint8 // place in stands
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
	categories := map[civic.Category]int32{}
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
				at = int32(len(out.categories))
				categories[g.Category], out.categories = at, append(out.categories, g.Category)
			}
			pt.category, pt.at = at, geo.Point{Lon: float64(g.Point.Lon) / 1e6, Lat: float64(g.Point.Lat) / 1e6}
			out.points = append(out.points, pt)
		}
	})
	return out, err
}

// outlines are the places of the map in a language, made once a version of the tree.
func (p *Pages) outlines(v *clerk.View, lang string) *geo.Shapes {
	shapes, _ := p.pulse.shapes.get(v.Version, lang, func() (*geo.Shapes, error) { return geo.NewShapes(p.Ports.Outlines(v, lang)), nil })
	return shapes
}
