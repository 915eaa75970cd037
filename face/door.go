package face

import (
	"context"
	"net/http"
	"strings"

	"skein/frame/civic"
)

// Door is a part of the site that keeps to a standard of its own: how it says what went
// wrong, and where a request brings its key (so that it asks Throttle itself).
type Door struct {
	Prefix  string // of the path: "/open311/"
	Explain func(w http.ResponseWriter, r *http.Request, p *Problem)
}

// Add puts a door of its own form into the site; before the site is served.
func (s *Site) Add(d Door) { s.doors = append(s.doors, d) }

func (s *Site) door(r *http.Request) *Door {
	for i := range s.doors {
		if strings.HasPrefix(r.URL.Path, s.doors[i].Prefix) {
			return &s.doors[i]
		}
	}
	return nil
}

// Throttle counts a request of whoever brought no good key against their address; the
// refusal says that there were too many.
func (s *Site) Throttle(ctx context.Context) error {
	a, ok := ctx.Value(askerKey{}).(*asker)
	if !ok || s.throttle.allow(a.ip, a.began) {
		return nil
	}
	return civic.Refuse(civic.TooMany, "face.too_many")
}
