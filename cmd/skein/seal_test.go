package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"skein/frame/civic"
	"skein/frame/seal"
	"skein/frame/store"
	"skein/internal/pgtest"
)

// keep writes what a door of the city gives into a file.
func (c *city) keep(name, path, key string) string {
	c.Helper()
	file := filepath.Join(c.TempDir(), name)
	if err := os.WriteFile(file, []byte(c.must(200, "GET", path, key, nil).text), 0o600); err != nil {
		c.Fatal(err)
	}
	return file
}

func (c *city) logKey() string {
	return strings.TrimSpace(c.must(200, "GET", "/log/boston/key", "", nil).text)
}

func (c *city) do2(sql ...string) {
	c.Helper()
	err := c.app.db.Update(context.Background(), func(tx *store.Tx) error {
		for _, q := range sql {
			if _, err := tx.ExecContext(context.Background(), q); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		c.Fatal(err)
	}
}

func TestAReceiptThroughItsStages(t *testing.T) {
	slow(t)
	onBothEngines(t, 30, func(c *city) {
		fields := lamp("The heating has been off for a week")
		fields["visibility"] = "private"
		m, public := c.report(fields), c.report(lamp("The lamp is dark"))
		path := "/matters/" + m.number + "/acts/1/receipt"
		key := c.logKey()
		recorded := c.keep("recorded.txt", path, "code:"+m.code)
		c.seal()
		still := c.keep("still.txt", path, "code:"+m.code)
		open := c.keep("public.txt", "/matters/"+public.number+"/acts/1/receipt", "code:"+public.code)
		others := c.keep("others.txt", "/matters/"+public.number+"/acts/1/receipt", "")
		if a := c.do("GET", path, "", nil); a.status != 404 {
			c.Errorf("a stranger asks for the receipt of a private act: %d", a.status)
		}
		*c.now = c.now.Add(time.Hour)
		c.seal()
		sealed := c.keep("sealed.txt", path, "code:"+m.code)
		for file, want := range map[string][]string{
			recorded: {"matter.reported", "Recorded:", "boston"}, still: {"Recorded:"}, sealed: {"matter.reported", "Sealed: it is leaf"},
			open: {"matter.reported", "Sealed"}, others: {"The act whose commitment is", "Sealed"},
		} {
			r := mustRun(c.T, 0, "verify", "receipt", file, "--key", key)
			for _, w := range want {
				if !strings.Contains(r.out, w) {
					c.Errorf("%s: %q is not in\n%s", filepath.Base(file), w, r.out)
				}
			}
			if text, _ := os.ReadFile(file); len(text) > 4096 {
				c.Errorf("%s is %d bytes long", file, len(text))
			}
		}
		if text, _ := os.ReadFile(others); strings.Contains(string(text), "resident") || strings.Contains(string(text), "salt") {
			c.Errorf("a stranger is shown\n%s", text)
		}
		// Who is complained of learns nothing of the complaint's acts but that they are there.
		about := lamp("They were rude")
		about["kind"], about["against"] = "complaint", "pwd"
		complaint := c.report(about)
		c.seal()
		for _, who := range []string{"pwd/head", "pwd/street-light-outages"} {
			if a := c.do("GET", "/matters/"+complaint.number+"/acts/1/receipt", who, nil); strings.Contains(a.text, "skein act 1") {
				c.Errorf("%s, complained of, is shown\n%s", who, a.text)
			}
		}

		stranger, err := seal.CreateKey(filepath.Join(c.TempDir(), "k"), "localhost/log/boston")
		if err != nil {
			c.Fatal(err)
		}
		text, _ := os.ReadFile(sealed)
		spoil := func(name string, f func(string) string) string {
			file := filepath.Join(c.TempDir(), name)
			os.WriteFile(file, []byte(f(string(text))), 0o600)
			return file
		}
		openText, _ := os.ReadFile(open)
		_, proof, _ := strings.Cut(string(openText), "\n\n")
		act, _, _ := strings.Cut(string(text), "\n\n")
		for file, want := range map[string]string{
			spoil("realm", func(s string) string { return strings.Replace(s, "\nrealm boston\n", "\nrealm salem\n", 1) }): "does not hold this act",
			spoil("changed", func(s string) string { return strings.Replace(s, "street_light", "street_night", 1) }):      "damaged",
			spoil("later", func(s string) string { return strings.Replace(s, "\ntype matter.", "\ntype natter.", 1) }):    "does not hold this act",
			spoil("another", func(string) string { return act + "\n\n" + proof }):                                         "does not hold this act",
			spoil("cut", func(s string) string { return s[:len(s)/2] }):                                                   "",
			spoil("lines", func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }):                          "is no receipt",
			spoil("nothing", func(string) string { return "" }):                                                           "is no receipt",
			spoil("long", func(string) string { return strings.Repeat("x", seal.MostReceipt+1) }):                         "longer",
			spoil("unknown", func(s string) string { return s + "— somebody AAAAAAAA\n" }):                                "",
		} {
			if r := runSkein("verify", "receipt", file, "--key", key); r.code != 1 || !strings.Contains(r.errs, want) || strings.Contains(r.errs, "goroutine") {
				c.Errorf("%s: %+v", filepath.Base(file), r)
			}
		}
		if r := runSkein("verify", "receipt", sealed, "--key", stranger.Verifier); r.code != 1 || !strings.Contains(r.errs, "not by a key that you trust") {
			c.Errorf("%+v", r)
		}
		if r := runSkein("verify", "receipt", sealed, "--key", "nonsense"); r.code != 2 {
			c.Errorf("%+v", r)
		}
		mustRun(c.T, 0, append([]string{"verify"}, c.at()...)...)
	})
}

// mirror serves files that somebody kept of a log, or what f makes of the log's own.
func (c *city) mirror(f func(path, content string) string) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := c.do("GET", r.URL.String(), "", nil)
		w.WriteHeader(a.status)
		w.Write([]byte(f(r.URL.Path, a.text)))
	}))
	c.Cleanup(server.Close)
	return server.URL
}

