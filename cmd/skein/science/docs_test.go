package science

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"skein/demo/boston"
)

const docs = "../../../docs/science/"

// kept holds that a file of the documentation is what it says it is; with SKEIN_DOCS set it is written anew.
func kept(t *testing.T, name, text string) {
	t.Helper()
	if os.Getenv("SKEIN_DOCS") != "" {
		if err := os.WriteFile(docs+name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(docs + name)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != text {
		t.Errorf("docs/science/%s is not what is made now; SKEIN_DOCS=1 go test ./cmd/skein/science writes it", name)
	}
}

// perDay are the counts of some types of request of each day of Boston's half year.
func perDay(t *testing.T) string {
	requests, err := boston.Rows(func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	types := []string{"Tree Emergencies", "Street Light Outages", "Requests for Street Cleaning"}
	counts := map[string]int{}
	for _, r := range requests {
		counts[r.OpenedText[:10]+r.Type]++
	}
	var b strings.Builder
	b.WriteString("date," + strings.Join(types, ",") + "\n")
	for d := time.Date(2011, 7, 1, 0, 0, 0, 0, time.UTC); d.Year() == 2011; d = d.AddDate(0, 0, 1) {
		day := d.Format(time.DateOnly)
		b.WriteString(day)
		for _, kind := range types {
			fmt.Fprintf(&b, ",%d", counts[day+kind])
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestTheExamplesOfTheDocumentation(t *testing.T) {
	cases, areas := trees(t)
	kept(t, "boston-daily.csv", perDay(t))
	kept(t, "irene-cases.csv", cases)
	kept(t, "irene-areas.csv", areas)
	for name, args := range map[string][]string{
		"warn.svg": {"warn", docs + "boston-daily.csv", "--method", "ears-c2", "--min-sigma", "1"},
		"scan.svg": {"scan", docs + "irene-cases.csv", "--areas", docs + "irene-areas.csv", "--model", "poisson", "--from", "2011-07-01", "--leave-out", "42.3594,-71.0587", "--replicates", "999"},
	} {
		picture := filepath.Join(t.TempDir(), name)
		if r := run(t, "en", "", append(args, "--plot", picture)...); r.err != nil || r.misuse != nil {
			t.Fatal(r.err, r.misuse)
		}
		svg, err := os.ReadFile(picture)
		if err != nil {
			t.Fatal(err)
		}
		kept(t, name, string(svg))
	}
}
