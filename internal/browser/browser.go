// Package browser lets a Go test open its pages in a real Chromium: the test serves the
// pages, a script beside it looks at them. It is test support; nothing that ships imports it.
package browser

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"skein/internal/pgtest"
)

// Run runs a script with Node and the given arguments, and fails the test if it exits
// other than with 0. The script imports internal/browser/browser.mjs. Pages that show
// something wrong are kept as pictures in test-results/. With -short the test is skipped; where Node,
// Chromium or the npm packages are missing it is skipped, or fails if pgtest.RequireVar is set.
func Run(t testing.TB, script string, args ...string) {
	t.Helper()
	if testing.Short() {
		t.Skip("browser tests are not run with -short")
	}
	if err := missing(); err != nil {
		pgtest.Missing(t, err.Error())
	}
	ctx, cancel := context.WithTimeout(context.Background(), 40*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, "node", append([]string{script}, args...)...)
	c.Env = append(os.Environ(), "SKEIN_CHROMIUM="+chromium(), "SKEIN_PICTURES="+filepath.Join(root(), "test-results"))
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) } // playwright closes its browser
	c.WaitDelay = 10 * time.Second
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	err := c.Run()
	t.Logf("%s:\n%s", script, out.Bytes())
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
}

func missing() error {
	if chromium() == "" {
		return errors.New("no Chromium (Debian: apt-get install chromium-headless-shell)")
	}
	if _, err := exec.LookPath("node"); err != nil {
		return fmt.Errorf("no Node: %w", err)
	}
	if _, err := os.Stat(filepath.Join(root(), "node_modules", "playwright-core")); err != nil {
		return fmt.Errorf("no npm packages, which `npm ci` brings: %w", err)
	}
	return nil
}

// chromium finds the system's browser; SKEIN_CHROMIUM names another. The one without windows (Debian's chromium-headless-shell) makes no profile of a
// whole browser for each visit: TestJobsInBrowser takes 33 CPU-seconds with it and 73 without.
func chromium() string {
	for _, name := range []string{os.Getenv("SKEIN_CHROMIUM"), "chromium-headless-shell", "/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// root is the top folder of the source tree, found from this file.
func root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}
