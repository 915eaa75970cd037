package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"skein/frame/civic"
	"skein/frame/seal"
)

// stranger is a log that is no Skein: a key and entries.
type stranger struct {
	t         *testing.T
	key, vkey string
	hashes    []tlog.Hash
	size      int64
}

func newStranger(t *testing.T, name string) *stranger {
	key, vkey, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		t.Fatal(err)
	}
	return &stranger{t: t, key: key, vkey: vkey}
}

func (s *stranger) ReadHashes(at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	for i, n := range at {
		out[i] = s.hashes[n]
	}
	return out, nil
}

func (s *stranger) add(n int, word string) *stranger {
	c := &stranger{t: s.t, key: s.key, vkey: s.vkey, hashes: append([]tlog.Hash(nil), s.hashes...), size: s.size}
	for range n {
		more, err := tlog.StoredHashes(c.size, []byte(word), c)
		if err != nil {
			s.t.Fatal(err)
		}
		c.hashes = append(c.hashes, more...)
		c.size++
	}
	return c
}

// as is a log with the key of another.
func (s *stranger) as(other *stranger) *stranger {
	s.key, s.vkey = other.key, other.vkey
	return s
}

// request asks for a cosignature, from a size on.
func (s *stranger) request(old int64) string {
	root, err := tlog.TreeHash(s.size, s)
	if err != nil {
		s.t.Fatal(err)
	}
	signer, err := note.NewSigner(s.key)
	if err != nil {
		s.t.Fatal(err)
	}
	text, err := note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%d\n%s\n", signer.Name(), s.size, base64.StdEncoding.EncodeToString(root[:]))}, signer)
	if err != nil {
		s.t.Fatal(err)
	}
	b := fmt.Sprintf("old %d\n", old)
	if old > 0 && old < s.size {
		proof, err := tlog.ProveTree(s.size, old, s)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, h := range proof {
			b += h.String() + "\n"
		}
	}
	return b + "\n" + string(text)
}

// peers writes log.json and serves anew, as after a restart.
func (c *city) peers(p any) {
	c.Helper()
	text, err := json.Marshal(p)
	if err == nil {
		err = os.WriteFile(filepath.Join(c.app.where.Data, "log.json"), text, 0o600)
	}
	if err != nil {
		c.Fatal(err)
	}
	c.served()
}

type peerJSON map[string]any

func (c *city) text(path string) string {
	c.Helper()
	return strings.TrimSpace(c.must(200, "GET", path, "", nil).text)
}

func (c *city) sealed() {
	c.Helper()
	if err := c.site.Seal.CatchUp(context.Background()); err != nil {
		c.Fatal(err)
	}
}

func (c *city) asked() {
	c.Helper()
	if err := c.site.Asker.Round(context.Background()); err != nil {
		c.Fatal(err)
	}
}

// Two realms witness each other through their doors.
func TestTwoRealmsWitnessEachOther(t *testing.T) {
	onBothEngines(t, 5, func(a *city) {
		b := newCity(t, sqlite, 5)
		b.T = a.T
		a.peers(peerJSON{"watch": []peerJSON{{"key": b.text("/log/boston/key")}}})
		b.peers(peerJSON{"watch": []peerJSON{{"key": a.text("/log/boston/key")}}})
		ask := func(c, of *city) peerJSON {
			return peerJSON{
				"watch":     []peerJSON{{"key": of.text("/log/boston/key")}},
				"witnesses": []peerJSON{{"key": of.text("/witness/boston/key"), "url": of.url + "/witness/boston", "inside": true}}, "quorum": 1,
			}
		}
		toA, toB := ask(a, b), ask(b, a)
		a.peers(toA)
		b.peers(toB)
		for _, c := range []*city{a, b} {
			m := c.report(lamp("x"))
			c.sealed()
			c.asked()
			acts, err := c.realm.Acts(context.Background(), c.dossier(m))
			if err != nil {
				t.Fatal(err)
			}
			r, err := c.site.Seal.Receipt(context.Background(), &acts[0], seal.Doer)
			if err != nil {
				t.Fatal(err)
			}
			other := map[*city]*city{a: b, b: a}[c]
			proved, err := r.Verify(seal.Keys{Log: []string{c.text("/log/boston/key")}, Witnesses: []string{other.text("/witness/boston/key")}})
			if err != nil || proved.Stage != seal.Witnessed {
				t.Fatalf("%+v %v", proved, err)
			}
			origin := proved.Origin
			seen := other.text("/witness/boston/checkpoint?origin=" + origin)
			if want, _, _ := strings.Cut(c.text("/log/boston/checkpoint"), "\n\n"); !strings.HasPrefix(seen, want+"\n\n") || strings.Count(seen, "— ") != 3 {
				t.Errorf("the witness shows\n%s", seen)
			}
			c.must(200, "GET", "/log/boston", "", nil)
			page := c.page("/log/boston")
			if !strings.Contains(page, "Entries that it cosigned") || strings.Contains(page, "notice danger") {
				t.Errorf("the page of the log: %s", page)
			}
			if page := other.page("/witness/boston"); !strings.Contains(page, "Entries cosigned") || !strings.Contains(page, "continued the one before") {
				t.Errorf("the page of the witness: %s", page)
			}
			size, _, _ := strings.Cut(strings.SplitN(seen, "\n", 3)[1], "\n")
			if m := c.text("/metrics"); !strings.Contains(m, "skein_log_leaves "+size) || !strings.Contains(m, "skein_log_witnessed_leaves "+size) || strings.Contains(m, "skein_log_witness_trouble{") {
				t.Errorf("metrics do not say that %s leaves are witnessed", size)
			}
		}

		// The other's witness has seen a fork of a, and a is told.
		a.report(lamp("y"))
		a.sealed()
		forkedAt := a.fork()
		a.asked()
		page := a.page("/log/boston")
		if !strings.Contains(page, "notice danger") || !strings.Contains(page, fmt.Sprint("saw ", forkedAt)) {
			t.Errorf("the page does not say it: %s", page)
		}
		if m := a.text("/metrics"); !strings.Contains(m, `skein_log_witness_trouble{trouble="ahead"`) {
			t.Error("nor do the metrics")
		}
		if !strings.Contains(a.said.String(), "level=ERROR") {
			t.Error("nor is the operator told")
		}
	})
}

