package place

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/science/geo"
)

// world is a realm in memory: commands go in, acts come out and the catalog learns them.
type world struct {
	t    testing.TB
	c    *Catalog
	docs map[string][]byte
	acts []journal.Act
	read int // documents fetched by the catalog
}

func newWorld(t testing.TB) *world { return &world{t: t, docs: map[string][]byte{}} }

func (w *world) document(digest string) ([]byte, error) {
	if d, ok := w.docs[digest]; ok {
		return d, nil
	}
	return nil, errors.New("no such document")
}

// do runs a command on a place ("" where the command names it itself).
func (w *world) do(on civic.PlaceID, c Command) ([]journal.Draft, civic.Refusals) {
	w.t.Helper()
	own := DossierOf(c)
	if on != "" {
		own = ID(on)
	}
	var drafts []journal.Draft
	var refusals civic.Refusals
	if set, ok := c.(SetCalendar); ok {
		s, _ := w.c.CalendarState(set.ID)
		f := w.c.CalendarFacts(set, w.document)
		f.Bodies = bodies{"pwd"}
		drafts, refusals = DecideCalendar(s, set, f)
	} else {
		s, _ := w.c.State(civic.PlaceID(own.Key()))
		drafts, refusals = Decide(s, c, w.c.Facts(s, c, w.document))
	}
	if len(refusals) > 0 && len(drafts) > 0 {
		w.t.Fatalf("%s is refused and acts: %v", c.Name(), refusals)
	}
	acts := make([]journal.Act, len(drafts))
	for i, d := range drafts {
		if d.Dossier == "" {
			d.Dossier = own
		}
		at := civic.Position(len(w.acts) + i + 1)
		acts[i] = journal.Act{Position: at, Dossier: d.Dossier, Happened: civic.Instant(at) * 1e6, Event: d.Event}
	}
	next, err := w.c.With(func(d string) ([]byte, error) { w.read++; return w.document(d) }, acts...)
	if err != nil {
		w.t.Fatal(err)
	}
	w.c, w.acts = next, append(w.acts, acts...)
	return drafts, refusals
}

// must runs a command that is not to be refused.
func (w *world) must(on civic.PlaceID, c Command) []journal.Draft {
	w.t.Helper()
	drafts, refusals := w.do(on, c)
	if len(refusals) > 0 {
		w.t.Fatalf("%s: %v", c.Name(), refusals)
	}
	return drafts
}

// file brings a file in.
func (w *world) file(f File) []journal.Draft {
	w.t.Helper()
	for d, content := range f.Documents {
		w.docs[d] = content
	}
	return w.must("", f.Import)
}

// box files the boundary of a rectangle in degrees and returns its digest.
func (w *world) box(west, south, east, north float64) string {
	w.t.Helper()
	a, err := geo.NewArea(rectangle(west, south, east, north))
	if err != nil {
		w.t.Fatal(err)
	}
	return w.area(a)
}

func (w *world) area(a *geo.Area) string {
	digest, document := Document(a)
	w.docs[digest] = document
	return digest
}

func rectangle(west, south, east, north float64) [][][]geo.Point {
	return [][][]geo.Point{{{{Lon: west, Lat: south}, {Lon: east, Lat: south}, {Lon: east, Lat: north}, {Lon: west, Lat: north}, {Lon: west, Lat: south}}}}
}

func en(title string) Titles { return Titles{"en": title} }

type bodies []civic.BodyID

func (b bodies) HasBody(id civic.BodyID) bool {
	for _, has := range b {
		if has == id {
			return true
		}
	}
	return false
}

// keys lists the refusals as "key@field".
func keys(refusals civic.Refusals) string {
	var b strings.Builder
	for i, r := range refusals {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strings.TrimPrefix(r.Key, "place."))
		b.WriteByte('@')
		b.WriteString(strings.ReplaceAll(r.Field, " ", "_"))
	}
	return b.String()
}

