package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"skein/frame/seal"
	"skein/frame/vault"
	"skein/internal/pgtest"
	"skein/rooms/matter"
)

// A backup taken under load is one moment of the realm: restored elsewhere it verifies, its
// tables are what its journal leads to, and with the master key its texts can be read.
func TestBackupUnderLoad(t *testing.T) {
	onBothEngines(t, 300, func(c *city) {
		first := c.report(lamp("The lamp at the corner is dark"))
		blob, err := vault.NewBox(c.app.vault.Master, demoRealm, "matter").SealBlob(context.Background(), c.app.vault.Blobs, "photo/1", []byte("a photo"))
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
		mustRun(c.T, 0, append([]string{"restore", file, "--no-checkpoint", "--key", c.app.where.masterPath()}, to...)...)
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
