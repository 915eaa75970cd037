package journal

import (
	"context"
	"fmt"
	"strings"

	"skein/frame/civic"
)

// Look is what acts are looked for by, "" for whatever it is. The database passes over the others; whoever looks must still hold each act
// against what she means.
type Look struct {
	Power, Policies string
	Type, Data      string // patterns as of LIKE; SQLite takes capitals and small letters for the same
}

// by adds the condition's arguments to those of a query, and returns it: arguments stand in a query in their order, which SQLite goes by.
func (l Look) by(args *[]any) string {
	out := "1 = 1"
	for _, f := range []struct{ is, value string }{{"power =", l.Power}, {"policies =", l.Policies}, {"type LIKE", l.Type}, {"data LIKE", l.Data}} {
		if f.value != "" {
			*args = append(*args, f.value)
			out += fmt.Sprintf(" AND %s $%d", f.is, len(*args))
		}
	}
	return out
}

// PublicCount counts the next public acts after a position, at most so many, and those among them that are looked for; last is the position of the last.
func PublicCount(ctx context.Context, q Querier, realm civic.Realm, l Look, after civic.Position, most int) (all, found int, last civic.Position, err error) {
	var args []any
	by := l.by(&args)
	n := len(args)
	err = q.QueryRowContext(ctx, fmt.Sprintf(`SELECT count(*), coalesce(sum(found), 0), coalesce(max(position), 0) FROM (
		SELECT position, CASE WHEN %s THEN 1 ELSE 0 END AS found FROM acts WHERE realm = $%d AND position > $%d AND flags NOT LIKE '%%p%%' ORDER BY position LIMIT $%d) AS following`,
		by, n+1, n+2, n+3), append(args, string(realm), int64(after), most)...).Scan(&all, &found, &last)
	return all, found, last, err
}

// PublicFound reads up to limit public acts that are looked for, after a position and up to another, in order.
func PublicFound(ctx context.Context, q Querier, realm civic.Realm, l Look, after, until civic.Position, limit int) ([]Act, error) {
	args := []any{string(realm), int64(after), int64(until)}
	query := "SELECT " + columns + " FROM acts WHERE realm = $1 AND position > $2 AND position <= $3 AND flags NOT LIKE '%p%' AND " + l.by(&args)
	rows, err := q.QueryContext(ctx, fmt.Sprintf("%s ORDER BY position LIMIT $%d", query, len(args)+1), append(args, limit)...)
	if err != nil {
		return nil, err
	}
	return scan(rows, nil)
}

// Naming is a pattern of data in which a field has a value; "" where the value's own characters may be written in more than one way.
func Naming(field, value string) string {
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' || strings.ContainsRune(`"\<>&`, r) }) {
		return ""
	}
	return `%"` + field + `":"` + value + `"%`
}
