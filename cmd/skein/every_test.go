package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"skein/face/words"
	"skein/frame/civic"
	"skein/internal/browser"
)

// visit is a page as one of those who see it.
type visit struct {
	Pattern string            `json:"pattern"`
	Path    string            `json:"path"`
	As      string            `json:"as,omitempty"` // "her"; "officer", "half" (who has shown one factor of two) or "resident", signed in; or a post
	Headers map[string]string `json:"headers,omitempty"`
	Cookies [][2]string       `json:"cookies,omitempty"`
}

// everyPage says for each pattern of a page which paths are looked at, and as whom; {number} is a matter's, {appeal} an appeal's,
// {finding} a finding's. A page that is not here fails TestEveryPage.
var everyPage = map[string][]visit{
	"GET /{$}": {{Path: "/"}}, "GET /matters": {{Path: "/matters?status=open"}}, "GET /report": {{Path: "/report"}}, "GET /track": {{Path: "/track"}},
	"GET /matters/{number}":         {{Path: "/matters/{number}"}, {Path: "/matters/{number}", As: "her"}, {Path: "/matters/{number}", As: "pwd/head"}},
	"GET /matters/{number}/receipt": {{Path: "/matters/{number}/receipt", As: "her"}},
	"GET /matters/{number}/data":    {{Path: "/matters/{number}/data", As: "her"}}, "GET /matters/{number}/erase": {{Path: "/matters/{number}/erase", As: "her"}},
	"GET /matters/{number}/release": {{Path: "/matters/{number}/release", As: "info/desk"}},
	"GET /duties":                   {{Path: "/duties"}}, "GET /bodies": {{Path: "/bodies"}}, "GET /bodies/{id}": {{Path: "/bodies/pwd"}}, "GET /numbers": {{Path: "/numbers"}},
	"GET /powers": {{Path: "/powers"}}, "GET /powers/why": {{Path: "/powers/why?who=park/head&action=matter.answer&thing={number}"}}, "GET /powers/{id}": {{Path: "/powers/matter.report"}},
	"GET /reviews": {{Path: "/reviews"}}, "GET /reviews/queue": {{Path: "/reviews/queue", As: "review/first"}},
	"GET /reviews/{appeal}": {{Path: "/reviews/{appeal}", As: "review/first"}, {Path: "/reviews/{appeal}", As: "her"}},
	"GET /findings":         {{Path: "/findings"}, {Path: "/findings", As: "review/first"}}, "GET /findings/{finding}": {{Path: "/findings/{finding}"}, {Path: "/findings/{finding}", As: "pwd/head"}},
	"GET /reviews/ask": {{Path: "/reviews/ask"}, {Path: "/reviews/ask?kind=policy&thing=matter.accept"}}, "GET /reviews/requests/{request}": {{Path: "/reviews/requests/{request}"}, {Path: "/reviews/requests/{request}", As: "review/first"}},
	"GET /log/{realm}": {{Path: "/log/boston"}}, "GET /witness/{realm}": {{Path: "/witness/boston"}}, "GET /receipts": {{Path: "/receipts"}},
	"GET /data": {{Path: "/data"}}, "GET /report/offline": {{Path: "/report/offline"}}, "GET /matters/{number}/chain": {{Path: "/matters/{number}/chain"}},
	"GET /desk": {{Path: "/desk", As: "info/desk"}}, "GET /work": {{Path: "/work", As: "pwd/head"}, {Path: "/work?tab=all", As: "info/desk"}}, "GET /templates": {{Path: "/templates", As: "pwd/head"}}, "GET /rulings": {{Path: "/rulings", As: "coord/chair"}},
	"GET /matters/{number}/work": {{Path: "/matters/{number}/work", As: "pwd/head"}}, "GET /matters/{number}/file": {{Path: "/matters/{number}/file", As: "pwd/head"}}, "GET /duties/check": {{Path: "/duties/check", As: "coord/chair"}}, "GET /overview": {{Path: "/overview"}},
	"GET /figures": {{Path: "/figures"}}, "GET /figures/equal": {{Path: "/figures/equal"}}, "GET /figures/{by}/{code}": {{Path: "/figures/body/pwd"}, {Path: "/figures/language/und"}},
	"GET /reports": {{Path: "/reports"}, {Path: "/reports", As: "coord/chair"}}, "GET /reports/{report}": {{Path: "/reports/2011-07"}, {Path: "/reports/2011-07?version=2", As: "coord/chair"}},
	"GET /guide": {{Path: "/guide"}, {Path: "/guide", As: "info/desk"}}, "GET /guide/new": {{Path: "/guide/new", As: "info/desk"}}, "GET /guide/work": {{Path: "/guide/work", As: "info/desk"}},
	"GET /guide/{article}": {{Path: "/guide/{article}"}, {Path: "/guide/{article}", As: "info/desk"}}, "GET /guide/{article}/edit": {{Path: "/guide/{article}/edit", As: "info/desk"}}, "GET /guide/{article}/feedback": {{Path: "/guide/{article}/feedback", As: "info/desk"}},
	"GET /merits": {{Path: "/merits"}, {Path: "/merits", As: "info/desk"}}, "GET /merits/{merit}": {{Path: "/merits/{merit}"}},
	"GET /meetings": {{Path: "/meetings", As: "coord/chair"}}, "GET /meetings/new": {{Path: "/meetings/new?matter={open}", As: "coord/chair"}}, "GET /meetings/{meeting}": {{Path: "/meetings/{meeting}", As: "coord/chair"}, {Path: "/meetings/{meeting}", As: "pwd/head"}, {Path: "/meetings/{held}", As: "pwd/head"}},
	"GET /sign-in": {{Path: "/sign-in"}}, "GET /sign-in/code": {{Path: "/sign-in/code"}}, "GET /sign-in/second": {{Path: "/sign-in/second"}}, "GET /invitation": {{Path: "/invitation"}},
	"GET /me": {{Path: "/me", As: "officer"}, {Path: "/me", As: "half"}, {Path: "/me", As: "resident"}}, "GET /me/data": {{Path: "/me/data", As: "officer"}, {Path: "/me/data", As: "resident"}}, "GET /me/close": {{Path: "/me/close", As: "resident"}}, "GET /me/second": {{Path: "/me/second", As: "half"}},
}

