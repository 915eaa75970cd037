package faults

import (
	"encoding/json"
	"math/rand/v2"
	"os/exec"
	"testing"
	"time"
)

const resealKills = 8

// Everything is sealed by another cipher while people report, by a command that is killed at any moment and run again. Nothing
// acknowledged is lost, and everything opens.
func TestResealKilled(t *testing.T) {
	engines(t, func(w *town) {
		server := w.serve("")
		run, end := w.crowd(8, 1, server.Address) // one: what is looked at afterwards is looked at pair by pair
		w.moves(run, 200, 60*time.Second, "before it is sealed anew")
		rnd := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 3))
		reseal := w.args("vault", "reseal", "--cipher", "xchacha20-poly1305", "--format", "json")
		for range resealKills {
			c := exec.Command(program, reseal...)
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Duration(rnd.IntN(900)) * time.Millisecond)
			c.Process.Kill()
			c.Wait()
			w.moves(run, 1, 30*time.Second, "after a kill")
		}
		var done struct{ Keys, Items int }
		for range 2 {
			said, err := exec.Command(program, reseal...).Output()
			if err == nil {
				err = json.Unmarshal(said, &done)
			}
			if err != nil {
				t.Fatalf("%v %s", err, said)
			}
		}
		if done.Keys+done.Items > 0 {
			t.Errorf("a second run found something left: %+v", done)
		}
		w.moves(run, 50, 60*time.Second, "after it is sealed anew")
		end()
		server.Kill()
		w.holds()
	})
}
