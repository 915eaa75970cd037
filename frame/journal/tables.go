package journal

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"

	"skein/frame/civic"
	"skein/frame/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the journal's own tables.
func Migrations() store.Migrations {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err)
	}
	return store.Migrations{Room: "journal", Files: files}
}

// ActTable is where acts are; rows are only ever added.
var ActTable = &store.Table{Name: "acts", Key: 2, Columns: store.Columns(
	"realm:t position:i dossier:t seq:i type:t version:i actor:t power:t policies:t happened:i recorded:i cause:i flags:t data:t salt:b commitment:b")}

// DossierTable has one row a dossier.
var DossierTable = &store.Table{Name: "dossiers", Key: 2, Replace: true, Columns: store.Columns(
	"realm:t dossier:t kind:t seq:i wake:i")}

// CommandTable remembers commands that came with an idempotency key.
var CommandTable = &store.Table{Name: "commands", Key: 2, Columns: store.Columns(
	"realm:t key:t digest:t dossier:t first:i last:i at:i")}

// DocumentTable keeps public documents by their digest.
var DocumentTable = &store.Table{Name: "documents", Key: 2, Replace: true, Columns: store.Columns(
	"realm:t digest:t media:t content:b")}

// Row is the act as a row of ActTable.
func (a *Act) Row() store.Row {
	return store.Row{
		string(a.Realm), int64(a.Position), string(a.Dossier), a.Seq, a.Type, int64(a.Version), a.Actor, a.Power,
		a.Policies, int64(a.Happened), int64(a.Recorded), int64(a.Cause), a.Flags(), string(a.Data), a.Salt, a.Commitment,
	}
}

// Head is the end of a realm's journal.
type Head struct {
	Position civic.Position
	Recorded civic.Instant
}

// LockHead reads the end of the journal and holds its lock until the transaction ends:
// on PostgreSQL the head row, on SQLite the write connection.
func LockHead(ctx context.Context, tx *store.Tx, realm civic.Realm) (Head, error) {
	var h Head
	query := tx.DB().ForUpdate("SELECT position, recorded FROM heads WHERE realm = $1")
	err := tx.QueryRowContext(ctx, query, string(realm)).Scan(&h.Position, &h.Recorded)
	if errors.Is(err, sql.ErrNoRows) {
		return h, civic.Refusals{civic.Refuse(civic.Missing, "journal.no_realm", "realm", string(realm))}
	}
	return h, err
}

// SetHead moves the end of the journal.
func SetHead(ctx context.Context, tx *store.Tx, realm civic.Realm, h Head) error {
	_, err := tx.ExecContext(ctx, "UPDATE heads SET position = $2, recorded = $3 WHERE realm = $1",
		string(realm), int64(h.Position), int64(h.Recorded))
	return err
}

// Found begins the journal of a realm.
func Found(ctx context.Context, tx *store.Tx, realm civic.Realm) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO heads (realm, position, recorded) VALUES ($1, 0, 0)", string(realm))
	return err
}

// Querier reads: the readers' pool, or a transaction that must see its own writes.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

var columns = ActTable.Names()

// After reads up to limit acts that follow a position, in order.
func After(ctx context.Context, q Querier, reg *Registry, realm civic.Realm, after civic.Position, limit int) ([]Act, error) {
	rows, err := q.QueryContext(ctx, "SELECT "+columns+" FROM acts WHERE realm = $1 AND position > $2 ORDER BY position LIMIT $3",
		string(realm), int64(after), limit)
	if err != nil {
		return nil, err
	}
	return scan(rows, reg)
}

// Public reads up to limit acts that follow a position and are not private, in order.
func Public(ctx context.Context, q Querier, realm civic.Realm, after civic.Position, limit int) ([]Act, error) {
	rows, err := q.QueryContext(ctx, "SELECT "+columns+" FROM acts WHERE realm = $1 AND position > $2 AND flags NOT LIKE '%p%' ORDER BY position LIMIT $3",
		string(realm), int64(after), limit)
	if err != nil {
		return nil, err
	}
	return scan(rows, nil)
}

// Dossier reads all acts of a dossier, in order.
func Dossier(ctx context.Context, q Querier, reg *Registry, realm civic.Realm, id civic.DossierID) ([]Act, error) {
	rows, err := q.QueryContext(ctx, "SELECT "+columns+" FROM acts WHERE realm = $1 AND dossier = $2 ORDER BY seq",
		string(realm), string(id))
	if err != nil {
		return nil, err
	}
	return scan(rows, reg)
}

