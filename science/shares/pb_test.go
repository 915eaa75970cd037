package shares

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"skein/frame/civic"
	"skein/internal/shared"
)

const plain = `META
key;value
description;a; small one
num_projects;2
num_votes;3
budget;100.5
vote_type;approval
comment;kept; whole
PROJECTS
project_id;cost;name
1;50;"A ""great""; thing"
2;30.25;B
VOTES
voter_id;age;vote
a;31;1,2
b;;2
c;40;
`

func TestParse(t *testing.T) {
	in, err := Parse([]byte(plain))
	if err != nil {
		t.Fatal(err)
	}
	if in.Budget != 10050 || in.Decimals != 2 || in.Projects[1].Cost != 3025 || in.Name(0) != `A "great"; thing` || len(in.Ballots) != 3 || len(in.Ballots[2].Projects) != 0 {
		t.Errorf("%+v", in)
	}
	if comment, _ := in.Get("comment"); comment != "kept; whole" {
		t.Error(comment)
	}
	for name, other := range map[string]string{
		"CRLF":            strings.ReplaceAll(plain, "\n", "\r\n"),
		"byte order mark": "\ufeff" + plain,
		"blank lines":     strings.ReplaceAll(plain, "\n", "\n\n   \n"),
		"spaces":          strings.NewReplacer(";", " ; ", ",", " , ", "META", "  meta ", "PROJECTS", "Projects  ", "project_id", " Project_ID").Replace(strings.ReplaceAll(plain, `"A ""great""; thing"`, `"A ""great""| thing"`)),
		"decimal comma":   strings.NewReplacer("100.5", "100,5", "30.25", "30,25").Replace(plain),
		"groups":          strings.Replace(plain, "100.5", "0 100.50", 1),
		"no key line":     strings.Replace(plain, "key;value\n", "", 1),
		"spreadsheet":     strings.NewReplacer("META\n", "META;;\n", "VOTES\n", "VOTES;;\n", "b;;2", "b;;2;;").Replace(plain),
		"last comma":      strings.Replace(plain, "a;31;1,2", "a;31;1,2,", 1),
		"no last newline": strings.TrimSuffix(plain, "\n"),
	} {
		got, err := Parse([]byte(other))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got.Budget != in.Budget || !reflect.DeepEqual(ballots(got), ballots(in)) || got.Projects[1].Cost != in.Projects[1].Cost {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func ballots(in *Instance) [][]int32 {
	var all [][]int32
	for _, b := range in.Ballots {
		all = append(all, b.Projects)
	}
	return all
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"META\n", "", "shares.no_section 1"},
		{"budget;100.5\n", "", "shares.budget_missing 1"},
		{"budget;100.5", "budget;lots", "shares.number 6"},
		{"budget;100.5", "budget;1,000", "shares.number_comma 6"},
		{"budget;100.5", "budget;-5", "shares.negative 6"},
		{"budget;100.5", "budget;1e3", "shares.number 6"},
		{"budget;100.5", "budget;0.00000001", "shares.number_range 6"},
		{"budget;100.5", "budget;99999999999999999999", "shares.number_range 6"},
		{"budget;100.5", "budget;5\nbudget;6", "shares.meta_twice 7"},
		{"num_votes;3", "num_votes;4", "shares.count_differs 5"},
		{"num_projects;2", "num_projects;many", "shares.count_differs 4"},
		{"vote_type;approval", "vote_type;thumbs", "shares.vote_type 7"},
		{"vote_type;approval", "vote_type;cumulative", "shares.column_missing 14"},
		{"vote_type;approval", "vote_type;choose-1", "shares.choose_one 15"},
		{"project_id;cost;name", "project_id;name", "shares.column_missing 10"},
		{"project_id;cost;name", "project_id;cost;cost", "shares.column_twice 10"},
		{"2;30.25;B", "2;dear;B", "shares.number 12"},
		{"2;30.25;B", "2;;B", "shares.number 12"},
		{"2;30.25;B", "2;-1;B", "shares.negative 12"},
		{"2;30.25;B", "1;30;B", "shares.project_twice 12"},
		{"2;30.25;B", ";30;B", "shares.project_id 12"},
		{"2;30.25;B", "2;30;B;C", "shares.fields 12"},
		{"2;30.25;B", `2;30;"B`, "shares.quote 12"},
		{"a;31;1,2", "a;31;1,3", "shares.project_unknown 15"},
		{"a;31;1,2", "a;31;1,,2", "shares.project_unknown 15"},
		{"a;31;1,2", "a;31;1,1", "shares.vote_twice 15"},
		{"b;;2", "a;;2", "shares.voter_twice 16"},
		{"b;;2", "b;\xff;2", "shares.utf8 16"},
		{"VOTES\n", "", "shares.number 13"},
		{"VOTES\n", "PROJECTS\n", "shares.section_twice 13"},
		{"PROJECTS\n", "VOTES\n", "shares.section_order 9"},
		{plain[strings.Index(plain, "VOTES"):], "", "shares.section_missing 12"},
		{plain[strings.Index(plain, "voter_id"):], "", "shares.no_columns 13"},
	} {
		_, err := Parse([]byte(strings.Replace(plain, c.old, c.new, 1)))
		refused, ok := civic.AsRefusals(err)
		if !ok {
			t.Errorf("%q: %v", c.new, err)
			continue
		}
		got := fmt.Sprint(refused[0].Key, " ", refused[0].Args["line"])
		if refused[0].Args["line"] == nil {
			got = refused[0].Key + " 1"
		}
		if got != c.want {
			t.Errorf("%q: %s, want %s", c.new, got, c.want)
		}
	}
	points := strings.NewReplacer("approval", "scoring", "age;vote", "points;vote", "a;31;1,2", "a;3;1,2", "b;;2", "b;x;2", "c;40;", "c;;").Replace(plain)
	_, err := Parse([]byte(points))
	if refused, _ := civic.AsRefusals(err); len(refused) != 2 || refused[0].Key != "shares.points_count" || refused[1].Key != "shares.number" {
		t.Error(err)
	}
}

// TestReadsAll reads every Pabulib file at hand, writes it and reads it again, with lines ended otherwise too.
func TestReadsAll(t *testing.T) {
	for _, dir := range []string{"golden/budgeting", "data/pabulib"} {
		files, err := filepath.Glob(filepath.Join(shared.Dir(t, dir), "*.pb"))
		if err != nil || len(files) == 0 {
			t.Fatal("no files", err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			in, err := Parse(text)
			if err != nil {
				t.Errorf("%s: %v", filepath.Base(file), err)
				continue
			}
			again, err := Parse(in.Write())
			if err != nil || !reflect.DeepEqual(in, again) {
				t.Errorf("%s is not the same when written and read: %v", filepath.Base(file), err)
			}
			if crlf, err := Parse(bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))); err != nil || !reflect.DeepEqual(in, crlf) {
				t.Errorf("%s is not the same with CRLF: %v", filepath.Base(file), err)
			}
			meta := text[:bytes.Index(text, []byte("PROJECTS"))]
			for _, f := range in.Meta {
				if !bytes.Contains(meta, []byte(f.Key)) {
					t.Errorf("%s: META has no %q", filepath.Base(file), f.Key)
				}
			}
			if lines := bytes.Count(bytes.TrimSpace(meta), []byte("\n")); len(in.Meta) != lines && len(in.Meta) != lines-1 {
				t.Errorf("%s: %d of %d lines of META", filepath.Base(file), len(in.Meta), lines)
			}
		}
	}
}

