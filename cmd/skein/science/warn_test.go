package science

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"skein/frame/civic"
)

const eightDays = "date,north,south\n2024-01-01,3,0\n2024-01-02,4,0\n2024-01-03,3,0\n2024-01-04,5,0\n2024-01-05,4,0\n2024-01-06,3,0\n2024-01-07,4,0\n2024-01-08,12,0\n"

func TestWarnPrintsItsColumns(t *testing.T) {
	r := run(t, "en", eightDays, "warn", "-", "--method", "ears-c1")
	if !strings.HasPrefix(r.out, "series,t,date,observed,expected,bound,pvalue,alarm\nnorth,1,2024-01-01,3,,,,\n") {
		t.Error(r.out)
	}
	rows := r.rows(t)
	if last := rows[7]; len(rows) != 16 || last["alarm"] != "1" || last["observed"] != "12" || !strings.HasPrefix(last["bound"], "6.0") || !strings.HasPrefix(last["expected"], "3.71") {
		t.Error(rows)
	}
	if flat := rows[15]; flat["alarm"] != "0" || flat["bound"] != "0" || flat["pvalue"] != "" {
		t.Error(flat)
	}
	o := object0(t, run(t, "en", eightDays, "warn", "-", "--method", "ears-c1", "--format", "json", "--last", "1").out)
	if o["series"] != "south" || o["pvalue"] != nil || o["bound"] != 0.0 || o["date"] != "2024-01-08" {
		t.Error(o)
	}
}

func TestWarnSaysItsAlarms(t *testing.T) {
	text := run(t, "en", eightDays, "warn", "-", "--method", "ears-c1", "--format", "text").out
	if !strings.Contains(text, "north, 2024-01-08: 12 cases, where 3.71 were expected; up to 6.05 would have been no alarm.") || !strings.Contains(text, "14 points cannot be told: the series does not reach back far enough.") {
		t.Error(text)
	}
	if text := run(t, "zh-Hans", eightDays, "warn", "-", "--method", "ears-c1", "--format", "text").out; !strings.Contains(text, "12 例") || strings.Contains(text, "outbreak.") {
		t.Error(text)
	}
	rows := run(t, "en", eightDays, "warn", "-", "--method", "ears-c1", "--say").rows(t)
	if rows[0]["reason"] != "short" || !strings.HasPrefix(rows[7]["sentence"], "12 cases") {
		t.Error(rows)
	}
}

func TestEveryMethodAnswers(t *testing.T) {
	var text strings.Builder
	text.WriteString("t,a\n")
	random := invented(3)
	for i := range 400 {
		mean := 4.0
		if i >= 390 {
			mean = 20
		}
		text.WriteString(itoa(i+1) + "," + itoa(int(random.poisson(mean))) + "\n")
	}
	for method, more := range map[string][]string{"ears-c1": {"--baseline", "14"}, "ears-c2": nil, "ears-c3": {"--min-sigma", "0.5"}, "cusum": {"--transform", "rossi"}, "lr": nil, "glr-poisson": {"--baseline", "200", "--harmonics", "1"}, "glr-nb": {"--alpha", "0.2", "--window", "20"},
		"glr-poisson ": {"--change", "epi-max"}, "farrington": {"--b", "3", "--periods", "10", "--past-not-included", "26", "--trend-p", "1", "--threshold", "nbplugin", "--limit54", "5,4", "--alpha", "0.01"}} {
		alarms := 0
		for _, row := range run(t, "en", text.String(), append([]string{"warn", "-", "--method", strings.TrimSpace(method), "--last", "10"}, more...)...).rows(t) {
			if row["alarm"] == "1" {
				alarms++
			}
			if (row["bound"] == "") != (row["alarm"] == "") || row["expected"] == "" {
				t.Errorf("%s: %v", method, row)
			}
		}
		if alarms == 0 {
			t.Errorf("%s sees no rise from 4 to 20", method)
		}
	}
}

func itoa(n int) string {
	var b []byte
	for {
		b = append([]byte{byte('0' + n%10)}, b...)
		if n /= 10; n == 0 {
			return string(b)
		}
	}
}

