package place

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"skein/frame/civic"
	"skein/frame/journal"
)

// step is a command on a place and what comes of it: the acts, or the reasons against it.
type step struct {
	on   civic.PlaceID
	do   Command
	acts string
	no   string
}

func TestDecide(t *testing.T) {
	w := newWorld(t)
	city, east, west := w.box(0, 0, 10, 10), w.box(5, 0, 10, 10), w.box(0, 0, 5, 10)
	mostlyOut, halfOut, sliver, lap := w.box(9, 0, 19, 10), w.box(5, 0, 15, 10), w.box(4.98, 0, 10, 10), w.box(4, 0, 10, 10)
	found := Found{Place: "city", Kind: City, Titles: en("City"), Boundary: city}
	base := []step{
		{do: found, acts: "founded"},
		{do: Found{Place: "ward-e", Kind: Ward, Titles: en("East"), Parent: "city", Boundary: east}, acts: "founded"},
		{do: Found{Place: "ward-w", Kind: Ward, Titles: en("West"), Parent: "city", Boundary: west}, acts: "founded"},
		{do: Found{Place: "block", Kind: GridCell, Titles: en("Block"), Parent: "ward-w"}, acts: "founded"},
	}
	for _, c := range []struct {
		name  string
		steps []step
	}{
		{"a first place is the root", base[:1]},
		{"a second root is refused", []step{base[0], {do: Found{Place: "other", Kind: City, Titles: en("Other")}, no: "root_taken@parent"}}},
		{"a code is used once", []step{base[0], {do: found, no: "exists@place"}}},
		{"every reason is listed", []step{{
			do: Found{Place: "Ward 3", Kind: "Ward!", Titles: Titles{"english": "", "en": "a\nb"}, Parent: "nowhere", Rank: -1, Boundary: "x"},
			no: "code_form@place kind_form@kind rank_range@rank title_control@titles.en language_form@titles.english title_empty@titles.english unknown@parent boundary_digest@boundary",
		}}},
		{"a title is needed", []step{{do: Found{Place: "city", Kind: City}, no: "title_missing@titles"}}},
		{"a boundary must have come along", []step{{
			do: Found{Place: "city", Kind: City, Titles: en("City"), Boundary: "00000000000000000000000000000000000000000000000000000000000000ff"},
			no: "boundary_missing@boundary",
		}}},
		{"a place must lie in its parent by half", []step{base[0],
			{do: Found{Place: "out", Kind: Ward, Titles: en("Out"), Parent: "city", Boundary: mostlyOut}, no: "outside_parent@boundary"},
			{do: Found{Place: "half", Kind: Ward, Titles: en("Half"), Parent: "city", Boundary: halfOut}, acts: "founded"},
		}},
		{"the nearest boundary above counts", []step{base[0],
			{do: Found{Place: "part", Kind: District, Titles: en("Part"), Parent: "city"}, acts: "founded"},
			{do: Found{Place: "out", Kind: Ward, Titles: en("Out"), Parent: "part", Boundary: mostlyOut}, no: "outside_parent@boundary"},
		}},
		{"a redrawn parent must still hold its children", append(base[:3:3],
			step{on: "city", do: Redraw{east}, no: "outside_parent@boundary"},
		)},
		{"a layer may overlap by a sliver", []step{base[0], base[2],
			{do: Found{Place: "e", Kind: Ward, Titles: en("E"), Parent: "city", Boundary: lap}, no: "overlaps@boundary"},
			{do: Found{Place: "e", Kind: Ward, Titles: en("E"), Parent: "city", Boundary: sliver}, acts: "founded"},
			{on: "e", do: Redraw{lap}, no: "overlaps@boundary"},
			{do: Found{Place: "n", Kind: Neighbourhood, Titles: en("N"), Parent: "city", Rank: 1, Boundary: lap}, acts: "founded"},
			{on: "n", do: Reclassify{Kind: Ward}, no: "overlaps@boundary overlaps@boundary"},
		}},
		{"titles, kind and rank change", append(base[:2:2],
			step{on: "ward-e", do: Rename{en("East")}, acts: ""},
			step{on: "ward-e", do: Rename{en("Far East")}, acts: "renamed"},
			step{on: "ward-e", do: Rename{}, no: "title_missing@titles"},
			step{on: "ward-e", do: Reclassify{Kind: Ward}, acts: ""},
			step{on: "ward-e", do: Reclassify{Kind: District, Rank: 2}, acts: "reclassified"},
			step{on: "ward-e", do: Reclassify{Kind: "", Rank: 5000}, no: "kind_form@kind rank_range@rank"},
			step{on: "ward-e", do: Redraw{east}, acts: ""},
			step{on: "ward-e", do: Redraw{""}, no: "boundary_digest@boundary"},
			step{on: "nowhere", do: Rename{en("X")}, no: "missing@"},
		)},
		{"no place under itself", append(base[:4:4],
			step{on: "block", do: Move{"ward-e"}, acts: "moved"},
			step{on: "block", do: Move{"ward-e"}, acts: ""},
			step{on: "ward-e", do: Move{"block"}, no: "circle@parent"},
			step{on: "ward-e", do: Move{"ward-e"}, no: "circle@parent"},
			step{on: "ward-e", do: Move{""}, no: "parent_needed@parent root_taken@parent"},
			step{on: "ward-e", do: Move{"ward-w"}, no: "outside_parent@boundary"},
			step{on: "city", do: Move{"block"}, no: "circle@parent"},
			step{on: "block", do: Move{"nowhere"}, no: "unknown@parent"},
		)},
		{"closing names a successor", append(base[:4:4],
			step{on: "ward-w", do: Close{"ward-e"}, no: "has_children@"},
			step{on: "city", do: Close{"ward-e"}, no: "has_children@ root_closed@"},
			step{on: "block", do: Close{}, no: "successor_needed@successor"},
			step{on: "block", do: Close{"block"}, no: "successor_itself@successor"},
			step{on: "block", do: Close{"nowhere"}, no: "unknown@successor"},
			step{on: "block", do: Close{"ward-w"}, acts: "closed"},
			step{on: "block", do: Close{"ward-w"}, no: "closed@"},
			step{on: "ward-w", do: Close{"block"}, no: "closed@successor"},
			step{on: "ward-w", do: Close{"ward-e"}, acts: "closed"},
			step{do: Found{Place: "block", Kind: GridCell, Titles: en("Block"), Parent: "city"}, no: "exists@place"},
			step{do: Found{Place: "new", Kind: GridCell, Titles: en("New"), Parent: "ward-w"}, no: "closed@parent"},
			step{do: Found{Place: "west", Kind: Ward, Titles: en("West"), Parent: "city", Boundary: lap}, no: "overlaps@boundary"},
			step{on: "ward-e", do: Redraw{city}, acts: "redrawn"},
		)},
		{"an import founds in one go, children first or not", []step{
			{do: Import{}, no: "import_empty@places"},
			{do: Import{Places: []Found{
				{Place: "a", Kind: Ward, Titles: en("A"), Parent: "city", Boundary: east},
				{Place: "b", Kind: GridCell, Titles: en("B"), Parent: "a"}, found,
			}}, acts: "city:founded a:founded b:founded"},
			{do: Import{Places: []Found{
				{Place: "a", Kind: Ward, Titles: en("A"), Parent: "city", Boundary: east},
				{Place: "b", Kind: GridCell, Titles: en("B"), Parent: "a"}, found,
			}}, acts: ""},
			{do: Import{Places: []Found{
				{Place: "b", Kind: GridCell, Titles: en("B2"), Parent: "c", Rank: 1},
				{Place: "c", Kind: Ward, Titles: en("C"), Parent: "city", Boundary: west},
				{Place: "a", Kind: Ward, Titles: en("A"), Parent: "city"},
			}}, acts: "c:founded b:moved b:reclassified b:renamed"},
		}},
		{"an import says where it is wrong", []step{base[0], {do: Import{Places: []Found{
			{Place: "a", Kind: Ward, Titles: en("A"), Parent: "b", Source: "row 2"},
			{Place: "b", Kind: Ward, Titles: en("B"), Parent: "a", Source: "row 3"},
			{Place: "b", Kind: Ward, Titles: en("B"), Parent: "a"},
			{Place: "c", Kind: Ward, Titles: en("C"), Source: "features[3]"},
			{Place: "d", Kind: Ward, Titles: en("D"), Parent: "city", Boundary: mostlyOut, Source: "features[4]"},
			{Place: "e", Kind: Ward, Titles: en("E"), Parent: "nowhere", Boundary: "y", Source: "wards.csv: row 7"},
		}}, no: "circle@row_2,_parent twice@row_3,_place circle@row_3,_parent circle@places[2].parent unknown@wards.csv:_row_7,_parent " +
			"boundary_digest@wards.csv:_row_7,_boundary root_taken@features[3].parent outside_parent@features[4].boundary"}}},
		{"an import may put a new root above", []step{base[0], {do: Import{Places: []Found{
			{Place: "city", Kind: City, Titles: en("City"), Parent: "land"}, {Place: "land", Kind: Province, Titles: en("Land")},
		}}, acts: "land:founded city:moved"}}},
		{"an import cannot open what is closed", append(base[:4:4],
			step{on: "block", do: Close{"city"}, acts: "closed"},
			step{do: Import{Places: []Found{{Place: "block", Kind: GridCell, Titles: en("Block"), Parent: "city"}}}, no: "closed@places[0].place"},
		)},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &world{t: t, docs: w.docs}
			for i, s := range c.steps {
				drafts, refusals := w.do(s.on, s.do)
				if told(drafts) != s.acts || keys(refusals) != s.no {
					t.Fatalf("step %d, %s: acts %q, want %q; refused %q, want %q", i, s.do.Name(), told(drafts), s.acts, keys(refusals), s.no)
				}
			}
		})
	}
}

// TestShareIsSaid holds that a refusal for the ground tells how much.
func TestShareIsSaid(t *testing.T) {
	w := newWorld(t)
	w.must("", Found{Place: "city", Kind: City, Titles: en("City"), Boundary: w.box(0, 0, 10, 10)})
	w.must("", Found{Place: "a", Kind: Ward, Titles: en("A"), Parent: "city", Boundary: w.box(0, 0, 5, 10)})
	_, refusals := w.do("", Found{Place: "b", Kind: Ward, Titles: en("B"), Parent: "city", Boundary: w.box(3, 0, 13, 10)})
	if diff := cmp.Diff(map[string]any{"place": "b", "other": "a", "percent": "40", "most": "1"}, refusals[0].Args); diff != "" {
		t.Error(diff)
	}
	_, refusals = w.do("", Found{Place: "b", Kind: Ward, Titles: en("B"), Parent: "city", Boundary: w.box(7.5, 0, 17.5, 10)})
	if diff := cmp.Diff(map[string]any{"place": "b", "parent": "city", "percent": "25", "least": "50"}, refusals[0].Args); diff != "" {
		t.Error(diff)
	}
}

// TestBoundaryFaults holds that a boundary that cannot be read is refused with the place in it.
func TestBoundaryFaults(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ name, text, no string }{
		{"unclosed", `{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]}`, "geo.ring_unclosed@boundary.coordinates[0]"},
		{"metres", `{"type":"Polygon","coordinates":[[[200000,900000],[200100,900000],[200100,900100],[200000,900000]]]}`, "geo.projected@boundary.coordinates[0][0]"},
		{"not canonical", `{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}`, "boundary_not_canonical@boundary"},
		{"none", `{"type":"FeatureCollection","features":[]}`, "boundary_one@boundary"},
	} {
		t.Run(c.name, func(t *testing.T) {
			digest := journal.DocumentDigest([]byte(c.text))
			w.docs[digest] = []byte(c.text)
			_, refusals := w.do("", Found{Place: "city", Kind: City, Titles: en("City"), Boundary: digest})
			if got := keys(refusals); got != c.no {
				t.Errorf("refused %q, want %q", got, c.no)
			}
		})
	}
}
