package main

import (
	"bytes"
	"log/slog"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/alecthomas/kong"
)

// logLine is a line of the log: logfmt, its time first, and what holds anything but plain letters in quotes.
var logLine = regexp.MustCompile(`^time=[0-9T:.+Z-]+ level=(DEBUG|INFO|WARN|ERROR) msg=("([^"\\]|\\.)*"|[^ "=]+)( [A-Za-z_.-]+=("([^"\\]|\\.)*"|[^ "=]*))*$`)

// What is refused at a door is logged by the door and the kind of refusal, and holds nothing of what was sent.
func TestRefusedInputIsLogged(t *testing.T) {
	t.Parallel()
	c := newCity(t, sqlite, 50)
	const marker = "ZYTGLOGGE"
	for name, send := range map[string]func() int{
		"an unknown category": func() int { return c.do("POST", "/api/matters", "", lampOf("no_such_"+marker)).status },
		"no number":           func() int { return c.do("GET", "/api/matters?limit=x"+marker, "", nil).status },
		"not now": func() int {
			m := c.report(lamp(marker))
			return c.do("POST", "/api/matters/"+m.number+"/resume", "pwd/head", map[string]any{}).status
		},
	} {
		before := len(c.said.String())
		status := send()
		said := c.said.String()[before:]
		if !strings.Contains(said, `msg="input refused"`) || !strings.Contains(said, "status="+strconv.Itoa(status)) || strings.Contains(said, marker) {
			t.Errorf("%s: %d, and the log says %q", name, status, said)
		}
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(c.said.String(), "\n"), "\n") {
		if !logLine.MatchString(line) {
			t.Errorf("no line of the log: %q", line)
		}
	}
}

func lampOf(category string) map[string]any {
	l := lamp("Dark")
	l["category"] = category
	return l
}

// Nothing that comes into the log makes a second line of one, or moves a terminal.
func TestLogLines(t *testing.T) {
	t.Parallel()
	for _, hostile := range []string{
		"a\nlevel=ERROR msg=forged", "a\r\ntime=2026", "\x1b[2Jgone", "a\u2028b", "a\u0085b", "\x00", "quote\" msg=forged", `back\`, "=", "", "漏\n灯", "\u202egnorw",
	} {
		var b bytes.Buffer
		newLog(&b).Error("a request failed", "err", hostile, "pattern", hostile)
		line := strings.TrimSuffix(b.String(), "\n")
		if strings.ContainsFunc(line, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u202e' }) || !logLine.MatchString(line) {
			t.Errorf("%q is logged as %q", hostile, line)
		}
	}
	var b bytes.Buffer
	newLog(&b).Info("said", slog.String("a\nb", "c"))
	if strings.Count(b.String(), "\n") != 1 {
		t.Errorf("a name breaks the line: %q", b.String())
	}
}

// The unit that operators are given starts a command that there is, as nobody in particular, and leaves the log
// to the journal.
func TestUnit(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/skein.service")
	if err != nil {
		t.Fatal(err)
	}
	set := map[string]string{}
	for line := range strings.SplitSeq(string(text), "\n") {
		if name, value, ok := strings.Cut(line, "="); ok && !strings.HasPrefix(line, "#") {
			set[name] = value
		}
	}
	for name, want := range map[string]string{
		"User": "skein", "UMask": "0077", "StateDirectoryMode": "0700", "StandardError": "journal", "StandardOutput": "journal", "NoNewPrivileges": "yes",
		"ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes", "CapabilityBoundingSet": "", "LimitCORE": "0",
	} {
		if got, ok := set[name]; !ok || got != want {
			t.Errorf("%s=%s, want %s", name, got, want)
		}
	}
	args := strings.Fields(set["ExecStart"])
	var c cli
	parser, err := kong.New(&c, kong.Name("skein"), kong.Vars{"version": version})
	if err != nil {
		t.Fatal(err)
	}
	if len(args) < 2 || args[0] != "/usr/local/bin/skein" {
		t.Fatalf("ExecStart=%s", set["ExecStart"])
	}
	if parsed, err := parser.Parse(args[1:]); err != nil || parsed.Command() != "serve" {
		t.Errorf("ExecStart=%s: %v", set["ExecStart"], err)
	}
	if here := strings.HasPrefix(c.Serve.Listen, "127.0.0.1:"); !here || c.Serve.PlainInside || c.Serve.UnverifiedDatabase || c.Serve.Data != "/var/lib/"+set["StateDirectory"] {
		t.Errorf("it serves %+v", c.Serve)
	}
}
