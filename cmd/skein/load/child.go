package load

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// Child is a server in a process of its own.
type Child struct {
	Address string
	cmd     *exec.Cmd
	said    *tail
	exited  chan struct{}
	err     error
}

// Start runs a program that takes --listen and answers /readyz, and waits until it does.
// An address of "" is any free port of 127.0.0.1.
func Start(ctx context.Context, address, program string, args ...string) (*Child, error) {
	if address == "" {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		address = l.Addr().String()
		l.Close()
	}
	c := &Child{Address: address, said: &tail{}, exited: make(chan struct{})}
	c.cmd = exec.Command(program, append(args, "--listen", address)...)
	c.cmd.Stderr, c.cmd.Stdout = c.said, c.said
	c.cmd.Env = append(os.Environ(), "LANG=C")
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		c.err = c.cmd.Wait()
		close(c.exited)
	}()
	return c, c.Ready(ctx)
}

// Ready waits until the server answers, at most 60 s.
func (c *Child) Ready(ctx context.Context) error {
	client := NewClient(c.Address)
	client.Patience = 10 * time.Second
	defer client.Close()
	for deadline := time.Now().Add(time.Minute); ; {
		status, _, err := client.Get("/readyz")
		if err == nil && status == 200 {
			return nil
		}
		select {
		case <-c.exited:
			return fmt.Errorf("load: the server ended: %w\n%s", orDone(c.err), c.said)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("load: the server does not get ready: %d %v\n%s", status, err, c.said)
		}
	}
}

func orDone(err error) error {
	if err == nil {
		return errors.New("exit status 0")
	}
	return err
}

// Pid is the process.
func (c *Child) Pid() int { return c.cmd.Process.Pid }

// Said is the end of what it printed.
func (c *Child) Said() string { return c.said.String() }

// Signal sends a signal.
func (c *Child) Signal(s syscall.Signal) error { return c.cmd.Process.Signal(s) }

// Kill ends it as a power cut would, and waits.
func (c *Child) Kill() {
	c.cmd.Process.Kill()
	<-c.exited
}

// Stop asks it to end and says how it did; after 30 s it is killed.
func (c *Child) Stop() error {
	c.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-c.exited:
		if c.err != nil {
			return fmt.Errorf("load: the server did not end cleanly: %w\n%s", c.err, c.said)
		}
		return nil
	case <-time.After(30 * time.Second):
		c.Kill()
		return fmt.Errorf("load: the server did not end within 30 s\n%s", c.said)
	}
}

// tail keeps the last of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b...)
	if len(t.text) > 32<<10 {
		t.text = bytes.Clone(t.text[len(t.text)-16<<10:])
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}
