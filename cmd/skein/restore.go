package main

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"skein/frame/civic"
	"skein/frame/clerk"
	"skein/frame/seal"
	"skein/frame/store"
	"skein/frame/vault"
)

type restoreCommand struct {
	output
	File     string `arg:"" type:"path" help:"The backup."`
	Data     string `required:"" type:"path" placeholder:"DIR" help:"An empty folder, or one that holds nothing but a folder of keys."`
	Database string `placeholder:"postgres://…" help:"For a backup of PostgreSQL: an empty database."`
	Key      string `type:"path" placeholder:"FILE" help:"The master key, to be copied into the folder of keys; it is in no backup."`
	Keys     string `type:"path" placeholder:"DIR" help:"Folder of the keys, if it is not DIR/keys."`
	KeyStore string `placeholder:"FILE|postgres://…" help:"The key store, if it is not keys.db in the folder of keys."`
	KeyCopy  string `type:"path" placeholder:"FILE" help:"A copy of the key store, made by skein vault backup, if the store itself is lost."`

	ErasuresLost bool `help:"Restore although the key store does not know of all that was erased: what was erased since may come back, and the page of the log says so."`

	Checkpoint   []string `placeholder:"FILE|URL" help:"The newest checkpoint of the log that anyone can show: a witness, a mirror, a resident's receipt."`
	LogKey       []string `placeholder:"VKEY" help:"A verifier key that signed such a checkpoint, if the log's key was replaced after the backup."`
	NoCheckpoint bool     `help:"Nobody can show a checkpoint of the log."`
}

// restored is what a restoring led to.
type restored struct {
	Realms []headAt    `json:"realms"`
	Files  int         `json:"files"`
	Data   string      `json:"data"`
	Key    string      `json:"key"`
	HasKey bool        `json:"has_key"`
	Logs   []goesOn    `json:"logs,omitempty"`
	Gaps   []vault.Gap `json:"erasures_lost,omitempty"`
}

// goesOn is how a restored realm's log goes on.
type goesOn struct {
	Realm  civic.Realm `json:"realm"`
	Origin string      `json:"origin"`
	Key    string      `json:"key"`
	// Of is the log that ended, if another began; the leaves from Lost on and before End are gone.
	Of   string `json:"of,omitempty"`
	Lost int64  `json:"lost,omitempty"`
	End  int64  `json:"end,omitempty"`
}

func (c *restoreCommand) Run(g *global) (err error) {
	w := where{Data: c.Data, Database: c.Database, Keys: c.Keys, KeyStore: c.KeyStore}
	if err := c.empty(w); err != nil {
		return err
	}
	f, err := os.Open(c.File)
	if err != nil {
		return civic.Refuse(civic.Missing, "skein.file_unreadable", "file", c.File, "cause", cause(err))
	}
	defer f.Close()
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return civic.Refuse(civic.Unavailable, "skein.file_unwritable", "file", c.Data, "cause", cause(err))
	}
	folder, err := os.MkdirTemp(c.Data, ".restore-*")
	if err != nil {
		return civic.Refuse(civic.Unavailable, "skein.file_unwritable", "file", c.Data, "cause", cause(err))
	}
	defer os.RemoveAll(folder)
	m, err := unpack(f, folder)
	if err != nil {
		return err
	}
	if (m.Engine == store.Postgres) != (c.Database != "") {
		return misuseError{fmt.Errorf("this is a backup of %s: --database is for those of PostgreSQL, and they need it", m.Engine)}
	}
	hasKey, err := c.key(w, m)
	if err != nil {
		return err
	}
	all, err := c.gather(g.ctx, w, m)
	if err != nil {
		return err
	}
	gaps, adopted, err := c.keyStore(g.ctx, w, m, all)
	if err != nil {
		return err
	}
	whole := false
	defer func() {
		if !whole && adopted {
			err = errors.Join(err, vault.Disown(context.WithoutCancel(g.ctx), w.keyStore()))
		}
	}()
	place := restoreSQLite
	if m.Engine == store.Postgres {
		place = restoreIntoPostgres
	}
	logs, err := place(g.ctx, w, folder, m, all)
	if err != nil {
		return err
	}
	defer func() {
		if !whole {
			err = errors.Join(err, unplace(context.WithoutCancel(g.ctx), w, m))
		}
	}()
	if err := noteGaps(g.ctx, w, gaps); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(folder, blobFolder)); err == nil {
		if err := os.Rename(filepath.Join(folder, blobFolder), filepath.Join(c.Data, "blobs")); err != nil {
			return err
		}
	}
	whole = true
	return c.print(g, restored{m.Realms, len(m.Files), c.Data, w.masterPath(), hasKey, logs, gaps})
}

