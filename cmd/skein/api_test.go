package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"skein/demo/boston"
	"skein/frame/seal"
)

// call is one use of a door. Where body is a function, it is asked when its turn comes.
type call struct {
	id     string
	method string
	path   string
	body   any
	has    string // in the answer
}

type object = map[string]any

// square is a GeoJSON polygon of so many degrees.
func square(lon, lat, side float64) object {
	return object{"type": "Polygon", "coordinates": [][][2]float64{{
		{lon, lat}, {lon + side, lat}, {lon + side, lat + side}, {lon, lat + side}, {lon, lat},
	}}}
}

// doorsCalled uses every door of places, bodies, duties and the record once, in an order in which
// each can be obeyed.
func doorsCalled(c *city) []call {
	get, post := http.MethodGet, http.MethodPost
	titles := func(text string) object { return object{"en": text, "zh-Hans": "测试"} }
	adopt := func(versions, day, row string) func() any {
		return func() any {
			// the newest version, and one row more
			list := c.must(200, get, versions, "", nil).json["versions"].([]any)
			last := list[len(list)-1].(object)["version"]
			whole := c.must(200, get, fmt.Sprintf("%s/%v.csv", versions, last), "", nil).text
			return object{"format": "csv", "document": whole + row + "\n", "effective": day}
		}
	}
	return []call{
		{"monthly-report-draft", post, "/api/reports", func() any { c.tabled(); return object{"month": "2011-07"} }, "report.drafted"},
		{"monthly-report-remark", post, "/api/reports/2011-07/remark", object{"text": "As every month."}, "report.remarked"},
		{"monthly-report-sign", post, "/api/reports/2011-07/sign", func() any { return object{"figures": c.draftOf("2011-07")} }, "report.signed"},
		{"monthly-reports", get, "/api/reports", nil, "2011-07"},
		{"monthly-report", get, "/api/reports/2011-07", nil, "As every month."},
		{"monthly-report-file", get, "/api/reports/2011-07/1.csv", nil, "reported"},
		{"place-found", post, "/api/places", object{
			"place": "plaza", "kind": "grid", "titles": titles("Plaza"), "parent": "boston", "rank": 2, "boundary": square(-71.07, 42.34, 0.001),
		}, "place.founded"},
		{"place-redraw", post, "/api/places/plaza/redraw", object{"boundary": square(-71.07, 42.34, 0.002)}, "place.redrawn"},
		{"place-rename", post, "/api/places/plaza/rename", object{"titles": titles("Plaza of the Test")}, "place.renamed"},
		{"place-reclassify", post, "/api/places/plaza/reclassify", object{"kind": "square", "rank": 3}, "place.reclassified"},
		{"place-import", post, "/api/places/import", object{"places": []object{
			{"place": "kiosk", "kind": "grid", "titles": titles("Kiosk"), "parent": "plaza"}, {"place": "bench", "kind": "grid", "titles": titles("Bench"), "parent": "plaza"},
		}}, "place.founded"},
		{"place-move", post, "/api/places/bench/move", object{"parent": "boston"}, "place.moved"},
		{"place-close", post, "/api/places/bench/close", object{"successor": "plaza"}, "place.closed"},
		{"places", get, "/api/places?within=plaza&limit=1", nil, `"next":"kiosk"`},
		{"place", get, "/api/places/plaza", nil, `"above":["boston"]`},
		{"place-boundary", get, "/api/places/plaza/boundary", nil, `"MultiPolygon"`},
		{"places-at", get, "/api/places/at?lat=42.341&lon=-71.069", nil, `"plaza"`},
		{"calendar-set", post, "/api/calendars", object{"place": "plaza", "spec": object{
			"id": "plaza-hours", "version": "1", "title": titles("Hours"), "time_zone": "America/New_York",
			"working_weekdays": []string{"mon", "tue"}, "opens": "09:00", "holidays_count": true,
		}}, "place.calendar_set"},
		{"calendars", get, "/api/calendars?limit=1", nil, `"next":"boston-311"`},
		{"calendar", get, "/api/calendars/plaza-hours", nil, `"working_weekdays":["mon","tue"]`},

		{"body-found", post, "/api/bodies", object{"body": "trees", "kind": "public", "titles": titles("Trees"), "place": "boston"}, "body.founded"},
		{"body-create-post", post, "/api/bodies/trees/create-post", object{
			"post": "trees/head", "titles": titles("Head"), "roles": []string{"supervisor", "handler"},
		}, "body.post_created"},
		{"body-change-post", post, "/api/bodies/trees/change-post", object{
			"post": "trees/head", "titles": titles("Head of trees"), "roles": []string{"supervisor", "handler"},
		}, "body.post_changed"},
		{"body-seat", post, "/api/bodies/trees/seat", object{"post": "trees/head", "officer": "Test Officer (invented)", "from": "2012-01-01"}, "body.officer_seated"},
		{"body-leave", post, "/api/bodies/trees/leave", object{"post": "trees/head"}, "body.officer_left"},
		{"body-rename", post, "/api/bodies/trees/rename", object{"titles": titles("Trees and Shrubs")}, "body.renamed"},
		{"body-move", post, "/api/bodies/trees/move", object{"parent": "park"}, "body.moved"},
		{"", post, "/api/bodies/trees/create-post", object{
			"post": "trees/crew", "titles": titles("Crew"), "roles": []string{"handler"}, "supervisor": "trees/head",
		}, "body.post_created"},
		{"body-close-post", post, "/api/bodies/trees/close-post", object{"post": "trees/crew"}, "body.post_closed"},
		{"", post, "/api/bodies", object{"body": "plaza-council", "kind": "coordinating", "titles": titles("Council"), "place": "plaza"}, "body.founded"},
		{"body-set-coordination", post, "/api/bodies/plaza-council/set-coordination", object{"place": "plaza"}, "body.coordination_set"},
		{"", post, "/api/bodies", object{"body": "shrubs", "kind": "public", "titles": titles("Shrubs"), "place": "boston"}, "body.founded"},
		{"body-abolish", post, "/api/bodies/shrubs/abolish", object{"successor": "trees"}, "body.abolished"},
		{"body-merge", post, "/api/bodies/trees/merge", object{"into": "park"}, "body.merged"},
		{"bodies", get, "/api/bodies?ended=true&kind=public&limit=2", nil, `"next":`},
		{"body", get, "/api/bodies/trees", nil, `"successor":"park"`},

		{"category-adopt", post, "/api/categories", adopt("/api/categories/versions", "2012-01-02", "parks,Parks in general,公园,request,no,,,,,no"), "duty.adopted"},
		{"", post, "/api/categories", adopt("/api/categories/versions", "2012-03-01", "parks2,More parks,公园,request,no,,,,,no"), "duty.adopted"},
		{"category-withdraw", post, "/api/categories/withdraw", object{"version": 3}, "duty.withdrawn"},
		{"categories", get, "/api/categories?limit=1", nil, `"next":`},
		{"category-versions", get, "/api/categories/versions", nil, `"withdrawn":`},
		{"category-version", get, "/api/categories/versions/2.yaml", nil, "code:"},
		{"duty-adopt", post, "/api/duties", adopt("/api/duties/versions", "2012-01-02", "plaza-all,*,plaza,park,,,park/head,,,,1wd,2wd,1wd,boston-311,test"), "duty.adopted"},
		{"", post, "/api/duties", adopt("/api/duties/versions", "2012-03-01", "plaza-trees,street_lights,plaza,pwd,,,,,,,,,,,"), "duty.adopted"},
		{"duties", get, "/api/duties?place=plaza", nil, `"plaza-all"`},
		{"duty-versions", get, "/api/duties/versions?limit=1", nil, `"next":1`},
		{"duty-version", get, "/api/duties/versions/3.csv", nil, "plaza-all,"},
		{"duty-resolve", get, "/api/duties/resolve?category=street_lights&lat=42.341&lon=-71.069", nil, `"lead":"park"`},
		{"", get, "/api/duties/resolve?category=street_lights&place=plaza", nil, `"but":"date"`},
		{"duty-check", get, "/api/duties/check", nil, `"sentences":`},
		{"duty-precedents", get, "/api/duties/precedents", nil, `"precedents":`},
		{"duty-withdraw", post, "/api/duties/withdraw", object{"version": 4}, "duty.withdrawn"},

		{"", post, "/api/bodies/coord/create-post", object{"post": "coord/deputy", "titles": titles("Deputy"), "roles": []string{"list_keeper"}}, "body.post_created"},
		{"powers-propose", post, "/api/powers/propose", object{"document": ownRule}, "powers.proposed"},
		{"powers-waiting", get, "/api/powers/waiting.cedar", nil, `@id("own.parks_tell")`},
		{"powers-withdraw", post, "/api/powers/withdraw", object{"proposal": 1}, "powers.withdrawn"},
		{"", post, "/api/powers/propose", object{"document": ownRule}, "powers.proposed"},
		{"powers-reject", post, "/api/powers/reject", object{"proposal": 2}, "powers.rejected"},
		{"", post, "/api/powers/propose", object{"document": ownRule}, "powers.proposed"},
		{"powers-approve", post, "/api/powers/approve", func() any {
			waiting := c.must(200, get, "/api/powers/versions", "", nil).json["waiting"].(object)
			return object{"proposal": 3, "digest": waiting["digest"]}
		}, "powers.adopted"},
		{"powers", get, "/api/powers", nil, `"since":1`},
		{"powers-versions", get, "/api/powers/versions?limit=1", nil, `"in_force":true`},
		{"powers-version", get, "/api/powers/versions/1.cedar", nil, `@id("own.parks_tell")`},
		{"powers-set", get, "/api/powers/sets/" + c.realm.View().Powers.Digest, nil, "place.registrar"},
		{"", get, "/api/powers/why?who=coord/chair&action=numbers.set_least&thing=numbers/private", nil, `"allowed":true`},
		{"", get, "/api/powers/why?who=coord/chair&action=numbers.publish&thing=numbers/private", nil, `"allowed":false`},
		{"powers-why", get, "/api/powers/why?who=coord/chair&action=duty.adopt&thing=duty/list", nil, `"allowed":true`},
		{"numbers-set-least", post, "/api/numbers/set-least", object{"least": 6, "law": "Statistics Act 7"}, "numbers.least_set"},
		{"figures", get, "/api/figures", func() any { c.tabled(); return nil }, `"by":"all"`},
		{"", get, "/api/figures?by=category&code=street_lights", nil, `"on_time"`},
		{"figures-file", get, "/api/figures/figures.csv", nil, "month,by,code,measure,count"},
		{"", get, "/api/figures/figures.csv-metadata.json", nil, "http://www.w3.org/ns/csvw"},
		{"equal-treatment", get, "/api/equal-treatment", nil, `"comparisons":`},
		{"numbers", get, "/api/numbers", func() any { c.tabled(); return nil }, `"month":"2011-07"`},
		{"numbers-table", get, "/api/numbers/2011-07.csv", nil, "month,district,category"},
		{"", get, "/api/numbers/2011-07.json", nil, `"count":null`},
		{"", get, "/api/numbers/2011-07.csv-metadata.json", nil, "http://www.w3.org/ns/csvw"},
		{"acts", get, "/api/acts?limit=3", nil, `"next":`},
		{"act-receipt", get, "/api/acts/" + c.must(200, get, "/api/acts?limit=1", "", nil).json["next"].(string) + "/receipt", nil, "skein receipt 1"},
	}
}

