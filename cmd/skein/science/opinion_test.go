package science

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"skein/face/words"
	"skein/frame/civic"
	"skein/science/opinion"
)

const opinionVotes = "../../../science/opinion/testdata/g_syn80x40_votes.csv"

// opinionDesk is a desk that speaks a language, and what it prints.
func opinionDesk(t *testing.T, language, in string) (*Desk, *bytes.Buffer) {
	t.Helper()
	book := words.NewBook()
	for _, files := range []fs.FS{Messages, opinion.Messages} {
		if err := book.Add(files); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	return &Desk{Context: t.Context(), In: strings.NewReader(in), Out: &out, Voice: book.Voice(language, nil)}, &out
}

// TestOpinionJSON reads the document as a stranger would, and computes from it what the reference answered.
func TestOpinionJSON(t *testing.T) {
	d, out := opinionDesk(t, "en", "")
	if err := (&Opinion{Votes: opinionVotes, ModeratedOut: []string{"5", "99"}, Output: Output{Format: "json"}}).Run(d); err != nil {
		t.Fatal(err)
	}
	var got struct {
		K            int
		Absent       []string
		Participants []struct {
			Participant, Votes int
			X, Y               float64
			Group              *int
		}
		Groups []struct {
			Group, Size    int
			Center         [2]float64
			Representative []struct {
				Statement int
				RepfulFor string `json:"repful_for"`
			}
		}
		Statements []struct {
			Statement    int
			ModeratedOut bool `json:"moderated_out"`
			Comps        [2]float64
			Groups       []struct {
				NA, NS int
				RAT    float64
			}
		}
		Consensus struct{ Agree, Disagree []struct{ Statement int } }
		Steady    struct {
			K      int
			Told   bool
			Trials []struct {
				K         int
				Stability []float64
			}
			Participants []struct{ Group *int }
		}
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	var want struct {
		Participants struct{ X []float64 }
		KMeans       map[string]struct {
			Inertia float64
			Sizes   []int
		}
		BestK     int `json:"best_k"`
		Consensus struct{ Agree, Disagree []struct{ Tid int } }
	}
	raw, err := os.ReadFile(strings.Replace(opinionVotes, "votes.csv", "expected.json", 1))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	if got.K != want.BestK || len(got.Participants) != 80 || len(got.Statements) != 40 || len(got.Groups) != got.K {
		t.Fatalf("%d groups, %d participants, %d statements", got.K, len(got.Participants), len(got.Statements))
	}
	if len(got.Absent) != 1 || got.Absent[0] != "99" {
		t.Errorf("absent: %v, want 99", got.Absent)
	}
	var inertia float64
	for i, p := range got.Participants {
		if p.Participant != i || math.Abs(math.Abs(p.X)-math.Abs(want.Participants.X[i])) > 1e-6 {
			t.Errorf("participant %d: %+v, the reference has x %g", i, p, want.Participants.X[i])
		}
		c := got.Groups[*p.Group].Center
		inertia += (p.X-c[0])*(p.X-c[0]) + (p.Y-c[1])*(p.Y-c[1])
	}
	best := want.KMeans[strconv.Itoa(want.BestK)]
	if inertia > best.Inertia*(1+1e-6) {
		t.Errorf("inertia %g, the reference has %g", inertia, best.Inertia)
	}
	for g, group := range got.Groups {
		if group.Group != g || group.Size != best.Sizes[g] || len(group.Representative) != 5 {
			t.Errorf("group %d: %+v", g, group)
		}
	}
	for i, w := range want.Consensus.Agree {
		if got.Consensus.Agree[i].Statement != w.Tid {
			t.Errorf("consensus: %v, the reference has %v", got.Consensus, want.Consensus)
		}
	}
	if s := got.Statements[5]; !s.ModeratedOut || s.Comps != [2]float64{} {
		t.Errorf("the statement moderated out: %+v", s)
	}
	if !got.Steady.Told || got.Steady.K != 3 || len(got.Steady.Trials) != 4 || len(got.Steady.Participants) != 80 {
		t.Errorf("the steady answer has %d groups", got.Steady.K)
	}
}

func TestOpinionCSV(t *testing.T) {
	d, out := opinionDesk(t, "en", "participant,statement,vote\nAnn,tax,1\nBob,tax,-1\nAnn,\"a, b\",0\n")
	if err := (&Opinion{Votes: "-"}).Run(d); err != nil { // not a terminal: CSV
		t.Fatal(err)
	}
	rows, err := csv.NewReader(out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 3 || rows[1][0] != "Ann" || rows[2][0] != "Bob" || rows[1][1] != "2" || rows[0][4] != "group" {
		t.Errorf("%v", rows)
	}
}

func TestOpinionText(t *testing.T) {
	for language, parts := range map[string][]string{
		"en":      {"Participants: 80", "Votes: 2024", "Groups as Polis answers: 3.", "group 2", "found again under resampling", "To be shown next:"},
		"zh-Hans": {"80 名参与者，40 条陈述", "群体数：3", "群体 2", "在重抽样中能够重现", "接下来展示："},
	} {
		d, out := opinionDesk(t, language, "")
		if err := (&Opinion{Votes: opinionVotes, ModeratedOut: []string{"5"}, Output: Output{Format: "text"}}).Run(d); err != nil {
			t.Fatal(err)
		}
		for _, part := range parts {
			if !strings.Contains(out.String(), part) {
				t.Errorf("%s: no “%s” in\n%s", language, part, out)
			}
		}
		if strings.Contains(out.String(), "science.opinion") || strings.Contains(out.String(), "{") {
			t.Errorf("%s: a text is missing:\n%s", language, out)
		}
	}
}

func TestOpinionCannotTell(t *testing.T) {
	d, out := opinionDesk(t, "en", "participant,statement,vote\n1,1,1\n2,1,1\n3,1,1\n")
	if err := (&Opinion{Votes: "-", Output: Output{Format: "text"}}).Run(d); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "cannot be told yet") {
		t.Errorf("groups of three who all agree:\n%s", out)
	}
}

func TestOpinionPlot(t *testing.T) {
	file := filepath.Join(t.TempDir(), "map.svg")
	d, _ := opinionDesk(t, "zh-Hans", "")
	if err := (&Opinion{Votes: opinionVotes, Plot: file}).Run(d); err != nil {
		t.Fatal(err)
	}
	picture, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	titles := 0
	decoder := xml.NewDecoder(bytes.NewReader(picture))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "title" {
			titles++
		}
	}
	if titles != 3 || !bytes.Contains(picture, []byte("意见在哪里相遇")) {
		t.Errorf("%d titles", titles)
	}
}

func TestOpinionRefuses(t *testing.T) {
	for _, c := range []struct{ in, key string }{
		{"participant,statement,vote\n1,2,5\n", "opinion.row_vote"}, {"x\n", "opinion.columns"}, {"", "opinion.empty"},
	} {
		d, out := opinionDesk(t, "en", c.in)
		err := (&Opinion{Votes: "-"}).Run(d)
		refusals, ok := civic.AsRefusals(err)
		if !ok || refusals[0].Key != c.key || out.Len() > 0 {
			t.Errorf("%q: %v, want %s", c.in, err, c.key)
		}
	}
	if (&Opinion{ModeratedOut: []string{"3", " "}}).Validate() == nil || (&Opinion{Plot: "-"}).Validate() == nil {
		t.Error("arguments that cannot be were taken")
	}
}
