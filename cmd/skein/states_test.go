package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"skein/face/front"
	"skein/frame/civic"
	"skein/internal/browser"
	"skein/internal/pgtest"
)

// pageState is a state that a page can be in, how one comes to it, and what is read in no other.
type pageState struct {
	Name, Path string
	As         string     // a post; "her:NAME", who reported the matter of that name; "resident", signed in; or anyone
	From       string     // the address that they ask from, if it matters
	Broken     bool       // in a realm that cannot write down who reads what
	Status     int        // of the page at first; 200
	Do         [][]string // what is done there, by the steps of states_test.mjs; "plain" first: without the page's scripts
	Says       string     // what the page then says
}

// pageStates are the states in which a page is more or other than TestEveryPage sees it; {NAME} is the number of the matter that statesOf made for that name.
// A new one is a row.
var pageStates = []pageState{
	// forms that come back
	{Name: "report refused", Path: "/report", Do: [][]string{{"send", "form[action='/report'] .actions button"}}, Says: "Please put this right"},
	{Name: "report refused without script", Path: "/report", Do: [][]string{{"plain"}, {"send", "form[action='/report'] .actions button"}}, Says: "Please put this right"},
	{Name: "number and code refused", Path: "/track", Do: [][]string{{"fill", "#number", "1"}, {"fill", "#code", "2"}, {"send", "form[action='/track'] button"}}, Says: "Please put this right"},
	{Name: "objection refused", Path: "/matters/{assigned}/work", As: "pwd/head", Do: act("object"), Says: "Please put this right"},
	{Name: "answer refused", Path: "/matters/{working}/work", As: "pwd/head", Do: act("answer"), Says: "Please put this right"},
	{Name: "extension refused", Path: "/matters/{working}/work", As: "pwd/head", Do: act("extend"), Says: "Please put this right"},
	{Name: "ruling refused", Path: "/matters/{objected}/work", As: "coord/chair", Do: act("rule"), Says: "Please put this right"},
	{Name: "confirmation refused", Path: "/matters/{answered}", As: "her:answered", Do: act("confirm"), Says: "Please put this right"},
	{Name: "appeal refused", Path: "/matters/{answered}", As: "her:answered", Do: act("appeal"), Says: "Please put this right"},
	{Name: "call refused", Path: "/desk", As: "info/desk", Do: [][]string{{"fill", "#contact-phone", "nobody"}, {"send", "button[value=save]"}}, Says: "Please put this right"},
	{Name: "meeting refused", Path: "/meetings/new?matter={working}", As: "coord/chair", Do: [][]string{{"send", "form[action='/meetings'] .actions button"}}, Says: "Please put this right"},
	{Name: "corrected minutes refused", Path: "/meetings/{minutes}", As: "coord/chair", Do: [][]string{{"click", "details.act:has(#correct-attended) > summary"}, {"send", "details.act:has(#correct-attended) .actions button"}}, Says: "Please put this right"},
	{Name: "legal review refused", Path: "/reviews/ask?kind=policy&thing=matter.accept", Do: [][]string{{"send", "main form[method=post] .actions button"}}, Says: "Please put this right"},
	{Name: "article refused", Path: "/guide/new", As: "info/desk", Do: [][]string{{"send", "button[name=act][value=draft]"}}, Says: "Please put this right"},
	{Name: "template refused", Path: "/templates", As: "pwd/head", Do: [][]string{{"send", "button[value=save]"}}, Says: "Please put this right"},
	{Name: "masking refused", Path: "/matters/{masking}/release", As: "info/desk", Do: [][]string{{"send", "button[value=withhold]"}}, Says: "Please put this right"},
	{Name: "password refused", Path: "/sign-in", Do: [][]string{{"fill", "#address", "head@isd.example"}, {"fill", "#password", "not this one"}, {"send", "form[action='/sign-in/password'] button"}}, Says: "Please put this right"},
	{Name: "invitation refused", Path: "/invitation", Do: [][]string{{"fill", "#invitation", "none"}, {"send", "form[action='/invitation'] button"}}, Says: "used already"},
	{Name: "sign-in code asked for", Path: "/sign-in", Do: [][]string{{"fill", "#contact", "bob@example.org"}, {"send", "form[action='/sign-in/code'] button"}}, Says: "code"},
	{Name: "sign-in code refused", Path: "/sign-in", Do: [][]string{{"fill", "#contact", "eve@example.org"}, {"send", "form[action='/sign-in/code'] button"}, {"fill", "#code", "000000"}, {"send", "form[action='/sign-in/code/check'] button"}}, Says: "Please put this right"},
	{Name: "closing an account refused", Path: "/me/close", As: "resident", Do: [][]string{{"send", "main form .actions button"}}, Says: "Say that you know that this cannot be undone."},
	{Name: "receipt refused", Path: "/receipts", Do: [][]string{{"fill", "#text", "no receipt"}, {"click", "main form button"}, {"wait", "#reading *"}}, Says: "receipt"},

	// what comes up while one writes, and what is found
	{Name: "categories suggested", Path: "/report", Do: [][]string{{"fill", "#text", "The street light is out again"}, {"wait", "#look-category button[name=choose]"}}, Says: "by your words"},
	{Name: "similar matters nearby", Path: "/report", Do: [][]string{{"here"}, {"fill", "#text", "The lamp at the corner is dark"}, {"wait", "button[name=mine]"}}, Says: "Mine too"},
	{Name: "suggested without script", Path: "/report", Do: [][]string{{"plain"}, {"fill", "#text", "The street light is out again"}, {"send", "button[name=look]"}}, Says: "by your words"},
	{Name: "a call that others made", Path: "/desk", As: "info/desk", Do: [][]string{{"fill", "#text", "The lamp at the corner is dark"}, {"wait", "#found li"}}, Says: "She means this one"},
	{Name: "a call while the line is down", Path: "/desk", As: "info/desk", Do: [][]string{{"fill", "#text", "The lamp"}, {"down"}, {"click", "button[value=save]"}, {"wait", "[data-offline]:not([hidden])"}}, Says: "line"},
	{Name: "search that finds", Path: "/matters?q=lamp", Says: "Street Light Outages"},
	{Name: "search that finds nothing", Path: "/matters?q=zzzzz", Says: "No public matter is like that."},
	{Name: "guide that finds", Path: "/guide?q=code", Says: "code"},
	{Name: "guide that finds nothing", Path: "/guide?q=zzzzz", Says: "No article fits."},
	{Name: "nothing to do", Path: "/work", As: "isd/head", Says: "Nothing"},
	{Name: "no meetings", Path: "/meetings", As: "isd/head", Says: "No meeting is to come."},
	{Name: "the map opened", Path: "/", Do: [][]string{{"click", "[data-open-map]"}, {"wait", "[data-map][data-ready]"}}, Says: "open"},
	{Name: "the whole as it happens", Path: "/overview", Do: [][]string{{"wait", ".uplot"}}, Says: "The last day"},

	// a matter in each of its states, as everyone, as who reported it and as who works on it
	{Name: "assigned", Path: "/matters/{assigned}", Says: "Assigned"},
	{Name: "objected to", Path: "/matters/{objected}", Says: "says that Parks and Recreation Department is responsible"},
	{Name: "objection to rule on", Path: "/matters/{objected}/work", As: "coord/chair", Says: "Theirs."},
	{Name: "objection turned down", Path: "/matters/{kept}", Says: "remains responsible"},
	{Name: "objection upheld", Path: "/matters/{moved}", Says: "ruled that Parks and Recreation Department is responsible"},
	{Name: "withdrawn", Path: "/matters/{withdrawn}", As: "her:withdrawn", Says: "Withdrawn"},
	{Name: "working", Path: "/matters/{working}/work", As: "pwd/head", Says: "Working"},
	{Name: "asked", Path: "/matters/{asked}", As: "her:asked", Says: "Which side?"},
	{Name: "paused", Path: "/matters/{paused}", Says: "Paused"},
	{Name: "extended", Path: "/matters/{extended}/work", As: "pwd/head", Says: "Snow."},
	{Name: "decline proposed", Path: "/matters/{declining}/work", As: "coord/chair", Says: "The state's."},
	{Name: "declined", Path: "/matters/{declined}", As: "her:declined", Says: "Declined"},
	{Name: "answered", Path: "/matters/{answered}", As: "her:answered", Says: "Answered"},
	{Name: "closed", Path: "/matters/{closed}", As: "her:closed", Says: "Closed"},
	{Name: "past due", Path: "/matters/{late}", Says: "Late"},
	{Name: "past due, of whoever coordinates", Path: "/rulings", As: "coord/chair", Says: "Past due"},
	{Name: "joined", Path: "/matters/{joined}", Says: "Goes on in another matter"},
	{Name: "split", Path: "/matters/{split}", Says: "split"},
	{Name: "withheld", Path: "/matters/{withheld}", Says: "withheld"},
	{Name: "masked", Path: "/matters/{masked}", Says: "A plant"},
	{Name: "words to be masked", Path: "/matters/{masking}/release", As: "info/desk", Says: "617-555-0100"},
	{Name: "kept by a court", Path: "/matters/{held}/data", As: "her:held", Says: "Audit Act 7"},
	{Name: "erased", Path: "/matters/{erased}", Says: "erased"},
	{Name: "minutes corrected", Path: "/meetings/{minutes}", As: "pwd/head", Do: [][]string{{"click", "main section details > summary"}}, Says: "Minutes as they read until"},
	{Name: "a matter without script", Path: "/matters/{answered}", As: "her:answered", Do: [][]string{{"plain"}}, Says: "Answered"},

	// an appeal in each of its states
	{Name: "appeal waits", Path: "/reviews/{appeal open}", As: "review/first", Says: "Still dark"},
	{Name: "appeal is looked at", Path: "/reviews/{appeal taken}", As: "review/first", Says: "Still dark"},
	{Name: "hearing called", Path: "/reviews/{appeal called}", As: "review/first", Says: "hearing"},
	{Name: "appeal upheld", Path: "/reviews/{appeal upheld}", Says: "stands"},
	{Name: "appeal granted", Path: "/reviews/{appeal quashed}", Says: "Quashed"},
	{Name: "appeal withdrawn", Path: "/reviews/{appeal withdrawn}", Says: "withdrawn"},

	// what is not there, not hers, or not now
	{Name: "nothing there", Path: "/nothing", Status: 404, Says: "404"},
	{Name: "a private matter", Path: "/matters/{private}", Status: 404, Says: "404"},
	{Name: "not hers", Path: "/work", Status: 403, Says: "403"},
	{Name: "too much for one network", Path: "/guide/number-and-code", From: "203.0.113.50", Do: [][]string{{"often", "form[action='/guide/number-and-code'] button", "10"}, {"send", "form[action='/guide/number-and-code'] button"}}, Says: "Try again in some minutes."},
	{Name: "a reading that cannot be written down", Path: "/matters/{unwritten}", As: "pwd/head", Broken: true, Status: 503, Says: "must be written down first"},
}