var ourTags = []string{"places", "calendars", "bodies", "duties", "categories", "record", "powers", "numbers", "figures"}

// operations reads the OpenAPI document and lists the operations with our tags.
func operations(t *testing.T, text string) map[string]string {
	t.Helper()
	var api struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]map[string]struct {
			ID        string         `json:"operationId"`
			Tags      []string       `json:"tags"`
			Summary   string         `json:"summary"`
			Responses map[string]any `json:"responses"`
		} `json:"paths"`
		Components struct {
			Schemas map[string]any `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal([]byte(text), &api); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(api.OpenAPI, "3.1") {
		t.Errorf("openapi is %q", api.OpenAPI)
	}
	for _, found := range strings.Split(text, `"$ref":"#/components/schemas/`)[1:] {
		if name, _, _ := strings.Cut(found, `"`); api.Components.Schemas[name] == nil {
			t.Errorf("the schema %s is named but not there", name)
		}
	}
	out := map[string]string{}
	for path, methods := range api.Paths {
		for method, op := range methods {
			if op.ID == "" || op.Summary == "" || len(op.Responses) == 0 {
				t.Errorf("%s %s says too little", method, path)
			}
			if slices.ContainsFunc(op.Tags, func(tag string) bool { return slices.Contains(ourTags, tag) }) {
				out[op.ID] = strings.ToUpper(method)
			}
		}
	}
	return out
}

