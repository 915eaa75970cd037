package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"skein/frame/civic"
	"skein/frame/seal"
	"skein/frame/store"
	"skein/frame/vault"
	"skein/internal/pgtest"
	"skein/rooms/matter"
)

// A backup taken under load is one moment of the realm: restored elsewhere it verifies, its
// tables are what its journal leads to, and with the master key its texts can be read.
func TestBackupUnderLoad(t *testing.T) {
	slow(t)
	onBothEngines(t, 300, func(c *city) {
		first := c.report(lamp("The lamp at the corner is dark"))
		box, err := c.app.vault.NewBox(context.Background(), demoRealm, "matter")
		if err != nil {
			c.Fatal(err)
		}
		blob, err := box.SealBlob(context.Background(), c.app.vault.Blobs, "photo/1", []byte("a photo"))
		if err != nil || blob == "" {
			c.Fatal(err)
		}
		var stop atomic.Bool
		var reports atomic.Int64
		var load sync.WaitGroup
		for range 4 {
			load.Go(func() {
				for !stop.Load() {
					raw, _ := json.Marshal(lamp("Another one"))
					r, err := http.Post(c.url+"/api/matters", "application/json", bytes.NewReader(raw))
					if err != nil || r.StatusCode != 201 {
						c.Errorf("a report while the backup is made: %v %v", r, err)
						return
					}
					r.Body.Close()
					reports.Add(1)
				}
			})
		}
		for reports.Load() < 20 && !c.Failed() {
			time.Sleep(time.Millisecond)
		}
		file := filepath.Join(c.TempDir(), "skein.tar.gz")
		from := c.head()
		made := runSkein(append([]string{"backup", file, "--format", "json"}, c.at()...)...)
		until := c.head()
		stop.Store(true)
		load.Wait()
		if made.code != 0 {
			c.Fatal(made)
		}
		var m struct {
			manifest
			Key string `json:"key"`
		}
		if err := json.Unmarshal([]byte(made.out), &m); err != nil {
			c.Fatal(err)
		}
		if len(m.Realms) != 1 || m.Realms[0].Position < from || m.Realms[0].Position > until || m.Key != c.app.where.masterPath() {
			c.Errorf("a backup between acts %d and %d says %+v", from, until, m)
		}
		if r := runSkein(append([]string{"backup", file}, c.at()...)...); r.code != 1 || !strings.Contains(r.errs, "exists") {
			c.Errorf("a backup over another: %+v", r)
		}
		holdsNoKey(c, file)

		data := filepath.Join(c.TempDir(), "restored")
		w := where{Data: data}
		to := []string{"--data", data}
		if c.app.where.Database != "" {
			w.Database = pgtest.URL(c.T)
			to = append(to, "--database", w.Database)
		}
		damaged(c, file)
		other := filepath.Join(c.TempDir(), "keys", "other.key")
		if _, err := vault.CreateMaster(other); err != nil {
			c.Fatal(err)
		}
		if r := runSkein(append([]string{"restore", file, "--key", other}, to...)...); r.code != 1 || !strings.Contains(r.errs, "not the master key") {
			c.Errorf("another key: %+v", r)
		}
		mustRun(c.T, 0, append([]string{"restore", file, "--no-checkpoint"}, slices.Concat(c.withKeys(), to)...)...)
		if r := runSkein(append([]string{"restore", file}, to...)...); r.code != 1 || !strings.Contains(r.errs, "not empty") {
			c.Errorf("restored over a realm: %+v", r)
		}
		mustRun(c.T, 0, append([]string{"verify"}, to...)...)
		mustRun(c.T, 0, append([]string{"rebuild", "--check"}, to...)...)

		a, err := w.open(context.Background(), false)
		if err != nil {
			c.Fatal(err)
		}
		defer a.close()
		again, err := heads(context.Background(), a.db.R)
		if err != nil || len(again) != 1 || again[0] != m.Realms[0] {
			c.Errorf("restored to %v, not %v %v", again, m.Realms, err)
		}
		realm, err := a.realm(context.Background(), true)
		if err != nil {
			c.Fatal(err)
		}
		defer realm.Close()
		s, _, err := realm.State(context.Background(), c.dossier(first))
		if err != nil {
			c.Fatal(err)
		}
		all, err := a.vault.ReadAll(context.Background(), demoRealm, string(s.(matter.State).Reporter))
		if err != nil || len(all) == 0 || string(all[0].Text) != "The lamp at the corner is dark" {
			c.Errorf("a text cannot be read any more: %v %v", all, err)
		}
		blobs, err := filepath.Glob(filepath.Join(data, "blobs", "*", "*"))
		if err != nil || len(blobs) != 1 {
			c.Errorf("attachments: %v %v", blobs, err)
		}
	})
}

