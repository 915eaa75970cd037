package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image/jpeg"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"skein/frame/journal"

	"skein/rooms/matter"
)

// unzip reads an archive whole.
func unzip(t *testing.T, text string) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader([]byte(text)), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(raw)
	}
	return out
}

// reviewed carries an appeal to its published decision, with a word of hers, or for her, in every field there is.
func (c *city) reviewed(appeal, her string, hers planted) {
	c.Helper()
	c.reacted()
	c.on(201, appeal, "take", "review/first", nil)
	c.on(201, appeal, "recuse", "review/first", object{"reason": hers.word("why the reviewer stepped back")})
	c.on(201, appeal, "take", "review/second", nil)
	c.on(201, appeal, "reply", "info/desk", object{"text": hers.word("the body's reply")})
	c.on(201, appeal, "ask-hearing", her, object{"reason": hers.word("why she wants to be heard")})
	hour := c.now.In(c.site.Zone()).AddDate(0, 0, 8)
	c.on(201, appeal, "call-hearing", "review/second", object{"at": hour.Format("2006-01-02T15:04"), "place": hers.word("where she is heard")})
	c.turn(9 * day)
	c.on(201, appeal, "hold-hearing", "review/second", object{"appellant": true, "record": hers.word("the record")})
	c.on(201, appeal, "extend", "review/second", object{"reason": hers.word("why it takes longer")})
	c.on(201, appeal, "decide", "review/second", object{"result": "sent_back", "law": hers.word("the law of the decision"), "found": hers.word("what was found"), "reasons": hers.word("the reasons"), "within": "5wd", "directions": hers.word("the directions")})
	c.on(201, appeal, "publish", "review/second", object{"found": hers.word("what was found, published"), "reasons": hers.word("the reasons, published")})
	c.reacted()
}

