package place

import (
	"math"

	"skein/frame/civic"
	"skein/science/geo"
)

// Kind says what sort of place it is: one of Kinds, or a code of the realm's own.
type Kind string

const (
	Country       Kind = "country"
	Province      Kind = "province"
	City          Kind = "city"
	District      Kind = "district"
	Street        Kind = "street" // a street office or township
	Community     Kind = "community"
	Village       Kind = "village"
	Ward          Kind = "ward"
	Neighbourhood Kind = "neighbourhood"
	GridCell      Kind = "grid" // the smallest unit of grid management
	Campus        Kind = "campus"
	Other         Kind = "other"
)

// Kinds lists the kinds that every realm knows.
var Kinds = []Kind{Country, Province, City, District, Street, Community, Village, Ward, Neighbourhood, GridCell, Campus, Other}

// Titles is a text by language tag (BCP 47): {"en": "Ward 3", "zh-Hans": "第三选区"}.
type Titles = civic.Titles

// Shape tells of a boundary without holding it. Numbers are whole so that acts read the same everywhere.
type Shape struct {
	// Digest is SHA-256 of the boundary's canonical GeoJSON, in hex.
	Digest string `json:"digest"`
	Box    Box    `json:"box"`
	// SquareMetres is the area on the WGS 84 ellipsoid.
	SquareMetres int64 `json:"m2"`
	// Inner is a point inside, the centroid where that is one.
	Inner Spot `json:"inner"`
}

// Box is the narrowest box around a boundary in millionths of a degree, rounded outwards;
// West is greater than East when it crosses the antimeridian (RFC 7946 §5.2).
type Box struct {
	West  int64 `json:"west_e6"`
	South int64 `json:"south_e6"`
	East  int64 `json:"east_e6"`
	North int64 `json:"north_e6"`
}

// Spot is a position in millionths of a degree, WGS 84.
type Spot struct {
	Lat int64 `json:"lat_e6"`
	Lon int64 `json:"lon_e6"`
}

// MediaBoundary and MediaCalendar are the media types of this room's public documents.
const (
	MediaBoundary = "application/geo+json"
	MediaCalendar = "application/json"
)

// ShapeOf measures an area.
func ShapeOf(digest string, a *geo.Area) Shape {
	b, in := a.Bounds(), a.InteriorPoint()
	return Shape{
		Digest: digest,
		Box: Box{
			West: int64(math.Floor(b.West * 1e6)), South: int64(math.Floor(b.South * 1e6)),
			East: int64(math.Ceil(b.East * 1e6)), North: int64(math.Ceil(b.North * 1e6)),
		},
		SquareMetres: int64(math.Round(a.SquareMetres())),
		Inner:        Spot{Lat: int64(math.Round(in.Lat * 1e6)), Lon: int64(math.Round(in.Lon * 1e6))},
	}
}

// ID returns the dossier of a place.
func ID(p civic.PlaceID) civic.DossierID { return civic.DossierID("place/" + string(p)) }

// State is one place: its acts folded. The zero State is a place that was never founded.
type State struct {
	Place  civic.PlaceID `json:"place"`
	Kind   Kind          `json:"kind"`
	Titles Titles        `json:"titles"`
	Parent civic.PlaceID `json:"parent,omitempty"`
	Rank   int           `json:"rank"`
	// Shape is nil where the place has no boundary; it is never changed in place.
	Shape   *Shape        `json:"shape,omitempty"`
	Founded civic.Instant `json:"founded"`
	// Closed is when the place ended, 0 while it is open; Successor then answers for it.
	Closed    civic.Instant `json:"closed,omitempty"`
	Successor civic.PlaceID `json:"successor,omitempty"`
}

// Exists reports whether the place was ever founded.
func (s State) Exists() bool { return s.Place != "" }

// Open reports whether the place exists and has not been closed.
func (s State) Open() bool { return s.Place != "" && s.Closed == 0 }

// Boundary is the digest of its boundary, "" where it has none.
func (s State) Boundary() string {
	if s.Shape == nil {
		return ""
	}
	return s.Shape.Digest
}

// Title is its title in a language, else in English, else in the first language by tag, else its code.
func (s State) Title(lang string) string {
	if t := s.Titles.In(lang); t != "" {
		return t
	}
	return string(s.Place)
}

// Wake is when the clock next has business with a place: never.
func Wake(State) civic.Instant { return 0 }

// CalendarID returns the dossier of a calendar.
func CalendarID(id string) civic.DossierID { return civic.DossierID("calendar/" + id) }

// CalendarState is one calendar through its versions. The zero CalendarState has none.
type CalendarState struct {
	ID string `json:"id"`
	// Place or Body is whose calendar it is; both may be empty, then only what names it goes by it.
	Place civic.PlaceID `json:"place,omitempty"`
	Body  civic.BodyID  `json:"body,omitempty"`
	// Editions are its versions in the order they were set; the last is in force.
	Editions []Edition `json:"editions"`
}

// Edition is one version of a calendar's data.
type Edition struct {
	Version string         `json:"version"`
	Digest  string         `json:"digest"`
	Set     civic.Instant  `json:"set"`
	Act     civic.Position `json:"act"`
}

// Current is the edition in force; false where the calendar was never set.
func (s CalendarState) Current() (Edition, bool) {
	if len(s.Editions) == 0 {
		return Edition{}, false
	}
	return s.Editions[len(s.Editions)-1], true
}

// Edition returns an edition by its version.
func (s CalendarState) Edition(version string) (Edition, bool) {
	for _, e := range s.Editions {
		if e.Version == version {
			return e, true
		}
	}
	return Edition{}, false
}

// WakeCalendar is when the clock next has business with a calendar: never.
func WakeCalendar(CalendarState) civic.Instant { return 0 }
