package seal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"skein/frame/civic"
	"skein/frame/store"
)

// A key is succeeded in public. While it is there, it signs the next one, in a leaf of the log
// ("skein key 1"), and the log goes on. When it is lost, or the database is older than what was
// seen of the log, the log has ended: another origin begins, whose first leaf ("skein continues 1")
// holds the last checkpoint that is known of the old one.

const (
	keyEntry       = "skein key 1\n"
	continuesEntry = "skein continues 1\n"
)

// KeyChange is a leaf in which one key gives a log over to the next.
type KeyChange struct {
	Origin, Old, New string
	At               time.Time
}

func (k KeyChange) text() string {
	return keyEntry + k.Origin + "\n" + k.Old + "\n" + k.New + "\n" + k.At.UTC().Format(time.RFC3339) + "\n"
}

// ParseKeyChange reads such a leaf; ok is false for what is none, or what both keys have not signed.
func ParseKeyChange(entry []byte) (k KeyChange, ok bool) {
	if !strings.HasPrefix(string(entry), keyEntry) {
		return k, false
	}
	lines := strings.SplitN(string(entry), "\n", 6)
	if len(lines) != 6 {
		return k, false
	}
	k.Origin, k.Old, k.New = lines[1], lines[2], lines[3]
	var err error
	if k.At, err = time.Parse(time.RFC3339, lines[4]); err != nil {
		return k, false
	}
	before, err := note.NewVerifier(k.Old)
	if err != nil {
		return k, false
	}
	after, err := note.NewVerifier(k.New)
	if err != nil {
		return k, false
	}
	n, err := note.Open(entry, note.VerifierList(before, after))
	return k, err == nil && len(n.Sigs) == 2 && len(n.UnverifiedSigs) == 0 && n.Text == k.text() &&
		before.Name() == k.Origin && after.Name() == k.Origin && before.KeyHash() != after.KeyHash()
}

// Rotate gives the log a new key, which the old one signs. A process that serves takes it up at
// its next round.
func (s *Sealer) Rotate(ctx context.Context) (KeyChange, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := KeyPath(s.Folder, s.Realm)
	var change KeyChange
	var signed Log
	err := s.DB.Update(ctx, func(tx *store.Tx) error {
		l, a, err := s.lock(ctx, tx)
		if err != nil {
			return err
		}
		if err := os.Remove(path + nextKey); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err // what a rotation left that was cut off before its commit
		}
		next, err := CreateKey(path+nextKey, l.Origin)
		if err != nil {
			return err
		}
		now := s.Now()
		change = KeyChange{l.Origin, l.Key, next.Verifier, now.Time().Truncate(time.Second)}
		entry, err := note.Sign(&note.Note{Text: change.text()}, s.signer.plain, next.plain)
		if err != nil {
			return err
		}
		a.text(entry)
		l.Key = next.Verifier
		err = s.write(ctx, tx, next, &l, a, now)
		signed = l
		return err
	})
	if err != nil {
		return change, err
	}
	if err := settleKey(path, signed.Key); err != nil {
		return change, err
	}
	s.remember(&signed)
	s.signer = nil
	return change, nil
}

// nextKey ends the name of a key that is to take the place of the one beside it.
const nextKey = ".next"

// settleKey puts the next key in its place once it is the log's: between the two a crash may lie.
func settleKey(path, key string) error {
	next, err := OpenKey(path + nextKey)
	if err != nil || next.Verifier != key {
		return nil // none, or of a rotation that did not take
	}
	return os.Rename(path+nextKey, path)
}

// Continuation is the first leaf of a log that goes on from another.
type Continuation struct {
	Of     string // the origin that ended
	Reason string // "lost" or "restored"
	Held   int64  // how many of its leaves the realm still holds
	At     time.Time
	Last   string // the last checkpoint known of it, "" if none is
}

func (c Continuation) text() string {
	return fmt.Sprintf("%sof %s\nreason %s\nheld %d\ntime %s\n\n%s", continuesEntry, c.Of, c.Reason, c.Held, c.At.UTC().Format(time.RFC3339), c.Last)
}

