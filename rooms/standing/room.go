package standing

import (
	"embed"
	"io/fs"

	"skein/frame/clerk"
	"skein/frame/journal"
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

// Ports are the other rooms' answers.
type Ports struct {
	// Case folds the acts of a matter into what figures need to know of it. It is a pure function of the acts, and of
	// editions of calendars, which never change.
	Case func(v *clerk.View, acts []journal.Act) Case
	// Appeal folds the acts of an appeal.
	Appeal func(acts []journal.Act) Appeal
	// Findings are what merits and findings of fault need to know.
	Findings FindingPorts
	// Reports are what monthly reports need to know.
	Reports ReportPorts
}

// Room is what this room offers the frame.
func Room(ports Ports) clerk.Room {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err)
	}
	return clerk.Room{
		Name: Name, Policies: Policies, Schema: Schema, Migrations: files,
		Reactors: append([]clerk.Reactor{ports.tallies()}, findingReactors()...),
		Sums:     ports.sums(),
		Kinds:    []clerk.Kind{findingKind(ports.Findings), reportKind(ports.Reports)},
	}
}
