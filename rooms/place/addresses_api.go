package place

import (
	"context"

	"skein/frame/civic"
)

type findAddressesIn struct {
	Body struct {
		Words string `json:"words" minLength:"1" maxLength:"200" doc:"Words of an address, the last may be half written"`
		Limit int    `json:"limit,omitempty" minimum:"1" maximum:"50" default:"10"`
	}
}

type findAddressesOut struct{ Body FoundAddresses }

// FoundAddresses are the realm's addresses that have the words.
type FoundAddresses struct {
	Addresses []ShownAddress `json:"addresses"`
	Near      bool           `json:"near" doc:"No address has the number that was asked for; these have the other words"`
}

// ShownAddress is an address as programs read it.
type ShownAddress struct {
	Address string          `json:"address"`
	Also    string          `json:"also,omitempty" doc:"Another way it is written"`
	Zip     string          `json:"zip,omitempty"`
	Lat     float64         `json:"lat"`
	Lon     float64         `json:"lon"`
	Whole   bool            `json:"whole" doc:"It is a whole street, and the point its middle"`
	Places  []civic.PlaceID `json:"places" doc:"Those that hold the point, the most specific first"`
}

// findAddresses answers what is typed. It is sent in a body: a half-typed address of somebody's home has no business in an address of ours, which logs keep.
func (a *API) findAddresses(ctx context.Context, in *findAddressesIn) (*findAddressesOut, error) {
	g, err := a.Addresses.Gazetteer(ctx)
	if err != nil {
		return nil, err
	}
	found, near := g.Find(in.Body.Words, in.Body.Limit)
	out := &findAddressesOut{FoundAddresses{Addresses: []ShownAddress{}, Near: near}}
	c := a.catalog()
	for _, f := range found {
		x := ShownAddress{Address: f.Text, Also: f.Also, Zip: f.Zip, Lat: float64(f.At.Lat) / 1e6, Lon: float64(f.At.Lon) / 1e6, Whole: f.Whole}
		if x.Places = c.Holding(x.Lat, x.Lon); x.Places == nil {
			x.Places = []civic.PlaceID{}
		}
		out.Body.Addresses = append(out.Body.Addresses, x)
	}
	return out, nil
}
