package science

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"skein/face/words"
	"skein/frame/civic"
	"skein/science/count"
	"skein/science/shares"
)

// command runs a line of `skein science` on an input, and returns what it prints and whether the line itself was refused.
func command(t *testing.T, in string, terminal bool, args ...string) (out string, misuse, err error) {
	t.Helper()
	book := words.NewBook()
	if err := errors.Join(book.Add(Messages), book.Add(shares.Messages), book.Add(count.Messages)); err != nil {
		t.Fatal(err)
	}
	var cli Command
	parser, err := kong.New(&cli, kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	line, misuse := parser.Parse(args)
	if misuse != nil {
		return "", misuse, nil
	}
	var b bytes.Buffer
	err = line.Run(&Desk{Context: context.Background(), In: strings.NewReader(in), Out: &b, Terminal: terminal, Voice: book.Voice("en", nil)})
	return b.String(), nil, err
}

const tiny = "META\nkey;value\nbudget;100\nvote_type;approval\ncurrency;EUR\nPROJECTS\nproject_id;cost;name\na;30;Swings\nb;30;Trees\nc;30;Bench\nd;10;Paint\ne;45;Court\nVOTES\nvoter_id;vote\n" +
	"0;a,b,d\n1;a,b,d\n2;a,b,d\n3;a,b,d\n4;b,c\n5;b,c\n6;b,c\n7;e\n8;e\n9;e\n10;c,d,e\n11;c,d,e\n12;a\n"

func TestShareCommand(t *testing.T) {
	picture := filepath.Join(t.TempDir(), "picture.svg")
	out, misuse, err := command(t, tiny, false, "share", "-", "--completion", "add1u", "--format", "json", "--plot", picture)
	if err != nil || misuse != nil {
		t.Fatal(err, misuse)
	}
	var got struct {
		Spent   json.Number
		Winners []struct {
			Project string
			Cost    json.Number
			Paid    []struct{ Voters int }
		}
		Losers []struct {
			Project        string
			EnoughCost     json.Number `json:"enough_cost"`
			MoreSupporters int         `json:"more_supporters"`
		}
		EJR struct{ Holds bool } `json:"ejr_plus_up_to_one"`
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Winners) != 3 || got.Winners[0].Project != "b" || got.Winners[2].Cost != "45" || got.Spent != "85" || got.Losers[1].EnoughCost != "28" || !got.EJR.Holds || len(got.Winners[0].Paid) != 1 {
		t.Errorf("%s", out)
	}
	if svg, err := os.ReadFile(picture); err != nil || !bytes.Contains(svg, []byte("Swings")) {
		t.Error(err)
	}
	out, _, _ = command(t, tiny, false, "share", "-", "--rule", "phragmen")
	if !strings.HasPrefix(out, "order,project,cost,") || !strings.Contains(out, "\n2,b,30,7,phragmen,") {
		t.Error(out)
	}
	out, _, _ = command(t, tiny, true, "share", "-", "--compare")
	if !strings.Contains(out, "10 voters get more from greedy's outcome") {
		t.Error(out)
	}
	out, _, _ = command(t, tiny, false, "share", "-", "--rule", "greedy", "--brief", "--format", "json")
	if strings.Contains(out, "losers") || !strings.Contains(out, `"winners"`) {
		t.Error(out)
	}
	for _, args := range [][]string{{"--rule", "best"}, {"--rule", "greedy", "--completion", "u"}, {"--rule", "phragmen", "--completion", "u"}, {"--rule", "greedy", "--compare"}, {"--format", "xml"}} {
		if _, misuse, _ := command(t, tiny, false, append([]string{"share", "-"}, args...)...); misuse == nil {
			t.Errorf("%v is taken", args)
		}
	}
	_, _, err = command(t, strings.Replace(tiny, "4;b,c", "4;b,x", 1), false, "share", "-")
	if refused, ok := civic.AsRefusals(err); !ok || refused[0].Args["line"] != 19 {
		t.Error(err)
	}
	if _, _, err = command(t, strings.NewReplacer("approval", "ordinal").Replace(tiny), false, "share", "-", "--utility", "score"); err == nil {
		t.Error("a ranking has no points")
	}
}

func TestCountCommand(t *testing.T) {
	const table = "count,Leave,Remain\n17410742,1,\n16141241,,1\n25359,1,1\n"
	out, misuse, err := command(t, table, true, "count", "-", "--rule", "single", "--electorate", "46500001", "--turnout", "75%")
	if err != nil || misuse != nil || !strings.Contains(out, "72.2 %, 75 % is asked for") || strings.Contains(out, "true") {
		t.Error(out, err, misuse)
	}
	out, _, _ = command(t, "3 2\n4 1 2 0\n2 3 0\n0\n\"Castor\"\n\"Pollux\"\n\"Helen\"\n", false, "count", "-", "--rule", "stv", "--format", "json")
	var got struct {
		Winners []string
		Rounds  []struct {
			Quota json.Number
			Keep  map[string]json.Number
		}
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil || strings.Join(got.Winners, " ") != "Castor Helen" || got.Rounds[1].Keep["Castor"] != "0.500000001" {
		t.Error(out, err)
	}
	out, _, _ = command(t, "# ALTERNATIVE NAME 1: x\n# ALTERNATIVE NAME 2: y\n3: 2,1\n", false, "count", "-", "--rule", "schulze")
	if out != "place,option,votes,ballots,elected\n1,y,1,3,true\n2,x,0,3,false\n" {
		t.Error(out)
	}
	for _, args := range [][]string{{}, {"--rule", "irv", "--seats", "2"}, {"--rule", "single", "--turnout", "150%"}, {"--rule", "single", "--turnout", "1e999999999"}, {"--rule", "approval", "--most", "2"}, {"--rule", "score", "--low", "5", "--high", "3"}} {
		if _, misuse, _ := command(t, table, false, append([]string{"count", "-"}, args...)...); misuse == nil {
			t.Errorf("%v is taken", args)
		}
	}
	if _, _, err := command(t, table, false, "count", "-", "--rule", "single", "--support", "2/5"); err == nil {
		t.Error("support of an unknown electorate")
	}
}
