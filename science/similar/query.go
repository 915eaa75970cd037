package similar

import (
	"math"
	"slices"
)

// looked are the slots worth comparing with p, each once.
func (x *Index) looked(p *probe) []uint32 {
	var out []uint32
	if p.placed() {
		out = x.near(p, out)
	}
	if p.scripts == 0 {
		return out
	}
	from := len(out) // what the bands find is apart from what is near: it has no place, or p has none
	for k := range bands {
		out = x.chain(p, k, false, out)
		if !p.placed() {
			out = x.chain(p, k, true, out)
		}
	}
	slices.Sort(out[from:])
	return out[:from+len(slices.Compact(out[from:]))]
}

// near appends the slots of p's cell and the eight around it within the time that counts. Where they are more
// than mostLooked each cell gives its share, the nearest in time.
func (x *Index) near(p *probe, out []uint32) []uint32 {
	type stretch struct {
		list   []uint32
		middle int // the first that is not before p
	}
	var stretches []stretch
	var untimed []uint32
	total := 0
	c := x.cellOf(p.x, p.y)
	for dx := int32(-1); dx <= 1; dx++ {
		for dy := int32(-1); dy <= 1; dy++ {
			list := x.cells[cell{c.x + dx, c.y + dy}]
			first := x.after(list, noTime)
			untimed, list = append(untimed, list[:first]...), list[first:]
			middle := 0
			if p.minute != noTime {
				from := x.before(list, clamp(int64(p.minute)-x.minutes))
				list = list[from:x.after(list, clamp(int64(p.minute)+x.minutes))]
				middle = x.before(list, p.minute)
			}
			stretches = append(stretches, stretch{list, middle})
			total += len(list)
		}
	}
	for _, s := range stretches {
		from, to := 0, len(s.list)
		if total > mostLooked {
			share := len(s.list) * mostLooked / total
			from = max(0, min(s.middle-share/2, len(s.list)-share))
			to = min(from+share, len(s.list))
		}
		out = append(out, s.list[from:to]...)
	}
	return append(out, untimed[:min(len(untimed), mostLooked)]...)
}

// chain appends the newest slots that share band k with p.
func (x *Index) chain(p *probe, k int, placed bool, out []uint32) []uint32 {
	band := p.sketch.band(k)
	slot := x.heads[headOf(k, band, placed)]
	for range mostInBand {
		if slot == none {
			break
		}
		b, i := x.at(slot)
		if b.sketch[i].band(k) == band && b.placed(i) == placed {
			out = append(out, slot)
		}
		slot = b.links[i][k].next
	}
	return out
}

// match weighs one slot against p, with the cheapest evidence first.
func (x *Index) match(p *probe, slot uint32) (Match, bool) {
	b, i := x.at(slot)
	e := Evidence{Metres: math.NaN(), Days: math.NaN(), Compared: p.scripts&b.scripts[i] != 0}
	if p.placed() && b.placed(i) {
		dx, dy := float64(p.x-b.x[i]), float64(p.y-b.y[i])
		square := dx*dx + dy*dy
		if square > x.reach*x.reach {
			return Match{}, false
		}
		e.Metres = math.Sqrt(square)
	}
	if p.minute != noTime && b.minute[i] != noTime {
		minutes := math.Abs(float64(p.minute) - float64(b.minute[i]))
		if minutes > float64(x.minutes) {
			return Match{}, false
		}
		e.Days = minutes / 1440
	}
	e.Category = agreement(p.category, b.category[i], 0)
	e.Numbers = agreement(p.numbers, b.numbers[i], 0)
	sum := x.known[e.Category][e.Numbers]
	if !math.IsNaN(e.Days) {
		sum += x.model.lag(e.Days)
	}
	if !math.IsNaN(e.Metres) {
		if sum += x.model.distance(e.Metres); sum+x.words[e.Category] < x.logOdds {
			return Match{}, false
		}
	}
	if e.Compared {
		e.Jaccard = p.sketch.Jaccard(&b.sketch[i])
		sum += x.model.words(e)
	}
	if sum < x.logOdds {
		return Match{}, false
	}
	return Match{ID: b.id[i], Probability: logistic(sum), Evidence: e}, true
}

func clamp(minute int64) int32 {
	return int32(max(noTime+1, min(math.MaxInt32, minute)))
}
