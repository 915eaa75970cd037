package pages

import (
	"context"
	"errors"
	"math"
	"slices"
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

// rowsAtOnce bounds how many rows are read by one question.
const rowsAtOnce = 2000

// pulseAge is how old the counts and the map may be.
const pulseAge = 5 * time.Second

// picture is what goes on in a realm at one moment, without private matters: the counts
// of the front page, the points of the map, and the last day.
type picture struct {
	Open, Late, Answered int
	points               []point
	places               map[civic.PlaceID]counted // of open matters, by their most specific place
	day                  day
	tiles                sync.Map // tileKey → *tile
}

type point struct {
	at       geo.Point
	number   matter.Number
	category civic.Category
	state    string // "open", "late" or "closed"
}

// pulse keeps the last picture and the outlines that it is drawn over.
type pulse struct {
	last   face.Fresh[*picture]
	tally  face.Fresh[*tally]
	seen   map[civic.Position]seen // of the last picture: one reading goes on at a time
	shapes sync.Map                // shapesKey → *geo.Shapes
	plans  sync.Map                // *geo.Shapes → geo.Plan
}

// seen is what a picture needs of a matter, and the version of its row: of a matter that nothing was done on no row is read again.
type seen struct {
	version                 civic.Position
	point                   point
	placed, open            bool
	place                   civic.PlaceID
	reported, answered, due civic.Instant
}

func (p *Pages) picture(ctx context.Context) (*picture, error) {
	return p.pulse.last.Get(ctx, pulseAge, p.take)
}

// take makes the picture of what is open, and of what something was done on lately. An answered matter that is open again counts as open.
func (p *Pages) take(ctx context.Context) (*picture, error) {
	now := p.API.Site.Realm.Now()
	known, err := p.see(ctx, now)
	if err != nil {
		return nil, err
	}
	out := &picture{places: map[civic.PlaceID]counted{}, points: make([]point, 0, len(known)), day: dayUntil(now)}
	for _, s := range known {
		out.day.count(s.reported, s.answered)
		switch {
		case !s.open && s.answered < now.Add(-recent):
			continue
		case !s.open:
			s.point.state = "closed"
			out.Answered++
		case s.due != 0 && s.due < now:
			s.point.state = "late"
			out.Late++
			out.Open++
		default:
			s.point.state = "open"
			out.Open++
		}
		if s.open {
			at := out.places[s.place]
			at.open++
			if s.point.state == "late" {
				at.late++
			}
			out.places[s.place] = at
		}
		if s.placed {
			out.points = append(out.points, s.point)
		}
	}
	return out, nil
}

// see gives what is open and what something was done on since recent, by the roll, and reads the rows of what is new in it.
func (p *Pages) see(ctx context.Context, now civic.Instant) (map[civic.Position]seen, error) {
	var picked []matter.Picked
	for _, f := range []matter.Filter{{Open: true, Limit: math.MaxInt}, {UpdatedFrom: now.Add(-recent), Limit: math.MaxInt}} {
		some, _, ok, err := p.API.Pick(ctx, f, false)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, errors.New("pages: the roll cannot say what is open")
		}
		picked = append(picked, some...)
	}
	out := make(map[civic.Position]seen, len(picked))
	versions := map[civic.DossierID]matter.Picked{}
	var anew []civic.DossierID
	for _, m := range picked {
		if s, ok := p.pulse.seen[m.First]; ok && s.version == m.Version {
			out[m.First] = s
			continue
		}
		if _, twice := versions[m.ID]; !twice {
			versions[m.ID] = m
			anew = append(anew, m.ID)
		}
	}
	p.pulse.seen = out // what was read stays, also where time does not suffice for all of it
	for some := range slices.Chunk(anew, rowsAtOnce) {
		rows, err := p.API.Rows(ctx, some)
		if err != nil {
			return nil, err
		}
		for _, r := range rows { // one that turned private in between is none of them
			m := versions[r.ID]
			s := seen{
				version: m.Version, point: point{number: r.Number, category: r.Category}, open: r.Status.Open(), place: r.Place,
				reported: r.Reported, answered: r.Answered, due: r.Due,
			}
			if r.Point != nil {
				s.placed, s.point.at = true, geo.Point{Lon: float64(r.Point.Lon) / 1e6, Lat: float64(r.Point.Lat) / 1e6}
			}
			out[m.First] = s
		}
	}
	return out, nil
}

type shapesKey struct {
	version civic.Position
	lang    string
}

// outlines are the places of the map in a language, made once a version of the tree.
func (p *Pages) outlines(v *clerk.View, lang string) *geo.Shapes {
	key := shapesKey{v.Version, lang}
	if s, ok := p.pulse.shapes.Load(key); ok {
		return s.(*geo.Shapes)
	}
	made, loaded := p.pulse.shapes.LoadOrStore(key, geo.NewShapes(p.Ports.Outlines(v, lang)))
	if !loaded {
		p.pulse.shapes.Range(func(k, _ any) bool {
			if k.(shapesKey).version < key.version {
				p.pulse.shapes.Delete(k)
			}
			return true
		})
	}
	return made.(*geo.Shapes)
}
