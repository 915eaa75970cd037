package faults

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"skein/cmd/skein/load"
)

const kills = 22

// A server that is killed at any moment loses nothing that it acknowledged.
func TestKilled(t *testing.T) {
	engines(t, func(w *town) {
		rnd := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
		server := w.serve("")
		address := server.Address
		run, end := w.crowd(1, 8, address)
		for i := range kills {
			w.moves(run, 1, 30*time.Second, fmt.Sprintf("after %d kills", i))
			time.Sleep(time.Duration(rnd.IntN(250)) * time.Millisecond)
			server.Kill()
			server = w.serve(address)
		}
		w.moves(run, 20, 30*time.Second, "after the last kill")
		end()
		server.Kill()
		w.holds()
	})
}

// A server that is asked to end answers what it has begun, takes nothing new and exits with 0.
func TestEndsCleanly(t *testing.T) {
	engines(t, func(w *town) {
		server := w.serve("")
		run, end := w.crowd(2, 8, server.Address)
		w.moves(run, 50, 30*time.Second, "before the end")

		// One that has sent half of its report when the server is asked to end.
		conn, err := net.Dial("tcp", server.Address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(20 * time.Second))
		body := load.NewReports(99).Next()
		fmt.Fprintf(conn, "POST /api/matters HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
			server.Address, len(body), body[:len(body)/2])
		time.Sleep(time.Second) // by then the server has begun to read it, on a busy machine too
		stopped := make(chan error, 1)
		go func() { stopped <- server.Stop() }()
		time.Sleep(300 * time.Millisecond)
		conn.Write(body[len(body)/2:])
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Errorf("the report under way got no answer: %v", err)
		} else if answer.StatusCode != http.StatusCreated {
			t.Errorf("the report under way was answered with %s", answer.Status)
		}
		if err := <-stopped; err != nil {
			t.Error(err)
		}
		end()
		for what := range run.Faults() {
			if strings.HasPrefix(what, "5") {
				t.Errorf("a report was answered with %s while the server ended", what)
			}
		}
		w.holds()
	})
}

// A server that is stopped for a while and goes on has forgotten nothing.
func TestHeldUp(t *testing.T) {
	engines(t, func(w *town) {
		server := w.serve("")
		run, end := w.crowd(3, 8, server.Address)
		for range 3 {
			w.moves(run, 20, 30*time.Second, "before it is held up")
			server.Signal(syscall.SIGSTOP)
			time.Sleep(time.Second)
			server.Signal(syscall.SIGCONT)
		}
		w.moves(run, 20, 30*time.Second, "after it was held up")
		end()
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
		w.holds()
	})
}
