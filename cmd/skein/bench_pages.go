package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/url"
	"strings"
	"time"

	"skein/rooms/body"
)

// pageAsked is a page or an answer of the API that is asked for while figures are taken, as one of those who see it.
type pageAsked struct {
	door string // the pattern that answers
	name string
	as   string                      // "" for anyone, "reporter", "officer", or a role of posts
	path func(*rand.Rand) string     // "" where this realm has nothing to ask for
	form func(*rand.Rand) url.Values // what is looked up by POST
	// whole is a table that is given away whole: it is asked for alone, and figures tell when it begins and what memory it takes.
	whole bool
}

const (
	asReporter = "reporter"
	asOfficer  = "officer" // signed in, at /me
	desk       = string(body.Desk)
	handler    = string(body.Handler)
	coordinate = string(body.Coordinator)
	reviewer   = string(body.Reviewer)
	editor     = string(body.GuideEditor)
)

// everyAsked is one list for bench read and bench million: every door that gives something, once for each way in which it is much used
// (TestBenchAsksEveryDoor holds it against the doors that there are).
func (s *realmSample) everyAsked() []pageAsked {
	fixed := func(path string) func(*rand.Rand) string { return func(*rand.Rand) string { return path } }
	pick := func(of []string) func(*rand.Rand) string {
		return func(r *rand.Rand) string {
			if len(of) == 0 {
				return ""
			}
			return url.QueryEscape(of[r.IntN(len(of))])
		}
	}
	// with puts what is drawn into a path, at {}; with nothing to draw there is nothing to ask.
	with := func(path string, of func(*rand.Rand) string) func(*rand.Rand) string {
		return func(r *rand.Rand) string {
			if x := of(r); x != "" {
				return strings.ReplaceAll(path, "{}", x)
			}
			return ""
		}
	}
	number, category, place, lead := pick(s.numbers), pick(s.categories), pick(s.places), pick(s.leads)
	said, told := pick(s.words["en"]), pick(s.words["zh-Hans"])
	one := func(code string) func(*rand.Rand) string { return pick([]string{code}[:min(1, len(code))]) }
	own, open := one(s.own.Number), one(s.open.Number)
	month := func(path string) func(*rand.Rand) string {
		return func(r *rand.Rand) string {
			from := s.reported[r.IntN(len(s.reported))]
			return path + "start_date=" + from.Format(time.RFC3339) + "&end_date=" + from.AddDate(0, 1, 0).Format(time.RFC3339)
		}
	}
	point := func(r *rand.Rand) string {
		p := s.points[r.IntN(len(s.points))]
		return fmt.Sprintf("lat=%.6f&lon=%.6f", p[0], p[1])
	}
	tile := func(z int) func(*rand.Rand) string {
		return func(r *rand.Rand) string {
			p := s.points[r.IntN(len(s.points))]
			n, lat := math.Exp2(float64(z)), p[0]*math.Pi/180
			return fmt.Sprintf("/tiles/%d/%d/%d.mvt", z, int((p[1]+180)/360*n), int((1-math.Asinh(math.Tan(lat))/math.Pi)/2*n))
		}
	}
	typed := func(name string) func(*rand.Rand) url.Values {
		return func(r *rand.Rand) url.Values {
			p := s.points[r.IntN(len(s.points))]
			return url.Values{
				name: {s.words["en"][r.IntN(len(s.words["en"]))] + " " + s.streets[r.IntN(len(s.streets))]}, "do": {"look"},
				"lat": {fmt.Sprintf("%.6f", p[0])}, "lon": {fmt.Sprintf("%.6f", p[1])},
			}
		}
	}
	root, realm := "/api/matters", url.PathEscape(s.realm)
	all := []pageAsked{
		// for everyone: what goes on
		{door: "GET /{$}", name: "front", path: fixed("/")},
		{door: "GET /{$}", name: "front, Chinese", path: fixed("/?lang=zh-Hans")},
		{door: "GET /tiles/{z}/{x}/{y}", name: "map: tile of zoom 10", path: tile(10)},
		{door: "GET /tiles/{z}/{x}/{y}", name: "map: tile of zoom 12", path: tile(12)},
		{door: "GET /tiles/{z}/{x}/{y}", name: "map: tile of zoom 14", path: tile(14)},
		{door: "GET /tiles/{z}/{x}/{y}", name: "map: tile of zoom 16", path: tile(16)},
		{door: "GET /matters", name: "list", path: fixed("/matters")},
		{door: "GET /matters", name: "list, Chinese", path: fixed("/matters?lang=zh-Hans")},
		{door: "GET /matters", name: "list, deep page", path: with("/matters?after={}", number)},
		{door: "GET /matters", name: "list of a category", path: with("/matters?category={}", category)},
		{door: "GET /matters", name: "list of a place", path: with("/matters?place={}", place)},
		{door: "GET /matters", name: "list of a body, late", path: with("/matters?status=late&body={}", lead)},
		{door: "GET /matters", name: "list: open", path: fixed("/matters?status=open")},
		{door: "GET /matters", name: "list: declined", path: fixed("/matters?status=declined")},
		{door: "GET /matters", name: "list: all filters", path: func(r *rand.Rand) string {
			i := r.IntN(len(s.numbers))
			return "/matters?" + url.Values{"category": {s.categories[i]}, "place": {s.places[i]}, "body": {s.leads[i]}, "status": {"closed"}}.Encode()
		}},
		{door: "GET /matters", name: "search, English", path: with("/matters?q={}", said)},
		{door: "GET /matters", name: "search, Chinese", path: with("/matters?lang=zh-Hans&q={}", told)},
		{door: "GET /matters", name: "search: two words, open", path: func(r *rand.Rand) string {
			return "/matters?" + url.Values{"q": {s.words["en"][r.IntN(len(s.words["en"]))] + " " + s.streets[r.IntN(len(s.streets))]}, "status": {"open"}}.Encode()
		}},
		{door: "GET /matters", name: "search: a number", path: with("/matters?q={}", number)},
		{door: "GET /matters.atom", name: "list, Atom", path: with("/matters.atom?category={}", category)},
		{door: "GET /matters.ics", name: "list, iCal", path: with("/matters.ics?body={}", lead)},
		{door: "GET /overview", name: "overview", path: fixed("/overview")},
		{door: "GET /overview/{file}", name: "overview: events", path: fixed("/overview/today.events")},
		{door: "GET /overview/{file}", name: "overview: a picture", path: fixed("/overview/categories.svg")},
		{door: "GET /figures", name: "figures", path: fixed("/figures")},
		{door: "GET /figures/{by}/{code}", name: "figures of a body", path: with("/figures/body/{}", lead)},
		{door: "GET /figures/{by}/{code}", name: "figures of a category", path: with("/figures/category/{}", category)},
		{door: "GET /figures/{by}/{code}", name: "figures of a place", path: with("/figures/place/{}", place)},
		{door: "GET /figures.svg", name: "figures: a picture", path: with("/figures.svg?by=body&code={}", lead)},
		{door: "GET /figures/equal", name: "equal treatment", path: fixed("/figures/equal")},
		{door: "GET /numbers", name: "numbers of private matters", path: fixed("/numbers")},
		{door: "GET /reports", name: "monthly reports", path: fixed("/reports")},
		{door: "GET /reports/{report}", name: "a monthly report", path: with("/reports/{}", one(s.report))},
		// a matter
		{door: "GET /matters/{number}", name: "matter", path: with("/matters/{}", number)},
		{door: "GET /matters/{number}", name: "matter, Chinese", path: with("/matters/{}?lang=zh-Hans", number)},
		{door: "GET /matters/{number}", name: "matter, its reporter", as: asReporter, path: with("/matters/{}", own)},
		{door: "GET /matters/{number}", name: "matter, its body", as: handler, path: with("/matters/{}", open)},
		{door: "GET /matters/{number}/chain", name: "matter: chain of dates", path: with("/matters/{}/chain", number)},
		{door: "GET /matters/{number}/chain.svg", name: "matter: chain, a picture", path: with("/matters/{}/chain.svg", number)},
		{door: "GET /matters/{number}/feed.atom", name: "matter, Atom", path: with("/matters/{}/feed.atom", number)},
		{door: "GET /matters/{number}/due.ics", name: "matter, iCal", path: with("/matters/{}/due.ics", open)},
		{door: "GET /matters/{number}/acts/{n}/receipt", name: "matter: receipt of an act", path: with("/matters/{}/acts/1/receipt", number)},
		{door: "GET /matters/{number}/receipt", name: "receipt", as: asReporter, path: with("/matters/{}/receipt", own)},
		{door: "GET /matters/{number}/data", name: "matter: all that is held", as: asReporter, path: with("/matters/{}/data", own)},
		{door: "GET /matters/{number}/data/{file}", name: "matter: all that is held, JSON", as: asReporter, path: with("/matters/{}/data/skein-data.json", own)},
		{door: "GET /matters/{number}/erase", name: "matter: ask to erase", as: asReporter, path: with("/matters/{}/erase", own)},
		{door: "GET /report", name: "report", path: fixed("/report")},
		{door: "POST /report/look", name: "report: what words bring up", path: fixed("/report/look"), form: typed("text")},
		{door: "GET /report/offline", name: "report without a line", path: fixed("/report/offline")},
		{door: "GET /track", name: "track", path: fixed("/track")},
		{door: "POST /track", name: "track: a code", path: fixed("/track"), form: func(*rand.Rand) url.Values {
			return url.Values{"number": {s.own.Number}, "code": {s.own.Tracking}}
		}},
		// who answers for what
		{door: "GET /duties", name: "responsibility book", path: fixed("/duties")},
		{door: "GET /duties", name: "responsibility book, a category", path: with("/duties?category={}", category)},
		{door: "GET /bodies", name: "bodies", path: fixed("/bodies")},
		{door: "GET /bodies/{id}", name: "a body", path: with("/bodies/{}", lead)},
		{door: "GET /powers", name: "powers", path: fixed("/powers")},
		{door: "GET /powers/{id}", name: "a power", path: fixed("/powers/matter.report")},
		{door: "GET /powers/why", name: "powers: why", path: with("/powers/why?who="+url.QueryEscape(s.posts[handler])+"&action=matter.answer&thing={}", number)},
		{door: "GET /log/{realm}", name: "log", path: fixed("/log/" + realm)},
		{door: "GET /log/{realm}/checkpoint", name: "log: checkpoint", path: fixed("/log/" + realm + "/checkpoint")},
		{door: "GET /log/{realm}/key", name: "log: key", path: fixed("/log/" + realm + "/key")},
		{door: "GET /log/{realm}/tile/{path...}", name: "log: tile of hashes", path: fixed("/log/" + realm + "/tile/0/000")},
		{door: "GET /log/{realm}/tile/{path...}", name: "log: tile of leaves", path: fixed("/log/" + realm + "/tile/entries/000")},
		{door: "GET /receipts", name: "receipts", path: fixed("/receipts")},
		{door: "GET /guide", name: "guide", path: fixed("/guide")},
		{door: "GET /guide", name: "guide: search", path: with("/guide?q={}", said)},
		{door: "GET /guide/{article}", name: "guide: an article", path: with("/guide/{}", pick(s.articles))},
		{door: "POST /guide/suggest", name: "guide: what may answer", path: fixed("/guide/suggest"), form: typed("text")},
		{door: "GET /reviews", name: "reviews", path: fixed("/reviews")},
		{door: "GET /reviews/ask", name: "reviews: ask", path: fixed("/reviews/ask?kind=policy&thing=matter.accept")},
		{door: "GET /reviews/{appeal}", name: "an appeal, its reporter", as: asReporter, path: with("/reviews/{}", one(s.appeal))},
		{door: "GET /reviews/{appeal}", name: "an appeal, the reviewer", as: reviewer, path: with("/reviews/{}", one(s.appeal))},
		{door: "GET /reviews/queue", name: "reviews: queue", as: reviewer, path: fixed("/reviews/queue")},
		{door: "GET /reviews/requests/{request}", name: "a request for review", path: with("/reviews/requests/{}", one(s.request))},
		{door: "GET /findings", name: "findings", path: fixed("/findings")},
		{door: "GET /findings/{finding}", name: "a finding", path: with("/findings/{}", one(s.finding))},
		{door: "GET /merits", name: "merits", path: fixed("/merits")},
		{door: "GET /merits", name: "merits, the desk", as: desk, path: fixed("/merits")},
		{door: "GET /merits/{merit}", name: "a merit, the desk", as: desk, path: with("/merits/{}", one(s.merit))},
		{door: "GET /data", name: "open data", path: fixed("/data")},
		{door: "GET /data/{file}", name: "open data: duties.csv", path: fixed("/data/duties.csv")},
		{door: "GET /data/{file}", name: "open data: places.geojson", path: fixed("/data/places.geojson")},
		{door: "GET /data/{file}", name: "open data: matters.csv", path: fixed("/data/matters.csv"), whole: true},
		{door: "GET /data/{file}", name: "open data: matters.jsonl", path: fixed("/data/matters.jsonl"), whole: true},
		{door: "GET /data/{file}", name: "open data: matters.geojson", path: fixed("/data/matters.geojson"), whole: true},
		{door: "GET /sign-in", name: "sign in", path: fixed("/sign-in")},
		{door: "GET /invitation", name: "invitation", path: fixed("/invitation")},
		{door: "GET /me", name: "me", as: asOfficer, path: fixed("/me")},
		{door: "GET /me/data", name: "me: all that is held", as: asOfficer, path: fixed("/me/data")},
		{door: "GET /me/data/{file}", name: "me: all that is held, JSON", as: asOfficer, path: fixed("/me/data/skein-data.json")},
		// offices
		{door: "GET /desk", name: "desk", as: desk, path: fixed("/desk")},
		{door: "POST /desk", name: "desk: what words bring up", as: desk, path: fixed("/desk"), form: typed("text")},
		{door: "GET /work", name: "queue of a body", as: handler, path: fixed("/work")},
		{door: "GET /work", name: "queue of a body, deep page", as: handler, path: fixed("/work?from=500")},
		{door: "GET /work", name: "queue of the desk", as: desk, path: fixed("/work?tab=all")},
		{door: "GET /matters/{number}/work", name: "work on a matter", as: handler, path: with("/matters/{}/work", open)},
		{door: "GET /matters/{number}/file", name: "file of a matter", as: handler, path: with("/matters/{}/file", open)},
		{door: "GET /matters/{number}/file.pdf", name: "file of a matter, PDF", as: handler, path: with("/matters/{}/file.pdf", open)},
		{door: "GET /matters/{number}/release", name: "release", as: desk, path: with("/matters/{}/release", open)},
		{door: "GET /templates", name: "templates", as: handler, path: fixed("/templates")},
		{door: "GET /rulings", name: "past due and objections", as: coordinate, path: fixed("/rulings")},
		{door: "GET /rulings", name: "past due, deep page", as: coordinate, path: fixed("/rulings?from=1000")},
		{door: "GET /duties/check", name: "holes in the list", as: coordinate, path: fixed("/duties/check")},
		{door: "GET /meetings", name: "meetings", as: coordinate, path: fixed("/meetings")},
		{door: "GET /meetings.ics", name: "meetings, iCal", as: coordinate, path: fixed("/meetings.ics")},
		{door: "GET /meetings/new", name: "meetings: a new one", as: coordinate, path: with("/meetings/new?matter={}", open)},
		{door: "GET /meetings/{meeting}", name: "a meeting", as: coordinate, path: with("/meetings/{}", one(s.meeting))},
		{door: "GET /meetings/{meeting}/invitation.ics", name: "a meeting, iCal", as: coordinate, path: with("/meetings/{}/invitation.ics", one(s.meeting))},
		{door: "GET /guide/work", name: "guide: to do", as: editor, path: fixed("/guide/work")},
		{door: "GET /guide/new", name: "guide: a new article", as: editor, path: fixed("/guide/new")},
		{door: "GET /guide/{article}/edit", name: "guide: edit", as: editor, path: with("/guide/{}/edit", pick(s.edited))},
		{door: "GET /guide/{article}/feedback", name: "guide: feedback", as: editor, path: with("/guide/{}/feedback", pick(s.edited))},
		// programs
		{door: "GET /api/matters", name: "API: list", path: fixed(root)},
		{door: "GET /api/matters", name: "API: list of 500, deep page", path: with(root+"?limit=500&after={}", number)},
		{door: "GET /api/matters", name: "API: list of a category", path: with(root+"?category={}", category)},
		{door: "GET /api/matters", name: "API: list of a place", path: with(root+"?place={}", place)},
		{door: "GET /api/matters", name: "API: list of a lead, late", path: with(root+"?late=true&lead={}", lead)},
		{door: "GET /api/matters", name: "API: search", path: with(root+"?q={}", said)},
		{door: "GET /api/matters/{number}", name: "API: matter", path: with(root+"/{}", number)},
		{door: "GET /api/matters/{number}/story", name: "API: story", path: with(root+"/{}/story", number)},
		{door: "GET /api/matters/{number}/chain", name: "API: chain of dates", path: with(root+"/{}/chain", number)},
		{door: "GET /api/matters/{number}/possible", name: "API: what is possible", as: handler, path: with(root+"/{}/possible", open)},
		{door: "GET /api/matters/{number}/contact", name: "API: contact", as: handler, path: with(root+"/{}/contact", open)},
		{door: "GET /api/matters/{number}/data", name: "API: all that is held", as: asReporter, path: with(root+"/{}/data", own)},
		{door: "GET /api/acts", name: "API: acts", path: fixed("/api/acts")},
		{door: "GET /api/acts", name: "API: acts, 1,000, deep page", path: with("/api/acts?limit=1000&after={}", pick(s.acts))},
		{door: "GET /api/acts/{id}/receipt", name: "API: receipt of an act", path: with("/api/acts/{}/receipt", pick(s.acts))},
		{door: "GET /api/figures", name: "API: figures", path: fixed("/api/figures")},
		{door: "GET /api/figures", name: "API: figures of a body", path: with("/api/figures?by=body&code={}", lead)},
		{door: "GET /api/figures/{file}", name: "API: figures.csv", path: fixed("/api/figures/figures.csv")},
		{door: "GET /api/equal-treatment", name: "API: equal treatment", path: fixed("/api/equal-treatment")},
		{door: "GET /api/numbers", name: "API: numbers of private matters", path: fixed("/api/numbers")},
		{door: "GET /api/reports", name: "API: monthly reports", path: fixed("/api/reports")},
		{door: "GET /api/reports/{report}", name: "API: a monthly report", path: with("/api/reports/{}", one(s.report))},
		{door: "GET /api/reports/{report}/{file}", name: "API: a monthly report, CSV", path: with("/api/reports/{}/1.csv", one(s.report))},
		{door: "GET /api/work", name: "API: queue of a body", as: handler, path: fixed("/api/work")},
		{door: "GET /api/work", name: "API: queue of a body, deep page", as: handler, path: fixed("/api/work?from=1000&limit=200")},
		{door: "GET /api/places", name: "API: places", path: fixed("/api/places")},
		{door: "GET /api/places/at", name: "API: places at a point", path: func(r *rand.Rand) string { return "/api/places/at?" + point(r) }},
		{door: "GET /api/places/{id}", name: "API: a place", path: with("/api/places/{}", place)},
		{door: "GET /api/places/{id}/boundary", name: "API: a boundary", path: with("/api/places/{}/boundary", place)},
		{door: "GET /api/bodies", name: "API: bodies", path: fixed("/api/bodies")},
		{door: "GET /api/bodies/{id}", name: "API: a body", path: with("/api/bodies/{}", lead)},
		{door: "GET /api/categories", name: "API: categories", path: fixed("/api/categories")},
		{door: "GET /api/categories/versions", name: "API: versions of categories", path: fixed("/api/categories/versions")},
		{door: "GET /api/calendars", name: "API: calendars", path: fixed("/api/calendars")},
		{door: "GET /api/duties", name: "API: duties", path: fixed("/api/duties")},
		{door: "GET /api/duties/check", name: "API: holes in the list", path: fixed("/api/duties/check")},
		{door: "GET /api/duties/precedents", name: "API: precedents", path: fixed("/api/duties/precedents")},
		{door: "GET /api/duties/resolve", name: "API: who answers", path: func(r *rand.Rand) string {
			return "/api/duties/resolve?category=" + category(r) + "&" + point(r)
		}},
		{door: "GET /api/duties/versions", name: "API: versions of duties", path: fixed("/api/duties/versions")},
		{door: "GET /api/duties/versions/{file}", name: "API: a version of duties", path: fixed("/api/duties/versions/1.csv")},
		{door: "GET /api/categories/versions/{file}", name: "API: a version of categories", path: fixed("/api/categories/versions/1.csv")},
		{door: "GET /api/powers", name: "API: powers", path: fixed("/api/powers")},
		{door: "GET /api/powers/why", name: "API: powers, why", path: with("/api/powers/why?who="+url.QueryEscape(s.posts[handler])+"&action=matter.answer&thing={}", number)},
		{door: "GET /api/powers/versions", name: "API: versions of powers", path: fixed("/api/powers/versions")},
		{door: "GET /api/appeals", name: "API: appeals", path: fixed("/api/appeals")},
		{door: "GET /api/appeals/{appeal}", name: "API: an appeal", as: reviewer, path: with("/api/appeals/{}", one(s.appeal))},
		{door: "GET /api/appeals/{appeal}/possible", name: "API: an appeal, what is possible", as: reviewer, path: with("/api/appeals/{}/possible", one(s.appeal))},
		{door: "GET /api/appeals/queue", name: "API: queue of appeals", as: reviewer, path: fixed("/api/appeals/queue")},
		{door: "GET /api/appeals/rules", name: "API: rules of appeals", path: fixed("/api/appeals/rules")},
		{door: "GET /api/review-requests", name: "API: requests for review", path: fixed("/api/review-requests")},
		{door: "GET /api/review-requests/{request}", name: "API: a request for review", path: with("/api/review-requests/{}", one(s.request))},
		{door: "GET /api/findings", name: "API: findings", path: fixed("/api/findings")},
		{door: "GET /api/findings/{finding}", name: "API: a finding", path: with("/api/findings/{}", one(s.finding))},
		{door: "GET /api/findings/{finding}/acts", name: "API: a finding, the acts under it", path: with("/api/findings/{}/acts", one(s.finding))},
		{door: "GET /api/merits", name: "API: merits", path: fixed("/api/merits")},
		{door: "GET /api/merits/{merit}", name: "API: a merit", as: desk, path: with("/api/merits/{}", one(s.merit))},
		{door: "GET /api/merits/queue", name: "API: queue of merits", as: coordinate, path: fixed("/api/merits/queue")},
		{door: "GET /api/meetings", name: "API: meetings", as: coordinate, path: fixed("/api/meetings")},
		{door: "GET /api/meetings/{meeting}", name: "API: a meeting", as: coordinate, path: with("/api/meetings/{}", one(s.meeting))},
		{door: "GET /api/guide", name: "API: guide", path: fixed("/api/guide")},
		{door: "GET /api/guide/{article}", name: "API: an article", path: with("/api/guide/{}", pick(s.articles))},
		{door: "GET /api/guide/drafts", name: "API: drafts", as: editor, path: fixed("/api/guide/drafts")},
		{door: "GET /api/guide/{article}/feedback", name: "API: feedback", as: editor, path: with("/api/guide/{}/feedback", pick(s.edited))},
		{door: "GET /api/openapi.json", name: "API: description", path: fixed("/api/openapi.json")},
		{door: "GET /open311/discovery.json", name: "Open311: discovery", path: fixed("/open311/discovery.json")},
	}
	for _, resource := range []struct{ name, path string }{{"services", "services.json"}, {"1,000 requests", "requests.json"}, {"updates", "servicerequestupdates.json"}} {
		all = append(all, pageAsked{door: "GET /open311/v2/{resource...}", name: "Open311: " + resource.name, path: fixed("/open311/v2/" + resource.path)})
	}
	return append(all,
		pageAsked{door: "GET /open311/v2/{resource...}", name: "Open311: 1,000 requests, page 50", path: fixed("/open311/v2/requests.json?page=50")},
		pageAsked{door: "GET /open311/v2/{resource...}", name: "Open311: 1,000 requests of a service", path: with("/open311/v2/requests.json?service_code={}", category)},
		pageAsked{door: "GET /open311/v2/{resource...}", name: "Open311: 1,000 requests of a month", path: month("/open311/v2/requests.json?")},
		pageAsked{door: "GET /open311/v2/{resource...}", name: "Open311: one request", path: with("/open311/v2/requests/{}.json", number)},
		pageAsked{door: "GET /open311/v2/{resource...}", name: "Open311: definition of a service", path: with("/open311/v2/services/{}.json", category)},
	)
}

