package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The matrix of every door: each route × each role × what the route is about. It is printed into
// testdata/matrix.txt, so that what a change opens is seen where the change is looked at; write it anew
// with UPDATE=1. A route without a row fails.
//
//	R  reads, the reporter's own words with it      ?  401: it is not known who asks
//	r  reads, without them                          -  403: no power allows it
//	+  may: done, or refused for another reason     0  404: as if there were nothing

// about is what a route is about.
type about struct {
	name   string
	fields func() map[string]any
}

// secretWord stands in what a reporter wrote and nobody released.
const secretWord = "Quillwort"

var abouts = []about{
	{"public", func() map[string]any { return lamp(secretWord) }},
	{"private", func() map[string]any { f := lamp(secretWord); f["visibility"] = "private"; return f }},
	{"complaint", func() map[string]any { // against Inspectional Services, about something of Public Works
		f := lamp(secretWord)
		f["kind"], f["against"] = "complaint", "isd"
		return f
	}},
	{"hidden", func() map[string]any { // the same, private
		f := lamp(secretWord)
		f["kind"], f["against"], f["visibility"] = "complaint", "isd", "private"
		return f
	}},
}

// commandBodies are what the doors of a matter are sent: each can be read, so that what refuses it is a power or the decision.
var commandBodies = map[string]string{
	"triage": `{"category":"street_lights.street_light_outages","reason":"r"}`, "correct": `{"category":"street_lights.street_light_outages","reason":"r"}`,
	"accept": `{}`, "object": `{"ground":"not_our_duty","reason":"r"}`, "rule": `{"lead":"btdt","law":"l","reason":"r"}`, "ask": `{"text":"t"}`, "supply": `{"text":"t"}`,
	"tell": `{"text":"t"}`, "contribute": `{"text":"t"}`, "attach": `{"text":"t"}`, "amend": `{"text":"t"}`, "pause": `{"ground":"weather"}`, "resume": `{}`, "extend": `{"limit":"1d","reason":"r"}`,
	"join": `{"into":"matter/00000001"}`, "split": `{"parts":[{"text":"t"}]}`, "answer": `{"outcome":"fixed","reason":"r"}`, "propose-decline": `{"law":"l","reason":"r","elsewhere":"e"}`,
	"decline": `{"decline":true,"law":"l","reason":"r"}`, "confirm": `{"solved":true}`, "reopen": `{"reason":"r"}`, "appeal": `{"of":"answer","ground":"facts_unclear","reason":"r"}`, "withdraw": `{}`,
	"take": `{}`, "recuse": `{"reason":"r"}`, "reply": `{"text":"t"}`, "ask-hearing": `{}`, "waive-hearing": `{}`, "call-hearing": `{"at":"2012-03-01T10:00","place":"p"}`, "hold-hearing": `{"record":"r"}`,
	"decide": `{"result":"upheld","law":"l","found":"f","reasons":"r"}`, "publish": `{"found":"f","reasons":"r"}`,
	"release": `{"items":[]}`, "withhold": `{"items":[],"ground":"personal_data"}`, "redact": `{"item":"x","text":"t","ground":"personal_data"}`, "retract": `{"act":1,"reason":"r"}`,
	"erase": `{"request":"2012/1","checked":"document"}`, "hold": `{"ground":"court","law":"l","until":1328000000000000}`, "unhold": `{}`,
}