// Every door of the OpenAPI document is called once: refused without a key where it
// commands, obeyed with that of the right post; and the same key and body again give the same receipt.
func TestEveryDoor(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		open := operations(c.T, c.must(200, "GET", "/api/openapi.json", "", nil).text)
		c.must(200, "POST", "/api/addresses/find", "", map[string]any{"words": "hanover"}) // it is sent something, and commands nothing
		called := map[string]bool{"addresses-find": true}
		for i, k := range doorsCalled(c) {
			if f, ok := k.body.(func() any); ok {
				k.body = f()
			}
			if k.method == http.MethodGet {
				if a := c.must(200, k.method, k.path, "", nil); !strings.Contains(a.text, k.has) {
					c.Errorf("%s answers without %s:\n%s", k.path, k.has, a.text)
				}
			} else {
				if a := c.do(k.method, k.path, "", k.body); a.status != 403 || !strings.Contains(a.header.Get("Content-Type"), "application/problem+json") {
					c.Errorf("%s without a key: %d %s", k.path, a.status, a.text)
				}
				who := string(boston.Chair)
				if k.path == "/api/powers/propose" || k.path == "/api/powers/withdraw" {
					who = "coord/deputy" // the chair approves, and cannot approve what it proposed
				}
				if a := c.do(k.method, k.path, "info/desk", k.body); a.status != 403 {
					c.Errorf("%s with the key of another post: %d %s", k.path, a.status, a.text)
				}
				key := fmt.Sprint("once ", i)
				a := c.keyed(k.method, k.path, who, key, k.body)
				if a.status != 201 || !strings.Contains(a.text, k.has) {
					c.Fatalf("%s: %d %s", k.path, a.status, a.text)
				}
				again := c.keyed(k.method, k.path, who, key, k.body)
				if again.status != 201 || again.get("again") != "true" || fmt.Sprint(again.json["acts"]) != fmt.Sprint(a.json["acts"]) {
					c.Errorf("%s again: %d %s", k.path, again.status, again.text)
				}
			}
			called[k.id] = true
		}
		for _, id := range slices.Sorted(maps.Keys(open)) {
			if !called[id] {
				c.Errorf("%s %s is in the OpenAPI document and is not called", open[id], id)
			}
		}
		for id := range called {
			if id != "" && open[id] == "" {
				c.Errorf("%s is called and not in the OpenAPI document", id)
			}
		}
		c.holds()
	})
}

