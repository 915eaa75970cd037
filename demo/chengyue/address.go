package chengyue

import (
	"fmt"
	"math"
	"strings"

	"skein/frame/civic"
)

// Address is an invented door: no such road is anywhere.
type Address struct {
	Text, Also string
	Lat, Lon   int64 // in millionths of a degree
}

// spelt are the roads in pinyin, in the order of roads.
var spelt = strings.Split("Tingyu Road,Jiyue Street,Liuying Street,Caiwei Road,Luming Street,Wangshu Road,Guanlan Lane,Yunti Alley,Shiguang Road,Zhiwei Road,Yingchuan Road,"+
	"Tingsong Alley,Zhenxi Road,Qitong Road,Wanqing Street,Shuying Road,Shuyu Alley,Zhegui Road,Nanmu Road,Banshan Street,Bailuzhou Road,Qinghe Road,Yuhuo Alley,Shiqiao Lane,"+
	"Fuyao Road,Chenxiang Street,Zhuxuan Road,Liandong Alley,Guizhou Road,Xingchui Street,Pingye Road,Yueyong Road,Lanxiu Street,Huaping Road,Xinyu Alley,Kongshan Road", ",")

// Addresses are invented doors: a road through the middle of each community, odd numbers on one side and even ones on the other. They are made
// of the map and of nothing that anybody reports.
func Addresses() ([]Address, error) {
	places, err := rows("places.csv", Places)
	if err != nil {
		return nil, err
	}
	g, err := newGround()
	if err != nil {
		return nil, err
	}
	titles := map[string]map[string]string{}
	var out []Address
	street, community := -1, 0
	for _, row := range places {
		titles[row["code"]] = row
		switch {
		case row["parent"] == string(Root):
			street, community = street+1, 0
			continue
		case row["parent"] == "":
			continue
		}
		road := (street*4 + community) % len(roads)
		community++
		up := titles[row["parent"]]
		for i, at := range g.doors(row["code"]) {
			out = append(out, Address{
				Text: fmt.Sprintf("%s%s%d号", up["title.zh-Hans"], roads[road], i+1),
				Also: fmt.Sprintf("%d %s, %s", i+1, spelt[road], up["title.en"]),
				Lat:  at.lat, Lon: at.lon,
			})
		}
	}
	return out, nil
}

// doors are points along a road through a cell, from one side of it to the other, some 40 m apart.
func (g *ground) doors(id string) []spot {
	cell := g.cells[civic.PlaceID(id)]
	var m point
	for _, p := range cell {
		m.x, m.y = m.x+p.x/float64(len(cell)), m.y+p.y/float64(len(cell))
	}
	a, b := cell[0], cell[len(cell)/2]
	from := point{m.x + 0.7*(a.x-m.x), m.y + 0.7*(a.y-m.y)}
	to := point{m.x + 0.7*(b.x-m.x), m.y + 0.7*(b.y-m.y)}
	const step = 0.0002 // degrees between doors on both sides together
	long := math.Hypot(to.x-from.x, to.y-from.y)
	n := int(long / step)
	var out []spot
	for i := range n {
		f := (float64(i) + 0.5) / float64(n)
		side := 0.00006
		if i%2 == 1 {
			side = -side
		}
		out = append(out, rounded(point{from.x + f*(to.x-from.x) - side*(to.y-from.y)/long, from.y + f*(to.y-from.y) + side*(to.x-from.x)/long}))
	}
	return out
}
