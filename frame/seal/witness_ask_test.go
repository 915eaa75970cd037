package seal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	tnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"skein/frame/civic"
	"skein/frame/journal"
	"skein/frame/store"
)

// desk is the door of a witness, as face has it; its URL is a submission prefix.
func (h *house) desk() string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		line, err := h.Cosign(r.Context(), body)
		var behind *Behind
		switch rs, _ := civic.AsRefusals(err); {
		case errors.As(err, &behind):
			w.Header().Set("Content-Type", "text/x.tlog.size")
			w.WriteHeader(409)
			fmt.Fprintln(w, behind.Size)
		case err != nil:
			w.WriteHeader(map[civic.Kind]int{civic.Malformed: 400, civic.Forbidden: 403, civic.Missing: 404, civic.Conflict: 409, civic.Invalid: 422}[rs.Kind()])
		default:
			io.WriteString(w, line)
		}
	}))
	h.t.Cleanup(server.Close)
	return server.URL
}

// asker asks witnesses about the log of a world; its clock is moved by hand.
type asker struct {
	*Asker
	w    *world
	now  time.Time
	said *strings.Builder
}

func (w *world) asker(quorum int, peers ...Peer) *asker {
	w.t.Helper()
	a := &asker{w: w, now: began.Time(), said: &strings.Builder{}}
	for i := range peers {
		var err error
		peers[i].verifier, err = keyOfWitness(peers[i].Key)
		w.must(err)
	}
	a.Asker = NewAsker(Asking{
		DB: w.DB, Realm: realm, Peers: Peers{Witnesses: peers, Quorum: &quorum}, Wall: func() time.Time { return a.now },
		Log: slog.New(slog.NewTextHandler(io.MultiWriter(w.t.Output(), a.said), nil)),
	})
	return a
}

// round asks once, an hour later: nobody is waited for.
func (a *asker) round() Log {
	a.w.t.Helper()
	a.now = a.now.Add(time.Hour)
	a.w.must(a.Round(a.w.ctx))
	return a.w.log()
}

func (a *asker) standing(p Peer) Standing {
	a.w.t.Helper()
	all, err := a.standings(a.w.ctx, a.w.log().Number)
	a.w.must(err)
	return all[p.Key]
}

func (a *asker) troubled(p Peer, trouble string, seen int64) {
	a.w.t.Helper()
	if s := a.standing(p); s.Trouble != trouble || s.Seen != seen {
		a.w.t.Errorf("the trouble is %q (%d), not %q (%d)", s.Trouble, s.Seen, trouble, seen)
	}
}

