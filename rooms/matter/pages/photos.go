package pages

import (
	"net/http"
	"slices"
	"strconv"

	"skein/frame/civic"
	"skein/rooms/matter"
)

// photoURL is where a photo is shown: one that everyone may see at its public address, to
// those concerned at one that asks who they are.
func photoURL(v matter.View, concerned bool, it matter.Item) string {
	if !concerned {
		return matter.PhotoPath(v.Number, it.Digest)
	}
	return PathOf(v.Number) + "/sealed/" + it.Digest
}

// sealed sends a photo of a matter to whoever may see it, released or not.
func (p *Pages) sealed(w http.ResponseWriter, r *http.Request) {
	f, ok := p.find(w, r)
	if !ok {
		return
	}
	site := p.API.Site
	digest := r.PathValue("digest")
	i := slices.IndexFunc(f.view.Items, func(it matter.Item) bool { return it.Digest == digest && it.Media == "image/jpeg" })
	if i < 0 {
		site.Error(w, r, civic.Refuse(civic.Missing, "matter.none"))
		return
	}
	jpeg, err := p.API.Photo(r.Context(), f.state, f.eyes, digest)
	if err != nil {
		site.Error(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "image/jpeg")
	h.Set("Content-Disposition", `inline; filename="`+matter.PhotoName(f.state.Number)+`"`)
	h.Set("Content-Length", strconv.Itoa(len(jpeg)))
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Cookie")
	w.Write(jpeg)
}
