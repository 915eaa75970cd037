package fences

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

type rule struct {
	name  string
	check func(fs.FS) ([]string, error)
}

var rules = []rule{
	{"imports", imports}, {"pure", pure}, {"machine", machine}, {"messages", messages}, {"mission", mission}, {"keys", keys}, {"opened", opened},
	{"verdicts", verdictRule}, {"tallies", tallies}, {"searches", searches}, {"dials", dials}, {"sealed", sealed}, {"models", models}, {"restrained", restrained},
}

// TestTree holds every rule on our own tree.
func TestTree(t *testing.T) {
	tree := os.DirFS("..")
	files, err := sources(tree)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 10 {
		t.Fatalf("only %d Go files were found: the fences stand around nothing", len(files))
	}
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			broken, err := r.check(tree)
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range broken {
				t.Error(b)
			}
		})
	}
}

// TestRulesCanFail shows for each rule what it lets pass and what it does not.
func TestRulesCanFail(t *testing.T) {
	civic := `import "skein/frame/civic"` + "\n"
	refuse := "package duty\n" + civic + `func f() any { return civic.Refuse(civic.Invalid, "duty.gap", "place", 1) }`
	for _, c := range []struct {
		name  string
		check func(fs.FS) ([]string, error)
		tree  map[string]string
		want  []string // one part of each thing broken, in order; none: the tree is fine
	}{
		{"down", imports, map[string]string{
			"cmd/skein/main.go": "package main\nimport (\n\"skein/rooms/duty\"\n\"skein/demo/boston\"\n)",
			"rooms/duty/a.go":   "package duty\nimport (\n\"skein/face/page\"\n\"skein/frame/clerk\"\n\"skein/science/geo\"\n\"skein/rooms/duty/sub\"\n)",
			"face/page/a.go":    "package page\nimport \"skein/frame/power\"",
			"frame/clerk/a.go":  "package clerk\nimport (\n\"skein/frame/civic\"\n\"fmt\"\n)",
		}, nil},
		{"up", imports, map[string]string{
			"frame/clerk/a.go": "package clerk\nimport \"skein/rooms/duty\"",
			"frame/store/a.go": "package store\nimport \"skein/face/page\"",
			"rooms/duty/a.go":  "package duty\nimport \"skein/cmd/skein\"",
			"science/geo/a.go": "package geo\nimport \"skein/frame/store\"",
		}, []string{"frame/clerk/a.go imports rooms/duty", "frame/store/a.go imports face/page", "rooms/duty/a.go imports cmd/skein", "science/geo/a.go imports frame/store"}},
		{"rooms apart", imports, map[string]string{
			"rooms/matter/a.go":      "package matter\nimport other \"skein/rooms/duty\"",
			"rooms/matter/a_test.go": "package matter\nimport _ \"skein/rooms/place\"",
		}, []string{"rooms/matter/a.go imports rooms/duty", "rooms/matter/a_test.go imports rooms/place"}},
		{"civic stands alone", imports, map[string]string{
			"frame/civic/a.go": "package civic\nimport \"skein/frame/store\"",
		}, []string{"frame/civic/a.go imports frame/store"}},
		{"test support", imports, map[string]string{
			"frame/store/a.go":      "package store\nimport \"skein/internal/pgtest\"",
			"frame/store/a_test.go": "package store\nimport \"skein/internal/pgtest\"",
			"internal/x/a.go":       "package x\nimport \"skein/internal/pgtest\"",
		}, []string{"frame/store/a.go imports internal/pgtest"}},

		{"through the record", opened, map[string]string{
			"frame/access/record.go": "package access\nvar _, _ = r.Vault.ReadAll(c, r, b)",
			"frame/vault/vault.go":   "package vault\nvar _ = v.OpenBox(c, r, b)",
			"rooms/matter/a.go":      "package matter\nimport \"io\"\nvar _, _ = io.ReadAll(r)\nvar _ = v.ReadReleased(c, r, b, d)\nvar _ = f.Read(b)",
		}, nil},
		{"past the record", opened, map[string]string{
			"rooms/matter/a.go":    "package matter\nvar x = a.in.Vault\nvar _, _ = x.Read(c, r, ref)",
			"rooms/matter/b.go":    "package matter\nvar open = a.Vault.ReadMany",
			"rooms/matter/c.go":    "package matter\nvar open = a.Vault.Read",
			"cmd/skein/courier.go": "package main",
		}, []string{"cmd/skein/courier.go opens no box", "rooms/matter/a.go:3 opens a box by Read:", "rooms/matter/b.go:2 opens a box by ReadMany", "rooms/matter/c.go:2 opens a box by Read:"}},
		{"keys listed", keys, map[string]string{
			"docs/trust.md":      "## Keys and algorithms\n\n| a | `aes`, `argon2` | `face/a.go` | – |\n| `numbers`, `sign-in a` | – | `cmd/skein/house.go` | – |\n\n## More\n",
			"cmd/skein/house.go": "package main\nvar purposes = []string{\"numbers\", \"sign-in a\"}\nvar _ = m.Derive(\"numbers\", r)",
			"face/a.go":          "package face\nimport (\n\"crypto/aes\"\n\"golang.org/x/crypto/argon2\"\n)\nvar _ = m.Derive(\"sign-in \"+who, r)",
			"face/a_test.go":     "package face\nimport \"crypto/md5\"",
		}, nil},
		{"keys not listed", keys, map[string]string{
			"docs/trust.md":      "## Keys and algorithms\n\n| a | `aes` | `face/gone.go`, `face/b.go` | `secret` |\n\n## More\n| `md5` | `face/a.go` |\n",
			"cmd/skein/house.go": "package main\nvar purposes = []string{\"numbers\", \"secret\"}",
			"face/a.go":          "package face\nimport \"crypto/md5\"\nvar _, _ = m.Derive(\"numbers\", r), m.Derive(\"other\", r)",
			"face/b.go":          "package face\nimport \"crypto/cipher\"\nvar _, _ = m.Derive(\"sign-in \"+who, r), m.Derive(who, r)",
		}, []string{"docs/trust.md lists face/gone.go", "face/a.go uses crypto/md5", "face/a.go:3 derives a key for \"numbers\"", "face/a.go:3 derives a key for \"other\"",
			"face/b.go uses crypto/cipher", "face/b.go:3 derives a key for \"\"", "face/b.go:3 derives a key for \"sign-in \""}},

		{"pure", pure, map[string]string{
			"rooms/duty/decide.go":  "package duty\nimport \"time\"\nfunc f(t time.Time) time.Duration { return 2 * time.Hour }",
			"rooms/duty/pages.go":   "package duty\nimport \"net/http\"\nvar _ http.Handler",
			"frame/clerk/clerk.go":  "package clerk\nimport \"time\"\nvar now = time.Now",
			"science/geo/a_test.go": "package geo\nimport \"os\"",
		}, nil},
		{"not pure", pure, map[string]string{
			"rooms/duty/decide_row.go": "package duty\nimport \"database/sql\"",
			"rooms/duty/evolve.go":     "package duty\nimport r \"crypto/rand\"",
			"science/geo/a.go":         "package geo\nimport \"log\"",
		}, []string{"decide_row.go imports database/sql", "evolve.go imports crypto/rand", "science/geo/a.go imports log"}},
		{"the clock", pure, map[string]string{
			"rooms/duty/decide.go": "package duty\nimport clock \"time\"\nfunc f() clock.Time {\n\treturn clock.Now()\n}",
			"rooms/duty/room.go":   "package duty\nimport \"time\"\nvar now = time.Now",
			"science/geo/a.go":     "package geo\nimport \"time\"\nfunc f(t time.Time) any { return time.Since(t) }",
		}, []string{"rooms/duty/decide.go:4 uses time.Now", "rooms/duty/room.go:3 uses time.Now", "science/geo/a.go:3 uses time.Since"}},

		{"no machine", machine, map[string]string{
			"a.md": "paths like homework/ and /rooms/work/x are fine, and so is https://example.org/home/",
		}, nil},
		{"machine", machine, map[string]string{
			"a.md":   "see /" + "work/shared",
			"b.go":   "package b\n\nconst p = \"/" + "root/x\"",
			"c.yaml": "path: /" + "home/ada/skein",
			"d.json": "{\"resolved\": \"" + "https://example.org/x.tgz\"}",
			"e.txt":  "GOPROXY=https://proxy." + "golang.org",
		}, []string{"a.md:1", "b.go:3", "c.yaml:1", "d.json:1", "e.txt:1"}},

		{"messages", messages, map[string]string{
			"rooms/duty/a.go":                  refuse,
			"rooms/duty/messages.en.json":      `{"duty.gap": "Nobody answers in {place} ({field})."}`,
			"rooms/duty/messages.zh-Hans.json": `{"duty.gap": "{place}无人负责（{field}）。"}`,
		}, nil},
		{"a language lacks", messages, map[string]string{
			"rooms/duty/messages.en.json":      `{"a.b": "one {x}", "a.c": "two", "a.d": "three"}`,
			"rooms/duty/messages.zh-Hans.json": `{"a.b": "一 {y}", "a.d": " "}`,
			"rooms/body/messages.en.json":      `{"a": "one"}`,
			"rooms/place/messages.en.json":     `{"a": "one", "a": "two"}`,
			"rooms/matter/messages.en.json":    `{"a": {"b": "nested"}}`,
		}, []string{
			"rooms/body has no messages.zh-Hans.json",
			`zh-Hans.json lacks "a.c"`, `zh-Hans.json says nothing for "a.d"`, `zh-Hans.json: "a.b" names [y]`,
			"rooms/matter/messages.en.json", `rooms/place/messages.en.json: "a" stands twice`,
		}},
		{"a text in two folders", messages, map[string]string{
			"rooms/duty/messages.en.json": `{"a.b": "one"}`, "rooms/duty/messages.zh-Hans.json": `{"a.b": "一"}`,
			"rooms/body/messages.en.json": `{"a.b": "two"}`, "rooms/body/messages.zh-Hans.json": `{"a.b": "二"}`,
		}, []string{`"a.b" has a text in rooms/body and in rooms/duty`}},
		{"a value in the reader's language", messages, map[string]string{
			"a/messages.en.json": `{"a.b": "no {title_en}"}`, "a/messages.zh-Hans.json": `{"a.b": "无{title_zh}"}`,
		}, nil},
		{"a function adds what refusals share", messages, map[string]string{
			"rooms/duty/a.go":                  refuse + "\nfunc add(r civic.Refusal) { r.Args[\"row\"] = 1 }",
			"rooms/duty/messages.en.json":      `{"duty.gap": "Row {row}: nobody answers in {place}."}`,
			"rooms/duty/messages.zh-Hans.json": `{"duty.gap": "第{row}行：{place}无人负责。"}`,
		}, nil},
		{"a refusal without a text", messages, map[string]string{
			"rooms/duty/a.go":                  refuse,
			"rooms/duty/b.go":                  "package duty\nfunc g() any { return refuse(1, \"duty.none\") }",
			"rooms/duty/messages.en.json":      `{"duty.gap": "Nobody answers in {place} for {category}."}`,
			"rooms/duty/messages.zh-Hans.json": `{"duty.gap": "{place}的{category}无人负责。"}`,
		}, []string{`"duty.gap" but gives no "category"`, `refuses with "duty.none"`}},

		{"mission", mission, map[string]string{
			"frame/journal/migrations/1.sql": "CREATE TABLE matter (\n  realm TEXT,\n  rating INTEGER,\n  reporter TEXT\n);",
			"rooms/standing/a.go":            "package standing\nconst q = `SELECT body, count(*) FROM matter GROUP BY body, postponed`\n// the risk register holds risks of places",
		}, nil},
		{"a score of a person", mission, map[string]string{
			"rooms/care/migrations/1.sql": "CREATE TABLE IF NOT EXISTS visit (\n  realm TEXT,\n  person_id TEXT,\n  risk_level INTEGER\n);",
			"rooms/care/a.go":             "package care\ntype T struct {\n\tHouseholdRisk int\n}",
			"rooms/care/b.json":           "{\"resident_score\": 1}",
		}, []string{"a.go:3 names household_risk", "b.json:1 names resident_score", "table visit holds people, and a column risk_level"}},
		{"figures of a person", mission, map[string]string{
			"rooms/standing/a.go":  "package standing\n\nconst q = `SELECT post, count(*)\nFROM act GROUP BY body,\n post ORDER BY 2`",
			"rooms/standing/b.sql": "SELECT 1 FROM matter GROUP BY reporter_id;",
			"rooms/standing/c.sql": "SELECT actor, count(*) FROM acts GROUP BY actor",
		}, []string{"a.go:4 groups by post", "b.sql:1 groups by reporter_id", "c.sql:1 groups by actor"}},

		{"words that are no verdicts", verdictRule, map[string]string{
			"rooms/place/a.go":             "package place\ntype Place struct {\n\tRank int `json:\"rank\"`\n}\ntype Row struct { Risk string; Lead string }",
			"face/keys.go":                 "package face\ntype Key struct { Post, Label string }\n// the score of a person\nconst s = \"a person has no score\"",
			"rooms/place/messages.en.json": `{"place.rank": "Rank of a layer"}`,
		}, nil},
		{"verdicts on people", verdictRule, map[string]string{
			"rooms/care/a.go":             "package care\ntype Visit struct {\n\tPerson string\n\tRisk int\n}\ntype HouseholdGrade int\nfunc ScoreResident() {}",
			"rooms/care/b.go":             "package care\ntype out struct {\n\tN int `json:\"person_label\"`\n}\nconst route = \"GET /residents/{id}/risk\"",
			"rooms/care/messages.en.json": `{"care.resident_score": "Score"}`,
		}, []string{"rooms/care/a.go:2: Visit.Risk", "rooms/care/a.go:6: HouseholdGrade", "rooms/care/a.go:7: ScoreResident", "rooms/care/b.go:2: out.N", "rooms/care/b.go:3", "rooms/care/b.go:5", "care.resident_score"}},
		{"figures of bodies", tallies, map[string]string{
			"rooms/standing/a.go": "package standing\nvar a map[civic.BodyID]int\nvar b map[civic.PostID]string",
		}, nil},
		{"figures by officer", tallies, map[string]string{
			"rooms/standing/a.go": "package standing\nfunc f() { _ = map[civic.PostID]int{} }\nvar b map[Officer]time.Duration\nvar c map[civic.PersonID]float64",
		}, []string{"a.go:2", "a.go:3", "a.go:4"}},
		{"a search by thing", searches, map[string]string{
			"rooms/matter/a.go": "package matter\ntype in struct { C string `query:\"category\"`; N string `json:\"name\"` }\nfunc f() { q.Get(\"place\"); header.Get(\"name\") }",
		}, nil},
		{"a search by person", searches, map[string]string{
			"rooms/matter/a.go": "package matter\ntype in struct {\n\tC string `query:\"reporter_name\"`\n}\nfunc f() {\n\tq.Get(\"phone\")\n\tr.URL.Query().Has(\"subject\")\n}",
		}, []string{"a.go:3: the parameter reporter_name", "a.go:6: the parameter phone", "a.go:7: the parameter subject"}},
		{"asked for", dials, map[string]string{
			"frame/courier/a.go": "package courier\nimport (\n\"net\"\n\"skein/frame/outward\"\n)\nvar _ = outward.Client(true)\nvar _ net.Conn",
			"internal/x/a.go":    "package x\nimport \"net/http\"\nvar _ = http.Get",
		}, nil},
		{"asked for by nobody", dials, map[string]string{
			"rooms/warning/a.go": "package warning\nimport (\n\"net/http\"\n\"skein/frame/outward\"\n)\nvar _ = outward.Client(true)\nvar _, _ = http.Get(\"https://example.org/feed\")\nvar _ = &http.Client{}",
			"frame/clerk/a.go":   "package clerk\nimport \"net\"\nvar _ = net.Dialer{}",
		}, []string{"frame/clerk/a.go:3 uses net.Dialer", "rooms/warning/a.go:6 asks other machines", "rooms/warning/a.go:7 uses net/http.Get", "rooms/warning/a.go:8 makes a client"}},
		{"sealed by the vault", sealed, map[string]string{
			"frame/vault/a.go": "package vault\nimport \"crypto/cipher\"\nvar _ = cipher.NewGCM",
			"face/a.go":        "package face\nimport \"crypto/cipher\"\nvar _ cipher.Block",
		}, nil},
		{"sealed beside the vault", sealed, map[string]string{
			"face/signin/a.go":  "package signin\nimport \"crypto/cipher\"\nvar _ = cipher.NewGCMWithRandomNonce",
			"rooms/ballot/a.go": "package ballot\nimport \"golang.org/x/crypto/chacha20poly1305\"\nvar _, _ = chacha20poly1305.NewX(nil)",
		}, []string{"face/signin/a.go:3 uses crypto/cipher.NewGCMWithRandomNonce", "rooms/ballot/a.go:3 uses golang.org/x/crypto/chacha20poly1305.NewX"}},
		{"a model suggests", models, map[string]string{
			"rooms/matter/pages/suggest.go": "package pages\nimport \"skein/science/classify\"",
			"rooms/matter/decide.go":        "package matter\nimport \"skein/science/disclosure\"",
		}, nil},
		{"a model decides", models, map[string]string{
			"rooms/matter/decide_work.go": "package matter\nimport \"skein/science/classify\"",
			"rooms/warning/reactors.go":   "package warning\nimport \"skein/science/outbreak/scan\"",
			"frame/power/a.go":            "package power\nimport \"skein/science/similar\"",
		}, []string{"frame/power/a.go imports science/similar", "rooms/matter/decide_work.go imports science/classify", "rooms/warning/reactors.go imports science/outbreak"}},
		{"a room brings its test", held, map[string]string{
			"rooms/ballot/a.go":      "package ballot",
			"rooms/ballot/a_test.go": "package ballot\nfunc TestVoteIsNotTiedToVoter(t *testing.T) {}",
			"cmd/skein/a_test.go":    "package main\nfunc TestA(t *testing.T) {}",
		}, nil},
		{"a room comes without", held, map[string]string{
			"rooms/ballot/a.go":   "package ballot\nfunc TestVoteIsNotTiedToVoter() {}",
			"cmd/skein/a_test.go": "package main\nfunc (c city) TestA(t *testing.T) {}",
		}, []string{`"a line" is held by cmd/skein:TestA, which is no test`, "rooms/ballot is there without TestVoteIsNotTiedToVoter"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			tree := fstest.MapFS{}
			for file, text := range c.tree {
				tree[file] = &fstest.MapFile{Data: []byte(text)}
			}
			broken, err := c.check(tree)
			if err != nil {
				t.Fatal(err)
			}
			if len(broken) != len(c.want) {
				t.Fatalf("broken: %q\nwant %d: %q", broken, len(c.want), c.want)
			}
			for i, part := range c.want {
				if !strings.Contains(broken[i], part) {
					t.Errorf("broken[%d] is %q, want it to hold %q", i, broken[i], part)
				}
			}
		})
	}
}

// held is the rule of restraint with lines of its own.
func held(tree fs.FS) ([]string, error) {
	return heldBy(tree, []restraint{
		{line: "a line", tests: []string{"cmd/skein:TestA"}},
		{line: "another", waits: []waiting{{"ballot", "TestVoteIsNotTiedToVoter"}, {"care", "TestCareBeginsWithConsent"}}},
	})
}
