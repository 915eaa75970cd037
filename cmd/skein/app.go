package main

import (
	"context"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"skein/cmd/skein/science"
	"skein/face"
	"skein/face/signin"
	"skein/face/words"
	"skein/frame/access"
	"skein/frame/calendar"
	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/courier"
	"skein/frame/paper"
	"skein/frame/power"
	"skein/frame/procedure"
	"skein/frame/seal"
	"skein/frame/search"
	"skein/frame/sheet"
	"skein/frame/store"
	"skein/frame/vault"
	"skein/frame/vault/photo"
	"skein/rooms/body"
	"skein/rooms/duty"
	"skein/rooms/guide"
	"skein/rooms/matter"
	"skein/rooms/matter/open311"
	"skein/rooms/matter/pages"
	"skein/rooms/matter/records"
	"skein/rooms/numbers"
	"skein/rooms/place"
	"skein/rooms/powers"
	"skein/rooms/review"
	"skein/rooms/standing"
	"skein/science/classify"
	"skein/science/count"
	"skein/science/geo"
	"skein/science/opinion"
	"skein/science/outbreak"
	"skein/science/outbreak/scan"
	"skein/science/requests"
	"skein/science/shares"
)

//go:embed messages.en.json messages.zh-Hans.json
var messages embed.FS

// newBook gathers the texts of all packages.
func newBook() (*words.Book, error) {
	book := words.NewBook()
	for _, files := range []fs.FS{
		messages, face.Messages, signin.Messages, clerk.Messages, power.Messages, calendar.Messages, vault.Messages, photo.Messages, courier.Messages, seal.Messages, access.Messages, sheet.Messages, paper.Messages,
		geo.Messages, place.Messages, body.Messages, duty.Messages, matter.Messages, records.Messages, pages.Messages, open311.Messages, powers.Messages, numbers.Messages, standing.Messages, guide.Messages, science.Messages, procedure.Messages, review.Messages,
		requests.Messages, classify.Messages, opinion.Messages, count.Messages, shares.Messages, outbreak.Messages, scan.Messages,
	} {
		if err := book.Add(files); err != nil {
			return nil, err
		}
	}
	return book, nil
}

// where is where a realm's data lie; commands embed it.
type where struct {
	Data     string `required:"" type:"path" placeholder:"DIR" help:"Folder of the realm's data: database, keys, attachments."`
	Database string `placeholder:"FILE|postgres://…" help:"The database, if it is not DIR/skein.db."`
	Keys     string `type:"path" placeholder:"DIR" help:"Folder of the keys, if it is not DIR/keys: better on another disk, for whoever has both reads everything."`
	KeyStore string `placeholder:"FILE|postgres://…" help:"The key store, if it is not keys.db in the folder of keys: what is erased is erased there, so no old copy of it may be kept."`
	Realm    string `name:"in" placeholder:"REALM" help:"The realm, if the database holds several."`

	UnverifiedDatabase bool `help:"Speak to PostgreSQL on another machine without checking who it is: the address says so by its sslmode, and whoever is in between reads and changes everything."`
}

func (w where) source() string {
	if w.Database != "" {
		return w.Database
	}
	return filepath.Join(w.Data, "skein.db")
}

// keys is the folder of the keys: the vault's master key and the keys of logs. No backup holds it.
func (w where) keys() string {
	if w.Keys != "" {
		return w.Keys
	}
	return filepath.Join(w.Data, "keys")
}

// keyStore is the database of the keys of boxes, and of what is erased.
func (w where) keyStore() string {
	if w.KeyStore != "" {
		return w.KeyStore
	}
	return filepath.Join(w.keys(), "keys.db")
}

func (w where) masterPath() string { return filepath.Join(w.keys(), "master.key") }

// app is a database opened with its keys and rooms.
type app struct {
	where   where
	db      *store.DB
	house   *clerk.House
	ports   matter.Ports
	reviews review.Ports
	merits  standing.FindingPorts
	vault   *vault.Vault
	log     *slog.Logger

	trials   []trial                            // that a demonstration offers
	signedIn *signin.Service                    // of the site that is served
	roll     func(context.Context) (int, error) // reads it, so that who comes first need not wait for it, and counts what is not private
	unwatch  func()
}

// open opens the data of a realm; with found set, it makes them if they are not there.
func (w where) open(ctx context.Context, found bool) (*app, error) {
	_, missing := os.Stat(w.masterPath())
	if missing != nil && !found {
		return nil, civic.Refuse(civic.Missing, "skein.no_data", "folder", w.Data)
	}
	if missing != nil {
		if err := os.MkdirAll(filepath.Dir(w.masterPath()), 0o700); err != nil {
			return nil, err
		}
		if _, err := vault.CreateMaster(w.masterPath()); err != nil {
			return nil, err
		}
	}
	master, err := vault.OpenMaster(w.masterPath())
	if err != nil {
		return nil, err
	}
	if !found && w.Database == "" {
		if _, err := os.Stat(w.source()); err != nil {
			return nil, civic.Refuse(civic.Missing, "skein.no_data", "folder", w.Data)
		}
	}
	for _, source := range []string{w.source(), w.keyStore()} {
		if mode, is := store.Unverified(source); is && !w.UnverifiedDatabase {
			return nil, civic.Refuse(civic.Invalid, "skein.database_unverified", "mode", mode)
		}
	}
	a := &app{where: w, log: newLog(os.Stderr)}
	house, ports, err := newHouse(master)
	if err != nil {
		return nil, err
	}
	a.house, a.ports, a.reviews, a.merits = house, ports.matters, ports.reviews, ports.merits
	if a.db, err = store.Open(ctx, w.source()); err != nil {
		return nil, err
	}
	keys, err := vault.OpenKeys(ctx, w.keyStore(), master)
	if err != nil {
		a.db.Close()
		if store.IsDenied(err) {
			err = civic.Refuse(civic.Unavailable, "skein.migrate_first")
		}
		return nil, err
	}
	a.vault = &vault.Vault{DB: a.db, Keys: keys, Blobs: vault.Disk{Dir: filepath.Join(w.Data, "blobs")}}
	a.vault.Also, a.vault.Restored, a.vault.Clear = access.Erase, matter.UnindexBoxes, []string{search.Table}
	a.vault.Columns = signin.Columns(a.vault)
	a.house.Boxes = a.vault
	if err := a.migrate(ctx); err != nil {
		a.close()
		if store.IsDenied(err) {
			err = civic.Refuse(civic.Unavailable, "skein.migrate_first")
		}
		return nil, err
	}
	if err := a.settle(ctx); err != nil {
		a.close()
		return nil, err
	}
	return a, nil
}

