package face

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"skein/frame/civic"
	"skein/frame/outward"
)

// Metrics counts requests by door and what the realm's writer does; no label says
// anything of a person.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newMetrics(s *Site) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "skein_requests_total", Help: "Requests by door and status."}, []string{"door", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "skein_request_seconds", Help: "How long requests take, by door.",
			Buckets: []float64{.001, .0025, .005, .01, .015, .025, .05, .1, .25, 1, 5},
		}, []string{"door"}),
	}
	m.registry.MustRegister(m.requests, m.seconds, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	stats := s.Realm.Stats()
	for name, read := range map[string]func() int64{
		"skein_acts_total": stats.Acts.Load, "skein_batches_total": stats.Batches.Load, "skein_batches_refused_total": stats.Failed,
	} {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: "Of this process, since its start."},
			func() float64 { return float64(read()) }))
	}
	m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "skein_outward_connections_total", Help: "Connections to other machines that this process began: letters, webhooks, witnesses, providers.",
	}, func() float64 { return float64(outward.Connections()) }))
	return m
}

func (m *Metrics) request(pattern string, status int, took time.Duration) {
	if pattern == "" {
		pattern = "none"
	}
	m.requests.WithLabelValues(pattern, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(pattern).Observe(took.Seconds())
}

// health adds the doors for those who watch the machine. /healthz says that the process
// lives, /readyz that it can read and write; /metrics answers on the machine alone.
func (s *Site) health() {
	s.Mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("ok\n")) })
	s.Mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		var one int
		err := s.Realm.DB.R.QueryRowContext(r.Context(), "SELECT 1").Scan(&one)
		if err == nil {
			err = s.Realm.Sync(r.Context())
		}
		if err == nil {
			err = s.Vault.Keys.Unread()
		}
		if err != nil {
			s.Log.Error("not ready", "err", err)
			WriteProblem(w, NewProblem(s.Voice(r.Context()), civic.Refuse(civic.Unavailable, "clerk.unavailable")))
			return
		}
		w.Write([]byte("ready\n"))
	})
	metrics := promhttp.HandlerFor(s.Metrics.registry, promhttp.HandlerOpts{})
	s.Mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		// Counting acts tells when a private matter came: that is for who watches the machine.
		if !s.client(r).IsLoopback() || forwarded(r) { // what a proxy on this machine passes on is not from it
			WriteProblem(w, NewProblem(s.Voice(r.Context()), civic.Refuse(civic.Missing, "face.no_page")))
			return
		}
		metrics.ServeHTTP(w, r)
	})
}
