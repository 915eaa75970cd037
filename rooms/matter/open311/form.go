package open311

import (
	"context"
	"errors"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"skein/frame/civic"
	"skein/frame/vault/photo"
)

// params are the parameters of a request, by name in small letters. An empty value is no
// value (GeoReport v2, "Optional Arguments"); names that nobody knows are passed over.
type params map[string][]string

// mostParams bounds how many parameters are read, mostNames how long a name is.
const (
	mostParams = 1000
	mostValue  = 64 << 10
)

func (p params) add(name, value string) {
	if value != "" && len(name) <= 200 {
		name = strings.ToLower(name)
		p[name] = append(p[name], value)
	}
}

// get is the first value of a parameter, trimmed; "" if there is none.
func (p params) get(name string) string {
	if v := p[name]; len(v) > 0 {
		return strings.TrimSpace(v[0])
	}
	return ""
}

// list is a parameter that may be declared many times, comma delimited.
func (p params) list(name string) []string {
	var out []string
	for _, v := range p[name] {
		for part := range strings.SplitSeq(v, ",") {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, part)
			}
		}
	}
	return out
}

// query reads the parameters of a URL.
func query(raw string) (params, civic.Refusals) {
	p := params{}
	return p, p.parse(raw)
}

// parse adds parameters in the form of application/x-www-form-urlencoded.
func (p params) parse(raw string) civic.Refusals {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return civic.Refusals{civic.Refuse(civic.Malformed, "open311.form")}
	}
	if len(values) > mostParams {
		return civic.Refusals{civic.Refuse(civic.TooLarge, "open311.form_large", "most", mostParams)}
	}
	for name, all := range values {
		if !utf8.ValidString(name) {
			return civic.Refusals{civic.Refuse(civic.Malformed, "open311.encoding")}
		}
		for _, v := range all {
			if !utf8.ValidString(v) {
				return civic.Refusals{civic.Refuse(civic.Malformed, "open311.encoding").In(name)}
			}
			p.add(name, v)
		}
	}
	return nil
}

// form is a posted form: its parameters, and the files that came with it.
type form struct {
	params
	photos []photo.Photo
}

// mostFiles is how many files a form may bring.
const mostFiles = 10

// readForm reads a form, urlencoded or multipart; jurisdiction_id may stand in the query
// too. Each file is taken as a photo, whatever its field is called ("media", "file", "media[]").
func readForm(ctx context.Context, r *http.Request) (form, error) {
	f := form{params: params{}}
	media, args, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.Header.Get("Content-Type") == "" {
		media, err = "application/x-www-form-urlencoded", nil
	}
	switch {
	case err == nil && media == "application/x-www-form-urlencoded":
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return f, cutOff(err)
		}
		if refusals := f.parse(string(raw)); len(refusals) > 0 {
			return f, refusals
		}
	case err == nil && media == "multipart/form-data" && args["boundary"] != "":
		if err := f.parts(ctx, multipart.NewReader(r.Body, args["boundary"])); err != nil {
			return f, err
		}
	default:
		return f, civic.Refuse(civic.Unsupported, "open311.content_type")
	}
	return f, f.aside(r.URL.RawQuery)
}

// aside reads what stands in the query of a post. Nothing counts there but jurisdiction_id and lang: keys, and
// what people say of themselves, do not belong into addresses, which histories and logs of proxies keep.
func (f *form) aside(raw string) error {
	q, refusals := query(raw)
	if len(refusals) > 0 {
		return refusals
	}
	for _, name := range slices.Sorted(maps.Keys(q)) {
		switch {
		case name == "jurisdiction_id" || name == "lang":
			f.add(name, q.get(name))
		case q.get(name) != "":
			refusals = append(refusals, civic.Refuse(civic.Invalid, "open311.in_query", "name", clip(name)).In(name))
		}
	}
	if len(refusals) > 0 {
		return refusals
	}
	return nil
}

func (f *form) parts(ctx context.Context, m *multipart.Reader) error {
	for n := 0; ; n++ {
		part, err := m.NextPart()
		if err == io.EOF { // not wrapped: the last boundary was there
			return nil
		}
		if err != nil {
			return cutOff(err)
		}
		if n >= mostParams {
			return civic.Refuse(civic.TooLarge, "open311.form_large", "most", mostParams)
		}
		if part.FileName() == "" {
			value, err := io.ReadAll(io.LimitReader(part, mostValue+1))
			switch {
			case err != nil:
				return cutOff(err)
			case len(value) > mostValue:
				return civic.Refuse(civic.TooLarge, "open311.value_large", "field", part.FormName()).In(part.FormName())
			case !utf8.Valid(value) || !utf8.ValidString(part.FormName()):
				return civic.Refuse(civic.Malformed, "open311.encoding").In(strings.ToValidUTF8(part.FormName(), "\ufffd"))
			}
			f.add(part.FormName(), string(value))
			continue
		}
		if len(f.photos) == mostFiles {
			return civic.Refuse(civic.TooLarge, "open311.files", "most", mostFiles)
		}
		p, refusals := photo.Reencode(ctx, part, photo.Default)
		if len(refusals) == 1 && refusals[0].Key == "photo.empty" {
			continue // a file field that was left empty
		}
		if len(refusals) > 0 {
			return refusals
		}
		f.photos = append(f.photos, p)
	}
}

// cutOff says why a body could not be read to its end.
func cutOff(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return err
	}
	return civic.Refuse(civic.Malformed, "open311.form")
}

// instant reads a date and time of the W3C note (https://www.w3.org/TR/NOTE-datetime) that
// carries a zone, or a day alone, which is a day of the realm. It returns the span meant:
// seconds and days are as long as they are. A "+" that the query turned into a space is taken.
func instant(text string, zone *time.Location) (from, until civic.Instant, ok bool) {
	if t, err := time.ParseInLocation("2006-01-02", text, zone); err == nil {
		return civic.At(t), civic.At(t.AddDate(0, 0, 1)), plausible(t)
	}
	text = strings.Replace(text, " ", "+", 1)
	for _, layout := range []struct {
		form string
		span time.Duration
	}{{"2006-01-02T15:04:05Z07:00", time.Second}, {"2006-01-02T15:04Z07:00", time.Minute}, {"2006-01-02T15:04:05Z0700", time.Second}} {
		if t, err := time.Parse(layout.form, text); err == nil {
			return civic.At(t), civic.At(t.Add(layout.span)), plausible(t)
		}
	}
	return 0, 0, false
}

// plausible keeps far years out, whose arithmetic overflows.
func plausible(t time.Time) bool { return t.Year() >= 1900 && t.Year() < 2200 }

// degrees reads a latitude or longitude: a plain decimal number.
func degrees(text string) (float64, bool) {
	if text == "" || len(text) > 40 || strings.Trim(text, "0123456789.-+eE") != "" {
		return 0, false
	}
	f, err := strconv.ParseFloat(text, 64)
	return f, err == nil
}
