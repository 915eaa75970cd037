package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"skein/frame/civic"
	"skein/rooms/matter"
)

// What a person told must not leave the process but to her and to the posts whose powers say
// so, nor lie in the clear in any table or file: a word of its own is planted in every field
// that somebody can fill, through every door, and looked for everywhere.

func TestMarkers(t *testing.T) {
	slow(t)
	onBothEngines(t, 40, func(c *city) {
		p, office := planted{}, planted{}
		var hidden []told // private matters: even their numbers are nowhere
		const lat, lon = 42.331973, -71.091637
		p["the exact point"], p["the exact point in an act"] = "42.331973", "42331973"
		p["its longitude"], p["its longitude in an act"] = "71.091637", "71091637"

		by := func(door string, fields map[string]any) map[string]any {
			fields["text"], fields["address"] = p.word(door+" text"), p.word(door+" address")
			fields["contact"] = map[string]any{"name": p.word(door + " name"), "email": p.word(door+" mail") + "@example.org", "phone": "+1 617 555 7391"}
			return fields
		}
		p["the telephone"] = "617 555 7391"
		work := func(m told, private bool) {
			who := "code:" + m.code
			say := func(post, command, field string, more map[string]any) {
				t.Helper()
				body := map[string]any{field: p.word(fmt.Sprint(command, " ", field, " ", private))}
				for k, v := range more {
					body[k] = v
				}
				c.act(201, m, command, post, body)
			}
			say("pwd/head", "object", "reason", map[string]any{"ground": "not_our_duty"})
			say("pwd/head", "retract", "reason", map[string]any{"act": 3})
			c.act(201, m, "accept", "pwd/head", nil)
			say("pwd/head", "ask", "text", nil)
			say("pwd/head", "pause", "reason", map[string]any{"ground": "waiting_for_reporter"})
			say(who, "supply", "text", nil)
			say("pwd/head", "tell", "text", nil)
			say(who, "attach", "text", nil)
			say(who, "amend", "text", map[string]any{"address": p.word(fmt.Sprint("amended address ", private)),
				"contact": map[string]any{"name": p.word(fmt.Sprint("amended name ", private)), "email": p.word(fmt.Sprint("amended mail ", private)) + "@example.org"}})
			if a := c.upload(m, "x.jpg", bytes.NewReader(exif(p.word(fmt.Sprint("exif ", private))))); a.status != 201 {
				t.Fatal(a.text)
			}
			meeting := c.convenedWith(p.word(fmt.Sprint("agenda ", private)), "park", m)
			c.must(201, "POST", "/api/meetings/"+meeting+"/reply", "park/head", object{"reply": "declined", "reason": p.word(fmt.Sprint("why a body does not come ", private))})
			c.must(201, "POST", "/api/meetings/"+meeting+"/move", "coord/chair", object{"time": c.now.Add(day).Time().Format(time.RFC3339), "minutes": 30, "where": "Room 5", "reason": p.word(fmt.Sprint("why a meeting is moved ", private))})
			c.turn(2 * day)
			c.must(201, "POST", "/api/meetings/"+meeting+"/minutes", "coord/chair", object{"attended": []string{"park"}, "matters": []object{{
				"matter": m.number, "remarks": p.word(fmt.Sprint("remarks ", private)), "agreed": []object{{"body": "park", "text": p.word(fmt.Sprint("agreed ", private)), "release": private}},
			}}})
			c.must(201, "POST", "/api/meetings/"+meeting+"/correct", "coord/chair", object{"attended": []string{"park"}, "reason": p.word(fmt.Sprint("why minutes are corrected ", private)), "matters": []object{{
				"matter": m.number, "remarks": p.word(fmt.Sprint("corrected remarks ", private)), "agreed": []object{{"body": "park", "text": p.word(fmt.Sprint("agreed anew ", private)), "release": private}},
			}}})
			c.reacted()
			say("pwd/head", "propose-decline", "reason", map[string]any{"law": "l", "elsewhere": "state"})
			say("coord/chair", "decline", "reason", map[string]any{"law": "l", "decline": false})
			say("info/desk", "correct", "reason", map[string]any{"category": "highway_maintenance.request_for_pothole_repair"})
			c.act(201, m, "accept", "pwd/head", nil)
			say("pwd/head", "answer", "reason", map[string]any{"outcome": "fixed"})
			say(who, "confirm", "words", map[string]any{"solved": false, "rating": 1})
			say(who, "appeal", "reason", map[string]any{"of": "answer", "ground": "facts_unclear"})
			c.reacted()
			of := func(post, command, field string, more map[string]any) {
				t.Helper()
				body := object{field: p.word(fmt.Sprint("review ", command, " ", field, " ", private))}
				for k, v := range more {
					body[k] = v
				}
				c.on(201, m.number+"-1", command, post, body)
			}
			c.on(201, m.number+"-1", "take", "review/second", nil)
			of("review/second", "recuse", "reason", nil)
			c.on(201, m.number+"-1", "take", "review/first", nil)
			of("pwd/head", "reply", "text", nil)
			of(who, "ask-hearing", "reason", nil)
			of("review/first", "call-hearing", "place", map[string]any{"at": c.now.Add(8 * day).Time().Format(time.RFC3339)})
			c.turn(9 * day)
			of("review/first", "hold-hearing", "record", nil)
			of("review/first", "extend", "reason", nil)
			of("review/first", "decide", "found", map[string]any{
				"result": "sent_back", "law": "l", "reasons": p.word(fmt.Sprint("review reasons ", private)), "within": "10d", "directions": p.word(fmt.Sprint("review directions ", private)),
			})
			c.reacted()
			c.act(201, m, "accept", "pwd/head", nil)
			c.act(201, m, "answer", "pwd/head", object{"outcome": "fixed", "reason": "Again."})
			say(who, "reopen", "reason", nil)
			say(who, "withdraw", "reason", nil)
		}
		for _, visibility := range []string{"public", "blurred", "private"} {
			fields := by("api "+visibility, lamp(""))
			fields["lat"], fields["lon"], fields["visibility"], fields["home"] = lat, lon, visibility, true
			m := c.report(fields)
			p["tracking code "+visibility] = m.code
			if visibility == "private" {
				hidden = append(hidden, m)
			}
			work(m, visibility == "private")
			mine := c.must(200, "GET", "/api/matters/"+m.number, "code:"+m.code, nil)
			if !strings.Contains(mine.text, p["api "+visibility+" text"]) {
				t.Errorf("the reporter does not see her own words: %s", mine.text)
			}
		}
		c.sought(p)
		c.accused(office)
		fields := by("complaint", map[string]any{"kind": "complaint", "against": "isd", "visibility": "private", "lat": lat, "lon": lon, "category": "rights.wages"})
		hidden = append(hidden, c.report(fields))

		res := c.form("/report", "kind", "request", "category", lights, "text", p.word("form text"), "address", p.word("form address"),
			"contact.name", p.word("form name"), "contact.email", p.word("form mail")+"@example.org", "contact.phone", "617 555 7391",
			"lat", fmt.Sprint(lat), "lon", fmt.Sprint(lon), "home", "yes", "visibility", "public")
		if res.StatusCode != 200 || len(p.find(fmt.Sprint(res.Header))) != 0 { // no cookie: the receipt is the answer
			t.Fatalf("the form: %d %v", res.StatusCode, res.Header)
		}
		for _, cookie := range res.Cookies() {
			if _, code, ok := strings.Cut(cookie.Value, "."); ok && cookie.Name == "__Host-codes" {
				p["form code"], p["form code as shown"] = code, matter.SpacedTracking(code)
			}
		}
		if a := c.post("requests.json", "api_key", c.openKey(), "service_code", lights, "lat", "42.3319", "long", "-71.0916",
			"description", p.word("open311 text"), "address_string", p.word("open311 address"), "email", p.word("open311 mail")+"@example.org",
			"first_name", p.word("open311 first"), "last_name", p.word("open311 last"), "phone", "617 555 7391", "device_id", p.word("open311 device"),
			"media_url", "https://"+p.word("open311 media")+".example/x.jpg"); a.status != 200 {
			t.Fatal(a.text)
		}
		c.realm.View().Settings.PublicOfficers = false // the demonstration's, who are invented, are public
		c.must(201, "POST", "/api/bodies/pwd/create-post", "coord/chair", map[string]any{
			"post": "pwd/second", "titles": map[string]any{"en": "Second", "zh-Hans": "副职"}, "roles": []string{"handler"},
		})
		c.must(201, "POST", "/api/bodies/pwd/seat", "coord/chair", map[string]any{"post": "pwd/second", "officer": p.word("officer"), "from": "2012-01-02"})
		for range 40 {
			c.turn(day) // the clock does what it owes: escalations, lapses
		}
		if err := c.realm.CatchUp(context.Background()); err != nil {
			t.Fatal(err)
		}
		// what programs and browsers say beside what is told, and ways to be reached
		if a := c.keyed("POST", "/api/matters", "", p.word("idempotency key"), lamp("x")); a.status != 201 {
			t.Fatal(a.text)
		}
		res = c.form("/report", "kind", "request", "category", lights, "text", "x", "once", strings.Repeat(p.word("key of a form"), 2), "lat", "42.33", "lon", "-71.09", "visibility", "public")
		if res.StatusCode != 200 {
			t.Fatalf("a form with a key: %d", res.StatusCode)
		}
		if a := c.post("requests.json", "api_key", c.openKey(), "service_code", lights, "lat", "42.3319", "long", "-71.0916", "description", "x", "account_id", p.word("open311 account"),
			"address_id", p.word("open311 address id"), p.word("open311 field"), "x"); a.status != 200 {
			t.Fatal(a.text)
		}
		pushed := c.report(lamp("x"))
		c.act(201, pushed, "amend", "code:"+pushed.code, object{"push": object{"endpoint": "https://push.example/" + p.word("endpoint"), "language": p.word("language"),
			"p256dh": strings.Repeat("B", 86) + "A", "auth": strings.Repeat("C", 21) + "A"}})
		c.must(200, "POST", "/api/addresses/find", "", object{"words": p.word("address sought")})
		c.must(200, "POST", "/api/guide/suggest", "", object{"words": p.word("article sought")})
		r, err := http.NewRequest("GET", c.url+"/matters?q="+p.word("words sought"), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"User-Agent", "Referer", "Accept-Language", "X-Forwarded-For", "Forwarded", "Cookie", "X-Request-Id", "From"} {
			r.Header.Set(name, p.word(name))
		}
		c.send(r)
		// what is refused leaves no more behind than what is taken
		for path, body := range map[string]any{
			"/api/matters":   map[string]any{"category": p.word("wrong category"), "text": p.word("wrong text"), "contact": map[string]any{"email": p.word("wrong mail")}},
			"/api/matters?x": map[string]any{"no_such_field": p.word("odd field"), p.word("odd name"): 1},
			"/api/matters/" + hidden[0].number + "/supply": map[string]any{"text": p.word("stranger's words")},
		} {
			if a := c.do("POST", path, "", body); a.status < 400 {
				t.Errorf("%s: %d", path, a.status)
			}
		}
		c.do("GET", "/matters?place="+p.word("query"), "", nil)
		c.do("GET", "/api/matters/"+p.word("number"), "", nil)
		c.do("GET", "/track?number="+hidden[0].number, "", nil)

		codes := []string{}
		var paths []string
		for _, m := range hidden {
			codes = append(codes, m.number, strings.ReplaceAll(m.number, "-", ""))
			paths = append(paths, "/matters/"+m.number, "/matters/"+m.number+"/receipt", "/api/matters/"+m.number, "/api/matters/"+m.number+"/story",
				"/reviews/"+m.number+"-1", "/api/appeals/"+m.number+"-1", "/open311/v2/requests/"+m.number+".json", "/open311/v2/requests.json?service_request_id="+m.number)
		}
		look := func(where, text string) {
			if found := p.find(text); len(found) > 0 {
				t.Errorf("%s holds what was planted in %s", where, strings.Join(found, ", "))
			}
		}
		for _, who := range []string{"", "isd/head", "park/head"} {
			n := 0
			c.everything(who, paths, func(path string, a answer) {
				n++
				text := a.text + fmt.Sprint(a.header)
				if found := office.find(text); len(found) > 0 {
					t.Errorf("%s as %q holds what is not decided, or was found to be none: %v", path, who, found)
				}
				if strings.Contains(path, "zq") {
					return // it was asked for by that word
				}
				look(fmt.Sprintf("%s as %q", path, who), text)
				if !strings.Contains(path, hidden[0].number) && !strings.Contains(path, hidden[1].number) {
					for _, code := range codes {
						if strings.Contains(text, code) {
							t.Errorf("%s as %q knows the private matter %s", path, who, code)
						}
					}
				} else if a.status == 200 && a.text != "[]" {
					t.Errorf("%s as %q: %d %.200s", path, who, a.status, a.text)
				}
			})
			if n < 60 {
				t.Errorf("only %d pages were read as %q", n, who)
			}
		}
		look("the log", c.said.String())
		if found := office.find(c.said.String()); len(found) > 0 {
			t.Errorf("the log holds %v", found)
		}
		look("a table", c.stored())
		err = filepath.WalkDir(c.app.where.Data, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			raw, err := os.ReadFile(path)
			look(filepath.Base(path), string(raw))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "skein.tar.gz")
		mustRun(t, 0, append([]string{"backup", file}, c.at()...)...)
		for name, text := range inBackup(t, file) {
			look("the backup's "+name, text)
		}
		copied, err := os.ReadFile(c.keyCopy())
		if err != nil {
			t.Fatal(err)
		}
		look("the copy of the key store", string(copied))
		c.holds()
	})
}

