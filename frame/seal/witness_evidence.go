package seal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/store"
)

// Evidence are two checkpoints that a log's key signed and that do not fit together.
type Evidence struct {
	Origin string
	Known  string // the one that was cosigned, with its lines
	// Offered is the one that was refused, with the lines of the log's keys.
	Offered string
	Why     string // Forked, Backdated, RolledBack, Unproved
	At      civic.Instant
}

// mostEvidence bounds how much is kept of one log, and apart from it how much that proves nothing by itself.
const mostEvidence = 16

// EvidenceOf is what a realm's witness keeps against logs, oldest first.
func EvidenceOf(ctx context.Context, q journal.Querier, realm civic.Realm) (out []Evidence, err error) {
	rows, err := q.QueryContext(ctx, "SELECT origin, known, offered, why, at FROM seal_evidence WHERE realm = $1 ORDER BY at, digest", string(realm))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var e Evidence
		if err := rows.Scan(&e.Origin, &e.Known, &e.Offered, &e.Why, &e.At); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

// keep keeps a checkpoint that does not fit, once, and tells the operator.
func (w *Witness) keep(ctx context.Context, tx *store.Tx, seen *Seen, o *offer, why string) error {
	sum := sha256.Sum256([]byte(seen.Text + "\n" + o.text))
	digest := hex.EncodeToString(sum[:])
	var there, full int
	err := tx.QueryRowContext(ctx, "SELECT count(*) FROM seal_evidence WHERE realm = $1 AND digest = $2", string(w.Realm), digest).Scan(&there)
	if err != nil || there > 0 {
		return err
	}
	err = tx.QueryRowContext(ctx, "SELECT count(*) FROM seal_evidence WHERE realm = $1 AND origin = $2 AND (why = 'unproved') = $3",
		string(w.Realm), o.origin, why == Unproved).Scan(&full)
	if err != nil {
		return err
	}
	tell := w.Log.Error
	if why == Unproved {
		tell = w.Log.Warn
	}
	tell("a checkpoint does not fit and is not cosigned", "origin", o.origin, "why", why, "size", o.tree.N, "cosigned", seen.Tree.N, "kept", full < mostEvidence)
	if full >= mostEvidence {
		return nil
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO seal_evidence (realm, digest, origin, known, offered, why, at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		string(w.Realm), digest, o.origin, seen.Text, o.text, why, int64(w.Now()))
	return err
}

// settled removes what a checkpoint was kept for that has been proved to fit: the proof had been a wrong one.
func (w *Witness) settled(ctx context.Context, tx *store.Tx, o *offer) error {
	rows, err := tx.QueryContext(ctx, "SELECT digest, offered FROM seal_evidence WHERE realm = $1 AND origin = $2 AND why = 'unproved'", string(w.Realm), o.origin)
	if err != nil {
		return err
	}
	defer rows.Close()
	var gone []string
	for rows.Next() {
		var digest, offered string
		if err := rows.Scan(&digest, &offered); err != nil {
			return err
		}
		if was, ok := peekOffer(offered); ok && was.tree == o.tree {
			gone = append(gone, digest)
		}
	}
	if err := rows.Err(); err != nil || len(gone) == 0 {
		return err
	}
	_, err = tx.ExecContext(ctx, "DELETE FROM seal_evidence WHERE realm = $1 AND "+w.DB.Each("digest", "$2"), string(w.Realm), w.DB.List(gone))
	return err
}