// withKeys are the flags that put the keys of today into a restored realm.
func (c *city) withKeys() []string {
	c.Helper()
	return []string{"--key", c.app.where.masterPath(), "--key-copy", c.keyCopy()}
}

// keyCopy makes a copy of the key store.
func (c *city) keyCopy() string {
	c.Helper()
	made := mustRun(c.T, 0, append([]string{"vault", "backup", c.TempDir(), "--format", "json"}, c.at()...)...)
	var copied vault.Copied
	if err := json.Unmarshal([]byte(made.out), &copied); err != nil {
		c.Fatal(err)
	}
	return copied.Path
}

// A restored realm knows of everyone who was erased, also after the backup was made: without a key store whose list reaches what
// was last seen of the log, it is not restored, or says in public that it may lack something.
func TestRestoreNeedsTheErasureList(t *testing.T) {
	slow(t)
	onBothEngines(t, 30, func(c *city) {
		gone, kept := c.report(lamp("Words that are erased")), c.report(lamp("Words that are kept"))
		c.act(201, gone, "release", "info/desk", map[string]any{"items": []string{c.state(gone).Items[0].Digest}})
		if err := c.realm.CatchUp(context.Background()); err != nil {
			c.Fatal(err)
		}
		indexed := func(a *app) (n int) {
			c.Helper()
			if err := a.db.R.QueryRowContext(context.Background(), "SELECT count(*) FROM search_docs WHERE kind = 'matter'").Scan(&n); err != nil {
				c.Fatal(err)
			}
			return n
		}
		if n := indexed(c.app); n != 1 {
			c.Fatalf("%d matters are indexed", n)
		}
		c.seal()
		early := c.keyCopy()
		file := filepath.Join(c.TempDir(), "skein.tar.gz")
		mustRun(c.T, 0, append([]string{"backup", file}, c.at()...)...)
		box := c.boxOf(gone)
		ctx := context.Background()
		err := c.app.db.Update(ctx, func(tx *store.Tx) error {
			return c.app.vault.Erase(ctx, tx, demoRealm, []string{box}, civic.At(time.Now()))
		})
		if err != nil {
			c.Fatal(err)
		}
		c.report(lamp("After it"))
		c.seal() // by which the key has been destroyed
		seen := c.keep("seen", "/log/boston/checkpoint", "")
		late := c.keyCopy()

		restore := func(args ...string) (where, []string, ran) {
			c.Helper()
			w := where{Data: filepath.Join(c.TempDir(), fmt.Sprintf("restored-%d", time.Now().UnixNano()))}
			to := []string{"--data", w.Data}
			if c.app.where.Database != "" {
				w.Database = pgtest.URL(c.T)
				to = append(to, "--database", w.Database)
			}
			return w, to, runSkein(slices.Concat([]string{"restore", file, "--checkpoint", seen, "--key", c.app.where.masterPath()}, args, to)...)
		}
		other := newCity(c.T, sqlite, 1)
		for name, try := range map[string]struct {
			args []string
			says string
		}{
			"no key store":    {nil, "There is no key store"},
			"an older copy":   {[]string{"--key-copy", early}, "would come back"},
			"another's":       {[]string{"--key-copy", other.keyCopy()}, "not the one that belongs"},
			"no copy":         {[]string{"--key-copy", file}, "no copy of a key store"},
			"older, no check": {[]string{"--key-copy", early, "--no-checkpoint"}, "would come back"},
		} {
			w, _, r := restore(try.args...)
			if r.code != 1 || !strings.Contains(r.errs, try.says) {
				c.Errorf("%s: %+v", name, r)
			}
			if left, _ := filepath.Glob(filepath.Join(w.Data, "*")); len(left) > 1 || len(left) == 1 && filepath.Base(left[0]) != "keys" {
				c.Errorf("%s left %v", name, left)
			}
		}
		reads := func(w where, of told) error {
			a, err := w.open(ctx, false)
			if err != nil {
				c.Fatal(err)
			}
			defer a.close()
			_, err = a.vault.Read(ctx, demoRealm, vault.Ref{Box: c.boxOf(of), Part: "text"})
			if n := indexed(a); n > 0 && errors.Is(err, vault.ErrErased) {
				c.Errorf("%d matters are indexed, of which the words are erased", n)
			}
			return err
		}
		w, to, r := restore("--key-copy", late)
		if r.code != 0 {
			c.Fatalf("%+v", r)
		}
		if err := reads(w, gone); !errors.Is(err, vault.ErrErased) {
			c.Errorf("what was erased after the backup came back: %v", err)
		}
		if err := reads(w, kept); err != nil {
			c.Error(err)
		}
		mustRun(c.T, 0, append([]string{"verify"}, to...)...)

		w, to, r = restore("--key-copy", early, "--erasures-lost")
		if r.code != 0 || !strings.Contains(r.out, "may have come back") {
			c.Fatalf("%+v", r)
		}
		if err := reads(w, gone); err != nil {
			c.Errorf("the warning is for nothing: %v", err)
		}
		mustRun(c.T, 0, append([]string{"verify"}, to...)...)
		a, err := w.open(ctx, false)
		if err != nil {
			c.Fatal(err)
		}
		defer a.close()
		if gaps, err := a.vault.Gaps(ctx, demoRealm); err != nil || len(gaps) != 1 || gaps[0].Seen <= gaps[0].Reached {
			c.Errorf("%+v %v", gaps, err)
		}
	})
}

