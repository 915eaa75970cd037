package face

import (
	"context"
	"encoding/hex"
	"fmt"
	"sort"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/power"
)

// Record adds the doors to what every room shares: the powers in force and the acts.
func (s *Site) Record() {
	Get(s, "/api/powers", "powers", "The policies in force: who may do what, under which law", s.policies, "record")
	Get(s, "/api/acts", "acts", "The acts of the journal, oldest first", s.acts, "record")
}

type powersOut struct{ Body Powers }

// Powers is the policy set in force. Acts cite its digest.
type Powers struct {
	Digest   string         `json:"digest"`
	Policies []power.Policy `json:"policies"`
}

func (s *Site) policies(context.Context, *struct{}) (*powersOut, error) {
	set := s.Realm.View().Powers
	out := &powersOut{Powers{Digest: set.Digest, Policies: []power.Policy{}}}
	for _, p := range set.All() {
		out.Body.Policies = append(out.Body.Policies, *p)
	}
	return out, nil
}

type actsIn struct {
	After int64 `query:"after" minimum:"0" doc:"The position of the last act of the page before"`
	Limit int   `query:"limit" minimum:"1" maximum:"1000" default:"200"`
}

type actsOut struct {
	Link string `header:"Link"`
	Body Acts
}

// Acts is a page of the journal. Private acts show nothing but their commitments, sorted by
// value so that their order says nothing either; their positions are left out.
type Acts struct {
	Acts    []Act    `json:"acts"`
	Private []string `json:"private" doc:"Commitments of the private acts among these positions"`
	Next    int64    `json:"next,omitempty" doc:"Give it as after to get the next page"`
}

// Act is what is shown of a public act.
type Act struct {
	Position   civic.Position `json:"position"`
	Type       string         `json:"type"`
	Version    int            `json:"version"`
	Actor      string         `json:"actor"`
	Power      string         `json:"power"`
	Policies   string         `json:"policies" doc:"Digest of the policy set in force"`
	Happened   Time           `json:"happened"`
	Recorded   Time           `json:"recorded"`
	Cause      civic.Position `json:"cause,omitempty"`
	Imported   bool           `json:"imported,omitempty"`
	Inferred   bool           `json:"inferred,omitempty"`
	Commitment string         `json:"commitment"`
}

func (s *Site) acts(ctx context.Context, in *actsIn) (*actsOut, error) {
	acts, err := journal.After(ctx, s.Realm.DB.R, nil, s.Realm.ID, civic.Position(in.After), in.Limit)
	if err != nil {
		return nil, err
	}
	out := &actsOut{Body: Acts{Acts: []Act{}, Private: []string{}}}
	for i := range acts {
		a := &acts[i]
		if a.Private {
			out.Body.Private = append(out.Body.Private, hex.EncodeToString(a.Commitment))
			continue
		}
		out.Body.Acts = append(out.Body.Acts, Act{
			Position: a.Position, Type: a.Type, Version: a.Version, Actor: a.Actor, Power: a.Power, Policies: a.Policies,
			Happened: s.Time(a.Happened), Recorded: s.Time(a.Recorded), Cause: a.Cause, Imported: a.Imported, Inferred: a.Inferred,
			Commitment: hex.EncodeToString(a.Commitment),
		})
	}
	sort.Strings(out.Body.Private)
	if len(acts) == in.Limit {
		out.Body.Next = int64(acts[len(acts)-1].Position)
		out.Link = s.NextPage(fmt.Sprintf("/api/acts?limit=%d&after=%d", in.Limit, out.Body.Next))
	}
	return out, nil
}

// NextPage is the Link header to the next page of a list (RFC 8288).
func (s *Site) NextPage(target string) string { return "<" + s.PublicURL + target + `>; rel="next"` }