// Kind reads all acts of the dossiers of one kind, in order of position.
func Kind(ctx context.Context, q Querier, reg *Registry, realm civic.Realm, kind string) ([]Act, error) {
	rows, err := q.QueryContext(ctx, "SELECT "+columns+" FROM acts WHERE realm = $1 AND dossier >= $2 AND dossier < $3 ORDER BY position",
		string(realm), kind+"/", kind+"0") // "0" follows "/"
	if err != nil {
		return nil, err
	}
	return scan(rows, reg)
}

func scan(rows *sql.Rows, reg *Registry) ([]Act, error) {
	defer rows.Close()
	var acts []Act
	for rows.Next() {
		a, err := scanOne(rows, reg)
		if err != nil {
			return nil, err
		}
		acts = append(acts, a)
	}
	return acts, rows.Err()
}

func scanOne(rows *sql.Rows, reg *Registry) (a Act, err error) {
	var flags, data string
	err = rows.Scan(&a.Realm, &a.Position, &a.Dossier, &a.Seq, &a.Type, &a.Version, &a.Actor, &a.Power, &a.Policies,
		&a.Happened, &a.Recorded, &a.Cause, &flags, &data, &a.Salt, &a.Commitment)
	if err != nil {
		return a, err
	}
	a.Data = []byte(data)
	if err := a.SetFlags(flags); err != nil {
		return a, err
	}
	if reg != nil {
		if a.Event, err = reg.Decode(a.Type, a.Version, a.Data); err != nil {
			return a, fmt.Errorf("act %d: %w", a.Position, err)
		}
	}
	return a, nil
}

// DocumentDigest is how a public document is named: SHA-256 as hex.
func DocumentDigest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// Document reads a public document; sql.ErrNoRows when there is none.
func Document(ctx context.Context, q Querier, realm civic.Realm, digest string) (media string, content []byte, err error) {
	err = q.QueryRowContext(ctx, "SELECT media, content FROM documents WHERE realm = $1 AND digest = $2", string(realm), digest).
		Scan(&media, &content)
	return media, content, err
}

// OfTypes reads up to limit acts of certain types that follow a position, up to another, in order; live leaves out those that were imported.
func OfTypes(ctx context.Context, db *store.DB, reg *Registry, realm civic.Realm, types []string, live bool, after, until civic.Position, limit int) ([]Act, error) {
	where := ""
	if live {
		where = " AND flags NOT LIKE '%i%'"
	}
	rows, err := db.R.QueryContext(ctx, "SELECT "+columns+" FROM acts WHERE realm = $1 AND position > $2 AND position <= $3 AND "+db.Each("type", "$4")+where+
		" ORDER BY position LIMIT $5", string(realm), int64(after), int64(until), db.List(types), limit)
	if err != nil {
		return nil, err
	}
	return scan(rows, reg)
}

// Touched are the dossiers with acts of certain types that follow a position, up to another, in order.
func Touched(ctx context.Context, db *store.DB, realm civic.Realm, types []string, after, until civic.Position) ([]civic.DossierID, error) {
	return DossierIDs(ctx, db.R, "SELECT DISTINCT dossier FROM acts WHERE realm = $1 AND position > $2 AND position <= $3 AND "+db.Each("type", "$4")+
		" ORDER BY dossier", string(realm), int64(after), int64(until), db.List(types))
}

// DossierIDs are the dossiers that a query names in its one column.
func DossierIDs(ctx context.Context, q Querier, query string, args ...any) ([]civic.DossierID, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []civic.DossierID
	for rows.Next() {
		var id civic.DossierID
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// Walk reads all acts of a realm dossier by dossier, each in its order.
func Walk(ctx context.Context, q Querier, reg *Registry, realm civic.Realm, each func(Act) error) error {
	rows, err := q.QueryContext(ctx, "SELECT "+columns+" FROM acts WHERE realm = $1 ORDER BY dossier, seq", string(realm))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		a, err := scanOne(rows, reg)
		if err != nil {
			return err
		}
		if err := each(a); err != nil {
			return err
		}
	}
	return rows.Err()
}