// A key store that is lost alone is put back from a copy: what was told since cannot be read, and what was erased since stays erased.
func TestTheKeyStoreIsLost(t *testing.T) {
	slow(t)
	onBothEngines(t, 30, func(c *city) {
		ctx := context.Background()
		gone, kept := c.report(lamp("Words that are erased")), c.report(lamp("Words that are kept"))
		copied := c.keyCopy()
		for range 200 { // the copy has the keys that were made ahead
			if _, err := c.app.vault.NewBox(ctx, demoRealm, "matter"); err != nil {
				c.Fatal(err)
			}
		}
		late := c.report(lamp("After the copy"))
		err := c.app.db.Update(ctx, func(tx *store.Tx) error {
			return c.app.vault.Erase(ctx, tx, demoRealm, []string{c.boxOf(gone)}, civic.At(time.Now()))
		})
		if err == nil {
			_, err = c.app.vault.Destroy(ctx, demoRealm)
		}
		if err != nil {
			c.Fatal(err)
		}
		if r := runSkein(append([]string{"vault", "restore", copied}, c.at()...)...); r.code != 1 || !strings.Contains(r.errs, "not overwritten") {
			c.Errorf("over the store: %+v", r)
		}
		at := append(c.at(), "--key-store", filepath.Join(c.TempDir(), "elsewhere.db"))
		if r := runSkein(append([]string{"verify"}, at...)...); r.code != 1 || !strings.Contains(r.errs, "not the one that belongs") {
			c.Errorf("with a new store: %+v", r)
		}
		other := newCity(c.T, sqlite, 1)
		at = append(c.at(), "--key-store", filepath.Join(c.TempDir(), "put-back.db"))
		if r := runSkein(append([]string{"vault", "restore", other.keyCopy()}, at...)...); r.code != 1 || !strings.Contains(r.errs, "not the one that belongs") {
			c.Errorf("from another's copy: %+v", r)
		}
		if r := mustRun(c.T, 0, append([]string{"vault", "restore", copied}, at...)...); !strings.Contains(r.out, "1 boxes were made after") {
			c.Error(r.out)
		}
		w := c.app.where
		w.KeyStore = at[len(at)-1]
		a, err := w.open(ctx, false)
		if err != nil {
			c.Fatal(err)
		}
		defer a.close()
		for m, want := range map[told]error{gone: vault.ErrErased, kept: nil, late: vault.ErrKeyLost} {
			if _, err := a.vault.Read(ctx, demoRealm, vault.Ref{Box: c.boxOf(m), Part: "text"}); !errors.Is(err, want) {
				c.Errorf("%s: %v", m.number, err)
			}
		}
	})
}

