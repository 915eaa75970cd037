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
	points               points
	categories           []civic.Category
	numbers              *matter.Numbers
	places               map[civic.PlaceID]counted // of open matters, by their most specific place
	day                  day
	tiles                sync.Map // tileKey → *packed
}

// stands are how a matter may stand on the map; those that are drawn later lie on top.
var stands = []string{"closed", "open", "late"}

const standsClosed, standsOpen, standsLate = 0, 1, 2

// pulse keeps the last picture and the outlines that it is drawn over.
type pulse struct {
	last   face.Fresh[*picture]
	tally  face.Fresh[*tally]
	found  []point // by take, which one alone does at a time: kept for the next
	order  []uint64
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
	categories, found := map[civic.Category]uint32{}, p.pulse.found[:0]
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
			found = append(found, pt)
		}
	})
	out.points, p.pulse.order = place(found, p.pulse.order)
	p.pulse.found = found
	return out, err
}

// outlines are the places of the map in a language, made once a version of the tree.
func (p *Pages) outlines(v *clerk.View, lang string) *geo.Shapes {
	shapes, _ := p.pulse.shapes.get(v.Version, lang, func() (*geo.Shapes, error) { return geo.NewShapes(p.Ports.Outlines(v, lang)), nil })
	return shapes
}
