package matter

import (
	"embed"
	"slices"
	"strings"

	"skein/frame/civic"
	"skein/frame/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// MatterTable has one row a matter; OwedTable is in owed.go.
var MatterTable = &store.Table{Name: "matters", Key: 2, Replace: true, Columns: store.Columns(
	"realm:t dossier:t number:t kind:t category:t place:t lat_e6:i lon_e6:i visibility:t channel:t external:t status:t ending:t " +
		"outcome:t lead:t coordinator:t box:t round:i reported:i updated:i due:i answered:i ended:i handovers:i row_id:t imported:i places:t")}

// Rows is what the tables hold of a matter.
func Rows(realm civic.Realm, id civic.DossierID, s State) []store.Write {
	var lat, lon any
	if s.Point != nil {
		lat, lon = s.Point.Lat, s.Point.Lon
	}
	handOvers := s.HandOvers
	for _, r := range s.Past {
		handOvers += r.HandOvers
	}
	imported := int64(0)
	if s.Imported {
		imported = 1
	}
	box := s.Box
	if s.Spent() {
		box = "" // nothing is in it, and there is nothing to erase
	}
	writes := make([]store.Write, 1, 4)
	writes[0] = store.Write{Table: MatterTable, Row: store.Row{
		string(realm), string(id), string(s.Number), string(s.Kind), string(s.Category), string(s.Place), lat, lon,
		string(s.Visibility), s.Channel, s.External, string(s.Status), string(s.Ending), string(s.Outcome),
		string(s.Lead), string(s.Coordinator), box, int64(s.No), int64(s.Reported), int64(s.Last),
		instant(s.Resolution.Due), instant(s.Answered), instant(s.Ended), int64(handOvers), s.Row, imported, placesText(s.Places),
	}}
	return append(writes, owedRows(realm, id, s)...)
}

// placesText is the places that hold a matter, but the root, which is the last and holds all: their codes in order, apart by spaces.
func placesText(places []civic.PlaceID) string {
	if len(places) < 2 {
		return ""
	}
	codes := codesOf(places[:len(places)-1])
	slices.Sort(codes)
	return strings.Join(codes, " ")
}

// inPlaces reports whether any of some places is among those of such a text.
func inPlaces(text string, any ...civic.PlaceID) bool {
	return slices.ContainsFunc(strings.Fields(text), func(code string) bool { return slices.Contains(any, civic.PlaceID(code)) })
}

func instant(i civic.Instant) any {
	if i == 0 {
		return nil
	}
	return int64(i)
}
