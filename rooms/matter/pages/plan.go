package pages

import (
	"math"
	"net/url"
	"strconv"
	"unicode/utf8"

	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/science/geo"
)

// The plan is the map as the page itself shows it: the outlines of the first layer of places and in each the number of its open matters, which
// leads to their list. It needs no script and no second answer; the map that can be moved comes when somebody asks for it.

const (
	planWidth, planHeight = 328.0, 380.0 // a unit is a pixel on a phone of 360
	mostPlanned           = 60           // places beyond which numbers would hide each other
	planTarget            = 28.0         // the least a spot takes: 24 pixels on a screen of 320 (WCAG 2.2, 2.5.8)
)

// planView is what the page draws.
type planView struct {
	Box   string // of the SVG; "" where there is no plan
	Paths []string
	Spots []planSpot
}

type planSpot struct {
	X, Y, R, Baseline string
	Count, Label      string
	Href              string
}

// counted is how many open matters there are in a place, and how many of them are late.
type counted struct{ open, late int }

// plan draws what is open by the places that the map shows; empty where no place has a boundary or too many have.
func (p *Pages) plan(view *clerk.View, v words.Voice, now *picture) planView {
	bounds, ok := p.Ports.Bounds(view)
	if !ok {
		return planView{}
	}
	drawn := p.planned(view, v.Lang, bounds)
	if len(drawn.Parts) == 0 || len(drawn.Parts) > mostPlanned {
		return planView{}
	}
	out := planView{Box: "0 0 " + decimal(drawn.Width) + " " + decimal(drawn.Height)}
	var spots []spot
	var held []counted
	for _, part := range drawn.Parts {
		out.Paths = append(out.Paths, part.Path)
		var c counted
		for place, n := range now.places {
			if place == civic.PlaceID(part.Code) || p.Ports.Within(view, place, civic.PlaceID(part.Code)) {
				c.open, c.late = c.open+n.open, c.late+n.late
			}
		}
		held = append(held, c)
		spots = append(spots, spot{part.X, part.Y, spotRadius(v.Count(c.open))})
	}
	spread(spots, drawn.Width, drawn.Height)
	for i, part := range drawn.Parts {
		c, s := held[i], spots[i]
		if c.open == 0 {
			continue
		}
		out.Spots = append(out.Spots, planSpot{
			X: decimal(s.x), Y: decimal(s.y), R: decimal(s.r), Baseline: decimal(s.y + 4), Count: v.Count(c.open),
			Label: v.Say("pages.plan_spot", "place", part.Title, "open", v.Count(c.open), "late", v.Count(c.late)),
			Href:  "/matters?" + url.Values{"place": {part.Code}, "status": {"open"}}.Encode(),
		})
	}
	return out
}

// spotRadius leaves room for a number, and for a finger.
func spotRadius(number string) float64 {
	return math.Max(planTarget/2, 5+3.5*float64(utf8.RuneCountInString(number)))
}

// spot is a number on the plan.
type spot struct{ x, y, r float64 }

// spread moves spots apart that would cover each other, each as little as may be, and keeps them on the plan. Equal spots part in the order they come,
// so that the same plan is drawn the same way every time.
func spread(spots []spot, width, height float64) {
	const rounds, gap = 200, 1.0
	for range rounds {
		moved := false
		for i := range spots {
			for j := range i {
				a, b := &spots[i], &spots[j]
				dx, dy := a.x-b.x, a.y-b.y
				apart := math.Hypot(dx, dy)
				short := a.r + b.r + gap - apart
				if short <= 0.05 {
					continue
				}
				if apart < 1e-6 {
					dx, dy, apart = 1, 0, 1
				}
				push := short / 2 / apart
				a.x, a.y, b.x, b.y = a.x+dx*push, a.y+dy*push, b.x-dx*push, b.y-dy*push
				moved = true
			}
		}
		for i := range spots {
			s := &spots[i]
			s.x, s.y = math.Min(math.Max(s.x, s.r+1), width-s.r-1), math.Min(math.Max(s.y, s.r+1), height-s.r-1)
		}
		if !moved {
			return
		}
	}
}

func decimal(x float64) string { return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64) }

// planned are the outlines of the plan in a language, made once a version of the tree.
func (p *Pages) planned(view *clerk.View, lang string, bounds geo.Bounds) geo.Plan {
	made, _ := p.pulse.plans.get(view.Version, lang, func() (geo.Plan, error) { return p.outlines(view, lang).Plan(bounds, planWidth, planHeight), nil })
	return made
}
