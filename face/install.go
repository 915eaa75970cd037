package face

import (
	"encoding/json"
	"net/http"

	"skein/face/front"
)

// installed is what a browser is told of a site that somebody puts on her screen (W3C Web Application Manifest).
type installed struct {
	ID         string      `json:"id"`
	Name       string      `json:"name"`
	ShortName  string      `json:"short_name"`
	Lang       string      `json:"lang"`
	Start      string      `json:"start_url"`
	Scope      string      `json:"scope"`
	Display    string      `json:"display"`
	Background string      `json:"background_color"`
	Theme      string      `json:"theme_color"`
	Icons      []icon      `json:"icons"`
	Shortcuts  []shortcuts `json:"shortcuts"`
}

type icon struct {
	Src   string `json:"src"`
	Sizes string `json:"sizes"`
	Type  string `json:"type"`
}

type shortcuts struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

// manifest says how the site is called and where it begins when it is installed, in the reader's language.
func (s *Site) manifest(w http.ResponseWriter, r *http.Request) {
	v := s.Voice(r.Context())
	title := s.Realm.View().Settings.Title(v.Lang)
	m := installed{
		ID: "/", Name: title, ShortName: title, Lang: v.Lang, Start: "/", Scope: "/", Display: "standalone", Background: "#f7f8f6", Theme: "#0d3b4a",
		Icons: []icon{{front.URL("mark.svg"), "any", "image/svg+xml"}}, Shortcuts: []shortcuts{},
	}
	for _, e := range s.Nav {
		m.Shortcuts = append(m.Shortcuts, shortcuts{v.Say(e.Key), e.Path})
	}
	text, err := json.Marshal(m)
	if err != nil {
		s.Error(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/manifest+json")
	h.Set("Cache-Control", "no-cache")
	h.Set("Vary", "Accept-Language, Cookie")
	w.Write(text)
}
