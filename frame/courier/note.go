package courier

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"

	"skein/frame/civic"
	"skein/frame/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the courier's own tables. Rebuilding from the journal does not make them.
func Migrations() store.Migrations {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err)
	}
	return store.Migrations{Room: "courier", Files: files}
}

// OutboxTable is where notes wait.
var OutboxTable = &store.Table{Name: "outbox", Key: 2, Columns: store.Columns(
	"realm:t id:t kind:t recipient:t data:t due:i tries:i state:t last_error:t")}

// To names who is told: a post, a body, or the box of the vault that holds a person's contact.
type To string

// ToPost tells whoever holds a post.
func ToPost(p civic.PostID) To { return To("post:" + string(p)) }

// ToBody tells a body.
func ToBody(b civic.BodyID) To { return To("body:" + string(b)) }

// ToBox tells the person whose contact is in a box of the vault.
func ToBox(box string) To { return To("box:" + box) }

// ToPush tells the browser whose subscription is in a box of the vault.
func ToPush(box string) To { return To("push:" + box) }

// recipient is what To makes; it cannot hold an address of mail, telephone or web.
var recipient = regexp.MustCompile(`^(post:[^@:\s]+/[^@:\s]+|body:[^@:\s]+|(box|push):[0-9a-z]+)$`)

// Note is one message to one recipient. Args are codes, numbers and instants, never
// names, contacts or texts of persons.
type Note struct {
	To   To
	Kind string // what it is about, an act type: "matter.assigned"
	Key  string // of the message; its subject is at Key + ".subject"
	Args map[string]any
	Due  civic.Instant // not before; zero is at once
}

type data struct {
	Key  string         `json:"key"`
	Args map[string]any `json:"args,omitempty"`
}

// Row is the i-th note (from 0) that follows from the act at a position. Its id is made
// of the two, so ids sort by age and writing the same note twice is noticed. It is an
// error when the recipient looks like an address, or an argument has no JSON.
func Row(realm civic.Realm, position civic.Position, i int, n Note) (store.Row, error) {
	if !recipient.MatchString(string(n.To)) {
		return nil, fmt.Errorf("courier: a note of %s is to no post, body or box", n.Kind)
	}
	text, err := json.Marshal(data{n.Key, n.Args})
	if err != nil {
		return nil, fmt.Errorf("courier: a note of %s: %w", n.Kind, err)
	}
	return store.Row{string(realm), noteID(position, i), n.Kind, string(n.To), string(text), int64(n.Due), int64(0), waiting, ""}, nil
}

func noteID(position civic.Position, i int) string { return fmt.Sprintf("%012d.%03d", position, i) }
