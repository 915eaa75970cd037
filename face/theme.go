package face

import (
	"net/http"
	"slices"

	"github.com/a-h/templ"
)

// deviceTheme leaves the colours to what the reader's device asks for.
const deviceTheme = "device"

// themes are the colours a page can be shown in; shell.css has them.
var themes = []string{deviceTheme, "light", "dark", "contrast"}

const themeCookie = "theme"

type themeLink struct {
	Key, Href string
	Here      bool
}

// Theme is what the reader chose, now or before; "" leaves it to the device. Pictures that are files of their own are drawn in it too.
func (s *Site) Theme(r *http.Request) string {
	chosen := r.URL.Query().Get(themeCookie)
	if !slices.Contains(themes, chosen) {
		c, err := r.Cookie(s.CookieName(themeCookie))
		if err != nil || !slices.Contains(themes, c.Value) {
			return ""
		}
		chosen = c.Value
	}
	if chosen == deviceTheme {
		return ""
	}
	return chosen
}

// keepTheme remembers colours that were chosen by their link.
func (s *Site) keepTheme(w http.ResponseWriter, r *http.Request) {
	if chosen := r.URL.Query().Get(themeCookie); slices.Contains(themes, chosen) {
		s.keep(w, themeCookie, chosen)
	}
}

func themed(theme string) templ.Attributes {
	if theme == "" {
		return nil
	}
	return templ.Attributes{"data-theme": theme}
}
