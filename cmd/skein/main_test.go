package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
	"testing"

	"skein/frame/store"
)

// asCommand makes this test binary the command itself, so that tests can run and kill it.
const asCommand = "SKEIN_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		os.Exit(run(context.Background(), os.Args[1:]))
	}
	if err := store.Pool(); err != nil { // as a server has
		panic(err)
	}
	debug.SetGCPercent(400) // many cities that are filled, asked and dropped: collecting less takes a tenth less processor time, and memory is there
	code := m.Run()
	dropModels()
	os.Exit(code)
}

// slow leaves out of `make check` what takes seconds of processor time: `make test` runs it.
func slow(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("it takes long: it runs without -short")
	}
}

// skein prepares the command as a process of its own.
func skein(args ...string) (c *exec.Cmd, out, errs *bytes.Buffer) {
	c = exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), asCommand+"=1", "LANG=en")
	out, errs = &bytes.Buffer{}, &bytes.Buffer{}
	c.Stdout, c.Stderr = out, errs
	return c, out, errs
}

// ran is what a command printed and how it ended.
type ran struct {
	code      int
	out, errs string
}

func runSkein(args ...string) ran {
	c, out, errs := skein(args...)
	c.Run() // its code says how it ended
	return ran{c.ProcessState.ExitCode(), out.String(), errs.String()}
}

// mustRun fails the test unless the command ends as wanted.
func mustRun(t *testing.T, code int, args ...string) ran {
	t.Helper()
	r := runSkein(args...)
	if r.code != code {
		t.Fatalf("skein %s: exit %d, want %d\n%s%s", strings.Join(args, " "), r.code, code, r.out, r.errs)
	}
	return r
}
