package courier

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"skein/frame/civic"
	"skein/frame/store"
	"skein/internal/pgtest"
)

const realm civic.Realm = "boston"

// secretAddress must show up in no table and no log.
const secretAddress = "ann.lee@example.org"

// contacts knows one address for everybody but those named.
type contacts struct {
	channel string
	errs    map[To]error
}

func (c contacts) Resolve(_ context.Context, _ civic.Realm, to To) (Address, error) {
	return Address{Channel: c.channel, To: secretAddress, Lang: "en"}, c.errs[to]
}

type texts struct{}

func (texts) Render(lang, key string, args map[string]any) string {
	return fmt.Sprintf("%s %s %v", lang, key, args["number"])
}

// police is the other side. It fails the test when one id comes with two contents, when
// something comes again although it was taken and we were told so, and when more
// deliveries run at once than allowed.
type police struct {
	t      testing.TB
	mu     sync.Mutex
	taken  map[string]int    // times by id
	said   map[string]string // content by id
	told   map[string]bool   // ids for which we returned nil
	repeat bool              // a crash in between makes repetitions lawful
	fate   func(id string, nth int) error
	nth    map[string]int
	now    int
	most   int
}

var errSentButFailed = errors.New("taken, but the answer was lost")

func newPolice(t testing.TB) *police {
	return &police{t: t, taken: map[string]int{}, said: map[string]string{}, told: map[string]bool{}, nth: map[string]int{}}
}

func (p *police) Deliver(_ context.Context, m Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now++
	p.most = max(p.most, p.now)
	p.mu.Unlock()
	time.Sleep(time.Millisecond)
	p.mu.Lock()
	p.now--
	content := fmt.Sprint(m.Kind, m.Key, m.Args, m.To, m.Subject, m.Text)
	if before, ok := p.said[m.ID]; ok && before != content {
		p.t.Errorf("%s comes with two contents: %q and %q", m.ID, before, content)
	}
	p.said[m.ID] = content
	if p.told[m.ID] && !p.repeat {
		p.t.Errorf("%s comes again although it was taken", m.ID)
	}
	var err error
	if p.fate != nil {
		err = p.fate(m.ID, p.nth[m.ID])
	}
	p.nth[m.ID]++
	if err == nil || errors.Is(err, errSentButFailed) {
		p.taken[m.ID]++
	}
	p.told[m.ID] = err == nil
	return err
}

// world is an outbox with a courier whose clocks stand still until moved.
type world struct {
	*Courier
	t     testing.TB
	db    *store.DB
	other *police
	now   civic.Instant
	wall  time.Time
	log   *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func open(t testing.TB, source string) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Migrate(context.Background(), Migrations()); err != nil {
		t.Fatal(err)
	}
	return db
}

func newWorld(t testing.TB, db *store.DB) *world {
	w := &world{t: t, db: db, other: newPolice(t), now: 1_000_000_000, wall: time.Unix(1_800_000_000, 0), log: &lockedBuffer{}}
	w.Courier = w.second()
	return w
}

// second is another process that could be the courier.
func (w *world) second() *Courier {
	return New(Config{
		DB: w.db, Realm: realm, Contacts: contacts{channel: "test"}, Texts: texts{},
		Channels: map[string]Channel{"test": w.other},
		Now:      func() civic.Instant { return w.now }, Wall: func() time.Time { return w.wall },
		Jitter: func() float64 { return 0 }, Log: slog.New(slog.NewTextHandler(w.log, nil)),
	})
}

func onBoth(t *testing.T, test func(t *testing.T, w *world)) {
	t.Run("sqlite", func(t *testing.T) { test(t, newWorld(t, open(t, filepath.Join(t.TempDir(), "skein.db")))) })
	t.Run("postgres", func(t *testing.T) { test(t, newWorld(t, open(t, pgtest.URL(t)))) })
}

func (w *world) put(from, n int) []string {
	w.t.Helper()
	var rows []store.Row
	var ids []string
	for i := from; i < from+n; i++ {
		r, err := Row(realm, civic.Position(i), 0, Note{To: ToPost("pwd/head"), Kind: "matter.assigned", Key: "matter.note.assigned",
			Args: map[string]any{"number": 1_234_567_890_000 + i}})
		if err != nil {
			w.t.Fatal(err)
		}
		rows = append(rows, r)
		ids = append(ids, r[1].(string))
	}
	if err := w.db.Update(context.Background(), func(tx *store.Tx) error {
		return tx.Write(context.Background(), OutboxTable, rows)
	}); err != nil {
		w.t.Fatal(err)
	}
	return ids
}

func (w *world) round() int {
	w.t.Helper()
	n, err := w.Round(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func (w *world) counts(want map[string]int64) {
	w.t.Helper()
	got, err := Counts(context.Background(), w.db, realm)
	if err != nil || !maps.Equal(got, want) {
		w.t.Errorf("%v, not %v: %v", got, want, err)
	}
}
