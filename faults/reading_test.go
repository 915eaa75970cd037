package faults

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"skein/cmd/skein/load"
	"skein/frame/store"
)

// A page of a private matter that reached its reader is in the record of who read what, whenever the server is killed.
func TestKilledAfterShowing(t *testing.T) {
	engines(t, func(w *town) {
		const matters, readers = 240, 8
		server := w.serve("")
		address := server.Address
		town := load.BenchTown()
		var lead string
		var numbers []string
		for i := range matters {
			body := fmt.Sprintf(`{"category":%q,"lat":%f,"lon":%f,"visibility":"private","text":"it is dark at %d"}`, town.Categories[0], town.South+0.005, town.West+0.005, i)
			r, err := http.Post("http://"+address+"/api/matters", "application/json", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			var told struct{ Number, Lead string }
			err = json.NewDecoder(r.Body).Decode(&told)
			r.Body.Close()
			if err != nil || r.StatusCode != http.StatusCreated {
				t.Fatal(r.Status, err)
			}
			numbers, lead = append(numbers, told.Number), told.Lead
		}
		key, err := exec.Command(program, w.args("key", "new", "--post", lead+"/handler")...).Output()
		if err != nil {
			t.Fatal(err)
		}
		var next atomic.Int64
		var mu sync.Mutex
		var wg sync.WaitGroup
		shown := map[string]bool{}
		client := &http.Client{Timeout: 20 * time.Second}
		for range readers {
			wg.Go(func() {
				for n := next.Add(1) - 1; n < matters; n = next.Add(1) - 1 {
					path := []string{"/matters/", "/api/matters/"}[n%2] + numbers[n]
					for range 400 { // until the server is back
						r, _ := http.NewRequest("GET", "http://"+address+path, nil)
						r.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(key)))
						answer, err := client.Do(r)
						if err != nil {
							time.Sleep(50 * time.Millisecond)
							continue
						}
						text, _ := io.ReadAll(answer.Body)
						answer.Body.Close()
						if strings.Contains(string(text), "it is dark at") { // however much of the rest came
							mu.Lock()
							shown[numbers[n]] = true
							mu.Unlock()
							break
						}
					}
				}
			})
		}
		for kills := 0; kills < 4; kills++ {
			before := next.Load()
			for deadline := time.Now().Add(time.Minute); next.Load() < min(before+25, matters) && time.Now().Before(deadline); {
				time.Sleep(time.Millisecond)
			}
			server.Kill()
			server = w.serve(address)
		}
		wg.Wait()
		server.Kill()
		if len(shown) != matters {
			t.Errorf("%d pages of %d were shown", len(shown), matters)
		}
		source := w.database
		if source == "" {
			source = filepath.Join(w.data, "skein.db")
		}
		db, err := store.Open(context.Background(), source)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		for number := range shown {
			var n int
			if err := db.R.QueryRowContext(t.Context(), "SELECT count(*) FROM access_readings a JOIN matters m ON m.realm = a.realm AND m.box = a.box WHERE m.number = $1 AND a.parts = 'text'",
				strings.ReplaceAll(number, "-", "")).Scan(&n); err != nil || n == 0 {
				t.Errorf("%s was shown and is not in the record: %d %v", number, n, err)
			}
		}
		w.run("verify")
	})
}
