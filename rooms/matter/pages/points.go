package pages

import (
	"iter"
	"slices"
	"sort"

	"skein/frame/civic"
	"skein/science/geo"
)

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

// points are the points of a picture in order of their cells, in pieces. One slice of all would be megabytes that the system has to give anew for
// each picture, page by page, while everybody waits; pieces lie where those of earlier pictures did.
type points [][]point

// pieceSize is how many points there are in each piece but the last: 24 kB, which is small to the allocator.
const pieceSize = 512

func (p points) len() int {
	if len(p) == 0 {
		return 0
	}
	return (len(p)-1)*pieceSize + len(p[len(p)-1])
}

func (p points) at(i int) *point { return &p[i/pieceSize][i%pieceSize] }

// between are those from one place on and before another.
func (p points) between(from, to int) iter.Seq[*point] {
	return func(yield func(*point) bool) {
		for i := from; i < to; i++ {
			if !yield(p.at(i)) {
				return
			}
		}
	}
}

func (p points) all() iter.Seq[*point] { return p.between(0, p.len()) }

// within are the points in a tile.
func (p points) within(z, x, y int) iter.Seq[*point] {
	up := deepest - z
	first := uint64(cellOf(x<<up, y<<up))
	find := func(cell uint64) int {
		return sort.Search(p.len(), func(i int) bool { return uint64(p.at(i).cell) >= cell })
	}
	return p.between(find(first), find(first+1<<(2*up)))
}

// place puts points where they lie on the map. order is room to sort in, which the next who places may have.
func place(found []point, order []uint64) (points, []uint64) {
	const side = 1 << deepest
	order = order[:0]
	for i := range found {
		pt := &found[i]
		pt.at = geo.Project(pt.degrees())
		pt.cell = cellOf(min(int(pt.at.Lon*side), side-1), min(int(pt.at.Lat*side), side-1))
		order = append(order, uint64(pt.cell)<<32|uint64(i))
	}
	slices.Sort(order)
	out := make(points, 0, (len(found)+pieceSize-1)/pieceSize)
	for some := range slices.Chunk(order, pieceSize) {
		placed := make([]point, len(some))
		for i, o := range some {
			placed[i] = found[uint32(o)]
		}
		out = append(out, placed)
	}
	return out, order
}
