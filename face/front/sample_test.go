package front

import (
	"html/template"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/maptile"

	"skein/internal/browser"
	"skein/internal/pgtest"
)

// TestSampleInBrowser shows every part of the pages in Chromium, under the real policy.
func TestSampleInBrowser(t *testing.T) {
	needBuilt(t)
	server := httptest.NewServer(sample(t))
	defer server.Close()
	browser.Run(t, "sample_test.mjs", server.URL)
}

// needBuilt skips a test of the bundle where there is none, or fails it where everything is required.
func needBuilt(t *testing.T) {
	t.Helper()
	if err := Built(); err != nil {
		pgtest.Missing(t, err.Error())
	}
}

// TestSampleHasNothingInline holds the sample, which pages are copied from, to the policy.
func TestSampleHasNothingInline(t *testing.T) {
	text, err := os.ReadFile("sample.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, inline := range []string{" style=", "<style", " onclick=", " onload=", "<script>", "javascript:"} {
		if strings.Contains(string(text), inline) {
			t.Errorf("sample.html has %q, which the policy forbids", inline)
		}
	}
}

func sample(t *testing.T) http.Handler {
	t.Helper()
	states := map[string][2]string{
		"received": {"Received", "已收到"}, "assigned": {"Assigned", "已分派"}, "objected": {"Objected", "有异议"},
		"working": {"Working", "办理中"}, "paused": {"Paused", "暂停"}, "answered": {"Answered", "已答复"},
		"closed": {"Closed", "已办结"}, "declined": {"Declined", "不属本地职权"}, "withdrawn": {"Withdrawn", "已撤回"},
		"joined": {"Joined", "已并入"}, "late": {"Late", "逾期"},
	}
	mux := http.NewServeMux()
	mux.Handle("GET "+Prefix, Handler())
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		lang, which := "en", 0
		if r.URL.Query().Get("lang") == "zh-Hans" {
			lang, which = "zh-Hans", 1
		}
		page, err := template.New("sample.html").Funcs(template.FuncMap{
			"t":     func(en, zh string) string { return [2]string{en, zh}[which] },
			"asset": URL,
			"shell": func() template.HTML { return template.HTML("<style>" + Shell() + "</style>") },
		}).ParseFiles("sample.html")
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		words := make(map[string]string, len(states))
		for state, both := range states {
			words[state] = both[which]
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", ContentSecurityPolicy())
		if err := page.Execute(w, map[string]any{"Lang": lang, "States": words}); err != nil {
			t.Error(err)
		}
	})
	mux.HandleFunc("GET /tiles/{z}/{x}/{y}", tile)
	return mux
}

// tile draws two wards and four matters; the one in the middle has words that must not become markup.
func tile(w http.ResponseWriter, r *http.Request) {
	var at maptile.Tile
	for i, part := range strings.Split(strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/tiles/"), ".mvt"), "/") {
		n := uint32(0)
		for _, digit := range part {
			n = n*10 + uint32(digit-'0')
		}
		switch i {
		case 0:
			at.Z = maptile.Zoom(n)
		case 1:
			at.X = n
		case 2:
			at.Y = n
		}
	}
	places, matters := geojson.NewFeatureCollection(), geojson.NewFeatureCollection()
	for name, box := range map[string]orb.Bound{
		"Ward 3":   {Min: orb.Point{-71.10, 42.33}, Max: orb.Point{-71.06, 42.39}},
		"East 东选区": {Min: orb.Point{-71.06, 42.33}, Max: orb.Point{-71.02, 42.39}},
	} {
		f := geojson.NewFeature(box.ToPolygon())
		f.Properties["title"] = name
		places.Append(f)
	}
	for _, m := range []struct {
		at         orb.Point
		properties geojson.Properties
	}{
		{orb.Point{-71.06, 42.36}, geojson.Properties{"number": "1", "category": "<b>Lamp</b> out", "state": "open"}},
		{orb.Point{-71.08, 42.37}, geojson.Properties{"count": 240.0}},
		{orb.Point{-71.04, 42.35}, geojson.Properties{"number": "2", "category": "Rats", "state": "late"}},
		{orb.Point{-71.03, 42.37}, geojson.Properties{"count": 12.0, "state": "closed"}},
	} {
		f := geojson.NewFeature(m.at)
		f.Properties = m.properties
		matters.Append(f)
	}
	layers := mvt.Layers{mvt.NewLayer("places", places), mvt.NewLayer("matters", matters)}
	layers.ProjectToTile(at)
	layers.Clip(mvt.MapboxGLDefaultExtentBound)
	bytes, err := mvt.MarshalGzipped(layers)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/vnd.mapbox-vector-tile")
	w.Header().Set("Content-Encoding", "gzip")
	w.Write(bytes)
}
