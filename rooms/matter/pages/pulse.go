package pages

import (
	"context"
	"database/sql"
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
// of the front page, and the points of the map.
type picture struct {
	Open, Late, Answered int
	points               []point
	places               map[civic.PlaceID]counted // of open matters, by their most specific place
	tiles                sync.Map                  // tileKey → *tile
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
	shapes sync.Map // shapesKey → *geo.Shapes
	plans  sync.Map // *geo.Shapes → geo.Plan
}

func (p *Pages) picture(ctx context.Context) (*picture, error) {
	return p.pulse.last.Get(ctx, pulseAge, p.take)
}

// take reads the picture. An answered matter that is open again counts as open.
func (p *Pages) take(ctx context.Context) (*picture, error) {
	realm := p.API.Site.Realm
	now := realm.Now()
	out := &picture{places: map[civic.PlaceID]counted{}}
	rows, err := realm.DB.R.QueryContext(ctx, `SELECT m.number, m.category, m.place, m.lat_e6, m.lon_e6, m.due,
			CASE WHEN m.status IN ('received', 'assigned', 'objected', 'working', 'paused') THEN 1 ELSE 0 END
		FROM matters m WHERE m.realm = $1 AND m.visibility <> 'private'
			AND (m.status IN ('received', 'assigned', 'objected', 'working', 'paused') OR m.answered >= $2)`,
		string(realm.ID), int64(now.Add(-recent)))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var pt point
		var lat, lon, due sql.NullInt64
		var open bool
		var place civic.PlaceID
		if err := rows.Scan(&pt.number, &pt.category, &place, &lat, &lon, &due, &open); err != nil {
			return nil, err
		}
		switch {
		case !open:
			pt.state = "closed"
			out.Answered++
		case due.Valid && civic.Instant(due.Int64) < now:
			pt.state = "late"
			out.Late++
			out.Open++
		default:
			pt.state = "open"
			out.Open++
		}
		if open {
			at := out.places[place]
			at.open++
			if pt.state == "late" {
				at.late++
			}
			out.places[place] = at
		}
		if lat.Valid && lon.Valid {
			pt.at = geo.Point{Lon: float64(lon.Int64) / 1e6, Lat: float64(lat.Int64) / 1e6}
			out.points = append(out.points, pt)
		}
	}
	return out, rows.Err()
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