// act opens the form of an act and sends it empty.
func act(name string) [][]string {
	form := "details:has(input[name=act][value='" + name + "'])"
	return [][]string{{"unfold", form}, {"send", form + " .actions button"}}
}

// statesOf brings matters to the states that the rows speak of.
func (c *city) statesOf() (numbers map[string]string, codes map[string]string) {
	c.Helper()
	numbers, codes = map[string]string{}, map[string]string{}
	one := func(name string, fields map[string]any) told {
		m := c.report(fields)
		numbers[name], codes[name] = m.number, m.code
		return m
	}
	met := c.report(lamp("Two poles."))
	numbers["minutes"] = c.convened("pwd", met)
	one("late", lamp("Forgotten."))
	c.held(numbers["minutes"], met)
	c.must(201, "POST", "/api/meetings/"+numbers["minutes"]+"/correct", "coord/chair", object{"attended": []string{"coord"}, "reason": "The wrong body", "matters": []object{{"matter": met.number, "remarks": "Within."}}})
	c.turn(40 * day)
	known := one("known", lamp("The lamp at the corner is dark"))
	c.release(known, c.digests(known)["text/plain"])
	for _, name := range stages {
		stage(c, one(name, lamp("A lamp is dark.")), name)
	}
	for name, body := range map[string]object{"kept": {"law": "Charter 4", "reason": "It stays."}, "moved": {"lead": "park", "law": "Charter 4", "reason": "Theirs."}} {
		m := one(name, lamp("Whose lamp?"))
		stage(c, m, "objected")
		c.act(201, m, "rule", "coord/chair", body)
	}
	c.act(201, one("joined", lamp("The same lamp.")), "join", "info/desk", object{"into": known.number})
	split := one("split", lamp("A lamp, and paint."))
	stage(c, split, "working")
	c.act(201, split, "split", "pwd/head", object{"parts": []any{object{"category": "graffiti.graffiti_removal", "text": "The paint."}}})
	withheld := one("withheld", lamp("A name."))
	c.act(201, withheld, "withhold", "info/desk", object{"items": []string{c.items(withheld)[0]}, "ground": "personal_data", "law": "l"})
	masked := one("masked", lamp("Quillwort in the street"))
	item := c.items(masked)[0]
	c.release(masked, item)
	c.act(201, masked, "redact", "info/desk", object{"item": item, "text": "A plant in the street", "ground": "personal_data"})
	one("masking", lamp("Ring 617-555-0100, the lamp is out"))
	c.act(201, one("held", lamp("A lamp.")), "hold", "coord/chair", object{"ground": "audit", "law": "Audit Act 7", "until": c.now.Add(30 * day)})
	c.act(201, one("erased", lamp("A lamp.")), "erase", "code:"+codes["erased"], object{})
	private := lamp("Quillwort")
	private["visibility"] = "private"
	one("private", private)
	for _, stage := range []string{"open", "taken", "called", "withdrawn", "upheld", "quashed"} {
		m := c.answered(lamp("Dark."))
		n := c.appealed(m, "answer", "Still dark")
		if stage != "upheld" && stage != "quashed" {
			reach(c, n, "code:"+m.code, stage)
		} else {
			reach(c, n, "code:"+m.code, "taken")
			c.on(201, n, "reply", "pwd/head", object{"text": "So."})
			c.on(201, n, "decide", "review/first", ruling(stage, nil))
			c.on(201, n, "publish", "review/first", object{"found": "f", "reasons": "r"})
		}
		numbers["appeal "+stage] = n
	}
	c.reacted()
	return numbers, codes
}

