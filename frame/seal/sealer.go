package seal

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Messages are the package's texts.
//
//go:embed messages.en.json messages.zh-Hans.json
var Messages embed.FS

// Migrations are the log's own tables.
func Migrations() store.Migrations {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err)
	}
	return store.Migrations{Room: "seal", Files: files}
}

// Config is what a sealer needs; DB, Realm, Folder, Host and Now must be set.
type Config struct {
	DB     *store.DB
	Realm  civic.Realm
	Folder string               // of keys
	Host   string               // what the origin of a first log begins with, such as city.example
	Now    func() civic.Instant // the realm's clock
	Log    *slog.Logger         // none
	Every  time.Duration        // how often to look for news: 800 ms
	Chunk  int                  // leaves a transaction: 20,000
	Recent *journal.Recent      // what this process wrote last; nil reads all from the journal
	// Reaches is told how large the log will be, before it is signed: whatever must have been done for the acts that are committed
	// until now is done when it returns. If it fails, nothing is signed. It writes nothing to DB.
	Reaches func(ctx context.Context, origin string, size int64) error
	// Hourly, if set, gives a text for the log when an hour has ended, in the transaction that appends it; nil for none.
	Hourly func(ctx context.Context, tx *store.Tx, hour civic.Instant) ([]byte, error)
}

// Sealer appends the acts of a realm to its log and signs what it appended.
type Sealer struct {
	Config

	mu     sync.Mutex // one round at a time in this process
	signer *Signer
	looked int64  // the log whose key was held against what it signed last
	last   string // the checkpoint that was signed last here
}

// KeyPath is where the key of a realm's log lies.
func KeyPath(folder string, realm civic.Realm) string {
	return filepath.Join(folder, "log-"+string(realm)+".key")
}

// Open opens a realm's log; where there is none, it makes one with a key of its own.
// Refusals are those of OpenKey, and seal.key_other where the key is not the log's.
func Open(ctx context.Context, c Config) (*Sealer, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Every == 0 {
		c.Every = 800 * time.Millisecond
	}
	if c.Chunk == 0 {
		c.Chunk = 20_000
	}
	s := &Sealer{Config: c}
	_, ok, err := Current(ctx, c.DB.R, c.Realm)
	if err != nil {
		return nil, err
	}
	if !ok {
		if err := s.found(ctx); err != nil {
			return nil, err
		}
	}
	now, _, err := Current(ctx, c.DB.R, c.Realm)
	if err != nil {
		return nil, err
	}
	return s, s.take(ctx, &now)
}

// found begins the first log of a realm, with an empty tree.
func (s *Sealer) found(ctx context.Context) error {
	origin := s.Host + "/log/" + string(s.Realm)
	signer, err := OpenKey(KeyPath(s.Folder, s.Realm))
	if r, ok := civic.AsRefusals(err); ok && r[0].Key == "seal.key_missing" {
		signer, err = CreateKey(KeyPath(s.Folder, s.Realm), origin)
	}
	if err != nil {
		return err
	}
	err = s.DB.Update(ctx, func(tx *store.Tx) error {
		return s.begin(ctx, tx, signer, Log{Number: 1, Origin: signer.Name(), Hour: hourOf(s.Now())}, nil)
	})
	if store.IsDuplicate(err) {
		return nil // another process was first
	}
	return err
}

// begin writes a new log with its first entries.
func (s *Sealer) begin(ctx context.Context, tx *store.Tx, signer *Signer, l Log, entries [][]byte) error {
	l.Key = signer.Verifier
	_, err := tx.ExecContext(ctx, `INSERT INTO seal_logs (realm, log, origin, key, size, public, private, hour, at, checkpoint, witnessed)
		VALUES ($1, $2, $3, $4, 0, $5, $6, $7, 0, '', '')`, string(s.Realm), l.Number, l.Origin, l.Key, int64(l.Public), int64(l.Private), int64(l.Hour))
	if err != nil {
		return err
	}
	a := &addition{edge: &edge{realm: s.Realm, log: l.Number}}
	for _, e := range entries {
		a.text(e)
	}
	return s.write(ctx, tx, signer, &l, a, s.Now())
}

// take holds the key in the folder against a log.
func (s *Sealer) take(ctx context.Context, l *Log) error {
	if s.signer != nil && s.signer.Verifier == l.Key && s.looked == l.Number {
		return nil
	}
	path := KeyPath(s.Folder, s.Realm)
	if err := settleKey(path, l.Key); err != nil {
		return err
	}
	signer, err := OpenKey(path)
	if err != nil {
		return err
	}
	if signer.Verifier != l.Key {
		return civic.Refuse(civic.Unavailable, "seal.key_other", "path", path, "key", l.Key)
	}
	if err := s.guard(ctx, l); err != nil {
		return err
	}
	s.signer, s.looked = signer, l.Number
	return nil
}

