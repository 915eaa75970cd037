package pages

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"skein/frame/civic"
	"skein/frame/vault/photo"
)

const (
	// mostPhotos bounds the photos of one form.
	mostPhotos = 5
	// mostField bounds a field of a form, in bytes; texts are bounded by character later.
	mostField = 64 << 10
	// mostFields bounds how many there are.
	mostFields = 100
)

// read reads a form. Photos are written anew as they arrive and never touch the disk in
// clear; what is wrong with one is returned beside the fields, so that a form can be shown again.
func read(r *http.Request) (url.Values, []photo.Photo, civic.Refusals, error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "multipart/form-data" {
		if err := r.ParseForm(); err != nil {
			return nil, nil, nil, unreadable(err)
		}
		return r.PostForm, nil, nil, nil
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, nil, nil, unreadable(err)
	}
	fields := url.Values{}
	var photos []photo.Photo
	var wrong civic.Refusals
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return fields, photos, wrong, nil
		}
		if err != nil {
			return nil, nil, nil, unreadable(err)
		}
		if n == mostFields {
			return nil, nil, nil, civic.Refuse(civic.TooLarge, "face.too_large")
		}
		if part.FormName() == "photos" {
			if part.FileName() == "" {
				continue // no file was chosen
			}
			if len(photos) == mostPhotos {
				wrong = append(wrong, civic.Refuse(civic.Invalid, "pages.too_many_photos", "most", mostPhotos).In("photos"))
				return fields, photos, wrong, drain(parts.NextPart)
			}
			p, refused := photo.Reencode(r.Context(), part, photo.Default)
			if len(refused) > 0 {
				for _, why := range refused {
					wrong = append(wrong, why.In("photos"))
				}
				continue
			}
			photos = append(photos, p)
			continue
		}
		text, err := io.ReadAll(io.LimitReader(part, mostField+1))
		if err != nil {
			return nil, nil, nil, unreadable(err)
		}
		if len(text) > mostField {
			return nil, nil, nil, civic.Refuse(civic.TooLarge, "face.too_large")
		}
		fields.Add(part.FormName(), string(text))
	}
}

// drain passes over what is left; the fields of our forms stand before their files.
func drain[T any](next func() (T, error)) error {
	for {
		if _, err := next(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return unreadable(err)
		}
	}
}

func unreadable(err error) error {
	var big *http.MaxBytesError
	if errors.As(err, &big) || strings.Contains(err.Error(), "too large") {
		return civic.Refuse(civic.TooLarge, "face.too_large")
	}
	return civic.Refuse(civic.Malformed, "pages.form_unreadable")
}
