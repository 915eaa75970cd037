package pages

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"skein/face"
	"skein/face/basemap"
	"skein/face/words"
	"skein/rooms/matter"
)

// latest is how many matters the front page lists.
const latest = 8

type frontView struct {
	Voice                words.Voice
	Realm                string
	Open, Late, Answered string
	Items                []item
	Map                  mapView
	Plan                 planView
}

// front says what this is, counts and maps what goes on, and leads to the form.
func (p *Pages) front(w http.ResponseWriter, r *http.Request) {
	site := p.API.Site
	v := site.Voice(r.Context())
	now, err := p.picture(r.Context())
	if err != nil {
		site.Error(w, r, err)
		return
	}
	rows, err := p.API.List(r.Context(), matter.Filter{Limit: latest})
	if err != nil {
		site.Error(w, r, err)
		return
	}
	f := frontView{
		Voice: v, Realm: site.Realm.View().Settings.Title(v.Lang), Open: v.Count(now.Open), Late: v.Count(now.Late),
		Answered: v.Count(now.Answered), Items: p.items(v, rows), Map: p.mapOf(v), Plan: p.plan(site.Realm.View(), v, now),
	}
	site.Page(w, r, face.Sheet{Title: f.Realm}, frontPage(f))
}

// mapView is what a map is told in its attributes.
type mapView struct {
	Tiles, Bounds, Texts, States string
	Under                        templ.Attributes // what lies under it, and whom it credits for that; none for nothing
	Invented                     bool             // it shows no real place, and says so
}

func (p *Pages) mapOf(v words.Voice) mapView {
	m := mapView{Tiles: "/tiles/{z}/{x}/{y}.mvt?lang=" + v.Lang}
	view := p.API.Site.Realm.View()
	m.Invented = view.Settings.Demo != nil && view.Settings.Demo.Invented
	if b, ok := p.Ports.Bounds(view); ok {
		var parts []string
		for _, f := range []float64{b.West, b.South, b.East, b.North} {
			parts = append(parts, strconv.FormatFloat(f, 'f', 4, 64))
		}
		m.Bounds = strings.Join(parts, ",")
	}
	m.Under = under(p.API.Site.Basemap)
	m.Texts = texts(v, map[string]string{
		"NavigationControl.ZoomIn": "pages.map_zoom_in", "NavigationControl.ZoomOut": "pages.map_zoom_out", "Popup.Close": "pages.map_close",
	})
	m.States = texts(v, map[string]string{"open": "pages.map_open", "late": "pages.map_late", "closed": "pages.map_closed"})
	return m
}

// under are the attributes of what lies under a map.
func under(b *basemap.Map) templ.Attributes {
	if b == nil {
		return nil
	}
	a := templ.Attributes{"data-source": b.Credit}
	if b.Tiles != "" {
		a["data-basemap"] = b.Tiles
	}
	for set, address := range b.Styles {
		a["data-style-"+set] = address
	}
	return a
}

// texts writes texts for the script, as a JSON object.
func texts(v words.Voice, keys map[string]string) string {
	said := make(map[string]string, len(keys))
	for name, key := range keys {
		said[name] = v.Say(key)
	}
	text, _ := json.Marshal(said) // a map of strings
	return string(text)
}
