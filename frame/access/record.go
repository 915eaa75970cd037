package access

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"skein/frame/civic"
	"skein/frame/store"
	"skein/frame/vault"
)

// Record opens boxes of a realm for readers, and writes down that it did. DB, Vault, Realm and Now must be set.
type Record struct {
	DB    *store.DB
	Vault *vault.Vault
	Realm civic.Realm
	Now   func() civic.Instant // the realm's clock
	Log   *slog.Logger

	mu        sync.Mutex
	waiting   []*waiting
	writing   bool
	ended     time.Time       // the last commit
	answering int             // answers that are being put together
	idle      chan struct{}   // told when there are none, if somebody waits for that
	minute    civic.Instant   // that known is of
	known     map[string]bool // readings of this minute that are committed

	until       civic.Instant // that the record is sealed to, as far as known; like what follows of who drains alone
	lane, count int64
}

// gathering is how long after a commit the next waits for more readings, while answers are put together after which some may follow: a commit costs
// much and a row in it little, and each makes SQLite's readers read their pages anew.
const gathering = 10 * time.Millisecond

// returning is how long it waits at least: whoever the last let go may be on her way with the next question.
const returning = time.Millisecond

// writeWithin bounds how long a reader waits for the record.
const writeWithin = 20 * time.Second

// tries bounds how often a commit begins anew because an hour was sealed, or another process drew the same number, while it was under way. Hours are
// sealed one after the other where a server was away for long.
const tries = 50

// unrecorded says that nothing is shown because the reading cannot be written down.
var unrecorded = civic.Refuse(civic.Unavailable, "access.unrecorded")

// Open gives somebody the contents of a box that have these digests, once it is written down that she read them; those that are not
// there are left out. Errors: vault.ErrErased, vault.ErrMissing (no such box), vault.ErrDamaged, and
// access.unrecorded, with which nothing is shown.
func (r *Record) Open(ctx context.Context, who Who, box string, digests ...string) ([]vault.Content, error) {
	found, err := r.find(ctx, box, digests)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	parts := make([]string, len(found))
	for i, c := range found {
		parts[i] = c.Part
	}
	if err := r.write(ctx, newReading(who, box, parts)); err != nil {
		return nil, err
	}
	return found, nil
}

// write puts a reading into the record and waits for it, or leaves the waiting to the gate of the context.
func (r *Record) write(ctx context.Context, reading Reading) error {
	w := r.begin(ctx, reading)
	if gate, ok := ctx.Value(gateKey{}).(*Gate); ok && w != nil {
		gate.add(w)
		return nil
	}
	return w.wait(ctx)
}

// Own gives the contents of a box to whoever it is of, or to what acts for her alone (a message to her, a program that must
// show that it speaks for her): nothing is recorded. Blobs are named, not fetched.
func (r *Record) Own(ctx context.Context, box string) ([]vault.Content, error) {
	return r.Vault.ReadAll(ctx, r.Realm, box)
}

// OwnPart is the content of her own box with a digest, fetched if it is a blob.
func (r *Record) OwnPart(ctx context.Context, box, digest string) (vault.Content, error) {
	return r.Vault.Read(ctx, r.Realm, vault.Ref{Box: box, Digest: digest})
}

// OwnBlob is a blob of her own box by its name.
func (r *Record) OwnBlob(ctx context.Context, box, blob string) ([]byte, error) {
	return r.Vault.ReadBlob(ctx, r.Realm, box, blob)
}

// find opens what has these digests, in the order of the box.
func (r *Record) find(ctx context.Context, box string, digests []string) ([]vault.Content, error) {
	all, err := r.Vault.ReadAll(ctx, r.Realm, box)
	if err != nil {
		return nil, err
	}
	wanted := make(map[string]bool, len(digests))
	for _, d := range digests {
		wanted[d] = true
	}
	var out []vault.Content
	for _, c := range all {
		if c.Blob == "" && wanted[c.Digest()] {
			out = append(out, c)
			delete(wanted, c.Digest())
		}
	}
	for _, c := range all {
		if len(wanted) == 0 {
			break
		}
		if c.Blob == "" {
			continue
		}
		if c.Text, err = r.Vault.ReadBlob(ctx, r.Realm, box, c.Blob); err != nil {
			return nil, err
		}
		if wanted[c.Digest()] {
			out = append(out, c)
			delete(wanted, c.Digest())
		}
	}
	return out, nil
}

