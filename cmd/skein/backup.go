package main

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/seal"
	"skein/frame/store"
	"skein/frame/vault"
)

// A backup is one gzipped tar: manifest.json first, then the database, then the attachments
// as they lie in the vault, encrypted. Neither the master key nor the key store is in it: whoever has all three
// reads everything, so they must be kept apart.
//
// The database is one snapshot, taken while others write. Attachments are put before the
// acts that name them, so all that the snapshot names are there when they are copied after it.

type backupCommand struct {
	where
	output
	File string `arg:"" type:"path" help:"The backup to be made, a .tar.gz; it must not exist yet."`
}

// manifest says what a backup holds.
type manifest struct {
	Format   int          `json:"format"` // 1
	Version  string       `json:"version"`
	Made     time.Time    `json:"made"`
	Engine   store.Engine `json:"engine"`
	Realms   []headAt     `json:"realms"`
	Logs     []loggedAt   `json:"logs,omitempty"`
	KeyCheck string       `json:"key_check"` // tells whether a master key is the right one; says nothing of it
	KeyStore string       `json:"key_store"` // which key store belongs to it
	Files    []filedAt    `json:"files"`
}

// headAt is where a realm's journal ended in the snapshot.
type headAt struct {
	Realm    civic.Realm    `json:"realm"`
	Position civic.Position `json:"position"`
	Recorded civic.Instant  `json:"recorded"`
}

// loggedAt is the newest checkpoint of a realm's log in the snapshot.
type loggedAt struct {
	Realm      civic.Realm `json:"realm"`
	Origin     string      `json:"origin"`
	Key        string      `json:"key"`
	Size       int64       `json:"size"`
	Checkpoint string      `json:"checkpoint"`
}

// snapshotAt is what a snapshot holds: where the journals and the logs end in it.
type snapshotAt struct {
	heads []headAt
	logs  []loggedAt
}

func (s snapshotAt) equal(other snapshotAt) bool {
	return slices.Equal(s.heads, other.heads) && slices.Equal(s.logs, other.logs)
}

// filedAt is a file of a backup with the SHA-256 of its bytes.
type filedAt struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	Digest string `json:"sha256"`
}

const (
	backupFormat   = 1
	manifestName   = "manifest.json"
	liteName       = "skein.db"
	dumpName       = "database.dump"
	blobFolder     = "blobs/"
	mostManifest   = 256 << 20
	keyCheckPhrase = "backup key check"
)

func keyCheck(m *vault.Master) string {
	key := m.Check(keyCheckPhrase)
	return hex.EncodeToString(key[:8])
}

func (c *backupCommand) Run(g *global) error {
	if _, err := os.Lstat(c.File); !errors.Is(err, os.ErrNotExist) {
		return civic.Refuse(civic.Conflict, "skein.backup_exists", "file", c.File)
	}
	a, err := c.open(g.ctx, false)
	if err != nil {
		return err
	}
	defer a.close()
	if len(a.vault.Keys.Master.Retiring()) > 0 {
		return civic.Refuse(civic.Conflict, "skein.backup_rewrap")
	}
	folder, err := os.MkdirTemp(filepath.Dir(c.File), ".backup-*")
	if err != nil {
		return civic.Refuse(civic.Unavailable, "skein.file_unwritable", "file", c.File, "cause", cause(err))
	}
	defer os.RemoveAll(folder)
	m := manifest{Format: backupFormat, Version: version, Made: time.Now().UTC(), Engine: a.db.Engine, KeyCheck: keyCheck(a.vault.Keys.Master), KeyStore: a.vault.Keys.ID}
	snapshot := filepath.Join(folder, liteName)
	var at snapshotAt
	if a.db.Engine == store.Postgres {
		snapshot = filepath.Join(folder, dumpName)
		at, err = dumpPostgres(g.ctx, a.db, snapshot)
	} else {
		at, err = copySQLite(g.ctx, a.db.Source, snapshot)
	}
	if err != nil {
		return err
	}
	m.Realms, m.Logs = at.heads, at.logs
	digest, size, err := digestOf(snapshot)
	if err != nil {
		return err
	}
	m.Files = append(m.Files, filedAt{filepath.Base(snapshot), size, digest})
	blobs := filepath.Join(c.Data, "blobs")
	err = (vault.Disk{Dir: blobs}).Walk(g.ctx, func(name string, _ time.Time) error {
		if strings.Contains(name, ".") { // the leftover of a write that a crash cut off
			return nil
		}
		info, err := os.Stat(filepath.Join(blobs, name[:2], name[2:]))
		if errors.Is(err, os.ErrNotExist) {
			return nil // erased meanwhile
		}
		if err == nil {
			m.Files = append(m.Files, filedAt{blobFolder + name, info.Size(), name}) // a blob is named by its digest
		}
		return err
	})
	if err != nil {
		return err
	}
	part := filepath.Join(folder, "backup")
	if err := m.write(part, snapshot, blobs); err != nil {
		return err
	}
	if err := os.Link(part, c.File); err != nil { // unlike a renaming, it overwrites nothing
		return civic.Refuse(civic.Unavailable, "skein.file_unwritable", "file", c.File, "cause", err.Error())
	}
	if c.Format == "json" {
		m.Files = nil
		return c.json(struct {
			manifest
			File string `json:"file"`
			Key  string `json:"key"`
		}{m, c.File, c.masterPath()})
	}
	voice := g.voice()
	for _, r := range m.Realms {
		fmt.Println(voice.Say("skein.backed_up", "realm", string(r.Realm), "position", int64(r.Position), "file", c.File))
	}
	fmt.Println(voice.Say("skein.backup_key", "path", c.masterPath()))
	fmt.Println(voice.Say("skein.backup_key_store"))
	return nil
}

