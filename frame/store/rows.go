package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Type is what a column holds.
type Type byte

const (
	Text  Type = 't'
	Int   Type = 'i'
	Bytes Type = 'b'
	Real  Type = 'r'
)

// Column is one column of a table that is written in batches.
type Column struct {
	Name string
	Type Type
}

// Table is a table that rooms and frame write in batches. The first Key columns are
// its primary key, the realm first.
type Table struct {
	Name    string
	Columns []Column
	Key     int
	// Replace writes over a row of the same key; without it a taken key is an error.
	Replace bool
}

// Row holds one value a column: string, int64, []byte, float64 or nil.
type Row []any

// Columns reads a short notation, "realm:t position:i data:t".
func Columns(spec string) []Column {
	var out []Column
	for _, f := range strings.Fields(spec) {
		name, kind, ok := strings.Cut(f, ":")
		if !ok || len(kind) != 1 || !strings.Contains("tibr", kind) {
			panic("store: bad column " + f)
		}
		out = append(out, Column{name, Type(kind[0])})
	}
	return out
}

// Names lists the columns for a SELECT.
func (t *Table) Names() string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}

// KeyNames lists the columns of the primary key.
func (t *Table) KeyNames() string {
	names := make([]string, t.Key)
	for i := range names {
		names[i] = t.Columns[i].Name
	}
	return strings.Join(names, ", ")
}

func (t *Table) conflict() string {
	if !t.Replace {
		return ""
	}
	if t.Key == len(t.Columns) {
		return " ON CONFLICT (" + t.KeyNames() + ") DO NOTHING"
	}
	var set []string
	for _, c := range t.Columns[t.Key:] {
		set = append(set, c.Name+" = excluded."+c.Name)
	}
	return " ON CONFLICT (" + t.KeyNames() + ") DO UPDATE SET " + strings.Join(set, ", ")
}

// chunks are the numbers of rows that have a prepared statement on SQLite: a batch is
// written in the largest that fit.
var chunks = []int{256, 128, 64, 32, 16, 8, 4, 2, 1}

// maxVariables is SQLite's limit of bound values in a statement.
const maxVariables = 32766

// Write writes rows: on SQLite by VALUES in chunks, on PostgreSQL by one unnest. Rows
// of one call must have distinct keys when the table replaces.
func (tx *Tx) Write(ctx context.Context, t *Table, rows []Row) error {
	if len(rows) == 0 {
		return nil
	}
	for _, r := range rows {
		if len(r) != len(t.Columns) {
			return fmt.Errorf("store: a row of %s has %d values, not %d", t.Name, len(r), len(t.Columns))
		}
	}
	if tx.db.Engine == Postgres {
		return tx.pipeline(ctx, nil, []*Table{t}, map[*Table][]Row{t: rows})
	}
	for len(rows) > 0 {
		n := 1
		for _, c := range chunks {
			if c <= len(rows) && c*len(t.Columns) <= maxVariables {
				n = c
				break
			}
		}
		if err := tx.insert(ctx, t, rows[:n]); err != nil {
			return fmt.Errorf("store: %s: %w", t.Name, err)
		}
		rows = rows[n:]
	}
	return nil
}

// insert runs the statement of so many rows on the driver itself: between it and a batch, database/sql copies every value twice.
func (tx *Tx) insert(ctx context.Context, t *Table, rows []Row) error {
	ctx = context.WithoutCancel(ctx)
	key := stmtKey{t.Name, t.Replace, len(rows)}
	return tx.w.conn.Raw(func(conn any) error {
		stmt := tx.w.inserts[key]
		if stmt == nil {
			made, err := conn.(driver.ConnPrepareContext).PrepareContext(ctx, t.values(len(rows)))
			if err != nil {
				return err
			}
			stmt = made.(driver.StmtExecContext)
			tx.w.inserts[key] = stmt
		}
		args := tx.w.args[:0]
		for _, r := range rows {
			for _, v := range r {
				args = append(args, driver.NamedValue{Ordinal: len(args) + 1, Value: v})
			}
		}
		tx.w.args = args
		_, err := stmt.ExecContext(ctx, args)
		clear(args) // holds on to nothing
		return err
	})
}

// values has bare question marks: SQLite looks a numbered placeholder's name up in a list,
// which makes binding n of them cost n².
func (t *Table) values(rows int) string {
	var b strings.Builder
	// FAIL leaves what was written before the row that is refused, and so needs no copy of every page that the statement changes; the
	// transaction is rolled back in any case.
	fmt.Fprintf(&b, "INSERT OR FAIL INTO %s (%s) VALUES ", t.Name, t.Names())
	for r := range rows {
		if r > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('(')
		for c := range t.Columns {
			if c > 0 {
				b.WriteByte(',')
			}
			b.WriteByte('?')
		}
		b.WriteByte(')')
	}
	b.WriteString(t.conflict())
	return b.String()
}

