package body

import (
	"testing"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/internal/samples"
)

// examples holds one example of every event with every field set.
var examples = []journal.Event{
	Founded{Body: "coord", Kind: Coordinating, Titles: Titles{"en": "Coordination", "zh-Hans": "统筹办"}, Parent: "city", Place: "boston", Coordinates: []civic.PlaceID{"boston"}},
	PostCreated{Post: "pwd/head", Titles: en("Head"), Roles: []Role{Supervisor}, Supervisor: "city/mayor"},
	PostChanged{Post: "pwd/head", Titles: en("Head"), Roles: []Role{Supervisor, Registrar}, Supervisor: "city/mayor"},
	PostClosed{Post: "pwd/head"},
	OfficerSeated{Post: "pwd/head", Person: "k3v9", Digest: digest, PublicName: "Demo Officer 01 (invented)", From: 1309492800000000, Until: 1325394000000000},
	OfficerLeft{Post: "pwd/head", Person: "k3v9", At: 1317484800000000},
	Renamed{Titles: en("Works")},
	Moved{Parent: "city"},
	CoordinationSet{Place: "ward-03"},
	CoordinationLifted{Place: "ward-03", To: "north"},
	Merged{Into: "parks"},
	Abolished{Successor: "parks"},
}

// A journal of any release is read for ever.
func TestEventsReadForEver(t *testing.T) {
	var r journal.Registry
	Register(&r)
	samples.DecodeForEver(t, &r, examples...)
}
