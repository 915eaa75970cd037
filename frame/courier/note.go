// Package courier carries messages out of the house: rows of the outbox are written in the
// same commit as the acts that lead to them, and delivered afterwards.
package courier

import (
	"embed"
	"encoding/json"
	"io/fs"
	"strconv"

	"skein/frame/civic"
	"skein/frame/store"
)

// Note is a message that an act leads to. It names its reader by code, never by address.
type Note struct {
	// To is "post:pwd/head", "body:pwd" or "box:…", a person's contact in the vault.
	To string
	// Kind sorts notes for those who mute some: "assigned", "due".
	Kind string
	// Key and Args are put into words when it is sent.
	Key  string
	Args map[string]any
	// Due is when it may be sent; 0 is at once.
	Due civic.Instant
}

// OutboxTable is where notes wait.
var OutboxTable = &store.Table{Name: "outbox", Key: 2, Columns: store.Columns(
	"realm:t id:t kind:t recipient:t data:t due:i state:t tries:i last_error:t")}

// Row is a note as a row of the outbox. Its id is made of the act's position and the
// note's number in the command, so that ids sort by age.
func Row(realm civic.Realm, position civic.Position, i int, n Note) store.Row {
	data, err := json.Marshal(struct {
		Key  string         `json:"key"`
		Args map[string]any `json:"args,omitempty"`
	}{n.Key, n.Args})
	if err != nil {
		panic("courier: a note's arguments must be plain data: " + err.Error())
	}
	p := strconv.FormatInt(int64(position), 36)
	id := "00000000"[min(8, len(p)):] + p + "." + strconv.Itoa(i)
	return store.Row{string(realm), id, n.Kind, n.To, string(data), int64(n.Due), "waiting", int64(0), ""}
}

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the outbox's own tables.
func Migrations() store.Migrations {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err)
	}
	return store.Migrations{Room: "courier", Files: files}
}
