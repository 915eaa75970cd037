package fences

import (
	"fmt"
	"go/ast"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// restraint is a line of what Skein will not do, in the mission's words, and what holds it. A test that is
// named "folder:Test" is a function of that folder; waits are rooms that are not built yet, each with the test that it must
// bring with it.
type restraint struct {
	line  string
	holds string // what is held, and how
	tests []string
	waits []waiting
}

type waiting struct{ room, test string }

// restraints are the lines of "What Skein will not do", in their order. docs/restraint.md is printed from them.
var restraints = []restraint{
	{
		line:  "No score, rank, label or risk estimate of a person or a household, anywhere. Bodies are measured; people are not.",
		holds: "No table, column, type, field, parameter, message or route speaks of one; nothing is grouped, mapped to a number or sorted by an officer, a post or a person; no table of a migrated database has such a column, on either engine. A language is said of a text that everyone may read, is counted with months and kinds of matter alone, and leaves every running figure with the text; a monthly report that was signed before keeps it. Each is public one by one, so none is too few to count.",
		tests: []string{"fences:TestTree/mission", "fences:TestTree/verdicts", "fences:TestTree/tallies", "cmd/skein:TestNobodyIsScored", "rooms/standing:TestBodiesAreMeasuredAlone", "rooms/standing:TestLanguagesAreNotCrossed", "cmd/skein:TestLanguageOfReleasedWords"},
		waits: []waiting{{"team", "TestNobodyIsScored"}},
	},
	{
		line:  "No monitoring of what people say elsewhere. Skein knows what people brought to it and what its instruments read.",
		holds: "One package connects to other machines, and what may use it is listed. A resident's whole way and an officer's day connect to none; a letter that was asked for connects once, to the mail server. Pages take nothing from other hosts.",
		tests: []string{"fences:TestTree/dials", "cmd/skein:TestNothingAsksElsewhere"},
		waits: []waiting{{"sensor", "TestInstrumentsReadNoPerson"}},
	},
	{
		line:  "Nobody need be identified to report, to read, or to take part where the law does not ask for it.",
		holds: "From the first page to the last without an account, without a cookie and without script: told, read, followed, answered to, confirmed. Whether an article answered is told under no name, sealed, counted by version and bounded by an address that is kept nowhere; so is what somebody asks a reviewer to examine, which is public but for her words.",
		tests: []string{"cmd/skein:TestAnonymousFromFirstToLast", "cmd/skein:TestGuideFeedbackIsSealed", "cmd/skein:TestGuideFeedbackIsBounded", "cmd/skein:TestLegalReviewAskedFor", "cmd/skein:TestAskingByForm"},
		waits: []waiting{{"forum", "TestAnonymousFromFirstToLast"}},
	},
	{
		line:  "Statistics that leave the office are counts of at least *k* (default 5), and a model may suggest but never decide.",
		holds: "Private matters are counted in one fixed set of tables that an attacker with linear programs cannot difference; nothing else that is shown changes by them. What decides, folds or reacts imports no model.",
		tests: []string{"science/disclosure:TestAttacked", "rooms/numbers:TestDifferencing", "cmd/skein:TestNumbers", "cmd/skein:TestCountsArePublic", "cmd/skein:TestFiguresOfPublicMatters", "fences:TestTree/models"},
		waits: []waiting{{"warning", "TestCountsOfAtLeastK"}},
	},
	{
		line:  "A vote cannot be tied to a voter by anyone from what Skein stores or publishes, the operator included; what an operator who serves altered pages or watches the network could do is said in plain words.",
		holds: "There are no votes yet.",
		waits: []waiting{{"ballot", "TestVoteIsNotTiedToVoter"}},
	},
	{
		line:  "Nobody is put on a list to be visited, watched or educated; care begins with the person's consent (or a court's order that is cited) and ends at her word.",
		holds: "No table or type lists persons for it. There is no care yet.",
		tests: []string{"fences:TestTree/verdicts", "cmd/skein:TestNobodyIsScored"},
		waits: []waiting{{"care", "TestCareBeginsWithConsent"}},
	},
	{
		line:  "Public pages name bodies and posts; an officer's name only where the realm's law says so.",
		holds: "An officer's name, planted in the register, is on no page and in no answer where the realm's law is silent, and on the body's page where it is not.",
		tests: []string{"cmd/skein:TestOfficersAreNotNamed", "cmd/skein:TestMarkers"},
	},
	{
		line:  "No page, table or search gathers what one resident filed, except for herself; it is never a ground for anything.",
		holds: "No parameter of any door searches by a name, a contact or a person. Two reports of one person share nothing that anyone is shown who may read both files, nor anything in the tables, that a third person's does not share.",
		tests: []string{"fences:TestTree/searches", "cmd/skein:TestReportsOfOneAreNotTied"},
	},
	{
		line:  "Confidential rooms (mediation, counselling) stay closed to everyone who is not in them, administrators included.",
		holds: "There are none yet. What is confidential today, private matters, is closed at every door to the posts that keep the registers and the list, to the machine's operator by every power, and answers as if it were not there. A coordinator reads what she has to rule on; `docs/trust.md` says what the operator of the machine can do with the database and the keys.",
		tests: []string{"cmd/skein:TestPrivateIsClosedToAdministrators", "cmd/skein:TestMatrix", "cmd/skein:TestPrivateIsLikeNone"},
		waits: []waiting{{"mediation", "TestClosedToAdministrators"}, {"care", "TestClosedToAdministrators"}},
	},
	{
		line:  "Personal data can be erased on request or on time, and the public log still verifies.",
		holds: "Erasing, at the reporter's word or when its time has run out, destroys the key of a box; what was in it is in no table, page, feed or file of either database any more; every receipt, and the public log read whole, still verify. No restoring brings it back unseen.",
		tests: []string{"cmd/skein:TestErasedIsNowhere", "cmd/skein:TestRetention", "cmd/skein:TestAccountClosed", "cmd/skein:TestRestoreNeedsTheErasureList", "frame/vault:TestErase", "frame/vault:TestErasedBytesAreGone"},
	},
}

// functions are the names of a file's functions.
func functions(s source) (out []string) {
	for _, d := range s.ast.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
			out = append(out, f.Name.Name)
		}
	}
	return out
}

