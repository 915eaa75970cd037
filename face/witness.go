package face

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"skein/face/words"
	"skein/frame/civic"
	"skein/frame/seal"
)

// Witnesses adds the doors of the realm's witness (tlog-witness); after Seal, Witness and Asker are set.
func (s *Site) Witnesses() {
	s.Mux.HandleFunc("GET /witness/{realm}", s.witness(s.witnessShown))
	s.Mux.HandleFunc("GET /witness/{realm}/key", s.witness(func(w http.ResponseWriter, _ *http.Request) {
		open(w, "text/plain; charset=utf-8", []byte(s.Witness.Key+"\n"))
	}))
	s.Mux.HandleFunc("GET /witness/{realm}/checkpoint", s.witness(s.cosigned))
	s.Mux.HandleFunc("GET /witness/{realm}/evidence", s.witness(s.evidence))
	s.Mux.HandleFunc("POST /witness/{realm}/add-checkpoint", s.witness(s.addCheckpoint))
	s.Metrics.registry.MustRegister(logCollector{s})
}

// witness lets requests through that are for the realm's witness.
func (s *Site) witness(door http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.Witness == nil || r.PathValue("realm") != string(s.Realm.ID) {
			s.Error(w, r, civic.Refuse(civic.Missing, "face.witness_none"))
			return
		}
		door(w, r)
	}
}

// open sends what is for everybody's eyes.
func open(w http.ResponseWriter, media string, content []byte) {
	h := w.Header()
	h.Set("Content-Type", media)
	h.Set("Cache-Control", "max-age=1")
	w.Write(content)
}

// addCheckpoint answers as tlog-witness has it.
func (s *Site) addCheckpoint(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, seal.MostRequest))
	if err != nil {
		var big *http.MaxBytesError
		if !errors.As(err, &big) {
			err = civic.Refuse(civic.Malformed, "seal.witness_malformed")
		}
		s.Error(w, r, err)
		return
	}
	line, err := s.Witness.Cosign(r.Context(), body)
	var behind *seal.Behind
	switch {
	case errors.As(err, &behind):
		w.Header().Set("Content-Type", "text/x.tlog.size")
		w.WriteHeader(http.StatusConflict)
		io.WriteString(w, strconv.FormatInt(behind.Size, 10)+"\n")
	case err != nil:
		s.Error(w, r, err)
	default:
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		io.WriteString(w, line)
	}
}

// cosigned gives the newest checkpoint of a log that the witness cosigned: of its origin, as ?origin= names it.
func (s *Site) cosigned(w http.ResponseWriter, r *http.Request) {
	seen, err := seal.SeenLogs(r.Context(), s.Realm.DB.R, s.Realm.ID)
	if err != nil {
		s.Error(w, r, err)
		return
	}
	at := slices.IndexFunc(seen, func(l seal.Seen) bool { return l.Origin == r.URL.Query().Get("origin") })
	if at < 0 {
		s.Error(w, r, civic.Refuse(civic.Missing, "face.witness_not_seen"))
		return
	}
	open(w, "text/plain; charset=utf-8", []byte(seen[at].Text))
}

// Misfit is a checkpoint that does not fit to one that was cosigned.
type Misfit struct {
	Origin  string `json:"origin"`
	Why     string `json:"why"` // forked, backdated, rolled_back; unproved proves nothing by itself
	At      string `json:"at"`
	Known   string `json:"known"`
	Offered string `json:"offered"`
}

// evidence gives what the witness keeps against logs.
func (s *Site) evidence(w http.ResponseWriter, r *http.Request) {
	kept, err := seal.EvidenceOf(r.Context(), s.Realm.DB.R, s.Realm.ID)
	if err != nil {
		s.Error(w, r, err)
		return
	}
	out := struct {
		Witness  string   `json:"witness"`
		Evidence []Misfit `json:"evidence"`
	}{s.Witness.Key, []Misfit{}}
	for _, e := range kept {
		out.Evidence = append(out.Evidence, Misfit{e.Origin, e.Why, e.At.Time().UTC().Format(time.RFC3339), e.Known, e.Offered})
	}
	content, err := json.Marshal(out)
	if err != nil {
		s.Error(w, r, err)
		return
	}
	open(w, "application/json", append(content, '\n'))
}

// mostMisfits bounds how many stand on the page; the file of evidence has them all.
const mostMisfits = 20