func TestALogIsWitnessed(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		one := newHouse(t, filepath.Join(t.TempDir(), "1.db"), w.log().Key)
		two := newHouse(t, filepath.Join(t.TempDir(), "2.db"), w.log().Key)
		two.signer = mustKey(t, "two.example/witness/two")
		two.Key = two.signer.Verifier // the plain form of the key will do
		first, second := Peer{Key: one.Key, URL: one.desk(), Inside: true}, Peer{Key: two.Key, URL: two.desk() + "/", Inside: true}
		a := w.asker(2, first, second)
		if a.round().Witnessed != "" {
			t.Error("an empty log is witnessed")
		}
		w.act(9, false)
		l := w.seal()
		l = a.round()
		if l.Cosigned() != 9 {
			t.Fatalf("%d leaves are witnessed: %s", l.Cosigned(), a.said)
		}
		keys := Keys{Log: []string{l.Key}, Witnesses: []string{first.Key, second.Key}}
		c, err := ParseCheckpoint(l.Witnessed, keys)
		if err != nil || len(c.Cosigned) != 2 || !c.Exact || c.Unknown != 0 {
			t.Fatalf("%+v %v", c, err)
		}
		receipt := func(i int) Stage {
			t.Helper()
			r, err := w.Receipt(w.ctx, &w.acts[i], Doer)
			w.must(err)
			r, err = ParseReceipt(r.Format())
			w.must(err)
			p, err := r.Verify(keys)
			w.must(err)
			return p.Stage
		}
		if got := receipt(4); got != Witnessed {
			t.Errorf("the receipt is %s", got)
		}
		w.act(3, false)
		w.seal()
		if receipt(4) != Witnessed || receipt(10) != Sealed {
			t.Error("what is new is not sealed, or what is old not witnessed any more")
		}

		// Its key is replaced; the witnesses refuse until they know the new one.
		change, err := w.Rotate(w.ctx)
		w.must(err)
		if l = a.round(); l.Cosigned() != 9 {
			t.Error("a key that nobody knows is witnessed")
		}
		a.troubled(first, OtherKey, 0)
		if !strings.Contains(a.said.String(), change.New) {
			t.Error("the operator is not told the key")
		}
		one.reopen(one.Config, change.Old, change.New)
		if l = a.round(); l.Cosigned() != 9 {
			t.Error("one of two is enough")
		}
		a.troubled(first, "", 0)
		two.logs = one.logs
		if l = a.round(); l.Cosigned() != 13 {
			t.Errorf("after the rotation %d are witnessed", l.Cosigned())
		}
		keys.Log = append(keys.Log, change.New)
		if receipt(10) != Witnessed {
			t.Error("the receipt under the new key is not witnessed")
		}

		// Another origin goes on.
		begun, err := Continue(w.ctx, w.Config, "lost", "", 0)
		w.must(err)
		w.act(2, false)
		l = w.seal()
		if l = a.round(); l.Cosigned() != 0 || l.Origin != begun.Origin {
			t.Error("another origin is witnessed unasked")
		}
		a.troubled(first, NotKnown, 0)
		one.reopen(one.Config, change.Old, change.New, begun.Key)
		two.logs = one.logs
		if l = a.round(); l.Cosigned() != 3 {
			t.Errorf("%d leaves of the new log are witnessed", l.Cosigned())
		}
	})
}

func mustKey(t *testing.T, name string) *Signer {
	t.Helper()
	s, err := CreateKey(filepath.Join(t.TempDir(), "k"), name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Two databases with one key, both asking one witness; and one database that was put back.
func TestTheOneThatIsNotBelievedIsTold(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		h := newHouse(t, filepath.Join(t.TempDir(), "w.db"), w.log().Key)
		p := Peer{Key: h.Key, URL: h.desk(), Inside: true}
		a := w.asker(1, p)
		w.act(10, false)
		w.seal()
		a.round()

		signer, err := OpenKey(KeyPath(w.Folder, realm))
		w.must(err)
		other := &world{t: t, ctx: w.ctx, now: w.now}
		db, err := store.Open(w.ctx, filepath.Join(t.TempDir(), "other.db"))
		w.must(err)
		t.Cleanup(func() { db.Close() })
		w.must(db.Migrate(w.ctx, journal.Migrations(), Migrations()))
		w.must(db.Update(w.ctx, func(tx *store.Tx) error { return journal.Found(w.ctx, tx, realm) }))
		c := w.Config
		c.DB, c.Folder = db, filepath.Join(t.TempDir(), "keys")
		c.Now = func() civic.Instant { return other.now }
		w.must(copyKey(c.Folder, w.Folder))
		other.Sealer, err = Open(w.ctx, c)
		w.must(err)
		if other.log().Key != signer.Verifier {
			t.Fatal("the key is another")
		}
		b := other.asker(1, p)

		other.act(7, false) // fewer than the witness saw
		other.seal()
		if b.round().Witnessed != "" {
			t.Error("a database that is older is witnessed")
		}
		b.troubled(p, SeenMore, 10)
		other.act(3, false) // as many, and others: the acts of the two were not at the same time
		other.now = other.now.Add(time.Hour)
		other.seal()
		for other.log().Size < 10 {
			other.act(1, false)
			other.seal()
		}
		if b.round().Witnessed != "" {
			t.Error("a fork is witnessed")
		}
		b.troubled(p, Doubted, 10)
		other.act(20, false)
		other.seal()
		b.round()
		b.troubled(p, Doubted, 10)
		if s := b.standing(p); !s.Grave() {
			t.Error("and it is not grave")
		}
		if said := b.said.String(); !strings.Contains(said, "level=ERROR") || !strings.Contains(said, "is forked") || !strings.Contains(said, "saw more of this log") {
			t.Errorf("the operator was told: %s", said)
		}
		w.act(5, false)
		w.seal()
		if l := a.round(); l.Cosigned() != 15 {
			t.Error("the one that the witness saw first does not go on")
		}
		if len(h.kept()) == 0 {
			t.Error("the witness kept nothing")
		}
	})
}

