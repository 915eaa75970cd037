package pages

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"skein/frame/civic"
	"skein/frame/vault/photo"
	"skein/rooms/matter"
)

// mostPhotos bounds the photos of one form.
const mostPhotos = 5

// read reads a form. What is wrong with a photo is returned beside the fields, so that a form can be shown again.
func read(r *http.Request) (url.Values, []photo.Photo, civic.Refusals, error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "multipart/form-data" {
		if err := r.ParseForm(); err != nil {
			return nil, nil, nil, unreadable(err)
		}
		return r.PostForm, nil, nil, nil
	}
	form, err := matter.ReadForm(r, "photos", mostPhotos)
	if err != nil {
		return nil, nil, nil, unreadable(err)
	}
	var wrong civic.Refusals
	for _, why := range form.Refused {
		wrong = append(wrong, why.In("photos"))
	}
	if form.TooMany {
		wrong = append(wrong, civic.Refuse(civic.Invalid, "pages.too_many_photos", "most", mostPhotos).In("photos"))
	}
	return form.Fields, form.Photos, wrong, nil
}

func unreadable(err error) error {
	if _, refused := civic.AsRefusals(err); refused {
		return err
	}
	var big *http.MaxBytesError
	if errors.As(err, &big) || strings.Contains(err.Error(), "too large") {
		return civic.Refuse(civic.TooLarge, "face.too_large")
	}
	return civic.Refuse(civic.Malformed, "pages.form_unreadable")
}
