package seal

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"skein/frame/civic"
	"skein/frame/store"
)

// Behind says that a request began at another size than that of the newest checkpoint cosigned, which is Size.
type Behind struct{ Size int64 }

func (b *Behind) Error() string {
	return fmt.Sprint("seal: the newest checkpoint cosigned has ", b.Size, " leaves")
}

// Cosign answers a request to add-checkpoint with the witness's line. Refusals by their kind: malformed (400),
// forbidden (403), missing (404), conflict (409), invalid (422); *Behind is a conflict too.
func (w *Witness) Cosign(ctx context.Context, body []byte) (string, error) {
	r, ok := parseRequest(body)
	if !ok {
		return "", civic.Refuse(civic.Malformed, "seal.witness_malformed")
	}
	o, ok := peekOffer(r.note)
	if !ok {
		return "", civic.Refuse(civic.Malformed, "seal.witness_malformed")
	}
	keys, known := w.logs[o.origin]
	if !known {
		return "", civic.Refuse(civic.Missing, "seal.witness_unknown")
	}
	if !o.hold(r.note, keys) {
		return "", civic.Refuse(civic.Forbidden, "seal.witness_not_signed", "origin", o.origin)
	}
	if r.old > o.tree.N {
		return "", civic.Refuse(civic.Malformed, "seal.witness_old_larger", "old", r.old, "size", o.tree.N)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var line string
	var refused error
	var seen Seen
	err := w.DB.Update(ctx, func(tx *store.Tx) (err error) {
		if seen, err = w.lockSeen(ctx, tx, o.origin); err != nil {
			return err
		}
		why, refusal := misfit(&seen, &o, &r)
		if why != "" {
			if err := w.keep(ctx, tx, &seen, &o, why); err != nil {
				return err
			}
		}
		if refused = refusal; refused != nil {
			return nil // what was kept of it stays
		}
		at := max(w.Now(), seen.At)
		if line, err = w.signer.Cosign(o.body, at); err != nil {
			return err
		}
		seen.At = at
		if seen.Tree != o.tree || o.last >= seen.Said { // somebody may have left out the line that says when
			seen.Tree, seen.Text, seen.Said = o.tree, o.text+line, max(seen.Said, o.last)
		}
		if err := w.saveSeen(ctx, tx, &seen); err != nil {
			return err
		}
		return w.settled(ctx, tx, &o)
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return "", err
	}
	if err := replaceFile(w.seenPath(o.origin), []byte(seen.Text)); err != nil {
		w.Log.Error("the newest checkpoint cosigned is not kept beside the witness's key", "err", err)
	}
	return line, nil
}

// Why an offered checkpoint does not fit to the one that was cosigned.
const (
	// Forked: two trees of one size. The log's key signed both, which nobody else can have done.
	Forked = "forked"
	// Backdated: a larger tree, signed for a time before the smaller one.
	Backdated = "backdated"
	// RolledBack: a smaller tree, signed for a time after the larger one.
	RolledBack = "rolled_back"
	// Unproved: a larger tree, and a proof that does not lead to it. Whoever sent it may have sent a wrong proof.
	Unproved = "unproved"
)

// misfit holds an offered checkpoint against what was seen of its log: why is what to keep it for, and refusal why
// it is not cosigned. The order of refusals is that of tlog-witness; what two signatures of the log prove by
// themselves is kept whatever size the request began at.
func misfit(seen *Seen, o *offer, r *request) (why string, refusal error) {
	n, m := o.tree.N, seen.Tree.N
	switch {
	case n == m && m > 0 && o.tree.Hash != seen.Tree.Hash:
		why = Forked
	case n > m && o.first > 0 && o.first < seen.Said:
		why = Backdated
	case n < m && seen.Said > 0 && o.first > seen.Said:
		why = RolledBack
	}
	if r.old != m {
		return why, &Behind{m}
	}
	if n == m && o.tree.Hash != seen.Tree.Hash {
		return why, civic.Refuse(civic.Conflict, "seal.witness_other_tree", "origin", o.origin, "size", n)
	}
	consistent := len(r.proof) == 0
	if m > 0 && n > m {
		consistent = tlog.CheckTree(r.proof, n, o.tree.Hash, m, seen.Tree.Hash) == nil
		if !consistent && why == "" {
			why = Unproved
		}
	}
	if !consistent {
		return why, civic.Refuse(civic.Invalid, "seal.witness_not_consistent", "origin", o.origin, "old", m, "size", n)
	}
	// A log may sign one tree again, later, and anybody may show the earlier signature: that is refused, and proves nothing.
	if o.first > 0 && o.first < seen.Said {
		return why, civic.Refuse(civic.Invalid, "seal.witness_backdated", "origin", o.origin)
	}
	return why, nil
}
