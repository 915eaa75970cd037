package courier

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	mathrand "math/rand/v2"
	"strings"
	"sync"
	"time"

	"skein/frame/civic"
	"skein/frame/store"
)

const (
	waiting = "waiting"
	sent    = "sent"
	kept    = "kept"
	dead    = "dead"
)

// Config is what a courier needs. DB, Realm, Contacts, Texts and Now must be set; zero
// elsewhere takes the default named.
type Config struct {
	DB       *store.DB
	Realm    civic.Realm
	Contacts Contacts
	Texts    Texts
	Channels map[string]Channel   // by Address.Channel
	Fallback Channel              // for channels that are not configured: Keep
	Now      func() civic.Instant // the realm's clock: notes are due by it
	Wall     func() time.Time     // the machine's: the lease goes by it; time.Now
	Jitter   func() float64       // in [0, 1); math/rand
	Log      *slog.Logger         // slog.Default

	Batch   int           // rows taken at a time: 50
	Workers int           // deliveries at the same time: 4
	Tries   int           // before a note is dead: 12
	Base    time.Duration // wait after the first failure, doubled each time: 30 s
	Cap     time.Duration // longest wait: 6 h
	Timeout time.Duration // of one delivery: 20 s
	Lease   time.Duration // three timeouts: 60 s
	Poll    time.Duration // how often to look for what is due: 1 s
}

// grace is how long a delivery may go on after the courier was asked to stop.
const grace = 5 * time.Second

// Courier delivers the notes of a realm.
type Courier struct {
	Config
	lease store.Lease
	wake  chan struct{}
	owed  []mark // delivered, but not marked yet
}

// New makes a courier.
func New(c Config) *Courier {
	defaults := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	times := func(v *time.Duration, d time.Duration) {
		if *v == 0 {
			*v = d
		}
	}
	defaults(&c.Batch, 50)
	defaults(&c.Workers, 4)
	defaults(&c.Tries, 12)
	times(&c.Base, 30*time.Second)
	times(&c.Cap, 6*time.Hour)
	times(&c.Timeout, 20*time.Second)
	times(&c.Lease, 3*c.Timeout)
	times(&c.Poll, time.Second)
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Fallback == nil {
		c.Fallback = Keep{c.Log}
	}
	if c.Wall == nil {
		c.Wall = time.Now
	}
	if c.Jitter == nil {
		c.Jitter = mathrand.Float64
	}
	lease := store.Lease{DB: c.DB, Table: "courier_leases", Realm: string(c.Realm), Holder: rand.Text(), Length: c.Lease, Wall: c.Wall}
	return &Courier{Config: c, lease: lease, wake: make(chan struct{}, 1)}
}

// Wake tells a running courier that there may be new notes. It never blocks.
func (c *Courier) Wake() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// Run delivers what is due until the context ends, then gives the lease back. Errors of
// the database are logged and tried again.
func (c *Courier) Run(ctx context.Context) error {
	defer c.release()
	pause := c.Poll
	for {
		n, err := c.Round(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			c.Log.ErrorContext(ctx, "courier", "realm", c.Realm, "error", err)
			pause = min(2*pause, time.Minute)
		case n == c.Batch:
			pause = c.Poll
			continue
		default:
			pause = c.Poll
		}
		wait := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			wait.Stop()
			return nil
		case <-wait.C:
		case <-c.wake:
			wait.Stop()
		}
	}
}

// mark is what became of a note.
type mark struct {
	id    string
	tries int64 // before this try: a row that somebody else has moved is left alone
	state string
	due   civic.Instant
	error string
}

type row struct {
	id, kind, recipient, data string
	tries                     int64
}

// Round delivers one batch of what is due and says how many notes it took: none when
// nothing is due or another process is the courier. Not for concurrent use.
func (c *Courier) Round(ctx context.Context) (int, error) {
	if err := c.settle(ctx); err != nil {
		return 0, err
	}
	rows, err := c.due(ctx)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	if ours, err := c.hold(ctx); err != nil || !ours {
		return 0, err
	}
	if rows, err = c.due(ctx); err != nil { // again: another courier may have been at them
		return 0, err
	}
	return c.deliverAll(ctx, rows)
}

func (c *Courier) due(ctx context.Context) ([]row, error) {
	rs, err := c.DB.R.QueryContext(ctx, `SELECT id, kind, recipient, data, tries FROM outbox
		WHERE realm = $1 AND state = 'waiting' AND due <= $2 ORDER BY due, id LIMIT $3`, string(c.Realm), int64(c.Now()), c.Batch)
	if err != nil {
		return nil, fmt.Errorf("courier: %w", err)
	}
	defer rs.Close()
	var out []row
	for rs.Next() {
		var r row
		if err := rs.Scan(&r.id, &r.kind, &r.recipient, &r.data, &r.tries); err != nil {
			return nil, fmt.Errorf("courier: %w", err)
		}
		out = append(out, r)
	}
	return out, rs.Err()
}

// settleEvery bounds how long a delivery may stand unmarked while others go on: what is
// unmarked when the machine falls is delivered again, and every mark is a commit.
const settleEvery = 250 * time.Millisecond

