package pages

import (
	"skein/face/words"
	"skein/frame/civic"
	"skein/rooms/matter"
)

// item is a matter in a list.
type item struct {
	Number   string
	Title    string
	Place    string
	Lead     string
	State    string // status, or "withdrawn"
	Late     bool
	Imported bool
	Due      civic.Instant // while it is open
	Answered civic.Instant
	Reported civic.Instant
}

func (p *Pages) items(v words.Voice, rows []matter.Row) []item {
	now := p.API.Site.Realm.Now()
	out := make([]item, len(rows))
	for i, r := range rows {
		out[i] = item{
			Number: r.Number.String(), Title: categoryTitle(v, r.Category), State: stateOf(r.Status, r.Ending), Imported: r.Imported,
			Answered: r.Answered, Reported: r.Reported,
		}
		if r.Place != "" {
			out[i].Place = v.Value(r.Place)
		}
		if r.Lead != "" {
			out[i].Lead = v.Value(r.Lead)
		}
		if r.Status.Open() {
			out[i].Due = r.Due
			out[i].Late = r.Due != 0 && r.Due < now
		}
	}
	return out
}

// stateOf is the state as a tag shows it.
func stateOf(s matter.Status, e matter.Ending) string {
	if s == matter.StatusClosed && e == matter.EndWithdrawn {
		return string(matter.EndWithdrawn)
	}
	return string(s)
}