func TestDefaultScoreAndNegative(t *testing.T) {
	in, err := Parse([]byte("META\nbudget;10\nvote_type;scoring\ndefault_score;1\nPROJECTS\nproject_id;cost\na;5\nb;5\nVOTES\nvote;points\na;2.5\na;-4\n\"\";\n"))
	if err != nil {
		t.Fatal(err)
	}
	o := share(t, in, Options{Rule: Greedy, Utility: ScoreUtility})
	// a has 2.5 − 4 + 1, b has 3
	if got := strings.Join(winners(o), " "); got != "b a" || o.Winners[0].Utility.Int64() != 30 || o.Winners[0].Supporters != 3 || o.Winners[1].Utility.Int64() != -5 {
		t.Errorf("%s %+v", got, o.Winners)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(plain))
	f.Fuzz(func(t *testing.T, text []byte) {
		in, err := Parse(text)
		if err != nil {
			if refused, ok := civic.AsRefusals(err); !ok || len(refused) == 0 || len(refused) > maxReasons {
				t.Fatalf("not refusals: %v", err)
			}
			return
		}
		again, err := Parse(in.Write())
		if err != nil || !reflect.DeepEqual(in, again) {
			t.Fatalf("not the same when written and read: %v\n%s", err, in.Write())
		}
		if len(in.Projects) > 12 || len(in.Ballots) > 50 {
			return
		}
		for _, opt := range []Options{{Greedy, CostUtility, None}, {Mes, CardinalityUtility, U}, {Mes, ScoreUtility, None}, {Rule: Phragmen}} {
			o, err := Share(in, opt)
			if err != nil {
				continue
			}
			if o.Spent > in.Budget {
				t.Fatalf("%+v spends %d of %d", opt, o.Spent, in.Budget)
			}
			o.Account()
			o.Losers()
			if missed := o.Neglected(); opt.Rule == Mes && len(missed) > 0 {
				t.Fatalf("%+v", missed)
			}
		}
	})
}
