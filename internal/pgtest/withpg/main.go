// Command withpg runs another command beside a private PostgreSQL:
//
//	go run ./internal/pgtest/withpg go test ./...
//
// The command finds the server's address in SKEIN_TEST_POSTGRES. If that is already
// set, no server is started. The exit status is the command's.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"skein/internal/pgtest"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: withpg COMMAND [ARGUMENT…]")
		os.Exit(2)
	}
	status, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "withpg:", err)
	}
	os.Exit(status)
}

func run(command []string) (status int, err error) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)

	c := exec.Command(command[0], command[1:]...)
	c.Stdin, c.Stdout, c.Stderr, c.Env = os.Stdin, os.Stdout, os.Stderr, os.Environ()
	if os.Getenv(pgtest.ServerVar) == "" {
		s, err := pgtest.New()
		if errors.Is(err, pgtest.ErrNotInstalled) && os.Getenv(pgtest.RequireVar) == "" {
			fmt.Fprintln(os.Stderr, "withpg:", err, "— its tests will be skipped")
		} else if err != nil {
			return 1, err
		} else {
			defer s.Close() // the files are temporary; a server that does not stop is killed
			c.Env = append(c.Env, pgtest.ServerVar+"="+s.URL)
		}
	}
	if err := c.Start(); err != nil {
		return 1, err
	}
	go func() {
		for s := range signals {
			c.Process.Signal(s) // it ends, and then the server does
		}
	}()
	if err := c.Wait(); err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.ExitCode() > 0 {
			return exit.ExitCode(), nil
		}
		return 1, err
	}
	return 0, nil
}