// notPages are doors that answer with no page.
var notPages = []string{"/api/", "/open311", "/assets/", "/healthz", "/readyz", "/metrics", "/tiles/", "/photos/", "/sealed/", "/data/{file}", "/file.pdf", "/checkpoint", "/key", "/evidence", "/tile/", "/{log}/", "/back", "/acts/{n}/receipt", ".svg", ".ics", ".atom", "/sw.js", ".webmanifest", "/overview/{file}"}

// Every page that there is, as those who may see it: at 320 px as at a zoom of 400 % (WCAG 2.2, 1.4.10), in the pseudo-language from right to
// left where nothing may stand in plain letters but what the realm and its people wrote, in Chinese, and in each set of colours, held to the rules of accessibility.
func TestEveryPage(t *testing.T) {
	t.Parallel()
	slow(t)
	watched := newStranger(t, "log.example").add(1, "a")
	c := newCity(t, "", 40, settings{signIn: `{"passwords": true}`, log: `{"watch": [{"key": "` + watched.vkey + `"}]}`})
	began := time.Now()
	c.signIn.Wall = func() time.Time { return began } // what somebody has ten minutes for does not end while pages are looked at
	c.tabled()
	c.site.Book.AddPseudo()
	c.site.Reading.At = 0 // one reader looks at everything
	p := c.reader()
	p.get("/") // sets the address that people use
	var visits []visit
	m := c.answered(lamp("The lamp is out"))
	number := c.appealed(m, "answer", "Still dark")
	finding := c.examined("policy", "matter.report", "Is it lawful?")
	request := c.asksReview("policy", "matter.accept", "Who says so?").get("request")
	merit, _ := c.proposed("fault")
	c.onMerit(201, merit, "reply", "pwd/head", object{"text": "t"})
	c.onMerit(201, merit, "decide", "coord/chair", foundAtFault)
	c.monthly("2011-07", "", "")
	c.drafted("2011-07", "", "1")
	officer, half, resident := c.visitor(), c.visitor(), c.resident("ann@example.org")
	officer.takes(c.invite("isd/head", "head@isd.example"), "head@isd.example")
	half.want(303, "POST", "/invitation", url.Values{"invitation": {c.invite("pwd/head", "head@pwd.example")}, "password": {goodPassword}})
	half.want(303, "POST", "/me/second/begin", url.Values{})
	signedIn := map[string]*visitor{"officer": officer, "half": half, "resident": resident}
	open := c.report(lamp("Two bodies meet"))
	meeting, held := c.convened("pwd", open), c.convened("pwd", open)
	c.held(held, open)
	fill := strings.NewReplacer("{open}", open.number, "{meeting}", meeting, "{held}", held, "{number}", m.number, "{appeal}", number, "{finding}", finding, "{request}", request, "{merit}", merit, "{article}", "number-and-code")
	for _, pattern := range c.site.Mux.Patterns() {
		if !strings.HasPrefix(pattern, "GET ") || slices.ContainsFunc(notPages, func(part string) bool { return strings.Contains(pattern, part) }) {
			continue
		}
		pages := everyPage[pattern]
		if len(pages) == 0 {
			t.Errorf("%s is looked at by nobody: say in everyPage where and as whom", pattern)
		}
		for _, v := range pages {
			v.Pattern, v.Path = pattern, fill.Replace(v.Path)
			switch v.As {
			case "":
			case "her":
				v.Headers = map[string]string{"Skein-Tracking": m.code}
			case "officer", "half", "resident":
				for _, cookie := range signedIn[v.As].jar {
					v.Cookies = append(v.Cookies, [2]string{cookie.Name, cookie.Value})
				}
			default:
				v.Headers = map[string]string{"Authorization": "Bearer " + c.key(civic.PostID(v.As))}
			}
			visits = append(visits, v)
		}
	}
	for pattern := range everyPage {
		if !slices.Contains(c.site.Mux.Patterns(), pattern) {
			t.Errorf("everyPage names %s, which is no door", pattern)
		}
	}
	told, err := json.Marshal(map[string]any{"address": c.url, "pseudo": words.Pseudo, "visits": visits, "titles": c.realmTitles()})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "visits.json")
	if err := os.WriteFile(file, told, 0o600); err != nil {
		t.Fatal(err)
	}
	browser.Run(t, "every_test.mjs", file)
}

