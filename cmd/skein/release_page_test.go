package main

import (
	"bytes"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"skein/frame/civic"
)

// office sends what an officer's browser does: a page, or a form, in a language.
func (c *city) office(who, lang, path string, fields url.Values) answer {
	c.Helper()
	method, body := "GET", ""
	if fields != nil {
		method, body = "POST", fields.Encode()
	}
	r, err := http.NewRequest(method, c.url+path, strings.NewReader(body))
	if err != nil {
		c.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Accept-Language", lang)
	if code, ok := strings.CutPrefix(who, "code:"); ok {
		r.Header.Set("Skein-Tracking", code)
	} else if who != "" {
		r.Header.Set("Authorization", "Bearer "+c.key(civic.PostID(who)))
	}
	if fields != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return c.send(r)
}

var proposedText = regexp.MustCompile(`(?s)<textarea[^>]*name="text"[^>]*>([^<]*)</textarea>`)

// What points to a person is pointed out before release, in both languages, and shown only by a deliberate word.
func TestReleasePage(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		for _, x := range []struct {
			lang, text, mark, proposed, counted, standing string
			hidden                                        []string
		}{
			{"en", "The lamp is out. Call Mr. Quillwort at 617-555-0100 or quill@example.org.", `<mark><span class="hidden">[telephone number:] </span>617-555-0100</mark>`,
				"[telephone number]", "telephone numbers: 1", "Everyone sees a masked version: personal data.", []string{"617-555", "Quillwort", "quill@"}},
			{"zh-Hans", "路灯不亮，请打张先生电话13812345678。", `<mark><span class="hidden">【电话号码：】</span>13812345678</mark>`,
				"［电话］", "电话号码：1 处", "公众看到的是遮盖后的版本：涉及个人信息", []string{"13812345678"}},
		} {
			m := c.report(lamp(x.text))
			path := "/matters/" + m.number + "/release"
			c.minutes(2)
			page := c.office("info/desk", x.lang, path, nil)
			for _, part := range []string{x.mark, x.counted, x.proposed, `name="unmasked"`} {
				if page.status != 200 || !strings.Contains(page.text, part) {
					t.Errorf("%s: the page lacks %q: %d %s", x.lang, part, page.status, page.text)
				}
			}
			if key := rawKey.FindString(strings.ReplaceAll(page.text, `class="number"`, "")); key != "" {
				t.Errorf("%s shows a key: %s", x.lang, key)
			}
			if got := short(c.readingsOf(m)[0]); got != "post:info/desk matter.desk_releases release text" {
				t.Errorf("recorded as %q", got)
			}
			item := c.state(m).Items[0].Digest
			proposal := proposedText.FindStringSubmatch(page.text)
			if proposal == nil {
				t.Fatal("nothing is proposed")
			}
			// As it is, or with something left in it: not without the tick.
			for _, fields := range []url.Values{
				{"item": {item}, "do": {"release"}}, {"item": {item}, "do": {"mask"}, "text": {x.text}}, {"item": {item}, "do": {"mask"}, "text": {" "}},
				{"item": {item}, "do": {"withhold"}, "ground": {""}},
			} {
				if a := c.office("info/desk", x.lang, path, fields); a.status != 422 || !strings.Contains(a.text, `class="errors"`) {
					t.Errorf("%v: %d", fields, a.status)
				}
			}
			if a := c.do("POST", "/api/matters/"+m.number+"/release", "info/desk", map[string]any{"items": []string{item}}); a.status != 422 || !strings.Contains(a.text, "matter.near_phone") {
				t.Errorf("the API releases a telephone number: %d %s", a.status, a.text)
			}
			// The proposal is shown, by two acts and once, however often it is sent.
			fields := url.Values{"item": {item}, "do": {"mask"}, "text": {proposal[1]}, "once": {"ABCDEFGHIJKLMNOPQRSTUVWXYZ" + x.lang}}
			for range 2 {
				if a := c.office("info/desk", x.lang, path, fields); a.status != 200 { // redirected to the page
					t.Fatalf("masked: %d %s", a.status, a.text)
				}
			}
			public := c.office("", x.lang, "/matters/"+m.number, nil)
			for _, h := range x.hidden {
				if strings.Contains(public.text, h) {
					t.Errorf("everyone sees %q", h)
				}
			}
			if !strings.Contains(public.text, x.proposed) || !strings.Contains(public.text, x.standing) {
				t.Errorf("%s: the masked version, and why: %s", x.lang, public.text)
			}
			// She sees her own words, how they stand, and can appeal against it.
			hers := c.office("code:"+m.code, x.lang, "/matters/"+m.number, nil)
			if !strings.Contains(hers.text, x.hidden[0]) || !strings.Contains(hers.text, x.standing) || !strings.Contains(hers.text, `value="masking"`) {
				t.Errorf("%s: hers: %s", x.lang, hers.text)
			}
			c.act(201, m, "appeal", "code:"+m.code, map[string]any{"of": "masking", "ground": "facts_unclear", "reason": "I want my number shown."})
			c.holds()
		}

		// Without anything found it is released as it is; a photo only after it was looked at; withholding says why.
		m := c.report(lamp("The lamp is dark."))
		c.photo(m)
		path := "/matters/" + m.number + "/release"
		items := c.state(m).Items
		for _, who := range []string{"", "code:" + m.code, "btdt/head"} {
			if a := c.office(who, "en", path, nil); a.status != 403 {
				t.Errorf("%q decides: %d", who, a.status)
			}
		}
		if a := c.office("pwd/head", "en", path, url.Values{"item": {items[0].Digest}, "do": {"release"}}); a.status != 200 {
			t.Errorf("a harmless text: %d %s", a.status, a.text)
		}
		if a := c.office("pwd/head", "en", path, url.Values{"item": {items[1].Digest}, "do": {"release"}}); a.status != 422 || !strings.Contains(a.text, "Look at the photo") {
			t.Errorf("a photo that nobody looked at: %d", a.status)
		}
		if a := c.office("pwd/head", "en", path, url.Values{"item": {items[1].Digest}, "do": {"withhold"}, "ground": {"danger_to_a_person"}, "law": {"By-law 7"}}); a.status != 200 {
			t.Errorf("withheld: %d %s", a.status, a.text)
		}
		for _, who := range []string{"", "code:" + m.code} {
			if a := c.office(who, "en", "/matters/"+m.number, nil); !strings.Contains(a.text, "Withheld from everyone: danger to a person (By-law 7)") {
				t.Errorf("%q is not told why: %s", who, a.text)
			}
		}
		if a := c.must(200, "GET", "/api/matters/"+m.number, "", nil); !strings.Contains(a.text, `"held_back":[{"from":"reporter","media":"image/jpeg","why":"withheld","ground":"danger_to_a_person","law":"By-law 7"}]`) {
			t.Errorf("programs: %s", a.text)
		}
		c.act(201, m, "appeal", "code:"+m.code, map[string]any{"of": "withholding", "ground": "facts_unclear", "reason": "It shows the lamp."})
		if a := c.office("pwd/head", "en", path, url.Values{"item": {items[1].Digest}, "do": {"release"}, "looked": {"yes"}}); a.status != 200 {
			t.Errorf("a photo that was looked at: %d", a.status)
		}

		// What a body says to everyone is held to the same.
		c.act(201, m, "accept", "pwd/head", nil)
		c.act(422, m, "tell", "pwd/head", map[string]any{"text": "Ask Mr. Quillwort, 617-555-0100.", "release": true})
		c.act(201, m, "tell", "pwd/head", map[string]any{"text": "Ask Mr. Quillwort, 617-555-0100.", "release": true, "unmasked": true})
		c.act(201, m, "tell", "pwd/head", map[string]any{"text": "Ask Mr. Quillwort, 617-555-0100."})
		c.act(422, m, "answer", "pwd/head", map[string]any{"outcome": "fixed", "reason": "Mr. Quillwort did it.", "release": true})

		// A private matter has nothing to release.
		private := lamp("x")
		private["visibility"] = "private"
		p := c.report(private)
		if a := c.office("info/desk", "en", "/matters/"+p.number+"/release", nil); a.status != 409 {
			t.Errorf("of a private matter: %d", a.status)
		}
		if a := c.office("", "en", "/matters/"+p.number+"/release", nil); a.status != 404 {
			t.Errorf("of a private matter, for everyone: %d", a.status)
		}
		if bytes.Contains([]byte(c.said.String()), []byte("Quillwort")) {
			t.Error("the log holds what was told")
		}
	})
}