// fork makes the witness of a city see more leaves than the city has, by its own key; it returns how many.
func (c *city) fork() int64 {
	c.Helper()
	l, _, err := seal.Current(context.Background(), c.app.db.R, c.realm.ID)
	if err != nil {
		c.Fatal(err)
	}
	raw, err := os.ReadFile(seal.KeyPath(c.app.where.keys(), c.realm.ID))
	if err != nil {
		c.Fatal(err)
	}
	// A database that has gone on: the same entries, and more.
	s := &stranger{t: c.T, key: strings.TrimSpace(string(raw)), vkey: l.Key}
	for i := int64(0); i < l.Size; i++ {
		s = s.add(1, c.entry(&l, i))
	}
	s = s.add(5, "what another database holds")
	p := c.site.Asker.Peers.Witnesses[0]
	res, err := http.Post(p.URL+"/add-checkpoint", "text/plain", strings.NewReader(s.request(l.Cosigned())))
	if err != nil || res.StatusCode != 200 {
		c.Fatal(err, res)
	}
	res.Body.Close()
	return s.size
}

// entry is a leaf of a log.
func (c *city) entry(l *seal.Log, i int64) string {
	c.Helper()
	text, err := seal.Tile(context.Background(), c.app.db.R, c.realm.ID, l, seal.TilePath(-1, i>>8, int(min(256, l.Size-i>>8<<8))))
	if err != nil {
		c.Fatal(err)
	}
	for range i & 255 {
		text = text[2+int(text[0])<<8+int(text[1]):]
	}
	return string(text[2 : 2+int(text[0])<<8+int(text[1])])
}

