package chengyue

import (
	"fmt"
	"strconv"
	"strings"

	"skein/frame/civic"
)

// Duty is what the responsibility list says of a category in a place, read from the table itself.
type Duty struct {
	Lead  civic.BodyID
	Limit int // working days
	Joint []Joint
}

// Joint is a body that contributes, and within how many working days.
type Joint struct {
	Body  civic.BodyID
	Limit int
}

// List finds duties: the row of the community, or of its street, or of the district.
type List struct {
	rows   map[[2]string]Duty
	parent map[civic.PlaceID]civic.PlaceID
	titles map[civic.PlaceID]string // in Chinese
	order  []civic.PlaceID
}

// NewList reads data/duty.csv and data/places.csv.
func NewList() (*List, error) {
	l := &List{rows: map[[2]string]Duty{}, parent: map[civic.PlaceID]civic.PlaceID{}, titles: map[civic.PlaceID]string{}}
	places, err := rows("places.csv", Places)
	if err != nil {
		return nil, err
	}
	for _, row := range places {
		id := civic.PlaceID(row["code"])
		l.parent[id], l.titles[id] = civic.PlaceID(row["parent"]), row["title.zh-Hans"]
		l.order = append(l.order, id)
	}
	duties, err := rows("duty.csv", Duties)
	if err != nil {
		return nil, err
	}
	for _, row := range duties {
		d := Duty{Lead: civic.BodyID(row["lead"])}
		if d.Limit, err = days(row["resolution"]); err != nil {
			return nil, fmt.Errorf("duty.csv: %s: %w", row["id"], err)
		}
		for _, text := range strings.FieldsFunc(row["joint"], func(r rune) bool { return r == ';' }) {
			body, limit, _ := strings.Cut(text, ":")
			j := Joint{Body: civic.BodyID(body)}
			if j.Limit, err = days(limit); err != nil {
				return nil, fmt.Errorf("duty.csv: %s: %w", row["id"], err)
			}
			d.Joint = append(d.Joint, j)
		}
		l.rows[[2]string{row["category"], row["place"]}] = d
	}
	return l, nil
}

// days reads "5wd".
func days(limit string) (int, error) {
	text, working := strings.CutSuffix(limit, "wd")
	n, err := strconv.Atoi(text)
	if !working || err != nil || n < 1 {
		return 0, fmt.Errorf("%q is no limit in working days", limit)
	}
	return n, nil
}

// Chain are the places that hold one, itself first.
func (l *List) Chain(id civic.PlaceID) []civic.PlaceID {
	var out []civic.PlaceID
	for ; id != ""; id = l.parent[id] {
		out = append(out, id)
	}
	return out
}

// Of is the duty for a category in a place.
func (l *List) Of(c civic.Category, id civic.PlaceID) (Duty, bool) {
	for _, p := range l.Chain(id) {
		if d, ok := l.rows[[2]string{string(c), string(p)}]; ok {
			return d, true
		}
	}
	return Duty{}, false
}
