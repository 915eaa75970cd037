package pgtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Server is a private PostgreSQL in a directory of its own, on a free port of
// 127.0.0.1, with fsync and synchronous_commit on. Its address stays the same
// through Restart.
type Server struct {
	// URL is the address of its database "postgres", for a superuser.
	URL string

	dir        string // holds data/ and log
	bin        string // where initdb and postgres are
	port       int
	password   string
	credential *syscall.Credential // who runs it when we are root, which it refuses

	mu      sync.Mutex
	process *os.Process
	exited  chan struct{}
}

// ErrNotInstalled says that no server programs were found.
var ErrNotInstalled = errors.New("PostgreSQL is not installed: no initdb in /usr/lib/postgresql/*/bin, nor on PATH (Debian: apt-get install postgresql)")

// Start runs a private server until the test ends. Where PostgreSQL is not installed
// the test is skipped, or fails if RequireVar is set.
func Start(t testing.TB) *Server {
	t.Helper()
	s, err := New()
	if errors.Is(err, ErrNotInstalled) {
		Missing(t, err.Error())
	}
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("pgtest: %v", err)
		}
	})
	return s
}

// New makes a cluster and starts its server; Close stops it and removes the cluster.
func New() (*Server, error) {
	bin, err := find()
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin}
	if os.Geteuid() == 0 {
		if s.credential, err = unprivileged(); err != nil {
			return nil, err
		}
	}
	if s.dir, err = os.MkdirTemp("", "skein-pg-"); err != nil {
		return nil, err
	}
	if err := s.setUp(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Server) setUp() error {
	var secret [16]byte
	rand.Read(secret[:]) // never fails
	s.password = hex.EncodeToString(secret[:])
	passwords := filepath.Join(s.dir, "password")
	if err := os.WriteFile(passwords, []byte(s.password+"\n"), 0o600); err != nil {
		return err
	}
	if s.credential != nil {
		for _, path := range []string{s.dir, passwords} {
			if err := os.Chown(path, int(s.credential.Uid), int(s.credential.Gid)); err != nil {
				return err
			}
		}
	}
	// --no-sync leaves out only the syncs of initdb itself; the server syncs every commit.
	initdb := s.command("initdb", "--no-sync", "--username=skein", "--pwfile="+passwords, "--auth=scram-sha-256",
		"--encoding=UTF8", "--locale=C", "--pgdata="+s.data())
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	var err error
	for range 5 { // another process may take the free port before the server does
		if s.port, err = freePort(); err != nil {
			return err
		}
		s.URL = (&url.URL{
			Scheme: "postgres", User: url.UserPassword("skein", s.password),
			Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)), Path: "/postgres", RawQuery: "sslmode=disable",
		}).String()
		if err = s.start(); err == nil {
			return nil
		}
	}
	return err
}

// Pid is the process id of the postmaster, or 0 when it does not run.
func (s *Server) Pid() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return 0
	}
	select {
	case <-s.exited:
		return 0
	default:
		return s.process.Pid
	}
}

// Stop shuts the server down in order, cutting off whoever is connected. It may be called more than once.
func (s *Server) Stop() error {
	s.mu.Lock()
	process, exited := s.process, s.exited
	s.mu.Unlock()
	if process == nil {
		return nil
	}
	for _, signal := range []os.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL} { // fast, immediate, by force
		process.Signal(signal) // fails only when it has ended, which is what we wait for
		select {
		case <-exited:
			return nil
		case <-time.After(30 * time.Second):
		}
	}
	return fmt.Errorf("postgres, process %d, does not stop", process.Pid)
}

