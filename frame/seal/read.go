package seal

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/transparency-dev/formats/proof"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"skein/frame/civic"
	"skein/frame/journal"
)

// ErrNone says that a log has no such tile.
var ErrNone = errors.New("seal: there is no such tile")

// Tile gives what a log serves at a path of tlog-tiles: "tile/0/x001/234", "tile/entries/000.p/12".
// ErrNone for what the log does not have, or not yet.
func Tile(ctx context.Context, q journal.Querier, realm civic.Realm, l *Log, path string) ([]byte, error) {
	t, entries, ok := parseTilePath(path)
	if !ok {
		return nil, ErrNone
	}
	above := l.Size // hashes on the tile's level
	for range t.L {
		above >>= tileHeight
	}
	if t.N > above>>tileHeight || t.N<<tileHeight+int64(t.W) > above {
		return nil, ErrNone
	}
	if entries {
		return bundle(ctx, q, realm, l.Number, t)
	}
	hashes, err := readTile(ctx, q, realm, l.Number, t.L, t.N)
	if err != nil {
		return nil, err
	}
	if len(hashes) < t.W*tlog.HashSize {
		return nil, fmt.Errorf("seal: tile %d of level %d is narrower than the log is long", t.N, t.L)
	}
	return hashes[:t.W*tlog.HashSize], nil
}

// TilePath is the path of a tile as C2SP writes it; level -1 is that of entries.
func TilePath(level int, n int64, width int) string {
	// What x/mod calls tile/8/data/… and tile/8/<level>/… is tile/entries/… and tile/<level>/… there.
	path := tlog.Tile{H: tileHeight, L: level, N: n, W: width}.Path()[len("tile/8/"):]
	if level < 0 {
		return "tile/entries" + path[len("data"):]
	}
	return "tile/" + path
}

func parseTilePath(path string) (t tlog.Tile, entries, ok bool) {
	inner, ok := strings.CutPrefix(path, "tile/")
	if !ok {
		return t, false, false
	}
	if rest, is := strings.CutPrefix(inner, "entries/"); is {
		inner, entries = "data/"+rest, true
	}
	t, err := tlog.ParseTilePath("tile/8/" + inner)
	if err != nil || entries != (t.L < 0) {
		return t, entries, false
	}
	t.L = max(t.L, 0)
	return t, entries, true
}

// bundle is a row of leaves, each with its length before it.
func bundle(ctx context.Context, q journal.Querier, realm civic.Realm, log int64, t tlog.Tile) ([]byte, error) {
	from := t.N << tileHeight
	b := make([]byte, 0, t.W*50)
	n := 0
	err := leaves(ctx, q, realm, log, from, from+int64(t.W), func(l leaf) error {
		b = binary.BigEndian.AppendUint16(b, uint16(len(l.entry)))
		b = append(b, l.entry...)
		n++
		return nil
	})
	if err == nil && n != t.W {
		err = fmt.Errorf("seal: leaves %d to %d are not all there", from, from+int64(t.W))
	}
	return b, err
}

// leaf is a leaf as the database has it.
type leaf struct {
	number   int64
	position civic.Position // 0 for one that is no act
	kept     []byte         // of one that is no act
	entry    []byte
	recorded civic.Instant
}

// leaves walks the leaves of a log from one on and before another, in order. One whose act is not in the journal
// is left out.
func leaves(ctx context.Context, q journal.Querier, realm civic.Realm, log, from, end int64, each func(leaf) error) error {
	var first int64 // of the run that the first leaf is in
	err := q.QueryRowContext(ctx, "SELECT coalesce(max(leaf), 0) FROM seal_leaves WHERE realm = $1 AND log = $2 AND leaf <= $3",
		string(realm), log, from).Scan(&first)
	if err != nil {
		return err
	}
	rows, err := q.QueryContext(ctx, `SELECT l.leaf + a.position - l.position AS leaf, a.position, a.recorded, a.commitment, NULL
		FROM seal_leaves l JOIN acts a ON a.realm = l.realm
			AND a.position >= l.position + CASE WHEN l.leaf < $5 THEN $5 - l.leaf ELSE 0 END
			AND a.position < l.position + CASE WHEN l.leaf + l.count > $4 THEN $4 - l.leaf ELSE l.count END
		WHERE l.realm = $1 AND l.log = $2 AND l.leaf >= $3 AND l.leaf < $4
		UNION ALL SELECT leaf, 0, 0, NULL, entry FROM seal_leaves WHERE realm = $1 AND log = $2 AND leaf >= $5 AND leaf < $4 AND position IS NULL
		ORDER BY 1`, string(realm), log, first, end, from)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var l leaf
		var commitment []byte
		if err := rows.Scan(&l.number, &l.position, &l.recorded, &commitment, &l.kept); err != nil {
			return err
		}
		if l.position > 0 {
			l.entry = ActEntry(commitment)
		} else {
			l.entry = leafOf(l.kept)
		}
		if err := each(l); err != nil {
			return err
		}
	}
	return rows.Err()
}