// A database that was put back has not grown yet, and its table says that all is cosigned.
func TestADatabaseThatWasPutBackIsFoundOutAtTheStart(t *testing.T) {
	w := newWorld(t, filepath.Join(t.TempDir(), "a.db"))
	h := newHouse(t, filepath.Join(t.TempDir(), "w.db"), w.log().Key)
	p := Peer{Key: h.Key, URL: h.desk(), Inside: true}
	a := w.asker(1, p)
	w.act(5, false)
	w.seal()
	a.round()
	err := h.DB.Update(t.Context(), func(tx *store.Tx) error {
		_, err := tx.ExecContext(t.Context(), "UPDATE seal_watched SET size = 9")
		return err
	})
	w.must(err)
	a.round()
	a.troubled(p, "", 0) // there is no news, and it does not ask
	w.must(a.lease.Release())
	b := w.asker(1, p)
	b.round()
	b.troubled(p, SeenMore, 9)
}

func copyKey(to, from string) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	text, err := os.ReadFile(KeyPath(from, realm))
	if err != nil {
		return err
	}
	return os.WriteFile(KeyPath(to, realm), text, 0o600)
}

func TestEveryAnswerToTheAsker(t *testing.T) {
	w := newWorld(t, filepath.Join(t.TempDir(), "a.db"))
	w.act(8, false)
	l := w.seal()
	stranger, key := mustKey(t, "a.stranger"), mustKey(t, "w.example/w")
	body, _, _ := strings.Cut(l.Checkpoint, "\n\n")
	good, err := key.Cosign(body+"\n", w.now)
	w.must(err)
	another, err := stranger.Cosign(body+"\n", w.now)
	w.must(err)
	lies, err := key.Cosign(body, w.now)
	w.must(err)
	for name, c := range map[string]struct {
		status      int
		media, text string
		trouble     string
		seen        int64
	}{
		"good":                      {200, "text/plain", good, "", 0},
		"good among others":         {200, "text/plain", another + good + another, "", 0},
		"nothing":                   {200, "text/plain", "", Strange, 0},
		"another's":                 {200, "text/plain", another, Strange, 0},
		"of another text":           {200, "text/plain", lies, Strange, 0},
		"no line":                   {200, "text/plain", "ok\n", Strange, 0},
		"too long":                  {200, "text/plain", strings.Repeat("x", mostCosigned+1), Away, 0},
		"malformed":                 {400, "text/plain", "", Strange, 0},
		"another key":               {403, "text/plain", "", OtherKey, 0},
		"unknown":                   {404, "text/plain", "", NotKnown, 0},
		"the same size again":       {409, "text/x.tlog.size", "0\n", Strange, 0},
		"ahead":                     {409, "text/x.tlog.size", "11\n", SeenMore, 11},
		"another root":              {409, "text/x.tlog.size", "8\n", Doubted, 8},
		"no size":                   {409, "text/plain", "no\n", Strange, 0},
		"a size that is none":       {409, "text/x.tlog.size", "-4\n", Strange, 0},
		"not consistent":            {422, "text/plain", "", Doubted, 0},
		"too many":                  {429, "text/plain", "", Away, 0},
		"broken":                    {500, "text/plain", "", Away, 0},
		"elsewhere":                 {302, "text/plain", "", Strange, 0},
		"a cosignature in the dark": {201, "text/plain", good, Strange, 0},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				if r.Method != "POST" || r.URL.Path != "/pre/add-checkpoint" {
					t.Error(r.Method, r.URL)
				}
				rw.Header().Set("Content-Type", c.media)
				rw.Header().Set("Location", "/elsewhere")
				rw.WriteHeader(c.status)
				io.WriteString(rw, c.text)
			}))
			defer server.Close()
			w.must(w.DB.Update(w.ctx, func(tx *store.Tx) error {
				_, err := tx.ExecContext(w.ctx, "DELETE FROM seal_asked")
				return err
			}))
			p := Peer{Key: key.Verifier, URL: server.URL + "/pre", Inside: true}
			a := w.asker(1, p)
			a.round()
			a.troubled(p, c.trouble, c.seen)
			if s := a.standing(p); (s.Size == 8) != (c.trouble == "") {
				t.Errorf("cosigned up to %d", s.Size)
			}
			a.lease.Release()
		})
	}
}