// A word is planted in every field that a reporter can fill, and each is in what she is given; words of others are not.
func TestWhatIsHeldOnMe(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		hers, others := planted{}, planted{}
		foreign := func(where string) string {
			others[where] = fmt.Sprintf("yx%02dforeign", len(others))
			return others[where]
		}
		m := c.report(map[string]any{
			"category": "street_lights.street_light_outages", "kind": "complaint", "against": "isd", "home": true, "lat": 42.331973, "lon": -71.091637,
			"text": hers.word("text"), "address": hers.word("address"), "visibility": "blurred",
			"contact": map[string]any{"name": hers.word("name"), "email": hers.word("mail") + "@example.org", "phone": "+1 617 555 7391"},
		})
		hers["the point"], hers["its longitude"], hers["the telephone"] = "42.331973", "-71.091637", "+1 617 555 7391"
		hers["whom it is against"], hers["the number"] = `"isd"`, m.number
		code, body := "code:"+m.code, func(field string, word string, more map[string]any) map[string]any {
			out := map[string]any{field: word}
			maps.Copy(out, more)
			return out
		}
		c.act(201, m, "object", "pwd/head", body("reason", foreign("objection"), map[string]any{"ground": "not_our_duty"}))
		c.act(201, m, "retract", "pwd/head", body("reason", foreign("retraction"), map[string]any{"act": 3}))
		c.act(201, m, "accept", "pwd/head", nil)
		c.act(201, m, "ask", "pwd/head", body("text", hers.word("what she was asked"), nil))
		c.act(201, m, "pause", "pwd/head", body("reason", foreign("pause"), map[string]any{"ground": "waiting_for_reporter"}))
		c.act(201, m, "supply", code, body("text", hers.word("supplied"), nil))
		c.act(201, m, "tell", "pwd/head", body("text", hers.word("what she was told"), nil))
		c.act(201, m, "attach", code, body("text", hers.word("added"), nil))
		c.act(201, m, "attach", "pwd/head", body("text", foreign("a body's own paper"), nil))
		c.photo(m)
		c.act(201, m, "amend", code, map[string]any{
			"text": hers.word("correction"), "address": hers.word("the right address"),
			"contact": map[string]any{"name": hers.word("another name"), "email": hers.word("another mail") + "@example.org", "phone": "+1 617 555 7392", "language": "zh-Hans"},
		})
		hers["another telephone"] = "+1 617 555 7392"
		item := c.state(m).Items[0].Digest
		c.act(201, m, "redact", "info/desk", map[string]any{"item": item, "text": hers.word("the masked version"), "ground": "personal_data"})
		c.act(201, m, "withhold", "info/desk", map[string]any{"items": []string{c.state(m).Items[2].Digest}, "ground": "ongoing_investigation", "law": hers.word("the law of withholding")})
		c.act(201, m, "answer", "pwd/head", body("reason", hers.word("the answer"), map[string]any{"outcome": "fixed"}))
		c.act(201, m, "confirm", code, body("words", hers.word("words"), map[string]any{"solved": false, "rating": 1}))
		c.act(201, m, "appeal", code, body("reason", hers.word("appeal"), map[string]any{"of": "masking", "ground": "facts_unclear"}))
		c.reviewed(m.number+"-1", code, hers)
		c.act(201, m, "appeal", code, body("reason", hers.word("another appeal"), map[string]any{"of": "withholding", "ground": "procedure"}))
		c.reacted()
		c.on(201, m.number+"-2", "withdraw", code, object{"reason": hers.word("why she withdraws it")})
		c.act(201, m, "reopen", code, body("reason", hers.word("reopening"), nil))
		main := c.report(lamp(foreign("the matter of another")))
		c.act(201, m, "withdraw", code, body("reason", hers.word("withdrawal"), nil))

		other := c.report(lamp(foreign("one that is joined")))
		c.act(201, other, "accept", "pwd/head", nil)
		c.minutes(1)
		c.must(200, "GET", "/api/matters/"+m.number, "info/desk", nil)
		before := len(c.readingsOf(m))
		hers["who read"], hers["for what"], hers["its power"] = "info/desk", `"desk"`, "matter.desk_orders"

		program := c.must(200, "GET", "/api/matters/"+m.number+"/data", code, nil)
		files := unzip(t, c.must(200, "GET", "/matters/"+m.number+"/data/skein-data.zip", code, nil).text)
		for name, text := range map[string]string{
			"the API": program.text, "the JSON": c.must(200, "GET", "/matters/"+m.number+"/data/skein-data.json", code, nil).text, "the archive's JSON": files["skein-data.json"],
		} {
			for where, word := range hers {
				if !strings.Contains(text, word) {
					t.Errorf("%s lacks %s", name, where)
				}
			}
			if found := others.find(text); len(found) > 0 {
				t.Errorf("%s holds what is of others: %v", name, found)
			}
		}
		for _, lang := range []string{"en", "zh-Hans"} {
			page := c.office(code, lang, "/matters/"+m.number+"/data", nil)
			file := c.office(code, lang, "/matters/"+m.number+"/data/skein-data.html", nil)
			for name, a := range map[string]answer{"the page": page, "the file": file} {
				for where, word := range hers {
					switch where {
					case "whom it is against", "who read", "for what", "its power": // by their titles
					default:
						if a.status != 200 || !strings.Contains(a.text, word) {
							t.Errorf("%s in %s lacks %s", name, lang, where)
						}
					}
				}
				title := map[string]string{"en": "Read: Text, from the reporter (act 1); ", "zh-Hans": "查阅：文字，来自反映人（第 1 项记录）；"}[lang]
				if !strings.Contains(a.text, title) || len(others.find(a.text)) > 0 {
					t.Errorf("%s in %s does not say what was read, or says what is of others: %v\n%s", name, lang, others.find(a.text), a.text)
				}
				if key := rawKey.FindString(strings.ReplaceAll(a.text, `class="number"`, "")); key != "" {
					t.Errorf("%s in %s shows a key: %s", name, lang, key)
				}
			}
			if strings.Contains(file.text, `src="/`) || strings.Contains(file.text, `href="/`) || !strings.Contains(file.text, `src="data:image/jpeg;base64,`) ||
				!strings.Contains(file.header.Get("Content-Disposition"), "attachment") || file.header.Get("Cache-Control") != "no-store" {
				t.Errorf("the file in %s does not stand alone: %v", lang, file.header)
			}
			if page.header.Get("Cache-Control") != "no-store" {
				t.Errorf("the page may be kept: %v", page.header)
			}
		}
		// The archive holds the photo that page and JSON name, and each salt opens its digest.
		names := slices.Sorted(maps.Keys(files))
		photo := "photos/" + m.number + "-1.jpg"
		if !slices.Equal(names, []string{photo, "skein-data.html", "skein-data.json"}) || !strings.Contains(files["skein-data.html"], `src="`+photo+`"`) || !strings.Contains(files["skein-data.json"], photo) {
			t.Errorf("the archive holds %v", names)
		}
		if _, err := jpeg.Decode(strings.NewReader(files[photo])); err != nil {
			t.Errorf("the photo: %v", err)
		}
		var got struct {
			Texts   []struct{ Text, Salt, Digest, Ground, Masked string }
			Reviews []struct {
				Number, Status, Result string
				Texts                  []struct{ Text, Salt, Digest, From, Showing string }
				Acts                   []struct{ Words string }
			}
			Papers []struct {
				Kind  string
				Count int
			}
		}
		if err := json.Unmarshal([]byte(program.text), &got); err != nil || len(got.Texts) < 10 {
			t.Fatal(err, got)
		}
		if r := got.Reviews; len(r) != 2 || r[0].Result != "sent_back" || len(r[0].Texts) != 10 || r[1].Status != "withdrawn" || len(r[1].Texts) != 1 || len(r[0].Acts) < 10 {
			t.Fatalf("the reviews: %+v", r)
		}
		for _, x := range got.Reviews[0].Texts {
			if public := strings.HasPrefix(x.From, "public_"); public != (x.Showing == "released") {
				t.Errorf("%s is said to be %q", x.From, x.Showing)
			}
			got.Texts = append(got.Texts, struct{ Text, Salt, Digest, Ground, Masked string }{Text: x.Text, Salt: x.Salt, Digest: x.Digest})
		}
		for _, x := range got.Texts {
			salt, err := hex.DecodeString(x.Salt)
			if d := journal.Digest(salt, []byte(x.Text)); err != nil || d != x.Digest {
				t.Errorf("the salt of %q does not open its digest", x.Text)
			}
		}
		if len(got.Papers) != 4 {
			t.Errorf("papers that are not given are not named: %v", got.Papers)
		}

		// Officers are named only where the law has their names published.
		if !strings.Contains(program.text, `"officer":"Demo Officer`) {
			t.Errorf("the demonstration's officers, who are public, are not named: %s", program.text)
		}
		c.realm.View().Settings.PublicOfficers = false
		if a := c.must(200, "GET", "/api/matters/"+m.number+"/data", code, nil); strings.Contains(a.text, "Demo Officer") || strings.Contains(a.text, `"officer"`) {
			t.Errorf("an officer is named: %s", a.text)
		}

		// It is hers alone, and her own reading is nobody's.
		for who, want := range map[string]int{"": 403, "pwd/head": 403, "info/desk": 403, "code:" + main.code: 403} {
			for _, path := range []string{"/api/matters/" + m.number + "/data", "/matters/" + m.number + "/data", "/matters/" + m.number + "/data/skein-data.json"} {
				if a := c.do("GET", path, who, nil); a.status != want {
					t.Errorf("%s as %q: %d", path, who, a.status)
				}
			}
		}
		private := lamp("x")
		private["visibility"] = "private"
		p := c.report(private)
		c.must(404, "GET", "/api/matters/"+p.number+"/data", "", nil)
		c.must(404, "GET", "/matters/"+m.number+"/data/skein-data.exe", code, nil)
		c.must(404, "GET", "/matters/"+m.number+"/data/zip", code, nil)
		if after := len(c.readingsOf(m)); after != before {
			t.Errorf("her own reading was recorded: %d rows, %d before", after, before)
		}
		for _, code := range []string{"whom it is against", "who read", "for what", "its power"} {
			delete(hers, code)
		}
		if found := hers.find(c.said.String()); len(found) > 0 {
			t.Errorf("the log holds %v", found)
		}
	})
}