// A copy is public for as long as the matter's state says so, wherever it is read.
func TestReleasedCopiesFollow(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		everywhere := func(m told) string {
			t.Helper()
			state, _, err := c.realm.State(context.Background(), c.dossier(m))
			if err != nil {
				t.Fatal(err)
			}
			var copies strings.Builder
			for _, line := range strings.Split(c.stored(), "\n") {
				if strings.HasPrefix(line, "vault_released") && strings.Contains(line, string(state.(matter.State).Reporter)) || strings.HasPrefix(line, "("+string(c.realm.ID)) {
					copies.WriteString(line)
				}
			}
			out := copies.String()
			for _, path := range []string{"/api/matters/" + m.number, "/matters/" + m.number, "/open311/v2/requests/" + m.number + ".json", "/open311/v2/servicerequestupdates.json"} {
				out += c.do("GET", path, "", nil).text
			}
			return out
		}
		see := func(what string, m told, want, not string) {
			t.Helper()
			all := everywhere(m)
			if want != "" && strings.Count(all, want) < 3 {
				t.Errorf("%s: %q is not shown wherever it is public", what, want)
			}
			if not != "" && strings.Contains(all, not) {
				t.Errorf("%s: %q can still be read", what, not)
			}
		}
		item := func(m told) string {
			return c.status(m, "assigned").json["texts"].([]any)[0].(map[string]any)["digest"].(string)
		}
		last := func(m told) int {
			state, _, _ := c.realm.State(context.Background(), c.dossier(m))
			return int(state.(matter.State).Seq)
		}
		m := c.report(lamp("first version, by Mr Brown"))
		see("before its release", m, "", "Mr Brown")
		c.act(201, m, "release", "info/desk", map[string]any{"items": []string{item(m)}, "unmasked": true})
		see("released", m, "Mr Brown", "")
		c.act(201, m, "retract", "info/desk", map[string]any{"act": last(m), "reason": "not read"})
		see("its release retracted", m, "", "Mr Brown")
		c.act(201, m, "release", "info/desk", map[string]any{"items": []string{item(m)}, "unmasked": true})
		c.act(201, m, "redact", "info/desk", map[string]any{"item": item(m), "text": "second version, by Mr B", "ground": "personal_data"})
		see("masked", m, "Mr B", "Mr Brown")
		c.act(201, m, "redact", "info/desk", map[string]any{"item": item(m), "text": "third version", "ground": "personal_data"})
		see("masked again", m, "third version", "Mr B")
		c.act(201, m, "withhold", "info/desk", map[string]any{"items": []string{item(m)}, "ground": "personal_data"})
		see("withheld", m, "", "third version")
		c.act(201, m, "retract", "info/desk", map[string]any{"act": last(m), "reason": "the wrong one"})
		see("its withholding retracted", m, "third version", "")
		c.act(201, m, "correct", "info/desk", map[string]any{"visibility": "private", "reason": "she asked for it"})
		see("made private", m, "", "third version")

		n := c.report(lamp("by Mrs Green"))
		c.act(201, n, "release", "info/desk", map[string]any{"items": []string{item(n)}})
		c.act(201, n, "correct", "info/desk", map[string]any{"category": "rights.wages", "reason": "it is about wages"})
		see("private by its category", n, "", "Mrs Green")
		c.holds()
	})
}