// ruleNames are the rules about restraint that TestTree runs.
var ruleNames = []string{"mission", "verdicts", "tallies", "searches", "dials", "models"}

// restrained says which line is held by a test that is not there, and which room came without its own.
func restrained(tree fs.FS) ([]string, error) { return heldBy(tree, restraints) }

func heldBy(tree fs.FS, lines []restraint) ([]string, error) {
	files, err := sources(tree)
	if err != nil {
		return nil, err
	}
	tests, rooms := map[string]bool{}, map[string]bool{}
	for _, s := range files {
		if r := room(s.file); r != "" {
			rooms[r] = true
		}
		if !s.test {
			continue
		}
		for _, name := range functions(s) {
			tests[path.Dir(s.file)+":"+name] = true
		}
	}
	var broken []string
	for _, l := range lines {
		for _, test := range l.tests {
			name := test
			if folder, function, _ := strings.Cut(test, ":"); strings.HasPrefix(function, "TestTree/") {
				rule := strings.TrimPrefix(function, "TestTree/")
				name = folder + ":TestTree"
				if !slices.Contains(ruleNames, rule) {
					broken = append(broken, fmt.Sprintf("%q is held by the rule %s, which is none", l.line, rule))
				}
			}
			if !tests[name] {
				broken = append(broken, fmt.Sprintf("%q is held by %s, which is no test", l.line, test))
			}
		}
		for _, w := range l.waits {
			if rooms[w.room] && !tests["rooms/"+w.room+":"+w.test] {
				broken = append(broken, fmt.Sprintf("rooms/%s is there without %s: %q", w.room, w.test, l.line))
			}
		}
		if len(l.tests) == 0 && len(l.waits) == 0 {
			broken = append(broken, fmt.Sprintf("nothing holds %q", l.line))
		}
	}
	slices.Sort(broken)
	return slices.Compact(broken), nil
}

// restraintPage prints the lines with what holds them.
func restraintPage(lines []restraint) string {
	var b strings.Builder
	b.WriteString("# What Skein will not do, and what holds it\n\nFor auditors and for who builds a room. Printed from `fences/restraint.go`. Each line stands as in the mission; beside it what is held, and the tests that fail when " +
		"it is not. A rule of `TestTree` looks at the whole tree, and `TestRulesCanFail` breaks each of them on purpose; the others try it out on a running realm, on both engines. A room that is not built yet stands with the test that it must bring: a folder of that name without it fails.\n")
	for _, l := range lines {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n", l.line, l.holds)
		for _, t := range l.tests {
			folder, name, _ := strings.Cut(t, ":")
			fmt.Fprintf(&b, "- `%s` in `%s`\n", name, folder)
		}
		for _, w := range l.waits {
			fmt.Fprintf(&b, "- waits for `rooms/%s`, which must bring `%s`\n", w.room, w.test)
		}
	}
	return b.String()
}