// Kill ends every process of the server at once, as a power cut would; what was not synced may be gone.
func (s *Server) Kill() error {
	s.mu.Lock()
	process, exited := s.process, s.exited
	s.mu.Unlock()
	if process == nil {
		return nil
	}
	backends := children(process.Pid)
	process.Signal(syscall.SIGKILL)
	<-exited
	for _, pid := range backends {
		syscall.Kill(pid, syscall.SIGKILL)
	}
	for _, pid := range backends { // the next start is refused while one of them holds the shared memory
		for deadline := time.Now().Add(10 * time.Second); syscall.Kill(pid, 0) == nil && !dead(pid); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(deadline) {
				return fmt.Errorf("process %d of the killed server is still there", pid)
			}
		}
	}
	return nil
}

// Restart stops the server if it runs, and starts it at the same address.
func (s *Server) Restart() error {
	if err := s.Stop(); err != nil {
		return err
	}
	return s.start()
}

// Close stops the server and removes its files.
func (s *Server) Close() error {
	return errors.Join(s.Stop(), os.RemoveAll(s.dir))
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) command(program string, args ...string) *exec.Cmd {
	c := exec.Command(filepath.Join(s.bin, program), args...)
	c.Dir = s.dir
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	c.SysProcAttr = &syscall.SysProcAttr{Credential: s.credential}
	return c
}

// start runs the postmaster and waits until it answers.
func (s *Server) start() error {
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	c := s.command("postgres", "-D", s.data(), "-p", strconv.Itoa(s.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
		"-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "max_connections=200")
	c.Stdout, c.Stderr = log, log
	c.SysProcAttr.Setpgid = true // Ctrl-C reaches the tests, which then stop the server
	c.SysProcAttr.Pdeathsig = syscall.SIGINT

	exited := make(chan struct{})
	started := make(chan error)
	go func() {
		defer close(exited)
		runtime.LockOSThread() // the death signal is tied to the thread that starts the process
		defer runtime.UnlockOSThread()
		err := c.Start()
		started <- err
		if err == nil {
			c.Wait() // how it ended is in its log
		}
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("start postgres: %w", err)
	}
	s.mu.Lock()
	s.process, s.exited = c.Process, exited
	s.mu.Unlock()

	db, err := sql.Open("pgx", s.URL)
	if err != nil {
		return err
	}
	defer db.Close()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		err := db.PingContext(ctx)
		cancel()
		if err == nil && s.Pid() != 0 {
			return nil
		}
		if s.Pid() == 0 || time.Now().After(deadline) {
			said, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			return errors.Join(fmt.Errorf("postgres does not answer: %w\n%s", err, said), s.Stop())
		}
	}
}

// find returns the directory of the newest server programs.
func find() (string, error) {
	best, bestMajor := "", 0.0
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is well formed
	for _, path := range found {
		dir := filepath.Dir(path)
		major, err := strconv.ParseFloat(filepath.Base(filepath.Dir(dir)), 64)
		if _, missing := os.Stat(filepath.Join(dir, "postgres")); err == nil && missing == nil && major > bestMajor {
			best, bestMajor = dir, major
		}
	}
	if best != "" {
		return best, nil
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", ErrNotInstalled
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return "", err
	}
	return filepath.Dir(path), nil
}

// unprivileged returns the user that runs the server when we are root.
func unprivileged() (*syscall.Credential, error) {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody")
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// children lists the processes whose parent is pid.
func children(pid int) []int {
	var out []int
	stats, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is well formed
	for _, path := range stats {
		if state, parent := stat(path); state != "" && parent == pid {
			if child, err := strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil {
				out = append(out, child)
			}
		}
	}
	return out
}

// dead reports whether a process has ended and waits only to be reaped by somebody.
func dead(pid int) bool {
	state, _ := stat(fmt.Sprintf("/proc/%d/stat", pid))
	return state == "" || state == "Z"
}

// stat reads a process's state and parent; the state is empty when there is no such process.
func stat(path string) (state string, parent int) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", 0
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:])) // the name in brackets may hold anything
	if len(fields) < 2 {
		return "", 0
	}
	parent, err = strconv.Atoi(fields[1])
	if err != nil {
		return "", 0
	}
	return fields[0], parent
}