// boxOf is the box of a matter.
func (c *city) boxOf(m told) string {
	c.Helper()
	var box string
	if err := c.app.db.R.QueryRow("SELECT box FROM matters WHERE realm = $1 AND dossier = $2", string(demoRealm), string(c.dossier(m))).Scan(&box); err != nil {
		c.Fatal(err)
	}
	return box
}

// holdsNoKey looks at every byte of a backup.
func holdsNoKey(c *city, file string) {
	c.Helper()
	key, err := os.ReadFile(c.app.where.masterPath())
	if err != nil {
		c.Fatal(err)
	}
	_, secret, _ := bytes.Cut(bytes.TrimSpace(key), []byte("\n"))
	logKey, err := os.ReadFile(seal.KeyPath(c.app.where.keys(), demoRealm))
	if err != nil {
		c.Fatal(err)
	}
	// PRIVATE+KEY+name+hash+material, whose base64 may hold a plus of its own.
	parts := bytes.SplitN(bytes.TrimSpace(logKey), []byte("+"), 5)
	if len(parts) != 5 || len(parts[4]) < 40 {
		c.Fatalf("a log's key of %d parts", len(parts))
	}
	signing := parts[4]
	f, err := os.Open(file)
	if err != nil {
		c.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		c.Fatal(err)
	}
	r := tar.NewReader(z)
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			c.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			c.Fatal(err)
		}
		if strings.Contains(h.Name, "key") || bytes.Contains(content, secret) || bytes.Contains(content, signing) {
			c.Errorf("%s holds the master key, or the log's", h.Name)
		}
	}
}

// damaged changes, cuts and replaces bytes of a backup; each is refused and leaves nothing.
func damaged(c *city, file string) {
	c.Helper()
	whole, err := os.ReadFile(file)
	if err != nil {
		c.Fatal(err)
	}
	flipped := bytes.Clone(whole)
	flipped[len(flipped)/2] ^= 0x40
	for name, content := range map[string][]byte{
		"flipped": flipped, "cut": whole[:len(whole)-1000], "nothing": {}, "other": []byte("this is no backup"), "escaping": escaping(c.T),
	} {
		path := filepath.Join(c.TempDir(), name+".tar.gz")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			c.Fatal(err)
		}
		data := filepath.Join(c.TempDir(), name)
		args := []string{"restore", path, "--data", data}
		if c.app.where.Database != "" {
			args = append(args, "--database", c.app.where.Database)
		}
		if r := runSkein(args...); r.code != 1 || !strings.Contains(r.errs, "ackup") {
			c.Errorf("%s: %+v", name, r)
		}
		if left, err := os.ReadDir(data); err != nil || len(left) > 0 {
			c.Errorf("%s left %v %v", name, left, err)
		}
	}
}

// escaping is a backup whose manifest names a file outside the folder.
func escaping(t *testing.T) []byte {
	t.Helper()
	text, err := json.Marshal(manifest{Format: backupFormat, Files: []filedAt{{Name: "../escaped", Size: 1}}})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for name, content := range map[string][]byte{manifestName: text} {
		w.WriteHeader(&tar.Header{Name: name, Size: int64(len(content)), Mode: 0o600})
		w.Write(content)
	}
	w.WriteHeader(&tar.Header{Name: "../escaped", Size: 1, Mode: 0o600})
	w.Write([]byte("x"))
	w.Close()
	z.Close()
	return b.Bytes()
}
