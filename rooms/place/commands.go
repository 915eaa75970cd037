package place

import "skein/frame/civic"

// Command is what somebody wants of a place. Name is the power it needs: the Cedar action.
// For the dossier it acts on see DossierOf.
type Command interface {
	Name() string
}

// Found starts a place.
type Found struct {
	Place  civic.PlaceID `json:"place"`
	Kind   Kind          `json:"kind"`
	Titles Titles        `json:"titles"`
	Parent civic.PlaceID `json:"parent,omitempty"`
	Rank   int           `json:"rank,omitempty"`
	// Boundary is the digest of a canonical boundary document (see Boundary); empty for none.
	Boundary string `json:"boundary,omitempty"`
	// Source is where an imported file names the place, "row 12" or "features[3]", for refusals.
	Source string `json:"source,omitempty"`
}

// Redraw gives the place another boundary.
type Redraw struct {
	Boundary string `json:"boundary"`
}

// Rename gives the place new titles.
type Rename struct {
	Titles Titles `json:"titles"`
}

// Move puts the place under another parent.
type Move struct {
	Parent civic.PlaceID `json:"parent"`
}

// Reclassify gives the place another kind and rank.
type Reclassify struct {
	Kind Kind `json:"kind"`
	Rank int  `json:"rank,omitempty"`
}

// Close ends the place and names the place that answers for it from then on.
type Close struct {
	Successor civic.PlaceID `json:"successor"`
}

// Import founds the places that are not there yet and brings the others up to date, all
// in one commit or none. It may be issued again: what is as it says leads to no act. An
// empty Boundary leaves a boundary as it is; places it does not name are left alone. Parents
// may come after their children.
type Import struct {
	Places []Found `json:"places"`
}

// SetCalendar gives a calendar a version. The dossier is CalendarID(ID).
type SetCalendar struct {
	ID string `json:"id"`
	// Digest is that of the canonical JSON of the calendar.Spec (see CalendarDocument).
	Digest string        `json:"digest"`
	Place  civic.PlaceID `json:"place,omitempty"`
	Body   civic.BodyID  `json:"body,omitempty"`
}

func (Found) Name() string       { return "place.found" }
func (Redraw) Name() string      { return "place.redraw" }
func (Rename) Name() string      { return "place.rename" }
func (Move) Name() string        { return "place.move" }
func (Reclassify) Name() string  { return "place.reclassify" }
func (Close) Name() string       { return "place.close" }
func (Import) Name() string      { return "place.import" }
func (SetCalendar) Name() string { return "place.set_calendar" }

// DossierOf is the dossier that a command names by itself, so that the task can: that of
// the place founded, of the calendar set, and for an import that of its first place without
// a parent, else of its first. It may exist already. For other commands it is "": they are
// addressed to a place.
func DossierOf(c Command) civic.DossierID {
	switch c := c.(type) {
	case Found:
		return ID(c.Place)
	case SetCalendar:
		return CalendarID(c.ID)
	case Import:
		for _, p := range c.Places {
			if p.Parent == "" {
				return ID(p.Place)
			}
		}
		if len(c.Places) > 0 {
			return ID(c.Places[0].Place)
		}
	}
	return ""
}

// Commands is one example of every command on places; calendars have SetCalendar alone.
func Commands() []Command {
	return []Command{Found{}, Redraw{}, Rename{}, Move{}, Reclassify{}, Close{}, Import{}}
}
