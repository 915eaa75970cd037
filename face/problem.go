package face

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"

	"skein/face/words"
	"skein/frame/civic"
)

// Problem is an error as programs read it (RFC 9457, application/problem+json). Every
// reason stands in Errors, in the reader's language and with its message key.
type Problem struct {
	Type   string   `json:"type"`
	Title  string   `json:"title"`
	Status int      `json:"status"`
	Detail string   `json:"detail,omitempty"`
	Errors []Reason `json:"errors,omitempty"`
}

// Reason is one of them.
type Reason struct {
	Key     string         `json:"key"`
	Message string         `json:"message"`
	Field   string         `json:"field,omitempty"`
	Args    map[string]any `json:"args,omitempty"`
}

func (p *Problem) Error() string { return p.Detail }

// GetStatus is what the API frame asks of an error.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders is what the API frame sends with it.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	switch p.Status {
	case http.StatusServiceUnavailable:
		h.Set("Retry-After", "30")
	case http.StatusTooManyRequests:
		h.Set("Retry-After", "60")
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="skein"`)
	}
	return h
}

// ContentType is what the API frame sends it as.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// statuses maps the kinds of refusal to statuses; the one place where they meet.
var statuses = map[civic.Kind]int{
	civic.Invalid:     http.StatusUnprocessableEntity,
	civic.Malformed:   http.StatusBadRequest,
	civic.Forbidden:   http.StatusForbidden,
	civic.Unknown:     http.StatusUnauthorized,
	civic.Missing:     http.StatusNotFound,
	civic.Conflict:    http.StatusConflict,
	civic.TooLarge:    http.StatusRequestEntityTooLarge,
	civic.Unsupported: http.StatusUnsupportedMediaType,
	civic.TooMany:     http.StatusTooManyRequests,
	civic.Unavailable: http.StatusServiceUnavailable,
}

// Status is the HTTP status of an error.
func Status(err error) int {
	var p *Problem
	if errors.As(err, &p) {
		return p.Status
	}
	if rs, ok := civic.AsRefusals(err); ok {
		if s, ok := statuses[rs.Kind()]; ok {
			return s
		}
	}
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusInternalServerError
}

// NewProblem puts an error into words. What is no refusal is a fault of ours: its text
// goes to the log, never to the reader.
func NewProblem(v words.Voice, err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	status := Status(err)
	p = &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status}
	rs, ok := civic.AsRefusals(err)
	if !ok {
		key := "face.fault"
		if status == http.StatusRequestEntityTooLarge {
			key = "face.too_large"
		}
		rs = civic.Refusals{civic.Refuse(civic.Unavailable, key)}
	}
	for i, r := range rs {
		reason := Reason{Key: r.Key, Message: v.Refusal(r), Field: r.Field, Args: r.Args}
		if i == 0 {
			p.Detail = reason.Message
		}
		p.Errors = append(p.Errors, reason)
	}
	return p
}

// WriteProblem sends an error as problem+json.
func WriteProblem(w http.ResponseWriter, p *Problem) {
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Del("Content-Length")
	maps.Copy(h, p.GetHeaders())
	w.WriteHeader(p.Status)
	json.NewEncoder(w).Encode(p)
}