// told lists drafts as "dossier:type".
func told(drafts []journal.Draft) string {
	var b strings.Builder
	for i, d := range drafts {
		if i > 0 {
			b.WriteByte(' ')
		}
		if d.Dossier != "" {
			b.WriteString(d.Dossier.Key() + ":")
		}
		b.WriteString(strings.TrimPrefix(d.Event.Type(), "place."))
	}
	return b.String()
}

func testdata(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// net is the outlines of a made-up town: cells of a grid whose sides wander like coasts,
// each drawn once, so that neighbours share their border to the last digit.
type net struct {
	rnd                      *rand.Rand
	west, south, east, north float64
	columns, rows, bends     int
	across, along            map[[2]int][]geo.Point // sides that run east, and north, from a corner
}

func newNet(seed uint64, columns, rows, bends int) *net {
	n := &net{
		rnd: rand.New(rand.NewPCG(seed, 1)), west: -71.2, south: 42.2, east: -70.9, north: 42.45,
		columns: columns, rows: rows, bends: bends, across: map[[2]int][]geo.Point{}, along: map[[2]int][]geo.Point{},
	}
	for x := range columns + 1 {
		for y := range rows + 1 {
			if x < columns {
				n.across[[2]int{x, y}] = n.wander(n.corner(x, y), n.corner(x+1, y), y > 0 && y < rows)
			}
			if y < rows {
				n.along[[2]int{x, y}] = n.wander(n.corner(x, y), n.corner(x, y+1), x > 0 && x < columns)
			}
		}
	}
	return n
}

func (n *net) corner(x, y int) geo.Point {
	return geo.Point{
		Lon: n.west + (n.east-n.west)*float64(x)/float64(n.columns),
		Lat: n.south + (n.north-n.south)*float64(y)/float64(n.rows),
	}
}

// wander puts points between two by displacing midpoints; the rim of the town stays straight.
func (n *net) wander(a, b geo.Point, free bool) []geo.Point {
	line := []geo.Point{a, b}
	for size := 0.1; len(line) <= n.bends; size *= 0.75 {
		next := line[:1:1]
		for i := 1; i < len(line); i++ {
			p, q := line[i-1], line[i]
			shift := 0.0
			if free {
				shift = size * (n.rnd.Float64()*2 - 1)
			}
			next = append(next, geo.Point{
				Lon: (p.Lon+q.Lon)/2 - shift*(q.Lat-p.Lat), Lat: (p.Lat+q.Lat)/2 + shift*(q.Lon-p.Lon),
			}, q)
		}
		line = next
	}
	return line
}

func (n *net) cell(t testing.TB, x, y int) *geo.Area {
	t.Helper()
	ring := append([]geo.Point{}, n.across[[2]int{x, y}]...)
	ring = append(ring, n.along[[2]int{x + 1, y}][1:]...)
	back := func(line []geo.Point) {
		for i := len(line) - 2; i >= 0; i-- {
			ring = append(ring, line[i])
		}
	}
	back(n.across[[2]int{x, y + 1}])
	back(n.along[[2]int{x, y}])
	a, err := geo.NewArea([][][]geo.Point{{ring}})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// town founds a city with wards and neighbourhoods, each a net of its own.
func (w *world) town(wards, hoods *net) {
	w.t.Helper()
	f := Import{Places: []Found{{Place: "town", Kind: City, Titles: en("Town"), Boundary: w.box(wards.west, wards.south, wards.east, wards.north)}}}
	for i, n := range []*net{wards, hoods} {
		kind := []Kind{Ward, Neighbourhood}[i]
		for x := range n.columns {
			for y := range n.rows {
				code := civic.PlaceID(fmt.Sprintf("%s-%02d-%02d", kind, x, y))
				f.Places = append(f.Places, Found{
					Place: code, Kind: kind, Titles: en(string(code)), Parent: "town", Rank: i, Boundary: w.area(n.cell(w.t, x, y)),
				})
			}
		}
	}
	w.must("", f)
}

func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance }
