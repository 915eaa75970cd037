package chengyue

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/peterstace/simplefeatures/geom"

	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/internal/shared"
	"skein/science/mask"
)

func all(t *testing.T) []Matter {
	t.Helper()
	matters, err := Matters()
	if err != nil {
		t.Fatal(err)
	}
	return matters
}

// made is what the generator makes, as one text.
func made(t *testing.T) []byte {
	t.Helper()
	boundaries, err := Boundaries()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(struct {
		Matters    []Matter
		Boundaries map[civic.PlaceID]json.RawMessage
	}{all(t), boundaries})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// The same bytes each time. Whoever changes the generator or a text changes this digest.
func TestSameEachTime(t *testing.T) {
	const want = "6689272d40390cdf8e5589905f8bccf56eaf1e38f3de00580a269670911c4000"
	first := made(t)
	if !bytes.Equal(first, made(t)) {
		t.Fatal("a second run makes something else")
	}
	if sum := sha256.Sum256(first); hex.EncodeToString(sum[:]) != want {
		t.Errorf("the half year is %x, not %s", sum, want)
	}
}

// provinces are the first two digits that GB/T 2260-2007 assigns.
var provinces = strings.Fields("11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82")

// The codes have the form of the codes for statistics: six digits for a district, nine for a subdistrict (001–099) or
// town (100–199), twelve for a residents' (001–199) or villagers' committee (200–399).
func TestCodes(t *testing.T) {
	places, err := rows("places.csv", Places)
	if err != nil {
		t.Fatal(err)
	}
	forms := map[string]*regexp.Regexp{
		"district": regexp.MustCompile(`^\d{6}$`), "street": regexp.MustCompile(`^\d{6}[01]\d\d$`),
		"community": regexp.MustCompile(`^\d{9}[01]\d\d$`), "village": regexp.MustCompile(`^\d{9}[23]\d\d$`),
	}
	for _, p := range places {
		code := p["code"]
		if !forms[p["kind"]].MatchString(code) || !strings.HasPrefix(code, p["parent"]) || slices.Contains(provinces, code[:2]) {
			t.Errorf("%s %s is no code of an invented %s", code, p["title.zh-Hans"], p["kind"])
		}
		if town := strings.HasSuffix(p["title.zh-Hans"], "镇"); p["kind"] == "street" && town != (code[6] == '1') {
			t.Errorf("%s has not the number of what it is", code)
		}
	}
}

// No code and no name is any real place's.
func TestNoRealPlace(t *testing.T) {
	dir := shared.Dir(t, "data/china-divisions")
	codes, names := map[string]bool{}, map[string]bool{}
	for _, name := range []string{"provinces.csv", "cities.csv", "areas.csv", "streets.csv.gz"} {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		var r io.Reader = f
		if strings.HasSuffix(name, ".gz") {
			if r, err = gzip.NewReader(f); err != nil {
				t.Fatal(err)
			}
		}
		lines, err := csv.NewReader(r).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range lines[1:] {
			codes[line[0]], names[line[1]] = true, true
		}
	}
	if len(codes) < 44_000 || !codes["110101"] || !names["东城区"] {
		t.Fatalf("%d codes read: these are not the divisions", len(codes))
	}
	places, err := rows("places.csv", Places)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range places {
		title := strings.TrimSuffix(p["title.zh-Hans"], "（虚构）")
		if names[title] || codes[p["code"]] {
			t.Errorf("%s %s is a real place", p["code"], title)
		}
	}
	for code := range codes {
		if strings.HasPrefix(code, "98") {
			t.Errorf("98 is assigned: %s", code)
		}
	}
}

// The map tiles: boundaries are simple, cells overlap nowhere, and cells, streets and district hold the same ground.
func TestMapTiles(t *testing.T) {
	boundaries, err := Boundaries()
	if err != nil {
		t.Fatal(err)
	}
	shapes := map[civic.PlaceID]geom.Geometry{}
	sum := map[int]float64{}
	for id, text := range boundaries {
		g, err := geom.UnmarshalGeoJSON(text)
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		if err := g.Validate(); err != nil || g.Area() <= 0 {
			t.Errorf("%s is no simple area: %v", id, err)
		}
		shapes[id] = g
		sum[len(id)] += g.Area()
	}
	if len(boundaries) != 46 || math.Abs(sum[12]/sum[6]-1) > 1e-9 || math.Abs(sum[9]/sum[6]-1) > 1e-9 {
		t.Errorf("%d areas, communities %v, streets %v, district %v", len(boundaries), sum[12], sum[9], sum[6])
	}
	for a, x := range shapes {
		for b, y := range shapes {
			if a >= b || len(a) != 12 || len(b) != 12 {
				continue
			}
			both, err := geom.Intersection(x, y)
			if err != nil {
				t.Fatal(err)
			}
			if both.Area() > 1e-12 {
				t.Errorf("%s and %s overlap by %v", a, b, both.Area())
			}
		}
	}
	outside := 0
	for _, m := range all(t) {
		at := geom.NewPoint(geom.Coordinates{XY: geom.XY{X: float64(m.Lon) / 1e6, Y: float64(m.Lat) / 1e6}}).AsGeometry()
		if !geom.Intersects(shapes[m.Place], at) {
			outside++
		}
	}
	if outside > 0 {
		t.Errorf("%d matters lie outside their community", outside)
	}
}

// Known days around the holidays of 2026, and every day of the half year with every limit, by two arithmetics.
func TestDueDates(t *testing.T) {
	days, err := NewDays()
	if err != nil {
		t.Fatal(err)
	}
	spec, err := Calendar()
	if err != nil {
		t.Fatal(err)
	}
	cal, err := calendar.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) civic.Instant {
		when, err := time.ParseInLocation("2006-01-02 15:04", text, Zone)
		if err != nil {
			t.Fatal(err)
		}
		return civic.At(when)
	}
	both := func(from civic.Instant, n int) (a, b civic.Instant) {
		return days.Due(from, n), cal.Due(from, calendar.Limit{N: n, Unit: calendar.WorkingDays}, nil).At
	}
	for _, known := range []struct {
		from string
		n    int
		due  string
	}{
		{"2026-09-30 17:59", 5, "2026-10-13 18:00"}, // 8, 9, 10 (Saturday, worked), 12, 13 October
		{"2026-10-03 09:00", 1, "2026-10-08 18:00"}, // filed in the holidays
		{"2026-10-09 09:00", 1, "2026-10-10 18:00"}, // a Saturday that is worked
		{"2026-10-09 09:00", 2, "2026-10-12 18:00"},
		{"2026-09-18 10:00", 1, "2026-09-20 18:00"}, // a Sunday that is worked
		{"2026-09-24 10:00", 3, "2026-09-30 18:00"}, // over the Mid-Autumn Festival
		{"2026-06-18 10:00", 2, "2026-06-23 18:00"}, // over the Dragon Boat Festival
		{"2026-11-27 23:59", 1, "2026-11-30 18:00"},
	} {
		a, b := both(at(known.from), known.n)
		if want := at(known.due); a != want || b != want {
			t.Errorf("%d working days from %s: %v and %v, want %s", known.n, known.from, a.In(Zone), b.In(Zone), known.due)
		}
	}
	for from := Start; from < Filled; from = from.Add(11 * time.Hour) {
		for n := 1; n <= 20; n++ {
			if a, b := both(from, n); a != b {
				t.Fatalf("%d working days from %v: %v and %v", n, from.In(Zone), a.In(Zone), b.In(Zone))
			}
		}
	}
}