// copySQLite makes a whole, compact copy of one moment while others write, and says where
// the journals end in it.
func copySQLite(ctx context.Context, path, to string) (at snapshotAt, err error) {
	db, err := store.File(path, "_pragma=busy_timeout(10000)")
	if err != nil {
		return at, err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, "VACUUM INTO $1", to); err != nil {
		return at, fmt.Errorf("copying %s: %w", path, err)
	}
	if err := os.Chmod(to, 0o600); err != nil {
		return at, err
	}
	return snapshotOf(ctx, to)
}

// snapshotOf reads where journals and logs end in a database file that nobody writes.
func snapshotOf(ctx context.Context, path string) (at snapshotAt, err error) {
	db, err := store.File(path, "immutable=1")
	if err != nil {
		return at, err
	}
	defer db.Close()
	return readSnapshot(ctx, db)
}

func readSnapshot(ctx context.Context, q journal.Querier) (at snapshotAt, err error) {
	if at.heads, err = heads(ctx, q); err != nil {
		return at, err
	}
	for _, h := range at.heads {
		l, ok, err := seal.Current(ctx, q, h.Realm)
		if err != nil {
			return at, err
		}
		if ok {
			at.logs = append(at.logs, loggedAt{h.Realm, l.Origin, l.Key, l.Size, l.Checkpoint})
		}
	}
	return at, nil
}

func heads(ctx context.Context, q journal.Querier) ([]headAt, error) {
	rows, err := q.QueryContext(ctx, "SELECT realm, position, recorded FROM heads ORDER BY realm")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []headAt{}
	for rows.Next() {
		var h headAt
		if err := rows.Scan(&h.Realm, &h.Position, &h.Recorded); err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, rows.Err()
}

// dumpPostgres runs pg_dump on a snapshot of which it also reads where the journals end.
func dumpPostgres(ctx context.Context, db *store.DB, to string) (at snapshotAt, err error) {
	tool, err := exec.LookPath("pg_dump")
	if err != nil {
		return at, civic.Refuse(civic.Unavailable, "skein.tool_missing", "tool", "pg_dump")
	}
	tx, err := db.R.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: db.Snapshot()})
	if err != nil {
		return at, err
	}
	defer tx.Rollback()
	// The transaction stands idle while pg_dump reads in its snapshot.
	if _, err := tx.ExecContext(ctx, "SET LOCAL idle_in_transaction_session_timeout = 0"); err != nil {
		return at, err
	}
	var snapshot string
	if err := tx.QueryRowContext(ctx, "SELECT pg_export_snapshot()").Scan(&snapshot); err != nil {
		return at, err
	}
	at, err = readSnapshot(ctx, tx)
	if err != nil {
		return at, err
	}
	return at, runTool(ctx, db.Source, tool, "--format=custom", "--no-owner", "--no-privileges", "--snapshot="+snapshot, "--file="+to)
}

// runTool runs a program of PostgreSQL. The password goes by the environment, where other
// users of the machine do not see it.
func runTool(ctx context.Context, source, tool string, args ...string) error {
	u, err := url.Parse(source)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, tool)
	cmd.Env = os.Environ()
	if password, ok := u.User.Password(); ok {
		cmd.Env = append(cmd.Env, "PGPASSWORD="+password)
		u.User = url.User(u.User.Username())
	}
	cmd.Args = append(append(cmd.Args, args...), "--dbname="+store.Guarded(u).String())
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Run(); err != nil {
		return civic.Refuse(civic.Unavailable, "skein.tool_failed", "tool", filepath.Base(tool), "said", strings.TrimSpace(said.String()+" "+err.Error()))
	}
	return nil
}

func (m *manifest) write(path, snapshot, blobs string) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Sync(), f.Close()) }()
	z, _ := gzip.NewWriterLevel(f, gzip.BestSpeed) // the level is one
	w := tar.NewWriter(z)
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	header := func(name string, size int64) *tar.Header {
		return &tar.Header{Name: name, Size: size, Mode: 0o600, ModTime: m.Made, Format: tar.FormatPAX}
	}
	if err := w.WriteHeader(header(manifestName, int64(len(text)))); err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	for _, file := range m.Files {
		from := snapshot
		if name, blob := strings.CutPrefix(file.Name, blobFolder); blob {
			from = filepath.Join(blobs, name[:2], name[2:])
		}
		if err := add(w, header(file.Name, file.Size), from, file.Digest); err != nil {
			return err
		}
	}
	return errors.Join(w.Close(), z.Close())
}

// add copies a file and holds that it is what the manifest says.
func add(w *tar.Writer, h *tar.Header, from, digest string) error {
	f, err := os.Open(from)
	if err != nil {
		return civic.Refuse(civic.Conflict, "skein.backup_gone", "file", h.Name)
	}
	defer f.Close()
	if err := w.WriteHeader(h); err != nil {
		return err
	}
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(w, sum), f); err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != digest {
		return civic.Refuse(civic.Invalid, "skein.backup_damaged", "file", h.Name)
	}
	return nil
}
