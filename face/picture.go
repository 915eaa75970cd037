package face

import (
	"net/http"
	"strings"

	"skein/face/chart"
)

// narrowWidth is that of a picture on a phone, in pixels.
const narrowWidth = 340

const narrowParam = "narrow"

// narrowed is the address of a picture as it is drawn for a phone.
func narrowed(href string) string {
	sep := "?"
	if strings.Contains(href, "?") {
		sep = "&"
	}
	return href + sep + narrowParam + "=1"
}

// Frame is what every picture for a reader has: her language and colours, and the width that she asks for.
func (s *Site) Frame(r *http.Request) chart.Frame {
	f := chart.Frame{Lang: s.Voice(r.Context()).Lang, Theme: s.Theme(r)}
	if r.URL.Query().Has(narrowParam) {
		f.Width = narrowWidth
	}
	return f
}
