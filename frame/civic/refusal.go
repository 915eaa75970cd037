package civic

import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

// Kind sorts refusals by what the asker can do about them; the HTTP door maps it to a status.
type Kind string

const (
	Invalid     Kind = "invalid"     // 422: the request says something that cannot be
	Malformed   Kind = "malformed"   // 400: the request cannot be read
	Forbidden   Kind = "forbidden"   // 403: no power allows it
	Unknown     Kind = "unknown"     // 401: who asks is not known
	Missing     Kind = "missing"     // 404: no such thing, or not for these eyes
	Conflict    Kind = "conflict"    // 409: not in this state, or somebody was first
	TooLarge    Kind = "too_large"   // 413
	Unsupported Kind = "unsupported" // 415
	TooMany     Kind = "too_many"    // 429
	Unavailable Kind = "unavailable" // 503: try again later
)

// Refusal is one reason why something is not done. Key names a message in every
// language of the realm; Args fill it. Field names what was wrong in the request,
// a row ("row 12") or a path ("location.lat"), and may be empty.
type Refusal struct {
	Kind  Kind           `json:"kind"`
	Key   string         `json:"key"`
	Field string         `json:"field,omitempty"`
	Args  map[string]any `json:"args,omitempty"`
}

// Refuse makes a refusal; args are pairs of a name and a value.
func Refuse(kind Kind, key string, args ...any) Refusal {
	r := Refusal{Kind: kind, Key: key}
	if len(args) > 0 {
		r.Args = make(map[string]any, len(args)/2)
		for i := 0; i+1 < len(args); i += 2 {
			r.Args[fmt.Sprint(args[i])] = args[i+1]
		}
	}
	return r
}

// In returns the refusal naming the field it is about.
func (r Refusal) In(field string) Refusal {
	r.Field = field
	return r
}

// Error is for logs; people read the message behind Key.
func (r Refusal) Error() string {
	var b strings.Builder
	b.WriteString(r.Key)
	if r.Field != "" {
		fmt.Fprintf(&b, " [%s]", r.Field)
	}
	names := make([]string, 0, len(r.Args))
	for name := range r.Args {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Fprintf(&b, " %s=%v", name, r.Args[name])
	}
	return b.String()
}

// Refusals is every reason why something is not done. An empty list is no refusal.
type Refusals []Refusal

// Error joins all reasons.
func (rs Refusals) Error() string {
	parts := make([]string, len(rs))
	for i, r := range rs {
		parts[i] = r.Error()
	}
	return strings.Join(parts, "; ")
}

// Err returns nil for an empty list, so that callers can return it as an error.
func (rs Refusals) Err() error {
	if len(rs) == 0 {
		return nil
	}
	return rs
}

// Kind is the kind the whole answer has: that of the first reason.
func (rs Refusals) Kind() Kind {
	if len(rs) == 0 {
		return ""
	}
	return rs[0].Kind
}

// AsRefusals finds the refusals in an error, if it is one.
func AsRefusals(err error) (Refusals, bool) {
	var rs Refusals
	if errors.As(err, &rs) {
		return rs, true
	}
	var r Refusal
	if errors.As(err, &r) {
		return Refusals{r}, true
	}
	return nil, false
}