// Lists are paged by the key of the last row: the pages together are the whole, each once.
func TestPagesOfLists(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	for list, rows := range map[string][2]string{
		"/api/places?closed=true": {"places", "place"}, "/api/bodies?ended=true": {"bodies", "body"},
		"/api/duties?": {"rows", "id"}, "/api/categories?": {"categories", "code"}, "/api/acts?": {"acts", "id"},
	} {
		whole := c.must(200, "GET", list+"&limit=1000", "", nil).json[rows[0]].([]any)
		var paged []any
		path := list + "&limit=7"
		for n := 0; path != "" && n < 1000; n++ {
			a := c.must(200, "GET", path, "", nil)
			paged = append(paged, a.json[rows[0]].([]any)...)
			path = ""
			if link, _, more := strings.Cut(a.header.Get("Link"), `>; rel="next"`); more {
				path = strings.TrimPrefix(link, "<https://skein.example")
			}
		}
		codes := func(all []any) string {
			var out []string
			for _, r := range all {
				out = append(out, fmt.Sprint(r.(object)[rows[1]]))
			}
			return strings.Join(out, " ")
		}
		if list == "/api/acts?" { // the whole is longer than a page can be
			paged = paged[:min(len(paged), len(whole))]
		}
		if len(whole) < 10 || codes(paged) != codes(whole) {
			t.Errorf("%s: %d rows in pages, %d at once", list, len(paged), len(whole))
		}
	}
}

