package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"skein/demo/boston"
	"skein/face"
	"skein/face/signin"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/internal/pgtest"
)

// Whole tests: a demonstration city of some rows, served, on both engines, with a clock
// that is turned by hand.

// Filling a city takes the better part of a second of processor time, and nearly every test here wants
// one: each kind is filled once and copied. Tests that run at the same time share nothing else.

// model is a filled city that others are copied of.
type model struct {
	fill     sync.Mutex // held while it is filled
	folder   string     // its master key, blobs and, on SQLite, its database
	database string     // "" is SQLite
	drop     func() error
}

type modelKey struct {
	postgres bool
	rows     int
}

var (
	modelsOpen sync.Mutex
	models     = map[modelKey]*model{}
)

// modelOf is filled by the first who wants it; the others wait.
func modelOf(t *testing.T, key modelKey) *model {
	t.Helper()
	modelsOpen.Lock()
	m := models[key]
	if m == nil {
		m = &model{}
		models[key] = m
	}
	modelsOpen.Unlock()
	m.fill.Lock()
	defer m.fill.Unlock()
	if m.folder == "" {
		m.filled(t, key)
	}
	return m
}

// copyOf returns where a copy of a filled city is: its folder, and its database if that is elsewhere.
func copyOf(t *testing.T, key modelKey) where {
	t.Helper()
	m := modelOf(t, key)
	w := where{Data: t.TempDir()}
	if err := os.CopyFS(w.Data, os.DirFS(m.folder)); err != nil {
		t.Fatal(err)
	}
	// What CopyFS makes anybody may read; a key that anybody may read is refused.
	if err := os.Chmod(w.masterPath(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(w.masterPath()), 0o700); err != nil {
		t.Fatal(err)
	}
	if key.postgres {
		w.Database = pgtest.Copy(t, m.database)
	}
	return w
}

func (m *model) filled(t *testing.T, key modelKey) {
	t.Helper()
	folder, err := os.MkdirTemp("", "skein-model-")
	if err != nil {
		t.Fatal(err)
	}
	database, drop := "", func() error { return nil }
	if key.postgres {
		database, drop = pgtest.Template(t)
	}
	a, err := where{Data: folder, Database: database}.open(context.Background(), true)
	if err != nil {
		t.Fatal(err)
	}
	a.log = slog.New(slog.NewTextHandler(io.MultiWriter(testLog{t}), nil))
	err = a.fillDemo(context.Background(), key.rows)
	a.close()
	if err != nil {
		t.Fatal(err)
	}
	m.folder, m.database, m.drop = folder, database, drop
}

// dropModels removes what the copies were made of.
func dropModels() {
	for _, m := range models {
		if m.folder == "" {
			continue // nobody could fill it
		}
		os.RemoveAll(m.folder)
		m.drop()
	}
}

type city struct {
	*testing.T
	app   *app
	realm *clerk.Realm
	site  *face.Site
	url   string
	now   *civic.Instant
	keys  map[civic.PostID]string
	said  *said // to the log, at every level

	signIn *signin.Service
	apps   map[string]string // the secrets of officers' authenticator apps, by mail address

	basemap, style string // the file under its maps, or the style that names several
}

// settings are what an operator says of a city.
type settings struct {
	signIn, log    string // signin.json, log.json
	basemap, style string // the file under its maps, or the style that names several
	trials         []trial
}

// onBothEngines runs a test beside others, and on one engine after the other.
func onBothEngines(t *testing.T, rows int, f func(c *city), with ...settings) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { f(newCity(t, "", rows, with...)) })
	t.Run("postgres", func(t *testing.T) { f(newCity(t, postgres, rows, with...)) })
}

// The engines of newCity.
const sqlite, postgres = "", "postgres"

// newCity is a demonstration filled with some rows.
func newCity(t *testing.T, engine string, rows int, with ...settings) *city {
	t.Helper()
	return cityAt(t, copyOf(t, modelKey{engine == postgres, rows}), with...)
}

// cityAt is a demonstration that was filled before.
func cityAt(t *testing.T, w where, with ...settings) *city {
	t.Helper()
	ctx := context.Background()
	a, err := w.open(ctx, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.close)
	said := &said{}
	a.log = slog.New(slog.NewTextHandler(io.MultiWriter(testLog{t}, said), &slog.HandlerOptions{Level: slog.LevelDebug}))
	now := boston.Filled.Add(36 * time.Hour) // Monday 2012-01-02, 12:00
	c := &city{T: t, app: a, now: &now, keys: map[civic.PostID]string{}, said: said, apps: map[string]string{}}
	c.realm, err = clerk.Open(ctx, a.house, a.db, demoRealm, clerk.Options{Log: a.log, Still: true, Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.realm.Close)
	for _, s := range with {
		c.basemap, c.style, c.app.trials = s.basemap, s.style, s.trials
		for name, text := range map[string]string{"signin.json": s.signIn, "log.json": s.log} {
			if text == "" {
				continue
			}
			if err := os.WriteFile(filepath.Join(a.where.Data, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	c.served()
	return c
}

// served puts the doors before the realm as it is open now.
func (c *city) served() {
	c.Helper()
	book, err := newBook()
	if err != nil {
		c.Fatal(err)
	}
	if c.site, err = c.app.site(&global{ctx: context.Background(), book: book}, c.realm, server{PublicURL: "https://skein.example", TrustedProxy: []string{"127.0.0.0/8"}, Basemap: c.basemap, MapStyle: c.style}); err != nil {
		c.Fatal(err)
	}
	c.signIn = c.app.signedIn
	server := httptest.NewServer(c.site.Handler())
	c.Cleanup(server.Close)
	c.url = server.URL
}

type testLog struct{ t *testing.T }

func (l testLog) Write(b []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

// said keeps what was logged.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func (c *city) Now() civic.Instant { return *c.now }

// turn moves the clock on and lets it act.
func (c *city) turn(d time.Duration) {
	c.Helper()
	*c.now = c.now.Add(d)
	if err := c.realm.Tick(context.Background(), *c.now, false); err != nil {
		c.Fatal(err)
	}
}
