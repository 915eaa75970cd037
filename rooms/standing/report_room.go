package standing

import (
	"context"

	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/journal"
	"skein/frame/store"
)

// ReportPlaces is an immutable snapshot of the tree of places.
type ReportPlaces interface {
	HasPlace(civic.PlaceID) bool
	// Ancestors are the places above one, nearest first; Children those right below it.
	Ancestors(civic.PlaceID) []civic.PlaceID
	Children(civic.PlaceID) []civic.PlaceID
}

// ReportPorts are the other rooms' answers.
type ReportPorts struct {
	Places func(*clerk.View) ReportPlaces
	Bodies func(*clerk.View) FindingBodies
}

func reportKind(ports ReportPorts) clerk.Kind {
	return clerk.Define(clerk.Def[Report, ReportCommand, ReportFacts]{
		Kind:     KindReport,
		Events:   ReportEvents(),
		Commands: ReportCommands(),
		ID: func(c ReportCommand, _ civic.Position) civic.DossierID {
			d, _ := c.(DraftReport)
			return ReportID(d.Month, d.Place)
		},
		Evolve: EvolveReport,
		Facts: func(v *clerk.View, _ *clerk.Task, _ ReportCommand, _ Report, _ func(civic.DossierID) Report) (ReportFacts, civic.Refusals) {
			return ReportFacts{Zone: v.Settings.Location(), Places: ports.Places(v)}, nil
		},
		At: func(f ReportFacts, m clerk.Moment) ReportFacts {
			f.Now = m.Now
			return f
		},
		Resource: func(v *clerk.View, t *clerk.Task, s Report, c ReportCommand, _ ReportFacts) types.Entity {
			if d, ok := c.(DraftReport); ok && !s.Exists() {
				s.Place = d.Place
			}
			return ports.resource(v, t.Dossier, s)
		},
		Decide: DecideReport,
		Tables: []*store.Table{reportTable},
		Rows:   reportRows,
	})
}

// resource is a report as the policies see it: in its place, and whose it is to sign, the coordinating body of the lowest place above it that has one.
func (p ReportPorts) resource(v *clerk.View, id civic.DossierID, s Report) types.Entity {
	bodies, places := p.Bodies(v), p.Places(v)
	in := s.Place
	if in == "" || !places.HasPlace(in) {
		in = bodies.Root()
	}
	attrs := types.RecordMap{"state": types.String(s.Status())}
	if b := bodies.Coordinator(append([]civic.PlaceID{in}, places.Ancestors(in)...)); b != "" {
		attrs["teller"] = types.NewEntityUID("Body", types.String(b))
	}
	return types.Entity{
		UID: types.NewEntityUID("Report", types.String(id)), Attributes: types.NewRecord(attrs),
		Parents: types.NewEntityUIDSet(types.NewEntityUID("Place", types.String(in))),
	}
}

// reportTable has one row a report.
var reportTable = &store.Table{Name: "reports", Key: 2, Replace: true, Columns: store.Columns("realm:t dossier:t month:t status:t signed:i")}

func reportRows(realm civic.Realm, id civic.DossierID, s Report) []store.Write {
	var signed civic.Instant
	if n := len(s.Done); n > 0 {
		signed = s.Done[n-1].Signed
	}
	return []store.Write{{Table: reportTable, Row: store.Row{string(realm), string(id), string(s.Month), string(s.Status()), int64(signed)}}}
}

// Reports are all reports of a realm, the newest month first.
func Reports(ctx context.Context, r *clerk.Realm) ([]Report, error) {
	ids, err := journal.DossierIDs(ctx, r.DB.R, "SELECT dossier FROM reports WHERE realm = $1 ORDER BY month DESC, dossier LIMIT 5000", string(r.ID))
	if err != nil {
		return nil, err
	}
	var out []Report
	for _, id := range ids {
		s, _, err := r.State(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, s.(Report))
	}
	return out, nil
}
