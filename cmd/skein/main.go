// Command skein is the whole of Skein: it makes realms, serves them, fills the
// demonstration city, imports, checks and measures.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/pprof"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/mattn/go-isatty"

	"skein/cmd/skein/science"
	"skein/face/words"
	"skein/frame/civic"
)

// version is set by the build.
var version = "unknown"

// cli is every command. Names are scripted against: they stay.
type cli struct {
	Serve   serveCommand    `cmd:"" help:"Serve a realm."`
	Demo    demoCommand     `cmd:"" help:"Fill a realm with the real half year of Boston 311, or with an invented Chinese district, and serve it."`
	Realm   realmCommand    `cmd:"" help:"Make a realm."`
	Place   placeCommand    `cmd:"" help:"Take in places and calendars."`
	Body    bodyCommand     `cmd:"" help:"Take in bodies, posts and officers."`
	Officer officerCommand  `cmd:"" help:"Let somebody sign in for a post."`
	Duty    dutyCommand     `cmd:"" help:"Take in, give out and check the responsibility list."`
	Guide   guideCommand    `cmd:"" help:"Take in and give out articles of the guide."`
	Import  importCommand   `cmd:"" help:"Take over the records of another system from a CSV file."`
	Migrate migrateCommand  `cmd:"" help:"Bring the tables up to date, and give the role that serves the rights it needs and no more."`
	Check   checkCommand    `cmd:"" help:"Check how it is run: the proxy and its certificate, files, connections, rights. Exits 0 only when nothing is wrong."`
	Backup  backupCommand   `cmd:"" help:"Put a database and its attachments into one file, also while they are served."`
	Restore restoreCommand  `cmd:"" help:"Make an empty folder what a backup holds."`
	Key     keyCommand      `cmd:"" help:"Make keys."`
	Vault   vaultCommand    `cmd:"" help:"Replace the key that everything private is sealed under."`
	Verify  verifyCommand   `cmd:"" help:"Check a realm, or what somebody was given of it: a receipt, a log."`
	Rebuild rebuildCommand  `cmd:"" help:"Make the tables anew from the journal, or check them (--check)."`
	Bench   benchCommand    `cmd:"" help:"Measure what it does a second."`
	Science science.Command `cmd:"" help:"The mathematics on files: early warning, duplicates, opinions, counting, shares."`
	Version versionCommand  `cmd:"" help:"Print the version."`

	CPUProfile string `hidden:"" help:"Write a profile of the processor's time to this file."`
}

// global is what every command may use.
type global struct {
	ctx  context.Context
	book *words.Book
}

type versionCommand struct{}

func (versionCommand) Run(*global) error {
	fmt.Println("skein", version, "built with", runtime.Version())
	return nil
}

// errFound says that a check found something; what it was has been printed.
var errFound = errors.New("the check found something that does not hold")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// run is main without the process; tests call it.
func run(ctx context.Context, args []string) int {
	book, err := newBook()
	if err != nil {
		fmt.Fprintln(os.Stderr, "skein:", err)
		return 1
	}
	var c cli
	exit := -1
	parser, err := kong.New(&c, kong.Name("skein"), kong.Description("A community looks after its common affairs together."),
		kong.UsageOnError(), kong.Exit(func(code int) { exit = code }), kong.Vars{"version": version})
	if err != nil {
		fmt.Fprintln(os.Stderr, "skein:", err)
		return 1
	}
	parsed, err := parser.Parse(args)
	if exit == 0 {
		return 0 // --help
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "skein:", err)
		return 2
	}
	if c.CPUProfile != "" {
		f, err := os.Create(c.CPUProfile)
		if err == nil {
			err = pprof.StartCPUProfile(f)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "skein:", err)
			return 1
		}
		defer pprof.StopCPUProfile()
	}
	if strings.HasPrefix(parsed.Command(), "science") { // it has nothing to close, so it ends at once
		signal.Reset(os.Interrupt, syscall.SIGTERM)
	}
	g := &global{ctx: ctx, book: book}
	err = parsed.Run(g, &science.Desk{Context: ctx, In: os.Stdin, Out: os.Stdout, Terminal: isatty.IsTerminal(os.Stdout.Fd()), Voice: g.voice()})
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errFound):
		return 1
	}
	var misuse misuseError
	fmt.Fprintln(os.Stderr, "skein:", explain(book, err))
	if errors.As(err, &misuse) {
		return 2
	}
	return 1
}

// misuseError is a fault of the command line rather than of what it asks for.
type misuseError struct{ error }

// explain puts an error into words, every reason on a line of its own.
func explain(book *words.Book, err error) string {
	rs, ok := civic.AsRefusals(err)
	if !ok {
		return err.Error()
	}
	voice := book.Voice(book.Match(strings.SplitN(os.Getenv("LANG"), ".", 2)[0]), nil)
	lines := make([]string, len(rs))
	for i, r := range rs {
		lines[i] = voice.Refusal(r)
		if r.Field != "" {
			lines[i] = r.Field + ": " + lines[i]
		}
	}
	text := strings.Join(lines, "\n  ")
	if rs.Kind() == civic.Unavailable { // the operator needs the cause too
		text += "\n  " + err.Error()
	}
	return text
}
