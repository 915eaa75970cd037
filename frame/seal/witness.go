package seal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"

	tnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/tlog"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/store"
)

// Witness cosigns the checkpoints of other logs (tlog-witness): that each continues the one before. It keeps the
// newest checkpoint it cosigned of each log, and what a log signed that does not fit to it.
type Witness struct {
	Config
	// Key is the key that anyone verifies its cosignatures with, as a vkey of tlog-cosignature.
	Key string

	signer *Signer
	logs   map[string][]lineKey // by origin

	mu sync.Mutex // one request at a time in this process
}

// witnessPath is where the key of a realm's witness lies.
func witnessPath(folder string, realm civic.Realm) string {
	return filepath.Join(folder, "witness-"+string(realm)+".key")
}

// seenPath is where the newest checkpoint that it cosigned of a log lies, beside its key: a database that was put
// back from a backup does not make it forget.
func (w *Witness) seenPath(origin string) string {
	sum := sha256.Sum256([]byte(origin))
	return filepath.Join(w.Folder, "witness-"+string(w.Realm)+"-"+hex.EncodeToString(sum[:8])+".checkpoint")
}

// OpenWitness opens the witness of a realm for logs; where it has no key, it makes one. c.Now is the machine's clock:
// what a cosignature says of others is not in the time of a demonstration.
// Refusals are those of OpenKey, and seal.witness_forked.
func OpenWitness(ctx context.Context, c Config, logs []Watch) (*Witness, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	w := &Witness{Config: c, logs: map[string][]lineKey{}}
	for _, l := range logs {
		keys, err := keysOfLog(l.Key)
		if err != nil {
			return nil, err
		}
		w.logs[l.origin()] = append(w.logs[l.origin()], keys...)
	}
	path := witnessPath(c.Folder, c.Realm)
	var err error
	made := false
	w.signer, err = OpenKey(path)
	if r, ok := civic.AsRefusals(err); ok && r[0].Key == "seal.key_missing" {
		made = true
		w.signer, err = CreateKey(path, c.Host+"/witness/"+string(c.Realm))
	}
	if err != nil {
		return nil, err
	}
	if w.Key, err = tnote.VKeyToCosignatureV1(w.signer.Verifier); err != nil {
		return nil, err
	}
	if made {
		c.Log.Warn("the witness has a new key: whoever asks it must know it", "realm", c.Realm, "key", w.Key)
	}
	for origin := range w.logs {
		if err := w.recall(ctx, origin); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// Origins are the logs that it watches.
func (w *Witness) Origins() []string { return slices.Sorted(maps.Keys(w.logs)) }

// Seen is the newest checkpoint of a log that a witness cosigned.
type Seen struct {
	Origin string
	Tree   tlog.Tree
	Text   string        // with the lines of the log's keys and the cosignature; "" if it never cosigned one
	At     civic.Instant // of the cosignature
	Said   int64         // the latest time that the log's own signatures said, in seconds
}

const seenColumns = "origin, size, root, checkpoint, at, said"

func (s *Seen) scan(scan func(...any) error) error {
	var root []byte
	if err := scan(&s.Origin, &s.Tree.N, &root, &s.Text, &s.At, &s.Said); err != nil {
		return err
	}
	if len(root) != tlog.HashSize {
		return fmt.Errorf("seal: what was seen of %s has no root", s.Origin)
	}
	s.Tree.Hash = tlog.Hash(root)
	return nil
}

// lockSeen reads what was seen of a log under the lock of its row, which it makes.
func (w *Witness) lockSeen(ctx context.Context, tx *store.Tx, origin string) (s Seen, err error) {
	empty, err := tlog.TreeHash(0, nil)
	if err != nil {
		return s, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO seal_watched (realm, origin, size, root, checkpoint, at, said) VALUES ($1, $2, 0, $3, '', 0, 0)
		ON CONFLICT (realm, origin) DO NOTHING`, string(w.Realm), origin, empty[:])
	if err != nil {
		return s, err
	}
	query := tx.DB().ForUpdate("SELECT " + seenColumns + " FROM seal_watched WHERE realm = $1 AND origin = $2")
	return s, s.scan(tx.QueryRowContext(ctx, query, string(w.Realm), origin).Scan)
}

func (w *Witness) saveSeen(ctx context.Context, tx *store.Tx, s *Seen) error {
	_, err := tx.ExecContext(ctx, "UPDATE seal_watched SET size = $3, root = $4, checkpoint = $5, at = $6, said = $7 WHERE realm = $1 AND origin = $2",
		string(w.Realm), s.Origin, s.Tree.N, s.Tree.Hash[:], s.Text, int64(s.At), s.Said)
	return err
}

// SeenLogs are the newest checkpoints that a realm cosigned, by origin.
func SeenLogs(ctx context.Context, q journal.Querier, realm civic.Realm) (out []Seen, err error) {
	rows, err := q.QueryContext(ctx, "SELECT "+seenColumns+" FROM seal_watched WHERE realm = $1 AND checkpoint <> '' ORDER BY origin", string(realm))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s Seen
		if err := s.scan(rows.Scan); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// recall takes up what lies beside the key where the database is older.
func (w *Witness) recall(ctx context.Context, origin string) error {
	path := w.seenPath(origin)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return civic.Refuse(civic.Unavailable, "seal.key_unreadable", "path", path, "cause", err.Error())
	}
	o, ok := peekOffer(string(text))
	if !ok || o.origin != origin {
		return civic.Refuse(civic.Unavailable, "seal.key_unreadable", "path", path, "cause", "not a checkpoint of "+origin)
	}
	o.hold(string(text), w.logs[origin])
	return w.DB.Update(ctx, func(tx *store.Tx) error {
		s, err := w.lockSeen(ctx, tx, origin)
		if err != nil {
			return err
		}
		if s.Tree.N == o.tree.N && s.Tree.Hash != o.tree.Hash {
			return civic.Refuse(civic.Conflict, "seal.witness_forked", "path", path, "origin", origin, "size", o.tree.N)
		}
		if s.Tree.N >= o.tree.N {
			return nil
		}
		w.Log.Warn("the database is older than what the witness cosigned, which is taken from beside its key", "origin", origin, "size", o.tree.N, "database", s.Tree.N)
		s.Tree, s.Text, s.At, s.Said = o.tree, string(text), w.Now(), max(s.Said, o.last)
		return w.saveSeen(ctx, tx, &s)
	})
}
