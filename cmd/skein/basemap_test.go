package main

import (
	"context"
	"encoding/binary"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"skein/face/basemap"
	"skein/face/front"
	"skein/internal/browser"
	"skein/internal/pgtest"
	"skein/internal/tinymap"
)

// tinyBasemap writes a basemap of invented geometry.
func tinyBasemap(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "tiny.pmtiles")
	if err := os.WriteFile(name, tinymap.PMTiles(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// withBasemap is a city with a basemap under its maps.
func withBasemap(t *testing.T) *city {
	t.Helper()
	c := newCity(t, "", 60, settings{basemap: tinyBasemap(t)})
	t.Cleanup(func() { c.site.Basemap.Close() })
	return c
}

// The basemap is served in parts, under the rules of every door, and the maps are told of it; without one there is nothing of it.
func TestBasemap(t *testing.T) {
	t.Parallel()
	slow(t)
	c := withBasemap(t)
	for _, path := range []string{"/", "/report"} {
		c.reader().get(path).has(t, `data-basemap="/basemap/tiles.pmtiles"`, `data-source="Invented &amp; drawn for tests &lt;b&gt;"`)
	}
	ask := func(c *city, bytes string) *http.Response {
		r, err := http.NewRequest("GET", c.url+basemap.Prefix+"tiles.pmtiles", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Range", "bytes="+bytes)
		r.Header.Set("Accept-Encoding", "gzip, br")
		res, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res
	}
	res := ask(c, "0-126")
	if h := res.Header; res.StatusCode != 206 || res.ContentLength != 127 || h.Get("Content-Encoding") != "" || h.Get("ETag") == "" || h.Get("Content-Security-Policy") != front.ContentSecurityPolicy() {
		t.Errorf("a part: %d, %d bytes, %v", res.StatusCode, res.ContentLength, h)
	}
	if res := ask(c, "99999999-"); res.StatusCode != 416 {
		t.Errorf("beyond the end: %d", res.StatusCode)
	}

	without := newCity(t, "", 1)
	without.reader().get("/").lacks(t, "data-basemap", "data-source")
	if res := ask(without, "0-126"); res.StatusCode != 404 {
		t.Errorf("where there is none: %d", res.StatusCode)
	}
}

// What is wrong with a basemap is said at start, and nothing is served.
func TestBasemapRefused(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 1)
	old := filepath.Join(t.TempDir(), "old.pmtiles")
	if err := os.WriteFile(old, []byte("PMTiles\x02"+strings.Repeat("\x00", 200)), 0o600); err != nil {
		t.Fatal(err)
	}
	far := tinymap.PMTiles()
	for _, east := range []int{102, 110} { // the frame's longitudes: 100 degrees further east
		binary.LittleEndian.PutUint32(far[east:], binary.LittleEndian.Uint32(far[east:])+1e9)
	}
	elsewhere := filepath.Join(t.TempDir(), "elsewhere.pmtiles")
	if err := os.WriteFile(elsewhere, far, 0o600); err != nil {
		t.Fatal(err)
	}
	style, err := tinymap.WriteStyle(t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(style), "tiny.pmtiles"), far, 0o600); err != nil {
		t.Fatal(err)
	}
	book, err := newBook()
	if err != nil {
		t.Fatal(err)
	}
	for says, s := range map[string]server{
		"old.pmtiles is of version 2 of PMTiles":                                      {Basemap: old},
		"elsewhere.pmtiles shows another part of the world: it goes from 28.75,42.20": {Basemap: elsewhere},
		"no such file": {Basemap: old + "x"},
		"--basemap-credit says whom to credit for a basemap, and there is none": {BasemapCredit: "Us"},
		"--basemap and --map-style are two ways to the same":                    {Basemap: old, MapStyle: style},
		"--map-style: " + style + " shows another part of the world":            {MapStyle: style},
		"--map-style: " + old + " is no style":                                  {MapStyle: old},
	} {
		_, err := c.app.site(&global{ctx: context.Background(), book: book}, c.realm, s)
		var misuse misuseError
		if !errors.As(err, &misuse) || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
}

// withStyle is a city with a style under its maps.
func withStyle(t *testing.T, change func(style map[string]any)) *city {
	t.Helper()
	name, err := tinymap.WriteStyle(t.TempDir(), change)
	if err != nil {
		t.Fatal(err)
	}
	c := newCity(t, "", 60, settings{style: name})
	t.Cleanup(func() { c.site.Basemap.Close() })
	c.site.PublicURL = c.url
	return c
}

// The style's files are served under the rules of every door, whatever address leads there, and the maps are told of it.
func TestMapStyle(t *testing.T) {
	c := withStyle(t, nil)
	c.reader().get("/").has(t, `data-style-light="/basemap/style.json"`, `data-style-dark="/basemap/style.dark.json"`, `data-source="`+strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(tinymap.StyleCredit)+`"`)
	c.reader().get("/").lacks(t, "data-basemap", "data-style-contrast")
	for path, want := range map[string]int{
		"/basemap/style.json": 200, "/basemap/fonts/Box%20Regular/0-255.pbf": 200, "/basemap/icons/day@2x.png": 200,
		"/basemap/": 404, "/basemap/style.contrast.json": 404, "/basemap/fonts/..%2f..%2fstyle.json": 404, "/basemap/..%2fjournal.db": 404, "/basemap/%2fetc%2fpasswd": 404,
	} {
		res, err := http.Get(c.url + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want || res.Header.Get("Content-Security-Policy") != front.ContentSecurityPolicy() || res.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d %v", path, res.StatusCode, res.Header)
		}
	}
}

// The map shows the style's land, water, GeoJSON, letters and icons, asks the realm alone for them, and goes without what cannot be had or read.
func TestMapStyleInBrowser(t *testing.T) {
	slow(t)
	if err := front.Built(); err != nil {
		pgtest.Missing(t, err.Error())
	}
	whole := withStyle(t, nil)
	unreadable := withStyle(t, func(s map[string]any) { // good as far as the server looks
		s["layers"].([]any)[1].(map[string]any)["paint"] = map[string]any{"fill-color": []string{"no-such-expression"}}
	})
	browser.Run(t, "map_style_test.mjs", whole.url, unreadable.url)
}

// The map draws with it in each set of colours and asks nobody else; where there is none, nothing of it is fetched.
func TestBasemapInBrowser(t *testing.T) {
	t.Parallel()
	slow(t)
	if err := front.Built(); err != nil {
		pgtest.Missing(t, err.Error())
	}
	with, without := withBasemap(t), newCity(t, "", 60)
	with.site.PublicURL, without.site.PublicURL = with.url, without.url
	browser.Run(t, "basemap_test.mjs", with.url, without.url, front.URL("basemap.js"))
}
