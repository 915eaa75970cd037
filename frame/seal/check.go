package seal

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/store"
)

// Counts is what a check of the logs went through.
type Counts struct {
	Logs, Leaves, Waiting int64
}

// Check holds, on one snapshot, that every act of a realm is in its log once or waits for its turn, that
// leaves, tiles and the signed checkpoint agree, that no checkpoint says a time before what is in it, and that
// each log goes on from the one before. find is told what does not hold, and where.
func Check(ctx context.Context, db *store.DB, realm civic.Realm, find func(where, format string, args ...any)) (Counts, error) {
	var n Counts
	tx, err := db.R.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: db.Snapshot()})
	if err != nil {
		return n, err
	}
	defer tx.Rollback()
	logs, err := Logs(ctx, tx, realm)
	if err != nil || len(logs) == 0 {
		return n, err
	}
	for i := range logs {
		l := &logs[i]
		where := "log " + l.Origin
		if i == 0 && l.Number != 1 || (l.Ended != 0) != (i < len(logs)-1) {
			find(where, "is number %d, and not the one that goes on", l.Number)
		}
		c := check{realm: realm, log: l, find: find, where: where}
		if err := c.run(ctx, tx); err != nil {
			return n, err
		}
		if i > 0 {
			k, ok := ParseContinuation(c.first)
			// A number is left out where somebody had seen a log of that number which the realm does not have any more.
			if before := &logs[i-1]; !ok || l.Number == before.Number+1 && (k.Of != before.Origin || k.Held != before.Size) {
				find(where, "does not begin with what it goes on from, %s", before.Origin)
			}
		}
		n.Logs, n.Leaves = n.Logs+1, n.Leaves+l.Size
	}
	n.Waiting, err = waiting(ctx, tx, realm, logs, find)
	return n, err
}

type check struct {
	realm civic.Realm
	log   *Log
	find  func(where, format string, args ...any)
	where string
	first []byte // its first leaf
	keys  []string
}

func (c *check) run(ctx context.Context, q journal.Querier) error {
	tree := &edge{realm: c.realm, log: c.log.Number}
	var latest civic.Instant
	var next int64
	each := func(l leaf) error {
		where := fmt.Sprintf("%s leaf %d", c.where, l.number)
		if l.number != next {
			c.find(where, "follows leaf %d: what lies between is of acts that are not in the journal", next-1)
		}
		next = l.number + 1
		if l.number == 0 {
			c.first = l.entry
		}
		if l.position == 0 && bytes.HasPrefix(l.kept, []byte(actPrefix)) {
			c.find(where, "looks like an act and belongs to none")
		}
		if k, ok := ParseKeyChange(l.entry); ok && k.Origin == c.log.Origin {
			if len(c.keys) > 0 && c.keys[len(c.keys)-1] != k.Old {
				c.find(where, "gives over a key that was not the log's")
			}
			c.keys = append(c.keys, k.Old, k.New)
		}
		latest = max(latest, l.recorded)
		tree.add(l.entry)
		return nil
	}
	const chunk = 1 << 16 // leaves; what is read is sorted in memory
	for from := int64(0); from <= c.log.Size; from += chunk {
		if err := leaves(ctx, q, c.realm, c.log.Number, from, min(from+chunk, c.log.Size+1), each); err != nil {
			return err
		}
	}
	if tree.size != c.log.Size {
		c.find(c.where, "has %d leaves, and its row says %d", tree.size, c.log.Size)
		return nil
	}
	if len(c.keys) > 0 && c.keys[len(c.keys)-1] != c.log.Key {
		c.find(c.where, "is signed by another key than the last that it was given over to")
	}
	if err := c.tiles(ctx, q, tree); err != nil {
		return err
	}
	if c.log.Size == 0 && c.log.Checkpoint == "" {
		return nil
	}
	root, err := tree.root()
	if err != nil {
		return err
	}
	signed, err := ParseCheckpoint(c.log.Checkpoint, Keys{Log: []string{c.log.Key}})
	switch {
	case err != nil:
		c.find(c.where, "has a checkpoint that does not hold: %v", err)
	case signed.Origin != c.log.Origin || signed.Tree != (tlog.Tree{N: tree.size, Hash: root}):
		c.find(c.where, "has a checkpoint of another tree: %d leaves, %v", signed.Tree.N, signed.Tree.Hash)
	case signed.At.Unix() < latest.Time().Unix() || signed.At.Unix() != c.log.At.Time().Unix():
		c.find(c.where, "has a checkpoint that says %v, and an act in it was recorded at %v", signed.At, latest.Time())
	}
	return nil
}

// tiles compares the stored hashes with those that the leaves lead to.
func (c *check) tiles(ctx context.Context, q journal.Querier, tree *edge) error {
	want := map[string][]byte{}
	for _, r := range tree.rows() {
		want[fmt.Sprint(r[2], "/", r[3])] = r[4].([]byte)
	}
	rows, err := q.QueryContext(ctx, "SELECT level, tile, hashes FROM seal_tiles WHERE realm = $1 AND log = $2", string(c.realm), c.log.Number)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var level, tile int64
		var hashes []byte
		if err := rows.Scan(&level, &tile, &hashes); err != nil {
			return err
		}
		name := fmt.Sprint(level, "/", tile)
		if w, ok := want[name]; !ok || !bytes.Equal(w, hashes) {
			c.find(c.where+" tile "+name, "is not what the leaves lead to")
		}
		delete(want, name)
	}
	for name := range want {
		c.find(c.where+" tile "+name, "is missing")
	}
	return rows.Err()
}

// waiting counts the acts in no log and finds those that ought to be: public ones behind the cursor, and
// private ones of hours that were appended.
func waiting(ctx context.Context, q journal.Querier, realm civic.Realm, logs []Log, find func(where, format string, args ...any)) (int64, error) {
	type run struct{ first, end civic.Position }
	var runs []run
	l, sizes := &logs[len(logs)-1], map[int64]int64{}
	for i := range logs {
		sizes[logs[i].Number] = logs[i].Size
	}
	rows, err := q.QueryContext(ctx, "SELECT log, leaf + count, position, position + count FROM seal_leaves WHERE realm = $1 AND position IS NOT NULL ORDER BY position", string(realm))
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var r run
		var log, beyond int64
		if err := rows.Scan(&log, &beyond, &r.first, &r.end); err != nil {
			return 0, err
		}
		if size, ok := sizes[log]; !ok || beyond > size {
			find(fmt.Sprintf("act %d", r.first), "is said to be in a leaf that no log has")
			continue
		}
		if n := len(runs); n > 0 && r.first < runs[n-1].end {
			find(fmt.Sprintf("act %d", r.first), "is in two leaves")
		}
		runs = append(runs, r)
	}
	if err := rows.Err(); err != nil {
		return 0, err
	}
	acts, err := q.QueryContext(ctx, "SELECT position, flags FROM acts WHERE realm = $1 ORDER BY position", string(realm))
	if err != nil {
		return 0, err
	}
	defer acts.Close()
	var n int64
	for acts.Next() {
		var position civic.Position
		var flags string
		if err := acts.Scan(&position, &flags); err != nil {
			return n, err
		}
		for len(runs) > 0 && runs[0].end <= position {
			runs = runs[1:]
		}
		if len(runs) > 0 && runs[0].first <= position {
			continue
		}
		n++
		if end := map[bool]civic.Position{false: l.Public, true: l.Private}[strings.Contains(flags, "p")]; position <= end {
			find(fmt.Sprintf("act %d", position), "is in no log, which is sealed up to act %d", end)
		}
	}
	return n, acts.Err()
}