// Nothing tells a private number from one that does not exist, nor when a private matter came.
func TestPrivateIsLikeNone(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", 30)
	fields := lamp("x")
	fields["visibility"] = "private"
	m := c.report(fields)
	var free matter.Number
	for i := civic.Position(900_000); free == ""; i++ {
		free, _ = c.app.ports.Numbers(c.realm.ID).Of(i)
	}
	digest := strings.Repeat("ab", 32)
	for _, k := range []struct{ method, path, who string }{
		{"GET", "/api/matters/%s", ""}, {"GET", "/api/matters/%s/story", ""}, {"GET", "/matters/%s", ""}, {"GET", "/matters/%s/receipt", ""},
		{"GET", "/matters/%s/photos/" + digest + ".jpg", ""}, {"GET", "/matters/%s/sealed/" + digest, ""}, {"GET", "/matters/%s/photos/x", ""},
		{"GET", "/open311/v2/requests/%s.json", ""}, {"GET", "/open311/v2/requests.json?service_request_id=%s", ""},
		{"GET", "/api/matters?after=%s", ""}, {"GET", "/matters?after=%s", ""},
		{"GET", "/api/matters/%s", "isd/head"}, {"GET", "/api/matters/%s", "code:0000-0000-0000-0000"},
		{"POST", "/api/matters/%s/accept", ""}, {"POST", "/api/matters/%s/accept", "isd/head"}, {"POST", "/api/matters/%s/withdraw", "code:x"},
		{"POST", "/api/matters/%s/redact", "isd/head"},
	} {
		var body any
		if k.method == "POST" {
			body = map[string]any{}
			if strings.HasSuffix(k.path, "redact") {
				body = map[string]any{"item": digest, "text": "x", "ground": "personal_data"}
			}
		}
		ask := func(n string) string {
			a := c.do(k.method, fmt.Sprintf(k.path, n), k.who, body)
			a.header.Del("Date")
			a.header.Del("Content-Length")
			return strings.ReplaceAll(strings.ReplaceAll(fmt.Sprint(a.status, a.header, a.text), n, "N"), strings.ReplaceAll(n, "-", ""), "N")
		}
		if private, none := ask(m.number), ask(free.String()); private != none {
			t.Errorf("%s %s as %q tells them apart:\n%s\n%s", k.method, k.path, k.who, private, none)
		}
	}
	// two receipts of one's own do not count what came in between
	raw := c.must(201, "POST", "/api/matters", "", lamp("x")).text
	if strings.Contains(raw, "position") {
		t.Errorf("a receipt tells a position: %s", raw)
	}
}
