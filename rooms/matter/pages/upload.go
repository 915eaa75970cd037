package pages

import (
	"mime"
	"net/http"
	"net/url"

	"skein/frame/civic"
	"skein/frame/vault/photo"
	"skein/rooms/matter"
)

// read reads a form. What is wrong with a photo is returned beside the fields, so that a form can be shown again.
func read(r *http.Request) (url.Values, []photo.Photo, civic.Refusals, error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "multipart/form-data" {
		if err := r.ParseForm(); err != nil {
			return nil, nil, nil, matter.Unreadable(err)
		}
		return r.PostForm, nil, nil, nil
	}
	form, err := matter.ReadForm(r, "photos")
	if err != nil {
		return nil, nil, nil, err
	}
	var wrong civic.Refusals
	for _, why := range form.Refused {
		wrong = append(wrong, why.In("photos"))
	}
	if form.TooMany {
		wrong = append(wrong, civic.Refuse(civic.Invalid, "pages.too_many_photos", "most", matter.MostPhotos).In("photos"))
	}
	return form.Fields, form.Photos, wrong, nil
}
