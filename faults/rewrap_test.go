package faults

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const rewrapKills = 8

// The master key is replaced while people report, by a command that is killed at any moment and run
// again. Nothing acknowledged is lost, and without the old key's file everything opens.
func TestRewrapKilled(t *testing.T) {
	engines(t, func(w *town) {
		server := w.serve("")
		run, end := w.crowd(7, 1, server.Address) // one: what is looked at afterwards is looked at pair by pair
		w.moves(run, 200, 60*time.Second, "before the key is replaced")
		rnd := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 2))
		for range rewrapKills {
			c := exec.Command(program, w.args("vault", "rewrap")...)
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Duration(rnd.IntN(900)) * time.Millisecond)
			c.Process.Kill()
			c.Wait()
			w.moves(run, 1, 30*time.Second, "after a kill")
		}
		said, err := exec.Command(program, w.args("vault", "rewrap", "--format", "json")...).Output()
		if err != nil {
			t.Fatalf("%v %s", err, said)
		}
		var done struct {
			Old string `json:"old_key"`
		}
		if err := json.Unmarshal(said, &done); err != nil || done.Old == "" {
			t.Fatalf("%v %s", err, said)
		}
		w.moves(run, 50, 60*time.Second, "after the key is replaced")
		end()
		server.Kill()
		left, err := filepath.Glob(filepath.Join(w.data, "keys", "*"))
		if err != nil || len(left) < 2 {
			t.Fatalf("keys: %v %v", left, err)
		}
		for _, key := range left {
			if name := filepath.Base(key); name == "next.key" || strings.HasPrefix(name, "retired-") {
				os.Remove(key)
			}
		}
		w.holds()
	})
}
