package seal

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	mathrand "math/rand/v2"
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
}

// Sealer appends the acts of a realm to its log and signs what it appended.
type Sealer struct {
	Config

	mu     sync.Mutex // one round at a time in this process
	signer *Signer
	looked int64  // the log whose key was held against what it signed last
	last   string // the checkpoint that was signed last here
}

// Log is one log of a realm as it stands.
type Log struct {
	Number     int64
	Origin     string
	Key        string
	Size       int64
	Public     civic.Position
	Private    civic.Position
	Hour       civic.Instant
	At         civic.Instant
	Checkpoint string
	Witnessed  string
	Ended      civic.Instant
}

// Cosigned is how many leaves the newest checkpoint has that enough witnesses cosigned.
func (l *Log) Cosigned() int64 {
	_, tree, err := peek(l.Witnessed)
	if err != nil {
		return 0 // none yet
	}
	return tree.N
}

const logColumns = "log, origin, key, size, public, private, hour, at, checkpoint, witnessed, coalesce(ended, 0)"

func (l *Log) fields() []any {
	return []any{&l.Number, &l.Origin, &l.Key, &l.Size, &l.Public, &l.Private, &l.Hour, &l.At, &l.Checkpoint, &l.Witnessed, &l.Ended}
}

// Logs are the logs of a realm, oldest first.
func Logs(ctx context.Context, q journal.Querier, realm civic.Realm) ([]Log, error) {
	rows, err := q.QueryContext(ctx, "SELECT "+logColumns+" FROM seal_logs WHERE realm = $1 ORDER BY log", string(realm))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Log
	for rows.Next() {
		var l Log
		if err := rows.Scan(l.fields()...); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, rows.Err()
}

// Current is the log that acts go to now; ok is false before the first.
func Current(ctx context.Context, q journal.Querier, realm civic.Realm) (l Log, ok bool, err error) {
	err = q.QueryRowContext(ctx, "SELECT "+logColumns+" FROM seal_logs WHERE realm = $1 ORDER BY log DESC LIMIT 1", string(realm)).Scan(l.fields()...)
	if errors.Is(err, sql.ErrNoRows) {
		return l, false, nil
	}
	return l, err == nil, err
}

// lockCurrent is Current under the lock of its row.
func lockCurrent(ctx context.Context, tx *store.Tx, realm civic.Realm) (l Log, err error) {
	query := tx.DB().ForUpdate("SELECT " + logColumns + " FROM seal_logs WHERE realm = $1 AND ended IS NULL")
	err = tx.QueryRowContext(ctx, query, string(realm)).Scan(l.fields()...)
	return l, err
}

func (l *Log) save(ctx context.Context, tx *store.Tx, realm civic.Realm) error {
	_, err := tx.ExecContext(ctx, `UPDATE seal_logs SET key = $3, size = $4, public = $5, private = $6, hour = $7, at = $8, checkpoint = $9
		WHERE realm = $1 AND log = $2`, string(realm), l.Number, l.Key, l.Size, int64(l.Public), int64(l.Private), int64(l.Hour), int64(l.At), l.Checkpoint)
	return err
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
		l, err := lockCurrent(ctx, tx, s.Realm)
		if err != nil {
			return err
		}
		if err := s.take(ctx, &l); err != nil {
			return err
		}
		if err := s.goesOn(ctx, tx, &l); err != nil {
			return err
		}
		edge, err := readEdge(ctx, tx, s.Realm, l.Number, l.Size)
		if err != nil {
			return err
		}
		a := &addition{edge: edge}
		if more, err = s.publicActs(ctx, tx, &l, a); err != nil {
			return err
		}
		// The hour's private acts go behind all public ones that are recorded in it: while
		// there are more of these, it is not their turn. A clock that was set back begins its hours anew.
		if hour := hourOf(now); !more && hour != l.Hour {
			if err := s.privateActs(ctx, tx, &l, a, hour); err != nil {
				return err
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

// addition is what a round adds.
type addition struct {
	edge   *edge
	leaves []store.Row
	next   civic.Position // of the act that would follow the last leaf; 0 for none
	latest civic.Instant  // recorded time of an act in it
}

func (a *addition) act(position civic.Position, commitment []byte, recorded civic.Instant) {
	if n := len(a.leaves); n > 0 && a.next == position {
		a.leaves[n-1][3] = a.leaves[n-1][3].(int64) + 1
	} else {
		a.leaves = append(a.leaves, store.Row{string(a.edge.realm), a.edge.log, a.edge.size, int64(1), int64(position), []byte(nil)})
	}
	a.next = position + 1
	a.edge.add(ActEntry(commitment))
	a.latest = max(a.latest, recorded)
}

func (a *addition) text(kept []byte) {
	a.leaves = append(a.leaves, store.Row{string(a.edge.realm), a.edge.log, a.edge.size, int64(1), nil, kept})
	a.next = 0
	a.edge.add(leafOf(kept))
}

// publicActs adds a chunk of the acts that follow, leaving the private ones.
func (s *Sealer) publicActs(ctx context.Context, tx *store.Tx, l *Log, a *addition) (more bool, err error) {
	rows, err := tx.QueryContext(ctx, "SELECT position, recorded, flags, commitment FROM acts WHERE realm = $1 AND position > $2 ORDER BY position LIMIT $3",
		string(s.Realm), int64(l.Public), s.Chunk)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	read := 0
	for rows.Next() {
		var act journal.Act
		var flags string
		if err := rows.Scan(&act.Position, &act.Recorded, &flags, &act.Commitment); err != nil {
			return false, err
		}
		if err := act.SetFlags(flags); err != nil {
			return false, err
		}
		if !act.Private {
			a.act(act.Position, act.Commitment, act.Recorded)
		}
		l.Public = act.Position
		read++
	}
	return read == s.Chunk, rows.Err()
}

// privateActs adds the private acts recorded before an hour, among decoys, in an order by chance.
func (s *Sealer) privateActs(ctx context.Context, tx *store.Tx, l *Log, a *addition, hour civic.Instant) error {
	var end civic.Position // the last act recorded before the hour: recorded never decreases along positions
	err := tx.QueryRowContext(ctx, `SELECT position FROM acts WHERE realm = $1 AND position > $2 AND position <= $3 AND recorded < $4
		ORDER BY position DESC LIMIT 1`, string(s.Realm), int64(l.Private), int64(l.Public), int64(hour)).Scan(&end)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	rows, err := tx.QueryContext(ctx, "SELECT position, recorded, commitment FROM acts WHERE realm = $1 AND position > $2 AND position <= $3 AND flags LIKE '%p%' ORDER BY position",
		string(s.Realm), int64(l.Private), int64(end))
	if err != nil {
		return err
	}
	defer rows.Close()
	type leaf struct {
		act  journal.Act
		salt []byte
	}
	var batch []leaf
	for rows.Next() {
		var act journal.Act
		if err := rows.Scan(&act.Position, &act.Recorded, &act.Commitment); err != nil {
			return err
		}
		batch = append(batch, leaf{act: act})
	}
	if err := rows.Err(); err != nil {
		return err
	}
	l.Private = max(l.Private, end)
	for range bucket(len(batch)) - len(batch) {
		salt := make([]byte, 32)
		rand.Read(salt) // never fails
		batch = append(batch, leaf{salt: salt})
	}
	var seed [32]byte
	rand.Read(seed[:])
	mathrand.New(mathrand.NewChaCha8(seed)).Shuffle(len(batch), func(i, j int) { batch[i], batch[j] = batch[j], batch[i] })
	for _, b := range batch {
		if b.salt != nil {
			a.text(decoy(b.salt))
		} else {
			a.act(b.act.Position, b.act.Commitment, b.act.Recorded)
		}
	}
	return nil
}

// write stores what was added and signs the tree, at a time that does not go back.
func (s *Sealer) write(ctx context.Context, tx *store.Tx, signer *Signer, l *Log, a *addition, now civic.Instant) error {
	root, err := a.edge.root()
	if err != nil {
		return err
	}
	l.Size, l.At = a.edge.size, max(now, l.At, a.latest)
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
