package matter

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"skein/frame/civic"
	"skein/frame/vault/photo"
)

const (
	// MostPhotos bounds the photos of one form.
	MostPhotos = 5
	// mostField bounds a field of a form, in bytes; texts are bounded by character later.
	mostField = 64 << 10
	// mostFields bounds how many there are.
	mostFields = 100
)

// Form is a form that came with files.
type Form struct {
	Fields  url.Values
	Photos  []photo.Photo
	Refused civic.Refusals // of files that are no photos
	TooMany bool           // what came after the most photos was passed over
}

// ReadForm reads a form whose photos stand in a field. They are written anew as they arrive, and never touch the disk in clear, as they would by
// http.Request.ParseMultipartForm. A file field that was left empty is none. Errors are refusals.
func ReadForm(r *http.Request, field string) (Form, error) {
	form, err := readForm(r, field)
	if err != nil {
		err = Unreadable(err)
	}
	return form, err
}

// Unreadable is the refusal of a form that cannot be read, or is too large.
func Unreadable(err error) error {
	if _, refused := civic.AsRefusals(err); refused {
		return err
	}
	var big *http.MaxBytesError
	if errors.As(err, &big) || strings.Contains(err.Error(), "too large") {
		return civic.Refuse(civic.TooLarge, "face.too_large")
	}
	return civic.Refuse(civic.Malformed, "matter.form_unreadable")
}

func readForm(r *http.Request, field string) (Form, error) {
	form := Form{Fields: url.Values{}}
	parts, err := r.MultipartReader()
	if err != nil {
		return form, err
	}
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if err == io.EOF { // not wrapped: the last boundary was there
			return form, nil
		}
		if err != nil {
			return form, err
		}
		if n == mostFields {
			return form, civic.Refuse(civic.TooLarge, "face.too_large")
		}
		if part.FormName() == field {
			if part.FileName() == "" {
				continue
			}
			if len(form.Photos) == MostPhotos {
				form.TooMany = true
				return form, drain(parts.NextPart)
			}
			p, refused := photo.Reencode(r.Context(), part, photo.Default)
			if len(refused) == 0 {
				form.Photos = append(form.Photos, p)
			}
			form.Refused = append(form.Refused, refused...)
			continue
		}
		text, err := io.ReadAll(io.LimitReader(part, mostField+1))
		if err != nil {
			return form, err
		}
		if len(text) > mostField {
			return form, civic.Refuse(civic.TooLarge, "face.too_large")
		}
		form.Fields.Add(part.FormName(), string(text))
	}
}

// drain passes over what is left; the fields of our forms stand before their files.
func drain[T any](next func() (T, error)) error {
	for {
		if _, err := next(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}