// newLog writes a line an event: logfmt, in which nothing that comes from outside can begin another line.
func newLog(to io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(to, nil)) }

// settle holds the master key against the database and follows it while it is replaced.
func (a *app) settle(ctx context.Context) error {
	realms, err := clerk.Realms(ctx, a.db)
	if err != nil {
		return err
	}
	if err := a.vault.Settle(ctx, purposes, realms...); err != nil {
		return err
	}
	watching, end := context.WithCancel(context.Background())
	var watched sync.WaitGroup
	watched.Go(func() {
		a.vault.Keys.Watch(watching, func(err error) { a.log.Error("reading the master key anew", "err", err) })
	})
	a.unwatch = func() { end(); watched.Wait() }
	return nil
}

func (a *app) close() {
	if a.unwatch != nil {
		a.unwatch()
	}
	if err := a.vault.Keys.Close(); err != nil {
		a.log.Error("closing the key store", "err", err)
	}
	a.db.Close()
}

// found makes a realm, the keys that are derived for it first.
func (a *app) found(ctx context.Context, id civic.Realm, s clerk.Settings) error {
	if err := a.vault.Settle(ctx, purposes, id); err != nil {
		return err
	}
	return clerk.Found(ctx, a.db, id, s)
}

// migrate brings the tables up to date.
func (a *app) migrate(ctx context.Context) error {
	return a.house.Migrate(ctx, a.db, vault.Migrations(), courier.Migrations(), seal.Migrations(), access.Migrations(), search.Migrations(), face.Migrations(), signin.Migrations())
}

// only is the realm asked for, or the only one there is.
func (a *app) only(ctx context.Context) (civic.Realm, error) {
	realms, err := clerk.Realms(ctx, a.db)
	if err != nil {
		return "", err
	}
	switch {
	case a.where.Realm != "":
		for _, r := range realms {
			if string(r) == a.where.Realm {
				return r, nil
			}
		}
		return "", civic.Refuse(civic.Missing, "journal.no_realm", "realm", a.where.Realm)
	case len(realms) == 1:
		return realms[0], nil
	case len(realms) == 0:
		return "", civic.Refuse(civic.Missing, "skein.no_realm")
	}
	return "", misuseError{fmt.Errorf("this database holds %d realms: say which with --in", len(realms))}
}

// realm opens the realm for work; still leaves its clock and reactors off.
func (a *app) realm(ctx context.Context, still bool) (*clerk.Realm, error) {
	id, err := a.only(ctx)
	if err != nil {
		return nil, err
	}
	return clerk.Open(ctx, a.house, a.db, id, clerk.Options{Log: a.log, Still: still})
}

// title is the title of a code of the realm in a language.
func title(v *clerk.View, lang, kind, code string) string {
	switch kind {
	case "body":
		if b, ok := body.CatalogIn(v).Body(civic.BodyID(code)); ok {
			return b.Titles.In(lang)
		}
	case "post":
		if p, ok := body.CatalogIn(v).Post(civic.PostID(code)); ok {
			return p.Titles.In(lang)
		}
	case "place":
		return place.CatalogIn(v).Title(civic.PlaceID(code), lang)
	case "calendar":
		if c := place.CatalogIn(v).Calendar(code); c != nil {
			return c.Title().In(lang)
		}
	case "category":
		tree, _ := duty.CatalogIn(v).CategoriesAt(1<<62 - 1)
		if c, ok := tree.Get(civic.Category(code)); ok {
			return c.Title(lang)
		}
	}
	return ""
}

// ground answers the matter room's intake from the place room.
type ground struct{ all *place.Catalog }

func (g ground) Holding(lat, lon float64) []civic.PlaceID { return g.all.Holding(lat, lon) }

func (g ground) Above(p civic.PlaceID) []civic.PlaceID {
	chain := g.all.Chain(p)
	out := make([]civic.PlaceID, len(chain))
	for i, c := range chain {
		out[i] = c.ID
	}
	return out
}

func (g ground) Snap(lat, lon float64) (float64, float64, bool) {
	p, ok := g.all.Snap(lat, lon, blurMetres)
	return p.Lat, p.Lon, ok
}

func (g ground) Root() (civic.PlaceID, bool) { return g.all.Root() }

// blurMetres is the side of the grid that blurred points are snapped to.
const blurMetres = 250
