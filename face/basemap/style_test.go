package basemap

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"skein/internal/tinymap"
)

// brought is a style as an operator brings it, changed.
func brought(t *testing.T, change func(style map[string]any)) string {
	t.Helper()
	name, err := tinymap.WriteStyle(t.TempDir(), change)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func got(m *Map, file, encoding string) (*http.Response, string) {
	r := httptest.NewRequest("GET", Prefix, nil)
	r.SetPathValue("file", file)
	r.Header.Set("Accept-Encoding", encoding)
	w := httptest.NewRecorder()
	m.ServeHTTP(w, r)
	body, _ := io.ReadAll(w.Result().Body)
	return w.Result(), string(body)
}

// A style is served with our own addresses in it, with the files that it names, and with nothing else of the folder or beside it.
func TestStyle(t *testing.T) {
	name := brought(t, nil)
	folder := filepath.Dir(name)
	put(t, filepath.Join(folder, "notes.txt"), "private")
	put(t, filepath.Join(folder, "fonts", "Box Regular", "draft.pbf"), "private")
	m, err := OpenStyle(name, "")
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if m.Credit != tinymap.StyleCredit || m.Tiles != "" || len(m.Covers) != 1 || m.Covers[0].West != -71.25 {
		t.Errorf("%q %q %v", m.Credit, m.Tiles, m.Covers)
	}
	if m.Styles["light"] != "/basemap/style.json" || m.Styles["dark"] != "/basemap/style.dark.json" || m.Styles["contrast"] != "" {
		t.Errorf("%v", m.Styles)
	}
	res, text := got(m, "style.json", "")
	for _, want := range []string{`"pmtiles:///basemap/tiny.pmtiles"`, `"/basemap/trees.geojson"`, `"/basemap/fonts/{fontstack}/{range}.pbf"`, `"/basemap/icons/day"`, `"fonts":["Box Regular"]`} {
		if !strings.Contains(text, want) {
			t.Errorf("the style lacks %s: %s", want, text)
		}
	}
	for _, none := range []string{"secret-of-the-editor", "attribution", `"center"`, `"pitch"`, "Inventon\""} {
		if strings.Contains(text, none) {
			t.Errorf("the style has %s", none)
		}
	}
	if res.Header.Get("Content-Type") != "application/json" || res.Header.Get("Cache-Control") != "no-cache" || res.Header.Get("ETag") == "" {
		t.Errorf("%v", res.Header)
	}
	if packed, body := got(m, "style.json", "gzip"); packed.Header.Get("Content-Encoding") != "gzip" || packed.Header.Get("ETag") == res.Header.Get("ETag") || len(body) >= len(text) {
		t.Errorf("packed: %v", packed.Header)
	}
	for file, kind := range map[string]string{
		"tiny.pmtiles": "application/vnd.pmtiles", "trees.geojson": "application/geo+json", "fonts/Box Regular/0-255.pbf": "application/x-protobuf",
		"icons/day.json": "application/json", "icons/day.png": "image/png", "icons/day@2x.json": "application/json", "icons/day@2x.png": "image/png", "style.dark.json": "application/json",
	} {
		if res, body := got(m, file, ""); res.StatusCode != 200 || res.Header.Get("Content-Type") != kind || body == "" {
			t.Errorf("%s: %d %v", file, res.StatusCode, res.Header)
		}
	}
	for _, file := range []string{"", ".", "notes.txt", "fonts/Box Regular/draft.pbf", "fonts/Box Regular/256-511.pbf", "fonts", "../" + filepath.Base(folder) + "/style.json", "fonts/../style.json", "style.contrast.json"} {
		if res, body := got(m, file, ""); res.StatusCode != 404 {
			t.Errorf("%q: %d %.80s", file, res.StatusCode, body)
		}
	}
	// what is put in the place of a file afterwards does not lead out of the folder
	outside := filepath.Join(t.TempDir(), "passwords")
	put(t, outside, "private")
	if err := os.Remove(filepath.Join(folder, "trees.geojson")); err != nil {
		t.Fatal(err)
	}
	if res, _ := got(m, "trees.geojson", ""); res.StatusCode != 404 {
		t.Errorf("taken away: %d", res.StatusCode)
	}
	if err := os.Symlink(outside, filepath.Join(folder, "trees.geojson")); err != nil {
		t.Fatal(err)
	}
	if res, body := got(m, "trees.geojson", ""); res.StatusCode != 404 {
		t.Errorf("a link: %d %s", res.StatusCode, body)
	}
}

// What is wrong with a style is said at start: which address, where in the style, and what to do.
func TestStyleRefused(t *testing.T) {
	type object = map[string]any
	set := func(property string, value any) func(object) { return func(s object) { s[property] = value } }
	town := func(property string, value any) func(object) {
		return func(s object) { s["sources"].(object)["town"].(object)[property] = value }
	}
	layer := func(property string, value any) func(object) {
		return func(s object) { s["layers"].([]any)[1].(object)[property] = value }
	}
	for name, bad := range map[string]struct {
		change func(object)
		says   string
	}{
		"version 7":            {set("version", 7), "is no style of version 8 (it says 7)"},
		"no version":           {func(s object) { delete(s, "version") }, "is no style of version 8 (it says none)"},
		"no sources":           {func(s object) { delete(s, "sources") }, "sources are missing"},
		"no layers":            {set("layers", []any{}), "layers are missing"},
		"font files":           {set("font-faces", object{"A": "a.ttf"}), "font-faces are font files"},
		"tiles elsewhere":      {town("url", "pmtiles://https://tiles.example/a.pmtiles"), `sources.town.url names another server, "https://tiles.example/a.pmtiles": pages ask the realm alone. Put the file beside the style, and its name here, such as "files/a.pmtiles"`},
		"without scheme":       {town("url", "pmtiles:////tiles.example/a.pmtiles"), `sources.town.url names another server, "//tiles.example/a.pmtiles"`},
		"TileJSON":             {town("url", "https://tiles.example/tiles.json?key=1"), `sources.town.url "https://tiles.example/tiles.json?key=1" is no file of tiles here`},
		"MBTiles":              {town("url", "mbtiles://{v3}"), "is no file of tiles here: put a PMTiles file beside the style"},
		"no address":           {town("url", nil), "is no file of tiles here"},
		"single tiles":         {town("tiles", []string{"https://tiles.example/{z}/{x}/{y}.pbf"}), `sources.town.tiles are addresses of single tiles (["https://tiles.example/{z}/{x}/{y}.pbf"])`},
		"a key":                {town("url", "pmtiles://tiny.pmtiles?key=1"), "has something after ? or #"},
		"from the root":        {town("url", "pmtiles:///tiny.pmtiles"), `is no name relative to the style: say "tiny.pmtiles"`},
		"out of the folder":    {town("url", "pmtiles://../tiny.pmtiles"), "leads out of the style's folder"},
		"out by escapes":       {town("url", "pmtiles://%2e%2e/tiny.pmtiles"), "leads out of the style's folder"},
		"backslashes":          {town("url", `pmtiles://a\..\..\b`), "is no name relative to the style"},
		"no such tiles":        {town("url", "pmtiles://none.pmtiles"), "sources.town.url none.pmtiles is not there"},
		"no PMTiles":           {town("url", "pmtiles://icons/day.png"), "sources.town.url icons/day.png is no PMTiles file"},
		"a folder":             {town("url", "pmtiles://icons"), "sources.town.url icons is no file"},
		"another kind":         {town("type", "raster"), "sources.town is of type raster, and tiny.pmtiles holds vector tiles"},
		"a film":               {set("sources", object{"film": object{"type": "video", "urls": []string{"https://a.example"}}}), `sources.film is of type "video"`},
		"data elsewhere":       {set("sources", object{"a": object{"type": "geojson", "data": "https://a.example/a.geojson"}}), `sources.a.data names another server, "https://a.example/a.geojson"`},
		"no data":              {set("sources", object{"a": object{"type": "geojson"}}), "sources.a.data is missing"},
		"data that are none":   {set("sources", object{"a": object{"type": "geojson", "data": "icons/day.png"}}), "sources.a.data icons/day.png is no JSON"},
		"glyphs elsewhere":     {set("glyphs", "https://fonts.example/{fontstack}/{range}.pbf"), `glyphs names another server, "https://fonts.example/{fontstack}/{range}.pbf"`},
		"glyphs' pattern":      {set("glyphs", "fonts/{range}.pbf"), `glyphs "fonts/{range}.pbf" should be FOLDER/{fontstack}/{range}.pbf`},
		"glyphs of any name":   {set("glyphs", "fonts/{fontstack}/{range}.json"), "should be FOLDER/{fontstack}/{range}.pbf"},
		"no glyphs":            {set("glyphs", "none/{fontstack}/{range}.pbf"), "glyphs are not there: no file such as none/Noto Sans Regular/0-255.pbf"},
		"another font":         {func(s object) { s["layers"].([]any)[4].(object)["layout"].(object)["text-font"] = []string{"Sans"} }, `glyphs have no folder "Sans", in which name is written; there are Box Regular`},
		"a font unsaid":        {func(s object) { delete(s["layers"].([]any)[4].(object)["layout"].(object), "text-font") }, `glyphs have no folder "Open Sans Regular,Arial Unicode MS Regular"`},
		"icons elsewhere":      {set("sprite", "mapbox://sprites/a"), `sprite names another server, "mapbox://sprites/a"`},
		"more icons elsewhere": {set("sprite", []any{object{"id": "default", "url": "icons/day"}, object{"id": "b", "url": "//b.example/b"}}), `sprite[1].url names another server, "//b.example/b"`},
		"no icons":             {set("sprite", "icons/night"), "sprite icons/night.json is not there"},
		"icons of what":        {set("sprite", 3), "sprite is neither an address nor a list"},
		"a source unknown":     {layer("source", "country"), `layers[1] (water) draws the source "country", which the style does not have`},
		"a source unsaid":      {layer("source", nil), `layers[1] (water) draws the source "", which`},
		"a layer unknown":      {layer("type", "sculpture"), `layers[1] (water) is of type "sculpture"`},
		"no name":              {layer("id", ""), "layers[1] () has no id of its own"},
		"two of one name":      {layer("id", "trees"), "layers[2] (trees) has no id of its own"},
		"pictures of lines":    {layer("type", "raster"), "layers[1] (water) is of type raster, and its source town of type vector"},
		"no part":              {layer("source-layer", nil), "layers[1] (water) does not say which source-layer of town it draws"},
		"another schema":       {layer("source-layer", "transportation"), "sources.town is made for other tiles: no layer draws one of earth, landuse, water, roads, boundaries, places, which tiny.pmtiles holds"},
	} {
		style := brought(t, bad.change)
		m, err := OpenStyle(style, "")
		if err == nil || !strings.Contains(err.Error(), bad.says) || !strings.HasPrefix(err.Error(), style+" is ") {
			t.Errorf("%s: %v\nwant %q", name, err, bad.says)
		}
		m.Close()
	}

	whole := brought(t, nil)
	put(t, whole, "{")
	if _, err := OpenStyle(whole, ""); err == nil || !strings.Contains(err.Error(), "style.json is no style") {
		t.Errorf("no JSON: %v", err)
	}
	if _, err := OpenStyle(filepath.Join(t.TempDir(), "none.json"), ""); err == nil || !strings.Contains(err.Error(), "is not there") {
		t.Errorf("nothing: %v", err)
	}
	dark := brought(t, nil)
	put(t, strings.Replace(dark, "style.json", "style.dark.json", 1), `{"version":8}`)
	if _, err := OpenStyle(dark, ""); err == nil || !strings.Contains(err.Error(), "style.dark.json is not served:\nsources are missing") {
		t.Errorf("its sister: %v", err)
	}
	linked := brought(t, town("url", "pmtiles://linked.pmtiles"))
	if err := os.Symlink(written(t, tinymap.PMTiles()), filepath.Join(filepath.Dir(linked), "linked.pmtiles")); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenStyle(linked, ""); err == nil || !strings.Contains(err.Error(), "linked.pmtiles cannot be opened") {
		t.Errorf("a link out of the folder: %v", err)
	}
}

// Everything that is wrong is told at once, up to a dozen.
func TestStyleRefusedAtOnce(t *testing.T) {
	name := brought(t, func(s map[string]any) {
		s["glyphs"], s["sprite"] = "https://a.example/{fontstack}/{range}.pbf", "https://a.example/sprite"
		for range 20 {
			s["layers"] = append(s["layers"].([]any), map[string]any{"id": "more", "type": "none"})
		}
	})
	_, err := OpenStyle(name, "")
	if err == nil || !strings.Contains(err.Error(), "glyphs names") || !strings.Contains(err.Error(), "sprite names") || strings.Count(err.Error(), "\n") != mostWrong+1 || !strings.Contains(err.Error(), " more") {
		t.Errorf("%v", err)
	}
}

// Whom to credit: the operator's word, else what each source says, else what its file does; tiles of nobody are refused.
func TestStyleCredit(t *testing.T) {
	name := brought(t, func(s map[string]any) {
		s["sources"].(map[string]any)["town"] = map[string]any{"type": "vector", "url": "pmtiles://tiny.pmtiles", "attribution": "<b>Us</b>"}
	})
	for said, want := range map[string]string{"": "Trees of Inventon · Us", "Town of <i>Riverside</i>": "Town of Riverside"} {
		put(t, strings.Replace(name, "style.json", "style.dark.json", 1), readAll(t, name))
		m, err := OpenStyle(name, said)
		if err != nil || m.Credit != want {
			t.Fatalf("%q: %v %v", said, m, err)
		}
		m.Close()
	}
}

func readAll(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Files that others' programs wrote (testdata/README.md): vector tiles and pictures, each shown by a style and by nothing that does not fit.
func TestFilesOfOthers(t *testing.T) {
	for file, want := range map[string]struct {
		kind   string
		layers []string
		alone  string // why it cannot be shown without a style
	}{
		"test_fixture_1.pmtiles": {"vector", []string{"test_fixture_1pmtiles"}, "has none of the layers earth"},
		"unclustered.pmtiles":    {"raster", nil, "holds no vector tiles but pictures"},
	} {
		name := filepath.Join("testdata", file)
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if b, err := read(f); err != nil || b.kind != want.kind || !slices.Equal(b.layers, want.layers) {
			t.Errorf("%s: %v %v", file, b, err)
		}
		if _, err := OpenTiles(name, "Us"); err == nil || !strings.Contains(err.Error(), want.alone) {
			t.Errorf("%s alone: %v", file, err)
		}
		style := filepath.Join(t.TempDir(), "style.json")
		put(t, filepath.Join(filepath.Dir(style), file), readAll(t, name))
		put(t, style, `{"version":8,"sources":{"a":{"type":"`+want.kind+`","url":"pmtiles://`+file+`"}},"layers":[{"id":"a","type":"`+map[string]string{"vector": "fill", "raster": "raster"}[want.kind]+`","source":"a","source-layer":"test_fixture_1pmtiles"}]}`)
		if _, err := OpenStyle(style, ""); err == nil || !strings.Contains(err.Error(), "sources.a does not say whom to credit") {
			t.Errorf("%s, which credits nobody: %v", file, err)
		}
		m, err := OpenStyle(style, "Us")
		if err != nil || m.Credit != "Us" {
			t.Errorf("%s in a style: %v", file, err)
		}
		m.Close()
	}
}

// FuzzAddress holds that whatever stands in a style names a file of its folder or is refused.
func FuzzAddress(f *testing.F) {
	for _, address := range []string{"a.pmtiles", "a/b c.json", "../a", "a/../../b", "%2e%2e/a", "//a.example/b", "https://a.example", `..\a`, "a?b", "fonts/{fontstack}/{range}.pbf", "C:/a", "./a", ""} {
		f.Add(address)
	}
	f.Fuzz(func(t *testing.T, address string) {
		name, err := local(address)
		if err == nil && (!filepath.IsLocal(name) || strings.Contains(name, `\`)) {
			t.Errorf("%q is %q", address, name)
		}
	})
}