func TestTheWholeLogFromOutside(t *testing.T) {
	slow(t)
	onBothEngines(t, 30, func(c *city) {
		c.seal()
		key, log := c.logKey(), c.url+"/log/boston"
		early := c.keep("early", "/log/boston/checkpoint", "")
		m := c.report(lamp("The lamp is dark"))
		c.act(201, m, "accept", "pwd/head", nil)
		c.seal()
		receipt := c.keep("receipt", "/matters/"+m.number+"/acts/1/receipt", "code:"+m.code)
		r := mustRun(c.T, 0, "verify", "log", log, "--key", key, "--seen", early, "--seen", receipt, "--acts")
		for _, want := range []string{"is whole", "(2)", "All public acts"} {
			if !strings.Contains(r.out, want) {
				c.Errorf("%q is not in\n%s", want, r.out)
			}
		}
		wrong := func(name, want string, args ...string) {
			c.Helper()
			if r := runSkein(append([]string{"verify", "log"}, args...)...); r.code != 1 || !strings.Contains(r.errs, want) {
				c.Errorf("%s: %+v", name, r)
			}
		}
		stranger, err := seal.CreateKey(filepath.Join(c.TempDir(), "k"), "localhost/log/boston")
		if err != nil {
			c.Fatal(err)
		}
		wrong("a replaced key", "and not by the key that you trust", log, "--key", stranger.Verifier)
		wrong("a tile that was changed", "serves something else", c.mirror(func(path, s string) string {
			if strings.Contains(path, "/tile/0/") {
				return s[:len(s)-1] + "x"
			}
			return s
		})+"/log/boston", "--key", key)
		wrong("an entry that was changed", "serves something else", c.mirror(func(path, s string) string {
			if strings.Contains(path, "/tile/entries/000") {
				return strings.Replace(s, "act ", "cat ", 1)
			}
			return s
		})+"/log/boston", "--key", key)
		wrong("a rolled-back log", "was rolled back", c.mirror(func(path, s string) string {
			if strings.HasSuffix(path, "/checkpoint") {
				old, _ := os.ReadFile(early)
				return string(old)
			}
			return s
		})+"/log/boston", "--key", key, "--seen", receipt)
		wrong("an act that is shown and in no leaf", "is not in the log", c.mirror(func(path, s string) string {
			if path != "/api/acts" {
				return s
			}
			var page map[string]any
			json.Unmarshal([]byte(s), &page)
			page["acts"].([]any)[0].(map[string]any)["commitment"] = strings.Repeat("00", 32)
			b, _ := json.Marshal(page)
			return string(b)
		})+"/log/boston", "--key", key, "--acts")
		wrong("nobody there", "did not answer", "http://127.0.0.1:1/log/boston", "--key", key)
		wrong("no log", "did not answer", c.url+"/log/salem", "--key", key)

		// The key is given over; who knows the old one follows, who keeps the log's name and another key does not.
		mustRun(c.T, 0, append([]string{"key", "rotate"}, c.at()...)...)
		c.report(lamp("Another lamp"))
		c.seal()
		if c.logKey() == key {
			c.Error("the key is the old one")
		}
		r = mustRun(c.T, 0, "verify", "log", log, "--key", key, "--seen", early)
		if !strings.Contains(r.out, "was replaced") {
			c.Error(r.out)
		}
		mustRun(c.T, 0, "verify", "log", log, "--key", c.logKey())
		// And lost.
		if err := os.Remove(seal.KeyPath(c.app.where.keys(), demoRealm)); err != nil {
			c.Fatal(err)
		}
		late := c.keep("late", "/log/boston/checkpoint", "")
		before := c.logKey()
		mustRun(c.T, 0, append([]string{"key", "lost", "--checkpoint", late}, c.at()...)...)
		c.report(lamp("A third lamp"))
		c.seal()
		wrong("a log that ended, held against the next", "has ended", log, "--key", c.logKey(), "--seen", late)
		mustRun(c.T, 0, "verify", "log", log+"/1", "--key", before, "--seen", late)
		r = mustRun(c.T, 0, "verify", "log", log, "--key", c.logKey(), "--acts")
		if !strings.Contains(r.out, "its key was lost") {
			c.Error(r.out)
		}
		mustRun(c.T, 0, "verify", "log", log+"/1", "--key", before)
		mustRun(c.T, 0, "verify", "receipt", receipt, "--key", key)
		mustRun(c.T, 0, append([]string{"verify"}, c.at()...)...)
	})
}

