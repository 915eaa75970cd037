package open311

import (
	"testing"
	"testing/synctest"
	"time"

	"skein/frame/civic"
	"skein/rooms/matter"
)

// What is kept goes after some minutes, also when nobody asks again, and what comes then is kept as long.
func TestKeptGoes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := kept{later: time.AfterFunc}
		v, picked := variant{lang: "en"}, []matter.Picked{{First: 1, Version: 3}}
		has := func() bool {
			k.mu.Lock()
			defer k.mu.Unlock()
			return len(k.pages) > 0 || k.size > 0
		}
		for round := range civic.Position(3) {
			k.add(v, 7+round, picked, [][]byte{[]byte("words")})
			time.Sleep(keptFor / 2)
			k.add(v, 8+round, picked, [][]byte{[]byte("words")}) // what comes later does not keep what was there
			time.Sleep(keptFor/2 - time.Second)
			synctest.Wait()
			into := make([][]byte, 1)
			if k.look(v, 8+round, picked, func(int) { t.Error("it went too soon") }, into); !has() || string(into[0]) != "words" {
				t.Errorf("in round %d there is %q", round, into[0])
			}
			time.Sleep(2 * time.Second)
			synctest.Wait()
			if has() {
				t.Fatalf("in round %d it stays", round)
			}
		}
	})
}
