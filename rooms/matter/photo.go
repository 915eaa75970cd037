package matter

import (
	"io"
	"net/http"
	"strings"

	"skein/frame/access"
	"skein/frame/civic"
)

// PhotoPath is where the released photo with a digest is shown.
func PhotoPath(n Number, digest string) string {
	return "/matters/" + n.String() + "/photos/" + digest + ".jpg"
}

// PhotoName is what a photo is called where it is saved; what its sender called it is not kept.
func PhotoName(n Number) string { return n.String() + ".jpg" }

// photoKept is for how long a photo may be kept by browsers: it can be withheld again.
const photoKept = "public, max-age=300"

// RegisterPhotos adds the door to photos that were released to everyone; others are not there.
func (a *API) RegisterPhotos() {
	a.Site.Mux.HandleFunc("GET /matters/{number}/photos/{photo}", func(w http.ResponseWriter, r *http.Request) {
		if err := a.photo(w, r); err != nil {
			a.Site.Error(w, r, err)
		}
	})
}

func (a *API) photo(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	none := civic.Refuse(civic.Missing, "matter.photo_none")
	digest, ok := strings.CutSuffix(r.PathValue("photo"), ".jpg")
	if !ok || !civic.IsHex(digest, 64) {
		return none
	}
	s, err := a.Find(ctx, r.PathValue("number"))
	if rs, refused := civic.AsRefusals(err); refused && rs.Kind() == civic.Missing {
		return none // a private matter and one that does not exist are the same
	}
	if err != nil {
		return err
	}
	v, ok := Visible(s, Eyes{})
	if !ok {
		return none
	}
	shown := false
	for _, it := range v.Items {
		shown = shown || it.Digest == digest && strings.HasPrefix(it.Media, "image/")
	}
	if !shown {
		return none
	}
	found, err := a.Intake.Vault.ReadReleased(ctx, a.Site.Realm.ID, s.Box, digest)
	if access.Gone(err) {
		return none
	}
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Cache-Control", photoKept)
	h.Set("ETag", `"`+digest+`"`)
	if strings.Contains(r.Header.Get("If-None-Match"), digest) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", found.Media)
	h.Set("Content-Disposition", `inline; filename="`+PhotoName(s.Number)+`"`)
	h.Set("Cross-Origin-Resource-Policy", "cross-origin") // other sites show what is public
	io.WriteString(w, found.Text)                         // whoever went away needs no picture
	return nil
}