func TestWarnRefusesMisuse(t *testing.T) {
	for _, args := range [][]string{
		{"--method", "ears-c4"}, {}, {"--method", "ears-c1", "--alpha", "0"}, {"--method", "ears-c1", "--alpha", "1.5"}, {"--method", "ears-c1", "--baseline", "1"}, {"--method", "cusum", "--alpha", "0.1"},
		{"--method", "farrington", "--baseline", "7"}, {"--method", "farrington", "--min-sigma", "1"}, {"--method", "farrington", "--limit54", "5"}, {"--method", "farrington", "--power", "3"}, {"--method", "farrington", "--threshold", "x"},
		{"--method", "farrington", "--w", "30"}, {"--method", "farrington", "--b", "0"}, {"--method", "farrington", "--periods", "0"}, {"--method", "ears-c3", "--fdr", "0.1"}, {"--method", "lr", "--ratio", "1"}, {"--method", "ears-c1", "--format", "xml"},
		{"--method", "glr-nb", "--change", "epi"}, {"--method", "ears-c1", "--change", "epi-max"}, {"--method", "glr-poisson", "--change", "x"},
	} {
		if r := run(t, "en", eightDays, append([]string{"warn", "-"}, args...)...); r.misuse == nil {
			t.Errorf("%v: %v %s", args, r.err, r.out)
		}
	}
}

func TestWarnNamesTheRowOfABadFile(t *testing.T) {
	name := file(t, "date,a\n2024-01-01,1\n2024-01-02,-4\n")
	bad := refusals(t, run(t, "en", "", "warn", name, "--method", "ears-c1"))
	if bad[0].Field != name || bad[0].Args["row"] != 3 {
		t.Error(bad)
	}
	if bad := refusals(t, run(t, "en", "", "warn", filepath.Join(t.TempDir(), "none.csv"), "--method", "ears-c1")); bad[0].Kind != civic.Missing {
		t.Error(bad)
	}
}

func TestASeriesWithoutABaselineSilencesOnlyItself(t *testing.T) {
	rows := run(t, "en", "t,a,b\n1,0,3\n2,0,5\n3,4,40\n", "warn", "-", "--method", "glr-nb", "--baseline", "2", "--say").rows(t)
	if rows[2]["alarm"] != "" || rows[2]["reason"] != "unfit" || rows[5]["alarm"] != "1" {
		t.Error(rows)
	}
}

func TestWarnDraws(t *testing.T) {
	name := filepath.Join(t.TempDir(), "out.svg")
	if r := run(t, "en", eightDays, "warn", "-", "--method", "ears-c1", "--plot", name); r.err != nil {
		t.Fatal(r.err)
	}
	svg, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal(svg, new(struct{})); err != nil || !strings.Contains(string(svg), "2024-01-01") || !strings.Contains(string(svg), "there are 1 alarms") {
		t.Errorf("%v\n%s", err, svg)
	}
}

func TestFalseDiscoveriesAreHeld(t *testing.T) {
	var text strings.Builder
	random := invented(4)
	const series = 300
	text.WriteString("t")
	for i := range series {
		text.WriteString(",s" + itoa(i))
	}
	for day := range 29 {
		text.WriteString("\n" + itoa(day+1))
		for i := range series {
			mean := 30.0
			if day == 28 && i < 10 {
				mean = 90
			}
			text.WriteString("," + itoa(int(random.poisson(mean))))
		}
	}
	count := func(more ...string) (right, wrong int) {
		for _, row := range run(t, "en", text.String(), append([]string{"warn", "-", "--method", "ears-c1", "--baseline", "28", "--alpha", "0.05", "--last", "1"}, more...)...).rows(t) {
			if row["alarm"] == "1" {
				if len(row["series"]) == 2 {
					right++
				} else {
					wrong++
				}
			}
		}
		return right, wrong
	}
	right, all := count()
	if right != 10 || all < 5 {
		t.Errorf("without control %d right, %d wrong", right, all)
	}
	if right, wrong := count("--fdr", "0.1"); right != 10 || wrong > all/2 {
		t.Errorf("with control %d right, %d wrong; without it %d", right, wrong, all)
	}
}
