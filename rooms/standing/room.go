package standing

import (
	"embed"
	"io/fs"

	"skein/frame/clerk"
)

// Name is the room's name.
const Name = "standing"

// Policies is the room's part of the realm's policy set.
//
//go:embed policies.cedar
var Policies []byte

// Schema is what policies may say of this room's dossiers, as a Cedar schema.
//
//go:embed schema.cedarschema
var Schema []byte

// Messages holds this room's texts, messages.<language>.json.
//
//go:embed messages.en.json messages.zh-Hans.json
var Messages embed.FS

//go:embed migrations/*.sql
var migrations embed.FS

// Room is what this room offers the frame.
func Room(ports FindingPorts) clerk.Room {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err)
	}
	return clerk.Room{
		Name: Name, Policies: Policies, Schema: Schema, Migrations: files, Reactors: findingReactors(),
		Kinds: []clerk.Kind{findingKind(ports)},
	}
}