// What these doors refuse, and how.
func TestDoorsRefuse(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	chair := string(boston.Chair)
	for _, k := range []struct {
		method, path string
		body         any
		status       int
		key, field   string
	}{
		{"GET", "/api/places/nowhere", nil, 404, "place.missing", ""},
		{"GET", "/api/bodies?kind=guild", nil, 422, "face.field_one_of", "query.kind"},
		{"GET", "/api/places/at?lat=95&lon=0", nil, 422, "face.field_maximum", "query.lat"},
		{"GET", "/api/calendars/none", nil, 404, "place.calendar_unknown", ""},
		{"GET", "/api/bodies/none", nil, 404, "body.missing", ""},
		{"GET", "/api/duties/versions/99.csv", nil, 404, "duty.version_unknown", ""},
		{"GET", "/api/duties/versions/..%2f1.csv", nil, 422, "face.field_pattern", "path.file"},
		{"GET", "/api/duties/resolve?category=none&place=boston", nil, 422, "duty.category_none", "category"},
		{"GET", "/api/duties/resolve?category=dispute", nil, 422, "duty.where_missing", "place"},
		{"GET", "/api/duties/resolve?category=dispute&lat=0&lon=0", nil, 422, "duty.point_outside", "lat"},
		{"GET", "/api/duties/resolve?category=dispute&place=boston&lat=0&lon=0", nil, 422, "duty.where_both", "place"},
		{"POST", "/api/places", object{
			"place": "bow", "kind": "grid", "titles": object{"en": "Bow"}, "parent": "boston",
			"boundary": object{"type": "Polygon", "coordinates": [][][2]float64{{{0, 0}, {1, 1}, {1, 0}, {0, 1}, {0, 0}}}},
		}, 422, "geo.ring_crosses_itself", "boundary"},
		{"POST", "/api/bodies/none/rename", object{"titles": object{"en": "x"}}, 403, "power.none", ""},
		{"POST", "/api/duties", object{"format": "csv", "document": "category,place,lead\nnone,boston,none\n", "effective": "2012-01-02"},
			422, "duty.category_unknown", "document: row 2, category"},
		{"POST", "/api/duties", object{"format": "yaml", "document": "{", "effective": "2012-01-02"}, 422, "sheet.yaml", "document: row 1"},
		{"POST", "/api/categories", object{"format": "csv", "document": "code,title.en\nonly,Only\n", "effective": "2012-01-02"},
			422, "duty.category_dropped", "document: code"},
		{"POST", "/api/places", object{"place": "x"}, 422, "face.field_required", "body"},
	} {
		a := c.do(k.method, k.path, chair, k.body)
		reasons, _ := a.json["errors"].([]any)
		found := slices.ContainsFunc(reasons, func(r any) bool {
			e := r.(object)
			return e["key"] == k.key && fmt.Sprint(e["message"]) != k.key && (k.field == "" || strings.HasPrefix(fmt.Sprint(e["field"]), k.field))
		})
		if a.status != k.status || !found {
			t.Errorf("%s %s: %d %s", k.method, k.path, a.status, a.text)
		}
	}
}