// witnessView is what the page of the witness shows.
type witnessView struct {
	Voice   words.Voice
	Key     string
	Path    string
	Submit  string
	Watched []watchedRow
	Misfits []seal.Evidence // the newest first
	More    bool
}

type watchedRow struct {
	Origin string
	Seen   *seal.Seen // nil: none yet
}

func (s *Site) witnessShown(w http.ResponseWriter, r *http.Request) {
	ctx, q := r.Context(), s.Realm.DB.R
	path := "/witness/" + string(s.Realm.ID)
	o := witnessView{Voice: s.Voice(ctx), Key: s.Witness.Key, Path: path, Submit: s.PublicURL + path}
	seen, err := seal.SeenLogs(ctx, q, s.Realm.ID)
	if err != nil {
		s.Error(w, r, err)
		return
	}
	for _, origin := range s.Witness.Origins() {
		row := watchedRow{Origin: origin}
		if at := slices.IndexFunc(seen, func(l seal.Seen) bool { return l.Origin == origin }); at >= 0 {
			row.Seen = &seen[at]
		}
		o.Watched = append(o.Watched, row)
	}
	if o.Misfits, err = seal.EvidenceOf(ctx, q, s.Realm.ID); err != nil {
		s.Error(w, r, err)
		return
	}
	slices.Reverse(o.Misfits)
	if o.More = len(o.Misfits) > mostMisfits; o.More {
		o.Misfits = o.Misfits[:mostMisfits]
	}
	s.Page(w, r, Sheet{Title: o.Voice.Say("face.witness_title"), Crumbs: []Crumb{}}, witnessPage(o))
}

func (o *witnessView) checkpoint(origin string) string {
	return o.Path + "/checkpoint?" + url.Values{"origin": {origin}}.Encode()
}

// logCollector tells those who watch the machine how the log stands, as the database has it when they ask.
type logCollector struct{ site *Site }

var (
	logLeaves    = prometheus.NewDesc("skein_log_leaves", "Leaves of the log.", nil, nil)
	logWitnessed = prometheus.NewDesc("skein_log_witnessed_leaves", "Leaves of the log that enough witnesses cosigned.", nil, nil)
	logTroubled  = prometheus.NewDesc("skein_log_witness_trouble", "1 if a witness did not cosign when it was asked last.", []string{"witness", "trouble"}, nil)
	logMisfits   = prometheus.NewDesc("skein_witness_evidence", "Checkpoints of other logs that did not fit and are kept.", []string{"why"}, nil)
)

func (c logCollector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{logLeaves, logWitnessed, logTroubled, logMisfits} {
		out <- d
	}
}

func (c logCollector) Collect(out chan<- prometheus.Metric) {
	if err := c.collect(out); err != nil {
		c.site.Log.Error("metrics of the log", "err", err)
		out <- prometheus.NewInvalidMetric(logLeaves, err)
	}
}

func (c logCollector) collect(out chan<- prometheus.Metric) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	s := c.site
	gauge := func(d *prometheus.Desc, value int64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(value), labels...)
	}
	l, ok, err := seal.Current(ctx, s.Realm.DB.R, s.Realm.ID)
	if err != nil {
		return err
	}
	if ok {
		gauge(logLeaves, l.Size)
		gauge(logWitnessed, l.Cosigned())
	}
	if s.Asker != nil {
		standings, err := seal.Standings(ctx, s.Realm.DB.R, s.Realm.ID, l.Number)
		if err != nil {
			return err
		}
		for i := range s.Asker.Peers.Witnesses {
			p := &s.Asker.Peers.Witnesses[i]
			at := slices.IndexFunc(standings, func(st seal.Standing) bool { return st.Witness == p.Key })
			if at >= 0 && standings[at].Trouble != "" {
				gauge(logTroubled, 1, p.Name(), standings[at].Trouble)
			}
		}
	}
	if s.Witness != nil {
		kept, err := seal.EvidenceOf(ctx, s.Realm.DB.R, s.Realm.ID)
		if err != nil {
			return err
		}
		count := map[string]int64{seal.Forked: 0, seal.Backdated: 0, seal.RolledBack: 0, seal.Unproved: 0}
		for _, e := range kept {
			count[e.Why]++
		}
		for why, n := range count {
			gauge(logMisfits, n, why)
		}
	}
	return nil
}
