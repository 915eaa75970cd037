package main

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"skein/frame/clerk"
	"skein/rooms/matter"
	"skein/rooms/standing"
)

// languages are how many matters of each language were reported, by the running tallies.
func (c *city) languages() map[string]int {
	c.Helper()
	c.tabled()
	all, err := standing.All(context.Background(), c.app.db.R, c.realm.ID)
	if err != nil {
		c.Fatal(err)
	}
	out := map[string]int{}
	for cell, counts := range all {
		if n := counts[standing.Reported]; cell.By == standing.ByLanguage && n > 0 {
			out[cell.Code] += n
		}
	}
	return out
}

// Whoever releases a text says its language, by page or by API, and can say another; it stands on the page for screen readers, is counted while everyone may read the
// text, and leaves the figures with it. Nobody but who releases is asked, and of nobody is it said.
func TestLanguageOfReleasedWords(t *testing.T) {
	slow(t)
	onBothEngines(t, 30, func(c *city) {
		imported := c.languages()
		if len(imported) != 1 || imported["und"] == 0 {
			t.Fatalf("an import says no language: %v", imported)
		}
		counted := func(zh, en int) {
			t.Helper()
			got := c.languages()
			if got["zh-Hans"] != zh || got["en"] != en || got["und"]+zh+en != imported["und"]+3 || got["vi"] != 0 {
				t.Errorf("counted %v, not %d and %d", got, zh, en)
			}
			holds(t, c)
		}
		m, n, private := c.report(lamp("路灯从星期一起不亮了。")), c.report(lamp("The lamp at the corner is out since Monday.")), lamp("这件事不公开。")
		private["visibility"] = "private"
		hidden := c.report(private)
		c.report(lamp("还没有人看过。"))
		counted(0, 0)

		// By page: suggested, said, and refused where it is none.
		path, item := "/matters/"+m.number+"/release", c.state(m).Items[0].Digest
		page := c.office("info/desk", "en", path, nil).text
		for _, part := range []string{`<option value="zh-Hans" selected>Simplified Chinese</option>`, `<option value="vi">Vietnamese</option>`, "Not said", "never of who wrote it"} {
			if !strings.Contains(page, part) {
				t.Errorf("the page lacks %q", part)
			}
		}
		if page := c.office("info/desk", "zh-Hans", path, nil).text; !strings.Contains(page, `<option value="vi">越南语</option>`) {
			t.Error("languages are not named in Chinese")
		}
		if a := c.office("info/desk", "en", path, url.Values{"item": {item}, "do": {"release"}, "language": {"klingon"}}); a.status != 422 || !strings.Contains(a.text, "is no code of a language") {
			t.Errorf("no language: %d", a.status)
		}
		if a := c.office("info/desk", "en", path, url.Values{"item": {item}, "do": {"release"}, "language": {"zh-Hans"}}); a.status != 200 {
			t.Errorf("released: %d %s", a.status, a.text)
		}
		counted(1, 0)
		if a := c.office("", "en", "/matters/"+m.number, nil); !strings.Contains(a.text, `<blockquote dir="auto" lang="zh-Hans">路灯从星期一起不亮了。</blockquote>`) || !strings.Contains(a.text, "The words are in this language: Simplified Chinese.") {
			t.Errorf("the public page: %s", a.text)
		}
		if a := c.must(200, "GET", "/api/matters/"+m.number, "", nil); !strings.Contains(a.text, `"language":"zh-Hans"`) {
			t.Errorf("programs: %s", a.text)
		}

		// By API: without, then said of what is shown already, then another.
		text := c.state(n).Items[0].Digest
		c.act(201, n, "release", "info/desk", map[string]any{"items": []string{text}})
		counted(1, 0)
		c.act(422, n, "release", "info/desk", map[string]any{"items": []string{text}, "language": "English, as it seems"})
		c.act(201, n, "release", "info/desk", map[string]any{"items": []string{text}, "language": "vi"})
		c.act(422, n, "release", "info/desk", map[string]any{"items": []string{text}, "language": "vi"})
		c.act(403, n, "release", "code:"+n.code, map[string]any{"items": []string{text}, "language": "en"})
		if a := c.office("info/desk", "en", "/matters/"+n.number+"/release", url.Values{"item": {text}, "do": {"language"}, "language": {""}}); a.status != 422 {
			t.Errorf("no language chosen: %d", a.status)
		}
		if a := c.office("info/desk", "en", "/matters/"+n.number+"/release", url.Values{"item": {text}, "do": {"language"}, "language": {"en"}}); a.status != 200 {
			t.Errorf("another language: %d %s", a.status, a.text)
		}
		counted(1, 1)
		if a := c.must(200, "GET", "/api/matters/"+n.number+"/data", "code:"+n.code, nil); !strings.Contains(a.text, `"language":"en"`) {
			t.Errorf("what is held on her lacks it: %s", a.text)
		}
		c.act(409, hidden, "release", "info/desk", map[string]any{"items": []string{c.state(hidden).Items[0].Digest}, "language": "zh"})

		// What is not to be read any more is of no language: withheld, released anew without a word, erased, turned private.
		c.act(201, m, "withhold", "info/desk", map[string]any{"items": []string{item}, "ground": "personal_data"})
		counted(0, 1)
		if a := c.office("info/desk", "en", path, url.Values{"item": {item}, "do": {"language"}, "language": {"en"}}); a.status != 422 {
			t.Errorf("the language of what was withheld since: %d", a.status)
		}
		c.act(422, m, "release", "info/desk", map[string]any{"items": []string{item}, "language": "en", "shown": true})
		if now := c.state(m).Items[0]; now.Showing != matter.ShowWithheld {
			t.Errorf("to say a language of what is withheld makes it %s", now.Showing)
		}
		forgotten := func(m told, who, language string) {
			t.Helper()
			for _, path := range []string{"/matters/" + m.number, "/matters/" + m.number + "/feed.atom"} {
				if a := c.office(who, "en", path, nil); a.status != 200 || strings.Contains(a.text, language) {
					t.Errorf("%s still says %s: %d", path, language, a.status)
				}
			}
			for _, path := range []string{"", "/story"} {
				if a := c.must(200, "GET", "/api/matters/"+m.number+path, "", nil); strings.Contains(a.text, language) || strings.Contains(a.text, `"language"`) {
					t.Errorf("programs are still told %s: %s", language, a.text)
				}
			}
		}
		forgotten(m, "", "Simplified Chinese")
		c.act(201, m, "release", "info/desk", map[string]any{"items": []string{item}, "language": "zh-CN"})
		counted(1, 1)
		c.act(201, m, "redact", "info/desk", map[string]any{"item": item, "text": "路灯不亮。", "ground": "personal_data"})
		counted(1, 1)
		if a := c.office("", "en", "/matters/"+m.number, nil); !strings.Contains(a.text, `<blockquote dir="auto" lang="zh-Hans">路灯不亮。</blockquote>`) {
			t.Errorf("masked: %s", a.text)
		}
		c.act(201, n, "erase", "code:"+n.code, map[string]any{})
		counted(1, 0)
		forgotten(n, "", "in this language")

		// Figures, page and file say it; made anew they are the same.
		for _, x := range []struct{ path, en, zh string }{
			{"/figures/language/zh-Hans", "Figures: Simplified Chinese", "统计：简体中文"}, {"/figures/language/und", "Figures: Not said", "统计：未注明"},
			{"/figures/equal", "Of ", "无人注明语言"},
		} {
			for lang, want := range map[string]string{"en": x.en, "zh-Hans": x.zh} {
				if a := c.office("", lang, x.path, nil); a.status != 200 || !strings.Contains(a.text, want) {
					t.Errorf("%s in %s lacks %q: %d", x.path, lang, want, a.status)
				}
			}
		}
		file := func() string { return c.must(200, "GET", "/api/figures/figures.csv", "", nil).text }
		before := file()
		if !strings.Contains(before, ",language,zh-Hans,reported,1\n") {
			t.Error("the file lacks the language")
		}
		if _, err := clerk.Rebuild(context.Background(), c.app.house, c.app.db, c.realm.ID); err != nil {
			t.Fatal(err)
		}
		if file() != before {
			t.Error("made anew, the tallies are others")
		}
		c.act(201, m, "correct", "info/desk", map[string]any{"category": lamps, "visibility": string(matter.Private), "reason": "r"})
		imported["und"]-- // it left
		counted(0, 0)
	})
}

// Figures that an older version tallied know no languages: the update makes them anew, and they are those of the journal.
func TestOldTalliesAreMadeAnew(t *testing.T) {
	onBothEngines(t, 30, func(c *city) {
		m := c.report(lamp("路灯不亮。"))
		c.act(201, m, "release", "info/desk", map[string]any{"items": []string{c.state(m).Items[0].Digest}, "language": "zh-Hans"})
		want := c.languages()
		ctx := context.Background()
		c.do2("DELETE FROM standing_tallies WHERE sort = 'language'",
			"DROP INDEX standing_tallies_within", "CREATE INDEX standing_tallies_code ON standing_tallies (realm, sort, code, within)",
			"DELETE FROM goose_standing WHERE version_id >= 12") // as the older version left them
		if err := c.app.house.Migrate(ctx, c.app.db); err != nil {
			c.Fatal(err)
		}
		if got := c.languages(); len(got) != len(want) || got["zh-Hans"] != 1 || got["und"] != want["und"] {
			c.Errorf("%v, not %v", got, want)
		}
		holds(c.T, c)
	})
}