// deliverAll hands rows to the workers and marks results a few times a second, so that a
// slow server delays the marks of few.
func (c *Courier) deliverAll(ctx context.Context, rows []row) (int, error) {
	work := make(chan row)
	results := make(chan mark, len(rows))
	var workers sync.WaitGroup
	for range min(c.Workers, len(rows)) {
		workers.Go(func() {
			for r := range work {
				results <- c.outcome(r, c.try(ctx, r))
			}
		})
	}
	collect := func() error {
		for len(results) > 0 {
			c.owed = append(c.owed, <-results)
		}
		return c.settle(ctx)
	}
	taken := 0
	var failed error
	beat := time.NewTicker(settleEvery)
	defer beat.Stop()
	for taken < len(rows) && failed == nil && ctx.Err() == nil {
		// A worker is free after one timeout at most, so renewing at half the lease of
		// three keeps it.
		if ours, err := c.hold(ctx); err != nil || !ours {
			failed = err
			break
		}
		select {
		case work <- rows[taken]:
			taken++
		case m := <-results:
			c.owed = append(c.owed, m)
		case <-beat.C:
			failed = collect()
		}
	}
	close(work)
	workers.Wait()
	return taken, errors.Join(failed, collect())
}

// try makes one attempt.
func (c *Courier) try(ctx context.Context, r row) (err error) {
	defer func() {
		if p := recover(); p != nil { // one bad message must not end the courier
			err = &Failure{Key: "courier.channel_failed", Cause: fmt.Errorf("panic: %v", p)}
		}
	}()
	var d data
	dec := json.NewDecoder(strings.NewReader(r.data))
	dec.UseNumber() // so that numbers are rendered as they were written
	if err := dec.Decode(&d); err != nil {
		return &Failure{Key: "courier.note_unreadable", Permanent: true, Cause: err}
	}
	// Asked to stop, what is under way has a moment to end well: half-way is neither
	// sent nor not sent.
	stop := ctx
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.Timeout)
	defer cancel()
	defer context.AfterFunc(stop, func() { time.AfterFunc(grace, cancel) })()
	to, err := c.Contacts.Resolve(ctx, c.Realm, To(r.recipient))
	if errors.Is(err, ErrNobody) {
		return err
	}
	if err != nil {
		return &Failure{Key: "courier.contact_unreadable", Cause: err}
	}
	m := Message{ID: string(c.Realm) + "." + r.id, Realm: c.Realm, Kind: r.kind, Key: d.Key, Args: d.Args, To: to}
	channel, ok := c.Channels[to.Channel]
	if !ok {
		channel = c.Fallback
	}
	if _, unread := channel.(Keep); !unread {
		m.Subject = oneLine(c.Texts.Render(to.Lang, d.Key+".subject", d.Args))
		m.Text = strings.ToValidUTF8(c.Texts.Render(to.Lang, d.Key, d.Args), "\ufffd")
		if dates, ok := c.Texts.(Dates); ok {
			if m.Calendar, err = dates.Calendar(to, To(r.recipient), d.Args); err != nil {
				return &Failure{Key: "courier.note_unreadable", Permanent: true, Cause: err}
			}
		}
	}
	err = channel.Deliver(ctx, m)
	c.explain(ctx, m, err)
	return err
}

// explain logs what went wrong on our side of the line. The other side's words are left
// out, since they may quote the address in ways that cannot be masked.
func (c *Courier) explain(ctx context.Context, m Message, err error) {
	var f *Failure
	if err == nil || errors.Is(err, ErrKept) || errors.As(err, &f) && (f.Status != 0 || f.Cause == nil) {
		return
	}
	cause := err
	if f != nil {
		cause = f.Cause
	}
	words := cause.Error()
	if m.To.To != "" {
		words = strings.ReplaceAll(words, m.To.To, "…")
	}
	c.Log.WarnContext(ctx, "delivery", "id", m.ID, "channel", m.To.Channel, "cause", words)
}

func (c *Courier) outcome(r row, err error) mark {
	m := mark{id: r.id, tries: r.tries}
	var f *Failure
	switch {
	case err == nil:
		m.state = sent
		return m
	case errors.Is(err, ErrKept):
		m.state, m.error = kept, "courier.no_channel"
		return m
	case errors.Is(err, ErrNobody):
		m.state, m.error = kept, "courier.nobody"
		return m
	case !errors.As(err, &f):
		f = &Failure{Key: "courier.channel_failed", Cause: err}
	}
	m.error = f.Error()
	if f.Permanent || int(r.tries)+1 >= c.Tries {
		m.state = dead
	} else {
		m.state, m.due = waiting, c.Now().Add(c.backoff(int(r.tries)))
	}
	c.Log.Warn("note not delivered", "id", r.id, "kind", r.kind, "error", m.error, "try", r.tries+1, "state", m.state)
	return m
}

// backoff is the wait after a failure that n others came before: doubled each time up to
// the cap, of which jitter takes away up to half, so that not all come back at once.
func (c *Courier) backoff(n int) time.Duration {
	d := float64(c.Base) * math.Pow(2, float64(n))
	return time.Duration(min(d, float64(c.Cap)) * (1 - c.Jitter()/2))
}