// Run seals until the context ends.
func (s *Sealer) Run(ctx context.Context) {
	pause := s.Every
	for {
		if err := s.CatchUp(ctx); err == nil {
			pause = s.Every
		} else if ctx.Err() == nil {
			s.Log.Error("the log waits", "realm", s.Realm, "err", err)
			pause = min(2*pause, time.Minute)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// CatchUp seals all that can be sealed now.
func (s *Sealer) CatchUp(ctx context.Context) error {
	for {
		more, err := s.Round(ctx)
		if err != nil || !more {
			return err
		}
	}
}

// Round appends one chunk of what is new and signs it; more says that there may be more.
func (s *Sealer) Round(ctx context.Context) (more bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.Now()
	l, ok, err := Current(ctx, s.DB.R, s.Realm)
	if err != nil {
		return false, err
	}
	var end journal.Head
	if err := s.DB.R.QueryRowContext(ctx, "SELECT position, recorded FROM heads WHERE realm = $1", string(s.Realm)).Scan(&end.Position, &end.Recorded); err != nil {
		return false, err
	}
	if !ok {
		return false, fmt.Errorf("seal: realm %s has no log", s.Realm)
	}
	if l.Public >= end.Position && hourOf(now) == l.Hour {
		return false, nil
	}
	var signed Log
	err = s.DB.Update(ctx, func(tx *store.Tx) error {
		l, a, err := s.lock(ctx, tx)
		if err != nil {
			return err
		}
		if more, err = s.publicActs(ctx, tx, &l, a, end.Position); err != nil {
			return err
		}
		// The hour's private acts go behind all public ones that are recorded in it: while
		// there are more of these, it is not their turn. A clock that was set back begins its hours anew.
		if hour := hourOf(now); !more && hour != l.Hour {
			if err := s.privateActs(ctx, tx, &l, a, hour); err != nil {
				return err
			}
			if s.Hourly != nil {
				text, err := s.Hourly(ctx, tx, hour)
				if err != nil {
					return err
				}
				if text != nil {
					a.text(text)
				}
			}
			l.Hour = hour
		}
		if len(a.leaves) == 0 {
			signed = l
			return l.save(ctx, tx, s.Realm)
		}
		err = s.write(ctx, tx, s.signer, &l, a, now)
		signed = l
		return err
	})
	if err != nil {
		return false, err
	}
	s.remember(&signed)
	return more, nil
}

// lock takes the log for this transaction: with its key, held against what was signed before, and its right edge to add to.
func (s *Sealer) lock(ctx context.Context, tx *store.Tx) (Log, *addition, error) {
	l, err := lockCurrent(ctx, tx, s.Realm)
	if err == nil {
		err = s.take(ctx, &l)
	}
	if err == nil {
		err = s.goesOn(ctx, tx, &l)
	}
	if err != nil {
		return l, nil, err
	}
	edge, err := readEdge(ctx, tx, s.Realm, l.Number, l.Size)
	return l, &addition{edge: edge}, err
}

// goesOn holds that the database still has what this process signed last: it may be put back under its hands.
func (s *Sealer) goesOn(ctx context.Context, tx *store.Tx, l *Log) error {
	if s.last == "" || s.last == l.Checkpoint {
		return nil
	}
	origin, tree, err := peek(s.last)
	if err != nil || origin != l.Origin {
		return err
	}
	return Fits(ctx, tx, s.Realm, l, tree)
}

// write stores what was added and signs the tree, at a time that does not go back.
func (s *Sealer) write(ctx context.Context, tx *store.Tx, signer *Signer, l *Log, a *addition, now civic.Instant) error {
	root, err := a.edge.root()
	if err != nil {
		return err
	}
	l.Size, l.At = a.edge.size, max(now, l.At, a.latest)
	if s.Reaches != nil {
		if err := s.Reaches(ctx, l.Origin, l.Size); err != nil {
			return err
		}
	}
	if l.Checkpoint, err = signer.signAt(head(l.Origin, tlog.Tree{N: l.Size, Hash: root}), l.At); err != nil {
		return err
	}
	if err := tx.Write(ctx, leafTable, a.leaves); err != nil {
		return err
	}
	if err := tx.Write(ctx, tileTable, a.edge.rows()); err != nil {
		return err
	}
	return l.save(ctx, tx, s.Realm)
}

func hourOf(i civic.Instant) civic.Instant { return civic.At(i.Time().Truncate(time.Hour)) }
