// Command tally reads what `go test -json` writes, prints what a person wants to see of it
// (each package, and whatever was said by a test that failed or was skipped) and counts.
//
//	go test -json ./... | tally -count FILE     fails when a test failed
//	tally -sum FILE…                            adds up counts: "N passed, N failed, N skipped"
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// event is one line of test2json (go doc test2json).
type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64
}

type count struct {
	passed, failed, skipped int
	took                    []event // tests that stand by themselves, once they ended
}

// told is how many tests are named that took longest.
const told = 12

// slowest names the tests that took longest: where they are run beside each other, with their waiting for each other.
func (c count) slowest(out io.Writer) {
	slices.SortFunc(c.took, func(a, b event) int { return cmp.Compare(b.Elapsed, a.Elapsed) })
	for _, e := range c.took[:min(told, len(c.took))] {
		fmt.Fprintf(out, "slow  %s %s (%.1f s)\n", e.Package, e.Test, e.Elapsed)
	}
}

func main() {
	file := flag.String("count", "", "write the counts to this `file`")
	sum := flag.Bool("sum", false, "add up the files of counts that are named")
	flag.Parse()
	if *sum {
		total, err := add(flag.Args())
		if err != nil {
			fmt.Fprintln(os.Stderr, "tally:", err)
			os.Exit(1)
		}
		fmt.Printf("%d passed, %d failed, %d skipped\n", total.passed, total.failed, total.skipped)
		if total.failed > 0 || total.passed == 0 {
			os.Exit(1)
		}
		return
	}
	total, err := read(os.Stdin, os.Stdout)
	total.slowest(os.Stdout)
	if err == nil && *file != "" {
		err = os.WriteFile(*file, fmt.Appendf(nil, "%d %d %d\n", total.passed, total.failed, total.skipped), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "tally:", err)
		os.Exit(1)
	}
	if total.failed > 0 {
		os.Exit(1)
	}
}

// read counts tests and their subtests, and packages that failed outside any test.
func read(in io.Reader, out io.Writer) (count, error) {
	var total count
	said := map[string][]string{}
	failedIn := map[string]int{}
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			var e event
			if json.Unmarshal([]byte(line), &e) != nil { // the go command itself speaks
				io.WriteString(out, line)
			} else {
				total.note(e, said, failedIn, out)
			}
		}
		if err == io.EOF {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}

func (c *count) note(e event, said map[string][]string, failedIn map[string]int, out io.Writer) {
	key := e.Package + " " + e.Test
	if (e.Action == "pass" || e.Action == "fail") && e.Test != "" && !strings.Contains(e.Test, "/") {
		c.took = append(c.took, e)
	}
	show := func(verdict string) {
		fmt.Fprintf(out, "%s  %s %s (%.1f s)\n%s", verdict, e.Package, e.Test, e.Elapsed, strings.Join(said[key], ""))
	}
	switch e.Action {
	case "output", "build-output":
		if e.Action == "build-output" {
			io.WriteString(out, e.Output)
		} else if !strings.HasPrefix(strings.TrimSpace(e.Output), "===") {
			said[key] = append(said[key], e.Output)
		}
		return
	case "pass":
		if e.Test != "" {
			c.passed++
		} else {
			fmt.Fprintf(out, "ok    %s (%.1f s)\n", e.Package, e.Elapsed)
		}
	case "fail":
		if e.Test != "" {
			c.failed++
			failedIn[e.Package]++
			show("FAIL")
		} else {
			if failedIn[e.Package] == 0 { // it did not build, or ended before its tests did
				c.failed++
			}
			show("FAIL")
		}
	case "skip":
		if e.Test != "" {
			c.skipped++
			show("skip")
		}
	default:
		return
	}
	delete(said, key)
}

func add(files []string) (count, error) {
	var total count
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return total, err
		}
		var c count
		if _, err := fmt.Sscan(string(text), &c.passed, &c.failed, &c.skipped); err != nil {
			return total, fmt.Errorf("%s: %w", file, err)
		}
		total.passed += c.passed
		total.failed += c.failed
		total.skipped += c.skipped
	}
	return total, nil
}
