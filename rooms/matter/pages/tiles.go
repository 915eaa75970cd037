package pages

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"skein/face/words"
	"skein/frame/civic"
	"skein/science/geo"
)

type tileKey struct {
	z, x, y int
	lang    string
}

// tileAge is how long a browser may show a tile again: as long as the map's script takes on a slow line, with which the first tiles are asked for.
const tileAge = 15 * time.Second

const (
	// deepest is the zoom beyond which the map enlarges what it has; app: data-maxzoom.
	deepest = 16
	// closeUp is the zoom from which answered matters show too: further out a circle stands for
	// many, and is to be read as open.
	closeUp = 13
	// tileCells is how finely a tile tells matters apart close up: cells of 32 pixels, as the circles are at most 30 wide; further out
	// farCells, of 64 pixels, in which a circle keeps farRoom from the rim, so that a phone shows some thirty numbers that can be read.
	tileCells = 16
	farCells  = 8
	farRoom   = 17 * geo.Extent / 512
)

// tile draws a vector tile of places and of what goes on. Private matters are not on it,
// blurred ones only where they were snapped to.
func (p *Pages) tile(w http.ResponseWriter, r *http.Request) {
	site := p.API.Site
	name, ok := strings.CutSuffix(r.PathValue("y"), ".mvt")
	z, errZ := strconv.Atoi(r.PathValue("z"))
	x, errX := strconv.Atoi(r.PathValue("x"))
	y, errY := strconv.Atoi(name)
	if !ok || errZ != nil || errX != nil || errY != nil {
		site.Error(w, r, civic.Refuse(civic.Missing, "pages.no_tile"))
		return
	}
	if z > deepest {
		site.Error(w, r, civic.Refuse(civic.Missing, "geo.tile", "z", z, "x", x, "y", y, "deepest", deepest))
		return
	}
	t, err := p.tileOf(r, tileKey{z, x, y, site.Voice(r.Context()).Lang})
	if err != nil {
		site.Error(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/vnd.mapbox-vector-tile")
	h.Set("Cache-Control", "public, max-age="+strconv.Itoa(int(tileAge.Seconds())))
	h.Set("Vary", "Accept-Encoding, Accept-Language, Cookie")
	sendPacked(w, r, t)
}

func (p *Pages) tileOf(r *http.Request, key tileKey) (*packed, error) {
	if _, err := geo.TileBounds(key.z, key.x, key.y); err != nil {
		return nil, err
	}
	now, err := p.picture(r.Context())
	if err != nil {
		return nil, err
	}
	if t, ok := now.tiles.Load(key); ok {
		return t.(*packed), nil
	}
	site := p.API.Site
	voice := site.Voice(r.Context())
	titles := make([]string, len(now.categories)) // as they are needed
	points := now.points.within(key.z, key.x, key.y)
	layers := geo.Layers{Places: p.outlines(site.Realm.View(), key.lang), Cells: tileCells, Matters: func(yield func(geo.Dot) bool) {
		for state := range stands { // late ones last: where several lie on one spot they are drawn on top
			if state == standsClosed && key.z < closeUp {
				continue
			}
			for pt := range points {
				if int(pt.state) != state {
					continue
				}
				title := &titles[pt.category]
				if *title == "" {
					*title = categoryTitle(voice, now.categories[pt.category])
				}
				if !yield(geo.Dot{Category: *title, State: stands[state], ID: int64(pt.first), At: pt.at}) {
					return
				}
			}
		}
	}, Number: func(first int64) string {
		number, _ := now.numbers.Of(civic.Position(first))
		return number.String()
	}}
	if key.z < closeUp {
		layers.Cells, layers.Room = farCells, farRoom
	}
	drawn, err := geo.Tile(key.z, key.x, key.y, layers)
	if err != nil {
		return nil, err
	}
	t := pack(drawn)
	now.tiles.Store(key, t)
	return t, nil
}

// categoryTitle is the title of a category; a report may have none yet.
func categoryTitle(v words.Voice, c civic.Category) string {
	if c == "" {
		return v.Say("pages.no_category")
	}
	return v.Value(c)
}
