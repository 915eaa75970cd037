package face

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"skein/frame/civic"
	"skein/frame/seal"
)

// Logs adds the doors of the realm's log, as C2SP names them (tlog-tiles): the one that goes on, and by their
// numbers those that ended.
func (s *Site) Logs() {
	s.Mux.HandleFunc("GET /log/{realm}/checkpoint", func(w http.ResponseWriter, r *http.Request) { s.logFile(w, r, 0, "checkpoint") })
	s.Mux.HandleFunc("GET /log/{realm}/key", func(w http.ResponseWriter, r *http.Request) { s.logFile(w, r, 0, "key") })
	s.Mux.HandleFunc("GET /log/{realm}/tile/{path...}", func(w http.ResponseWriter, r *http.Request) {
		s.logFile(w, r, 0, "tile/"+r.PathValue("path"))
	})
	s.Mux.HandleFunc("GET /log/{realm}/{log}/{file...}", func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.ParseInt(r.PathValue("log"), 10, 64)
		if err != nil || n < 1 {
			n = -1
		}
		s.logFile(w, r, n, r.PathValue("file"))
	})
}

// logFile answers with a file of a log; number 0 is the one that goes on.
func (s *Site) logFile(w http.ResponseWriter, r *http.Request, number int64, name string) {
	l, ok, err := s.logOf(r, number)
	if err != nil {
		s.Error(w, r, err)
		return
	}
	if !ok {
		s.Error(w, r, civic.Refuse(civic.Missing, "face.log_none"))
		return
	}
	var content []byte
	h := w.Header()
	switch {
	case name == "checkpoint" && l.Checkpoint != "":
		h.Set("Content-Type", "text/plain; charset=utf-8")
		h.Set("Cache-Control", "max-age=1")
		content = []byte(l.Checkpoint)
	case name == "key":
		h.Set("Content-Type", "text/plain; charset=utf-8")
		h.Set("Cache-Control", "max-age=60")
		content = []byte(l.Key + "\n")
	case strings.HasPrefix(name, "tile/"):
		content, err = seal.Tile(r.Context(), s.Realm.DB.R, s.Realm.ID, &l, name)
		if err == nil {
			h.Set("Content-Type", "application/octet-stream")
			h.Set("Cache-Control", "public, max-age=300") // another log may come to stand here
			if number > 0 {
				h.Set("Cache-Control", "public, max-age=31536000, immutable")
			}
		}
	default:
		err = seal.ErrNone
	}
	if errors.Is(err, seal.ErrNone) {
		err = civic.Refuse(civic.Missing, "face.log_none")
	}
	if err != nil {
		s.Error(w, r, err)
		return
	}
	w.Write(content)
}

func (s *Site) logOf(r *http.Request, number int64) (l seal.Log, ok bool, err error) {
	if r.PathValue("realm") != string(s.Realm.ID) {
		return l, false, nil
	}
	if number == 0 {
		return seal.Current(r.Context(), s.Realm.DB.R, s.Realm.ID)
	}
	logs, err := seal.Logs(r.Context(), s.Realm.DB.R, s.Realm.ID)
	for _, l := range logs {
		if l.Number == number {
			return l, true, err
		}
	}
	return l, false, err
}