// Every state of a page that is more than the page: reached, told by what it says, by the rules of accessibility in each set of colours; and a form
// that comes back begins with a summary, which has the focus and whose links lead to their fields.
func TestEveryState(t *testing.T) {
	t.Parallel()
	if err := front.Built(); err != nil {
		pgtest.Missing(t, err.Error())
	}
	c := newCity(t, "", 60, settings{signIn: `{"passwords": true}`})
	c.site.PublicURL = c.url
	resident := c.resident("ann@example.org")
	numbers, codes := c.statesOf()
	broken := newCity(t, "", 60)
	private := lamp("Quillwort")
	private["visibility"] = "private"
	numbers["unwritten"] = broken.report(private).number
	broken.do2("DROP TABLE access_readings")
	var pairs []string
	for name, number := range numbers {
		pairs = append(pairs, "{"+name+"}", number)
	}
	fill := strings.NewReplacer(pairs...)
	var told []object
	for _, s := range pageStates {
		in, headers := c, map[string]string{}
		if s.Broken {
			in = broken
		}
		row := object{"name": s.Name, "address": in.url, "headers": headers, "path": fill.Replace(s.Path), "status": max(s.Status, 200), "do": s.Do, "says": s.Says}
		if strings.Contains(fmt.Sprint(row["path"]), "{") {
			t.Errorf("%s: nobody made what %s names", s.Name, s.Path)
		}
		switch whose, hers := strings.CutPrefix(s.As, "her:"); {
		case hers:
			headers["Skein-Tracking"] = codes[whose]
		case s.As == "resident":
			var cookies []object
			for _, cookie := range resident.jar {
				cookies = append(cookies, object{"name": cookie.Name, "value": cookie.Value, "url": c.url})
			}
			row["cookies"] = cookies
		case s.As != "":
			headers["Authorization"] = "Bearer " + in.key(civic.PostID(s.As))
		}
		if s.From != "" {
			headers["X-Forwarded-For"] = s.From
		}
		told = append(told, row)
	}
	text, err := json.Marshal(object{"states": told})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "states.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	browser.Run(t, "states_test.mjs", file)
}