// tlog-cosignature has ML-DSA-44 beside Ed25519, and prefers it.
func TestAWitnessOfTheOtherKind(t *testing.T) {
	w := newWorld(t, filepath.Join(t.TempDir(), "a.db"))
	w.act(8, false)
	l := w.seal()
	secret, public, err := tnote.GenerateMLDSAKey("w.example/w")
	w.must(err)
	signer, err := tnote.NewSignerForCosignatureV1(secret)
	w.must(err)
	body, _, _ := strings.Cut(l.Checkpoint, "\n\n")
	signed, err := note.Sign(&note.Note{Text: body + "\n"}, signer)
	w.must(err)
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		_, line, _ := strings.Cut(string(signed), "\n\n")
		io.WriteString(rw, line)
	}))
	defer server.Close()
	a := w.asker(1, Peer{Key: public, URL: server.URL, Inside: true})
	l = a.round()
	r, err := w.Receipt(w.ctx, &w.acts[3], Doer)
	w.must(err)
	p, err := r.Verify(Keys{Log: []string{l.Key}, Witnesses: []string{public}})
	w.must(err)
	if p.Stage != Witnessed {
		t.Error(p.Stage)
	}
}

func TestAsksNobodyInside(t *testing.T) {
	w := newWorld(t, filepath.Join(t.TempDir(), "a.db"))
	w.act(8, false)
	w.seal()
	var asked atomic.Int64
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer server.Close()
	p := Peer{Key: mustKey(t, "w.example/w").Verifier, URL: server.URL}
	a := w.asker(1, p)
	a.round()
	a.troubled(p, Away, 0)
	if asked.Load() > 0 || !strings.Contains(a.said.String(), "inside") {
		t.Error("an address of this machine is reached, or nobody is told why not: ", a.said)
	}
}

func TestFailuresAreSpacedOut(t *testing.T) {
	w := newWorld(t, filepath.Join(t.TempDir(), "a.db"))
	w.act(8, false)
	w.seal()
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { asked.Add(1); rw.WriteHeader(503) }))
	defer server.Close()
	a := w.asker(1, Peer{Key: mustKey(t, "w.example/w").Verifier, URL: server.URL, Inside: true})
	for range 3600 / 2 {
		a.now = a.now.Add(2 * time.Second)
		w.must(a.Round(w.ctx))
	}
	if n := asked.Load(); n < 12 || n > 24 {
		t.Errorf("a witness that is away is asked %d times in an hour", n)
	}
	if n := strings.Count(a.said.String(), "does not cosign"); n != 1 {
		t.Errorf("and the operator is told %d times", n)
	}
}

