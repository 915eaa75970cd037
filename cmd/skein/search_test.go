package main

import (
	"context"
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"skein/frame/search"
)

// wordsFind are the numbers that words find, for everyone.
func (c *city) wordsFind(words string) (numbers []string) {
	c.Helper()
	if err := c.realm.CatchUp(context.Background()); err != nil {
		c.Fatal(err)
	}
	var list struct {
		Matters []struct{ Number string }
	}
	if err := json.Unmarshal([]byte(c.must(200, "GET", "/api/matters?limit=200&q="+url.QueryEscape(words), "", nil).text), &list); err != nil {
		c.Fatal(err)
	}
	for _, m := range list.Matters {
		numbers = append(numbers, m.Number)
	}
	return numbers
}

// Words find what everyone may read of a matter, in both languages, and nothing else of it: not what nobody released, not what was
// taken back, masked or erased, not a private matter by anything.
func TestWordsFind(t *testing.T) {
	slow(t)
	onBothEngines(t, 40, func(c *city) {
		said := lamp("The quillwort lamp is dark. 小区门口的路灯坏了。")
		m := c.report(said)
		private := lamp("The quillwort lamp of mine")
		private["visibility"] = "private"
		hidden := c.report(private)
		has := func(words string, want bool) {
			c.Helper()
			numbers := c.wordsFind(words)
			if got := len(numbers) > 0 && strings.Contains(strings.Join(numbers, " "), m.number); got != want {
				c.Errorf("%q finds %v", words, numbers)
			}
			if strings.Contains(strings.Join(numbers, " "), hidden.number) {
				c.Errorf("%q finds a private matter", words)
			}
		}
		has("quillwort", false)
		where := c.state(m).Places
		root := title(c.realm.View(), "en", "place", string(where[len(where)-1]))
		for _, p := range where {
			called := title(c.realm.View(), "en", "place", string(p))
			for words, want := range map[string]bool{called: true, called + " outages": true, "street " + called + " " + root: true, called + " graffiti": false, called + " quillwort": false} {
				has(words, want)
			}
		}
		for words, want := range map[string]bool{"street light": true, "路灯": true, "路灯 light": true, "street graffiti": false, root: true} {
			has(words, want)
		}
		has(m.number, true)
		has(strings.ReplaceAll(m.number, "-", ""), true)
		has(hidden.number, false)
		c.act(201, m, "release", "info/desk", map[string]any{"items": []string{c.state(m).Items[0].Digest}, "unmasked": true})
		for _, words := range []string{"quillwort", "QUILLWORTS", "quill", "路灯", "灯", "坏了", "lamp dark", "light 路灯"} {
			has(words, true)
		}
		has("灯路", false)
		has("quillwort nothing", false)
		has("quillwort "+root, true)
		has("quillwort graffiti", false)
		has(m.number, true)
		page := c.must(200, "GET", "/matters?q="+url.QueryEscape("路灯"), "", nil).text
		if !strings.Contains(page, m.number) || !strings.Contains(page, `value="路灯"`) {
			c.Errorf("the page does not show it")
		}
		if page := c.must(200, "GET", "/matters?q="+url.QueryEscape(`"'; DROP *<b>`), "", nil).text; strings.Contains(page, "<b>") {
			c.Error("what was asked for is written as it came")
		}
		c.act(201, m, "redact", "info/desk", map[string]any{"item": c.state(m).Items[0].Digest, "text": "The lamp is dark.", "ground": "personal_data"})
		has("quillwort", false)
		has("dark", true)
		c.act(201, m, "withhold", "info/desk", map[string]any{"items": []string{c.state(m).Items[0].Digest}, "ground": "personal_data", "law": "l"})
		has("dark", false)
		other := c.report(lamp("A wolfsbane lamp"))
		c.act(201, other, "release", "info/desk", map[string]any{"items": []string{c.state(other).Items[0].Digest}})
		m = other
		has("wolfsbane", true)
		c.act(201, m, "erase", "code:"+m.code, nil)
		has("wolfsbane", false)
		has("street light", true)
		if strings.Contains(c.stored(), "wolfsbane") {
			c.Error("a table still holds an erased word")
		}
	})
}

// Words together with a filter find all that have both, however many newer ones have the words alone, and go on from page to page.
func TestWordsAndFilters(t *testing.T) {
	slow(t)
	onBothEngines(t, 900, func(c *city) {
		root := title(c.realm.View(), "en", "place", "boston")
		listed := func(query string) (numbers []string) {
			c.Helper()
			for next := "/matters?" + query; next != ""; {
				page := c.must(200, "GET", next, "", nil).text
				for _, found := range regexp.MustCompile(`<h3><a href="/matters/([0-9-]+)"`).FindAllStringSubmatch(page, -1) {
					numbers = append(numbers, found[1])
				}
				next = ""
				if link := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(page); link != nil {
					next = html.UnescapeString(link[1])
				}
			}
			slices.Sort(numbers)
			if len(slices.Compact(slices.Clone(numbers))) != len(numbers) {
				c.Errorf("%s lists some twice", query)
			}
			return numbers
		}
		for _, filter := range []string{"category=" + lights, "status=closed&category=" + lights, "status=open", "status=late&category=street_lights", "body=pwd&status=open"} {
			want := listed(filter)
			if len(want) == 0 || len(want) > search.MostRanked {
				c.Fatalf("%s lists %d", filter, len(want))
			}
			if got := listed(filter + "&q=" + url.QueryEscape(root)); !slices.Equal(got, want) {
				c.Errorf("%s with words that all have: %d, without %d", filter, len(got), len(want))
			}
		}
		if got := len(listed("q=" + url.QueryEscape(root))); got != search.MostRanked {
			c.Errorf("words that all have find %d", got)
		}
	})
}