// unasked are doors that give something and are not asked for, and why.
var unasked = map[string]string{
	"GET /healthz": "for machines", "GET /readyz": "for machines", "GET /metrics": "for machines", "GET /assets/": "files", "GET /sw.js": "a file", "GET /manifest.webmanifest": "a file",
	"GET /basemap/{file...}": "a file of the operator's", "GET /open311/discovery": "as JSON", "GET /open311/discovery.xml": "as JSON", "GET /open311/v2": "as /open311/discovery.json",
	"GET /api/openapi-3.0.json": "as openapi.json", "GET /api/openapi-3.0.yaml": "as openapi.json", "GET /api/openapi.yaml": "as openapi.json", "GET /api/schemas/{schema}": "a part of openapi.json",
	"GET /matters/{number}/photos/{photo}": "files: generated matters have none", "GET /matters/{number}/sealed/{digest}": "files: generated matters have none",
	"GET /sign-in/code": "a form as /sign-in", "GET /sign-in/second": "a form as /sign-in", "GET /sign-in/with/{provider}/back": "another server answers", "GET /me/second": "a form as /me", "GET /me/close": "a form as /me",
	"GET /api/me/data": "as /me/data", "GET /api/calendars/{id}": "one of /api/calendars", "GET /api/powers/versions/{file}": "the realm has no rules of its own", "GET /api/powers/waiting.cedar": "the realm has no rules of its own",
	"GET /api/powers/sets/{digest}": "a document", "GET /api/numbers/{file}": "no private matters were imported", "GET /api/guide/{article}/versions/{file}": "a document", "GET /api/guide/{article}/draft.yaml": "a document",
	"GET /log/{realm}/{log}/{file...}": "of a log that was closed", "GET /witness/{realm}": "another realm's log", "GET /witness/{realm}/checkpoint": "another realm's log",
	"GET /witness/{realm}/evidence": "another realm's log", "GET /witness/{realm}/key": "another realm's log",
}
