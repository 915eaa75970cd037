package face

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
)

// Nothing of an answer passes a gate that does not open, by whichever way the handler sends it.
func TestShutGate(t *testing.T) {
	ways := map[string]func(w http.ResponseWriter){
		"header first": func(w http.ResponseWriter) { w.WriteHeader(200); w.Write([]byte("secret")) },
		"body alone":   func(w http.ResponseWriter) { w.Write([]byte("secret")) },
		"flushed": func(w http.ResponseWriter) {
			http.NewResponseController(w).Flush()
			w.Write([]byte("secret"))
			http.NewResponseController(w).Flush()
		},
	}
	for name, write := range ways {
		for _, opens := range []bool{true, false} {
			out := httptest.NewRecorder()
			out.Header().Set("X-Content-Type-Options", "nosniff")
			asked := 0
			rec := &recorder{ResponseWriter: out, status: 200, before: out.Header().Clone()}
			rec.gate = func() error {
				if asked++; opens {
					return nil
				}
				return errors.New("shut")
			}
			rec.refuse = func(error) { rec.WriteHeader(503); rec.Write([]byte("refused")) }
			rec.Header().Set("Content-Length", "6")
			rec.Header().Set("ETag", `"of the secret"`)
			write(rec)
			h := out.Result().Header
			if opens && (out.Code != 200 || out.Body.String() != "secret" || h.Get("ETag") == "" || rec.status != 200) {
				t.Errorf("%s, open: %d %q %v", name, out.Code, out.Body, h)
			}
			if !opens && (out.Code != 503 || out.Body.String() != "refused" || h.Get("ETag") != "" || h.Get("Content-Length") != "" || h.Get("X-Content-Type-Options") == "" || rec.status != 503) {
				t.Errorf("%s, shut: %d %q %v %d", name, out.Code, out.Body, h, rec.status)
			}
			if asked != 1 {
				t.Errorf("%s: the gate was asked %d times", name, asked)
			}
		}
	}
}