// What is wrong with a field is told in the reader's language, whoever found it.
func TestFieldsAreToldInEitherLanguage(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	for _, k := range []struct{ body, key, en, zh string }{
		{`{"kind":"rant"}`, "matter.kind_unknown", "“rant” is no kind of matter here.", "“rant”不是事项类型。"},
		{`{"text":7}`, "face.field_text", "A text is needed here.", "此处应为文字。"},
		{`{"lat":"north"}`, "face.field_number", "A number is needed here.", "此处应为数字。"},
		{`{"colour":"red"}`, "face.field_unexpected", "There is no such field here.", "此处没有这个字段。"},
		{`{"category":"` + strings.Repeat("x", 200) + `"}`, "face.field_long", "This may have at most 128 characters.", "此处至多 128 个字符。"},
		{`{"text":`, "face.body_ends", "The JSON ends before it is complete.", "JSON 不完整。"},
		{"{\"text\":\"dark\",\n \"status\":“open”}", "face.body_character", "This is not JSON: ““”, character 11 of line 2, may not stand there.", "这不是有效的 JSON：第 2 行第 11 个字符““”不应出现在那里。"},
		{`{"text":"灯坏了",}`, "face.body_character", "This is not JSON: “}”, character 15 of line 1,", "这不是有效的 JSON：第 1 行第 15 个字符“}”"},
		{``, "face.field_body", "The request has no body.", "请求没有内容。"},
	} {
		for lang, want := range map[string]string{"en": k.en, "zh-Hans": k.zh} {
			r, err := http.NewRequest("POST", c.url+"/api/matters", strings.NewReader(k.body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Accept-Language", lang)
			a := c.send(r)
			reasons, _ := a.json["errors"].([]any)
			if !slices.ContainsFunc(reasons, func(r any) bool {
				e := r.(object)
				return e["key"] == k.key && strings.HasPrefix(fmt.Sprint(e["message"]), want)
			}) {
				t.Errorf("%s in %s: %d %s", k.body, lang, a.status, a.text)
			}
		}
	}
}

// A private act shows nothing of itself but its commitment in the log, once its hour is over: not even
// a gap between two others.
func TestPrivateActs(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	whole := func() []any { return c.must(200, "GET", "/api/acts?limit=1000", "", nil).json["acts"].([]any) }
	before, public := c.head(), len(whole())
	fields := lamp("The heating has been off for a week")
	fields["visibility"] = "private"
	m := c.report(fields)
	private := int(c.head() - before)
	c.act(201, m, "accept", "pwd/head", nil)
	if got := len(whole()); got != public {
		t.Errorf("%d acts of a private matter are shown", got-public)
	}
	leaves := func() string {
		t.Helper()
		if err := c.site.Seal.CatchUp(context.Background()); err != nil {
			t.Fatal(err)
		}
		size, err := strconv.Atoi(strings.Split(c.must(200, "GET", "/log/boston/checkpoint", "", nil).text, "\n")[1])
		if err != nil {
			t.Fatal(err)
		}
		var all strings.Builder
		for n := 0; n<<8 < size; n++ {
			all.WriteString(c.must(200, "GET", "/log/boston/"+seal.TilePath(-1, int64(n), min(256, size-n<<8)), "", nil).text)
		}
		return all.String()
	}
	acts, err := c.realm.Acts(context.Background(), c.dossier(m))
	if err != nil {
		t.Fatal(err)
	}
	if len(acts) < private {
		t.Fatalf("%d acts", len(acts))
	}
	now := leaves()
	*c.now = c.now.Add(time.Hour)
	later := leaves()
	for _, a := range acts {
		if strings.Contains(now, string(seal.ActEntry(a.Commitment))) {
			t.Errorf("act %d is in the log within its hour", a.Position)
		}
		if !strings.Contains(later, string(seal.ActEntry(a.Commitment))) {
			t.Errorf("act %d is not in the log after its hour", a.Position)
		}
	}
	// the names of acts are no count
	ids := map[any]bool{}
	for _, x := range whole() {
		if id := x.(object)["id"]; ids[id] || len(fmt.Sprint(id)) != 32 {
			t.Errorf("id %v", id)
		} else {
			ids[id] = true
		}
		if actor := fmt.Sprint(x.(object)["actor"]); strings.HasPrefix(actor, "resident:") || strings.Contains(actor, "for:") {
			t.Errorf("a resident is named: %s", actor)
		}
	}
	for _, after := range []string{"1", "zz", strings.Repeat("0", 32), strings.Repeat("f", 33)} {
		if a := c.do("GET", "/api/acts?after="+after, "", nil); a.status != 422 {
			t.Errorf("after=%s: %d", after, a.status)
		}
	}
}