// Two people are shown two logs of one name and key: what one kept gives the other away.
func TestALogShownInTwoWays(t *testing.T) {
	t.Parallel()
	a := newCity(t, "", 30)
	b := newCity(t, "", 30)
	for _, file := range []string{seal.KeyPath("", demoRealm)} {
		text, err := os.ReadFile(filepath.Join(a.app.where.keys(), file))
		if err != nil {
			t.Fatal(err)
		}
		// The second is a realm of its own under the key of the first.
		os.Remove(filepath.Join(b.app.where.keys(), file))
		if err := os.WriteFile(filepath.Join(b.app.where.keys(), file), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b.do2("DELETE FROM seal_logs", "DELETE FROM seal_leaves", "DELETE FROM seal_tiles")
	os.Remove(seal.GuardPath(b.app.where.keys(), demoRealm))
	b.served()
	for _, c := range []*city{a, b} {
		c.report(lamp("The lamp is dark"))
		c.seal()
	}
	seen := a.keep("seen", "/log/boston/checkpoint", "")
	mustRun(t, 0, "verify", "log", a.url+"/log/boston", "--key", a.logKey(), "--seen", seen)
	if r := runSkein("verify", "log", b.url+"/log/boston", "--key", a.logKey(), "--seen", seen); r.code != 1 || !strings.Contains(r.errs, "two logs") {
		t.Errorf("%+v", r)
	}
}

// What a database's password lets one do to the journal, and what verify says of it.
func TestTamperingIsCaught(t *testing.T) {
	slow(t)
	onBothEngines(t, 30, func(c *city) {
		m := c.report(lamp("The lamp is dark"))
		c.act(201, m, "accept", "pwd/head", nil)
		c.seal()
		mustRun(c.T, 0, append([]string{"verify"}, c.at()...)...)
		head := c.head()
		tamper := func(name, want string, sql ...string) {
			c.Helper()
			// In a transaction of its own that is taken back: a copy of the rows.
			backup := []string{"acts", "heads", "seal_leaves", "seal_logs", "seal_tiles"}
			for _, table := range backup {
				c.do2("CREATE TABLE kept_" + table + " AS SELECT * FROM " + table)
			}
			c.do2(sql...)
			r := runSkein(append([]string{"verify"}, c.at()...)...)
			if r.code != 1 || !strings.Contains(r.out, want) {
				c.Errorf("%s: exit %d, %q is not in\n%s%s", name, r.code, want, r.out, r.errs)
			}
			for _, table := range backup {
				c.do2("DELETE FROM "+table, "INSERT INTO "+table+" SELECT * FROM kept_"+table, "DROP TABLE kept_"+table)
			}
		}
		last := fmt.Sprint(head)
		tamper("a changed act", "its commitment is not that of its text", "UPDATE acts SET power = 'matter.other' WHERE position = "+last)
		tamper("a removed act", "the journal ends here", "DELETE FROM acts WHERE position = "+last)
		tamper("a removed act, and its head too", "leaves, and its row says", "DELETE FROM acts WHERE position = "+last, fmt.Sprintf("UPDATE heads SET position = %d", head-1))
		tamper("a reordered pair", "its commitment is not that of its text", "UPDATE acts SET position = 9000000 WHERE position = "+last,
			fmt.Sprintf("UPDATE acts SET position = %d WHERE position = %d", head, head-1), fmt.Sprintf("UPDATE acts SET position = %d WHERE position = 9000000", head-1))
		tamper("recorded runs backwards", "is recorded before the act before it", "UPDATE acts SET recorded = recorded - 999999999999 WHERE position = "+last)
		// Somebody who rewrites commitments with it is caught by the log alone.
		rewritten, err := c.realm.Acts(context.Background(), c.dossier(m))
		if err != nil {
			c.Fatal(err)
		}
		act := rewritten[len(rewritten)-1]
		act.Happened, act.Imported = act.Happened-1, true
		literal := "x'%x'"
		if c.app.db.Engine == store.Postgres {
			literal = "'\\x%x'"
		}
		tamper("an act rewritten with its commitment", "is not what the leaves lead to",
			fmt.Sprintf("UPDATE acts SET happened = %d, flags = '%s', commitment = "+literal+" WHERE position = %d", int64(act.Happened), act.Flags(), act.Commit(), int64(act.Position)))
		mustRun(c.T, 0, append([]string{"verify"}, c.at()...)...)
	})
}

func TestRestoreGoesOnInPublic(t *testing.T) {
	slow(t)
	onBothEngines(t, 30, func(c *city) {
		c.report(lamp("The lamp is dark"))
		c.seal()
		file := filepath.Join(c.TempDir(), "skein.tar.gz")
		mustRun(c.T, 0, append([]string{"backup", file}, c.at()...)...)
		early := c.keep("early", "/log/boston/checkpoint", "")
		m := c.report(lamp("After the backup"))
		c.seal()
		late := c.keep("late", "/log/boston/checkpoint", "")
		receipt := c.keep("receipt", "/matters/"+m.number+"/acts/1/receipt", "code:"+m.code)
		key := c.logKey()

		restore := func(keys func(folder string), args ...string) (where, []string, ran) {
			c.Helper()
			w := where{Data: filepath.Join(c.TempDir(), fmt.Sprintf("restored-%d", time.Now().UnixNano()))}
			to := []string{"--data", w.Data}
			if c.app.where.Database != "" {
				w.Database = pgtest.URL(c.T)
				to = append(to, "--database", w.Database)
			}
			if keys != nil {
				if err := os.MkdirAll(w.keys(), 0o700); err != nil {
					c.Fatal(err)
				}
				keys(w.keys())
			}
			return w, to, runSkein(slices.Concat([]string{"restore", file}, c.withKeys(), args, to)...)
		}
		logKey := func(folder string) {
			text, err := os.ReadFile(seal.KeyPath(c.app.where.keys(), demoRealm))
			if err == nil {
				err = os.WriteFile(seal.KeyPath(folder, demoRealm), text, 0o600)
			}
			if err != nil {
				c.Fatal(err)
			}
		}
		if _, _, r := restore(nil); r.code != 1 || !strings.Contains(r.errs, "--no-checkpoint") {
			c.Errorf("nobody says how far the log had come: %+v", r)
		}
		if _, _, r := restore(nil, "--checkpoint", file); r.code != 1 || !strings.Contains(r.errs, "is no checkpoint of") {
			c.Errorf("what is no checkpoint: %+v", r)
		}
		// Nobody saw more than the backup holds: the log goes on under its name.
		w, to, r := restore(logKey, "--checkpoint", early)
		if r.code != 0 || !strings.Contains(r.out, "localhost/log/boston goes on") {
			c.Fatalf("%+v", r)
		}
		mustRun(c.T, 0, append([]string{"verify"}, to...)...)
		again(c, w, func(s *seal.Sealer, l seal.Log) {
			if l.Number != 1 || l.Key != key {
				c.Errorf("%+v", l)
			}
		})
		// A resident's receipt shows that the log was longer.
		for name, shown := range map[string]string{"a checkpoint": late, "a receipt": receipt} {
			w, to, r = restore(logKey, "--checkpoint", early, "--checkpoint", shown)
			if r.code != 0 || !strings.Contains(r.out, "has ended") || !strings.Contains(r.out, "are lost") {
				c.Fatalf("%s: %+v", name, r)
			}
			mustRun(c.T, 0, append([]string{"verify"}, to...)...)
			again(c, w, func(s *seal.Sealer, l seal.Log) {
				if l.Number != 2 || l.Origin != "localhost/log/boston/2" || l.Key == key {
					c.Errorf("%+v", l)
				}
			})
			mustRun(c.T, 0, append([]string{"verify"}, to...)...)
		}
		// What the key signed last lies beside it, and is asked without a word.
		_, _, r = restore(func(folder string) {
			logKey(folder)
			text, _ := os.ReadFile(late)
			os.WriteFile(seal.GuardPath(folder, demoRealm), text, 0o600)
		})
		if r.code != 0 || !strings.Contains(r.out, "has ended") {
			c.Fatalf("%+v", r)
		}
		// The database is put back by hand: nothing is signed.
		if c.app.where.Database == "" {
			unpacked := filepath.Join(c.TempDir(), "by-hand")
			mustRun(c.T, 0, append([]string{"restore", file, "--data", unpacked, "--no-checkpoint"}, c.withKeys()...)...)
			if err := os.CopyFS(filepath.Join(unpacked, "keys2"), os.DirFS(c.app.where.keys())); err != nil {
				c.Fatal(err)
			}
			for _, f := range []string{"master.key", filepath.Base(seal.KeyPath("", demoRealm))} {
				os.Chmod(filepath.Join(unpacked, "keys2", f), 0o600)
			}
			r := runSkein("serve", "--data", unpacked, "--keys", filepath.Join(unpacked, "keys2"), "--listen", "127.0.0.1:0")
			if r.code != 1 || !strings.Contains(r.errs, "older than what its key has signed") {
				c.Errorf("%+v", r)
			}
		}
		mustRun(c.T, 0, "verify", "receipt", receipt, "--key", key) // what was lost can still be proved
	})
}

// again opens a restored realm, records and seals something in it.
func again(c *city, w where, look func(*seal.Sealer, seal.Log)) {
	c.Helper()
	a, err := w.open(context.Background(), false)
	if err != nil {
		c.Fatal(err)
	}
	defer a.close()
	realm, err := a.realm(context.Background(), true)
	if err != nil {
		c.Fatal(err)
	}
	defer realm.Close()
	s, err := a.sealer(context.Background(), realm)
	if err == nil {
		err = s.CatchUp(context.Background())
	}
	if err != nil {
		c.Fatal(err)
	}
	l, _, err := seal.Current(context.Background(), a.db.R, civic.Realm(demoRealm))
	if err != nil {
		c.Fatal(err)
	}
	look(s, l)
}

// Receipts of two matters do not tell how many acts, private ones among them, lie between; and a post reads in one what was done, not
// what the reporter's secrets hang on.
func TestReceiptsTellNoPosition(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		first := c.report(lamp("One"))
		fields := lamp("Nobody is to know")
		fields["visibility"] = "private"
		c.report(fields)
		m := c.report(lamp("Two"))
		c.seal()
		own := c.must(200, "GET", "/matters/"+m.number+"/acts/1/receipt", "code:"+m.code, nil).text
		post := c.must(200, "GET", "/matters/"+m.number+"/acts/1/receipt", "pwd/head", nil).text
		assigned := c.must(200, "GET", "/matters/"+m.number+"/acts/2/receipt", "code:"+m.code, nil).text
		for who, text := range map[string]string{"the reporter": own, "a post": post, "the reporter of the clock's act": assigned} {
			for _, no := range []string{string(c.dossier(m)), string(c.dossier(first)), fmt.Sprintf(" %d\n", c.head()), "position", "cause"} {
				if strings.Contains(text, no) {
					c.Errorf("%s reads %q in\n%s", who, no, text)
				}
			}
			if !strings.Contains(text, "dossier matter/"+plainNumber(m.number)+"\n") {
				c.Errorf("%s does not read which matter it is:\n%s", who, text)
			}
		}
		if !strings.Contains(own, "\nshown ") || strings.Contains(post, "\nshown ") || strings.Contains(post, "tracking") || strings.Contains(assigned, "\nshown ") {
			c.Errorf("what was said is shown to others than who said it, or not to her:\n%s\n%s\n%s", own, post, assigned)
		}
	})
}