// Whoever has an account is given all that hangs on it: the account itself, and each matter that she told with it.
func TestWhatIsHeldOnAnAccount(t *testing.T) {
	onBothEngines(t, 1, func(c *city) {
		v, codes := c.visitor(), make(chan string, 1)
		c.signIn.Send = func(_ context.Context, _, _, _, _, text string) error { codes <- text[:9]; return nil }
		v.want(303, "POST", "/sign-in/code", url.Values{"contact": {"ann@example.org"}})
		v.want(303, "POST", "/sign-in/code/check", url.Values{"code": {<-codes}})
		told := []string{"Quillwort one", "Quillwort two"}
		for _, text := range told {
			r, err := http.NewRequest("POST", c.url+"/api/matters", strings.NewReader(`{"category":"street_lights.street_light_outages","lat":42.33,"lon":-71.09,"visibility":"private","text":"`+text+`"}`))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/json")
			r.AddCookie(v.session())
			if a := c.send(r); a.status != 201 {
				t.Fatal(a.text)
			}
		}
		c.report(lamp("of somebody else"))
		want := append(told, "ann@example.org")
		for _, path := range []string{"/api/me/data", "/me/data", "/me/data/skein-data.json", "/me/data/skein-data.html"} {
			a := v.ask("GET", path, nil)
			for _, w := range want {
				if a.status != 200 || !strings.Contains(a.text, w) {
					t.Errorf("%s lacks %q: %d %s", path, w, a.status, a.text)
				}
			}
			if strings.Contains(a.text, "somebody else") || a.header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %v", path, a.header)
			}
			if key := rawKey.FindString(strings.ReplaceAll(a.text, `class="number"`, "")); key != "" && strings.HasSuffix(path, "data") && !strings.HasPrefix(path, "/api") {
				t.Errorf("%s shows a key: %s", path, key)
			}
		}
		files := unzip(t, v.ask("GET", "/me/data/skein-data.zip", nil).text)
		var all struct {
			Account struct {
				Email    string
				Ways     []struct{ Kind string }
				Sessions []struct{ This bool }
			}
			Matters []struct{ Texts []struct{ Text string } }
		}
		if err := json.Unmarshal([]byte(files["skein-data.json"]), &all); err != nil {
			t.Fatal(err)
		}
		if len(all.Matters) != 2 || all.Matters[0].Texts[0].Text != told[1] || all.Account.Email != "ann@example.org" || len(all.Account.Ways) != 1 || !all.Account.Sessions[0].This {
			t.Errorf("%+v", all)
		}
		c.must(401, "GET", "/api/me/data", "", nil)
		if a := c.visitor().ask("GET", "/me/data", nil); a.status != 303 || a.to != "/sign-in?next=%2Fme%2Fdata" {
			t.Errorf("nobody: %d %s", a.status, a.to)
		}
	}, settings{signIn: `{"passwords": true}`})
}