// The half year looks like one: its size, its weeks, its storms, its variety, its order; and nobody is named in it.
func TestHalfYear(t *testing.T) {
	matters := all(t)
	if n := len(matters); n < 6_000 || n > 10_000 {
		t.Errorf("%d matters", n)
	}
	weekday, categories, texts, acts := map[time.Weekday]int{}, map[civic.Category]int{}, map[string]int{}, map[Act]int{}
	drains, appeals := map[string]int{}, 0
	numbers := regexp.MustCompile(`\d{7}`)
	for _, m := range matters {
		told := m.Steps[0].At.In(Zone)
		weekday[told.Weekday()]++
		categories[m.Category]++
		texts[m.Steps[0].Text]++
		if m.Category == "utilities.drain" {
			drains[told.Format(time.DateOnly)]++
		}
		if m.Appeal != "" {
			appeals++
		}
		for i, s := range m.Steps {
			acts[s.Act]++
			if i > 0 && s.At < m.Steps[i-1].At || s.At < Start || s.At >= Filled || (i == 0) != (s.Act == Report) {
				t.Fatalf("%s: %s at %v is out of order", m.Number, s.Act, s.At.In(Zone))
			}
			if strings.ContainsAny(s.Text, "{}") || numbers.MatchString(s.Text) {
				t.Errorf("%s says %q", m.Number, s.Text)
			}
			if !Private(m.Category) && slices.Contains([]Act{Report, Supply, Tell, Answer}, s.Act) && len(mask.Find(s.Text)) > 0 {
				t.Errorf("%s says in public what points to somebody: %q", m.Number, s.Text)
			}
		}
	}
	if weekday[time.Monday] < weekday[time.Sunday]*3/2 {
		t.Errorf("weeks have no shape: %v", weekday)
	}
	storm, before := 0, 0
	for day, n := range drains {
		if within(day, "2026-06-22", "2026-06-25") {
			storm += n
		} else if within(day, "2026-06-08", "2026-06-11") {
			before += n
		}
	}
	if storm < 3*before {
		t.Errorf("a storm brings %d reports of drains, as many days before %d", storm, before)
	}
	if len(texts) < len(matters)/2 {
		t.Errorf("%d texts in %d matters", len(texts), len(matters))
	}
	for _, act := range []Act{Triage, Release, Accept, Object, Rule, Tell, Ask, Supply, Contribute, Pause, Resume, Extend, Answer, Propose, Decline, Confirm, Reopen, Withdraw} {
		if acts[act] < 10 {
			t.Errorf("%s happens %d times", act, acts[act])
		}
	}
	if appeals < 5 || appeals > 50 {
		t.Errorf("%d appeals", appeals)
	}
	list, err := NewList()
	if err != nil {
		t.Fatal(err)
	}
	for code := range categories {
		for _, id := range list.order {
			if _, ok := list.Of(code, id); !ok {
				t.Errorf("nobody leads %s in %s", code, id)
			}
		}
	}
}

// Every officer and every budget line says that it is invented.
func TestInventedSaysSo(t *testing.T) {
	bodies, err := rows("bodies.csv", Bodies)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range bodies {
		if o := b["officer"]; o != "" && !strings.HasSuffix(o, "（虚构）") {
			t.Errorf("%s: %s", b["id"], o)
		}
	}
	duties, err := rows("duty.csv", Duties)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range duties {
		if !strings.HasSuffix(d["budget"], "（虚构）") || d["notes"] == "" {
			t.Errorf("%s says not what of it is invented", d["id"])
		}
	}
	articles, err := Articles()
	if err != nil || len(articles) < 5 {
		t.Fatal(len(articles), err)
	}
	for name, text := range articles {
		if !bytes.Contains(text, []byte("虚构地区的演示文本")) || !bytes.Contains(text, []byte("invented district")) {
			t.Errorf("%s does not say that it is a demonstration", name)
		}
	}
}
