package words_test

import (
	"testing"
	"testing/fstest"
	"time"

	"skein/face/words"
	"skein/frame/civic"
)

func files(en, zh string) fstest.MapFS {
	return fstest.MapFS{"messages.en.json": {Data: []byte(en)}, "messages.zh-Hans.json": {Data: []byte(zh)}}
}

func TestFill(t *testing.T) {
	b := words.NewBook()
	if err := b.Add(files(`{"a.due": "{body} answers by {due}: {rows}", "a.odd": "{missing} {", "a.plain": "so", "a.from": "from {from} to {to}"}`,
		`{"a.due": "{body}须于{due}前答复：{rows}", "a.odd": "{missing} {", "a.plain": "如此", "a.from": "自 {from} 的次日起，至 {to}。"}`)); err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	due := civic.At(time.Date(2026, 3, 1, 1, 5, 0, 0, time.UTC))
	for lang, want := range map[string]string{
		"en": "Works answers by 1 March 2026, 09:05: x, y", "zh-Hans": "Works须于2026年3月1日 09:05前答复：x、y",
	} {
		v := b.Voice(lang, zone)
		v.Name = func(kind, code string) string {
			if kind == "body" && code == "pwd" {
				return "Works"
			}
			return ""
		}
		if got := v.Say("a.due", "body", civic.BodyID("pwd"), "due", due, "rows", []string{"x", "y"}); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	v := b.Voice("en", zone)
	for key, want := range map[string]string{"a.odd": "{missing} {", "a.none": "a.none", "a.plain": "so"} {
		if got := v.Say(key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
	if got := v.Date(due); got != "Sunday, 1 March 2026" {
		t.Error(got)
	}
	zh := b.Voice("zh-Hans", zone)
	for key, want := range map[string]string{"a.odd": "{missing} {", "a.from": "自 2026年3月1日（星期日）的次日起，至 2026年3月1日（星期日）。"} {
		if got := zh.Say(key, "from", words.Day("2026-03-01"), "to", words.Day("2026-03-01")); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
	if got := v.DateTime(0); got != "–" {
		t.Error(got)
	}
	if got := v.Value(civic.BodyID("none")); got != "none" {
		t.Error(got)
	}
}

func TestCount(t *testing.T) {
	for _, c := range []struct {
		n      int
		en, zh string
	}{{0, "0", "0"}, {999, "999", "999"}, {1000, "1,000", "1000"}, {55_213, "55,213", "55213"}, {1_000_000, "1,000,000", "1000000"}, {-999, "-999", "-999"}, {-123_456, "-123,456", "-123456"}} {
		if got := (words.Voice{Lang: "en"}).Count(c.n); got != c.en {
			t.Errorf("%d in English: %s", c.n, got)
		}
		if got := (words.Voice{Lang: "zh-Hans"}).Count(c.n); got != c.zh {
			t.Errorf("%d in Chinese: %s", c.n, got)
		}
	}
}

// A refusal calls a field as its room calls it, and by its name in the request where the room has no word for it.
func TestRefusalNamesItsField(t *testing.T) {
	b := words.NewBook()
	if err := b.Add(files(`{"a.missing": "No {field}.", "a.field.law": "law", "b.missing": "No {field}."}`,
		`{"a.missing": "缺少“{field}”。", "a.field.law": "法律依据", "b.missing": "缺少“{field}”。"}`)); err != nil {
		t.Fatal(err)
	}
	v := b.Voice("zh-Hans", time.UTC)
	for _, c := range []struct{ key, field, want string }{
		{"a.missing", "law", "缺少“法律依据”。"}, {"a.missing", "parts[0].law", "缺少“法律依据”。"}, {"a.missing", "row", "缺少“row”。"}, {"b.missing", "law", "缺少“law”。"},
	} {
		r := civic.Refuse(civic.Invalid, c.key, "field", c.field)
		if got := v.Refusal(r); got != c.want {
			t.Errorf("%s of %s: %q, not %q", c.field, c.key, got, c.want)
		}
		if r.Args["field"] != c.field {
			t.Errorf("the refusal itself now names %v", r.Args["field"])
		}
	}
}

func TestRefusalNamesActsAndStatuses(t *testing.T) {
	b := words.NewBook()
	if err := b.Add(files(`{"a.not_now": "Not “{act}” when {status}.", "a.act.told": "Told", "a.status.new": "new"}`,
		`{"a.not_now": "{status}时不能“{act}”。", "a.act.told": "告知", "a.status.new": "新收"}`)); err != nil {
		t.Fatal(err)
	}
	if got := b.Voice("zh-Hans", time.UTC).Refusal(civic.Refuse(civic.Conflict, "a.not_now", "act", "told", "status", "new")); got != "新收时不能“告知”。" {
		t.Error(got)
	}
}

func TestAKeyStandsInOnePackage(t *testing.T) {
	b := words.NewBook()
	if err := b.Add(files(`{"a": "1"}`, `{"a": "1"}`)); err != nil {
		t.Fatal(err)
	}
	if err := b.Add(files(`{"a": "2"}`, `{"a": "2"}`)); err == nil {
		t.Error("a key was given two texts")
	}
	if err := b.Add(files(`[]`, `{}`)); err == nil {
		t.Error("a list was taken for messages")
	}
}

func TestMatch(t *testing.T) {
	b := words.NewBook()
	for prefer, want := range map[string]string{
		"zh-CN,zh;q=0.9,en;q=0.8": "zh-Hans", "zh": "zh-Hans", "en-GB": "en", "fr": "en", "": "en", ";;;garbage": "en",
	} {
		if got := b.Match(prefer); got != want {
			t.Errorf("%q: %s, want %s", prefer, got, want)
		}
	}
}

// Sentences are put after each other as the language does it.
func TestJoin(t *testing.T) {
	b := words.NewBook()
	for lang, want := range map[string]string{"en": "One. Two.", "zh-Hans": "One.Two."} {
		if got := b.Voice(lang, time.UTC).Join("One.", "", "Two."); got != want || "One."+b.Voice(lang, time.UTC).Space()+"Two." != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
}