// leafOfAct finds the leaf of the act at a position; ok is false while it is in no log.
func leafOfAct(ctx context.Context, q journal.Querier, realm civic.Realm, position civic.Position) (log, leaf int64, ok bool, err error) {
	var first, count int64
	err = q.QueryRowContext(ctx, `SELECT log, leaf, count, position FROM seal_leaves
		WHERE realm = $1 AND position <= $2 ORDER BY position DESC LIMIT 1`, string(realm), int64(position)).Scan(&log, &leaf, &count, &first)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, 0, false, nil
	}
	return log, leaf + int64(position) - first, int64(position) < first+count, err
}

// Prove proves by a log's tiles that a leaf is in its tree of a size.
func Prove(ctx context.Context, q journal.Querier, realm civic.Realm, log, leaf, size int64) (tlog.RecordProof, error) {
	return tlog.ProveRecord(size, leaf, stored(ctx, q, realm, log))
}

// Consistency proves that a log's tree of one size continues that of a smaller one; nothing needs proof from 0.
func Consistency(ctx context.Context, q journal.Querier, realm civic.Realm, log, from, size int64) (tlog.TreeProof, error) {
	if from == 0 || from == size {
		return nil, nil
	}
	return tlog.ProveTree(size, from, stored(ctx, q, realm, log))
}

// Limits within which an act is promised to be sealed.
const (
	publicLimit  = time.Minute
	privateLimit = 2 * time.Hour
)

// Receipt makes the receipt of an act as it stands: a promise, or a proof under the newest checkpoint
// that was witnessed, or else under the newest.
func (s *Sealer) Receipt(ctx context.Context, a *journal.Act, eyes Eyes) (*Receipt, error) {
	r := NewReceipt(a, eyes)
	log, number, ok, err := leafOfAct(ctx, s.DB.R, s.Realm, a.Position)
	if err != nil {
		return nil, err
	}
	if !ok {
		return r, s.promise(ctx, r, a)
	}
	var l Log
	err = s.DB.R.QueryRowContext(ctx, "SELECT "+logColumns+" FROM seal_logs WHERE realm = $1 AND log = $2", string(s.Realm), log).Scan(l.fields()...)
	if err != nil {
		return nil, err
	}
	checkpoint, size := l.Checkpoint, l.Size
	if cosigned := l.Cosigned(); cosigned > number {
		checkpoint, size = l.Witnessed, cosigned
	}
	hashes, err := Prove(ctx, s.DB.R, s.Realm, log, number, size)
	if err != nil {
		return nil, err
	}
	r.Proof = &proof.TLogProof{Index: uint64(number), Checkpoint: []byte(checkpoint), Hashes: make([][tlog.HashSize]byte, len(hashes))}
	for i, h := range hashes {
		r.Proof.Hashes[i] = h
	}
	return r, nil
}

// promise signs that the act will be sealed, and by when.
func (s *Sealer) promise(ctx context.Context, r *Receipt, a *journal.Act) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, ok, err := Current(ctx, s.DB.R, s.Realm)
	if err == nil && !ok {
		err = fmt.Errorf("seal: realm %s has no log", s.Realm)
	}
	if err != nil {
		return err
	}
	if err := s.take(ctx, &l); err != nil {
		return err
	}
	limit := publicLimit
	if a.Private {
		limit = privateLimit
	}
	p := promise{l.Origin, a.Commitment, a.Recorded.Time(), a.Recorded.Time().Add(limit).Truncate(time.Second)}
	signed, err := note.Sign(&note.Note{Text: p.text()}, s.signer.plain)
	r.Promise = string(signed)
	return err
}

// Stages says how far the acts of a dossier are: sealed or witnessed, by position; the others are recorded.
func (s *Sealer) Stages(ctx context.Context, dossier civic.DossierID) (map[civic.Position]Stage, error) {
	logs, err := Logs(ctx, s.DB.R, s.Realm)
	if err != nil {
		return nil, err
	}
	witnessed := map[int64]int64{} // log → leaves that were witnessed
	for _, l := range logs {
		witnessed[l.Number] = l.Cosigned()
	}
	rows, err := s.DB.R.QueryContext(ctx, `SELECT a.position, l.log, l.leaf + a.position - l.position FROM acts a JOIN seal_leaves l ON l.realm = a.realm
		AND l.position = (SELECT max(position) FROM seal_leaves WHERE realm = a.realm AND position <= a.position) AND a.position < l.position + l.count
		WHERE a.realm = $1 AND a.dossier = $2`, string(s.Realm), string(dossier))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[civic.Position]Stage{}
	for rows.Next() {
		var position civic.Position
		var log, leaf int64
		if err := rows.Scan(&position, &log, &leaf); err != nil {
			return nil, err
		}
		out[position] = Sealed
		if leaf < witnessed[log] {
			out[position] = Witnessed
		}
	}
	return out, rows.Err()
}

// Texts are the leaves of a realm's logs that are no acts and hide none, the oldest first.
func Texts(ctx context.Context, q journal.Querier, realm civic.Realm) ([][]byte, error) {
	rows, err := q.QueryContext(ctx, "SELECT entry FROM seal_leaves WHERE realm = $1 AND position IS NULL ORDER BY log, leaf", string(realm))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out [][]byte
	for rows.Next() {
		var kept []byte
		if err := rows.Scan(&kept); err != nil {
			return nil, err
		}
		if !bytes.HasPrefix(kept, []byte(decoyPrefix)) {
			out = append(out, kept)
		}
	}
	return out, rows.Err()
}
