package access

import (
	"cmp"
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"

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

// Migrations are the record's own tables. Rebuilding from the journal does not make them.
func Migrations() store.Migrations {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err)
	}
	return store.Migrations{Room: "access", Files: files}
}

var (
	readingTable = &store.Table{Name: "access_readings", Key: 3, Columns: store.Columns(
		"realm:t hour:i n:i digest:t minute:i box:t parts:t reader:t power:t purpose:t salt:b")}
	boxTable  = &store.Table{Name: "access_boxes", Key: 4, Columns: store.Columns("realm:t box:t hour:i n:i")}
	spanTable = &store.Table{Name: "access_spans", Key: 2, Columns: store.Columns("realm:t until:i since:i salt:b digest:b")}
)

// readings reads rows by a condition on columns of the table.
func readings(ctx context.Context, q journal.Querier, realm civic.Realm, condition string, args ...any) ([]Reading, error) {
	rows, err := q.QueryContext(ctx, "SELECT hour, n, digest, minute, box, parts, reader, power, purpose, salt FROM access_readings WHERE realm = $1 AND "+condition,
		append([]any{string(realm)}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("access: %w", err)
	}
	defer rows.Close()
	var out []Reading
	for rows.Next() {
		var r Reading
		var minute sql.NullInt64
		var box, parts, reader, power, purpose sql.NullString
		if err := rows.Scan(&r.Hour, &r.n, &r.Digest, &minute, &box, &parts, &reader, &power, &purpose, &r.Salt); err != nil {
			return nil, err
		}
		r.Minute, r.Box, r.Reader, r.Power, r.Purpose = civic.Instant(minute.Int64), box.String, reader.String, power.String, Purpose(purpose.String)
		r.Parts = strings.Fields(parts.String)
		out = append(out, r)
	}
	return out, rows.Err()
}

// Of lists who read a box, the latest first. Rows of hours that are not sealed yet are gone through one by one.
func (r *Record) Of(ctx context.Context, box string) ([]Reading, error) {
	sealed, err := readings(ctx, r.DB.R, r.Realm, "box = $2 AND (hour, n) IN (SELECT hour, n FROM access_boxes WHERE realm = $1 AND box = $2)", box)
	if err != nil {
		return nil, err
	}
	fresh, err := readings(ctx, r.DB.R, r.Realm, "box = $2 AND "+unsealed, box)
	if err != nil {
		return nil, err
	}
	all := append(sealed, fresh...)
	slices.SortFunc(all, func(x, y Reading) int {
		return cmp.Or(cmp.Compare(y.Hour, x.Hour), cmp.Compare(y.Minute, x.Minute), cmp.Compare(x.Digest, y.Digest))
	})
	return slices.CompactFunc(all, func(x, y Reading) bool { return x.Hour == y.Hour && x.n == y.n }), nil // sealed between the two
}

const (
	unsealed = "hour >= coalesce((SELECT until FROM access_heads WHERE realm = $1), 0)"
	emptied  = "UPDATE access_readings SET minute = NULL, box = NULL, parts = NULL, reader = NULL, power = NULL, purpose = NULL, salt = NULL WHERE realm = $1 AND "
)

// Erase empties the rows on boxes, in the commit that erases them. Their digests stay, and with them what was sealed.
func Erase(ctx context.Context, tx *store.Tx, realm civic.Realm, boxes []string) error {
	if len(boxes) == 0 {
		return nil
	}
	if _, err := lockHead(ctx, tx, realm); err != nil { // who seals meanwhile would write their names down again
		return fmt.Errorf("access: erase: %w", err)
	}
	each, list := tx.DB().Each("box", "$2"), tx.DB().List(boxes)
	for _, query := range []string{
		emptied + "(hour, n) IN (SELECT hour, n FROM access_boxes WHERE realm = $1 AND " + each + ")",
		emptied + unsealed + " AND " + each,
		"DELETE FROM access_boxes WHERE realm = $1 AND " + each,
	} {
		if _, err := tx.ExecContext(ctx, query, string(realm), list); err != nil {
			return fmt.Errorf("access: erase: %w", err)
		}
	}
	return nil
}

// expire empties the rows of hours before a moment, from where it stopped the last time.
func expire(ctx context.Context, tx *store.Tx, realm civic.Realm, before civic.Instant) error {
	_, err := tx.ExecContext(ctx, emptied+"hour < $2 AND hour >= (SELECT emptied FROM access_heads WHERE realm = $1) AND box IS NOT NULL", string(realm), int64(before))
	if err == nil {
		_, err = tx.ExecContext(ctx, "DELETE FROM access_boxes WHERE realm = $1 AND hour < $2", string(realm), int64(before))
	}
	if err == nil {
		_, err = tx.ExecContext(ctx, "UPDATE access_heads SET emptied = $2 WHERE realm = $1 AND emptied < $2", string(realm), int64(before))
	}
	if err != nil {
		return fmt.Errorf("access: expire: %w", err)
	}
	return nil
}