// restoreSQLite makes the database ready in the folder where it was unpacked, and then puts it in its place.
func restoreSQLite(ctx context.Context, w where, folder string, m manifest, all map[civic.Realm]*sighting) ([]goesOn, error) {
	path := filepath.Join(folder, liteName)
	at, err := snapshotOf(ctx, path)
	if err == nil && !at.equal(snapshotAt{m.Realms, m.Logs}) {
		err = civic.Refuse(civic.Invalid, "skein.backup_damaged", "file", liteName)
	}
	if err == nil {
		err = endSignIns(ctx, path)
	}
	if err != nil {
		return nil, err
	}
	logs, err := goOn(ctx, path, w.keys(), m, all)
	if err != nil {
		return nil, err
	}
	return logs, os.Rename(path, w.source())
}

// unplace takes a database away again that was put in its place, where what comes after it failed.
func unplace(ctx context.Context, w where, m manifest) error {
	if m.Engine == store.Postgres {
		return emptyPostgres(ctx, w.Database)
	}
	for _, end := range []string{"-wal", "-shm", ""} {
		if err := os.Remove(w.source() + end); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// restoreIntoPostgres fills the database; if it cannot go on, it is left as empty as it was.
func restoreIntoPostgres(ctx context.Context, w where, folder string, m manifest, all map[civic.Realm]*sighting) (logs []goesOn, err error) {
	if err := restorePostgres(ctx, w.Database, filepath.Join(folder, dumpName), snapshotAt{m.Realms, m.Logs}); err != nil {
		return nil, err
	}
	if err = endSignIns(ctx, w.Database); err == nil {
		logs, err = goOn(ctx, w.Database, w.keys(), m, all)
	}
	if err != nil {
		return nil, errors.Join(err, emptyPostgres(context.WithoutCancel(ctx), w.Database))
	}
	return logs, nil
}

// emptyPostgres drops the tables that were just restored into a database that had none.
func emptyPostgres(ctx context.Context, source string) error {
	db, err := store.Open(ctx, source)
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Update(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
		if err != nil {
			return err
		}
		var names []string
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				rows.Close()
				return err
			}
			names = append(names, name)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil || len(names) == 0 {
			return err
		}
		_, err = tx.ExecContext(ctx, "DROP TABLE "+strings.Join(names, ", ")+" CASCADE")
		return err
	})
}

