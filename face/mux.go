package face

import "net/http"

// Mux is a site's mux that can be asked which doors there are.
type Mux struct {
	*http.ServeMux
	patterns []string
}

// Handle adds a door.
func (m *Mux) Handle(pattern string, h http.Handler) {
	m.patterns = append(m.patterns, pattern)
	m.ServeMux.Handle(pattern, h)
}

// HandleFunc adds a door.
func (m *Mux) HandleFunc(pattern string, h func(http.ResponseWriter, *http.Request)) {
	m.Handle(pattern, http.HandlerFunc(h))
}

// Patterns lists every door, in the order in which they were added.
func (m *Mux) Patterns() []string { return m.patterns }