// realmTitles are the names that the realm gave to what it has: data, and in its own languages alone.
func (c *city) realmTitles() []string {
	seen := map[string]bool{}
	var walk func(v any)
	walk = func(v any) {
		switch x := v.(type) {
		case map[string]any:
			for _, e := range x {
				walk(e)
			}
		case []any:
			for _, e := range x {
				walk(e)
			}
		case string:
			if strings.ContainsAny(x, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
				seen[x] = true
			}
		}
	}
	paths := []string{"/api/bodies", "/api/places", "/api/categories", "/api/duties", "/api/calendars", "/api/calendars/boston-311", "/api/powers", "/api/appeals/rules", "/api/guide", "/api/guide/number-and-code"}
	for len(paths) > 0 {
		a := c.do(http.MethodGet, paths[0], "", nil)
		if a.status != http.StatusOK || a.json == nil {
			c.Fatalf("%s: %d %s", paths[0], a.status, a.text)
		}
		walk(a.json)
		if next := nextOf(a); next != "" {
			paths = append(paths, next)
		}
		if strings.HasPrefix(paths[0], "/api/bodies?") || paths[0] == "/api/bodies" {
			for _, b := range a.json["bodies"].([]any) {
				paths = append(paths, "/api/bodies/"+b.(map[string]any)["body"].(string)) // with its posts
			}
		}
		paths = paths[1:]
	}
	settings := c.site.Realm.View().Settings
	for _, title := range settings.Titles {
		seen[title] = true
	}
	seen["Duty list, row of street lights"] = true        // the law that a finding names
	seen[settings.Zone], seen["skein-sdc-1"] = true, true // a zone and a method have a name, no title
	rules, err := os.ReadFile("../../rooms/matter/rules.json")
	if err != nil {
		c.Fatal(err)
	}
	var laws any
	if err := json.Unmarshal(rules, &laws); err != nil {
		c.Fatal(err)
	}
	walk(laws)
	var all []string
	for title := range seen {
		all = append(all, title)
	}
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) }) // the longest first
	return all
}

// nextOf is the path of a list's next page, "" at its end.
func nextOf(a answer) string {
	link, _, more := strings.Cut(a.header.Get("Link"), `>; rel="next"`)
	if !more {
		return ""
	}
	_, path, _ := strings.Cut(link, "<")
	if u, err := url.Parse(path); err == nil {
		return u.RequestURI()
	}
	return ""
}
