package pages

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"skein/rooms/matter"
)

// openOn is how many open matters stand at once on the page of a body.
const openOn = 10

// OpenOf shows what a filter has of open matters, newest first, for the page of something else; where it goes on stands in that page's address.
func (p *Pages) OpenOf(r *http.Request, f matter.Filter) (templ.Component, error) {
	v := p.API.Site.Voice(r.Context())
	f.Open, f.Limit = true, openOn+1
	q := r.URL.Query()
	if after := q.Get("after"); after != "" {
		var err error
		if f.Before, err = p.API.After(r.Context(), after); err != nil {
			return nil, err
		}
	}
	rows, err := p.API.List(r.Context(), f)
	if err != nil {
		return nil, err
	}
	var first, next string
	if len(rows) > openOn {
		rows = rows[:openOn]
		next = address(r.URL.Path, q, "after", rows[openOn-1].Number.String()) + "#open"
	}
	if f.Before != "" {
		first = address(r.URL.Path, q, "after", "") + "#open"
	}
	all := url.Values{"status": {"open"}}
	for name, value := range map[string]string{"body": string(f.Lead), "place": string(f.Place), "category": string(f.Category)} {
		if value != "" {
			all.Set(name, value)
		}
	}
	return openOf(v, p.items(v, rows), "/matters?"+all.Encode(), first, next), nil
}
