package search

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"skein/frame/civic"
	"skein/frame/store"
	"skein/internal/pgtest"
)

const realm civic.Realm = "boston"

func open(t testing.TB, source string) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Migrate(context.Background(), Migrations()); err != nil {
		t.Fatal(err)
	}
	return db
}

func onBoth(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Run("sqlite", func(t *testing.T) { test(t, open(t, filepath.Join(t.TempDir(), "a.db"))) })
	t.Run("postgres", func(t *testing.T) { test(t, open(t, pgtest.URL(t))) })
}

func update(t testing.TB, db *store.DB, f func(tx *store.Tx) error) {
	t.Helper()
	if err := db.Update(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

func find(t testing.TB, db *store.DB, query string) []string {
	t.Helper()
	ids, err := Find(context.Background(), db, Ask(realm, "matter", query), 1000, nil)
	if err != nil {
		t.Fatalf("%q: %v", query, err)
	}
	return ids
}

// What people type finds what they mean, in both languages and others.
func TestFind(t *testing.T) {
	docs := map[string][2]string{
		"lamp":    {"Street light outages", "The lamps at the corner have been dark since Monday."},
		"hole":    {"Pothole repair", "A pothole as deep as a bucket; Zoë's wheel broke. café"},
		"light":   {"Other", "All the light went out in the underpass near the resident's door"},
		"路灯":      {"路灯 故障", "小区门口的路灯坏了三天，晚上很黑。"},
		"垃圾":      {"垃圾清运", "楼下垃圾没有人收，味道很大。"},
		"wages":   {"欠薪", "工地拖欠农民工工资三个月。"},
		"russian": {"", "Сломан фонарь у подъезда"},
		"wide":    {"", "ＡＢＣ１２３ full width"},
	}
	onBoth(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		update(t, db, func(tx *store.Tx) error {
			for id, d := range docs {
				if err := Put(ctx, tx, realm, Doc{"matter", id, 1, []string{d[0]}, []string{d[1]}}); err != nil {
					return err
				}
				if err := Put(ctx, tx, "other", Doc{"matter", id, 1, []string{d[0]}, []string{d[1]}}); err != nil {
					return err
				}
				if err := Put(ctx, tx, realm, Doc{"guide", id, 1, []string{d[0]}, []string{d[1]}}); err != nil {
					return err
				}
			}
			return nil
		})
		for query, want := range map[string][]string{
			"lamp": {"lamp"}, "LAMPS": {"lamp"}, "lights": {"lamp", "light"}, "ligh": {"lamp", "light"}, "street lights": {"lamp"},
			"outage corner": {"lamp"}, "zoe": {"hole"}, "Zoë": {"hole"}, "cafe": {"hole"}, "CAFÉ": {"hole"}, "resident": {"light"}, "residents door": {"light"},
			"路灯": {"路灯"}, "灯": {"路灯"}, "坏了": {"路灯"}, "垃圾": {"垃圾"}, "圾": {"垃圾"}, "垃圾清运": {"垃圾"}, "垃圾 味道": {"垃圾"}, "工资": {"wages"}, "农民工工资": {"wages"},
			"灯路": nil, "垃圾工资": nil, "фонарь": {"russian"}, "фон": {"russian"}, "abc123": {"wide"}, "ab": {"wide"},
			"nothing like this": nil, "": nil, "  ": nil, "!!": nil, "*": nil, `" OR 1=1`: nil, "'; DROP TABLE search_docs": nil, "NEAR(lamp": nil, "lamp AND": nil,
			strings.Repeat("a", 100): nil, "\x00\xff": nil,
		} {
			got := find(t, db, query)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%q finds %v, not %v", query, got, want)
			}
		}
		if got := find(t, db, "light"); got[0] != "lamp" {
			t.Errorf("what is said in a title comes first: %v", got)
		}
		update(t, db, func(tx *store.Tx) error {
			if err := Put(ctx, tx, realm, Doc{"matter", "lamp", 1, []string{"Street light outages"}, nil}); err != nil {
				return err
			}
			return Delete(ctx, tx, realm, "matter", "路灯", "none")
		})
		if got := find(t, db, "corner"); got != nil {
			t.Errorf("what was taken back is found: %v", got)
		}
		if got := find(t, db, "路灯"); got != nil {
			t.Errorf("what was deleted is found: %v", got)
		}
		if got := find(t, db, "street"); len(got) != 1 {
			t.Errorf("%v", got)
		}
	})
}

// What is let through is found, however much newer there is that is not.
func TestFindLetsThrough(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		var docs []Doc
		for i := range 3000 {
			docs = append(docs, Doc{Kind: "matter", ID: fmt.Sprintf("m%04d", i), Sort: int64(i), Title: []string{"street"}, Body: []string{"dark"}})
		}
		if err := db.Update(t.Context(), func(tx *store.Tx) error { return Put(t.Context(), tx, realm, docs...) }); err != nil {
			t.Fatal(err)
		}
		asked := 0
		none := func(id string) bool { return id >= "m0500" }
		got, err := Find(t.Context(), db, Ask(realm, "matter", "street dark"), 1000, func(ids []string) ([]string, error) {
			asked += len(ids)
			return slices.DeleteFunc(ids, none), nil
		})
		if err != nil || len(got) != MostRanked || slices.ContainsFunc(got, none) {
			t.Errorf("%d are found (%v)", len(got), err)
		}
		if asked > len(docs) {
			t.Errorf("%d are asked about", asked)
		}
	})
}

