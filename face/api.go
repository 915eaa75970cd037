package face

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"skein/face/words"
	"skein/frame/civic"
)

// newAPI is the frame of the JSON API: OpenAPI 3.1 at /api/openapi.json, errors as problem+json.
func newAPI(s *Site) huma.API {
	c := huma.DefaultConfig("Skein", s.Version)
	c.OpenAPIPath = "/api/openapi"
	c.DocsPath = ""
	c.SchemasPath = "/api/schemas"
	c.CreateHooks = nil // no $schema member in answers
	c.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	c.Info.Description = "Everything a realm shows and takes, for programs. Errors are problem+json with every reason. " +
		"Commands take an Idempotency-Key; lists are paged by the key of the last row."
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"key": {Type: "http", Scheme: "bearer", Description: "A key of a post, made with `skein key new --post`."},
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, message string, errs ...error) huma.StatusError {
		voice := s.voice("")
		if ctx != nil {
			voice = s.Voice(ctx.Context())
		}
		return unread(voice, status, message, errs)
	}
	replaceSentences()
	return humago.New(s.Mux, c)
}

// unread is the problem of a request that the frame could not read.
func unread(voice words.Voice, status int, message string, errs []error) *Problem {
	var big *http.MaxBytesError
	if errors.As(errors.Join(errs...), &big) || strings.Contains(message, "too large") {
		return NewProblem(voice, civic.Refuse(civic.TooLarge, "face.too_large"))
	}
	p := &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: voice.Say("face.unread")}
	if status == http.StatusUnsupportedMediaType {
		p.Detail = voice.Say("face.unsupported")
	}
	for _, err := range errs {
		var d huma.ErrorDetailer
		if errors.As(err, &d) {
			p.Errors = append(p.Errors, fieldReason(voice, d.ErrorDetail()))
		} else if err != nil {
			p.Errors = append(p.Errors, fieldReason(voice, &huma.ErrorDetail{Message: err.Error()}))
		}
	}
	switch {
	case len(p.Errors) == 0 && message == "request body is required":
		p.Errors = []Reason{{Key: "face.field_body", Message: voice.Say("face.field_body")}}
	case len(p.Errors) == 0:
		p.Errors = []Reason{fieldReason(voice, &huma.ErrorDetail{Message: message})}
	}
	return p
}

// schemaName names a type in the OpenAPI document: those of rooms with their room, since
// two rooms may each have a "Found".
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	room, ours := strings.CutPrefix(t.PkgPath(), "skein/rooms/")
	if !ours || room == "" || t.Name() == "" {
		return name
	}
	return strings.ToUpper(room[:1]) + room[1:] + name
}

// Operation describes a door of the API.
func Operation(method, path, id, summary string, tags ...string) huma.Operation {
	op := huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: tags, MaxBodyBytes: MaxUpload}
	if method != http.MethodGet {
		op.Security = []map[string][]string{{"key": {}}, {}}
	}
	return op
}

// Get registers a door that reads.
func Get[I, O any](s *Site, path, id, summary string, f func(ctx context.Context, in *I) (*O, error), tags ...string) {
	huma.Register(s.API, Operation(http.MethodGet, path, id, summary, tags...), spoken(s, f))
}

// Post registers a door that commands.
func Post[I, O any](s *Site, path, id, summary string, f func(ctx context.Context, in *I) (*O, error), tags ...string) {
	op := Operation(http.MethodPost, path, id, summary, tags...)
	op.DefaultStatus = http.StatusCreated
	huma.Register(s.API, op, spoken(s, f))
}

// Sent is a request whose body its door reads by itself: the frame would put the files of a form on the disk, in clear.
type Sent struct{ request *http.Request }

// Resolve is how the API frame gives the request.
func (s *Sent) Resolve(ctx huma.Context) []error {
	s.request, _ = humago.Unwrap(ctx)
	return nil
}

// Request is the request that came.
func (s *Sent) Request() *http.Request { return s.request }

// Upload registers a door that commands by a form with files, which I reads as Sent.
func Upload[I, O any](s *Site, path, id, summary string, form *huma.MediaType, f func(ctx context.Context, in *I) (*O, error), tags ...string) {
	op := Operation(http.MethodPost, path, id, summary, tags...)
	op.DefaultStatus = http.StatusCreated
	huma.Register(s.API, op, spoken(s, f))
	// Said before, it would have the frame read the body.
	s.API.OpenAPI().Paths[path].Post.RequestBody = &huma.RequestBody{Content: map[string]*huma.MediaType{"multipart/form-data": form}}
}

// Ask registers a door that is sent what has no place in an address, and changes nothing.
func Ask[I, O any](s *Site, path, id, summary string, f func(ctx context.Context, in *I) (*O, error), tags ...string) {
	huma.Register(s.API, Operation(http.MethodPost, path, id, summary, tags...), spoken(s, f))
	s.Asking["POST "+path] = true
}

// spoken puts what a door refuses into the reader's language, and logs what is our fault.
func spoken[I, O any](s *Site, f func(context.Context, *I) (*O, error)) func(context.Context, *I) (*O, error) {
	return func(ctx context.Context, in *I) (*O, error) {
		out, err := f(ctx, in)
		if err == nil {
			return out, nil
		}
		return nil, s.Fail(ctx, err)
	}
}

// Fail makes a problem of an error and logs it if it is our fault.
func (s *Site) Fail(ctx context.Context, err error) *Problem {
	if _, refused := civic.AsRefusals(err); !refused || Status(err) >= 500 {
		if ctx.Err() == nil {
			s.Log.Error("a request failed", "err", err)
		}
	}
	return NewProblem(s.Voice(ctx), err)
}
