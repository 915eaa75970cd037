package standing

import (
	"embed"
	"io/fs"

	"skein/frame/clerk"
	"skein/frame/journal"
)

// Name is the room's name.
const Name = "standing"

// Messages holds this room's texts, messages.<language>.json.
//
//go:embed messages.en.json messages.zh-Hans.json
var Messages embed.FS

// Ports are the other rooms' answers.
type Ports struct {
	// Case folds the acts of a matter into what figures need to know of it. It is a pure function of the acts, and of
	// editions of calendars, which never change.
	Case func(v *clerk.View, acts []journal.Act) Case
	// Appeal folds the acts of an appeal.
	Appeal func(acts []journal.Act) Appeal
}

// Room is what this room offers the frame. Further kinds of dossier stand beside each other in Kinds.
func Room(ports Ports) clerk.Room {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err)
	}
	return clerk.Room{
		Name: Name, Migrations: files,
		Reactors: []clerk.Reactor{ports.tallies()},
		Sums:     ports.sums(),
	}
}