func (t *Table) unnestSQL() string {
	return fmt.Sprintf("INSERT INTO %s (%s) SELECT * FROM %s%s", t.Name, t.Names(), t.unnest(1), t.conflict())
}

// unnest are rows bound a column an argument, the first of them at a placeholder.
func (t *Table) unnest(first int) string {
	columns := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		kind := map[Type]string{Text: "text", Int: "bigint", Bytes: "bytea", Real: "double precision"}[c.Type]
		columns[i] = fmt.Sprintf("$%d::%s[]", first+i, kind)
	}
	return "unnest(" + strings.Join(columns, ", ") + ")"
}

// arrays binds rows for unnest.
func (t *Table) arrays(rows []Row) ([]any, error) {
	args := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		a, err := array(c, rows, i)
		if err != nil {
			return nil, fmt.Errorf("store: %s.%s: %w", t.Name, c.Name, err)
		}
		args[i] = a
	}
	return args, nil
}

// WriteIf writes rows in a transaction of its own if a query finds one row, which stays as it is until they are committed: written is
// false where it finds none. On PostgreSQL that is one question and one answer, and those who write so do not wait for each other, only
// for who changes that row; where the connection
// broke the rows may be there after an error.
func (db *DB) WriteIf(ctx context.Context, t *Table, rows []Row, query string, args ...any) (written bool, err error) {
	if len(rows) == 0 {
		return true, nil
	}
	if db.Engine == SQLite {
		err := db.Update(ctx, func(tx *Tx) error {
			var found int64
			if err := tx.QueryRowContext(ctx, query, args...).Scan(&found); err != nil {
				return err
			}
			return tx.Write(ctx, t, rows)
		})
		if errors.Is(err, sql.ErrNoRows) {
			return false, nil
		}
		return err == nil, err
	}
	arrays, err := t.arrays(rows)
	if err != nil {
		return false, err
	}
	guards := len(args)
	args = append(slices.Clone(args), arrays...)
	text := fmt.Sprintf("WITH guard AS (%s FOR SHARE) INSERT INTO %s (%s) SELECT r.* FROM guard, %s AS r%s", query, t.Name, t.Names(), t.unnest(guards+1), t.conflict())
	w, err := db.first(ctx, func(ctx context.Context, w *writer) error {
		result, err := w.conn.ExecContext(ctx, text, args...)
		if err != nil {
			return fmt.Errorf("store: %s: %w", t.Name, err)
		}
		n, err := result.RowsAffected()
		written = n > 0
		return err
	})
	if err != nil {
		return false, err
	}
	db.slots <- w
	return written, nil
}

func array(c Column, rows []Row, i int) (any, error) {
	switch c.Type {
	case Text:
		return gather[string](rows, i)
	case Int:
		return gather[int64](rows, i)
	case Real:
		return gather[float64](rows, i)
	default:
		out := make([][]byte, len(rows))
		for n, r := range rows {
			if r[i] == nil {
				continue
			}
			v, ok := r[i].([]byte)
			if !ok {
				return nil, fmt.Errorf("row %d holds %T, not []byte", n, r[i])
			}
			out[n] = v
		}
		return out, nil
	}
}

// gather is a column of rows as one argument, with pointers only where there is a nil.
func gather[T any](rows []Row, i int) (any, error) {
	values := make([]T, len(rows))
	var some []*T
	for n, r := range rows {
		if r[i] == nil {
			if some == nil {
				some = make([]*T, len(rows))
				for before := range n {
					some[before] = &values[before]
				}
			}
			continue
		}
		v, ok := r[i].(T)
		if !ok {
			return nil, fmt.Errorf("row %d holds %T, not %T", n, r[i], v)
		}
		values[n] = v
		if some != nil {
			some[n] = &values[n]
		}
	}
	if some != nil {
		return some, nil
	}
	return values, nil
}

// DeleteWhere deletes the rows of a realm in which column is one of the values.
func (tx *Tx) DeleteWhere(ctx context.Context, table, realm, column string, values []string) error {
	if len(values) == 0 {
		return nil
	}
	query := "DELETE FROM " + table + " WHERE realm = $1 AND " + tx.db.Each(column, "$2")
	_, err := tx.ExecContext(ctx, query, realm, tx.db.List(values))
	if err != nil {
		return fmt.Errorf("store: %s: %w", table, err)
	}
	return nil
}