// What came through Open311 is held in the same box, and given with it: names, pictures' addresses, which program brought it.
// A part says in other words what she told: she has its words, and sees who read them.
func TestWhatIsHeldOfParts(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		fields := lamp("A lamp and a pothole")
		fields["visibility"] = "private"
		m := c.report(fields)
		c.act(201, m, "accept", "pwd/head", nil)
		c.act(201, m, "split", "pwd/head", map[string]any{"parts": []any{
			map[string]any{"category": "graffiti.graffiti_removal", "text": "The quillwort on her wall."},
		}})
		parts := c.state(m).Parts
		part, _, err := c.realm.State(t.Context(), parts[0])
		if err != nil {
			t.Fatal(err)
		}
		p := part.(matter.State)
		c.must(200, "GET", "/api/matters/"+p.Number.String(), string(p.Lead)+"/head", nil)
		for _, path := range []string{"/api/matters/" + m.number + "/data", "/matters/" + m.number + "/data", "/matters/" + m.number + "/data/skein-data.html"} {
			got := c.must(200, "GET", path, "code:"+m.code, nil).text
			_, of, _ := strings.Cut(got, p.Number.String())
			if !strings.Contains(got, "The quillwort on her wall.") || !strings.Contains(of, title(c.realm.View(), "en", "body", string(p.Lead))) {
				t.Errorf("%s lacks the part, or who read it", path)
			}
		}
	})
}

func TestWhatIsHeldFromOpen311(t *testing.T) {
	onBothEngines(t, 1, func(c *city) {
		p := planted{}
		form := url.Values{"api_key": {c.openKey()}, "service_code": {lights}, "lat": {"42.33"}, "long": {"-71.09"}, "phone": {"+1 617 555 7391"}, "device_id": {"a-device"}}
		for _, field := range []string{"description", "address_string", "address_id", "first_name", "last_name"} {
			form.Set(field, p.word(field))
		}
		form.Set("email", p.word("email")+"@example.org")
		form.Set("media_url", "https://pictures.example/"+p.word("media_url"))
		r, err := http.NewRequest("POST", c.url+"/open311/v2/requests.json", strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		a := c.send(r)
		var posted []map[string]string
		if err := json.Unmarshal([]byte(a.text), &posted); err != nil || a.status != 200 {
			t.Fatal(a.status, a.text, err)
		}
		m := told{posted[0]["service_request_id"], a.header.Get("Skein-Tracking")}
		p["the telephone"] = "+1 617 555 7391"
		for _, path := range []string{"/api/matters/" + m.number + "/data", "/matters/" + m.number + "/data", "/matters/" + m.number + "/data/skein-data.html"} {
			got := c.must(200, "GET", path, "code:"+m.code, nil)
			for where, word := range p {
				if !strings.Contains(got.text, word) {
					t.Errorf("%s lacks %s", path, where)
				}
			}
			if strings.Contains(got.text, "a-device") {
				t.Errorf("%s holds a device, which is not kept", path)
			}
		}
		if via := c.must(200, "GET", "/api/matters/"+m.number+"/data", "code:"+m.code, nil).get("via"); len(via) != 24 {
			t.Errorf("which program brought it: %q", via)
		}
	})
}
