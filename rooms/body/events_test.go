package body

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"skein/frame/civic"
	"skein/frame/journal"
)

var update = flag.Bool("update", false, "write the samples of new event types")

// samples holds one example of every event with every field set.
var samples = []journal.Event{
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

// TestEventsReadForEver decodes the committed samples of version 1 and writes them again, byte for byte.
func TestEventsReadForEver(t *testing.T) {
	var r journal.Registry
	Register(&r)
	dir := filepath.Join("testdata", "events-v1")
	for _, e := range samples {
		path := filepath.Join(dir, e.Type()+".json")
		if _, err := os.Stat(path); os.IsNotExist(err) && *update {
			text, _ := journal.Encode(e)
			os.MkdirAll(dir, 0o755)
			os.WriteFile(path, append(text, '\n'), 0o644)
		}
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.json"))
	if len(files) != len(r.Names()) {
		t.Errorf("%d samples of %d event types", len(files), len(r.Names()))
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text = bytes.TrimSuffix(text, []byte("\n"))
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		e, err := r.Decode(name, 1, text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		again, err := journal.Encode(e)
		if err != nil || !bytes.Equal(again, text) {
			t.Errorf("%s reads as %s, written as %s %v", name, text, again, err)
		}
	}
}
