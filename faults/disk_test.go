package faults

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"skein/cmd/skein/load"
	"skein/internal/pgtest"
)

// A full disk stops writing, not reading, loses nothing, and once there is room again
// writing goes on without a restart.
func TestDiskFull(t *testing.T) {
	if testing.Short() {
		t.Skip("faults are not tried with -short")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=40m"); err != nil {
		pgtest.Missing(t, "a small disk cannot be mounted, which only root may: "+err.Error())
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, bytes.Repeat([]byte("ballast\n"), 6<<20/8), 0o600); err != nil {
		t.Fatal(err)
	}
	w := newTown(t, filepath.Join(dir, "data"), "")
	server := w.serve("")
	run, end := w.crowd(4, 8, server.Address)
	for deadline := time.Now().Add(time.Minute); run.Faults()["503"] < 30; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the disk does not get full: %d acknowledged, otherwise %v", run.Count(), run.Faults())
		}
	}
	base := "http://" + server.Address
	answer, err := http.Post(base+"/api/matters", "application/json", bytes.NewReader(load.NewReports(77).Next()))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusServiceUnavailable || answer.Header.Get("Retry-After") == "" ||
		answer.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("a report on a full disk: %s, Retry-After %q, %s", answer.Status, answer.Header.Get("Retry-After"), answer.Header.Get("Content-Type"))
	}
	acked, _ := run.Acked()
	for _, path := range []string{"/api/matters", "/api/matters/" + acked[0].Number, "/api/matters/" + acked[len(acked)-1].Number, "/healthz"} {
		began := time.Now()
		answer, err := http.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if private := answer.StatusCode == http.StatusNotFound && path != "/api/matters"; answer.StatusCode != http.StatusOK && !private {
			t.Errorf("%s on a full disk: %s", path, answer.Status)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s on a full disk took %v", path, took)
		}
	}
	whole := *w
	whole.acked = acked
	whole.readable(server.Address)

	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	w.moves(run, 100, 20*time.Second, "with room again")
	end()
	if err := server.Stop(); err != nil {
		t.Error(err)
	}
	w.holds()
}