// List binds many texts as one argument, for Each.
func (db *DB) List(values []string) any {
	if db.Engine == Postgres {
		return values
	}
	b, _ := json.Marshal(values)
	return string(b)
}

// Write is one row for one table.
type Write struct {
	Table *Table
	Row   Row
}

// WriteAll writes rows of many tables: one statement a table, in the order the tables
// first appear.
func (tx *Tx) WriteAll(ctx context.Context, writes []Write) error { return tx.Change(ctx, nil, writes) }

// Change deletes the rows of the keys of gone, whose other values are not looked at, and then writes rows like [Tx.WriteAll].
func (tx *Tx) Change(ctx context.Context, gone, writes []Write) error {
	var order []*Table
	byTable := map[*Table][]Row{}
	for _, w := range writes {
		if len(w.Row) != len(w.Table.Columns) {
			return fmt.Errorf("store: a row of %s has %d values, not %d", w.Table.Name, len(w.Row), len(w.Table.Columns))
		}
		if _, seen := byTable[w.Table]; !seen {
			order = append(order, w.Table)
		}
		byTable[w.Table] = append(byTable[w.Table], w.Row)
	}
	if tx.db.Engine == Postgres {
		return tx.pipeline(ctx, gone, order, byTable)
	}
	for _, w := range gone {
		if err := tx.DeleteKey(ctx, w.Table, w.Row); err != nil {
			return err
		}
	}
	for _, t := range order {
		if err := tx.Write(ctx, t, byTable[t]); err != nil {
			return err
		}
	}
	return nil
}

// pipeline sends the statements of all tables before it waits for the first to be done. A deletion names one key: one of many keys
// could be planned as a walk over the whole table.
func (tx *Tx) pipeline(ctx context.Context, gone []Write, order []*Table, byTable map[*Table][]Row) error {
	if len(gone)+len(order) == 0 {
		return nil
	}
	var batch pgx.Batch
	var tables []*Table // of each statement, in order
	for _, w := range gone {
		batch.Queue(w.Table.deleteSQL(), w.Row[:w.Table.Key]...)
		tables = append(tables, w.Table)
	}
	tables = append(tables, order...)
	for _, t := range order {
		args, err := t.arrays(byTable[t])
		if err != nil {
			return err
		}
		batch.Queue(tx.text(t), args...)
	}
	return tx.w.conn.Raw(func(conn any) error {
		results := conn.(*stdlib.Conn).Conn().SendBatch(context.WithoutCancel(ctx), &batch)
		for _, t := range tables {
			if _, err := results.Exec(); err != nil {
				results.Close()
				return fmt.Errorf("store: %s: %w", t.Name, err)
			}
		}
		return results.Close()
	})
}

// text is the statement of a table on PostgreSQL, made once a connection.
func (tx *Tx) text(t *Table) string {
	name := t.Name
	if t.Replace { // a table can be written either way
		name += " replacing"
	}
	text, ok := tx.w.texts[name]
	if !ok {
		text = t.unnestSQL()
		tx.w.texts[name] = text
	}
	return text
}

// DeleteKey deletes the row of a key.
func (tx *Tx) DeleteKey(ctx context.Context, t *Table, key Row) error {
	if _, err := tx.ExecContext(ctx, t.deleteSQL(), key[:t.Key]...); err != nil {
		return fmt.Errorf("store: %s: %w", t.Name, err)
	}
	return nil
}

func (t *Table) deleteSQL() string {
	where := make([]string, t.Key)
	for i, c := range t.Columns[:t.Key] {
		where[i] = fmt.Sprintf("%s = $%d", c.Name, i+1)
	}
	return "DELETE FROM " + t.Name + " WHERE " + strings.Join(where, " AND ")
}

// Scan reads one row of the table's columns.
func (t *Table) Scan(rows *sql.Rows) (Row, error) {
	cells := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		switch c.Type {
		case Text:
			cells[i] = new(sql.NullString)
		case Int:
			cells[i] = new(sql.NullInt64)
		case Real:
			cells[i] = new(sql.NullFloat64)
		default:
			cells[i] = new([]byte)
		}
	}
	if err := rows.Scan(cells...); err != nil {
		return nil, err
	}
	row := make(Row, len(cells))
	for i, c := range cells {
		switch c := c.(type) {
		case *sql.NullString:
			if c.Valid {
				row[i] = c.String
			}
		case *sql.NullInt64:
			if c.Valid {
				row[i] = c.Int64
			}
		case *sql.NullFloat64:
			if c.Valid {
				row[i] = c.Float64
			}
		case *[]byte:
			if *c != nil {
				row[i] = *c
			}
		}
	}
	return row, nil
}
