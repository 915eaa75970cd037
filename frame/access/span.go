package access

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/store"
)

// Kept is how many days rows are kept where the realm says nothing. China's Personal Information Protection Law,
// article 56, wants records of handling kept for three years at least; the longest of the usual limits for claims of the
// kind (GDPR, article 82; three years in most of the laws that give it effect) is met by it too.
const Kept = 3*365 + 1

const leafPrefix = "skein readings 1\n"

// span is the rows of some hours under one digest.
type span struct {
	since, until civic.Instant // since 0 is from the beginning, and said as year 1
	salt, digest []byte
}

// leaf is what the log holds of a span: from when until when, and a digest that tells nothing without the salt.
func (s span) leaf() []byte {
	stamp := func(i civic.Instant) string { return i.Time().UTC().Format(time.RFC3339) }
	return fmt.Appendf(nil, "%ssince %s\nuntil %s\ndigest %s\n", leafPrefix, stamp(s.since), stamp(s.until), base64.StdEncoding.EncodeToString(s.digest))
}

// sum is the digest of a span: salt, a head, and the digest of each of its rows, one a line, in their order.
func (s span) sum(realm civic.Realm, rows []Reading) []byte {
	h := sha256.New()
	h.Write(s.salt)
	fmt.Fprintf(h, "%srealm %s\nsince %d\nuntil %d\nrows %d\n", leafPrefix, realm, int64(s.since), int64(s.until), len(rows))
	for _, r := range rows {
		h.Write([]byte(r.Digest + "\n"))
	}
	return h.Sum(nil)
}

// within is the condition of the rows of a span, in the order of its digest.
const within = "hour >= $2 AND hour < $3 ORDER BY hour, digest"

// Seal closes the hours before one, in the transaction of the sealer, and returns the leaf that the log shall
// hold of them; nil where they are sealed already, as after a clock was set back. Rows older than kept, in
// days (0: Kept), are emptied.
func Seal(ctx context.Context, tx *store.Tx, realm civic.Realm, hour civic.Instant, kept int) ([]byte, error) {
	since, err := lockHead(ctx, tx, realm)
	if err != nil {
		return nil, fmt.Errorf("access: seal: %w", err)
	}
	if hour <= since {
		return nil, nil
	}
	rows, err := readings(ctx, tx, realm, within, int64(since), int64(hour))
	if err != nil {
		return nil, err
	}
	s := span{since: since, until: hour, salt: make([]byte, 32)}
	rand.Read(s.salt) // never fails
	s.digest = s.sum(realm, rows)
	if err := tx.Write(ctx, spanTable, []store.Row{{string(realm), int64(s.until), int64(s.since), s.salt, s.digest}}); err != nil {
		return nil, fmt.Errorf("access: seal: %w", err)
	}
	named := make([]store.Row, 0, len(rows))
	for _, r := range rows {
		if !r.emptied() {
			named = append(named, store.Row{string(realm), r.Box, int64(r.Hour), r.n})
		}
	}
	slices.SortFunc(named, func(x, y store.Row) int { return strings.Compare(x[1].(string), y[1].(string)) }) // in the order of the tree
	if err := tx.Write(ctx, boxTable, named); err != nil {
		return nil, fmt.Errorf("access: seal: %w", err)
	}
	if _, err := tx.ExecContext(ctx, "UPDATE access_heads SET until = $2 WHERE realm = $1", string(realm), int64(hour)); err != nil {
		return nil, fmt.Errorf("access: seal: %w", err)
	}
	if kept == 0 {
		kept = Kept
	}
	return s.leaf(), expire(ctx, tx, realm, hour.Add(-time.Duration(kept)*24*time.Hour))
}

// Counts is what a check of the record went through.
type Counts struct{ Spans, Readings, Emptied, Unsealed int64 }

// Check holds that every row says what its digest is of, that each sealed span has the rows that it was sealed with,
// that spans follow each other without a gap, and that the log has the leaf of each and no other. leaves are the texts of the realm's logs that are no acts.
func Check(ctx context.Context, q journal.Querier, realm civic.Realm, leaves [][]byte, find func(where, format string, args ...any)) (Counts, error) {
	var n Counts
	sealed := map[string]bool{}
	for _, l := range leaves {
		if bytes.HasPrefix(l, []byte(leafPrefix)) {
			sealed[string(l)] = true
		}
	}
	spans, err := spansOf(ctx, q, realm)
	if err != nil {
		return n, err
	}
	var end civic.Instant
	hold := func(r Reading) {
		n.Readings++
		switch {
		case r.emptied():
			n.Emptied++
		case r.sum(realm) != r.Digest || hourOf(r.Minute) != r.Hour:
			find("reading "+r.Digest, "says something else than was recorded")
		}
	}
	for _, s := range spans {
		n.Spans++
		where := "readings until " + s.until.Time().UTC().Format(time.RFC3339)
		if s.since != end {
			find(where, "begin at another moment than those before end")
		}
		end = s.until
		rows, err := readings(ctx, q, realm, within, int64(s.since), int64(s.until))
		if err != nil {
			return n, err
		}
		for _, r := range rows {
			hold(r)
		}
		if !bytes.Equal(s.sum(realm, rows), s.digest) {
			find(where, "are not those that were sealed: %d are there", len(rows))
		}
		if leaf := string(s.leaf()); !sealed[leaf] {
			find(where, "are sealed by nothing in the log")
		} else {
			delete(sealed, leaf)
		}
	}
	for leaf := range sealed {
		_, rest, _ := strings.Cut(leaf, "\nuntil ")
		until, _, _ := strings.Cut(rest, "\n")
		find("readings until "+until, "are in the log and not in the record")
	}
	rest, err := readings(ctx, q, realm, "hour >= $2", int64(end))
	if err != nil {
		return n, err
	}
	for _, r := range rest {
		hold(r)
		n.Unsealed++
	}
	lost, err := readings(ctx, q, realm, `box IS NOT NULL AND hour < $2 AND NOT EXISTS (SELECT 1 FROM access_boxes b
		WHERE b.realm = access_readings.realm AND b.box = access_readings.box AND b.hour = access_readings.hour AND b.n = access_readings.n)`, int64(end))
	if err != nil {
		return n, err
	}
	for _, r := range lost {
		find("reading "+r.Digest, "is not found by whom it is of")
	}
	var until civic.Instant
	err = q.QueryRowContext(ctx, "SELECT coalesce(max(until), 0) FROM access_heads WHERE realm = $1", string(realm)).Scan(&until)
	if err == nil && until != end {
		find("readings", "are said to be sealed until %s", until.Time().UTC().Format(time.RFC3339))
	}
	return n, err
}

func spansOf(ctx context.Context, q journal.Querier, realm civic.Realm) ([]span, error) {
	rows, err := q.QueryContext(ctx, "SELECT since, until, salt, digest FROM access_spans WHERE realm = $1 ORDER BY until", string(realm))
	if err != nil {
		return nil, fmt.Errorf("access: %w", err)
	}
	defer rows.Close()
	var out []span
	for rows.Next() {
		var s span
		if err := rows.Scan(&s.since, &s.until, &s.salt, &s.digest); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}