// page gets a page as a browser does.
func (c *city) page(path string) string {
	c.Helper()
	r, err := http.NewRequest("GET", c.url+path, nil)
	if err != nil {
		c.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	a := c.send(r)
	if a.status != 200 {
		c.Fatalf("%s: %d %s", path, a.status, a.text)
	}
	return a.text
}

// Each answer of tlog-witness, through the door.
func TestTheDoorOfTheWitness(t *testing.T) {
	onBothEngines(t, 1, func(c *city) {
		origin := "log.example/of/theirs"
		c.must(404, "GET", "/witness/boston/key", "", nil)
		c.must(404, "POST", "/witness/boston/add-checkpoint", "", nil)
		s := newStranger(t, origin)
		c.peers(peerJSON{"watch": []peerJSON{{"key": s.vkey}}})
		post := func(want int, body string) answer {
			t.Helper()
			r, err := http.NewRequest("POST", c.url+"/witness/boston/add-checkpoint", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			a := c.send(r)
			if a.status != want {
				t.Errorf("%d, not %d: %s", a.status, want, a.text)
			}
			return a
		}
		size := func(want string, body string) {
			t.Helper()
			if a := post(409, body); a.text != want+"\n" || a.header.Get("Content-Type") != "text/x.tlog.size" {
				t.Errorf("409 with %q as %s", a.text, a.header.Get("Content-Type"))
			}
		}
		s = s.add(4, "a")
		c.must(404, "GET", "/witness/boston/checkpoint?origin="+origin, "", nil)
		post(400, "")
		post(400, "old 0\n"+s.request(0))
		post(400, s.request(5))
		post(413, "old 0\n"+strings.Repeat("A", seal.MostRequest)+"\n\n")
		post(404, newStranger(t, "log.example/unknown").add(1, "a").request(0))
		post(403, newStranger(t, origin).add(4, "a").request(0))
		size("0", s.request(2))
		a := post(200, s.request(0))
		key := c.text("/witness/boston/key")
		if !strings.HasPrefix(key, "localhost/witness/boston+") || !strings.HasPrefix(a.text, "— localhost/witness/boston ") || strings.Count(a.text, "\n") != 1 {
			t.Errorf("%q by %s", a.text, key)
		}
		_, theirs, _ := strings.Cut(s.request(0), "\n\n")
		got, err := seal.ParseCheckpoint(theirs+a.text, seal.Keys{Log: []string{s.vkey}, Witnesses: []string{key}})
		if err != nil || len(got.Cosigned) != 1 || time.Since(got.Cosigned[0].At).Abs() > time.Minute {
			t.Errorf("%+v %v: a cosignature says the time of the machine, not that of the demonstration", got, err)
		}
		if seen := c.must(200, "GET", "/witness/boston/checkpoint?origin="+origin, "", nil); seen.text != theirs+a.text {
			t.Errorf("kept %q", seen.text)
		}
		size("4", s.request(0))
		fork := s.add(2, "b")
		s = s.add(2, "c")
		post(200, s.request(4))
		post(409, fork.request(6))
		post(422, fork.add(1, "d").request(6))
		post(422, strings.Replace(s.request(6), "\n\n", "\n"+base64.StdEncoding.EncodeToString(make([]byte, 32))+"\n\n", 1))
		post(200, s.request(6))

		var kept struct {
			Witness  string
			Evidence []struct{ Origin, Why, Known, Offered, At string }
		}
		if err := json.Unmarshal([]byte(c.text("/witness/boston/evidence")), &kept); err != nil || kept.Witness != key || len(kept.Evidence) != 2 {
			t.Fatalf("%+v %v", kept, err)
		}
		for _, e := range kept.Evidence {
			known, err := seal.ParseCheckpoint(e.Known, seal.Keys{Log: []string{s.vkey}, Witnesses: []string{key}})
			if err != nil || known.Tree.N != 6 {
				t.Error(err)
			}
			offered, err := seal.ParseCheckpoint(e.Offered, seal.Keys{Log: []string{s.vkey}})
			if err != nil || e.Why == seal.Forked && (offered.Tree.N != 6 || offered.Tree.Hash == known.Tree.Hash) {
				t.Error(err, e)
			}
		}
		page := c.page("/witness/boston")
		for _, want := range []string{origin, "two different trees", "sent a wrong proof", key} {
			if !strings.Contains(page, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
		if m := c.text("/metrics"); !strings.Contains(m, `skein_witness_evidence{why="forked"} 1`) {
			t.Error("the metrics do not count it")
		}
		if said := c.said.String(); !strings.Contains(said, "level=ERROR") || !strings.Contains(said, "why=forked") {
			t.Error("the operator is not told")
		}
	})
}

// A file of peers that says what cannot be ends the start, with a sentence that names file and field.
func TestPeersAreRefusedAtStart(t *testing.T) {
	c := newCity(t, sqlite, 1)
	file := filepath.Join(c.app.where.Data, "log.json")
	write := func(text string, mode os.FileMode) error {
		t.Helper()
		os.Remove(file)
		if err := os.WriteFile(file, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return c.app.witnesses(context.Background(), c.site)
	}
	book, err := newBook()
	if err != nil {
		t.Fatal(err)
	}
	told := func(err error, want ...string) {
		t.Helper()
		for _, lang := range []string{"en", "zh_CN.UTF-8"} {
			t.Setenv("LANG", lang)
			text := explain(book, err)
			for _, w := range append(want, file) {
				if !strings.Contains(text, w) {
					t.Errorf("%s: %q lacks %q", lang, text, w)
				}
			}
		}
	}
	told(write(`{"watch": [{"key": "x"}]}`, 0o600), "watch[0].key", "“x”")
	told(write(`{"witnesses": [{"key": "x", "url": "nowhere"}]}`, 0o600), "witnesses[0].key", "witnesses[0].url", "nowhere")
	told(write(`{"witness": 1}`, 0o600), "witness: ")
	told(write(`{"quorum": 3}`, 0o600), "quorum: ")
	told(write(`{`, 0o600))
	if err := write(`{}`, 0o644); err == nil {
		t.Error("a file that others can read is taken")
	}
	if err := write(`{}`, 0o600); err != nil || c.site.Witness != nil || c.site.Asker != nil {
		t.Error(err)
	}
	s := newStranger(t, "log.example")
	if err := write(`{"watch": [{"key": "`+s.vkey+`"}]}`, 0o600); err != nil || c.site.Witness == nil {
		t.Fatal(err)
	}
	told(write(`{"witnesses": [{"key": "`+c.site.Witness.Key+`", "url": "https://w.example"}]}`, 0o600), "witnesses[0].key")
	info, err := os.Stat(filepath.Join(c.app.where.keys(), "witness-"+string(civic.Realm(demoRealm))+".key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Error("the witness's key: ", info, err)
	}
}