// otherDoors are the routes that are about no matter: what is sent, and to which of the paths that the pattern stands for.
var otherDoors = map[string]struct{ path, body string }{
	"GET /api/openapi.json": {}, "GET /api/openapi-3.0.json": {}, "GET /api/openapi.yaml": {}, "GET /api/openapi-3.0.yaml": {}, "GET /api/schemas/{schema}": {path: "/api/schemas/Matter.json"},
	"GET /assets/": {path: "/assets/none.css"}, "GET /healthz": {}, "GET /readyz": {}, "GET /metrics": {}, "GET /powers": {}, "GET /powers/{id}": {path: "/powers/matter.accept"},
	"GET /powers/why":   {path: "/powers/why?who=pwd/head&action=duty.adopt&thing=duty/list"},
	"POST /api/matters": {body: `{"text":"x","category":"street_lights.street_light_outages","lat":42.33,"lon":-71.09}`}, "GET /api/matters": {},
	"GET /open311/discovery": {}, "GET /open311/discovery.xml": {}, "GET /open311/discovery.json": {}, "GET /open311/v2": {}, "GET /open311/v2/{resource...}": {path: "/open311/v2/services.json"},
	"POST /open311/v2/{resource...}": {path: "/open311/v2/requests.json", body: "service_code=street_lights.street_light_outages&lat=42.33&long=-71.09&description=x"},
	"GET /{$}":                       {path: "/"}, "GET /matters": {}, "GET /report": {}, "POST /report": {body: "kind=request&category=street_lights.street_light_outages&text=x&lat=42.33&lon=-71.09"},
	"POST /report/look": {body: "text=lamp"}, "GET /report/offline": {}, "GET /sw.js": {}, "GET /basemap/{file...}": {path: "/basemap/tiles.pmtiles"}, "GET /manifest.webmanifest": {}, "GET /matters.atom": {}, "GET /matters.ics": {},
	"GET /data": {}, "GET /data/{file}": {path: "/data/duties.csv"},
	"GET /work": {}, "POST /work": {body: "do=accept"}, "GET /templates": {}, "POST /templates": {body: "do=save"}, "GET /rulings": {}, "GET /desk": {}, "POST /desk": {body: "do=look&text=x"},
	"GET /overview": {}, "GET /overview/{file}": {path: "/overview/intake.svg"}, "GET /duties/check": {}, "GET /api/work": {},
	"GET /track": {}, "POST /track": {body: "number=1&code=x"}, "GET /tiles/{z}/{x}/{y}": {path: "/tiles/11/619/757.mvt"}, "GET /duties": {}, "GET /bodies": {}, "GET /bodies/{id}": {path: "/bodies/pwd"},
	"GET /sign-in": {}, "POST /sign-in/password": {body: "address=a@b.example&password=x"}, "POST /sign-in/code": {body: "contact=a@b.example"}, "GET /sign-in/code": {}, "POST /sign-in/code/check": {body: "code=1"},
	"POST /sign-in/passkey/begin": {}, "POST /sign-in/new/begin": {}, "POST /sign-in/new": {body: "{}"}, "POST /sign-in/passkey": {body: "{}"}, "POST /sign-in/with/{provider}": {path: "/sign-in/with/none", body: "next="}, "GET /sign-in/with/{provider}/back": {path: "/sign-in/with/none/back"},
	"GET /invitation": {}, "POST /invitation": {body: "invitation=none&password="}, "GET /sign-in/second": {}, "POST /sign-in/second": {body: "code=1"},
	"POST /me/mail": {}, "POST /me/second/begin": {}, "GET /me/second": {}, "POST /me/second": {body: "code=1"}, "POST /me/recovery": {},
	"GET /me": {}, "GET /me/data": {}, "GET /me/data/{file}": {path: "/me/data/skein-data.json"}, "GET /api/me/data": {}, "POST /me/post": {body: "post=isd/head"}, "POST /me/password": {body: "password=x"}, "POST /me/passkey/begin": {}, "POST /me/passkey": {body: "{}"},
	"GET /me/close": {}, "POST /me/close": {},
	"POST /me/credentials/remove": {body: "kind=password&name=x"}, "POST /me/sessions/end": {body: "session=x"}, "POST /sign-out": {},
	"GET /api/powers": {}, "GET /api/powers/why": {path: "/api/powers/why?who=pwd/head&action=duty.adopt&thing=duty/list"}, "GET /api/powers/versions": {},
	"GET /api/powers/versions/{file}": {path: "/api/powers/versions/1.cedar"}, "GET /api/powers/waiting.cedar": {}, "GET /api/powers/sets/{digest}": {path: "/api/powers/sets/" + strings.Repeat("0", 64)},
	"POST /api/powers/propose": {body: `{"document":""}`}, "POST /api/powers/approve": {body: `{"proposal":1,"digest":"x"}`}, "POST /api/powers/reject": {body: `{"proposal":1}`},
	"POST /api/powers/withdraw": {body: `{"proposal":1}`},
	"GET /figures":              {}, "GET /figures/{by}/{code}": {path: "/figures/channel/web"}, "GET /figures/equal": {}, "GET /figures.svg": {}, "GET /api/figures": {}, "GET /api/figures/{file}": {path: "/api/figures/figures.csv"}, "GET /api/equal-treatment": {},
	"GET /reports": {}, "POST /reports": {body: "month=2011-07"}, "GET /api/reports": {}, "POST /api/reports": {body: `{"month":"2011-07"}`},
	"GET /reports/{report}": {path: "/reports/2011-07"}, "POST /reports/{report}": {path: "/reports/2011-07", body: "act=remark&text=t"}, "GET /api/reports/{report}": {path: "/api/reports/2011-07"},
	"GET /api/reports/{report}/{file}":  {path: "/api/reports/2011-07/1.csv"},
	"POST /api/reports/{report}/remark": {path: "/api/reports/2011-07/remark", body: `{"text":"t"}`}, "POST /api/reports/{report}/sign": {path: "/api/reports/2011-07/sign", body: `{"figures":"x"}`},
	"GET /numbers": {}, "GET /api/numbers": {}, "GET /api/numbers/{file}": {path: "/api/numbers/2011-07.csv"}, "POST /api/numbers/set-least": {body: `{"least":5,"law":"x"}`},
	"GET /reviews": {}, "GET /reviews/queue": {}, "GET /api/appeals": {}, "GET /api/appeals/queue": {}, "GET /api/appeals/rules": {},
	"GET /findings": {}, "POST /findings": {body: "act=examine&kind=policy&thing=none&why=x"}, "GET /api/findings": {},
	"POST /api/findings": {body: `{"kind":"policy","thing":"none","why":"x"}`}, "POST /api/findings/recommend": {body: `{"body":"none","law":"l","text":"t"}`},
	"GET /reviews/ask": {path: "/reviews/ask?kind=policy&thing=matter.accept"}, "POST /reviews/ask": {body: "kind=policy&thing=matter.accept&text=x"}, "GET /api/review-requests": {}, "POST /api/review-requests": {body: `{"kind":"policy","thing":"matter.accept","text":"x"}`},
	"GET /merits": {}, "POST /merits": {body: "act=propose&nature=fault&matter=000-000-0000&number=1&law=l&why=w"}, "GET /api/merits": {}, "GET /api/merits/queue": {},
	"POST /api/merits": {body: `{"nature":"fault","matter":"000-000-0000","act":1,"law":"l","why":"w"}`},
	"GET /meetings":    {}, "POST /meetings": {body: "matter=000-000-0000&agenda0=a&time=2012-02-01T10:00&minutes=30&where=w&invited=pwd"}, "GET /meetings.ics": {}, "GET /meetings/new": {path: "/meetings/new?matter=000-000-0000"}, "GET /api/meetings": {},
	"POST /api/meetings": {body: `{"matters":[{"matter":"000-000-0000","agenda":"a"}],"time":"2012-02-01T10:00","minutes":30,"where":"w","invited":["pwd"]}`},
	"GET /api/acts":      {}, "GET /api/acts/{id}/receipt": {path: "/api/acts/" + strings.Repeat("0", 32) + "/receipt"},
	"GET /receipts": {}, "POST /receipts": {body: "text=x"}, "GET /log/{realm}": {path: "/log/boston"},
	"GET /log/{realm}/checkpoint": {path: "/log/boston/checkpoint"}, "GET /log/{realm}/key": {path: "/log/boston/key"}, "GET /log/{realm}/tile/{path...}": {path: "/log/boston/tile/0/000.p/1"},
	"GET /log/{realm}/{log}/{file...}": {path: "/log/boston/1/checkpoint"},
	"GET /witness/{realm}":             {path: "/witness/boston"}, "GET /witness/{realm}/key": {path: "/witness/boston/key"}, "GET /witness/{realm}/evidence": {path: "/witness/boston/evidence"},
	"GET /witness/{realm}/checkpoint": {path: "/witness/boston/checkpoint?origin=log.example"}, "POST /witness/{realm}/add-checkpoint": {path: "/witness/boston/add-checkpoint", body: "old 0\n"},
	"GET /api/places": {}, "GET /api/places/at": {path: "/api/places/at?lat=42.33&lon=-71.09"}, "GET /api/places/{id}": {path: "/api/places/boston"}, "GET /api/places/{id}/boundary": {path: "/api/places/boston/boundary"},
	"POST /api/addresses/find": {body: `{"words":"hanover"}`},
	"POST /api/places":         {body: `{"place":"x","kind":"nothing","titles":{"en":"X"},"parent":"boston"}`}, "POST /api/places/import": {body: `{"places":[{"place":"ward-09","kind":"nothing","titles":{"en":"X"},"parent":"boston"}]}`},
	"POST /api/places/{id}/redraw": {path: "/api/places/boston/redraw", body: `{"boundary":{"type":"Polygon","coordinates":[[[-71.1,42.3],[-71.0,42.3],[-71.0,42.4],[-71.1,42.4],[-71.1,42.3]]]}}`}, "POST /api/places/{id}/rename": {path: "/api/places/boston/rename", body: `{"titles":{}}`},
	"POST /api/places/{id}/move": {path: "/api/places/boston/move", body: `{"parent":"boston"}`}, "POST /api/places/{id}/reclassify": {path: "/api/places/boston/reclassify", body: `{"kind":"nothing"}`},
	"POST /api/places/{id}/close": {path: "/api/places/boston/close", body: `{"successor":"boston"}`},
	"GET /api/calendars":          {}, "GET /api/calendars/{id}": {path: "/api/calendars/none"}, "POST /api/calendars": {body: `{"spec":{"id":"x","version":"1","title":{"en":"X","zh-Hans":"X"},"time_zone":"America/New_York","working_weekdays":["mon"],"opens":"08:30","holidays_count":true}}`},
	"GET /api/bodies": {}, "GET /api/bodies/{id}": {path: "/api/bodies/pwd"}, "POST /api/bodies": {body: `{"body":"pwd","kind":"public","titles":{"en":"X"},"place":"boston"}`},
	"POST /api/bodies/{id}/create-post": {path: "/api/bodies/pwd/create-post", body: `{"post":"pwd/head","titles":{"en":"X"},"roles":["handler"]}`},
	"POST /api/bodies/{id}/change-post": {path: "/api/bodies/pwd/change-post", body: `{"post":"pwd/none","titles":{"en":"X"},"roles":["handler"]}`},
	"POST /api/bodies/{id}/close-post":  {path: "/api/bodies/pwd/close-post", body: `{"post":"pwd/none"}`}, "POST /api/bodies/{id}/rename": {path: "/api/bodies/pwd/rename", body: `{"titles":{}}`},
	"POST /api/bodies/{id}/move": {path: "/api/bodies/pwd/move", body: `{"parent":"pwd"}`}, "POST /api/bodies/{id}/set-coordination": {path: "/api/bodies/pwd/set-coordination", body: `{"place":"boston"}`},
	"POST /api/bodies/{id}/merge": {path: "/api/bodies/pwd/merge", body: `{"into":"pwd"}`}, "POST /api/bodies/{id}/abolish": {path: "/api/bodies/pwd/abolish", body: `{"successor":"pwd"}`},
	"POST /api/bodies/{id}/seat":  {path: "/api/bodies/pwd/seat", body: `{"post":"pwd/none","officer":"X","from":"2012-01-02"}`},
	"POST /api/bodies/{id}/leave": {path: "/api/bodies/pwd/leave", body: `{"post":"pwd/none"}`},
	"GET /api/duties":             {}, "GET /api/duties/versions": {}, "GET /api/duties/versions/{file}": {path: "/api/duties/versions/1.csv"},
	"GET /api/duties/resolve": {path: "/api/duties/resolve?category=dispute&place=boston"}, "GET /api/duties/check": {}, "GET /api/duties/precedents": {},
	"POST /api/duties": {body: `{"format":"csv","document":"category,place,lead\ndispute,boston,pwd\n","effective":"2030-01-02"}`}, "POST /api/duties/withdraw": {body: `{"version":99}`},
	"GET /guide": {}, "POST /guide/suggest": {body: "text=lamp"}, "GET /guide/{article}": {path: "/guide/number-and-code"}, "POST /guide/{article}": {path: "/guide/number-and-code", body: "answered=yes&version=1"},
	"GET /guide/work": {}, "GET /guide/new": {}, "POST /guide/new": {body: "act=preview&article=x"}, "GET /guide/{article}/edit": {path: "/guide/number-and-code/edit"},
	"POST /guide/{article}/edit": {path: "/guide/number-and-code/edit", body: "act=review&review=soon"}, "GET /guide/{article}/feedback": {path: "/guide/number-and-code/feedback"},
	"GET /api/guide": {}, "GET /api/guide/drafts": {}, "GET /api/guide/{article}": {path: "/api/guide/number-and-code"}, "GET /api/guide/{article}/versions/{file}": {path: "/api/guide/number-and-code/versions/1.yaml"},
	"GET /api/guide/{article}/draft.yaml": {path: "/api/guide/number-and-code/draft.yaml"}, "GET /api/guide/{article}/feedback": {path: "/api/guide/number-and-code/feedback"},
	"POST /api/guide/{article}/feedback": {path: "/api/guide/number-and-code/feedback", body: `{"answered":true}`}, "POST /api/guide/suggest": {body: `{"words":"lamp"}`}, "POST /api/guide/draft": {body: `{"document":"article: x\nbody: info\nreview: soon\n"}`},
	"POST /api/guide/{article}/discard": {path: "/api/guide/number-and-code/discard", body: `{"draft":1}`}, "POST /api/guide/{article}/publish": {path: "/api/guide/number-and-code/publish", body: `{"draft":1}`},
	"POST /api/guide/{article}/review": {path: "/api/guide/number-and-code/review", body: `{"review":"soon"}`}, "POST /api/guide/{article}/withdraw": {path: "/api/guide/number-and-code/withdraw", body: `{"reason":""}`},
	"GET /api/categories": {}, "GET /api/categories/versions": {}, "GET /api/categories/versions/{file}": {path: "/api/categories/versions/1.csv"},
	"POST /api/categories": {body: categoriesAsTheyAre}, "POST /api/categories/withdraw": {body: `{"version":99}`},
}