// begin puts a reading into the record; nil where it stands there already. Those who come while one commit is under way share the next.
func (r *Record) begin(ctx context.Context, reading Reading) *waiting {
	r.mu.Lock()
	defer r.mu.Unlock()
	if minuteOf(r.Now()) == r.minute && r.known[reading.key()] {
		return nil
	}
	w := &waiting{reading: reading, log: r.Log, done: make(chan struct{})}
	r.waiting = append(r.waiting, w)
	if !r.writing {
		r.writing = true
		go r.drain(context.WithoutCancel(ctx))
	}
	return w
}

// drain commits what waits until nothing does.
func (r *Record) drain(ctx context.Context) {
	for {
		r.gather()
		r.mu.Lock()
		batch := r.waiting
		r.waiting = nil
		if len(batch) == 0 {
			r.writing = false
			r.mu.Unlock()
			return
		}
		r.mu.Unlock()
		minute, err := r.commit(ctx, batch)
		r.mu.Lock()
		r.ended = time.Now()
		if err == nil {
			if minute != r.minute {
				r.minute, r.known = minute, map[string]bool{}
			}
			for _, w := range batch {
				r.known[w.reading.key()] = true
			}
		}
		r.mu.Unlock()
		for _, w := range batch {
			w.err = err
			close(w.done)
		}
	}
}

// gather waits for whoever may join the next commit.
func (r *Record) gather() {
	time.Sleep(returning - time.Since(r.ended))
	r.mu.Lock()
	left := gathering - time.Since(r.ended)
	if left <= 0 || r.answering == 0 {
		r.mu.Unlock()
		return
	}
	idle := make(chan struct{})
	r.idle = idle
	r.mu.Unlock()
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-idle:
	case <-timer.C:
	}
}

// commit writes a batch in one transaction, into no hour that is sealed.
func (r *Record) commit(ctx context.Context, batch []*waiting) (minute civic.Instant, err error) {
	defer func() {
		if fault := recover(); fault != nil { // whoever waits must not wait for ever, nor be shown anything
			err = fmt.Errorf("access: %v", fault)
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, writeWithin)
	defer cancel()
	for range tries {
		minute = max(minuteOf(r.Now()), r.until)
		written, err := r.DB.WriteIf(ctx, readingTable, r.rows(batch, minute), "SELECT until FROM access_heads WHERE realm = $1 AND until <= $2", string(r.Realm), int64(minute))
		switch {
		case written:
			return minute, nil
		case store.IsDuplicate(err): // of another process that drew the same
			r.lane = 0
		case err != nil:
			return minute, err
		default: // the hour is sealed, or nothing ever was
			if err := r.DB.Update(ctx, func(tx *store.Tx) error { r.until, err = lockHead(ctx, tx, r.Realm); return err }); err != nil {
				return minute, err
			}
		}
	}
	return minute, errors.New("access: the record is sealed again and again while a reading is written")
}

// rows are the readings of a batch that are not recorded yet. What tells them apart within their hour is drawn at random once a
// process, and counted: rows of one process follow each other, those of two do not meet.
func (r *Record) rows(batch []*waiting, minute civic.Instant) []store.Row {
	rows := make([]store.Row, 0, len(batch))
	seen := map[string]bool{}
	for _, w := range batch {
		if key := w.reading.key(); seen[key] || r.knows(minute, w.reading) {
			continue
		} else {
			seen[key] = true
		}
		if r.lane == 0 {
			r.lane = 1 + rand.Int64N(1<<30)
		}
		reading := w.reading
		reading.at(r.Realm, minute)
		r.count++
		reading.n = r.lane<<32 | r.count
		rows = append(rows, reading.row(r.Realm))
	}
	return rows
}

// knows reports whether a reading of a minute is committed already.
func (r *Record) knows(minute civic.Instant, reading Reading) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return minute == r.minute && r.known[reading.key()]
}

// lockHead takes the realm's record for this transaction and says until when it is sealed.
func lockHead(ctx context.Context, tx *store.Tx, realm civic.Realm) (until civic.Instant, err error) {
	query := tx.DB().ForUpdate("SELECT until FROM access_heads WHERE realm = $1")
	err = tx.QueryRowContext(ctx, query, string(realm)).Scan(&until)
	if errors.Is(err, sql.ErrNoRows) { // another process may be first
		if _, err := tx.ExecContext(ctx, "INSERT INTO access_heads (realm, until) VALUES ($1, 0) ON CONFLICT (realm) DO NOTHING", string(realm)); err != nil {
			return 0, err
		}
		err = tx.QueryRowContext(ctx, query, string(realm)).Scan(&until)
	}
	return until, err
}

// Gone reports whether an error says that a box, or what was asked for in it, is not there any more.
func Gone(err error) bool {
	return errors.Is(err, vault.ErrErased) || errors.Is(err, vault.ErrMissing)
}