func TestOneProcessAsks(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		h := newHouse(t, filepath.Join(t.TempDir(), "w.db"), w.log().Key)
		p := Peer{Key: h.Key, URL: h.desk(), Inside: true}
		a, b := w.asker(1, p), w.asker(1, p)
		w.act(3, false)
		w.seal()
		a.round()
		w.act(3, false)
		w.seal()
		b.now = a.now
		w.must(b.Round(w.ctx))
		if w.cosigned() != 3 {
			t.Error("two ask at one time")
		}
		ctx, stop := context.WithCancel(w.ctx)
		stop()
		a.Run(ctx) // gives the lease back
		w.must(b.Round(w.ctx))
		if w.cosigned() != 6 {
			t.Error("the other does not take over")
		}
	})
}

func TestPeersThatAreRefused(t *testing.T) {
	key := mustKey(t, "w.example/w").Verifier
	other := strings.Replace(key, "w.example", "v.example", 1)
	witness := func(fields string) string { return `{"witnesses": [{` + fields + `}]}` }
	good := `"key": "` + key + `", "url": "https://w.example/"`
	for text, want := range map[string]string{
		``: "seal.peers_unreadable", `{`: "seal.peers_unreadable", `{} {}`: "seal.peers_unreadable", `[]`: "seal.peers_kind", `{"witness": []}`: "seal.peers_field witness",
		`{"quorum": "1"}`: "seal.peers_kind quorum", `{"witnesses": {}}`: "seal.peers_kind witnesses", witness(good + `, "inside": 1`): "seal.peers_kind witnesses.inside",
		witness(`"url": "https://w.example/"`): "seal.peers_key witnesses[0].key", witness(`"key": "` + other + `", "url": "https://w.example/"`): "seal.peers_key witnesses[0].key",
		witness(`"key": "` + key + `"`): "seal.peers_url witnesses[0].url", witness(`"key": "` + key + `", "url": "w.example"`): "seal.peers_url witnesses[0].url",
		witness(`"key": "` + key + `", "url": "ftp://w.example"`): "seal.peers_url witnesses[0].url", witness(`"key": "` + key + `", "url": "https://a:b@w.example"`): "seal.peers_url witnesses[0].url",
		witness(`"key": "` + key + `", "url": "https://w.example?x"`): "seal.peers_url witnesses[0].url",
		witness(`"key": "` + key + `", "url": "http://w.example"`):    "seal.peers_https witnesses[0].url", witness(good + `}, {` + good): "seal.peers_twice witnesses[1].key",
		`{"quorum": 1}`: "seal.peers_quorum quorum", `{"quorum": 2, "witnesses": [{` + good + `}]}`: "seal.peers_quorum quorum", `{"quorum": 0, "witnesses": [{` + good + `}]}`: "seal.peers_quorum quorum",
		`{"watch": [{"key": "x"}]}`: "seal.peers_key watch[0].key", `{"watch": [{"key": "` + key + `"}, {"key": "` + key + `"}]}`: "seal.peers_twice watch[1].key",
		`{"watch": [{"key": "` + key + `", "origin": "a\nb"}]}`: "seal.peers_origin watch[0].origin", `{"watch": [{"name": "x"}]}`: "seal.peers_field name",
	} {
		_, err := ParsePeers("log.json", []byte(text))
		rs, ok := civic.AsRefusals(err)
		if !ok || strings.TrimSpace(rs[0].Key+" "+rs[0].Field) != want || rs[0].Args["path"] != "log.json" {
			t.Errorf("%s: %v, not %s", text, err, want)
		}
	}
	p, err := ParsePeers("log.json", []byte(`{"witnesses": [{`+good+`}], "watch": [{"key": "`+key+`"}, {"key": "`+key+`", "origin": "go.sum database tree"}], "quorum": 1}`))
	if err != nil || p.Watch[1].origin() != "go.sum database tree" || p.Watch[0].origin() != "w.example/w" {
		t.Error(p, err)
	}
}

func (w *world) cosigned() int64 {
	l := w.log()
	return l.Cosigned()
}
