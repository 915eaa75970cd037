package vault

import (
	"embed"
	"io/fs"

	"skein/frame/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the vault's own tables. Rebuilding from the journal does not make them.
func Migrations() store.Migrations {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err)
	}
	return store.Migrations{Room: "vault", Files: files}
}

// BoxTable has one row a box; its key is in the key store.
var BoxTable = &store.Table{Name: "vault_boxes", Key: 2, Columns: store.Columns("realm:t box:t scope:t")}

// ItemTable has one row for all that was sealed into a box at one time.
var ItemTable = &store.Table{Name: "vault_items", Key: 3, Columns: store.Columns("realm:t box:t item:t parts:t sealed:b")}

// BlobTable names the blobs that are in use, so that Sweep spares them.
var BlobTable = &store.Table{Name: "vault_blobs", Key: 3, Columns: store.Columns("realm:t box:t blob:t size:i")}

// ReleasedTable has the copies that the desk released to the public.
var ReleasedTable = &store.Table{Name: "vault_released", Key: 3, Replace: true, Columns: store.Columns(
	"realm:t box:t part:t media:t text:t blob:t salt:b digest:t")}