// Both engines find exactly what a look at every document finds.
func TestAgainstEveryDocument(t *testing.T) {
	words := strings.Fields("lamp lamps light lighting street streets dark 路 灯 路灯 坏 了 坏了 垃圾 圾 工资 日 本 café x xy фонарь фонари 12 123")
	onBoth(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		rnd := rand.New(rand.NewPCG(1, 2))
		text := func(n int) string {
			var b strings.Builder
			for range n {
				b.WriteString(words[rnd.IntN(len(words))])
				if rnd.IntN(3) > 0 {
					b.WriteByte(' ')
				}
			}
			return b.String()
		}
		all := map[string]Doc{}
		for round := range 6 {
			update(t, db, func(tx *store.Tx) error {
				for range 40 {
					id := fmt.Sprintf("m%02d", rnd.IntN(60))
					if rnd.IntN(6) == 0 {
						delete(all, id)
						if err := Delete(ctx, tx, realm, "matter", id); err != nil {
							return err
						}
						continue
					}
					all[id] = Doc{"matter", id, int64(round), []string{text(2)}, []string{text(rnd.IntN(8)), text(1)}}
					if err := Put(ctx, tx, realm, all[id]); err != nil {
						return err
					}
				}
				return nil
			})
			for range 60 {
				query := text(1 + rnd.IntN(3))
				var want []string
				for id, d := range all {
					if matches(terms(query), d) {
						want = append(want, id)
					}
				}
				if len(terms(query)) == 0 {
					want = nil
				}
				got := find(t, db, query)
				slices.Sort(got)
				slices.Sort(want)
				if !slices.Equal(got, want) {
					t.Fatalf("%q (%s): finds %v, not %v", query, lite(terms(query), " AND "), got, want)
				}
			}
		}
	})
}

// matches looks at one document, by its tokens alone.
func matches(ts []term, d Doc) bool {
	columns := [][]string{joined(d.Title), joined(d.Body)}
	for _, t := range ts {
		found := false
		for _, p := range t {
			for _, c := range columns {
				for i := range c {
					if i+len(p.tokens) > len(c) {
						break
					}
					same := slices.Equal(c[i:i+len(p.tokens)], p.tokens)
					if p.begins {
						same = strings.HasPrefix(c[i], p.tokens[0])
					}
					found = found || same
				}
			}
		}
		if !found {
			return false
		}
	}
	return true
}

// Tokens are letters and digits of ASCII whatever a text holds, so no text is a query's syntax; the beginning of a word has the beginning of its token.
func TestTokens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		for _, k := range tokens(text) {
			for _, c := range k {
				if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9') {
					t.Fatalf("%q gives %q", text, k)
				}
			}
		}
		for _, p := range pieces(text) {
			rs := []rune(p.text)
			if begins := string(rs[:1+len(rs)/2]); !p.han && isPlain(begins) == isPlain(p.text) && !strings.HasPrefix(word(p.text), word(begins)) {
				t.Fatalf("%q does not begin as %q", p.text, begins)
			}
		}
	})
}

func FuzzQuery(f *testing.F) {
	for _, s := range []string{"lamp", "路灯", `"*`, "a'b", "\x00", "１２３", "فانوس", "𠀀𠀁"} {
		f.Add(s)
	}
	db := open(f, filepath.Join(f.TempDir(), "a.db"))
	f.Fuzz(func(t *testing.T, query string) {
		find(t, db, query)
		update(t, db, func(tx *store.Tx) error {
			return Put(context.Background(), tx, realm, Doc{"matter", "one", 1, []string{query}, nil})
		})
		if got := find(t, db, query); len(terms(query)) > 0 && len(terms(query)) < mostTerms && len(tokens(query)) < mostTokens && len(got) != 1 {
			t.Errorf("%q does not find itself", query)
		}
	})
}

// What is deleted is overwritten in the file, not only unlinked.
func TestDeletedBytesAreGone(t *testing.T) {
	dir := t.TempDir()
	db := open(t, filepath.Join(dir, "a.db"))
	ctx := context.Background()
	for at := range 20 {
		update(t, db, func(tx *store.Tx) error {
			for i := range 100 {
				n := at*100 + i
				if err := Put(ctx, tx, realm, Doc{"matter", fmt.Sprint(n), 1, nil, []string{fmt.Sprintf("lamp zq%04dplanted 路灯", n)}}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	update(t, db, func(tx *store.Tx) error {
		for n := range 2000 {
			if n%3 == 0 {
				if err := Delete(ctx, tx, realm, "matter", fmt.Sprint(n)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err := db.Scrub(ctx); err != nil {
		t.Fatal(err)
	}
	var file []byte
	names, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, n := range names {
		b, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		file = append(file, b...)
	}
	there := 0
	for n := range 2000 {
		// The index keeps what a word does not share with the one before it: its own digits and the rest.
		whole := bytes.Contains(file, fmt.Appendf(nil, "zq%04dplanted", n))
		if whole && n%3 == 0 {
			t.Errorf("%d was deleted and is in the file", n)
		}
		if whole {
			there++
		}
	}
	if there == 0 {
		t.Error("the test does not see what it looks for")
	}
}