// Whoever sits in two posts, one of them in the body complained of, is a stranger to the complaint in both.
func TestReceiptsOfAComplaint(t *testing.T) {
	withSignIn(t, `{"passwords": true}`, func(c *city) {
		v := c.visitor()
		v.takes(c.invite("isd/head", "both@city.example"), "both@city.example")
		fields := lamp("They were rude")
		fields["kind"], fields["against"] = "complaint", "isd"
		m := c.report(fields)
		c.seal()
		mustRun(t, 0, append([]string{"officer", "new", "--post", "pwd/head", "--email", "both@city.example"}, c.at()...)...)
		for _, post := range []string{"isd/head", "pwd/head"} {
			r, err := http.NewRequest("GET", c.url+"/matters/"+m.number+"/acts/1/receipt", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.AddCookie(v.session())
			if a := c.send(r); a.status != 200 || strings.Contains(a.text, "skein act 1") {
				t.Errorf("%s: %d\n%s", post, a.status, a.text)
			}
			v.ask("POST", "/me/post", url.Values{"post": {"pwd/head"}})
		}
	})
}

// A restore that is refused leaves nothing behind, and a backup of before the key was lost does not found the same log twice.
func TestRestoreAfterTheKeyWasLost(t *testing.T) {
	slow(t)
	onBothEngines(t, 30, func(c *city) {
		c.report(lamp("The lamp is dark"))
		c.seal()
		file := filepath.Join(c.TempDir(), "skein.tar.gz")
		mustRun(c.T, 0, append([]string{"backup", file}, c.at()...)...)
		mustRun(c.T, 0, append([]string{"key", "lost"}, c.at()...)...)
		c.report(lamp("Under the second"))
		c.seal()
		two := c.keep("two", "/log/boston/checkpoint", "")
		secondKey := c.logKey()
		data := filepath.Join(c.TempDir(), "restored")
		w := where{Data: data}
		to := append([]string{"restore", file, "--data", data}, c.withKeys()...)
		if c.app.where.Database != "" {
			w.Database = pgtest.URL(c.T)
			to = append(to, "--database", w.Database)
		}
		for _, shown := range []string{"http://127.0.0.1:1/log/boston/checkpoint", two, file} {
			if r := runSkein(append(slices.Clone(to), "--checkpoint", shown)...); r.code != 1 {
				c.Errorf("%s: %+v", shown, r)
			}
			left, _ := filepath.Glob(filepath.Join(data, "*"))
			if len(left) > 1 || len(left) == 1 && filepath.Base(left[0]) != "keys" {
				c.Errorf("%s left %v", shown, left)
			}
		}
		r := mustRun(c.T, 0, append(slices.Clone(to), "--checkpoint", two, "--log-key", secondKey)...)
		if !strings.Contains(r.out, "localhost/log/boston/3") {
			c.Error(r.out)
		}
		at := []string{"--data", data}
		if w.Database != "" {
			at = append(at, "--database", w.Database)
		}
		mustRun(c.T, 0, append([]string{"verify"}, at...)...)
		again(c, w, func(_ *seal.Sealer, l seal.Log) {
			if l.Number != 3 || l.Key == secondKey {
				c.Errorf("%+v", l)
			}
		})
		mustRun(c.T, 0, append([]string{"verify"}, at...)...)
	})
}

// Every act has a receipt, not only those on matters: the post that did it reads it whole, others that it is in the log.
func TestReceiptsOfOtherActs(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		a := c.must(201, "POST", "/api/bodies/coord/create-post", "coord/chair", map[string]any{
			"post": "coord/deputy", "titles": map[string]string{"en": "Deputy"}, "roles": []string{"list_keeper"}})
		at, _ := a.json["acts"].([]any)[0].(map[string]any)["receipt"].(string)
		if early := c.keep("early", at, "coord/chair"); !strings.Contains(mustRun(c.T, 0, "verify", "receipt", early, "--key", c.logKey()).out, "Recorded:") {
			c.Error("a receipt before sealing promises nothing")
		}
		c.seal()
		for who, whole := range map[string]bool{"coord/chair": true, "pwd/head": false, "": false} {
			file := c.keep("receipt", at, who)
			r := mustRun(c.T, 0, "verify", "receipt", file, "--key", c.logKey())
			text, err := os.ReadFile(file)
			if err != nil {
				c.Fatal(err)
			}
			if strings.Contains(r.out, "body.post_created") != whole || strings.Contains(string(text), "Deputy") != whole || !strings.Contains(r.out, "Sealed") {
				c.Errorf("%q reads\n%s%s", who, text, r.out)
			}
		}
		// Receipts of matters look at who reads the file; this door shows none of them whole.
		m := c.report(lamp("The lamp is dark"))
		c.act(201, m, "accept", "pwd/head", nil)
		c.seal()
		acts := c.must(200, "GET", "/api/acts?limit=1000", "", nil).json["acts"].([]any)
		last := acts[len(acts)-1].(map[string]any)["id"].(string)
		if text := c.must(200, "GET", "/api/acts/"+last+"/receipt", "pwd/head", nil).text; strings.Contains(text, "skein act 1") {
			c.Errorf("the door of all acts shows of a matter\n%s", text)
		}
		for _, id := range []string{strings.Repeat("0", 32), "x", last[:31] + "x"} {
			if a := c.do("GET", "/api/acts/"+id+"/receipt", "", nil); a.status != 404 {
				c.Errorf("%s: %d", id, a.status)
			}
		}
	})
}