// endSignIns removes the sessions and half-done sign-ins that a backup brings back: some were ended
// after it was made, and an invitation that was taken is not to be taken again. Older backups have none.
func endSignIns(ctx context.Context, source string) error {
	db, err := store.Open(ctx, source)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, table := range []string{"sessions", "attempts"} {
		if _, err := db.R.ExecContext(ctx, "SELECT 1 FROM "+table+" WHERE realm = ''"); err != nil {
			continue // no such table yet
		}
		if err := db.Update(ctx, func(tx *store.Tx) error {
			_, err := tx.ExecContext(ctx, "DELETE FROM "+table)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

func (c *restoreCommand) print(g *global, r restored) error {
	if c.Format == "json" {
		return c.json(r)
	}
	voice := g.voice()
	for _, h := range r.Realms {
		fmt.Println(voice.Say("skein.restored", "realm", string(h.Realm), "position", int64(h.Position), "folder", r.Data))
	}
	for _, l := range r.Logs {
		switch {
		case l.Of == "":
			fmt.Println(voice.Say("skein.log_same", "origin", l.Origin))
		default:
			fmt.Println(voice.Say("skein.log_begun", "ended", l.Of, "origin", l.Origin, "key", l.Key))
			if l.End > l.Lost {
				fmt.Println(voice.Say("skein.log_lost", "from", l.Lost, "last", l.End-1, "of", l.Of))
			}
		}
	}
	for _, gap := range r.Gaps {
		fmt.Println(voice.Say("skein.erasures_lost", "origin", gap.Origin, "reached", gap.Reached, "seen", gap.Seen))
	}
	if !r.HasKey {
		fmt.Println(voice.Say("skein.restore_key", "path", r.Key))
	}
	fmt.Println(voice.Say("skein.restore_check", "folder", r.Data))
	return nil
}

// empty refuses a folder in which anything but keys lies.
func (c *restoreCommand) empty(w where) error {
	for folder, may := range map[string]string{c.Data: "keys", w.keys(): ""} {
		entries, err := os.ReadDir(folder)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return civic.Refuse(civic.Unavailable, "skein.file_unreadable", "file", folder, "cause", cause(err))
		}
		for _, e := range entries {
			if e.Name() != may && !(folder == w.keys() && keyFile.MatchString(e.Name())) {
				return civic.Refuse(civic.Conflict, "skein.restore_not_empty", "folder", c.Data)
			}
		}
	}
	return nil
}

// keyFile is how files in a folder of keys are called: the master key, the key store, keys of logs and of witnesses, and
// what they signed last, and what a crash left of writing one.
var keyFile = regexp.MustCompile(`^(master\.key|kms\.json|keys\.db(-wal|-shm)?|retired-[0-9a-f]+\.key|(log|witness)-[A-Za-z0-9-]+\.(key|key\.next|checkpoint)|\.new-[0-9]+)$`)

// gather reads what is shown of the logs in a backup, before anything is put in its place. It refuses what is a
// checkpoint of none of them, and logs of which nobody says how far they had come.
func (c *restoreCommand) gather(ctx context.Context, w where, m manifest) (map[civic.Realm]*sighting, error) {
	texts, err := given(ctx, c.Checkpoint)
	if err != nil {
		return nil, err
	}
	all, used := map[civic.Realm]*sighting{}, map[string]bool{}
	var origins []string
	for _, l := range m.Logs {
		if all[l.Realm], err = shownOf(w.keys(), l.Realm, l.Origin, l.Key, texts, c.LogKey, used); err != nil {
			return nil, err
		}
		origins = append(origins, l.Origin)
	}
	if err := allUsed(c.Checkpoint, used, strings.Join(origins, ", ")); err != nil {
		return nil, err
	}
	for _, l := range m.Logs {
		if !all[l.Realm].any && !c.NoCheckpoint {
			return nil, civic.Refuse(civic.Invalid, "skein.restore_checkpoint", "origin", l.Origin, "size", l.Size)
		}
	}
	return all, nil
}

// goOn lets each log go on: under its name where nobody saw more of it than the database holds, and else under
// another, which names what was seen last.
func goOn(ctx context.Context, source, keys string, m manifest, all map[civic.Realm]*sighting) (out []goesOn, err error) {
	if len(m.Logs) == 0 {
		return nil, nil
	}
	db, err := store.Open(ctx, source)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	for _, logged := range m.Logs {
		s := all[logged.Realm]
		l, _, err := seal.Current(ctx, db.R, logged.Realm)
		if err != nil {
			return nil, err
		}
		ahead := s.latest > l.Number
		for _, text := range s.own {
			older, err := seal.Older(ctx, db, logged.Realm, &l, text)
			if err != nil {
				return nil, err
			}
			ahead = ahead || older
		}
		if !ahead {
			out = append(out, goesOn{Realm: logged.Realm, Origin: l.Origin, Key: l.Key})
			continue
		}
		_, clock, err := clerk.SettingsOf(ctx, db, logged.Realm)
		if err != nil {
			return nil, err
		}
		last := s.newest(l.Checkpoint)
		begun, err := seal.Continue(ctx, seal.Config{DB: db, Realm: logged.Realm, Folder: keys, Now: clock.Now}, "restored", last, s.latest)
		if err != nil {
			return nil, err
		}
		of, held := l.Origin, l.Size
		if s.later != "" {
			of, _, _ = seal.Head(s.later)
			held = 0
		}
		from, end := seal.Continuation{Held: held, Last: last}.Lost()
		out = append(out, goesOn{logged.Realm, begun.Origin, begun.Key, of, from, end})
	}
	return out, nil
}

// key takes the master key in, if it was given, and reports whether one is there. One that
// is not that of the backup is refused: with it nothing private could ever be read.
func (c *restoreCommand) key(w where, m manifest) (bool, error) {
	from := w.masterPath()
	if c.Key != "" {
		from = c.Key
	} else if _, err := os.Lstat(from); errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	master, err := vault.OpenMaster(from)
	if err != nil {
		return false, err
	}
	if keyCheck(master) != m.KeyCheck {
		return false, civic.Refuse(civic.Invalid, "skein.restore_key_other", "path", from)
	}
	if c.Key == "" {
		return true, nil
	}
	text, err := os.ReadFile(c.Key)
	if err != nil {
		return false, err
	}
	if err := os.MkdirAll(filepath.Dir(w.masterPath()), 0o700); err != nil {
		return false, err
	}
	f, err := os.OpenFile(w.masterPath(), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return true, nil // it is there, and was looked at: the folder held nothing else
	}
	if err != nil {
		return false, err
	}
	_, err = f.Write(text)
	return true, errors.Join(err, f.Sync(), f.Close())
}

var digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// unpack writes what a backup holds into a folder and holds every byte against the
// manifest. Nothing is written that the manifest does not name, and no name leads out of the folder.
func unpack(in io.Reader, folder string) (manifest, error) {
	var m manifest
	damaged := func(file string) (manifest, error) {
		return m, civic.Refuse(civic.Invalid, "skein.backup_damaged", "file", file)
	}
	z, err := gzip.NewReader(in)
	if err != nil {
		return m, civic.Refuse(civic.Malformed, "skein.backup_none")
	}
	r := tar.NewReader(z)
	h, err := r.Next()
	if err != nil || h.Name != manifestName || h.Size > mostManifest {
		return m, civic.Refuse(civic.Malformed, "skein.backup_none")
	}
	if err := json.NewDecoder(io.LimitReader(r, h.Size)).Decode(&m); err != nil {
		return damaged(manifestName)
	}
	if m.Format != backupFormat {
		return m, civic.Refuse(civic.Unsupported, "skein.backup_format", "format", m.Format, "version", m.Version)
	}
	for _, file := range m.Files {
		h, err := r.Next()
		if err != nil || h.Name != file.Name || h.Size != file.Size || h.Typeflag != tar.TypeReg {
			return damaged(file.Name)
		}
		path := filepath.Join(folder, file.Name)
		if name, blob := strings.CutPrefix(file.Name, blobFolder); blob {
			if !digestForm.MatchString(name) || name != file.Digest {
				return damaged(file.Name)
			}
			path = filepath.Join(folder, blobFolder, name[:2], name[2:])
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				return m, err
			}
		} else if file.Name != liteName && file.Name != dumpName {
			return damaged(file.Name)
		}
		digest, err := put(path, r)
		if err != nil {
			if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, gzip.ErrChecksum) {
				return damaged(file.Name)
			}
			return m, err
		}
		if digest != file.Digest {
			return damaged(file.Name)
		}
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		return damaged("manifest.json")
	}
	if _, err := io.Copy(io.Discard, z); err != nil { // its checksum is behind all
		return damaged(manifestName)
	}
	return m, nil
}

// put writes a file, synced, and returns the digest of what it wrote.
func put(path string, from io.Reader) (digest string, err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(f, sum), from)
	return hex.EncodeToString(sum.Sum(nil)), errors.Join(err, f.Sync(), f.Close())
}

// restorePostgres fills an empty database from a dump, in one transaction.
func restorePostgres(ctx context.Context, source, dump string, want snapshotAt) error {
	tool, err := exec.LookPath("pg_restore")
	if err != nil {
		return civic.Refuse(civic.Unavailable, "skein.tool_missing", "tool", "pg_restore")
	}
	db, err := store.Open(ctx, source)
	if err != nil {
		return err
	}
	defer db.Close()
	var tables int
	err = db.R.QueryRowContext(ctx, "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'").Scan(&tables)
	if err != nil {
		return err
	}
	if tables > 0 {
		return civic.Refuse(civic.Conflict, "skein.restore_database", "tables", tables)
	}
	if err := runTool(ctx, source, tool, "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", dump); err != nil {
		return err
	}
	got, err := readSnapshot(ctx, db.R)
	if err == nil && !got.equal(want) {
		err = civic.Refuse(civic.Invalid, "skein.backup_damaged", "file", dumpName)
	}
	return err
}
