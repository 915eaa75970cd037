package duty

import (
	"strings"

	"skein/frame/calendar"
	"skein/frame/civic"
)

// Any stands in a row's category for every category there is.
const Any civic.Category = "*"

// Row is one line of the responsibility list: for one category in one place, who leads.
// It holds below its place and below its category wherever no more specific row does.
type Row struct {
	ID       string         `json:"id"` // stable over versions; "category@place" where a file gives none
	Category civic.Category `json:"category"`
	Place    civic.PlaceID  `json:"place"`
	Lead     civic.BodyID   `json:"lead"`
	Joint    []Joint        `json:"joint,omitempty"`
	Law      string         `json:"law,omitempty"`      // the legal basis, as a citation
	Post     civic.PostID   `json:"post,omitempty"`     // the officer's post
	Staff    string         `json:"staff,omitempty"`    // full-time equivalents, "12" or "3.5"
	Budget   string         `json:"budget,omitempty"`   // budget line
	Standard string         `json:"standard,omitempty"` // what good work is
	// The limits: to accept, to answer, to object. A missing one takes the realm's default.
	Response   calendar.Limit `json:"response,omitzero"`
	Resolution calendar.Limit `json:"resolution,omitzero"`
	Objection  calendar.Limit `json:"objection,omitzero"`
	Calendar   string         `json:"calendar,omitempty"` // code of a calendar; empty is that of the place
	Notes      string         `json:"notes,omitempty"`
}

// Joint is a body that contributes, and by when.
type Joint struct {
	Body  civic.BodyID   `json:"body"`
	Limit calendar.Limit `json:"limit,omitzero"`
}

// String writes "parks:3wd", or "parks" without a limit.
func (j Joint) String() string {
	if j.Limit == (calendar.Limit{}) {
		return string(j.Body)
	}
	return string(j.Body) + ":" + j.Limit.String()
}

func joints(js []Joint) string {
	texts := make([]string, len(js))
	for i, j := range js {
		texts[i] = j.String()
	}
	return strings.Join(texts, ";")
}

// broader returns the next category a row may name for c: its parent, at last Any.
func broader(c civic.Category) civic.Category {
	if up := c.Parent(); up != "" {
		return up
	}
	return Any
}

// covers reports whether a row for category r applies to category c.
func covers(r, c civic.Category) bool { return r == Any || c.Within(r) }
