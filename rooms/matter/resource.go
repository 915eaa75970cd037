package matter

import (
	_ "embed"

	"github.com/cedar-policy/cedar-go/types"

	"skein/frame/civic"
)

// Policies is the room's part of the realm's policy set: who may do what.
//
//go:embed policies.cedar
var Policies []byte

// Schema is what policies may say of this room's dossiers, as a Cedar schema.
//
//go:embed schema.cedarschema
var Schema []byte

// What policies are asked besides the commands: to read a matter that is not everyone's, and
// to read who reported it.
const (
	ActionRead         = "matter.read"
	ActionReadReporter = "matter.read_reporter"
)

// Resource is a matter as the policies see it: its attributes and the places it lies in.
// Bodies and now tell which post supervises the lead. Always there: state, private, joint,
// against. Where the matter has one: reporter (a Resident), lead and coordinator (Body), supervisor (Post).
func Resource(s State, bodies Bodies, now civic.Instant) (types.Record, []types.EntityUID) {
	attrs := types.RecordMap{
		"state":   types.String(s.Status),
		"private": types.Boolean(s.Visibility == Private),
		"joint":   types.NewSet(bodyUIDs(s.Round.Joint)...),
		"against": types.NewSet(),
		// The review room has an appeal of it before it.
		"under_review": types.Boolean(s.UnderReview()),
	}
	if s.Reporter != "" {
		attrs["reporter"] = types.NewEntityUID("Resident", types.String(s.Reporter))
	}
	if s.Against != "" {
		var kept []types.Value
		for _, b := range heirs(bodies, s.Against, now) {
			kept = append(kept, bodyUID(b))
		}
		attrs["against"] = types.NewSet(kept...)
	}
	if s.Lead != "" {
		attrs["lead"] = bodyUID(s.Lead)
		if b, known := bodies.Body(s.Lead, now); known && b.Supervisor != "" {
			attrs["supervisor"] = types.NewEntityUID("Post", types.String(b.Supervisor))
		}
	}
	if s.Coordinator != "" {
		attrs["coordinator"] = bodyUID(s.Coordinator)
	}
	parents := make([]types.EntityUID, len(s.Places))
	for i, p := range s.Places {
		parents[i] = types.NewEntityUID("Place", types.String(p))
	}
	return types.NewRecord(attrs), parents
}

func bodyUID(b civic.BodyID) types.EntityUID { return types.NewEntityUID("Body", types.String(b)) }

func bodyUIDs(joint []Joint) []types.Value {
	out := make([]types.Value, len(joint))
	for i, j := range joint {
		out[i] = bodyUID(j.Body)
	}
	return out
}
