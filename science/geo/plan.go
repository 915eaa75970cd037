package geo

import (
	"math"
	"strconv"
	"strings"
)

// Plan is shapes drawn for a picture of a size, in Web Mercator as the tiles are.
type Plan struct {
	Width, Height float64
	Parts         []PlanPart
}

// PlanPart is one shape on a plan: its outline as the data of an SVG path (SVG 2, 9.3), and a spot that lies in it.
type PlanPart struct {
	Code, Title string
	Path        string
	X, Y        float64
}

// planSlack is by how many units of a plan lines may be off.
const planSlack = 0.75

// Plan draws the shapes that lie in bounds, as large as they fit into a box. It is empty where bounds have no extent.
func (s *Shapes) Plan(bounds Bounds, width, height float64) Plan {
	nw, se := mercator(Point{bounds.West, bounds.North}), mercator(Point{bounds.East, bounds.South})
	across, down := se.Lon-nw.Lon, se.Lat-nw.Lat
	if !(across > 0 && down > 0 && width > 0 && height > 0) {
		return Plan{}
	}
	scale := min(width/across, height/down)
	plan := Plan{Width: math.Ceil(across * scale), Height: math.Ceil(down * scale)}
	middle := max(-mercatorMax, min(mercatorMax, (bounds.South+bounds.North)/2))
	unit := 360 * metresPerDegree * math.Cos(middle*degree) / scale // metres
	at := func(p Point) (x, y float64) {
		m := mercator(p)
		return (m.Lon - nw.Lon) * scale, (m.Lat - nw.Lat) * scale
	}
	for _, shape := range s.shapes {
		if shape.Area == nil {
			continue
		}
		part := PlanPart{Code: shape.Code, Title: shape.Title}
		part.X, part.Y = at(shape.Area.InteriorPoint())
		var path strings.Builder
		for _, rings := range shape.Area.Simplify(planSlack * unit).parts {
			for _, ring := range rings {
				trace(&path, ring, at)
			}
		}
		part.Path = path.String()
		plan.Parts = append(plan.Parts, part)
	}
	return plan
}

// trace writes a ring in tenths of a unit, each step from the one before: a path of few bytes that does not drift.
func trace(path *strings.Builder, ring []Point, at func(Point) (x, y float64)) {
	var beforeX, beforeY int
	steps := 0
	for i, p := range ring {
		x, y := at(p)
		tenX, tenY := int(math.Round(x*10)), int(math.Round(y*10))
		dx, dy := tenX-beforeX, tenY-beforeY
		switch {
		case i == 0:
			path.WriteByte('M')
		case i == len(ring)-1:
			path.WriteByte('z') // the last is the first again
			return
		case dx == 0 && dy == 0:
			continue
		case steps == 0:
			path.WriteByte('l')
		case dx >= 0:
			path.WriteByte(' ')
		}
		if i > 0 {
			steps++
		}
		tenths(path, dx)
		if dy >= 0 {
			path.WriteByte(' ')
		}
		tenths(path, dy)
		beforeX, beforeY = tenX, tenY
	}
}

func tenths(path *strings.Builder, n int) {
	path.WriteString(strconv.FormatFloat(float64(n)/10, 'f', -1, 64))
}