// ParseContinuation reads such a leaf.
func ParseContinuation(entry []byte) (c Continuation, ok bool) {
	rest, ok := strings.CutPrefix(string(entry), continuesEntry)
	if !ok {
		return c, false
	}
	fields, last, ok := strings.Cut(rest, "\n\n")
	lines := strings.Split(fields, "\n")
	if !ok || len(lines) != 4 {
		return c, false
	}
	c.Last = last
	for i, name := range []string{"of ", "reason ", "held ", "time "} {
		value, found := strings.CutPrefix(lines[i], name)
		if !found {
			return c, false
		}
		var err error
		switch i {
		case 0:
			c.Of = value
		case 1:
			c.Reason = value
		case 2:
			c.Held, err = strconv.ParseInt(value, 10, 64)
		case 3:
			c.At, err = time.Parse(time.RFC3339, value)
		}
		if err != nil {
			return c, false
		}
	}
	return c, c.text() == string(entry)
}

// Lost are the leaves of the old log that the realm does not hold any more: from the first on, before the end.
func (c Continuation) Lost() (from, end int64) {
	_, tree, err := peek(c.Last)
	if err != nil || tree.N <= c.Held {
		return c.Held, c.Held
	}
	return c.Held, tree.N
}

// Lineage splits an origin into that of the first log and the number of this one: …/log/harbour and 2 of …/log/harbour/2.
func Lineage(origin string) (first string, number int64) {
	at := strings.LastIndexByte(origin, '/')
	n, err := strconv.ParseInt(origin[at+1:], 10, 64)
	if err != nil || n < 2 || at < 0 || strconv.FormatInt(n, 10) != origin[at+1:] {
		return origin, 1
	}
	if _, ok := RealmOf(origin[:at]); !ok {
		return origin, 1
	}
	return origin[:at], n
}

// Continue ends the log of a realm and begins another origin with a key of its own, of a number above the log's own and
// above one that was seen. last is the newest checkpoint that anyone could show of the log that ended, or "" for the one in the database.
func Continue(ctx context.Context, c Config, reason, last string, above int64) (Log, error) {
	path := KeyPath(c.Folder, c.Realm)
	var begun Log
	err := c.DB.Update(ctx, func(tx *store.Tx) error {
		l, err := lockCurrent(ctx, tx, c.Realm)
		if err != nil {
			return err
		}
		if last == "" {
			last = l.Checkpoint
		}
		first, _ := Lineage(l.Origin)
		next := max(l.Number, above) + 1
		begun = Log{
			Number: next, Origin: first + "/" + strconv.FormatInt(next, 10),
			Public: l.Public, Private: l.Private, Hour: l.Hour, At: l.At,
		}
		if err := os.Remove(path + nextKey); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		signer, err := CreateKey(path+nextKey, begun.Origin)
		if err != nil {
			return err
		}
		now := max(c.Now(), l.At)
		if _, err := tx.ExecContext(ctx, "UPDATE seal_logs SET ended = $3 WHERE realm = $1 AND log = $2", string(c.Realm), l.Number, int64(now)); err != nil {
			return err
		}
		of, held := l.Origin, l.Size
		if origin, _, err := peek(last); err == nil && origin != l.Origin {
			of, held = origin, 0 // of a later log, of which nothing is held
		}
		entry := Continuation{Of: of, Reason: reason, Held: held, At: now.Time().Truncate(time.Second), Last: last}.text()
		if len(entry) > mostEntry {
			return civic.Refuse(civic.Invalid, "seal.checkpoint_long", "bytes", mostEntry)
		}
		s := &Sealer{Config: c}
		if err := s.begin(ctx, tx, signer, begun, [][]byte{[]byte(entry)}); err != nil {
			return err
		}
		begun.Key = signer.Verifier
		return nil
	})
	if err != nil {
		return begun, err
	}
	return begun, settleKey(path, begun.Key)
}

// Older reports whether what the database holds of a log is older than a checkpoint of it. Where it is as new
// or newer, it must fit: seal.forked.
func Older(ctx context.Context, db *store.DB, realm civic.Realm, l *Log, known string) (bool, error) {
	_, tree, err := peek(known)
	if err != nil || tree.N > l.Size {
		return err == nil, err
	}
	return false, Fits(ctx, db.R, realm, l, tree)
}
