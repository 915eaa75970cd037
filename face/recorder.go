package face

import (
	"maps"
	"net/http"
	"time"
)

// recorder is the one way of an answer to its reader. It notes how the answer went, and where contents were read for it that
// nobody released, lets nothing through before that is written down.
type recorder struct {
	http.ResponseWriter
	status  int
	wrote   bool
	sending time.Duration // how long the answer waited for its reader's connection

	gate   func() error // nil where nothing holds the answer back, or no more
	refuse func(error)  // answers instead
	before http.Header  // what stood in the header before the answer was put together
	shut   bool         // the gate did not open: what the handler says is dropped
}

// gate holds a reading post's answer back until its readings are recorded.
func (s *Site) gate(rec *recorder, r *http.Request) (gated *http.Request, end func()) {
	ctx, gate := s.Access.Gated(r.Context())
	rec.before = rec.Header().Clone()
	rec.gate = func() error { return gate.Wait(r.Context()) }
	rec.refuse = func(err error) { s.Error(rec, r, err) }
	return r.WithContext(ctx), gate.Close
}

// opens waits for the gate, once, and reports whether the answer may go out. Where it may not, another has gone out instead.
func (r *recorder) opens() bool {
	if wait := r.gate; wait != nil {
		r.gate = nil
		if err := wait(); err != nil {
			header := r.Header()
			clear(header)
			maps.Copy(header, r.before)
			r.refuse(err)
			r.shut = true
		}
	}
	return !r.shut
}

func (r *recorder) WriteHeader(status int) {
	if r.opens() {
		r.status, r.wrote = status, true
		r.ResponseWriter.WriteHeader(status)
	}
}

func (r *recorder) Write(b []byte) (int, error) {
	if !r.opens() {
		return len(b), nil
	}
	r.wrote = true
	began := time.Now()
	n, err := r.ResponseWriter.Write(b)
	r.sending += time.Since(began)
	return n, err
}

// FlushError is what http.ResponseController flushes by.
func (r *recorder) FlushError() error {
	if !r.opens() {
		return nil
	}
	return http.NewResponseController(r.ResponseWriter).Flush()
}

func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
