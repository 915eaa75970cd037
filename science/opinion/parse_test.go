package opinion

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"skein/frame/civic"
	"skein/internal/shared"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       map[[2]string]Vote // participant, statement
	}{
		{"plain", "participant,statement,vote\n1,2,1\n1,3,0\n2,2,-1\n", map[[2]string]Vote{{"1", "2"}: Agree, {"1", "3"}: Pass, {"2", "2"}: Disagree}},
		{"polis", "timestamp,datetime,comment-id,voter-id,vote\n5,x,2,1,1\n", map[[2]string]Vote{{"1", "2"}: Agree}},
		{"any order of columns, capitals, spaces, a byte order mark, CRLF", "\ufeffVote, Statement ,note,PARTICIPANT\r\n+1, a ,\"x,y\",\"Ms. \"\"B\"\"\"\r\n", map[[2]string]Vote{{`Ms. "B"`, "a"}: Agree}},
		{"the last row counts", "participant,statement,vote\n1,2,1\n1,2,-1\n1,2,0\n", map[[2]string]Vote{{"1", "2"}: Pass}},
		{"the largest timestamp counts", "timestamp,comment-id,voter-id,vote\n9,2,1,1\n7,2,1,-1\n", map[[2]string]Vote{{"1", "2"}: Agree}},
		{"the later row among equal timestamps", "timestamp,comment-id,voter-id,vote\n9,2,1,1\n9,2,1,-1\n", map[[2]string]Vote{{"1", "2"}: Disagree}},
		{"no line end at the end", "participant,statement,vote\n1,2,1", map[[2]string]Vote{{"1", "2"}: Agree}},
		{"007 is not 7", "participant,statement,vote\n007,2,1\n7,2,-1\n", map[[2]string]Vote{{"007", "2"}: Agree, {"7", "2"}: Disagree}},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := Parse([]byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			if v.Len() != len(c.want) {
				t.Errorf("%d votes, want %d", v.Len(), len(c.want))
			}
			for at, want := range c.want {
				if got, ok := v.Vote(at[0], at[1]); !ok || got != want {
					t.Errorf("%v: %d %t, want %d", at, got, ok, want)
				}
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	const head = "participant,statement,vote\n"
	for _, c := range []struct {
		name, text string
		want       []string // key and arguments of each refusal
	}{
		{"nothing", "", []string{"opinion.empty"}},
		{"no votes", head, []string{"opinion.empty"}},
		{"other columns", "a,b\n1,2\n", []string{"opinion.columns found=a, b"}},
		{"the matrix", "participant,group-id,n-comments,n-votes,0,1\n1,0,0,2,1,1\n", []string{"opinion.matrix"}},
		{"a column twice", "participant,vote,statement,vote\n", []string{"opinion.column_twice column=vote"}},
		{"not a vote", head + "1,2,1\n1,3,2\n", []string{"opinion.row_vote column=5 found=2 line=3"}},
		{"no vote", head + "1,2,\n", []string{"opinion.row_vote column=5 found= line=2"}},
		{"a word", head + "1,2,agree\n", []string{"opinion.row_vote column=5 found=agree line=2"}},
		{"no participant", head + ",2,1\n", []string{"opinion.row_id column=1 found= line=2 most=64"}},
		{"a long statement", head + "1," + strings.Repeat("字", 30) + ",1\n", []string{"opinion.row_id column=3 found=" + strings.Repeat("字", 30) + " line=2 most=64"}},
		{"an escape", head + "\x1b[31m,2,1\n", []string{"opinion.row_id column=1 found=\ufffd[31m line=2 most=64"}},
		{"fields", head + "1,2,1,4\n1,2,1\n1,2\n", []string{"opinion.row_fields line=2", "opinion.row_fields line=4"}},
		{"a quote", head + "1,2,1\n\"1,2,1\n1,2,1\n", []string{"opinion.row_quotes column=7 line=4"}},
		{"a timestamp", "timestamp,comment-id,voter-id,vote\nMonday,2,1,1\n", []string{"opinion.row_timestamp column=1 found=Monday line=2"}},
		{"Latin-1", head + "1,2,1\nJos\xe9,2,1\n", []string{"opinion.not_utf8 line=3"}},
		{"many", head + strings.Repeat("1,2,3\n", 50), slices.Repeat([]string{"opinion.row_vote column=5 found=3 line="}, 10)},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse([]byte(c.text))
			refusals, ok := civic.AsRefusals(err)
			if !ok || len(refusals) != len(c.want) {
				t.Fatalf("%v, want %q", err, c.want)
			}
			for i, r := range refusals {
				if !strings.HasPrefix(r.Error(), c.want[i]) {
					t.Errorf("%s, want %s", r.Error(), c.want[i])
				}
				checkSentence(t, r)
			}
		})
	}
}

func TestStreamRefuses(t *testing.T) {
	s := NewStream(NewVotes(), Options{})
	for key, err := range map[string]error{"opinion.id": s.Set("", "1", Agree), "opinion.vote": s.Set("1", "1", 3)} {
		refusals, ok := civic.AsRefusals(err)
		if !ok || refusals[0].Key != key {
			t.Fatalf("%v, want %s", err, key)
		}
		checkSentence(t, refusals[0])
	}
	if m := s.Map(); len(m.Participants) != 0 || m.K != 0 {
		t.Errorf("an empty stream has %d participants", len(m.Participants))
	}
}

// TestExport reads a whole export of Polis, in which votes were changed, and finds the votes of the reference.
func TestExport(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(shared.Dir(t, "data/polis/canadian-electoral-reform"), "votes.csv"))
	if err != nil {
		t.Fatal(err)
	}
	export, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	text, err = os.ReadFile("testdata/polis_canadian-electoral-reform_votes.csv")
	if err != nil {
		t.Fatal(err)
	}
	plain, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(export.sorted().csv(), plain.sorted().csv()) {
		t.Error("the votes of the export differ")
	}
}

var placeholder = regexp.MustCompile(`\{([a-z]+)\}`)

func texts(t testing.TB, language string) map[string]string {
	t.Helper()
	raw, err := Messages.ReadFile("messages." + language + ".json")
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]string{}
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// checkSentence fails unless the refusal can be said in every language.
func checkSentence(t testing.TB, r civic.Refusal) {
	t.Helper()
	for _, language := range []string{"en", "zh-Hans"} {
		text := texts(t, language)[r.Key]
		if text == "" {
			t.Errorf("%s: no text for %s", language, r.Key)
		}
		for _, p := range placeholder.FindAllStringSubmatch(text, -1) {
			if _, ok := r.Args[p[1]]; !ok {
				t.Errorf("%s: %s has no argument %s, only %v", language, r.Key, p[1], r.Args)
			}
		}
	}
}
