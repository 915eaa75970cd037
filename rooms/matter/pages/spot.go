package pages

import (
	"context"
	"net/url"
	"strings"
	"unicode/utf8"

	"skein/face"
	"skein/face/words"
	"skein/rooms/matter"
)

// An address that somebody types is looked up among those that the realm knows, and what she chooses sets the point. What she types is sent
// in the body of a form, and is neither kept nor logged nor counted.

// Addresses are those that the realm knows.
type Addresses interface {
	// Find gives those that have the words; near says that none has the number of the house, and these the rest.
	Find(ctx context.Context, words string, most int) (found []Spot, near bool, err error)
	// One gives the one with a key; false where it is not there any more.
	One(ctx context.Context, key string) (Spot, bool, error)
	// Any says whether there are any.
	Any(ctx context.Context) (bool, error)
}

// Spot is an address and its point. Whole says that it is a whole street.
type Spot struct {
	Key, Title, Also string
	Lat, Lon         float64
	Whole            bool
}

// mostSpots bounds how many addresses are shown to choose from.
const mostSpots = 8

// spots are the addresses that came up.
type spots struct {
	Voice  words.Voice
	Asked  bool // an address was looked for
	Near   bool
	All    []Spot
	Chosen string // key of the one that was chosen
}

// spotsFor looks up what stands in a form. The one that was chosen stays, whatever is typed after.
func (p *Pages) spotsFor(ctx context.Context, v words.Voice, fields url.Values) (spots, error) {
	s := spots{Voice: v}
	any, err := p.anyAddress(ctx)
	if !any || err != nil {
		return s, err
	}
	if text := strings.TrimSpace(strings.ToValidUTF8(fields.Get("address"), " ")); utf8.RuneCountInString(text) > 1 {
		s.Asked = true
		if s.All, s.Near, err = p.Ports.Addresses.Find(ctx, text, mostSpots); err != nil {
			return s, err
		}
	}
	chosen, ok, err := p.chosen(ctx, fields)
	if err != nil || !ok {
		return s, err
	}
	s.Chosen = chosen.Key
	for _, x := range s.All {
		if x.Key == chosen.Key {
			return s, nil
		}
	}
	s.All = append([]Spot{chosen}, s.All...)
	return s, nil
}

func (p *Pages) anyAddress(ctx context.Context) (bool, error) {
	if p.Ports.Addresses == nil {
		return false, nil
	}
	return p.Ports.Addresses.Any(ctx)
}

// chosen is the address that a form names; false where it names none, or one that is not there any more.
func (p *Pages) chosen(ctx context.Context, fields url.Values) (Spot, bool, error) {
	if fields.Get("spot") == "" || p.Ports.Addresses == nil {
		return Spot{}, false, nil
	}
	return p.Ports.Addresses.One(ctx, fields.Get("spot"))
}

// place puts the chosen address into a report: its point goes before one that was written besides, and what was typed is kept with it.
func (p *Pages) place(ctx context.Context, f *face.Form, s *matter.Submission) error {
	x, ok, err := p.chosen(ctx, f.Values)
	if err != nil {
		return err
	}
	if !ok {
		if f.Value("spot") != "" {
			f.Values.Del("spot")
			f.Add("address", "pages.spot_gone")
		}
		return nil
	}
	s.Lat, s.Lon = &x.Lat, &x.Lon
	typed := strings.TrimSpace(s.Address)
	switch low, title := strings.ToLower(typed), strings.ToLower(x.Title); {
	case strings.Contains(low, title):
	case strings.Contains(title, low):
		s.Address = x.Title
	default:
		if both := typed + " (" + x.Title + ")"; utf8.RuneCountInString(both) <= mostTyped {
			s.Address = both
		}
	}
	return nil
}

// mostTyped is how many characters an address may have in a form.
const mostTyped = 500
