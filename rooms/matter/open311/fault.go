package open311

import (
	"net/http"
	"strconv"

	"skein/face"
	"skein/frame/civic"
)

// status is the HTTP status of an error here: 404 for what does not exist, 403 for a key
// that is wrong or missing, 400 for whatever else the client did (GeoReport v2, "Errors").
// Trouble of ours keeps its own status: it is no fault of the request, and may be tried again.
func status(of int) int {
	switch of {
	case http.StatusNotFound, http.StatusForbidden, http.StatusMethodNotAllowed, http.StatusTooManyRequests:
		return of
	case http.StatusUnauthorized:
		return http.StatusForbidden
	}
	if of >= 500 {
		return of
	}
	return http.StatusBadRequest
}

// explain sends a problem in the form of the standard: every reason with a code, which is
// the more exact one where there is one (413, 415), and a description.
func (a *API) explain(w http.ResponseWriter, r *http.Request, p *face.Problem) {
	_, f := path(r)
	o := newOut(f, 512)
	o.list("errors", "error", max(1, len(p.Errors)), func(i int) {
		code, text := p.Status, p.Detail
		if code == http.StatusUnprocessableEntity || code == http.StatusConflict {
			code = http.StatusBadRequest
		}
		if code == http.StatusUnauthorized {
			code = http.StatusForbidden
		}
		if i < len(p.Errors) {
			text = p.Errors[i].Message
			if field := p.Errors[i].Field; field != "" {
				text = field + ": " + text
			}
		}
		o.number("code", code)
		o.text("description", text)
	})
	h := w.Header()
	switch p.Status {
	case http.StatusServiceUnavailable:
		h.Set("Retry-After", "30")
	case http.StatusTooManyRequests:
		h.Set("Retry-After", "60")
	}
	a.send(w, r, status(p.Status), o)
}

// fail explains an error and logs it if it is our fault.
func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	a.explain(w, r, a.Site.Fail(r.Context(), err))
}

// send sends a document.
func (a *API) send(w http.ResponseWriter, r *http.Request, code int, o *out) {
	h := w.Header()
	h.Set("Content-Type", mediaTypes[o.format])
	h.Set("Content-Length", strconv.Itoa(len(o.b)))
	h.Set("Vary", "Accept, Accept-Language, Cookie")
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		h.Set("Access-Control-Allow-Origin", "*") // only what is public, and no credentials
	}
	w.WriteHeader(code)
	if r.Method != http.MethodHead {
		w.Write(o.b) // whoever went away needs no answer
	}
}

// missing refuses a parameter that is required.
func missing(name string) civic.Refusal {
	return civic.Refuse(civic.Malformed, "open311.missing", "name", name)
}