// categoriesAsTheyAre is filled from the city: a tree may drop nothing.
const categoriesAsTheyAre = "categories"

func TestMatrix(t *testing.T) {
	t.Parallel()
	slow(t)
	watched := newStranger(t, "log.example").add(1, "a")
	c := newCity(t, "", 30, settings{signIn: `{"passwords": true}`, log: `{"watch": [{"key": "` + watched.vkey + `"}]}`, basemap: tinyBasemap(t)})
	roles := c.roles()
	if _, err := c.site.Witness.Cosign(t.Context(), []byte(watched.request(0))); err != nil {
		t.Fatal(err)
	}
	if err := c.site.Seal.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.tabled()
	c.monthly("2011-07", "", "")
	c.drafted("2011-07", "", "Late entries.")
	patterns := slices.Clone(c.site.Mux.Patterns())
	slices.SortFunc(patterns, func(a, b string) int {
		_, x, _ := strings.Cut(a, " ")
		_, y, _ := strings.Cut(b, " ")
		return strings.Compare(x+" "+a, y+" "+b)
	})
	var b bytes.Buffer
	b.WriteString(matrixHead)
	width := 46
	fmt.Fprintf(&b, "%-*s", width+11, "")
	for _, r := range roles {
		fmt.Fprintf(&b, " %-9s", r.name)
	}
	b.WriteByte('\n')
	row := func(pattern, what string, cell func(r role) string) {
		line := fmt.Sprintf("%-*s %-10s", width, pattern, what)
		for _, r := range roles {
			line += fmt.Sprintf(" %-9s", cell(r))
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	for _, pattern := range patterns {
		method, path, _ := strings.Cut(pattern, " ")
		if strings.Contains(path, "{number}") {
			for _, a := range abouts {
				row(pattern, a.name, func(r role) string { return c.cell(method, path, a, r) })
			}
			c.unknownIsPrivate(method, path)
			continue
		}
		if strings.Contains(path, "{appeal}") {
			for i, a := range abouts {
				if method == "GET" || i < 2 { // that a matter is a complaint changes who may read, not who may act
					row(pattern, a.name, func(r role) string { return c.cellOfAppeal(method, path, a, r) })
				}
			}
			continue
		}
		if strings.Contains(path, "{finding}") {
			row(pattern, "", func(r role) string { return c.cellOfFinding(method, path, r) })
			continue
		}
		if strings.Contains(path, "{request}") {
			row(pattern, "", func(r role) string { return c.cellOfRequest(method, path, r) })
			continue
		}
		if strings.Contains(path, "{merit}") {
			for _, stands := range []bool{false, true} {
				row(pattern, map[bool]string{false: "proposed", true: "found"}[stands], func(r role) string { return c.cellOfMerit(method, path, stands, r) })
			}
			continue
		}
		if strings.Contains(path, "{meeting}") {
			row(pattern, "", func(r role) string { return c.cellOfMeeting(method, path, r) })
			continue
		}
		door, known := otherDoors[pattern]
		if !known {
			t.Errorf("%s has no row: say in otherDoors what it is sent", pattern)
			continue
		}
		if door.body == categoriesAsTheyAre {
			raw, err := json.Marshal(map[string]string{"format": "csv", "document": c.must(200, "GET", "/api/categories/versions/1.csv", "", nil).text, "effective": "2030-01-02"})
			if err != nil {
				t.Fatal(err)
			}
			door.body = string(raw)
		}
		row(pattern, "", func(r role) string { return c.door(method, path, door.path, door.body, r) })
	}
	const file = "testdata/matrix.txt"
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(file, b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, b.Bytes()) {
		got := filepath.Join(t.TempDir(), "matrix.txt")
		os.WriteFile(got, b.Bytes(), 0o666)
		was, is := strings.Split(string(want), "\n"), strings.Split(b.String(), "\n")
		for _, line := range is {
			if !slices.Contains(was, line) {
				t.Errorf("is   %s", line)
			}
		}
		for _, line := range was {
			if !slices.Contains(is, line) {
				t.Errorf("was  %s", line)
			}
		}
		t.Error("who may do what has changed. If it is meant: UPDATE=1 go test -run TestMatrix ./cmd/skein, and look at the difference")
	}
	for name := range otherDoors {
		if !slices.Contains(patterns, name) {
			t.Errorf("%s is no route any more", name)
		}
	}
}

const matrixHead = `Who may do what, door by door; printed by TestMatrix.
R reads, the reporter's words with it · r reads, without them · + may: done, or refused for another reason than power
- 403, no power · 0 404, as if there were nothing · ? 401, it is not known who asks

`
